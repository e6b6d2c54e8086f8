//! What was written is found again: against a second, simpler account of the same story.

use std::collections::BTreeMap;

use metaexpert_core::{
    Cancellation, ClientOrderId, Distance, Effect, Fitting, Money, NewOrder, Offset, OrderKind, OrderStatus, Percent,
    PositionSide, Protection, Rejection, Side, Symbol, TimeInForce, Trade, TradeId, Trigger, TriggerBy, UnixNanos,
    journal::{Journal, KeptState, Record},
    portfolio::Leg,
    risk::{Breach, Halt, RiskState},
};
use metaexpert_store::{Kept, Store, StoreJournal};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

use crate::scene::*;

/// One thing that the engine tells. Numbers of orders are taken round the ones that there are.
#[derive(Debug, Clone)]
enum Step {
    Order(Box<NewOrder>),
    Fill(usize, Decimal),
    Heard(usize, Heard),
    Leg(usize, PositionSide, Option<Leg>),
    Balance(Decimal),
    State(String),
    Risk(Box<RiskState>),
    Settle,
    Restart,
}

#[derive(Debug, Clone, Copy)]
enum Heard {
    Accepted,
    Unknown,
    Filled,
    Rejected,
    Cancelled(Cancellation),
    Amended(Decimal, Decimal),
}

fn decimals() -> impl Strategy<Value = Decimal> {
    (1_i64..1_000_000_000_000, 0_u32..12).prop_map(|(digits, scale)| Decimal::new(digits, scale))
}

fn kinds() -> impl Strategy<Value = OrderKind> {
    let by = prop::sample::select(vec![TriggerBy::Last, TriggerBy::Mark, TriggerBy::Index]);
    (0..7, decimals(), decimals(), by).prop_map(|(kind, one, other, by)| {
        let (price, trigger) = (price(one), Trigger { price: price(other), by });
        match kind {
            0 => OrderKind::Market,
            1 => OrderKind::Limit { price },
            2 => OrderKind::StopMarket { trigger },
            3 => OrderKind::StopLimit { trigger, price },
            4 => OrderKind::TakeProfitMarket { trigger },
            5 => OrderKind::TakeProfitLimit { trigger, price },
            _ => OrderKind::TrailingStop { distance: Distance::Percent(Percent::new(other)), activation: Some(price), by },
        }
    })
}

fn orders() -> impl Strategy<Value = NewOrder> {
    (kinds(), decimals(), any::<bool>(), 0..4, 0..3_usize).prop_map(|(kind, amount, is_long, choice, symbol)| {
        let side = if is_long { PositionSide::Long } else { PositionSide::Short };
        let (effect, fitting, time_in_force) = match choice {
            0 => (Effect::Open(side), Fitting::Exact, TimeInForce::GoodTillCancelled),
            1 => (Effect::Close(side), Fitting::CutToFunds, TimeInForce::GoodTillDate(at(99))),
            2 => (Effect::CloseAll(side), Fitting::Spend(amount), TimeInForce::PostOnly),
            _ => (Effect::Net, Fitting::Exact, TimeInForce::FillOrKill),
        };
        let protection = Protection {
            stop_loss: Some(Offset::Percent(Percent::new(amount))),
            take_profit: Some(Offset::Price(price(amount))),
            trailing_stop: is_long.then_some(Percent::new(dec!(1.50))),
            ..Protection::default()
        };
        let link = is_long.then_some(metaexpert_core::Link(7));
        let (instrument, quantity) = (place(SYMBOLS[symbol]), quantity(amount));
        NewOrder { instrument, kind, quantity, effect, fitting, time_in_force, protection, link, ..order(0, 1) }
    })
}

