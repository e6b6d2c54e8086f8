//! Conditional orders: the algo service that they live in since 2025-12-09, for both families.
//!
//! The one decision: a conditional order is not an order before its price has come: it has a number and a name of its own, margin is
//! not looked at, and it cannot be changed. The order that comes of it is found under `actualOrderId`. A `priceMatch` is resolved when
//! the conditional order comes in, not when its price has come.

use metaexpert_core::{Distance, OrderKind, Percent, PositionSide, Price, Side, TimeInForce, Trigger};
use rust_decimal::Decimal;

use super::{
    asked,
    family::{Family, price_places, quantity_places},
    money, order_rows,
    orders::window,
    placing,
    row::{Row, done, fixed, list},
    words,
};
use crate::{
    binance::door::{ApiError, Call, Json, Params},
    listing::MarketId,
    order::{Algo, Loan, Named, OrderRequest, Refusal, Size},
};

/// Smallest and largest callback rate, in percent ("New Algo Order").
const CALLBACK: (Decimal, Decimal) = (Decimal::from_parts(1, 0, 0, false, 1), Decimal::TEN);

/// `POST algoOrder`.
pub(crate) fn place(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    only_conditional(call.params.required("algoType")?)?;
    placing::answer(call.params)?;
    let request = request(call)?;
    call.params.all_read()?;
    let algo = call.world.place_algo(call.account, request).map_err(|refusal| ApiError::of(&refusal, family.product))?;
    Ok(row(call, &algo, false).json())
}

fn only_conditional(word: &str) -> Result<(), ApiError> {
    if word == "CONDITIONAL" { Ok(()) } else { Err(ApiError::invalid("algoType")) }
}

fn request(call: &Call<'_>) -> Result<OrderRequest, ApiError> {
    let params = call.params;
    let market = asked::market(call, params)?;
    let side = words::side(params)?;
    let leg = words::leg(params, money::is_hedged(call))?;
    let kind = kind(call, market, side)?;
    let size = size(params, kind, side, leg)?;
    Ok(OrderRequest {
        wallet: asked::wallet(call),
        market,
        client_id: placing::name(call, params, "clientAlgoId")?,
        side,
        kind,
        time_in_force: placing::stands(call, params, Some(TimeInForce::GoodTillCancelled))?,
        size,
        iceberg: None,
        leg,
        reduce_only: placing::reduce_only(params, leg)?,
        self_trade: words::self_trade(params)?,
        loan: Loan::None,
        echo: placing::echo(params)?,
    })
}

/// What it waits for, and what it becomes.
fn kind(call: &Call<'_>, market: MarketId, side: Side) -> Result<OrderKind, ApiError> {
    let params = call.params;
    let word = params.required("type")?;
    let by = words::working_type(params)?;
    if word == "TRAILING_STOP_MARKET" {
        placing::refuse(params, &["price", "triggerPrice"])?;
        placing::no_price_match(params)?;
        let activation = match params.text("activatePrice") {
            None => None,
            Some(_) => {
                Some(placing::price(params, "activatePrice").map_err(|_| ApiError::new(-4135, "Invalid activation price"))?)
            }
        };
        return Ok(OrderKind::TrailingStop { distance: callback(params)?, activation, by });
    }
    if !words::is_conditional_type(word) {
        return Err(ApiError::new(-1116, "Invalid orderType."));
    }
    placing::refuse(params, &["activatePrice", "callbackRate"])?;
    let trigger = Trigger { price: placing::price(params, "triggerPrice")?, by };
    let limit = || placing::limit_price(call, params, market, side);
    let none = || -> Result<(), ApiError> {
        placing::refuse(params, &["price"])?;
        placing::no_price_match(params)
    };
    Ok(match word {
        "STOP" => OrderKind::StopLimit { trigger, price: limit()? },
        "TAKE_PROFIT" => OrderKind::TakeProfitLimit { trigger, price: limit()? },
        "STOP_MARKET" => none().map(|()| OrderKind::StopMarket { trigger })?,
        _ => none().map(|()| OrderKind::TakeProfitMarket { trigger })?,
    })
}

fn callback(params: &Params) -> Result<Distance, ApiError> {
    params.required("callbackRate")?;
    let rate = params.decimal("callbackRate")?.ok_or_else(|| ApiError::mandatory("callbackRate"))?;
    if rate < CALLBACK.0 || rate > CALLBACK.1 {
        return Err(ApiError::new(-2007, "Invalid callBack rate."));
    }
    Ok(Distance::Percent(Percent::new(rate)))
}

