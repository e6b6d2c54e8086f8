//! Positions, as protocols show them.
//!
//! The one decision: a row says everything that any of Binance's replies says of a position; each reply takes what it shows.

use metaexpert_core::{
    Currency, PositionSide, Side, UnixNanos,
    rounding::{Round, to_step},
};
use rust_decimal::{Decimal, dec};

use super::{Futures, place::Place};
use crate::{listing::MarketId, news::PositionNow, prices::Prices};

/// A position, or the place where one could be.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What streams tell of it.
    pub now: PositionNow,
    /// What it is margined in.
    pub asset: Currency,
    /// What it is worth, in settlement currency; negative when short.
    pub notional: Decimal,
    /// What position and orders need.
    pub initial: Decimal,
    /// What the position needs at its leverage.
    pub position_initial: Decimal,
    /// What its orders need beyond that.
    pub order_initial: Decimal,
    /// Isolated: margin of its own without what it has gained. Zero with cross margin.
    pub isolated_wallet: Decimal,
    /// Isolated: the same with what it has gained (Binance: `isolatedMargin`).
    pub isolated_margin: Decimal,
    /// What buy orders are worth that open.
    pub bid_notional: Decimal,
    /// What sell orders are worth that open.
    pub ask_notional: Decimal,
    /// The largest value that it may have at its leverage.
    pub max_notional: Decimal,
    /// The same in the unit of orders.
    pub max_quantity: Decimal,
    /// Where it stands in the queue of automatic deleveraging, 0 to 4.
    pub adl: u8,
    /// When it last changed; `None` where there never was one.
    pub updated: Option<UnixNanos>,
    /// Whether an order stands there.
    pub has_orders: bool,
}

/// Settings of a market (Binance, "Symbol Configuration").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SymbolSettings {
    /// Where.
    pub market: MarketId,
    /// Whether positions vouch for themselves alone.
    pub is_isolated: bool,
    /// In times.
    pub leverage: u32,
    /// The largest value that a position may have at that leverage.
    pub max_notional: Decimal,
}

impl Futures {
    /// Every place where a position is or could be: one a market, or two legs (Binance v2: `BOTH`, or `LONG` and `SHORT`).
    pub fn places(&self, prices: &dyn Prices) -> Vec<Row> {
        let legs: &[Option<PositionSide>] =
            if self.hedged { &[Some(PositionSide::Long), Some(PositionSide::Short)] } else { &[None] };
        self.places.values().flat_map(|place| legs.iter().map(move |leg| self.row(place, *leg, prices))).collect()
    }

    /// Positions that are open, and places where orders stand (Binance v3).
    pub fn positions(&self, prices: &dyn Prices) -> Vec<Row> {
        let mut rows = self.places(prices);
        rows.retain(|row| !row.now.amount.is_zero() || row.has_orders);
        rows
    }

    /// One place; `None` for a market that is not this wallet's.
    pub fn position(&self, market: MarketId, leg: Option<PositionSide>, prices: &dyn Prices) -> Option<Row> {
        Some(self.row(self.places.get(&market)?, leg, prices))
    }

    /// Settings of all markets.
    pub fn settings(&self) -> Vec<SymbolSettings> {
        let settings = |place: &Place| SymbolSettings {
            market: place.market,
            is_isolated: place.isolated,
            leverage: place.leverage,
            max_notional: place.cap(place.leverage),
        };
        self.places.values().map(settings).collect()
    }

    /// How much of a leg is held, short ones negative; of the one position where `leg` is `None`.
    pub fn amount(&self, market: MarketId, leg: Option<PositionSide>) -> Decimal {
        self.places.get(&market).map_or(Decimal::ZERO, |place| amount(place, leg))
    }

    /// What streams tell of a position.
    pub(super) fn position_now(&self, market: MarketId, leg: Option<PositionSide>, prices: &dyn Prices) -> Option<PositionNow> {
        Some(self.now_of(self.places.get(&market)?, leg, prices))
    }

