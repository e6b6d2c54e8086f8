//! A run as at an exchange: what the venue says comes as events, whatever the test wants it to say; what is written down is kept in the
//! order in which it was.

use std::{cell::RefCell, rc::Rc};

use metaexpert_core::{
    Amendment, ClientOrderId, Context, Effect, Error, Instruments, Liquidity, Money, NewOrder, PositionSide, Price, Quantity,
    Reason, Result, Side, Summary, Timeframe, Trade, TradeId, UnixNanos,
    broker::{Answer, Broker, Guards, Market, Offers},
    clock::SimulatedClock,
    config::{Config, SizeType},
    context::Setup,
    engine::{Engine, Resumed, Stopped},
    expert::{
        BarWant, DeinitReason, Failure, HandlerEvent, Program, Wants,
        saved::{Offered, Snapshot},
    },
    feed::{Event, Feed},
    journal::{Journal, Journaled, KeptState, Record},
    log::ExpertLog,
    portfolio::Leg,
};
use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};

use crate::trial::{Trial, instrument};

pub(crate) type Shared<T> = Rc<RefCell<T>>;

/// What the expert knows: bars by their close, and executions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Known {
    pub bars: Vec<i64>,
    pub trades: Vec<String>,
}

/// Counts what it is told, and acts.
pub(crate) struct Counting<A> {
    pub wants: Wants,
    pub told: Shared<Vec<String>>,
    pub known: Shared<Known>,
    offered: Option<Offered>,
    takes: bool,
    took: bool,
    act: A,
}

pub(crate) fn minute(time: UnixNanos) -> i64 {
    time.as_nanos() / 60_000_000_000
}

pub(crate) fn at(minute: i64) -> UnixNanos {
    UnixNanos::from_seconds(minute * 60).unwrap()
}

impl<A: FnMut(&HandlerEvent<'_>, &mut Context, &mut Known) -> Result<()>> Program for Counting<A> {
    fn wants(&self) -> &Wants {
        &self.wants
    }

    fn call(&mut self, event: HandlerEvent<'_>, context: &mut Context) -> Result<(), Failure> {
        let now = minute(context.now());
        let line = match &event {
            HandlerEvent::Init(_) => {
                let offered = self.offered.take().filter(|_| self.takes);
                self.took = offered.is_some();
                if let Some(Offered { json, .. }) = offered {
                    *self.known.borrow_mut() = serde_json::from_str(&json).unwrap();
                }
                Some("init".to_owned())
            }
            HandlerEvent::Bar { .. } => {
                self.known.borrow_mut().bars.push(now);
                Some(format!("{now} bar"))
            }
            HandlerEvent::Trade(trade) => {
                self.known.borrow_mut().trades.push(trade.id.to_string());
                Some(format!("{now} trade {}", trade.id))
            }
            HandlerEvent::Timer { .. } => Some(format!("{now} timer")),
            HandlerEvent::Order(order) => Some(format!("order {} {}", order.id, order.status)),
            HandlerEvent::Transaction(_, outcome) => Some(format!("outcome {outcome:?}")),
            HandlerEvent::Error(error) => Some(format!("error {error}")),
            HandlerEvent::Deinit(reason) => Some(format!("deinit {reason}")),
            _ => None,
        };
        self.told.borrow_mut().extend(line);
        (self.act)(&event, context, &mut self.known.borrow_mut()).map_err(|error| Failure::Error { event: "on_bar", error })
    }

    fn offer(&mut self, saved: Offered) {
        self.offered = Some(saved);
    }

    fn took_offer(&self) -> bool {
        self.took
    }

    fn snapshot(&self) -> Snapshot {
        Some(Ok(serde_json::to_string(&*self.known.borrow()).unwrap()))
    }

    fn criterion(&mut self, _: &Summary, _: &mut Context) -> Result<Option<f64>, Failure> {
        Ok(None)
    }
}

/// Takes everything, and says nothing: answers are events.
pub(crate) struct Silent {
    /// Whether it says when it has told all that it knows; that is an event, too.
    pub has_last_word: bool,
    pub sent: Shared<Vec<String>>,
    pub orders: Shared<Vec<NewOrder>>,
}

impl Broker for Silent {
    fn submit(&mut self, order: Journaled<NewOrder>, _: &mut Vec<Answer>) -> Result<()> {
        let order = order.into_inner();
        self.sent.borrow_mut().push(format!("place {} {} {}", order.id, order.side, order.quantity));
        self.orders.borrow_mut().push(order);
        Ok(())
    }

    fn amend(&mut self, amendment: Journaled<Amendment>, _: &mut Vec<Answer>) -> Result<()> {
        self.sent.borrow_mut().push(format!("amend {}", amendment.get().id));
        Ok(())
    }

