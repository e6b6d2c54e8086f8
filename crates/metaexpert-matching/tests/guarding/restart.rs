//! The program ends at any step, and the next one goes on: the same exits as of one that never ended.

use metaexpert_core::broker::Guards;
use proptest::prelude::*;
use rust_decimal::dec;

use super::{
    parity::{comparable, protections, walks},
    stage::{Act, Script, Stage, Told, config},
};

/// What is told where the program ends before each of these steps, and the next one goes on.
fn told_in_parts(script: &Script, ends: &[usize]) -> Vec<Told> {
    let mut stage = Stage::new(script, Guards::Engine);
    let mut begin = 0;
    for end in ends.iter().copied().chain([script.prices.len()]) {
        stage.run(begin..end);
        begin = end;
    }
    comparable(&stage.seen.borrow().told)
}

fn told_in_one(script: &Script) -> Vec<Told> {
    comparable(&Stage::play(script, Guards::Engine).seen.borrow().told)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_restart_changes_no_exit((prices, acts) in walks(), config in protections(), at in prop::collection::vec(1_usize..60, 1..4)) {
        let script = Script::new(&prices, &acts, config);
        let mut ends = at;
        ends.sort_unstable();
        prop_assert_eq!(told_in_parts(&script, &ends), told_in_one(&script));
    }
}

#[test]
fn a_trailing_stop_that_stands_arms_no_breakeven_after_a_restart() {
    // The best price is less than half a tick short of what arms the breakeven: from beyond that a stop rounds to the same level.
    let prices = [1006, 1006, 999, 1004, 1006, 1006];
    let config = config(None, None, [Some(dec!(0.9)), None], Some(dec!(0.7)));
    let script = Script::new(&prices, &[(0, Act::Sell)], config);
    let told = told_in_one(&script);
    assert_eq!(told.iter().filter(|told| !told.opens).count(), 0, "{told:?}");
    for end in 1..prices.len() {
        assert_eq!(told_in_parts(&script, &[end]), told, "{end}");
    }
}