/// How much: a quantity, or the whole position, which is for orders without a price of their own.
fn size(params: &Params, kind: OrderKind, side: Side, leg: Option<PositionSide>) -> Result<Size, ApiError> {
    if !placing::flag(params, "closePosition")? {
        return placing::quantity(params).map(Size::Quantity);
    }
    if !matches!(kind, OrderKind::StopMarket { .. } | OrderKind::TakeProfitMarket { .. }) {
        return Err(placing::strategy_invalid(words::type_word(kind)));
    }
    if params.text("quantity").is_some() {
        return Err(ApiError::new(-4137, "Quantity must be zero with closePosition equals true"));
    }
    placing::refuse(params, &["reduceOnly"])?;
    // "Cannot be used with BUY orders in LONG position side, and with SELL orders in SHORT position side."
    let opens = leg.is_some_and(|leg| leg.opening_side() == side);
    if opens { Err(placing::strategy_invalid(words::type_word(kind))) } else { Ok(Size::WholePosition) }
}

/// `DELETE algoOrder`.
pub(crate) fn cancel(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (family, name) = (asked::family(call), named(call.params)?);
    let cancelled = call.world.cancel_algo(call.account, family.wallet, &name);
    let algo = cancelled.map_err(|refusal| match refusal {
        Refusal::UnknownOrder => ApiError::new(-2011, "Unknown order sent."),
        other => ApiError::of(&other, family.product),
    })?;
    // The code is a text here, and a number in other replies.
    Ok(Row::new()
        .number("algoId", algo.id.0)
        .text("clientAlgoId", &algo.request.client_id)
        .text("code", "200")
        .text("msg", "success")
        .json())
}

/// `DELETE algoOpenOrders`.
pub(crate) fn cancel_all(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (family, market) = (asked::family(call), asked::market(call, call.params)?);
    let waiting = call.world.account(call.account).orders.waiting_algos(family.wallet, Some(market));
    let waiting: Vec<Named> = waiting.iter().map(|algo| Named::Id(algo.id.0)).collect();
    for name in waiting {
        // One that another's end has ended already needs no end.
        let _ = call.world.cancel_algo(call.account, family.wallet, &name);
    }
    Ok(done("The operation of cancel all open order is done."))
}

/// `GET algoOrder`.
pub(crate) fn query(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (family, name) = (asked::family(call), named(call.params)?);
    let algo = call.world.account(call.account).orders.algo(family.wallet, &name).ok_or_else(asked::no_such_order)?;
    Ok(row(call, algo, true).json())
}

/// `GET openAlgoOrders`.
pub(crate) fn open(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    if let Some(word) = call.params.text("algoType") {
        only_conditional(word)?;
    }
    let market = asked::market_if_named(call)?;
    let id = asked::id(call.params, "algoId")?;
    let algos = call.world.account(call.account).orders.waiting_algos(family.wallet, market);
    let shown = algos.into_iter().filter(|algo| id.is_none_or(|id| algo.id.0 == id));
    Ok(Json(list(shown.map(|algo| row(call, algo, true)))))
}

/// `GET allAlgoOrders`.
pub(crate) fn all(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (family, market) = (asked::family(call), asked::market(call, call.params)?);
    let from = asked::id(call.params, "algoId")?;
    let limit = asked::limit(call.params, 500, 1000)?;
    let page = call.params.integer("page")?.unwrap_or(1).max(1);
    let (since, until) = asked::span_of_days(call, 7)?;
    let mut algos = call.world.account(call.account).orders.algos(family.wallet, Some(market));
    algos.retain(|algo| match from {
        Some(from) => algo.id.0 >= from,
        None => algo.created >= since && algo.created <= until,
    });
    let skipped = usize::try_from(page.saturating_sub(1)).unwrap_or(usize::MAX).saturating_mul(limit);
    let rest = algos.get(skipped..).unwrap_or_default();
    let from_start = from.is_some() || page > 1 || call.params.text("startTime").is_some();
    Ok(Json(list(window(rest, limit, from_start).iter().map(|algo| row(call, algo, true)))))
}

fn named(params: &Params) -> Result<Named, ApiError> {
    asked::named(params, "algoId", "clientAlgoId")
}

