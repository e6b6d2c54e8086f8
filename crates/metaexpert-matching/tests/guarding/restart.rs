//! The program ends at any step, and the next one goes on: the same exits as of one that never ended.

use metaexpert_core::broker::Guards;
use proptest::prelude::*;

use super::{
    parity::{comparable, protections, walks},
    stage::{Script, Stage},
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_restart_changes_no_exit((prices, acts) in walks(), config in protections(), at in prop::collection::vec(1_usize..60, 1..4)) {
        let script = Script::new(&prices, &acts, config);
        let whole = Stage::play(&script, Guards::Engine);
        let mut parts = Stage::new(&script, Guards::Engine);
        let mut ends = at;
        ends.push(prices.len());
        ends.sort_unstable();
        let mut begin = 0;
        for end in ends {
            parts.run(begin..end);
            begin = end;
        }
        prop_assert_eq!(comparable(&parts.seen.borrow().told), comparable(&whole.seen.borrow().told));
    }
}
