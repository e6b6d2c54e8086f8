//! One instrument at the venue: its open legs' guards, the levels of its standing orders, and what was last seen of its market.
//!
//! The one decision: whatever changes here works out anew between which prices nothing happens, so that the next event is asked
//! two comparisons of floats before anything else.

use std::collections::BTreeMap;

use metaexpert_core::{
    Bar, LevelChange, PositionSide, Side, TriggerBy, UnixNanos,
    config::FillModel,
    rounding::{decimal_of, float_of},
};
use rust_decimal::Decimal;

use crate::{
    detail::Detail,
    guard::{Exit, Guard, Quiet},
    ladder::{Levels, Series},
    sight::Offer,
    venue::Guarded,
};

/// What moves an instrument. The finer one counts: an instrument with an order book is not moved by quotes, and neither by bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    Bars,
    Quotes,
    Depth,
}

/// The best prices, as floats of the data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quote {
    pub bid: f64,
    pub bid_quantity: f64,
    pub ask: f64,
    pub ask_quantity: f64,
}

/// What has passed where nothing has.
const NOTHING_PASSED: (f64, f64) = (f64::INFINITY, f64::NEG_INFINITY);

/// One instrument.
#[derive(Debug)]
pub(crate) struct Slot {
    long: Option<Guard>,
    short: Option<Guard>,
    pub levels: Levels,
    /// Where nothing happens to legs and orders.
    quiet: Quiet,
    /// Where nothing happens to limits.
    limits: Quiet,
    /// Where nothing happens to conditional orders.
    triggers: Quiet,
    /// The prices that were let pass since the legs were last looked at exactly: their best prices lie among them.
    passed: (f64, f64),
    /// The tick size, to look before computing exactly.
    pub tick: f64,
    pub source: Source,
    /// The last price and when it was.
    pub last: Option<(UnixNanos, f64)>,
    /// Whether the market has told of trades, so that its last price is not the middle of its quotes.
    pub has_prints: bool,
    /// A print that an instrument with an order book has yet to meet: there is nothing to trade with until the book is told of.
    pub unmet: Option<f64>,
    mark: Option<Decimal>,
    index: Option<Decimal>,
    pub quote: Option<Quote>,
    /// Shorter bars beneath its own, where there are any.
    pub detail: Option<Detail>,
    /// What our own orders took from levels that have not changed since, by side of the book and ticks.
    pub taken: BTreeMap<(bool, i64), Decimal>,
}

impl Slot {
    pub(crate) fn new(tick_size: Decimal) -> Self {
        Self {
            long: None,
            short: None,
            levels: Levels::new(),
            quiet: Quiet::EVERYWHERE,
            limits: Quiet::EVERYWHERE,
            triggers: Quiet::EVERYWHERE,
            passed: NOTHING_PASSED,
            tick: float_of(tick_size),
            source: Source::Bars,
            last: None,
            has_prints: false,
            unmet: None,
            mark: None,
            index: None,
            quote: None,
            detail: None,
            taken: BTreeMap::new(),
        }
    }

    const fn guard(&mut self, side: PositionSide) -> &mut Option<Guard> {
        match side {
            PositionSide::Long => &mut self.long,
            PositionSide::Short => &mut self.short,
        }
    }

    pub(crate) const fn has_guard(&self, side: PositionSide) -> bool {
        match side {
            PositionSide::Long => self.long.is_some(),
            PositionSide::Short => self.short.is_some(),
        }
    }

    /// What guards a leg, the prices that were let pass included.
    pub(crate) fn guarded(&self, side: PositionSide) -> Option<Guarded> {
        let guard = match side {
            PositionSide::Long => self.long.as_ref(),
            PositionSide::Short => self.short.as_ref(),
        }?;
        Some(guard.guarded([self.passed.0, self.passed.1].into_iter().filter_map(decimal_of)))
    }

    fn guards(&mut self) -> impl Iterator<Item = &mut Guard> {
        [&mut self.long, &mut self.short].into_iter().flatten()
    }

