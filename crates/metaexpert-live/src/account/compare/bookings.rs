//! Funding, interest and transfers, each once; and the balance itself.
//!
//! The one decision: a booking is known by the exchange's number, or by its time, asset and amount where it has none; the journal's own
//! list keeps it from being told again after a restart. Funding is shared by what each expert holds, the rest of the account left out;
//! what concerns the account as a whole goes to the expert whose balance it is.

use metaexpert_connect::report::{BalanceReport, Entry, EntryCause, PositionReport};
use metaexpert_core::{
    Charge, ChargeCause, Currency, Funding, Money, PositionSide, UnixNanos, broker::Answer, rounding::float_of,
};
use rust_decimal::Decimal;

use super::{OVERLAP, Suspect};
use crate::account::desk::Desk;

/// Differences of a balance up to this share of it come of rounding, and are no bookings.
const ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

impl Desk {
    /// Tells of what was booked since the last time.
    pub(super) fn book_entries(&mut self, entries: Vec<Entry>, positions: &[PositionReport], now: UnixNanos) {
        if let Some(before) = self.comparison.entries_until.replace(now) {
            // What is older than what is asked for again is not told again.
            let oldest = before.saturating_add_nanos(-2 * OVERLAP);
            self.comparison.entries_told.retain(|_, time| *time >= oldest);
        }
        for entry in entries {
            if self.comparison.entries_told.insert(key_of(&entry), entry.time).is_none() {
                self.book_entry(&entry, positions);
            }
        }
    }

    fn book_entry(&mut self, entry: &Entry, positions: &[PositionReport]) {
        let Some(cause) = entry.cause.known() else { return };
        let charge = match cause {
            EntryCause::Funding => return self.book_funding(entry, positions),
            EntryCause::Interest => ChargeCause::Interest,
            EntryCause::Insurance => ChargeCause::Insurance,
            EntryCause::Transfer | EntryCause::Bonus | EntryCause::Rebate | EntryCause::Conversion => ChargeCause::Transfer,
            // Executions say so themselves, and a loan is as much owed as it is owned.
            EntryCause::Realised | EntryCause::Fee | EntryCause::Settlement | EntryCause::Borrow | EntryCause::Repay => return,
        };
        if let Some(member) = self.owner_of_balance() {
            let money = Money::new(entry.amount, Currency::new(&entry.asset));
            self.book(
                member,
                entry.time,
                &money.clone(),
                Answer::Charged(Charge { time: entry.time, amount: money, cause: charge }),
            );
        }
    }

    /// Funding goes to those who hold the position, each its share.
    fn book_funding(&mut self, entry: &Entry, positions: &[PositionReport]) {
        let Some(name) = entry.symbol.as_deref() else { return };
        let there: Decimal = positions.iter().filter(|report| report.symbol == name).map(|report| report.quantity.abs()).sum();
        let here = self.held_together(name, PositionSide::Long) + self.held_together(name, PositionSide::Short);
        let shares: Vec<(usize, Decimal)> = if here.is_zero() {
            // It was closed since: whoever trades it alone has held it.
            let traders: Vec<usize> = (0..self.seats.len()).filter(|seat| self.trades(*seat, name)).collect();
            if let [only] = traders.as_slice() { vec![(*only, Decimal::ONE)] } else { Vec::new() }
        } else {
            let whole = there.max(here);
            (0..self.seats.len()).map(|member| (member, self.holding(member, name).1.abs() / whole)).collect()
        };
        for (member, share) in shares.into_iter().filter(|(_, share)| !share.is_zero()) {
            let amount = (entry.amount * share).normalize();
            let Some(funding) = self.funding(member, name, entry, amount) else { continue };
            let money = funding.amount.clone();
            self.book(member, entry.time, &money, Answer::Funding(funding));
        }
    }

    fn funding(&self, member: usize, name: &str, entry: &Entry, amount: Decimal) -> Option<Funding> {
        let (leg, held) = self.holding(member, name);
        let seat = self.seats.get(member)?;
        let (instrument, listed) = seat.named(name)?;
        let price = seat.prices.last(instrument).unwrap_or_default();
        // The exchange books an amount and not the rate; longs pay a positive one.
        let value = listed.instrument.value(price, held);
        let rate = -float_of(amount.checked_div(value).unwrap_or_default());
        Some(Funding {
            time: entry.time,
            symbol: listed.instrument.symbol.clone(),
            position_side: leg,
            rate,
            amount: Money::new(amount, Currency::new(&entry.asset)),
        })
    }

