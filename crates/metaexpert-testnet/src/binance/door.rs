//! The door: who may come in, with what, how often; and what is said to those who may not.
//!
//! The one decision: a call is judged in Binance's order: the path, the address's limits, the key, the parameters that every signed
//! call has (`timestamp`, `recvWindow`), the signature; then the call's own parameters. A wrong request is refused with the code
//! and the words that the exchange documents.

mod error; // codes and words
mod failure; // failures that were asked for, in Binance's words
mod keys; // who has which key, and when a request stands
pub(super) mod limits; // weights, orders, bans
mod memory; // what can be asked for later and the world has no word for
mod params; // parameters, read strictly
mod refusal; // why the world did not, in Binance's words
mod sent; // a call as it came: parameters, what was signed
mod signature; // what signs for a key, and whether it has
mod table; // which row a call is for   <- read second

pub use error::ApiError;
pub use failure::Failed;
pub use keys::{ApiKey, Credentials, Door};
pub use limits::{Limits, RateLimit, Weight};
pub use memory::{Amendment, Memory};
use metaexpert_core::UnixNanos;
pub use params::Params;
pub use sent::Sent;
pub use signature::SecretError;
pub use table::{HOSTS, Table};

use crate::{order::AccountId, protocol::Moment, world::World};

/// An API of Binance's with names, limits and rules of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// `/api`.
    Spot,
    /// `/sapi/v1/margin` and the wallet's calls.
    Margin,
    /// `/fapi`.
    UsdM,
    /// `/dapi`.
    CoinM,
    /// `/eapi`.
    Options,
}

/// What a call needs to be let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Nothing (`NONE`).
    Open,
    /// A key (`MARKET_DATA`, `USER_STREAM`).
    Key,
    /// A key and a signature (`TRADE`, `USER_DATA`, `MARGIN`).
    Signed,
}

/// A call that is answered: a row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// Whose rules hold.
    pub product: Product,
    /// The verb.
    pub method: Verb,
    /// The path below the host.
    pub path: &'static str,
    /// What it needs.
    pub security: Security,
    /// What it weighs.
    pub weight: Weight,
    /// How many orders it counts as; a batch counts by its length.
    pub orders: fn(&Params) -> u32,
    /// What answers it.
    pub handler: Handler,
}

/// The verbs that calls have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Asks.
    Get,
    /// Does.
    Post,
    /// Changes.
    Put,
    /// Takes back.
    Delete,
}

/// What answers a call, over REST and over sockets alike.
pub type Handler = fn(&mut Call<'_>) -> Result<Json, ApiError>;

/// JSON, written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Json(pub String);

impl Json {
    /// Anything, as JSON.
    pub fn of(value: &impl serde::Serialize) -> Self {
        // What is written here are structs of texts and numbers, which always can be.
        Self(serde_json::to_string(value).unwrap_or_else(|_| "null".into()))
    }
}

/// A call that was let in.
#[derive(Debug)]
pub struct Call<'a> {
    /// The world that it asks.
    pub world: &'a mut World,
    /// Listen keys, for the calls that make them.
    pub streams: &'a mut super::streams::Streams,
    /// What limits have been used, for the calls that ask.
    pub door: &'a Door,
    /// Whose rules hold.
    pub product: Product,
    /// Its parameters.
    pub params: &'a Params,
    /// Whose it is; [`AccountId`]`(0)` of open calls, which do not look at it.
    pub account: AccountId,
    /// The key that it came with.
    pub key: &'a str,
    /// When.
    pub at: Moment,
}

impl Call<'_> {
    /// A time as this call's answer is to have it: in milliseconds, or in microseconds where that was asked for.
    pub const fn stamp(&self, time: UnixNanos) -> i64 {
        let unit = if self.params.wants_micros() { 1_000 } else { 1_000_000 };
        time.as_nanos().div_euclid(unit)
    }

    /// The exchange's clock in milliseconds, as replies have it.
    pub const fn millis(time: UnixNanos) -> i64 {
        time.as_nanos().div_euclid(1_000_000)
    }
}
