//! Both models, by hand and against what must hold for any day of any market.

use proptest::prelude::*;

use super::*;

/// What can happen at the price of a resting order.
#[derive(Debug, Clone, Copy)]
enum Happens {
    Trades(f64),
    Cancels(f64),
    Joins(f64),
}

/// A level and one order in it, told as a book tells it: each trade is followed by the change that it made.
struct Level<'a, M: QueueModel<Position = Place>> {
    model: &'a M,
    displayed: f64,
    place: Place,
    executed: f64,
}

impl<'a, M: QueueModel<Position = Place>> Level<'a, M> {
    fn join(model: &'a M, displayed: f64) -> Self {
        Self { model, displayed, place: model.joined(displayed), executed: 0.0 }
    }

    fn happens(&mut self, what: Happens) -> &mut Self {
        let before = self.displayed;
        match what {
            Trades(quantity) => {
                self.model.traded(&mut self.place, quantity);
                self.displayed = (self.displayed - quantity).max(0.0);
            }
            Cancels(quantity) => self.displayed = (self.displayed - quantity).max(0.0),
            Joins(quantity) => self.displayed += quantity,
        }
        self.model.changed(&mut self.place, before, self.displayed);
        self.executed += self.model.executable(&mut self.place);
        self
    }
}

fn ahead_after<M: QueueModel<Position = Place>>(model: &M, displayed: f64, events: &[Happens]) -> f64 {
    let mut level = Level::join(model, displayed);
    for event in events {
        level.happens(*event);
    }
    level.place.ahead()
}

use Happens::{Cancels, Joins, Trades};

#[test]
fn who_joins_later_does_not_stand_ahead() {
    assert_eq!(ahead_after(&RiskAverse, 10.0, &[Joins(90.0)]), 10.0);
    assert_eq!(ahead_after(&Probability::power(3.0).unwrap(), 10.0, &[Joins(90.0)]), 10.0);
}

#[test]
fn a_careful_order_moves_by_trades_only() {
    assert_eq!(ahead_after(&RiskAverse, 10.0, &[Joins(10.0), Cancels(10.0)]), 10.0);
    assert_eq!(ahead_after(&RiskAverse, 10.0, &[Joins(10.0), Trades(3.0)]), 7.0);
}

#[test]
fn no_more_stands_ahead_than_the_price_displays() {
    for model in [Probability::power(1.0).unwrap(), Probability::logarithm()] {
        assert_eq!(ahead_after(&model, 10.0, &[Cancels(6.0)]), 4.0);
    }
    assert_eq!(ahead_after(&RiskAverse, 10.0, &[Cancels(6.0)]), 4.0);
    assert_eq!(ahead_after(&RiskAverse, 10.0, &[Cancels(10.0), Joins(5.0)]), 0.0);
}

#[test]
fn cancellations_are_shared_by_the_function_of_both_sides() {
    // 4 ahead, 12 behind, 8 cancelled: of them 1/4 by power 1, 1/10 by power 2, ln 5 / (ln 5 + ln 13) by logarithm.
    let events = [Joins(12.0), Cancels(8.0)];
    assert_eq!(ahead_after(&Probability::power(1.0).unwrap(), 4.0, &events), 2.0);
    assert!((ahead_after(&Probability::power(2.0).unwrap(), 4.0, &events) - 3.2).abs() < 1e-12);
    assert!((ahead_after(&Probability::logarithm(), 4.0, &events) - (4.0 - 8.0 * 0.385_550_695)).abs() < 1e-6);
}

#[test]
fn what_cannot_have_been_cancelled_behind_was_ahead() {
    // 9 ahead, 1 behind, 6 cancelled: at least 5 of them were ahead, whatever the chances say.
    let model = Probability::power(0.01).unwrap();
    assert_eq!(ahead_after(&model, 9.0, &[Joins(1.0), Cancels(6.0)]), 4.0);
}

#[test]
fn a_trade_is_not_taken_for_a_cancellation_when_the_book_shows_it() {
    let model = Probability::power(1.0).unwrap();
    assert_eq!(ahead_after(&model, 10.0, &[Joins(10.0), Trades(4.0)]), 6.0);
    // Two trades before the book tells of both, and of two cancellations.
    let mut place = model.joined(10.0);
    model.changed(&mut place, 10.0, 20.0);
    model.traded(&mut place, 1.0);
    model.traded(&mut place, 3.0);
    model.changed(&mut place, 20.0, 14.0);
    assert_eq!(place.ahead(), 6.0 - 2.0 * 6.0 / 16.0);
}

