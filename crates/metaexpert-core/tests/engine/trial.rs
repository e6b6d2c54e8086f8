//! A run of a scripted expert on a scripted feed, with a broker that fills at the next open.

use std::{cell::RefCell, rc::Rc};

use metaexpert_core::{
    Amendment, Bar, Cancellation, ClientOrderId, Context, Currency, Instrument, InstrumentBar, InstrumentId, InstrumentKind,
    InstrumentRules, Instruments, Liquidity, Money, NewOrder, Offset, Percent, PositionSide, Price, Quantity, Reason, Rejection,
    Result, Side, Summary, Symbol, Timeframe, Trade, TradeId, UnixNanos,
    broker::{Answer, Broker, Market},
    clock::SimulatedClock,
    config::{Config, SizeType},
    context::Setup,
    engine::{Engine, Stopped},
    expert::{BarWant, DeinitReason, Failure, HandlerEvent, Program, Wants},
    feed::{Event, Feed},
    journal::{Journal, Journaled, Record},
    log::ExpertLog,
    risk::RiskState,
};
use rust_decimal::{Decimal, dec};

pub(crate) type Log = Rc<RefCell<Vec<String>>>;
pub(crate) type Act = Box<dyn FnMut(&HandlerEvent<'_>, &mut Context) -> Result<()>>;

/// Writes down what it is told, then acts.
pub(crate) struct Scripted {
    wants: Wants,
    log: Log,
    act: Act,
    panics: bool,
}

impl Program for Scripted {
    fn wants(&self) -> &Wants {
        &self.wants
    }

    fn call(&mut self, event: HandlerEvent<'_>, context: &mut Context) -> Result<(), Failure> {
        let minute = context.now().as_nanos() / 60_000_000_000;
        let line = match &event {
            HandlerEvent::Bar { bar, .. } => format!("{minute} {} bar {} {}", context.symbol(), bar.open, bar.close),
            HandlerEvent::Timer { handler } => format!("{minute} timer {handler} sees {:?}", context.price()),
            HandlerEvent::Trade(trade) => format!("{minute} trade {} {} @ {}", trade.side, trade.quantity, trade.price),
            HandlerEvent::Order(order) => format!("{minute} order {} {}", order.id, order.status),
            HandlerEvent::Error(error) => format!("{minute} error {error}"),
            HandlerEvent::Deinit(reason) => format!("{minute} deinit {reason:?}"),
            _ => String::new(),
        };
        if !line.is_empty() {
            self.log.borrow_mut().push(line);
        }
        (self.act)(&event, context).map_err(|error| {
            let event = "on_bar";
            if self.panics { Failure::Panic { event, message: error.to_string() } } else { Failure::Error { event, error } }
        })
    }

    fn criterion(&mut self, _: &Summary, _: &mut Context) -> Result<Option<f64>, Failure> {
        Ok(None)
    }
}

pub(crate) struct Recorded(std::vec::IntoIter<Event>);

impl Feed for Recorded {
    fn next(&mut self) -> Result<Option<Event>> {
        Ok(self.0.next())
    }
}

/// A leg that a stop-loss guards: closed at `level` by a bar that reaches it.
struct Guarded {
    instrument: InstrumentId,
    leg: PositionSide,
    quantity: Quantity,
    level: Decimal,
}

impl Guarded {
    /// What the fill of an order brings to life.
    fn by(order: &NewOrder, leg: PositionSide, price: Price) -> Option<Self> {
        let Some(Offset::Percent(percent)) = order.protection.stop_loss else { return None };
        let share = match leg {
            PositionSide::Long => Decimal::ONE - percent.fraction(),
            PositionSide::Short => Decimal::ONE + percent.fraction(),
        };
        Some(Self { instrument: order.instrument, leg, quantity: order.quantity, level: price.get() * share })
    }

    fn is_hit(&self, InstrumentBar { instrument, bar }: &InstrumentBar) -> bool {
        let decimal = |price| Decimal::try_from(price).unwrap();
        *instrument == self.instrument
            && match self.leg {
                PositionSide::Long => decimal(bar.low) <= self.level,
                PositionSide::Short => decimal(bar.high) >= self.level,
            }
    }
}

/// Fills everything at the open of the next bar, without costs, then closes what a stop-loss guards where the bar reaches it;
/// refuses what it is told to.
#[derive(Default)]
pub(crate) struct NextOpen {
    waiting: Vec<NewOrder>,
    guarded: Vec<Guarded>,
    executions: u64,
    refuse: bool,
}

impl Broker for NextOpen {
    fn submit(&mut self, order: Journaled<NewOrder>, answers: &mut Vec<Answer>) -> Result<()> {
        let order = order.into_inner();
        answers.push(if self.refuse { Answer::Rejected(order.id, Rejection::Funds) } else { Answer::Accepted(order.id) });
        self.waiting.push(order);
        Ok(())
    }

    fn amend(&mut self, _: Journaled<Amendment>, _: &mut Vec<Answer>) -> Result<()> {
        Ok(())
    }

    fn cancel(&mut self, order: ClientOrderId, answers: &mut Vec<Answer>) -> Result<()> {
        self.waiting.retain(|waiting| waiting.id != order);
        answers.push(Answer::Cancelled(order, Cancellation::Requested));
        Ok(())
    }

    fn observe(&mut self, market: Market<'_>, answers: &mut Vec<Answer>) {
        let Market::Bars([of]) = market else { return };
        let open = Price::new(Decimal::try_from(of.bar.open).unwrap()).unwrap();
        let refuse = self.refuse;
        for order in std::mem::take(&mut self.waiting).into_iter().filter(|_| !refuse) {
            let closing = matches!(order.effect, metaexpert_core::Effect::Close(_));
            let leg = if closing { order.side.opened_leg().opposite() } else { order.side.opened_leg() };
            if closing {
                self.guarded.retain(|guarded| (guarded.instrument, guarded.leg) != (order.instrument, leg));
            }
            let trade = self.trade(order.instrument, leg, order.side, order.quantity, open, of.bar.time);
            self.guarded.extend(Guarded::by(&order, leg, open).filter(|_| !closing));
            let trade = Trade { order: Some(order.id), reason: order.reason, ..trade };
            answers.push(Answer::Trade { trade, remaining: Decimal::ZERO });
        }
        let (hit, left) = std::mem::take(&mut self.guarded).into_iter().partition(|guarded| guarded.is_hit(of));
        self.guarded = left;
        for Guarded { instrument, leg, quantity, level } in hit {
            let level = Price::new(level).unwrap();
            let trade = self.trade(instrument, leg, leg.closing_side(), quantity, level, of.bar.time);
            answers.push(Answer::Trade { trade, remaining: Decimal::ZERO });
        }
    }

    fn end(&mut self, _: &mut Vec<Answer>) {}
}

impl NextOpen {
    /// A trade of nobody's order; a stop-loss.
    fn trade(
        &mut self,
        instrument: InstrumentId,
        leg: PositionSide,
        side: Side,
        quantity: Quantity,
        price: Price,
        time: UnixNanos,
    ) -> Trade {
        self.executions += 1;
        Trade {
            id: TradeId::from(self.executions),
            time,
            instrument,
            symbol: Symbol::new("BTCUSDT").unwrap(),
            order: None,
            side,
            position_side: leg,
            price,
            quantity,
            fee: Money::new(Decimal::ZERO, Currency::new("USDT")),
            liquidity: Liquidity::Taker,
            reason: Reason::StopLoss,
        }
    }
}

#[derive(Default)]
pub(crate) struct Kept(Vec<String>, Vec<RiskState>);

impl Journal for Kept {
    fn append(&mut self, order: &NewOrder) -> Result<()> {
        self.0.push(format!("append {} {}", order.side, order.quantity));
        Ok(())
    }

    fn amend(&mut self, _: &Amendment) -> Result<()> {
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) -> Result<()> {
        match record {
            Record::Error(error) => self.0.push(format!("error {error}")),
            Record::Risk(state) => self.1.push(state.clone()),
            _ => {}
        }
        Ok(())
    }
}

pub(crate) fn instrument(symbol: &str) -> Instrument {
    let symbol = Symbol::new(symbol).unwrap();
    let (base, quote) = symbol.currencies().unwrap();
    Instrument {
        symbol,
        base,
        quote: quote.clone(),
        settlement: quote,
        kind: InstrumentKind::LINEAR_PERPETUAL,
        rules: InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: dec!(0.001),
            min_notional: dec!(0),
            contract_size: dec!(1),
            maintenance_margin: Percent::ZERO,
        },
        brackets: std::sync::Arc::default(),
    }
}

