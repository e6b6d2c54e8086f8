//! Each stream's message, field for field as documented, with numbers of the tests' own.

use metaexpert_core::UnixNanos;
use rust_decimal::dec;

use super::floor::{INVERSE, LINEAR, OPTION, QUARTER, SOCKET, SPOT, bar, listening, ms, print, quote};
use crate::{
    listing::MarketId,
    market::AggregateTrade,
    news::{LevelChanges, MarketNews, News},
};

const STREAM: &str = "stream.binance.com";
const FSTREAM: &str = "fstream.binance.com";
const DSTREAM: &str = "dstream.binance.com";

/// What one stream sends of this news, a second after the start.
#[track_caller]
fn of_news(host: &str, path: &str, market: MarketId, news: MarketNews, expected: &str) {
    let mut hall = listening(host, path);
    hall.now = 1_000;
    hall.tell(&[News::Market(market, news)]);
    assert_eq!(hall.sent(SOCKET), [expected], "{host}{path}");
}

/// What one stream sends at a step, a second after the start.
#[track_caller]
fn of_step(host: &str, path: &str, step: u64, expected: &str) {
    let mut hall = listening(host, path);
    hall.now = 1_000;
    hall.tell(&[News::Market(SPOT, MarketNews::Print(print(1))), News::Market(LINEAR, MarketNews::Print(print(1)))]);
    hall.sent(SOCKET);
    hall.step(step - 1);
    assert_eq!(hall.sent(SOCKET), Vec::<String>::new(), "{host}{path} is not due yet");
    hall.step(step);
    assert_eq!(hall.sent(SOCKET), [expected], "{host}{path}");
}

fn levels() -> MarketNews {
    let bids = vec![(dec!(80000), dec!(1.5)), (dec!(79999), dec!(0))];
    MarketNews::Levels(LevelChanges { time: ms(950), ids: (101, 103), previous: 100, bids, asks: vec![(dec!(80001), dec!(2))] })
}

#[test]
fn a_trade() {
    of_news(
        STREAM,
        "/ws/btcusdt@trade",
        SPOT,
        MarketNews::Print(print(7)),
        r#"{"e":"trade","E":1795132801000,"s":"BTCUSDT","t":7,"p":"80000.50000000","q":"0.25000000","T":1795132800040,"m":true,"M":true}"#,
    );
    of_news(
        FSTREAM,
        "/public/ws/btcusdt@trade",
        LINEAR,
        MarketNews::Print(print(7)),
        r#"{"e":"trade","E":1795132801000,"T":1795132800040,"s":"BTCUSDT","t":7,"p":"80000.50","q":"0.250","X":"MARKET","m":true,"ps":"BTCUSDT","st":1}"#,
    );
    for stream in ["btcusdt@optionTrade", "btc-261225-90000-c@optionTrade"] {
        of_news(
            FSTREAM,
            &format!("/public/ws/{stream}"),
            OPTION,
            MarketNews::Print(print(7)),
            r#"{"e":"trade","E":1795132801000,"T":1795132800040,"s":"BTC-261225-90000-C","t":7,"p":"80000.500","q":"0.2500","X":"MARKET","S":"SELL","m":true}"#,
        );
    }
}

#[test]
fn the_best_bid_and_ask() {
    of_news(
        STREAM,
        "/ws/btcusdt@bookTicker",
        SPOT,
        MarketNews::Best(quote()),
        r#"{"u":99,"s":"BTCUSDT","b":"80000.00000000","B":"1.50000000","a":"80001.00000000","A":"2.00000000"}"#,
    );
    of_news(
        DSTREAM,
        "/ws/btcusd_perp@bookTicker",
        INVERSE,
        MarketNews::Best(quote()),
        r#"{"e":"bookTicker","u":99,"s":"BTCUSD_PERP","b":"80000.0","B":"2","a":"80001.0","A":"2","T":1795132800041,"E":1795132801000,"ps":"BTCUSD","st":2}"#,
    );
}

#[test]
fn best_prices_of_a_market_are_said_as_they_change_and_not_again_by_the_clock() {
    let mut hall = listening(STREAM, "/ws/btcusdt@bookTicker");
    hall.tell(&[News::Market(SPOT, MarketNews::Best(quote()))]);
    assert_eq!(hall.sent(SOCKET).len(), 1);
    for step in 1..=50 {
        hall.step(step);
    }
    assert_eq!(hall.sent(SOCKET), Vec::<String>::new());
}

