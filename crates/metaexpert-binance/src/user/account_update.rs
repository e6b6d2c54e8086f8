//! `ACCOUNT_UPDATE` of futures: balances and positions that something changed, and why (USD-M and COIN-M, "Event: Balance and
//! Position Update").
//!
//! The one decision: a change that no order explains is a booking too. `bc` is the balance change except profit, loss and commission:
//! funding, transfers, conversions; the fills tell the rest.

use std::borrow::Cow;

use metaexpert_connect::{
    Malformed, Report, Word, number, read_json,
    report::{BalanceReport, Entry, EntryCause, PositionReport, Service},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::words::{Text, leg_of, named, nonzero};
use crate::Product;

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "T", deserialize_with = "number::millis")]
    time: UnixNanos,
    #[serde(borrow, rename = "a")]
    update: Update<'a>,
}

#[derive(Deserialize)]
struct Update<'a> {
    #[serde(borrow, default, rename = "m")]
    reason: Cow<'a, str>,
    #[serde(borrow, default, rename = "B")]
    balances: Vec<Balance<'a>>,
    #[serde(borrow, default, rename = "P")]
    positions: Vec<Position<'a>>,
}

#[derive(Deserialize)]
struct Balance<'a> {
    #[serde(borrow, rename = "a")]
    asset: Cow<'a, str>,
    #[serde(rename = "wb", deserialize_with = "number::decimal")]
    wallet: Decimal,
    #[serde(default, rename = "bc", deserialize_with = "number::optional_decimal")]
    change: Option<Decimal>,
}

#[derive(Deserialize)]
struct Position<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "pa", deserialize_with = "number::decimal")]
    quantity: Decimal,
    #[serde(default, rename = "ep", deserialize_with = "number::optional_decimal")]
    entry_price: Option<Decimal>,
    #[serde(default, rename = "bep", deserialize_with = "number::optional_decimal")]
    breakeven_price: Option<Decimal>,
    #[serde(default, rename = "cr", deserialize_with = "number::optional_decimal")]
    realised: Option<Decimal>,
    #[serde(default, rename = "up", deserialize_with = "number::optional_decimal")]
    unrealised: Option<Decimal>,
    #[serde(borrow, default, rename = "mt")]
    margin_type: Cow<'a, str>,
    #[serde(default, rename = "iw", deserialize_with = "number::optional_decimal")]
    isolated_margin: Option<Decimal>,
    #[serde(borrow, default, rename = "ps")]
    leg: Cow<'a, str>,
    #[serde(borrow, default, rename = "ma")]
    margin_asset: Option<Text<'a>>,
}

pub(super) fn read(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let Wire { time, update } = read_json("ACCOUNT_UPDATE", payload)?;
    let mut reports = Vec::with_capacity(update.balances.len() + update.positions.len());
    let symbol = match update.positions.as_slice() {
        // Funding of an isolated position names it; of cross positions it names none (same page).
        [position] => named(&position.symbol),
        _ => None,
    };
    for balance in update.balances {
        let change = nonzero(balance.change);
        if let Some(amount) = change {
            let (asset, symbol) = (balance.asset.as_ref().to_owned(), symbol.clone());
            let cause = read_cause(&update.reason);
            reports.push(Report::Entry(Entry { id: None, symbol, asset, amount, cause, time }));
        }
        reports.push(Report::Balance(balance.report(change, time)));
    }
    for position in update.positions {
        let report =
            position.report(time).ok_or_else(|| Malformed::new("ACCOUNT_UPDATE", "a position of an unknown leg", payload))?;
        reports.push(Report::Position(Box::new(report)));
    }
    if reports.is_empty() {
        // A change of a mode has neither balances nor positions; it is said that there was one.
        reports.push(Report::Service(Service::Done));
    }
    Ok(reports)
}

/// Why a balance changed (same page, "the field m represents the reason type").
fn read_cause(reason: &str) -> Word<EntryCause> {
    Word::read(reason, |reason| match reason {
        "DEPOSIT" | "WITHDRAW" | "WITHDRAW_REJECT" | "ADMIN_DEPOSIT" | "ADMIN_WITHDRAW" | "ASSET_TRANSFER" => {
            Some(EntryCause::Transfer)
        }
        "FUNDING_FEE" => Some(EntryCause::Funding),
        "INSURANCE_CLEAR" => Some(EntryCause::Insurance),
        "OPTIONS_PREMIUM_FEE" => Some(EntryCause::Fee),
        "OPTIONS_SETTLE_PROFIT" => Some(EntryCause::Settlement),
        "AUTO_EXCHANGE" | "COIN_SWAP_DEPOSIT" | "COIN_SWAP_WITHDRAW" => Some(EntryCause::Conversion),
        _ => None,
    })
}

impl Balance<'_> {
    fn report(self, change: Option<Decimal>, time: UnixNanos) -> BalanceReport {
        BalanceReport {
            asset: self.asset.into_owned(),
            symbol: None,
            total: Some(self.wallet),
            free: None,
            locked: None,
            borrowed: None,
            interest: None,
            unrealised: None,
            change,
            time: Some(time),
        }
    }
}

impl Position<'_> {
    fn report(self, time: UnixNanos) -> Option<PositionReport> {
        let is_open = !self.quantity.is_zero();
        let isolated = match self.margin_type.as_ref() {
            "isolated" | "ISOLATED" => Some(true),
            "cross" | "CROSS" | "CROSSED" => Some(false),
            _ => None,
        };
        Some(PositionReport {
            symbol: self.symbol.into_owned(),
            leg: leg_of(&self.leg)?,
            quantity: self.quantity,
            entry_price: nonzero(self.entry_price).filter(|_| is_open),
            breakeven_price: nonzero(self.breakeven_price).filter(|_| is_open),
            mark_price: None,
            liquidation_price: None,
            unrealised: self.unrealised,
            realised: self.realised,
            leverage: None,
            isolated,
            isolated_margin: self.isolated_margin.filter(|_| isolated == Some(true)),
            margin_asset: self.margin_asset.as_deref().and_then(named),
            time: Some(time),
        })
    }
}
