//! A member's place at the desk: what its instruments are called, what it holds, and what it was told.
//!
//! The one decision: what a member holds is reckoned here from what it was told, as its engine does, so that an execution can be split
//! where it turns a position round, and a comparison knows what is whose.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use metaexpert_connect::{exchange::Listed, report::FillReport};
use metaexpert_core::{
    ClientOrderId, InstrumentId, Liquidity, Money, PositionSide, Price, Quantity, Reason, Side, Trade, TradeId, UnixNanos,
    broker::Answer, feed::Event, rounding::decimal_of,
};
use rust_decimal::Decimal;

use super::{
    Balances, Member,
    booking::{self, Cause, Known, Part, part_id},
    compare::OVERLAP,
};
use crate::Inlet;

/// For so long before its newest execution a journal names executions one by one.
const NAMED: i64 = 3 * 86_400_000_000_000;

/// So many executions are remembered as told, for those that come twice: more than a comparison reaches back.
const REMEMBERED: usize = 100_000;

/// The last price of each instrument that an expert has seen, as bits of a float; zero before the first. Written by the expert's own
/// thread, read by the desk where it needs a price for something that has none.
#[derive(Debug, Clone)]
pub(super) struct Prices(Arc<[AtomicU64]>);

impl Prices {
    pub(super) fn new(instruments: usize) -> Self {
        Self((0..instruments).map(|_| AtomicU64::new(0)).collect())
    }

    pub(super) fn see(&self, instrument: InstrumentId, price: f64) {
        if let Some(place) = self.0.get(instrument.index()) {
            place.store(price.to_bits(), Ordering::Relaxed);
        }
    }

    pub(super) fn last(&self, instrument: InstrumentId) -> Option<Decimal> {
        let bits = self.0.get(instrument.index())?.load(Ordering::Relaxed);
        decimal_of(f64::from_bits(bits)).filter(|price| *price > Decimal::ZERO)
    }
}

/// A member at the desk.
pub(super) struct Seat {
    pub expert: String,
    pub strategy: u32,
    pub run: u32,
    /// Another process trades under its number: said once.
    pub is_shared: bool,
    pub comment: Option<String>,
    /// What orders of earlier runs are called at the exchange.
    pub names: HashMap<ClientOrderId, String>,
    pub instruments: Vec<(InstrumentId, Listed)>,
    pub since: UnixNanos,
    pub takes_balance: bool,
    pub balances: Balances,
    pub prices: Prices,
    /// Fundings and charges that the journal has and that were not met again yet.
    pub booked: Vec<(UnixNanos, Money)>,
    inlet: Inlet,
    legs: HashMap<(InstrumentId, PositionSide), Decimal>,
    /// How many trades were told of each instrument.
    taken: HashMap<InstrumentId, u64>,
    /// Executions, and parts of them, that the journal has or that were told.
    known: HashSet<(InstrumentId, TradeId)>,
    /// What was told in this run, by side too: where an account trades with itself both executions have one name.
    told: HashSet<(InstrumentId, TradeId, Side)>,
    order_of_telling: VecDeque<(InstrumentId, TradeId, Side)>,
    heals: u64,
    /// The runs of its journal, this one included.
    runs: HashSet<u32>,
    /// Orders of other runs that are its own all the same: it found them when it began.
    found: HashSet<ClientOrderId>,
    /// Its journal has nothing yet.
    is_new: bool,
}

impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seat").field("expert", &self.expert).field("legs", &self.legs).finish_non_exhaustive()
    }
}

impl Seat {
    pub(super) fn new(member: Member) -> Self {
        let Member {
            expert,
            strategy,
            run,
            runs,
            comment,
            inlet,
            instruments,
            standing: _,
            names,
            legs,
            known_trades,
            since,
            takes_balance,
            balances,
            booked,
        } = member;
        let is_new = known_trades.is_empty() && booked.is_empty() && legs.is_empty();
        let room = instruments.iter().map(|(id, _)| id.index() + 1).max().unwrap_or_default();
        Self {
            expert,
            strategy,
            run,
            is_shared: false,
            comment,
            names: names.into_iter().collect(),
            instruments,
            since,
            takes_balance,
            balances,
            prices: Prices::new(room),
            booked,
            inlet,
            legs: legs.into_iter().map(|(instrument, side, quantity)| ((instrument, side), quantity)).collect(),
            taken: HashMap::new(),
            known: known_trades.into_iter().collect(),
            told: HashSet::new(),
            order_of_telling: VecDeque::new(),
            heals: 0,
            runs: runs.into_iter().chain([run]).collect(),
            found: HashSet::new(),
            is_new,
        }
    }

