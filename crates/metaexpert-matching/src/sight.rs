//! What an order that is looked at may trade with.

use metaexpert_core::{Book, Side, UnixNanos};
use rust_decimal::Decimal;

use crate::store::Handle;

/// A moment of a market.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sight<'a> {
    pub time: UnixNanos,
    pub offer: Offer<'a>,
    /// Closing orders that came later than this one are not meant for the leg that closes now: an order that is looked at for
    /// the first time may close a leg after an order for the next leg was sent.
    pub before: Handle,
}

/// Whom there is to trade with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Offer<'a> {
    /// Anybody, at one price: a point of a bar's walk.
    At(Decimal),
    /// Somebody on each side, for as much as is asked of them: what lies behind the best quote is not known, and a rule that
    /// made it up would be a guess; slippage is for that.
    Quote { bid: Decimal, ask: Decimal },
    /// What an order book shows, less what our own orders have taken of it; and its tick.
    Depth(&'a Book, Decimal),
}

/// Whether a price is as good as a limit for whoever trades on this side, or better.
pub(crate) fn is_within(side: Side, price: Decimal, limit: Decimal) -> bool {
    match side {
        Side::Buy => price <= limit,
        Side::Sell => price >= limit,
    }
}
