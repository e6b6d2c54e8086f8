//! What kind of instrument a symbol is, on the market that the configuration names.
//!
//! The one decision: symbol and keys must say the same. `BTCUSD_PERP` pays in the coin, so `contract_type` has to be `inverse`; nobody
//! should find out by the numbers that a contract was reckoned as another.

use metaexpert_core::{
    ConfigError, Contract, Currency, InstrumentKind, Payoff, Spelling, Symbol,
    config::{BadValue, ContractType, MarketType, Resolved},
};

/// The kind of instrument that a symbol is.
///
/// # Errors
/// A contract on a market that has none, and the other way round.
pub(super) fn kind_of(symbol: &Symbol, spelling: &Spelling, resolved: &Resolved) -> Result<InstrumentKind, ConfigError> {
    let config = &resolved.config;
    let refused = |rule: &str, nearest: Option<String>| {
        let rule = format!("{rule} (`market_type` is `{}`, {})", config.market_type, resolved.place_of("market_type"));
        BadValue::new(symbol.as_str(), rule).or_nearest(nearest).at(resolved.place_of("symbol"))
    };
    let pair = || Some(format!("{}{}", spelling.base, spelling.quote));
    let payoff = if config.contract_type == ContractType::Inverse { Payoff::Inverse } else { Payoff::Linear };
    match (config.market_type, spelling.contract) {
        (MarketType::Spot | MarketType::Margin, Contract::Pair | Contract::Perpetual) => Ok(InstrumentKind::Spot),
        (MarketType::Spot | MarketType::Margin, Contract::Dated(_) | Contract::Option(_)) => {
            Err(refused("is a contract, and coins are traded here", pair()))
        }
        (MarketType::Futures, Contract::Pair | Contract::Perpetual) => Ok(InstrumentKind::Perpetual(payoff)),
        (MarketType::Futures, Contract::Dated(delivery)) => Ok(InstrumentKind::Dated { payoff, delivery }),
        (MarketType::Futures, Contract::Option(_)) => Err(refused("is an option, and futures are traded here", pair())),
        (MarketType::Options, Contract::Option(_)) if payoff == Payoff::Inverse => Err(refused(
            "is settled in its quote currency here: options that are settled in the coin are not part of this version",
            None,
        )),
        (MarketType::Options, Contract::Option(terms)) => Ok(InstrumentKind::Option(terms)),
        (MarketType::Options, Contract::Pair | Contract::Perpetual | Contract::Dated(_)) => {
            Err(refused("is no option; one is spelled by its expiry, strike and right, as in `BTC-260327-100000-C`", None))
        }
    }
}

/// A spelling that says what a contract pays in, held against `contract_type`.
///
/// # Errors
/// Where they say different things.
pub(crate) fn check_spelling(text: &str, spelling: &Spelling, place: &str, resolved: &Resolved) -> Result<(), ConfigError> {
    let config = &resolved.config;
    if config.market_type != MarketType::Futures {
        return Ok(());
    }
    // The exchanges quote in USD what pays in the coin, and in a stablecoin what does not. A plain pair leaves the question open.
    let is_coin_margined = spelling.quote.as_str() == "USD";
    let wanted = match (config.contract_type, is_coin_margined, spelling.contract) {
        (ContractType::Linear, true, Contract::Perpetual | Contract::Dated(_)) => ContractType::Inverse,
        (ContractType::Inverse, false, _) => ContractType::Linear,
        _ => return Ok(()),
    };
    let Spelling { base, quote, .. } = spelling;
    let pays_in = if wanted == ContractType::Inverse { base } else { quote };
    let rule = format!(
        "is a contract that pays in {pays_in}; set `contract_type` to `{wanted}` ({})",
        resolved.place_of("contract_type")
    );
    Err(BadValue::new(text, rule).at(place.to_owned()))
}

