//! What each exchange offers and allows, as far as a configuration can be held against it.
//!
//! The one decision: what differs between exchanges is a row. A comment has to suit the exchange in every mode, a backtest
//! included, so that what has been tested can be traded unchanged.

use metaexpert_core::{
    ConfigError,
    config::{BadValue, ContractType, KeyValue, MarketType, Resolved, nearest},
};

/// An exchange.
struct Exchange {
    name: &'static str,
    /// The derivatives, and what they pay in. (All of the exchanges have spot and margin.)
    derivatives: &'static [(MarketType, &'static [ContractType])],
    comment: CommentRule,
}

/// What the comment on an order may be.
struct CommentRule {
    /// Most characters.
    most: usize,
    /// Which characters, besides letters and digits.
    besides: &'static [char],
    /// The same in words.
    words: &'static str,
}

/// Where the comment shares the client order id with what makes it unique: `mx`, then strategy, run and number of the order in
/// base 36, seven digits each (36^7 is more than 2^32), then a character to part them from the comment.
const OF_THE_ID: usize = 2 + 3 * 7 + 1;

use ContractType::{Inverse, Linear};
use MarketType::{Futures, Options};

/// Sources, read 2026-11:
/// - Binance, "New Order": `newClientOrderId` has at most 36 characters, letters, digits, `-` and `_` on spot (futures take `.`,
///   `:` and `/` too). Options are settled in USDT ("European options", contract specifications).
/// - Bybit v5, "Place Order": `orderLinkId` has at most 36 letters, digits, dashes and underscores. Options are settled in USDC or
///   USDT ("Get Instruments Info", `settleCoin`).
/// - OKX v5, "Place order": `clOrdId` has at most 32 letters and digits, and a `tag` of at most 16 letters and digits stands
///   beside it. Options are settled in the coin (`BTC-USD`) or in USD (`BTC-USD_UM`).
static EXCHANGES: &[Exchange] = &[
    Exchange { name: "binance", derivatives: &[(Futures, &[Linear, Inverse]), (Options, &[Linear])], comment: BESIDE_THE_ID },
    Exchange { name: "bybit", derivatives: &[(Futures, &[Linear, Inverse]), (Options, &[Linear])], comment: BESIDE_THE_ID },
    Exchange {
        name: "okx",
        derivatives: &[(Futures, &[Linear, Inverse]), (Options, &[Linear, Inverse])],
        comment: CommentRule { most: 16, besides: &[], words: "letters and digits" },
    },
];

const BESIDE_THE_ID: CommentRule = CommentRule {
    most: 36 - OF_THE_ID,
    besides: &['-', '_'],
    words: "letters, digits, `-` and `_` (the order's own id takes the rest)",
};

/// Every value that the exchange does not have or take; an exchange that there is not.
pub(crate) fn refusals(resolved: &Resolved) -> Vec<ConfigError> {
    let name = resolved.config.exchange.as_str();
    let Some(exchange) = EXCHANGES.iter().find(|exchange| exchange.name == name) else {
        let all: Vec<_> = EXCHANGES.iter().map(|exchange| format!("`{}`", exchange.name)).collect();
        let bad = BadValue::new(name, format!("is not one of {}", all.join(", ")));
        let likely = nearest(name, EXCHANGES.iter().map(|exchange| exchange.name));
        return vec![bad.or_nearest(likely).at(resolved.place_of("exchange"))];
    };
    [not_offered(exchange, resolved), bad_comment(exchange, resolved)].into_iter().flatten().collect()
}

fn not_offered(exchange: &Exchange, resolved: &Resolved) -> Option<ConfigError> {
    let (market, contract) = (resolved.config.market_type, resolved.config.contract_type);
    if !matches!(market, Futures | Options) {
        return None;
    }
    let by = format!("`{}` ({})", exchange.name, resolved.place_of("exchange"));
    let Some((_, contracts)) = exchange.derivatives.iter().find(|(of, _)| *of == market) else {
        let there = exchange.derivatives.first().map(|(market, _)| market.as_str());
        let bad = BadValue::new(market.as_str(), format!("is not offered by {by}"));
        return Some(bad.or_nearest(there).at(resolved.place_of("market_type")));
    };
    (!contracts.contains(&contract)).then(|| {
        let bad = BadValue::new(contract.as_str(), format!("{market} are not offered by {by}"));
        bad.or_nearest(contracts.first().map(KeyValue::to_text)).at(resolved.place_of("contract_type"))
    })
}

