//! The implied volatility: there and back, and what no volatility explains.

use super::*;

#[test]
fn the_textbooks_volatility_is_found() {
    // J. Hull, "Implied volatilities": a call at 1.875 on 21, strike 20, 10 %, three months, is 23.5 % a year.
    let volatility = implied_volatility(&terms(Right::Call, dec!(20)), &index(21.0, 0.25, 0.1), 1.875).unwrap();
    close(volatility, 0.235, 3);
}

#[test]
fn a_premium_that_no_volatility_gives_is_refused_with_its_bound() {
    let (call, put) = (terms(Right::Call, dec!(100)), terms(Right::Put, dec!(100)));
    let conditions = index(120.0, 1.0, 0.0);
    for (terms, premium, error) in [
        (&call, 20.0, "the premium 20 must be above 20, which the option is worth without any volatility"),
        (&call, 19.0, "the premium 19 must be above 20, which the option is worth without any volatility"),
        (&call, 120.0, "the premium 120 must be below 120, which the option is worth at any volatility at most"),
        (&call, f64::INFINITY, "the premium inf must be below 120, which the option is worth at any volatility at most"),
        (&call, f64::NAN, "the premium NaN must be above 20, which the option is worth without any volatility"),
        (&put, 0.0, "the premium 0 must be above 0, which the option is worth without any volatility"),
        (&put, -1.0, "the premium -1 must be above 0, which the option is worth without any volatility"),
        (&put, 100.0, "the premium 100 must be below 100, which the option is worth at any volatility at most"),
    ] {
        assert_eq!(implied_volatility(terms, &conditions, premium).unwrap_err().to_string(), error);
    }
    // Both bounds are discounted: the forward is 121.2, and what is paid at expiry is worth less now.
    let discounted = forward(120.0, 1.0, 0.05);
    let bound = implied_volatility(&put, &discounted, 99.0).unwrap_err();
    assert!(matches!(bound, ModelError::AboveBound { bound, .. } if (bound - 95.1229).abs() < 1e-4), "{bound}");
}

#[test]
fn an_expired_option_implies_nothing() {
    let error = implied_volatility(&terms(Right::Call, dec!(100)), &index(120.0, 0.0, 0.0), 21.0).unwrap_err();
    assert_eq!(error.to_string(), "the option has expired, so its premium 21 says nothing of volatility");
}

#[test]
fn the_smallest_and_the_largest_premiums_have_a_volatility() {
    let call = terms(Right::Call, dec!(200));
    let conditions = index(100.0, 1.0, 0.0);
    for premium in [1e-300, 1e-100, 1e-20, 1e-3, 50.0, 99.0, 99.999_999] {
        let volatility = implied_volatility(&call, &conditions, premium).unwrap();
        let again = value(&call, &conditions, volatility).unwrap();
        assert!((again / premium - 1.0).abs() < 1e-9, "{premium} gives {volatility}, which gives {again}");
    }
    // At the money, where the curve has no inflection.
    let volatility = implied_volatility(&terms(Right::Put, dec!(100)), &conditions, 1e-9).unwrap();
    assert!((volatility * 39.894_228_040_143_27 / 1e-9 - 1.0).abs() < 1e-12, "{volatility}");
}

proptest! {
    #[test]
    fn the_volatility_of_a_value_is_the_one_it_was_made_with((conditions, strike) in worlds(), volatility in 0.01_f64..5.0, call: bool) {
        let terms = terms(if call { Right::Call } else { Right::Put }, strike);
        let premium = value(&terms, &conditions, volatility).unwrap();
        let vega = 100.0 * greeks(&terms, &conditions, volatility).unwrap().vega;
        // What the premium's own rounding leaves of the volatility; where that is nothing there is nothing to ask.
        let known_to = 1e-14 * premium.max(conditions.price) / vega;
        prop_assume!(known_to < 1e-3);
        let found = implied_volatility(&terms, &conditions, premium).unwrap();
        prop_assert!((found - volatility).abs() <= 10.0 * known_to + 1e-12, "{found} {volatility} {known_to}");
    }

    #[test]
    fn every_premium_has_a_volatility_that_gives_it_back_or_a_reason((conditions, strike) in worlds(), share in -0.2_f64..1.2, call: bool) {
        let terms = terms(if call { Right::Call } else { Right::Put }, strike);
        let (least, most) = (value(&terms, &conditions, 0.0).unwrap(), value(&terms, &conditions, 1e9).unwrap());
        let premium = least + share * (most - least);
        match implied_volatility(&terms, &conditions, premium) {
            Ok(volatility) => {
                prop_assert!(volatility.is_finite() && volatility > 0.0);
                let again = value(&terms, &conditions, volatility).unwrap();
                prop_assert!((again - premium).abs() <= 1e-12 * conditions.price.max(most), "{again} {premium} {volatility}");
            }
            Err(ModelError::BelowIntrinsic { intrinsic, .. }) => prop_assert!(share <= 1e-9 && premium <= intrinsic + 1e-9 * most),
            Err(ModelError::AboveBound { bound, .. }) => prop_assert!(share >= 1.0 - 1e-9 && premium >= bound - 1e-9 * most),
            Err(error) => prop_assert!(false, "{error}"),
        }
    }
}
