//! What orders are called: by us, and by the exchange.
//!
//! The one decision: a name that Binance would refuse cannot be made. Our own names are made from a [`ClientOrderId`], and are
//! read back from what the exchange reports, so that an order found there is known again after a restart.

use std::fmt;

use metaexpert_connect::Params;
use metaexpert_core::ClientOrderId;

use super::Refusal;

/// A name that this side gives an order: one to 36 of the signs that Binance allows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientId(String);

/// `^[\.A-Z\:/a-z0-9_-]{1,36}$` (USD-M, "New Order", `newClientOrderId`; the same of all products).
const LONGEST: usize = 36;

impl ClientId {
    /// A name of one's own choice.
    ///
    /// # Errors
    /// When Binance would refuse it.
    pub fn new(name: &str) -> Result<Self, Refusal> {
        let is_allowed = |sign: u8| sign.is_ascii_alphanumeric() || b".:/_-".contains(&sign);
        if name.is_empty() || name.len() > LONGEST || !name.bytes().all(is_allowed) {
            let rule = "a client order id is 1 to 36 letters, digits and `.` `:` `/` `_` `-` (USD-M, \"New Order\")";
            return Err(Refusal { field: "newClientOrderId", value: name.to_owned(), rule });
        }
        Ok(Self(name.to_owned()))
    }

    /// As it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<ClientOrderId> for ClientId {
    /// `mx`, two numbers of 32 bits and two dashes take 24 signs at most: the counter has 12 digits left, a million million
    /// orders of a run.
    fn from(id: ClientOrderId) -> Self {
        Self(id.to_string())
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Reads one of our names back; `None` for names that others gave.
///
/// ```
/// use metaexpert_binance::orders::read_client_id;
/// use metaexpert_core::ClientOrderId;
/// let id = ClientOrderId { strategy: 7, run: 3, sequence: 42 };
/// assert_eq!(read_client_id(&id.to_string()), Some(id));
/// assert_eq!(read_client_id("autoclose-1596107620040000020"), None);
/// ```
pub fn read_client_id(name: &str) -> Option<ClientOrderId> {
    let mut parts = name.strip_prefix("mx")?.split('-');
    let (strategy, run, sequence) = (parts.next()?, parts.next()?, parts.next()?);
    let id = ClientOrderId { strategy: strategy.parse().ok()?, run: run.parse().ok()?, sequence: sequence.parse().ok()? };
    // `+7` and `007` are numbers too, and nothing that this side writes.
    (parts.next().is_none() && id.to_string() == name).then_some(id)
}

/// Which order is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// By the exchange's number.
    Venue(u64),
    /// By the name that this side gave it.
    Client(ClientId),
}

impl From<ClientOrderId> for Target {
    fn from(id: ClientOrderId) -> Self {
        Self::Client(id.into())
    }
}

impl Target {
    /// Adds the parameter that names it: `by_number` or `by_name`.
    pub(super) fn put(&self, params: Params, by_number: &'static str, by_name: &'static str) -> Params {
        match self {
            Self::Venue(number) => params.with(by_number, number),
            Self::Client(name) => params.with(by_name, name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_binance_refuses_cannot_be_made() {
        for name in ["", "with space", "quote\"", "ümlaut", &"x".repeat(37)] {
            let refusal = ClientId::new(name).unwrap_err();
            assert_eq!((refusal.field, refusal.value.as_str()), ("newClientOrderId", name));
        }
        assert_eq!(ClientId::new(&"x".repeat(36)).unwrap().as_str().len(), 36);
        assert_eq!(ClientId::new("a.Z:/9_-").unwrap().to_string(), "a.Z:/9_-");
    }

    #[test]
    fn our_names_fit_for_any_strategy_and_run_and_a_million_million_orders() {
        let id = ClientOrderId { strategy: u32::MAX, run: u32::MAX, sequence: 999_999_999_999 };
        assert_eq!(ClientId::new(ClientId::from(id).as_str()), Ok(ClientId::from(id)));
    }

    #[test]
    fn only_what_this_side_writes_is_read_as_ours() {
        let id = ClientOrderId { strategy: 12, run: 1, sequence: 900 };
        assert_eq!(read_client_id("mx12-1-900"), Some(id));
        for name in ["mx12-1", "mx12-1-900-1", "mx012-1-900", "mx+12-1-900", "my12-1-900", "mx12-1-x", "mx", ""] {
            assert_eq!(read_client_id(name), None, "{name}");
        }
    }
}
