//! Filters: the rules of a market as `exchangeInfo` shows them (spot "Filters").

use std::ops::RangeInclusive;

use serde_json::{Value, json};

use super::words::eight;
use crate::listing::Listing;

/// How far a trailing stop may stand behind the price, in basis points.
pub(super) const TRAILING_DELTA: RangeInclusive<i64> = 10..=2000;

/// How long the average is that prices are compared with, in minutes.
pub(super) const AVERAGE_MINUTES: i64 = 5;

/// The filters of a market.
pub(super) fn of_market(listing: &Listing) -> Vec<Value> {
    let (rules, limits) = (&listing.instrument.rules, &listing.limits);
    let (up, down) = (limits.band.1.normalize().to_string(), limits.band.0.normalize().to_string());
    vec![
        json!({
            "filterType": "PRICE_FILTER", "minPrice": eight(limits.price.0), "maxPrice": eight(limits.price.1),
            "tickSize": eight(rules.tick_size),
        }),
        json!({
            "filterType": "LOT_SIZE", "minQty": eight(limits.quantity.0), "maxQty": eight(limits.quantity.1),
            "stepSize": eight(rules.lot_size),
        }),
        json!({ "filterType": "ICEBERG_PARTS", "limit": limits.iceberg_parts }),
        json!({
            "filterType": "MARKET_LOT_SIZE", "minQty": "0.00000000", "maxQty": eight(limits.market_quantity),
            "stepSize": "0.00000000",
        }),
        json!({
            "filterType": "TRAILING_DELTA",
            "minTrailingAboveDelta": TRAILING_DELTA.start(), "maxTrailingAboveDelta": TRAILING_DELTA.end(),
            "minTrailingBelowDelta": TRAILING_DELTA.start(), "maxTrailingBelowDelta": TRAILING_DELTA.end(),
        }),
        json!({
            "filterType": "PERCENT_PRICE_BY_SIDE", "bidMultiplierUp": up, "bidMultiplierDown": down,
            "askMultiplierUp": up, "askMultiplierDown": down, "avgPriceMins": AVERAGE_MINUTES,
        }),
        json!({
            "filterType": "NOTIONAL", "minNotional": eight(limits.notional.0), "applyMinToMarket": true,
            "maxNotional": eight(limits.notional.1), "applyMaxToMarket": false, "avgPriceMins": AVERAGE_MINUTES,
        }),
        json!({ "filterType": "MAX_NUM_ORDERS", "maxNumOrders": limits.open_orders }),
        json!({ "filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": limits.lists }),
        json!({ "filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": limits.conditional_orders }),
        json!({ "filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": limits.amends }),
    ]
}

/// Those that bound an account in a market (`myFilters`).
pub(super) fn of_account(listing: &Listing) -> Vec<Value> {
    let limits = &listing.limits;
    vec![
        json!({ "filterType": "MAX_NUM_ORDERS", "maxNumOrders": limits.open_orders }),
        json!({ "filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": limits.lists }),
        json!({ "filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": limits.conditional_orders }),
        json!({ "filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": limits.amends }),
    ]
}
