//! What a handler sees of the world, and how it acts on it.
//!
//! The one decision: an order is judged at once and sent when the handler has returned. Sizing and the risk gate answer in the
//! call itself, so that a handler knows of a refusal; everything after that is an event.

mod amend_builder; // ctx.amend(id).price(..).send()
mod changing; // changes and cancels
mod desk; // the account, the orders that are not done, the outbox
mod expected; // what orders are expected to come to
mod number; // 0.5 or dec!(0.5)
mod open_orders; // the orders that are not done, and what they may open
mod order_builder; // ctx.buy().limit(..).send()
mod placing; // from a wish to an approved order
mod protective; // orders that guard legs
mod setup;
mod wish; // what an order asks for, and what of it makes no sense // what an engine hands a context at the start

use rust_decimal::Decimal;

pub use amend_builder::AmendBuilder;
pub(crate) use changing::amended;
pub(crate) use desk::{Command, Desk};
pub use number::Number;
pub(crate) use open_orders::Working;
pub use order_builder::{OrderBuilder, Ticket};
pub use setup::Setup;

use crate::{
    Account, Bar, Instrument, InstrumentId, Money, Order, Position, PositionSide, Result, Side, Symbol, Timeframe, UnixNanos,
    config::Config, engine::Stopped, expert::DeinitReason, history::History, log::About, order::ClientOrderId,
};

/// The bars of one instrument and timeframe that handlers may look back on.
#[derive(Debug)]
pub(crate) struct Series {
    pub instrument: InstrumentId,
    pub timeframe: Timeframe,
    pub history: History,
}

/// The handler's view of market, account and time, and its way to send orders.
///
/// ```no_run
/// # use metaexpert_core::{Bar, Context, Result};
/// fn bar(ctx: &mut Context, bar: &Bar) -> Result<()> {
///     let highest = ctx.bars(20).iter().map(|bar| bar.high).fold(f64::MIN, f64::max);
///     if bar.close >= highest && ctx.is_flat() {
///         ctx.buy().send()?;
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Context {
    pub(crate) now: UnixNanos,
    pub(crate) desk: Desk,
    pub(crate) series: Vec<Series>,
    /// What the event at hand is about: an instrument, and the series of its bars.
    pub(crate) instrument: InstrumentId,
    pub(crate) current_series: Option<usize>,
    pub(crate) main_instrument: InstrumentId,
    pub(crate) main_series: usize,
    pub(crate) stop: Option<DeinitReason>,
}

impl Context {
    /// The engine's time: that of the event at hand. In a backtest a bar's handler runs when the bar closes.
    pub const fn now(&self) -> UnixNanos {
        self.now
    }

    /// The configuration in force.
    pub const fn config(&self) -> &Config {
        &self.desk.config
    }

    /// The logger of the event at hand. What is written through it carries the expert's name and number, the symbol
    /// ([`symbol`](Self::symbol)), in the handlers of orders, requests, trades and positions the order's id, and in those of
    /// trades and positions the execution's.
    ///
    /// ```no_run
    /// # use metaexpert_core::{Bar, Context};
    /// use slog::{debug, info};
    /// fn bar(ctx: &Context, bar: &Bar) {
    ///     debug!(ctx.log(), "bar"; "close" => bar.close);
    ///     if ctx.is_flat() {
    ///         info!(ctx.log(), "nothing is held at {}", bar.close);
    ///     }
    /// }
    /// ```
    #[inline]
    pub fn log(&self) -> &slog::Logger {
        self.desk.log.at_hand(self.instrument)
    }

    /// The instrument that the event at hand is about; the expert's main one where it is about none.
    pub fn instrument(&self) -> &Instrument {
        self.desk.instruments.get(self.instrument)
    }

    /// The symbol of [`instrument`](Self::instrument).
    pub fn symbol(&self) -> &Symbol {
        &self.instrument().symbol
    }

    /// The newest `count` closed bars of the handler's own symbol and timeframe, oldest first, the bar at hand last.
    /// Fewer near the start of the data; never more than `lookback_bars`. In a handler of something else than bars, those of the
    /// configured timeframe, else of the first that a handler subscribes to; empty where no handler wants bars of the symbol.
    pub fn bars(&self, count: usize) -> &[Bar] {
        let current = self.current_series.and_then(|current| self.series.get(current));
        current.map(|series| series.history.last(count)).unwrap_or_default()
    }

