//! What accounts must know of markets: prices, and what each market's contract is.
//!
//! The one decision: accounts ask through a trait, so that what money does can be tested at prices that a test names.

use metaexpert_core::{Currency, Side};
use rust_decimal::Decimal;

use crate::listing::{Listing, MarketId};

/// Prices of all markets, as they are now.
pub trait Prices {
    /// What a market trades.
    fn listing(&self, market: MarketId) -> &Listing;

    /// Every market there is.
    fn markets(&self) -> Vec<MarketId>;

    /// The last trade.
    fn last(&self, market: MarketId) -> Option<Decimal>;

    /// What positions are valued and liquidated by; the last price where the market has no other.
    fn mark(&self, market: MarketId) -> Option<Decimal>;

    /// The price of the underlying.
    fn index(&self, market: MarketId) -> Option<Decimal>;

    /// The best price that an order of this side could take.
    fn best(&self, market: MarketId, side: Side) -> Option<Decimal>;

    /// What taking so much of a market would cost, or bring in, in quote currency, and how much of it the book has: `(value, quantity)`.
    fn sweep(&self, market: MarketId, side: Side, quantity: Decimal) -> (Decimal, Decimal);

    /// What one unit of a currency is worth in another, over whatever spot markets lead there.
    fn rate(&self, from: &Currency, to: &Currency) -> Option<Decimal>;
}
