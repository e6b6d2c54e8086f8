//! Ends of contracts, by hand and against the account that lives through them.

use metaexpert_core::{
    Currency, InstrumentRules, Instruments, Payoff, Percent, Side,
    portfolio::Portfolio,
    rounding::{Round, to_step},
};
use proptest::prelude::*;
use rust_decimal::dec;

use super::*;

const EXPIRY: UnixNanos = UnixNanos::from_nanos(1_800_000_000_000_000_000);

fn price(price: Decimal) -> Price {
    Price::new(price).unwrap()
}

fn quantity(quantity: Decimal) -> Quantity {
    Quantity::new(quantity).unwrap()
}

fn only(kind: InstrumentKind, contract_size: Decimal) -> Instruments {
    let settlement = Currency::new(if kind.is_inverse() { "BTC" } else { "USDT" });
    let mut instruments = Instruments::default();
    instruments.add(Instrument {
        symbol: Symbol::new("BTCUSDT").unwrap(),
        base: Currency::new("BTC"),
        quote: Currency::new("USDT"),
        settlement,
        kind,
        rules: InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: dec!(0.01),
            min_notional: dec!(0),
            contract_size,
            maintenance_margin: Percent::ZERO,
        },
        brackets: [].into(),
    });
    instruments
}

fn option(right: Right, strike: Decimal) -> InstrumentKind {
    InstrumentKind::Option(OptionTerms { right, strike: price(strike), expiry: EXPIRY })
}

const fn future(payoff: Payoff) -> InstrumentKind {
    InstrumentKind::Dated { payoff, delivery: EXPIRY }
}

/// What an account of 10,000 holds after a leg of 2 was entered at `entry` without a fee, and the contract has ended.
fn balance_after(
    kind: InstrumentKind,
    contract_size: Decimal,
    leg: PositionSide,
    entry: Decimal,
    settled: Decimal,
    fee: CappedFee,
) -> Decimal {
    let instruments = only(kind, contract_size);
    let (id, instrument) = instruments.iter().next().unwrap();
    let settlement = Settlement::new(id, instrument, price(settled), fee).unwrap();
    let closes = settlement.close(leg, quantity(dec!(2)), TradeId::from(2));
    let opens = Trade {
        side: leg.opening_side(),
        price: price(entry),
        fee: Money::new(dec!(0), instrument.settlement.clone()),
        reason: Reason::Signal,
        ..closes.clone()
    };
    let mut portfolio = Portfolio::new(dec!(10000), 1);
    portfolio.apply(&opens, instrument, 1).unwrap();
    assert!(portfolio.apply(&closes, instrument, 1).unwrap().closed);
    portfolio.balance()
}

#[test]
fn an_option_pays_its_holder_what_it_takes_from_its_seller() {
    use PositionSide::{Long, Short};
    let (call, put) = (option(Right::Call, dec!(50000)), option(Right::Put, dec!(50000)));
    for (kind, leg, settled, balance) in [
        (call, Long, dec!(53000), dec!(13400)), // 2 * (3000 - 1300)
        (call, Short, dec!(53000), dec!(6600)),
        (call, Long, dec!(47000), dec!(7400)), // the premium is gone
        (call, Short, dec!(47000), dec!(12600)),
        (put, Long, dec!(47000), dec!(13400)),
        (put, Short, dec!(47000), dec!(6600)),
        (put, Long, dec!(53000), dec!(7400)),
        (put, Short, dec!(53000), dec!(12600)),
        (call, Long, dec!(50000), dec!(7400)), // at the strike exercise pays nothing
    ] {
        let is = balance_after(kind, dec!(1), leg, dec!(1300), settled, CappedFee::NONE);
        assert_eq!(is, balance, "{kind:?} {leg} {settled}");
    }
}

#[test]
fn both_sides_of_an_exercise_pay_its_fee_and_nobody_pays_for_none() {
    let call = option(Right::Call, dec!(50000));
    let fee = CappedFee::BINANCE_OPTION_EXERCISE;
    // 0.015 % of 53,000 is 7.95 each; 10 % of a payoff of 20 is 2 each.
    for (leg, settled, balance) in [
        (PositionSide::Long, dec!(53000), dec!(13384.10)),
        (PositionSide::Short, dec!(53000), dec!(6584.10)),
        (PositionSide::Long, dec!(50020), dec!(7436)),
        (PositionSide::Long, dec!(49000), dec!(7400)),
    ] {
        assert_eq!(balance_after(call, dec!(1), leg, dec!(1300), settled, fee), balance, "{leg} {settled}");
    }
    // A fee without a cap is not charged for what is not exercised either.
    let uncapped = CappedFee { cap: None, ..fee };
    assert_eq!(balance_after(call, dec!(1), PositionSide::Long, dec!(1300), dec!(49000), uncapped), dec!(7400));
}