    /// As [`bars`](Self::bars), of another timeframe of the same symbol that one of the expert's handlers subscribes to; empty
    /// where none does.
    pub fn bars_of(&self, timeframe: Timeframe, count: usize) -> &[Bar] {
        let wanted = |series: &&Series| series.instrument == self.instrument && series.timeframe == timeframe;
        self.series.iter().find(wanted).map(|series| series.history.last(count)).unwrap_or_default()
    }

    /// The newest price of the symbol at hand: a bar's close, a print, or the middle between best bid and best ask, whichever came
    /// last; `None` before the first.
    pub fn price(&self) -> Option<f64> {
        Some(self.desk.portfolio.mark(self.instrument)).filter(|price| *price > 0.0)
    }

    /// The position in one leg of the symbol at hand.
    pub fn position(&self, side: PositionSide) -> Option<Position> {
        self.desk.position(self.instrument, side)
    }

    /// Whether the symbol at hand has a long position that can be closed. What a fee taken in coins leaves of a closed one, less than
    /// a lot, is none, though [`position`](Self::position) shows it.
    pub fn is_long(&self) -> bool {
        self.desk.portfolio.is_open(self.instrument, PositionSide::Long)
    }

    /// Whether the symbol at hand has a short position that can be closed; see [`is_long`](Self::is_long).
    pub fn is_short(&self) -> bool {
        self.desk.portfolio.is_open(self.instrument, PositionSide::Short)
    }

    /// Whether the symbol at hand has no position that can be closed; see [`is_long`](Self::is_long).
    pub fn is_flat(&self) -> bool {
        !self.is_long() && !self.is_short()
    }

    /// Initial capital plus everything realised, in settlement currency.
    pub const fn balance(&self) -> Decimal {
        self.desk.portfolio.balance()
    }

    /// Balance plus the gain of open positions at the last prices, in settlement currency.
    pub fn equity(&self) -> Decimal {
        self.desk.portfolio.equity(&self.desk.instruments)
    }

    /// Balance, equity, margin and what is free.
    pub fn account(&self) -> Account {
        let money = |amount: Decimal| Money::new(amount.normalize(), self.instrument().settlement.clone());
        let portfolio = &self.desk.portfolio;
        Account {
            balance: money(portfolio.balance()),
            equity: money(self.equity()),
            margin: money(portfolio.margin()),
            free: money(portfolio.free()),
        }
    }

    /// An order to buy: a market order, unless it is made another kind. Size, stop-loss, take-profit and the rest come from the
    /// configuration unless the order names its own. In hedge mode it opens or increases the long leg; in one-way mode, and where
    /// coins or options are held, it reduces a short position first.
    pub const fn buy(&mut self) -> OrderBuilder<&mut Self> {
        OrderBuilder::new(self, Side::Buy)
    }

    /// An order to sell; see [`buy`](Self::buy).
    pub const fn sell(&mut self) -> OrderBuilder<&mut Self> {
        OrderBuilder::new(self, Side::Sell)
    }

    /// Sends two orders of one symbol of which one cancels the other (OCO): as soon as one of them trades, the rest of the other is
    /// cancelled. Both are sent, or neither.
    ///
    /// ```no_run
    /// # use metaexpert_core::{Context, Result, context::Ticket};
    /// # fn exits(ctx: &mut Context) -> Result<()> {
    /// ctx.oco(Ticket::sell().limit(110.0).reduce_only(), Ticket::sell().stop(95.0).reduce_only())?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of either order; [`Error::InvalidOrder`](crate::Error::InvalidOrder) where one of them trades at once, or they are of
    /// two symbols.
    #[expect(clippy::needless_pass_by_value, reason = "a ticket is used up when it is sent")]
    pub fn oco(&mut self, first: Ticket, second: Ticket) -> Result<[ClientOrderId; 2]> {
        self.desk.send_linked([&first.wish, &second.wish], self.instrument, self.now)
    }

