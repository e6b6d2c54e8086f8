//! What an account has, what it pays, what it has traded.

#![expect(
    clippy::unnecessary_wraps,
    clippy::struct_field_names,
    clippy::struct_excessive_bools,
    reason = "what answers a call has one signature, and fields are named as the documentation names them"
)]

use metaexpert_core::Currency;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{
    orders::market,
    pages::{Stretch, page},
    reply::{ShownTrade, list_number},
    words::eight,
};
use crate::{
    binance::door::{ApiError, Call, Json},
    clearing::spot::SpotFees,
    order::Named,
    wallet::Wallet,
};

/// `GET /api/v3/account`.
pub(super) fn account(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let omits_zero = call.params.flag("omitZeroBalances")?.unwrap_or(false);
    let fees = fees(call);
    let wallets = &call.world.account(call.account).wallets;
    let balances = wallets.get(Wallet::Spot).map(|wallet| wallet.balances(call.world.markets())).unwrap_or_default();
    let balances = balances.into_iter().filter(|balance| !omits_zero || balance.free + balance.locked != Decimal::ZERO);
    let updated = call.world.account(call.account).orders.executions(Wallet::Spot, None).last().map(|execution| execution.time);
    Ok(Json::of(&Account {
        maker_commission: basis_points(fees.maker),
        taker_commission: basis_points(fees.taker),
        buyer_commission: 0,
        seller_commission: 0,
        commission_rates: Rates::of(&fees),
        can_trade: true,
        can_withdraw: true,
        can_deposit: true,
        brokered: false,
        require_self_trade_prevention: false,
        prevent_sor: false,
        update_time: call.stamp(updated.unwrap_or(call.at.market)),
        account_type: "SPOT",
        balances: balances
            .map(|balance| Coin { asset: balance.currency, free: eight(balance.free), locked: eight(balance.locked) })
            .collect(),
        permissions: ["SPOT"],
        uid: uid(call),
    }))
}

/// `GET /api/v3/account/commission`.
pub(super) fn commission(call: &mut Call<'_>) -> Result<Json, ApiError> {
    market(call)?;
    let fees = fees(call);
    let symbol = call.params.symbol()?;
    Ok(Json::of(&Commission {
        symbol,
        standard_commission: Rates::of(&fees),
        special_commission: Rates::default(),
        tax_commission: Rates::default(),
        discount: Discount::of(&fees),
    }))
}

/// What `order/test` says of commissions.
pub(super) fn order_rates(call: &Call<'_>) -> Json {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct OfOrder {
        standard_commission_for_order: Pair,
        special_commission_for_order: Pair,
        tax_commission_for_order: Pair,
        discount: Discount,
    }
    #[derive(Serialize)]
    struct Pair {
        maker: String,
        taker: String,
    }
    let pair = |maker, taker| Pair { maker: eight(maker), taker: eight(taker) };
    let fees = fees(call);
    Json::of(&OfOrder {
        standard_commission_for_order: pair(fees.maker, fees.taker),
        special_commission_for_order: pair(Decimal::ZERO, Decimal::ZERO),
        tax_commission_for_order: pair(Decimal::ZERO, Decimal::ZERO),
        discount: Discount::of(&fees),
    })
}

/// `GET /api/v3/myTrades`.
pub(super) fn my_trades(call: &mut Call<'_>) -> Result<Json, ApiError> {
    trades(call, Wallet::Spot)
}

/// An account's trades in a market.
///
/// # Errors
/// -1128 for parameters that exclude one another; as [`Stretch::of_a_day`].
pub(in crate::binance) fn trades(call: &Call<'_>, wallet: Wallet) -> Result<Json, ApiError> {
    let market = market(call)?;
    let number = |name: &str| Ok::<_, ApiError>(call.params.integer(name)?.map(|id| u64::try_from(id).unwrap_or_default()));
    let (order, from) = (number("orderId")?, number("fromId")?);
    let stretch = Stretch::of_a_day(call.params)?;
    let has_times = stretch.since.is_some() || stretch.until.is_some();
    if has_times && (order.is_some() || from.is_some()) {
        return Err(ApiError::bad_combination());
    }
    let limit = call.params.limit(500, 1000)?;
    let orders = &call.world.account(call.account).orders;
    let wanted = orders.executions(wallet, Some(market)).into_iter().filter(|execution| {
        order.is_none_or(|order| execution.order.0 == order)
            && from.is_none_or(|from| execution.trade_id >= from)
            && stretch.has(execution.time)
    });
    let wanted = page(wanted.collect(), limit, from.is_some() || stretch.since.is_some());
    let shown = wanted.into_iter().map(|execution| {
        let order = orders.get(wallet, market, &Named::Id(execution.order.0));
        ShownTrade::of(call, execution, order.map_or(-1, list_number))
    });
    Ok(Json::of(&shown.collect::<Vec<_>>()))
}

