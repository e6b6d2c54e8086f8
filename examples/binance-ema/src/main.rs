//! EMA crossover on BTCUSDT perpetuals.
//!
//! At each closed bar: when the fast EMA crosses above the slow one, close a short and buy; when it crosses below, close a long
//! and, with `allow_short`, sell. It acts on crosses only: after a protective exit or a refused entry it waits for the next.

use metaexpert::prelude::*;

/// The author's own knobs. Each is also a flag (`--fast 9`) and an environment variable (`METAEXPERT_INPUT_FAST=9`).
#[derive(Inputs)]
struct Params {
    /// Length of the fast EMA, in bars.
    #[input(default = 12, min = 2, max = 200, step = 1)]
    fast: usize,
    /// Length of the slow EMA, in bars; the bar of this number is the first that may signal.
    #[input(default = 26, min = 3, max = 1000, step = 1)]
    slow: usize,
    /// Whether to sell short when the fast EMA crosses below the slow one.
    #[input(default = false)]
    allow_short: bool,
}

struct Crossover {
    fast: Ema,
    slow: Ema,
    /// Whether the fast EMA was above the slow one when they last differed.
    above: Option<bool>,
}

#[on_init(
    symbol = "BTCUSDT",
    timeframe = "1h",
    lookback_bars = 100,
    strategy_id = 1001,
    strategy_name = "binance-ema",
    comment = "ema",
    size_type = "percent_equity",
    size_value = 50.0
)]
fn init(params: &Params, config: &Config) -> Result<Crossover> {
    if params.fast >= params.slow {
        return Err(Error::input("fast", params.fast, format!("must be below input `slow` ({})", params.slow)));
    }
    if params.allow_short && config.market_type == MarketType::Spot {
        return Err(Error::input("allow_short", true, "needs `market_type` futures: spot has no short positions"));
    }
    Ok(Crossover { fast: Ema::new(params.fast)?, slow: Ema::new(params.slow)?, above: None })
}

#[on_bar]
fn bar(state: &mut Crossover, params: &Params, ctx: &mut Context, bar: &Bar) -> Result<()> {
    let difference = state.fast.next(bar.close) - state.slow.next(bar.close);
    if difference == 0.0 {
        return Ok(());
    }
    let above = difference > 0.0;
    let crossed = state.above.replace(above).is_some_and(|before| before != above);
    if !crossed || !state.slow.is_ready() {
        return Ok(());
    }
    debug!(ctx.log(), "the EMAs crossed"; "above" => above, "difference" => difference);
    if above {
        ctx.close_short()?;
        ctx.buy().send()?;
    } else {
        ctx.close_long()?;
        if params.allow_short {
            ctx.sell().send()?;
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    MetaExpert::new("binance")
        .market_type(MarketType::Futures)
        .contract_type(ContractType::Linear)
        .margin_mode(MarginMode::Isolated)
        .run()
}
