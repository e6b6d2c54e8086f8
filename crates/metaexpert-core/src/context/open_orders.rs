//! The orders of which a venue may still execute something, and what they may open.
//!
//! The one decision: what resting entries may open is kept as sums for each instrument and side, so that judging an order costs
//! the same beside a thousand resting ones as beside none. Of linked orders, of which only one can trade, one counts.

use std::collections::{BTreeMap, VecDeque};

use rust_decimal::Decimal;

use crate::{
    Amendment, ClientOrderId, Instrument, InstrumentId, Instruments, Link, NewOrder, Order, OrderKind, OrderStatus, Price, Side,
    TimeInForce, UnixNanos, engine::Standing,
};

/// An order that is on its way or stands at the venue.
#[derive(Debug)]
pub(crate) struct Working {
    pub order: NewOrder,
    /// What it is expected to pay or get.
    pub expected: Price,
    /// How much of it was executed.
    pub filled: Decimal,
    pub status: OrderStatus,
    /// Since when it stands there.
    pub since: UnixNanos,
    /// Changes that were asked for and not answered, in the order they were.
    pub changes: Vec<Amendment>,
    /// It was asked to be cancelled.
    pub leaving: bool,
    /// It may open or increase a leg.
    opens: bool,
    /// What it counts for among the resting ones; `None` where a linked one counts in its place, or it does not rest.
    counted: Option<Counted>,
}

impl Working {
    /// An order that is about to leave. `opens` says whether it may open or increase a leg.
    pub(crate) fn new(order: NewOrder, expected: Price, opens: bool) -> Self {
        Self {
            opens,
            since: order.time,
            order,
            expected,
            filled: Decimal::ZERO,
            status: OrderStatus::Submitted,
            changes: Vec::new(),
            leaving: false,
            counted: None,
        }
    }

    /// An order of an earlier run, as it stood when that stopped.
    pub(crate) fn resumed(standing: Standing, expected: Price, opens: bool) -> Self {
        let Standing { order, filled, status, since } = standing;
        Self { filled, status, since, ..Self::new(order, expected, opens) }
    }

    /// Whether the venue has not said yet what becomes of it, or of a request to cancel it.
    const fn is_unanswered(&self) -> bool {
        self.leaving || self.trades_now() || matches!(self.status, OrderStatus::Submitted | OrderStatus::Unknown)
    }

    /// Whether it is executed or cancelled at once, once the venue has it or what it has waited for is there.
    const fn trades_now(&self) -> bool {
        let stays = self.order.kind.limit_price().is_some()
            && !matches!(self.order.time_in_force, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill);
        let waits = self.order.kind.is_conditional() && matches!(self.status, OrderStatus::Accepted);
        !stays && !waits
    }

    /// As handlers see it.
    pub(crate) fn seen(&self, instruments: &Instruments) -> Order {
        Order {
            id: self.order.id,
            symbol: instruments.get(self.order.instrument).symbol.clone(),
            side: self.order.side,
            kind: self.order.kind,
            quantity: self.order.quantity,
            filled: self.filled,
            status: self.status,
            time: self.since,
        }
    }

    /// How much of it may still be executed.
    pub(crate) fn remaining(&self) -> Decimal {
        (self.order.quantity.get() - self.filled).max(Decimal::ZERO)
    }

    /// Whether it may open or increase a leg.
    pub(crate) const fn is_entry(&self) -> bool {
        self.opens
    }

    /// Whether it stands until something happens; a market order is on its way instead.
    pub(crate) const fn rests(&self) -> bool {
        !matches!(self.order.kind, OrderKind::Market)
    }

    /// What it counts for: the most that may still be executed of it, changes that are under way included.
    fn worth(&self, of: &Instrument) -> Counted {
        let changed = |change: &Amendment| change.quantity.map(|quantity| quantity.get() - self.filled);
        let quantity = self.changes.iter().filter_map(changed).fold(self.remaining(), Decimal::max);
        let prices = self.changes.iter().filter_map(|change| change.price.or(change.trigger));
        let value = |price: Price| of.value(price.get(), quantity);
        Counted { quantity, value: prices.map(value).fold(value(self.expected), Decimal::max) }
    }
}

