//! The venue: one account, the orders that stand, the legs that are open, moved by bars, quotes and prints, or order books.
//!
//! The one decision: whatever moves a market, its event is taken in the same order. First what is due by time: requests that
//! arrive, orders that are over. Then the orders that have not been looked at, in the order sent. Then what stands, as the price
//! comes to it. An order is first looked at with the first event after it was sent, never with the one that it was decided on.

mod accept; // requests: place, amend, cancel
mod bars; // moved by bars: the open, then the walk
mod depth; // moved by order books
mod ends; // contracts that end, and levels that follow prices
mod execute; // executions, and what follows from them
mod funds; // the only place that asks the account for money
mod legs; // the exits of open legs
mod look; // an order meets a price: it takes, rests, or ends
mod quotes; // moved by quotes and prints
mod resume; // a venue that goes on from an earlier one
mod stand; // orders that stand, and their levels

use metaexpert_core::{
    Amendment, Cancellation, ClientOrderId, FundingRate, InstrumentId, Instruments, Liquidity, NewOrder, PositionSide, Price,
    Reason, Rejection, Request, Result, Timeframe, TriggerBy, UnixNanos,
    broker::{Answer, Broker, Market},
    config::{FillModel, LimitFill},
    journal::Journaled,
    portfolio::Unvalued,
    rounding::{decimal_of, float_of},
};
use rust_decimal::Decimal;

use ends::next_end;
pub use resume::Guarded;

use crate::{
    account::{Account, AccountSetup},
    costs::Costs,
    detail::Detail,
    funding::{FundingCalendar, FundingRates},
    ladder::Series,
    latency::{Delayed, LatencyModel, NoLatency},
    ledger::Nothing,
    life::Standing,
    queue::{QueueModel, RiskAverse},
    sight::{Offer, Sight},
    slot::{Slot, Source},
    store::{Handle, Store},
};

/// What a venue is told before the first event.
#[derive(Debug, Clone)]
pub struct VenueSetup {
    /// Whom it trades for, and what.
    pub account: AccountSetup,
    /// What a market order or a stop pays beyond the price, as a fraction of it.
    pub slippage: Decimal,
    /// Which prices of a bar it sees.
    pub fill_model: FillModel,
    /// What a limit needs to be filled.
    pub limit_fill: LimitFill,
    /// The length of the bars that move it.
    pub timeframe: Timeframe,
}

/// A simulated exchange with one account.
///
/// `Q` says how far resting limits have come in their queues, `L` how long everything is on its way; both are chosen when the
/// program is built, so that who needs neither pays for neither.
#[derive(Debug)]
pub struct Venue<Q: QueueModel = RiskAverse, L: LatencyModel = NoLatency> {
    instruments: Instruments,
    costs: Costs,
    fill_model: FillModel,
    limit_fill: LimitFill,
    timeframe: Timeframe,
    queue: Q,
    latency: L,
    account: Account,
    /// Whether the account has to be told of every price.
    follows_marks: bool,
    /// When the next contract ends.
    ends: UnixNanos,
    slots: Vec<Slot>,
    store: Store<Q::Position>,
    /// Orders that have not been looked at, in the order sent.
    fresh: Vec<Handle>,
    still_fresh: Vec<Handle>,
    /// Buffer of orders that one event concerns.
    concerned: Vec<Handle>,
    /// Requests on their way to the venue, and answers on their way from it.
    requests: Delayed<Request>,
    answers: Delayed<Answer>,
    funding: FundingCalendar,
    /// The time of the market.
    now: UnixNanos,
    /// Executions until now, which are their ids.
    executions: u64,
}

impl<Q: QueueModel, L: LatencyModel> Broker for Venue<Q, L> {
    fn submit(&mut self, order: Journaled<NewOrder>, answers: &mut Vec<Answer>) -> Result<()> {
        let order = order.into_inner();
        let time = order.time;
        self.request(Request::Place(order), time, answers);
        Ok(())
    }

    fn amend(&mut self, amendment: Journaled<Amendment>, answers: &mut Vec<Answer>) -> Result<()> {
        self.request(Request::Amend(amendment.into_inner()), self.now, answers);
        Ok(())
    }

    fn cancel(&mut self, order: ClientOrderId, answers: &mut Vec<Answer>) -> Result<()> {
        self.request(Request::Cancel(order), self.now, answers);
        Ok(())
    }

    #[inline]
    fn observe(&mut self, market: Market<'_>, answers: &mut Vec<Answer>) {
        let before = answers.len();
        match market {
            Market::Bars(bars) => self.on_bars(bars, answers),
            Market::Tick(id, tick) => self.on_tick(id, tick, answers),
            Market::PublicTrade(id, trade) => self.on_print(id, trade, answers),
            Market::Book(id, book, change) => self.on_book(id, book, change, answers),
            Market::Mark(id, time, price) => self.on_mark(id, time, price, answers),
            Market::Index(id, time, price) => self.on_index(id, time, price, answers),
            Market::Time(time) => self.pass_time(time, answers),
        }
        if self.account.has_charges() {
            answers.extend(self.account.charges().map(Answer::Charged));
        }
        if !L::INSTANT {
            self.deliver(before, answers);
        }
    }