    fn cancel(&mut self, order: ClientOrderId, _: &mut Vec<Answer>) -> Result<()> {
        self.sent.borrow_mut().push(format!("cancel {order}"));
        Ok(())
    }

    fn guards(&self) -> Guards {
        Guards::Engine
    }

    fn ask_last_word(&mut self) -> bool {
        self.has_last_word
    }

    fn offers(&self) -> Offers {
        Offers { calls_off: false, ..Offers::ALL }
    }

    fn compare(&mut self) {
        self.sent.borrow_mut().push("compare".to_owned());
    }

    fn observe(&mut self, _: Market<'_>, _: &mut Vec<Answer>) {}

    fn end(&mut self, _: &mut Vec<Answer>) {}
}

/// Something that was written down.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Entry {
    Append(NewOrder),
    Accepted(ClientOrderId),
    Unknown(ClientOrderId),
    /// The order is gone, or nothing is left of it.
    Over(ClientOrderId),
    Trade(Trade),
    Leg(metaexpert_core::InstrumentId, PositionSide, Option<Leg>),
    Balance(Money),
    State(KeptState),
    Error(String),
    Guard(PositionSide),
    Other,
    Settle,
}

impl Entry {
    pub(crate) fn line(&self) -> String {
        match self {
            Self::Append(order) => format!("append {}", order.id),
            Self::Accepted(id) => format!("accepted {id}"),
            Self::Unknown(id) => format!("unknown {id}"),
            Self::Over(id) => format!("over {id}"),
            Self::Trade(trade) => format!("trade {}", trade.id),
            Self::Leg(_, side, leg) => format!("leg {side} {}", leg.as_ref().map_or(Decimal::ZERO, |leg| leg.quantity)),
            Self::Balance(money) => format!("balance {money}"),
            Self::State(state) => format!("state at {}", minute(state.time)),
            Self::Error(error) => format!("error {error}"),
            Self::Guard(side) => format!("guard {side}"),
            Self::Other => "other".to_owned(),
            Self::Settle => "settle".to_owned(),
        }
    }
}

/// Keeps what it is told, until the power goes.
pub(crate) struct Diary {
    pub entries: Shared<Vec<Entry>>,
    /// How many entries it takes.
    pub room: usize,
    /// Its disk takes no order now.
    pub is_full: Shared<bool>,
}

impl Diary {
    fn put(&mut self, entry: Entry) -> Result<()> {
        if self.entries.borrow().len() >= self.room {
            return Err(Error::Storage("the power is gone".to_owned()));
        }
        self.entries.borrow_mut().push(entry);
        Ok(())
    }

    fn takes_orders(&self) -> Result<()> {
        if *self.is_full.borrow() { Err(Error::NotJournaled("the disk is full".to_owned())) } else { Ok(()) }
    }
}

impl Journal for Diary {
    fn append(&mut self, order: &NewOrder) -> Result<()> {
        self.takes_orders()?;
        self.put(Entry::Append(order.clone()))
    }

    fn amend(&mut self, _: &Amendment) -> Result<()> {
        self.takes_orders()?;
        self.put(Entry::Other)
    }

    fn record(&mut self, record: Record<'_>) -> Result<()> {
        self.put(match record {
            Record::Accepted(id) => Entry::Accepted(id),
            Record::Unknown(id) => Entry::Unknown(id),
            Record::Rejected(id, _) | Record::Cancelled(id, _) | Record::Filled(id) => Entry::Over(id),
            Record::Trade(trade) => Entry::Trade(trade.clone()),
            Record::Leg(instrument, side, leg) => Entry::Leg(instrument, side, leg.cloned()),
            Record::Balance(money) => Entry::Balance(money.clone()),
            Record::Error(error) => Entry::Error(error.to_string()),
            Record::Guard(_, side, _) => Entry::Guard(side),
            _ => Entry::Other,
        })
    }

    fn keeps_state(&self) -> bool {
        true
    }

    fn state(&mut self, state: &KeptState) -> Result<()> {
        self.put(Entry::State(state.clone()))
    }

    fn settle(&mut self) -> Result<()> {
        self.put(Entry::Settle)
    }
}

pub(crate) struct Told {
    events: std::vec::IntoIter<Event>,
    has_history: bool,
}

impl Feed for Told {
    fn next(&mut self) -> Result<Option<Event>> {
        Ok(self.events.next())
    }

    fn begins_with_history(&self) -> bool {
        self.has_history
    }
}

/// A run about to be.
pub(crate) struct Night {
    pub config: Config,
    pub wants: Wants,
    pub run: u32,
    pub resumed: Option<Resumed>,
    pub takes_state: bool,
    pub has_history: bool,
    pub is_full: Shared<bool>,
    pub has_last_word: bool,
}

