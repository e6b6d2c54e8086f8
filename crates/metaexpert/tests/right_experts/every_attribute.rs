//! Every attribute, with everything that its handler can be given.
#![forbid(unsafe_code)]
#![deny(warnings)]

use metaexpert::prelude::*;

/// The author's own knobs.
#[derive(Inputs)]
struct Params {
    /// Length in bars.
    #[input(default = 12, min = 5, max = 50, step = 1)]
    length: usize,
}

struct State {
    calls: usize,
}

const LEVERAGE: u32 = 20;
const EVERY: f64 = 0.5;

#[on_init(symbol = "BTCUSDT", timeframe = "1h", leverage = LEVERAGE / 2, strategy_name = concat!("EMA ", "cross"))]
fn init(config: &Config, params: &Params, _ctx: &mut Context) -> Result<State> {
    Ok(State { calls: params.length + config.lookback_bars })
}

#[on_deinit]
fn deinit(reason: DeinitReason, state: &State, _ctx: &mut Context, _params: &Params) -> Result<()> {
    if reason.is_orderly() && state.calls > 0 { Ok(()) } else { Err("stopped".into()) }
}

#[on_tick]
fn tick(_ctx: &Context, state: &mut State, _tick: &Tick) {
    state.calls += 1;
}

#[on_tick(symbol = "ETHUSDT")]
fn tick_of_another() {}

#[on_bar]
fn bar(_ctx: &mut Context, state: &mut State, _bar: &Bar, _params: &Params) -> Result<()> {
    state.calls += 1;
    Ok(())
}

#[on_bar(timeframe = "4h", symbol = "ETHUSDT")]
fn trend(_bar: &Bar) {}

#[on_book]
fn whole_book(_book: &Book) {}

#[on_book(depth = 5 * 4, symbol = "okx:BTC-USDT-SWAP")]
fn book(_book: &Book, _state: &mut State) {}

#[on_public_trade]
fn public_trade(_trade: &PublicTrade) {}

#[on_timer(interval = 60)]
fn minute(_state: &mut State) {}

#[on_timer(interval = EVERY)]
fn often() -> Result<(), String> {
    Ok(())
}

#[on_order]
fn order(_order: &Order) {}

#[on_trade]
fn trade(_trade: &Trade) {}

#[on_transaction]
fn transaction(_outcome: &Outcome, _request: &Request) {}

#[on_position]
fn position(_position: &Position) {}

#[on_account]
fn account(_account: &Account) {}

#[on_funding]
fn funding(_funding: &Funding) {}

#[on_error]
fn error(_error: &Error) {}

#[on_backtest_init]
fn backtest_init(_params: &Params) {}

#[on_backtest_deinit]
fn backtest_deinit() {}

#[on_backtest]
fn criterion(summary: &Summary, _state: &State) -> Result<f64> {
    summary.sharpe.ok_or_else(|| "no variation".into())
}

#[on_backtest_pass]
fn backtest_pass(_pass: &Pass) {}
