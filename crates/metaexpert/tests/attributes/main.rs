//! What the attributes make of annotated functions. Each module is an expert of its own, as in a binary that holds several;
//! `stage` plays the engine.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::manual_assert,
    clippy::unnecessary_wraps,
    clippy::trivially_copy_pass_by_ref,
    reason = "handlers that do what no handler should, or that take what they need not, are the subject; and these are tests"
)]

mod stage;

use std::time::Duration;

use metaexpert::{
    core::{
        Effect, Fitting, LevelChange, Liquidity, NewOrder, Protection, Reason,
        config::OnInit,
        expert::{BarWant, BookWant, Failure, HandlerEvent, InputValues, PublicTradeWant, TickWant, experts},
    },
    prelude::*,
};
use stage::{Stage, bar, entry};

mod any_order {
    use metaexpert::prelude::*;

    use super::stage::note;

    pub(super) type Hand<'a> = &'a mut Context;
    type Candle = Bar;
    type Memory = Seen;

    #[derive(Inputs)]
    struct Length {
        #[input(default = 3)]
        length: usize,
    }

    #[derive(Inputs)]
    struct Factor {
        #[input(default = 2)]
        factor: f64,
    }

    struct Seen {
        bars: usize,
    }

    #[on_init]
    fn init() -> Result<Seen> {
        Ok(Seen { bars: 0 })
    }

    #[on_bar]
    fn everything(factor: &Factor, ctx: Hand<'_>, bar: &Candle, state: &mut Memory, length: &Length) {
        state.bars += 1;
        note(format!("{} {} {} {} {}", state.bars, ctx.symbol(), bar.close, length.length, factor.factor));
    }

    #[on_tick]
    fn nothing() {
        note("tick");
    }

    #[on_timer(interval = 1)]
    fn only_to_look(ctx: &Context, state: &Seen) {
        note(format!("{} of {}", state.bars, ctx.symbol()));
    }
}

#[test]
fn parameters_are_found_by_type_in_any_order_and_any_subset() {
    let mut stage = Stage::begun("any-order");
    assert_eq!(stage.notes_of(HandlerEvent::Bar { handler: 0, bar: &bar(7.5) }), ["1 BTCUSDT 7.5 3 2"]);
    assert_eq!(stage.notes_of(HandlerEvent::Bar { handler: 0, bar: &bar(8.5) }), ["2 BTCUSDT 8.5 3 2"]);
    assert_eq!(stage.notes_of(HandlerEvent::Timer { handler: 0 }), ["2 of BTCUSDT"]);
}

mod bare_state {
    use metaexpert::prelude::*;

    use super::stage::note;

    #[on_init(symbol = "BTCUSDT")]
    fn init() -> Option<u32> {
        Some(40)
    }

    #[on_timer(interval = 1)]
    fn timer(state: &mut Option<u32>) {
        *state = state.map(|number| number + 1);
        note(format!("{state:?}"));
    }
}

#[test]
fn a_state_may_come_without_a_result() {
    let mut stage = Stage::begun("bare-state");
    assert_eq!(stage.notes_of(HandlerEvent::Timer { handler: 0 }), ["Some(41)"]);
    assert_eq!(stage.notes_of(HandlerEvent::Timer { handler: 0 }), ["Some(42)"]);
}

mod parent {
    use metaexpert::prelude::*;

    use super::stage::note;

    struct Shared {
        calls: usize,
    }

    #[on_init(strategy_id = 7, log_dir = "logs/parent", log_to_file = false, log_max_file_size = "1 MiB")]
    fn init() -> Shared {
        Shared { calls: 0 }
    }

    #[on_bar]
    fn bar(state: &mut Shared) {
        state.calls += 1;
        note(format!("parent {}", state.calls));
    }

    mod child {
        use super::*;

        #[on_bar(timeframe = "4h")]
        fn bar(state: &mut Shared) {
            state.calls += 1;
            note(format!("child {}", state.calls));
        }

        mod grandchild {
            use metaexpert::prelude::*;