    fn end(&mut self, answers: &mut Vec<Answer>) {
        self.withdraw(answers);
        let open: Vec<(InstrumentId, PositionSide)> =
            self.instruments.iter().flat_map(|(id, _)| PositionSide::BOTH.map(|side| (id, side))).collect();
        for (id, side) in open {
            let Some(slot) = self.slots.get(id.index()) else { continue };
            let Some((seen, price)) = slot.last.and_then(|(time, price)| Some((time, Price::new(decimal_of(price)?)?))) else {
                continue;
            };
            // A bar's close has a time of its own; of quotes and prints, time has gone on since the last.
            let time = if slot.source == Source::Bars { seen } else { self.now };
            self.leave(id, side, time, price, Liquidity::Taker, Reason::EndOfData, answers);
        }
    }
}

impl Venue {
    /// A venue without orders and positions, where queues only move by trades and nothing takes time.
    ///
    /// # Errors
    /// As [`Account::new`].
    pub fn new(setup: VenueSetup) -> Result<Self, Unvalued> {
        Self::with_models(setup, RiskAverse, NoLatency)
    }
}

impl<Q: QueueModel, L: LatencyModel> Venue<Q, L> {
    /// A venue without orders and positions, with models of its own for queues and for the time that everything takes.
    ///
    /// # Errors
    /// As [`Account::new`].
    pub fn with_models(setup: VenueSetup, queue: Q, latency: L) -> Result<Self, Unvalued> {
        let VenueSetup { account, slippage, fill_model, limit_fill, timeframe } = setup;
        let instruments = account.instruments.clone();
        let account = Account::new(account, Nothing)?;
        Ok(Self {
            follows_marks: account.follows_marks(),
            ends: next_end(&instruments, UnixNanos::MIN),
            account,
            costs: Costs { slippage },
            slots: instruments.iter().map(|(_, instrument)| Slot::new(instrument.rules.tick_size)).collect(),
            store: Store::default(),
            fresh: Vec::new(),
            still_fresh: Vec::new(),
            concerned: Vec::new(),
            requests: Delayed::default(),
            answers: Delayed::default(),
            funding: FundingCalendar::NONE,
            now: UnixNanos::MIN,
            executions: 0,
            instruments,
            fill_model,
            limit_fill,
            timeframe,
            queue,
            latency,
        })
    }

    /// The venue with these rates of funding for an instrument.
    #[must_use]
    pub fn with_funding(mut self, instrument: InstrumentId, rates: FundingRates) -> Self {
        self.funding.add(instrument, rates);
        self
    }

    /// The venue with these shorter bars beneath an instrument's, to walk over where they add up to them.
    #[must_use]
    pub fn with_detail(mut self, instrument: InstrumentId, detail: Detail) -> Self {
        if let Some(slot) = self.slots.get_mut(instrument.index()) {
            slot.detail = Some(detail);
        }
        self
    }

    /// Ends every order that stands, for there is no more data; what is on its way arrives at once. What is open stays open.
    pub fn withdraw(&mut self, answers: &mut Vec<Answer>) {
        while let Some((_, answer)) = self.answers.pop(UnixNanos::MAX) {
            answers.push(answer);
        }
        for handle in self.store.handles() {
            let Some(standing) = self.take(handle) else { continue };
            match standing {
                // Nothing was known of it but that it had come.
                Standing::Sent(_) => standing.into_live().rejected(Rejection::EndOfData, answers),
                Standing::Waiting(_) | Standing::Resting(_) => standing.into_live().cancelled(Cancellation::EndOfData, answers),
            }
        }
        self.fresh.clear();
        while let Some((_, request)) = self.requests.pop(UnixNanos::MAX) {
            answers.push(match request {
                Request::Place(order) => Answer::Rejected(order.id, Rejection::EndOfData),
                Request::Amend(amendment) => Answer::AmendRejected(amendment, Rejection::EndOfData),
                Request::Cancel(id) => Answer::CancelRejected(id, Rejection::EndOfData),
            });
        }
    }

    /// The account as the venue keeps it.
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// How many orders stand.
    pub fn standing(&self) -> usize {
        self.store.len()
    }

    /// Takes a request in, now or when it has arrived. Whoever sent it saw the market as late as the feed is.
    ///
    /// It is for whoever serves a venue over a wire, where the risk gate and the journal are the client's. An engine goes through
    /// [`Broker`], which takes nothing that has not passed both.
    pub fn request(&mut self, request: Request, sent: UnixNanos, answers: &mut Vec<Answer>) {
        if L::INSTANT {
            return self.receive(request, sent, answers);
        }
        let sent = sent.saturating_add_nanos(self.latency.feed(sent));
        let due = sent.saturating_add_nanos(self.latency.order(sent));
        self.requests.push(due, request);
    }

