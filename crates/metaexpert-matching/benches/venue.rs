//! How fast the venue is by itself: market events with orders that rest, and orders by the million.
//! Run with `cargo bench -p metaexpert-matching --bench venue`.

#![expect(clippy::unwrap_used, reason = "a benchmark that goes wrong should stop there")]

use divan::{Bencher, counter::ItemsCount};
use metaexpert_core::{
    Amendment, Book, ClientOrderId, Currency, Effect, Fitting, Instrument, InstrumentId, InstrumentKind, InstrumentRules,
    Instruments, LevelChange, Money, NewOrder, OrderKind, Percent, Price, Protection, PublicTrade, Quantity, Reason, SelfTrade,
    Side, Symbol, Tick, TimeInForce, Timeframe, UnixNanos,
    broker::{Answer, Broker, Market},
    config::{Config, FillModel, LimitFill, MarginMode, PositionMode},
    journal::{Journal, Journaled, Record},
    portfolio::Portfolio,
    risk::{RiskGate, View},
};
use metaexpert_matching::{AccountSetup, Fees, Venue, VenueSetup};
use rust_decimal::{Decimal, dec};

fn main() {
    divan::main();
}

/// Keeps nothing.
struct NoJournal;

impl Journal for NoJournal {
    fn append(&mut self, _: &NewOrder) -> metaexpert_core::Result<()> {
        Ok(())
    }

    fn amend(&mut self, _: &Amendment) -> metaexpert_core::Result<()> {
        Ok(())
    }

    fn record(&mut self, _: Record<'_>) -> metaexpert_core::Result<()> {
        Ok(())
    }
}

/// A venue, and the gate that orders for it pass.
struct Bench {
    venue: Venue,
    instrument: Instrument,
    id: InstrumentId,
    gate: RiskGate,
    rich: Portfolio,
    sent: u64,
}

impl Bench {
    fn new() -> Self {
        let mut instruments = Instruments::default();
        let quote = Currency::new("USDT");
        let instrument = Instrument {
            symbol: Symbol::new("BTCUSDT").unwrap(),
            base: Currency::new("BTC"),
            quote: quote.clone(),
            settlement: quote,
            kind: InstrumentKind::LINEAR_PERPETUAL,
            rules: InstrumentRules {
                tick_size: dec!(0.1),
                lot_size: dec!(0.001),
                min_notional: dec!(0),
                contract_size: dec!(1),
                maintenance_margin: Percent::new(dec!(0.4)),
            },
            brackets: std::sync::Arc::default(),
        };
        let id = instruments.add(instrument.clone());
        let venue = Venue::new(VenueSetup {
            account: AccountSetup {
                instruments,
                capital: Money::new(dec!(1_000_000_000_000), Currency::new("USDT")),
                wallets: Vec::new(),
                margin_mode: MarginMode::Isolated,
                position_mode: PositionMode::Hedge,
                fees: Fees::flat(dec!(0.0002), dec!(0.0005)),
                lending: None,
            },
            slippage: dec!(0),
            fill_model: FillModel::Ohlc,
            limit_fill: LimitFill::Touch,
            timeframe: Timeframe::M1,
        })
        .unwrap();
        let rich = Portfolio::new(dec!(1_000_000_000_000), 1);
        Self { venue, instrument, id, gate: RiskGate::new(Config::default(), dec!(0)), rich, sent: 0 }
    }

    /// A limit for the smallest quantity, so many ticks above nothing.
    fn limit(&mut self, side: Side, ticks: i64) -> Journaled<NewOrder> {
        self.sent += 1;
        let price = Price::new(Decimal::new(ticks, 1)).unwrap();
        let order = NewOrder {
            id: ClientOrderId { strategy: 1, run: 1, sequence: self.sent },
            instrument: self.id,
            side,
            kind: OrderKind::Limit { price },
            time_in_force: TimeInForce::GoodTillCancelled,
            effect: Effect::Net,
            quantity: Quantity::new(dec!(0.001)).unwrap(),
            fitting: Fitting::Exact,
            leverage: 1,
            protection: Protection::default(),
            self_trade: SelfTrade::Allow,
            link: None,
            time: UnixNanos::MIN,
            reason: Reason::Signal,
        };
        let (now, instrument, expected) = (UnixNanos::MIN, &self.instrument, &self.rich);
        let view = View { now, instrument, expected, price, volume: 1.0, warmup: 0, closing: dec!(0) };
        self.gate.check(order, &view).unwrap().journal(&mut NoJournal).unwrap()
    }

    fn place(&mut self, side: Side, ticks: i64, answers: &mut Vec<Answer>) {
        let order = self.limit(side, ticks);
        self.venue.submit(order, answers).unwrap();
    }
}

/// A walk of a price by single ticks, from 60,000.
fn walk(count: usize) -> impl Iterator<Item = (UnixNanos, i64)> {
    let (mut state, mut ticks) = (0x9E37_79B9_7F4A_7C15_u64, 600_000_i64);
    (0..count).map(move |step| {
        // xorshift64, so that the benchmark is the same everywhere.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        ticks += i64::try_from(state % 3).unwrap() - 1;
        (UnixNanos::from_nanos(i64::try_from(step).unwrap() * 1_000_000), ticks)
    })
}

#[expect(clippy::cast_precision_loss, reason = "ticks are far below 2^53")]
fn price(ticks: i64) -> f64 {
    ticks as f64 / 10.0
}

