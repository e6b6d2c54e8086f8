//! A frame's topic, its payload, and what form of event that is.
//!
//! The one decision: all of it is seen in the first bytes, for Binance writes `stream` before `data` and `e` first. Where it does
//! not, the fields are walked over until it is clear; their order decides nothing.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::fields::{Fields, plain_text};

/// A frame, opened.
#[derive(Debug, PartialEq)]
pub(super) struct Frame<'a> {
    /// The topic's name, where the frame says it.
    pub topic: Option<Cow<'a, str>>,
    /// The event, or a list of them.
    pub payload: &'a [u8],
    /// Whether the payload's end was taken for granted.
    pub is_guessed: bool,
}

/// Opens a frame by a look at how it begins.
pub(super) fn open(frame: &[u8]) -> Frame<'_> {
    quick(frame).unwrap_or_else(|| open_slowly(frame))
}

/// Opens a frame by walking over its fields.
pub(super) fn open_slowly(frame: &[u8]) -> Frame<'_> {
    let (mut stream, mut data) = (None, None);
    for (name, value) in Fields::of(frame) {
        match name {
            b"stream" => stream = Some(value),
            b"data" => data = Some(value),
            // An event without a wrapper, by the fields that they begin with. None of them has a field of either name.
            b"e" | b"E" | b"u" | b"s" | b"lastUpdateId" if stream.is_none() && data.is_none() => break,
            _ => {}
        }
    }
    // Walking over fields judges nothing, and the parser will see the payload alone.
    let is_whole = || serde_json::from_slice::<IgnoredAny>(frame).is_ok();
    match (stream, data) {
        (Some(stream), Some(data)) if is_whole() => {
            let topic = plain_text(stream).map(Cow::Borrowed).or_else(|| serde_json::from_slice(stream).ok().map(Cow::Owned));
            Frame { topic, payload: data, is_guessed: false }
        }
        _ => Frame { topic: None, payload: frame, is_guessed: false },
    }
}

/// `{"stream":"...","data":...}`, to the byte.
fn quick(frame: &[u8]) -> Option<Frame<'_>> {
    let rest = frame.strip_prefix(br#"{"stream":""#)?;
    let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..b' '))?;
    let (name, rest) = rest.split_at_checked(end)?;
    let payload = rest.strip_prefix(br#"","data":"#)?.trim_ascii_end().strip_suffix(b"}")?;
    Some(Frame { topic: Some(Cow::Borrowed(std::str::from_utf8(name).ok()?)), payload, is_guessed: true })
}

/// What form of event a payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form<'a> {
    /// One that says what it is.
    Event(&'a str),
    /// The best bid and ask of spot.
    BookTicker,
    /// The best levels of spot, and a snapshot as REST gives it, which recordings hold.
    PartialDepth,
    /// The answer to a request.
    Answer,
    /// None of them.
    Unknown,
}

impl Form<'_> {
    pub(super) const fn name(&self) -> &str {
        match self {
            Self::Event(kind) => kind,
            Self::BookTicker => "book ticker",
            Self::PartialDepth => "partial depth",
            Self::Answer => "answer",
            Self::Unknown => "frame",
        }
    }
}

/// Looks at the fields of a payload until its form is clear.
pub(super) fn form(payload: &[u8]) -> Form<'_> {
    let mut otherwise = Form::Unknown;
    for (name, value) in Fields::of(payload) {
        match name {
            b"e" => {
                if let Some(kind) = plain_text(value) {
                    return Form::Event(kind);
                }
            }
            b"lastUpdateId" => return Form::PartialDepth,
            b"result" | b"error" | b"code" => return Form::Answer,
            // COIN-M futures write `u` before `e`.
            b"u" => otherwise = Form::BookTicker,
            _ => {}
        }
    }
    otherwise
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_opened_whatever_the_order_and_the_spaces() {
        let frames = [
            r#"{"stream":"btcusdt@trade","data":{"e":"trade"}}"#,
            r#"{"data":{"e":"trade"},"stream":"btcusdt@trade"}"#,
            r#" { "stream" : "btcusdt@trade" , "data" : {"e":"trade"} } "#,
            r#"{"stream":"btcusdt\u0040trade","data":{"e":"trade"}}"#,
        ];
        for frame in frames {
            let opened = open(frame.as_bytes());
            assert_eq!(opened.topic.as_deref(), Some("btcusdt@trade"), "{frame}");
            assert_eq!(opened.payload, br#"{"e":"trade"}"#, "{frame}");
        }
    }

    #[test]
    fn an_event_without_a_wrapper_is_its_own_payload() {
        for frame in [r#"{"e":"trade"}"#, r#"[{"e":"trade"}]"#, r#"{"result":null,"id":1}"#, r#"{"stream":"btcusdt@trade"}"#, ""]
        {
            assert_eq!(open(frame.as_bytes()), Frame { topic: None, payload: frame.as_bytes(), is_guessed: false });
        }
    }

    #[test]
    fn the_form_shows_in_the_names_of_the_fields() {
        let cases = [
            (r#"{"e":"trade","u":1}"#, Form::Event("trade")),
            (r#"{"u":1,"e":"bookTicker"}"#, Form::Event("bookTicker")),
            (r#"{"u":1,"s":"BNBUSDT","b":"1"}"#, Form::BookTicker),
            (r#"{"lastUpdateId":1,"bids":[]}"#, Form::PartialDepth),
            (r#"{"E":1,"lastUpdateId":1}"#, Form::PartialDepth),
            (r#"{"id":1,"result":null}"#, Form::Answer),
            (r#"{"id":"x","error":{"code":1}}"#, Form::Answer),
            (r#"{"code":3,"msg":"?"}"#, Form::Answer),
            (r#"{"s":"BNBUSDT"}"#, Form::Unknown),
            (r#"{"e":5}"#, Form::Unknown),
            ("7", Form::Unknown),
        ];
        for (payload, form) in cases {
            assert_eq!(super::form(payload.as_bytes()), form, "{payload}");
        }
    }
}
