//! Ports, and the connections that come in there.
//!
//! The one decision: every task has an owner. Connections, sockets and the driver of time are tasks of one set, which is asked to end,
//! given a moment, and then ended.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::{Addressing, Exchange, Tls, admin, connection, driver};
use crate::clock::Clock;

/// How long sockets may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

/// A port that is opened.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    /// Where; port 0 for any.
    pub(crate) address: SocketAddr,
    /// The host that it stands for, where it stands for one.
    pub(crate) host: Option<String>,
}

/// What is served, and where.
pub(crate) struct Served {
    /// Where each door is, with the host that it stands for.
    pub(crate) doors: Vec<Door>,
    shared: Shared,
}

/// What every connection needs.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) exchange: Arc<Mutex<Exchange>>,
    pub(super) clock: Arc<Clock>,
    pub(super) addressing: Addressing,
    pub(super) router: axum::Router,
    tls: Option<Tls>,
    tasks: Arc<Mutex<JoinSet<()>>>,
}

/// Opens the doors and serves whoever comes in.
pub(crate) async fn serve(
    doors: &[Door],
    exchange: Arc<Mutex<Exchange>>,
    addressing: Addressing,
    tls: Option<Tls>,
) -> Result<Served, (SocketAddr, io::Error)> {
    let clock = exchange.lock().clock();
    let router = admin::router(exchange.clone());
    let shared = Shared { exchange, clock, addressing, router, tls, tasks: Arc::default() };
    let mut opened = Vec::new();
    let mut listeners = Vec::new();
    for door in doors {
        let listener = TcpListener::bind(door.address).await.map_err(|error| (door.address, error))?;
        let address = listener.local_addr().map_err(|error| (door.address, error))?;
        opened.push(Door { address, host: door.host.clone() });
        listeners.push((listener, door.host.clone()));
    }
    // Only now, so that nobody is let in where another door cannot be opened.
    for (listener, host) in listeners {
        shared.spawn(accept(listener, host, shared.clone()));
    }
    if shared.clock.time() == crate::clock::Time::Wall {
        shared.spawn(driver::drive(shared.clone()));
    }
    Ok(Served { doors: opened, shared })
}

impl Served {
    /// Closes every socket in good order, and ends.
    pub(crate) async fn end(self) {
        {
            let mut exchange = self.shared.exchange.lock();
            exchange.catch_up();
            exchange.close_all("the testnet stops");
            exchange.stop();
        }
        let mut tasks = std::mem::take(&mut *self.shared.tasks.lock());
        let all_gone = async { while tasks.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(GOODBYE, all_gone).await;
        tasks.shutdown().await;
        // A file that cannot be written is complained of by whoever flushes it next: it fails again.
        let _ = self.shared.exchange.lock().audit_mut().flush();
    }
}

impl Shared {
    /// Lets a task run until it ends, or all does.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Waits for the end to be asked for.
    pub(super) fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stopping = self.exchange.lock().stopping();
        async move {
            let _ = stopping.wait_for(|stopping| *stopping).await;
        }
    }
}

async fn accept(listener: TcpListener, host: Option<String>, shared: Shared) {
    let stopped = shared.stopped();
    tokio::pin!(stopped);
    loop {
        let accepted = tokio::select! {
            () = &mut stopped => return,
            accepted = listener.accept() => accepted,
        };
        // A connection that was lost before it was taken, or a process without handles left: the next one may do better.
        let Ok((stream, peer)) = accepted else {
            tokio::task::yield_now().await;
            continue;
        };
        shared.spawn(welcome(stream, peer.ip(), host.clone(), shared.clone()));
    }
}

async fn welcome(stream: TcpStream, peer: IpAddr, host: Option<String>, shared: Shared) {
    // Orders are small and must not wait for one another.
    let _ = stream.set_nodelay(true);
    let stopped = shared.stopped();
    match shared.tls.clone() {
        None => connection::serve(TokioIo::new(stream), peer, host, shared, stopped).await,
        Some(tls) => {
            // Who does not speak TLS here is not answered.
            if let Ok(stream) = tls.acceptor.accept(stream).await {
                connection::serve(TokioIo::new(stream), peer, host, shared, stopped).await;
            }
        }
    }
}
