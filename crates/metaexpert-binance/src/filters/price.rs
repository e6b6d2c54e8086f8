//! Rules of prices.

use metaexpert_connect::report::Filter;
use metaexpert_core::Side;
use rust_decimal::Decimal;

use super::{About, Bound, Checked, Demand, Rule, Unknown};

/// What a limit must meet.
pub(super) fn of_price(about: &About<'_>, checked: &mut Checked) -> Vec<Bound> {
    let mut bounds = of_stop_price(about);
    for filter in about.filters() {
        if let Filter::PricePercent { bid_down, bid_up, ask_down, ask_up, minutes } = filter {
            let factors = match about.order.side {
                Side::Buy => (*bid_down, *bid_up),
                Side::Sell => (*ask_down, *ask_up),
            };
            let is_by_side = (bid_down, bid_up) != (ask_down, ask_up);
            let rule = if is_by_side { Rule::PercentPriceBySide } else { Rule::PercentPrice };
            // The limit of futures that wait is measured by their stop price (USD-M, "Error Codes", -4183 and -4184; COIN-M, -4151 and
            // -4152): a stop far from the market is what a stop is for.
            let measured = match (minutes, about.order.is_conditional()) {
                (None, true) => about.order.stop_price.ok_or(Unknown::TradePrice),
                _ => reference(about, *minutes),
            };
            match measured {
                Ok(reference) => bounds.extend(range(about, *minutes, factors, reference, rule)),
                Err(unknown) => checked.pass(rule, unknown),
            }
        }
    }
    bounds
}

/// What a stop price must meet: the price filter, and no percentage.
pub(super) fn of_stop_price(about: &About<'_>) -> Vec<Bound> {
    let mut bounds = vec![Bound { rule: Rule::PriceFilter, demand: Demand::Positive }];
    for filter in about.filters() {
        if let Filter::Price { min, max, tick } = filter {
            let step = tick.map(|step| Demand::OnStep { step, from: about.step_from(*min) });
            let demands = [min.map(Demand::AtLeast), max.map(Demand::AtMost), step];
            bounds.extend(demands.into_iter().flatten().map(|demand| Bound { rule: Rule::PriceFilter, demand }));
        }
    }
    bounds
}

/// What an average is of so many minutes, or the mark price where there are none.
///
/// Spot API, "Filters": the reference price where one is set; otherwise the average, or the last price of 0 minutes.
pub(super) fn reference(about: &About<'_>, minutes: Option<u32>) -> Result<Decimal, Unknown> {
    let view = about.view;
    match minutes {
        None => view.mark.ok_or(Unknown::MarkPrice),
        Some(0) => view.reference.or(view.last).ok_or(Unknown::ReferencePrice),
        Some(_) => view.reference.or(view.average).ok_or(Unknown::ReferencePrice),
    }
}

/// Spot holds a price between both factors. Of futures a buy has no lowest and a sell no highest price.
fn range(
    about: &About<'_>,
    minutes: Option<u32>,
    (down, up): (Decimal, Decimal),
    reference: Decimal,
    rule: Rule,
) -> impl Iterator<Item = Bound> {
    let is_by_mark = minutes.is_none();
    let has_low = !is_by_mark || about.order.side == Side::Sell;
    let has_high = !is_by_mark || about.order.side == Side::Buy;
    let low = reference.checked_mul(down).filter(|_| has_low).map(|low| Demand::AtLeast(low.normalize()));
    let high = reference.checked_mul(up).filter(|_| has_high).map(|high| Demand::AtMost(high.normalize()));
    [low, high].into_iter().flatten().map(move |demand| Bound { rule, demand })
}
