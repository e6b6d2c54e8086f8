//! What is written in these tests.

use std::{path::Path, sync::Arc};

use metaexpert_core::{
    ClientOrderId, Currency, Instrument, InstrumentId, InstrumentRules, Instruments, Money, NewOrder, OrderKind, Percent,
    PositionSide, Price, Quantity, Reason, Side, Symbol, Trade, TradeId, UnixNanos,
    config::TradeMode,
    instrument::{InstrumentKind, Payoff},
    order::{Effect, Fitting, Liquidity, Protection, SelfTrade, TimeInForce},
    portfolio::Leg,
};
use metaexpert_store::{Durability, Identity, Kept, Store, StoreError};
use rust_decimal::{Decimal, dec};

pub(crate) fn identity() -> Identity {
    Identity {
        expert: "crossover".into(),
        strategy: 7,
        mode: TradeMode::Live,
        venue: "binance usdm".into(),
        account: "AKIDxx @ 127.0.0.1".into(),
    }
}

pub(crate) fn at(seconds: i64) -> UnixNanos {
    UnixNanos::from_seconds(1_700_000_000 + seconds).unwrap()
}

pub(crate) fn open(path: &Path) -> (Store, Kept) {
    try_open(path).unwrap()
}

pub(crate) fn try_open(path: &Path) -> Result<(Store, Kept), StoreError> {
    Store::open(path, &identity(), Durability::Process, at(0), 0)
}

pub(crate) const SYMBOLS: [&str; 3] = ["BTCUSDT", "ETHUSDT", "BTCUSD"];

pub(crate) fn instruments() -> Instruments {
    instruments_of(&SYMBOLS)
}

pub(crate) fn instruments_of(symbols: &[&str]) -> Instruments {
    let mut all = Instruments::default();
    for symbol in symbols {
        all.add(instrument(symbol));
    }
    all
}

fn instrument(symbol: &str) -> Instrument {
    let symbol = Symbol::new(symbol).unwrap();
    let (base, quote) = symbol.currencies().unwrap();
    let is_inverse = quote.as_str() == "USD";
    let payoff = if is_inverse { Payoff::Inverse } else { Payoff::Linear };
    Instrument {
        settlement: if is_inverse { base.clone() } else { quote.clone() },
        symbol,
        base,
        quote,
        kind: InstrumentKind::Perpetual(payoff),
        rules: InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: dec!(0.001),
            min_notional: dec!(5),
            contract_size: if is_inverse { dec!(100) } else { Decimal::ONE },
            maintenance_margin: Percent::new(dec!(0.4)),
        },
        brackets: Arc::default(),
    }
}

pub(crate) fn place(symbol: &str) -> InstrumentId {
    instruments().find(&Symbol::new(symbol).unwrap()).unwrap()
}

pub(crate) fn id(run: u32, sequence: u64) -> ClientOrderId {
    ClientOrderId { strategy: 7, run, sequence }
}

/// A market order for 2 BTC.
pub(crate) fn order(run: u32, sequence: u64) -> NewOrder {
    NewOrder {
        id: id(run, sequence),
        instrument: place("BTCUSDT"),
        side: Side::Buy,
        kind: OrderKind::Market,
        time_in_force: TimeInForce::GoodTillCancelled,
        effect: Effect::Open(PositionSide::Long),
        quantity: quantity(dec!(2)),
        fitting: Fitting::Exact,
        leverage: 10,
        protection: Protection::default(),
        self_trade: SelfTrade::Allow,
        link: None,
        time: at(i64::try_from(sequence).unwrap()),
        reason: Reason::Signal,
    }
}

pub(crate) fn quantity(quantity: Decimal) -> Quantity {
    Quantity::new(quantity).unwrap()
}

pub(crate) fn price(price: Decimal) -> Price {
    Price::new(price).unwrap()
}

pub(crate) fn usdt(amount: Decimal) -> Money {
    Money::new(amount, Currency::new("USDT"))
}

/// One BTC of an order, bought at 100 for a fee of 0.05 USDT.
pub(crate) fn trade(number: u64, order: Option<ClientOrderId>) -> Trade {
    Trade {
        id: TradeId::from(number),
        time: at(i64::try_from(number).unwrap()),
        instrument: place("BTCUSDT"),
        symbol: Symbol::new("BTCUSDT").unwrap(),
        order,
        side: Side::Buy,
        position_side: PositionSide::Long,
        price: price(dec!(100)),
        quantity: quantity(dec!(1)),
        fee: usdt(dec!(0.05)),
        liquidity: Liquidity::Taker,
        reason: Reason::Signal,
    }
}

/// So many BTC that cost 100 each.
pub(crate) fn leg(held: Decimal) -> Leg {
    Leg { quantity: held, cost: held * dec!(100), leverage: 10, opened: at(1), entries: 1 }
}
