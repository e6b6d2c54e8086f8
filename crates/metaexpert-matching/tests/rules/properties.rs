//! What holds whatever an expert asks for and whatever the market does. Cases: `PROPTEST_CASES`, 256 where it is not set.
//!
//! What is tried is a script, so that a case that fails can be read and played.

use std::collections::BTreeMap;

use metaexpert_core::{Effect, Liquidity, NewOrder, PositionSide, Reason, Side, TimeInForce, Trade, broker::Answer};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

use crate::rehearsal::Rehearsal;

/// A price between 90 and 110 on the tick.
fn any_price() -> impl Strategy<Value = String> {
    (900_i64..=1100).prop_map(|ticks| Decimal::new(ticks, 1).normalize().to_string())
}

fn any_kind() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => Just(String::new()),
        4 => any_price().prop_map(|at| format!("@ {at}")),
        2 => any_price().prop_map(|at| format!("stop {at}")),
        1 => (any_price(), any_price()).prop_map(|(at, limit)| format!("stop {at} @ {limit}")),
        1 => any_price().prop_map(|at| format!("take {at}")),
        1 => (any_price(), any_price()).prop_map(|(at, limit)| format!("take {at} @ {limit}")),
        1 => (1_u32..40).prop_map(|tenths| format!("follow {}%", Decimal::new(tenths.into(), 1))),
        1 => (1_u32..40, any_price()).prop_map(|(tenths, at)| format!("follow {} from {at}", Decimal::new(tenths.into(), 1))),
    ]
}

fn any_terms() -> impl Strategy<Value = String> {
    let force = prop_oneof![
        6 => Just(String::new()),
        1 => Just("ioc".to_owned()),
        2 => Just("fok".to_owned()),
        1 => Just("post".to_owned()),
        1 => (60_i64..1200).prop_map(|second| format!("until {second}")),
    ];
    let effect = prop_oneof![4 => Just(""), 2 => Just("reduce"), 1 => Just("whole")];
    let link = prop_oneof![3 => Just(String::new()), 1 => (1_u64..5).prop_map(|link| format!("link {link}"))];
    let guards = prop_oneof![4 => Just(""), 1 => Just("sl 2 tp 3"), 1 => Just("trail 1 be 1")];
    let own = prop_oneof![Just("maker"), Just("taker"), Just("both"), Just("allow")];
    (force, effect, link, guards, own).prop_map(|(force, effect, link, guards, own)| {
        let guards = if effect.is_empty() { guards } else { "" };
        format!("{force} {effect} {link} {guards} self {own}")
    })
}

fn any_request() -> impl Strategy<Value = String> {
    let order = (prop_oneof![Just("buy"), Just("sell"), Just("net buy"), Just("net sell")], 1_u32..50, any_kind(), any_terms())
        .prop_map(|(side, tenths, kind, terms)| {
            // An order of a one-way account says nothing of legs.
            let terms = if side.starts_with("net") { terms.replace("reduce", "").replace("whole", "") } else { terms };
            format!("{side} {} {kind} {terms}", Decimal::new(tenths.into(), 1))
        });
    let amend = (
        1_u64..30,
        prop_oneof![
            (1_u32..50).prop_map(|tenths| format!("qty {}", Decimal::new(tenths.into(), 1))),
            any_price().prop_map(|at| format!("@ {at}")),
            any_price().prop_map(|at| format!("trigger {at}")),
        ],
    );
    prop_oneof![
        8 => order,
        1 => (1_u64..30).prop_map(|number| format!("cancel {number}")),
        1 => amend.prop_map(|(number, change)| format!("amend {number} {change}")),
    ]
}

fn any_bar() -> impl Strategy<Value = String> {
    [900_i64..=1100, 900..=1100, 900..=1100, 900..=1100].prop_map(|mut ticks| {
        let (open, close) = (ticks[0], ticks[3]);
        ticks.sort_unstable();
        let tenths = |ticks: i64| Decimal::new(ticks, 1);
        format!("bar {} {} {} {}", tenths(open), tenths(ticks[3]), tenths(ticks[0]), tenths(close))
    })
}

fn any_quote() -> impl Strategy<Value = String> {
    let tenths = |ticks: i64| Decimal::new(ticks, 1);
    let quote = (900_i64..=1100, 1_i64..10, 1_u32..9, 1_u32..9)
        .prop_map(move |(bid, spread, bids, asks)| format!("quote {} {bids} {} {asks}", tenths(bid), tenths(bid + spread)));
    let print = (any::<bool>(), any_price(), 1_u32..9)
        .prop_map(|(buys, at, quantity)| format!("print {} {at} {quantity}", if buys { "buy" } else { "sell" }));
    let mark = any_price().prop_map(|at| format!("mark {at}"));
    prop_oneof![6 => quote, 3 => print, 1 => mark]
}