/// What an order adds to the sums, so that the same is taken off again.
#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    quantity: Decimal,
    value: Decimal,
}

/// What resting orders of one side may do to one instrument.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Resting {
    /// How much they may still trade.
    pub quantity: Decimal,
    /// What that is worth at their own prices, in settlement currency.
    pub value: Decimal,
    /// How many they are.
    pub orders: u32,
}

impl Resting {
    fn add(&mut self, counted: Counted) {
        self.quantity += counted.quantity;
        self.value += counted.value;
        self.orders += 1;
    }

    fn take_off(&mut self, counted: Counted) {
        self.orders = self.orders.saturating_sub(1);
        self.quantity -= counted.quantity;
        // Values of inverse contracts are quotients, the sum of which may keep a rest of their last digit.
        self.value = if self.orders == 0 { Decimal::ZERO } else { self.value - counted.value };
    }
}

/// The sums of one instrument: entries and closes, buys before sells.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    entries: [Resting; 2],
    closes: [Resting; 2],
}

/// Where an order stands among all: the place of its run, and its number there.
type Place = (usize, u64);

/// A place that no order has.
const NOWHERE: usize = usize::MAX;

/// All of them, by the order they were sent in.
#[derive(Debug)]
pub(crate) struct OpenOrders {
    /// Orders that rest, by the order sent.
    orders: BTreeMap<Place, Working>,
    /// The runs that have sent them, the first one first: their numbers say nothing of that. Hardly ever more than two.
    runs: Vec<u32>,
    /// Market orders on their way, in the order sent. They come and go with every signal, count for nothing here, and the first
    /// that was sent is the first that is done.
    on_their_way: VecDeque<Working>,
    /// Orders that are still there, by their link.
    linked: BTreeMap<Link, Vec<Place>>,
    sums: Vec<Sums>,
    /// How many may open something.
    entries: usize,
    /// How many of those rest.
    resting_entries: usize,
    /// How many of those are being cancelled.
    leaving: usize,
    /// Looks at an order that were made until now: what a test counts.
    #[cfg(test)]
    pub looked: std::cell::Cell<u64>,
}

impl OpenOrders {
    pub(crate) fn new(instruments: usize) -> Self {
        Self {
            orders: BTreeMap::new(),
            runs: Vec::with_capacity(1),
            on_their_way: VecDeque::new(),
            linked: BTreeMap::new(),
            sums: vec![Sums::default(); instruments],
            entries: 0,
            resting_entries: 0,
            leaving: 0,
            #[cfg(test)]
            looked: std::cell::Cell::new(0),
        }
    }

    #[inline]
    fn place_of(&self, id: ClientOrderId) -> Place {
        (self.runs.iter().position(|run| *run == id.run).unwrap_or(NOWHERE), id.sequence)
    }

    pub(crate) fn get(&self, id: ClientOrderId) -> Option<&Working> {
        self.look(1);
        let working = match self.way_of(id) {
            Some(place) => self.on_their_way.get(place),
            None => self.orders.get(&self.place_of(id)),
        };
        working.filter(|working| working.order.id == id)
    }

    fn get_mut(&mut self, id: ClientOrderId) -> Option<&mut Working> {
        self.look(1);
        let place = self.place_of(id);
        let working = match self.way_of(id) {
            Some(place) => self.on_their_way.get_mut(place),
            None => self.orders.get_mut(&place),
        };
        working.filter(|working| working.order.id == id)
    }

    /// The place of an order among those on their way.
    #[inline]
    fn way_of(&self, id: ClientOrderId) -> Option<usize> {
        self.on_their_way.binary_search_by_key(&self.place_of(id), |working| self.place_of(working.order.id)).ok()
    }

