//! Rows in memory: for tests, for benchmarks, and for runs over the same rows again and again.

use std::sync::Arc;

use super::{MarketInfo, MarketRow, MarketRows, Tally};
use crate::DataError;

/// Rows that are read from memory. A clone begins at the first row and shares them.
#[derive(Debug)]
pub struct KeptRows {
    info: MarketInfo,
    rows: Arc<[MarketRow]>,
    read: usize,
}

/// Rows given out at a time, as many as a file gives.
const BATCH: usize = 4096;

impl KeptRows {
    /// Rows from memory; their prices and quantities have this many decimals. They are given out as they stand.
    pub fn new(rows: Vec<MarketRow>, price_scale: u32, quantity_scale: u32) -> Self {
        let mut tally = Tally::default();
        for row in &rows {
            tally.add(row);
        }
        Self { info: tally.info("memory".to_owned(), price_scale, quantity_scale), rows: rows.into(), read: 0 }
    }

    /// All rows of another source.
    ///
    /// # Errors
    /// As the source's own.
    pub fn from_source(mut source: impl MarketRows) -> Result<Self, DataError> {
        let (mut all, mut batch) = (Vec::new(), Vec::new());
        loop {
            source.read(&mut batch)?;
            if batch.is_empty() {
                return Ok(Self { info: source.info().clone(), rows: all.into(), read: 0 });
            }
            all.append(&mut batch);
        }
    }

    /// The rows.
    pub fn rows(&self) -> &[MarketRow] {
        &self.rows
    }
}

impl Clone for KeptRows {
    fn clone(&self) -> Self {
        Self { info: self.info.clone(), rows: Arc::clone(&self.rows), read: 0 }
    }
}

impl MarketRows for KeptRows {
    fn info(&self) -> &MarketInfo {
        &self.info
    }

    fn read(&mut self, rows: &mut Vec<MarketRow>) -> Result<(), DataError> {
        let rest = self.rows.get(self.read..).unwrap_or_default();
        let next = rest.get(..BATCH).unwrap_or(rest);
        rows.clear();
        rows.extend_from_slice(next);
        self.read += next.len();
        Ok(())
    }
}
