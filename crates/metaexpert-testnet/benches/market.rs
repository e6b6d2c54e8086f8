//! What markets cost: 10,000 changes of a book a second must leave two cores to whoever is told of them.

#![expect(clippy::unwrap_used, reason = "a benchmark may fail loudly")]

use divan::{Bencher, counter::ItemsCount};
use metaexpert_core::{Currency, Instrument, InstrumentKind, InstrumentRules, Percent, Symbol, UnixNanos};
use metaexpert_testnet::{
    listing::{Class, Listing, OrderLimits},
    market::{Markets, Pace, PriceSources},
};
use rust_decimal::{Decimal, dec};

fn main() {
    divan::main();
}

const SECOND: i64 = 1_000_000_000;

fn listing(class: Class, base: &str, kind: InstrumentKind) -> Listing {
    let symbol = format!("{base}USDT");
    Listing {
        class,
        instrument: Instrument {
            symbol: Symbol::new(&symbol).unwrap(),
            base: Currency::new(base),
            quote: Currency::new("USDT"),
            settlement: Currency::new("USDT"),
            kind,
            rules: InstrumentRules {
                tick_size: dec!(0.01),
                lot_size: dec!(0.001),
                min_notional: dec!(5),
                contract_size: Decimal::ONE,
                maintenance_margin: Percent::ZERO,
            },
            brackets: [].into(),
        },
        symbol,
        limits: OrderLimits {
            price: (dec!(0.01), dec!(1000000)),
            quantity: (dec!(0.001), dec!(9000)),
            market_quantity: dec!(9000),
            notional: (dec!(5), dec!(9000000)),
            band: (dec!(0.2), dec!(5)),
            open_orders: 200,
            conditional_orders: 5,
            iceberg_parts: 10,
            lists: 20,
            amends: 10,
        },
        listed: UnixNanos::from_nanos(0),
    }
}

fn markets(changes: f64) -> (Markets, UnixNanos) {
    let listings = ["BTC", "ETH"].into_iter().flat_map(|base| {
        [listing(Class::Spot, base, InstrumentKind::Spot), listing(Class::Linear, base, InstrumentKind::LINEAR_PERPETUAL)]
    });
    let start = UnixNanos::parse("2026-11-20T07:30:00Z").unwrap();
    let sources = PriceSources::default().with_pace(Pace { changes, prints: changes / 10.0, levels: 100 });
    (Markets::new(listings.collect(), &sources.with_history(SECOND), start, 7).unwrap(), start)
}

/// A second of four markets whose books change 2,500 times in it, told every 100 ms.
#[divan::bench]
fn ten_thousand_changes(bencher: Bencher<'_, '_>) {
    let (mut markets, mut now) = markets(2_500.0);
    bencher.counter(ItemsCount::new(10_000_usize)).bench_local(|| {
        for _ in 0..10 {
            now = now.saturating_add_nanos(SECOND / 10);
            while markets.step(now).is_some() {}
            markets.flush_levels(now);
            divan::black_box(markets.take_news());
        }
    });
}

/// Two markets from nothing, with a day and a half of the past.
#[divan::bench]
fn opening() -> Markets {
    let listings = vec![listing(Class::Spot, "BTC", InstrumentKind::Spot), listing(Class::Spot, "ETH", InstrumentKind::Spot)];
    let start = UnixNanos::parse("2026-11-20T07:30:00Z").unwrap();
    Markets::new(listings, &PriceSources::default(), start, 7).unwrap()
}