#[test]
fn changes_of_a_book() {
    for (path, step) in [("/ws/btcusdt@depth@100ms", 1), ("/ws/btcusdt@depth", 10)] {
        let mut hall = listening(STREAM, path);
        hall.now = 1_000;
        hall.tell(&[News::Market(SPOT, levels())]);
        assert_eq!(hall.sent(SOCKET), Vec::<String>::new());
        hall.step(step);
        let levels =
            r#""b":[["80000.00000000","1.50000000"],["79999.00000000","0.00000000"]],"a":[["80001.00000000","2.00000000"]]"#;
        let head = r#""e":"depthUpdate","E":1795132801000,"s":"BTCUSDT","U":101,"u":103"#;
        assert_eq!(hall.sent(SOCKET), [format!("{{{head},{levels}}}")]);
        hall.step(step * 2);
        assert_eq!(hall.sent(SOCKET), Vec::<String>::new(), "nothing has changed since");
    }
    of_news(
        FSTREAM,
        "/public/ws/btcusdt@depth@0ms",
        LINEAR,
        levels(),
        r#"{"e":"depthUpdate","E":1795132801000,"T":1795132800950,"s":"BTCUSDT","ps":"BTCUSDT","st":1,"U":101,"u":103,"pu":100,"b":[["80000.00","1.500"],["79999.00","0.000"]],"a":[["80001.00","2.000"]]}"#,
    );
}

