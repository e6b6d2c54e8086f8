//! What an execution costs in the venue's account, beside what it costs in the engine's bare portfolio.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up is not to run")]

use divan::{Bencher, black_box};
use metaexpert_core::{
    Currency, Instrument, InstrumentKind, InstrumentRules, Instruments, Liquidity, Money, Percent, PositionSide, Price, Quantity,
    Reason, Side, Symbol, Trade, TradeId, UnixNanos,
    config::{MarginMode, PositionMode},
    portfolio::Portfolio,
};
use metaexpert_matching::{Account, AccountSetup, Everything, Fees, Keep, Nothing};
use rust_decimal::dec;

fn main() {
    divan::main();
}

fn instruments(kind: InstrumentKind) -> Instruments {
    let (base, quote) = (Currency::new("BTC"), Currency::new("USDT"));
    let mut instruments = Instruments::default();
    instruments.add(Instrument {
        symbol: Symbol::new("BTCUSDT").unwrap(),
        base,
        settlement: quote.clone(),
        quote,
        kind,
        rules: InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: dec!(0.001),
            min_notional: dec!(5),
            contract_size: dec!(1),
            maintenance_margin: Percent::new(dec!(0.4)),
        },
        brackets: [].into(),
    });
    instruments
}

/// An entry and an exit, a little apart.
fn round_trip(instruments: &Instruments) -> [Trade; 2] {
    let (id, instrument) = instruments.iter().next().unwrap();
    [(Side::Buy, dec!(46319.5)), (Side::Sell, dec!(46377.1))].map(|(side, price)| Trade {
        id: TradeId::from(1),
        time: UnixNanos::default(),
        instrument: id,
        symbol: instrument.symbol.clone(),
        order: None,
        side,
        position_side: PositionSide::Long,
        price: Price::new(price).unwrap(),
        quantity: Quantity::new(dec!(0.161)).unwrap(),
        fee: Money::new(price * dec!(0.161) * dec!(0.0005), instrument.settlement.clone()),
        liquidity: Liquidity::Taker,
        reason: Reason::Signal,
    })
}

fn account<K: Keep>(kind: InstrumentKind, kept: K) -> Account<K> {
    let setup = AccountSetup {
        instruments: instruments(kind),
        capital: Money::new(dec!(10_000), Currency::new("USDT")),
        wallets: Vec::new(),
        margin_mode: MarginMode::Isolated,
        position_mode: PositionMode::Hedge,
        fees: Fees::flat(dec!(0.0002), dec!(0.0005)),
        lending: None,
    };
    Account::new(setup, kept).unwrap()
}

#[divan::bench(sample_size = 1000)]
fn two_trades_in_a_bare_portfolio(bencher: Bencher<'_, '_>) {
    let instruments = instruments(InstrumentKind::LINEAR_PERPETUAL);
    let (trades, instrument) = (round_trip(&instruments), instruments.iter().next().unwrap().1.clone());
    let mut portfolio = Portfolio::new(dec!(10_000), 1);
    bencher.bench_local(|| trades.iter().for_each(|trade| drop(black_box(portfolio.apply(trade, &instrument, 10)))));
}

fn two_trades<K: Keep>(bencher: Bencher<'_, '_>, kind: InstrumentKind, kept: K) {
    let mut account = account(kind, kept);
    let trades = round_trip(account.instruments());
    let instrument = account.instruments().iter().next().unwrap().1.clone();
    bencher.bench_local(|| trades.iter().for_each(|trade| drop(black_box(account.apply(trade, &instrument, 10)))));
}

#[divan::bench(sample_size = 1000)]
fn two_trades_of_contracts(bencher: Bencher<'_, '_>) {
    two_trades(bencher, InstrumentKind::LINEAR_PERPETUAL, Nothing);
}

#[divan::bench(sample_size = 1000)]
fn two_trades_of_coins(bencher: Bencher<'_, '_>) {
    two_trades(bencher, InstrumentKind::Spot, Nothing);
}

#[divan::bench(sample_size = 1000)]
fn two_trades_with_every_entry_kept(bencher: Bencher<'_, '_>) {
    two_trades(bencher, InstrumentKind::LINEAR_PERPETUAL, Everything::default());
}

#[divan::bench(sample_size = 1000)]
fn level_of_a_position(bencher: Bencher<'_, '_>) {
    let mut account = account(InstrumentKind::LINEAR_PERPETUAL, Nothing);
    let (id, instrument) = account.instruments().iter().map(|(id, of)| (id, of.clone())).next().unwrap();
    let [entry, _] = round_trip(account.instruments());
    account.apply(&entry, &instrument, 10).unwrap();
    bencher.bench_local(|| black_box(account.liquidation(black_box(id), PositionSide::Long)));
}
