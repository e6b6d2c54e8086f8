//! Market streams: what a frame says, what topics are called, and how a connection for them is spoken to.
//!
//! The one decision: what kind of event a frame holds is found by looking at its first few fields, not by parsing it; then it is
//! read once, straight into the wire type of that kind. Frames are wrapped in the name of their topic (`/stream` connections),
//! since two of Binance's messages cannot be told apart without it: on futures a change of the book and its best levels have the
//! same form. The binary form (SBE) is not read here, nor are events of an account: those are in [`crate::user`].
//!
//! Left out: the trading sessions of tokenised stocks, and the parts of composite and asset indices. Their events are reported as
//! strange, and as the index alone.

pub mod dialect; // how a connection is spoken to
pub mod topics; // what can be asked for

mod fields; // the fields of an object, without reading what does not matter
mod frame; // topic, payload, kind of event   <- read first
mod levels; // levels of a book
mod plain; // JSON without spaces and escapes
mod table; // which product has which topics

mod agg_trade;
mod answer;
mod asset_index;
mod average_price;
mod block_trade;
mod book_ticker;
mod composite_index;
mod continuous_kline;
mod contract_info;
mod depth;
mod index_price;
mod kline;
mod liquidation;
mod mark_price;
mod mini_ticker;
mod open_interest;
mod option_mark;
mod option_symbol;
mod partial_depth;
mod price_kline;
mod reference_price;
mod shutdown;
mod ticker;
mod trade;
mod window_ticker;

use std::borrow::Cow;

use metaexpert_connect::{Malformed, Report, report::Service};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::Product;
use frame::{Form, Frame};

/// What a frame says. A single event, several, the answer to a subscription, or a refusal of it.
///
/// ```
/// use metaexpert_binance::{Product, stream};
/// use metaexpert_connect::Report;
/// let frame = br#"{"stream":"ethusdt@bookTicker","data":{"u":77,"s":"ETHUSDT","b":"2500.10","B":"3","a":"2500.20","A":"1.5"}}"#;
/// let reports = stream::read(Product::Spot, frame).unwrap();
/// assert!(matches!(reports.as_slice(), [Report::Quote(quote)] if quote.bid == 2500.1 && quote.ask_quantity == 1.5));
/// ```
///
/// # Errors
/// When nothing can be made of it, or of a part of it.
pub fn read(product: Product, frame: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let mut reports = Vec::new();
    read_into(product, frame, &mut |report| reports.push(report))?;
    Ok(reports)
}

/// [`read`] without a list: each report is told as it is read.
///
/// # Errors
/// As [`read`]. What could be read of a list was told, whatever is wrong with the rest.
pub fn read_into<'a>(product: Product, frame: &'a [u8], tell: &mut dyn FnMut(Report<'a>)) -> Result<(), Malformed> {
    let opened = frame::open(frame);
    match read_payload(product, &opened, tell) {
        Err(_) if opened.is_guessed => {
            // The quick look took all behind `"data":` for the payload. Fields may stand behind it one day.
            let opened = frame::open_slowly(frame);
            read_payload(product, &opened, tell).map_err(|bad| bad.malformed(product, frame))
        }
        result => result.map_err(|bad| bad.malformed(product, frame)),
    }
}

/// The topic that a frame is of: `btcusdt@depth20`. `None` where the frame does not say, or is an answer.
///
/// The reports of two topics can look the same where one book is shown twice (`@depth` and `@rpiDepth`); whoever asks for both
/// tells them apart by this.
pub fn topic(frame: &[u8]) -> Option<Cow<'_, str>> {
    frame::open(frame).topic
}

/// An event before it is read.
#[derive(Debug)]
struct Event<'a> {
    product: Product,
    topic: Option<&'a str>,
    /// The exchange's word for what it is; empty where it has none.
    kind: &'a str,
    json: &'a [u8],
}

