//! One record on its way out: collected from slog, masked, ready to be written in either format.
//!
//! The one decision: masking happens when a line is collected, to every text that comes in, before any format sees it. No way to a
//! file or a terminal leads around this.

mod collector; // from slog to a line

use std::ops::Range;

use slog::Key;

pub(crate) use self::collector::Collector;
use crate::{Level, TRADE};

/// One record. Used again for the next one, so that nothing is allocated once it has grown.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) level: Level,
    /// Whether it is of the category trade.
    pub(crate) trade: bool,
    /// All texts, one behind the other.
    texts: String,
    timestamp: Range<usize>,
    simulated_time: Option<Range<usize>>,
    message: Range<usize>,
    msgid: Option<Range<usize>>,
    fields: Vec<(Key, Value)>,
}

/// A field's value. Texts stand in the line's one buffer.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(Range<usize>),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Bool(bool),
    Nothing,
}

impl Line {
    pub(crate) fn new() -> Self {
        Self {
            level: Level::Info,
            trade: false,
            texts: String::with_capacity(1024),
            timestamp: 0..0,
            simulated_time: None,
            message: 0..0,
            msgid: None,
            fields: Vec::with_capacity(32),
        }
    }

    pub(crate) fn timestamp(&self) -> &str {
        self.text(&self.timestamp)
    }

    pub(crate) fn simulated_time(&self) -> Option<&str> {
        self.simulated_time.as_ref().map(|range| self.text(range))
    }

    pub(crate) fn message(&self) -> &str {
        self.text(&self.message)
    }

    /// What kind of record this is: its field `msgid`, else its category.
    pub(crate) fn msgid(&self) -> &str {
        match &self.msgid {
            Some(range) => self.text(range),
            None if self.trade => TRADE,
            None => "-",
        }
    }

    /// All fields, the context's first. Keys are those of slog, own names are told apart already.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (Key, &Value)> {
        self.fields.iter().map(|(key, value)| (*key, value))
    }

    /// The text of a field.
    pub(crate) fn text_of(&self, key: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| *name == key).and_then(|(_, value)| match value {
            Value::Text(range) => Some(self.text(range)),
            _ => None,
        })
    }

    pub(crate) fn text(&self, range: &Range<usize>) -> &str {
        self.texts.get(range.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
