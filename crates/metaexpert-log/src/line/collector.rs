//! From slog to a line: every text masked, every name once, in the order they were written in.

use std::fmt::{self, Write};
use std::ops::Range;

use slog::{KV, Key, OwnedKVList, Record, Serializer};

use super::{Line, Value};
use crate::{
    Level, TRADE,
    mask::{FieldKind, Masker},
    names::{Name, Names},
    process::visible,
    stamp::{Stamp, TimeWriter},
};

/// RFC 5424, section 6: MSGID has at most 32 characters.
const MSGID_LENGTH: usize = 32;

/// Collects records, and remembers from one to the next what is the same in most of them.
#[derive(Debug)]
pub(crate) struct Collector {
    masker: Masker,
    names: Names,
    scratch: String,
    wall: TimeWriter,
    simulated: TimeWriter,
}

impl Collector {
    pub(crate) fn new() -> Self {
        Self {
            masker: Masker::new(),
            names: Names::new(),
            scratch: String::with_capacity(256),
            wall: TimeWriter::default(),
            simulated: TimeWriter::default(),
        }
    }

    /// Picks up what has become a secret since.
    pub(crate) fn refresh(&mut self) {
        self.masker.refresh();
    }

    /// Takes a record over into a line. Of two fields of one name the one nearer to the record counts: its own, then the innermost
    /// context's.
    pub(crate) fn collect(&mut self, stamp: Stamp, record: &Record<'_>, context: &OwnedKVList, line: &mut Line) {
        self.begin(stamp, record, line);
        line.message = self.push_shown(record.msg(), line);
        // slog hands over the last field first. An error can only come from a value that does not want to be written; what
        // was collected before it stays.
        let mut fields = Fields { collector: self, line };
        let _ = context.serialize(record, &mut fields);
        let own = fields.line.fields.len();
        let inherited = fields.line.msgid.take();
        let _ = record.kv().serialize(record, &mut fields);
        line.msgid = line.msgid.take().or(inherited);
        settle(&mut line.fields, own);
    }

    fn begin(&mut self, stamp: Stamp, record: &Record<'_>, line: &mut Line) {
        (line.level, line.trade) = (Level::of(record), record.tag() == TRADE);
        line.texts.clear();
        line.fields.clear();
        line.msgid = None;
        self.wall.write(stamp.wall, &mut line.texts);
        line.timestamp = 0..line.texts.len();
        line.simulated_time = stamp.simulated.map(|time| {
            let start = line.texts.len();
            self.simulated.write(time, &mut line.texts);
            start..line.texts.len()
        });
    }

    fn push_shown(&mut self, shown: &fmt::Arguments<'_>, line: &mut Line) -> Range<usize> {
        let start = line.texts.len();
        if let Some(text) = shown.as_str() {
            self.masker.mask_into(text, &mut line.texts);
        } else {
            self.scratch.clear();
            // A value that fails to show itself leaves what it has shown until then.
            let _ = self.scratch.write_fmt(*shown);
            self.masker.mask_into(&self.scratch, &mut line.texts);
        }
        start..line.texts.len()
    }

    fn name(&mut self, key: Key) -> Name {
        self.names.look_up(key, &self.masker)
    }
}

/// Puts fields into the order they were written in, context first, and drops those that a nearer one has replaced. `own` is the place
/// of the record's first own field.
fn settle(fields: &mut Vec<(Key, Value)>, own: usize) {
    // The context came innermost first, and within each part last first; the record's own fields last first.
    let (context, of_record) = fields.split_at_mut(own);
    context.reverse();
    of_record.reverse();
    let mut place = 0;
    while let Some((key, _)) = fields.get(place) {
        if fields.iter().skip(place + 1).any(|(later, _)| later == key) {
            fields.remove(place);
        } else {
            place += 1;
        }
    }
}

/// Takes the fields of one record.
struct Fields<'a> {
    collector: &'a mut Collector,
    line: &'a mut Line,
}

