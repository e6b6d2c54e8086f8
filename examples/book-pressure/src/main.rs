//! Order-book pressure on BTCUSDT perpetuals: an expert that looks at the book, not at bars.
//!
//! After each change of the book it weighs the quantities of the best levels of both sides. When buyers outweigh sellers by `threshold` it
//! is long, when sellers outweigh buyers it is flat. It needs recorded books:
//!
//! ```sh
//! metaexpert data convert btcusdt.raw.gz btcusdt.parquet
//! cargo run --release -p book-pressure -- --trade-mode backtest --fill-model book --data btcusdt.parquet
//! ```

use metaexpert::prelude::*;

/// The author's own knobs.
#[derive(Inputs)]
struct Params {
    /// How many levels of each side count.
    #[input(default = 10, min = 1, max = 100, step = 1)]
    levels: usize,
    /// Share of both sides' quantity that buyers must have more, or less, than sellers: 0.5 is three to one.
    #[input(default = 0.5, min = 0.1, max = 0.9, step = 0.1)]
    threshold: f64,
    /// Seconds for which a decision stands, so that fees are not all that is earned.
    #[input(default = 30, min = 1, max = 3600, step = 1)]
    patience_seconds: i64,
}

struct Pressure {
    decided: Option<UnixNanos>,
}

#[on_init(
    symbol = "BTCUSDT",
    strategy_id = 1002,
    strategy_name = "book-pressure",
    comment = "book",
    size_type = "percent_equity",
    size_value = 10.0
)]
fn init() -> Pressure {
    Pressure { decided: None }
}

#[on_book]
fn book(state: &mut Pressure, params: &Params, ctx: &mut Context, book: &Book) -> Result<()> {
    let patience = params.patience_seconds * 1_000_000_000;
    if state.decided.is_some_and(|decided| ctx.now().nanos_since(decided) < patience) {
        return Ok(());
    }
    let bids: f64 = book.bids().take(params.levels).map(|level| level.quantity).sum();
    let asks: f64 = book.asks().take(params.levels).map(|level| level.quantity).sum();
    let pressure = (bids - asks) / (bids + asks);
    // Nothing can be bought or sold while one side is empty; the comparison is false for no number.
    if pressure > params.threshold && ctx.is_flat() {
        state.decided = Some(ctx.now());
        debug!(ctx.log(), "buyers press"; "pressure" => pressure);
        ctx.buy().send()?;
    } else if pressure < -params.threshold && ctx.is_long() {
        state.decided = Some(ctx.now());
        debug!(ctx.log(), "sellers press"; "pressure" => pressure);
        ctx.close_long()?;
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
