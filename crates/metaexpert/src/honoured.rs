//! Which trade mode honours which key.
//!
//! The one decision: every key stands in one row of one table with what each mode makes of it, and a test holds the table against
//! all keys. So a key that a mode cannot honour is a warning, never silence. A key that is set to what it is anyway
//! loses nothing and is not spoken of.

use std::fmt;

use metaexpert_core::config::{FillModel, Key, Resolved, TradeMode};

use Use::{Honoured, OnDataOnly, OnLivePricesOnly, Unused, UnusedOnBars};

/// What a mode makes of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// What the key says.
    Honoured,
    /// Nothing, for this reason, and nobody is the worse for it.
    Unused(&'static str),
    /// The same where the data is bars; what the key says where it is ticks or books, or where prices are live.
    UnusedOnBars(&'static str),
    /// What the key says on live prices; nothing on data, for this reason.
    OnLivePricesOnly(&'static str),
    /// What the key says on data; nothing on live prices, for this reason.
    OnDataOnly(&'static str),
}

/// Keys of which the modes make the same.
struct Row {
    keys: &'static [&'static str],
    backtest: Use,
    paper: Use,
    live: Use,
}

const fn row(keys: &'static [&'static str], backtest: Use, paper: Use, live: Use) -> Row {
    Row { keys, backtest, paper, live }
}

const NO_EXCHANGE_ON_DATA: Use = OnLivePricesOnly("with `data` it does not talk to the exchange");
const NO_MONEY: Use = Unused("nothing that it trades is real");
const NO_JOURNAL: Use = Unused("it keeps no journal: each one begins anew");
const NOBODY_WATCHES: Use = Unused("nobody watches what trades on prices of the past");
const NOT_WATCHED: Use = OnLivePricesOnly("with `data` it is not watched");
const NO_EXCHANGE: Use = Unused("it does not talk to the exchange");
const NO_LIVE_ORDERS: Use = Unused("its orders lose what `slippage_pct` says, and no more");
const NO_SPREAD: Use = UnusedOnBars("its data is bars, and bars have no spread");
const NO_HURRY: Use = Unused("nobody has to stop what trades on prices of the past");
const FROM_NOW: Use = Unused("it begins now, and ends when it is stopped");
const NOW_ON_DATA: Use = OnDataOnly("on live prices it goes as fast as the market");
const RULES_ON_DATA: Use = OnDataOnly("on live prices the exchange's own are in force");
const NO_WALK: Use = Unused("the exchange decides what is filled");
const NO_MODELS: Use = Unused("in this version orders on paper neither queue nor travel");
const NO_QUEUE: Use = UnusedOnBars("its data is bars, which have neither queues nor moments in between");
const OF_THE_MARKET: Use = Unused("queue and latency are the market's own");
const OF_THE_EXCHANGE: Use = Unused("the exchange's own are in force");

static TABLE: &[Row] = &[
    //  keys                                                                    backtest  paper     live
    row(&["exchange", "market_type", "contract_type", "margin_mode", "position_mode"], Honoured, Honoured, Honoured),
    row(&["base_url", "testnet", "proxy", "rate_limit"], NO_EXCHANGE, NO_EXCHANGE_ON_DATA, Honoured),
    row(&["subaccount"], NO_EXCHANGE, Unused("its account is its own"), Honoured),
    row(&["log_level", "log_file", "log_trade_file", "log_error_file", "log_dir"], Honoured, Honoured, Honoured),
    row(&["log_to_file", "log_to_console", "json_logging", "log_compress"], Honoured, Honoured, Honoured),
    row(&["log_max_file_size", "log_backup_count", "log_rotate_daily"], Honoured, Honoured, Honoured),
    row(&["symbol", "timeframe", "lookback_bars", "warmup_bars"], Honoured, Honoured, Honoured),
    row(&["strategy_id", "strategy_name", "comment"], Honoured, Honoured, Honoured),
    row(&["leverage", "max_drawdown_pct", "daily_loss_limit", "on_breach"], Honoured, Honoured, Honoured),
    row(&["kill_switch_file"], NO_HURRY, Honoured, Honoured),
    row(&["state_dir"], Unused("each one begins anew"), Honoured, Honoured),
    row(&["size_type", "size_value", "max_position_size_quote"], Honoured, Honoured, Honoured),
    row(&["stop_loss_pct", "take_profit_pct", "breakeven_pct"], Honoured, Honoured, Honoured),
    row(&["trailing_stop_pct", "trailing_activation_pct"], Honoured, Honoured, Honoured),
    row(&["slippage_pct"], Honoured, Honoured, Unused("its orders lose what they lose; `max_slippage_pct` limits it")),
    row(&["max_slippage_pct"], NO_LIVE_ORDERS, NO_LIVE_ORDERS, Honoured),
    row(&["max_spread_pct"], NO_SPREAD, NO_SPREAD, Honoured),
    row(&["max_open_positions", "max_positions_per_symbol"], Honoured, Honoured, Honoured),
    row(&["trade_hours", "allowed_days", "min_volume"], Honoured, Honoured, Honoured),
    row(&["max_order_notional", "max_orders_per_minute", "price_collar_pct"], Honoured, Honoured, Honoured),
    row(&["stop_guard_count", "stop_guard_bars", "cooldown_bars"], Honoured, Honoured, Honoured),
    row(&["circuit_breaker_pct", "circuit_breaker_minutes"], Honoured, Honoured, Honoured),
    row(&["volatility_filter", "volatility_period", "volatility_window"], Honoured, Honoured, Honoured),
    row(&["volatility_min_pct", "volatility_max_pct", "volatility_target_pct"], Honoured, Honoured, Honoured),
    row(&["volatility_min_rank", "volatility_max_rank"], Honoured, Honoured, Honoured),
    row(&["trend_filter", "trend_period", "trend_min_adx"], Honoured, Honoured, Honoured),
    row(&["trade_mode"], Honoured, Honoured, Honoured),
    row(&["backtest_start", "backtest_end"], Honoured, FROM_NOW, FROM_NOW),
    row(&["initial_capital"], Honoured, Honoured, Honoured),
    row(&["data"], Honoured, Honoured, Unused("its prices are those of the exchange")),
    row(&["report"], Honoured, Unused("in this version it writes no report, only logs"), Unused("it writes logs, not a report")),
    row(&["fill_model", "limit_fill"], Honoured, Honoured, NO_WALK),
    row(&["queue_model", "latency"], NO_QUEUE, NO_MODELS, OF_THE_MARKET),
    row(&["taker_fee_pct", "maker_fee_pct"], Honoured, Honoured, OF_THE_EXCHANGE),
    row(&["funding"], Honoured, Unused("in this version it settles no funding"), Unused("the exchange settles its own")),
    row(&["detail_timeframe", "detail_data"], Honoured, Unused("it walks over the bars of its data"), NO_WALK),
    row(&["liquidation_fee_pct", "interest_rate_pct"], Honoured, Honoured, OF_THE_EXCHANGE),
    row(&["speed"], Unused("it goes as fast as it can"), NOW_ON_DATA, Unused("it goes as fast as the market")),
    row(&["tick_size", "lot_size", "min_notional"], Honoured, RULES_ON_DATA, OF_THE_EXCHANGE),
    row(&["contract_size", "maintenance_margin_pct"], Honoured, RULES_ON_DATA, OF_THE_EXCHANGE),
    row(&["confirm_live"], NO_MONEY, NO_MONEY, Honoured),
    row(&["on_stop", "shutdown_timeout"], NO_HURRY, Honoured, Honoured),
    row(&["durability", "fresh_state"], NO_JOURNAL, Honoured, Honoured),
    row(&["new_key"], NO_JOURNAL, Unused("its journal is of no account"), Honoured),
    row(&["compare_every"], NO_EXCHANGE, Unused("its account is its own"), Honoured),
    row(&["max_data_age"], NO_EXCHANGE, NO_EXCHANGE_ON_DATA, Honoured),
    row(&["metrics_address", "metrics_exposed", "notify_on", "telegram_base_url"], NOBODY_WATCHES, NOT_WATCHED, Honoured),
    row(&["traces_url"], NOBODY_WATCHES, NOT_WATCHED, Honoured),
];

/// One line for each reason that keys are set for nothing, with the places of the keys.
pub(crate) fn warnings(resolved: &Resolved) -> Vec<String> {
    let mut lines: Vec<(&str, Vec<String>)> = Vec::new();
    let is_live = resolved.config.trade_mode != TradeMode::Backtest && resolved.config.data.is_none();
    let has_quotes = is_live || matches!(resolved.config.fill_model, FillModel::Ticks | FillModel::Book);
    for Said { key, made } in said(resolved) {
        let why = match made {
            Honoured => continue,
            UnusedOnBars(_) if has_quotes => continue,
            OnLivePricesOnly(_) if is_live => continue,
            OnDataOnly(_) if !is_live => continue,
            Unused(why) | UnusedOnBars(why) | OnLivePricesOnly(why) | OnDataOnly(why) => why,
        };
        let place = resolved.place_of(key);
        match lines.iter_mut().find(|(reason, _)| *reason == why) {
            Some((_, places)) => places.push(place),
            None => lines.push((why, vec![place])),
        }
    }
    let mode = Mode(resolved.config.trade_mode);
    let line = |(why, places): (&str, Vec<String>)| {
        let have = if places.len() == 1 { "has" } else { "have" };
        format!("{}: {have} no effect in {mode}: {why}", places.join(", "))
    };
    lines.into_iter().map(line).collect()
}

/// A key that somebody has set to something else than what it is anyway.
struct Said {
    key: &'static str,
    made: Use,
}

fn said(resolved: &Resolved) -> Vec<Said> {
    let mode = resolved.config.trade_mode;
    let of = |(key, value): (&'static str, Option<String>)| {
        let is_said = resolved.is_set(key) && value != Key::find(key)?.default_text();
        is_said.then(|| Said { key, made: made_of(key, mode) })
    };
    resolved.config.texts().into_iter().filter_map(of).collect()
}

fn made_of(key: &str, mode: TradeMode) -> Use {
    let row = TABLE.iter().find(|row| row.keys.contains(&key));
    // A test keeps every key in the table.
    row.map_or(Honoured, |row| match mode {
        TradeMode::Backtest => row.backtest,
        TradeMode::Paper => row.paper,
        TradeMode::Live => row.live,
    })
}

struct Mode(TradeMode);

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            TradeMode::Backtest => "a backtest",
            TradeMode::Paper => "paper trading",
            TradeMode::Live => "live trading",
        })
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use metaexpert_core::config::{KEYS, KeyValue, Origin};

    use super::*;

    fn check(mode: TradeMode, flags: &[(&str, &str)], expect: &Expect) {
        let mode = mode.to_text();
        let flags = flags.iter().copied().chain([("trade_mode", mode.as_str())]);
        let resolved = Resolved::of(flags.map(|(key, text)| (key, text, Origin::Flag))).unwrap();
        let warned = warnings(&resolved).into_iter().map(|line| format!("warning: {line}\n"));
        expect.assert_eq(&warned.collect::<String>());
    }

    #[test]
    fn every_key_stands_in_the_table_once_and_nothing_else_does() {
        let mut rows: Vec<_> = TABLE.iter().flat_map(|row| row.keys).copied().collect();
        let mut keys: Vec<_> = KEYS.iter().map(|key| key.name).collect();
        rows.sort_unstable();
        keys.sort_unstable();
        assert_eq!(rows, keys, "a key is not classified: say what each trade mode makes of it");
    }

    #[test]
    fn what_a_mode_does_nothing_with_is_said_once_for_each_reason() {
        let connection = [("testnet", "true"), ("proxy", "http://me:pw@127.0.0.1:3128"), ("rate_limit", "5"), ("speed", "60")];
        check(
            TradeMode::Backtest,
            &connection,
            &expect![[r"
            warning: flag --testnet, flag --proxy, flag --rate-limit: have no effect in a backtest: it does not talk to the exchange
            warning: flag --speed: has no effect in a backtest: it goes as fast as it can
        "]],
        );
        check(
            TradeMode::Paper,
            &connection,
            &expect![[r#"
                warning: flag --speed: has no effect in paper trading: on live prices it goes as fast as the market
            "#]],
        );
        check(
            TradeMode::Live,
            &connection,
            &expect![[r"
            warning: flag --speed: has no effect in live trading: it goes as fast as the market
        "]],
        );
        let limits = [("max_slippage_pct", "1"), ("max_spread_pct", "1"), ("slippage_pct", "0.1"), ("report", "out")];
        check(
            TradeMode::Backtest,
            &limits,
            &expect![[r"
            warning: flag --max-slippage-pct: has no effect in a backtest: its orders lose what `slippage_pct` says, and no more
            warning: flag --max-spread-pct: has no effect in a backtest: its data is bars, and bars have no spread
        "]],
        );
        check(TradeMode::Backtest, &[("max_spread_pct", "1"), ("fill_model", "ticks")], &expect![""]);
        check(
            TradeMode::Paper,
            &limits,
            &expect![[r#"
                warning: flag --max-slippage-pct: has no effect in paper trading: its orders lose what `slippage_pct` says, and no more
                warning: flag --report: has no effect in paper trading: in this version it writes no report, only logs
            "#]],
        );
        check(
            TradeMode::Live,
            &limits,
            &expect![[r"
            warning: flag --slippage-pct: has no effect in live trading: its orders lose what they lose; `max_slippage_pct` limits it
            warning: flag --report: has no effect in live trading: it writes logs, not a report
        "]],
        );
        check(
            TradeMode::Paper,
            &[("backtest_start", "2024-01-01"), ("backtest_end", "2024-02-01")],
            &expect![[r"
            warning: flag --backtest-start, flag --backtest-end: have no effect in paper trading: it begins now, and ends when it is stopped
        "]],
        );
    }

    #[test]
    fn filters_are_honoured_in_every_mode() {
        let filters = [("trend_filter", "ema"), ("volatility_filter", "atr_band"), ("cooldown_bars", "2")];
        for mode in TradeMode::ALL {
            check(*mode, &filters, &expect![""]);
        }
    }

    #[test]
    fn what_is_set_to_its_default_loses_nothing() {
        for mode in TradeMode::ALL {
            check(*mode, &[("testnet", "false"), ("speed", "1"), ("slippage_pct", "0")], &expect![""]);
        }
    }
}
