//! A run against a venue at which only market orders are filled, at the next open; everything else stands until the test's own
//! answers say what becomes of it.

use std::{cell::RefCell, rc::Rc};

use metaexpert_core::{
    Amendment, Cancellation, ClientOrderId, Context, Distance, Effect, Fitting, Instrument, InstrumentBar, InstrumentId,
    Instruments, Liquidity, Money, NewOrder, Offset, OrderKind, Outcome, Price, Request, Result, Side, Summary, TimeInForce,
    Timeframe, Trade, TradeId,
    broker::{Answer, Broker, Market},
    clock::SimulatedClock,
    config::{Config, MarketType},
    context::Setup,
    engine::Engine,
    expert::{BarWant, Failure, HandlerEvent, Program, Wants},
    feed::{Event, Feed},
    journal::{Journal, Journaled, Record},
    log::ExpertLog,
};
use rust_decimal::{Decimal, dec};

use crate::trial::{bar, instrument};

type Lines = Rc<RefCell<Vec<String>>>;

/// Tells what it hears of orders, then acts.
struct Expert<A> {
    wants: Wants,
    told: Lines,
    act: A,
}

impl<A: FnMut(&HandlerEvent<'_>, &mut Context) -> Result<()>> Program for Expert<A> {
    fn wants(&self) -> &Wants {
        &self.wants
    }

    fn call(&mut self, event: HandlerEvent<'_>, context: &mut Context) -> Result<(), Failure> {
        let line = match &event {
            HandlerEvent::Order(order) => Some(format!("{} {} {}", order.id.sequence, order.status, order.quantity)),
            HandlerEvent::Transaction(Request::Place(_), _) => None,
            HandlerEvent::Transaction(request, outcome) => Some(format!("{} {}", requested(request), answered(outcome))),
            HandlerEvent::Error(error) => Some(format!("error {error}")),
            _ => None,
        };
        self.told.borrow_mut().extend(line);
        (self.act)(&event, context).map_err(|error| Failure::Error { event: "on_bar", error })
    }

    fn criterion(&mut self, _: &Summary, _: &mut Context) -> Result<Option<f64>, Failure> {
        Ok(None)
    }
}

fn requested(request: &Request) -> String {
    match request {
        Request::Place(order) => format!("place {}", order.id.sequence),
        Request::Amend(amendment) => format!("amend {}", amendment.id.sequence),
        Request::Cancel(id) => format!("cancel {}", id.sequence),
    }
}

fn answered(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted => "accepted".to_owned(),
        Outcome::Rejected(rejection) => format!("rejected: {rejection}"),
        Outcome::Unknown => "unknown".to_owned(),
    }
}

/// Only market orders are filled; a change and a cancel are as asked for.
#[derive(Default)]
struct Venue {
    waiting: Vec<NewOrder>,
    executions: u64,
}

impl Broker for Venue {
    fn submit(&mut self, order: Journaled<NewOrder>, answers: &mut Vec<Answer>) -> Result<()> {
        let order = order.into_inner();
        answers.push(Answer::Accepted(order.id));
        if order.kind == OrderKind::Market {
            self.waiting.push(order);
        }
        Ok(())
    }

    fn amend(&mut self, amendment: Journaled<Amendment>, answers: &mut Vec<Answer>) -> Result<()> {
        let Amendment { id, quantity, .. } = amendment.into_inner();
        answers.extend(quantity.map(|quantity| Answer::Amended(id, quantity)));
        Ok(())
    }

    fn cancel(&mut self, order: ClientOrderId, answers: &mut Vec<Answer>) -> Result<()> {
        answers.push(Answer::Cancelled(order, Cancellation::Requested));
        Ok(())
    }

    fn observe(&mut self, market: Market<'_>, answers: &mut Vec<Answer>) {
        let Market::Bars([InstrumentBar { bar, .. }, ..]) = market else { return };
        for order in self.waiting.drain(..) {
            self.executions += 1;
            let price = Price::new(Decimal::try_from(bar.open).unwrap()).unwrap();
            let trade = execution(self.executions, &order, order.quantity.get(), price);
            answers.push(Answer::Trade { trade, remaining: Decimal::ZERO });
        }
    }