    /// A change of an order that stands.
    pub fn amend(&mut self, order: ClientOrderId) -> AmendBuilder<'_> {
        AmendBuilder::new(self, order)
    }

    /// Asks the venue to cancel an order, when the handler has returned. Whether it did arrives as `#[on_transaction]` and
    /// `#[on_order]`; until then the order stands. Asking twice asks once.
    ///
    /// # Errors
    /// [`Error::OrderNotFound`](crate::Error::OrderNotFound) when no such order is on its way or stands.
    pub fn cancel(&mut self, order: ClientOrderId) -> Result<()> {
        self.desk.cancel(order)
    }

    /// Cancels every order of this expert that stands, in all its symbols. (Market orders do not stand; they trade.) Returns how
    /// many that were.
    pub fn cancel_all(&mut self) -> usize {
        self.desk.cancel_all()
    }

    /// The orders of the symbol at hand that are on their way or stand at the venue, in the order they were sent.
    pub fn orders(&self) -> impl Iterator<Item = Order> {
        self.desk.orders_of(self.instrument)
    }

    /// An order that is on its way or stands at the venue; `None` when it is done, or was never there.
    pub fn order(&self, order: ClientOrderId) -> Option<Order> {
        self.desk.working(order).map(|working| working.seen(&self.desk.instruments))
    }

    /// Closes the whole long position of the symbol at hand by a market order. `None` where there is none, where it is
    /// being closed already, and where less than a lot is left of it.
    ///
    /// # Errors
    /// When there is no price yet.
    pub fn close_long(&mut self) -> Result<Option<ClientOrderId>> {
        self.desk.close(self.instrument, PositionSide::Long, self.now, crate::Reason::Signal)
    }

    /// Closes the whole short position of the symbol at hand; see [`close_long`](Self::close_long).
    ///
    /// # Errors
    /// When there is no price yet.
    pub fn close_short(&mut self) -> Result<Option<ClientOrderId>> {
        self.desk.close(self.instrument, PositionSide::Short, self.now, crate::Reason::Signal)
    }

    /// Closes every position of this expert, in all its symbols, by market orders. Returns how many orders that took.
    ///
    /// # Errors
    /// When there is no price yet.
    pub fn close_all(&mut self) -> Result<usize> {
        self.desk.close_everything(self.now, crate::Reason::Signal)
    }

    /// Ends this expert's run after the handler has returned; `#[on_deinit]` is given [`DeinitReason::UserStop`].
    pub const fn stop(&mut self) {
        self.stop = Some(DeinitReason::UserStop);
    }

    /// A context for a run that has not begun.
    pub(crate) fn new(setup: Setup, series: Vec<Series>) -> Result<Self> {
        let main = setup.main;
        Ok(Self {
            now: UnixNanos::MIN,
            desk: Desk::new(setup)?,
            series,
            instrument: main,
            current_series: Some(0),
            main_instrument: main,
            main_series: 0,
            stop: None,
        })
    }

    /// It is this time now.
    #[inline]
    pub(crate) fn set_now(&mut self, now: UnixNanos) {
        self.now = now;
        self.desk.log.keep_time(now);
    }

    /// From now on the event at hand is about this.
    pub(crate) fn turn_to(&mut self, about: About) {
        self.desk.log.turn_to(about);
    }

    /// Writes down what ended a run, if something did.
    pub(crate) fn noted<T>(&self, outcome: Result<T, Stopped>) -> Result<T, Stopped> {
        outcome.inspect_err(|stopped| self.desk.log.stopped(self.instrument, stopped))
    }

    /// Adds a bar to a history, and counts the warm-up. Returns what it is a bar of.
    #[inline]
    pub(crate) fn push_bar(&mut self, series: usize, bar: &Bar) -> Option<InstrumentId> {
        if series == self.main_series {
            self.desk.count_bar();
        }
        let series = self.series.get_mut(series)?;
        series.history.push(*bar);
        Some(series.instrument)
    }

    /// Turns to an instrument and a series of its bars.
    #[inline]
    pub(crate) const fn focus(&mut self, instrument: InstrumentId, series: usize) {
        self.instrument = instrument;
        self.current_series = Some(series);
    }

    /// Turns to an instrument where no bar is at hand: its bars are those of the configured timeframe, or any it has.
    pub(crate) fn focus_on(&mut self, instrument: InstrumentId) {
        let timeframe = self.desk.config.timeframe;
        let of = |timeframe: Option<Timeframe>| {
            let wanted = |series: &Series| {
                series.instrument == instrument && timeframe.is_none_or(|timeframe| series.timeframe == timeframe)
            };
            self.series.iter().position(wanted)
        };
        self.current_series = of(Some(timeframe)).or_else(|| of(None));
        self.instrument = instrument;
    }

    /// Turns to the main instrument and its own timeframe.
    pub(crate) const fn focus_main(&mut self) {
        self.focus(self.main_instrument, self.main_series);
    }
}