fn heard() -> impl Strategy<Value = Heard> {
    prop_oneof![
        Just(Heard::Accepted),
        Just(Heard::Unknown),
        Just(Heard::Filled),
        Just(Heard::Rejected),
        prop::sample::select(vec![Cancellation::Requested, Cancellation::Expired, Cancellation::Linked])
            .prop_map(Heard::Cancelled),
        (decimals(), decimals()).prop_map(|(quantity, price)| Heard::Amended(quantity, price)),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let side = prop::sample::select(PositionSide::BOTH.to_vec());
    let leg = (decimals(), decimals(), 1_u32..126).prop_map(|(held, cost, leverage)| Leg { cost, leverage, ..leg(held) });
    let halt = prop::option::of(Just(Halt { breach: Breach::Flattened, until: None }));
    let risk = (decimals(), decimals(), halt).prop_map(|(equity, peak, halt)| RiskState {
        equity,
        peak,
        day_start: peak,
        day_end: at(0),
        halt,
    });
    let step = prop_oneof![
        4 => orders().prop_map(|order| Step::Order(Box::new(order))),
        4 => (any::<usize>(), decimals()).prop_map(|(which, amount)| Step::Fill(which, amount)),
        6 => (any::<usize>(), heard()).prop_map(|(which, heard)| Step::Heard(which, heard)),
        2 => (0..3_usize, side, prop::option::of(leg)).prop_map(|(symbol, side, leg)| Step::Leg(symbol, side, leg)),
        2 => any::<i64>().prop_map(|digits| Step::Balance(Decimal::new(digits, 8))),
        1 => ".{0,40}".prop_map(Step::State),
        1 => risk.prop_map(|risk| Step::Risk(Box::new(risk))),
        2 => Just(Step::Settle),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..60)
}

/// What is known of one order.
#[derive(Debug, Clone)]
struct Told {
    order: NewOrder,
    filled: Decimal,
    status: OrderStatus,
    since: UnixNanos,
    is_ended: bool,
}

/// The second account: everything, in memory.
#[derive(Debug, Default)]
struct Account {
    orders: Vec<Told>,
    legs: BTreeMap<(String, PositionSide), Leg>,
    balance: Option<Decimal>,
    trades: Vec<(Symbol, TradeId)>,
    state: Option<KeptState>,
    risk: Option<RiskState>,
    /// The engine's time, a second further with each step.
    seconds: i64,
}

impl Account {
    fn tell(&mut self, journal: &mut StoreJournal, run: u32, step: &Step) {
        self.seconds += 1;
        let now = at(self.seconds);
        journal.at(now);
        match step {
            Step::Order(order) => {
                let sequence = self.orders.len() as u64 + 1;
                let order = NewOrder { id: id(run, sequence), time: now, ..(**order).clone() };
                journal.append(&order).unwrap();
                let status = OrderStatus::Submitted;
                self.orders.push(Told { order, filled: Decimal::ZERO, status, since: now, is_ended: false });
            }
            Step::Fill(which, amount) => self.fill(journal, *which, *amount, now),
            Step::Heard(which, heard) => self.hear(journal, *which, *heard, now),
            Step::Leg(symbol, side, leg) => {
                journal.record(Record::Leg(place(SYMBOLS[*symbol]), *side, leg.as_ref())).unwrap();
                let key = (SYMBOLS[*symbol].to_owned(), *side);
                match leg {
                    Some(leg) => drop(self.legs.insert(key, leg.clone())),
                    None => drop(self.legs.remove(&key)),
                }
            }
            Step::Balance(amount) => {
                journal.record(Record::Balance(&usdt(*amount))).unwrap();
                self.balance = Some(*amount);
            }
            Step::State(json) => {
                let state = KeptState { json: json.clone(), time: now };
                journal.state(&state).unwrap();
                self.state = Some(state);
            }
            Step::Risk(risk) => {
                journal.record(Record::Risk(risk)).unwrap();
                self.risk = Some((**risk).clone());
            }
            Step::Settle => journal.settle().unwrap(),
            Step::Restart => {}
        }
    }

    fn fill(&mut self, journal: &mut StoreJournal, which: usize, amount: Decimal, now: UnixNanos) {
        let count = self.orders.len().max(1);
        let number = self.trades.len() as u64 + 1;
        let Some(told) = self.orders.get_mut(which % count) else { return };
        let (instrument, side) = (told.order.instrument, Side::Buy);
        let symbol = instruments().get(instrument).symbol.clone();
        let trade =
            Trade { time: now, instrument, symbol, side, quantity: quantity(amount), ..trade(number, Some(told.order.id)) };
        journal.record(Record::Trade(&trade)).unwrap();
        self.trades.push((trade.symbol, trade.id));
        told.filled += amount;
        if !told.is_ended {
            told.is_ended = told.filled >= told.order.quantity.get();
            told.status = if told.is_ended { OrderStatus::Filled } else { OrderStatus::PartiallyFilled };
            told.since = now;
        }
    }

    fn hear(&mut self, journal: &mut StoreJournal, which: usize, heard: Heard, now: UnixNanos) {
        let count = self.orders.len().max(1);
        let Some(told) = self.orders.get_mut(which % count) else { return };
        let name: ClientOrderId = told.order.id;
        let mut stands = |status: OrderStatus, is_ended: bool| {
            if !told.is_ended {
                (told.status, told.since, told.is_ended) = (status, now, is_ended);
            }
        };
        match heard {
            Heard::Accepted => {
                journal.record(Record::Accepted(name)).unwrap();
                if matches!(told.status, OrderStatus::Submitted | OrderStatus::Unknown) {
                    let is_partly = !told.filled.is_zero();
                    told.status = if is_partly { OrderStatus::PartiallyFilled } else { OrderStatus::Accepted };
                    told.since = now;
                }
            }
            Heard::Unknown => {
                journal.record(Record::Unknown(name)).unwrap();
                stands(OrderStatus::Unknown, false);
            }
            Heard::Filled => {
                journal.record(Record::Filled(name)).unwrap();
                stands(OrderStatus::Filled, true);
            }
            Heard::Rejected => {
                journal.record(Record::Rejected(name, Rejection::Funds)).unwrap();
                stands(OrderStatus::Rejected, true);
            }
            Heard::Cancelled(cancellation) => {
                journal.record(Record::Cancelled(name, cancellation)).unwrap();
                let is_expired = cancellation == Cancellation::Expired;
                stands(if is_expired { OrderStatus::Expired } else { OrderStatus::Cancelled }, true);
            }
            Heard::Amended(amount, limit) => {
                (told.order.quantity, told.order.kind) = (quantity(amount), OrderKind::Limit { price: price(limit) });
                journal.record(Record::Amended(name, told.order.quantity, told.order.kind)).unwrap();
            }
        }
    }

    fn assert_kept(&self, kept: &Kept) {
        let standing = self.orders.iter().filter(|told| !told.is_ended).map(|told| {
            let symbol = instruments().get(told.order.instrument).symbol.clone();
            (symbol, told.order.clone(), told.filled, told.status, told.since)
        });
        assert_eq!(kept.orders, standing.collect::<Vec<_>>());
        let mut legs: Vec<_> = kept.legs.iter().map(|(symbol, side, leg)| ((symbol.to_string(), *side), leg.clone())).collect();
        legs.sort_by(|one, other| one.0.cmp(&other.0));
        assert_eq!(legs, self.legs.clone().into_iter().collect::<Vec<_>>());
        assert_eq!(kept.balances, self.balance.map(usdt).into_iter().collect::<Vec<Money>>());
        let newest_first: Vec<_> = self.trades.iter().rev().cloned().collect();
        assert_eq!((&kept.trades, &kept.state, &kept.risk), (&newest_first, &self.state, &self.risk));
    }
}

fn tell_all(steps: &[Step]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (mut store, mut kept): (Store, Kept) = open(&path);
    let mut journal = store.journal(&instruments());
    let mut account = Account::default();
    for step in steps.iter().chain([&Step::Restart]) {
        account.tell(&mut journal, kept.run, step);
        if matches!(step, Step::Restart) {
            store.close().unwrap();
            let before = kept.run;
            (store, kept) = open(&path);
            assert_eq!(kept.run, before + 1);
            account.assert_kept(&kept);
            journal = store.journal(&instruments());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_run_that_begins_finds_what_the_ones_before_it_have_told(steps in steps()) {
        tell_all(&steps);
    }
}

#[test]
fn what_becomes_of_an_order_that_never_left_is_taken_and_makes_no_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (store, kept) = open(&path);
    let mut journal = store.journal(&instruments());
    let never_sent = id(kept.run, 1);
    journal.record(Record::Amended(never_sent, quantity(dec!(1)), OrderKind::Market)).unwrap();
    journal.record(Record::Cancelled(never_sent, Cancellation::NothingToClose)).unwrap();
    journal.settle().unwrap();
    store.close().unwrap();
    assert!(open(&path).1.orders.is_empty());
}

#[test]
fn the_way_in_which_an_order_is_written_does_not_change() {
    let order = NewOrder {
        kind: OrderKind::StopLimit {
            trigger: Trigger { price: price(dec!(95)), by: TriggerBy::Mark },
            price: price(dec!(94.50)),
        },
        time_in_force: TimeInForce::GoodTillDate(at(60)),
        protection: Protection { stop_loss: Some(Offset::Percent(Percent::new(dec!(2)))), ..Protection::default() },
        link: Some(metaexpert_core::Link(3)),
        fitting: Fitting::Spend(dec!(10)),
        ..order(3, 42)
    };
    let written = r#"{"id":"mx7-3-42","instrument":0,"side":"buy","kind":{"stop_limit":{"trigger":{"price":"95","by":"mark"},"price":"94.5"}},"#.to_owned()
        + r#""time_in_force":{"good_till_date":"2023-11-14T22:14:20Z"},"effect":{"open":"long"},"quantity":"2","fitting":{"spend":"10"},"#
        + r#""leverage":10,"protection":{"stop_loss":{"percent":"2"},"take_profit":null,"trailing_stop":null,"trailing_activation":null,"#
        + r#""breakeven":null},"self_trade":"allow","link":3,"time":"2023-11-14T22:14:02Z","reason":"signal"}"#;
    assert_eq!(serde_json::to_string(&order).unwrap(), written);
    assert_eq!(serde_json::from_str::<NewOrder>(&written).unwrap(), order);
}
