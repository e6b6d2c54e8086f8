//! Listings for this part's tests.

use metaexpert_core::{
    Currency, Instrument, InstrumentKind, InstrumentRules, OptionTerms, Payoff, Percent, Price, Right, Symbol, UnixNanos,
};
use rust_decimal::Decimal;

use crate::listing::{Class, Listing, OrderLimits};

pub(super) fn spot(base: &str, quote: &str, tick: &str, lot: &str) -> Listing {
    listing(Class::Spot, &format!("{base}{quote}"), base, quote, InstrumentKind::Spot, [tick, lot, "1"])
}

pub(super) fn linear(base: &str, tick: &str, lot: &str) -> Listing {
    listing(Class::Linear, &format!("{base}USDT"), base, "USDT", InstrumentKind::LINEAR_PERPETUAL, [tick, lot, "1"])
}

pub(super) fn inverse(base: &str) -> Listing {
    let kind = InstrumentKind::Perpetual(Payoff::Inverse);
    listing(Class::Inverse, &format!("{base}USD_PERP"), base, "USD", kind, ["0.1", "1", "100"])
}

pub(super) fn dated(base: &str, delivery: UnixNanos) -> Listing {
    let kind = InstrumentKind::Dated { payoff: Payoff::Linear, delivery };
    listing(Class::Linear, &format!("{base}USDT_261225"), base, "USDT", kind, ["0.1", "0.001", "1"])
}

pub(super) fn call(base: &str, strike: Decimal, expiry: UnixNanos) -> Listing {
    let kind = InstrumentKind::Option(OptionTerms { right: Right::Call, strike: Price::new(strike).unwrap(), expiry });
    listing(Class::Options, &format!("{base}-261225-{strike}-C"), base, "USDT", kind, ["5", "0.01", "1"])
}

fn listing(class: Class, symbol: &str, base: &str, quote: &str, kind: InstrumentKind, [tick, lot, size]: [&str; 3]) -> Listing {
    let settlement = if kind.is_inverse() { base } else { quote };
    Listing {
        symbol: symbol.to_owned(),
        class,
        instrument: Instrument {
            symbol: Symbol::new(symbol).unwrap(),
            base: Currency::new(base),
            quote: Currency::new(quote),
            settlement: Currency::new(settlement),
            kind,
            rules: InstrumentRules {
                tick_size: tick.parse().unwrap(),
                lot_size: lot.parse().unwrap(),
                min_notional: Decimal::ZERO,
                contract_size: size.parse().unwrap(),
                maintenance_margin: Percent::ZERO,
            },
            brackets: [].into(),
        },
        limits: OrderLimits::ample(),
        listed: UnixNanos::from_nanos(0),
    }
}