            use super::*;

            #[on_bar(timeframe = "1d")]
            fn bar(state: &mut Shared) {
                state.calls += 1;
                note(format!("grandchild {}", state.calls));
            }
        }
    }

    mod other {
        use super::*;

        #[on_init(strategy_id = 8)]
        fn init() {}

        #[on_bar]
        fn bar() {
            note("other");
        }
    }
}

#[test]
fn child_modules_join_the_expert_that_they_see() {
    let mut stage = Stage::begun("parent");
    let timeframes: Vec<_> = stage.program.wants().bars.iter().map(|want| want.timeframe).collect();
    assert_eq!(timeframes, [None, Some(Timeframe::H4), Some(Timeframe::D1)]);
    let said: Vec<_> = (0..3).flat_map(|handler| stage.notes_of(HandlerEvent::Bar { handler, bar: &bar(1.0) })).collect();
    assert_eq!(said, ["parent 1", "child 2", "grandchild 3"]);

    let mut other = Stage::begun("other");
    assert_eq!(other.program.wants().bars.len(), 1);
    assert_eq!(other.notes_of(HandlerEvent::Bar { handler: 0, bar: &bar(1.0) }), ["other"]);
}

#[test]
fn several_experts_of_a_binary_are_listed_in_order_with_their_settings() {
    let all = experts().unwrap();
    let modules: Vec<_> = all.iter().map(metaexpert::core::expert::ExpertEntry::module).collect();
    assert!(modules.is_sorted(), "{modules:?}");
    assert!(modules.contains(&"attributes::parent::other"), "{modules:?}");
    let parent = OnInit::new().strategy_id(7).log_dir("logs/parent").log_to_file(false).log_max_file_size("1 MiB");
    assert_eq!(*entry("parent").settings(), parent);
    assert_eq!(*entry("other").settings(), OnInit::new().strategy_id(8));
    assert_eq!(*entry("bare-state").settings(), OnInit::new().symbol("BTCUSDT"));
}

mod every_event {
    use metaexpert::prelude::*;

    use super::stage::note;

    #[on_init]
    fn init(config: &Config) {
        note(format!("init {}", config.leverage));
    }

    #[on_deinit]
    fn deinit(reason: DeinitReason) {
        note(format!("deinit {reason}"));
    }

    #[on_tick]
    fn tick(tick: &Tick) {
        note(format!("tick {}", tick.bid));
    }

    #[on_tick(symbol = "ETHUSDT")]
    fn tick_of_another() {
        note("tick of another");
    }

    #[on_bar(symbol = "ETHUSDT", timeframe = "1d")]
    fn bar(bar: &Bar) {
        note(format!("bar {}", bar.close));
    }

    #[on_book(depth = 2 * 5)]
    fn book(book: &Book) {
        note(format!("book {}", book.bids().len()));
    }

    #[on_public_trade]
    fn public_trade(trade: &PublicTrade) {
        note(format!("public trade {}", trade.price));
    }

    #[on_timer(interval = 0.25)]
    fn timer() {
        note("timer");
    }

    #[on_timer(interval = 60)]
    fn minute() {
        note("minute");
    }

    #[on_order]
    fn order(order: &Order) {
        note(format!("order {}", order.status));
    }

    #[on_trade]
    fn trade(trade: &Trade) {
        note(format!("trade {}", trade.price));
    }

    #[on_transaction]
    fn transaction(outcome: &Outcome, request: &Request) {
        let Request::Place(order) = request else { return };
        note(format!("transaction {} {outcome:?}", order.quantity));
    }

    #[on_position]
    fn position(position: &Position) {
        note(format!("position {}", position.side));
    }

    #[on_account]
    fn account(account: &Account) {
        note(format!("account {}", account.equity));
    }

    #[on_funding]
    fn funding(funding: &Funding) {
        note(format!("funding {}", funding.rate));
    }

    #[on_error]
    fn error(error: &Error) {
        note(format!("error {error}"));
    }

