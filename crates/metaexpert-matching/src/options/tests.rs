//! The model against published numbers, against itself by parity and differences, and against its bounds.

mod rules; // fees, margins, marks
mod volatility; // what a premium means

use metaexpert_core::{OptionTerms, Price, Right, UnixNanos};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

use super::*;

fn terms(right: Right, strike: Decimal) -> OptionTerms {
    OptionTerms { right, strike: Price::new(strike).unwrap(), expiry: UnixNanos::from_nanos(0) }
}

const fn index(price: f64, years: f64, rate: f64) -> Conditions {
    Conditions { price, basis: Basis::Index, years, rate }
}

const fn forward(price: f64, years: f64, rate: f64) -> Conditions {
    Conditions { basis: Basis::Forward, ..index(price, years, rate) }
}

/// `digits` counts from the point: as many as the source prints.
#[track_caller]
fn close(is: f64, expect: f64, digits: i32) {
    assert!((is - expect).abs() <= 0.500_000_1 * 10_f64.powi(-digits), "{is} is not {expect}");
}

#[test]
fn values_are_those_of_the_textbooks() {
    let (call, put) = (|strike| terms(Right::Call, strike), |strike| terms(Right::Put, strike));
    // J. Hull, "Options, Futures and Other Derivatives": the example of the Black-Scholes formulas (42, 40, 10 %, 20 %, half a year).
    close(value(&call(dec!(40)), &index(42.0, 0.5, 0.1), 0.2).unwrap(), 4.76, 2);
    close(value(&put(dec!(40)), &index(42.0, 0.5, 0.1), 0.2).unwrap(), 0.81, 2);
    // The same book, the example of Black's model: a put on a crude oil future (20, 20, 9 %, 25 %, four months).
    close(value(&put(dec!(20)), &forward(20.0, 4.0 / 12.0, 0.09), 0.25).unwrap(), 1.12, 2);
    // E. Haug, "The Complete Guide to Option Pricing Formulas": Black-Scholes, and Black-76.
    close(value(&call(dec!(65)), &index(60.0, 0.25, 0.08), 0.30).unwrap(), 2.1334, 4);
    close(value(&call(dec!(19)), &forward(19.0, 0.75, 0.1), 0.28).unwrap(), 1.7011, 4);
    close(value(&put(dec!(19)), &forward(19.0, 0.75, 0.1), 0.28).unwrap(), 1.7011, 4);
}

#[test]
fn values_hold_their_digits_far_from_the_money_and_close_to_expiry() {
    // Computed with 50 digits; the third number is the deviation at expiry.
    for (price, strike, deviation, expect) in [
        (100.0, dec!(150), 0.1, 6.851_253_473_432_52e-5),
        (100.0, dec!(100), 0.001, 3.989_422_637_788_383e-2),
        (95_000.0, dec!(100000), 0.25, 7_401.271_694_362_028),
        (100.0, dec!(300), 0.2, 1.168_582_763_137_138e-7),
        (100.0, dec!(100.5), 0.01, 0.198_674_791_531_475),
    ] {
        let is = value(&terms(Right::Call, strike), &index(price, 1.0, 0.0), deviation).unwrap();
        assert!((is / expect - 1.0).abs() < 1e-11, "{is} is not {expect}");
    }
}

#[test]
fn greeks_are_those_of_the_textbook() {
    // J. Hull, "The Greek Letters": a call, 49, 50, 5 %, 20 %, 20 weeks; theta, vega and rho there are of a year and of 100 %.
    let greeks = greeks(&terms(Right::Call, dec!(50)), &index(49.0, 0.3846, 0.05), 0.2).unwrap();
    close(greeks.delta, 0.522, 3);
    close(greeks.gamma, 0.066, 3);
    close(greeks.theta * 365.0, -4.31, 2);
    close(greeks.theta, -0.0118, 4);
    close(greeks.vega * 100.0, 12.1, 1);
    close(greeks.rho * 100.0, 8.91, 2);
}

