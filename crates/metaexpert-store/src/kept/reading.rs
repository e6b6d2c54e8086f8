//! What was kept, out of the tables.
//!
//! The one decision: a start reads what stands and what is recent, never all of it. Every table that grows is read through an index.

use metaexpert_core::{
    ClientOrderId, Currency, Money, NewOrder, OrderStatus, PositionSide, Symbol, TradeId, UnixNanos, journal::KeptState,
    portfolio::Leg, risk::WrittenRisk,
};
use rusqlite::{Connection, OptionalExtension, Row};
use rust_decimal::Decimal;

use super::{Changes, Kept};

/// How long before the newest execution others are read: an exchange that is asked for executions since then tells them again. Three
/// days are more than any of them delays one.
const KNOWN_FOR: i64 = 3 * 86_400_000_000_000;
/// How many of them at most.
const KNOWN_MAX: u32 = 100_000;

type Read<T> = rusqlite::Result<T>;
/// As in [`Kept::orders`].
type Standing = (Symbol, NewOrder, Decimal, OrderStatus, UnixNanos);

impl Kept {
    /// All of it but the number of the run.
    pub(crate) fn read(connection: &Connection) -> Read<Self> {
        let last_trade = connection.query_row("SELECT max(time) FROM trades", [], |row| row.get::<_, Option<i64>>(0))?;
        Ok(Self {
            run: 0,
            runs: all(connection, "SELECT run FROM runs ORDER BY place", |row| row.get(0))?,
            balances: all(connection, "SELECT amount, currency FROM balances ORDER BY currency", balance)?,
            legs: all(connection, "SELECT symbol, side, quantity, cost, leverage, opened, entries FROM legs", leg)?,
            guards: all(connection, "SELECT symbol, side, json FROM guards", guard)?,
            booked: booked(connection)?,
            orders: orders(connection)?,
            names: all(connection, "SELECT strategy, run, sequence, venue_name FROM orders WHERE is_ended = 0", name)?,
            trades: last_trade.map_or(Ok(Vec::new()), |last| trades(connection, last))?,
            last_trade: last_trade.map(UnixNanos::from_nanos),
            begun: connection.query_row("SELECT begun FROM identity", [], |row| time(row, 0)).optional()?,
            state: connection.query_row("SELECT json, time FROM state", [], state).optional()?,
            risk: connection
                .query_row("SELECT json FROM risk", [], |row| json::<WrittenRisk>(row, 0))
                .optional()?
                .map(WrittenRisk::into_state),
        })
    }
}

fn all<T>(connection: &Connection, sql: &str, read: fn(&Row<'_>) -> Read<T>) -> Read<Vec<T>> {
    connection.prepare(sql)?.query_map([], read)?.collect()
}

fn orders(connection: &Connection) -> Read<Vec<Standing>> {
    let sql = "SELECT symbol, terms, changes, filled, status, since FROM orders WHERE is_ended = 0";
    let mut orders = all(connection, sql, order)?;
    orders.sort_by_key(|(_, order, ..)| (order.time, order.id));
    Ok(orders)
}

fn name(row: &Row<'_>) -> Read<(ClientOrderId, String)> {
    let sequence = u64::try_from(row.get::<_, i64>(2)?).unwrap_or_default();
    Ok((ClientOrderId { strategy: row.get(0)?, run: row.get(1)?, sequence }, row.get(3)?))
}

fn order(row: &Row<'_>) -> Read<Standing> {
    let mut order: NewOrder = json(row, 1)?;
    if row.get_ref(2)? != rusqlite::types::ValueRef::Null {
        let Changes { quantity, kind } = json(row, 2)?;
        (order.quantity, order.kind) = (quantity, kind);
    }
    Ok((symbol(row, 0)?, order, decimal(row, 3)?, named(row, 4, OrderStatus::from_name)?, time(row, 5)?))
}

fn trades(connection: &Connection, last: i64) -> Read<Vec<(Symbol, TradeId)>> {
    let sql = "SELECT symbol, trade_id FROM trades WHERE time >= ?1 ORDER BY time DESC, id DESC LIMIT ?2";
    let since = last.saturating_sub(KNOWN_FOR);
    connection.prepare(sql)?.query_map((since, KNOWN_MAX), |row| Ok((symbol(row, 0)?, parsed(row, 1)?)))?.collect()
}

/// What was booked in the days before the newest booking; an exchange that is asked since then tells it again.
fn booked(connection: &Connection) -> Read<Vec<(UnixNanos, Money)>> {
    let sql = "SELECT time, amount, currency FROM (SELECT time, amount, currency FROM fundings WHERE time >= ?1
               UNION ALL SELECT time, amount, currency FROM charges WHERE time >= ?1) ORDER BY time DESC LIMIT ?2";
    let newest = "SELECT max((SELECT coalesce(max(time), 0) FROM fundings), (SELECT coalesce(max(time), 0) FROM charges))";
    let since = connection.query_row(newest, [], |row| row.get::<_, i64>(0))?.saturating_sub(KNOWN_FOR);
    let read = |row: &Row<'_>| Ok((time(row, 0)?, Money::new(decimal(row, 1)?, currency(row, 2)?)));
    connection.prepare(sql)?.query_map((since, KNOWN_MAX), read)?.collect()
}

