//! What may be borrowed, and at which rate.

use std::borrow::Cow;

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, number, report::LoanReport};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    super::{Call, MarginAccount, ask, reply},
    unknown,
};
use crate::Product;

/// How much of an asset a margin account can borrow now.
///
/// # Errors
/// See [`Failure`].
pub async fn max_borrowable(client: &Client, account: MarginAccount<'_>, asset: &str) -> Result<Decimal, Failure> {
    let params = account.named(Params::new().with("asset", asset));
    let body = ask(client, Product::Margin, Call::MaxBorrowable, &params).await?;
    Ok(max(Product::Margin, &body)?)
}

/// What each asset costs a day and how much of it the account's tier may borrow: of a cross account, or of an isolated pair.
///
/// # Errors
/// See [`Failure`].
pub async fn terms(client: &Client, account: MarginAccount<'_>) -> Result<Vec<LoanReport>, Failure> {
    let product = Product::Margin;
    Ok(match account {
        MarginAccount::Cross => cross(product, &ask(client, product, Call::CrossTerms, &Params::new()).await?)?,
        MarginAccount::Isolated(symbol) => {
            let params = Params::new().with("symbol", symbol);
            isolated(product, &ask(client, product, Call::IsolatedTerms, &params).await?)?
        }
    })
}

pub(in crate::account) fn read_max(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(vec![Report::Loan(LoanReport { amount: Some(max(product, payload)?), ..unknown() })])
}

pub(in crate::account) fn read_cross(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(cross(product, payload)?.into_iter().map(Report::Loan).collect())
}

pub(in crate::account) fn read_isolated(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(isolated(product, payload)?.into_iter().map(Report::Loan).collect())
}

/// What can be borrowed: as much as the system has, and not more than the account's limit.
fn max(product: Product, payload: &[u8]) -> Result<Decimal, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire {
        #[serde(deserialize_with = "number::decimal")]
        amount: Decimal,
        #[serde(default, deserialize_with = "number::optional_decimal")]
        borrow_limit: Option<Decimal>,
    }
    let wire: Wire = reply(product, Call::MaxBorrowable, payload)?;
    Ok(wire.borrow_limit.map_or(wire.amount, |limit| limit.min(wire.amount)))
}

fn cross(product: Product, payload: &[u8]) -> Result<Vec<LoanReport>, Malformed> {
    let rows: Vec<Terms<'_>> = reply(product, Call::CrossTerms, payload)?;
    Ok(rows.into_iter().map(LoanReport::from).collect())
}

fn isolated(product: Product, payload: &[u8]) -> Result<Vec<LoanReport>, Malformed> {
    #[derive(Deserialize)]
    struct Pair<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        #[serde(borrow)]
        data: Vec<Terms<'a>>,
    }
    let pairs: Vec<Pair<'_>> = reply(product, Call::IsolatedTerms, payload)?;
    let of_pair = |pair: Pair<'_>| {
        let symbol = pair.symbol.into_owned();
        pair.data.into_iter().map(move |coin| LoanReport { symbol: Some(symbol.clone()), ..coin.into() }).collect::<Vec<_>>()
    };
    Ok(pairs.into_iter().flat_map(of_pair).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Terms<'a> {
    #[serde(borrow)]
    coin: Cow<'a, str>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    daily_interest: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    borrow_limit: Option<Decimal>,
}

impl From<Terms<'_>> for LoanReport {
    fn from(wire: Terms<'_>) -> Self {
        Self { asset: Some(wire.coin.into_owned()), amount: wire.borrow_limit, daily_rate: wire.daily_interest, ..unknown() }
    }
}
