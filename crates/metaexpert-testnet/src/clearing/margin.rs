//! Margin on spot's markets: coins that are borrowed, what that costs, and what happens when they are called in.
//!
//! The one decision: cross and isolated margin are one wallet with another scope: which coins it holds, which markets it trades, which
//! tiers hold. Coins lie in the same ledger as spot's; the lender is one more holder in it, below zero by what is owed.

mod cross; // all coins vouch for all loans
mod debts; // what is owed, coin by coin
mod isolated; // the coins of one pair vouch for its loans
mod level; // how safe it is, and what that allows
mod liquidation; // what is sold when it is not
mod loans; // borrowing, paying back, interest
mod records; // what is written down
mod terms; // rates and tiers
#[cfg(test)]
mod tests;

use std::fmt;

pub use cross::{Cross, CrossMargin};
pub use isolated::{Isolated, IsolatedMargin};
pub use level::LevelStatus;
use metaexpert_core::{Currency, Money, Side, UnixNanos};
use metaexpert_matching::Ledger;
pub use records::{By, Flow, FlowKind, InterestRecord, LoanRecord};
use rust_decimal::Decimal;
pub use terms::{Lending, Tier};

use self::debts::Debts;
use super::{
    Booked, Changed, Clearing, Entry, Fill, Happened, Need, Numbers, TakeOver,
    spot::{Coins, Lately, SpotFees, Traded, to_digits_up},
};
use crate::{
    listing::MarketId,
    news::{Balance, Cause},
    order::{Loan, OrderId, Refusal},
    prices::Prices,
};

/// What a wallet with loans holds and trades.
pub trait Scope: fmt::Debug {
    /// Whether it can hold a coin.
    fn holds(&self, currency: &Currency) -> bool;

    /// Whether it trades in a market of spot's.
    fn trades(&self, market: MarketId) -> bool;
}

/// Coins, own and borrowed.
#[derive(Debug)]
pub struct Margin<S> {
    scope: S,
    coins: Coins,
    debts: Debts,
    lending: Lending,
    tiers: Vec<Tier>,
    highest_tier: Tier,
    now: UnixNanos,
    /// What its owner was told last.
    told: LevelStatus,
    /// What happened of itself since that was last asked.
    happened: Vec<Happened>,
    loans: Vec<LoanRecord>,
    interest: Vec<InterestRecord>,
    flows: Vec<Flow>,
}

/// What a wallet has of a coin, and owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Of what.
    pub currency: Currency,
    /// What can be used.
    pub free: Decimal,
    /// What orders have set aside.
    pub locked: Decimal,
    /// What is owed, without interest.
    pub borrowed: Decimal,
    /// Interest that is owed.
    pub interest: Decimal,
}

impl Asset {
    /// What is held, borrowed coins included.
    pub fn total(&self) -> Decimal {
        self.free + self.locked
    }

    /// What is one's own.
    pub fn net(&self) -> Decimal {
        self.total() - self.borrowed - self.interest
    }
}

