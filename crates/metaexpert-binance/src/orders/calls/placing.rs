//! Orders are placed.

use metaexpert_connect::{Endpoint, Failure, Params};
use metaexpert_core::UnixNanos;

use super::{Reports, Via, not_sent, send};
use crate::{
    Product,
    orders::{
        FuturesOrder, FuturesProduct, MarginOrder, Oco, OptionOrder, OrderRequest, Pending, PendingOco, Refusal, SpotList,
        endpoints::{futures::usdm, margin, options, spot},
        requests::json_list,
    },
};

/// Places an order. One that only reduces goes before others. `now` is the exchange's time, for orders that expire.
///
/// # Errors
/// [`Failure::NotSent`] where a rule of the product is broken; otherwise see [`Failure`].
pub async fn place(via: &impl Via, order: &OrderRequest, now: UnixNanos) -> Reports {
    let endpoint = order.endpoint();
    let params = order.params(now).map_err(not_sent(endpoint))?;
    via.send(order.product(), order.lane(), endpoint, params).await
}

/// Has an order checked and not placed. Spot and USD-M have such a call; the algo service, COIN-M, margin and options do not.
///
/// # Errors
/// As [`place`].
pub async fn test(via: &impl Via, order: &OrderRequest, now: UnixNanos) -> Reports {
    let endpoint = match order {
        OrderRequest::Spot(_) => &spot::TEST,
        OrderRequest::Futures(FuturesProduct::UsdM, _) => &usdm::TEST,
        OrderRequest::Margin(_)
        | OrderRequest::Futures(FuturesProduct::CoinM, _)
        | OrderRequest::Algo(..)
        | OrderRequest::Option(_) => {
            let why = format!("{} has no test of such an order", order.product());
            return Err(Failure::NotSent { endpoint: order.endpoint().name, why });
        }
    };
    let params = order.params(now).map_err(not_sent(endpoint))?;
    send(via, order.product(), endpoint, params).await
}

/// Linked orders, as spot or margin wants them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListRequest {
    /// A pair on spot.
    Oco(SpotList<Oco>),
    /// An order that follows another on spot.
    Pending(SpotList<Pending>),
    /// A pair that follows an order on spot.
    PendingOco(SpotList<PendingOco>),
    /// A pair on margin.
    MarginOco(MarginOrder<SpotList<Oco>>),
    /// An order that follows another on margin.
    MarginPending(MarginOrder<SpotList<Pending>>),
    /// A pair that follows an order on margin.
    MarginPendingOco(MarginOrder<SpotList<PendingOco>>),
}

impl ListRequest {
    /// The product that it is of.
    pub const fn product(&self) -> Product {
        match self {
            Self::Oco(_) | Self::Pending(_) | Self::PendingOco(_) => Product::Spot,
            Self::MarginOco(_) | Self::MarginPending(_) | Self::MarginPendingOco(_) => Product::Margin,
        }
    }

    /// The call that places it.
    pub const fn endpoint(&self) -> &'static Endpoint {
        match self {
            Self::Oco(_) => &spot::PLACE_OCO,
            Self::Pending(list) => list.endpoint(),
            Self::PendingOco(list) => list.endpoint(),
            Self::MarginOco(_) => &margin::PLACE_OCO,
            Self::MarginPending(list) => list.endpoint(),
            Self::MarginPendingOco(list) => list.endpoint(),
        }
    }

    /// Its parameters.
    ///
    /// # Errors
    /// When an order breaks a rule.
    pub fn params(&self) -> Result<Params, Refusal> {
        match self {
            Self::Oco(list) => list.params(),
            Self::Pending(list) => list.params(),
            Self::PendingOco(list) => list.params(),
            Self::MarginOco(list) => list.params(),
            Self::MarginPending(list) => list.params(),
            Self::MarginPendingOco(list) => list.params(),
        }
    }
}

/// Places linked orders.
///
/// # Errors
/// As [`place`].
pub async fn place_list(via: &impl Via, list: &ListRequest) -> Reports {
    let endpoint = list.endpoint();
    let params = list.params().map_err(not_sent(endpoint))?;
    send(via, list.product(), endpoint, params).await
}

/// Most orders of a batch of futures (USD-M and COIN-M, "Place Multiple Orders").
const FUTURES_BATCH: usize = 5;

/// Most orders of a batch of options (Options Trading, "Place Multiple Orders").
const OPTIONS_BATCH: usize = 10;

/// Places up to five orders of futures at once. Each is answered for itself, in the order of the request.
///
/// # Errors
/// As [`place`]; of a batch that is refused on this side nothing is sent.
pub async fn place_batch_of_futures(via: &impl Via, product: FuturesProduct, orders: &[FuturesOrder], now: UnixNanos) -> Reports {
    let endpoint = product.rows().place_batch;
    check_count(orders.len(), FUTURES_BATCH).map_err(not_sent(endpoint))?;
    let all: Result<Vec<Params>, Refusal> = orders.iter().map(|order| order.params(product, now)).collect();
    let params = Params::new().with("batchOrders", json_list(&all.map_err(not_sent(endpoint))?));
    send(via, product.product(), endpoint, params).await
}

/// Places up to ten orders of options at once. Each is answered for itself, in the order of the request.
///
/// # Errors
/// As [`place_batch_of_futures`].
pub async fn place_batch_of_options(via: &impl Via, orders: &[OptionOrder]) -> Reports {
    let endpoint = &options::PLACE_BATCH;
    check_count(orders.len(), OPTIONS_BATCH).map_err(not_sent(endpoint))?;
    let all: Vec<Params> = orders.iter().map(OptionOrder::params).collect();
    send(via, Product::Options, endpoint, Params::new().with("orders", json_list(&all))).await
}

pub(super) fn check_count(count: usize, most: usize) -> Result<(), Refusal> {
    let rule = "a batch has one order at least, and of futures 5, of options and cancels 10 at most (\"Place Multiple Orders\")";
    if (1..=most).contains(&count) { Ok(()) } else { Err(Refusal::new("batchOrders", count, rule)) }
}
