//! Rules of quantities, and of what they are worth.

use metaexpert_connect::report::Filter;
use metaexpert_core::Side;
use rust_decimal::Decimal;

use super::{About, Bound, Checked, Demand, Rule, Unknown, price::reference};

/// What a quantity must meet.
pub(super) fn of_quantity(about: &About<'_>, checked: &mut Checked) -> Vec<Bound> {
    let order = about.order;
    let mut bounds = vec![Bound { rule: Rule::LotSize, demand: Demand::Positive }];
    for filter in about.filters() {
        match filter {
            Filter::Lot { market: false, .. } => bounds.extend(lot(about, filter, Rule::LotSize)),
            Filter::Lot { market: true, .. } if is_market_lot(about) => bounds.extend(lot(about, filter, Rule::MarketLotSize)),
            Filter::Notional { .. } => bounds.extend(worth(about, filter, checked)),
            Filter::Position(max) if order.side == Side::Buy => match about.view.position {
                Some(position) => {
                    bounds.push(Bound { rule: Rule::MaxPosition, demand: Demand::AtMost(max.saturating_sub(position)) });
                }
                None => checked.pass(Rule::MaxPosition, Unknown::Position),
            },
            Filter::Asset { asset, max } if *asset == about.listing.base => {
                bounds.push(Bound { rule: Rule::MaxAsset, demand: Demand::AtMost(*max) });
            }
            Filter::Asset { asset, max } if *asset == about.listing.quote => match price(about, 0) {
                Ok(apiece) => bounds.push(Bound { rule: Rule::MaxAsset, demand: Demand::WorthAtMost { apiece, max: *max } }),
                Err(unknown) => checked.pass(Rule::MaxAsset, unknown),
            },
            _ => {}
        }
    }
    bounds
}

/// What the shown part of an iceberg must meet: a lot, and not too many parts ("`CEIL(qty / icebergQty)`").
pub(super) fn of_iceberg(about: &About<'_>) -> Vec<Bound> {
    let mut bounds = vec![Bound { rule: Rule::LotSize, demand: Demand::Positive }];
    for filter in about.filters() {
        match (filter, about.order.quantity) {
            (Filter::Lot { market: false, .. }, _) => bounds.extend(lot(about, filter, Rule::LotSize)),
            (Filter::IcebergParts(parts), Some(quantity)) => {
                let demand = Demand::WorthAtLeast { apiece: Decimal::from(*parts), min: quantity };
                bounds.push(Bound { rule: Rule::IcebergParts, demand });
            }
            _ => {}
        }
    }
    bounds
}

/// What an amount of quote currency must meet: it is the order's value itself.
pub(super) fn of_quote_quantity(about: &About<'_>) -> Vec<Bound> {
    let mut bounds = Vec::new();
    for filter in about.filters() {
        match filter {
            Filter::Notional { min, max, min_for_market, max_for_market, .. } => {
                let least = min.filter(|_| *min_for_market).map(Demand::AtLeast);
                let most = max.filter(|_| *max_for_market).map(Demand::AtMost);
                let rule = notional_rule(*max);
                bounds.extend([least, most].into_iter().flatten().map(|demand| Bound { rule, demand }));
            }
            Filter::Asset { asset, max } if *asset == about.listing.quote => {
                bounds.push(Bound { rule: Rule::MaxAsset, demand: Demand::AtMost(*max) });
            }
            _ => {}
        }
    }
    let positive = bounds.first().map_or(Rule::Notional, |bound| bound.rule);
    bounds.insert(0, Bound { rule: positive, demand: Demand::Positive });
    bounds
}

/// Spot: "rules for `MARKET` orders". Futures hold the orders that will become market orders to it as well.
fn is_market_lot(about: &About<'_>) -> bool {
    if about.is_spot() { about.order.is_market() } else { about.order.takes_any_price() }
}

fn lot(about: &About<'_>, filter: &Filter, rule: Rule) -> impl Iterator<Item = Bound> {
    let demands = match filter {
        Filter::Lot { min, max, step, .. } => {
            let step = step.map(|step| Demand::OnStep { step, from: about.step_from(*min) });
            [min.map(Demand::AtLeast), max.map(Demand::AtMost), step]
        }
        _ => [None; 3],
    };
    demands.into_iter().flatten().map(move |demand| Bound { rule, demand })
}

/// `NOTIONAL`, `MIN_NOTIONAL`: the value of an order at its price, or at what the exchange takes for the price of a market order.
fn worth(about: &About<'_>, filter: &Filter, checked: &mut Checked) -> Vec<Bound> {
    let Filter::Notional { min, max, min_for_market, max_for_market, minutes } = filter else { return Vec::new() };
    let (order, rule) = (about.order, notional_rule(*max));
    let is_asked = |of_market: bool| of_market || !order.is_market();
    // Futures: "reduce only" is exempt (error -4164).
    let min = min.filter(|_| is_asked(*min_for_market) && !order.reduce_only);
    let max = max.filter(|_| is_asked(*max_for_market));
    if min.is_none() && max.is_none() {
        return Vec::new();
    }
    match price(about, *minutes) {
        Ok(apiece) => {
            let least = min.map(|min| Demand::WorthAtLeast { apiece, min });
            let most = max.map(|max| Demand::WorthAtMost { apiece, max });
            [least, most].into_iter().flatten().map(|demand| Bound { rule, demand }).collect()
        }
        Err(unknown) => {
            checked.pass(rule, unknown);
            Vec::new()
        }
    }
}

/// What one of it is worth to the exchange: the limit, or of market orders the average of so many minutes or the mark price.
fn price(about: &About<'_>, minutes: u32) -> Result<Decimal, Unknown> {
    let order = about.order;
    let contract_size = about.listing.contract_size;
    if about.listing.kind.is_some_and(metaexpert_core::InstrumentKind::is_inverse) {
        return Ok(contract_size);
    }
    let price = match order.price {
        Some(price) => price,
        None if order.is_conditional() => return Err(Unknown::TradePrice),
        None => reference(about, about.is_spot().then_some(minutes))?,
    };
    price.checked_mul(contract_size).ok_or(Unknown::TradePrice)
}

/// Only `NOTIONAL` has a largest value.
const fn notional_rule(max: Option<Decimal>) -> Rule {
    if max.is_some() { Rule::Notional } else { Rule::MinNotional }
}