    fn now_of(&self, place: &Place, leg: Option<PositionSide>, prices: &dyn Prices) -> PositionNow {
        let side = side_of(place, leg);
        let tally = place.legs.tally(side);
        let unrealized = place.unrealized(side, prices);
        PositionNow {
            market: place.market,
            leg,
            amount: amount(place, leg),
            entry_price: place.legs.get(side).map_or(Decimal::ZERO, |held| held.entry_price(place.instrument())),
            breakeven_price: breakeven(place, side),
            mark_price: place.mark(prices).unwrap_or_default(),
            unrealized,
            realized: tally.realized,
            is_isolated: place.isolated,
            isolated_wallet: if place.isolated { tally.isolated } else { Decimal::ZERO },
            maintenance: place.maintenance(side, prices),
            leverage: place.leverage,
            liquidation_price: self.liquidation_price(place, side, prices),
            updated: tally.updated.unwrap_or(UnixNanos::from_nanos(0)),
            closing_side: side.closing_side(),
        }
    }

    fn row(&self, place: &Place, leg: Option<PositionSide>, prices: &dyn Prices) -> Row {
        let side = side_of(place, leg);
        let now = self.now_of(place, leg, prices);
        let value = place.value(side, prices);
        let position_initial = place.initial(side, prices);
        let order_initial = match leg {
            None => place.order_initial(self.hedged, prices),
            Some(leg) => place.margin_of(place.orders_value(leg.opening_side(), Some(leg))),
        };
        let max_notional = place.cap(place.leverage);
        Row {
            asset: place.settlement().clone(),
            notional: if side == PositionSide::Short { -value } else { value },
            initial: position_initial + order_initial,
            position_initial,
            order_initial,
            isolated_wallet: now.isolated_wallet,
            isolated_margin: if place.isolated { now.isolated_wallet + now.unrealized } else { Decimal::ZERO },
            bid_notional: place.orders_value(Side::Buy, leg),
            ask_notional: place.orders_value(Side::Sell, leg),
            max_notional,
            max_quantity: max_quantity(place, max_notional, now.mark_price),
            adl: queue(&now, position_initial),
            updated: place.legs.tally(side).updated,
            has_orders: place.orders.values().any(|order| order.leg == leg),
            now,
        }
    }
}

/// The leg that a row is of: the one that is named, or the one that is open or was last.
fn side_of(place: &Place, leg: Option<PositionSide>) -> PositionSide {
    let updated = |side| place.legs.tally(side).updated;
    let last = if updated(PositionSide::Short) > updated(PositionSide::Long) { PositionSide::Short } else { PositionSide::Long };
    leg.or_else(|| place.legs.open().map(|(side, _)| side).next()).unwrap_or(last)
}

fn amount(place: &Place, leg: Option<PositionSide>) -> Decimal {
    match leg {
        None => place.legs.net(),
        Some(PositionSide::Long) => place.legs.held(PositionSide::Long),
        Some(PositionSide::Short) => -place.legs.held(PositionSide::Short),
    }
}

/// Where closing the whole leg would bring back what it has cost: what was paid in fees and not yet made good by what was realised
/// (Binance: `breakEvenPrice`). The fee of that closing is not counted, as there.
fn breakeven(place: &Place, side: PositionSide) -> Decimal {
    let (Some(leg), tally, instrument) = (place.legs.get(side), place.legs.tally(side), place.instrument()) else {
        return Decimal::ZERO;
    };
    let owed = tally.fees - tally.realized;
    let worth = match (side, instrument.kind.is_inverse()) {
        (PositionSide::Long, false) | (PositionSide::Short, true) => leg.cost + owed,
        (PositionSide::Short, false) | (PositionSide::Long, true) => leg.cost - owed,
    };
    let size = instrument.rules.size(leg.quantity);
    let price = if instrument.kind.is_inverse() { size.checked_div(worth) } else { worth.checked_div(size) };
    price.unwrap_or_default().max(Decimal::ZERO)
}

/// The largest quantity on the lot that is worth no more than this.
fn max_quantity(place: &Place, value: Decimal, mark: Decimal) -> Decimal {
    let instrument = place.instrument();
    let each = instrument.value(mark, Decimal::ONE);
    let most = if value == Decimal::MAX { None } else { value.checked_div(each) };
    most.map_or(Decimal::MAX, |most| to_step(most, instrument.rules.lot_size, Round::Down))
}

/// Binance ranks users by gain and leverage ("How Auto-Deleveraging Works"). Without other users to rank among, the gain as a share of the
/// margin stands for the rank: a light more for each half of it, none for a position that loses.
fn queue(now: &PositionNow, initial: Decimal) -> u8 {
    let gained = now.unrealized.checked_div(initial).unwrap_or_default();
    [dec!(0), dec!(0.5), dec!(1), dec!(1.5)].iter().map(|step| u8::from(gained > *step)).sum()
}
