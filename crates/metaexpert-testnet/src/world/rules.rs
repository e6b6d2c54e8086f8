//! The rules of a market that an order must keep to before anybody asks for money.
//!
//! The one decision: they are looked at in the order in which Binance lists its filters (Spot API, "Filters"), so that an order
//! which breaks several is refused for the same one.

use metaexpert_core::{Distance, OrderKind, Price, Side};
use rust_decimal::Decimal;

use super::needs::closes;
use crate::{
    account::Orders,
    listing::{Class, Listing},
    order::{BrokenRule, OrderRequest, OrderState, Refusal, Size},
    prices::Prices,
};

/// Whether an order keeps to the rules. `quantity` is what it is for, as far as that can be known.
pub(super) fn check(
    request: &OrderRequest,
    quantity: Option<Decimal>,
    listing: &Listing,
    prices: &dyn Prices,
) -> Result<(), Refusal> {
    check_prices(request.kind, listing)?;
    check_trailing(request.kind)?;
    if let Some(limit) = request.kind.limit_price() {
        check_band(limit.get(), request.side, reference(request, listing, prices), listing)?;
    }
    let Some(quantity) = quantity else { return Ok(()) };
    check_lot(request, quantity, listing)?;
    check_iceberg(request, quantity, listing)?;
    check_notional(request, quantity, listing, prices)
}

/// Whether one more order may stand.
pub(super) fn check_room(request: &OrderRequest, listing: &Listing, orders: &Orders, more: usize) -> Result<(), Refusal> {
    let limits = &listing.limits;
    if orders.count_open(request.wallet, request.market) + more > limits.open_orders as usize {
        return Err(Refusal::Rule(BrokenRule::OpenOrders));
    }
    if !request.kind.is_conditional() {
        return Ok(());
    }
    let open = orders.open(request.wallet, Some(request.market));
    let waiting = open.iter().filter(|order| order.state == OrderState::Waiting).count();
    if waiting + more > limits.conditional_orders as usize {
        return Err(Refusal::Rule(BrokenRule::ConditionalOrders));
    }
    Ok(())
}

fn check_prices(kind: OrderKind, listing: &Listing) -> Result<(), Refusal> {
    let activation = match kind {
        OrderKind::TrailingStop { activation, .. } => activation,
        _ => None,
    };
    let asked = [kind.limit_price(), kind.trigger().map(|trigger| trigger.price), activation];
    let tick = listing.instrument.rules.tick_size;
    let (least, most) = listing.limits.price;
    let keeps = |price: Price| {
        let price = price.get();
        price >= least && price <= most && is_multiple(price, tick)
    };
    if asked.into_iter().flatten().all(keeps) { Ok(()) } else { Err(Refusal::Rule(BrokenRule::Price)) }
}

fn check_trailing(kind: OrderKind) -> Result<(), Refusal> {
    let OrderKind::TrailingStop { distance: Distance::Percent(percent), .. } = kind else { return Ok(()) };
    let may_be = percent.get() > Decimal::ZERO && percent.get() < Decimal::ONE_HUNDRED;
    if may_be { Ok(()) } else { Err(Refusal::Rule(BrokenRule::Trailing)) }
}

/// Coins are bound on both sides (`PERCENT_PRICE_BY_SIDE`), contracts only against the one who orders (`PERCENT_PRICE`): a buyer
/// may bid as little as he likes.
fn check_band(limit: Decimal, side: Side, reference: Option<Decimal>, listing: &Listing) -> Result<(), Refusal> {
    let Some(reference) = reference else { return Ok(()) };
    let (below, above) = listing.limits.band;
    let (least, most) = (reference * below, reference * above);
    let keeps = match (listing.class, side) {
        (Class::Spot, _) => limit >= least && limit <= most,
        (_, Side::Buy) => limit <= most,
        (_, Side::Sell) => limit >= least,
    };
    if keeps { Ok(()) } else { Err(Refusal::Rule(BrokenRule::Band)) }
}

/// What a limit is compared with: the last price of coins, the mark price of contracts. A conditional order is compared with
/// its own trigger, where it will be when it comes to life.
fn reference(request: &OrderRequest, listing: &Listing, prices: &dyn Prices) -> Option<Decimal> {
    match (request.kind.trigger(), listing.class) {
        (Some(trigger), Class::Linear | Class::Inverse | Class::Options) => Some(trigger.price.get()),
        (_, Class::Spot) => prices.last(request.market),
        (None, Class::Linear | Class::Inverse | Class::Options) => prices.mark(request.market),
    }
}

fn check_lot(request: &OrderRequest, quantity: Decimal, listing: &Listing) -> Result<(), Refusal> {
    let (least, most) = listing.limits.quantity;
    if quantity < least || quantity > most || !is_multiple(quantity, listing.instrument.rules.lot_size) {
        return Err(Refusal::Rule(BrokenRule::Lot));
    }
    let is_market = request.kind.limit_price().is_none();
    if is_market && quantity > listing.limits.market_quantity {
        return Err(Refusal::Rule(BrokenRule::MarketLot));
    }
    Ok(())
}

fn check_iceberg(request: &OrderRequest, quantity: Decimal, listing: &Listing) -> Result<(), Refusal> {
    let Some(part) = request.iceberg.filter(|part| *part > Decimal::ZERO) else { return Ok(()) };
    let parts = (quantity / part).ceil();
    if parts > Decimal::from(listing.limits.iceberg_parts) { Err(Refusal::Rule(BrokenRule::IcebergParts)) } else { Ok(()) }
}

/// What closes may be worth anything (USD-M, "New Order": `MIN_NOTIONAL` does not hold for `reduceOnly`).
fn check_notional(request: &OrderRequest, quantity: Decimal, listing: &Listing, prices: &dyn Prices) -> Result<(), Refusal> {
    if closes(request) {
        return Ok(());
    }
    let own = request.kind.limit_price().or_else(|| request.kind.trigger().map(|trigger| trigger.price)).map(Price::get);
    let is_market = request.kind.limit_price().is_none();
    let Some(price) = own.or_else(|| reference(request, listing, prices)) else { return Ok(()) };
    let size = listing.instrument.rules.size(quantity);
    let worth = match request.size {
        Size::Quote(worth) => worth,
        Size::Quantity(_) | Size::WholePosition if listing.instrument.kind.is_inverse() => size,
        Size::Quantity(_) | Size::WholePosition => price * size,
    };
    let (least, most) = listing.limits.notional;
    if worth < least || (worth > most && !is_market) { Err(Refusal::Rule(BrokenRule::Notional)) } else { Ok(()) }
}

fn is_multiple(value: Decimal, step: Decimal) -> bool {
    step <= Decimal::ZERO || (value % step).is_zero()
}