    #[on_backtest_init]
    fn backtest_init() {
        note("backtest init");
    }

    #[on_backtest_deinit]
    fn backtest_deinit() {
        note("backtest deinit");
    }

    #[on_backtest]
    fn criterion(summary: &Summary) -> f64 {
        note("criterion");
        summary.net_profit_pct.unwrap_or_default() + 1.5
    }

    #[on_backtest_pass]
    fn pass(pass: &Pass) {
        note(format!("pass {}", pass.number));
    }
}

#[test]
fn every_event_reaches_its_own_handler() {
    let money = |amount| Money::new(amount, Currency::new("USDT"));
    let now = UnixNanos::from_seconds(0).unwrap();
    let id = ClientOrderId { strategy: 1, run: 1, sequence: 1 };
    let one = Quantity::new(dec!(1)).unwrap();
    let tick = Tick { time: now, bid: 1.0, bid_quantity: 1.0, ask: 2.0, ask_quantity: 1.0, last: None };
    let mut book = Book::new(dec!(0.5));
    book.apply(&LevelChange { time: now, side: Side::Buy, ticks: 2, quantity: 1.0, clears: false, ends: true });
    let public = PublicTrade { time: now, price: 3.0, quantity: 1.0, buyer_is_taker: true };
    let order = Order {
        id,
        symbol: stage::symbol(),
        side: Side::Buy,
        kind: OrderKind::Market,
        quantity: one,
        filled: Decimal::ZERO,
        status: OrderStatus::Accepted,
        time: now,
    };
    let position = Position {
        symbol: stage::symbol(),
        side: PositionSide::Short,
        quantity: dec!(1),
        entry_price: dec!(4),
        opened: now,
        unrealized_pnl: money(dec!(0)),
    };
    let account = Account { balance: money(dec!(5)), equity: money(dec!(6)), margin: money(dec!(0)), free: money(dec!(5)) };
    let instrument = stage::instruments().find(&stage::symbol()).unwrap();
    let trade = Trade {
        id: TradeId::from(1),
        time: now,
        instrument,
        symbol: stage::symbol(),
        order: Some(id),
        side: Side::Buy,
        position_side: PositionSide::Long,
        price: Price::new(dec!(8)).unwrap(),
        quantity: one,
        fee: money(dec!(0)),
        liquidity: Liquidity::Taker,
        reason: Reason::Signal,
    };
    let request = Request::Place(NewOrder {
        id,
        instrument,
        side: Side::Buy,
        kind: OrderKind::Market,
        time_in_force: TimeInForce::default(),
        self_trade: SelfTrade::ExpireMaker,
        link: None,
        effect: Effect::Net,
        quantity: one,
        fitting: Fitting::Exact,
        leverage: 1,
        protection: Protection::default(),
        time: now,
        reason: Reason::Signal,
    });
    let funding = Funding { time: now, symbol: stage::symbol(), position_side: None, rate: 0.01, amount: money(dec!(1)) };
    let pass = Pass { number: 9, inputs: Vec::new(), summary: stage::summary(), criterion: None };

    let mut stage = Stage::set("every-event", InputValues::new());
    assert_eq!(stage.notes_of(HandlerEvent::BacktestInit), ["backtest init"]);
    for (event, said) in [
        (HandlerEvent::Init(&Config { leverage: 3, ..Config::default() }), "init 3"),
        (HandlerEvent::Tick { handler: 0, tick: &tick }, "tick 1"),
        (HandlerEvent::Tick { handler: 1, tick: &tick }, "tick of another"),
        (HandlerEvent::Bar { handler: 0, bar: &bar(2.0) }, "bar 2"),
        (HandlerEvent::Book { handler: 0, book: &book }, "book 1"),
        (HandlerEvent::PublicTrade { handler: 0, trade: &public }, "public trade 3"),
        (HandlerEvent::Timer { handler: 0 }, "timer"),
        (HandlerEvent::Timer { handler: 1 }, "minute"),
        (HandlerEvent::Order(&order), "order accepted"),
        (HandlerEvent::Trade(&trade), "trade 8"),
        (HandlerEvent::Transaction(&request, &Outcome::Accepted), "transaction 1 Accepted"),
        (HandlerEvent::Position(&position), "position short"),
        (HandlerEvent::Account(&account), "account 6 USDT"),
        (HandlerEvent::Funding(&funding), "funding 0.01"),
        (HandlerEvent::Error(&Error::from("oops")), "error oops"),
        (HandlerEvent::BacktestPass(&pass), "pass 9"),
        (HandlerEvent::Deinit(DeinitReason::EndOfData), "deinit end_of_data"),
        (HandlerEvent::BacktestDeinit, "backtest deinit"),
    ] {
        assert_eq!(stage.notes_of(event), [said]);
    }
    assert_eq!(stage.criterion().unwrap(), Some(1.5));
}

