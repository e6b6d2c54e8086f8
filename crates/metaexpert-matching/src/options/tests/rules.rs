//! Fees, margins and marks: what an exchange reckons.

use metaexpert_core::{Currency, Instrument, InstrumentKind, InstrumentRules, Percent, PositionSide, Quantity, Symbol};

use super::*;

fn price(price: Decimal) -> Price {
    Price::new(price).unwrap()
}

fn listed(terms: OptionTerms, contract_size: Decimal) -> Instrument {
    Instrument {
        symbol: Symbol::new("BTC-270326-100000-C").unwrap(),
        base: Currency::new("BTC"),
        quote: Currency::new("USDT"),
        settlement: Currency::new("USDT"),
        kind: InstrumentKind::Option(terms),
        rules: InstrumentRules {
            tick_size: dec!(5),
            lot_size: dec!(0.01),
            min_notional: dec!(0),
            contract_size,
            maintenance_margin: Percent::ZERO,
        },
        brackets: [].into(),
    }
}

fn margin(rates: MarginRates, right: Right, strike: Decimal, at: Decimal, mark: Decimal) -> (Decimal, Decimal) {
    let terms = terms(right, strike);
    let one = Quantity::new(dec!(1)).unwrap();
    let margin = rates.seller(&listed(terms, dec!(1)), &terms, price(at), mark, one);
    (margin.initial, margin.maintenance)
}

#[test]
fn a_seller_holds_less_the_further_the_strike_is_down_to_the_least() {
    use Right::{Call, Put};
    for (right, strike, initial, maintenance) in [
        (Call, dec!(90000), dec!(25000), dec!(17500)), // in the money by 10,000: 15,000 and 7,500, and the mark of 10,000
        (Call, dec!(100000), dec!(25000), dec!(17500)),
        (Call, dec!(101000), dec!(24000), dec!(16500)),
        (Call, dec!(103000), dec!(22000), dec!(15000)), // the margin to be kept is at its least
        (Call, dec!(120000), dec!(20000), dec!(15000)), // both are
        (Put, dec!(110000), dec!(25000), dec!(17500)),
        (Put, dec!(98000), dec!(23000), dec!(15500)),
        (Put, dec!(50000), dec!(20000), dec!(15000)),
    ] {
        assert_eq!(
            margin(MarginRates::BINANCE, right, strike, dec!(100000), dec!(10000)),
            (initial, maintenance),
            "{right} {strike}"
        );
    }
}

#[test]
fn an_exchange_with_one_rate_to_be_kept_is_two_equal_rates() {
    // Bit.com, "Margin Rules for USDT-Margined Options", read 2026-11: ETH-USDT-17NOV23-1850-P at 2098, marked at 2.4. For a
    // position of 50 its page has 10,610 initially and 7,987.5 to be kept, for one 212.2 and 159.75.
    let rates = MarginRates { least_maintenance: dec!(0.075), ..MarginRates::BINANCE };
    assert_eq!(margin(rates, Right::Put, dec!(1850), dec!(2098), dec!(2.4)), (dec!(212.2), dec!(159.75)));
}

#[test]
fn equity_counts_what_an_option_is_worth_and_not_what_it_cost() {
    let instrument = listed(terms(Right::Call, dec!(100)), dec!(100));
    let quantity = Quantity::new(dec!(3)).unwrap();
    assert_eq!(position_value(&instrument, PositionSide::Long, dec!(1.5), quantity), dec!(450));
    assert_eq!(position_value(&instrument, PositionSide::Short, dec!(1.5), quantity), dec!(-450));
}

#[test]
fn a_fee_is_capped_by_what_the_option_is_worth() {
    let instrument = listed(terms(Right::Call, dec!(100000)), dec!(1));
    let two = Quantity::new(dec!(2)).unwrap();
    let fee = |fee: CappedFee, option| fee.of(&instrument, price(dec!(100000)), option, two);
    assert_eq!(fee(CappedFee::BINANCE_OPTION_TRADE, dec!(5000)), dec!(60));
    assert_eq!(fee(CappedFee::BINANCE_OPTION_TRADE, dec!(300)), dec!(60), "30 is the rate's and the cap's");
    assert_eq!(fee(CappedFee::BINANCE_OPTION_TRADE, dec!(40)), dec!(8));
    assert_eq!(fee(CappedFee::BINANCE_OPTION_EXERCISE, dec!(0)), dec!(0));
    assert_eq!(fee(CappedFee { rate: dec!(0.0003), cap: None }, dec!(40)), dec!(60));
    assert_eq!(fee(CappedFee::NONE, dec!(5000)), dec!(0));
    // A contract on 100 coins pays for 100: 0.03 % of 2 is 0.0006 each.
    let hundred = listed(terms(Right::Call, dec!(2)), dec!(100));
    assert_eq!(CappedFee::BINANCE_OPTION_TRADE.of(&hundred, price(dec!(2)), dec!(0.5), two), dec!(0.12));
}

/// The volatility by which a call of 30 days at the money is marked whose bid and ask mean these.
fn marked(bid: f64, ask: f64) -> f64 {
    let call = terms(Right::Call, dec!(100000));
    let conditions = index(100_000.0, 30.0 / 365.0, 0.0);
    let quote =
        |volatility: f64| if volatility.is_finite() { value(&call, &conditions, volatility).unwrap() } else { volatility };
    let band = VolatilityBand { floor: 0.2, cap: 2.0 };
    mark_volatility(&call, &conditions, quote(bid), quote(ask), band).unwrap()
}

#[test]
fn an_option_is_marked_at_the_middle_of_what_its_quotes_mean() {
    close(marked(0.5, 0.7), 0.6, 9);
    close(marked(0.1, 0.7), 0.45, 9); // a bid below the band counts as its floor
    close(marked(0.5, 9.0), 1.25, 9); // an ask above it as its cap
    close(marked(0.0, f64::INFINITY), 1.1, 9); // and so do quotes that are not there
}

#[test]
fn a_mark_is_the_models_value_in_decimals() {
    let call = terms(Right::Call, dec!(100000));
    let now = UnixNanos::from_seconds(-30 * 86_400).unwrap();
    let conditions = Conditions::on_index(&call, price(dec!(95000)), now);
    let mark = mark_price(&call, &conditions, 0.6).unwrap();
    assert_eq!(mark.round_dp(8), dec!(4476.70491014));
    assert_eq!(mark_price(&terms(Right::Put, dec!(1)), &conditions, 0.6), Ok(dec!(0)));
}
