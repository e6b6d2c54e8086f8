//! An account of options: its margin by asset, its greeks by underlying, and what it holds.

use std::borrow::Cow;

use metaexpert_connect::{
    Failure, Malformed, Params, Report,
    http::Client,
    number,
    report::{AccountReport, BalanceReport, LegReport, PositionReport, RiskReport},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Call, ask, balance::nothing, fields, reply, spot::unknown};
use crate::Product;

/// An account of options: the whole, what it owns of each asset, and its greeks by underlying.
///
/// # Errors
/// See [`Failure`].
pub async fn options_account(client: &Client) -> Result<(AccountReport, Vec<BalanceReport>, Vec<RiskReport>), Failure> {
    let body = ask(client, Product::Options, Call::Account, &Params::new()).await?;
    Ok(parts(Product::Options, &body)?)
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let (account, balances, risks) = parts(product, payload)?;
    let account = std::iter::once(Report::Account(Box::new(account)));
    Ok(account.chain(balances.into_iter().map(Report::Balance)).chain(risks.into_iter().map(Report::Risk)).collect())
}

pub(super) fn read_positions(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(positions(product, payload)?.into_iter().map(|row| Report::Position(Box::new(row))).collect())
}

pub(super) fn positions(product: Product, payload: &[u8]) -> Result<Vec<PositionReport>, Malformed> {
    let rows: Vec<Position<'_>> = reply(product, Call::Positions, payload)?;
    Ok(rows.into_iter().map(PositionReport::from).collect())
}

fn parts(product: Product, payload: &[u8]) -> Result<(AccountReport, Vec<BalanceReport>, Vec<RiskReport>), Malformed> {
    let wire: Wire<'_> = reply(product, Call::Account, payload)?;
    let whole = AccountReport { can_trade: wire.can_trade, time: wire.time, ..unknown() };
    // Margin is kept by asset. Only where there is one asset is its margin that of the account.
    let account = match wire.asset.as_slice() {
        [only] => AccountReport {
            equity: Some(only.equity),
            available: Some(only.available),
            unrealised: Some(only.unrealized_pnl),
            initial_margin: Some(only.initial_margin),
            maintenance_margin: Some(only.maint_margin),
            ..whole
        },
        _ => whole,
    };
    let balances = wire.asset.iter().map(|row| row.balance(wire.time)).collect();
    Ok((account, balances, wire.greek.iter().map(|row| row.risk(wire.time)).collect()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    asset: Vec<Holding<'a>>,
    #[serde(borrow)]
    greek: Vec<Greek<'a>>,
    #[serde(default)]
    can_trade: Option<bool>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Holding<'a> {
    #[serde(borrow)]
    asset: Cow<'a, str>,
    #[serde(deserialize_with = "number::decimal")]
    margin_balance: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    equity: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    available: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    initial_margin: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    maint_margin: Decimal,
    #[serde(rename = "unrealizedPNL", deserialize_with = "number::decimal")]
    unrealized_pnl: Decimal,
}

impl Holding<'_> {
    fn balance(&self, time: Option<UnixNanos>) -> BalanceReport {
        BalanceReport {
            total: Some(self.margin_balance),
            free: Some(self.available),
            unrealised: Some(self.unrealized_pnl),
            time,
            ..nothing(&self.asset)
        }
    }
}

#[derive(Deserialize)]
struct Greek<'a> {
    #[serde(borrow)]
    underlying: Cow<'a, str>,
    #[serde(deserialize_with = "number::decimal")]
    delta: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    gamma: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    theta: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    vega: Decimal,
}

impl Greek<'_> {
    fn risk(&self, time: Option<UnixNanos>) -> RiskReport {
        let underlying = self.underlying.clone().into_owned();
        RiskReport { underlying, delta: self.delta, gamma: self.gamma, theta: self.theta, vega: self.vega, time }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Position<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    // Negative of a written option: `side` says the same again.
    #[serde(deserialize_with = "number::decimal")]
    quantity: Decimal,
    #[serde(deserialize_with = "fields::nonzero")]
    entry_price: Option<Decimal>,
    #[serde(deserialize_with = "fields::nonzero")]
    mark_price: Option<Decimal>,
    #[serde(rename = "unrealizedPNL", deserialize_with = "number::decimal")]
    unrealized_pnl: Decimal,
    #[serde(default, borrow)]
    quote_asset: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
}

impl From<Position<'_>> for PositionReport {
    fn from(wire: Position<'_>) -> Self {
        Self {
            symbol: wire.symbol.into_owned(),
            leg: LegReport::Net,
            quantity: wire.quantity,
            entry_price: wire.entry_price,
            breakeven_price: None,
            mark_price: wire.mark_price,
            liquidation_price: None,
            unrealised: Some(wire.unrealized_pnl),
            realised: None,
            leverage: None,
            isolated: None,
            isolated_margin: None,
            margin_asset: wire.quote_asset.map(Cow::into_owned),
            time: wire.time,
        }
    }
}
