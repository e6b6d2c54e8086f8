//! Trading experts for crypto exchanges, written as a handful of annotated functions.
//!
//! ```no_run
//! //! Buys when the price rises above its average, and closes when it falls below.
//! use metaexpert::prelude::*;
//!
//! #[derive(Inputs)]
//! struct Params {
//!     /// Length of the average, in bars.
//!     #[input(default = 50, min = 2, max = 500)]
//!     length: usize,
//! }
//!
//! struct State {
//!     average: Ema,
//! }
//!
//! #[on_init(symbol = "BTCUSDT", timeframe = "1h", size_type = "percent_equity", size_value = 50.0, stop_loss_pct = 2.0)]
//! fn init(params: &Params) -> Result<State> {
//!     Ok(State { average: Ema::new(params.length)? })
//! }
//!
//! #[on_bar]
//! fn bar(state: &mut State, ctx: &mut Context, bar: &Bar) -> Result<()> {
//!     let average = state.average.next(bar.close);
//!     if bar.close > average && !ctx.is_long() {
//!         ctx.buy().send()?;
//!     } else if bar.close < average && ctx.is_long() {
//!         ctx.close_all()?;
//!     }
//!     Ok(())
//! }
//!
//! fn main() -> ExitCode {
//!     MetaExpert::new("binance").market_type(MarketType::Futures).run()
//! }
//! ```
//!
//! The program that this makes has a flag for every key of the configuration and for every input: `--trade-mode backtest
//! --leverage 5 --length 20`. `--help` lists them. `metaexpert.toml`, `.env` and the environment can set them too, and
//! `--print-config` shows what each came to, and where it was set.
//!
//! # Exit codes
//!
//! 0 good, 1 the run failed, 2 usage, 3 configuration, 4 data, 5 exchange, 130 interrupted (the shell's own number after Ctrl-C).
//! A paper run that was asked to stop by SIGTERM has come to a good end.
//!
//! The one decision: this crate is the only one that reads arguments, environment and (but for the log) files, and the only one that knows the
//! trade modes. Everything else is handed what it needs.

pub mod prelude;

// The way of a program, in the order it is gone: what the code says, what the sources give, what comes of it.
mod builder;
mod command_line;
mod complaints;
mod completions;
mod credentials;
mod ending;
mod exchanges;
mod exit;
mod given;
mod honoured;
mod layers;
#[cfg_attr(not(any(feature = "backtest", feature = "paper")), expect(dead_code, reason = "only modes log"))]
mod logs;
mod modes;
mod print_config;
mod run;
mod secrets;
mod sources;
mod this_version;

// What the modes without an exchange at hand share.
#[cfg(any(feature = "backtest", feature = "paper"))]
mod instruments;
#[cfg(any(feature = "backtest", feature = "paper"))]
mod markets;
#[cfg(any(feature = "backtest", feature = "paper"))]
mod venues;

// The mode `backtest`, and what only it needs.
#[cfg(feature = "backtest")]
mod backtest;
#[cfg(feature = "backtest")]
mod detail;
#[cfg(feature = "backtest")]
mod funding;
#[cfg(feature = "backtest")]
mod models;
#[cfg(feature = "backtest")]
mod progress;
#[cfg(feature = "backtest")]
mod report_dir;

// The mode `paper`, and what it shares with live trading.
#[cfg(feature = "paper")]
mod journal;
#[cfg(feature = "paper")]
mod paper;

// The mode `live`, and `paper` on live prices.
#[cfg(feature = "live")]
mod live;

pub use builder::MetaExpert;
pub use metaexpert_core as core;
pub use metaexpert_core::indicators;
pub use metaexpert_log as log;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

/// The examples of the README and of the guides are tests.
#[cfg(doctest)]
mod written_elsewhere {
    #[doc = include_str!("../../../README.md")]
    struct Readme;
    #[doc = include_str!("../../../docs/guides/experts.md")]
    struct Experts;
    #[doc = include_str!("../../../docs/guides/orders.md")]
    struct Orders;
    #[doc = include_str!("../../../docs/guides/logging.md")]
    struct Logging;
}
