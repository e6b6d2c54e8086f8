//! The beginning and the end of being looked at.
//!
//! The one decision: measurements are kept from here to the end of the process, whoever reads them; an address to read them at is
//! loopback's unless somebody has said otherwise, for what an expert holds is nobody else's business.

use std::{io, net::SocketAddr, sync::OnceLock, time::Duration};

use tokio::{runtime::Handle, task::JoinHandle};

use crate::{health::Health, recorder::Recorder, server};

/// How often is looked whether experts get on, so that a long handler is known to be one when somebody asks.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// The recorder of this process. `metrics` takes one, once.
static RECORDER: OnceLock<Recorder> = OnceLock::new();

/// How a program can be looked at.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where `/metrics`, `/health` and `/ready` are served; port 0 takes any free one. Nowhere where it is `None`.
    pub address: Option<SocketAddr>,
    /// Whether others than this machine may look.
    pub is_exposed: bool,
    /// What `/health` and `/ready` tell.
    pub health: Health,
}

/// Why it cannot be looked at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ObserveError {
    /// The address is not loopback's, and nobody said that this is meant.
    #[error(
        "{address} can be reached from outside of this machine, and whoever does sees equity and positions; \
         use 127.0.0.1, or set `metrics_exposed`"
    )]
    Exposed {
        /// Which.
        address: SocketAddr,
    },
    /// The address cannot be had.
    #[error("{address} cannot be listened at: {error}")]
    Taken {
        /// Which.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// Somebody else keeps what is measured.
    #[error("another recorder of metrics is installed in this process")]
    RecorderTaken,
}

/// What serves; it ends when this is dropped.
#[derive(Debug)]
pub struct Running {
    address: Option<SocketAddr>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Where it is served.
    pub const fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// Ends it: the address is free again when this returns.
    pub async fn stop(mut self) {
        for task in self.tasks.drain(..) {
            task.abort();
            // Cancelled is what it was asked to be.
            let _ = task.await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Keeps what is measured from here on, and serves it on a runtime where an address is set. Where none is, nothing is kept, and a
/// measurement costs next to nothing.
///
/// # Errors
/// Where the address is not for this, or taken.
pub fn start(settings: Settings, runtime: &Handle) -> Result<Running, ObserveError> {
    let Some(address) = settings.address else {
        return Ok(Running { address: None, tasks: Vec::new() });
    };
    if !address.ip().is_loopback() && !settings.is_exposed {
        return Err(ObserveError::Exposed { address });
    }
    let taken = |error| ObserveError::Taken { address, error };
    let listener = std::net::TcpListener::bind(address).map_err(taken)?;
    listener.set_nonblocking(true).map_err(taken)?;
    let bound = listener.local_addr().map_err(taken)?;
    let _within = runtime.enter();
    let listener = tokio::net::TcpListener::from_std(listener).map_err(taken)?;
    let recorder = recorder()?;
    let health = settings.health;
    let page = server::Page { recorder, health: health.clone(), is_exposed: settings.is_exposed };
    let tasks = vec![runtime.spawn(server::serve(listener, page)), runtime.spawn(look(health))];
    Ok(Running { address: Some(bound), tasks })
}

/// The recorder of this process, installed by whoever comes first.
fn recorder() -> Result<Recorder, ObserveError> {
    // One at a time: the second of two would find its own recorder refused.
    static INSTALLING: parking_lot::Mutex<()> = parking_lot::Mutex::new(());
    let _installing = INSTALLING.lock();
    if let Some(recorder) = RECORDER.get() {
        return Ok(recorder.clone());
    }
    let recorder = Recorder::default();
    metrics::set_global_recorder(recorder.clone()).map_err(|_| ObserveError::RecorderTaken)?;
    Ok(RECORDER.get_or_init(|| recorder).clone())
}

async fn look(health: Health) {
    let mut ticks = tokio::time::interval(BETWEEN_LOOKS);
    loop {
        ticks.tick().await;
        let _ = health.is_alive(std::time::Instant::now());
    }
}
