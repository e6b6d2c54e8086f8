//! Who follows the lives of orders: a collector of OpenTelemetry, where somebody wants that and the program was built for it.

#[cfg(feature = "otel")]
use std::sync::Arc;
use std::time::Duration;

use metaexpert_core::{ConfigError, config::Resolved};
use metaexpert_log::slog::Logger;
#[cfg(feature = "otel")]
use metaexpert_observe::traces::{self, Collector};
use tokio::runtime::Handle;

/// The collector, if there is one.
#[derive(Debug)]
pub(super) struct Traces {
    #[cfg(feature = "otel")]
    collector: Option<Arc<Collector>>,
}

#[cfg(feature = "otel")]
impl Traces {
    /// Has the orders of this process followed.
    ///
    /// # Errors
    /// Where the collector's address is none.
    pub(super) fn begin(resolved: &Resolved, log: &Logger, runtime: &Handle) -> Result<Self, ConfigError> {
        let Some(url) = &resolved.config.traces_url else { return Ok(Self { collector: None }) };
        let bad = |bad: traces::BadCollector| ConfigError::about(resolved.place_of("traces_url"), bad.to_string());
        let collector = Arc::new(Collector::begin(url.as_str(), SERVICE, runtime, log).map_err(bad)?);
        traces::follow(Arc::<Collector>::clone(&collector), crate::paper::wall_clock);
        Ok(Self { collector: Some(collector) })
    }

    /// Sends what is over, for no longer than this.
    pub(super) async fn end(&self, longest: Duration) {
        if let Some(collector) = &self.collector {
            collector.close(longest).await;
        }
    }
}

/// As what the program is known to the collector.
#[cfg(feature = "otel")]
const SERVICE: &str = "metaexpert";

/// Nobody follows them; a key that wants it was refused.
#[cfg(not(feature = "otel"))]
impl Traces {
    #[expect(clippy::unnecessary_wraps, reason = "as with the feature")]
    pub(super) const fn begin(_: &Resolved, _: &Logger, _: &Handle) -> Result<Self, ConfigError> {
        Ok(Self {})
    }

    #[expect(clippy::unused_async, reason = "as with the feature")]
    pub(super) async fn end(&self, _: Duration) {}
}
