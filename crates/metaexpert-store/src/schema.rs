//! The tables, and how a journal of an earlier version becomes one of today's.
//!
//! The one decision: a version is never changed once it was released; what is new is a further migration. Money is text, for a binary
//! fraction is no money; times are nanoseconds since 1970 in UTC.

/// Says that a database is a journal of ours: `MXJ1`.
pub(crate) const APPLICATION_ID: i32 = 0x4d58_4a31;

/// What makes version n + 1 out of version n, from n = 0.
pub(crate) const MIGRATIONS: &[&str] = &[V1];

/// The version that this program writes.
#[expect(clippy::cast_possible_truncation, reason = "there are not 2^32 migrations")]
pub(crate) const VERSION: u32 = MIGRATIONS.len() as u32;

const V1: &str = "
-- Whose journal it is.
CREATE TABLE identity (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    expert TEXT NOT NULL,
    strategy INTEGER NOT NULL,
    mode TEXT NOT NULL,
    venue TEXT NOT NULL,
    account TEXT NOT NULL,
    begun INTEGER NOT NULL,
    is_closed INTEGER NOT NULL
) STRICT;

CREATE TABLE runs (
    place INTEGER PRIMARY KEY,
    run INTEGER NOT NULL UNIQUE,
    begun INTEGER NOT NULL
) STRICT;

-- `terms` is the order as it was sent and `changes` what it has become, both whole; the columns beside them are for people. Its name is
-- its key, so that one page is all that an order costs before it leaves.
CREATE TABLE orders (
    run INTEGER NOT NULL REFERENCES runs (run),
    sequence INTEGER NOT NULL,
    strategy INTEGER NOT NULL,
    name TEXT NOT NULL,
    venue_name TEXT NOT NULL,
    time INTEGER NOT NULL,
    symbol TEXT NOT NULL,
    side TEXT NOT NULL,
    kind TEXT NOT NULL,
    time_in_force TEXT NOT NULL,
    effect TEXT NOT NULL,
    position_side TEXT,
    quantity TEXT NOT NULL,
    price TEXT,
    trigger_price TEXT,
    reason TEXT NOT NULL,
    terms TEXT NOT NULL,
    changes TEXT,
    status TEXT NOT NULL,
    filled TEXT NOT NULL,
    since INTEGER NOT NULL,
    is_ended INTEGER NOT NULL,
    PRIMARY KEY (run, sequence)
) STRICT, WITHOUT ROWID;
-- Only those that stand: a start reads them and no others.
CREATE INDEX orders_standing ON orders (run, sequence) WHERE is_ended = 0;

-- What was heard of orders, one line each.
CREATE TABLE order_events (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    time INTEGER NOT NULL,
    event TEXT NOT NULL,
    detail TEXT
) STRICT;

-- Changes that were asked for.
CREATE TABLE amendments (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    time INTEGER NOT NULL,
    quantity TEXT,
    price TEXT,
    trigger_price TEXT,
    FOREIGN KEY (run, sequence) REFERENCES orders (run, sequence)
) STRICT;

-- Executions. An order that an exchange executed need not be in this journal: it may have been sent before the journal was lost. One
-- execution that turns a one-way position has a line for each leg, and one between two orders of ours a line for each side.
CREATE TABLE trades (
    id INTEGER PRIMARY KEY,
    trade_id TEXT NOT NULL,
    time INTEGER NOT NULL,
    symbol TEXT NOT NULL,
    order_name TEXT,
    side TEXT NOT NULL,
    position_side TEXT NOT NULL,
    price TEXT NOT NULL,
    quantity TEXT NOT NULL,
    value TEXT NOT NULL,
    realized TEXT,
    currency TEXT NOT NULL,
    fee TEXT NOT NULL,
    fee_currency TEXT NOT NULL,
    liquidity TEXT NOT NULL,
    reason TEXT NOT NULL,
    UNIQUE (symbol, trade_id, side, position_side)
) STRICT;
CREATE INDEX trades_by_time ON trades (time, id);

-- Legs that are open.
CREATE TABLE legs (
    symbol TEXT NOT NULL,
    side TEXT NOT NULL,
    quantity TEXT NOT NULL,
    cost TEXT NOT NULL,
    leverage INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    PRIMARY KEY (symbol, side)
) STRICT, WITHOUT ROWID;

-- From where the exits of an open leg follow: the engine's own words.
CREATE TABLE guards (
    symbol TEXT NOT NULL,
    side TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (symbol, side)
) STRICT, WITHOUT ROWID;

-- What the account has now, and what it had at the end of each UTC day.
CREATE TABLE balances (
    currency TEXT PRIMARY KEY,
    amount TEXT NOT NULL,
    time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE balance_days (
    day INTEGER NOT NULL,
    currency TEXT NOT NULL,
    amount TEXT NOT NULL,
    PRIMARY KEY (day, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE fundings (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    symbol TEXT NOT NULL,
    position_side TEXT,
    rate REAL NOT NULL,
    amount TEXT NOT NULL,
    currency TEXT NOT NULL
) STRICT;
CREATE INDEX fundings_by_time ON fundings (time, id);

CREATE TABLE charges (
    id INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    cause TEXT NOT NULL,
    amount TEXT NOT NULL,
    currency TEXT NOT NULL
) STRICT;
CREATE INDEX charges_by_time ON charges (time, id);

-- Refusals and errors are counted by day; each one's words are in the log. An expert that is refused with every price fills no disk.
CREATE TABLE errors (
    day INTEGER NOT NULL,
    kind TEXT NOT NULL,
    times INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    last_text TEXT NOT NULL,
    PRIMARY KEY (day, kind)
) STRICT, WITHOUT ROWID;

-- What the next run goes on from: one line each, the last.
CREATE TABLE risk (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    json TEXT NOT NULL
) STRICT;
CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    json TEXT NOT NULL,
    time INTEGER NOT NULL
) STRICT;
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_made_by_the_migrations_alone() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        for step in MIGRATIONS {
            connection.execute_batch(step).unwrap();
        }
        let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap();
        let tables = count("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'");
        let strict = count("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND strict");
        assert_eq!((tables, strict), (15, 15), "a table that is not strict takes a float for money");
    }
}
