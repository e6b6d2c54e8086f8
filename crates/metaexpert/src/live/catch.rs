//! What live trading is about to do, said before it does it; and whether it may.
//!
//! The one decision: where real money is traded, nothing is sent to the exchange, not even a question, before somebody has confirmed it
//! with this call. It is never asked for: a program that runs detached has nobody to ask.

use std::fmt::Write as _;

use metaexpert_connect::exchange::Profile;
use metaexpert_core::{
    ConfigError,
    config::{Config, OnStop, Resolved},
};

use super::expert::Chosen;

/// What is about to be traded, a line each.
pub(super) fn announcement(profile: &Profile, key: &str, experts: &[Chosen<'_>]) -> String {
    let money = if profile.is_real { "REAL MONEY" } else { "play money" };
    let (exchange, product, host) = (profile.exchange, profile.product, &profile.host);
    let mut text = format!("live trading with {money}: {exchange} {product} at {host}, key {key}...");
    for expert in experts {
        // Writing into a string does not fail.
        let _ = write!(text, "\n{}", of_expert(expert));
    }
    text
}

/// Whether it may begin.
///
/// # Errors
/// Where real money is traded and nobody has confirmed that.
pub(super) fn check(profile: &Profile, resolved: &Resolved) -> Result<(), ConfigError> {
    if !profile.is_real || resolved.config.confirm_live {
        return Ok(());
    }
    let rule = format!(
        "is not given, and {} is traded with real money; confirm it with this call: `--confirm-live`, or METAEXPERT_CONFIRM_LIVE=1 \
         (to rehearse: `--testnet`, or the local testnet)",
        profile.host
    );
    Err(ConfigError::about("flag --confirm-live", rule))
}

fn of_expert(Chosen { expert, resolved, symbols, .. }: &Chosen<'_>) -> String {
    let config = &resolved.config;
    let symbols: Vec<_> = symbols.iter().map(ToString::to_string).collect();
    let capital = if resolved.is_set("initial_capital") {
        format!("an amount of {} of its own", config.initial_capital.normalize())
    } else {
        "all that the account has".to_owned()
    };
    let (symbols, timeframe, leverage) = (symbols.join(", "), config.timeframe, config.leverage);
    format!(
        "{expert}: {symbols} {timeframe}, leverage {leverage}, manages {capital}; {}; when it is stopped, {}",
        limits(config),
        on_stop(config.on_stop)
    )
}

/// The limits that are set; that none is, where none is.
fn limits(config: &Config) -> String {
    let texts = config.texts();
    let set = LIMITS.iter().filter_map(|name| {
        let value = texts.iter().find(|(key, _)| key == name)?.1.as_ref()?;
        Some(format!("{name} {value}"))
    });
    let set: Vec<_> = set.collect();
    if set.is_empty() { "NO LIMIT IS SET".to_owned() } else { set.join(", ") }
}

/// Keys that bound what can be lost.
const LIMITS: &[&str] = &[
    "max_drawdown_pct",
    "daily_loss_limit",
    "max_position_size_quote",
    "max_order_notional",
    "max_orders_per_minute",
    "max_open_positions",
    "stop_loss_pct",
    "max_slippage_pct",
];

const fn on_stop(on_stop: OnStop) -> &'static str {
    match on_stop {
        OnStop::Keep => "orders and positions stay",
        OnStop::Cancel => "its orders are cancelled, positions and what protects them stay",
        OnStop::Flatten => "its orders are cancelled and its positions closed",
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use metaexpert_core::config::Origin;

    use super::*;

    fn profile(is_real: bool) -> Profile {
        Profile {
            exchange: "binance",
            product: "usdm",
            host: "fapi.binance.com".to_owned(),
            is_real,
            has_positions: true,
            amends: true,
            has_stops: true,
            has_both_exits: true,
            window: Duration::from_secs(5),
            comment: 12,
        }
    }

    fn resolved(flags: &[(&str, &str)]) -> Resolved {
        Resolved::of(flags.iter().map(|(key, text)| (*key, *text, Origin::Flag))).unwrap()
    }

    #[test]
    fn real_money_is_not_traded_unless_somebody_has_confirmed_it_with_the_call() {
        assert!(check(&profile(false), &resolved(&[])).is_ok(), "play money needs no confirmation");
        assert!(check(&profile(true), &resolved(&[("confirm_live", "true")])).is_ok());
        let refused = check(&profile(true), &resolved(&[])).unwrap_err().to_string();
        expect_test::expect![[r#"flag --confirm-live: is not given, and fapi.binance.com is traded with real money; confirm it with this call: `--confirm-live`, or METAEXPERT_CONFIRM_LIVE=1 (to rehearse: `--testnet`, or the local testnet)"#]]
            .assert_eq(&refused);
    }

    #[test]
    fn what_will_be_traded_is_said_with_its_limits() {
        let config = |flags| limits(&resolved(flags).config);
        assert_eq!(config(&[]), "NO LIMIT IS SET");
        assert_eq!(config(&[("max_drawdown_pct", "10"), ("daily_loss_limit", "50")]), "max_drawdown_pct 10, daily_loss_limit 50");
    }
}
