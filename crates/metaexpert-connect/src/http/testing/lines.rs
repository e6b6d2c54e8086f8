//! A log for tests: what was logged, in text, nothing masked, so that a test sees what a mask would hide.

use std::{
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
};

use slog::{Drain, KV, Logger, OwnedKVList, Record, o};

/// What was logged. Cheap to clone; clones are the same log.
#[derive(Debug, Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// What writes into it.
    pub fn logger(&self) -> Logger {
        Logger::root(self.clone(), o!())
    }

    /// All of it, one record an element: `message name=value name=value`.
    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drain for Lines {
    type Ok = ();
    type Err = slog::Never;

    fn log(&self, record: &Record<'_>, _: &OwnedKVList) -> Result<(), slog::Never> {
        let mut line = Fields(record.msg().to_string());
        // Writing into a string does not fail.
        let _ = record.kv().serialize(record, &mut line);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line.0);
        Ok(())
    }
}

struct Fields(String);

impl slog::Serializer for Fields {
    fn emit_arguments(&mut self, key: slog::Key, value: &std::fmt::Arguments<'_>) -> slog::Result {
        write!(self.0, " {key}={value}")?;
        Ok(())
    }
}
