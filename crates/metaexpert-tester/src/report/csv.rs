//! Lines of comma-separated values, gathered in one buffer and written in large pieces.

use std::{fmt, io};

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;

use crate::{
    curve::lines::LineSink,
    digits::{Times, push_decimal},
};

/// Bytes that are gathered before they are written.
const PIECE: usize = 1 << 17;

/// A file on its way out. No value needs quotes: they are numbers, times, and names of letters, digits and `_`.
pub(super) struct Csv<'out> {
    out: &'out mut dyn io::Write,
    buffer: Vec<u8>,
    times: Times,
}

impl<'out> Csv<'out> {
    pub(super) fn new(out: &'out mut dyn io::Write, header: &str) -> Self {
        let mut buffer = Vec::with_capacity(PIECE + 1024);
        buffer.extend_from_slice(header.as_bytes());
        buffer.push(b'\n');
        Self { out, buffer, times: Times::default() }
    }

    pub(super) fn time(&mut self, time: UnixNanos) -> &mut Self {
        self.times.push(&mut self.buffer, time);
        self.end_value()
    }

    pub(super) fn decimal(&mut self, value: Decimal) -> &mut Self {
        push_decimal(&mut self.buffer, value);
        self.end_value()
    }

    pub(super) fn text(&mut self, value: &str) -> &mut Self {
        self.buffer.extend_from_slice(value.as_bytes());
        self.end_value()
    }

    /// What shows itself; nothing for `None`.
    pub(super) fn shown(&mut self, value: Option<&impl fmt::Display>) -> &mut Self {
        if let Some(value) = value {
            // Writing into a vector cannot fail.
            let _ = io::Write::write_fmt(&mut self.buffer, format_args!("{value}"));
        }
        self.end_value()
    }

    fn end_value(&mut self) -> &mut Self {
        self.buffer.push(b',');
        self
    }

    /// Ends a line whose last value was just written.
    pub(super) fn end_line(&mut self) -> io::Result<()> {
        if let Some(comma) = self.buffer.last_mut() {
            *comma = b'\n';
        }
        self.flush_if(self.buffer.len() >= PIECE)
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.flush_if(true)
    }

    fn flush_if(&mut self, due: bool) -> io::Result<()> {
        if due {
            self.out.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }
}

impl LineSink for Csv<'_> {
    type Error = io::Error;

    #[inline]
    fn line(&mut self, time: UnixNanos, columns: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        self.time(time);
        columns(&mut self.buffer);
        self.buffer.push(b'\n');
        self.flush_if(self.buffer.len() >= PIECE)
    }
}
