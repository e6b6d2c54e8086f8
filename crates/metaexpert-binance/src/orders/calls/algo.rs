//! Orders of the algo service of futures. They are placed as all others, with [`place`](super::place).

use metaexpert_connect::Params;

use super::{Page, Reports, Via, send};
use crate::orders::{FuturesProduct, Target};

/// Cancels an order of the algo service. Its number says of which symbol it is.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn cancel_algo(via: &impl Via, product: FuturesProduct, target: &Target) -> Reports {
    let params = target.put(Params::new(), "algoId", "clientAlgoId");
    send(via, product.product(), product.rows().cancel_algo, params).await
}

/// Cancels all orders of the algo service of a symbol.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn cancel_all_algo(via: &impl Via, product: FuturesProduct, symbol: &str) -> Reports {
    send(via, product.product(), product.rows().cancel_all_algo, Params::new().with("symbol", symbol)).await
}

/// Where an order of the algo service stands.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn query_algo(via: &impl Via, product: FuturesProduct, target: &Target) -> Reports {
    let params = target.put(Params::new(), "algoId", "clientAlgoId");
    send(via, product.product(), product.rows().query_algo, params).await
}

/// The orders of the algo service that wait, of a symbol or of all.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn open_algo(via: &impl Via, product: FuturesProduct, symbol: Option<&str>) -> Reports {
    send(via, product.product(), product.rows().open_algo, Params::new().with_some("symbol", symbol)).await
}

/// The orders of the algo service of a symbol: a page of at most 1,000, over at most seven days.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn history_algo(via: &impl Via, product: FuturesProduct, symbol: &str, page: Page) -> Reports {
    let params = page.put(Params::new().with("symbol", symbol), "algoId");
    send(via, product.product(), product.rows().history_algo, params).await
}
