//! The futures wallet of whoever calls.
//!
//! The one decision: handlers come to money through here only, so that a call is told apart from its wallet in one place.

use metaexpert_core::PositionSide;
use rust_decimal::Decimal;

use super::asked;
use crate::{
    binance::door::Call,
    clearing::futures::{Futures, Row},
    listing::{Listing, MarketId},
    news::PositionNow,
};

/// The wallet of a call.
pub(crate) fn of<'a>(call: &'a Call<'_>) -> &'a Futures {
    call.world.account(call.account).wallets.futures(asked::wallet(call))
}

/// Whether the account holds a long and a short leg of each market.
pub(crate) fn is_hedged(call: &Call<'_>) -> bool {
    of(call).is_hedged()
}

/// Positions with the markets they are in, in the order of listings.
pub(crate) fn positions<'a>(call: &'a Call<'_>, all: bool) -> Vec<(&'a Listing, Row)> {
    let markets = call.world.markets();
    let rows = if all { of(call).places(markets) } else { of(call).positions(markets) };
    rows.into_iter().map(|row| (markets.get(row.now.market).listing(), row)).collect()
}

/// When a position last changed, in milliseconds; zero where there never was one.
pub(crate) fn updated(row: &Row) -> i64 {
    row.updated.map_or(0, Call::millis)
}

/// The level at which a position is taken over; zero where there is none.
pub(crate) fn liquidation(now: &PositionNow) -> Decimal {
    now.liquidation_price.unwrap_or_default()
}

/// The largest value or quantity as a text; a limit that there is not is a large one.
pub(crate) fn most(value: Decimal) -> String {
    // What Binance shows of positions that nothing limits.
    value.min(Decimal::from(9_223_372_036_854_775_807_i64)).normalize().to_string()
}

/// The leg that an execution was for: `None` where its order named none.
pub(crate) fn leg_of(call: &Call<'_>, market: MarketId, order: u64, leg: PositionSide) -> Option<PositionSide> {
    let named = crate::order::Named::Id(order);
    let order = call.world.account(call.account).orders.get(asked::wallet(call), market, &named);
    match order {
        Some(order) => order.request.leg,
        None => is_hedged(call).then_some(leg),
    }
}
