//! A run of a scripted expert on a walk of prices, against an exchange that is a simulated venue: with its own guards, or without
//! them. An exchange without guards knows nothing of the protection that entries carry; it has stop orders, and it can be told to be
//! late, to refuse, and to lose an answer.

use std::{cell::RefCell, collections::VecDeque, rc::Rc};

use metaexpert_core::{
    Amendment, ClientOrderId, Context, Currency, Instrument, InstrumentId, InstrumentKind, InstrumentRules, Instruments, Money,
    NewOrder, Percent, PositionSide, Protection, Reason, Rejection, Request, Result, Summary, Symbol, Tick, Timeframe, Trade,
    UnixNanos,
    broker::{Answer, Broker, Guards, Market, Offers},
    clock::SimulatedClock,
    config::{Config, FillModel, LimitFill, MarginMode, PositionMode, SizeType},
    context::Setup,
    engine::{Engine, Resumed, Standing},
    expert::{Failure, HandlerEvent, Program, TickWant, Wants},
    feed::{Event, Feed},
    journal::{Journal, Journaled, Record},
    log::ExpertLog,
    portfolio::Leg,
};
use metaexpert_matching::{AccountSetup, Fees, Venue, VenueSetup};
use rust_decimal::{Decimal, dec};

/// What the expert does at a step of the walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Buy,
    Sell,
    CloseLong,
    CloseShort,
    /// Rests a sell of half a coin far above.
    SellAbove,
}

/// What becomes of an order that guards a leg, in the order sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Fine,
    /// It reaches the exchange with the next price.
    Late,
    Refused(Rejection),
    /// Nobody knows for a step; then it turns out that it stands.
    Unknown,
    /// Nobody knows for a step; then it turns out that it never arrived.
    Lost,
    /// Somebody cancels it a step later.
    Withdrawn,
}

/// A walk: a price for each second, and what the expert does there.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub prices: Vec<i64>,
    pub acts: Vec<(usize, Act)>,
    pub config: Config,
    pub fates: Vec<Fate>,
    pub offers: Offers,
}

impl Script {
    /// Prices in ticks of 0.1.
    pub(crate) fn new(prices: &[i64], acts: &[(usize, Act)], config: Config) -> Self {
        Self { prices: prices.to_vec(), acts: acts.to_vec(), config, fates: Vec::new(), offers: Offers::ALL }
    }
}

/// Percentages as keys; `None` is off.
pub(crate) fn config(
    stop: Option<Decimal>,
    take: Option<Decimal>,
    trail: [Option<Decimal>; 2],
    breakeven: Option<Decimal>,
) -> Config {
    let percent = |value: Option<Decimal>| value.map(Percent::new);
    let [trailing, activation] = trail.map(percent);
    Config {
        timeframe: Timeframe::M1,
        size_type: Some(SizeType::FixedBase),
        size_value: Some(dec!(1)),
        position_mode: PositionMode::Hedge,
        stop_loss_pct: percent(stop),
        take_profit_pct: percent(take),
        trailing_stop_pct: trailing,
        trailing_activation_pct: activation.filter(|_| trail[0].is_some()),
        breakeven_pct: percent(breakeven),
        initial_capital: dec!(1000000),
        ..Config::default()
    }
}

fn instruments() -> (Instruments, InstrumentId) {
    let mut instruments = Instruments::default();
    let (base, quote) = (Currency::new("BTC"), Currency::new("USDT"));
    let id = instruments.add(Instrument {
        symbol: Symbol::new("BTCUSDT").unwrap(),
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
    });
    (instruments, id)
}

/// An execution, as the expert was told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub second: i64,
    pub leg: PositionSide,
    pub opens: bool,
    pub price: Decimal,
    pub quantity: Decimal,
    pub reason: Reason,
    pub has_order: bool,
}

/// What a run has left, and what it told.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub told: Vec<Told>,
    /// `on_order` and `on_transaction`, and orders that the context shows.
    pub orders: Vec<String>,
    pub errors: Vec<String>,
    /// Orders that were sent, by reason and quantity.
    pub sent: Vec<(i64, Reason, Decimal)>,
}