/// What is left of it.
pub(crate) struct Left {
    pub ended: Result<DeinitReason, Stopped>,
    pub told: Vec<String>,
    pub known: Known,
    pub sent: Vec<String>,
    pub entries: Vec<Entry>,
}

impl Left {
    pub(crate) fn written(&self) -> Vec<String> {
        self.entries.iter().map(Entry::line).collect()
    }
}

impl Night {
    pub(crate) fn new() -> Self {
        let config = Config {
            timeframe: Timeframe::M1,
            size_type: Some(SizeType::FixedBase),
            size_value: Some(dec!(1)),
            ..Config::default()
        };
        let wants =
            Wants { bars: vec![BarWant { symbol: None, timeframe: None }], errors: true, trades: true, ..Wants::default() };
        Self {
            config,
            wants,
            run: 2,
            resumed: None,
            takes_state: true,
            has_history: false,
            is_full: Shared::default(),
            has_last_word: false,
        }
    }

    /// Runs over these events.
    pub(crate) fn run(
        self,
        events: Vec<Event>,
        act: impl FnMut(&HandlerEvent<'_>, &mut Context, &mut Known) -> Result<()> + 'static,
    ) -> Left {
        let feed = Told { events: events.into_iter(), has_history: self.has_history };
        let broker = Silent { has_last_word: self.has_last_word, sent: Shared::default(), orders: Shared::default() };
        self.run_with(feed, broker, usize::MAX, act)
    }

    pub(crate) fn run_with(
        self,
        feed: impl Feed,
        broker: Silent,
        room: usize,
        act: impl FnMut(&HandlerEvent<'_>, &mut Context, &mut Known) -> Result<()> + 'static,
    ) -> Left {
        let (instruments, [main, _]): (Instruments, _) = Trial::instruments();
        let (told, known) = (Shared::<Vec<String>>::default(), Shared::<Known>::default());
        let (entries, sent) = (Shared::default(), Rc::clone(&broker.sent));
        let program = Counting {
            wants: self.wants,
            told: Rc::clone(&told),
            known: Rc::clone(&known),
            offered: None,
            takes: self.takes_state,
            took: false,
            act,
        };
        let setup =
            Setup { config: self.config, instruments, main, taker_fee: Decimal::ZERO, run: self.run, log: ExpertLog::silent() };
        let diary = Diary { entries: Rc::clone(&entries), room, is_full: self.is_full };
        let clock = SimulatedClock::default();
        let mut engine = Engine::new(Box::new(program), setup, Timeframe::M1, feed, broker, clock, diary).unwrap();
        if let Some(resumed) = self.resumed {
            engine.resume(resumed);
        }
        let ended = engine.run();
        drop(engine);
        Left { ended, told: told.take(), known: known.take(), sent: sent.take(), entries: entries.take() }
    }
}

/// An order of these runs, by its number.
pub(crate) fn id(run: u32, sequence: u64) -> ClientOrderId {
    ClientOrderId { strategy: 0, run, sequence }
}

/// An execution at 100 of the long leg, without costs.
pub(crate) fn trade(number: u64, order: Option<ClientOrderId>, side: Side, quantity: Decimal, when: i64) -> Trade {
    let (_, [main, _]) = Trial::instruments();
    let of = instrument("BTCUSDT");
    Trade {
        id: TradeId::from(number),
        time: at(when),
        instrument: main,
        symbol: of.symbol,
        order,
        side,
        position_side: PositionSide::Long,
        price: Price::new(dec!(100)).unwrap(),
        quantity: Quantity::new(quantity).unwrap(),
        fee: Money::new(Decimal::ZERO, of.settlement),
        liquidity: Liquidity::Taker,
        reason: Reason::Signal,
    }
}

/// An order of an earlier run for one unit that opens the long leg, or closes it.
pub(crate) fn order(id: ClientOrderId, side: Side, kind: metaexpert_core::OrderKind) -> NewOrder {
    let (_, [main, _]) = Trial::instruments();
    let leg = PositionSide::Long;
    NewOrder {
        id,
        instrument: main,
        side,
        kind,
        time_in_force: metaexpert_core::TimeInForce::default(),
        effect: if side == Side::Buy { Effect::Open(leg) } else { Effect::Close(leg) },
        quantity: Quantity::new(dec!(1)).unwrap(),
        fitting: metaexpert_core::Fitting::Exact,
        leverage: 1,
        protection: metaexpert_core::Protection::default(),
        self_trade: metaexpert_core::SelfTrade::ExpireMaker,
        link: None,
        time: at(0),
        reason: Reason::Signal,
    }
}

/// A long leg of these many units, entered at 100.
pub(crate) fn leg(quantity: Decimal) -> Leg {
    Leg { quantity, cost: quantity * dec!(100), leverage: 1, opened: at(0), entries: 1 }
}
