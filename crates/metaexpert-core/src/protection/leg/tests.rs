//! One leg and its exits, step by step.

use rust_decimal::dec;

use super::*;
use crate::{
    Currency, Effect, Fitting, InstrumentKind, InstrumentRules, Instruments, Offset, OrderKind, Percent, Price, Quantity,
    SelfTrade, Symbol, TimeInForce, Trigger,
};

pub(crate) fn instrument() -> Instrument {
    let (base, quote) = (Currency::new("BTC"), Currency::new("USDT"));
    Instrument {
        symbol: Symbol::new("BTCUSDT").unwrap(),
        base,
        quote: quote.clone(),
        settlement: quote,
        kind: InstrumentKind::LINEAR_PERPETUAL,
        rules: InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: dec!(0.001),
            min_notional: dec!(0),
            contract_size: dec!(1),
            maintenance_margin: Percent::ZERO,
        },
        brackets: std::sync::Arc::default(),
    }
}

const MARKET: Market = Market {
    offers: Offers::ALL,
    locks: false,
    waits: false,
    resting: Decimal::ZERO,
    on_their_way: Decimal::ZERO,
    lot: Decimal::ONE,
};

fn second(second: i64) -> UnixNanos {
    UnixNanos::from_seconds(second).unwrap()
}

/// A long leg that was entered at 100, and its orders.
struct Bench {
    guard: LegGuard,
    market: Market,
    sequence: u64,
}

impl Bench {
    fn new(quantity: Decimal, protection: Protection) -> Self {
        let mut guard = LegGuard::new(PositionSide::Long);
        guard.increased((quantity, dec!(100)), (dec!(100), second(0)), protection, &instrument());
        Self { guard, market: MARKET, sequence: 0 }
    }

    fn trailing() -> Self {
        Self::new(dec!(2), Protection { trailing_stop: Some(Percent::new(dec!(1))), ..Protection::default() })
    }

    /// Does the next step, and says which it is: `stop 2 @ 99.0 (#1)`.
    fn step(&mut self, now: i64) -> String {
        match self.guard.next_step(self.market, second(now)) {
            None => "nothing".to_owned(),
            Some(Step::CancelOwn) => "cancel own".to_owned(),
            Some(Step::Cancel(id)) => {
                self.guard.cancelling(id);
                format!("cancel #{}", id.sequence)
            }
            Some(Step::Place(wanted)) => {
                self.sequence += 1;
                self.guard.sent(order(self.sequence, wanted, now), wanted.exit, second(now));
                let level = wanted.level.map(|level| format!(" @ {level}")).unwrap_or_default();
                format!("{:?} {}{level} (#{})", wanted.exit, wanted.quantity, self.sequence).to_lowercase()
            }
        }
    }

    fn see(&mut self, price: Decimal, now: i64) {
        self.guard.see(price, second(now), second(now), MARKET.lot);
    }

    /// One that was bought at 100, and a stop at 98, which the venue has.
    fn stopped() -> Self {
        let mut bench = Self::new(dec!(1), stop_at_98());
        assert_eq!(bench.step(0), "stop 1 @ 98 (#1)");
        bench.accepted(1);
        bench
    }

    /// Another one is bought, at this price.
    fn increased(&mut self, fill: Decimal, now: i64) {
        let average = (dec!(100) + fill) / dec!(2);
        self.guard.increased((dec!(2), average), (fill, second(now)), stop_at_98(), &instrument());
    }

    fn accepted(&mut self, sequence: u64) {
        self.guard.stands(id(sequence), State::Accepted);
    }
}

fn stop_at_98() -> Protection {
    Protection { stop_loss: Price::new(dec!(98)).map(Offset::Price), ..Protection::default() }
}

fn id(sequence: u64) -> ClientOrderId {
    ClientOrderId { strategy: 1, run: 1, sequence }
}

pub(crate) fn order(sequence: u64, wanted: Wanted, now: i64) -> NewOrder {
    let mut instruments = Instruments::default();
    let instrument = instruments.add(instrument());
    let trigger = || Trigger::at(Price::new(wanted.level.unwrap()).unwrap());
    NewOrder {
        id: id(sequence),
        instrument,
        side: PositionSide::Long.closing_side(),
        kind: match wanted.exit {
            Exit::Stop => OrderKind::StopMarket { trigger: trigger() },
            Exit::Take => OrderKind::TakeProfitMarket { trigger: trigger() },
            Exit::Close => OrderKind::Market,
        },
        time_in_force: TimeInForce::GoodTillCancelled,
        effect: Effect::Close(PositionSide::Long),
        quantity: Quantity::new(wanted.quantity).unwrap(),
        fitting: Fitting::Exact,
        leverage: 1,
        protection: Protection::default(),
        self_trade: SelfTrade::ExpireMaker,
        link: None,
        time: second(now),
        reason: wanted.reason,
    }
}

