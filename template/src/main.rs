//! An expert: this file says what it trades and how it acts; `signal.rs` says when.
//!
//! From top to bottom: the core configuration, the initialisation, the handlers of events, the
//! handlers of a backtest, the entry point. A handler takes what it names, in any order: its event,
//! `&mut Context` (orders, positions, account, past bars), `&mut State`, and any struct of inputs.
//! One that is not used may go, but for `init`.

mod decision;
#[path = "../strategies/ema.rs"]
mod signal;

use metaexpert::prelude::*;

use crate::{
    decision::Decision,
    signal::{Params, Signal},
};

// --- Core configuration --------------------------------------------------------------------------

/// Where this program trades. Each line is a key: `metaexpert.toml` goes before it, a variable
/// (`METAEXPERT_MARKET_TYPE=spot`) before that, and a flag (`--market-type spot`) before all.
fn expert() -> MetaExpert {
    // Keys that may be added here, as `.testnet(true)`:
    //   testnet          the exchange's test network instead of the real one [false]
    //   subaccount       account below the main one
    //   base_url, proxy  another address of the exchange; a proxy on the way to it
    //   rate_limit       a limit of requests below the exchange's own
    //   trade_mode       paper, backtest or live [paper]; better said by the flag
    MetaExpert::new("binance") // binance, bybit or okx
        .market_type(MarketType::Futures)
        .contract_type(ContractType::Linear)
        .margin_mode(MarginMode::Isolated)
        .position_mode(PositionMode::Hedge)
}

// --- Initialisation ------------------------------------------------------------------------------

/// Inputs of the trading itself; those of the strategy are in `signal.rs`.
#[derive(Inputs)]
struct Trading {
    /// Whether to sell short; on spot, where there are no short positions, it never does.
    #[input(default = true)]
    allow_short: bool,
}

/// What the handlers share, made by `init`.
struct State {
    signal: Signal,
    allow_short: bool,
}

/// Called once, before anything else. The keys in the attribute are those of this expert; the ones
/// that are commented out show their default in brackets, and without one they are off.
#[on_init(
    // Strategy
    symbol = "BTCUSDT",         // what to trade: BTCUSDT or BTC/USDT
    timeframe = "1h",           // length of the bars that `on_bar` is given: 1m, 5m, 1h, 4h, 1d ...
    lookback_bars = 100,        // bars that `ctx.bars(n)` can look back on
    warmup_bars = 0,            // bars at the beginning in which no order is allowed
    strategy_id = 1001,         // number that marks the orders of this expert at the exchange
    // strategy_name = "Trend", // name in reports and logs [that of the package]
    // comment = "trend",       // comment on each order

    // Risk and sizing
    leverage = 1,               // 1 borrows nothing; spot has no other
    size_type = "risk_based",   // risk_based, percent_equity, fixed_quote or fixed_base
    size_value = 1.0,           // here: percent of equity that is lost where the stop-loss is hit
    // max_position_size_quote = 5000.0, // largest value of a position, in quote currency
    // max_drawdown_pct = 20.0, // fall of equity from its peak that ends trading
    // daily_loss_limit = 300.0, // loss in a UTC day that ends trading until the next
    // on_breach = "close",     // close or halt_only: what happens to positions then [close]
    // kill_switch_file = "KILL", // no position is opened while this file is there [KILL]
    // state_dir = "state/{expert}", // folder of what the next run has to know [state/{expert}]

    // Protection, in percent of the entry's price
    stop_loss_pct = 2.0,        // loss at which a position is closed
    take_profit_pct = 4.0,      // gain at which a position is closed
    // trailing_stop_pct = 1.5, // distance of a stop that follows the best price
    // trailing_activation_pct = 1.0, // gain from which it follows [from the entry on]
    // breakeven_pct = 1.0,     // gain from which the stop stands at the entry
    // slippage_pct = 0.02,     // what a simulation takes off the price of market orders [0]
    // max_slippage_pct = 0.1,  // most that a market order may lose on its price
    // max_spread_pct = 0.05,   // widest spread at which positions are opened

    // Portfolio
    // max_open_positions = 1,  // most positions at once
    // max_positions_per_symbol = 1, // most entries at once in one symbol

    // Entry filters: positions are opened only then; closing is always allowed
    // trade_hours = "8-15",    // hours of the UTC day, the last one included
    // allowed_days = "mon-fri", // days of the UTC week
    // min_volume = 10.0,       // least volume of the last bar

    // Logging
    // log_level = "info",      // debug, info, trade, warning, error, critical [info]
    // log_dir = "logs",        // folder of the files [logs]
    // log_file = "expert.log", // takes everything [expert.log]
    // log_trade_file = "trades.log", // takes orders, executions and positions [trades.log]
    // log_error_file = "errors.log", // takes errors and worse [errors.log]
    // log_to_file = true,      // whether the files are written [true]
    // log_to_console = true,   // whether the log is shown on the console too [true]
    // json_logging = false,    // whether the files are JSON lines [false]
    // log_max_file_size = "10 MiB", // size from which a file is put aside and begun anew [10 MiB]
    // log_backup_count = 5,    // files put aside that are kept of each [5]
    // log_rotate_daily = false, // whether each UTC day begins a new file [false]
    // log_compress = false,    // whether files put aside are compressed [false]
)]
fn init(params: &Params, trading: &Trading, config: &Config) -> Result<State> {
    let has_shorts = config.market_type != MarketType::Spot;
    Ok(State {
        signal: Signal::new(params)?,
        allow_short: trading.allow_short && has_shorts,
    })
}

