//! The risk data stream: margin calls and debts of the cross margin wallet ("Risk Data Stream").

use rust_decimal::Decimal;

use super::{Event, Teller};
use crate::{
    binance::streams::wire::{Object, Unit},
    news::AccountNews,
};

/// Digits of coins.
const COINS: u32 = 8;

/// What the stream tells of it, with what the account owed of that coin before, and what it owes in all.
pub(super) fn events(teller: &Teller<'_>, news: &AccountNews, before: (Decimal, Decimal), owed: Decimal) -> Vec<Event> {
    match news {
        AccountNews::MarginCall { .. } => {
            let level = teller.board.margin_assets(teller.account).checked_div(owed).unwrap_or_default();
            let head = Object::event(Unit::Millis, "MARGIN_LEVEL_STATUS_CHANGE", teller.now);
            vec![("MARGIN_LEVEL_STATUS_CHANGE", head.short("l", level.round_dp(COINS)).text("s", "MARGIN_CALL").end())]
        }
        AccountNews::Debt { currency, borrowed, interest, .. } => {
            let head = Object::event(Unit::Millis, "USER_LIABILITY_CHANGE", teller.now).text("a", currency.as_str());
            let body =
                head.text("t", kind(before, *borrowed, *interest)).fixed("p", *borrowed, COINS).fixed("i", *interest, COINS);
            vec![("USER_LIABILITY_CHANGE", body.end())]
        }
        AccountNews::Order { .. }
        | AccountNews::Algo(_)
        | AccountNews::List(_)
        | AccountNews::Wallet { .. }
        | AccountNews::Leverage { .. } => Vec::new(),
    }
}

/// "Borrowing, Repayment, Interest Calculation": which of them it was follows from what was owed before.
fn kind(before: (Decimal, Decimal), borrowed: Decimal, interest: Decimal) -> &'static str {
    if borrowed > before.0 {
        "BORROW"
    } else if borrowed + interest < before.0 + before.1 {
        "REPAY"
    } else {
        "INTEREST"
    }
}
