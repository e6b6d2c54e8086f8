//! What a refusal's words mean, where one code stands for many things.
//!
//! The one decision: the matching engine of spot and margin refuses orders with four codes and tells in words why. Only there
//! words are read, and only those that are documented; the code alone says what is left.
//!
//! Source: Spot API, "Error Codes", "Messages for -1010, -2010, -2011 and -2038" and "Filter failures" (2026-07).

use metaexpert_connect::Meaning::{
    self, BadRequest, DuplicateClientId, Forbidden, NotPermitted, NotTrading, Rejected, Unchanged, UnknownOrder,
};
use metaexpert_core::Rejection::{
    BadAmendment, Funds, LotFilter, MinNotional, NoLiquidity, PriceFilter, WouldTake, WouldTrigger,
};

/// Codes of which the words say more.
const CODES: [i64; 5] = [-1010, -1013, -2010, -2011, -2038];

/// How a filter's failure begins; the filter's name follows.
const FILTER: &str = "Filter failure: ";

/// Filters by name. What limits how many orders there may be is no fault of the order.
const FILTERS: &[(&str, Meaning)] = &[
    ("PRICE_FILTER", Rejected(PriceFilter)),
    ("PERCENT_PRICE", Rejected(PriceFilter)),
    ("PERCENT_PRICE_BY_SIDE", Rejected(PriceFilter)),
    ("TRAILING_DELTA", Rejected(PriceFilter)),
    ("LOT_SIZE", Rejected(LotFilter)),
    ("MARKET_LOT_SIZE", Rejected(LotFilter)),
    ("ICEBERG_PARTS", Rejected(LotFilter)),
    ("MIN_NOTIONAL", Rejected(MinNotional)),
    ("NOTIONAL", Rejected(MinNotional)),
    ("MAX_POSITION", Forbidden),
    ("MAX_ASSET", Forbidden),
    ("MAX_NUM_ORDERS", Forbidden),
    ("MAX_NUM_ALGO_ORDERS", Forbidden),
    ("MAX_NUM_ICEBERG_ORDERS", Forbidden),
    ("MAX_NUM_ORDER_AMENDS", Forbidden),
    ("MAX_NUM_ORDER_LISTS", Forbidden),
    ("EXCHANGE_MAX_NUM_ORDERS", Forbidden),
    ("EXCHANGE_MAX_NUM_ALGO_ORDERS", Forbidden),
    ("EXCHANGE_MAX_NUM_ICEBERG_ORDERS", Forbidden),
    ("EXCHANGE_MAX_NUM_ORDER_LISTS", Forbidden),
];

/// Messages by what they begin with.
const MESSAGES: &[(&str, Meaning)] = &[
    ("Unknown order sent", UnknownOrder),
    ("Duplicate order sent", DuplicateClientId),
    ("Market is closed", NotTrading),
    ("Account has insufficient balance for requested action", Rejected(Funds)),
    ("Price * QTY is zero or less", Rejected(MinNotional)),
    ("IcebergQty exceeds QTY", Rejected(LotFilter)),
    ("This action is disabled on this account", NotPermitted),
    ("This account may not place or cancel orders", NotPermitted),
    ("Unsupported order combination", BadRequest),
    ("Order would trigger immediately", Rejected(WouldTrigger)),
    ("Stop price would trigger immediately", Rejected(WouldTrigger)),
    ("Cancel order is invalid", BadRequest),
    ("Order would immediately match and take", Rejected(WouldTake)),
    ("The relationship of the prices for the orders is not correct", Rejected(PriceFilter)),
    ("This symbol is not permitted for this account", NotPermitted),
    ("This symbol is restricted for this account", NotPermitted),
    ("Order was not canceled due to cancel restrictions", Forbidden),
    ("Rest API trading is not enabled", NotPermitted),
    ("WebSocket API trading is not enabled", NotPermitted),
    ("FIX API trading is not enabled", NotPermitted),
    ("Order book liquidity is", Rejected(NoLiquidity)),
    ("Order amend (quantity increase) is not supported", Rejected(BadAmendment)),
    ("Order amend (pending OPO order) is not supported", Rejected(BadAmendment)),
    ("The requested action would change no state", Unchanged),
    ("This order type may not use pegged price", BadRequest),
    ("This price peg cannot be used with this order type", BadRequest),
];

/// How "Market orders are not supported for this symbol." and a dozen like it end; one of them is misspelt.
const UNSUPPORTED: [&str; 2] = ["not supported for this symbol", "not support for this symbol"];

/// What the words of a refusal mean; `None` where they say no more than the code.
pub(super) fn meaning(code: i64, message: &str) -> Option<Meaning> {
    if !CODES.contains(&code) {
        return None;
    }
    let message = message.trim().trim_end_matches('.');
    if let Some(filter) = message.strip_prefix(FILTER) {
        return FILTERS.iter().find(|(name, _)| *name == filter).map(|(_, meaning)| *meaning);
    }
    let known = MESSAGES.iter().find(|(begin, _)| message.starts_with(begin)).map(|(_, meaning)| *meaning);
    known.or_else(|| UNSUPPORTED.iter().any(|end| message.ends_with(end)).then_some(Forbidden))
}
