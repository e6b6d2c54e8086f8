//! Coins of one wallet: what is free, what orders have set aside, and where everything came from and went.
//!
//! The one decision: it is a ledger in double entry. Every change is a movement between holders, of which we are one, so that
//! nothing can appear from nowhere; what an execution should lack after all (it cannot, where orders were admitted) is paid by the
//! exchange, in an entry that says so, and no balance is ever below zero. It lends nothing: that is margin's.

use metaexpert_core::{Currency, Money, PositionSide, Side, UnixNanos};
use metaexpert_matching::{Cause as Why, CurrencyId, Holder, Ledger};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::{
    fees::{DECIMALS, SpotFees, to_digits, to_digits_up, to_nearest_digit},
    holds::Hold,
    kept::{Lately, write_down},
};
use crate::{
    clearing::{Booked, Changed, Entry, EntryKind, Fill, Need, Numbers},
    listing::MarketId,
    news::Balance,
    order::OrderId,
    prices::Prices,
};

/// Coins, and what is set aside of them.
#[derive(Debug)]
pub(crate) struct Coins {
    pub(crate) ledger: Ledger<Lately>,
    pub(crate) holds: FxHashMap<OrderId, Hold>,
    pub(crate) fees: SpotFees,
    pub(crate) numbers: Numbers,
    /// What was there of each coin before the change that is being made.
    before: Vec<(CurrencyId, Decimal)>,
    history: Vec<Entry>,
}

/// What an execution did.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Traded {
    pub(crate) paid: (CurrencyId, Decimal),
    pub(crate) came: (CurrencyId, Decimal),
    pub(crate) fee: (CurrencyId, Decimal),
    pub(crate) value: Decimal,
}

impl Traded {
    /// What came in and is still there when the fee is paid.
    pub(crate) fn kept(&self) -> Decimal {
        if self.fee.0 == self.came.0 { self.came.1 - self.fee.1 } else { self.came.1 }
    }
}

impl Coins {
    pub(crate) fn new(fees: SpotFees, numbers: Numbers) -> Self {
        let (ledger, holds, before, history) = (Ledger::default(), FxHashMap::default(), Vec::new(), Vec::new());
        Self { ledger, holds, fees, numbers, before, history }
    }

    /// What an order has to set aside: of what, how much for each part of its quantity, and how much in all.
    pub(crate) fn demand(need: &Need, prices: &dyn Prices) -> (Currency, Decimal, Decimal) {
        let instrument = &prices.listing(need.market).instrument;
        match need.side {
            Side::Sell => (instrument.base.clone(), Decimal::ONE, need.quantity),
            Side::Buy => {
                let value = need.price * need.quantity;
                // An average of several levels has more digits than a price; what they cost together has not.
                let value = if need.price.scale() > DECIMALS { to_nearest_digit(value) } else { value };
                (instrument.quote.clone(), to_digits_up(need.price), need.budget.unwrap_or(value))
            }
        }
    }

    /// What an order could set aside: what is free, and what it has set aside already, which it is asked for anew.
    pub(crate) fn within_reach(&self, order: OrderId, currency: &Currency) -> Decimal {
        let Some(id) = self.ledger.find(currency) else { return Decimal::ZERO };
        let held = self.holds.get(&order).filter(|hold| hold.currency == id).map_or(Decimal::ZERO, |hold| hold.amount);
        self.ledger.free(id) + held
    }

    /// Sets aside what an order needs, instead of what it had set aside before, and remembers what was borrowed for it. Returns what
    /// of that is not needed any more, since there is enough without it.
    pub(crate) fn set_aside(&mut self, need: &Need, borrowed: Decimal, prices: &dyn Prices) -> Decimal {
        let (currency, each, amount) = Self::demand(need, prices);
        let (earlier, gives_back) =
            self.holds.get(&need.order).map_or((Decimal::ZERO, true), |old| (old.borrowed, old.gives_back));
        let own = self.within_reach(need.order, &currency) - earlier - borrowed;
        self.release(need.order, None, need.time);
        let mut hold = Hold {
            currency: self.ledger.open(&currency),
            amount,
            market: need.market,
            side: need.side,
            each,
            left: need.quantity,
            by_value: need.side == Side::Buy && need.budget.is_some(),
            borrowed: earlier + borrowed,
            gives_back,
        };
        let unneeded = hold.unneeded((own + hold.borrowed - amount).max(Decimal::ZERO));
        self.book(need.time, Why::Reserve, hold.currency, Holder::Free, Holder::Locked, amount);
        self.holds.insert(need.order, hold);
        unneeded
    }

