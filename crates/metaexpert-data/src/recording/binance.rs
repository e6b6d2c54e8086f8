//! Messages of Binance's public streams, and the answer of its REST endpoint for the book.
//!
//! Fields as in Binance's documentation, read 2026-07: spot "WebSocket Streams" and USD-M futures "Websocket Market Streams"
//! (Individual Symbol Book Ticker, Diff. Book Depth, Trade), "Order Book" of both REST interfaces. Spot's book ticker has no time.

use metaexpert_core::UnixNanos;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{DepthSnapshot, DepthUpdate, Message, Print, Quote, SCALE};
use crate::error::shown;

/// A message of a combined stream.
#[derive(Deserialize)]
struct Combined<'a> {
    #[serde(borrow)]
    stream: &'a str,
    #[serde(borrow)]
    data: &'a RawValue,
}

type Levels<'a> = Vec<[&'a str; 2]>;

#[derive(Deserialize)]
struct Depth<'a> {
    #[serde(rename = "E")]
    event_millis: i64,
    #[serde(rename = "T")]
    millis: Option<i64>,
    #[serde(rename = "U")]
    first: u64,
    #[serde(rename = "u")]
    last: u64,
    #[serde(rename = "pu")]
    previous: Option<u64>,
    #[serde(borrow, rename = "b")]
    bids: Levels<'a>,
    #[serde(borrow, rename = "a")]
    asks: Levels<'a>,
}

#[derive(Deserialize)]
struct Snapshot<'a> {
    #[serde(rename = "lastUpdateId")]
    last: u64,
    #[serde(rename = "T")]
    millis: Option<i64>,
    #[serde(borrow)]
    bids: Levels<'a>,
    #[serde(borrow)]
    asks: Levels<'a>,
}

#[derive(Deserialize)]
struct BookTicker<'a> {
    #[serde(rename = "T")]
    millis: Option<i64>,
    #[serde(rename = "u")]
    update: u64,
    #[serde(borrow, rename = "b")]
    bid: &'a str,
    #[serde(borrow, rename = "B")]
    bid_quantity: &'a str,
    #[serde(borrow, rename = "a")]
    ask: &'a str,
    #[serde(borrow, rename = "A")]
    ask_quantity: &'a str,
}

#[derive(Deserialize)]
struct Trade<'a> {
    #[serde(rename = "T")]
    millis: i64,
    #[serde(borrow, rename = "p")]
    price: &'a str,
    #[serde(borrow, rename = "q")]
    quantity: &'a str,
    #[serde(rename = "m")]
    buyer_is_maker: bool,
}

/// A line of a recording: when it was received, and what it says; or what is wrong with it.
pub(super) fn parse(line: &str) -> Result<(UnixNanos, Message), String> {
    let (local, json) = line.split_once(' ').ok_or("there is no space between time and message")?;
    let nanos = local.parse().map_err(|_| format!("`{}` is not a time in nanoseconds", shown(local.as_bytes())))?;
    Ok((UnixNanos::from_nanos(nanos), message(json)?))
}

fn message(json: &str) -> Result<Message, String> {
    let Ok(Combined { stream, data }) = serde_json::from_str::<Combined<'_>>(json) else {
        return serde_json::from_str(json).map_err(|error| bad("a stream's message or a snapshot", &error)).and_then(snapshot);
    };
    let data = data.get();
    let (_, kind) = stream.split_once('@').unwrap_or_default();
    match kind.split_once('@').map_or(kind, |(kind, _)| kind) {
        "depth" => serde_json::from_str(data).map_err(|error| bad(stream, &error)).and_then(depth),
        "bookTicker" => serde_json::from_str(data).map_err(|error| bad(stream, &error)).and_then(|data| quote(&data)),
        "trade" => serde_json::from_str(data).map_err(|error| bad(stream, &error)).and_then(|data| print(&data)),
        _ => Err(format!("stream `{}` is not `depth`, `bookTicker` or `trade`", shown(stream.as_bytes()))),
    }
}

fn bad(what: &str, error: &serde_json::Error) -> String {
    format!("is not a message of {}: {error}", shown(what.as_bytes()))
}

fn depth(data: Depth<'_>) -> Result<Message, String> {
    let Depth { event_millis, millis, first, last, previous, bids, asks } = data;
    if last < first {
        return Err(format!("`u` {last} is below `U` {first}"));
    }
    let time = time(millis.unwrap_or(event_millis))?;
    Ok(Message::Depth(DepthUpdate { time, first, last, previous, bids: levels(&bids)?, asks: levels(&asks)? }))
}

fn snapshot(data: Snapshot<'_>) -> Result<Message, String> {
    let Snapshot { last, millis, bids, asks } = data;
    let time = millis.map(time).transpose()?;
    Ok(Message::Snapshot(DepthSnapshot { time, last, bids: levels(&bids)?, asks: levels(&asks)? }))
}

fn quote(data: &BookTicker<'_>) -> Result<Message, String> {
    Ok(Message::Quote(Quote {
        time: data.millis.map(time).transpose()?,
        update: data.update,
        bid: (fixed(data.bid)?, fixed(data.bid_quantity)?),
        ask: (fixed(data.ask)?, fixed(data.ask_quantity)?),
    }))
}

