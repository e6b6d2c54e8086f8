//! A venue that is driven by a script.
//!
//! A script is a line a step. Settings first: `tick`, `lot`, `min`, `capital`, `taker`, `maker`, `slippage` (percent),
//! `leverage`, `model open`, `through`, `spot`. Then what the market does, and between that what is asked of the venue.
//!
//! | market | |
//! |---|---|
//! | `bar OPEN HIGH LOW CLOSE` | a bar of a minute |
//! | `quote BID QTY ASK QTY [LAST]`, `print buy\|sell PRICE QTY` | of a second each, as all below; the side is the taker's |
//! | `cross`, `inverse` | margin mode, contract type |
//! | `book bid\|ask PRICE QTY [bid\|ask PRICE QTY]..` | a message of an order book |
//! | `mark PRICE`, `index PRICE`, `time` | |
//!
//! Orders are `buy|sell QTY`, or `net buy|sell QTY` (one-way), with any of: `@ PRICE` (limit), `stop PRICE`, `take PRICE` (both may
//! be followed by `@ PRICE`), `follow PCT%|DISTANCE`, `from PRICE` (its activation), `by mark|index`; `ioc`, `fok`, `post`,
//! `until SECOND`; `reduce`, `whole` (close-position); `all` (as much as can be paid), `spend QUOTE`; `link NUMBER`;
//! `self allow|taker|maker|both`; and `sl|tp|trail|after|be PCT`, `sl=PRICE`, `tp=PRICE`. `close long|short` is a market order for
//! the whole leg. Orders are numbered from 1: `cancel N`, `amend N [qty QTY] [@ PRICE] [trigger PRICE]`.

use std::{collections::BTreeMap, fmt::Write as _};

use expect_test::Expect;
use metaexpert_core::{
    Amendment, Bar, Book, Cancellation, ClientOrderId, Currency, Distance, Effect, Fitting, Instrument, InstrumentBar,
    InstrumentId, InstrumentKind, InstrumentRules, Instruments, LevelChange, Link, Money, NewOrder, Offset, OrderKind, Payoff,
    Percent, PositionSide, Price, Protection, PublicTrade, Quantity, Reason, SelfTrade, Side, Symbol, Tick, TimeInForce,
    Timeframe, Trigger, TriggerBy, UnixNanos,
    book::ticks_of,
    broker::{Answer, Broker, Market},
    config::{Config, FillModel, LimitFill, MarginMode, PositionMode},
    journal::{Journal, Journaled, Record},
    portfolio::Portfolio,
    risk::{RiskGate, View},
};
use metaexpert_matching::{AccountSetup, FeeTier, Fees, LatencyModel, NoLatency, RiskAverse, Venue, VenueSetup};
use rust_decimal::{Decimal, dec};

/// Keeps nothing.
struct NoJournal;

impl Journal for NoJournal {
    fn append(&mut self, _: &NewOrder) -> metaexpert_core::Result<()> {
        Ok(())
    }

    fn amend(&mut self, _: &Amendment) -> metaexpert_core::Result<()> {
        Ok(())
    }

    fn record(&mut self, _: Record<'_>) -> metaexpert_core::Result<()> {
        Ok(())
    }
}

/// A venue and what it has said. The only lines that know its API.
pub(crate) struct Rehearsal<L: LatencyModel = NoLatency> {
    pub setup: VenueSetup,
    pub instrument: InstrumentId,
    leverage: u32,
    latency: Option<L>,
    venue: Option<Venue<RiskAverse, L>>,
    pub sent: BTreeMap<u64, NewOrder>,
    /// In seconds.
    clock: i64,
    by_seconds: bool,
    book: Option<Book>,
    pub answers: Vec<Answer>,
    pub told: String,
    /// What the venue called its executions.
    pub executions: Vec<String>,
}

impl Rehearsal {
    pub(crate) fn new() -> Self {
        Self::with_latency(NoLatency)
    }
}