    /// Frees a part of what an order has set aside. Returns of what, and how much of that was borrowed for it and is not needed.
    pub(crate) fn release(&mut self, order: OrderId, part: Option<Decimal>, now: UnixNanos) -> (Option<CurrencyId>, Decimal) {
        let Some(hold) = self.holds.get_mut(&order) else { return (None, Decimal::ZERO) };
        let (currency, freed) = (hold.currency, hold.take(part));
        let unneeded = hold.unneeded(freed);
        if hold.is_over() {
            self.holds.remove(&order);
        }
        self.book(now, Why::Release, currency, Holder::Locked, Holder::Free, freed);
        (Some(currency), unneeded)
    }

    /// Lets coins change hands.
    pub(crate) fn trade(&mut self, fill: &Fill, prices: &dyn Prices) -> Traded {
        let instrument = &prices.listing(fill.market).instrument;
        let (base, quote) = (self.ledger.open(&instrument.base), self.ledger.open(&instrument.quote));
        let value = fill.price * fill.quantity;
        let (paid, came) = match fill.side {
            Side::Buy => ((quote, value), (base, fill.quantity)),
            Side::Sell => ((base, fill.quantity), (quote, value)),
        };
        self.pay(fill, paid.0, paid.1);
        self.book(fill.time, Why::Exchange, came.0, Holder::Market, Holder::Free, came.1);
        let fee = self.charge(fill, came, prices);
        Traded { paid, came, fee, value }
    }

    /// Pays from what the order has set aside, then from what is free.
    fn pay(&mut self, fill: &Fill, currency: CurrencyId, amount: Decimal) {
        let taken = self.take_for(fill, currency);
        self.book(fill.time, Why::Release, currency, Holder::Locked, Holder::Free, taken);
        let lacking = amount - self.ledger.free(currency);
        if lacking > Decimal::ZERO {
            self.book(fill.time, Why::Insurance, currency, Holder::Insurance, Holder::Free, lacking);
            self.note(fill.time, EntryKind::Insurance, currency, lacking, Some((fill.market, fill.trade_id)));
        }
        self.book(fill.time, Why::Exchange, currency, Holder::Free, Holder::Market, amount);
    }

    fn take_for(&mut self, fill: &Fill, currency: CurrencyId) -> Decimal {
        let Some(hold) = self.holds.get_mut(&fill.order).filter(|hold| hold.currency == currency) else {
            return Decimal::ZERO;
        };
        let taken = hold.take_for(fill);
        if hold.is_over() {
            self.holds.remove(&fill.order);
        }
        taken
    }

    fn charge(&mut self, fill: &Fill, came: (CurrencyId, Decimal), prices: &dyn Prices) -> (CurrencyId, Decimal) {
        let due = came.1 * self.fees.rate(fill.is_maker);
        let (currency, amount) = self.in_coin(came.0, due, prices).unwrap_or((came.0, to_digits(due)));
        self.book(fill.time, Why::Fee, currency, Holder::Free, Holder::Fees, amount);
        if !amount.is_zero() {
            self.note(fill.time, EntryKind::Commission, currency, -amount, Some((fill.market, fill.trade_id)));
        }
        (currency, amount)
    }

    /// A fee in the exchange's coin; `None` where it is not paid in that, or there is not enough.
    fn in_coin(&self, currency: CurrencyId, due: Decimal, prices: &dyn Prices) -> Option<(CurrencyId, Decimal)> {
        let coin = self.fees.paid_in()?;
        let id = self.ledger.find(&coin.currency)?;
        let rate = prices.rate(self.ledger.currency(currency), &coin.currency)?;
        let amount = to_digits(due * coin.discount * rate);
        (amount <= self.ledger.free(id)).then_some((id, amount))
    }