fn print(data: &Trade<'_>) -> Result<Message, String> {
    Ok(Message::Print(Print {
        time: time(data.millis)?,
        price: fixed(data.price)?,
        quantity: fixed(data.quantity)?,
        buyer_is_taker: !data.buyer_is_maker,
    }))
}

fn levels(texts: &Levels<'_>) -> Result<Vec<(i64, i64)>, String> {
    texts.iter().map(|[price, quantity]| Ok((fixed(price)?, fixed(quantity)?))).collect()
}

fn time(millis: i64) -> Result<UnixNanos, String> {
    UnixNanos::from_millis(millis).ok_or_else(|| format!("`{millis}` is not a time in milliseconds"))
}

/// A decimal without sign and exponent, in units of 10^-8.
fn fixed(text: &str) -> Result<i64, String> {
    let refuse = |rule: &str| format!("`{}` {rule}", shown(text.as_bytes()));
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let decimals = decimals.trim_end_matches('0');
    if whole.is_empty() {
        return Err(refuse("is not a number"));
    }
    let missing = u32::try_from(decimals.len()).ok().and_then(|length| SCALE.checked_sub(length));
    let missing = missing.ok_or_else(|| refuse("has more than 8 decimals"))?;
    let mut value = 0_i64;
    for digit in whole.bytes().chain(decimals.bytes()) {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10).ok_or_else(|| refuse("is not a number"))?;
        value = value.checked_mul(10).and_then(|value| value.checked_add(digit.into())).ok_or_else(|| refuse("is too large"))?;
    }
    value.checked_mul(10_i64.pow(missing)).ok_or_else(|| refuse("is too large"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_to_the_last_decimal() {
        for (text, value) in [
            ("61800.20", Ok(6_180_020_000_000)),
            ("0.00000000", Ok(0)),
            ("1", Ok(100_000_000)),
            ("0.123456780000", Ok(12_345_678)),
            ("0.123456789", Err("`0.123456789` has more than 8 decimals")),
            ("-1", Err("`-1` is not a number")),
            ("", Err("`` is not a number")),
            ("1e5", Err("`1e5` is not a number")),
            ("92233720368547758.08", Err("`92233720368547758.08` is too large")),
        ] {
            assert_eq!(fixed(text), value.map_err(str::to_owned), "{text}");
        }
    }

    #[test]
    fn each_kind_of_message_is_read_with_its_numbers() {
        let of = |json: &str| parse(&format!("17 {json}")).unwrap().1;
        let futures = r#"{"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":5,"T":4,"s":"BTCUSDT","U":7,"u":9,"pu":6,"b":[["1.5","2"]],"a":[]}}"#;
        let (time, levels) = (UnixNanos::from_millis(4).unwrap(), vec![(150_000_000, 200_000_000)]);
        let update = DepthUpdate { time, first: 7, last: 9, previous: Some(6), bids: levels.clone(), asks: vec![] };
        assert_eq!(of(futures), Message::Depth(update.clone()));
        let spot = r#"{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":4,"s":"BTCUSDT","U":7,"u":9,"b":[["1.5","2"]],"a":[]}}"#;
        assert_eq!(of(spot), Message::Depth(DepthUpdate { previous: None, ..update }));
        let rest = r#"{"lastUpdateId":9,"E":5,"T":4,"bids":[["1.5","2"]],"asks":[]}"#;
        assert_eq!(of(rest), Message::Snapshot(DepthSnapshot { time: Some(time), last: 9, bids: levels, asks: vec![] }));
        let ticker = r#"{"stream":"btcusdt@bookTicker","data":{"u":9,"s":"BTCUSDT","b":"1","B":"2","a":"3","A":"4"}}"#;
        let (bid, ask) = ((100_000_000, 200_000_000), (300_000_000, 400_000_000));
        assert_eq!(of(ticker), Message::Quote(Quote { time: None, update: 9, bid, ask }));
        let trade = r#"{"stream":"btcusdt@trade","data":{"e":"trade","E":5,"T":4,"s":"BTCUSDT","t":1,"p":"1","q":"2","m":true}}"#;
        assert_eq!(of(trade), Message::Print(Print { time, price: bid.0, quantity: bid.1, buyer_is_taker: false }));
    }

    #[test]
    fn what_is_no_message_is_refused_with_what_is_wrong() {
        for (line, reason) in [
            ("17", "there is no space between time and message"),
            ("soon {}", "`soon` is not a time in nanoseconds"),
            (
                r#"17 {"stream":"btcusdt@kline_1m","data":{}}"#,
                "stream `btcusdt@kline_1m` is not `depth`, `bookTicker` or `trade`",
            ),
            ("17 {}", "is not a message of a stream's message or a snapshot: missing field `lastUpdateId` at line 1 column 2"),
            (
                r#"17 {"stream":"b@trade","data":{"T":4,"p":"1","q":"2"}}"#,
                "is not a message of b@trade: missing field `m` at line 1 column 23",
            ),
        ] {
            assert_eq!(parse(line).unwrap_err(), reason);
        }
    }
}
