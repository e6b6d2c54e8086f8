//! The same again: seeds, steps of any length.

use proptest::prelude::*;

use super::*;

/// What moved, and what was told of it.
type Told = (Vec<(MarketId, UnixNanos, Move)>, Vec<(MarketId, MarketNews)>);

fn told(seed: u64, steps: &[i64]) -> Told {
    let mut markets = Markets::new(listings(), &sources(), start(), seed).unwrap();
    let mut all = Vec::new();
    let mut now = start();
    for step in steps {
        now = now.saturating_add_nanos(*step);
        all.extend(moves(&mut markets, now));
    }
    (all, markets.take_news())
}

/// The same without the numbers of prints: users' trades have some of them.
fn unnumbered(mut moves: Vec<(MarketId, UnixNanos, Move)>) -> Vec<(MarketId, UnixNanos, Move)> {
    for (_, _, moved) in &mut moves {
        if let Move::Print { id, .. } = moved {
            *id = 0;
        }
    }
    moves
}

#[test]
fn another_seed_is_another_market() {
    assert_ne!(told(1, &[SECOND]).0, told(2, &[SECOND]).0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn however_time_is_cut_the_same_moves_come(seed in 0_u64..1_000, cuts in prop::collection::vec(1_i64..700_000_000, 1..20)) {
        let whole: i64 = cuts.iter().sum();
        let once = told(seed, &[whole]);
        prop_assert_eq!(&once, &told(seed, &cuts));
        prop_assert!(once.0.windows(2).all(|pair| pair[0].1 <= pair[1].1), "time does not go back");
    }

    #[test]
    fn users_do_not_bend_the_market(seed in 0_u64..1_000, quantity in 1_i64..100) {
        let mut alone = Markets::new(listings(), &sources(), start(), seed).unwrap();
        let mut visited = Markets::new(listings(), &sources(), start(), seed).unwrap();
        let id = MarketId(0);
        for second in 1..5 {
            let now = after(second * SECOND);
            prop_assert_eq!(unnumbered(moves(&mut alone, now)), unnumbered(moves(&mut visited, now)));
            let ask = visited.get(id).quote().unwrap().ask.0;
            visited.rests(id, AccountId(3), Side::Buy, ask, Decimal::from(quantity), now);
            visited.print(id, ask, Decimal::from(quantity), Side::Buy, now);
        }
    }
}
