//! Spot: coins change hands, and nothing is owed.
//!
//! The one decision: an order sets aside what it may have to pay (a buy its limit in quote currency, a sell its coins), and its
//! fees are taken from what it brings. An order that is admitted anew, as one that is amended, may use what it has set aside
//! already.

mod coins; // a wallet's coins in double entry   <- read first
mod fees; // what executions cost
mod holds; // what orders have set aside
mod kept; // what is kept of movements
#[cfg(test)]
pub(super) mod tests;

use metaexpert_core::{Currency, Money, UnixNanos};
use metaexpert_matching::Ledger;
use rust_decimal::Decimal;

pub(super) use coins::{Coins, Traded, worth};
pub use fees::{FeeCoin, SpotFees};
pub(super) use fees::{to_digits, to_digits_up, to_nearest_digit};
pub use kept::Lately;
pub(super) use kept::write_down;

use super::{Booked, Changed, Clearing, Entry, Fill, Happened, Need, Numbers, TakeOver};
use crate::{
    news::{Balance, Cause},
    order::{OrderId, Refusal},
    prices::Prices,
};

/// One's own coins.
#[derive(Debug)]
pub struct SpotWallet {
    coins: Coins,
    now: UnixNanos,
}

impl SpotWallet {
    /// An empty wallet.
    pub fn new(fees: SpotFees, numbers: Numbers) -> Self {
        Self { coins: Coins::new(fees, numbers), now: UnixNanos::default() }
    }

    /// What executions cost.
    pub const fn fees(&self) -> &SpotFees {
        &self.coins.fees
    }

    /// Sets what executions cost from now on.
    pub fn set_fees(&mut self, fees: SpotFees) {
        self.coins.fees = fees;
    }

    /// Sets whether fees are paid in the exchange's coin (Binance: `spotBNBBurn`).
    pub const fn pay_fees_in_coin(&mut self, does: bool) {
        self.coins.fees.pays_in_coin = does;
    }

    /// What is free of a coin.
    pub fn free(&self, currency: &Currency) -> Decimal {
        self.coins.free(currency)
    }

    /// What all coins are worth in one currency, those set aside included.
    pub fn worth(&self, unit: &Currency, prices: &dyn Prices) -> Decimal {
        self.coins.worth(unit, prices)
    }

    /// Every movement between holders: what an audit adds up.
    pub const fn ledger(&self) -> &Ledger<Lately> {
        &self.coins.ledger
    }
}

impl Clearing for SpotWallet {
    fn admit(&mut self, need: &Need, prices: &dyn Prices) -> Result<Changed, Refusal> {
        self.check(need, prices)?;
        self.now = self.now.max(need.time);
        self.coins.set_aside(need, Decimal::ZERO, prices);
        Ok(self.coins.changed())
    }

    fn check(&self, need: &Need, prices: &dyn Prices) -> Result<(), Refusal> {
        let (currency, _, amount) = Coins::demand(need, prices);
        if amount > self.coins.within_reach(need.order, &currency) { Err(Refusal::Funds) } else { Ok(()) }
    }

    fn release(&mut self, order: OrderId, part: Option<Decimal>) -> Changed {
        self.coins.release(order, part, self.now);
        self.coins.changed()
    }

    fn execute(&mut self, fill: &Fill, prices: &dyn Prices) -> Booked {
        self.now = self.now.max(fill.time);
        let traded = self.coins.trade(fill, prices);
        self.coins.booked(&traded)
    }

    fn follow(&mut self, now: UnixNanos, _: &dyn Prices) -> (Vec<Happened>, Vec<TakeOver>) {
        self.now = self.now.max(now);
        (Vec::new(), Vec::new())
    }

    fn transfer(&mut self, money: &Money, now: UnixNanos, _: Cause, _: &dyn Prices) -> Result<Changed, Refusal> {
        if -money.amount > self.coins.free(&money.currency) {
            return Err(Refusal::Funds);
        }
        self.now = self.now.max(now);
        self.coins.transfer(money, now);
        Ok(self.coins.changed())
    }

    fn balances(&self, _: &dyn Prices) -> Vec<Balance> {
        self.coins.balances()
    }

    fn history(&self) -> &[Entry] {
        self.coins.history()
    }
}
