//! Masking: what is secret becomes `***` before a line is written, wherever in the line it stands.
//!
//! Two things are looked for. *Registered* secrets ([`register_secret`]) are found by their value, in every spelling that a log
//! is likely to hold: escaped, percent-encoded, in base64, in hexadecimal. *Named* ones are found by the name before them
//! (`signature=..`, `"apiKey": ".."`, `OK-ACCESS-PASSPHRASE: ..`, `Creds { api_secret: Some("..") }`), by their place
//! (`wss://user:password@host`, a PEM block, the arguments of a log-in) or by their looks (a listen key is 64 letters and digits
//! that mean nothing).
//!
//! The one decision: nothing is parsed until there is a reason. Most records hold no secret and must cost next to nothing, so the
//! search by value skips over what cannot be one, and the search by name stops only at the few signs that can stand between a
//! name and its value and reads *backwards* from there. No regular expression, and no allocation but in a text that holds a
//! registered secret.
//!
//! The result is safe to mask again, and a JSON document stays one: what is masked outside of a string gets quotation marks.
//!
//! Prose is not masked ("the secret of trading", "signature for this request is not valid"): without a sign between them, a
//! name's next word is only a word. An unquoted secret with spaces in it is masked to the first of them, unless it was
//! registered.

mod json;
mod names;
mod scan;
mod secrets;
mod spellings;
mod value;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, fmt, sync::Arc};

use self::{json::Strings, names::Name, secrets::Known, value::Hidden};

/// What stands where a secret stood.
const STARS: &str = "***";

/// Makes a value known as a secret, for the whole process: from now on it is masked wherever it appears in a log, in a panic's
/// line or in a [`masked`] text, also escaped, percent-encoded, in base64 or in hexadecimal. Of a secret of many lines, as a PEM
/// file, each line is one.
///
/// White space around it does not count. A value of less than six bytes is not taken, for it would blot out prices and words; nor
/// is the mere name of a secret, such as `password`.
///
/// ```
/// metaexpert_log::register_secret("dk3Jq-9fWx2");
/// assert_eq!(metaexpert_log::masked("refused: dk3Jq-9fWx2 is no key of ours"), "refused: *** is no key of ours");
/// ```
pub fn register_secret(value: &str) {
    secrets::register(value);
}

/// The text with `***` for all that is secret, for what goes elsewhere than to a log: errors on the terminal, panics.
///
/// ```
/// use metaexpert_log::masked;
/// assert_eq!(masked("GET /fapi/v1/order?symbol=BTCUSDT&signature=c8db5682"), "GET /fapi/v1/order?symbol=BTCUSDT&signature=***");
/// assert_eq!(masked(r#"{"uid":123456789}"#), r#"{"uid":"***89"}"#);
/// assert!(matches!(masked("the signature is not valid"), std::borrow::Cow::Borrowed(_)));
/// ```
pub fn masked(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    if Masker::new().mask_found(text, &mut out) { Cow::Owned(out) } else { Cow::Borrowed(text) }
}

/// How the value of a structured field is to be treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Its name promises nothing; what is secret inside it is masked.
    Open,
    /// It is masked as a whole.
    Secret,
    /// It is masked where it is a number: where five digits or more stand in a row. Of one with at least eight digits the last
    /// two remain, so that two accounts can be told apart. Our own labels (`binance`, `okx:main`) stay readable.
    AccountNumber,
}

/// The masking of one thread: a log's writer keeps one, for it remembers the secrets that are known.
///
/// ```
/// use metaexpert_log::{FieldKind, Masker};
/// let masker = Masker::new();
/// let mut line = String::from("order refused: ");
/// assert!(masker.mask_into("?apiKey=vmPUZE6mv9", &mut line));
/// assert_eq!(line, "order refused: ?apiKey=***");
/// assert_eq!(masker.kind_of("api_secret"), FieldKind::Secret);
/// ```
pub struct Masker {
    known: Arc<Known>,
    generation: u64,
}

impl Masker {
    /// Knows what is registered now.
    pub fn new() -> Self {
        // In this order: a secret that is registered between the two is picked up by the next refresh.
        let generation = secrets::generation();
        Self { known: secrets::known(), generation }
    }

    /// Picks up what was registered since; one atomic load when nothing was.
    #[inline]
    pub fn refresh(&mut self) {
        if secrets::generation() != self.generation {
            *self = Self::new();
        }
    }

    /// Appends the text, with `***` for what is secret, and tells whether there was anything.
    pub fn mask_into(&self, text: &str, out: &mut String) -> bool {
        let found = self.mask_found(text, out);
        if !found {
            out.push_str(text);
        }
        found
    }

    /// What a structured field of this name holds. Unlike a name in a text, `token` and `sign` count as secret whatever their
    /// value is.
    #[inline]
    pub fn kind_of(&self, key: &str) -> FieldKind {
        match names::of(key.as_bytes()) {
            Some(Name::Secret | Name::Header | Name::Everyday | Name::Token) => FieldKind::Secret,
            Some(Name::Account) => FieldKind::AccountNumber,
            Some(Name::Arguments | Name::Value | Name::Qualifier) | None => FieldKind::Open,
        }
    }

    /// Whether a number could be a secret by its value, so that numbers have to be looked at as text.
    pub(crate) fn suspects_numbers(&self) -> bool {
        self.known.has_number()
    }

    /// Appends the value of a structured field of this kind, and tells whether anything of it was masked.
    pub fn mask_field_into(&self, kind: FieldKind, value: &str, out: &mut String) -> bool {
        match kind {
            FieldKind::Open => self.mask_into(value, out),
            FieldKind::Secret => {
                out.push_str(if value.is_empty() { value } else { STARS });
                !matches!(value, "" | STARS)
            }
            FieldKind::AccountNumber => match value::account(value, 0..value.len()) {
                Some(number) => {
                    number.write(out);
                    true
                }
                None => self.mask_into(value, out),
            },
        }
    }

    /// Appends the masked text, or nothing at all when there is nothing to mask.
    fn mask_found(&self, text: &str, out: &mut String) -> bool {
        if self.known.find(text, 0).is_none() {
            return scan::hide_named(text, out);
        }
        // By value first: what is left has whole values, where a secret with a quotation mark in it would have cut one in two.
        let mut rest = String::with_capacity(text.len());
        self.hide_known(text, &mut rest);
        if !scan::hide_named(&rest, out) {
            out.push_str(&rest);
        }
        true
    }

    fn hide_known(&self, text: &str, out: &mut String) {
        let strings = Strings::of(text);
        let mut from = 0;
        while let Some(found) = self.known.find(text, from) {
            let mut hidden = Hidden::all(found);
            if let Some(strings) = &strings {
                strings.fit_known(&mut hidden, from);
            }
            out.push_str(text.get(from..hidden.range.start).unwrap_or_default());
            hidden.write(out);
            from = hidden.range.end;
        }
        out.push_str(text.get(from..).unwrap_or_default());
    }
}

impl Default for Masker {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Masker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Masker").field("generation", &self.generation).finish_non_exhaustive()
    }
}