    /// Every order, in the order sent.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Working> {
        self.look(self.orders.len() + self.on_their_way.len());
        let (mut resting, mut market) = (self.orders.values().peekable(), self.on_their_way.iter().peekable());
        std::iter::from_fn(move || {
            let place = |working: Option<&&Working>| working.map_or((NOWHERE, 0), |working| self.place_of(working.order.id));
            if place(resting.peek()) < place(market.peek()) { resting.next() } else { market.next() }
        })
    }

    /// The market orders on their way, in the order sent.
    pub(crate) fn on_their_way(&self) -> impl Iterator<Item = &Working> {
        self.look(self.on_their_way.len());
        self.on_their_way.iter()
    }

    /// What resting entries of one side may trade in an instrument.
    pub(crate) fn resting_entries(&self, instrument: InstrumentId, side: Side) -> Resting {
        self.sums.get(instrument.index()).map(|sums| *of_side(&sums.entries, side)).unwrap_or_default()
    }

    /// What resting orders of one side that only close may trade in an instrument.
    pub(crate) fn resting_closes(&self, instrument: InstrumentId, side: Side) -> Resting {
        self.sums.get(instrument.index()).map(|sums| *of_side(&sums.closes, side)).unwrap_or_default()
    }

    /// Expects every order that has no price of its own to pay or get what `price` says.
    pub(crate) fn expect_anew(&mut self, instruments: &Instruments, price: impl Fn(&NewOrder) -> Option<Price>) {
        let without = |working: &&Working| working.order.kind.limit_price().is_none() && working.order.kind.trigger().is_none();
        let ids: Vec<_> = self.iter().filter(without).map(|working| working.order.id).collect();
        for id in ids {
            self.update(id, instruments, |working| working.expected = price(&working.order).unwrap_or(working.expected));
        }
    }

    /// Whether the venue has not said of some order what becomes of it, or of a request to cancel it.
    pub(crate) fn has_unanswered(&self) -> bool {
        self.iter().any(Working::is_unanswered)
    }

    /// Whether any order rests.
    pub(crate) fn rest(&self) -> bool {
        !self.orders.is_empty()
    }

    /// Whether an entry rests anywhere.
    #[inline]
    pub(crate) const fn has_resting_entries(&self) -> bool {
        self.resting_entries > 0
    }

    /// Whether an order that may open something is there and is not being cancelled already.
    #[inline]
    pub(crate) const fn has_entries(&self) -> bool {
        self.entries > self.leaving
    }

    pub(crate) fn add(&mut self, working: Working, of: &Instrument) {
        if !self.runs.contains(&working.order.id.run) {
            self.runs.push(working.order.id.run);
        }
        let place = self.place_of(working.order.id);
        self.entries += usize::from(working.is_entry());
        self.resting_entries += usize::from(working.is_entry() && working.rests());
        if let Some(link) = working.order.link {
            self.linked.entry(link).or_default().push(place);
        }
        if working.rests() {
            self.orders.insert(place, working);
            self.count(place, of);
        } else if self.on_their_way.back().is_none_or(|last| self.place_of(last.order.id) < place) {
            self.on_their_way.push_back(working);
        } else {
            // Only where a clock was set back between two runs that are over.
            let before = self.on_their_way.partition_point(|other| self.place_of(other.order.id) < place);
            self.on_their_way.insert(before, working);
        }
    }

    /// Lets go of an order that is done.
    pub(crate) fn remove(&mut self, id: ClientOrderId, instruments: &Instruments) {
        let Some(working) = self.get(id) else { return };
        let (instrument, link) = (working.order.instrument, working.order.link);
        let (entry, resting) = (working.is_entry(), working.is_entry() && working.rests());
        let leaving = working.is_entry() && working.leaving;
        let place = self.place_of(id);
        if let Some(way) = self.way_of(id) {
            // Dropped where it stands: it is large, and moving it out would show in a benchmark.
            self.on_their_way.drain(way..=way);
        } else {
            self.uncount(place);
            self.orders.remove(&place);
        }
        self.entries -= usize::from(entry);
        self.resting_entries -= usize::from(resting);
        self.leaving -= usize::from(leaving);
        if let Some(link) = link {
            self.unlink(link, place, instruments.get(instrument));
        }
    }

    /// Lets `change` happen to an order, and counts it anew.
    pub(crate) fn update<T>(&mut self, id: ClientOrderId, of: &Instruments, change: impl FnOnce(&mut Working) -> T) -> Option<T> {
        let working = self.get_mut(id)?;
        let before = usize::from(working.is_entry() && working.leaving);
        let changed = change(working);
        let after = usize::from(working.is_entry() && working.leaving);
        let (instrument, rests) = (working.order.instrument, working.rests());
        self.leaving = self.leaving + after - before;
        if rests {
            let place = self.place_of(id);
            self.uncount(place);
            self.count(place, of.get(instrument));
        }
        Some(changed)
    }

    /// An order stands somewhere else now, which changes nothing of what it counts for.
    pub(crate) fn stands(&mut self, id: ClientOrderId, status: OrderStatus, since: UnixNanos) {
        if let Some(working) = self.get_mut(id) {
            (working.status, working.since) = (status, since);
        }
    }

    /// Does `look` while the order does not count, as if it were not there.
    pub(crate) fn without(&mut self, id: ClientOrderId) {
        self.uncount(self.place_of(id));
    }

    /// Ends [`without`](Self::without).
    pub(crate) fn with(&mut self, id: ClientOrderId, of: &Instrument) {
        self.count(self.place_of(id), of);
    }

    /// Adds an order to the sums. Of linked ones, of which only one can trade, that of the largest value counts.
    fn count(&mut self, place: Place, of: &Instrument) {
        // A close that is being cancelled keeps nothing any more; if it trades all the same, the venue takes no more than there is.
        let counts = |working: &&Working| working.rests() && working.counted.is_none() && (working.opens || !working.leaving);
        let Some(working) = self.orders.get(&place).filter(counts) else { return };
        let mine = working.worth(of);
        if let Some(other) = self.counted_beside(working) {
            if other.1.value >= mine.value {
                return;
            }
            self.uncount(other.0);
        }
        if let Some(working) = self.orders.get_mut(&place) {
            working.counted = Some(mine);
            if let Some(sum) = sum_of(&mut self.sums, working) {
                sum.add(mine);
            }
        }
    }

    /// The order that counts among those that one is linked to.
    fn counted_beside(&self, working: &Working) -> Option<(Place, Counted)> {
        let others = self.linked.get(&working.order.link?)?;
        others.iter().find_map(|other| Some((*other, self.orders.get(other)?.counted?)))
    }

    fn uncount(&mut self, place: Place) {
        let Some(working) = self.orders.get_mut(&place) else { return };
        let Some(counted) = working.counted.take() else { return };
        if let Some(sum) = sum_of(&mut self.sums, working) {
            sum.take_off(counted);
        }
    }

    /// One of the linked ones is gone; of those that are left the largest counts.
    fn unlink(&mut self, link: Link, gone: Place, of: &Instrument) {
        let Some(others) = self.linked.get_mut(&link) else { return };
        others.retain(|place| *place != gone);
        if others.is_empty() {
            self.linked.remove(&link);
            return;
        }
        for other in others.clone() {
            self.count(other, of);
        }
    }

    #[cfg_attr(not(test), expect(clippy::unused_self, clippy::missing_const_for_fn, reason = "only a test counts"))]
    #[inline]
    fn look(&self, orders: usize) {
        #[cfg(test)]
        self.looked.set(self.looked.get() + u64::try_from(orders).unwrap_or(u64::MAX));
        #[cfg(not(test))]
        let _ = orders;
    }
}

const fn of_side(sides: &[Resting; 2], side: Side) -> &Resting {
    let [buys, sells] = sides;
    match side {
        Side::Buy => buys,
        Side::Sell => sells,
    }
}

/// The sum that an order belongs to.
fn sum_of<'a>(sums: &'a mut [Sums], working: &Working) -> Option<&'a mut Resting> {
    let sums = sums.get_mut(working.order.instrument.index())?;
    let [buys, sells] = if working.is_entry() { &mut sums.entries } else { &mut sums.closes };
    Some(match working.order.side {
        Side::Buy => buys,
        Side::Sell => sells,
    })
}

#[cfg(test)]
mod tests;