    /// Whether a bar does nothing but move the best prices that trailing stops of legs follow.
    #[inline]
    pub(crate) fn lets_pass(&mut self, bar: &Bar, model: FillModel) -> bool {
        let (low, high) = match model {
            FillModel::Ohlc => (bar.low, bar.high),
            // Where ticks or a book move the market, a bar is only told, and nothing is met inside it.
            FillModel::Open | FillModel::Ticks | FillModel::Book => (bar.open, bar.open),
        };
        let passes =
            self.quiet.holds(low, high) || (self.limits.both(self.triggers).holds(low, high) && self.legs_let_pass(low, high));
        if passes {
            self.note(low, high);
        }
        passes
    }

    #[inline]
    fn note(&mut self, low: f64, high: f64) {
        if low < self.passed.0 {
            self.passed.0 = low;
        }
        if high > self.passed.1 {
            self.passed.1 = high;
        }
    }

    /// Whether a last price does nothing but that.
    #[inline]
    pub(crate) fn lets_price_pass(&mut self, price: f64) -> bool {
        let passes = self.quiet.holds(price, price) || (self.triggers.holds(price, price) && self.legs_let_pass(price, price));
        if passes {
            self.note(price, price);
        }
        passes
    }

    /// A print of an instrument with an order book is met with the book's next change.
    #[inline]
    pub(crate) fn note_print(&mut self, price: f64) {
        if self.unmet.is_none() && !self.lets_price_pass(price) {
            self.unmet = Some(price);
        }
    }

    /// Whether quotes meet no limit and are no better than ours, so that no place in a queue is known or moves.
    #[inline]
    pub(crate) fn lets_quote_pass(&self, bid: f64, ask: f64) -> bool {
        self.limits.holds(bid, ask)
    }

    /// Whether a limit of ours may rest at a price: it is no better than our best.
    #[inline]
    pub(crate) fn may_rest_at(&self, side: Side, price: f64) -> bool {
        match side {
            Side::Buy => price <= self.limits.below,
            Side::Sell => price >= self.limits.above,
        }
    }

    /// Whether the other side of a market has come to a limit of ours.
    #[inline]
    pub(crate) fn is_crossed(&self, bid: f64, ask: f64) -> bool {
        ask <= self.limits.below || bid >= self.limits.above
    }

    fn legs_let_pass(&mut self, low: f64, high: f64) -> bool {
        let mut passes = true;
        for guard in self.guards() {
            passes &= guard.lets_pass(low, high);
        }
        self.merge_quiet();
        passes
    }

    /// Before the legs are looked at exactly, or change.
    pub(crate) fn wake(&mut self) {
        let (low, high) = std::mem::replace(&mut self.passed, NOTHING_PASSED);
        if self.long.is_none() && self.short.is_none() {
            return;
        }
        self.guards().for_each(Guard::wake);
        for passed in [low, high].into_iter().filter_map(decimal_of) {
            self.guards().for_each(|guard| guard.visit(passed));
        }
    }

    /// After the legs were looked at exactly.
    pub(crate) fn settle(&mut self) {
        self.guards().for_each(Guard::settle);
        self.merge_quiet();
    }

    /// After a guard came, moved or went.
    fn merge_quiet(&mut self) {
        let quiet = |guard: &Option<Guard>| guard.as_ref().map_or(Quiet::EVERYWHERE, Guard::quiet);
        self.quiet = quiet(&self.long).both(quiet(&self.short)).both(self.limits).both(self.triggers);
    }

    /// After an order came, moved or went.
    pub(crate) fn refresh(&mut self) {
        self.limits = self.levels.limits_quiet();
        self.triggers = self.levels.triggers_quiet(self.series());
        self.merge_quiet();
    }

    /// What the last price brings to life.
    pub(crate) const fn series(&self) -> Series {
        Series::last(self.mark.is_some(), self.index.is_some())
    }

    /// The present price of a series; the last one, where the data has no other.
    pub(crate) fn price(&self, by: TriggerBy) -> Option<Decimal> {
        let last = || self.last.and_then(|(_, price)| decimal_of(price));
        match by {
            TriggerBy::Last => last(),
            TriggerBy::Mark => self.mark.or_else(last),
            TriggerBy::Index => self.index.or_else(last),
        }
    }

