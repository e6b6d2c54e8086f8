//! Orders that are late, refused, lost, unknown or taken away: no leg is closed twice, and none outlives its stop by more than the steps
//! that a market order takes.

use metaexpert_core::{
    PositionSide, Reason, Rejection,
    broker::{Guards, Offers},
};
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy, dec};

use super::{
    parity::{protections, walks},
    stage::{Act, Fate, Script, Stage, config},
};

fn fates(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop::sample::select(vec![
        Fate::Fine,
        Fate::Late,
        Fate::Refused(Rejection::NotSent),
        Fate::Refused(Rejection::Refused),
        Fate::Refused(Rejection::NothingToClose),
        Fate::Unknown,
        Fate::Lost,
        Fate::Withdrawn,
    ]);
    prop::collection::vec(fate, count)
}

fn offers() -> impl Strategy<Value = Offers> {
    (any::<bool>(), any::<bool>()).prop_map(|(stops, both_exits)| Offers { stops, both_exits, calls_off: true })
}

/// How many steps each fate may cost a leg whose stop was reached: a lost answer comes a step later, a market order that was refused is
/// tried again after five seconds at most, and executed with the next price.
const STEPS_A_FATE: i64 = 7;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn whatever_becomes_of_orders_nothing_is_closed_twice(
        (prices, acts) in walks(), config in protections(), fates in fates(0..20), offers in offers(),
    ) {
        let script = Script { fates, offers, ..Script::new(&prices, &acts, config) };
        // A trade that closes more than there is would end the run with an error.
        let stage = Stage::play(&script, Guards::Engine);
        for leg in PositionSide::BOTH {
            let sum = |opens: bool| -> Decimal {
                stage.seen.borrow().told.iter().filter(|told| told.leg == leg && told.opens == opens).map(|told| told.quantity).sum()
            };
            prop_assert_eq!(sum(true) - sum(false), stage.exchange.borrow().held(leg));
        }
    }

    #[test]
    fn whatever_becomes_of_orders_a_leg_does_not_outlive_its_stop(
        fall in 6_i64..40, fates in fates(0..9), offers in offers(), stop in 5_i64..50,
    ) {
        // Up for a while, then down, and down it stays.
        let mut prices: Vec<i64> = (0..15).map(|step| 1000 + step).collect();
        prices.extend((1..120).map(|step| 1015 - (step * fall).min(100)));
        let config = config(Some(Decimal::new(stop, 1)), None, [None, None], None);
        let script = Script { fates, offers, ..Script::new(&prices, &[(1, Act::Buy)], config) };
        let stage = Stage::play(&script, Guards::Engine);
        let exits = stage.exits();
        prop_assert_eq!(exits.len(), 1);
        let level = (dec!(100.2) * (Decimal::ONE - Decimal::new(stop, 3))).round_dp_with_strategy(1, RoundingStrategy::ToPositiveInfinity);
        let reached = prices.iter().position(|price| *price < 1015 - 14 && Decimal::new(*price, 1) <= level);
        let reached = i64::try_from(reached.unwrap()).unwrap();
        let latest = 2 + STEPS_A_FATE * i64::try_from(script.fates.len()).unwrap();
        prop_assert!(exits[0].second >= reached && exits[0].second <= reached + latest, "{:?} {}", exits, reached);
        prop_assert_eq!(exits[0].reason, Reason::StopLoss);
        prop_assert_eq!(stage.cancelled_and_open(), (Decimal::ZERO, 0));
    }
}

#[test]
fn a_stop_that_is_refused_for_good_is_told_and_watched() {
    let prices = [1000, 1000, 1000, 1000, 995, 985, 984, 983];
    let config = config(Some(dec!(1)), None, [None, None], None);
    let script = Script { fates: vec![Fate::Refused(Rejection::Refused)], ..Script::new(&prices, &[(0, Act::Buy)], config) };
    let stage = Stage::play(&script, Guards::Engine);
    assert_eq!(stage.seen.borrow().errors.len(), 1, "{:?}", stage.seen.borrow().errors);
    let exits = stage.exits();
    // Seen at the fifth second, sent, and executed with the next price.
    assert_eq!((exits[0].second, exits[0].price, exits[0].reason), (6, dec!(98.4), Reason::StopLoss));
    assert_eq!(stage.cancelled_and_open(), (Decimal::ZERO, 0));
}

#[test]
fn a_stop_that_would_trigger_at_once_closes_by_market() {
    let prices = [1000, 1000, 1000, 1000, 999];
    let config = config(Some(dec!(1)), None, [None, None], None);
    let script = Script { fates: vec![Fate::Refused(Rejection::WouldTrigger)], ..Script::new(&prices, &[(0, Act::Buy)], config) };
    let stage = Stage::play(&script, Guards::Engine);
    assert!(stage.seen.borrow().errors.is_empty());
    assert_eq!(stage.exits().iter().map(|told| (told.second, told.reason)).collect::<Vec<_>>(), [(2, Reason::StopLoss)]);
}

#[test]
fn a_trailing_stop_is_moved_no_more_than_once_a_second_and_only_by_whole_ticks() {
    let prices: Vec<i64> = (0..40).map(|step| 1000 + step / 4).collect();
    let config = config(None, None, [Some(dec!(1)), None], None);
    let stage = Stage::play(&Script::new(&prices, &[(0, Act::Buy)], config), Guards::Engine);
    let seen = stage.seen.borrow();
    let moves: Vec<i64> = seen.sent.iter().filter(|(_, reason, _)| *reason == Reason::TrailingStop).map(|(at, ..)| *at).collect();
    assert_eq!(moves, [1, 4, 8, 12, 16, 20, 24, 28, 32, 36]);
    // One stands: the others were cancelled.
    assert_eq!(stage.cancelled_and_open(), (dec!(1), 1));
}

#[test]
fn without_stop_orders_at_the_venue_nothing_rests_and_everything_is_watched() {
    let prices = [1000, 1000, 1000, 1020, 1020, 1020];
    let config = config(Some(dec!(1)), Some(dec!(1)), [None, None], None);
    let offers = Offers { stops: false, both_exits: true, calls_off: true };
    let stage = Stage::play(&Script { offers, ..Script::new(&prices, &[(0, Act::Buy)], config) }, Guards::Engine);
    let sent: Vec<_> = stage.seen.borrow().sent.iter().map(|(at, reason, _)| (*at, *reason)).collect();
    assert_eq!(sent, [(0, Reason::Signal), (3, Reason::TakeProfit)]);
    assert_eq!(stage.exits()[0].second, 4);
}
