//! Markets that are told tick by tick: what each of them does, apart from bars.
//!
//! None of it is inlined into the loop over events: bars, of which there are most, would pay for what they never do.

use super::{Engine, Stopped};
use crate::{
    InstrumentId, Level, LevelChange, PublicTrade, Tick, UnixNanos,
    broker::{Broker, Market},
    clock::Clock,
    expert::HandlerEvent,
    feed::Feed,
    journal::Journal,
};

impl<F: Feed, B: Broker, C: Clock, J: Journal> Engine<F, B, C, J> {
    #[inline(never)]
    pub(super) fn on_tick(&mut self, instrument: InstrumentId, tick: &Tick) -> Result<(), Stopped> {
        self.come_to(tick.time)?;
        if !self.is_history {
            self.broker.observe(Market::Tick(instrument, tick), &mut self.answers);
        }
        let price = tick.last.unwrap_or(f64::midpoint(tick.bid, tick.ask));
        if self.context.desk.gate.is_watching() {
            self.context.desk.gate.markets().see_tick(instrument, tick, price);
        }
        self.moved_to(instrument, tick.time, price)?;
        self.guard_price(instrument, price)?;
        let mut place = 0;
        while let Some(&handler) = self.routes.tick_handlers(instrument).get(place) {
            place += 1;
            self.context.focus_on(instrument);
            self.call(HandlerEvent::Tick { handler, tick })?;
        }
        Ok(())
    }

    #[inline(never)]
    pub(super) fn on_public_trade(&mut self, instrument: InstrumentId, trade: &PublicTrade) -> Result<(), Stopped> {
        self.come_to(trade.time)?;
        if !self.is_history {
            self.broker.observe(Market::PublicTrade(instrument, trade), &mut self.answers);
        }
        if self.context.desk.gate.is_watching() {
            self.context.desk.gate.markets().see_price(instrument, trade.time, trade.price);
        }
        self.moved_to(instrument, trade.time, trade.price)?;
        self.guard_price(instrument, trade.price)?;
        if self.builds_from_prints {
            self.routes.add_print(instrument, trade);
        }
        let mut place = 0;
        while let Some(&handler) = self.routes.public_trade_handlers(instrument).get(place) {
            place += 1;
            self.context.focus_on(instrument);
            self.call(HandlerEvent::PublicTrade { handler, trade })?;
        }
        Ok(())
    }

    /// A level of a book: the market moves, and the expert looks at the book when the exchange's message is complete.
    #[inline(never)]
    pub(super) fn on_book(&mut self, instrument: InstrumentId, change: &LevelChange) -> Result<(), Stopped> {
        self.come_to(change.time)?;
        let Some(book) = self.books.get_mut(instrument.index()) else { return Ok(()) };
        book.apply(change);
        if !self.is_history {
            self.broker.observe(Market::Book(instrument, book, change), &mut self.answers);
        }
        if !change.ends {
            return if self.answers.is_empty() { Ok(()) } else { self.hear_answers() };
        }
        if self.context.desk.gate.is_watching() {
            let price = |level: Option<Level>| level.map(|level| level.price);
            self.context.desk.gate.markets().see_quote(instrument, price(book.best_bid()), price(book.best_ask()));
        }
        let price = book.mid().unwrap_or_else(|| self.context.desk.portfolio.mark(instrument));
        self.moved_to(instrument, change.time, price)?;
        self.guard_price(instrument, price)?;
        let mut place = 0;
        while let Some(&handler) = self.routes.book_handlers(instrument).get(place) {
            place += 1;
            self.context.focus_on(instrument);
            let Some(book) = self.books.get(instrument.index()) else { break };
            let failed = self.program.call(HandlerEvent::Book { handler, book }, &mut self.context).err();
            if let Some(failure) = failed {
                self.handler_failed(failure)?;
            }
            if self.saving.is_on {
                self.save_often()?;
            }
            self.send_and_tell()?;
        }
        Ok(())
    }

    /// Before a tick, a print or a book of this time: bars of prints that have ended by then, timers that are due, and the day's start.
    #[inline]
    fn come_to(&mut self, time: UnixNanos) -> Result<(), Stopped> {
        if self.routes.has_ended_by(time) {
            self.tell_of_bars_ended_by(time)?;
        }
        self.fire_timers(time)?;
        if self.watches_equity {
            self.monitor.begin(time, &self.context.desk.portfolio, &self.context.desk.instruments);
        }
        Ok(())
    }

    /// The venue has seen the market move: what it answers is heard, and the account is marked at the new price.
    #[inline]
    fn moved_to(&mut self, instrument: InstrumentId, time: UnixNanos, price: f64) -> Result<(), Stopped> {
        if !self.answers.is_empty() {
            self.hear_answers()?;
        }
        self.context.set_now(self.clock.at(time));
        self.context.desk.portfolio.set_mark(instrument, price);
        if self.watches_equity { self.check_limits() } else { Ok(()) }
    }

    /// A price that no handler is called for, but that positions are judged by.
    pub(super) fn on_reference(&mut self, time: UnixNanos, market: Market<'_>) -> Result<(), Stopped> {
        if self.is_history {
            return Ok(());
        }
        self.fire_timers(time)?;
        self.broker.observe(market, &mut self.answers);
        self.hear_answers()
    }
}
