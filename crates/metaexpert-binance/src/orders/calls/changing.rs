//! Orders are changed: in place, or by another in their place.

use metaexpert_connect::Params;
use metaexpert_core::Quantity;

use super::{Reports, Via, not_sent, placing::check_count, send};
use crate::{
    Product,
    orders::{ClientId, FuturesAmendment, FuturesProduct, SpotOrder, Target, endpoints::spot, requests::json_list},
};

/// Makes an order of spot smaller; it keeps its place in the queue. Without `new_id` the exchange gives it a new name.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn amend_spot(via: &impl Via, symbol: &str, target: &Target, quantity: Quantity, new_id: Option<&ClientId>) -> Reports {
    let params = target.put(Params::new().with("symbol", symbol), "orderId", "origClientOrderId");
    let params = params.with_some("newClientOrderId", new_id).with("newQty", quantity);
    send(via, Product::Spot, &spot::AMEND, params).await
}

/// An order of spot that is cancelled, and the one that is placed then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// Which one is cancelled.
    pub target: Target,
    /// Which one is placed, of the same symbol.
    pub order: SpotOrder,
    /// What becomes of it where the other cannot be cancelled.
    pub when_cancel_fails: WhenCancelFails,
}

/// What becomes of an order whose predecessor cannot be cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenCancelFails {
    /// It is not placed.
    Stop,
    /// It is placed.
    Place,
}

/// Cancels an order of spot and places another. Where one half fails, the other is told all the same.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn replace_spot(via: &impl Via, replacement: &Replacement) -> Reports {
    let Replacement { target, order, when_cancel_fails } = replacement;
    let params = order.params().map_err(not_sent(&spot::REPLACE))?;
    let mode = match when_cancel_fails {
        WhenCancelFails::Stop => "STOP_ON_FAILURE",
        WhenCancelFails::Place => "ALLOW_FAILURE",
    };
    let params = target.put(params.with("cancelReplaceMode", mode), "cancelOrderId", "cancelOrigClientOrderId");
    send(via, Product::Spot, &spot::REPLACE, params).await
}

/// Changes a limit order of futures. It goes to the end of the queue.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn amend_future(via: &impl Via, product: FuturesProduct, amendment: &FuturesAmendment) -> Reports {
    send(via, product.product(), product.rows().amend, amendment.params()).await
}

/// Most changes at once (USD-M and COIN-M, "Modify Multiple Orders").
const BATCH: usize = 5;

/// Changes up to five limit orders of futures at once. Each is answered for itself, in the order of the request.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn amend_batch_of_futures(via: &impl Via, product: FuturesProduct, amendments: &[FuturesAmendment]) -> Reports {
    let endpoint = product.rows().amend_batch;
    check_count(amendments.len(), BATCH).map_err(not_sent(endpoint))?;
    let all: Vec<Params> = amendments.iter().map(FuturesAmendment::params).collect();
    send(via, product.product(), endpoint, Params::new().with("batchOrders", json_list(&all))).await
}
