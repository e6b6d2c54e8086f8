//! A record as a line for people: `2026-01-02T03:04:05.123456Z INFO  [ema BTCUSDT] message key=value`.
//!
//! It is written on a decorator of slog-term, which knows the colours of a terminal; a file has one that knows none.

use std::io::{self, Write};

use slog_term::RecordDecorator;

use crate::{
    line::{Line, Value},
    process::Process,
};

/// The fields that stand in brackets before the message.
const IN_BRACKETS: [&str; 2] = ["expert_name", "symbol"];

/// Writes one record and the end of its line. A record is one line whatever its message holds.
pub(crate) fn write_text(line: &Line, process: &Process, to: &mut dyn RecordDecorator) -> io::Result<()> {
    to.start_timestamp()?;
    to.write_all(line.timestamp().as_bytes())?;
    to.start_whitespace()?;
    to.write_all(b" ")?;
    to.start_level()?;
    write_padded(line.level.name(), 5, to)?;
    to.start_whitespace()?;
    to.write_all(b" ")?;
    write_brackets(line, process, to)?;
    to.write_all(b" ")?;
    to.start_msg()?;
    write_on_one_line(line.message(), to)?;
    if let Some(time) = line.simulated_time() {
        write_key("simulated_time", to)?;
        to.write_all(time.as_bytes())?;
    }
    for (key, value) in line.fields().filter(|(key, value)| !(IN_BRACKETS.contains(key) && matches!(value, Value::Text(_)))) {
        write_key(key, to)?;
        match value {
            Value::Text(range) => write_value(line.text(range), to)?,
            Value::Unsigned(number) => write!(to, "{number}")?,
            Value::Signed(number) => write!(to, "{number}")?,
            Value::Float(number) => write!(to, "{number}")?,
            Value::Bool(value) => write!(to, "{value}")?,
            Value::Nothing => to.write_all(b"-")?,
        }
    }
    to.start_whitespace()?;
    to.write_all(b"\n")?;
    to.flush()
}

/// Whose record it is; the program's where it is no expert's.
fn write_brackets(line: &Line, process: &Process, to: &mut dyn RecordDecorator) -> io::Result<()> {
    to.write_all(b"[")?;
    let mut first = true;
    for text in IN_BRACKETS.iter().filter_map(|key| line.text_of(key)) {
        if !first {
            to.write_all(b" ")?;
        }
        write_on_one_line(text, to)?;
        first = false;
    }
    if first {
        to.write_all(process.app_name.as_bytes())?;
    }
    to.write_all(b"]")
}

fn write_padded(word: &str, width: usize, to: &mut dyn RecordDecorator) -> io::Result<()> {
    to.write_all(word.as_bytes())?;
    (word.len()..width).try_for_each(|_| to.write_all(b" "))
}

fn write_key(key: &str, to: &mut dyn RecordDecorator) -> io::Result<()> {
    to.start_whitespace()?;
    to.write_all(b" ")?;
    to.start_key()?;
    write_on_one_line(key, to)?;
    to.start_separator()?;
    to.write_all(b"=")?;
    to.start_value()
}

/// A value as it is where it reads as one word, else in quotes.
fn write_value(text: &str, to: &mut dyn RecordDecorator) -> io::Result<()> {
    let is_word =
        !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || does_more_than_stand_there(c) || c == '"' || c == '=');
    if is_word { to.write_all(text.as_bytes()) } else { write!(to, "{text:?}") }
}

/// Text without anything that would end the line, move the cursor or recolour the terminal.
fn write_on_one_line(text: &str, to: &mut dyn RecordDecorator) -> io::Result<()> {
    if !text.contains(does_more_than_stand_there) {
        return to.write_all(text.as_bytes());
    }
    for c in text.chars() {
        if does_more_than_stand_there(c) { write!(to, "{}", c.escape_default())? } else { write!(to, "{c}")? }
    }
    Ok(())
}

/// Control characters, Unicode's ends of a line, and what turns the direction of reading, so that a line looks like another one.
fn does_more_than_stand_there(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Text without colours, into memory.
#[derive(Debug)]
pub(crate) struct Plain<'a>(pub(crate) &'a mut Vec<u8>);

impl Write for Plain<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl RecordDecorator for Plain<'_> {
    fn reset(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut dyn RecordDecorator) -> io::Result<()>) -> String {
        let mut bytes = Vec::new();
        write(&mut Plain(&mut bytes)).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_level_is_as_wide_as_the_usual_ones() {
        for (word, expected) in [("INFO", "INFO "), ("TRADE", "TRADE"), ("CRITICAL", "CRITICAL")] {
            assert_eq!(written(|to| write_padded(word, 5, to)), expected);
        }
    }

    #[test]
    fn no_character_does_more_than_stand_there() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            let text = format!("a{c}b");
            let (message, value) = (written(|to| write_on_one_line(&text, to)), written(|to| write_value(&text, to)));
            for shown in [message, value] {
                assert!(!shown.contains(does_more_than_stand_there), "{c:?}");
                assert_eq!(shown.lines().count(), 1, "{c:?}");
            }
        }
    }
}
