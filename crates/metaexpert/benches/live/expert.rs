//! The expert that is measured: it notes when it is called, and sends an order now and then.

use std::{collections::BTreeMap, env, fs, process::ExitCode};

use metaexpert::prelude::*;
use serde_json::json;

use crate::nanos;

/// Where it leaves what it has seen.
pub(crate) const OUT: &str = "LIVE_BENCH_OUT";
/// Quotes between two orders.
pub(crate) const PAUSE: &str = "LIVE_BENCH_PAUSE";

/// The state. It cannot be written down, so that the journal does not keep it: it grows with every quote.
#[derive(Default)]
struct Seen {
    waited: Vec<u64>,
    sent: Vec<u64>,
    bars: BTreeMap<String, Vec<i64>>,
    trades: BTreeMap<String, u64>,
    ended: u64,
    quotes: u64,
    pause: u64,
}

#[on_init(
    symbol = "BTCUSDT",
    timeframe = "1m",
    lookback_bars = 2,
    strategy_id = 5,
    leverage = 2,
    size_type = "fixed_quote",
    size_value = 400.0
)]
fn init() -> Seen {
    let pause = env::var(PAUSE).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    Seen { pause, ..Seen::default() }
}

/// A quote of the relay bears the moment of its sending: see `relay.rs`.
#[on_tick]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a quantity that is a number of microseconds")]
fn tick(seen: &mut Seen, ctx: &mut Context, tick: &Tick) -> Result<()> {
    let called = nanos();
    let sent = called / DAY * DAY + (tick.bid_quantity * 1e3).round() as u64 * 100;
    seen.waited.push(called.saturating_sub(sent));
    seen.quotes += 1;
    if seen.pause == 0 || !seen.quotes.is_multiple_of(seen.pause) {
        return Ok(());
    }
    let decided = nanos();
    let id = if ctx.is_long() { ctx.close_long()? } else { Some(ctx.buy().send()?) };
    if id.is_some() {
        seen.sent.push(decided);
    }
    Ok(())
}

/// What a quote's quantity counts from.
pub(crate) const DAY: u64 = 86_400_000_000_000;

#[on_tick(symbol = "ETHUSDT")]
fn ether() {}

#[on_bar]
fn bitcoin_bar(seen: &mut Seen, bar: &Bar) {
    seen.bars.entry("BTCUSDT".into()).or_default().push(bar.time.as_nanos());
}

#[on_bar(symbol = "ETHUSDT")]
fn ether_bar(seen: &mut Seen, bar: &Bar) {
    seen.bars.entry("ETHUSDT".into()).or_default().push(bar.time.as_nanos());
}

#[on_bar(symbol = "XRPUSDT")]
fn ripple_bar(seen: &mut Seen, bar: &Bar) {
    seen.bars.entry("XRPUSDT".into()).or_default().push(bar.time.as_nanos());
}

#[on_order]
fn order(seen: &mut Seen, order: &Order) {
    let is_over =
        matches!(order.status, OrderStatus::Filled | OrderStatus::Cancelled | OrderStatus::Rejected | OrderStatus::Expired);
    seen.ended += u64::from(is_over);
}

#[on_trade]
fn trade(seen: &mut Seen, trade: &Trade) {
    *seen.trades.entry(format!("{} {}", trade.symbol, trade.id)).or_default() += 1;
}

#[on_deinit]
fn deinit(seen: &Seen) -> Result<()> {
    let Seen { waited, sent, bars, trades, ended, .. } = seen;
    let text = json!({ "waited": waited, "sent": sent, "bars": bars, "trades": trades, "ended": ended }).to_string();
    fs::write(env::var(OUT).unwrap_or_default(), text).map_err(|error| error.to_string())?;
    Ok(())
}

pub(crate) fn run() -> ExitCode {
    MetaExpert::new("binance")
        .market_type(MarketType::Futures)
        .contract_type(ContractType::Linear)
        .margin_mode(MarginMode::Isolated)
        .position_mode(PositionMode::Hedge)
        .run()
}
