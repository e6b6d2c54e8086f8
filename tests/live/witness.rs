//! An expert that trades where two averages cross, and writes down all that it was told and all that it did: every bar of three
//! lengths, every quote, every decision with the bar that it was made on, every execution.
//!
//! The one decision: what it decides follows from closed bars alone, and its size is fixed; so whoever is told the same bars decides the
//! same, in whichever mode.

mod leaving; // files in its folder

use std::{
    fs::File,
    io::{BufWriter, Write as _},
};

use leaving::leave;
use metaexpert::prelude::*;

/// When it crosses.
#[derive(Inputs)]
struct Lengths {
    /// Of the fast average, in bars.
    #[input(default = 5, min = 1, max = 100, step = 1)]
    fast: usize,
    /// Of the slow one.
    #[input(default = 13, min = 2, max = 500, step = 1)]
    slow: usize,
}

/// What it knows, and its papers.
struct Witness {
    fast: Ema,
    slow: Ema,
    above: Option<bool>,
    /// Bars of its own length so far, and how many of them were there before the first quote.
    bars: u64,
    history: Option<u64>,
    /// How many quotes it has heard.
    quotes: usize,
    papers: [BufWriter<File>; 4],
}

/// Which paper is which.
const NAMES: [&str; 4] = ["bars.csv", "quotes.csv", "deeds.csv", "fills.csv"];
const BARS: usize = 0;
const QUOTES: usize = 1;
const DEEDS: usize = 2;
const FILLS: usize = 3;

impl Witness {
    fn write(&mut self, paper: usize, line: &str) -> Result<()> {
        let Some(paper) = self.papers.get_mut(paper) else { return Ok(()) };
        writeln!(paper, "{line}").map_err(|error| error.to_string())?;
        Ok(())
    }

    fn bar(&mut self, length: &str, bar: &Bar) -> Result<()> {
        let Bar { time, open, high, low, close, volume } = bar;
        self.write(BARS, &format!("{length},{time},{open},{high},{low},{close},{volume}"))
    }

    /// What became of an order: its name, or the rule that was against it.
    fn deed(&mut self, bar: &Bar, what: &str, sent: Result<Option<ClientOrderId>>) -> Result<()> {
        let became = match sent {
            Ok(Some(order)) => order.to_string(),
            Ok(None) => return Ok(()),
            Err(error) => error.to_string().split(':').next().unwrap_or_default().to_owned(),
        };
        self.write(DEEDS, &format!("{},{what},{became}", bar.time))
    }
}

#[on_init(
    symbol = "BTCUSDT",
    timeframe = "1m",
    lookback_bars = 30,
    strategy_id = 88,
    strategy_name = "witness",
    size_type = "fixed_base",
    size_value = 0.05
)]
fn init(lengths: &Lengths) -> Result<Witness> {
    let open = |name: &str| File::create(name).map(BufWriter::new).map_err(|error| format!("{name}: {error}"));
    let [bars, quotes, deeds, fills] = NAMES;
    Ok(Witness {
        fast: Ema::new(lengths.fast)?,
        slow: Ema::new(lengths.slow)?,
        above: None,
        bars: 0,
        history: None,
        quotes: 0,
        papers: [open(bars)?, open(quotes)?, open(deeds)?, open(fills)?],
    })
}

#[on_bar]
fn minute(witness: &mut Witness, ctx: &mut Context, bar: &Bar) -> Result<()> {
    witness.bars += 1;
    witness.bar("1m", bar)?;
    let difference = witness.fast.next(bar.close) - witness.slow.next(bar.close);
    if difference == 0.0 {
        return Ok(());
    }
    let above = difference > 0.0;
    let crossed = witness.above.replace(above).is_some_and(|before| before != above);
    if !crossed || !witness.slow.is_ready() {
        return Ok(());
    }
    if ctx.orders().next().is_some() {
        // What is on its way is not held yet: whoever compares runs must know at once that the market was faster than the orders.
        leave("late", &bar.time.to_string())?;
    }
    let (closed, opened) = if above { ("close short", "buy") } else { ("close long", "sell") };
    let exit = if above { ctx.close_short() } else { ctx.close_long() };
    witness.deed(bar, closed, exit)?;
    let entry = if above { ctx.buy().send() } else { ctx.sell().send() };
    witness.deed(bar, opened, entry.map(Some))
}

#[on_bar(timeframe = "5m")]
fn five(witness: &mut Witness, bar: &Bar) -> Result<()> {
    witness.bar("5m", bar)
}

#[on_bar(timeframe = "15m")]
fn quarter(witness: &mut Witness, bar: &Bar) -> Result<()> {
    witness.bar("15m", bar)
}

#[on_tick]
fn quote(witness: &mut Witness, tick: &Tick) -> Result<()> {
    let bars = witness.bars;
    witness.history.get_or_insert(bars);
    witness.quotes += 1;
    witness.write(QUOTES, &format!("{},{},{}", tick.time, tick.bid, tick.ask))
}

#[on_trade]
fn trade(witness: &mut Witness, trade: &Trade) -> Result<()> {
    let Trade { time, id, side, position_side, quantity, price, .. } = trade;
    let order = trade.order.map(|order| order.to_string()).unwrap_or_default();
    let (quantity, heard) = (quantity.get().normalize(), witness.quotes);
    witness.write(FILLS, &format!("{time},{id},{order},{side},{position_side},{quantity},{price},{heard}"))
}

/// How much was history goes last, when it is known.
#[on_deinit]
fn deinit(witness: &mut Witness) -> Result<()> {
    for paper in &mut witness.papers {
        paper.flush().map_err(|error| error.to_string())?;
    }
    leave("history", &witness.history.unwrap_or(witness.bars).to_string())
}

fn main() -> ExitCode {
    MetaExpert::new("binance")
        .market_type(MarketType::Futures)
        .contract_type(ContractType::Linear)
        .margin_mode(MarginMode::Isolated)
        .position_mode(PositionMode::Hedge)
        .run()
}
