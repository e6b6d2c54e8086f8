//! A cross margin account, and money that is moved between accounts.

use std::borrow::Cow;

use metaexpert_connect::{
    Failure, Malformed, Params, Report,
    http::Client,
    number,
    report::{AccountReport, BalanceReport, Service},
};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Call, MarginAccount, ask, balance::nothing, fields, reply, spot::unknown};
use crate::Product;

/// A cross margin account: the whole, valued in bitcoin, and what it owns and owes of each asset.
///
/// # Errors
/// See [`Failure`].
pub async fn cross_account(client: &Client) -> Result<(AccountReport, Vec<BalanceReport>), Failure> {
    let body = ask(client, Product::Margin, Call::CrossAccount, &Params::new()).await?;
    Ok(parts(Product::Margin, &body)?)
}

/// How much of an asset can be moved out of a margin account.
///
/// # Errors
/// See [`Failure`].
pub async fn max_transferable(client: &Client, account: MarginAccount<'_>, asset: &str) -> Result<Decimal, Failure> {
    let params = account.named(Params::new().with("asset", asset));
    let body = ask(client, Product::Margin, Call::MaxTransferable, &params).await?;
    Ok(max(Product::Margin, &body)?)
}

/// Moves an amount of an asset from one account to another; `kind` names both in Binance's words (`MAIN_UMFUTURE`,
/// `MARGIN_ISOLATEDMARGIN`; Wallet, "User Universal Transfer"), the pairs only those of isolated margin. It gives the number of
/// the transfer. An answer that is lost may have been carried out.
///
/// # Errors
/// See [`Failure`].
pub async fn move_funds(
    client: &Client,
    kind: &str,
    asset: &str,
    amount: Decimal,
    from_pair: Option<&str>,
    to_pair: Option<&str>,
) -> Result<String, Failure> {
    let params = Params::new().with("type", kind).with("asset", asset).with("amount", amount.normalize());
    let params = params.with_some("fromSymbol", from_pair).with_some("toSymbol", to_pair);
    let body = ask(client, Product::Spot, Call::MoveFunds, &params).await?;
    Ok(moved(Product::Spot, &body)?)
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let (account, balances) = parts(product, payload)?;
    let account = std::iter::once(Report::Account(Box::new(account)));
    Ok(account.chain(balances.into_iter().map(Report::Balance)).collect())
}

pub(super) fn read_max(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let account = AccountReport { available: Some(max(product, payload)?), ..unknown() };
    Ok(vec![Report::Account(Box::new(account))])
}

pub(super) fn read_moved(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(vec![Report::Service(Service::Acknowledged { id: Some(moved(product, payload)?) })])
}

fn parts(product: Product, payload: &[u8]) -> Result<(AccountReport, Vec<BalanceReport>), Malformed> {
    let wire: Wire<'_> = reply(product, Call::CrossAccount, payload)?;
    let account = AccountReport {
        can_trade: Some(wire.trade_enabled),
        equity: Some(wire.total_net_asset_of_btc),
        margin_level: Some(wire.margin_level),
        ..unknown()
    };
    Ok((account, wire.user_assets.iter().map(Holding::balance).collect()))
}

fn max(product: Product, payload: &[u8]) -> Result<Decimal, Malformed> {
    #[derive(Deserialize)]
    struct Wire {
        #[serde(deserialize_with = "number::decimal")]
        amount: Decimal,
    }
    reply::<Wire>(product, Call::MaxTransferable, payload).map(|wire| wire.amount)
}

fn moved(product: Product, payload: &[u8]) -> Result<String, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire {
        #[serde(deserialize_with = "fields::id")]
        tran_id: String,
    }
    reply::<Wire>(product, Call::MoveFunds, payload).map(|wire| wire.tran_id)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    trade_enabled: bool,
    #[serde(deserialize_with = "number::decimal")]
    margin_level: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    total_net_asset_of_btc: Decimal,
    #[serde(borrow)]
    user_assets: Vec<Holding<'a>>,
}

/// What a margin account owns and owes of an asset; isolated pairs have two of them.
#[derive(Deserialize)]
pub(super) struct Holding<'a> {
    #[serde(borrow)]
    asset: Cow<'a, str>,
    #[serde(deserialize_with = "number::decimal")]
    free: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    locked: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    borrowed: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    interest: Decimal,
}

impl Holding<'_> {
    /// As a report. What is owed is not taken off the total.
    pub(super) fn balance(&self) -> BalanceReport {
        BalanceReport {
            total: self.free.checked_add(self.locked),
            free: Some(self.free),
            locked: Some(self.locked),
            borrowed: Some(self.borrowed),
            interest: Some(self.interest),
            ..nothing(&self.asset)
        }
    }
}
