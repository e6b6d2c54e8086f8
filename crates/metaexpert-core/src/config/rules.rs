//! The rules that concern several keys.
//!
//! The one decision: what cannot be meant is refused ([`Resolved::check`]), what can be meant and comes to nothing is only
//! remarked upon ([`Resolved::remarks`]), for it harms nobody. What needs an exchange to be asked is the facade's.

use rust_decimal::Decimal;

use super::{
    Config, ContractType, KeyValue, LimitFill, MarginMode, MarketType, Origin, PositionMode, Resolved, SizeType, TrendFilter,
    VolatilityFilter, filters,
};
use crate::{error::ConfigError, instrument::Symbol, money::Percent};

impl Resolved {
    /// Whether somebody has set a key, be it to its default.
    pub fn is_set(&self, key: &str) -> bool {
        self.origins.of(key).is_some_and(|origin| origin != Origin::Default)
    }

    /// What is set and comes to nothing beside other keys, with the reason. None of it keeps an expert from running.
    pub fn remarks(&self) -> Vec<ConfigError> {
        REMARKS.iter().filter_map(|remark| remark(self)).collect()
    }
}

/// The rules that concern several keys, each a function that says what is wrong.
pub(super) const RULES: &[fn(&Resolved) -> Option<ConfigError>] = &[
    |of| {
        let symbol = of.config.symbol.clone().filter(|symbol| Symbol::new(symbol).is_none())?;
        Some(of.refuse("symbol", &symbol, "is not a symbol such as `BTCUSDT` or `BTC/USDT`: letters and digits only"))
    },
    |of| {
        let is_too_high = of.config.market_type == MarketType::Spot && of.config.leverage > 1;
        let rule = || format!("borrows, and there is nothing to borrow on `spot` ({})", of.place_of("market_type"));
        is_too_high.then(|| of.refuse("leverage", &of.config.leverage, rule()).or_nearest(Some("1")))
    },
    |of| {
        let is_too_high = of.config.market_type == MarketType::Options && of.config.leverage > 1;
        let rule = || format!("borrows, and the premium of `options` ({}) is paid in full", of.place_of("market_type"));
        is_too_high.then(|| of.refuse("leverage", &of.config.leverage, rule()).or_nearest(Some("1")))
    },
    |of| {
        let rate = of.config.interest_rate_pct.filter(|_| of.config.market_type != MarketType::Margin)?;
        let rule =
            format!("is what loans cost, and nothing is lent on `{}` ({})", of.config.market_type, of.place_of("market_type"));
        Some(of.refuse("interest_rate_pct", &rate, rule))
    },
    |of| match (of.config.size_type, of.config.size_value) {
        (Some(size_type), None) => Some(of.refuse("size_type", &size_type, "needs `size_value`, which is not set")),
        (None, Some(value)) => Some(of.refuse("size_value", &value, "needs `size_type`, which is not set: a number is no size")),
        (Some(_), Some(_)) | (None, None) => None,
    },
    |of| {
        let size_type = of.config.size_type.filter(|kind| matches!(kind, SizeType::PercentEquity | SizeType::RiskBased))?;
        let value = of.config.size_value.filter(|value| *value > Decimal::ONE_HUNDRED)?;
        let place = of.place_of("size_type");
        let rule = format!("is percent of equity for `{size_type}` ({place}), and not above 0 and at most 100");
        Some(of.refuse("size_value", &value, rule).or_nearest(Some("100")))
    },
    |of| {
        let is_without_stop = of.config.size_type == Some(SizeType::RiskBased) && of.config.stop_loss_pct.is_none();
        let rule = "needs `stop_loss_pct`: what is at risk is the way to the stop";
        is_without_stop.then(|| of.refuse("size_type", &SizeType::RiskBased, rule))
    },
    |of| {
        let activation = of.config.trailing_activation_pct.filter(|_| of.config.trailing_stop_pct.is_none())?;
        Some(of.refuse("trailing_activation_pct", &activation, "needs `trailing_stop_pct`: there is nothing to activate"))
    },
    |of| {
        let (start, end) = (of.config.backtest_start?, of.config.backtest_end?);
        let place = of.place_of("backtest_start");
        let rule = format!("is not after the start, `{start}` ({place}); the end is not part of the backtest");
        (end <= start).then(|| of.refuse("backtest_end", &end, rule))
    },
    |of| {
        let is_none = of.config.contract_type == ContractType::Inverse && !has_contracts(of);
        let rule = || {
            format!("is a kind of contract, and there are none on `{}` ({})", of.config.market_type, of.place_of("market_type"))
        };
        is_none.then(|| of.refuse("contract_type", &of.config.contract_type, rule()).or_nearest(Some("linear")))
    },
    |of| {
        let address = of.config.base_url.as_ref().filter(|_| of.config.testnet)?;
        let rule = format!("is one address, and `testnet` ({}) is another; leave one of them out", of.place_of("testnet"));
        Some(of.refuse("base_url", address, rule))
    },
    |of| plain_name(of, "log_file", &of.config.log_file),
    |of| plain_name(of, "log_trade_file", &of.config.log_trade_file),
    |of| plain_name(of, "log_error_file", &of.config.log_error_file),
    same_file,
    expert_only_in_braces,
    filters::volatility_without_limits,
    |of| filters::of_the_volatility_filter(of, "volatility_min_pct", of.config.volatility_min_pct, VolatilityFilter::AtrBand),
    |of| filters::of_the_volatility_filter(of, "volatility_max_pct", of.config.volatility_max_pct, VolatilityFilter::AtrBand),
    |of| {
        filters::of_the_volatility_filter(
            of,
            "volatility_min_rank",
            of.config.volatility_min_rank,
            VolatilityFilter::AtrPercentile,
        )
    },
    |of| {
        filters::of_the_volatility_filter(
            of,
            "volatility_max_rank",
            of.config.volatility_max_rank,
            VolatilityFilter::AtrPercentile,
        )
    },
    |of| {
        let (low, high) = (of.config.volatility_min_pct, of.config.volatility_max_pct);
        filters::nothing_between(of, "volatility_min_pct", low, "volatility_max_pct", high)
    },
    |of| {
        let (low, high) = (of.config.volatility_min_rank, of.config.volatility_max_rank);
        filters::nothing_between(of, "volatility_min_rank", low, "volatility_max_rank", high)
    },
    |of| filters::half(of, "stop_guard_count", of.config.stop_guard_count, "stop_guard_bars", of.config.stop_guard_bars),
    |of| filters::half(of, "stop_guard_bars", of.config.stop_guard_bars, "stop_guard_count", of.config.stop_guard_count),
    |of| {
        let (limit, minutes) = (of.config.circuit_breaker_pct, of.config.circuit_breaker_minutes);
        filters::half(of, "circuit_breaker_pct", limit, "circuit_breaker_minutes", minutes)
    },
    |of| {
        let (limit, minutes) = (of.config.circuit_breaker_pct, of.config.circuit_breaker_minutes);
        filters::half(of, "circuit_breaker_minutes", minutes, "circuit_breaker_pct", limit)
    },
];

