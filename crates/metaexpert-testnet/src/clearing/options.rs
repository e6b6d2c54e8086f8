//! A wallet of options: premiums paid and received, and what sellers put up.
//!
//! The one decision: cash is moved by premiums alone. Who buys pays in full and nothing more is held; who sells is paid at once and puts
//! up a margin that contains what the option is worth ([`MarginRates::BINANCE`](metaexpert_matching::options::MarginRates::BINANCE)). So
//! what is free is the wallet, less the margins of what was sold, less what orders may need; what bought options are worth counts
//! for the equity and for nothing else.
//!
//! What is not here: portfolio margin, market makers' protection, and exercise before the end.

mod execute; // premiums, fees
mod exercise; // the end of a contract
mod margin; // what sold options and orders need, and who is taken over
mod rows; // account and positions as protocols show them

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use metaexpert_core::{Currency, Instrument, Money, Side, UnixNanos};
use metaexpert_matching::options::CappedFee;
use rust_decimal::Decimal;

pub use exercise::Exercise;
pub use rows::{OptionRow, OptionsAccount};

use super::{Booked, Changed, Clearing, Entry, EntryKind, Fill, Happened, Need, Numbers, TakeOver, futures::legs::Legs};
use crate::{
    listing::{Class, MarketId},
    news::{Balance, Cause},
    order::{OrderId, Refusal},
    prices::Prices,
};

/// How many lines of history are kept at least; the oldest go first.
const KEPT: usize = 100_000;

/// What executions and exercises of options cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionsFees {
    /// Of an execution, whether it rested or took.
    pub trade: CappedFee,
    /// Of an exercise.
    pub exercise: CappedFee,
}

impl OptionsFees {
    /// Binance's ("Binance Options Trading Fees").
    pub const BINANCE: Self = Self { trade: CappedFee::BINANCE_OPTION_TRADE, exercise: CappedFee::BINANCE_OPTION_EXERCISE };
}

/// The options wallet of one account.
#[derive(Debug)]
pub struct OptionsWallet {
    fees: OptionsFees,
    numbers: Numbers,
    coins: BTreeMap<Currency, Decimal>,
    places: BTreeMap<MarketId, Place>,
    /// Where an order stands.
    standing: BTreeMap<OrderId, MarketId>,
    entries: Vec<Entry>,
    exercises: Vec<Exercise>,
    /// Coins of which it was told that the margin is nearly used up.
    called: Vec<Currency>,
}

/// One option: what is held, and the orders that stand.
#[derive(Debug)]
struct Place {
    market: MarketId,
    legs: Legs,
    orders: BTreeMap<OrderId, Standing>,
}

/// An order that stands, or is on its way.
#[derive(Debug, Clone, Copy)]
struct Standing {
    id: OrderId,
    side: Side,
    price: Decimal,
    left: Decimal,
    reduces: bool,
}

impl OptionsWallet {
    /// An empty wallet for all options that are listed.
    pub fn new(prices: &dyn Prices, fees: OptionsFees, numbers: Numbers) -> Self {
        let listed = prices.markets().into_iter().map(|market| (market, prices.listing(market)));
        let listed = listed.filter(|(_, listing)| listing.class == Class::Options);
        let place = |(market, instrument): (MarketId, &Instrument)| Place {
            market,
            legs: Legs::new(instrument),
            orders: BTreeMap::new(),
        };
        let places: BTreeMap<_, _> = listed.map(|(market, listing)| (market, place((market, &listing.instrument)))).collect();
        let coins = places.values().map(|place| (place.settlement().clone(), Decimal::ZERO)).collect();
        Self {
            fees,
            numbers,
            coins,
            places,
            standing: BTreeMap::new(),
            entries: Vec::new(),
            exercises: Vec::new(),
            called: Vec::new(),
        }
    }

    /// What executions and exercises cost.
    pub const fn fee_rates(&self) -> OptionsFees {
        self.fees
    }

