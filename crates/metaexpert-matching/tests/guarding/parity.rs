//! The same exits as a venue's own guards: the same moment, leg, reason and quantity; of stops the same price too. (A venue's own
//! take-profit rests as a limit and gets its price; an exchange's is triggered there, and takes what there is.)

use metaexpert_core::{PositionSide, Reason, broker::Guards, config::Config};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

use super::stage::{Act, Script, Stage, Told, config};

pub(crate) fn percent(tenths: std::ops::Range<i64>) -> impl Strategy<Value = Option<Decimal>> {
    prop::option::of(tenths.prop_map(|tenths| Decimal::new(tenths, 1)))
}

pub(crate) fn protections() -> impl Strategy<Value = Config> {
    let trail = (percent(5..30), percent(5..30));
    (percent(5..40), percent(5..40), trail, percent(5..30))
        .prop_map(|(stop, take, (trailing, activation), breakeven)| config(stop, take, [trailing, activation], breakeven))
}

/// A walk of whole ticks about 100, and what the expert does on it.
pub(crate) fn walks() -> impl Strategy<Value = (Vec<i64>, Vec<(usize, Act)>)> {
    let steps = prop::collection::vec(-8_i64..=8, 60);
    let acts = prop::collection::vec(
        (0_usize..50, prop::sample::select(vec![Act::Buy, Act::Sell, Act::CloseLong, Act::CloseShort])),
        1..8,
    );
    (steps, acts).prop_map(|(steps, acts)| {
        let walked = steps.into_iter().scan(1000, |price, step| {
            *price += step;
            Some(*price)
        });
        (walked.collect(), acts)
    })
}

/// What both must agree on. Two legs that are left at one moment are so in any order.
pub(crate) fn comparable(told: &[Told]) -> Vec<Told> {
    let price = |told: &Told| if told.reason == Reason::TakeProfit { Decimal::ZERO } else { told.price };
    let mut told: Vec<Told> = told.iter().map(|told| Told { price: price(told), ..told.clone() }).collect();
    told.sort_by_key(|told| (told.second, told.leg == PositionSide::Short));
    told
}

/// Whether a leg was left at the very moment of an entry that moved its exits. Of the two a venue's own guard knows the new exits; an
/// exchange has the old ones yet, or refuses a stop that the price is beyond, and executes the market order that follows with the next
/// price.
fn is_left_as_it_grows(told: &[Told]) -> bool {
    told.iter().any(|exit| {
        let grows = |entry: &Told| entry.opens && entry.leg == exit.leg && entry.second == exit.second;
        !exit.opens && !exit.has_order && told.iter().any(grows)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_engine_leaves_legs_where_a_venue_would((prices, acts) in walks(), config in protections()) {
        let script = Script::new(&prices, &acts, config);
        let by_venue = Stage::play(&script, Guards::Venue);
        prop_assume!(!is_left_as_it_grows(&by_venue.seen.borrow().told));
        let by_engine = Stage::play(&script, Guards::Engine);
        prop_assume!(!is_left_as_it_grows(&by_engine.seen.borrow().told));
        prop_assert_eq!(comparable(&by_engine.seen.borrow().told), comparable(&by_venue.seen.borrow().told));
        // The expert sees nothing of how it is done.
        prop_assert_eq!(&by_engine.seen.borrow().orders, &by_venue.seen.borrow().orders);
        prop_assert_eq!(&by_engine.seen.borrow().errors, &by_venue.seen.borrow().errors);
    }
}

#[test]
fn a_take_profit_moves_with_an_entry_though_a_stop_has_just_been_placed() {
    // A second one is sold and one is bought back at 99.5: the take-profit goes from 99.2 to 98.9, and 99.0 is not there.
    let prices = [1000, 1000, 1000, 995, 990, 990];
    let config = config(None, Some(dec!(0.8)), [Some(dec!(0.5)), None], None);
    let script = Script::new(&prices, &[(0, Act::Sell), (2, Act::Sell), (2, Act::CloseShort)], config);
    for guards in [Guards::Venue, Guards::Engine] {
        let exits: Vec<_> = Stage::play(&script, guards).exits().iter().map(|told| (told.second, told.reason)).collect();
        assert_eq!(exits, [(3, Reason::Signal)], "{guards:?}");
    }
}

#[test]
fn a_stop_that_stays_while_its_reason_changes_is_told_by_the_new_one() {
    // Behind 101.4 the trailing stop comes to 100.1; so does the stop-loss of two bought at 101.0 and 101.1, of which one is sold again.
    let prices = [1010, 1010, 1014, 1010, 1011, 1009, 1001];
    let config = config(Some(dec!(1)), None, [Some(dec!(1.3)), None], None);
    let script = Script::new(&prices, &[(0, Act::Buy), (3, Act::Buy), (3, Act::CloseLong)], config);
    for guards in [Guards::Venue, Guards::Engine] {
        let exits: Vec<_> = Stage::play(&script, guards).exits().iter().map(|told| (told.second, told.reason)).collect();
        assert_eq!(exits, [(4, Reason::Signal), (6, Reason::StopLoss)], "{guards:?}");
    }
}