    fn end(&mut self, _: &mut Vec<Answer>) {}
}

/// An execution of an order in a one-way or a hedged account, of which the order closes a leg only where it says so.
fn execution(id: u64, order: &NewOrder, quantity: Decimal, price: Price) -> Trade {
    let position_side = match order.effect {
        Effect::Open(leg) | Effect::Close(leg) | Effect::CloseAll(leg) => leg,
        Effect::Net => order.side.opened_leg(),
    };
    let instrument = instrument("BTCUSDT");
    Trade {
        id: TradeId::from(id),
        time: order.time,
        instrument: order.instrument,
        symbol: instrument.symbol,
        order: Some(order.id),
        side: order.side,
        position_side,
        price,
        quantity: metaexpert_core::Quantity::new(quantity).unwrap(),
        fee: Money::new(Decimal::ZERO, instrument.settlement),
        liquidity: Liquidity::Taker,
        reason: order.reason,
    }
}

/// Keeps what was written down before it left.
#[derive(Default)]
struct Written {
    orders: Vec<NewOrder>,
    amendments: Vec<Amendment>,
    charges: Vec<String>,
}

impl Journal for Written {
    fn append(&mut self, order: &NewOrder) -> Result<()> {
        self.orders.push(order.clone());
        Ok(())
    }

    fn amend(&mut self, amendment: &Amendment) -> Result<()> {
        self.amendments.push(*amendment);
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) -> Result<()> {
        if let Record::Charged(charge) = record {
            self.charges.push(charge.amount.to_string());
        }
        Ok(())
    }
}

struct Recorded(std::vec::IntoIter<Event>);

impl Feed for Recorded {
    fn next(&mut self) -> Result<Option<Event>> {
        Ok(self.0.next())
    }
}

/// A run about to be.
pub(crate) struct Standing {
    pub(crate) config: Config,
    pub(crate) instrument: Instrument,
    pub(crate) log: ExpertLog,
    pub(crate) events: Vec<Event>,
}

/// What is left of it.
pub(crate) struct Stood {
    /// What the expert was told of orders, requests and errors.
    pub(crate) told: Vec<String>,
    pub(crate) orders: Vec<NewOrder>,
    pub(crate) amendments: Vec<Amendment>,
    pub(crate) charges: Vec<String>,
}

impl Standing {
    /// On futures in hedge mode, with 10,000 and leverage 1.
    pub(crate) fn new() -> Self {
        let config = Config { timeframe: Timeframe::M1, ..Config::default() };
        Self { config, instrument: instrument("BTCUSDT"), log: ExpertLog::silent(), events: Vec::new() }
    }

    /// Of coins, where nothing is sold short.
    pub(crate) fn on_spot() -> Self {
        let mut standing = Self::new();
        standing.config.market_type = MarketType::Spot;
        standing
    }

    fn instruments(&self) -> (Instruments, InstrumentId) {
        let mut instruments = Instruments::default();
        let main = instruments.add(self.instrument.clone());
        (instruments, main)
    }

    /// Bars of a minute, each at one price.
    pub(crate) fn at(mut self, prices: &[f64]) -> Self {
        let (_, main) = self.instruments();
        for price in prices {
            let minute = i64::try_from(self.events.iter().filter(|event| matches!(event, Event::Bar { .. })).count()).unwrap();
            self.events.push(bar(main, minute, *price, *price, false));
        }
        self
    }

    /// The venue says something.
    pub(crate) fn answers(mut self, answer: Answer) -> Self {
        self.events.push(Event::Answer(answer));
        self
    }