struct Expert {
    wants: Wants,
    acts: Vec<(usize, Act)>,
    seen: Rc<RefCell<Seen>>,
}

impl Program for Expert {
    fn wants(&self) -> &Wants {
        &self.wants
    }

    fn call(&mut self, event: HandlerEvent<'_>, context: &mut Context) -> Result<(), Failure> {
        let mut seen = self.seen.borrow_mut();
        match event {
            HandlerEvent::Trade(trade) => seen.told.push(Told {
                second: seconds(trade.time),
                leg: trade.position_side,
                opens: trade.opens(),
                price: trade.price.get(),
                quantity: trade.quantity.get().normalize(),
                reason: trade.reason,
                has_order: trade.order.is_some(),
            }),
            HandlerEvent::Order(order) => seen.orders.push(format!("{} {}", order.kind, order.status)),
            HandlerEvent::Transaction(..) => seen.orders.push("transaction".to_owned()),
            HandlerEvent::Error(error) => seen.errors.push(error.to_string()),
            HandlerEvent::Tick { .. } => {
                let standing = context.orders().filter(|order| order.kind.is_conditional()).count();
                if standing > 0 {
                    seen.orders.push(format!("{standing} stand"));
                }
                let step = usize::try_from(seconds(context.now())).unwrap();
                for (_, act) in self.acts.iter().filter(|(at, _)| *at == step) {
                    // A filter may refuse an entry; that is told in `on_error`.
                    let _ = match act {
                        Act::Buy => context.buy().send().map(Some),
                        Act::Sell => context.sell().send().map(Some),
                        Act::CloseLong => context.close_long(),
                        Act::CloseShort => context.close_short(),
                        Act::SellAbove => context.sell().quantity(dec!(0.5)).limit(dec!(200)).reduce_only().send().map(Some),
                    };
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn criterion(&mut self, _: &Summary, _: &mut Context) -> Result<Option<f64>, Failure> {
        Ok(None)
    }
}

fn seconds(time: UnixNanos) -> i64 {
    time.as_nanos() / 1_000_000_000
}

/// A simulated venue in the place of an exchange.
pub(crate) struct Exchange {
    venue: Venue,
    guards: Guards,
    offers: Offers,
    fates: VecDeque<Fate>,
    /// What happens with the next price, before it.
    later: Vec<Later>,
    now: UnixNanos,
    seen: Rc<RefCell<Seen>>,
}

enum Later {
    Place(NewOrder),
    Tell(Answer),
    Cancel(ClientOrderId),
}

const fn is_guard(order: &NewOrder) -> bool {
    matches!(order.reason, Reason::StopLoss | Reason::TakeProfit | Reason::TrailingStop | Reason::Breakeven)
}

#[derive(Clone)]
pub(crate) struct Shared(pub Rc<RefCell<Exchange>>);

impl Broker for Shared {
    fn submit(&mut self, order: Journaled<NewOrder>, answers: &mut Vec<Answer>) -> Result<()> {
        self.0.borrow_mut().submit(order.into_inner(), answers);
        Ok(())
    }

    fn amend(&mut self, _: Journaled<Amendment>, _: &mut Vec<Answer>) -> Result<()> {
        Ok(())
    }

    fn cancel(&mut self, order: ClientOrderId, answers: &mut Vec<Answer>) -> Result<()> {
        let exchange = &mut *self.0.borrow_mut();
        exchange.venue.request(Request::Cancel(order), exchange.now, answers);
        Ok(())
    }

    fn guards(&self) -> Guards {
        self.0.borrow().guards
    }

    fn offers(&self) -> Offers {
        self.0.borrow().offers
    }

    fn observe(&mut self, market: Market<'_>, answers: &mut Vec<Answer>) {
        self.0.borrow_mut().observe(market, answers);
    }

    fn end(&mut self, _: &mut Vec<Answer>) {}
}

impl Exchange {
    fn submit(&mut self, order: NewOrder, answers: &mut Vec<Answer>) {
        self.seen.borrow_mut().sent.push((seconds(order.time), order.reason, order.quantity.get().normalize()));
        if self.guards == Guards::Venue {
            return self.place(order, answers);
        }
        let fate = if is_guard(&order) { self.fates.pop_front().unwrap_or(Fate::Fine) } else { Fate::Fine };
        let order = NewOrder { protection: Protection::default(), ..order };
        let id = order.id;
        match fate {
            Fate::Fine => self.place(order, answers),
            Fate::Late => self.later.push(Later::Place(order)),
            Fate::Refused(rejection) => answers.push(Answer::Rejected(id, rejection)),
            Fate::Unknown => {
                answers.push(Answer::Unknown(id));
                let mut unheard = Vec::new();
                self.place(order, &mut unheard);
                self.later.extend(unheard.into_iter().map(Later::Tell));
            }
            Fate::Lost => {
                answers.push(Answer::Unknown(id));
                self.later.push(Later::Tell(Answer::Rejected(id, Rejection::NotSent)));
            }
            Fate::Withdrawn => {
                self.place(order, answers);
                self.later.push(Later::Cancel(id));
            }
        }
    }

    fn place(&mut self, order: NewOrder, answers: &mut Vec<Answer>) {
        let time = order.time;
        self.venue.request(Request::Place(order), time, answers);
    }

    fn observe(&mut self, market: Market<'_>, answers: &mut Vec<Answer>) {
        if let Market::Tick(_, tick) = market {
            self.now = tick.time;
        }
        for later in std::mem::take(&mut self.later) {
            match later {
                Later::Place(order) => self.place(order, answers),
                Later::Tell(answer) => answers.push(answer),
                Later::Cancel(id) => self.venue.request(Request::Cancel(id), self.now, answers),
            }
        }
        self.venue.observe(market, answers);
    }

    /// What a leg holds at the exchange.
    pub(crate) fn held(&self, leg: PositionSide) -> Decimal {
        self.venue.account().leg(instruments().1, leg).map_or(Decimal::ZERO, |leg| leg.quantity)
    }

    pub(crate) fn standing(&self) -> usize {
        self.venue.standing()
    }
}

/// Keeps what the next run has to know.
#[derive(Default)]
pub(crate) struct Kept {
    orders: Vec<Standing>,
    legs: Vec<(InstrumentId, PositionSide, Leg)>,
    guards: Vec<(InstrumentId, PositionSide, String)>,
    balances: Vec<Money>,
}

impl Kept {
    fn end(&mut self, id: ClientOrderId) {
        self.orders.retain(|standing| standing.order.id != id);
    }
}

#[derive(Clone, Default)]
pub(crate) struct Book(pub Rc<RefCell<Kept>>);

impl Journal for Book {
    fn append(&mut self, order: &NewOrder) -> Result<()> {
        let standing = Standing {
            order: order.clone(),
            filled: Decimal::ZERO,
            status: metaexpert_core::OrderStatus::Submitted,
            since: order.time,
        };
        self.0.borrow_mut().orders.push(standing);
        Ok(())
    }

    fn amend(&mut self, _: &Amendment) -> Result<()> {
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) -> Result<()> {
        let kept = &mut *self.0.borrow_mut();
        match record {
            Record::Rejected(id, _) | Record::Cancelled(id, _) => kept.end(id),
            Record::Accepted(id) => {
                for standing in kept.orders.iter_mut().filter(|standing| standing.order.id == id) {
                    standing.status = metaexpert_core::OrderStatus::Accepted;
                }
            }
            Record::Trade(Trade { order: Some(id), .. }) => kept.end(*id),
            Record::Leg(instrument, side, leg) => {
                kept.legs.retain(|(of, which, _)| (*of, *which) != (instrument, side));
                kept.legs.extend(leg.map(|leg| (instrument, side, leg.clone())));
            }
            Record::Guard(instrument, side, text) => {
                kept.guards.retain(|(of, which, _)| (*of, *which) != (instrument, side));
                kept.guards.extend(text.map(|text| (instrument, side, text.to_owned())));
            }
            Record::Balance(money) => {
                kept.balances.retain(|other| other.currency != money.currency);
                kept.balances.push(money.clone());
            }
            _ => {}
        }
        Ok(())
    }
}

struct Walk(VecDeque<Event>);

impl Feed for Walk {
    fn next(&mut self) -> Result<Option<Event>> {
        Ok(self.0.pop_front())
    }
}

/// A run, or several of them one after the other.
pub(crate) struct Stage {
    pub exchange: Rc<RefCell<Exchange>>,
    pub book: Book,
    pub seen: Rc<RefCell<Seen>>,
    script: Script,
    runs: u32,
}

impl Stage {
    pub(crate) fn new(script: &Script, guards: Guards) -> Self {
        let (instruments, _) = instruments();
        let config = &script.config;
        let venue = Venue::new(VenueSetup {
            account: AccountSetup {
                instruments,
                capital: Money::new(config.initial_capital, Currency::new("USDT")),
                wallets: Vec::new(),
                margin_mode: MarginMode::Isolated,
                position_mode: config.position_mode,
                fees: Fees::flat(dec!(0), dec!(0)),
                lending: None,
            },
            slippage: dec!(0),
            fill_model: FillModel::Ticks,
            limit_fill: LimitFill::Touch,
            timeframe: Timeframe::M1,
        })
        .unwrap();
        let seen = Rc::<RefCell<Seen>>::default();
        let exchange = Exchange {
            venue,
            guards,
            offers: script.offers,
            fates: script.fates.clone().into(),
            later: Vec::new(),
            now: UnixNanos::MIN,
            seen: Rc::clone(&seen),
        };
        Self { exchange: Rc::new(RefCell::new(exchange)), book: Book::default(), seen, script: script.clone(), runs: 0 }
    }

    /// The whole walk by one program.
    pub(crate) fn play(script: &Script, guards: Guards) -> Self {
        let mut stage = Self::new(script, guards);
        stage.run(0..script.prices.len());
        stage
    }

    /// A program that lives for these steps of the walk, and goes on from the one before. It does not end; it is gone.
    pub(crate) fn run(&mut self, steps: std::ops::Range<usize>) {
        let (instruments, main) = instruments();
        let tick = |step: usize| {
            let price = metaexpert_core::rounding::float_of(Decimal::new(self.script.prices[step], 1));
            let time = UnixNanos::from_seconds(i64::try_from(step).unwrap()).unwrap();
            Event::Tick(main, Tick { time, bid: price, bid_quantity: 9.0, ask: price, ask_quantity: 9.0, last: Some(price) })
        };
        let feed = Walk(steps.map(tick).collect());
        let program = Expert {
            wants: Wants {
                ticks: vec![TickWant { symbol: None }],
                orders: true,
                transactions: true,
                trades: true,
                errors: true,
                ..Wants::default()
            },
            acts: self.script.acts.clone(),
            seen: Rc::clone(&self.seen),
        };
        self.runs += 1;
        let setup = Setup {
            config: self.script.config.clone(),
            instruments,
            main,
            taker_fee: Decimal::ZERO,
            run: self.runs,
            log: ExpertLog::silent(),
        };
        let broker = Shared(Rc::clone(&self.exchange));
        let mut engine =
            Engine::new(Box::new(program), setup, None, feed, broker, SimulatedClock::default(), self.book.clone()).unwrap();
        if self.runs > 1 {
            let kept = self.book.0.borrow();
            let resumed = Resumed {
                balances: kept.balances.clone(),
                legs: kept.legs.clone(),
                orders: kept.orders.clone(),
                guards: kept.guards.clone(),
                state: None,
            };
            drop(kept);
            engine.resume(resumed);
        }
        engine.run().unwrap();
    }

    /// Executions that have closed something.
    pub(crate) fn exits(&self) -> Vec<Told> {
        self.seen.borrow().told.iter().filter(|told| !told.opens).cloned().collect()
    }

    pub(crate) fn cancelled_and_open(&self) -> (Decimal, usize) {
        let exchange = self.exchange.borrow();
        (exchange.held(PositionSide::Long) + exchange.held(PositionSide::Short), exchange.standing())
    }
}
