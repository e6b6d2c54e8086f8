//! An expert that never rests: it opens, closes, changes and takes back orders of every kind, several times a second, in as many
//! symbols as it is told. It keeps its own books of what was executed and looks at nothing else, so that they can be held against the
//! journal's and the exchange's.
//!
//! The one decision: what it does next follows from how much it has done, which is part of the state that is saved. So a run that is
//! killed goes on where it was.

mod books; // executions
mod held; // memory
mod leaving; // files in its folder

use std::collections::BTreeMap;

use books::Executions;
use leaving::leave;
use metaexpert::prelude::*;
use serde::{Deserialize, Serialize};

/// How it behaves.
#[derive(Inputs)]
struct Temper {
    /// Quotes of a symbol between two deeds.
    #[input(default = 12, min = 1, max = 1000, step = 1)]
    pause: u64,
    /// Whether there are short positions.
    #[input(default = true)]
    shorts: bool,
}

/// Half of what an entry costs, in quote currency.
const HALF: f64 = 200.0;

/// Its own books.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Books {
    /// Quotes that were seen, by symbol.
    quotes: BTreeMap<String, u64>,
    /// Deeds that were done, by symbol.
    deeds: BTreeMap<String, u64>,
    /// What was executed, by symbol and the exchange's number of it.
    executions: Executions,
    /// What is held, by symbol and leg.
    held: BTreeMap<String, Decimal>,
    /// How often an execution came that was there already.
    doubled: u64,
}

#[on_init(
    symbol = "BTCUSDT",
    timeframe = "1m",
    lookback_bars = 2,
    strategy_id = 77,
    strategy_name = "restless",
    comment = "night",
    leverage = 2,
    size_type = "fixed_quote",
    size_value = 400.0,
    stop_loss_pct = 3.0,
    take_profit_pct = 5.0
)]
fn init(saved: Saved<Books>) -> Books {
    saved.into_inner().unwrap_or_default()
}

#[on_tick]
fn bitcoin(books: &mut Books, temper: &Temper, ctx: &mut Context, tick: &Tick) -> Result<()> {
    seen(books, temper, ctx, tick)
}

#[on_tick(symbol = "ETHUSDT")]
fn ether(books: &mut Books, temper: &Temper, ctx: &mut Context, tick: &Tick) -> Result<()> {
    seen(books, temper, ctx, tick)
}

#[on_tick(symbol = "XRPUSDT")]
fn ripple(books: &mut Books, temper: &Temper, ctx: &mut Context, tick: &Tick) -> Result<()> {
    seen(books, temper, ctx, tick)
}

fn seen(books: &mut Books, temper: &Temper, ctx: &mut Context, tick: &Tick) -> Result<()> {
    let symbol = ctx.symbol().to_string();
    let quotes = books.quotes.entry(symbol.clone()).or_default();
    *quotes += 1;
    if !quotes.is_multiple_of(temper.pause) {
        return Ok(());
    }
    let deeds = books.deeds.entry(symbol).or_default();
    *deeds += 1;
    match act(*deeds, temper, ctx, tick) {
        // Limits, pauses and orders that are gone already are a part of the night.
        Err(error) if !error.is_fatal() => Ok(()),
        done => done,
    }
}

/// Deed after deed, in a circle.
fn act(deed: u64, temper: &Temper, ctx: &mut Context, tick: &Tick) -> Result<()> {
    let resting = ctx.orders().find(|order| order.kind.limit_price().is_some()).map(|order| order.id);
    match deed % 12 {
        // Coins cannot be owed: what is sold is what is held, or half of what an entry buys.
        3 if !temper.shorts => ctx.sell().quantity(HALF / tick.bid).reduce_only().send().map(drop),
        7 if !temper.shorts => ctx.close_long().map(drop),
        10 if !temper.shorts => ctx.sell().quantity(HALF / tick.bid).reduce_only().limit(tick.ask * 1.0002).send().map(drop),
        9 if !temper.shorts => Ok(()),
        0 => ctx.buy().send().map(drop),
        1 => ctx.buy().limit(tick.bid * 0.995).send().map(drop),
        2 => resting.map_or(Ok(()), |id| ctx.amend(id).price(tick.bid * 0.996).send().map(drop)),
        3 => ctx.sell().send().map(drop),
        4 => ctx.buy().limit(tick.ask * 1.0005).ioc().send().map(drop),
        5 => resting.map_or(Ok(()), |id| ctx.cancel(id)),
        6 => ctx.close_long().map(drop),
        7 => ctx.sell().limit(tick.ask * 1.0002).send().map(drop),
        8 => ctx.buy().stop(tick.ask * 1.002).send().map(drop),
        9 => ctx.close_short().map(drop),
        10 => ctx.sell().limit(tick.bid).post_only().send().map(drop),
        _ => {
            ctx.cancel_all();
            Ok(())
        }
    }
}

#[on_trade]
fn trade(books: &mut Books, trade: &Trade) {
    let leg = format!("{} {}", trade.symbol, trade.position_side);
    let change = if trade.opens() { trade.quantity.get() } else { -trade.quantity.get() };
    let name = format!("{} {}", trade.symbol, trade.id);
    if !books.executions.add(name, trade.quantity.get()) {
        books.doubled += 1;
        return;
    }
    let held = books.held.entry(leg).or_default();
    *held = (*held + change).normalize();
}

/// Leaves its books as they are now, which shows that it is being stopped. What comes of orders later is in its state only.
#[on_deinit]
fn deinit(books: &Books) -> Result<()> {
    leave("books.json", &serde_json::to_string_pretty(books).map_err(|error| error.to_string())?)
}

fn main() -> ExitCode {
    held::tell();
    MetaExpert::new("binance")
        .market_type(MarketType::Futures)
        .contract_type(ContractType::Linear)
        .margin_mode(MarginMode::Isolated)
        .run()
}