/// A conditional order; queries show what became of it too.
fn row(call: &Call<'_>, algo: &Algo, is_query: bool) -> Row {
    let family = asked::family(call);
    let request = &algo.request;
    let listing = call.world.markets().get(request.market).listing();
    let (price, lot) = (price_places(listing), quantity_places(listing));
    let quantity = match request.size {
        Size::Quantity(quantity) => quantity,
        Size::Quote(_) | Size::WholePosition => Decimal::ZERO,
    };
    let limit = request.kind.limit_price().map(Price::get).unwrap_or_default();
    let (activation, rate) = match request.kind {
        OrderKind::TrailingStop { distance, activation, .. } => {
            (activation.map(|at| fixed(at.get(), price)).unwrap_or_default(), order_rows::rate(distance))
        }
        _ => (String::new(), String::new()),
    };
    Row::new()
        .number("algoId", algo.id.0)
        .text("clientAlgoId", &request.client_id)
        .text("algoType", "CONDITIONAL")
        .text("orderType", words::type_word(request.kind))
        .text("symbol", &listing.symbol)
        .text("side", words::side_word(request.side))
        .text("positionSide", words::leg_word(request.leg))
        .text("timeInForce", words::stands_word(request.time_in_force))
        .fixed("quantity", quantity, lot)
        .text("algoStatus", words::algo_status(algo.state))
        .when(is_query, |row| actual(call, family, algo, row))
        .text("triggerPrice", &order_rows::stop_price(request, price))
        .fixed("price", limit, price)
        .raw("icebergQuantity", "null")
        .when(is_query, |row| {
            let none = fixed(Decimal::ZERO, price);
            let names = ["tpTriggerPrice", "tpPrice", "slTriggerPrice", "slPrice"];
            names.iter().fold(row, |row, name| row.text(name, &none)).text("tpOrderType", "")
        })
        .text("selfTradePreventionMode", words::self_trade_word(request.self_trade))
        .text("workingType", words::price_word(request.kind))
        .text("priceMatch", request.echo.get("priceMatch").map_or("NONE", String::as_str))
        .flag("closePosition", request.size == Size::WholePosition)
        .flag("priceProtect", request.echo.contains_key("priceProtect"))
        .flag("reduceOnly", request.reduce_only)
        .text("activatePrice", &activation)
        .text("callbackRate", &rate)
        .number("createTime", Call::millis(algo.created))
        .number("updateTime", Call::millis(algo.updated))
        .number("triggerTime", algo.triggered.map_or(0, Call::millis))
        .number("goodTillDate", order_rows::good_till(request.time_in_force))
}

/// The order that came of it.
fn actual(call: &Call<'_>, family: &Family, algo: &Algo, row: Row) -> Row {
    let orders = &call.world.account(call.account).orders;
    let order = algo.order.and_then(|id| orders.get(family.wallet, algo.request.market, &Named::Id(id.0)));
    let listing = call.world.markets().get(algo.request.market).listing();
    let average = order.map(|order| order.average_price(family.inverse_contract(listing))).unwrap_or_default();
    row.text("actualOrderId", &algo.order.map(|id| id.0.to_string()).unwrap_or_default())
        .average("actualPrice", average, family.average_places)
        .when(order.is_some(), |row| {
            let quantity = order.map(|order| order.executed).unwrap_or_default();
            row.text("actualType", words::working_type_word(algo.request.kind)).fixed(
                "actualQty",
                quantity,
                quantity_places(listing),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params::of(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
    }

    fn price() -> Price {
        Price::new(Decimal::ONE).unwrap()
    }

    #[test]
    fn the_whole_position_is_closed_without_a_quantity_and_by_market_orders_only() {
        let close = |more: &[(&str, &str)], kind, leg| {
            let mut pairs = vec![("closePosition", "true")];
            pairs.extend_from_slice(more);
            size(&params(&pairs), kind, Side::Sell, leg).map_err(|error| error.code)
        };
        let stop = OrderKind::StopMarket { trigger: Trigger::at(price()) };
        assert_eq!(close(&[], stop, None), Ok(Size::WholePosition));
        assert_eq!(close(&[("quantity", "1")], stop, None), Err(-4137));
        assert_eq!(close(&[("reduceOnly", "true")], stop, None), Err(-1106));
        assert_eq!(close(&[], stop, Some(PositionSide::Long)), Ok(Size::WholePosition));
        assert_eq!(close(&[], stop, Some(PositionSide::Short)), Err(-4136));
        let limit = OrderKind::StopLimit { trigger: Trigger::at(price()), price: price() };
        assert_eq!(close(&[], limit, None), Err(-4136));
    }

    #[test]
    fn callback_rates_lie_between_a_tenth_and_ten_percent() {
        let read = |rate: &str| callback(&params(&[("callbackRate", rate)])).map_err(|error| error.code);
        assert_eq!(read("0.1"), Ok(Distance::Percent(Percent::new(Decimal::new(1, 1)))));
        assert!(read("10").is_ok());
        assert_eq!(read("0.09"), Err(-2007));
        assert_eq!(read("10.1"), Err(-2007));
        assert_eq!(read(""), Err(-1102));
    }
}
