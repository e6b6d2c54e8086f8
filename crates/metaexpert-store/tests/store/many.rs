//! A journal that has grown: what a start reads does not grow with it.

use metaexpert_core::{
    Trade, UnixNanos,
    journal::{Journal, Record},
};

use crate::scene::*;

const HOUR: i64 = 3_600;

/// `METAEXPERT_STORE_TRADES=1000000` measures what a start takes by hand; without it there are few, of the same span of time.
#[test]
fn a_start_reads_what_stands_and_what_is_recent_however_much_there_is() {
    let count: u64 = std::env::var("METAEXPERT_STORE_TRADES").map_or(2_000, |count| count.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (store, kept) = open(&path);
    let mut journal = store.journal(&instruments());
    // One an hour, each with its order; every five hundredth order stands.
    for number in 1..=count {
        let name = id(kept.run, number);
        if number % 500 == 0 {
            journal.append(&order(kept.run, number)).unwrap();
        }
        let time = at(i64::try_from(number).unwrap() * HOUR);
        journal.record(Record::Trade(&Trade { time, ..trade(number, Some(name)) })).unwrap();
        journal.settle().unwrap();
    }
    drop(journal);
    store.close().unwrap();

    let begun = std::time::Instant::now();
    let (_store, kept) = open(&path);
    let size = std::fs::metadata(&path).unwrap().len() >> 20;
    println!("{count} trades, {size} MiB: opened in {:?}", begun.elapsed());
    // Three days, both ends included.
    assert_eq!(kept.trades.len(), 73);
    assert_eq!(kept.orders.len() as u64, count / 500);
    assert_eq!(kept.last_trade, Some(UnixNanos::from_nanos(at(i64::try_from(count).unwrap() * HOUR).as_nanos())));
}

#[test]
fn no_more_than_a_hundred_thousand_recent_executions_are_read_the_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    drop(open(&path));
    let row =
        "n, 1700000001000000000, 'BTCUSDT', NULL, 'buy', 'long', '1', '1', '1', '0', 'USDT', '0', 'USDT', 'taker', 'signal'";
    let count = "WITH RECURSIVE count (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < 100500)";
    let insert = format!("INSERT INTO trades {count} SELECT n, {row} FROM count");
    rusqlite::Connection::open(&path).unwrap().execute(&insert, []).unwrap();
    let kept = open(&path).1;
    assert_eq!((kept.trades.len(), kept.trades[0].1.as_str(), kept.trades[99_999].1.as_str()), (100_000, "100500", "501"));
}
