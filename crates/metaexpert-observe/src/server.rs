//! What is answered over HTTP: `/metrics`, `/health`, `/ready`, and nothing that changes anything.
//!
//! The one decision: it can only be read, by few at a time, each for a short while. Where it is for this machine alone, a page of
//! somebody else's that a browser shows may not read it either: such a page names its own host.

use std::{convert::Infallible, net::IpAddr, sync::Arc, time::Duration};

use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HOST},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    health::{Health, Verdict},
    recorder::Recorder,
};

/// How many are answered at a time. One Prometheus and a few people are expected.
const READERS_MAX: usize = 16;
/// How long one of them may take, slow networks included.
const READING_MAX: Duration = Duration::from_secs(10);
/// How long to wait where a connection could not be accepted: there are too many files open.
const AFTER_FAILURE: Duration = Duration::from_millis(100);

/// What can be read.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) recorder: Recorder,
    pub(crate) health: Health,
    pub(crate) is_exposed: bool,
}

/// Answers until it is aborted.
pub(crate) async fn serve(listener: TcpListener, page: Page) {
    let places = Arc::new(Semaphore::new(READERS_MAX));
    // Dropped with this, and its tasks with it.
    let mut readers = JoinSet::new();
    loop {
        // It is never closed.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => drop(readers.spawn(read(stream, page.clone(), place))),
            Err(_) => sleep(AFTER_FAILURE).await,
        }
        while readers.try_join_next().is_some() {}
    }
}

async fn read(stream: TcpStream, page: Page, _place: OwnedSemaphorePermit) {
    let answer = service_fn(|request: Request<Incoming>| {
        let answer = answer(&request, &page);
        async { Ok::<_, Infallible>(answer) }
    });
    // One answer for each connection: who keeps it open would take a place from others.
    let connection = http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), answer);
    // Whoever goes away or takes too long gets no answer, and nobody else is concerned.
    let _ = timeout(READING_MAX, connection).await;
}

fn answer<B>(request: &Request<B>, page: &Page) -> Response<Full<Bytes>> {
    if !page.is_exposed && !asks_this_machine(request) {
        return told(StatusCode::FORBIDDEN, "text/plain", "asked by another name than this machine's own\n".to_owned());
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut refusal = told(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "it can only be read\n".to_owned());
        refusal.headers_mut().insert(ALLOW, hyper::header::HeaderValue::from_static("GET, HEAD"));
        return refusal;
    }
    match request.uri().path() {
        "/metrics" => told(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", page.recorder.text()),
        "/health" => judged(&page.health.is_alive(std::time::Instant::now())),
        "/ready" => judged(&page.health.is_ready()),
        path => {
            told(StatusCode::NOT_FOUND, "text/plain", format!("nothing is at {path}; there are /metrics, /health and /ready\n"))
        }
    }
}

/// Whether the host that was asked for is a name of this machine's own.
fn asks_this_machine<B>(request: &Request<B>) -> bool {
    // Without a host it is no browser that asks.
    let Some(host) = request.headers().get(HOST) else { return true };
    let Some(authority) = host.to_str().ok().and_then(|host| host.parse::<hyper::http::uri::Authority>().ok()) else {
        return false;
    };
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn judged(verdict: &Verdict) -> Response<Full<Bytes>> {
    let status = if verdict.ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    // A truth value and texts are always JSON.
    let json = serde_json::to_string(verdict).unwrap_or_default();
    told(status, "application/json", json + "\n")
}

fn told(status: StatusCode, content_type: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(content_type));
    response.headers_mut().insert(CACHE_CONTROL, hyper::header::HeaderValue::from_static("no-store"));
    response
}