/// What is set and comes to nothing.
const REMARKS: &[fn(&Resolved) -> Option<ConfigError>] = &[
    |of| behind_the_take_profit(of, "breakeven_pct", of.config.breakeven_pct),
    |of| behind_the_take_profit(of, "trailing_activation_pct", of.config.trailing_activation_pct),
    behind_the_liquidation,
    |of| {
        let is_never_asked = of.config.max_drawdown_pct.is_none() && of.config.daily_loss_limit.is_none();
        let is_changed = of.config.on_breach != Config::default().on_breach;
        let rule = "is never asked for: neither `max_drawdown_pct` nor `daily_loss_limit` is set";
        (is_never_asked && is_changed).then(|| of.refuse("on_breach", &of.config.on_breach, rule))
    },
    |of| {
        let value = of.config.size_value.filter(|_| of.config.size_type == Some(SizeType::FixedQuote))?;
        let most = of.config.max_position_size_quote.filter(|most| value > *most)?;
        let place = of.place_of("max_position_size_quote");
        let rule = format!("is more than a position may be worth, `{}` ({place}): such entries are refused", most.to_text());
        Some(of.refuse("size_value", &value, rule).or_nearest(Some(most.to_text())))
    },
    |of| {
        let is_contradicted = is_on_spot(of) && of.is_set("position_mode") && of.config.position_mode == PositionMode::Hedge;
        let rule =
            || format!("has nothing to hold apart on `spot` ({}): nothing can be sold short there", of.place_of("market_type"));
        is_contradicted.then(|| of.refuse("position_mode", &of.config.position_mode, rule()).or_nearest(Some("oneway")))
    },
    |of| {
        let margin = of.config.maintenance_margin_pct.filter(|margin| is_on_spot(of) && *margin > Percent::ZERO)?;
        let rule = format!("has no effect on `spot` ({}): nothing is liquidated there", of.place_of("market_type"));
        Some(of.refuse("maintenance_margin_pct", &margin, rule))
    },
    |of| {
        let (maker, taker) = (of.config.maker_fee_pct?, of.config.taker_fee_pct?);
        let rule =
            format!("gives back more than takers pay, `{taker}` ({}): no exchange does for long", of.place_of("taker_fee_pct"));
        (maker.get() + taker.get() < Decimal::ZERO).then(|| of.refuse("maker_fee_pct", &maker, rule))
    },
    |of| {
        let is_asked = of.config.volatility_filter.is_some() || of.config.volatility_target_pct.is_some();
        let rule = "is never asked for: neither `volatility_filter` nor `volatility_target_pct` is set";
        filters::never_asked(of, "volatility_period", &of.config.volatility_period, is_asked, rule)
    },
    |of| {
        let is_asked = of.config.volatility_filter == Some(VolatilityFilter::AtrPercentile);
        let rule = "is never asked for: `volatility_filter` is not `atr_percentile`";
        filters::never_asked(of, "volatility_window", &of.config.volatility_window, is_asked, rule)
    },
    |of| {
        let period = of.config.trend_period?;
        filters::never_asked(
            of,
            "trend_period",
            &period,
            of.config.trend_filter.is_some(),
            "is never asked for: `trend_filter` is not set",
        )
    },
    |of| {
        let is_asked = of.config.trend_filter == Some(TrendFilter::Adx);
        filters::never_asked(
            of,
            "trend_min_adx",
            &of.config.trend_min_adx,
            is_asked,
            "is never asked for: `trend_filter` is not `adx`",
        )
    },
    |of| {
        let most = of.config.max_order_notional?;
        let value = of.config.size_value.filter(|value| of.config.size_type == Some(SizeType::FixedQuote) && *value > most)?;
        let rule = format!(
            "is more than an order may open, `{}` ({}): such entries are refused",
            most.to_text(),
            of.place_of("max_order_notional")
        );
        Some(of.refuse("size_value", &value, rule).or_nearest(Some(most.to_text())))
    },
];

