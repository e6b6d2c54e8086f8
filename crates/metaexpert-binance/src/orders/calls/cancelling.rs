//! Orders are taken back: one, some, all of a symbol, or all if nothing is heard of us.

use std::time::Duration;

use metaexpert_connect::{Endpoint, Params};

use super::{Desk, Reports, Via, not_sent, placing::check_count, send};
use crate::{
    Product,
    orders::{
        ClientId, FuturesProduct, Target,
        endpoints::{margin, options, spot},
    },
};

/// Cancels an order. An order of the algo service is cancelled with [`cancel_algo`](super::cancel_algo).
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn cancel(via: &impl Via, desk: Desk, symbol: &str, target: &Target) -> Reports {
    let (endpoint, by_name): (&'static Endpoint, _) = match desk {
        Desk::Spot => (&spot::CANCEL, "origClientOrderId"),
        Desk::Margin(_) => (&margin::CANCEL, "origClientOrderId"),
        Desk::Futures(product) => (product.rows().cancel, "origClientOrderId"),
        Desk::Options => (&options::CANCEL, "clientOrderId"),
    };
    send(via, desk.product(), endpoint, target.put(desk.params(Some(symbol)), "orderId", by_name)).await
}

/// Several orders, all by number or all by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Targets<'a> {
    /// By the exchange's numbers.
    Venue(&'a [u64]),
    /// By the names that this side gave them.
    Client(&'a [ClientId]),
}

/// Most orders cancelled at once (USD-M and COIN-M, "Cancel Multiple Orders").
const BATCH: usize = 10;

/// Cancels up to ten orders of a symbol, of futures and options. Each is answered for itself.
///
/// # Errors
/// [`Failure::NotSent`](metaexpert_connect::Failure::NotSent) on spot and margin, which have no such call.
pub async fn cancel_batch(via: &impl Via, desk: Desk, symbol: &str, targets: Targets<'_>) -> Reports {
    let (endpoint, by_number, by_name): (&'static Endpoint, _, _) = match desk {
        Desk::Spot | Desk::Margin(_) => return Err(desk.without("cancel_batch")),
        Desk::Futures(product) => (product.rows().cancel_batch, "orderIdList", "origClientOrderIdList"),
        Desk::Options => (&options::CANCEL_BATCH, "orderIds", "clientOrderIds"),
    };
    let (name, count, list) = match targets {
        Targets::Venue(numbers) => (by_number, numbers.len(), numbers.iter().map(u64::to_string).collect::<Vec<_>>()),
        // None of the signs of a name is escaped in JSON.
        Targets::Client(names) => (by_name, names.len(), names.iter().map(|name| format!("\"{name}\"")).collect()),
    };
    check_count(count, BATCH).map_err(not_sent(endpoint))?;
    let params = desk.params(Some(symbol)).with(name, format_args!("[{}]", list.join(",")));
    send(via, desk.product(), endpoint, params).await
}

/// Cancels all orders of a symbol; of spot and margin the lists too. Those of the algo service stay.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn cancel_all(via: &impl Via, desk: Desk, symbol: &str) -> Reports {
    let endpoint: &'static Endpoint = match desk {
        Desk::Spot => &spot::CANCEL_ALL,
        Desk::Margin(_) => &margin::CANCEL_ALL,
        Desk::Futures(product) => product.rows().cancel_all,
        Desk::Options => &options::CANCEL_ALL,
    };
    send(via, desk.product(), endpoint, desk.params(Some(symbol))).await
}

/// Cancels all orders of options of an underlying, such as `BTCUSDT`.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn cancel_all_of_underlying(via: &impl Via, underlying: &str) -> Reports {
    let params = Params::new().with("underlying", underlying);
    send(via, Product::Options, &options::CANCEL_ALL_OF_UNDERLYING, params).await
}

/// Cancels a list of linked orders, by the list's number or name.
///
/// # Errors
/// [`Failure::NotSent`](metaexpert_connect::Failure::NotSent) on futures and options, which have no lists.
pub async fn cancel_list(via: &impl Via, desk: Desk, symbol: &str, list: &Target) -> Reports {
    let endpoint: &'static Endpoint = match desk {
        Desk::Spot => &spot::CANCEL_LIST,
        Desk::Margin(_) => &margin::CANCEL_LIST,
        Desk::Futures(_) | Desk::Options => return Err(desk.without("cancel_list")),
    };
    let params = list.put(desk.params(Some(symbol)), "orderListId", "listClientOrderId");
    send(via, desk.product(), endpoint, params).await
}

/// Has all orders of a symbol of futures cancelled if this is not called again within a time; zero ends that.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn countdown(via: &impl Via, product: FuturesProduct, symbol: &str, within: Duration) -> Reports {
    let params = Params::new().with("symbol", symbol).with("countdownTime", within.as_millis());
    send(via, product.product(), product.rows().countdown, params).await
}