    /// The one leg that a member holds of an instrument, and how much, negative where it is short.
    fn holding(&self, member: usize, name: &str) -> (Option<PositionSide>, Decimal) {
        let held = |leg| self.seats.get(member).and_then(|seat| Some(seat.held(seat.named(name)?.0, leg))).unwrap_or_default();
        match (held(PositionSide::Long), held(PositionSide::Short)) {
            (long, short) if short.is_zero() => (Some(PositionSide::Long).filter(|_| !long.is_zero()), long),
            (long, short) if long.is_zero() => (Some(PositionSide::Short), -short),
            (long, short) => (None, long - short),
        }
    }

    fn trades(&self, member: usize, name: &str) -> bool {
        self.seats.get(member).is_some_and(|seat| seat.named(name).is_some())
    }

    /// The expert that has the account's balance; the only one, where there is one.
    fn owner_of_balance(&self) -> Option<usize> {
        self.seats.iter().position(|seat| seat.takes_balance)
    }

    /// Tells of a booking that the journal does not have, and that is not of a time before it.
    fn book(&mut self, member: usize, time: UnixNanos, money: &Money, answer: Answer) {
        let Some(seat) = self.seats.get_mut(member) else { return };
        if time < seat.begin() || seat.has_booked(time, money) {
            return;
        }
        self.tell(member, vec![answer]);
    }

    /// Holds the balance that an expert reckons with against the exchange's, where the balance is its own. Coins that are held outright
    /// are no balance of the engine's: there transfers alone are booked. `true` where a difference has to be seen once more.
    pub(super) fn heal_balances(&mut self, balances: &[BalanceReport], trades: u64, now: UnixNanos) -> bool {
        let Some(member) = self.owner_of_balance().filter(|_| self.profile.has_positions) else { return false };
        let Some(seat) = self.seats.get(member) else { return false };
        let mut currencies: Vec<Currency> =
            seat.instruments.iter().map(|(_, listed)| listed.instrument.settlement.clone()).collect();
        currencies.sort_unstable();
        currencies.dedup();
        // Between the last comparison and this one nothing was traded: what was told has been reckoned with.
        let is_quiet = self.comparison.trades == trades && self.comparison.trades_before == trades;
        let mut doubts = false;
        for currency in currencies {
            doubts |= self.heal_balance(member, &currency, balances, is_quiet, now);
        }
        doubts
    }

    fn heal_balance(
        &mut self,
        member: usize,
        currency: &Currency,
        balances: &[BalanceReport],
        is_quiet: bool,
        now: UnixNanos,
    ) -> bool {
        let is_it = |report: &&BalanceReport| report.asset == currency.as_str() && report.symbol.is_none();
        let Some(there) = balances.iter().filter(is_it).find_map(|report| report.total) else { return false };
        let Some(seat) = self.seats.get(member) else { return false };
        let Some(here) = seat.balances.get(currency) else { return false };
        let (key, difference) = (format!("balance {currency}"), there - here);
        let suspect = Suspect { difference, trades: self.comparison.trades };
        if difference.abs() <= there.abs() * ROUNDING {
            self.comparison.suspects.remove(&key);
            return false;
        }
        if !is_quiet || self.comparison.suspects.get(&key) != Some(&suspect) {
            self.comparison.suspects.insert(key, suspect);
            return false;
        }
        self.comparison.suspects.remove(&key);
        self.comparison.differences += 1;
        self.records.balance_healed(&seat.expert, currency.as_str(), there, here);
        let amount = Money::new(difference, currency.clone());
        self.tell(member, vec![Answer::Charged(Charge { time: now, amount, cause: ChargeCause::Transfer })]);
        false
    }
}

/// What a booking is known by.
fn key_of(entry: &Entry) -> String {
    let (symbol, cause) = (entry.symbol.as_deref().unwrap_or_default(), format!("{:?}", entry.cause));
    match &entry.id {
        Some(id) => format!("{id} {} {symbol} {}", entry.asset, cause),
        None => format!("{} {} {symbol} {} {}", entry.time.as_nanos(), entry.asset, entry.amount.normalize(), cause),
    }
}