#[test]
fn a_future_is_delivered_at_the_settlement_price() {
    let fee = CappedFee { rate: dec!(0.0005), cap: None };
    let linear = future(Payoff::Linear);
    // 2 * 1,000 gained; 0.05 % of 2 * 51,000 is 51.
    assert_eq!(balance_after(linear, dec!(1), PositionSide::Long, dec!(50000), dec!(51000), fee), dec!(11949));
    assert_eq!(balance_after(linear, dec!(1), PositionSide::Short, dec!(50000), dec!(51000), fee), dec!(7949));
    // Two contracts of 100 USD: 200/40,000 - 200/50,000 = 0.001 BTC gained; 0.05 % of 0.004 BTC is 0.000002.
    let inverse = future(Payoff::Inverse);
    assert_eq!(balance_after(inverse, dec!(100), PositionSide::Long, dec!(40000), dec!(50000), fee), dec!(10000.000998));
    assert_eq!(balance_after(inverse, dec!(100), PositionSide::Short, dec!(40000), dec!(50000), fee), dec!(9999.998998));
}

#[test]
fn every_leg_is_closed_by_a_trade_of_its_own() {
    let instruments = only(option(Right::Put, dec!(50000)), dec!(1));
    let (id, instrument) = instruments.iter().next().unwrap();
    let settlement = Settlement::new(id, instrument, price(dec!(51000)), CappedFee::NONE).unwrap();
    assert_eq!((settlement.closes_at(), settlement.expiry()), (Price::ZERO, EXPIRY));
    let mut count = 6;
    let legs = [(PositionSide::Long, quantity(dec!(3))), (PositionSide::Short, quantity(dec!(1.5)))];
    let trades: Vec<_> = settlement
        .close_all(legs, || {
            count += 1;
            TradeId::from(count)
        })
        .collect();
    let told: Vec<_> =
        trades.iter().map(|trade| (trade.id.to_string(), trade.side, trade.position_side, trade.quantity.to_string())).collect();
    assert_eq!(
        told,
        [
            ("7".to_owned(), Side::Sell, PositionSide::Long, "3".to_owned()),
            ("8".to_owned(), Side::Buy, PositionSide::Short, "1.5".to_owned())
        ]
    );
    assert!(
        trades
            .iter()
            .all(|trade| { trade.reason == Reason::Expiry && trade.time == EXPIRY && trade.order.is_none() && !trade.opens() })
    );
}

#[test]
fn what_has_no_end_is_not_settled() {
    for kind in [InstrumentKind::Spot, InstrumentKind::LINEAR_PERPETUAL] {
        let instruments = only(kind, dec!(1));
        let (id, instrument) = instruments.iter().next().unwrap();
        let refused = Settlement::new(id, instrument, price(dec!(1)), CappedFee::NONE).unwrap_err();
        assert_eq!(refused.to_string(), "BTCUSDT has no expiry, so it cannot be settled; dated futures and options have one");
    }
}

/// So many seconds before expiry.
fn before(seconds: i64) -> UnixNanos {
    EXPIRY.saturating_add_nanos(-seconds * 1_000_000_000)
}

fn average(window_seconds: u32, every_seconds: u32, observed: &[(i64, Decimal)]) -> SettlementAverage {
    let rule = AveragingRule { window_seconds, every_seconds, decimals: 8 };
    let mut average = SettlementAverage::new(rule, EXPIRY);
    for (seconds, index) in observed {
        average.observe(before(*seconds), price(*index));
    }
    average
}

#[test]
fn the_settlement_price_is_the_mean_of_even_samples() {
    // Ten samples, from 9 seconds before expiry to expiry itself.
    assert_eq!(average(10, 1, &[(100, dec!(10))]).price(), Some(price(dec!(10))));
    assert_eq!(average(10, 1, &[(100, dec!(10)), (5, dec!(20))]).price(), Some(price(dec!(16)))); // 4 and 6 of them
    assert_eq!(average(10, 1, &[(100, dec!(10)), (0, dec!(20))]).price(), Some(price(dec!(11)))); // seen at expiry: counts
    assert_eq!(average(10, 5, &[(100, dec!(10)), (5, dec!(20))]).price(), Some(price(dec!(20)))); // at 5 and 0
    assert_eq!(average(10, 5, &[(100, dec!(10)), (4, dec!(20))]).price(), Some(price(dec!(15))));
    assert_eq!(average(3, 1, &[(100, dec!(1)), (0, dec!(2))]).price(), Some(price(dec!(1.33333333)))); // to 8 decimals
}