    /// Tells several things that nothing may come between.
    pub(super) fn tell(&self, events: Vec<Event>) {
        if !events.is_empty() {
            self.inlet.tell_all(events);
        }
    }

    /// From when on bookings are the journal's: one that has begun lacks what was listed late before its newest trade, perhaps.
    pub(super) fn begin(&self) -> UnixNanos {
        if self.is_new { self.since } else { self.since.saturating_add_nanos(-OVERLAP) }
    }

    /// As much of the comment as the exchange has room for.
    pub(super) fn comment_of(&self, room: usize) -> Option<String> {
        let comment: String = self.comment.as_ref()?.chars().take(room).collect();
        Some(comment).filter(|comment| !comment.is_empty())
    }

    pub(super) const fn inlet(&self) -> &Inlet {
        &self.inlet
    }

    pub(super) fn listed(&self, instrument: InstrumentId) -> Option<&Listed> {
        self.instruments.iter().find(|(id, _)| *id == instrument).map(|(_, listed)| listed)
    }

    pub(super) fn named(&self, name: &str) -> Option<(InstrumentId, &Listed)> {
        self.instruments.iter().find(|(_, listed)| listed.name == name).map(|(id, listed)| (*id, listed))
    }

    pub(super) fn held(&self, instrument: InstrumentId, side: PositionSide) -> Decimal {
        self.legs.get(&(instrument, side)).copied().unwrap_or_default()
    }

    /// How many trades of an instrument were told.
    pub(super) fn taken(&self, instrument: InstrumentId) -> u64 {
        self.taken.get(&instrument).copied().unwrap_or_default()
    }

    /// Whether an order in this instrument bears the member's number. Whose it is then follows from its run.
    pub(super) fn is_numbered(&self, id: ClientOrderId, name: &str) -> bool {
        id.strategy == self.strategy && self.named(name).is_some()
    }

    /// Whether an order was sent by a run of its journal.
    pub(super) fn has_in_journal(&self, id: ClientOrderId) -> bool {
        self.runs.contains(&id.run)
    }

    /// Whether an order that bears its number was sent by one of its runs, the ones of a journal that was lost included.
    pub(super) fn has_sent(&self, id: ClientOrderId) -> bool {
        self.has_in_journal(id) || self.found.contains(&id)
    }

    /// An order of a run that its journal lacks was there when it began.
    pub(super) fn find(&mut self, id: ClientOrderId) {
        self.found.insert(id);
    }

    /// What the journal has of an execution. `booked` is how much of the execution's order it has, less its other executions; `None` of
    /// an order that is not known any more: it had ended, and all of it was heard in its time. Of one that is known any execution may
    /// have been missed, however old it is, and whatever was heard since of another instrument.
    pub(super) fn knows(&self, fill: &FillReport, booked: Option<Decimal>) -> Known {
        let Some((instrument, listed)) = self.named(&fill.symbol) else { return Known::Nothing };
        let is_old = match booked {
            None => fill.time < self.begin(),
            Some(booked) => fill.time < self.since.saturating_add_nanos(-NAMED) && booked >= fill.quantity,
        };
        if is_old {
            return Known::All;
        }
        let has = |part: &str| part_id(&fill.trade_id, part).is_some_and(|id| self.has(instrument, id, fill.side));
        let lacks_fee = booking::fee_in_coins(fill, &listed.instrument).is_some() && !self.has_fee(instrument, fill);
        let is_whole = has("") || has("/2");
        match (is_whole, has("/1")) {
            (true, _) if lacks_fee => Known::AllButFee,
            (true, _) => Known::All,
            (false, true) => {
                let first = booked.unwrap_or_default().clamp(Decimal::ZERO, fill.quantity);
                Known::Closed { rest: fill.quantity - first }
            }
            (false, false) => Known::Nothing,
        }
    }