#[test]
fn the_engine_is_told_what_an_expert_wants_and_nothing_else() {
    let stage = Stage::begun("every-event");
    let wants = stage.program.wants();
    assert_eq!(wants.bars, [BarWant { symbol: Some("ETHUSDT"), timeframe: Some(Timeframe::D1) }]);
    assert_eq!(wants.ticks, [TickWant { symbol: None }, TickWant { symbol: Some("ETHUSDT") }]);
    assert_eq!(wants.books, [BookWant { symbol: None, depth: Some(10) }]);
    assert_eq!(wants.public_trades, [PublicTradeWant { symbol: None }]);
    assert_eq!(wants.timers, [Duration::from_millis(250), Duration::from_mins(1)]);
    assert!(wants.orders && wants.trades && wants.transactions && wants.positions && wants.accounts && wants.fundings);
    assert!(wants.errors && wants.criterion && wants.passes);

    let nothing = Stage::begun("bare-state");
    let wants = nothing.program.wants();
    assert!(wants.bars.is_empty() && wants.ticks.is_empty() && wants.books.is_empty() && wants.public_trades.is_empty());
    assert!(!wants.orders && !wants.trades && !wants.transactions && !wants.positions && !wants.accounts && !wants.fundings);
    assert!(!wants.errors && !wants.criterion && !wants.passes);
}

#[test]
fn an_event_that_nobody_takes_is_nothing() {
    let mut stage = Stage::begun("bare-state");
    assert!(stage.notes_of(HandlerEvent::Error(&Error::from("oops"))).is_empty());
    assert!(stage.notes_of(HandlerEvent::Deinit(DeinitReason::UserStop)).is_empty());
    assert_eq!(stage.criterion().unwrap(), None);
}

mod failing {
    use metaexpert::prelude::*;

    use super::stage::note;

    #[derive(Debug)]
    struct Wrong;

    impl From<Wrong> for Error {
        fn from(_: Wrong) -> Self {
            Self::from("an error of the author's own")
        }
    }

    #[derive(Inputs)]
    struct Params {
        #[input(default = true)]
        begins: bool,
    }

    #[on_init]
    fn init(params: &Params) -> Result<usize, Wrong> {
        if params.begins { Ok(0) } else { Err(Wrong) }
    }

    #[on_bar]
    fn bar(state: &mut usize, bar: &Bar) -> Result<(), Wrong> {
        *state += 1;
        if bar.close > 100.0 {
            panic!("{} is too much", bar.close);
        }
        if bar.close > 10.0 { Err(Wrong) } else { Ok(()) }
    }

    #[on_timer(interval = 1)]
    fn timer(state: &usize) {
        note(format!("{state} bars"));
    }

    #[on_backtest]
    fn criterion() -> Result<f64> {
        Err("no criterion".into())
    }
}

#[test]
fn a_handlers_error_is_handed_on_with_the_events_name() {
    let mut stage = Stage::begun("failing");
    assert_eq!(stage.notes_of(HandlerEvent::Bar { handler: 0, bar: &bar(11.0) }), ["on_bar: an error of the author's own"]);
    assert_eq!(stage.criterion().unwrap_err().to_string(), "on_backtest: no criterion");
}

