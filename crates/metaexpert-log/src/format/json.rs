//! A record as one JSON object on one line: the header of RFC 5424 by name, the level, the message, the fields.
//!
//! Its schema stands in `docs/api/log-record.schema.json`; a test holds what is written against it.

use slog::{BorrowedKV, Drain, KV, OwnedKVList, Record, Serializer};

use crate::{
    line::{Line, Value},
    process::{FACILITY, Process},
};

/// Writes records as JSON lines.
#[derive(Debug)]
pub(crate) struct JsonFormat {
    /// slog-json asks for a context; everything is in the record itself.
    no_context: OwnedKVList,
}

impl JsonFormat {
    pub(crate) fn new() -> Self {
        Self { no_context: slog::o!().into() }
    }

    /// Appends the line, with its end.
    pub(crate) fn write(&self, line: &Line, process: &Process, to: &mut Vec<u8>) {
        let start = to.len();
        let place = line.level.of_nowhere();
        let object = Object { line, process };
        let json = slog_json::Json::new(&mut *to).build();
        let written = json.log(&Record::new(&place, &format_args!(""), BorrowedKV(&object)), &self.no_context);
        // Nothing in here fails: memory takes every byte, and every value is a text, a number or none. Should it fail all
        // the same, a line that says so is better than half of one.
        if written.is_err() {
            to.truncate(start);
            to.extend_from_slice(b"{\"message\":\"a record could not be written as JSON\"}\n");
        }
    }
}

/// A record as slog-json asks for it.
struct Object<'a> {
    line: &'a Line,
    process: &'a Process,
}

impl KV for Object<'_> {
    fn serialize(&self, _record: &Record<'_>, to: &mut dyn Serializer) -> slog::Result {
        let Self { line, process } = self;
        to.emit_str("timestamp", line.timestamp())?;
        to.emit_u8("severity", line.level.severity())?;
        to.emit_u8("facility", FACILITY)?;
        to.emit_str("hostname", &process.host_name)?;
        to.emit_str("appname", &process.app_name)?;
        to.emit_u32("procid", process.id)?;
        to.emit_str("msgid", line.msgid())?;
        to.emit_str("level", line.level.name())?;
        to.emit_str("message", line.message())?;
        if let Some(time) = line.simulated_time() {
            to.emit_str("simulated_time", time)?;
        }
        for (key, value) in line.fields() {
            match value {
                Value::Text(range) => to.emit_str(key, line.text(range))?,
                Value::Unsigned(number) => to.emit_u64(key, *number)?,
                Value::Signed(number) => to.emit_i64(key, *number)?,
                Value::Float(number) => to.emit_f64(key, *number)?,
                Value::Bool(value) => to.emit_bool(key, *value)?,
                Value::Nothing => to.emit_none(key)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use slog::{o, record};

    use super::*;
    use crate::{line::Collector, stamp::Stamp};

    #[test]
    fn a_record_is_one_object_with_the_header_first_and_then_the_context() {
        let mut line = Line::new();
        let stamp = Stamp { wall: 1_767_323_045_123_456_789, simulated: Some(0) };
        let context = o!("symbol" => "BTCUSDT").into();
        let fields = slog::b!("price" => 1.5, "note" => "a\n\"b\"");
        Collector::new().collect(
            stamp,
            &record!(slog::Level::Info, crate::TRADE, &format_args!("bought"), fields),
            &context,
            &mut line,
        );
        let process = Process { host_name: "host".into(), app_name: "app".into(), id: 7 };
        let mut bytes = b"what stood there before".to_vec();
        JsonFormat::new().write(&line, &process, &mut bytes);
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            concat!(
                r#"what stood there before{"timestamp":"2026-01-02T03:04:05.123456Z","severity":5,"facility":1,"hostname":"host","#,
                r#""appname":"app","procid":7,"msgid":"trade","level":"TRADE","message":"bought","#,
                r#""simulated_time":"1970-01-01T00:00:00.000000Z","symbol":"BTCUSDT","price":1.5,"note":"a\n\"b\""}"#,
                "\n"
            )
        );
    }
}
