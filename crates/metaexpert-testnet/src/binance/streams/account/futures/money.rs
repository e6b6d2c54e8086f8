//! What of futures is money: balances and positions that change, margin that runs out.

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;

use super::{Event, Teller, aliased};
use crate::{
    binance::streams::{
        account::{moved, words},
        wire::{Digits, Object, Unit},
    },
    news::{Balance, Cause, PositionNow},
};

/// "Unfilled orders or cancelled orders will not make the event pushed, since there's no change on positions."
pub(super) fn account_update(
    teller: &Teller<'_>,
    time: UnixNanos,
    cause: Cause,
    balances: &[Balance],
    positions: &[PositionNow],
) -> Option<Event> {
    if moved(balances).next().is_none() && positions.is_empty() {
        return None;
    }
    let lines: Vec<String> = balances
        .iter()
        .map(|balance| {
            // "Balance Change except PnL and Commission".
            let change = if cause == Cause::Order { Decimal::ZERO } else { balance.change };
            let coin = Object::new(Unit::Millis).text("a", balance.currency.as_str());
            coin.fixed("wb", balance.wallet, 8).fixed("cw", balance.cross, 8).fixed("bc", change, 8).end()
        })
        .collect();
    let legs: Vec<String> = positions.iter().map(|position| leg(teller, position)).collect();
    let inner = Object::new(Unit::Millis).text("m", because(cause, balances)).list("B", &lines).list("P", &legs).end();
    let head = Object::event(Unit::Millis, "ACCOUNT_UPDATE", teller.now).time("T", time);
    Some(("ACCOUNT_UPDATE", head.raw("a", &inner).end()))
}

fn leg(teller: &Teller<'_>, position: &PositionNow) -> String {
    let listing = teller.board.listing(position.market);
    let digits = Digits::of(listing);
    Object::new(Unit::Millis)
        .text("s", &listing.symbol)
        .fixed("pa", position.amount, digits.quantity)
        .fixed("ep", position.entry_price, 8)
        .fixed("bep", position.breakeven_price, 8)
        .fixed("cr", position.realized, 8)
        .fixed("up", position.unrealized, 8)
        .text("mt", if position.is_isolated { "isolated" } else { "cross" })
        .fixed("iw", position.isolated_wallet, 8)
        .text("ps", words::leg_word(position.leg))
        .text("ma", listing.instrument.settlement.as_str())
        .end()
}

/// `m`: "the reason type for the event".
fn because(cause: Cause, balances: &[Balance]) -> &'static str {
    match cause {
        Cause::Order | Cause::Liquidation | Cause::Delivery | Cause::Loan | Cause::Interest | Cause::MarginCall => "ORDER",
        Cause::Deposit => "DEPOSIT",
        Cause::Withdrawal => "WITHDRAW",
        // Between wallets of the account: out of this one, or into it.
        Cause::Transfer => {
            if balances.iter().any(|balance| balance.change.is_sign_negative()) {
                "WITHDRAW"
            } else {
                "DEPOSIT"
            }
        }
        Cause::Funding => "FUNDING_FEE",
        Cause::Margin => "MARGIN_TRANSFER",
        Cause::Insurance => "INSURANCE_CLEAR",
        Cause::MarginMode => "MARGIN_TYPE_CHANGE",
    }
}

pub(super) fn margin_call(teller: &Teller<'_>, positions: &[PositionNow]) -> String {
    let line = |position: &PositionNow| {
        let listing = teller.board.listing(position.market);
        Object::new(Unit::Millis)
            .text("s", &listing.symbol)
            .text("ps", words::leg_word(position.leg))
            .fixed("pa", position.amount, Digits::of(listing).quantity)
            .text("mt", if position.is_isolated { "ISOLATED" } else { "CROSSED" })
            .fixed("iw", position.isolated_wallet, 8)
            .fixed("mp", position.mark_price, 8)
            .fixed("up", position.unrealized, 8)
            .fixed("mm", position.maintenance, 8)
            .end()
    };
    let lines: Vec<String> = positions.iter().map(line).collect();
    let head = Object::event(Unit::Millis, "MARGIN_CALL", teller.now);
    let first = positions.first().map(|position| teller.board.listing(position.market));
    let head = match first {
        Some(listing) => aliased(head, listing),
        None => head,
    };
    let cross = first.and_then(|listing| teller.board.cross_balance(teller.account, listing));
    // "Cross Wallet Balance. Only pushed with crossed position margin call."
    let is_cross = positions.iter().any(|position| !position.is_isolated);
    let head = match cross.filter(|_| is_cross) {
        Some(cross) => head.fixed("cw", cross, 8),
        None => head,
    };
    head.list("p", &lines).end()
}
