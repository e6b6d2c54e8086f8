//! What loans do to a wallet, by examples reckoned by hand, and by laws that hold whatever is done.

mod laws; // whatever is done
mod levels; // what may be borrowed and taken out
mod liquidation; // calls, and what is taken over
mod loans; // what is borrowed, what it costs, how it is paid back

use metaexpert_core::{Currency, Money, UnixNanos};
use rust_decimal::Decimal;

use super::*;
use crate::clearing::spot::tests::fake::{BTC_USDT, ETH_USDT, Fake, balance, fill, need};

/// An hour, in nanoseconds.
const HOUR: i64 = 3_600_000_000_000;

fn at(nanos: i64) -> UnixNanos {
    UnixNanos::from_nanos(nanos)
}

fn of(coin: &str, amount: Decimal) -> Money {
    Money::new(amount, Currency::new(coin))
}

fn currency(coin: &str) -> Currency {
    Currency::new(coin)
}

fn cross(leverage: u32, deposits: &[(&str, Decimal)]) -> CrossMargin {
    let tier = Tier::cross(leverage).unwrap();
    let mut wallet = CrossMargin::new(tier, Lending::standard("BNB"), SpotFees::standard("BNB"), Numbers::default());
    for (coin, amount) in deposits {
        wallet.transfer(&of(coin, *amount), at(0), Cause::Transfer, &Fake::new()).unwrap();
    }
    wallet
}

fn isolated(deposits: &[(&str, Decimal)]) -> IsolatedMargin {
    let (lending, fees) = (Lending::standard("BNB"), SpotFees::standard("BNB"));
    let mut wallet = IsolatedMargin::new(BTC_USDT, lending, fees, Numbers::default(), &Fake::new());
    for (coin, amount) in deposits {
        wallet.transfer(&of(coin, *amount), at(0), Cause::Transfer, &Fake::new()).unwrap();
    }
    wallet
}
