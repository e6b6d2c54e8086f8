//! Borrowed coins: what is borrowed for a trade, what it costs by the hour, how it is paid back, and when it is called in.
//!
//! With isolated margin a leg borrows what its leverage leaves of the price (a short one the coins it sells) and pays it back as
//! it closes. With cross margin a wallet that would fall below zero borrows what it lacks, and what comes in when a position is
//! closed pays loans back first (Binance, "Margin Order", side effect `AUTO_BORROW_REPAY`).
//!
//! Interest is simple: an hour's when something is borrowed, and another at each full hour (Binance, "New Dynamic Interest Rate
//! System for Binance Margin Trading", question 4). It is paid as it falls due, in the main currency at the last
//! price, rather than added to the debt in coins, so that closing a position's quantity closes its debt; what the wallet lacks
//! for it is borrowed.

use metaexpert_core::{
    Charge, ChargeCause, Currency, Instrument, InstrumentId, Money, PositionSide, Rejection, Timeframe, UnixNanos,
    config::MarginMode, portfolio::Leg,
};
use rust_decimal::Decimal;

use super::{Account, Levels, levels::on_tick};
use crate::ledger::{Cause, CurrencyId, Holder, Keep, Ledger, to_ledger};

/// What coins are lent at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lending {
    /// What an hour costs, as a fraction of the loan.
    pub hourly: Vec<(Currency, Decimal)>,
    /// The same for currencies that are not listed.
    pub otherwise: Decimal,
    /// Assets as a share of debts at which the loan is called in: 1.1 with cross margin (Binance, "Margin Level and Margin Call",
    /// section 3).
    pub called_at: Decimal,
    /// The most that can be held for what is one's own, in times.
    pub leverage_max: u32,
}

impl Lending {
    /// Loans at one rate, in percent a year of 365 days.
    pub fn yearly(percent: Decimal, leverage_max: u32) -> Self {
        const HOURS: u32 = 365 * 24;
        let otherwise = percent / Decimal::ONE_HUNDRED / Decimal::from(HOURS);
        Self { hourly: Vec::new(), otherwise, called_at: Decimal::new(11, 1), leverage_max }
    }
}

/// Lending, and until when its interest is paid.
#[derive(Debug)]
pub(super) struct Loans {
    lending: Lending,
    rates: Vec<Decimal>,
    /// The full hour that was charged last.
    hour: Option<i64>,
}

impl Loans {
    pub(super) fn new<K: Keep>(lending: Lending, ledger: &Ledger<K>) -> Self {
        let rate = |currency: &Currency| {
            lending.hourly.iter().find(|(known, _)| known == currency).map_or(lending.otherwise, |(_, rate)| *rate)
        };
        Self { rates: ledger.currencies().map(|(_, currency)| rate(currency)).collect(), hour: None, lending }
    }

    /// Where an isolated leg's assets come down to the share of its debt at which it is called in. A long leg has its coins, and
    /// owes quote currency; a short one has what it sold for and its margin, and owes coins.
    pub(super) fn isolated_levels(
        &self,
        instrument: &Instrument,
        side: PositionSide,
        leg: &Leg,
        added: Decimal,
    ) -> Option<Levels> {
        let (coins, margin) = (leg.quantity * instrument.rules.contract_size, leg.cost / Decimal::from(leg.leverage));
        let called_at = self.lending.called_at;
        let (level, bankruptcy) = match side {
            PositionSide::Long => ((leg.cost - margin) * called_at - added, leg.cost - margin - added),
            PositionSide::Short => ((leg.cost + margin + added) / called_at, leg.cost + margin + added),
        };
        let level = level.checked_div(coins).filter(|level| *level > Decimal::ZERO)?;
        Some(Levels { level, bankruptcy: on_tick(instrument, side, bankruptcy / coins) })
    }
}