impl<'a> Event<'a> {
    /// The event as its wire type.
    fn wire<T: serde::Deserialize<'a>>(&self) -> serde_json::Result<T> {
        serde_json::from_slice(self.json)
    }
}

/// Why nothing can be made of a payload, and what it was taken for.
#[derive(Debug)]
struct Bad {
    kind: String,
    why: String,
}

impl Bad {
    fn malformed(self, product: Product, frame: &[u8]) -> Malformed {
        Malformed::new(format!("{} of {product}", self.kind), self.why, frame)
    }
}

fn read_payload<'a>(product: Product, frame: &Frame<'a>, tell: &mut dyn FnMut(Report<'a>)) -> Result<(), Bad> {
    // A borrowed name is borrowed from the frame; one with escapes in it is of no use to events that borrow, and says no more
    // than the symbol in the event.
    let topic = match &frame.topic {
        Some(Cow::Borrowed(topic)) => Some(*topic),
        _ => None,
    };
    if !frame.payload.trim_ascii_start().starts_with(b"[") {
        return read_event(product, topic, frame.payload, tell);
    }
    let parts: Vec<&RawValue> =
        serde_json::from_slice(frame.payload).map_err(|why| Bad { kind: "list".into(), why: why.to_string() })?;
    let mut first_bad = Ok(());
    for part in parts {
        let result = read_event(product, topic, part.get().as_bytes(), tell);
        first_bad = first_bad.and(result);
    }
    first_bad
}

fn read_event<'a>(product: Product, topic: Option<&'a str>, json: &'a [u8], tell: &mut dyn FnMut(Report<'a>)) -> Result<(), Bad> {
    let form = frame::form(json);
    let kind = if let Form::Event(kind) = form { kind } else { "" };
    let event = Event { product, topic, kind, json };
    let result = match form {
        Form::Event(kind) => reader(kind)(&event, tell),
        Form::BookTicker => book_ticker::read(&event, tell),
        Form::PartialDepth => partial_depth::read(&event, tell),
        Form::Answer => answer::read(&event, tell),
        Form::Unknown => serde_json::from_slice(json)
            .and_then(|IgnoredAny| Err(serde::de::Error::custom("no kind of event (`e`), and not the fields of one without"))),
    };
    result.map_err(|why| Bad { kind: form.name().to_owned(), why: why.to_string() })
}

type Reader = for<'a> fn(&Event<'a>, &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()>;

/// Who reads which kind of event.
fn reader(kind: &str) -> Reader {
    match kind {
        "bookTicker" => book_ticker::read,
        "depthUpdate" => depth::read,
        "trade" => trade::read,
        "aggTrade" => agg_trade::read,
        "blockTrade" => block_trade::read,
        "kline" => kline::read,
        "continuous_kline" => continuous_kline::read,
        "indexPrice_kline" | "markPrice_kline" => price_kline::read,
        "markPriceUpdate" => mark_price::read,
        "markPrice" => option_mark::read,
        "indexPriceUpdate" | "indexPrice" => index_price::read,
        "compositeIndex" => composite_index::read,
        "assetIndexUpdate" => asset_index::read,
        "24hrMiniTicker" => mini_ticker::read,
        "24hrTicker" => ticker::read,
        "1hTicker" | "4hTicker" | "1dTicker" => window_ticker::read,
        "avgPrice" => average_price::read,
        "referencePrice" => reference_price::read,
        "forceOrder" => liquidation::read,
        "openInterest" => open_interest::read,
        "contractInfo" => contract_info::read,
        "optionSymbol" => option_symbol::read,
        "serverShutdown" => shutdown::read,
        _ => strange,
    }
}

/// An event of a kind that nobody here knows: it is named, and nothing else is said of it.
fn strange<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let IgnoredAny = event.wire()?;
    tell(Report::Service(Service::Strange { kind: event.kind.to_owned() }));
    Ok(())
}

#[cfg(test)]
mod testing;