impl Fields<'_> {
    fn push(&mut self, key: Key, value: Value) {
        let name = self.collector.name(key);
        self.line.fields.push((name.key, value));
    }

    fn push_number(&mut self, key: Key, value: Value, shown: fmt::Arguments<'_>) {
        let name = self.collector.name(key);
        match name.kind {
            FieldKind::Open if !self.collector.masker.suspects_numbers() => self.line.fields.push((name.key, value)),
            FieldKind::Open => self.push_suspected(name.key, value, &shown),
            FieldKind::Secret | FieldKind::AccountNumber => self.push_shown(key, &shown),
        }
    }

    /// A number stays one unless it is, or holds, a registered secret.
    fn push_suspected(&mut self, key: Key, value: Value, shown: &fmt::Arguments<'_>) {
        let start = self.line.texts.len();
        let mut scratch = std::mem::take(&mut self.collector.scratch);
        scratch.clear();
        let _ = scratch.write_fmt(*shown);
        let is_secret = self.collector.masker.mask_into(&scratch, &mut self.line.texts);
        self.collector.scratch = scratch;
        if is_secret {
            self.line.fields.push((key, Value::Text(start..self.line.texts.len())));
        } else {
            self.line.texts.truncate(start);
            self.line.fields.push((key, value));
        }
    }

    fn push_shown(&mut self, key: Key, shown: &fmt::Arguments<'_>) {
        if let Some(text) = shown.as_str() {
            return self.push_str(key, text);
        }
        let mut scratch = std::mem::take(&mut self.collector.scratch);
        scratch.clear();
        // A value that fails to show itself leaves what it has shown until then.
        let _ = scratch.write_fmt(*shown);
        self.push_str(key, &scratch);
        self.collector.scratch = scratch;
    }

    fn push_str(&mut self, key: Key, text: &str) {
        let name = self.collector.name(key);
        if name.is_msgid {
            return self.push_msgid(text);
        }
        let start = self.line.texts.len();
        self.collector.masker.mask_field_into(name.kind, text, &mut self.line.texts);
        self.line.fields.push((name.key, Value::Text(start..self.line.texts.len())));
    }

    /// Masked before anything is taken out of it, which would leave half a secret that is not found any more, and once more after, for
    /// that may also have made one whole.
    fn push_msgid(&mut self, text: &str) {
        let masker = &self.collector.masker;
        let (mut once, mut masked) = (String::new(), String::new());
        masker.mask_into(text, &mut once);
        masker.mask_into(&visible(&once, once.len()), &mut masked);
        let start = self.line.texts.len();
        self.line.texts.push_str(&visible(&masked, MSGID_LENGTH));
        // The nearest comes first.
        self.line.msgid.get_or_insert(start..self.line.texts.len());
    }
}

/// Numbers go as numbers, unless their field is one that is masked.
macro_rules! emit_numbers {
    ($($emit:ident($type:ty) as $value:ident;)+) => { $(
        fn $emit(&mut self, key: Key, value: $type) -> slog::Result {
            self.push_number(key, Value::$value(value.into()), format_args!("{value}"));
            Ok(())
        }
    )+ };
}

impl Serializer for Fields<'_> {
    emit_numbers! {
        emit_u8(u8) as Unsigned;
        emit_u16(u16) as Unsigned;
        emit_u32(u32) as Unsigned;
        emit_u64(u64) as Unsigned;
        emit_i8(i8) as Signed;
        emit_i16(i16) as Signed;
        emit_i32(i32) as Signed;
        emit_i64(i64) as Signed;
        emit_f32(f32) as Float;
        emit_f64(f64) as Float;
    }

    fn emit_usize(&mut self, key: Key, value: usize) -> slog::Result {
        self.emit_u64(key, value as u64)
    }

    fn emit_isize(&mut self, key: Key, value: isize) -> slog::Result {
        self.emit_i64(key, value as i64)
    }

    fn emit_bool(&mut self, key: Key, value: bool) -> slog::Result {
        self.push(key, Value::Bool(value));
        Ok(())
    }

    fn emit_unit(&mut self, key: Key) -> slog::Result {
        self.push(key, Value::Nothing);
        Ok(())
    }

    fn emit_none(&mut self, key: Key) -> slog::Result {
        self.push(key, Value::Nothing);
        Ok(())
    }

    fn emit_str(&mut self, key: Key, value: &str) -> slog::Result {
        self.push_str(key, value);
        Ok(())
    }

    fn emit_arguments(&mut self, key: Key, value: &fmt::Arguments<'_>) -> slog::Result {
        self.push_shown(key, value);
        Ok(())
    }
}
