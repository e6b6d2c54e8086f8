//! A wallet of futures: margin coins, positions, and the orders that margin is set aside for.
//!
//! The one decision: what an order holds is not written down when it comes in, it follows from all orders of its market and the
//! position there, as on Binance: `max(|position + bids|, |position - asks|) / leverage`. So an order that closes holds nothing, two
//! that cannot both open hold once, and an order that goes leaves the wallet as it was. Linear and inverse contracts are one type:
//! what differs is in the instrument. A wallet never looks at a market's book; prices come with each call.
//!
//! What is not here: the pool of positions that other users of the exchange have (automatic deleveraging only ranks), tiers of fees by
//! volume, and margin in coins that were lent.

mod account; // what the wallet has and needs, coin by coin
mod admit; // whether an order may come in
mod execute; // what an execution does
mod fees; // what executions cost
pub(super) mod legs; // what is held of one market
mod liquidation; // levels, calls, take-overs, insurance
mod place; // one market: settings, position, orders
mod rows; // positions as protocols show them
mod settings; // leverage, margin type, position mode, margin of isolated positions
mod settle; // funding and delivery

#[cfg(test)]
pub(super) mod tests;

use std::collections::BTreeMap;

use metaexpert_core::{Currency, Money, PositionSide, Side, UnixNanos};
use rust_decimal::Decimal;

pub use account::AssetRow;
pub use fees::FuturesFees;
pub use rows::{Row, SymbolSettings};
pub use settings::{LARGEST_LEVERAGE, MarginMove};
pub use settle::Delivered;

use super::{Booked, Changed, Clearing, Entry, EntryKind, Fill, Happened, Need, Numbers, TakeOver};
use crate::{
    listing::{Class, MarketId},
    news::{Balance, Cause},
    order::{OrderId, Refusal},
    prices::Prices,
};
use liquidation::Risk;
use place::Place;

/// How many lines of history are kept at least; the oldest go first.
const KEPT: usize = 100_000;

/// The futures wallet of one account: of linear or of inverse contracts.
#[derive(Debug)]
pub struct Futures {
    class: Class,
    fees: FuturesFees,
    numbers: Numbers,
    /// Whether long and short legs are held beside each other.
    hedged: bool,
    /// Whether all coins vouch together.
    multi_assets: bool,
    /// Whether fees are paid in the exchange's own coin where it suffices.
    burns: bool,
    coins: BTreeMap<Currency, Coin>,
    places: BTreeMap<MarketId, Place>,
    /// Where an order that holds margin stands.
    standing: BTreeMap<OrderId, MarketId>,
    entries: Vec<Entry>,
    moves: Vec<MarginMove>,
    /// Who has been told that margin is nearly used up, and has not recovered since.
    called: Vec<Risk>,
}

/// What is there of a coin.
#[derive(Debug, Clone, Copy, Default)]
struct Coin {
    wallet: Decimal,
    updated: Option<UnixNanos>,
}

impl Futures {
    /// An empty wallet for all markets of a class: cross margin, one position a market, leverage 20.
    pub fn new(class: Class, prices: &dyn Prices, fees: FuturesFees, numbers: Numbers) -> Self {
        let listed = prices.markets().into_iter().map(|market| (market, prices.listing(market)));
        let listed = listed.filter(|(_, listing)| listing.class == class);
        let places: BTreeMap<_, _> = listed.map(|(market, listing)| (market, Place::new(market, &listing.instrument))).collect();
        let coins = places.values().map(|place| (place.settlement().clone(), Coin::default())).collect();
        Self {
            class,
            fees,
            numbers,
            hedged: false,
            multi_assets: false,
            burns: false,
            coins,
            places,
            standing: BTreeMap::new(),
            entries: Vec::new(),
            moves: Vec::new(),
            called: Vec::new(),
        }
    }

    /// Linear or inverse.
    pub const fn class(&self) -> Class {
        self.class
    }

    /// Whether long and short legs are held beside each other (Binance: `dualSidePosition`).
    pub const fn is_hedged(&self) -> bool {
        self.hedged
    }

