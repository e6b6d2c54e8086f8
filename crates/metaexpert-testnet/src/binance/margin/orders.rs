//! Orders from the wallets of margin. `isIsolated` says which.

use crate::{
    binance::{
        door::{ApiError, Call, Json},
        spot::{
            lists, old_oco,
            orders::{self, market},
            reply::Shown,
            trades,
        },
    },
    listing::MarketId,
    order::Loan,
    wallet::Wallet,
};

/// The wallet that a call means: the pair's own where `isIsolated` is `TRUE`.
///
/// # Errors
/// -3003 where that was not opened; -1102 and -1121 where no pair is named.
pub(super) fn wallet(call: &Call<'_>) -> Result<Wallet, ApiError> {
    if !call.params.flag("isIsolated")?.unwrap_or(false) {
        return Ok(Wallet::Cross);
    }
    opened(call, market(call)?)
}

/// The wallet of an isolated pair.
///
/// # Errors
/// -3003 where it was not opened.
pub(super) fn opened(call: &Call<'_>, market: MarketId) -> Result<Wallet, ApiError> {
    let pair = call.world.account(call.account).wallets.isolated(market);
    let is_open = pair.is_some_and(crate::clearing::margin::IsolatedMargin::is_enabled);
    if is_open { Ok(Wallet::Isolated(market)) } else { Err(ApiError::new(-3003, "Margin account does not exist.")) }
}

/// `sideEffectType`.
fn loan(call: &Call<'_>) -> Result<Loan, ApiError> {
    match call.params.text("sideEffectType") {
        None | Some("NO_SIDE_EFFECT") => Ok(Loan::None),
        Some("MARGIN_BUY") => Ok(Loan::Borrow),
        Some("AUTO_REPAY") => Ok(Loan::Repay),
        Some("AUTO_BORROW_REPAY") => Ok(Loan::BorrowAndRepay),
        Some(_) => Err(ApiError::invalid("sideEffectType")),
    }
}

/// `autoRepayAtCancel`, which only says what becomes of a loan when its order is cancelled.
fn read_auto_repay(call: &Call<'_>) -> Result<(), ApiError> {
    call.params.flag("autoRepayAtCancel").map(|_| ())
}

/// `POST /sapi/v1/margin/order`.
pub(super) fn new_order(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (wallet, loan) = (wallet(call)?, loan(call)?);
    read_auto_repay(call)?;
    let (placed, detail) = orders::place(call, wallet, loan)?;
    let wallets = &call.world.account(call.account).wallets;
    let id = placed.order.id;
    let borrowed = match wallet {
        Wallet::Isolated(market) => wallets.isolated(market).and_then(|wallet| wallet.borrowed_for(id)),
        Wallet::Cross | Wallet::Spot | Wallet::Linear | Wallet::Inverse | Wallet::Options => wallets.cross().borrowed_for(id),
    };
    let shown = Shown::placed(call, &placed, detail);
    Ok(Json::of(&match borrowed {
        Some(money) => shown.borrowed(money.amount, money.currency.as_str()),
        None => shown,
    }))
}

/// `DELETE /sapi/v1/margin/order`.
pub(super) fn cancel_order(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (wallet, market) = (wallet(call)?, market(call)?);
    let name = orders::named(call.params, "orderId", "origClientOrderId")?;
    let request = orders::request_name(call, "newClientOrderId")?;
    let order = orders::cancel(call, wallet, market, name, &request)?;
    Ok(Json::of(&Shown::cancelled(call, &order, &request).numbered_in_text(&order)))
}

/// `GET /sapi/v1/margin/order`.
pub(super) fn query_order(call: &mut Call<'_>) -> Result<Json, ApiError> {
    orders::query(call, wallet(call)?)
}

/// `GET /sapi/v1/margin/openOrders`.
pub(super) fn open_orders(call: &mut Call<'_>) -> Result<Json, ApiError> {
    orders::open(call, wallet(call)?)
}

/// `DELETE /sapi/v1/margin/openOrders`.
pub(super) fn cancel_open_orders(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let wallet = wallet(call)?;
    lists::cancel_all(call, wallet)
}

/// `GET /sapi/v1/margin/allOrders`.
pub(super) fn all_orders(call: &mut Call<'_>) -> Result<Json, ApiError> {
    orders::all(call, wallet(call)?, 500)
}

/// `POST /sapi/v1/margin/order/oco`.
pub(super) fn oco(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (wallet, loan) = (wallet(call)?, loan(call)?);
    read_auto_repay(call)?;
    old_oco::limit_and_stop(call, wallet, loan)
}

/// `POST /sapi/v1/margin/order/oto`.
pub(super) fn oto(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (wallet, loan) = (wallet(call)?, loan(call)?);
    read_auto_repay(call)?;
    lists::one_triggers(call, wallet, loan, false)
}

/// `POST /sapi/v1/margin/order/otoco`.
pub(super) fn otoco(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (wallet, loan) = (wallet(call)?, loan(call)?);
    read_auto_repay(call)?;
    lists::one_triggers_two(call, wallet, loan, false)
}

/// `GET /sapi/v1/margin/orderList`.
pub(super) fn query_list(call: &mut Call<'_>) -> Result<Json, ApiError> {
    lists::query(call, wallet(call)?)
}

/// `DELETE /sapi/v1/margin/orderList`.
pub(super) fn cancel_list(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let wallet = wallet(call)?;
    lists::cancel(call, wallet)
}

/// `GET /sapi/v1/margin/allOrderList`.
pub(super) fn all_lists(call: &mut Call<'_>) -> Result<Json, ApiError> {
    lists::all(call, wallet(call)?, 1000)
}

/// `GET /sapi/v1/margin/openOrderList`.
pub(super) fn open_lists(call: &mut Call<'_>) -> Result<Json, ApiError> {
    Ok(lists::open(call, wallet(call)?))
}

/// `GET /sapi/v1/margin/myTrades`.
pub(super) fn my_trades(call: &mut Call<'_>) -> Result<Json, ApiError> {
    trades(call, wallet(call)?)
}
