//! Borrowing, paying back, and interest.
//!
//! The one decision: a loan is charged for an hour when it is taken, and for another at each full hour (Binance, "Isolated Margin
//! Trading Guide", "Dynamic Interest Rate"; the same for cross margin), each time on what is owed without interest. Interest is added
//! to the debt; where the account pays it in the exchange's coin and has enough, it is taken there at once.

use metaexpert_core::{Money, UnixNanos};
use metaexpert_matching::{Cause as Why, CurrencyId, Holder};
use rust_decimal::Decimal;

use super::{By, Flow, FlowKind, InterestRecord, LoanRecord, Margin, Scope};
use crate::{
    clearing::{
        Changed, EntryKind, Happened,
        spot::{to_digits, to_nearest_digit, write_down},
    },
    listing::MarketId,
    news::Cause,
    order::{OrderId, Refusal},
    prices::Prices,
};

impl<S: Scope> Margin<S> {
    /// Borrows an amount. Returns the loan's number.
    ///
    /// # Errors
    /// [`Refusal::Loan`] where that is more than [`max_borrowable`](Self::max_borrowable), or nothing.
    pub fn borrow(&mut self, money: &Money, now: UnixNanos, prices: &dyn Prices) -> Result<(u64, Changed), Refusal> {
        self.accrue(now, prices);
        if money.amount <= Decimal::ZERO || money.amount > self.max_borrowable(&money.currency, prices) {
            return Err(Refusal::Loan);
        }
        let currency = self.coins.ledger.open(&money.currency);
        let id = self.lend(currency, money.amount, By::Hand, now, prices);
        Ok((id, self.changed()))
    }

    /// Pays back an amount, interest first. Returns the payment's number.
    ///
    /// # Errors
    /// [`Refusal::Repayment`] where less is owed or free, or it is nothing.
    pub fn repay(&mut self, money: &Money, now: UnixNanos, prices: &dyn Prices) -> Result<(u64, Changed), Refusal> {
        self.accrue(now, prices);
        let currency = self.coins.ledger.find(&money.currency).ok_or(Refusal::Repayment)?;
        let most = self.debts.of(currency).total().min(self.coins.ledger.free(currency));
        if money.amount <= Decimal::ZERO || money.amount > most {
            return Err(Refusal::Repayment);
        }
        let id = self.pay_back(currency, money.amount, By::Hand, now);
        Ok((id, self.changed()))
    }

    /// What was borrowed for an order, of the latest orders.
    pub fn borrowed_for(&self, order: OrderId) -> Option<Money> {
        // An order is asked after when it is placed; who asks later than that has its loan's record.
        const LATEST: usize = 1000;
        let loans = self.loans.iter().rev().take(LATEST).filter(|loan| loan.is_borrow && loan.by == By::Order(order));
        loans.map(|loan| Money::new(loan.principal, loan.currency.clone())).reduce(|mut sum, loan| {
            sum.amount += loan.amount;
            sum
        })
    }

    /// Lets an order's loan stand when the order is cancelled (Binance: `autoRepayAtCancel=false`).
    pub fn keep_loan(&mut self, order: OrderId) {
        if let Some(hold) = self.coins.holds.get_mut(&order) {
            hold.gives_back = false;
        }
    }

    /// Loans and what was paid back, oldest first.
    pub fn loans(&self) -> &[LoanRecord] {
        &self.loans
    }

    /// Interest, oldest first.
    pub fn interest(&self) -> &[InterestRecord] {
        &self.interest
    }

    /// How coins came and went, oldest first.
    pub fn flows(&self) -> &[Flow] {
        &self.flows
    }

    /// Charges interest for each full hour that has begun. It is told with what is done now.
    pub(super) fn accrue(&mut self, now: UnixNanos, prices: &dyn Prices) {
        self.now = self.now.max(now);
        for hour in self.debts.hours_until(now) {
            self.charge_hour(hour, prices);
        }
    }

    /// The same, where nothing else is done now: each hour is told by itself.
    pub(super) fn accrue_alone(&mut self, now: UnixNanos, prices: &dyn Prices) {
        self.now = self.now.max(now);
        for hour in self.debts.hours_until(now) {
            self.charge_hour(hour, prices);
            let changed = self.changed();
            if changed != Changed::default() {
                self.happened.push(Happened { time: hour, cause: Cause::Interest, changed });
            }
        }
    }

    fn charge_hour(&mut self, hour: UnixNanos, prices: &dyn Prices) {
        let owed: Vec<_> = self.debts.iter().map(|(id, debt)| (id, debt.principal)).collect();
        for (currency, principal) in owed {
            self.charge_interest(currency, principal, hour, false, prices);
        }
    }

