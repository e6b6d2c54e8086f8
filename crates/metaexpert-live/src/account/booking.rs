//! An execution as the exchange tells of it becomes trades of an expert.
//!
//! The one decision: a trade changes one leg and one currency, as the engine reckons. An execution that turns a position round is told
//! as two trades, which close and open; one of coins whose fee was taken out of the coins is told with the fee's value, and a sale of
//! the coins taken at the same price, so that both the balance and what is held are what the exchange says.
//!
//! The parts bear the execution's name and a mark of their own: `/1`, `/2`, `/fee`. After a crash in between, what the journal lacks is
//! told again, and nothing else.

use metaexpert_connect::report::{FillReport, Origin};
use metaexpert_core::{
    ClientOrderId, Instrument, InstrumentId, InstrumentKind, Liquidity, Money, PositionSide, Price, Quantity, Reason, Side,
    Trade, TradeId,
};
use rust_decimal::Decimal;

/// A part of an execution that changes one leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub leg: PositionSide,
    pub quantity: Decimal,
}

/// What is left of an execution of which a journal has the part that closes: an execution of its own.
pub(super) fn rest_of(fill: &FillReport, rest: Decimal) -> FillReport {
    FillReport {
        trade_id: format!("{}/2", fill.trade_id),
        quantity: rest,
        fee: fill.fee.map(|fee| fee * rest / fill.quantity),
        ..fill.clone()
    }
}

/// Which part of an execution the journal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Nothing,
    /// The part that closes; the rest, which opens, is for this much.
    Closed {
        rest: Decimal,
    },
    /// All but the coins that the fee was taken in.
    AllButFee,
    All,
}

/// Whose an execution is, and why it happened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cause {
    pub order: Option<ClientOrderId>,
    pub reason: Reason,
}

/// Why the exchange traded in an account by itself; `None` where somebody sent an order.
pub(super) const fn reason_of(origin: Origin) -> Option<Reason> {
    match origin {
        Origin::Own => None,
        Origin::Liquidation | Origin::AutoDeleveraging => Some(Reason::Liquidation),
        Origin::Settlement => Some(Reason::Expiry),
    }
}

/// The legs that an execution changes, the one that it closes first. `held` says what the expert has of a leg; `leg` is the exchange's
/// word for it, where it keeps two. What would close more than there is of one of two legs belongs to somebody else, and is no part.
pub(super) fn parts(
    side: Side,
    leg: Option<PositionSide>,
    quantity: Decimal,
    held: impl Fn(PositionSide) -> Decimal,
) -> Vec<Part> {
    let opened = side.opened_leg();
    let (close, open) = match leg {
        Some(leg) if leg == opened => (Decimal::ZERO, quantity),
        Some(leg) => (quantity.min(held(leg)), Decimal::ZERO),
        None => {
            let close = quantity.min(held(opened.opposite()));
            (close, quantity - close)
        }
    };
    let closing = Part { leg: opened.opposite(), quantity: close };
    let opening = Part { leg: opened, quantity: open };
    [closing, opening].into_iter().filter(|part| part.quantity > Decimal::ZERO).collect()
}

/// The names that the parts of an execution have in a journal.
pub(super) fn part_id(id: &str, part: &str) -> Option<TradeId> {
    format!("{id}{part}").parse().ok()
}

/// Whether the fee of an execution was taken out of the coins that it is about.
pub(super) fn fee_in_coins(fill: &FillReport, of: &Instrument) -> Option<Decimal> {
    let is_of_coins = of.kind == InstrumentKind::Spot && fill.fee_asset.as_deref() == Some(of.base.as_str());
    fill.fee.filter(|fee| is_of_coins && *fee > Decimal::ZERO)
}

/// The trades that an execution is told as. `held` as in [`parts`].
pub(super) fn trades(
    fill: &FillReport,
    instrument: InstrumentId,
    of: &Instrument,
    cause: Cause,
    known: Known,
    held: impl Fn(PositionSide) -> Decimal,
) -> Vec<Trade> {
    let Some(price) = Price::new(fill.price) else { return Vec::new() };
    let coins = fee_in_coins(fill, of);
    let fee = match coins {
        Some(coins) => Money::new(coins * fill.price, of.settlement.clone()),
        None => fee_of(fill, of),
    };
    let trade = |id: TradeId, side, part: Part, fee: Money, order| {
        Some(Trade {
            id,
            time: fill.time,
            instrument,
            symbol: of.symbol.clone(),
            order,
            side,
            position_side: part.leg,
            price,
            quantity: Quantity::new(part.quantity)?,
            fee,
            liquidity: fill.liquidity.unwrap_or(Liquidity::Taker),
            reason: cause.reason,
        })
    };
    let share = |quantity: Decimal| Money::new(fee.amount * quantity / fill.quantity, fee.currency.clone());
    let mut told = Vec::new();
    match known {
        Known::All => return told,
        Known::AllButFee => {}
        Known::Nothing | Known::Closed { .. } => match parts(fill.side, fill.position_side, fill.quantity, &held).as_slice() {
            [only] => {
                told.extend(part_id(&fill.trade_id, "").and_then(|id| trade(id, fill.side, *only, fee.clone(), cause.order)));
            }
            [closing, opening] => {
                let first = share(closing.quantity);
                let second = Money::new(fee.amount - first.amount, fee.currency.clone());
                told.extend(part_id(&fill.trade_id, "/1").and_then(|id| trade(id, fill.side, *closing, first, cause.order)));
                told.extend(part_id(&fill.trade_id, "/2").and_then(|id| trade(id, fill.side, *opening, second, cause.order)));
            }
            _ => {}
        },
    }
    if let Some(coins) = coins {
        let bought: Decimal = told
            .iter()
            .filter(|trade| trade.position_side == PositionSide::Long && trade.opens())
            .map(|trade| trade.quantity.get())
            .sum();
        let sold: Decimal = told
            .iter()
            .filter(|trade| trade.position_side == PositionSide::Long && !trade.opens())
            .map(|trade| trade.quantity.get())
            .sum();
        let taken = coins.min(held(PositionSide::Long) + bought - sold);
        let part = Part { leg: PositionSide::Long, quantity: taken };
        let nothing = Money::new(Decimal::ZERO, of.settlement.clone());
        told.extend(part_id(&fill.trade_id, "/fee").and_then(|id| trade(id, Side::Sell, part, nothing, None)));
    }
    told
}

fn fee_of(fill: &FillReport, of: &Instrument) -> Money {
    let currency = match fill.fee_asset.as_deref() {
        Some(asset) if asset != of.settlement.as_str() => metaexpert_core::Currency::new(asset),
        _ => of.settlement.clone(),
    };
    Money::new(fill.fee.unwrap_or_default(), currency)
}
