//! What orders are called: by us, and by the exchange.
//!
//! The one decision: a name that Binance would refuse cannot be made. Our own names are [`client_name`]'s, which are the same at every
//! exchange and read back with [`read_client_name`](metaexpert_core::order::read_client_name), so that an order found there is known again
//! after a restart.

use std::fmt;

use metaexpert_connect::Params;
use metaexpert_core::{ClientOrderId, order::client_name};

use super::Refusal;

/// A name that this side gives an order: one to 36 of the signs that Binance allows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientId(String);

/// `^[\.A-Z\:/a-z0-9_-]{1,36}$` (USD-M, "New Order", `newClientOrderId`; the same of all products).
const LONGEST: usize = 36;

/// Signs that are left for a comment behind one of our names, which take 23 and a dash.
pub(crate) const COMMENT: usize = LONGEST - 24;

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
    /// 23 letters and digits, without a comment.
    fn from(id: ClientOrderId) -> Self {
        Self(client_name(id, None))
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
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
    use metaexpert_core::order::read_client_name;

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
    fn our_names_fit_with_a_comment_for_any_strategy_run_and_order() {
        let id = ClientOrderId { strategy: u32::MAX, run: u32::MAX, sequence: 36_u64.pow(7) - 1 };
        assert_eq!(ClientId::new(ClientId::from(id).as_str()), Ok(ClientId::from(id)));
        let longest = client_name(id, Some(&"c".repeat(COMMENT)));
        assert_eq!(ClientId::new(&longest).unwrap().as_str().len(), LONGEST);
        assert!(ClientId::new(&format!("{longest}c")).is_err(), "there is no room for more");
        assert_eq!(read_client_name(&longest), Some(id));
    }
}