fn any_message() -> impl Strategy<Value = String> {
    // Bids below 100, asks above: a book that is never crossed.
    let level = (any::<bool>(), 1_i64..40, prop_oneof![1 => Just(0), 3 => 1_u32..9]).prop_map(|(is_bid, away, quantity)| {
        let (side, ticks) = if is_bid { ("bid", 1000 - away) } else { ("ask", 1000 + away) };
        format!("{side} {} {quantity}", Decimal::new(ticks, 1))
    });
    let print = (any::<bool>(), any_price(), 1_u32..9)
        .prop_map(|(buys, at, quantity)| format!("print {} {at} {quantity}", if buys { "buy" } else { "sell" }));
    prop_oneof![4 => prop::collection::vec(level, 1..6).prop_map(|levels| format!("book {}", levels.join(" "))), 1 => print]
}

/// Lines of a script: what is asked, and what the market does.
fn any_lines(market: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop_oneof![any_request().boxed(), market.boxed()], 1..60)
}

const BAR: &str = "bar 100 100 100 100";
const BOOK: &str = "book bid 99.9 3 ask 100.1 3";

/// What an order has been answered.
#[derive(Debug, Default)]
struct Told {
    accepted: bool,
    triggered: bool,
    ended: bool,
    quantity: Decimal,
    filled: Decimal,
}

/// Listens to a venue and complains of what must not be.
#[derive(Default)]
struct Watch {
    orders: BTreeMap<u64, Told>,
    /// What the fills alone make of the legs and the balance.
    held: [Decimal; 2],
    cash: Decimal,
}

impl Watch {
    fn hear(&mut self, venue: &Rehearsal) -> Result<(), TestCaseError> {
        for answer in &venue.answers {
            match answer {
                Answer::Accepted(id) => {
                    let told = self.orders.entry(id.sequence).or_default();
                    prop_assert!(!told.accepted && !told.ended, "{id} is accepted twice, or after its end");
                    told.accepted = true;
                    told.quantity = venue.sent[&id.sequence].quantity.get();
                }
                Answer::Rejected(id, why) => {
                    let told = self.orders.entry(id.sequence).or_default();
                    prop_assert!(!told.ended, "{id} is rejected after its end: {why}");
                    told.ended = true;
                }
                Answer::Triggered(id) => {
                    let told = self.standing(id.sequence)?;
                    prop_assert!(!told.triggered && told.filled.is_zero(), "{id} is triggered twice, or after a trade");
                    told.triggered = true;
                    prop_assert!(venue.sent[&id.sequence].kind.is_conditional());
                }
                Answer::Amended(id, quantity) => self.standing(id.sequence)?.quantity = quantity.get(),
                Answer::Cancelled(id, _) => self.standing(id.sequence)?.ended = true,
                Answer::Trade { trade, remaining } => self.hear_trade(trade, *remaining, venue)?,
                Answer::AmendRejected(..) | Answer::CancelRejected(..) => {}
                Answer::Funding(_) | Answer::Charged(_) => prop_assert!(false, "nobody pays anything here: {answer:?}"),
                Answer::Unknown(_) => prop_assert!(false, "a venue in process knows: {answer:?}"),
            }
        }
        Ok(())
    }

    fn has_begun(&self) -> bool {
        !self.orders.is_empty()
    }

    fn standing(&mut self, sequence: u64) -> Result<&mut Told, TestCaseError> {
        let told = self.orders.get_mut(&sequence).filter(|told| told.accepted && !told.ended);
        told.ok_or_else(|| TestCaseError::fail(format!("order {sequence} does not stand")))
    }

    fn hear_trade(&mut self, trade: &Trade, remaining: Decimal, venue: &Rehearsal) -> Result<(), TestCaseError> {
        let signed = if trade.side == Side::Buy { trade.quantity.get() } else { -trade.quantity.get() };
        self.held[usize::from(trade.position_side == PositionSide::Short)] += signed;
        self.cash -= signed * trade.price.get() + trade.fee.amount;
        let Some(id) = trade.order else { return Ok(()) };
        let order = &venue.sent[&id.sequence];
        let waits = order.kind.is_conditional();
        let told = self.standing(id.sequence)?;
        prop_assert!(!waits || told.triggered, "{id} trades before it is triggered");
        told.filled += trade.quantity.get();
        told.ended = remaining.is_zero();
        if !matches!(order.effect, Effect::CloseAll(_)) {
            prop_assert!(told.filled + remaining <= told.quantity, "{id} trades more than it is for: {told:?}");
        }
        if matches!(order.effect, Effect::Close(_) | Effect::CloseAll(_)) {
            prop_assert!(!trade.opens(), "{id} only closes, and opens {trade:?}");
        }
        Ok(())
    }