#[test]
fn a_panic_stays_in_its_handler_and_keeps_its_message() {
    let mut stage = Stage::begun("failing");
    let mut other = Stage::begun("bare-state");
    let failure = stage.call(HandlerEvent::Bar { handler: 0, bar: &bar(101.0) }).unwrap_err();
    assert!(matches!(&failure, Failure::Panic { event: "on_bar", message } if message == "101 is too much"), "{failure:?}");
    assert_eq!(stage.notes_of(HandlerEvent::Timer { handler: 0 }), ["1 bars"], "the state is as the handler left it");
    assert_eq!(other.notes_of(HandlerEvent::Timer { handler: 0 }), ["Some(41)"]);
}

#[test]
fn a_handler_before_on_init_is_an_error_and_so_is_one_after_its_failure() {
    let mut stage = Stage::set("failing", InputValues::new().with("begins", "false"));
    let early = ["on_timer: the expert has no state yet; `on_init` comes first"];
    assert_eq!(stage.notes_of(HandlerEvent::Timer { handler: 0 }), early);
    assert_eq!(stage.notes_of(HandlerEvent::Init(&Config::default())), ["on_init: an error of the author's own"]);
    assert_eq!(stage.notes_of(HandlerEvent::Timer { handler: 0 }), early);
}

#[test]
fn a_handler_that_is_not_there_is_an_error() {
    let mut stage = Stage::begun("failing");
    let said = stage.notes_of(HandlerEvent::Bar { handler: 1, bar: &bar(1.0) });
    assert_eq!(said, ["on_bar: there is no handler number 1; the expert has 1"]);
}

mod knobs {
    use std::cmp::Ordering;

    use metaexpert::{
        core::{config::BadValue, expert::InputValue},
        prelude::*,
    };

    use super::stage::note;

    #[derive(Debug, Clone, Copy, PartialEq)]
    pub(super) enum Mood {
        Calm,
        Wild,
    }

    impl InputValue for Mood {
        const KIND: &'static str = "mood";
        fn parse(text: &str) -> Result<Self, BadValue> {
            match text {
                "calm" => Ok(Self::Calm),
                "wild" => Ok(Self::Wild),
                _ => Err(BadValue::new(text, "is no mood").or_nearest(Some("calm"))),
            }
        }
        fn print(&self) -> String {
            format!("{self:?}").to_lowercase()
        }
        fn compare(&self, other: &Self) -> Option<Ordering> {
            (self == other).then_some(Ordering::Equal)
        }
    }

    const LONGEST: usize = 40;

    #[derive(Inputs, Debug, PartialEq)]
    pub(super) struct Knobs {
        /// Length of the fast average,
        /// in bars.
        ///
        /// More is slower.
        #[input(default = 12, min = 5, max = LONGEST + 10, step = 1)]
        pub length: usize,
        #[input(default = 2, min = -1)]
        pub factor: f64,
        #[input(default = 0.1)]
        pub size: Decimal,
        #[input(default = false)]
        pub short: bool,
        #[input(default = "long", choices = ["long", "short", "both"])]
        pub r#type: String,
        #[input(default = Timeframe::H4)]
        pub trend: Timeframe,
        #[input(default = Mood::Calm)]
        pub mood: Mood,
        #[input(default = -3, min = -10, max = -1)]
        pub offset: i64,
        #[input(default = 1_u32)]
        pub small: u32,
        #[input(default = 1 << 40)]
        pub large: u64,
        #[input(default = 0)]
        pub signed: i32,
    }

    #[on_init]
    fn init() {}