fn is_on_spot(of: &Resolved) -> bool {
    of.config.market_type == MarketType::Spot
}

fn has_contracts(of: &Resolved) -> bool {
    matches!(of.config.market_type, MarketType::Futures | MarketType::Options)
}

/// What begins at a gain where the position has been closed already.
fn behind_the_take_profit(of: &Resolved, key: &str, gain: Option<Percent>) -> Option<ConfigError> {
    let (gain, target) = (gain?, of.config.take_profit_pct?);
    // Where a limit has to be traded through, the price is for a moment at a take-profit that does not fill yet.
    let is_reached = gain < target || gain == target && of.config.limit_fill == LimitFill::Through;
    let place = of.place_of("take_profit_pct");
    let rule = format!("is never reached: at a gain of `{target}` ({place}) the position is closed");
    (!is_reached).then(|| of.refuse(key, &gain, rule))
}

/// A stop that the position does not live to see: its own margin is gone before. The margin of a whole account may last longer,
/// and that of an inverse contract is counted in the coin.
fn behind_the_liquidation(of: &Resolved) -> Option<ConfigError> {
    let Config { market_type, contract_type, margin_mode, leverage, stop_loss_pct, maintenance_margin_pct, .. } = &of.config;
    let is_margin_its_own =
        (*market_type, *contract_type, *margin_mode) == (MarketType::Futures, ContractType::Linear, MarginMode::Isolated);
    let stop = stop_loss_pct.filter(|_| is_margin_its_own)?;
    let maintenance = maintenance_margin_pct.unwrap_or(Percent::ZERO);
    let room = Decimal::ONE_HUNDRED / Decimal::from(*leverage) - maintenance.get();
    // Where there is no maintenance margin, a stop at the very end is rounded to a tick before it. Elsewhere there is one.
    let is_reached = stop.get() < room || stop.get() == room && *maintenance_margin_pct == Some(Percent::ZERO);
    let leverage = format!("leverage `{leverage}` ({})", of.place_of("leverage"));
    let rule =
        format!("is never reached: a position with {leverage} is liquidated at {} % or before", room.round_dp(2).normalize());
    (!is_reached).then(|| of.refuse("stop_loss_pct", &stop, rule))
}