    /// Whether any part of an execution was told here, or is in the journal.
    pub(super) fn has_met(&self, fill: &FillReport) -> bool {
        let has = |instrument, part| part_id(&fill.trade_id, part).is_some_and(|id| self.has(instrument, id, fill.side));
        self.named(&fill.symbol).is_some_and(|(instrument, _)| ["", "/1", "/2"].iter().any(|part| has(instrument, part)))
    }

    fn has(&self, instrument: InstrumentId, id: TradeId, side: Side) -> bool {
        self.known.contains(&(instrument, id)) || self.told.contains(&(instrument, id, side))
    }

    fn has_fee(&self, instrument: InstrumentId, fill: &FillReport) -> bool {
        part_id(&fill.trade_id, "/fee").is_some_and(|id| self.has(instrument, id, Side::Sell))
    }

    /// An execution as answers for the engine. What the journal has of it is left out.
    pub(super) fn book(
        &mut self,
        fill: &FillReport,
        order: Option<(ClientOrderId, Reason)>,
        reason: Reason,
        remaining: Decimal,
        known: Known,
    ) -> Vec<Answer> {
        let Some((instrument, listed)) = self.named(&fill.symbol) else { return Vec::new() };
        let cause = Cause { order: order.map(|(id, _)| id), reason: order.map_or(reason, |(_, reason)| reason) };
        let trades = booking::trades(fill, instrument, &listed.instrument, cause, known, |side| self.held(instrument, side));
        for trade in &trades {
            self.take(trade);
        }
        let mut left: Decimal = trades.iter().filter(|trade| trade.order.is_some()).map(|trade| trade.quantity.get()).sum();
        let mut answers = Vec::with_capacity(trades.len());
        for trade in trades {
            if trade.order.is_some() {
                left -= trade.quantity.get();
            }
            let remaining = if trade.order.is_some() { remaining + left } else { Decimal::ZERO };
            answers.push(Answer::Trade { trade, remaining });
        }
        answers
    }

    /// A trade that brings what is held here down to what the exchange has.
    pub(super) fn heal(&mut self, name: &str, part: Part, price: Decimal, reason: Reason, time: UnixNanos) -> Option<Trade> {
        self.heals += 1;
        let (instrument, listed) = self.named(name)?;
        let trade = Trade {
            // No two runs of a journal have one number, so that none makes a name of another's.
            id: format!("heal-{}-{}", self.run, self.heals).parse().ok()?,
            time,
            instrument,
            symbol: listed.instrument.symbol.clone(),
            order: None,
            side: part.leg.closing_side(),
            position_side: part.leg,
            price: Price::new(price)?,
            quantity: Quantity::new(part.quantity)?,
            fee: Money::new(Decimal::ZERO, listed.instrument.settlement.clone()),
            liquidity: Liquidity::Taker,
            reason,
        };
        self.take(&trade);
        Some(trade)
    }

    /// Lets a trade happen to what is held, and remembers it as told.
    fn take(&mut self, trade: &Trade) {
        let held = self.legs.entry((trade.instrument, trade.position_side)).or_default();
        *held = if trade.opens() { *held + trade.quantity.get() } else { (*held - trade.quantity.get()).max(Decimal::ZERO) };
        *self.taken.entry(trade.instrument).or_default() += 1;
        let key = (trade.instrument, trade.id, trade.side);
        if self.told.insert(key) {
            self.order_of_telling.push_back(key);
        }
        if self.order_of_telling.len() > REMEMBERED
            && let Some(oldest) = self.order_of_telling.pop_front()
        {
            self.told.remove(&oldest);
        }
    }

    /// Whether the journal has a booking of this time; it counts once.
    pub(super) fn has_booked(&mut self, time: UnixNanos, money: &Money) -> bool {
        let is_at = |booked: &(UnixNanos, Money)| booked.0 == time && booked.1.currency == money.currency;
        let exact = self.booked.iter().position(|booked| is_at(booked) && booked.1.amount == money.amount);
        // What was shared among experts may have been shared otherwise then.
        let alike = || {
            let same_way = |booked: &(UnixNanos, Money)| booked.1.amount.is_sign_negative() == money.amount.is_sign_negative();
            self.booked.iter().position(|booked| is_at(booked) && same_way(booked))
        };
        let place = exact.or_else(alike);
        if let Some(place) = place {
            self.booked.swap_remove(place);
        }
        place.is_some()
    }
}
