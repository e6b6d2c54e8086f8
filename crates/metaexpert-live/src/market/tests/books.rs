//! Books that break and are built anew.

use super::*;
use crate::{
    Watcher,
    market::{
        Wanted,
        testing::{SETTINGS, ids},
    },
    queue,
};

/// An expert that listens to one book, with room for so many events.
async fn reader(room: usize) -> (Arc<Played>, MarketDesk, Outlet) {
    let exchange = Played::new();
    exchange.state.lock().book = (10, 1_000);
    let (inlet, mut outlet) = queue("trend", room);
    let wanted = vec![Wanted { bars: false, book: true, ..bars_of("BTCUSDT") }];
    let watcher = Watcher { expert: "trend".into(), inlet, wanted, timeframe: None, history: 0 };
    let desk = start(&exchange, vec![watcher]);
    exchange.news(StreamNews::Connected);
    pass(100).await;
    heard(&mut outlet);
    (exchange, desk, outlet)
}

#[tokio::test(start_paused = true)]
async fn a_book_is_whole_before_it_changes() {
    let (exchange, _desk, mut outlet) = reader(100).await;
    exchange.changes("BTCUSDT", 11, 1_001);
    assert!(heard(&mut outlet).is_empty(), "nobody knows yet what it is a change of");
    pass(100).await;
    exchange.changes("BTCUSDT", 12, 1_002);
    let whole = ["btc book whole 1000:1 ..", "btc book 1001:1"];
    assert_eq!(heard(&mut outlet), [&whole[..], &["btc book 1002:1"]].concat());
}

#[tokio::test(start_paused = true)]
async fn a_book_with_a_gap_is_gone_until_it_is_rebuilt() {
    let (exchange, _desk, mut outlet) = reader(100).await;
    exchange.changes("BTCUSDT", 11, 1_001);
    pass(100).await;
    heard(&mut outlet);
    exchange.state.lock().book = (20, 1_020);
    exchange.changes("BTCUSDT", 20, 1_020);
    assert_eq!(heard(&mut outlet), ["btc book whole 0:0"]);
    pass(1_000).await;
    assert_eq!(heard(&mut outlet), ["btc book whole 1020:1"]);
    assert_eq!(exchange.state.lock().books_asked, 2);
}