fn guard(row: &Row<'_>) -> Read<(Symbol, PositionSide, String)> {
    Ok((symbol(row, 0)?, named(row, 1, PositionSide::from_name)?, row.get(2)?))
}

fn balance(row: &Row<'_>) -> Read<Money> {
    Ok(Money::new(decimal(row, 0)?, currency(row, 1)?))
}

fn leg(row: &Row<'_>) -> Read<(Symbol, PositionSide, Leg)> {
    let leg = Leg {
        quantity: decimal(row, 2)?,
        cost: decimal(row, 3)?,
        leverage: row.get(4)?,
        opened: time(row, 5)?,
        entries: row.get(6)?,
    };
    Ok((symbol(row, 0)?, named(row, 1, PositionSide::from_name)?, leg))
}

fn state(row: &Row<'_>) -> Read<KeptState> {
    Ok(KeptState { json: row.get(0)?, time: time(row, 1)? })
}

/// A column of a kind that SQLite does not have, by its text; damaged where it has none.
fn by<T>(row: &Row<'_>, column: usize, read: impl FnOnce(&str) -> Option<T>) -> Read<T> {
    let text = row.get_ref(column)?.as_str()?;
    read(text).ok_or_else(|| {
        let said = format!("`{text}` is not what the column is for");
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, said.into())
    })
}

pub(crate) fn parsed<T: std::str::FromStr>(row: &Row<'_>, column: usize) -> Read<T> {
    by(row, column, |text| text.parse().ok())
}

pub(crate) fn decimal(row: &Row<'_>, column: usize) -> Read<Decimal> {
    parsed(row, column)
}

pub(crate) fn symbol(row: &Row<'_>, column: usize) -> Read<Symbol> {
    by(row, column, Symbol::new)
}

pub(crate) fn currency(row: &Row<'_>, column: usize) -> Read<Currency> {
    by(row, column, |code| Some(Currency::new(code)))
}

pub(crate) fn named<T>(row: &Row<'_>, column: usize, from_name: fn(&str) -> Option<T>) -> Read<T> {
    by(row, column, from_name)
}

pub(crate) fn named_or_none<T>(row: &Row<'_>, column: usize, from_name: fn(&str) -> Option<T>) -> Read<Option<T>> {
    if row.get_ref(column)? == rusqlite::types::ValueRef::Null { Ok(None) } else { named(row, column, from_name).map(Some) }
}

pub(crate) fn positive<T>(row: &Row<'_>, column: usize, made: fn(Decimal) -> Option<T>) -> Read<T> {
    by(row, column, |text| made(text.parse().ok()?))
}

pub(crate) fn time(row: &Row<'_>, column: usize) -> Read<UnixNanos> {
    Ok(UnixNanos::from_nanos(row.get(column)?))
}

fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> Read<T> {
    by(row, column, |text| serde_json::from_str(text).ok())
}
