//! Rows in pages.

use std::{collections::VecDeque, path::PathBuf};

use metaexpert_core::{ChargeCause, Liquidity, OrderStatus, PositionSide, Price, Quantity, Reason, Side, UnixNanos};
use rusqlite::{Connection, Row};

use super::{ChargeLine, FundingLine, OrderLine, Period, TradeLine};
use crate::{
    StoreError,
    kept::reading::{currency, decimal, named, named_or_none, parsed, positive, symbol, time},
};

/// Rows of a page.
const PAGE: u32 = 1_000;

/// Lines of a journal, in the order of their times. Read page by page.
#[derive(Debug)]
pub struct Lines<'h, T> {
    connection: &'h Connection,
    path: PathBuf,
    period: Period,
    read: VecDeque<T>,
    /// The keys of the last row that was read; `None` when all were.
    after: Option<(i64, i64)>,
}

/// A kind of line and where it comes from.
pub trait Line: Sized {
    /// Rows whose two keys, their first columns, are above `?1, ?2`, in the order of those; times from `?3` on and before `?4`; at most
    /// `?5`. A page must not cost more than its rows.
    const SQL: &'static str;

    /// Where rows of a period begin by their first key: their time, for most.
    fn first_key(period: Period) -> i64 {
        period.from.unwrap_or(UnixNanos::MIN).as_nanos()
    }

    /// Reads such a row.
    ///
    /// # Errors
    /// Where a column has not what it is for.
    fn read(row: &Row<'_>) -> rusqlite::Result<Self>;
}

impl<'h, T: Line> Lines<'h, T> {
    pub(super) fn of(connection: &'h Connection, path: PathBuf, period: Period) -> Self {
        // Where rows go by their times, earlier ones are not even looked at.
        Self { connection, path, period, read: VecDeque::new(), after: Some((T::first_key(period), -1)) }
    }

    fn turn(&mut self, after: (i64, i64)) -> rusqlite::Result<()> {
        let from = self.period.from.unwrap_or(UnixNanos::MIN).as_nanos();
        let to = self.period.to.unwrap_or(UnixNanos::MAX).as_nanos();
        let mut statement = self.connection.prepare(T::SQL)?;
        let mut rows = statement.query((after.0, after.1, from, to, PAGE))?;
        let (mut last, mut count) = (None, 0);
        while let Some(row) = rows.next()? {
            self.read.push_back(T::read(row)?);
            (last, count) = (Some((row.get(0)?, row.get(1)?)), count + 1);
        }
        self.after = last.filter(|_| count == PAGE);
        Ok(())
    }
}

impl<T: Line> Iterator for Lines<'_, T> {
    type Item = Result<T, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.read.is_empty()
            && let Some(after) = self.after.take()
            && let Err(error) = self.turn(after)
        {
            // What comes after it would look like all that there is.
            self.read.clear();
            self.after = None;
            return Some(Err(StoreError::of_sqlite(&self.path, "reading the journal", &error)));
        }
        self.read.pop_front().map(Ok)
    }
}

impl Line for OrderLine {
    // In the order of runs, and of their numbers in a run, which is that of their times: orders have no index by time, for it would be
    // one page more that has to be written before each leaves.
    const SQL: &'static str = "
        SELECT * FROM (
            SELECT place, sequence, orders.time, name, venue_name, symbol, side, kind, time_in_force, effect, position_side, quantity, price,
                trigger_price, reason, status, filled, since
            FROM runs CROSS JOIN orders USING (run) WHERE place = ?1 AND sequence > ?2 AND orders.time >= ?3 AND orders.time < ?4
            ORDER BY place, sequence LIMIT ?5)
        UNION ALL SELECT * FROM (
            SELECT place, sequence, orders.time, name, venue_name, symbol, side, kind, time_in_force, effect, position_side, quantity, price,
                trigger_price, reason, status, filled, since
            FROM runs CROSS JOIN orders USING (run) WHERE place > ?1 AND orders.time >= ?3 AND orders.time < ?4
            ORDER BY place, sequence LIMIT ?5)
        LIMIT ?5";

    fn first_key(_: Period) -> i64 {
        0
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let price = |column: usize| match row.get_ref(column)? {
            rusqlite::types::ValueRef::Null => Ok(None),
            _ => positive(row, column, Price::new).map(Some),
        };
        Ok(Self {
            time: time(row, 2)?,
            order: row.get(3)?,
            venue_name: row.get(4)?,
            symbol: symbol(row, 5)?,
            side: named(row, 6, Side::from_name)?,
            kind: row.get(7)?,
            time_in_force: row.get(8)?,
            effect: row.get(9)?,
            position_side: named_or_none(row, 10, PositionSide::from_name)?,
            quantity: positive(row, 11, Quantity::new)?,
            price: price(12)?,
            trigger: price(13)?,
            reason: named(row, 14, Reason::from_name)?,
            status: named(row, 15, OrderStatus::from_name)?,
            filled: decimal(row, 16)?,
            since: time(row, 17)?,
        })
    }
}

impl Line for TradeLine {
    const SQL: &'static str =
        "SELECT time, id, trade_id, symbol, order_name, side, position_side, price, quantity, value, realized, currency,
            fee, fee_currency, liquidity, reason
        FROM trades WHERE (time, id) > (?1, ?2) AND time >= ?3 AND time < ?4 ORDER BY time, id LIMIT ?5";

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let realized = match row.get_ref(10)? {
            rusqlite::types::ValueRef::Null => None,
            _ => Some(decimal(row, 10)?),
        };
        Ok(Self {
            time: time(row, 0)?,
            trade: parsed(row, 2)?,
            symbol: symbol(row, 3)?,
            order: row.get(4)?,
            side: named(row, 5, Side::from_name)?,
            position_side: named(row, 6, PositionSide::from_name)?,
            // An option that expires worthless is closed at a price of zero.
            price: positive(row, 7, |price| if price.is_zero() { Some(Price::ZERO) } else { Price::new(price) })?,
            quantity: positive(row, 8, Quantity::new)?,
            value: decimal(row, 9)?,
            realized,
            currency: currency(row, 11)?,
            fee: decimal(row, 12)?,
            fee_currency: currency(row, 13)?,
            liquidity: named(row, 14, Liquidity::from_name)?,
            reason: named(row, 15, Reason::from_name)?,
        })
    }
}

impl Line for FundingLine {
    const SQL: &'static str = "SELECT time, id, symbol, position_side, rate, amount, currency
        FROM fundings WHERE (time, id) > (?1, ?2) AND time >= ?3 AND time < ?4 ORDER BY time, id LIMIT ?5";

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            time: time(row, 0)?,
            symbol: symbol(row, 2)?,
            position_side: named_or_none(row, 3, PositionSide::from_name)?,
            rate: row.get(4)?,
            amount: decimal(row, 5)?,
            currency: currency(row, 6)?,
        })
    }
}

impl Line for ChargeLine {
    const SQL: &'static str = "SELECT time, id, cause, amount, currency
        FROM charges WHERE (time, id) > (?1, ?2) AND time >= ?3 AND time < ?4 ORDER BY time, id LIMIT ?5";

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            time: time(row, 0)?,
            cause: named(row, 2, ChargeCause::from_name)?,
            amount: decimal(row, 3)?,
            currency: currency(row, 4)?,
        })
    }
}
