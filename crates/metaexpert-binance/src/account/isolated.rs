//! Isolated margin: each pair an account of its own.

use std::borrow::Cow;

use metaexpert_connect::{
    Failure, Malformed, Params, Report,
    http::Client,
    number,
    report::{BalanceReport, PairReport, Service},
};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Call, ask, cross::Holding, fields, reply};
use crate::Product;

/// Most pairs of one question ("Query Isolated Margin Account Info"); more are asked for in turns.
const PAIRS: usize = 5;

/// The isolated pairs of an account, and what each owns and owes of its two assets. All of them where `symbols` is empty.
///
/// # Errors
/// See [`Failure`].
pub async fn isolated_account(client: &Client, symbols: &[&str]) -> Result<Vec<(PairReport, [BalanceReport; 2])>, Failure> {
    if symbols.is_empty() {
        let body = ask(client, Product::Margin, Call::IsolatedAccount, &Params::new()).await?;
        return Ok(pairs(Product::Margin, &body)?);
    }
    let mut found = Vec::with_capacity(symbols.len());
    for symbols in symbols.chunks(PAIRS) {
        let params = Params::new().with("symbols", symbols.join(","));
        let body = ask(client, Product::Margin, Call::IsolatedAccount, &params).await?;
        found.extend(pairs(Product::Margin, &body)?);
    }
    Ok(found)
}

/// Enables or disables a pair. A pair can be disabled once in 24 hours, and only one that was disabled can be enabled.
///
/// # Errors
/// See [`Failure`].
pub async fn isolated_pair(client: &Client, symbol: &str, is_enabled: bool) -> Result<(), Failure> {
    let call = if is_enabled { Call::EnablePair } else { Call::DisablePair };
    let body = ask(client, Product::Margin, call, &Params::new().with("symbol", symbol)).await?;
    Ok(done(Product::Margin, &body)?)
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let of_pair = |(pair, balances): (PairReport, [BalanceReport; 2])| {
        std::iter::once(Report::Pair(pair)).chain(balances.map(Report::Balance))
    };
    Ok(pairs(product, payload)?.into_iter().flat_map(of_pair).collect())
}

pub(super) fn read_done(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    done(product, payload)?;
    Ok(vec![Report::Service(Service::Done)])
}

/// `{"success": true, "symbol": "BTCUSDT"}`.
fn done(product: Product, payload: &[u8]) -> Result<(), Malformed> {
    #[derive(Deserialize)]
    struct Wire {
        success: bool,
    }
    let wire: Wire = reply(product, Call::EnablePair, payload)?;
    let failed = || Malformed::new(format!("{} of {product}", Call::EnablePair.as_str()), "`success` is false", payload);
    if wire.success { Ok(()) } else { Err(failed()) }
}

fn pairs(product: Product, payload: &[u8]) -> Result<Vec<(PairReport, [BalanceReport; 2])>, Malformed> {
    #[derive(Deserialize)]
    struct Wire<'a> {
        #[serde(borrow)]
        assets: Vec<Pair<'a>>,
    }
    let wire: Wire<'_> = reply(product, Call::IsolatedAccount, payload)?;
    Ok(wire.assets.into_iter().map(Pair::parts).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pair<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(borrow)]
    base_asset: Holding<'a>,
    #[serde(borrow)]
    quote_asset: Holding<'a>,
    #[serde(deserialize_with = "number::optional_decimal")]
    margin_level: Option<Decimal>,
    #[serde(default, borrow)]
    margin_level_status: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "fields::nonzero")]
    index_price: Option<Decimal>,
    #[serde(default, deserialize_with = "fields::nonzero")]
    liquidate_price: Option<Decimal>,
    #[serde(default)]
    trade_enabled: Option<bool>,
}

impl Pair<'_> {
    fn parts(self) -> (PairReport, [BalanceReport; 2]) {
        let symbol = self.symbol.into_owned();
        let of_pair = |asset: &Holding<'_>| BalanceReport { symbol: Some(symbol.clone()), ..asset.balance() };
        let balances = [of_pair(&self.base_asset), of_pair(&self.quote_asset)];
        let pair = PairReport {
            symbol,
            can_trade: self.trade_enabled,
            margin_level: self.margin_level,
            status: self.margin_level_status.map(Cow::into_owned),
            index_price: self.index_price,
            liquidation_price: self.liquidate_price,
        };
        (pair, balances)
    }
}
