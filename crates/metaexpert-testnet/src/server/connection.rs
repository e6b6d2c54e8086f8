//! HTTP: one connection, its requests one after another.
//!
//! The one decision: hyper serves the connection and axum only what is the testnet's own, since an answer must be able not to come:
//! the connection is closed in its place, or in the middle of its body, or stays silent for ever.

use std::{convert::Infallible, net::IpAddr};

use axum::body::Body;
use bytes::Bytes;
use futures_util::{StreamExt as _, future, stream};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Limited, StreamBody};
use hyper::{
    body::{Frame, Incoming},
    rt::{Read, Write},
    server::conn::http1,
    service::service_fn,
};
use tower_service::Service as _;

use super::{Answer, LONGEST_BODY, listener::Shared, socket};
use crate::{
    audit::Delivery,
    faults::Over,
    protocol::{Reply, Request as Asked},
};

/// The connection ends here.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the connection is cut")]
struct Cut;

/// Serves a connection until it ends, or all does.
pub(super) async fn serve(
    io: impl Read + Write + Unpin + Send + 'static,
    peer: IpAddr,
    host: Option<String>,
    shared: Shared,
    stopped: impl Future<Output = ()>,
) {
    let service = service_fn(|request| respond(request, peer, host.clone(), shared.clone()));
    let connection = http1::Builder::new().serve_connection(io, service).with_upgrades();
    tokio::pin!(connection, stopped);
    tokio::select! {
        // How a connection ended, its requests have put down.
        _ = &mut connection => {}
        () = stopped => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

async fn respond(request: Request<Incoming>, peer: IpAddr, host: Option<String>, shared: Shared) -> Result<Response<Body>, Cut> {
    let path = request.uri().path();
    if path == "/testnet" || path.starts_with("/testnet/") {
        let mut router = shared.router.clone();
        return Ok(router.call(request).await.unwrap_or_else(|never: Infallible| match never {}));
    }
    let (mut head, body) = request.into_parts();
    let named = head.uri.authority().map(http::uri::Authority::as_str).or_else(|| head.headers.get(header::HOST)?.to_str().ok());
    let (host, path) = shared.addressing.split(host.as_deref(), named, head.uri.path());
    let mut asked = Asked {
        host,
        method: head.method.clone(),
        path: path.to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers.clone(),
        body: Bytes::new(),
        peer,
    };
    if socket::is_wished(&head.headers) {
        let upgrade = head.extensions.remove::<hyper::upgrade::OnUpgrade>();
        return respond_to_socket(asked, upgrade, shared).await;
    }
    match Limited::new(body, LONGEST_BODY).collect().await {
        Ok(body) => asked.body = body.to_bytes(),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            let answer = shared.exchange.lock().refuse(&asked, StatusCode::PAYLOAD_TOO_LARGE);
            return deliver(answer, &shared).await;
        }
        // The client has gone in the middle of what it was saying.
        Err(_) => return Err(Cut),
    }
    let answer = ask(asked, shared.clone()).await?;
    deliver(answer, &shared).await
}

/// Has a request answered, at its time, whatever becomes of whoever sent it.
async fn ask(asked: Asked, shared: Shared) -> Result<Answer, Cut> {
    let passage = {
        let mut exchange = shared.exchange.lock();
        let passage = exchange.arrive(&asked, Over::Rest);
        // Nothing holds it back: the clock has gone on since, and a timer would cost it a millisecond.
        if passage.due <= shared.clock.elapsed() {
            return Ok(exchange.answer(&asked, passage));
        }
        passage
    };
    let (answered, answer) = tokio::sync::oneshot::channel();
    let inner = shared.clone();
    shared.spawn(async move {
        let stopped = inner.stopped();
        tokio::select! {
            () = inner.clock.reach(passage.due) => {
                let answer = inner.exchange.lock().answer(&asked, passage);
                if let Err(answer) = answered.send(answer) {
                    inner.exchange.lock().nobody_took(answer.number);
                }
            }
            () = stopped => {}
        }
    });
    answer.await.map_err(|_| Cut)
}

async fn respond_to_socket(
    asked: Asked,
    upgrade: Option<hyper::upgrade::OnUpgrade>,
    shared: Shared,
) -> Result<Response<Body>, Cut> {
    let (Some(upgrade), Some(accept)) = (upgrade, socket::accept_key(&asked.headers)) else {
        let answer = shared.exchange.lock().refuse(&asked, StatusCode::BAD_REQUEST);
        return deliver(answer, &shared).await;
    };
    let passage = shared.exchange.lock().arrive(&asked, Over::Socket);
    tokio::select! {
        () = shared.clock.reach(passage.due) => {}
        () = shared.stopped() => return Err(Cut),
    }
    let opened = shared.exchange.lock().open(&asked, passage);
    match opened {
        Ok(line) => {
            shared.spawn(socket::serve(upgrade, line, shared.clone()));
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
            response.headers_mut().extend([
                (header::CONNECTION, HeaderValue::from_static("upgrade")),
                (header::UPGRADE, HeaderValue::from_static("websocket")),
                (header::SEC_WEBSOCKET_ACCEPT, accept),
            ]);
            Ok(response)
        }
        Err(answer) => deliver(*answer, &shared).await,
    }
}

/// Sends an answer at its time, as much of it as is to be sent.
async fn deliver(answer: Answer, shared: &Shared) -> Result<Response<Body>, Cut> {
    if answer.due > shared.clock.elapsed() {
        let mut undelivered = Undelivered { number: Some(answer.number), shared };
        tokio::select! {
            () = shared.clock.reach(answer.due) => {}
            () = shared.stopped() => return Err(Cut),
        }
        undelivered.number = None;
    }
    match answer.delivery {
        Delivery::Whole | Delivery::NobodyThere => Ok(whole(answer.reply)),
        Delivery::Half => Ok(half(answer.reply)),
        Delivery::Cut => Err(Cut),
        Delivery::Never => {
            shared.stopped().await;
            Err(Cut)
        }
    }
}

/// Says that nobody was there, unless somebody was.
struct Undelivered<'a> {
    number: Option<u64>,
    shared: &'a Shared,
}

impl Drop for Undelivered<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.shared.exchange.lock().nobody_took(number);
        }
    }
}

fn whole(reply: Reply) -> Response<Body> {
    response(reply.status, reply.headers, Body::from(reply.body))
}

fn half(reply: Reply) -> Response<Body> {
    let mut headers = reply.headers;
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(reply.body.len()));
    let half = reply.body.slice(..reply.body.len() / 2);
    let cut = async {
        // What was sent before is on its way only when nothing follows at once.
        tokio::task::yield_now().await;
        Err(Cut)
    };
    let frames = stream::once(future::ready(Ok(Frame::data(half)))).chain(stream::once(cut));
    response(reply.status, headers, Body::new(StreamBody::new(frames)))
}

fn response(status: StatusCode, headers: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    response.headers_mut().extend(headers);
    response
}