/// One run: bars of a minute in, what the expert was told out.
pub(crate) struct Trial {
    pub(crate) config: Config,
    pub(crate) wants: Wants,
    pub(crate) refuse: bool,
    /// What the script fails with is a panic.
    pub(crate) panics: bool,
    pub(crate) log: ExpertLog,
    /// The limits are carried from run to run.
    pub(crate) carries: bool,
    /// From this one, if there was one.
    pub(crate) earlier: Option<RiskState>,
}

impl Trial {
    pub(crate) fn new() -> Self {
        let config = Config {
            timeframe: Timeframe::M1,
            size_type: Some(SizeType::FixedBase),
            size_value: Some(dec!(1)),
            ..Config::default()
        };
        let wants = Wants { bars: vec![BarWant { symbol: None, timeframe: None }], errors: true, ..Wants::default() };
        Self { config, wants, refuse: false, panics: false, log: ExpertLog::silent(), carries: false, earlier: None }
    }

    pub(crate) fn instruments() -> (Instruments, [InstrumentId; 2]) {
        let mut instruments = Instruments::default();
        let ids = ["BTCUSDT", "ETHUSDT"].map(|symbol| instruments.add(instrument(symbol)));
        (instruments, ids)
    }

    pub(crate) fn run_events(
        self,
        events: Vec<Event>,
        act: impl FnMut(&HandlerEvent<'_>, &mut Context) -> Result<()> + 'static,
    ) -> Ran {
        let (instruments, [main, _]) = Self::instruments();
        let log = Log::default();
        let program = Scripted { wants: self.wants, log: Rc::clone(&log), act: Box::new(act), panics: self.panics };
        let setup = Setup { config: self.config, instruments, main, taker_fee: Decimal::ZERO, run: 1, log: self.log };
        let broker = NextOpen { refuse: self.refuse, ..NextOpen::default() };
        let feed = Recorded(events.into_iter());
        let mut engine =
            Engine::new(Box::new(program), setup, Timeframe::M1, feed, broker, SimulatedClock::default(), Kept::default())
                .unwrap();
        if self.carries {
            engine.carry_risk(self.earlier);
        }
        let ended = engine.run();
        let Kept(kept, risk) = engine.into_ended().journal;
        Ran { ended, log: log.take(), kept, risk }
    }

    /// Bars as (minute, open, close).
    pub(crate) fn run(
        self,
        bars: &[(i64, f64, f64)],
        act: impl FnMut(&HandlerEvent<'_>, &mut Context) -> Result<()> + 'static,
    ) -> Ran {
        let (_, [main, _]) = Self::instruments();
        let event = |(minute, open, close): &(i64, f64, f64)| bar(main, *minute, *open, *close, false);
        self.run_events(bars.iter().map(event).collect(), act)
    }
}

pub(crate) struct Ran {
    pub(crate) ended: Result<DeinitReason, Stopped>,
    pub(crate) log: Vec<String>,
    pub(crate) kept: Vec<String>,
    /// What the next run was to know, each time that it was told.
    pub(crate) risk: Vec<RiskState>,
}

pub(crate) fn bar(instrument: InstrumentId, minute: i64, open: f64, close: f64, more: bool) -> Event {
    let time = UnixNanos::from_seconds(minute * 60).unwrap();
    let bar = Bar { time, open, high: open.max(close), low: open.min(close), close, volume: 1.0 };
    Event::Bar { bar: InstrumentBar { instrument, bar }, more }
}

pub(crate) fn want(symbol: Option<&'static str>, timeframe: Option<Timeframe>) -> BarWant {
    BarWant { symbol, timeframe }
}

#[expect(clippy::unnecessary_wraps, reason = "what a handler returns")]
pub(crate) fn nothing(_: &HandlerEvent<'_>, _: &mut Context) -> Result<()> {
    Ok(())
}
