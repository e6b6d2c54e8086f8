//! A call that an exchange offers, as a row of a table: which path, who may ask, what it costs, how much it hurries, and what a
//! lost answer means.
//!
//! The one decision: what differs between exchanges and products is here, as data; how a request is sent is written once, in
//! [`http`](crate::http).

use std::borrow::Cow;

/// A call that an exchange offers.
#[derive(Debug)]
pub struct Endpoint {
    /// Its name in logs and metrics: `place_order`.
    pub name: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path, from the slash on.
    pub path: &'static str,
    /// What must go with it.
    pub auth: Auth,
    /// What it takes from which pool.
    pub cost: &'static [Cost],
    /// What it waits behind.
    pub lane: Lane,
    /// What becomes of it where its answer is lost.
    pub lost: Lost,
}

/// HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes.
    Post,
    /// Changes.
    Put,
    /// Takes away.
    Delete,
}

impl Method {
    /// As it is written in a request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// What must go with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Auth {
    /// Nothing: everybody may ask.
    Public,
    /// The key, without a signature.
    Key,
    /// The key and a signature with a time.
    Signed,
}

/// What a request takes from a pool.
#[derive(Debug, Clone, Copy)]
pub enum Cost {
    /// Always the same.
    Fixed(Pool, u32),
    /// By its parameters.
    By(Pool, fn(&Params) -> u32),
}

impl Cost {
    /// Which pool, and how much.
    pub fn of(self, params: &Params) -> (Pool, u32) {
        match self {
            Self::Fixed(pool, amount) => (pool, amount),
            Self::By(pool, amount) => (pool, amount(params)),
        }
    }
}

/// The name of a pool of a budget: `weight`, `orders`. What it holds, and for how long, is in the exchange's
/// [`PoolLimit`](crate::http::PoolLimit)s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pool(pub &'static str);

/// How much a request hurries. Where the budget is short, an earlier lane goes first and may use what is kept back for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Cancels, reductions and protective orders: what makes the account safer. What they rest on too: the account's stream, the clock.
    Safety,
    /// Orders that open.
    Entry,
    /// What an account holds.
    Account,
    /// Market data.
    Market,
}

/// What becomes of a request whose answer is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lost {
    /// It is sent again: twice does what once does.
    Retry,
    /// It may have been carried out; nobody knows. It is never sent again blindly.
    Unknown,
}

/// The parameters of a request, in the order in which they are sent.
///
/// ```
/// use metaexpert_connect::Params;
/// let params = Params::new().with("symbol", "BTCUSDT").with("limit", 5).with_some("endTime", None::<u64>);
/// assert_eq!(params.get("limit"), Some("5"));
/// assert_eq!(params.iter().count(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Params(Vec<(&'static str, Cow<'static, str>)>);

impl Params {
    /// None.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// One more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.0.push((name, Cow::Owned(value.to_string())));
        self
    }

    /// One more, if there is a value.
    #[must_use]
    pub fn with_some(self, name: &'static str, value: Option<impl std::fmt::Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref())
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_ref()))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