fn bad_comment(exchange: &Exchange, resolved: &Resolved) -> Option<ConfigError> {
    let CommentRule { most, besides, words } = exchange.comment;
    let is_allowed = |c: &char| c.is_ascii_alphanumeric() || besides.contains(c);
    let comment = resolved.config.comment.as_deref()?;
    let fitting: String = comment.chars().filter(is_allowed).take(most).collect();
    (fitting != comment).then(|| {
        let place = resolved.place_of("exchange");
        let bad =
            BadValue::new(comment, format!("does not fit an order on `{}` ({place}): at most {most} {words}", exchange.name));
        bad.or_nearest(Some(fitting).filter(|fitting| !fitting.is_empty())).at(resolved.place_of("comment"))
    })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use metaexpert_core::config::Origin;

    use super::*;

    fn resolved(flags: &[(&str, &str)]) -> Resolved {
        Resolved::of(flags.iter().map(|(key, text)| (*key, *text, Origin::Flag))).unwrap()
    }

    fn check(flags: &[(&str, &str)], expect: &Expect) {
        expect.assert_eq(&refusals(&resolved(flags)).iter().map(|error| format!("{error}\n")).collect::<Vec<_>>().concat());
    }

    #[test]
    fn an_exchange_that_there_is_not_is_answered_with_the_nearest() {
        check(
            &[("exchange", "binanse")],
            &expect![[r"
            flag --exchange: `binanse` is not one of `binance`, `bybit`, `okx`; the nearest is `binance`
        "]],
        );
    }

    #[test]
    fn a_derivative_that_the_exchange_does_not_have_is_refused() {
        check(
            &[("exchange", "binance"), ("market_type", "options"), ("contract_type", "inverse")],
            &expect![[r"
            flag --contract-type: `inverse` options are not offered by `binance` (flag --exchange); the nearest is `linear`
        "]],
        );
        check(
            &[("exchange", "bybit"), ("market_type", "options"), ("contract_type", "inverse")],
            &expect![[r"
            flag --contract-type: `inverse` options are not offered by `bybit` (flag --exchange); the nearest is `linear`
        "]],
        );
        for (exchange, market, contract) in [
            ("okx", "options", "inverse"),
            ("okx", "options", "linear"),
            ("bybit", "options", "linear"),
            ("binance", "futures", "inverse"),
            ("binance", "spot", "linear"),
        ] {
            check(&[("exchange", exchange), ("market_type", market), ("contract_type", contract)], &expect![""]);
        }
    }

    #[test]
    fn options_on_an_exchange_that_has_none_are_refused() {
        let futures_only = Exchange { name: "tiny", derivatives: &[(Futures, &[Linear])], comment: BESIDE_THE_ID };
        let refused = not_offered(&futures_only, &resolved(&[("market_type", "options")])).unwrap();
        expect!["flag --market-type: `options` is not offered by `tiny` (default of exchange); the nearest is `futures`"]
            .assert_eq(&refused.to_string());
        assert!(not_offered(&futures_only, &resolved(&[("market_type", "margin")])).is_none());
    }

    #[test]
    fn a_comment_must_fit_an_order_of_the_exchange() {
        check(
            &[("exchange", "binance"), ("comment", "ema crossover of 12 and 26")],
            &expect![[r"
            flag --comment: `ema crossover of 12 and 26` does not fit an order on `binance` (flag --exchange): at most 12 letters, digits, `-` and `_` (the order's own id takes the rest); the nearest is `emacrossover`
        "]],
        );
        check(
            &[("exchange", "okx"), ("comment", "my_strategy")],
            &expect![[r"
            flag --comment: `my_strategy` does not fit an order on `okx` (flag --exchange): at most 16 letters and digits; the nearest is `mystrategy`
        "]],
        );
        check(
            &[("exchange", "bybit"), ("comment", "стратегия")],
            &expect![[r"
            flag --comment: `стратегия` does not fit an order on `bybit` (flag --exchange): at most 12 letters, digits, `-` and `_` (the order's own id takes the rest)
        "]],
        );
        for (exchange, comment) in
            [("binance", "my_strategy"), ("binance", "twelve-chars"), ("bybit", "ema-1_b"), ("okx", "sixteencharslong")]
        {
            check(&[("exchange", exchange), ("comment", comment)], &expect![""]);
        }
    }
}
