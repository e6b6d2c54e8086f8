//! What is known of exchanges and instruments without asking them: base fee tiers and the rules of a few majors.
//!
//! Where an exchange can be asked, its own answer comes first; this is what a backtest falls back on. Both are tables, each
//! with its source.

use metaexpert_core::{
    Percent, Symbol,
    config::{Config, MarketType},
};
use rust_decimal::{Decimal, dec};

/// Fees of an exchange's base tier, in percent of the notional.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fees {
    pub maker: Percent,
    pub taker: Percent,
}

const fn fees(maker: Decimal, taker: Decimal) -> Fees {
    Fees { maker: Percent::new(maker), taker: Percent::new(taker) }
}

/// Fees of the lowest tier, without discounts for holding an exchange's own coin. Sources, read 2026-11:
/// Binance fee schedule, "Spot trading" and "USD-M futures", regular user; Bybit "Trading fee structure", VIP 0, spot and
/// perpetuals; OKX "Trading fees", regular user level 1, spot and futures.
const BASE_FEES: &[(&str, MarketType, Fees)] = &[
    // exchange  market               maker       taker
    ("binance", MarketType::Spot, fees(dec!(0.10), dec!(0.10))),
    ("binance", MarketType::Futures, fees(dec!(0.02), dec!(0.05))),
    ("bybit", MarketType::Spot, fees(dec!(0.10), dec!(0.10))),
    ("bybit", MarketType::Futures, fees(dec!(0.02), dec!(0.055))),
    ("okx", MarketType::Spot, fees(dec!(0.08), dec!(0.10))),
    ("okx", MarketType::Futures, fees(dec!(0.02), dec!(0.05))),
];

/// The fees in force: the configured ones, else the exchange's base tier; `None` for a market that the table does not have.
pub(crate) fn fees_of(config: &Config) -> Option<Fees> {
    let base = BASE_FEES
        .iter()
        .find(|(exchange, market, _)| *exchange == config.exchange && *market == config.market_type)
        .map(|(_, _, fees)| *fees);
    let maker = config.maker_fee_pct.or_else(|| base.map(|fees| fees.maker))?;
    let taker = config.taker_fee_pct.or_else(|| base.map(|fees| fees.taker))?;
    Some(Fees { maker, taker })
}

/// Tick, lot and minimum notional of a major.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Major {
    pub tick_size: Decimal,
    pub lot_size: Decimal,
    pub min_notional: Decimal,
    /// Maintenance margin of the lowest bracket, in percent.
    pub maintenance_margin: Percent,
}

const fn major(tick_size: Decimal, lot_size: Decimal, min_notional: Decimal, maintenance_margin: Decimal) -> Major {
    Major { tick_size, lot_size, min_notional, maintenance_margin: Percent::new(maintenance_margin) }
}

/// Maintenance margin of what the table does not have: that of the lowest bracket of most pairs at Binance USD-M.
pub(crate) const USUAL_MAINTENANCE_MARGIN: Percent = Percent::new(dec!(1));

/// Rules of a few majors. Sources: Binance USD-M `GET /fapi/v1/exchangeInfo` (`PRICE_FILTER`, `LOT_SIZE`, `MIN_NOTIONAL`) and
/// "Leverage & Margin of USD-M Futures", first bracket; Binance spot `GET /api/v3/exchangeInfo` (`NOTIONAL`). Exchanges change
/// them: flags (`--tick-size`, `--lot-size`, `--min-notional`) go before this table.
const MAJORS: &[(&str, MarketType, Major)] = &[
    // symbol    market               tick           lot            min notional  maintenance
    ("BTCUSDT", MarketType::Futures, major(dec!(0.1), dec!(0.001), dec!(100), dec!(0.4))),
    ("ETHUSDT", MarketType::Futures, major(dec!(0.01), dec!(0.001), dec!(20), dec!(0.4))),
    ("BNBUSDT", MarketType::Futures, major(dec!(0.01), dec!(0.01), dec!(5), dec!(0.5))),
    ("SOLUSDT", MarketType::Futures, major(dec!(0.01), dec!(0.01), dec!(5), dec!(0.5))),
    ("XRPUSDT", MarketType::Futures, major(dec!(0.0001), dec!(0.1), dec!(5), dec!(0.5))),
    ("BTCUSDT", MarketType::Spot, major(dec!(0.01), dec!(0.00001), dec!(5), dec!(0))),
    ("ETHUSDT", MarketType::Spot, major(dec!(0.01), dec!(0.0001), dec!(5), dec!(0))),
    ("BNBUSDT", MarketType::Spot, major(dec!(0.01), dec!(0.001), dec!(5), dec!(0))),
    ("SOLUSDT", MarketType::Spot, major(dec!(0.01), dec!(0.001), dec!(5), dec!(0))),
    ("XRPUSDT", MarketType::Spot, major(dec!(0.0001), dec!(0.1), dec!(5), dec!(0))),
];

/// The symbols of the table, for finding the nearest to a misspelt one.
pub(crate) const MAJOR_SYMBOLS: &[&str] = &["BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT", "XRPUSDT"];

/// The built-in rules of a symbol, if it is one of the majors.
pub(crate) fn major_of(symbol: &Symbol, market: MarketType) -> Option<Major> {
    MAJORS.iter().find(|(name, of, _)| *name == symbol.as_str() && *of == market).map(|(_, _, major)| *major)
}

/// What a synthetic market of a symbol costs where nobody says: about the price of 2024-01-01, in USDT.
const SYNTHETIC_PRICES: &[(&str, Decimal)] =
    &[("BTCUSDT", dec!(42000)), ("ETHUSDT", dec!(2300)), ("BNBUSDT", dec!(310)), ("SOLUSDT", dec!(102)), ("XRPUSDT", dec!(0.62))];

/// Where the synthetic prices of a symbol begin.
pub(crate) fn synthetic_price_of(symbol: &Symbol) -> Option<Decimal> {
    SYNTHETIC_PRICES.iter().find(|(name, _)| *name == symbol.as_str()).map(|(_, price)| *price)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_row_stands_twice() {
        for (place, (exchange, market, _)) in BASE_FEES.iter().enumerate() {
            assert!(!BASE_FEES[..place].iter().any(|(other, of, _)| (other, of) == (exchange, market)), "{exchange} {market}");
        }
        for (place, (symbol, market, _)) in MAJORS.iter().enumerate() {
            assert!(!MAJORS[..place].iter().any(|(other, of, _)| (other, of) == (symbol, market)), "{symbol} {market}");
        }
    }

    #[test]
    fn the_list_of_symbols_is_that_of_the_table() {
        assert!(MAJORS.iter().all(|(symbol, ..)| MAJOR_SYMBOLS.contains(symbol)));
        assert!(MAJOR_SYMBOLS.iter().all(|symbol| MAJORS.iter().any(|(other, ..)| other == symbol)));
    }

    #[test]
    fn configured_fees_go_before_the_table_one_by_one() {
        let config = Config { exchange: "bybit".to_owned(), maker_fee_pct: Some(Percent::new(dec!(-0.01))), ..Config::default() };
        assert_eq!(fees_of(&config), Some(fees(dec!(-0.01), dec!(0.055))));
    }
}