    /// Lets the expert act at each bar; it is told which.
    pub(crate) fn run(self, mut act: impl FnMut(usize, &mut Context) -> Result<()> + 'static) -> Stood {
        let (instruments, main) = self.instruments();
        let told = Lines::default();
        let wants = Wants {
            bars: vec![BarWant { symbol: None, timeframe: None }],
            orders: true,
            transactions: true,
            errors: true,
            ..Wants::default()
        };
        let mut bars = 0;
        let act = move |event: &HandlerEvent<'_>, context: &mut Context| match event {
            HandlerEvent::Bar { .. } => {
                bars += 1;
                act(bars, context)
            }
            _ => Ok(()),
        };
        let program = Expert { wants, told: Rc::clone(&told), act };
        let setup = Setup { config: self.config, instruments, main, taker_fee: Decimal::ZERO, run: 1, log: self.log };
        let feed = Recorded(self.events.into_iter());
        let (venue, clock, journal) = (Venue::default(), SimulatedClock::default(), Written::default());
        let mut engine = Engine::new(Box::new(program), setup, Timeframe::M1, feed, venue, clock, journal).unwrap();
        engine.run().unwrap();
        let Written { orders, amendments, charges } = engine.into_ended().journal;
        Stood { told: told.take(), orders, amendments, charges }
    }
}

/// The name of an order of these runs.
pub(crate) fn id(sequence: u64) -> ClientOrderId {
    ClientOrderId { strategy: 0, run: 1, sequence }
}

/// So much of an order of one unit, which opens the long leg, is executed at 100.
pub(crate) fn executed(sequence: u64, side: Side, effect: Effect, quantity: Decimal, remaining: Decimal) -> Answer {
    let (_, main) = Standing::new().instruments();
    let order = NewOrder {
        id: id(sequence),
        instrument: main,
        side,
        kind: OrderKind::Market,
        time_in_force: TimeInForce::default(),
        effect,
        quantity: metaexpert_core::Quantity::new(quantity).unwrap(),
        fitting: Fitting::Exact,
        leverage: 1,
        protection: metaexpert_core::Protection::default(),
        self_trade: metaexpert_core::SelfTrade::ExpireMaker,
        link: None,
        time: metaexpert_core::UnixNanos::default(),
        reason: metaexpert_core::Reason::Signal,
    };
    let trade = execution(1_000 + sequence, &order, quantity, Price::new(dec!(100)).unwrap());
    Answer::Trade { trade, remaining }
}

/// An order on one line: what differs from a plain one is said.
pub(crate) fn line(order: &NewOrder) -> String {
    let mut words = vec![format!("{} {}", order.side, order.quantity)];
    words.extend(priced(order.kind));
    words.extend((order.time_in_force != TimeInForce::default()).then(|| order.time_in_force.as_str().to_owned()));
    if let TimeInForce::GoodTillDate(end) = order.time_in_force {
        words.push(end.to_string());
    }
    words.push(match order.effect {
        Effect::Open(leg) => format!("opens {leg}"),
        Effect::Close(leg) => format!("closes {leg}"),
        Effect::CloseAll(leg) => format!("closes all of {leg}"),
        Effect::Net => "nets".to_owned(),
    });
    words.extend(match order.fitting {
        Fitting::Exact => None,
        Fitting::CutToFunds => Some("cut to funds".to_owned()),
        Fitting::Spend(amount) => Some(format!("spends {amount}")),
    });
    let offset = |name: &str, offset| match offset {
        Offset::Percent(percent) => format!("{name} {percent}%"),
        Offset::Price(price) => format!("{name} at {price}"),
    };
    words.extend(order.protection.stop_loss.map(|stop| offset("stop", stop)));
    words.extend(order.protection.take_profit.map(|target| offset("target", target)));
    words.extend(order.protection.trailing_stop.map(|percent| format!("trails {percent}%")));
    words.extend((order.self_trade != metaexpert_core::SelfTrade::ExpireMaker).then(|| order.self_trade.to_string()));
    words.extend(order.link.map(|link| format!("link {}", link.0)));
    words.join(" ")
}

fn priced(kind: OrderKind) -> Vec<String> {
    let mut words = vec![kind.to_string()];
    words.extend(kind.trigger().map(|trigger| format!("{} by {}", trigger.price, trigger.by)));
    words.extend(kind.limit_price().map(|price| format!("@ {price}")));
    if let OrderKind::TrailingStop { distance, activation, by } = kind {
        words.push(match distance {
            Distance::Percent(percent) => format!("{percent}%"),
            Distance::Absolute(price) => price.to_string(),
        });
        words.extend(activation.map(|price| format!("from {price}")));
        words.push(format!("by {by}"));
    }
    words
}