#[test]
fn the_new_stop_stands_before_the_old_one_is_cancelled() {
    let mut bench = Bench::trailing();
    assert_eq!(bench.step(0), "stop 2 @ 99.0 (#1)");
    bench.accepted(1);
    bench.see(dec!(102), 5);
    assert_eq!([bench.step(5), bench.step(5)], ["stop 2 @ 101.0 (#2)", "nothing"]);
    bench.accepted(2);
    assert_eq!([bench.step(5), bench.step(5)], ["cancel #1", "nothing"]);
}

#[test]
fn a_stop_moves_once_a_second_and_the_tighter_level_is_watched_meanwhile() {
    let mut bench = Bench::trailing();
    bench.step(0);
    bench.accepted(1);
    bench.see(dec!(102), 5);
    bench.step(5);
    bench.accepted(2);
    bench.step(5);
    bench.guard.cancelled(id(1), Cancellation::Requested, second(5));
    bench.see(dec!(103), 5);
    assert_eq!(bench.step(5), "nothing");
    // 102.0 is not at the venue yet.
    bench.see(dec!(101.9), 5);
    assert_eq!([bench.step(5), bench.step(5)], ["close 2 (#3)", "nothing"]);
}

#[test]
fn what_did_not_get_through_is_tried_as_soon_as_the_venue_is_back_and_what_was_refused_is_not() {
    for (rejection, tried) in [(Rejection::NotSent, "stop 2 @ 99.0 (#6)"), (Rejection::Refused, "nothing")] {
        let mut bench = Bench::trailing();
        for (sequence, now) in [(1, 0), (2, 60), (3, 120), (4, 180), (5, 240)] {
            assert_eq!(bench.step(now), format!("stop 2 @ 99.0 (#{sequence})"));
            bench.guard.rejected(id(sequence), rejection, second(now));
        }
        assert_eq!(bench.step(241), "nothing");
        bench.guard.reachable();
        assert_eq!(bench.step(241), tried);
    }
}

#[test]
fn a_part_of_an_entry_is_guarded_at_once_and_the_rest_as_it_comes() {
    let stop = Protection { stop_loss: Some(Offset::Percent(Percent::new(dec!(2)))), ..Protection::default() };
    let mut bench = Bench::new(dec!(1), stop);
    assert_eq!(bench.step(0), "stop 1 @ 98.0 (#1)");
    bench.accepted(1);
    bench.guard.increased((dec!(3), dec!(100)), (dec!(100), second(0)), stop, &instrument());
    assert_eq!(bench.step(0), "stop 3 @ 98.0 (#2)");
    // The first guards one of three; the second is on its way, and may be executed: nothing is closed twice.
    bench.see(dec!(97), 0);
    assert_eq!(bench.step(0), "nothing");
    assert_eq!(bench.guard.rejected(id(2), Rejection::WouldTrigger, second(0)), Failed::Reached);
    assert_eq!([bench.step(0), bench.step(0)], ["close 2 (#3)", "nothing"]);
}

#[test]
fn an_order_that_nobody_knows_of_counts_until_there_is_word_of_it() {
    let mut bench = Bench::trailing();
    bench.step(0);
    bench.guard.stands(id(1), State::Unknown);
    bench.see(dec!(98.5), 1);
    assert_eq!(bench.step(1), "nothing");
    bench.guard.rejected(id(1), Rejection::NotSent, second(2));
    bench.see(dec!(98.4), 2);
    assert_eq!(bench.step(2), "close 2 (#2)");
}

#[test]
fn a_leg_that_is_gone_leaves_no_order_behind() {
    let both = Protection {
        stop_loss: Some(Offset::Percent(Percent::new(dec!(2)))),
        take_profit: Some(Offset::Percent(Percent::new(dec!(2)))),
        ..Protection::default()
    };
    let mut bench = Bench::new(dec!(1), both);
    assert_eq!([bench.step(0), bench.step(0)], ["stop 1 @ 98.0 (#1)", "take 1 @ 102.0 (#2)"]);
    bench.accepted(1);
    bench.accepted(2);
    bench.guard.executed(id(1), Decimal::ZERO);
    bench.guard.decreased(Decimal::ZERO, MARKET.lot);
    assert_eq!([bench.step(1), bench.step(1)], ["cancel #2", "nothing"]);
    bench.guard.not_cancelled(id(2), Rejection::NotSent, second(1));
    assert_eq!([bench.step(1), bench.step(2)], ["nothing", "cancel #2"]);
    bench.guard.cancelled(id(2), Cancellation::Requested, second(2));
    assert!(bench.guard.is_idle());
}

#[test]
fn a_stop_that_somebody_else_has_cancelled_is_placed_again_after_a_second() {
    let mut bench = Bench::trailing();
    bench.step(0);
    bench.accepted(1);
    assert!(bench.guard.cancelled(id(1), Cancellation::Requested, second(3)));
    assert_eq!([bench.step(3), bench.step(4)], ["nothing", "stop 2 @ 99.0 (#2)"]);
}