impl<L: LatencyModel> Rehearsal<L> {
    pub(crate) fn with_latency(latency: L) -> Self {
        let mut instruments = Instruments::default();
        let (base, quote) = (Currency::new("BTC"), Currency::new("USDT"));
        let instrument = instruments.add(Instrument {
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
                maintenance_margin: Percent::new(dec!(0.5)),
            },
            brackets: std::sync::Arc::default(),
        });
        let setup = VenueSetup {
            account: AccountSetup {
                instruments,
                capital: Money::new(dec!(1000), Currency::new("USDT")),
                wallets: Vec::new(),
                margin_mode: MarginMode::Isolated,
                position_mode: PositionMode::Hedge,
                fees: Fees::flat(dec!(0), dec!(0)),
                lending: None,
            },
            slippage: dec!(0),
            fill_model: FillModel::Ohlc,
            limit_fill: LimitFill::Touch,
            timeframe: Timeframe::M1,
        };
        Self {
            setup,
            instrument,
            leverage: 1,
            latency: Some(latency),
            venue: None,
            sent: BTreeMap::new(),
            clock: 0,
            by_seconds: false,
            book: None,
            answers: Vec::new(),
            told: String::new(),
            executions: Vec::new(),
        }
    }

    fn now(&self) -> UnixNanos {
        UnixNanos::from_seconds(self.clock).unwrap()
    }

    fn rules(&mut self) -> Instrument {
        self.setup.account.instruments.get(self.instrument).clone()
    }

    fn fees(&mut self) -> &mut FeeTier {
        &mut self.setup.account.fees.tiers[0]
    }

    fn change_rules(&mut self, change: impl FnOnce(&mut InstrumentRules)) {
        self.change(|instrument| change(&mut instrument.rules));
    }

    fn change(&mut self, change: impl FnOnce(&mut Instrument)) {
        let mut instrument = self.rules();
        change(&mut instrument);
        self.setup.account.instruments = Instruments::default();
        self.setup.account.instruments.add(instrument);
    }

    /// Plays a line and writes down what came of it.
    pub(crate) fn play(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |place: usize| words[place].parse::<Decimal>().unwrap();
        let percent = |place: usize| Percent::new(number(place)).fraction();
        match words[0] {
            "tick" => self.change_rules(|rules| rules.tick_size = number(1)),
            "lot" => self.change_rules(|rules| rules.lot_size = number(1)),
            "min" => self.change_rules(|rules| rules.min_notional = number(1)),
            "capital" => self.setup.account.capital.amount = number(1),
            "taker" => self.fees().taker = percent(1),
            "maker" => self.fees().maker = percent(1),
            "slippage" => self.setup.slippage = percent(1),
            "leverage" => self.leverage = words[1].parse().unwrap(),
            "model" => self.setup.fill_model = FillModel::Open,
            "through" => self.setup.limit_fill = LimitFill::Through,
            "spot" => self.change(|instrument| instrument.kind = InstrumentKind::Spot),
            "cross" => self.setup.account.margin_mode = MarginMode::Cross,
            "inverse" => {
                self.change(|instrument| {
                    instrument.kind = InstrumentKind::Perpetual(Payoff::Inverse);
                    instrument.settlement = instrument.base.clone();
                });
                self.setup.account.capital.currency = Currency::new("BTC");
            }
            "bar" | "quote" | "print" | "book" | "mark" | "index" | "time" => self.market(&words),
            "close" => self.close(words[1]),
            "cancel" => self.cancel(words[1].parse().unwrap()),
            "amend" => self.amend(words[1].parse().unwrap(), &words[2..]),
            "net" => self.order(&words[1..], |_| Effect::Net),
            _ => self.order(&words, |side| Effect::Open(side.opened_leg())),
        }
        self.tell();
    }

    pub(crate) fn begun(&mut self) -> &mut Venue<RiskAverse, L> {
        let (setup, latency) = (&self.setup, &mut self.latency);
        self.venue.get_or_insert_with(|| Venue::with_models(setup.clone(), RiskAverse, latency.take().unwrap()).unwrap())
    }

    pub(crate) fn end(&mut self) {
        let mut answers = Vec::new();
        self.begun().end(&mut answers);
        self.answers = answers;
        self.tell();
    }

    fn market(&mut self, words: &[&str]) {
        let float = |place: usize| words[place].parse::<f64>().unwrap();
        let (time, id) = (self.now(), self.instrument);
        let mut answers = Vec::new();
        self.by_seconds |= words[0] != "bar";
        self.clock += if words[0] == "bar" { 60 } else { 1 };
        match words[0] {
            "bar" => {
                let bar = Bar { time, open: float(1), high: float(2), low: float(3), close: float(4), volume: 1.0 };
                self.begun().observe(Market::Bars(&[InstrumentBar { instrument: id, bar }]), &mut answers);
            }
            "quote" => {
                let last = words.get(5).map(|last| last.parse().unwrap());
                let tick = Tick { time, bid: float(1), bid_quantity: float(2), ask: float(3), ask_quantity: float(4), last };
                self.begun().observe(Market::Tick(id, &tick), &mut answers);
            }
            "print" => {
                let print = PublicTrade { time, price: float(2), quantity: float(3), buyer_is_taker: words[1] == "buy" };
                self.begun().observe(Market::PublicTrade(id, &print), &mut answers);
            }
            "book" => self.message(time, &words[1..], &mut answers),
            "mark" => self.begun().observe(Market::Mark(id, time, words[1].parse().unwrap()), &mut answers),
            "index" => self.begun().observe(Market::Index(id, time, words[1].parse().unwrap()), &mut answers),
            _ => self.begun().observe(Market::Time(time), &mut answers),
        }
        self.answers = answers;
    }

    fn message(&mut self, time: UnixNanos, levels: &[&str], answers: &mut Vec<Answer>) {
        let (tick, id) = (self.rules().rules.tick_size, self.instrument);
        let mut book = self.book.take().unwrap_or_else(|| Book::new(tick));
        for (place, level) in levels.chunks(3).enumerate() {
            let side = if level[0] == "bid" { Side::Buy } else { Side::Sell };
            let ticks = ticks_of(level[1].parse().unwrap(), tick).unwrap();
            let ends = (place + 1) * 3 == levels.len();
            let change = LevelChange { time, side, ticks, quantity: level[2].parse().unwrap(), clears: false, ends };
            book.apply(&change);
            self.begun().observe(Market::Book(id, &book, &change), answers);
        }
        self.book = Some(book);
    }

    fn close(&mut self, leg: &str) {
        let leg = if leg == "long" { PositionSide::Long } else { PositionSide::Short };
        let instrument = self.instrument;
        let held = self.begun().account().leg(instrument, leg).map_or(dec!(1), |leg| leg.quantity);
        let order = self.plain(leg.closing_side(), Effect::Close(leg), held);
        self.submit(order);
    }

    fn cancel(&mut self, number: u64) {
        let mut answers = Vec::new();
        self.begun().cancel(id(number), &mut answers).unwrap();
        self.answers = answers;
    }

    /// A market order.
    pub(crate) fn plain(&mut self, side: Side, effect: Effect, quantity: Decimal) -> NewOrder {
        NewOrder {
            id: id(u64::try_from(self.sent.len()).unwrap() + 1),
            instrument: self.instrument,
            side,
            kind: OrderKind::Market,
            time_in_force: TimeInForce::default(),
            self_trade: SelfTrade::ExpireMaker,
            link: None,
            effect,
            quantity: Quantity::new(quantity).unwrap(),
            fitting: Fitting::Exact,
            leverage: self.leverage,
            protection: Protection::default(),
            time: self.now(),
            reason: Reason::Signal,
        }
    }

    fn order(&mut self, words: &[&str], effect: impl Fn(Side) -> Effect) {
        let order = self.said(words, effect);
        self.submit(order);
    }

    /// An order in words, ready to be sent to any venue.
    pub(crate) fn made(&mut self, line: &str) -> Journaled<NewOrder> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let order = self.said(&words, |side| Effect::Open(side.opened_leg()));
        self.approved(order)
    }

    fn said(&mut self, words: &[&str], effect: impl Fn(Side) -> Effect) -> NewOrder {
        let side = if words[0] == "buy" { Side::Buy } else { Side::Sell };
        let mut order = self.plain(side, effect(side), words[1].parse().unwrap());
        let mut said = Said::default();
        let mut rest = words[2..].iter();
        while let Some(word) = rest.next() {
            let mut next = || *rest.next().unwrap();
            match *word {
                "@" => said.limit = Some(price(next())),
                "stop" => said.stop = Some(price(next())),
                "take" => said.take = Some(price(next())),
                "follow" => said.follow = Some(distance(next())),
                "from" => said.from = Some(price(next())),
                "by" => said.by = Some(if next() == "mark" { TriggerBy::Mark } else { TriggerBy::Index }),
                "ioc" => order.time_in_force = TimeInForce::ImmediateOrCancel,
                "fok" => order.time_in_force = TimeInForce::FillOrKill,
                "post" => order.time_in_force = TimeInForce::PostOnly,
                "until" => {
                    let second = next().parse().unwrap();
                    order.time_in_force = TimeInForce::GoodTillDate(UnixNanos::from_seconds(second).unwrap());
                }
                "reduce" => order.effect = Effect::Close(side.opposite().opened_leg()),
                "whole" => order.effect = Effect::CloseAll(side.opposite().opened_leg()),
                "all" => order.fitting = Fitting::CutToFunds,
                "spend" => order.fitting = Fitting::Spend(next().parse().unwrap()),
                "link" => order.link = Some(Link(next().parse().unwrap())),
                "self" => order.self_trade = self_trade(next()),
                word => protect(&mut order.protection, word, next),
            }
        }
        order.kind = said.kind();
        order
    }

    /// Orders reach a venue only through a gate; this one has no limits and an account that can pay for everything.
    fn approved(&mut self, order: NewOrder) -> Journaled<NewOrder> {
        let order_id = order.id;
        let closing = matches!(order.effect, Effect::Close(_) | Effect::CloseAll(_));
        let closing = if closing { order.quantity.get() } else { dec!(0) };
        let (instrument, rich) = (self.ruleless(), Portfolio::new(dec!(1_000_000_000), 1));
        let view = self.view(&instrument, &rich, closing);
        self.sent.insert(order_id.sequence, order.clone());
        RiskGate::new(Config { leverage: 125, ..Config::default() }, dec!(0))
            .check(order, &view)
            .unwrap()
            .journal(&mut NoJournal)
            .unwrap()
    }

    pub(crate) fn submit(&mut self, order: NewOrder) {
        let order = self.approved(order);
        let mut answers = Vec::new();
        self.begun().submit(order, &mut answers).unwrap();
        self.answers = answers;
    }

    fn amend(&mut self, number: u64, words: &[&str]) {
        let mut amendment = Amendment { id: id(number), quantity: None, price: None, trigger: None };
        for said in words.chunks(2) {
            match said[0] {
                "qty" => amendment.quantity = Quantity::new(said[1].parse().unwrap()),
                "@" => amendment.price = Some(price(said[1])),
                _ => amendment.trigger = Some(price(said[1])),
            }
        }
        self.send_amendment(amendment);
    }

    pub(crate) fn send_amendment(&mut self, amendment: Amendment) {
        let some = self.plain(Side::Buy, Effect::Net, dec!(1));
        let (instrument, rich) = (self.ruleless(), Portfolio::new(dec!(1_000_000_000), 1));
        let view = self.view(&instrument, &rich, dec!(1));
        let gate = RiskGate::new(Config { leverage: 125, ..Config::default() }, dec!(0));
        let amendment = gate.check_amendment(amendment, &some, &some, &view).unwrap().journal(&mut NoJournal).unwrap();
        let mut answers = Vec::new();
        self.begun().amend(amendment, &mut answers).unwrap();
        self.answers = answers;
    }

    fn ruleless(&mut self) -> Instrument {
        let mut instrument = self.rules();
        instrument.rules.min_notional = dec!(0);
        instrument
    }

    fn view<'a>(&self, instrument: &'a Instrument, expected: &'a Portfolio, closing: Decimal) -> View<'a> {
        let price = Price::new(dec!(100)).unwrap();
        View { now: self.now(), instrument, expected, price, volume: 1.0, warmup: 0, closing }
    }

    fn tell(&mut self) {
        let answers = std::mem::take(&mut self.answers);
        for answer in &answers {
            let told = self.words_for(answer);
            self.told.push_str(&told);
        }
        self.answers = answers;
    }

    fn words_for(&mut self, answer: &Answer) -> String {
        match answer {
            Answer::Trade { trade, remaining } => {
                self.executions.push(trade.id.to_string());
                let unit = if self.by_seconds { 1 } else { 60 };
                let time = trade.time.as_nanos() / (unit * 1_000_000_000);
                let fee = trade.fee.amount.normalize();
                let left = if remaining.is_zero() { String::new() } else { format!(" left {}", remaining.normalize()) };
                format!(
                    "{time}: {} {} {} @ {} {} {} fee {fee}{left}\n",
                    trade.side, trade.position_side, trade.quantity, trade.price, trade.liquidity, trade.reason
                )
            }
            Answer::Rejected(_, why) => format!("rejected: {why}\n"),
            Answer::Triggered(id) => format!("#{} triggered\n", id.sequence),
            Answer::Amended(id, quantity) => format!("#{} is for {quantity}\n", id.sequence),
            Answer::AmendRejected(amendment, why) => format!("#{} not amended: {why}\n", amendment.id.sequence),
            Answer::Cancelled(id, Cancellation::Requested) => format!("#{} cancelled\n", id.sequence),
            Answer::Cancelled(id, why) => format!("#{} cancelled: {why}\n", id.sequence),
            Answer::CancelRejected(id, why) => format!("#{} not cancelled: {why}\n", id.sequence),
            Answer::Accepted(_) | Answer::Unknown(_) | Answer::Funding(_) | Answer::Charged(_) => String::new(),
        }
    }
}

