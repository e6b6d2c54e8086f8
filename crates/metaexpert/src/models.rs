//! Queue model and latency of a replay: what the keys `queue_model` and `latency` say.

use std::path::Path;

use metaexpert_core::{
    ConfigError,
    config::{FillModel, Resolved},
};
use metaexpert_data::{LatencyRow, read_latencies};
use metaexpert_matching::latency::{Latency, LatencyRecord, Recorded};
use metaexpert_tester::Models;

use crate::exit::RunError;

/// The models of a replay; those of a run on bars, which has none, are tried all the same.
///
/// # Errors
/// Where a text is no model, or a file of latencies cannot be read or cannot be true.
pub(crate) fn models(resolved: &Resolved) -> Result<Models, RunError> {
    let config = &resolved.config;
    let refused = |key: &str, value: &str, rule: String| -> RunError {
        ConfigError { key: resolved.place_of(key), value: Some(value.to_owned()), rule, nearest: None }.into()
    };
    let queue = config.queue_model.parse().map_err(|why| refused("queue_model", &config.queue_model, format!("{why}")))?;
    let latency = match config.latency.trim().strip_prefix("file:") {
        None => {
            Latency::parse(&config.latency).map_err(|why| refused("latency", &config.latency, format!("is refused: {why}")))?
        }
        // A file is of no use to bars, and is not opened for them.
        Some(_) if matches!(config.fill_model, FillModel::Ohlc | FillModel::Open) => Latency::default(),
        Some(path) => Latency::Recorded(recorded(Path::new(path)).map_err(|why| {
            let place = resolved.place_of("latency");
            RunError::Data(format!("{place}: {why}"))
        })?),
    };
    Ok(Models { queue, latency })
}

fn recorded(path: &Path) -> Result<Recorded, String> {
    let rows = read_latencies(path).map_err(|why| why.to_string())?;
    let record = |LatencyRow { sent, reached, answered, feed }: LatencyRow| LatencyRecord { sent, reached, answered, feed };
    Recorded::new(rows.into_iter().map(record)).map_err(|why| format!("{}: {why}", path.display()))
}
