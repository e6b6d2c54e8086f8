//! The nearest number, held against a search through all of them.

use proptest::prelude::*;
use rust_decimal::dec;

use super::*;

fn bound(demand: Demand) -> Bound {
    Bound { rule: Rule::LotSize, demand }
}

fn meets_all(value: Decimal, bounds: &[Bound]) -> bool {
    bounds.iter().all(|bound| bound.demand.breach(value).is_none())
}

/// Bounds in hundredths, steps of which one is a part of the other or neither of the other.
fn any_bounds() -> impl Strategy<Value = Vec<Bound>> {
    let cents = |range: std::ops::Range<i64>| range.prop_map(|cents| Decimal::new(cents, 2));
    let at_least = prop::option::of(cents(0..300).prop_map(Demand::AtLeast));
    let at_most = prop::option::of(cents(200..900).prop_map(Demand::AtMost));
    let steps = prop::collection::vec(prop::sample::select(vec![1, 2, 5, 10, 25, 30]), 1..3);
    let steps = steps.prop_map(|steps| {
        steps.into_iter().map(|step| Demand::OnStep { step: Decimal::new(step, 2), from: Decimal::ZERO }).collect::<Vec<_>>()
    });
    let least = prop::option::of((cents(20..700), cents(1..900)).prop_map(|(apiece, min)| Demand::WorthAtLeast { apiece, min }));
    let most = prop::option::of((cents(20..300), cents(1..900)).prop_map(|(apiece, max)| Demand::WorthAtMost { apiece, max }));
    (at_least, at_most, steps, least, most).prop_map(|(at_least, at_most, steps, least, most)| {
        let all = [Some(Demand::Positive), at_least, at_most, least, most].into_iter().flatten().chain(steps);
        all.map(bound).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_nearest_value_meets_every_rule_and_none_that_does_is_nearer(
        cents in -200_i64..1500,
        bounds in any_bounds(),
    ) {
        let value = Decimal::new(cents, 2);
        let Err((_, _, nearest)) = judge(value, &bounds) else {
            prop_assert!(meets_all(value, &bounds));
            return Ok(());
        };
        // Every step is a number of hundredths, so every value that does is one.
        let all = (1..6000).map(|cents| Decimal::new(cents, 2)).filter(|value| meets_all(*value, &bounds));
        let best = all.min_by_key(|candidate| (*candidate - value).abs());
        prop_assert_eq!(nearest.map(|nearest| (nearest - value).abs()), best.map(|best| (best - value).abs()), "{:?}", nearest);
        prop_assert!(nearest.is_none_or(|nearest| meets_all(nearest, &bounds)));
    }
}

#[test]
fn without_a_step_the_limit_itself_is_the_nearest() {
    let bounds = [Demand::AtLeast(dec!(0.5)), Demand::AtMost(dec!(2))].map(bound);
    assert_eq!(judge(dec!(0.1), &bounds), Err((Rule::LotSize, Breach::BelowMin(dec!(0.5)), Some(dec!(0.5)))));
    assert_eq!(judge(dec!(7), &bounds), Err((Rule::LotSize, Breach::AboveMax(dec!(2)), Some(dec!(2)))));
    assert_eq!(judge(dec!(1), &bounds), Ok(()));
}

#[test]
fn bounds_that_exclude_each_other_have_no_nearest() {
    let bounds = [Demand::AtLeast(dec!(5)), Demand::AtMost(dec!(4))].map(bound);
    assert_eq!(judge(dec!(3), &bounds), Err((Rule::LotSize, Breach::BelowMin(dec!(5)), None)));
}

#[test]
fn what_no_decimal_holds_is_refused_and_not_counted() {
    let most = [bound(Demand::WorthAtMost { apiece: Decimal::MAX, max: dec!(1) })];
    assert!(judge(Decimal::MAX, &most).is_err());
    let step = [bound(Demand::OnStep { step: dec!(0.1), from: Decimal::MIN })];
    assert!(judge(Decimal::MAX, &step).is_err());
}