/// Capital in a coin is never 10,000 of it by default.
pub(super) fn check_capital(
    symbol: &Symbol,
    settlement: &Currency,
    kind: InstrumentKind,
    resolved: &Resolved,
) -> Result<(), ConfigError> {
    if !kind.is_inverse() || resolved.is_set("initial_capital") {
        return Ok(());
    }
    let rule = format!("is not set: {symbol} is settled in {settlement}; say how many {settlement} there are at the beginning");
    Err(ConfigError::about(resolved.place_of("initial_capital"), rule))
}

#[cfg(test)]
mod tests {
    use metaexpert_core::config::Origin;

    use super::*;

    fn check(flags: &[(&str, &str)], text: &str, expect: &str) {
        let resolved = Resolved::of(flags.iter().map(|(key, value)| (*key, *value, Origin::Flag))).unwrap();
        let (symbol, spelling) = (Symbol::new(text).unwrap(), Spelling::read(text).unwrap());
        let kind = check_spelling(text, &spelling, "flag --symbol", &resolved)
            .and_then(|()| kind_of(&symbol, &spelling, &resolved))
            .and_then(|kind| check_capital(&symbol, &spelling.base, kind, &resolved).map(|()| kind));
        let shown = match kind {
            Ok(InstrumentKind::Spot) => "spot".to_owned(),
            Ok(InstrumentKind::Perpetual(payoff)) => format!("{payoff} perpetual"),
            Ok(InstrumentKind::Dated { payoff, delivery }) => format!("{payoff} until {delivery}"),
            Ok(InstrumentKind::Option(terms)) => format!("{} at {} until {}", terms.right, terms.strike, terms.expiry),
            Err(error) => error.to_string(),
        };
        assert_eq!(shown, expect, "{flags:?} {text}");
    }

    #[test]
    fn symbol_and_keys_say_the_same_or_are_refused() {
        let spot = &[("market_type", "spot")];
        let inverse = &[("contract_type", "inverse"), ("initial_capital", "2")];
        let options = &[("market_type", "options")];
        check(spot, "BTC/USDT", "spot");
        check(&[("market_type", "margin")], "BTC-USDT", "spot");
        check(&[], "BTCUSDT", "linear perpetual");
        check(&[], "BTC-USDT-SWAP", "linear perpetual");
        check(&[], "BTCUSD", "linear perpetual");
        check(&[], "BTCUSDT_260327", "linear until 2026-03-27T08:00:00Z");
        check(inverse, "BTCUSD_PERP", "inverse perpetual");
        check(inverse, "BTC-USD-260327", "inverse until 2026-03-27T08:00:00Z");
        check(options, "BTC-27MAR26-100000-C", "call at 100000 until 2026-03-27T08:00:00Z");
        check(
            &[],
            "BTCUSD_PERP",
            "flag --symbol: `BTCUSD_PERP` is a contract that pays in BTC; set `contract_type` to `inverse` (default of contract_type)",
        );
        check(
            inverse,
            "BTCUSDT",
            "flag --symbol: `BTCUSDT` is a contract that pays in USDT; set `contract_type` to `linear` (flag --contract-type)",
        );
        check(
            spot,
            "BTCUSDT_260327",
            "default of symbol: `BTCUSDT_260327` is a contract, and coins are traded here (`market_type` is `spot`, flag --market-type); the nearest is `BTCUSDT`",
        );
        check(
            &[("market_type", "options"), ("contract_type", "inverse")],
            "BTC-USD-260327-100000-C",
            "default of symbol: `BTC-USD-260327-100000-C` is settled in its quote currency here: options that are settled in the coin are not part of this version (`market_type` is `options`, flag --market-type)",
        );
        check(
            options,
            "BTCUSDT",
            "default of symbol: `BTCUSDT` is no option; one is spelled by its expiry, strike and right, as in `BTC-260327-100000-C` (`market_type` is `options`, flag --market-type)",
        );
        check(
            &[("contract_type", "inverse")],
            "BTCUSD",
            "default of initial_capital: is not set: BTCUSD is settled in BTC; say how many BTC there are at the beginning",
        );
    }
}
