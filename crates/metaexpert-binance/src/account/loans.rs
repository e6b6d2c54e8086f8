//! What a margin account borrows and pays back, and what that costs.

mod interest; // what was charged
mod terms; // what may be borrowed, at which rate

use std::{borrow::Cow, ops::Range};

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, number, report::LoanReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    Call, MarginAccount, ask, fields,
    paging::{DAY_MS, History},
    reply,
};
use crate::Product;

pub use {
    interest::{interest, interest_rates},
    terms::{max_borrowable, terms},
};
pub(super) use {
    interest::{read as read_interest, read_rates},
    terms::{read_cross as read_cross_terms, read_isolated as read_isolated_terms, read_max},
};

/// Which way a loan goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loan {
    /// Taken up.
    Borrow,
    /// Paid back.
    Repay,
}

impl Loan {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Borrow => "BORROW",
            Self::Repay => "REPAY",
        }
    }
}

/// Borrows an amount of an asset, or pays it back. An answer that is lost may have been carried out: [`loans`] says.
///
/// # Errors
/// See [`Failure`].
pub async fn borrow_or_repay(
    client: &Client,
    account: MarginAccount<'_>,
    loan: Loan,
    asset: &str,
    amount: Decimal,
) -> Result<LoanReport, Failure> {
    let params = Params::new().with("asset", asset);
    // `isIsolated` is mandatory; `symbol` only of an isolated account, whatever the table of parameters says.
    let params = match account {
        MarginAccount::Cross => params.with("isIsolated", "FALSE"),
        MarginAccount::Isolated(_) => account.flagged(params),
    };
    let params = params.with("amount", amount.normalize()).with("type", loan.as_str());
    let body = ask(client, Product::Margin, Call::BorrowOrRepay, &params).await?;
    Ok(LoanReport { asset: Some(asset.to_owned()), amount: Some(amount), ..started(Product::Margin, &body)? })
}

/// All loans or repayments of a margin account of a stretch of time, of one asset or of all.
///
/// # Errors
/// See [`Failure`].
pub async fn loans(
    client: &Client,
    account: MarginAccount<'_>,
    loan: Loan,
    asset: Option<&str>,
    time: Range<UnixNanos>,
) -> Result<Vec<LoanReport>, Failure> {
    // "Query borrow/repay records": 100 a page; of one asset 30 days at once, of all seven.
    let widest_ms = if asset.is_some() { 30 * DAY_MS } else { 7 * DAY_MS };
    let history = History { client, product: Product::Margin, call: Call::Loans, limit: 100, widest_ms };
    let params = account.named(Params::new().with_some("asset", asset).with("type", loan.as_str()));
    let page = |page: &[u8]| rows(Product::Margin, page).map(|(rows, total)| (rows, Some(total)));
    let mut loans = history.paged(&params, &time, ["current", "size"], page).await?;
    loans.sort_by_key(|loan| loan.time);
    Ok(loans)
}

pub(super) fn read_started(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(vec![Report::Loan(started(product, payload)?)])
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(rows(product, payload)?.0.into_iter().map(Report::Loan).collect())
}

/// `{"tranId": 100000001}`.
fn started(product: Product, payload: &[u8]) -> Result<LoanReport, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire {
        #[serde(deserialize_with = "fields::id")]
        tran_id: String,
    }
    let wire: Wire = reply(product, Call::BorrowOrRepay, payload)?;
    Ok(LoanReport { id: Some(wire.tran_id), ..unknown() })
}

fn rows(product: Product, payload: &[u8]) -> Result<(Vec<LoanReport>, u64), Malformed> {
    let page: Page<'_> = reply(product, Call::Loans, payload)?;
    Ok((page.rows.into_iter().map(LoanReport::from).collect(), page.total))
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    rows: Vec<Wire<'a>>,
    total: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(deserialize_with = "fields::id")]
    tx_id: String,
    #[serde(borrow)]
    asset: Cow<'a, str>,
    #[serde(default, borrow)]
    isolated_symbol: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "number::decimal")]
    amount: Decimal,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    interest: Option<Decimal>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(deserialize_with = "number::millis")]
    timestamp: UnixNanos,
}

impl From<Wire<'_>> for LoanReport {
    fn from(wire: Wire<'_>) -> Self {
        Self {
            id: Some(wire.tx_id),
            asset: Some(wire.asset.into_owned()),
            symbol: wire.isolated_symbol.map(Cow::into_owned),
            amount: Some(wire.amount),
            interest: wire.interest,
            daily_rate: None,
            status: Some(wire.status.into_owned()),
            time: Some(wire.timestamp),
        }
    }
}

/// A loan of which nothing is known.
const fn unknown() -> LoanReport {
    LoanReport { id: None, asset: None, symbol: None, amount: None, interest: None, daily_rate: None, status: None, time: None }
}