#[test]
fn without_time_or_volatility_an_option_is_worth_its_payoff() {
    let call = terms(Right::Call, dec!(100));
    for (price, years, volatility, expect, delta) in
        [(120.0, 0.0, 0.6, 20.0, 1.0), (80.0, 0.0, 0.6, 0.0, 0.0), (120.0, 1.0, 0.0, 20.0, 1.0), (100.0, 0.0, 0.6, 0.0, 0.5)]
    {
        let conditions = index(price, years, 0.0);
        let greeks = greeks(&call, &conditions, volatility).unwrap();
        assert_eq!(value(&call, &conditions, volatility), Ok(expect));
        assert_eq!((greeks.delta, greeks.gamma, greeks.vega, greeks.theta), (delta, 0.0, 0.0, 0.0));
    }
    // After expiry it is not negative time but none.
    let late = Conditions::on_index(&call, Price::new(dec!(120)).unwrap(), UnixNanos::from_nanos(1));
    assert_eq!((late.years, value(&call, &late, 0.6)), (0.0, Ok(20.0)));
}

#[test]
fn a_year_has_365_days() {
    let call = terms(Right::Call, dec!(100));
    let now = UnixNanos::from_seconds(-30 * 86_400).unwrap();
    let conditions = Conditions::on_forward(&call, Price::new(dec!(120)).unwrap(), now).with_rate(0.04);
    assert_eq!(conditions, Conditions { price: 120.0, basis: Basis::Forward, years: 30.0 / 365.0, rate: 0.04 });
}

#[test]
fn what_is_no_number_is_refused_by_name() {
    let call = terms(Right::Call, dec!(100));
    for (conditions, volatility, error) in [
        (index(0.0, 1.0, 0.0), 0.5, "the underlying's price 0 is out of range; it must be above 0"),
        (index(f64::NAN, 1.0, 0.0), 0.5, "the underlying's price NaN is out of range; it must be above 0"),
        (index(1.0, -1.0, 0.0), 0.5, "-1 years to expiry are out of range; there must be 0 or more"),
        (index(1.0, 1.0, f64::INFINITY), 0.5, "the rate inf is out of range; 0.05 is 5 % a year"),
        (index(1.0, 1.0, 5000.0), 0.5, "the rate 5000 is out of range; 0.05 is 5 % a year"),
        (index(1.0, 1.0, 0.0), -0.5, "the volatility -0.5 is out of range; it must be 0 or more, 0.6 is 60 % a year"),
        (index(1.0, 1.0, 0.0), f64::NAN, "the volatility NaN is out of range; it must be 0 or more, 0.6 is 60 % a year"),
    ] {
        assert_eq!(value(&call, &conditions, volatility).unwrap_err().to_string(), error);
        assert_eq!(greeks(&call, &conditions, volatility).unwrap_err().to_string(), error);
    }
}

/// Conditions and a strike within a factor of five, on either basis.
fn worlds() -> impl Strategy<Value = (Conditions, Decimal)> {
    (1.0_f64..200_000.0, 0.2_f64..5.0, 0.001_f64..2.0, -0.1_f64..0.2, any::<bool>()).prop_map(
        |(price, moneyness, years, rate, on_index)| {
            let basis = if on_index { Basis::Index } else { Basis::Forward };
            let strike = metaexpert_core::rounding::decimal_of(price * moneyness).unwrap();
            (Conditions { price, basis, years, rate }, strike)
        },
    )
}

/// What a function changes by around `x`, for each unit of `x`.
fn slope(at: f64, step: f64, function: impl Fn(f64) -> f64) -> f64 {
    (function(at + step) - function(at - step)) / (2.0 * step)
}