impl<K: Keep> Account<K> {
    /// Borrows an amount.
    ///
    /// # Errors
    /// [`Rejection::Funds`] where nothing is lent, where one of the currencies has no price yet, or where more would be held than
    /// the greatest leverage allows.
    pub fn borrow(&mut self, time: UnixNanos, money: &Money) -> Result<(), Rejection> {
        let loans = self.loans.as_ref().ok_or(Rejection::Funds)?;
        let id = self.ledger.find(&money.currency).ok_or(Rejection::Funds)?;
        let (assets, debts) = self.assets_and_debts();
        let rate = self.portfolio.rate(&money.currency).ok_or(Rejection::Funds)?;
        let largest = (assets - debts) * (Decimal::from(loans.lending.leverage_max) - Decimal::ONE);
        if money.amount <= Decimal::ZERO || debts + money.amount * rate > largest {
            return Err(Rejection::Funds);
        }
        self.lend(time, id, to_ledger(money.amount));
        Ok(())
    }

    /// Pays back a loan, as much as is asked for, owed beyond what isolated legs owe, and free. Returns how much that was.
    pub fn repay(&mut self, time: UnixNanos, money: &Money) -> Decimal {
        let Some(id) = self.ledger.find(&money.currency) else { return Decimal::ZERO };
        let amount = to_ledger(money.amount).min(self.owed_by_all(id)).min(self.ledger.free(id)).max(Decimal::ZERO);
        self.lend(time, id, -amount);
        amount
    }

    /// Charges interest for every full hour up to `time`.
    #[inline]
    pub fn accrue(&mut self, time: UnixNanos) {
        if self.loans.is_some() {
            self.accrue_hours(time.as_nanos().div_euclid(Timeframe::H1.nanos()), time);
        }
    }

    fn accrue_hours(&mut self, hour: i64, time: UnixNanos) {
        let Some(loans) = &mut self.loans else { return };
        let hours = hour - loans.hour.unwrap_or(hour);
        if loans.hour.replace(hour) == Some(hour) || hours <= 0 {
            return;
        }
        let owed: Vec<_> = self
            .ledger
            .currencies()
            .map(|(id, _)| (id, self.ledger.owed(id)))
            .filter(|(_, owed)| *owed > Decimal::ZERO)
            .collect();
        for (id, owed) in owed {
            self.charge_interest(time, id, owed, Decimal::from(hours));
        }
    }

    /// What all wallets hold as a share of all that is owed, at last prices; `None` where nothing is owed.
    pub fn margin_level(&self) -> Option<Decimal> {
        let (assets, debts) = self.assets_and_debts();
        assets.checked_div(debts)
    }

    /// [`margin_level`](Self::margin_level) after something has been taken out; as high as can be where nothing is owed.
    pub(super) fn level_without(&self, id: CurrencyId, amount: Decimal) -> Decimal {
        let (assets, debts) = self.assets_and_debts();
        let worth = amount * self.portfolio.rate(self.ledger.currency(id)).unwrap_or_default();
        (assets - worth).checked_div(debts).unwrap_or(Decimal::MAX)
    }

    /// Whether all loans are called in.
    pub(super) fn is_called(&self) -> bool {
        let level = self.loans.as_ref().and_then(|loans| Some((self.margin_level()?, loans.lending.called_at)));
        level.is_some_and(|(level, called_at)| level <= called_at)
    }

    /// Where all loans are called in if only one coin's price moves: assets fall with it where more of it is held than owed.
    pub(super) fn shared_loan_levels(&self, id: InstrumentId) -> Option<(PositionSide, Levels)> {
        let (instrument, place) = (self.instruments.get(id), self.place(id)?);
        let called_at = self.loans.as_ref()?.lending.called_at;
        let (mark, quote) = (self.portfolio.exact_mark(id)?, self.portfolio.rate(&instrument.quote)?);
        let (assets, debts) = self.assets_and_debts();
        let (held, owed) = (self.ledger.total(place.base), self.ledger.owed(place.base));
        let (assets, debts) = ((assets / quote) - held * mark, (debts / quote) - owed * mark);
        let side = if held >= owed { PositionSide::Long } else { PositionSide::Short };
        let at =
            |share: Decimal| (debts * share - assets).checked_div(held - owed * share).filter(|price| *price > Decimal::ZERO);
        Some((side, Levels { level: at(called_at)?, bankruptcy: on_tick(instrument, side, at(Decimal::ONE)?) }))
    }

