//! Whether Binance takes an order, before it is written down: the product has such an order, and it meets the instrument's filters.

use metaexpert_connect::{exchange::Listed, report::OrderType};
use metaexpert_core::{Distance, Effect, Fitting, NewOrder, OrderKind, Price, TimeInForce};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::{
    Product,
    filters::{self, MarketView, OrderDraft},
    orders::{AccountModes, plan},
};

pub(super) fn check(product: Product, listed: &Listed, order: &NewOrder, modes: AccountModes) -> Result<(), String> {
    plan(product, &listed.name, &listed.instrument, order, modes).map_err(|refusal| refusal.to_string())?;
    let checked = filters::check(&listed.listing, &draft(product, order), &MarketView::default());
    checked.map(drop).map_err(|refusal| refusal.to_string())
}

/// What filters look at in an order.
fn draft(product: Product, order: &NewOrder) -> OrderDraft {
    let is_of_futures = matches!(product, Product::UsdM | Product::CoinM);
    let (order_type, price, stop_price) = match order.kind {
        OrderKind::Market => (OrderType::Market, None, None),
        OrderKind::Limit { price } if order.time_in_force == TimeInForce::PostOnly => (OrderType::LimitMaker, Some(price), None),
        OrderKind::Limit { price } => (OrderType::Limit, Some(price), None),
        OrderKind::StopMarket { trigger } => (OrderType::StopMarket, None, Some(trigger.price)),
        OrderKind::StopLimit { trigger, price } => (OrderType::StopLimit, Some(price), Some(trigger.price)),
        OrderKind::TakeProfitMarket { trigger } => (OrderType::TakeProfitMarket, None, Some(trigger.price)),
        OrderKind::TakeProfitLimit { trigger, price } => (OrderType::TakeProfitLimit, Some(price), Some(trigger.price)),
        OrderKind::TrailingStop { activation, .. } => (OrderType::TrailingStop, None, activation),
    };
    let closes_all = is_of_futures
        && matches!(order.effect, Effect::CloseAll(_))
        && matches!(order_type, OrderType::StopMarket | OrderType::TakeProfitMarket);
    let quote_quantity = match (order.fitting, order.kind) {
        (Fitting::Spend(amount), OrderKind::Market) => Some(amount),
        _ => None,
    };
    OrderDraft {
        order_type,
        price: price.map(Price::get),
        stop_price: stop_price.map(Price::get),
        quote_quantity,
        reduce_only: is_of_futures && matches!(order.effect, Effect::Close(_) | Effect::CloseAll(_)),
        trailing_delta: if is_of_futures { None } else { trailing_delta(order) },
        quantity: (!closes_all && quote_quantity.is_none()).then(|| order.quantity.get()),
        ..OrderDraft::market(order.side, order.quantity.get())
    }
}

/// The distance of a trailing stop of spot, in hundredths of a percent. What is not a whole number of them is refused by the plan.
fn trailing_delta(order: &NewOrder) -> Option<u32> {
    match order.kind {
        OrderKind::TrailingStop { distance: Distance::Percent(percent), .. } => (percent.get() * Decimal::ONE_HUNDRED).to_u32(),
        _ => None,
    }
}
