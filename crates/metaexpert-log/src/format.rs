//! How a record looks: as JSON, as text.

mod json; // one object a line, through slog-json
mod text; // one line for people, on slog-term's decorators

pub(crate) use json::JsonFormat;
pub(crate) use text::{Plain, write_text};
