//! What an order needs: how much it is for, at which price it may be executed at worst, what it must have set aside.
//!
//! The one decision: what a market order will cost is read from the book as its account meets it, level by level, which is what
//! it will be executed at.

use metaexpert_core::{
    Book, OrderKind, PositionSide, Side, UnixNanos,
    rounding::{Round, decimal_of, to_step},
};
use rust_decimal::Decimal;

use crate::{
    clearing::Need,
    listing::Listing,
    order::{Order, OrderRequest, OrderState, Size},
};

/// What taking from a book comes to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Walk {
    /// How much there is.
    pub quantity: Decimal,
    /// The last level's price; `None` where there is none.
    pub worst: Option<Decimal>,
}

/// Whether an order may only make a position smaller: it says so, or it names a leg and goes the way that closes it.
pub(super) fn closes(request: &OrderRequest) -> bool {
    request.reduce_only
        || request.size == Size::WholePosition
        || request.leg.is_some_and(|leg| request.side == PositionSide::closing_side(leg))
}

/// Takes so much from a book, level by level; no further than a limit.
pub(super) fn walk(book: &Book, listing: &Listing, side: Side, limit: Option<Decimal>, wanted: Decimal) -> Walk {
    let mut walk = Walk::default();
    for (price, there) in levels(book, listing, side) {
        if walk.quantity >= wanted || limit.is_some_and(|limit| is_beyond(side, price, limit)) {
            break;
        }
        walk.quantity += there.min(wanted - walk.quantity);
        walk.worst = Some(price);
    }
    walk
}

/// How much so much quote currency buys, or must be sold for, on the lot.
pub(super) fn walk_by_value(book: &Book, listing: &Listing, side: Side, budget: Decimal) -> Walk {
    let rules = &listing.instrument.rules;
    let mut left = budget;
    let mut walk = Walk::default();
    for (price, there) in levels(book, listing, side) {
        let each = price * rules.contract_size;
        let affordable = to_step(left.checked_div(each).unwrap_or_default(), rules.lot_size, Round::Down);
        let taken = there.min(affordable);
        if taken <= Decimal::ZERO {
            break;
        }
        walk.quantity += taken;
        walk.worst = Some(price);
        left -= taken * each;
    }
    walk
}

/// What an order needs. `book` is as its account meets it, `last` what it is valued at where nothing else says so.
pub(super) fn need(order: &Order, book: &Book, listing: &Listing, last: Option<Decimal>, now: UnixNanos) -> Need {
    let request = &order.request;
    let quantity = left(order);
    let waits = matches!(order.state, OrderState::Pending | OrderState::Waiting);
    let trigger = request.kind.trigger().filter(|_| waits).map(|trigger| trigger.price);
    let price = match (request.kind.limit_price().or(trigger), request.kind) {
        (Some(price), _) => Some(price.get()),
        (None, OrderKind::TrailingStop { .. }) if waits => order.level.or(last),
        (None, _) => walk(book, listing, request.side, None, quantity).worst.or(last),
    };
    Need {
        order: order.id,
        market: request.market,
        side: request.side,
        quantity,
        price: price.unwrap_or_default(),
        budget: match request.size {
            Size::Quote(budget) if request.side == Side::Buy => Some(budget),
            Size::Quote(_) | Size::Quantity(_) | Size::WholePosition => None,
        },
        leg: request.leg,
        reduce_only: request.reduce_only || request.size == Size::WholePosition,
        loan: request.loan,
        time: now,
    }
}

/// What of an order may still be executed.
pub(super) fn left(order: &Order) -> Decimal {
    (order.left() - order.prevented).max(Decimal::ZERO)
}

/// Whether a price is worse than a limit for whoever trades on this side.
pub(super) fn is_beyond(side: Side, price: Decimal, limit: Decimal) -> bool {
    match side {
        Side::Buy => price > limit,
        Side::Sell => price < limit,
    }
}

/// What an order of a side would trade with: prices and what is there in whole lots, best first.
pub(super) fn levels<'a>(book: &'a Book, listing: &'a Listing, side: Side) -> impl Iterator<Item = (Decimal, Decimal)> + 'a {
    let rules = &listing.instrument.rules;
    book.opposite(side).map(|(ticks, shown)| {
        let there = to_step(decimal_of(shown).unwrap_or_default(), rules.lot_size, Round::Down);
        (Decimal::from(ticks) * rules.tick_size, there)
    })
}
