//! What was paid and received, and what for.
//!
//! The one decision: one table says what Binance's words for a booking mean, whichever product wrote it; a word that is not in it
//! is kept.

mod bill; // options
mod capital_flow; // margin
mod income; // futures
mod transfers; // into and out of margin

use metaexpert_connect::{Word, report::EntryCause};

pub use {
    bill::option_bill,
    capital_flow::capital_flow,
    income::{IncomeOf, income},
    transfers::transfers,
};
pub(super) use {
    bill::read as read_bill, capital_flow::read as read_capital_flow, income::read as read_income,
    transfers::read as read_transfers,
};

/// What bookings are for (USD-M and COIN-M, "Get Income History"; margin, "Query Cross Isolated Margin Capital Flow"; options,
/// "Account Funding Flow"; 2026-01). Two of them are misspelt there, and so they come. What one trade brings and costs on margin
/// and options (`BUY_INCOME`, `CONTRACT`) is not listed: it is the trade itself.
const CAUSES: &[(&str, EntryCause)] = &[
    ("TRANSFER", EntryCause::Transfer),
    ("INTERNAL_TRANSFER", EntryCause::Transfer),
    ("CROSS_COLLATERAL_TRANSFER", EntryCause::Transfer),
    ("STRATEGY_UMFUTURES_TRANSFER", EntryCause::Transfer),
    ("REALIZED_PNL", EntryCause::Realised),
    ("FUNDING_FEE", EntryCause::Funding),
    ("COMMISSION", EntryCause::Fee),
    ("TRADING_COMMISSION", EntryCause::Fee),
    ("FEE", EntryCause::Fee),
    ("OPTIONS_PREMIUM_FEE", EntryCause::Fee),
    ("POSITION_LIMIT_INCREASE_FEE", EntryCause::Fee),
    ("REFERRAL_KICKBACK", EntryCause::Rebate),
    ("COMMISSION_REBATE", EntryCause::Rebate),
    ("API_REBATE", EntryCause::Rebate),
    ("FEE_RETURN", EntryCause::Rebate),
    ("COMMISSION_RETURN", EntryCause::Rebate),
    ("INSURANCE_CLEAR", EntryCause::Insurance),
    ("LIQUIDATION_FEE", EntryCause::Insurance),
    ("BORROW", EntryCause::Borrow),
    ("REPAY", EntryCause::Repay),
    ("REPAY_LIQUIDATION", EntryCause::Repay),
    ("DELIVERED_SETTELMENT", EntryCause::Settlement),
    ("OPTIONS_SETTLE_PROFIT", EntryCause::Settlement),
    ("AUTO_EXCHANGE", EntryCause::Conversion),
    ("COIN_SWAP_DEPOSIT", EntryCause::Conversion),
    ("COIN_SWAP_WITHDRAW", EntryCause::Conversion),
    ("SMALL_BALANCE_CONVERT", EntryCause::Conversion),
    ("SMALL_CONVERT", EntryCause::Conversion),
    ("WELCOME_BONUS", EntryCause::Bonus),
    ("CONTEST_REWARD", EntryCause::Bonus),
    ("BFUSD_REWARD", EntryCause::Bonus),
];

/// What a word for a booking means.
fn cause(word: &str) -> Word<EntryCause> {
    Word::read(word, |word| CAUSES.iter().find(|(known, _)| *known == word).map(|(_, cause)| *cause))
}

/// A name, unless it is empty.
fn named(name: &str) -> Option<String> {
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_stands_twice_in_the_table() {
        let mut words: Vec<_> = CAUSES.iter().map(|(word, _)| *word).collect();
        words.sort_unstable();
        let all = words.len();
        words.dedup();
        assert_eq!(words.len(), all);
    }

    #[test]
    fn a_word_of_tomorrow_is_kept() {
        assert_eq!(cause("FUNDING_FEE"), Word::Known(EntryCause::Funding));
        assert_eq!(cause("MOON_REWARD"), Word::Other("MOON_REWARD".into()));
    }
}