#[test]
fn what_comes_after_expiry_does_not_count() {
    assert_eq!(average(10, 1, &[(100, dec!(10)), (-1, dec!(99))]).price(), Some(price(dec!(10))));
}

#[test]
fn an_index_that_is_first_seen_late_is_averaged_from_there() {
    assert_eq!(average(10, 1, &[]).price(), None);
    assert_eq!(average(10, 1, &[(2, dec!(30))]).price(), Some(price(dec!(30))));
    assert_eq!(average(10, 1, &[(2, dec!(30)), (1, dec!(60))]).price(), Some(price(dec!(50))));
}

#[test]
fn a_rule_of_nothing_settles_at_the_last_index() {
    assert_eq!(average(0, 0, &[(100, dec!(10)), (1, dec!(20))]).price(), Some(price(dec!(20))));
}

#[test]
fn in_the_last_minutes_the_average_so_far_is_known() {
    let early = average(10, 1, &[(200, dec!(30)), (100, dec!(10))]);
    assert_eq!(early.price_at(before(50)), Some(price(dec!(10))), "before the first sample it is the index");
    let seen = average(10, 1, &[(100, dec!(10)), (7, dec!(40))]);
    assert_eq!(seen.price_at(before(7)), Some(price(dec!(20))), "10, 10 and 40");
    assert_eq!(seen.price_at(before(-60)), seen.price());
}

proptest! {
    #[test]
    fn what_one_side_of_an_exercise_gains_the_other_loses(call: bool, strike in 1_i64..1_000_000, settled in 1_i64..1_000_000, premium in 1_i64..100_000) {
        let kind = option(if call { Right::Call } else { Right::Put }, Decimal::new(strike, 1));
        let balance = |leg| balance_after(kind, dec!(1), leg, Decimal::new(premium, 1), Decimal::new(settled, 1), CappedFee::NONE);
        prop_assert_eq!(balance(PositionSide::Long) + balance(PositionSide::Short), dec!(20000));
    }

    #[test]
    fn a_call_less_a_put_pays_what_a_future_does(strike in 1_i64..1_000_000, settled in 1_i64..1_000_000) {
        let (strike, settled) = (price(Decimal::new(strike, 1)), price(Decimal::new(settled, 1)));
        let terms = |right| OptionTerms { right, strike, expiry: EXPIRY };
        let parity = payoff(&terms(Right::Call), settled) - payoff(&terms(Right::Put), settled);
        prop_assert_eq!(parity, settled.get() - strike.get());
    }

    #[test]
    fn an_exercise_never_costs_more_than_a_tenth_of_what_it_pays(settled in 500_001_i64..2_000_000, contract in 1_i64..1000, size in 1_i64..10_000) {
        let instruments = only(option(Right::Call, dec!(50000)), Decimal::new(contract, 1));
        let (id, instrument) = instruments.iter().next().unwrap();
        let settlement = Settlement::new(id, instrument, price(Decimal::new(settled, 1)), CappedFee::BINANCE_OPTION_EXERCISE).unwrap();
        let trade = settlement.close(PositionSide::Long, quantity(Decimal::new(size, 2)), TradeId::from(1));
        let paid = instrument.value(trade.price.get(), trade.quantity.get());
        prop_assert!(trade.fee.amount > dec!(0) && trade.fee.amount <= paid * dec!(0.1));
    }

    #[test]
    fn the_mean_is_that_of_the_index_at_each_second(steps in prop::collection::vec((0_i64..40_000, 1_i64..1_000_000), 1..30)) {
        let rule = AveragingRule { window_seconds: 60, every_seconds: 1, decimals: 20 };
        let mut kept = SettlementAverage::new(rule, EXPIRY);
        let mut millis: Vec<_> = steps.into_iter().map(|(gap, index)| (gap, Decimal::new(index, 2))).collect();
        let mut time = -200_000;
        for (gap, index) in &mut millis {
            time += *gap;
            *gap = time;
            kept.observe(EXPIRY.saturating_add_nanos(time * 1_000_000), price(*index));
        }
        // Each second by itself: the last index that was seen by then.
        let seen_at = |second: i64| millis.iter().rev().find(|(time, _)| *time <= second * 1000).map(|(_, index)| *index);
        let samples: Vec<_> = (-59..=0).filter_map(seen_at).collect();
        let mean = samples.iter().sum::<Decimal>().checked_div(Decimal::from(samples.len()));
        // Where no sample was taken the index itself is what there is, if it was seen by expiry.
        let expect = mean.map(|mean| to_step(mean, dec!(0.0000000001), Round::Down));
        prop_assert_eq!(kept.price().map(|price| to_step(price.get(), dec!(0.0000000001), Round::Down)), expect);
    }
}