    /// Moves an amount, and remembers what was there before.
    pub(crate) fn book(&mut self, time: UnixNanos, why: Why, currency: CurrencyId, from: Holder, to: Holder, amount: Decimal) {
        let is_ours = from.is_ours() || to.is_ours();
        if is_ours && !amount.is_zero() && self.before.iter().all(|(known, _)| *known != currency) {
            self.before.push((currency, self.ledger.total(currency)));
        }
        self.ledger.book(time, why, currency, from, to, amount);
    }

    /// Writes a line of the history. Returns its number.
    pub(crate) fn note(
        &mut self,
        time: UnixNanos,
        kind: EntryKind,
        currency: CurrencyId,
        amount: Decimal,
        of: Option<(MarketId, u64)>,
    ) -> u64 {
        let (id, amount) = (self.numbers.next(), Money::new(amount, self.ledger.currency(currency).clone()));
        let (market, trade_id) = (of.map(|(market, _)| market), of.map(|(_, trade)| trade));
        write_down(&mut self.history, Entry { id, time, kind, amount, market, trade_id });
        id
    }

    /// Money comes in from outside of the wallet, or goes out where it is negative.
    pub(crate) fn transfer(&mut self, money: &Money, now: UnixNanos) {
        let id = self.ledger.open(&money.currency);
        self.book(now, Why::Transfer, id, Holder::Outside, Holder::Free, money.amount);
        self.note(now, EntryKind::Transfer, id, money.amount, None);
    }

    /// What is free of a coin.
    pub(crate) fn free(&self, currency: &Currency) -> Decimal {
        self.ledger.find(currency).map_or(Decimal::ZERO, |id| self.ledger.free(id))
    }

    /// What has changed since this was last asked, in the order that coins first came in.
    pub(crate) fn changed(&mut self) -> Changed {
        let mut before = std::mem::take(&mut self.before);
        before.sort_unstable_by_key(|(id, _)| *id);
        let balances = before.into_iter().map(|(id, before)| self.balance(id, before)).collect();
        Changed { balances, ..Changed::default() }
    }

    /// What is there of every coin.
    pub(crate) fn balances(&self) -> Vec<Balance> {
        self.ledger.currencies().map(|(id, _)| self.balance(id, self.ledger.total(id))).collect()
    }

    fn balance(&self, id: CurrencyId, before: Decimal) -> Balance {
        let total = self.ledger.total(id);
        let (currency, free, locked) = (self.ledger.currency(id).clone(), self.ledger.free(id), self.ledger.locked(id));
        Balance { currency, free, locked, change: total - before, wallet: total, cross: total }
    }

    /// Every line of the history that is kept, oldest first.
    pub(crate) fn history(&self) -> &[Entry] {
        &self.history
    }

    /// What an execution came to.
    pub(crate) fn booked(&mut self, traded: &Traded) -> Booked {
        let fee = Money::new(traded.fee.1, self.ledger.currency(traded.fee.0).clone());
        // Coins have no legs; those that are held are a long one's.
        Booked { fee, realized: Decimal::ZERO, value: traded.value, leg: PositionSide::Long, changed: self.changed() }
    }

    /// What all coins are worth in one currency. What has no price counts for nothing.
    pub(crate) fn worth(&self, unit: &Currency, prices: &dyn Prices) -> Decimal {
        self.ledger.currencies().map(|(id, currency)| worth(currency, self.ledger.total(id), unit, prices)).sum()
    }
}

/// What an amount is worth; nothing where no price is known.
pub(crate) fn worth(currency: &Currency, amount: Decimal, unit: &Currency, prices: &dyn Prices) -> Decimal {
    if amount.is_zero() {
        return Decimal::ZERO;
    }
    amount * prices.rate(currency, unit).unwrap_or_default()
}
