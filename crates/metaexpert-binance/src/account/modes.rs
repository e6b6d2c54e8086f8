//! Modes of a futures account: one way or hedge, one asset or several as margin; and replies that only say that a setting is
//! made.

use metaexpert_connect::{
    Failure, Malformed, Params, Report,
    http::Client,
    report::{AccountMode, AccountReport, Service},
};
use serde::Deserialize;

use super::{Call, Change, ask, reply, set, spot::unknown};
use crate::Product;

/// The modes of a futures account. USD-M tells all of them in one reply; COIN-M has no other than the position mode.
///
/// # Errors
/// See [`Failure`].
pub async fn account_mode(client: &Client, product: Product) -> Result<AccountMode, Failure> {
    if product == Product::UsdM {
        let body = ask(client, product, Call::AccountConfig, &Params::new()).await?;
        return Ok(config(product, &body)?.mode());
    }
    let body = ask(client, product, Call::PositionMode, &Params::new()).await?;
    Ok(position_mode(product, &body)?)
}

/// Sets whether an account has two legs in each instrument. It is refused while there is a position or an open order, and holds
/// for USD-M and COIN-M together since 2026-06-30.
///
/// # Errors
/// See [`Failure`].
pub async fn set_hedge_mode(client: &Client, product: Product, is_hedge: bool) -> Result<Change, Failure> {
    set(client, product, Call::SetPositionMode, &Params::new().with("dualSidePosition", is_hedge)).await
}

/// Sets whether several assets are margin together (USD-M).
///
/// # Errors
/// See [`Failure`].
pub async fn set_multi_assets_mode(client: &Client, is_multi: bool) -> Result<Change, Failure> {
    set(client, Product::UsdM, Call::SetMultiAssets, &Params::new().with("multiAssetsMargin", is_multi)).await
}

pub(super) fn read_config(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let config = config(product, payload)?;
    let account = AccountReport { can_trade: Some(config.can_trade), ..unknown() };
    Ok(vec![Report::Account(Box::new(account)), Report::Mode(config.mode())])
}

pub(super) fn read_position_mode(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(vec![Report::Mode(position_mode(product, payload)?)])
}

pub(super) fn read_multi_assets(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire {
        multi_assets_margin: bool,
    }
    let wire: Wire = reply(product, Call::MultiAssets, payload)?;
    Ok(vec![Report::Mode(AccountMode { hedge: None, multi_assets: Some(wire.multi_assets_margin), fee_tier: None })])
}

/// `{"code": 200, "msg": "success"}`.
pub(super) fn read_done(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    #[derive(Deserialize)]
    struct Wire {
        code: i64,
    }
    let wire: Wire = metaexpert_connect::read_json(&format!("setting of {product}"), payload)?;
    if wire.code != 200 {
        return Err(Malformed::new(format!("setting of {product}"), format_args!("code {} is not 200", wire.code), payload));
    }
    Ok(vec![Report::Service(Service::Done)])
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    can_trade: bool,
    dual_side_position: bool,
    multi_assets_margin: bool,
    fee_tier: u32,
}

impl Config {
    const fn mode(&self) -> AccountMode {
        AccountMode {
            hedge: Some(self.dual_side_position),
            multi_assets: Some(self.multi_assets_margin),
            fee_tier: Some(self.fee_tier),
        }
    }
}

fn config(product: Product, payload: &[u8]) -> Result<Config, Malformed> {
    reply(product, Call::AccountConfig, payload)
}

fn position_mode(product: Product, payload: &[u8]) -> Result<AccountMode, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire {
        dual_side_position: bool,
    }
    let wire: Wire = reply(product, Call::PositionMode, payload)?;
    Ok(AccountMode { hedge: Some(wire.dual_side_position), multi_assets: None, fee_tier: None })
}
