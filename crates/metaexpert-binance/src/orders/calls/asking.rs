//! Where orders stand, and what became of them.

use metaexpert_connect::{Endpoint, Params, Report};
use metaexpert_core::UnixNanos;

use super::{Desk, Reports, Via, send};
use crate::{
    Product,
    orders::{
        FuturesProduct, Target,
        endpoints::{margin, options, spot},
    },
};

/// Where an order stands.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn query(via: &impl Via, desk: Desk, symbol: &str, target: &Target) -> Reports {
    let (endpoint, by_name): (&'static Endpoint, _) = match desk {
        Desk::Spot => (&spot::QUERY, "origClientOrderId"),
        Desk::Margin(_) => (&margin::QUERY, "origClientOrderId"),
        Desk::Futures(product) => (product.rows().query, "origClientOrderId"),
        Desk::Options => (&options::QUERY, "clientOrderId"),
    };
    send(via, desk.product(), endpoint, target.put(desk.params(Some(symbol)), "orderId", by_name)).await
}

/// Where an order of futures stands, if it stands: one that is done is refused with -2013.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn query_open(via: &impl Via, product: FuturesProduct, symbol: &str, target: &Target) -> Reports {
    let params = target.put(Params::new().with("symbol", symbol), "orderId", "origClientOrderId");
    send(via, product.product(), product.rows().query_open, params).await
}

/// The orders that stand, of a symbol or of all. Isolated margin wants a symbol.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn open(via: &impl Via, desk: Desk, symbol: Option<&str>) -> Reports {
    let endpoint: &'static Endpoint = match desk {
        Desk::Spot => &spot::OPEN,
        Desk::Margin(_) => &margin::OPEN,
        Desk::Futures(product) => product.rows().open,
        Desk::Options => &options::OPEN,
    };
    send(via, desk.product(), endpoint, desk.params(symbol)).await
}

/// Which part of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Page {
    /// From this number of the exchange's on.
    pub from_id: Option<u64>,
    /// From this time on.
    pub start: Option<UnixNanos>,
    /// Up to this time.
    pub end: Option<UnixNanos>,
    /// How many at most; Binance's default where it is `None`.
    pub limit: Option<u32>,
}

impl Page {
    /// Adds its parameters.
    pub(super) fn put(self, params: Params, by_number: &'static str) -> Params {
        let millis = |time: UnixNanos| time.as_nanos().div_euclid(1_000_000);
        params
            .with_some(by_number, self.from_id)
            .with_some("startTime", self.start.map(millis))
            .with_some("endTime", self.end.map(millis))
            .with_some("limit", self.limit)
    }
}

/// The orders of a symbol, whatever became of them: a page of at most 1,000 (500 on margin, 100 on COIN-M). Options tell only of the last days
/// and of orders that are done.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn history(via: &impl Via, desk: Desk, symbol: &str, page: Page) -> Reports {
    let endpoint: &'static Endpoint = match desk {
        Desk::Spot => &spot::HISTORY,
        Desk::Margin(_) => &margin::HISTORY,
        Desk::Futures(product) => product.rows().history,
        Desk::Options => &options::HISTORY,
    };
    send(via, desk.product(), endpoint, page.put(desk.params(Some(symbol)), "orderId")).await
}

/// Most pages of a whole history, so that an exchange that repeats itself does not keep us for ever. A million orders.
const MOST_PAGES: usize = 1_000;

/// All orders of a symbol from a number of the exchange's on, page after page.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure); what was read until then is dropped.
pub async fn whole_history(via: &impl Via, desk: Desk, symbol: &str, from_id: u64) -> Reports {
    // "All orders" of each product: COIN-M gives at most 100 (2025-11).
    let limit = match desk {
        Desk::Margin(_) => 500,
        Desk::Futures(FuturesProduct::CoinM) => 100,
        Desk::Spot | Desk::Futures(FuturesProduct::UsdM) | Desk::Options => 1_000,
    };
    let mut all = Vec::new();
    let mut from_id = from_id;
    for _ in 0..MOST_PAGES {
        let page = Page { from_id: Some(from_id), limit: Some(limit), ..Page::default() };
        let orders = history(via, desk, symbol, page).await?;
        let is_last = orders.len() < limit as usize;
        let last = orders.iter().filter_map(number).max();
        all.extend(orders);
        match last {
            Some(last) if !is_last && last >= from_id => from_id = last.saturating_add(1),
            _ => break,
        }
    }
    Ok(all)
}