    /// Sends the answers since `before` on their way, and hands over those that have come through.
    fn deliver(&mut self, before: usize, answers: &mut Vec<Answer>) {
        for answer in answers.drain(before..) {
            let done = match &answer {
                Answer::Trade { trade, .. } => trade.time,
                Answer::Accepted(_)
                | Answer::Rejected(..)
                | Answer::Unknown(_)
                | Answer::Triggered(_)
                | Answer::Amended(..)
                | Answer::AmendRejected(..)
                | Answer::Cancelled(..)
                | Answer::CancelRejected(..)
                | Answer::Funding(_)
                | Answer::Charged(_) => self.now,
            };
            let due = done.saturating_add_nanos(self.latency.answer(done));
            self.answers.push(due, answer);
        }
        while let Some((_, answer)) = self.answers.pop(self.now) {
            answers.push(answer);
        }
    }

    /// Whether anything is due by a time, or has not been looked at.
    #[inline]
    fn is_due(&self, time: UnixNanos) -> bool {
        !self.fresh.is_empty()
            || self.store.next_expiry() <= time
            || self.ends <= time
            || (!L::INSTANT && self.requests.next_due().is_some_and(|due| due <= time))
    }

    /// Time has come to `time`: orders are over, requests have arrived.
    fn pass_time(&mut self, time: UnixNanos, answers: &mut Vec<Answer>) {
        self.now = self.now.max(time);
        self.settle_funding(time, answers);
        if self.ends <= time {
            self.settle_ended(time, answers);
        }
        self.expire(time, answers);
        if !L::INSTANT {
            while let Some((due, request)) = self.requests.pop(time) {
                self.receive(request, due, answers);
            }
            self.expire(time, answers);
        }
    }

    fn expire(&mut self, time: UnixNanos, answers: &mut Vec<Answer>) {
        while let Some(handle) = self.store.expired(time) {
            self.cancel_standing(handle, Cancellation::Expired, answers);
        }
    }

    /// Settles the funding that is due at `time` or before, at its mark price or else at the last one.
    #[inline]
    fn settle_funding(&mut self, time: UnixNanos, answers: &mut Vec<Answer>) {
        if self.funding.is_due_by(time) {
            self.settle_due_funding(time, answers);
        }
    }

    #[inline(never)]
    fn settle_due_funding(&mut self, time: UnixNanos, answers: &mut Vec<Answer>) {
        while let Some((id, FundingRate { time, rate, mark })) = self.funding.take(time) {
            let price = self.slots.get(id.index()).and_then(|slot| slot.price(TriggerBy::Mark));
            let Some(mark) = mark.map(Price::get).or(price) else { continue };
            for side in PositionSide::BOTH {
                answers.extend(self.account.fund(id, side, rate, mark, time).map(Answer::Funding));
            }
            // What the balance lacked was taken from the margin of the position.
            self.refresh_liquidations();
        }
    }

    fn on_mark(&mut self, id: InstrumentId, time: UnixNanos, price: Decimal, answers: &mut Vec<Answer>) {
        self.pass_time(time, answers);
        let Some(slot) = self.slots.get_mut(id.index()) else { return };
        slot.set_mark(price);
        self.note_price(id, time, float_of(price));
        self.leave_by(id, time, price, |guard| guard.liquidated_by_mark(price), answers);
        self.meet_series(id, Series::MARK, time, price, answers);
    }

    fn on_index(&mut self, id: InstrumentId, time: UnixNanos, price: Decimal, answers: &mut Vec<Answer>) {
        self.pass_time(time, answers);
        let Some(slot) = self.slots.get_mut(id.index()) else { return };
        slot.set_index(price);
        self.meet_series(id, Series::INDEX, time, price, answers);
    }

    /// Brings to life what waits for a price that nobody trades at. It trades at the market's own prices.
    fn meet_series(&mut self, id: InstrumentId, series: Series, time: UnixNanos, price: Decimal, answers: &mut Vec<Answer>) {
        while let Some(rung) = self.slots.get(id.index()).and_then(|slot| slot.levels.triggered(series, price)) {
            let Some(Standing::Waiting(waiting)) = self.take(rung.handle) else { return };
            let live = waiting.triggered(answers);
            match self.present(id) {
                Some(offer) => self.look(live, Sight { time, offer, before: Handle::LAST }, answers),
                // It is looked at with the first price that comes.
                None => self.stand(Standing::Sent(live.sent(time))),
            }
        }
        self.move_trailing(id, series, price);
    }

    /// What there is to trade with between two changes of a book or of quotes; a book is only seen as it changes.
    fn present(&self, id: InstrumentId) -> Option<Offer<'static>> {
        let slot = self.slots.get(id.index()).filter(|slot| slot.source != Source::Depth)?;
        match slot.quote {
            Some(quote) => Some(Offer::Quote { bid: decimal_of(quote.bid)?, ask: decimal_of(quote.ask)? }),
            None => slot.price(TriggerBy::Last).map(Offer::At),
        }
    }
}
