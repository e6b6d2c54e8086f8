//! What is known of exchanges and instruments without asking them: base fee tiers and the rules of a few majors.
//!
//! Where an exchange can be asked, its own answer comes first; this is what a backtest falls back on. Both are tables, each
//! with its source.

mod brackets; // maintenance margin by the value of a position

use metaexpert_core::{
    Percent, Symbol,
    config::{Config, ContractType, MarketType},
};
use rust_decimal::{Decimal, dec};

pub(crate) use brackets::brackets_of;

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
/// perpetuals; OKX "Trading fees", regular user level 1, spot and futures. Margin trades are spot trades; COIN-M and other inverse
/// futures have the fees of linear ones. Fees of options are shares of the underlying's value and not of the premium: they are
/// not in this table.
const BASE_FEES: &[(&str, MarketType, Fees)] = &[
    // exchange  market               maker       taker
    ("binance", MarketType::Spot, fees(dec!(0.10), dec!(0.10))),
    ("binance", MarketType::Margin, fees(dec!(0.10), dec!(0.10))),
    ("binance", MarketType::Futures, fees(dec!(0.02), dec!(0.05))),
    ("bybit", MarketType::Spot, fees(dec!(0.10), dec!(0.10))),
    ("bybit", MarketType::Margin, fees(dec!(0.10), dec!(0.10))),
    ("bybit", MarketType::Futures, fees(dec!(0.02), dec!(0.055))),
    ("okx", MarketType::Spot, fees(dec!(0.08), dec!(0.10))),
    ("okx", MarketType::Margin, fees(dec!(0.08), dec!(0.10))),
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
    /// Of an inverse contract, in quote currency.
    pub contract_size: Decimal,
    /// Maintenance margin of the lowest bracket, in percent.
    pub maintenance_margin: Percent,
}

const fn major(tick_size: Decimal, lot_size: Decimal, min_notional: Decimal, maintenance_margin: Decimal) -> Major {
    let maintenance_margin = Percent::new(maintenance_margin);
    Major { tick_size, lot_size, min_notional, contract_size: Decimal::ONE, maintenance_margin }
}

/// An inverse contract, which is traded in whole ones where its size is not one unit of quote currency.
const fn inverse(tick_size: Decimal, contract_size: Decimal, maintenance_margin: Decimal) -> Major {
    Major { contract_size, ..major(tick_size, Decimal::ONE, Decimal::ZERO, maintenance_margin) }
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

/// Maintenance margin of coins that are held with borrowed money. Binance, "Margin level and margin call": an account is liquidated
/// when its assets are worth 1.1 times what it owes, which leaves 1 - 1/1.1 of their value as its own.
pub(crate) const MARGIN_ACCOUNT_MAINTENANCE: Percent = Percent::new(dec!(9.0909));

/// Rules of inverse contracts. Sources, read 2026-11: Binance COIN-M `GET /dapi/v1/exchangeInfo` (`contractSize`: 100 USD for BTC, 10
/// USD for the others) and "Coin-Margined Futures Contract Specifications"; Bybit v5 "Get Instruments Info", category inverse
/// (quantities in USD); OKX v5 "Get instruments" (`ctVal`: 100 USD for BTC, 10 USD for the others).
const INVERSE: &[(&str, &str, Major)] = &[
    // exchange  symbol    tick          contract    maintenance
    ("binance", "BTCUSD", inverse(dec!(0.1), dec!(100), dec!(0.4))),
    ("binance", "ETHUSD", inverse(dec!(0.01), dec!(10), dec!(0.5))),
    ("binance", "BNBUSD", inverse(dec!(0.01), dec!(10), dec!(1))),
    ("binance", "SOLUSD", inverse(dec!(0.01), dec!(10), dec!(1))),
    ("binance", "XRPUSD", inverse(dec!(0.0001), dec!(10), dec!(1))),
    ("bybit", "BTCUSD", inverse(dec!(0.1), dec!(1), dec!(0.5))),
    ("bybit", "ETHUSD", inverse(dec!(0.01), dec!(1), dec!(0.5))),
    ("okx", "BTCUSD", inverse(dec!(0.1), dec!(100), dec!(0.4))),
    ("okx", "ETHUSD", inverse(dec!(0.01), dec!(10), dec!(0.4))),
];

/// The symbols of the table, for finding the nearest to a misspelt one.
pub(crate) const MAJOR_SYMBOLS: &[&str] = &["BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT", "XRPUSDT"];

/// The built-in rules of a symbol, if it is one of the majors. A contract with a delivery date has those of the perpetual one.
pub(crate) fn major_of(symbol: &Symbol, config: &Config) -> Option<Major> {
    let pair = symbol.as_str().split('_').next()?;
    if config.contract_type == ContractType::Inverse {
        let is_it = |(exchange, name, _): &&(&str, &str, Major)| *exchange == config.exchange && *name == pair;
        return INVERSE.iter().find(is_it).map(|(.., major)| *major);
    }
    let market = if config.market_type == MarketType::Margin { MarketType::Spot } else { config.market_type };
    MAJORS.iter().find(|(name, of, _)| *name == pair && *of == market).map(|(_, _, major)| *major)
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
    fn an_inverse_contract_has_the_size_that_its_exchange_gives_it() {
        let size = |exchange: &str, symbol| {
            let config = Config { exchange: exchange.to_owned(), contract_type: ContractType::Inverse, ..Config::default() };
            major_of(&Symbol::new(symbol).unwrap(), &config).map(|major| major.contract_size)
        };
        assert_eq!(size("binance", "BTCUSD_PERP"), Some(dec!(100)));
        assert_eq!(size("binance", "ETHUSD_260327"), Some(dec!(10)));
        assert_eq!(size("bybit", "BTCUSD"), Some(dec!(1)));
        assert_eq!(size("okx", "BTC-USD-SWAP"), Some(dec!(100)));
        assert_eq!(size("okx", "DOGE-USD-SWAP"), None);
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