proptest! {
    #[test]
    fn a_call_less_a_put_is_the_forward_less_the_strike((conditions, strike) in worlds(), volatility in 0.0_f64..4.0) {
        let of = |right| value(&terms(right, strike), &conditions, volatility).unwrap();
        let strike = metaexpert_core::rounding::float_of(strike);
        let grown = if conditions.basis == Basis::Index { (conditions.rate * conditions.years).exp() } else { 1.0 };
        let discount = (-conditions.rate * conditions.years).exp();
        let parity = discount * (conditions.price * grown - strike);
        prop_assert!((of(Right::Call) - of(Right::Put) - parity).abs() <= 1e-12 * conditions.price.max(strike));
    }

    #[test]
    fn a_value_lies_within_its_bounds_and_rises_with_volatility((conditions, strike) in worlds(), low in 0.0_f64..3.0, more in 0.0_f64..3.0, call: bool) {
        let terms = terms(if call { Right::Call } else { Right::Put }, strike);
        let of = |volatility| value(&terms, &conditions, volatility).unwrap();
        let slack = 1e-12 * conditions.price.max(metaexpert_core::rounding::float_of(strike));
        prop_assert!(of(low) >= of(0.0));
        prop_assert!(of(low + more) >= of(low) - slack);
        let discounted = (-conditions.rate * conditions.years).exp();
        let most = match (terms.right, conditions.basis) {
            (Right::Call, Basis::Index) => conditions.price,
            (Right::Call, Basis::Forward) => conditions.price * discounted,
            (Right::Put, _) => metaexpert_core::rounding::float_of(strike) * discounted,
        };
        prop_assert!(of(low + more) <= most + slack);
    }

    #[test]
    fn greeks_are_the_slopes_of_the_value((conditions, strike) in worlds(), volatility in 0.2_f64..2.0, call: bool) {
        let terms = terms(if call { Right::Call } else { Right::Put }, strike);
        let greeks = greeks(&terms, &conditions, volatility).unwrap();
        let of = |conditions: Conditions, volatility| value(&terms, &conditions, volatility).unwrap();
        let price = conditions.price;
        // A central difference is off by the square of its step; the steps are small beside how fast the value bends.
        let bend = (volatility * conditions.years.sqrt()).min(1.0);
        let near = |is: f64, expect: f64, scale: f64| (is - expect).abs() <= 1e-4 * (expect.abs() + scale);
        let step = price * bend * 1e-3;
        let delta = slope(price, step, |price| of(Conditions { price, ..conditions }, volatility));
        prop_assert!(near(greeks.delta, delta, 1.0), "delta {} {delta}", greeks.delta);
        let gamma = slope(price, step, |price| super::greeks(&terms, &Conditions { price, ..conditions }, volatility).unwrap().delta);
        prop_assert!(near(greeks.gamma, gamma, 1.0 / (price * bend)), "gamma {} {gamma}", greeks.gamma);
        let vega = slope(volatility, volatility * 1e-3, |volatility| of(conditions, volatility)) / 100.0;
        prop_assert!(near(greeks.vega, vega, price * bend / 100.0), "vega {} {vega}", greeks.vega);
        let theta = -slope(conditions.years, conditions.years * 1e-3, |years| of(Conditions { years, ..conditions }, volatility)) / 365.0;
        prop_assert!(near(greeks.theta, theta, price * bend / conditions.years / 365.0), "theta {} {theta}", greeks.theta);
        let rho = slope(conditions.rate, 1e-4, |rate| of(Conditions { rate, ..conditions }, volatility)) / 100.0;
        prop_assert!(near(greeks.rho, rho, price * conditions.years / 100.0), "rho {} {rho}", greeks.rho);
    }

    #[test]
    fn a_call_and_a_put_bend_alike_and_their_deltas_differ_by_one((conditions, strike) in worlds(), volatility in 0.05_f64..2.0) {
        let of = |right| greeks(&terms(right, strike), &conditions, volatility).unwrap();
        let (call, put) = (of(Right::Call), of(Right::Put));
        prop_assert_eq!((call.gamma, call.vega), (put.gamma, put.vega));
        let carry = if conditions.basis == Basis::Index { 1.0 } else { (-conditions.rate * conditions.years).exp() };
        prop_assert!((call.delta - put.delta - carry).abs() < 1e-12);
        prop_assert!((0.0..=carry + 1e-12).contains(&call.delta));
    }
}