    /// Lends, and charges the first hour.
    pub(super) fn lend(&mut self, id: CurrencyId, amount: Decimal, by: By, now: UnixNanos, prices: &dyn Prices) -> u64 {
        self.coins.book(now, Why::Borrow, id, Holder::Lender, Holder::Free, amount);
        self.debts.borrow(id, amount);
        let number = self.coins.note(now, EntryKind::Borrow, id, amount, None);
        let currency = self.coins.ledger.currency(id).clone();
        let interest = Decimal::ZERO;
        write_down(
            &mut self.loans,
            LoanRecord { id: number, time: now, is_borrow: true, currency, principal: amount, interest, by },
        );
        self.flow(now, FlowKind::Borrow, (id, amount), Some(number), None);
        self.charge_interest(id, amount, now, true, prices);
        number
    }

    /// Pays back, interest first. What is asked for must be owed and free.
    pub(super) fn pay_back(&mut self, id: CurrencyId, amount: Decimal, by: By, now: UnixNanos) -> u64 {
        let paid = self.debts.repay(id, amount);
        self.coins.book(now, Why::Repay, id, Holder::Free, Holder::Lender, paid.total());
        let number = self.coins.note(now, EntryKind::Repay, id, -paid.total(), None);
        let (currency, principal, interest) = (self.coins.ledger.currency(id).clone(), paid.principal, paid.interest);
        write_down(&mut self.loans, LoanRecord { id: number, time: now, is_borrow: false, currency, principal, interest, by });
        let kind = if by == By::Liquidation { FlowKind::LiquidationRepay } else { FlowKind::Repay };
        self.flow(now, kind, (id, -paid.total()), Some(number), None);
        number
    }

    /// Pays back what of an amount is owed and free.
    pub(super) fn pay_back_from(&mut self, id: CurrencyId, amount: Decimal, by: By, now: UnixNanos) {
        let amount = amount.min(self.debts.of(id).total()).min(self.coins.ledger.free(id));
        if amount > Decimal::ZERO {
            self.pay_back(id, amount, by, now);
        }
    }

    fn charge_interest(&mut self, owed: CurrencyId, principal: Decimal, time: UnixNanos, is_first: bool, prices: &dyn Prices) {
        let currency = self.coins.ledger.currency(owed).clone();
        let due = principal * self.lending.hourly_rate(&currency);
        let (payer, interest) = self.interest_in_coin(owed, due, prices).unwrap_or((owed, to_nearest_digit(due)));
        if interest.is_zero() {
            return;
        }
        if payer == owed {
            self.coins.book(time, Why::Interest, owed, Holder::Lender, Holder::Interest, interest);
            self.debts.charge(owed, interest);
        } else {
            self.coins.book(time, Why::Interest, payer, Holder::Free, Holder::Interest, interest);
            self.flow(time, FlowKind::Other, (payer, -interest), None, None);
        }
        let id = self.coins.note(time, EntryKind::Interest, payer, -interest, None);
        let daily_rate = self.lending.daily_rate(&currency);
        let paid_in = self.coins.ledger.currency(payer).clone();
        let record = InterestRecord { id, time, owed: currency, principal, currency: paid_in, interest, daily_rate, is_first };
        write_down(&mut self.interest, record);
    }

    /// Interest in the exchange's coin; `None` where it is not paid in that, or there is not enough. Interest on that coin itself is
    /// owed as any other's.
    fn interest_in_coin(&self, owed: CurrencyId, due: Decimal, prices: &dyn Prices) -> Option<(CurrencyId, Decimal)> {
        let coin = self.lending.coin.as_ref().filter(|_| self.lending.pays_in_coin)?;
        let id = self.coins.ledger.find(&coin.currency).filter(|id| *id != owed)?;
        let rate = prices.rate(self.coins.ledger.currency(owed), &coin.currency)?;
        let amount = to_digits(due * coin.discount * rate);
        (amount <= self.coins.ledger.free(id)).then_some((id, amount))
    }

    pub(super) fn flow(
        &mut self,
        time: UnixNanos,
        kind: FlowKind,
        (currency, amount): (CurrencyId, Decimal),
        belongs_to: Option<u64>,
        market: Option<MarketId>,
    ) {
        let id = self.coins.numbers.next();
        let currency = self.coins.ledger.currency(currency).clone();
        write_down(&mut self.flows, Flow { id, belongs_to: belongs_to.unwrap_or(id), time, kind, currency, amount, market });
    }
}