/// What a line says of an order's kind.
#[derive(Default)]
struct Said {
    limit: Option<Price>,
    stop: Option<Price>,
    take: Option<Price>,
    follow: Option<Distance>,
    from: Option<Price>,
    by: Option<TriggerBy>,
}

impl Said {
    fn kind(self) -> OrderKind {
        let by = self.by.unwrap_or(TriggerBy::Last);
        let trigger = |price| Trigger { price, by };
        match self {
            Self { follow: Some(distance), from, .. } => OrderKind::TrailingStop { distance, activation: from, by },
            Self { stop: Some(at), limit: Some(price), .. } => OrderKind::StopLimit { trigger: trigger(at), price },
            Self { stop: Some(at), .. } => OrderKind::StopMarket { trigger: trigger(at) },
            Self { take: Some(at), limit: Some(price), .. } => OrderKind::TakeProfitLimit { trigger: trigger(at), price },
            Self { take: Some(at), .. } => OrderKind::TakeProfitMarket { trigger: trigger(at) },
            Self { limit: Some(price), .. } => OrderKind::Limit { price },
            Self { .. } => OrderKind::Market,
        }
    }
}

pub(crate) fn id(sequence: u64) -> ClientOrderId {
    ClientOrderId { strategy: 1, run: 1, sequence }
}

