//! An execution allocates nothing in the account, whatever the market, unless its entries are kept.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use metaexpert_core::{
    Currency, Instrument, InstrumentKind, InstrumentRules, Instruments, Liquidity, Money, Payoff, Percent, PositionSide, Price,
    Quantity, Reason, Symbol, Trade, TradeId, UnixNanos,
    config::{MarginMode, PositionMode},
};
use metaexpert_matching::{Account, AccountSetup, Everything, Fees, Keep, Nothing};
use rust_decimal::dec;

fn instruments(kind: InstrumentKind) -> Instruments {
    let (base, quote) = (Currency::new("BTC"), Currency::new("USDT"));
    let mut instruments = Instruments::default();
    instruments.add(Instrument {
        symbol: Symbol::new("BTCUSDT").unwrap(),
        settlement: if kind.is_inverse() { base.clone() } else { quote.clone() },
        base,
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

/// Allocations of a thousand round trips.
fn allocations<K: Keep>(kind: InstrumentKind, margin_mode: MarginMode, kept: K) -> u64 {
    let instruments = instruments(kind);
    let (id, instrument) = instruments.iter().map(|(id, of)| (id, of.clone())).next().unwrap();
    let setup = AccountSetup {
        instruments,
        capital: Money::new(dec!(10_000), instrument.settlement.clone()),
        wallets: Vec::new(),
        margin_mode,
        position_mode: PositionMode::Hedge,
        fees: Fees::flat(dec!(0.0002), dec!(0.0005)),
        lending: None,
    };
    let mut account = Account::new(setup, kept).unwrap();
    let leg = PositionSide::Long;
    let (price, quantity) = (Price::new(dec!(40_000)).unwrap(), Quantity::new(dec!(0.1)).unwrap());
    let [entry, exit] = [leg.opening_side(), leg.closing_side()].map(|side| Trade {
        id: TradeId::from(1),
        time: UnixNanos::default(),
        instrument: id,
        symbol: instrument.symbol.clone(),
        order: None,
        side,
        position_side: leg,
        price,
        quantity,
        fee: account.fee(&instrument, price, quantity, Liquidity::Taker),
        liquidity: Liquidity::Taker,
        reason: Reason::Signal,
    });
    let counted = allocation_counter::measure(|| {
        for _ in 0..1_000 {
            account.apply(&entry, &instrument, 3).unwrap();
            let _ = account.liquidation(id, leg);
            account.apply(&exit, &instrument, 3).unwrap();
        }
    });
    counted.count_total
}

#[test]
fn an_execution_allocates_nothing() {
    for kind in [InstrumentKind::LINEAR_PERPETUAL, InstrumentKind::Perpetual(Payoff::Inverse), InstrumentKind::Spot] {
        for mode in [MarginMode::Isolated, MarginMode::Cross] {
            assert_eq!(allocations(kind, mode, Nothing), 0, "{kind:?} {mode}");
        }
    }
    assert!(allocations(InstrumentKind::LINEAR_PERPETUAL, MarginMode::Isolated, Everything::default()) > 0);
}
