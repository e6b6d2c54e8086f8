//! An account of spot as a whole: what it owns, what trading costs it, whether it may trade.

use std::borrow::Cow;

use metaexpert_connect::{
    Failure, Malformed, Params, Report,
    http::Client,
    number,
    report::{AccountReport, BalanceReport, FeeReport},
};
use metaexpert_core::{Percent, UnixNanos};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Call, ask, balance::nothing, fields, reply};
use crate::Product;

/// A spot account: the whole, its fee rates (`None` where the reply has none), and what it owns of each asset that it owns something of.
///
/// # Errors
/// See [`Failure`].
pub async fn spot_account(client: &Client) -> Result<(AccountReport, Option<FeeReport>, Vec<BalanceReport>), Failure> {
    let params = Params::new().with("omitZeroBalances", true);
    let body = ask(client, Product::Spot, Call::Account, &params).await?;
    Ok(parts(Product::Spot, &body)?)
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let (account, fee, balances) = parts(product, payload)?;
    let whole = std::iter::once(Report::Account(Box::new(account)));
    Ok(whole.chain(fee.map(Report::Fee)).chain(balances.into_iter().map(Report::Balance)).collect())
}

fn parts(product: Product, payload: &[u8]) -> Result<(AccountReport, Option<FeeReport>, Vec<BalanceReport>), Malformed> {
    let wire: Wire<'_> = reply(product, Call::Account, payload)?;
    let account = AccountReport { can_trade: Some(wire.can_trade), time: wire.update_time, ..unknown() };
    let fee = wire.commission_rates.map(|Rates { maker, taker }| FeeReport { symbol: None, maker, taker });
    let balances = wire.balances.iter().map(|row| balance(row, wire.update_time)).collect();
    Ok((account, fee, balances))
}

fn balance(row: &Holding<'_>, time: Option<UnixNanos>) -> BalanceReport {
    BalanceReport {
        total: row.free.checked_add(row.locked),
        free: Some(row.free),
        locked: Some(row.locked),
        time,
        ..nothing(&row.asset)
    }
}

/// An account of which nothing is known.
pub(super) const fn unknown() -> AccountReport {
    AccountReport {
        can_trade: None,
        equity: None,
        available: None,
        unrealised: None,
        initial_margin: None,
        maintenance_margin: None,
        margin_level: None,
        time: None,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    can_trade: bool,
    commission_rates: Option<Rates>,
    #[serde(borrow)]
    balances: Vec<Holding<'a>>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    update_time: Option<UnixNanos>,
}

#[derive(Deserialize)]
struct Rates {
    #[serde(deserialize_with = "fields::percent")]
    maker: Percent,
    #[serde(deserialize_with = "fields::percent")]
    taker: Percent,
}

#[derive(Deserialize)]
struct Holding<'a> {
    #[serde(borrow)]
    asset: Cow<'a, str>,
    #[serde(deserialize_with = "number::decimal")]
    free: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    locked: Decimal,
}
