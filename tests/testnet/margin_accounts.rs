//! Margin accounts: what is borrowed is owed with interest until it is paid back, and each record says so.

use std::time::Duration;

use metaexpert_binance::{
    Product,
    account::{
        Loan, MarginAccount, borrow_or_repay, capital_flow, cross_account, interest, interest_rates, isolated_account,
        isolated_pair, loan_terms, loans, max_borrowable, max_transferable, move_funds, order_limits, transfers,
    },
};
use metaexpert_connect::{Word, report::EntryCause};
use metaexpert_core::UnixNanos;
use rust_decimal::{Decimal, dec};

use crate::stage::{MONDAY, Stage, balance, now};

pub(crate) const CALLS: &[&str] = &[
    "GET /sapi/v1/margin/account",
    "POST /sapi/v1/margin/borrow-repay",
    "GET /sapi/v1/margin/borrow-repay",
    "GET /sapi/v1/margin/maxBorrowable",
    "GET /sapi/v1/margin/maxTransferable",
    "GET /sapi/v1/margin/interestHistory",
    "GET /sapi/v1/margin/interestRateHistory",
    "GET /sapi/v1/margin/crossMarginData",
    "GET /sapi/v1/margin/transfer",
    "GET /sapi/v1/margin/capital-flow",
    "GET /sapi/v1/margin/rateLimit/order",
    "POST /sapi/v1/asset/transfer",
];
pub(crate) const ISOLATED_CALLS: &[&str] = &[
    "GET /sapi/v1/margin/isolated/account",
    "POST /sapi/v1/margin/isolated/account",
    "DELETE /sapi/v1/margin/isolated/account",
    "GET /sapi/v1/margin/isolatedMarginData",
];

const CROSS: MarginAccount<'_> = MarginAccount::Cross;

fn until_now() -> std::ops::Range<UnixNanos> {
    MONDAY..now().saturating_add_nanos(1_000_000)
}

#[tokio::test]
async fn what_is_borrowed_is_owed_with_interest_until_it_is_paid_back() {
    let stage = Stage::new().await;
    let client = stage.client(Product::Margin);
    let (before, _) = cross_account(&client).await.unwrap();
    let most = max_borrowable(&client, CROSS, "USDT").await.unwrap();
    assert!(most > dec!(100000));
    let loan = borrow_or_repay(&client, CROSS, Loan::Borrow, "USDT", dec!(100000)).await.unwrap();
    let (after, balances) = cross_account(&client).await.unwrap();
    let owed = balance(&balances, "USDT");
    assert_eq!((owed.borrowed, owed.free), (Some(dec!(100000)), Some(dec!(1100000))));
    assert!(after.margin_level.unwrap() < before.margin_level.unwrap());
    let listed = loans(&client, CROSS, Loan::Borrow, Some("USDT"), until_now()).await.unwrap();
    assert_eq!((listed.len(), &listed[0].id, listed[0].amount), (1, &loan.id, Some(dec!(100000))), "{listed:?}");

    // Interest is counted as a loan is taken, and every hour.
    stage.advance(Duration::from_hours(3));
    client.sync_clock().await.unwrap();
    let (_, balances) = cross_account(&client).await.unwrap();
    let owed = balance(&balances, "USDT").interest.unwrap();
    let counted = interest(&client, CROSS, Some("USDT"), until_now()).await.unwrap();
    let sum: Decimal = counted.iter().filter_map(|part| part.interest).sum();
    assert!(owed > dec!(0));
    assert_eq!(sum, owed, "{counted:?}");
    let rates = interest_rates(&client, "USDT", until_now()).await.unwrap();
    let terms = loan_terms(&client, CROSS).await.unwrap();
    let term = terms.iter().find(|term| term.asset.as_deref() == Some("USDT")).unwrap();
    assert!(rates.iter().all(|rate| rate.daily_rate == term.daily_rate), "{rates:?} {term:?}");

    borrow_or_repay(&client, CROSS, Loan::Repay, "USDT", dec!(100000) + owed).await.unwrap();
    let (_, balances) = cross_account(&client).await.unwrap();
    let clear = balance(&balances, "USDT");
    assert_eq!((clear.borrowed, clear.interest, clear.free), (Some(dec!(0)), Some(dec!(0)), Some(dec!(1000000) - owed)));
    let listed = loans(&client, CROSS, Loan::Repay, Some("USDT"), until_now()).await.unwrap();
    assert_eq!(listed.len(), 1);

    move_funds(&client, "MARGIN_MAIN", "BTC", dec!(1), None, None).await.unwrap();
    let (_, balances) = cross_account(&client).await.unwrap();
    assert_eq!(balance(&balances, "BTC").free, Some(dec!(99)));
    assert_eq!(max_transferable(&client, CROSS, "BTC").await.unwrap(), dec!(99));
    let moved = transfers(&client, CROSS, until_now()).await.unwrap();
    assert_eq!((moved.len(), moved[0].amount.abs()), (1, dec!(1)), "{moved:?}");
    let flow = capital_flow(&client, CROSS, until_now()).await.unwrap();
    let net: Decimal = flow
        .iter()
        .filter(|entry| entry.asset == "USDT" && entry.cause != Word::Known(EntryCause::Transfer))
        .map(|entry| entry.amount)
        .sum();
    assert_eq!(net, -owed, "what came and went is what is missing: {flow:?}");
    order_limits(&client, Product::Margin, CROSS).await.unwrap();
    stage.assert_called(CALLS);
}

#[tokio::test]
async fn an_isolated_account_is_one_pairs_own() {
    let stage = Stage::new().await;
    let client = stage.client(Product::Margin);
    let pair = MarginAccount::Isolated("BTCUSDT");
    if isolated_account(&client, &["BTCUSDT"]).await.unwrap().is_empty() {
        isolated_pair(&client, "BTCUSDT", true).await.unwrap();
    }
    isolated_pair(&client, "BTCUSDT", false).await.unwrap();
    isolated_pair(&client, "BTCUSDT", true).await.unwrap();
    move_funds(&client, "MAIN_ISOLATED_MARGIN", "USDT", dec!(1000), None, Some("BTCUSDT")).await.unwrap();
    let (_, balances) = isolated_account(&client, &["BTCUSDT"]).await.unwrap().remove(0);
    assert_eq!(balance(&balances, "USDT").free, Some(dec!(1000)));
    assert!(max_borrowable(&client, pair, "USDT").await.unwrap() > dec!(0));
    borrow_or_repay(&client, pair, Loan::Borrow, "USDT", dec!(100)).await.unwrap();
    let listed = loans(&client, pair, Loan::Borrow, Some("USDT"), until_now()).await.unwrap();
    assert_eq!(listed[0].symbol.as_deref(), Some("BTCUSDT"));
    let terms = loan_terms(&client, pair).await.unwrap();
    assert!(terms.iter().all(|term| term.symbol.as_deref() == Some("BTCUSDT")), "{terms:?}");
    assert!(max_transferable(&client, pair, "USDT").await.unwrap() <= dec!(1100));
    stage.assert_called(ISOLATED_CALLS);
}