    /// Whether all coins vouch together (Binance: `multiAssetsMargin`).
    pub const fn is_multi_assets(&self) -> bool {
        self.multi_assets
    }

    /// Whether fees are paid in the exchange's own coin where it suffices (Binance: `feeBurn`).
    pub const fn burns_fees(&self) -> bool {
        self.burns
    }

    /// The leverage of a market, in times.
    pub fn leverage(&self, market: MarketId) -> u32 {
        self.places.get(&market).map_or(place::LEVERAGE_AT_FIRST, |place| place.leverage)
    }

    /// Whether positions of a market vouch for themselves alone.
    pub fn is_isolated(&self, market: MarketId) -> bool {
        self.places.get(&market).is_some_and(|place| place.isolated)
    }

    /// What executions cost: of those that rested, of those that took.
    pub const fn fee_rates(&self, _market: MarketId) -> (Decimal, Decimal) {
        (self.fees.maker, self.fees.taker)
    }

    /// What of a leg could still be closed by an order: what is held, less what orders that only close it stand for. Where there is
    /// one position a market, `leg` is `None` and `closing` the side of the order.
    pub fn reducible(&self, market: MarketId, closing: Side, leg: Option<PositionSide>) -> Decimal {
        self.places.get(&market).map_or(Decimal::ZERO, |place| place.reducible(closing, leg, None))
    }

    fn wallet(&self, currency: &Currency) -> Decimal {
        self.coins.get(currency).map_or(Decimal::ZERO, |coin| coin.wallet)
    }

    /// Changes a balance, and writes down why. Nothing else changes one.
    fn book(
        &mut self,
        kind: EntryKind,
        amount: Decimal,
        currency: &Currency,
        market: Option<MarketId>,
        trade: Option<u64>,
        time: UnixNanos,
    ) {
        if amount.is_zero() {
            return;
        }
        let coin = self.coins.entry(currency.clone()).or_default();
        coin.wallet += amount;
        coin.updated = Some(time);
        if self.entries.len() >= 2 * KEPT {
            self.entries.drain(..KEPT);
        }
        let amount = Money::new(amount, currency.clone());
        self.entries.push(Entry { id: self.numbers.next(), time, kind, amount, market, trade_id: trade });
    }
}

impl Clearing for Futures {
    fn admit(&mut self, need: &Need, prices: &dyn Prices) -> Result<Changed, Refusal> {
        self.check(need, prices)?;
        self.set_aside(need);
        // Margin that is set aside moves no balance: exchanges tell nothing of it.
        Ok(Changed::default())
    }

    fn check(&self, need: &Need, prices: &dyn Prices) -> Result<(), Refusal> {
        self.may_come_in(need, prices)
    }

    fn release(&mut self, order: OrderId, part: Option<Decimal>) -> Changed {
        self.free(order, part);
        Changed::default()
    }

    fn execute(&mut self, fill: &Fill, prices: &dyn Prices) -> Booked {
        self.book_fill(fill, prices)
    }

    fn follow(&mut self, now: UnixNanos, prices: &dyn Prices) -> (Vec<Happened>, Vec<TakeOver>) {
        if self.places.values().all(|place| !place.legs.is_open()) {
            self.called.clear();
            return (Vec::new(), Vec::new());
        }
        self.judge(now, prices)
    }

    fn transfer(&mut self, money: &Money, now: UnixNanos, _cause: Cause, prices: &dyn Prices) -> Result<Changed, Refusal> {
        if money.amount.is_sign_negative() && -money.amount > self.max_withdraw(&money.currency, prices) {
            return Err(Refusal::Funds);
        }
        self.book(EntryKind::Transfer, money.amount, &money.currency, None, None, now);
        Ok(Changed { balances: vec![self.balance(&money.currency, money.amount, prices)], ..Changed::default() })
    }

    fn balances(&self, prices: &dyn Prices) -> Vec<Balance> {
        self.coins.keys().map(|currency| self.balance(currency, Decimal::ZERO, prices)).collect()
    }

    fn history(&self) -> &[Entry] {
        &self.entries
    }
}