    #[on_timer(interval = 1)]
    fn timer(knobs: &Knobs) {
        note(format!("{} {} {} {:?} {}", knobs.length, knobs.size, knobs.r#type, knobs.mood, knobs.trend));
    }
}

#[test]
fn inputs_show_their_keys() {
    let keys = entry("knobs").inputs();
    let line = |key: &metaexpert::core::expert::InputKey| {
        format!("{} {} {} {:?} {:?} {:?} {:?}", key.name, key.kind, key.default, key.min, key.max, key.step, key.choices)
    };
    expect_test::expect![[r#"
        length integer 12 Some("5") Some("50") Some("1") []
        factor number 2 Some("-1") None None []
        size decimal 0.1 None None None []
        short true|false false None None None []
        type text long None None None ["long", "short", "both"]
        trend timeframe 4h None None None []
        mood mood calm None None None []
        offset integer -3 Some("-10") Some("-1") None []
        small integer 1 None None None []
        large integer 1099511627776 None None None []
        signed integer 0 None None None []"#]]
    .assert_eq(&keys.iter().map(line).collect::<Vec<_>>().join("\n"));
    assert_eq!(keys[0].doc, "Length of the fast average, in bars.\n\nMore is slower.");
    assert_eq!(keys[1].doc, "");
    assert!(entry("bare-state").inputs().is_empty());
}

#[test]
fn inputs_have_their_defaults_and_take_values_from_text() {
    assert_eq!(knobs::Knobs::default().length, 12);
    let values = InputValues::new().with("length", "50").with("size", "0.25").with("type", "both").with("mood", "wild");
    let mut stage = Stage::set("knobs", values.with("trend", "1d"));
    stage.call(HandlerEvent::Init(&Config::default())).unwrap();
    assert_eq!(stage.notes_of(HandlerEvent::Timer { handler: 0 }), ["50 0.25 both Wild 1d"]);
}

#[test]
fn a_wrong_value_is_named_with_its_place_its_rule_and_the_nearest() {
    for (name, value, said) in [
        ("length", "51", "flag: `51` is not in 5 to 50; the nearest is `50`"),
        ("length", "many", "flag: `many` is not an integer from 0 to 18446744073709551615"),
        ("factor", "-1.5", "flag: `-1.5` is below -1; the nearest is `-1`"),
        ("factor", "inf", "flag: `inf` is not a number"),
        ("type", "lnog", "flag: `lnog` is not one of `long`, `short`, `both`; the nearest is `long`"),
        ("short", "maybe", "flag: `maybe` is neither `true` nor `false`"),
        ("mood", "angry", "flag: `angry` is no mood; the nearest is `calm`"),
        ("offset", "0", "flag: `0` is not in -10 to -1; the nearest is `-1`"),
        ("lenght", "9", "flag: `lenght` is not an input of this expert; the nearest is `length`"),
    ] {
        let mut values = InputValues::new();
        values.set(name, value, "flag");
        assert_eq!(entry("knobs").instantiate(values).err().unwrap().to_string(), said);
    }
}

mod contradicting {
    use metaexpert::prelude::*;

    const MOST: usize = 5;

    #[derive(Inputs)]
    struct Params {
        #[input(default = 12, max = MOST)]
        length: usize,
    }

    #[on_init]
    fn init(params: &Params) -> usize {
        params.length
    }
}

#[test]
fn a_default_outside_of_bounds_that_are_no_literals_is_refused_at_the_start() {
    let refusal = entry("contradicting").instantiate(InputValues::new()).err().unwrap();
    assert_eq!(refusal.to_string(), "default of input `length`: `12` is above 5; the nearest is `5`");
}

mod twice_the_name {
    use metaexpert::prelude::*;

    #[derive(Inputs)]
    struct Some {
        #[input(default = 1)]
        length: usize,
    }

    #[derive(Inputs)]
    struct Others {
        #[input(default = 2)]
        length: usize,
    }

    #[on_init]
    fn init(some: &Some) -> usize {
        some.length
    }

    #[on_timer(interval = 1)]
    fn timer(others: &Others, again: &Others) {
        assert_eq!(others.length, again.length);
    }
}

#[test]
fn a_name_that_two_input_structs_share_is_refused() {
    let refusal = entry("twice-the-name").instantiate(InputValues::new()).err().unwrap();
    assert_eq!(refusal.to_string(), "expert `twice-the-name`: `length` is declared by two input structs of this expert");
}