/// A log file is named by a plain name: where it stands is one question, asked of `log_dir`.
fn plain_name(of: &Resolved, key: &str, name: &str) -> Option<ConfigError> {
    let is_path = name.contains(['/', '\\', '\0']) || matches!(name, "." | "..");
    let last = name.rsplit(['/', '\\']).next().filter(|last| !last.contains('\0') && !matches!(*last, "" | "." | ".."));
    let bad = || of.refuse(key, &name.to_owned(), "is not the plain name of a file; its folder is `log_dir`");
    is_path.then(|| bad().or_nearest(last.filter(|last| *last != name)))
}

/// Two logs in one file would overwrite each other's backups. Some file systems take capitals for small letters.
fn same_file(of: &Resolved) -> Option<ConfigError> {
    let Config { log_file, log_trade_file, log_error_file, .. } = &of.config;
    let (file, trades, errors) = (("log_file", log_file), ("log_trade_file", log_trade_file), ("log_error_file", log_error_file));
    let pairs = [(file, trades), (file, errors), (trades, errors)];
    // `expert.log.1` is what a backup of `expert.log` is called.
    let is_backup = |of: &str, name: &str| name.strip_prefix(of).is_some_and(|rest| rest.starts_with('.'));
    let meet = |one: &str, other: &str| one == other || is_backup(one, other) || is_backup(other, one);
    let (one, other) = pairs.into_iter().find(|(one, other)| meet(&one.1.to_lowercase(), &other.1.to_lowercase()))?;
    // The one that was set is to blame, not the default that it happens to meet.
    let (one, other) = if of.is_set(other.0) { (one, other) } else { (other, one) };
    let whose = if one.1.eq_ignore_ascii_case(other.1) { "the file" } else { "among the backups" };
    let rule = format!("is {whose} of `{}` too ({}); give each its own name", one.0, of.place_of(one.0));
    Some(of.refuse(other.0, other.1, rule))
}

/// What stands in braces is put in for them; a folder that is really called `{symbol}` is a mistake.
fn expert_only_in_braces(of: &Resolved) -> Option<ConfigError> {
    let text = &of.config.log_dir;
    let bad = || of.refuse("log_dir", text, "has something else in braces than `{expert}`").or_nearest(Some("logs/{expert}"));
    text.replace("{expert}", "").contains(['{', '}']).then(bad)
}

#[cfg(test)]
mod tests;