#[test]
fn what_trades_beyond_the_queue_is_ours_and_is_given_once() {
    let mut place = RiskAverse.joined(5.0);
    RiskAverse.traded(&mut place, 4.0);
    assert_eq!(RiskAverse.executable(&mut place), 0.0);
    RiskAverse.traded(&mut place, 3.0);
    assert_eq!(RiskAverse.executable(&mut place), 2.0);
    assert_eq!(RiskAverse.executable(&mut place), 0.0);
    RiskAverse.traded(&mut place, 1.0);
    assert_eq!(RiskAverse.executable(&mut place), 1.0);
}

#[test]
fn a_quantity_that_is_no_number_moves_nobody() {
    for model in [Probability::power(2.0).unwrap(), Probability::logarithm()] {
        let mut place = model.joined(f64::NAN);
        assert_eq!(place.ahead(), 0.0);
        model.traded(&mut place, f64::NAN);
        model.traded(&mut place, -3.0);
        assert_eq!(model.executable(&mut place), 0.0);
    }
}

#[test]
fn an_exponent_out_of_range_is_refused_with_its_value() {
    for exponent in [0.0, -1.0, f64::NAN, f64::INFINITY, 100.5] {
        assert!(Probability::power(exponent).is_err(), "{exponent}");
    }
    assert_eq!(
        Probability::power(-1.0).unwrap_err().to_string(),
        "the exponent -1 of a queue's probability is out of range; it must be above 0 and at most 100, 3 is usual"
    );
}

fn events() -> impl Strategy<Value = Vec<Happens>> {
    let quantity = || (0_u32..200_000).prop_map(|lots| f64::from(lots) / 1000.0);
    let event = prop_oneof![quantity().prop_map(Trades), quantity().prop_map(Cancels), quantity().prop_map(Joins)];
    prop::collection::vec(event, 0..60)
}

fn model() -> impl Strategy<Value = Probability> {
    prop_oneof![(0.01_f64..100.0).prop_map(|exponent| Probability::power(exponent).unwrap()), Just(Probability::logarithm())]
}

proptest! {
    #[test]
    fn the_queue_ahead_is_never_negative_never_grows_and_never_exceeds_the_display(model in model(), displayed in 0.0_f64..1000.0, events in events()) {
        let mut level = Level::join(&model, displayed);
        let mut last = level.place.ahead();
        for event in events {
            level.happens(event);
            let ahead = level.place.ahead();
            prop_assert!(ahead >= 0.0 && ahead <= last && ahead <= level.displayed, "{ahead} {last} {event:?}");
            last = ahead;
        }
    }

    #[test]
    fn a_careful_order_is_never_ahead_of_a_hopeful_one(model in model(), displayed in 0.0_f64..1000.0, events in events()) {
        let (mut careful, mut hopeful) = (Level::join(&RiskAverse, displayed), Level::join(&model, displayed));
        for event in events {
            careful.happens(event);
            hopeful.happens(event);
            prop_assert!(hopeful.place.ahead() <= careful.place.ahead());
            prop_assert!(hopeful.executed >= careful.executed - 1e-9);
        }
    }

    #[test]
    fn no_more_of_us_trades_than_traded_at_all(model in model(), displayed in 0.0_f64..1000.0, events in events()) {
        let mut level = Level::join(&model, displayed);
        let mut traded = 0.0;
        for event in events {
            level.happens(event);
            traded += if let Trades(quantity) = event { quantity } else { 0.0 };
            prop_assert!(level.executed >= 0.0 && level.executed <= traded + 1e-9);
        }
    }

    #[test]
    fn who_joined_behind_fewer_stays_ahead(model in model(), displayed in 1.0_f64..1000.0, less in 0.0_f64..1.0, events in events()) {
        let mut first = Level::join(&model, displayed);
        first.place = model.joined(displayed * less);
        let mut second = Level::join(&model, displayed);
        for event in events.into_iter().filter(|event| !matches!(event, Cancels(_))) {
            first.happens(event);
            second.happens(event);
            prop_assert!(first.place.ahead() <= second.place.ahead());
        }
    }
}