#[test]
fn a_price_that_is_older_than_the_leg_says_nothing_of_it() {
    let mut bench = Bench::trailing();
    bench.step(0);
    bench.guard.since = second(30);
    bench.guard.see(dec!(90), second(0), second(60), MARKET.lot);
    assert_eq!(bench.guard.levels().unwrap().best(), dec!(100));
    assert!(bench.guard.leave.is_none());
}

#[test]
fn what_stood_when_the_run_ended_is_never_loosened() {
    let trailing = Protection { trailing_stop: Some(Percent::new(dec!(1.5))), ..Protection::default() };
    let of = instrument();
    for (side, level) in [(PositionSide::Long, dec!(101.3)), (PositionSide::Short, dec!(97.7))] {
        let mut levels = ExitLevels::new(side, dec!(100), trailing, &of);
        levels.stood(level, Reason::TrailingStop);
        assert_eq!(levels.stop(), Some((level, Reason::TrailingStop)), "{side}");
    }
}

#[test]
fn less_than_a_lot_is_no_leg_and_what_is_bought_after_it_is_guarded_anew() {
    let mut bench = Bench::trailing();
    bench.see(dec!(110), 1);
    // No stop stands: it is watched.
    bench.see(dec!(108), 2);
    assert_eq!(bench.step(2), "close 2 (#1)");
    bench.guard.executed(id(1), Decimal::ZERO);
    bench.guard.decreased(dec!(0.5), MARKET.lot);
    assert_eq!(bench.step(2), "nothing");
    assert!(bench.guard.is_idle());
    let trailing = Protection { trailing_stop: Some(Percent::new(dec!(1))), ..Protection::default() };
    bench.guard.increased((dec!(2.5), dec!(100)), (dec!(100), second(3)), trailing, &instrument());
    assert_eq!([bench.step(3), bench.step(3)], ["stop 2 @ 99.0 (#2)", "nothing"]);
}

#[test]
fn an_order_that_a_price_has_reached_stands_as_before_where_no_word_of_it_comes() {
    let mut bench = Bench::stopped();
    bench.see(dec!(98), 5);
    assert_eq!([bench.step(5), bench.step(60)], ["nothing", "nothing"], "it is for all that is held");
    let mut bench = Bench::stopped();
    bench.see(dec!(98), 5);
    bench.increased(dec!(99), 5);
    assert_eq!([bench.step(5), bench.step(6)], ["nothing", "stop 2 @ 98 (#2)"]);
    bench.accepted(2);
    assert_eq!([bench.step(6), bench.step(6)], ["cancel #1", "nothing"]);
}

#[test]
fn prices_that_stay_at_an_order_do_not_make_it_come_for_ever() {
    let stop = Protection { stop_loss: Some(Offset::Percent(Percent::new(dec!(2)))), ..Protection::default() };
    let mut bench = Bench::new(dec!(1), stop);
    assert_eq!(bench.step(0), "stop 1 @ 98.0 (#1)");
    bench.accepted(1);
    bench.see(dec!(97.9), 5);
    bench.guard.increased((dec!(2), dec!(98)), (dec!(96), second(5)), stop, &instrument());
    let later = second(5).saturating_add_nanos(SECOND / 2);
    bench.guard.see(dec!(97.9), later, later, MARKET.lot);
    assert_eq!(bench.step(5), "nothing");
    bench.see(dec!(97.9), 6);
    assert_eq!(bench.step(6), "stop 2 @ 96.1 (#2)");
}

#[test]
fn what_no_order_leaves_is_closed_though_the_price_stands_still_at_the_exit() {
    let mut bench = Bench::stopped();
    bench.see(dec!(98), 5);
    assert_eq!(bench.step(5), "nothing");
    bench.guard.cancelled(id(1), Cancellation::Requested, second(7));
    assert_eq!([bench.step(7), bench.step(7)], ["close 1 (#2)", "nothing"]);
    // What has been decided is tried again, wherever the price goes meanwhile.
    bench.guard.rejected(id(2), Rejection::NotSent, second(7));
    bench.see(dec!(99), 8);
    assert_eq!(bench.step(8), "close 1 (#3)");
}

#[test]
fn an_order_at_an_exit_that_was_reached_is_left_to_the_venue_and_only_the_rest_is_closed() {
    // Whether it is seen here, or the venue says so.
    for price in [dec!(98), dec!(98.1)] {
        let mut bench = Bench::stopped();
        bench.see(price, 5);
        bench.increased(dec!(98), 5);
        assert_eq!(bench.step(9), "stop 2 @ 98 (#2)");
        assert_eq!(bench.guard.rejected(id(2), Rejection::WouldTrigger, second(9)), Failed::Reached);
        assert_eq!([bench.step(9), bench.step(99)], ["close 1 (#3)", "nothing"]);
    }
}

#[test]
fn coins_that_no_order_keeps_are_sold_beside_a_stop_that_was_reached() {
    let mut bench = Bench::stopped();
    bench.market.locks = true;
    bench.increased(dec!(99), 5);
    bench.see(dec!(98), 6);
    assert_eq!([bench.step(6), bench.step(99)], ["close 1 (#2)", "nothing"]);
}
