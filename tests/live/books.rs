//! The executions that the restless expert was told of, in room that does not grow with them: what is saved with each execution is as
//! long in the last minute of a night as in the first hour.
//!
//! The one decision: the newest are there by name; those before them are counted, summed up and marked, symbol by symbol. Whoever has
//! all their names sums them up alike: one that is missing, doubled or of another size shows in the sum.

use std::collections::{BTreeMap, VecDeque};

use metaexpert::prelude::Decimal;
use serde::{Deserialize, Serialize};

/// So many are there by name: far more than come twice within reach of a comparison of these nights.
const NEWEST: usize = 256;

/// Executions, each once.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Executions {
    /// Symbol and number, and how much.
    pub(crate) newest: VecDeque<(String, Decimal)>,
    /// All that came before them.
    pub(crate) older: Sums,
}

/// By symbol.
pub(crate) type Sums = BTreeMap<String, Sum>;

/// What is left of executions whose names are not kept.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sum {
    count: u64,
    quantity: Decimal,
    /// Made of their names and quantities, in whichever order they came.
    mark: u64,
}

impl Executions {
    /// `false` where one of this name is there.
    pub(crate) fn add(&mut self, name: String, quantity: Decimal) -> bool {
        if self.newest.iter().any(|(known, _)| *known == name) {
            return false;
        }
        self.newest.push_back((name, quantity));
        if self.newest.len() > NEWEST
            && let Some((name, quantity)) = self.newest.pop_front()
        {
            add_to(&mut self.older, &name, quantity);
        }
        true
    }
}

/// Adds an execution to those whose names are not kept.
pub(crate) fn add_to(sums: &mut Sums, name: &str, quantity: Decimal) {
    let symbol = name.split(' ').next().unwrap_or_default();
    let sum = sums.entry(symbol.to_owned()).or_default();
    let quantity = quantity.normalize();
    sum.count += 1;
    sum.quantity = (sum.quantity + quantity).normalize();
    sum.mark = sum.mark.wrapping_add(mark_of(&format!("{name} {quantity}")));
}

/// FNV-1a of 64 bits.
fn mark_of(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |mark, byte| (mark ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(of: u32) -> String {
        format!("BTCUSDT {}", 130_000 + of)
    }

    fn told(of: impl IntoIterator<Item = u32>) -> Executions {
        let mut executions = Executions::default();
        for of in of {
            executions.add(name(of), Decimal::new(i64::from(of % 7 + 1), 3));
        }
        executions
    }

    #[test]
    fn books_of_a_long_night_are_as_small_as_those_of_a_short_one() {
        let long = serde_json::to_string(&told(0..20_000)).unwrap();
        assert!(long.len() < 12_000, "{} bytes", long.len());
        assert_eq!(serde_json::from_str::<Executions>(&long).unwrap(), told(0..20_000));
    }

    #[test]
    fn an_execution_that_comes_twice_or_not_at_all_shows_however_old_it_is() {
        let right = told(0..1_000);
        assert!(!right.clone().add(name(999), Decimal::ONE), "it is there by name");
        for wrong in [told((0..1_000).chain([3])), told((0..1_000).filter(|of| *of != 3)), told((0..1_000).map(|of| of.max(4)))] {
            assert_ne!(wrong, right);
        }
        // One more and one less of the same size.
        assert_ne!(told((0..1_000).map(|of| if of == 3 { 1_010 } else { of })).older, right.older);
    }

    #[test]
    fn who_has_all_names_sums_them_up_alike_in_any_order() {
        let (books, mut sums) = (told(0..1_000), Sums::new());
        for of in (0..744).rev() {
            add_to(&mut sums, &name(of), Decimal::new(i64::from(of % 7 + 1) * 10, 4));
        }
        assert_eq!((books.newest.len(), books.older), (256, sums));
    }
}
