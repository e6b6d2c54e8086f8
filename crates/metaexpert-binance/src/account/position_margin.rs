//! Margin of an isolated position: put in, taken out, and the history of both.

use std::{borrow::Cow, ops::Range};

use metaexpert_connect::{
    Failure, Malformed, Params, Report, Word,
    http::Client,
    number,
    report::{Entry, Service},
};
use metaexpert_core::{PositionSide, UnixNanos};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    Call, ask, fields,
    paging::{DAY_MS, History},
    reply,
};
use crate::Product;

/// Puts margin into an isolated position, or takes it out where `amount` is negative; `leg` in hedge mode. An answer that is lost
/// may have been carried out: [`position_margin_changes`] says.
///
/// # Errors
/// See [`Failure`].
pub async fn change_position_margin(
    client: &Client,
    product: Product,
    symbol: &str,
    leg: Option<PositionSide>,
    amount: Decimal,
) -> Result<(), Failure> {
    let kind = if amount.is_sign_negative() { TAKEN_OUT } else { PUT_IN };
    let params = Params::new().with("symbol", symbol).with_some("positionSide", leg.map(fields::leg_word));
    let params = params.with("amount", amount.abs().normalize()).with("type", kind);
    let body = ask(client, product, Call::ChangePositionMargin, &params).await?;
    Ok(done(product, &body)?)
}

/// All changes of the margin of an instrument's isolated positions in a stretch of time, no longer than 30 days ago: positive
/// where margin was put in. They move money within the account, and are not to be added up with what was paid.
///
/// # Errors
/// See [`Failure`].
pub async fn position_margin_changes(
    client: &Client,
    product: Product,
    symbol: &str,
    time: Range<UnixNanos>,
) -> Result<Vec<Entry>, Failure> {
    // "Get Position Margin Change History": 500 a page on USD-M, 30 days at once; COIN-M names 50 and no limit.
    let limit = if product == Product::UsdM { 500 } else { 50 };
    let history = History { client, product, call: Call::MarginChanges, limit, widest_ms: 30 * DAY_MS };
    let params = Params::new().with("symbol", symbol);
    let mut changes = history.between(&params, &time, |page| rows(product, page)).await?;
    changes.sort_by_key(|change| change.time);
    Ok(changes)
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    done(product, payload)?;
    Ok(vec![Report::Service(Service::Done)])
}

pub(super) fn read_past(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(rows(product, payload)?.into_iter().map(Report::Entry).collect())
}

/// `type` of a change ("Modify Isolated Position Margin").
const PUT_IN: u32 = 1;
const TAKEN_OUT: u32 = 2;

/// `{"amount": 100.0, "code": 200, "msg": "Successfully modify position margin.", "type": 1}`.
fn done(product: Product, payload: &[u8]) -> Result<(), Malformed> {
    #[derive(Deserialize)]
    struct Wire {
        code: i64,
        #[serde(rename = "type", deserialize_with = "fields::whole")]
        _kind: u32,
    }
    let wire: Wire = reply(product, Call::ChangePositionMargin, payload)?;
    let what = || format!("{} of {product}", Call::ChangePositionMargin.as_str());
    if wire.code == 200 { Ok(()) } else { Err(Malformed::new(what(), format_args!("code {} is not 200", wire.code), payload)) }
}

fn rows(product: Product, payload: &[u8]) -> Result<Vec<Entry>, Malformed> {
    let rows: Vec<Wire<'_>> = reply(product, Call::MarginChanges, payload)?;
    let entry = |row: Wire<'_>| {
        let amount = match row.kind {
            PUT_IN => row.amount,
            TAKEN_OUT => -row.amount.abs(),
            strange => {
                let what = format!("{} of {product}", Call::MarginChanges.as_str());
                return Err(Malformed::new(what, format_args!("type {strange} is neither 1 nor 2"), payload));
            }
        };
        Ok(Entry {
            id: None,
            symbol: Some(row.symbol.into_owned()),
            asset: row.asset.into_owned(),
            amount,
            cause: Word::Other(row.delta_type.as_deref().unwrap_or("POSITION_MARGIN").into()),
            time: row.time,
        })
    };
    rows.into_iter().map(entry).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(rename = "type", deserialize_with = "fields::whole")]
    kind: u32,
    // Of USD-M: `USER_ADJUST`, `TRADE`.
    #[serde(default, borrow)]
    delta_type: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "number::decimal")]
    amount: Decimal,
    #[serde(borrow)]
    asset: Cow<'a, str>,
    #[serde(deserialize_with = "number::millis")]
    time: UnixNanos,
}
