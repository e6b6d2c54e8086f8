//! What trading costs.
//!
//! The one decision: a rate is what an order pays if nothing is taken off it. Spot adds up four kinds of commission, and whether
//! its discount for paying in BNB holds depends on what the account owns at that moment.

use std::borrow::Cow;

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, number, report::FeeReport};
use metaexpert_core::Percent;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Call, ask, fields, reply};
use crate::Product;

/// What trading an instrument costs. Of options: of all options on an underlying, by its name (`BTCUSDT`).
///
/// # Errors
/// See [`Failure`]; [`Failure::NotSent`] where options have no such underlying.
pub async fn fee(client: &Client, product: Product, symbol: &str) -> Result<FeeReport, Failure> {
    let params = Params::new().with("symbol", symbol);
    match product {
        Product::Spot | Product::Margin => Ok(spot(product, &ask(client, product, Call::Fee, &params).await?)?),
        Product::UsdM | Product::CoinM => Ok(futures(product, &ask(client, product, Call::Fee, &params).await?)?),
        Product::Options => {
            let fees = options(product, &ask(client, product, Call::Fee, &Params::new()).await?)?;
            fees.into_iter().find(|fee| fee.symbol.as_deref() == Some(symbol)).ok_or_else(|| Failure::NotSent {
                endpoint: Call::Fee.as_str(),
                why: format!("`{symbol}` is no underlying that Binance names a fee for"),
            })
        }
    }
}

/// What trading costs by symbol (spot) or underlying (options), of all of them.
///
/// # Errors
/// See [`Failure`].
pub async fn fees(client: &Client, product: Product) -> Result<Vec<FeeReport>, Failure> {
    if product == Product::Options {
        return Ok(options(product, &ask(client, product, Call::Fee, &Params::new()).await?)?);
    }
    Ok(trade_fees(product, &ask(client, product, Call::TradeFees, &Params::new()).await?)?)
}

pub(super) fn read_spot(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(vec![Report::Fee(spot(product, payload)?)])
}

pub(super) fn read_futures(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(vec![Report::Fee(futures(product, payload)?)])
}

pub(super) fn read_trade_fees(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(trade_fees(product, payload)?.into_iter().map(Report::Fee).collect())
}

pub(super) fn read_options(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(options(product, payload)?.into_iter().map(Report::Fee).collect())
}

/// Standard, special and tax commission, each by what the order does and by which side it is on (Spot API FAQ, "Commission
/// Rates").
fn spot(product: Product, payload: &[u8]) -> Result<FeeReport, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        standard_commission: Commission,
        #[serde(default)]
        special_commission: Commission,
        #[serde(default)]
        tax_commission: Commission,
    }
    let wire: Wire<'_> = reply(product, Call::Fee, payload)?;
    let kinds = [&wire.standard_commission, &wire.special_commission, &wire.tax_commission];
    let sum = |rate: fn(&Commission) -> Decimal| {
        kinds.iter().try_fold(Decimal::ZERO, |sum, kind| sum.checked_add(rate(kind))).and_then(fields::percent_of)
    };
    let maker = sum(|kind| kind.of(kind.maker));
    let taker = sum(|kind| kind.of(kind.taker));
    let fee = maker.zip(taker).map(|(maker, taker)| FeeReport { symbol: Some(wire.symbol.into_owned()), maker, taker });
    fee.ok_or_else(|| Malformed::new(format!("{} of {product}", Call::Fee.as_str()), "rates that cannot be added up", payload))
}

#[derive(Deserialize, Default)]
struct Commission {
    #[serde(deserialize_with = "number::decimal")]
    maker: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    taker: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    buyer: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    seller: Decimal,
}

impl Commission {
    /// A rate with what its side adds; the dearer side, for an account has to be able to pay both.
    fn of(&self, rate: Decimal) -> Decimal {
        rate.checked_add(self.buyer.max(self.seller)).unwrap_or(Decimal::MAX)
    }
}

fn futures(product: Product, payload: &[u8]) -> Result<FeeReport, Malformed> {
    reply::<Rates<'_>>(product, Call::Fee, payload).map(FeeReport::from)
}

fn trade_fees(product: Product, payload: &[u8]) -> Result<Vec<FeeReport>, Malformed> {
    // Asked for one symbol, it has answered with the row alone.
    if payload.trim_ascii_start().starts_with(b"{") {
        return reply::<Rates<'_>>(product, Call::TradeFees, payload).map(|row| vec![row.into()]);
    }
    let rows: Vec<Rates<'_>> = reply(product, Call::TradeFees, payload)?;
    Ok(rows.into_iter().map(FeeReport::from).collect())
}

fn options(product: Product, payload: &[u8]) -> Result<Vec<FeeReport>, Malformed> {
    #[derive(Deserialize)]
    struct Wire<'a> {
        #[serde(borrow)]
        commissions: Vec<Rates<'a>>,
    }
    let wire: Wire<'_> = reply(product, Call::Fee, payload)?;
    Ok(wire.commissions.into_iter().map(FeeReport::from).collect())
}

/// A pair of rates, under the names of three calls.
#[derive(Deserialize)]
struct Rates<'a> {
    #[serde(borrow, alias = "underlying")]
    symbol: Cow<'a, str>,
    #[serde(alias = "makerCommissionRate", alias = "makerCommission", alias = "makerFee", deserialize_with = "fields::percent")]
    maker: Percent,
    #[serde(alias = "takerCommissionRate", alias = "takerCommission", alias = "takerFee", deserialize_with = "fields::percent")]
    taker: Percent,
}

impl From<Rates<'_>> for FeeReport {
    fn from(wire: Rates<'_>) -> Self {
        Self { symbol: Some(wire.symbol.into_owned()), maker: wire.maker, taker: wire.taker }
    }
}
