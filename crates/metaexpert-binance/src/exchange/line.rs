//! What carries calls about orders: a socket where there is one, HTTP behind it.

use std::sync::Arc;

use metaexpert_connect::{
    Endpoint, Lane, Params,
    http::Client,
    ws::{Caller, Written},
};

use super::BinanceExchange;
use crate::{
    Product,
    orders::{Reports, Via, ws_api::SocketFirst},
};

/// One call's way, and who wants to know when the socket took it.
pub(super) struct Line {
    rest: Client,
    socket: Option<Arc<SocketFirst<Caller>>>,
    written: Option<Written>,
}

impl BinanceExchange {
    /// The way of the moment.
    pub(super) fn line(&self, written: Option<Written>) -> Line {
        Line { rest: self.client.clone(), socket: self.socket.lock().clone(), written }
    }
}

impl Via for Line {
    async fn send(&self, product: Product, lane: Lane, endpoint: &'static Endpoint, params: Params) -> Reports {
        match &self.socket {
            Some(socket) => socket.send_noting(product, lane, endpoint, params, self.written.clone()).await,
            None => self.rest.send(product, lane, endpoint, params).await,
        }
    }
}
