//! What markets promise, over all their parts.

mod books; // what is shown
mod ends; // funding, delivery, options
mod paths; // prices that are followed
mod replays; // the same again

use metaexpert_core::{Bar, Currency, Price, Symbol, Timeframe, UnixNanos};
use metaexpert_data::{BarSeries, RowKind};
use rust_decimal::{Decimal, dec};

use super::{test_listings::*, *};

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3_600 * SECOND;

fn start() -> UnixNanos {
    UnixNanos::parse("2026-11-20T07:30:20Z").unwrap()
}

fn after(nanos: i64) -> UnixNanos {
    start().saturating_add_nanos(nanos)
}

fn listings() -> Vec<Listing> {
    let expiry = UnixNanos::parse("2026-12-25T08:00:00Z").unwrap();
    vec![
        spot("BTC", "USDT", "0.01", "0.00001"),
        spot("ETH", "USDT", "0.01", "0.0001"),
        spot("ETH", "BTC", "0.00001", "0.0001"),
        linear("BTC", "0.1", "0.001"),
        inverse("BTC"),
        dated("BTC", expiry),
        call("BTC", dec!(80000), expiry),
    ]
}

/// Sources with an hour of the past.
fn sources() -> PriceSources {
    PriceSources::default().with_history(HOUR)
}

fn markets() -> Markets {
    Markets::new(listings(), &sources(), start(), 7).unwrap()
}

/// Everything that moves until then.
fn moves(markets: &mut Markets, until: UnixNanos) -> Vec<(MarketId, UnixNanos, Move)> {
    std::iter::from_fn(|| markets.step(until)).collect()
}

fn symbol(text: &str) -> Symbol {
    Symbol::new(text).unwrap()
}

fn script(steps: &[(i64, Decimal)]) -> PriceSource {
    let (_, first) = steps[0];
    PriceSource::Script(steps[1..].iter().fold(Script::still(first), |script, (time, price)| script.then(*time, *price)))
}

/// A file of the shared folder; says so where it is not there.
fn shared(file: &str) -> Option<std::path::PathBuf> {
    let folder = std::env::var_os("METAEXPERT_SHARED").map(std::path::PathBuf::from);
    let folder = folder.unwrap_or_else(|| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let path = folder.join(file);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}