/// `GET /api/v3/rateLimit/order`, and margin's.
pub(in crate::binance) fn order_counts(call: &mut Call<'_>) -> Result<Json, ApiError> {
    Ok(Json::of(&call.door.limits.orders(call.account, call.product, call.at)))
}

/// `GET /api/v3/myAllocations`: what smart order routing has brought, which there is none of.
pub(super) fn my_allocations(call: &mut Call<'_>) -> Result<Json, ApiError> {
    market(call)?;
    Stretch::of_a_day(call.params)?;
    for name in ["fromAllocationId", "orderId"] {
        call.params.integer(name)?;
    }
    call.params.limit(500, 1000)?;
    Ok(Json("[]".into()))
}

/// `GET /api/v3/myFilters`.
pub(super) fn my_filters(call: &mut Call<'_>) -> Result<Json, ApiError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Filters {
        exchange_filters: Vec<serde_json::Value>,
        symbol_filters: Vec<serde_json::Value>,
        asset_filters: Vec<serde_json::Value>,
    }
    let market = market(call)?;
    let symbol_filters = super::filters::of_account(call.world.markets().get(market).listing());
    Ok(Json::of(&Filters { exchange_filters: Vec::new(), symbol_filters, asset_filters: Vec::new() }))
}

/// `GET /api/v3/myPreventedMatches`: the matches of an order that was in the way of another of its account.
pub(in crate::binance) fn my_prevented_matches(call: &mut Call<'_>) -> Result<Json, ApiError> {
    market(call)?;
    let by_match = call.params.integer("preventedMatchId")?;
    let by_order = call.params.integer("orderId")?;
    call.params.integer("fromPreventedMatchId")?;
    call.params.limit(500, 1000)?;
    if by_match.is_none() && by_order.is_none() {
        return Err(ApiError::either("preventedMatchId", "orderId"));
    }
    // The world tells an order's owner how much of it was prevented, not by which order: there is no match to show.
    Ok(Json("[]".into()))
}

/// What an account pays.
pub(in crate::binance) fn fees(call: &Call<'_>) -> SpotFees {
    call.world.account(call.account).wallets.spot().fees().clone()
}

/// A number for an account as the exchange would give it.
fn uid(call: &Call<'_>) -> u32 {
    100_000_000 + u32::from(call.account.0)
}

fn basis_points(rate: Decimal) -> i64 {
    (rate * Decimal::from(10_000)).trunc().try_into().unwrap_or(0)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    maker_commission: i64,
    taker_commission: i64,
    buyer_commission: i64,
    seller_commission: i64,
    commission_rates: Rates,
    can_trade: bool,
    can_withdraw: bool,
    can_deposit: bool,
    brokered: bool,
    require_self_trade_prevention: bool,
    prevent_sor: bool,
    update_time: i64,
    account_type: &'static str,
    balances: Vec<Coin>,
    permissions: [&'static str; 1],
    uid: u32,
}

#[derive(Serialize)]
struct Coin {
    asset: Currency,
    free: String,
    locked: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Commission<'a> {
    symbol: &'a str,
    standard_commission: Rates,
    special_commission: Rates,
    tax_commission: Rates,
    discount: Discount,
}

#[derive(Serialize)]
struct Rates {
    maker: String,
    taker: String,
    buyer: String,
    seller: String,
}

impl Rates {
    fn of(fees: &SpotFees) -> Self {
        Self { maker: eight(fees.maker), taker: eight(fees.taker), ..Self::default() }
    }
}

impl Default for Rates {
    fn default() -> Self {
        let zero = || eight(Decimal::ZERO);
        Self { maker: zero(), taker: zero(), buyer: zero(), seller: zero() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Discount {
    enabled_for_account: bool,
    enabled_for_symbol: bool,
    discount_asset: Option<Currency>,
    discount: String,
}

impl Discount {
    fn of(fees: &SpotFees) -> Self {
        let coin = fees.coin.as_ref();
        Self {
            enabled_for_account: fees.pays_in_coin,
            enabled_for_symbol: coin.is_some(),
            discount_asset: coin.map(|coin| coin.currency.clone()),
            // What the commission is multiplied by less than one is taken off.
            discount: eight(coin.map_or(Decimal::ZERO, |coin| Decimal::ONE - coin.discount)),
        }
    }
}