    /// After the data has ended.
    fn judge(&self, venue: &mut Rehearsal) -> Result<(), TestCaseError> {
        for (sequence, order) in venue.sent.clone() {
            let Some(told) = self.orders.get(&sequence) else {
                return Err(TestCaseError::fail(format!("nothing was said of order {sequence}")));
            };
            prop_assert!(told.ended, "order {sequence} has no end: {told:?}");
            if order.time_in_force == TimeInForce::FillOrKill && !told.filled.is_zero() && !order_closes(&order) {
                prop_assert_eq!(told.filled, told.quantity, "order {} is filled in part", sequence);
            }
        }
        let mut traded: BTreeMap<u64, u64> = BTreeMap::new();
        for (sequence, order) in &venue.sent {
            if let Some(link) = order.link.filter(|_| !self.orders[sequence].filled.is_zero()) {
                let other = traded.insert(link.0, *sequence);
                prop_assert!(other.is_none(), "orders {other:?} and {sequence} are linked, and both have traded");
            }
        }
        let capital = venue.setup.account.capital.amount;
        let held = self.held;
        prop_assert_eq!(held, [dec!(0), dec!(0)], "what was open was closed at the end");
        // A part of a leg's cost may have been rounded at the 28th digit.
        let drift = (venue.begun().account().balance() - capital - self.cash).abs();
        prop_assert!(drift < dec!(0.000000000000001), "the balance is off by {drift}");
        Ok(())
    }
}

fn order_closes(order: &NewOrder) -> bool {
    matches!(order.effect, Effect::Close(_) | Effect::CloseAll(_))
}

/// Plays lines, listening; `judge` is asked of each line of the market and its executions.
fn play(
    settings: &[&str],
    lines: &[String],
    mut judge: impl FnMut(&str, &Rehearsal) -> Result<(), TestCaseError>,
) -> Result<Rehearsal, TestCaseError> {
    let (mut venue, mut watch) = (Rehearsal::new(), Watch::default());
    for line in settings.iter().copied().chain(lines.iter().map(String::as_str)) {
        venue.play(line);
        watch.hear(&venue)?;
        judge(line, &venue)?;
        for trade in trades(&venue) {
            check_limit(trade, &venue)?;
        }
        venue.answers.clear();
        for side in PositionSide::BOTH.into_iter().filter(|_| watch.has_begun()) {
            let instrument = venue.instrument;
            let held = venue.begun().account().leg(instrument, side).map_or(dec!(0), |leg| leg.quantity);
            let signed = if side == PositionSide::Long { held } else { -held };
            prop_assert_eq!(signed, watch.held[usize::from(side == PositionSide::Short)], "positions follow from the fills");
        }
    }
    venue.end();
    watch.hear(&venue)?;
    watch.judge(&mut venue)?;
    Ok(venue)
}

fn trades(venue: &Rehearsal) -> impl Iterator<Item = &Trade> {
    venue.answers.iter().filter_map(|answer| match answer {
        Answer::Trade { trade, .. } => Some(trade),
        _ => None,
    })
}

/// No order trades at a price that is worse than its limit, as it was sent or amended.
fn check_limit(trade: &Trade, venue: &Rehearsal) -> Result<(), TestCaseError> {
    let Some(order) = trade.order.and_then(|id| venue.sent.get(&id.sequence)) else { return Ok(()) };
    let was_amended = venue.told.contains(&format!("#{} is for", order.id.sequence));
    if let Some(limit) = order.kind.limit_price().filter(|_| !was_amended) {
        let is_within = match trade.side {
            Side::Buy => trade.price <= limit,
            Side::Sell => trade.price >= limit,
        };
        prop_assert!(is_within, "{} @ {} is beyond the limit {limit}", trade.side, trade.price);
    }
    Ok(())
}

/// Whether a trade took from the market, and not from an order of our own.
fn takes_from_the_market(trade: &Trade, venue: &Rehearsal) -> bool {
    let own = venue.answers.iter().any(|answer| match answer {
        Answer::Trade { trade: other, .. } => {
            other.liquidity == Liquidity::Maker && other.price == trade.price && other.side != trade.side
        }
        _ => false,
    });
    trade.liquidity == Liquidity::Taker && trade.reason != Reason::Liquidation && !own
}

