//! What the next run makes of what an earlier one has left of a leg.

use rust_decimal::dec;

use super::*;
use crate::{
    OrderStatus, Percent, Reason,
    protection::leg::{
        Wanted,
        tests::{instrument, order},
    },
};

/// A long leg of two at this price, of which this is known, and a stop for all of it that stood here: what stops it in the next run, and
/// whether what is known could be read.
fn resumed(entry: Decimal, text: Option<&str>, stop: (Decimal, Reason)) -> (Option<(Decimal, Reason)>, bool) {
    let of = instrument();
    let mut instruments = Instruments::default();
    let id = (instruments.add(of.clone()), PositionSide::Long);
    let mut guards = Guards::new(&instruments, MarketType::Futures, Offers::ALL);
    let (quantity, (level, reason)) = (dec!(2), stop);
    let leg = Leg { quantity, cost: entry * quantity, leverage: 1, opened: UnixNanos::default(), entries: 2 };
    let is_read = guards.resume(id, &leg, text, protection(), &of).is_ok();
    let wanted = Wanted { exit: Exit::Stop, level: Some(level), quantity, reason };
    let stands = Standing {
        order: order(1, wanted, 0),
        filled: Decimal::ZERO,
        status: OrderStatus::Accepted,
        since: UnixNanos::default(),
    };
    assert!(guards.adopt(&stands));
    (guards.leg(id).unwrap().levels().unwrap().stop(), is_read)
}

fn protection() -> Protection {
    let percent = |percent| Some(Percent::new(percent));
    Protection {
        trailing_stop: percent(dec!(1)),
        trailing_activation: percent(dec!(0.8)),
        breakeven: percent(dec!(0.6)),
        ..Protection::default()
    }
}

#[test]
fn an_order_of_a_leg_that_has_grown_since_arms_nothing() {
    // Bought at 100.9, and again at 101.9: neither gain has been reached on 101.4. What guarded the first one is not cancelled yet.
    let mut levels = ExitLevels::new(PositionSide::Long, dec!(100.9), protection(), &instrument());
    levels.visit(dec!(101.8));
    assert_eq!(levels.stop(), Some((dec!(100.9), Reason::Breakeven)));
    levels.moved(dec!(101.4), dec!(101.9), protection());
    let text = kept::written(&levels).unwrap();
    for stood in [(dec!(100.9), Reason::Breakeven), (dec!(100.8), Reason::TrailingStop)] {
        assert_eq!(resumed(dec!(101.4), Some(&text), stood), (None, true), "{stood:?}");
    }
}

#[test]
fn where_the_journal_does_not_say_what_guarded_a_leg_the_stop_that_stood_does() {
    for text in [None, Some("")] {
        for stood in [(dec!(100.9), Reason::Breakeven), (dec!(101.3), Reason::TrailingStop)] {
            assert_eq!(resumed(dec!(100.9), text, stood), (Some(stood), text.is_none()), "{stood:?}");
        }
    }
}