fn price(word: &str) -> Price {
    Price::new(word.parse().unwrap()).unwrap()
}

fn distance(word: &str) -> Distance {
    match word.strip_suffix('%') {
        Some(percent) => Distance::Percent(Percent::new(percent.parse().unwrap())),
        None => Distance::Absolute(price(word)),
    }
}

fn self_trade(word: &str) -> SelfTrade {
    match word {
        "allow" => SelfTrade::Allow,
        "taker" => SelfTrade::ExpireTaker,
        "both" => SelfTrade::ExpireBoth,
        _ => SelfTrade::ExpireMaker,
    }
}

fn protect<'a>(protection: &mut Protection, word: &str, mut next: impl FnMut() -> &'a str) {
    if let Some((name, at)) = word.split_once('=') {
        let at = Some(Offset::Price(price(at)));
        *(if name == "sl" { &mut protection.stop_loss } else { &mut protection.take_profit }) = at;
        return;
    }
    let percent = Some(Percent::new(next().parse().unwrap()));
    match word {
        "sl" => protection.stop_loss = percent.map(Offset::Percent),
        "tp" => protection.take_profit = percent.map(Offset::Percent),
        "trail" => protection.trailing_stop = percent,
        "after" => protection.trailing_activation = percent,
        "be" => protection.breakeven = percent,
        other => panic!("no such word: {other}"),
    }
}

/// Plays a script to the end of the data.
pub(crate) fn played(script: &str) -> Rehearsal {
    played_with(NoLatency, script)
}

pub(crate) fn played_with<L: LatencyModel>(latency: L, script: &str) -> Rehearsal<L> {
    let mut rehearsal = Rehearsal::with_latency(latency);
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        rehearsal.play(line);
    }
    rehearsal.end();
    rehearsal
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "`expect!` makes a value")]
pub(crate) fn check(script: &str, expect: Expect) {
    let mut rehearsal = played(script);
    let balance = rehearsal.begun().account().balance().normalize();
    writeln!(rehearsal.told, "balance {balance}").unwrap();
    expect.assert_eq(&rehearsal.told);
}
