//! The three tables as lines of text, in the columns that the rules name.
use super::account::{EquityLine, RoundTrip, Trade};
use super::decimal::{plain, rounded};
use super::refused::ReferenceError;
use super::settings::Settings;
use super::time::rfc3339;

/// `time,symbol,side,position_side,quantity,price,fee,liquidity,reason`, and a line per execution.
///
/// # Errors
/// [`ReferenceError::Endless`] where a number has no finite decimal form, which no rule allows.
pub fn trades_csv(settings: &Settings, trades: &[Trade]) -> Result<Vec<String>, ReferenceError> {
    let line = |trade: &Trade| {
        Ok(format!(
            "{},{},{},{},{},{},{},{},{}",
            rfc3339(trade.time),
            settings.symbol,
            trade.side,
            trade.position_side.name(),
            plain(&trade.quantity)?,
            plain(&trade.price)?,
            plain(&trade.fee)?,
            trade.liquidity.name(),
            trade.reason.name(),
        ))
    };
    table("time,symbol,side,position_side,quantity,price,fee,liquidity,reason", trades, line)
}

/// The columns of the issue, and a line per round trip.
///
/// # Errors
/// As [`trades_csv`].
pub fn round_trips_csv(settings: &Settings, round_trips: &[RoundTrip]) -> Result<Vec<String>, ReferenceError> {
    let line = |trip: &RoundTrip| {
        Ok(format!(
            "{},{},{},{},{},{},{},{},{},0,{},{}",
            rfc3339(trip.entry_time),
            rfc3339(trip.exit_time),
            settings.symbol,
            trip.side.name(),
            plain(&trip.quantity)?,
            plain(&trip.entry_price)?,
            plain(&trip.exit_price)?,
            plain(&trip.gross_pnl)?,
            plain(&trip.fees)?,
            plain(&trip.net_pnl)?,
            trip.exit_reason.name(),
        ))
    };
    let header = "entry_time,exit_time,symbol,side,quantity,entry_price,exit_price,gross_pnl,fees,funding,net_pnl,exit_reason";
    table(header, round_trips, line)
}

/// `time,equity,balance,drawdown_pct`, and a line per bar.
///
/// # Errors
/// As [`trades_csv`].
pub fn equity_csv(equity: &[EquityLine]) -> Result<Vec<String>, ReferenceError> {
    let line = |line: &EquityLine| {
        let (equity, balance) = (plain(&line.equity)?, plain(&line.balance)?);
        Ok(format!("{},{equity},{balance},{}", rfc3339(line.time), plain(&rounded(&line.drawdown_pct, 6))?))
    };
    table("time,equity,balance,drawdown_pct", equity, line)
}

fn table<T>(
    header: &str,
    rows: &[T],
    line: impl Fn(&T) -> Result<String, ReferenceError>,
) -> Result<Vec<String>, ReferenceError> {
    let mut lines = vec![header.to_owned()];
    for row in rows {
        lines.push(line(row)?);
    }
    Ok(lines)
}