impl<S: Scope> Margin<S> {
    fn within(scope: S, tiers: &[Tier], highest_tier: Tier, lending: Lending, fees: SpotFees, numbers: Numbers) -> Self {
        Self {
            scope,
            coins: Coins::new(fees, numbers),
            debts: Debts::default(),
            lending,
            tiers: tiers.to_vec(),
            highest_tier,
            now: UnixNanos::default(),
            told: LevelStatus::Excessive,
            happened: Vec::new(),
            loans: Vec::new(),
            interest: Vec::new(),
            flows: Vec::new(),
        }
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

    /// What coins are lent at.
    pub const fn lending(&self) -> &Lending {
        &self.lending
    }

    /// Sets whether interest is paid in the exchange's coin (Binance: `interestBNBBurn`).
    pub const fn pay_interest_in_coin(&mut self, does: bool) {
        self.lending.pays_in_coin = does;
    }

    /// The tiers, lowest first.
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    /// Every coin that the wallet has had.
    pub fn assets(&self) -> Vec<Asset> {
        self.coins.ledger.currencies().map(|(_, currency)| self.asset(currency)).collect()
    }

    /// What it has of one coin.
    pub fn asset(&self, currency: &Currency) -> Asset {
        let (free, locked, debt) =
            self.coins.ledger.find(currency).map_or_else(Default::default, |id| {
                (self.coins.ledger.free(id), self.coins.ledger.locked(id), self.debts.of(id))
            });
        Asset { currency: currency.clone(), free, locked, borrowed: debt.principal, interest: debt.interest }
    }

    /// What is owed: of what, how much in all, and what of that is interest.
    pub fn debts(&self) -> Vec<(Currency, Decimal, Decimal)> {
        let owed = |(id, debt): (_, debts::Debt)| (self.coins.ledger.currency(id).clone(), debt.total(), debt.interest);
        self.debts.iter().map(owed).collect()
    }

    /// Every movement between holders: what an audit adds up.
    pub const fn ledger(&self) -> &Ledger<Lately> {
        &self.coins.ledger
    }

    /// What an order would have to borrow.
    fn lacking(&self, need: &Need, prices: &dyn Prices) -> Result<Decimal, Refusal> {
        if !self.scope.trades(need.market) {
            return Err(Refusal::UnknownMarket);
        }
        let (currency, _, amount) = Coins::demand(need, prices);
        let lacking = to_digits_up((amount - self.coins.within_reach(need.order, &currency)).max(Decimal::ZERO));
        match need.loan {
            Loan::None | Loan::Repay if lacking > Decimal::ZERO => Err(Refusal::Funds),
            Loan::Borrow | Loan::BorrowAndRepay if lacking > self.max_borrowable(&currency, prices) => Err(Refusal::Loan),
            Loan::None | Loan::Repay | Loan::Borrow | Loan::BorrowAndRepay => Ok(lacking),
        }
    }

    fn changed(&mut self) -> Changed {
        let mut changed = self.coins.changed();
        for id in self.debts.take_changed() {
            let debt = self.debts.of(id);
            changed.debts.push((self.coins.ledger.currency(id).clone(), debt.total(), debt.interest));
        }
        changed
    }

    fn note_flows(&mut self, fill: &Fill, traded: &Traded) {
        let (paid, came) = match (fill.is_liquidation, fill.side) {
            (true, Side::Buy) => (FlowKind::LiquidationBuy, FlowKind::LiquidationBuy),
            (true, Side::Sell) => (FlowKind::LiquidationSell, FlowKind::LiquidationSell),
            (false, Side::Buy) => (FlowKind::BuyExpense, FlowKind::BuyIncome),
            (false, Side::Sell) => (FlowKind::SellExpense, FlowKind::SellIncome),
        };
        let (of, market) = (Some(fill.trade_id), Some(fill.market));
        self.flow(fill.time, paid, (traded.paid.0, -traded.paid.1), of, market);
        self.flow(fill.time, came, traded.came, of, market);
        if !traded.fee.1.is_zero() {
            self.flow(fill.time, FlowKind::Commission, (traded.fee.0, -traded.fee.1), of, market);
        }
    }
}

impl<S: Scope> Clearing for Margin<S> {
    fn admit(&mut self, need: &Need, prices: &dyn Prices) -> Result<Changed, Refusal> {
        self.accrue(need.time, prices);
        let lacking = self.lacking(need, prices)?;
        let id = self.coins.ledger.open(&Coins::demand(need, prices).0);
        if lacking > Decimal::ZERO {
            self.lend(id, lacking, By::Order(need.order), need.time, prices);
        }
        let unneeded = self.coins.set_aside(need, lacking, prices);
        self.pay_back_from(id, unneeded, By::Order(need.order), need.time);
        Ok(self.changed())
    }

    fn check(&self, need: &Need, prices: &dyn Prices) -> Result<(), Refusal> {
        self.lacking(need, prices).map(drop)
    }

    fn release(&mut self, order: OrderId, part: Option<Decimal>) -> Changed {
        if let (Some(id), unneeded) = self.coins.release(order, part, self.now) {
            self.pay_back_from(id, unneeded, By::Order(order), self.now);
        }
        self.changed()
    }

    fn execute(&mut self, fill: &Fill, prices: &dyn Prices) -> Booked {
        self.accrue(fill.time, prices);
        let traded = self.coins.trade(fill, prices);
        self.note_flows(fill, &traded);
        let by = if fill.is_liquidation { By::Liquidation } else { By::Order(fill.order) };
        if fill.is_liquidation || matches!(fill.loan, Loan::Repay | Loan::BorrowAndRepay) {
            self.pay_back_from(traded.came.0, traded.kept(), by, fill.time);
        }
        let mut booked = self.coins.booked(&traded);
        booked.changed.debts = self.changed().debts;
        booked
    }

    fn follow(&mut self, now: UnixNanos, prices: &dyn Prices) -> (Vec<Happened>, Vec<TakeOver>) {
        self.accrue_alone(now, prices);
        let status = if self.debts.is_empty() { LevelStatus::Excessive } else { self.status(prices) };
        if status >= LevelStatus::Call && status > self.told {
            let changed = Changed::default();
            self.happened.push(Happened { time: self.now, cause: Cause::MarginCall, changed });
        }
        self.told = status;
        let sales = if status == LevelStatus::Liquidation { self.take_over(prices) } else { Vec::new() };
        (std::mem::take(&mut self.happened), sales)
    }

    fn transfer(&mut self, money: &Money, now: UnixNanos, _: Cause, prices: &dyn Prices) -> Result<Changed, Refusal> {
        self.accrue(now, prices);
        let goes_out = money.amount < Decimal::ZERO;
        if !self.scope.holds(&money.currency) || goes_out && -money.amount > self.max_transferable(&money.currency, prices) {
            return Err(Refusal::Funds);
        }
        self.coins.transfer(money, now);
        let id = self.coins.ledger.open(&money.currency);
        self.flow(now, FlowKind::Transfer, (id, money.amount), None, None);
        Ok(self.changed())
    }

    fn holds(&self, currency: &Currency) -> bool {
        self.scope.holds(currency)
    }

    fn balances(&self, _: &dyn Prices) -> Vec<Balance> {
        self.coins.balances()
    }

    fn history(&self) -> &[Entry] {
        self.coins.history()
    }
}