fn number(report: &Report<'_>) -> Option<u64> {
    match report {
        Report::Order(order) => order.venue_id.as_deref()?.parse().ok(),
        _ => None,
    }
}

/// Where a list of linked orders stands, by its number or name.
///
/// # Errors
/// [`Failure::NotSent`](metaexpert_connect::Failure::NotSent) on futures and options, which have no lists.
pub async fn query_list(via: &impl Via, desk: Desk, symbol: Option<&str>, list: &Target) -> Reports {
    let (endpoint, params): (&'static Endpoint, _) = match desk {
        // Spot's call knows the symbol by the list.
        Desk::Spot => (&spot::QUERY_LIST, desk.params(None)),
        Desk::Margin(_) => (&margin::QUERY_LIST, desk.params(symbol)),
        Desk::Futures(_) | Desk::Options => return Err(desk.without("query_list")),
    };
    send(via, desk.product(), endpoint, list.put(params, "orderListId", "origClientOrderId")).await
}

/// The lists that stand. Isolated margin wants a symbol, the others take none.
///
/// # Errors
/// As [`query_list`].
pub async fn open_lists(via: &impl Via, desk: Desk, symbol: Option<&str>) -> Reports {
    let (endpoint, params): (&'static Endpoint, _) = match desk {
        Desk::Spot => (&spot::OPEN_LISTS, desk.params(None)),
        Desk::Margin(_) => (&margin::OPEN_LISTS, desk.params(symbol)),
        Desk::Futures(_) | Desk::Options => return Err(desk.without("open_lists")),
    };
    send(via, desk.product(), endpoint, params).await
}

/// The lists, whatever became of them: a page of at most 1,000. Isolated margin wants a symbol, the others take none.
///
/// # Errors
/// As [`query_list`].
pub async fn history_lists(via: &impl Via, desk: Desk, symbol: Option<&str>, page: Page) -> Reports {
    let (endpoint, params): (&'static Endpoint, _) = match desk {
        Desk::Spot => (&spot::HISTORY_LISTS, desk.params(None)),
        Desk::Margin(_) => (&margin::HISTORY_LISTS, desk.params(symbol)),
        Desk::Futures(_) | Desk::Options => return Err(desk.without("history_lists")),
    };
    send(via, desk.product(), endpoint, page.put(params, "fromId")).await
}

/// How an order was changed. Spot and futures tell.
///
/// # Errors
/// [`Failure::NotSent`](metaexpert_connect::Failure::NotSent) on margin and options, which do not tell; on spot where the order
/// is named, for spot knows it by its number alone.
pub async fn amendments(via: &impl Via, desk: Desk, symbol: &str, target: &Target) -> Reports {
    let endpoint: &'static Endpoint = match (desk, target) {
        (Desk::Spot, Target::Venue(_)) => &spot::AMENDMENTS,
        (Desk::Futures(product), _) => product.rows().amendments,
        (Desk::Spot | Desk::Margin(_) | Desk::Options, _) => return Err(desk.without("amendments")),
    };
    send(via, desk.product(), endpoint, target.put(desk.params(Some(symbol)), "orderId", "origClientOrderId")).await
}

/// The orders with which the exchange liquidated positions of futures, or closed them against somebody's liquidation. A page of
/// at most 100, over at most seven days.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn forced(via: &impl Via, product: FuturesProduct, symbol: Option<&str>, page: Page) -> Reports {
    // It takes no number to begin from.
    let page = Page { from_id: None, ..page };
    let params = page.put(Params::new().with_some("symbol", symbol), "orderId");
    send(via, product.product(), product.rows().forced, params).await
}

/// What exercised options brought in: a page of at most 1,000.
///
/// # Errors
/// See [`Failure`](metaexpert_connect::Failure).
pub async fn exercises(via: &impl Via, symbol: Option<&str>, page: Page) -> Reports {
    // It takes no number to begin from.
    let page = Page { from_id: None, ..page };
    let params = page.put(Params::new().with_some("symbol", symbol), "id");
    send(via, Product::Options, &options::EXERCISES, params).await
}