/// Called once, last: why the run ends.
#[on_deinit]
fn deinit(reason: DeinitReason, ctx: &Context) {
    info!(ctx.log(), "the expert ends: {}", reason.as_str(); "equity" => %ctx.equity());
}

// --- Event handlers ------------------------------------------------------------------------------

/// A bar has closed. An error that is returned (by `?`) reaches `error` below and does not end the
/// run: most often it is an order that a limit of the configuration has refused.
#[on_bar]
fn bar(state: &mut State, ctx: &mut Context, bar: &Bar) -> Result<()> {
    match state.signal.next(bar) {
        Some(Decision::Long) => {
            ctx.close_short()?;
            if !ctx.is_long() {
                ctx.buy().send()?; // a market order; size and stops come from the configuration
            }
        }
        Some(Decision::Short) => {
            ctx.close_long()?;
            if state.allow_short && !ctx.is_short() {
                ctx.sell().send()?;
            }
        }
        Some(Decision::Flat) => {
            ctx.close_all()?;
        }
        None => {}
    }
    Ok(())
}

// Bars of another length or symbol, beside those above:
//
// #[on_bar(timeframe = "4h")]
// fn trend(_state: &mut State, _bar: &Bar) {}

/// Every so many seconds of the engine's time, which in a backtest is the time of the data.
#[on_timer(interval = 3600)]
fn timer() {}

/// One of our orders has a new status: accepted, filled, cancelled, rejected ...
#[on_order]
fn order(_order: &Order) {}

/// One of our orders was executed, whole or in part.
#[on_trade]
fn trade(_trade: &Trade) {}

/// A request to the exchange has its answer.
#[on_transaction]
fn transaction(_request: &Request, _outcome: &Outcome) {}

/// A position was opened, has changed, or was closed.
#[on_position]
fn position(_position: &Position) {}

/// Balance or margin have changed.
#[on_account]
fn account(_account: &Account) {}

/// Funding was paid (a negative amount) or received; futures only.
#[on_funding]
fn funding(_funding: &Funding) {}

/// Something went wrong: a refusal by a limit, a rejection by the exchange, an error that a handler
/// has returned. It is in the log already.
#[on_error]
fn error(_error: &Error) {}

// Events that bars do not have. Data made of bars never calls these handlers, and a run on it warns
// of each one that there is.
//
// /// Best bid and ask, or the last price, have changed.
// #[on_tick]
// fn tick(_tick: &Tick) {}
//
// /// The order book has changed: the best `depth` levels of both sides.
// #[on_book(depth = 10)]
// fn book(_book: &Book) {}
//
// /// Somebody has traded with somebody.
// #[on_public_trade]
// fn public_trade(_trade: &PublicTrade) {}

// --- Backtest handlers ---------------------------------------------------------------------------

/// Before a backtest, once. It has no state yet.
#[on_backtest_init]
fn backtest_init(_params: &Params) {}

/// At the end of a backtest: its worth as one number, the larger the better. Here: what it made for
/// each unit of its deepest fall.
#[on_backtest]
fn criterion(summary: &Summary) -> f64 {
    summary.recovery_factor.unwrap_or(0.0)
}

/// When one pass of an optimisation has ended.
#[on_backtest_pass]
fn backtest_pass(_pass: &Pass) {}

/// After a backtest, once.
#[on_backtest_deinit]
fn backtest_deinit() {}

// --- Entry point ---------------------------------------------------------------------------------

/// Reads flags, environment and metaexpert.toml, and runs the expert.
fn main() -> ExitCode {
    expert().run()
}