    /// What could still be closed by an order of this side: what is held, less what orders that only close it stand for.
    pub fn reducible(&self, market: MarketId, closing: Side) -> Decimal {
        self.places.get(&market).map_or(Decimal::ZERO, |place| place.reducible(closing, None))
    }

    fn wallet(&self, currency: &Currency) -> Decimal {
        self.coins.get(currency).copied().unwrap_or_default()
    }

    /// Changes a balance, and writes down why. Nothing else changes one.
    fn book(
        &mut self,
        kind: EntryKind,
        amount: Decimal,
        currency: &Currency,
        market: Option<MarketId>,
        trade_id: Option<u64>,
        time: UnixNanos,
    ) {
        if amount.is_zero() {
            return;
        }
        if self.entries.len() >= 2 * KEPT {
            self.entries.drain(..KEPT);
        }
        *self.coins.entry(currency.clone()).or_default() += amount;
        let amount = Money::new(amount, currency.clone());
        self.entries.push(Entry { id: self.numbers.next(), time, kind, amount, market, trade_id });
    }
}

impl Place {
    const fn settlement(&self) -> &Currency {
        &self.legs.instrument().settlement
    }

    fn reducible(&self, closing: Side, by: Option<OrderId>) -> Decimal {
        let held = self.legs.held(closing.opposite().opened_leg());
        let promised = self.orders.values().filter(|order| order.reduces && order.side == closing);
        let promised = promised.filter(|order| by != Some(order.id)).map(|order| order.left);
        (held - promised.sum::<Decimal>()).max(Decimal::ZERO)
    }
}

impl Clearing for OptionsWallet {
    fn admit(&mut self, need: &Need, prices: &dyn Prices) -> Result<Changed, Refusal> {
        self.check(need, prices)?;
        if let Some(place) = self.places.get_mut(&need.market) {
            place.orders.insert(need.order, standing_of(need));
            self.standing.insert(need.order, need.market);
        }
        // What is set aside moves no balance.
        Ok(Changed::default())
    }

    fn check(&self, need: &Need, prices: &dyn Prices) -> Result<(), Refusal> {
        let place = self.places.get(&need.market).ok_or(Refusal::UnknownMarket)?;
        if need.leg.is_some() {
            return Err(Refusal::PositionMode);
        }
        if need.reduce_only && place.reducible(need.side, Some(need.order)).is_zero() {
            return Err(Refusal::ReduceOnly);
        }
        let coin = place.settlement();
        let grown = place.needed_with(Some(&standing_of(need)), self.fees, prices) - place.needed_with(None, self.fees, prices);
        if grown > Decimal::ZERO && grown > self.left(coin, prices) {
            return Err(if need.side == Side::Buy { Refusal::Funds } else { Refusal::Margin });
        }
        Ok(())
    }

    fn release(&mut self, order: OrderId, part: Option<Decimal>) -> Changed {
        let Some(place) = self.standing.get(&order).and_then(|market| self.places.get_mut(market)) else {
            return Changed::default();
        };
        if let Some(standing) = place.orders.get_mut(&order) {
            standing.left = part.map_or(Decimal::ZERO, |part| standing.left - part);
            if standing.left <= Decimal::ZERO {
                place.orders.remove(&order);
                self.standing.remove(&order);
            }
        }
        Changed::default()
    }

    fn execute(&mut self, fill: &Fill, prices: &dyn Prices) -> Booked {
        self.book_fill(fill, prices)
    }

    fn follow(&mut self, now: UnixNanos, prices: &dyn Prices) -> (Vec<Happened>, Vec<TakeOver>) {
        self.judge(now, prices)
    }

    fn transfer(&mut self, money: &Money, now: UnixNanos, _cause: Cause, prices: &dyn Prices) -> Result<Changed, Refusal> {
        if money.amount.is_sign_negative() && -money.amount > self.left(&money.currency, prices) {
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

const fn standing_of(need: &Need) -> Standing {
    Standing { id: need.order, side: need.side, price: need.price, left: need.quantity, reduces: need.reduce_only }
}