/// The numbers of a line of the market.
fn numbers(line: &str) -> Vec<Decimal> {
    line.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

proptest! {
    #[test]
    fn on_bars_every_order_ends_once_and_trades_within_the_bar(lines in any_lines(any_bar()), through: bool) {
        let fill = if through { "through" } else { "min 0" };
        play(&["capital 2000", "taker 0.1", fill, BAR], &lines, |line, venue| {
            let bar = numbers(line);
            for trade in trades(venue).filter(|trade| trade.reason != Reason::Liquidation) {
                prop_assert!(trade.price.get() <= bar[1] && trade.price.get() >= bar[2], "{} is outside of {line}", trade.price);
            }
            Ok(())
        })?;
    }

    #[test]
    fn on_quotes_every_order_ends_once_and_takers_get_the_quote(lines in any_lines(any_quote())) {
        let mut quote = Vec::new();
        play(&["capital 2000", "maker 0.1"], &lines, |line, venue| {
            if line.starts_with("quote") {
                quote = numbers(line);
            }
            for trade in trades(venue).filter(|trade| takes_from_the_market(trade, venue)) {
                if let [bid, _, ask, _] = quote.as_slice() {
                    let offered = if trade.side == Side::Buy { *ask } else { *bid };
                    prop_assert_eq!(trade.price.get(), offered, "{:?}", trade);
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn on_a_book_every_order_ends_once_and_takers_get_no_more_than_is_shown(lines in any_lines(any_message())) {
        let mut shown: BTreeMap<(String, Decimal), Decimal> = BTreeMap::new();
        play(&["capital 2000", "leverage 3", BOOK], &lines, |line, venue| {
            let words: Vec<&str> = line.split_whitespace().collect();
            for level in words[1..].chunks(3).filter(|_| words[0] == "book") {
                shown.insert((level[0].to_owned(), level[1].parse().unwrap()), level[2].parse().unwrap());
            }
            for trade in trades(venue).filter(|trade| takes_from_the_market(trade, venue)) {
                let side = if trade.side == Side::Buy { "ask" } else { "bid" };
                let level = shown.get_mut(&(side.to_owned(), trade.price.get()));
                let Some(level) = level else { return Err(TestCaseError::fail(format!("nobody offers {trade:?}"))) };
                *level -= trade.quantity.get();
                prop_assert!(*level >= dec!(0), "more than is shown: {trade:?}");
            }
            Ok(())
        })?;
    }

    #[test]
    fn the_legs_of_a_hedge_know_nothing_of_each_other(lines in any_lines(any_bar())) {
        // With money enough, and no links, the long leg is the same without the orders of the short one.
        let hedged: Vec<String> =
            lines.iter().filter(|line| !line.starts_with("net")).map(|line| line.split(" link").next().unwrap().to_owned()).collect();
        let is_long = |line: &String| {
            let closes = line.contains("reduce") || line.contains("whole");
            (line.starts_with("buy") && !closes) || (line.starts_with("sell") && closes)
        };
        // What is not of the long leg goes; orders keep their numbers by being replaced with one that is refused at once.
        let long: Vec<String> = hedged
            .iter()
            .map(|line| {
                let is_order = line.starts_with("buy") || line.starts_with("sell");
                if is_order && !is_long(line) { "buy 1 @ 1 until 0".to_owned() } else { line.clone() }
            })
            .collect();
        let of_long = |lines: &[String]| -> Result<Vec<String>, TestCaseError> {
            let venue = play(&["capital 100000000", BAR], lines, |_, _| Ok(()))?;
            let of_leg = |line: &&str| line.contains(" long ") && !line.contains("end_of_data");
            Ok(venue.told.lines().filter(of_leg).map(str::to_owned).collect())
        };
        prop_assert_eq!(of_long(&hedged)?, of_long(&long)?);
    }
}

#[test]
fn what_is_tried_is_worth_trying() {
    // Were the scripts refused or never filled, the properties would hold of nothing.
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..200 {
        let lines = any_lines(any_bar()).new_tree(&mut runner).unwrap().current();
        let venue = play(&["capital 400", BAR], &lines, |_, _| Ok(())).unwrap();
        for order in venue.sent.values() {
            *seen.entry(order.kind.as_str()).or_default() += 1;
        }
        for word in
            ["maker", "taker", "triggered", "linked", "expired", "nothing_to_close", "would_take", "not_all_at_once", "funds"]
        {
            *seen.entry(word).or_default() += venue.told.matches(word).count();
        }
    }
    assert!(seen.len() == 7 + 9 && seen.values().all(|count| *count > 5), "{seen:?}");
}
