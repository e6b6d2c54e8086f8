//! Binance's filters, checked on this side before an order is sent.
//!
//! The one decision: all rules that bear on one number of an order (its price, its quantity, ...) are put together first, and judged
//! together. So the nearest value that a refusal names meets all of them, and not only the one that was broken.
//!
//! What a rule is measured against may be unknown here (an average price, the number of open orders). Such a rule is passed and named,
//! and the exchange has the last word. Whether an account may trade a symbol, and which types of orders it takes, is not judged here.
//!
//! Sources: Spot API, "Filters" (2026-07); USD-M and COIN-M, "Common Definition", "Filters" (2026-01); options, "Exchange Information".

mod bounds; // what one number must meet, and the nearest that does
mod draft; // an order, and what is known around it              <- read first
mod price; // rules of prices
mod quantity; // rules of quantities and values
mod refusal; // which rule was broken, by what, and what would do

use metaexpert_connect::report::{Filter, Listing};
use metaexpert_core::{InstrumentKind, Side};
use rust_decimal::Decimal;

pub use draft::{MarketView, OpenCounts, OrderDraft};
pub use refusal::{Breach, Checked, Field, FilterRefusal, Rule, Unchecked, Unknown};

use bounds::{Bound, Demand, judge};

/// Checks an order against all filters of a listing.
///
/// # Errors
/// The first rule that it breaks, with the value, the limit, and the nearest value that would do.
pub fn check(listing: &Listing, order: &OrderDraft, view: &MarketView) -> Result<Checked, FilterRefusal> {
    let mut checked = Checked::default();
    let about = About { listing, order, view };
    if let Some(price) = order.price {
        about.judge(Field::Price, price, &price::of_price(&about, &mut checked))?;
    }
    if let Some(stop_price) = order.stop_price {
        about.judge(Field::StopPrice, stop_price, &price::of_stop_price(&about))?;
    }
    if let Some(quantity) = order.quantity {
        about.judge(Field::Quantity, quantity, &quantity::of_quantity(&about, &mut checked))?;
    }
    if let Some(iceberg) = order.iceberg_quantity {
        about.judge(Field::IcebergQuantity, iceberg, &quantity::of_iceberg(&about))?;
    }
    if let Some(quote) = order.quote_quantity {
        about.judge(Field::QuoteQuantity, quote, &quantity::of_quote_quantity(&about))?;
    }
    if let Some(delta) = order.trailing_delta {
        about.judge(Field::TrailingDelta, Decimal::from(delta), &of_trailing_delta(&about))?;
    }
    counts(&about, &mut checked)?;
    Ok(checked)
}

/// An order and all that is known around it.
#[derive(Debug, Clone, Copy)]
struct About<'a> {
    listing: &'a Listing,
    order: &'a OrderDraft,
    view: &'a MarketView,
}

impl About<'_> {
    fn filters(&self) -> impl Iterator<Item = &Filter> {
        self.listing.filters.iter()
    }

    /// Spot has rules of its own for what a market order is worth and where a step begins.
    fn is_spot(&self) -> bool {
        self.listing.kind == Some(InstrumentKind::Spot)
    }

    /// Where steps are counted from: spot counts from zero ("`price` % `tickSize`"), derivatives from the smallest value.
    fn step_from(&self, min: Option<Decimal>) -> Decimal {
        if self.is_spot() { Decimal::ZERO } else { min.unwrap_or(Decimal::ZERO) }
    }

    fn judge(&self, field: Field, value: Decimal, bounds: &[Bound]) -> Result<(), FilterRefusal> {
        judge(value, bounds).map_err(|(rule, breach, nearest)| FilterRefusal {
            symbol: self.listing.symbol.clone(),
            rule,
            field,
            value,
            breach,
            nearest,
        })
    }
}

/// `TRAILING_DELTA`: which pair of limits counts depends on whether the order waits above or below the price.
fn of_trailing_delta(about: &About<'_>) -> Vec<Bound> {
    let is_above = match about.order.side {
        Side::Buy => !about.order.is_take_profit(),
        Side::Sell => about.order.is_take_profit(),
    };
    let bounds = about.filters().filter_map(|filter| match filter {
        Filter::TrailingDelta { min_above, max_above, .. } if is_above => Some((*min_above, *max_above)),
        Filter::TrailingDelta { min_below, max_below, .. } => Some((*min_below, *max_below)),
        _ => None,
    });
    bounds
        .flat_map(|(min, max)| [Demand::AtLeast(Decimal::from(min)), Demand::AtMost(Decimal::from(max))])
        .map(|demand| Bound { rule: Rule::TrailingDelta, demand })
        .collect()
}

/// How many orders may be open: one more is what this order makes of them.
fn counts(about: &About<'_>, checked: &mut Checked) -> Result<(), FilterRefusal> {
    let (order, open) = (about.order, about.view.open);
    for filter in about.filters() {
        let (rule, limit, count, is_concerned) = match filter {
            Filter::OpenOrders(limit) => (Rule::MaxNumOrders, limit, open.map(|open| open.orders), order.amended.is_none()),
            Filter::ConditionalOrders(limit) => (
                Rule::MaxNumAlgoOrders,
                limit,
                open.map(|open| open.conditional),
                order.amended.is_none() && order.is_conditional(),
            ),
            Filter::IcebergOrders(limit) => {
                (Rule::MaxNumIcebergOrders, limit, open.map(|open| open.iceberg), order.amended.is_none() && order.is_iceberg())
            }
            Filter::OrderLists(limit) => (Rule::MaxNumOrderLists, limit, open.map(|open| open.lists), order.opens_list),
            Filter::Amends(limit) => (Rule::MaxNumOrderAmends, limit, order.amended, order.amended.is_some()),
            _ => continue,
        };
        match count {
            _ if !is_concerned => {}
            None => checked.pass(rule, Unknown::OpenOrders),
            Some(count) if count >= *limit => {
                let (symbol, field) = (about.listing.symbol.clone(), Field::Count);
                let (value, breach) = (Decimal::from(count.saturating_add(1)), Breach::AboveMax(Decimal::from(*limit)));
                return Err(FilterRefusal { symbol, rule, field, value, breach, nearest: None });
            }
            Some(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
