//! An account of futures as a whole: its margin, what it owns, what it holds, and as far as the reply says them its modes.
//!
//! The one decision: one reader for all versions. `/fapi/v2` says everything, `/fapi/v3` leaves modes, leverage and entry prices
//! to other calls and idle symbols out, `/dapi/v1` has no totals, for each coin is an account of its own.

use std::borrow::Cow;

use metaexpert_connect::{
    Failure, Malformed, Params, Report,
    http::Client,
    number,
    report::{AccountMode, AccountReport, BalanceReport, LegReport, PositionReport},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Call, ask, balance::nothing, fields, reply};
use crate::Product;

/// An account of futures (USD-M, COIN-M): the whole, what it owns, what it holds.
///
/// # Errors
/// See [`Failure`].
pub async fn futures_account(
    client: &Client,
    product: Product,
) -> Result<(AccountReport, Vec<BalanceReport>, Vec<PositionReport>), Failure> {
    let body = ask(client, product, Call::Account, &Params::new()).await?;
    let wire: Wire<'_> = reply(product, Call::Account, &body)?;
    let whole = wire.whole();
    Ok((whole, wire.assets.iter().map(balance).collect(), wire.positions.iter().map(position).collect()))
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire<'_> = reply(product, Call::Account, payload)?;
    let mut reports = vec![Report::Account(Box::new(wire.whole()))];
    if wire.fee_tier.is_some() || wire.multi_assets_margin.is_some() {
        let mode = AccountMode { hedge: None, multi_assets: wire.multi_assets_margin, fee_tier: wire.fee_tier };
        reports.push(Report::Mode(mode));
    }
    reports.extend(wire.assets.iter().map(|row| Report::Balance(balance(row))));
    reports.extend(wire.positions.iter().map(|row| Report::Position(Box::new(position(row)))));
    Ok(reports)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(default)]
    can_trade: Option<bool>,
    #[serde(default)]
    fee_tier: Option<u32>,
    #[serde(default)]
    multi_assets_margin: Option<bool>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    total_margin_balance: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    available_balance: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    total_unrealized_profit: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    total_initial_margin: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    total_maint_margin: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    update_time: Option<UnixNanos>,
    #[serde(borrow)]
    assets: Vec<Holding<'a>>,
    #[serde(borrow)]
    positions: Vec<Held<'a>>,
}

impl Wire<'_> {
    const fn whole(&self) -> AccountReport {
        AccountReport {
            can_trade: self.can_trade,
            equity: self.total_margin_balance,
            available: self.available_balance,
            unrealised: self.total_unrealized_profit,
            initial_margin: self.total_initial_margin,
            maintenance_margin: self.total_maint_margin,
            margin_level: None,
            time: self.update_time,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Holding<'a> {
    #[serde(borrow)]
    asset: Cow<'a, str>,
    #[serde(deserialize_with = "number::decimal")]
    wallet_balance: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    available_balance: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    cross_un_pnl: Decimal,
    #[serde(default, deserialize_with = "number::optional_millis")]
    update_time: Option<UnixNanos>,
}

fn balance(row: &Holding<'_>) -> BalanceReport {
    BalanceReport {
        total: Some(row.wallet_balance),
        free: Some(row.available_balance),
        unrealised: Some(row.cross_un_pnl),
        time: row.update_time,
        ..nothing(&row.asset)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Held<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(deserialize_with = "fields::leg")]
    position_side: LegReport,
    #[serde(deserialize_with = "number::decimal")]
    position_amt: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    unrealized_profit: Decimal,
    #[serde(default, deserialize_with = "fields::nonzero")]
    entry_price: Option<Decimal>,
    #[serde(default, deserialize_with = "fields::nonzero")]
    break_even_price: Option<Decimal>,
    #[serde(default, deserialize_with = "fields::optional_whole")]
    leverage: Option<u32>,
    #[serde(default)]
    isolated: Option<bool>,
    #[serde(default, deserialize_with = "fields::nonzero")]
    isolated_margin: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    update_time: Option<UnixNanos>,
}

fn position(row: &Held<'_>) -> PositionReport {
    PositionReport {
        symbol: row.symbol.clone().into_owned(),
        leg: row.position_side,
        quantity: row.position_amt,
        entry_price: row.entry_price,
        breakeven_price: row.break_even_price,
        mark_price: None,
        liquidation_price: None,
        unrealised: Some(row.unrealized_profit),
        realised: None,
        leverage: row.leverage,
        // Where the reply does not say it, only margin of its own shows that a position is isolated.
        isolated: row.isolated.or_else(|| row.isolated_margin.map(|_| true)),
        isolated_margin: row.isolated_margin,
        margin_asset: None,
        time: row.update_time,
    }
}
