//! What stands.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use parking_lot::Mutex;

use crate::{
    server::{Exchange, Served},
    setup::{ExchangeName, IssuedKey, Ready, ReadyPlace},
};

/// A testnet that runs until it is stopped or dropped.
pub struct Running {
    handle: Handle,
    served: Option<Served>,
    ready: Ready,
}

/// A way to the exchange, for whoever is to look at it or to meddle with it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Handle(Arc<Mutex<Exchange>>);

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("url", &self.ready.url).finish_non_exhaustive()
    }
}

impl Handle {
    /// Lets something be done with the exchange, while everybody else waits: `act` must not come back here.
    pub fn with<T>(&self, act: impl FnOnce(&mut Exchange) -> T) -> T {
        act(&mut self.0.lock())
    }

    /// Lets so much of the exchange's time pass; `false` where it passes by itself.
    pub fn advance(&self, by: Duration) -> bool {
        self.0.lock().advance(by)
    }

    /// Waits until somebody has asked for the end: [`Exchange::stop`], or `POST /testnet/stop`.
    pub async fn stopped(&self) {
        let mut stopping = self.0.lock().stopping();
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }
}

impl Running {
    pub(super) fn new(exchange: Arc<Mutex<Exchange>>, served: Served, name: ExchangeName, certificate: Option<PathBuf>) -> Self {
        let (http, ws) = if certificate.is_some() { ("https", "wss") } else { ("http", "ws") };
        let shared = served.doors.iter().find(|door| door.host.is_none()).map(|door| door.address);
        let base = |scheme: &str| shared.map(|address| format!("{scheme}://{address}")).unwrap_or_default();
        let place = |place: &crate::setup::Place| {
            let scheme = if place.what == "rest" { http } else { ws };
            let (host, path) = place.path.find('/').and_then(|end| place.path.split_at_checked(end)).unwrap_or((place.path, ""));
            let own = served.doors.iter().find(|door| door.host.as_deref() == Some(host));
            let url = own
                .map_or_else(|| format!("{}/{}", base(scheme), place.path), |door| format!("{scheme}://{}{path}", door.address));
            ReadyPlace { product: place.product.to_owned(), what: place.what.to_owned(), url }
        };
        let (exchange_name, keys) = {
            let exchange = exchange.lock();
            (exchange.name().to_owned(), exchange.keys().iter().map(Into::into).collect())
        };
        let ready = Ready {
            exchange: exchange_name,
            pid: std::process::id(),
            url: base(http),
            ws_url: base(ws),
            admin: format!("{}/testnet/", base(http)),
            places: name.places().iter().map(place).collect(),
            keys,
            certificate: certificate.map(|path| path.display().to_string()),
        };
        Self { handle: Handle(exchange), served: Some(served), ready }
    }

    /// Where it is, and who may come in.
    pub const fn ready(&self) -> &Ready {
        &self.ready
    }

    /// The base URL of HTTP: `http://127.0.0.1:8900`. An exchange's host follows, or one of its paths that only one host has.
    pub fn url(&self) -> &str {
        &self.ready.url
    }

    /// The same for sockets: `ws://127.0.0.1:8900`.
    pub fn ws_url(&self) -> &str {
        &self.ready.ws_url
    }

    /// What takes the place of `https://api.binance.com`.
    pub fn host_url(&self, host: &str) -> String {
        format!("{}/{host}", self.ready.url)
    }

    /// What takes the place of `wss://stream.binance.com`.
    pub fn ws_host_url(&self, host: &str) -> String {
        format!("{}/{host}", self.ready.ws_url)
    }

    /// The hosts that have a port of their own, and where.
    pub fn own_ports(&self) -> Vec<(String, SocketAddr)> {
        let own = |door: &crate::server::Door| Some((door.host.clone()?, door.address));
        self.served.iter().flat_map(|served| served.doors.iter().filter_map(own)).collect()
    }

    /// The keys that were issued.
    pub fn keys(&self) -> Vec<IssuedKey> {
        self.handle.with(|exchange| exchange.keys().to_vec())
    }

    /// A way to the exchange: its world, its faults, its audit.
    pub const fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Lets so much of the exchange's time pass; `false` where it passes by itself.
    pub fn advance(&self, by: Duration) -> bool {
        self.handle.advance(by)
    }

    /// Closes every socket in good order (1001), and ends.
    pub async fn stop(mut self) {
        if let Some(served) = self.served.take() {
            served.end().await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.served.is_some() {
            self.handle.with(|exchange| {
                exchange.close_all("the testnet stops");
                exchange.stop();
            });
        }
    }
}