#[test]
fn the_first_levels_of_a_book() {
    let mut hall = listening(STREAM, "/ws/btcusdt@depth5@100ms");
    hall.step(1);
    let expected = r#"{"lastUpdateId":100,"bids":[["79999.00000000","1.00000000"],["79998.00000000","1.00000000"]],"asks":[["80001.00000000","1.00000000"],["80002.00000000","1.00000000"]]}"#;
    assert_eq!(hall.sent(SOCKET), [expected]);
    hall.step(2);
    assert_eq!(hall.sent(SOCKET), Vec::<String>::new());
    let mut hall = listening(FSTREAM, "/public/ws/btcusdt@depth20@500ms");
    hall.step(5);
    hall.sent(SOCKET);
    hall.floor.update_id = 104;
    hall.step(10);
    let [sent] = hall.sent(SOCKET).try_into().unwrap();
    assert!(sent.contains(r#""U":101,"u":104,"pu":100,"b":[["79999.00","1.000"]"#), "{sent}");
}

#[test]
fn aggregated_trades_go_out_when_the_taker_is_done() {
    let trade = |id| AggregateTrade {
        id,
        ids: (10, 12),
        time: ms(40),
        price: dec!(80000.5),
        quantity: dec!(0.75),
        buyer_is_maker: false,
    };
    let mut hall = listening(STREAM, "/ws/btcusdt@aggTrade");
    hall.now = 1_000;
    hall.floor.aggregates.push(trade(0));
    hall.tell(&[News::Market(SPOT, MarketNews::Print(print(10))), News::Market(SPOT, MarketNews::Print(print(12)))]);
    let spot = r#"{"e":"aggTrade","E":1795132801000,"s":"BTCUSDT","a":0,"p":"80000.50000000","q":"0.75000000","f":10,"l":12,"T":1795132800040,"m":false,"M":true}"#;
    assert_eq!(hall.sent(SOCKET), [spot]);
    let mut hall = listening(FSTREAM, "/market/ws/btcusdt@aggTrade");
    hall.now = 1_000;
    hall.floor.aggregates.push(trade(0));
    hall.tell(&[News::Market(LINEAR, MarketNews::Print(print(10)))]);
    assert_eq!(hall.sent(SOCKET), Vec::<String>::new(), "futures send them each 100 ms");
    hall.step(1);
    let linear = r#"{"e":"aggTrade","E":1795132801000,"s":"BTCUSDT","a":0,"p":"80000.50","q":"0.750","nq":"0.750","f":10,"l":12,"T":1795132800040,"m":false,"ps":"BTCUSDT","st":1}"#;
    assert_eq!(hall.sent(SOCKET), [linear]);
}

#[test]
fn the_day() {
    of_step(
        STREAM,
        "/ws/btcusdt@ticker",
        10,
        r#"{"e":"24hrTicker","E":1795132801000,"s":"BTCUSDT","p":"1000.50000000","P":"1.266","w":"80000.00000000","x":"78990.00000000","c":"80000.50000000","Q":"0.25000000","b":"80000.00000000","B":"1.50000000","a":"80001.00000000","A":"2.00000000","o":"79000.00000000","h":"81000.00000000","l":"78000.00000000","v":"2.00000000","q":"160000.00000000","O":1795046401000,"C":1795132801000,"F":10,"L":19,"n":10}"#,
    );
    of_step(
        DSTREAM,
        "/ws/btcusd_perp@ticker",
        10,
        r#"{"e":"24hrTicker","E":1795132801000,"s":"BTCUSD_PERP","p":"1000.5","P":"1.266","w":"80000.0","c":"80000.5","Q":"0","o":"79000.0","h":"81000.0","l":"78000.0","v":"800","q":"1.00000000","O":1795046401000,"C":1795132801000,"F":10,"L":19,"n":10,"ps":"BTCUSD","st":2}"#,
    );
    let mini = r#"{"e":"24hrMiniTicker","E":1795132801000,"s":"BTCUSDT","c":"80000.50000000","o":"79000.00000000","h":"81000.00000000","l":"78000.00000000","v":"2.00000000","q":"160000.00000000"}"#;
    of_step(STREAM, "/ws/btcusdt@miniTicker", 10, mini);
    of_step(STREAM, "/ws/!miniTicker@arr", 10, &format!("[{mini}]"));
    let linear = r#"[{"e":"24hrMiniTicker","E":1795132801000,"s":"BTCUSDT","c":"80000.50","o":"79000.00","h":"81000.00","l":"78000.00","v":"2.000","q":"160000.00000000","ps":"BTCUSDT","st":1}]"#;
    of_step(DSTREAM, "/ws/!miniTicker@arr", 10, linear);
}

#[test]
fn the_day_of_options_is_sent_of_those_that_were_traded() {
    let day = r#"{"e":"24hrTicker","E":1795132801000,"s":"BTC-261225-90000-C","p":"1000.500","P":"1.27","w":"80000.000","c":"80000.500","Q":"0.2500","o":"79000.000","h":"81000.000","l":"78000.000","v":"2.0000","q":"160000.000","O":1795046401000,"C":1795132801000,"F":10,"L":19,"n":10}"#;
    of_step(FSTREAM, "/public/ws/btc-261225-90000-c@optionTicker", 10, day);
    let mut hall = listening(FSTREAM, "/public/ws/btcusdt@optionTicker@261225");
    hall.now = 1_000;
    hall.step(10);
    assert_eq!(hall.sent(SOCKET), Vec::<String>::new());
    hall.tell(&[News::Market(OPTION, MarketNews::Print(print(1)))]);
    hall.step(20);
    assert_eq!(hall.sent(SOCKET), [day]);
}

#[test]
fn the_last_hours_and_the_average_of_five_minutes() {
    of_step(
        STREAM,
        "/ws/btcusdt@ticker_1h",
        10,
        r#"{"e":"1hTicker","E":1795132801000,"s":"BTCUSDT","p":"1000.50000000","P":"1.266","o":"79000.00000000","h":"81000.00000000","l":"78000.00000000","c":"80000.50000000","w":"80000.00000000","v":"2.00000000","q":"160000.00000000","O":1795129200000,"C":1795132801000,"F":10,"L":19,"n":10}"#,
    );
    of_step(
        STREAM,
        "/ws/btcusdt@avgPrice",
        10,
        r#"{"e":"avgPrice","E":1795132801000,"s":"BTCUSDT","i":"5m","w":"80000.00000000","T":1795132800040}"#,
    );
    of_step(STREAM, "/ws/btcusdt@referencePrice", 10, r#"{"e":"referencePrice","s":"BTCUSDT","r":null,"t":1795132801000}"#);
}

#[test]
fn mark_prices_and_indices() {
    let linear = r#"{"e":"markPriceUpdate","E":1795132801000,"s":"BTCUSDT","p":"80000.25000000","i":"80000.00000000","P":"80000.12500000","r":"0.00010000","T":1795161600000,"ps":"BTCUSDT","st":1}"#;
    let quarter = linear
        .replace(r#""s":"BTCUSDT""#, r#""s":"BTCUSDT_261225""#)
        .replace(r#""r":"0.00010000","T":1795161600000"#, r#""r":"","T":0"#);
    let inverse =
        linear.replace(r#""s":"BTCUSDT""#, r#""s":"BTCUSD_PERP""#).replace(r#""ps":"BTCUSDT","st":1"#, r#""ps":"BTCUSD","st":2"#);
    of_step(FSTREAM, "/market/ws/btcusdt@markPrice@1s", 10, linear);
    of_step(FSTREAM, "/market/ws/btcusdt@markPrice", 30, linear);
    of_step(FSTREAM, "/market/ws/btcusdt_261225@markPrice@1s", 10, &quarter);
    of_step(DSTREAM, "/ws/btcusd@markPrice@1s", 10, &format!("[{inverse}]"));
    of_step(FSTREAM, "/market/ws/!markPrice@arr@1s", 10, &format!("[{linear},{quarter},{inverse}]"));
    of_step(
        DSTREAM,
        "/ws/btcusd@indexPrice@1s",
        10,
        r#"{"e":"indexPriceUpdate","E":1795132801000,"i":"BTCUSD","p":"80000.00000000"}"#,
    );
    of_step(FSTREAM, "/market/ws/!index@arr", 10, r#"[{"e":"indexPrice","E":1795132801000,"s":"BTCUSDT","p":"80000.00000000"}]"#);
    of_step(
        FSTREAM,
        "/market/ws/btcusdt@optionOpenInterest@261225",
        600,
        r#"[{"e":"openInterest","E":1795132801000,"s":"BTC-261225-90000-C","o":"12.5","h":"1000000"}]"#,
    );
}

#[test]
fn options_mark_prices_have_volatilities_and_greeks() {
    let mut hall = listening(FSTREAM, "/market/ws/btcusdt@optionMarkPrice");
    hall.step(10);
    let [sent] = hall.sent(SOCKET).try_into().unwrap();
    let lines: Vec<serde_json::Value> = serde_json::from_str(&sent).unwrap();
    let names: Vec<&str> = lines[0].as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected =
        ["s", "mp", "E", "e", "i", "P", "bo", "ao", "bq", "aq", "b", "a", "hl", "ll", "vo", "rf", "d", "t", "g", "v"];
    expected.sort_unstable();
    let mut names = names;
    names.sort_unstable();
    assert_eq!(names, expected);
    assert_eq!((&lines[0]["mp"], &lines[0]["vo"]), (&"80000.250".into(), &"0.50000000".into()));
}

#[test]
fn what_coins_are_worth_as_margin() {
    of_step(
        FSTREAM,
        "/market/ws/btcusd@assetIndex",
        10,
        r#"{"e":"assetIndexUpdate","E":1795132801000,"s":"BTCUSD","i":"80000.00000000","b":"0.10000000","a":"0.10000000","B":"72000.00000000","A":"88000.00000000","q":"0.05000000","g":"0.05000000","Q":"76000.00000000","G":"84000.00000000"}"#,
    );
}

#[test]
fn a_bar_goes_on_and_its_last_message_says_that_it_is_over() {
    let text = |open: i64, is_closed: bool| {
        let inner = format!(
            r#"{{"t":{open},"T":{},"s":"BTCUSDT","i":"1m","f":10,"L":13,"o":"80000.00000000","c":"80005.00000000","h":"80010.00000000","l":"79990.00000000","v":"3.00000000","n":4,"x":{is_closed},"q":"240000.00000000","V":"1.00000000","Q":"80000.00000000","B":"0"}}"#,
            open + 59_999
        );
        format!(r#"{{"e":"kline","E":1795132800000,"s":"BTCUSDT","k":{inner}}}"#)
    };
    let open = 1_795_132_800_000;
    let mut hall = listening(STREAM, "/ws/btcusdt@kline_1m");
    hall.floor.bars = vec![bar(0, false)];
    hall.step(10);
    assert_eq!(hall.sent(SOCKET), Vec::<String>::new(), "bars of a minute go out each two seconds");
    hall.step(20);
    assert_eq!(hall.sent(SOCKET), [text(open, false)]);
    // Two bars end before anything is sent again.
    hall.floor.bars = vec![bar(0, true), bar(1, true), bar(2, false)];
    hall.tell(&[News::Market(SPOT, MarketNews::BarClosed)]);
    assert_eq!(hall.sent(SOCKET), [text(open, true), text(open + 60_000, true)]);
    hall.step(40);
    assert_eq!(hall.sent(SOCKET), [text(open + 120_000, false)]);
}

#[test]
fn bars_of_contracts_name_what_they_are_of() {
    for (path, head) in [
        (
            "/market/ws/btcusdt_perpetual@continuousKline_1m",
            r#"{"e":"continuous_kline","E":1795132800000,"ps":"BTCUSDT","ct":"PERPETUAL","k":{"#,
        ),
        (
            "/market/ws/btcusdt_current_quarter@continuousKline_1m",
            r#"{"e":"continuous_kline","E":1795132800000,"ps":"BTCUSDT","ct":"CURRENT_QUARTER","k":{"#,
        ),
        ("/market/ws/btcusdt@kline_1m", r#"{"e":"kline","E":1795132800000,"s":"BTCUSDT","ps":"BTCUSDT","st":1,"k":{"#),
    ] {
        let mut hall = listening(FSTREAM, path);
        hall.floor.bars = vec![bar(0, false)];
        hall.step(3);
        let [sent] = hall.sent(SOCKET).try_into().unwrap();
        assert!(sent.starts_with(head), "{path}: {sent}");
    }
}

#[test]
fn a_contract_that_ends_is_told() {
    let ended = MarketNews::Ended(UnixNanos::parse("2026-12-25T08:00:00Z").unwrap(), dec!(80000));
    of_news(
        FSTREAM,
        "/market/ws/!contractInfo",
        QUARTER,
        ended,
        r#"{"e":"contractInfo","E":1795132801000,"s":"BTCUSDT_261225","ps":"BTCUSDT","ct":"CURRENT_QUARTER","dt":1798185600000,"ot":1795132800000,"cs":"SETTLING","st":1}"#,
    );
}