    pub(crate) fn set_mark(&mut self, price: Decimal) {
        if self.mark.replace(price).is_none() {
            self.guards().for_each(Guard::follow_mark);
            self.refresh();
        }
    }

    /// The price of the underlying, where the data has one.
    pub(crate) const fn index(&self) -> Option<Decimal> {
        self.index
    }

    pub(crate) fn set_index(&mut self, price: Decimal) {
        if self.index.replace(price).is_none() {
            self.refresh();
        }
    }

    /// Puts a guard around a leg that is new. It has seen nothing of what has passed.
    pub(crate) fn set_guard(&mut self, side: PositionSide, mut guard: Guard) {
        if self.mark.is_some() {
            guard.follow_mark();
        }
        if self.guard(side.opposite()).is_some() {
            self.wake();
            *self.guard(side) = Some(guard);
            self.settle();
        } else {
            self.passed = NOTHING_PASSED;
            *self.guard(side) = Some(guard);
            self.merge_quiet();
        }
    }

    /// Takes the guard of a leg away that is closed.
    pub(crate) fn lift_guard(&mut self, side: PositionSide) {
        *self.guard(side) = None;
        self.merge_quiet();
    }

    /// Lets the guard of a leg change.
    pub(crate) fn change_guard(&mut self, side: PositionSide, change: impl FnOnce(&mut Guard)) {
        self.wake();
        if let Some(guard) = self.guard(side) {
            change(guard);
        }
        self.settle();
    }

    /// The legs have seen a price.
    pub(crate) fn visit(&mut self, price: Decimal) {
        self.guards().for_each(|guard| guard.visit(price));
    }

    /// How a leg is left, the first on the way from `from`; of two at the same price the long one.
    pub(crate) fn first_exit(&self, from: Decimal, exit_of: impl Fn(&Guard) -> Option<Exit>) -> Option<(PositionSide, Exit)> {
        let long = self.long.as_ref().and_then(&exit_of).map(|exit| (PositionSide::Long, exit));
        let short = self.short.as_ref().and_then(&exit_of).map(|exit| (PositionSide::Short, exit));
        [long, short].into_iter().flatten().min_by_key(|(_, exit)| (exit.at - from).abs())
    }

    /// What is left of a level that shows `shown`, after what our own orders took of it.
    pub(crate) fn untaken(&self, side: Side, ticks: i64, shown: f64) -> Decimal {
        let taken = self.taken.get(&(side == Side::Buy, ticks)).copied().unwrap_or_default();
        decimal_of(shown).map_or(Decimal::ZERO, |shown| (shown - taken).max(Decimal::ZERO))
    }

    /// The best price that is offered to a buyer or a seller; `None` where nobody is there.
    pub(crate) fn best(&self, offer: Offer<'_>, side: Side) -> Option<Decimal> {
        match (offer, side) {
            (Offer::At(price), _) => Some(price),
            (Offer::Quote { ask, .. }, Side::Buy) => Some(ask),
            (Offer::Quote { bid, .. }, Side::Sell) => Some(bid),
            (Offer::Depth(book, tick), side) => {
                let is_there =
                    |ticks, shown| self.taken.is_empty() || self.untaken(side.opposite(), ticks, shown) > Decimal::ZERO;
                let level = book.opposite(side).find(|(ticks, shown)| is_there(*ticks, *shown));
                level.map(|(ticks, _)| Decimal::from(ticks) * tick)
            }
        }
    }

    /// Our own order took from a level.
    pub(crate) fn take(&mut self, side: Side, ticks: i64, quantity: Decimal) {
        *self.taken.entry((side == Side::Buy, ticks)).or_default() += quantity;
    }

    /// The market shows the level anew.
    #[inline]
    pub(crate) fn shown_anew(&mut self, change: &LevelChange) {
        if self.taken.is_empty() {
            return;
        }
        if change.clears {
            self.taken.clear();
        }
        self.taken.remove(&(change.side == Side::Buy, change.ticks));
    }
}
