//! Each call as a function: parameters in, reports out.
//!
//! The one decision: a call does not know what carries it. [`Via`] is a REST client, or a socket with the REST client behind it;
//! what is sent, what it costs and how the reply is read is the same.

mod algo; // conditional orders of futures
mod asking; // where orders stand
mod cancelling; // orders taken back
mod changing; // orders changed or replaced
mod placing; // orders

use std::future::Future;

use metaexpert_connect::{Endpoint, Failure, Lane, Params, Report, http::Client};
use metaexpert_core::config::MarginMode;

pub use algo::{cancel_algo, cancel_all_algo, history_algo, open_algo, query_algo};
pub use asking::{
    Page, amendments, exercises, forced, history, history_lists, open, open_lists, query, query_list, query_open, whole_history,
};
pub use cancelling::{Targets, cancel, cancel_all, cancel_all_of_underlying, cancel_batch, cancel_list, countdown};
pub use changing::{Replacement, WhenCancelFails, amend_batch_of_futures, amend_future, amend_spot, replace_spot};
pub use placing::{ListRequest, place, place_batch_of_futures, place_batch_of_options, place_list, test};

use super::{FuturesProduct, Refusal, responses::read_reply, words};
use crate::Product;

/// What a call says.
pub type Reports = Result<Vec<Report<'static>>, Failure>;

/// What carries a call to the exchange and brings the answer back.
pub trait Via: Sync {
    /// Sends a call and reads its answer.
    ///
    /// # Errors
    /// See [`Failure`].
    fn send(
        &self,
        product: Product,
        lane: Lane,
        endpoint: &'static Endpoint,
        params: Params,
    ) -> impl Future<Output = Reports> + Send;
}

impl Via for Client {
    async fn send(&self, product: Product, lane: Lane, endpoint: &'static Endpoint, params: Params) -> Reports {
        let reply = self.call_in(lane, endpoint, &params).await?;
        Ok(read_reply(product, endpoint, &reply)?)
    }
}

/// Where orders are taken: a product, and of margin the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Desk {
    /// Spot.
    Spot,
    /// Margin, of one of its accounts.
    Margin(MarginMode),
    /// Futures.
    Futures(FuturesProduct),
    /// European options.
    Options,
}

impl Desk {
    /// Its product.
    pub const fn product(self) -> Product {
        match self {
            Self::Spot => Product::Spot,
            Self::Margin(_) => Product::Margin,
            Self::Futures(product) => product.product(),
            Self::Options => Product::Options,
        }
    }

    /// The parameters that every call begins with.
    fn params(self, symbol: Option<&str>) -> Params {
        let params = Params::new().with_some("symbol", symbol);
        match self {
            Self::Margin(account) => params.with("isIsolated", words::is_isolated(account)),
            Self::Spot | Self::Futures(_) | Self::Options => params,
        }
    }

    /// The call does not exist there.
    fn without(self, call: &'static str) -> Failure {
        Failure::NotSent { endpoint: call, why: format!("{} has no such call", self.product()) }
    }
}

/// An order that is refused on this side is not sent.
fn not_sent(endpoint: &'static Endpoint) -> impl Fn(Refusal) -> Failure {
    |refusal| Failure::NotSent { endpoint: endpoint.name, why: refusal.to_string() }
}

/// Sends a call in its own lane.
async fn send(via: &impl Via, product: Product, endpoint: &'static Endpoint, params: Params) -> Reports {
    via.send(product, endpoint.lane, endpoint, params).await
}