    /// Borrows, or pays back where `amount` is negative.
    pub(super) fn lend(&mut self, time: UnixNanos, id: CurrencyId, amount: Decimal) {
        self.accrue(time);
        if amount > Decimal::ZERO {
            self.ledger.book(time, Cause::Borrow, id, Holder::Lender, Holder::Free, amount);
            self.charge_interest(time, id, amount, Decimal::ONE);
        } else {
            self.ledger.book(time, Cause::Repay, id, Holder::Free, Holder::Lender, -amount);
        }
    }

    /// Borrows what a wallet lacks; pays back what it can spare, if asked to.
    pub(super) fn even_out(&mut self, time: UnixNanos, id: CurrencyId, pays_back: bool) {
        let (free, owed) = (self.ledger.free(id), self.owed_by_all(id));
        if free < Decimal::ZERO {
            self.lend(time, id, -free);
        } else if pays_back && owed > Decimal::ZERO {
            self.lend(time, id, -free.min(owed));
        }
    }

    /// What is owed of a currency that no isolated leg owes by itself.
    fn owed_by_all(&self, id: CurrencyId) -> Decimal {
        let own = |(place, [long, short]): (&super::Place, &[super::Held; 2])| {
            let of = |owes: bool, loan: Decimal| if owes { loan } else { Decimal::ZERO };
            of(place.quote == id, long.loan) + of(place.base == id, short.loan)
        };
        match self.portfolio.margin_mode() {
            MarginMode::Isolated => self.ledger.owed(id) - self.places.iter().zip(&self.held).map(own).sum::<Decimal>(),
            MarginMode::Cross => self.ledger.owed(id),
        }
    }

    fn charge_interest(&mut self, time: UnixNanos, id: CurrencyId, principal: Decimal, hours: Decimal) {
        let rate = self.loans.as_ref().map(|loans| loans.rates.get(id.index()).copied().unwrap_or(loans.lending.otherwise));
        let interest = principal * rate.unwrap_or_default() * hours;
        let currency = self.ledger.currency(id).clone();
        // Before the first price a coin's interest is paid in the coin.
        let (payer, interest) = match self.portfolio.rate(&currency) {
            Some(rate) => (self.main, interest * rate),
            None => (id, interest),
        };
        let interest = to_ledger(interest);
        if interest.is_zero() {
            return;
        }
        self.ledger.book(time, Cause::Interest, payer, Holder::Free, Holder::Interest, interest);
        let lacking = -self.ledger.free(payer);
        if lacking > Decimal::ZERO {
            self.ledger.book(time, Cause::Borrow, payer, Holder::Lender, Holder::Free, lacking);
        }
        self.charge(time, ChargeCause::Interest, Money::new(-interest, self.ledger.currency(payer).clone()));
    }

    /// What all wallets hold and owe, at last prices, in the main currency. What has no price counts for nothing.
    fn assets_and_debts(&self) -> (Decimal, Decimal) {
        self.ledger.currencies().fold((Decimal::ZERO, Decimal::ZERO), |(assets, debts), (id, currency)| {
            let rate = self.portfolio.rate(currency).unwrap_or_default();
            (assets + self.ledger.total(id) * rate, debts + self.ledger.owed(id) * rate)
        })
    }

    /// Takes over a change of the balance that is neither a trade nor funding, to be told to the engine.
    pub(super) fn charge(&mut self, time: UnixNanos, cause: ChargeCause, amount: Money) {
        self.portfolio.settle_money(&amount);
        self.charges.push(Charge { time, amount, cause });
    }
}
