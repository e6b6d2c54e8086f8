//! What the exchange is: its time, its symbols, its rules.

use serde::Serialize;
use serde_json::Value;

use super::{
    filters,
    symbols::{self, Wanted},
    words::{DEFAULT_PREVENTION, PREVENTIONS, self_trade_word},
};
use crate::{
    binance::door::{ApiError, Call, Json, RateLimit},
    listing::{Class, Listing},
};

/// The types of orders that every market takes.
const ORDER_TYPES: [&str; 7] =
    ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"];

/// `GET /api/v3/ping`.
pub(super) fn ping(call: &mut Call<'_>) -> Result<Json, ApiError> {
    call.params.none()?;
    Ok(Json("{}".into()))
}

/// `GET /api/v3/time`.
pub(super) fn time(call: &mut Call<'_>) -> Result<Json, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Time {
        server_time: i64,
    }
    call.params.none()?;
    Ok(Json::of(&Time { server_time: call.stamp(call.at.clock) }))
}

/// `GET /api/v3/exchangeInfo`.
pub(super) fn exchange_info(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let wanted = symbols::wanted(call)?;
    let is_named = !matches!(wanted, Wanted::All);
    let permissions = permissions(call)?;
    let status = symbols::status(call)?;
    if is_named && (permissions.is_some() || status.is_some()) {
        return Err(ApiError::bad_combination());
    }
    let shows_sets = call.params.flag("showPermissionSets")?.unwrap_or(true);
    let has_permission =
        permissions.is_none_or(|asked| asked.iter().any(|permission| PERMISSIONS.contains(&permission.as_str())));
    let symbols = symbols::markets(call, &wanted).into_iter().filter(|_| has_permission);
    let symbols = symbols.filter(|(_, market)| status.is_none_or(|trading| market.is_trading() == trading));
    Ok(Json::of(&ExchangeInfo {
        timezone: "UTC",
        server_time: call.stamp(call.at.clock),
        rate_limits: call.door.rate_limits(call.product),
        exchange_filters: Vec::new(),
        symbols: symbols.map(|(_, market)| ShownSymbol::of(market.listing(), market.is_trading(), shows_sets)).collect(),
    }))
}

/// What an account may trade these markets with.
const PERMISSIONS: [&str; 2] = ["SPOT", "MARGIN"];

/// `permissions`: one, or a list.
fn permissions(call: &Call<'_>) -> Result<Option<Vec<String>>, ApiError> {
    match call.params.text("permissions") {
        Some(text) if text.starts_with('[') => call.params.list("permissions"),
        Some(text) => Ok(Some(vec![text.to_owned()])),
        None => Ok(None),
    }
}

/// `GET /api/v3/executionRules`: no market has any.
pub(super) fn execution_rules(call: &mut Call<'_>) -> Result<Json, ApiError> {
    symbols::wanted(call)?;
    symbols::status(call)?;
    Ok(Json(r#"{"symbolRules":[]}"#.into()))
}

/// `GET /api/v3/referencePrice` and `/calculation`: no market has one.
pub(super) fn reference_price(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let symbol = call.params.symbol()?;
    call.world.markets().find(Class::Spot, symbol).ok_or_else(ApiError::invalid_symbol)?;
    symbols::status(call)?;
    Err(ApiError::new(-2043, "This symbol doesn't have a reference price."))
}

/// `/api/v3/sor`: smart order routing is on no symbol.
pub(super) fn no_routing(call: &mut Call<'_>) -> Result<Json, ApiError> {
    call.params.symbol()?;
    Err(ApiError::new(-1013, "SOR is not enabled on this symbol."))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExchangeInfo<'a> {
    timezone: &'static str,
    server_time: i64,
    rate_limits: Vec<RateLimit>,
    exchange_filters: Vec<Value>,
    symbols: Vec<ShownSymbol<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "so many has the documentation")]
struct ShownSymbol<'a> {
    symbol: &'a str,
    status: &'static str,
    base_asset: &'a str,
    base_asset_precision: u32,
    quote_asset: &'a str,
    quote_precision: u32,
    quote_asset_precision: u32,
    base_commission_precision: u32,
    quote_commission_precision: u32,
    order_types: [&'static str; 7],
    iceberg_allowed: bool,
    oco_allowed: bool,
    oto_allowed: bool,
    opo_allowed: bool,
    quote_order_qty_market_allowed: bool,
    allow_trailing_stop: bool,
    cancel_replace_allowed: bool,
    amend_allowed: bool,
    peg_instructions_allowed: bool,
    is_spot_trading_allowed: bool,
    is_margin_trading_allowed: bool,
    filters: Vec<Value>,
    permissions: [&'static str; 0],
    permission_sets: Vec<[&'static str; 2]>,
    default_self_trade_prevention_mode: &'static str,
    allowed_self_trade_prevention_modes: [&'static str; 6],
}

impl<'a> ShownSymbol<'a> {
    fn of(listing: &'a Listing, is_trading: bool, shows_sets: bool) -> Self {
        /// Decimals of every asset.
        const PRECISION: u32 = 8;
        Self {
            symbol: &listing.symbol,
            status: if is_trading { "TRADING" } else { "BREAK" },
            base_asset: listing.instrument.base.as_str(),
            base_asset_precision: PRECISION,
            quote_asset: listing.instrument.quote.as_str(),
            quote_precision: PRECISION,
            quote_asset_precision: PRECISION,
            base_commission_precision: PRECISION,
            quote_commission_precision: PRECISION,
            order_types: ORDER_TYPES,
            iceberg_allowed: true,
            oco_allowed: true,
            oto_allowed: true,
            opo_allowed: true,
            quote_order_qty_market_allowed: true,
            allow_trailing_stop: true,
            cancel_replace_allowed: true,
            amend_allowed: true,
            peg_instructions_allowed: true,
            is_spot_trading_allowed: true,
            is_margin_trading_allowed: true,
            filters: filters::of_market(listing),
            permissions: [],
            permission_sets: if shows_sets { vec![PERMISSIONS] } else { Vec::new() },
            default_self_trade_prevention_mode: self_trade_word(DEFAULT_PREVENTION),
            allowed_self_trade_prevention_modes: PREVENTIONS.map(|(word, _)| word),
        }
    }
}