fn quote((time, ticks): (UnixNanos, i64)) -> Tick {
    let (bid, ask) = (price(ticks), price(ticks + 1));
    Tick { time, bid, bid_quantity: 5.0, ask, ask_quantity: 5.0, last: Some(bid) }
}

const EVENTS: usize = 1_000_000;

/// Quotes and prints in turn. Items are events.
#[divan::bench(args = [0, 10, 1_000, 100_000], sample_count = 5)]
fn ticks_with_orders_that_rest_away_from_the_price(bencher: Bencher<'_, '_>, orders: i64) {
    let ticks: Vec<Tick> = walk(EVENTS / 2).map(quote).collect();
    bencher.counter(ItemsCount::new(EVENTS)).with_inputs(|| crowded(orders, 5_000)).bench_local_values(|mut bench| {
        let mut answers = Vec::new();
        replay(&mut bench, &ticks, &mut answers);
        bench.venue.standing()
    });
}

/// Ten orders on each side, from the best price on; one that trades is put back at the best. Items are events.
#[divan::bench(sample_count = 5)]
fn ticks_with_orders_at_the_best_prices(bencher: Bencher<'_, '_>) {
    let ticks: Vec<Tick> = walk(EVENTS / 2).map(quote).collect();
    bencher.counter(ItemsCount::new(EVENTS)).with_inputs(|| crowded(10, 0)).bench_local_values(|mut bench| {
        let mut answers = Vec::new();
        replay(&mut bench, &ticks, &mut answers);
        assert!(bench.sent > 5_000, "orders trade and are put back: {}", bench.sent);
    });
}

/// A venue with so many orders on each side, beginning so many ticks away.
fn crowded(orders: i64, away: i64) -> Bench {
    let (mut bench, mut answers) = (Bench::new(), Vec::new());
    for number in 0..orders {
        bench.place(Side::Buy, 600_000 - away - number % 300_000, &mut answers);
        bench.place(Side::Sell, 600_001 + away + number % 300_000, &mut answers);
    }
    // They come to rest with the first quote.
    bench.venue.observe(Market::Tick(bench.id, &quote((UnixNanos::MIN, 600_000))), &mut answers);
    bench
}

fn replay(bench: &mut Bench, ticks: &[Tick], answers: &mut Vec<Answer>) {
    for tick in ticks {
        bench.venue.observe(Market::Tick(bench.id, tick), answers);
        let print = PublicTrade { time: tick.time, price: tick.bid, quantity: 0.5, buyer_is_taker: false };
        bench.venue.observe(Market::PublicTrade(bench.id, &print), answers);
        if answers.is_empty() {
            continue;
        }
        let traded: Vec<Side> = answers
            .drain(..)
            .filter_map(|answer| match answer {
                Answer::Trade { trade, .. } => Some(trade.side),
                _ => None,
            })
            .collect();
        #[expect(clippy::cast_possible_truncation, reason = "a price in ticks")]
        let bid = (tick.bid * 10.0).round() as i64;
        for side in traded {
            let ticks = if side == Side::Buy { bid } else { bid + 1 };
            bench.place(side, ticks, answers);
        }
        answers.clear();
    }
}

/// Changes of an order book within fifty ticks of the price, with so many orders of ours. Items are changes; keeping the book
/// is a part of it.
#[divan::bench(args = [0, 10, 1_000], sample_count = 5)]
fn changes_of_a_book(bencher: Bencher<'_, '_>, orders: i64) {
    let changes: Vec<LevelChange> = walk(EVENTS)
        .zip(walk(EVENTS + 7).skip(7))
        .map(|((time, ticks), (_, other))| {
            let away = 1 + (ticks - other).abs() % 50;
            let (side, ticks) = if other % 2 == 0 { (Side::Buy, 600_000 - away) } else { (Side::Sell, 600_000 + away) };
            LevelChange { time, side, ticks, quantity: 1.0 + price(away), clears: false, ends: true }
        })
        .collect();
    bencher.counter(ItemsCount::new(EVENTS)).with_inputs(|| (crowded(orders, 60), Book::new(dec!(0.1)))).bench_local_values(
        |(mut bench, mut book)| {
            let mut answers = Vec::new();
            for change in &changes {
                book.apply(change);
                bench.venue.observe(Market::Book(bench.id, &book, change), &mut answers);
            }
            bench.venue.standing()
        },
    );
}

/// Orders that are placed, come to rest, and are filled by a price that walks over all of them. Items are orders: ten times the
/// orders take ten times the time.
#[divan::bench(args = [10_000, 100_000, 1_000_000], sample_count = 3)]
fn orders_placed_and_filled(bencher: Bencher<'_, '_>, orders: i64) {
    bencher
        .counter(ItemsCount::new(u64::try_from(orders).unwrap()))
        .with_inputs(|| {
            let mut bench = Bench::new();
            let orders: Vec<_> = (0..orders).map(|number| bench.limit(Side::Buy, 599_000 - number % 100_000)).collect();
            (bench, orders)
        })
        .bench_local_values(|(mut bench, orders)| {
            let mut answers = Vec::new();
            for order in orders {
                bench.venue.submit(order, &mut answers).unwrap();
                answers.clear();
            }
            for ticks in [600_000, 550_000, 500_000, 450_000] {
                bench.venue.observe(Market::Tick(bench.id, &quote((UnixNanos::from_nanos(1), ticks))), &mut answers);
                answers.clear();
            }
            assert_eq!(bench.venue.standing(), 0);
        });
}