#[tokio::test(start_paused = true)]
async fn a_snapshot_that_cannot_be_had_is_asked_for_ever_more_seldom() {
    let (exchange, _desk, mut outlet) = reader(100).await;
    exchange.state.lock().fails = true;
    exchange.changes("BTCUSDT", 11, 1_001);
    pass(60_000).await;
    let asked = exchange.state.lock().books_asked;
    assert!((6..15).contains(&asked), "{asked}");
    exchange.state.lock().fails = false;
    pass(11_000).await;
    assert_eq!(heard(&mut outlet).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn of_a_book_that_is_lost_again_and_again_only_the_last_snapshot_is_asked_for() {
    let (exchange, _desk, mut outlet) = reader(100).await;
    exchange.state.lock().fails = true;
    for number in 11..41 {
        exchange.changes("BTCUSDT", number, 1_001);
        pass(100).await;
        exchange.lose();
        exchange.news(StreamNews::Connected);
    }
    exchange.changes("BTCUSDT", 41, 1_001);
    pass(60_000).await;
    exchange.state.lock().books_asked = 0;
    pass(60_000).await;
    let asked = exchange.state.lock().books_asked;
    assert!((5..10).contains(&asked), "{asked} in a minute");
    exchange.state.lock().fails = false;
    exchange.state.lock().book = (41, 1_000);
    pass(11_000).await;
    assert!(heard(&mut outlet).iter().any(|event| event.starts_with("btc book whole 1000:1")));
}

/// Keeps what is written down.
struct Lines(Arc<std::sync::Mutex<Vec<String>>>);

impl slog::Drain for Lines {
    type Ok = ();
    type Err = slog::Never;

    fn log(&self, record: &slog::Record<'_>, _: &slog::OwnedKVList) -> Result<(), slog::Never> {
        self.0.lock().unwrap().push(record.msg().to_string());
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_book_with_prices_that_are_none_asks_for_one_snapshot_and_says_so_seldom() {
    let exchange = Played::new();
    exchange.state.lock().book = (10, 1_000);
    let (inlet, mut outlet) = queue("trend", 100);
    // Half a tick: the played book is made of tenths.
    let mut wanted = Wanted { bars: false, book: true, ..bars_of("BTCUSDT") };
    wanted.listed.instrument.rules.tick_size = rust_decimal::dec!(0.2);
    let watcher = Watcher { expert: "trend".into(), inlet, wanted: vec![wanted], timeframe: None, history: 0 };
    let lines = Arc::default();
    let log = slog::Logger::root(Lines(Arc::clone(&lines)), slog::o!());
    let _desk = MarketDesk::start(Arc::clone(&exchange) as _, vec![watcher], SETTINGS, log).unwrap();
    exchange.news(StreamNews::Connected);
    exchange.changes("BTCUSDT", 11, 1_002);
    pass(100).await;
    exchange.state.lock().fails = true;
    exchange.state.lock().books_asked = 0;
    for number in 12..312 {
        exchange.changes("BTCUSDT", number, 1_001);
        pass(100).await;
    }
    let asked = exchange.state.lock().books_asked;
    assert!(asked < 10, "{asked} in half a minute");
    let gone = lines.lock().unwrap().iter().filter(|line| line.starts_with("the book of BTCUSDT is gone")).count();
    assert!((1..5).contains(&gone), "{gone} lines");
    exchange.state.lock().fails = false;
    exchange.state.lock().book = (311, 1_004);
    heard(&mut outlet);
    pass(11_000).await;
    assert!(heard(&mut outlet).iter().any(|event| event.starts_with("btc book whole")), "the answer was of use");
}

#[tokio::test(start_paused = true)]
async fn a_lost_stream_leaves_no_book() {
    let (exchange, _desk, mut outlet) = reader(100).await;
    exchange.changes("BTCUSDT", 11, 1_001);
    pass(100).await;
    heard(&mut outlet);
    exchange.lose();
    assert_eq!(heard(&mut outlet), ["btc book whole 0:0", "btc unreachable"]);
}

#[tokio::test(start_paused = true)]
async fn who_is_too_slow_loses_the_book_and_gets_all_of_it_when_there_is_room() {
    let (exchange, _desk, mut outlet) = reader(4).await;
    exchange.changes("BTCUSDT", 11, 1_001);
    pass(100).await;
    for number in 12..40_u64 {
        exchange.changes("BTCUSDT", number, 990 + i64::try_from(number).unwrap());
    }
    let words = heard(&mut outlet);
    assert_eq!(words.last().map(String::as_str), Some("btc book whole 0:0"));
    assert_eq!(words.len(), 5, "no more waits than there is room for, and that the book is gone: {words:?}");
    pass(500).await;
    let words = heard(&mut outlet);
    assert!(words[0].starts_with("btc book whole"), "{words:?}");
    assert_eq!(words.len(), 30, "all levels");
    exchange.changes("BTCUSDT", 40, 1_030);
    assert_eq!(heard(&mut outlet), ["btc book 1030:1"]);
}

#[tokio::test(start_paused = true)]
async fn that_a_book_was_gone_for_a_slow_expert_is_written_down() {
    let exchange = Played::new();
    exchange.state.lock().book = (10, 1_000);
    let (inlet, _outlet) = queue("trend", 4);
    let wanted = vec![Wanted { bars: false, book: true, ..bars_of("BTCUSDT") }];
    let watcher = Watcher { expert: "trend".into(), inlet, wanted, timeframe: None, history: 0 };
    let lines = Arc::default();
    let log = slog::Logger::root(Lines(Arc::clone(&lines)), slog::o!());
    let _desk = MarketDesk::start(Arc::clone(&exchange) as _, vec![watcher], SETTINGS, log).unwrap();
    exchange.news(StreamNews::Connected);
    for number in 11..30 {
        exchange.changes("BTCUSDT", number, 1_001);
        pass(100).await;
    }
    let lines = lines.lock().unwrap();
    let slow = lines.iter().filter(|line| line.starts_with("trend is too slow")).collect::<Vec<_>>();
    assert!(matches!(slow[..], [line] if line.contains("; 1 books were gone")), "{slow:?}");
}

#[tokio::test(start_paused = true)]
async fn one_slow_reader_takes_nothing_from_the_others() {
    let exchange = Played::new();
    exchange.state.lock().book = (10, 1_000);
    let wanted = || vec![Wanted { bars: false, book: true, instrument: ids()[0], ..bars_of("BTCUSDT") }];
    let watcher = |inlet| Watcher { expert: "trend".into(), inlet, wanted: wanted(), timeframe: None, history: 0 };
    let ((slow, _slow_outlet), (quick, mut outlet)) = (queue("slow", 2), queue("quick", 100));
    let _desk = start(&exchange, vec![watcher(slow), watcher(quick)]);
    exchange.news(StreamNews::Connected);
    exchange.changes("BTCUSDT", 11, 1_001);
    pass(100).await;
    heard(&mut outlet);
    for number in 12..40_u64 {
        exchange.changes("BTCUSDT", number, 1_000);
    }
    assert_eq!(heard(&mut outlet).len(), 28);
}
