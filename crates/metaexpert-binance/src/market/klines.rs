//! Bars: of trades, of the mark, index or premium price, of whichever contract is current.
//!
//! The one decision: what stands in a bar's columns depends on whose bar it is. Where no trades are behind it, nothing is read from
//! the columns of volume and value, and the number of trades is that of the price's changes.

use std::{borrow::Cow, fmt, ops::ControlFlow};

use metaexpert_connect::{
    Failure, Malformed, Params, Report,
    http::Client,
    report::{BarReport, PriceBarReport, PriceKind},
};
use metaexpert_core::{Timeframe, UnixNanos};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, SeqAccess, Visitor},
};

use super::{
    Call, ask,
    paging::{BAR_PAGES, ForwardWalk},
    read::{Float, Time, element, millis, reply, rest},
};
use crate::Product;

/// Whose bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Series {
    /// Of what was traded.
    Traded,
    /// The same, smoothed for charts (spot).
    Chart,
    /// Of the mark price.
    Mark,
    /// Of the index price; asked for by the pair.
    Index,
    /// Of the premium of the mark over the index price.
    Premium,
    /// Of whichever contract of a pair is the current one of a type.
    Continuous(ContractType),
}

/// Which contract of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContractType {
    /// The perpetual one.
    Perpetual,
    /// The one that ends this quarter.
    CurrentQuarter,
    /// The one that ends the next quarter.
    NextQuarter,
    /// The perpetual one of a share or commodity.
    TradFiPerpetual,
}

impl ContractType {
    /// As requests write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Perpetual => "PERPETUAL",
            Self::CurrentQuarter => "CURRENT_QUARTER",
            Self::NextQuarter => "NEXT_QUARTER",
            Self::TradFiPerpetual => "TRADIFI_PERPETUAL",
        }
    }
}

impl Series {
    const fn call(self) -> Call {
        match self {
            Self::Traded => Call::Klines,
            Self::Chart => Call::UiKlines,
            Self::Mark => Call::MarkKlines,
            Self::Index => Call::IndexKlines,
            Self::Premium => Call::PremiumKlines,
            Self::Continuous(_) => Call::ContinuousKlines,
        }
    }

    const fn columns(self) -> Columns {
        match self {
            Self::Traded | Self::Chart | Self::Continuous(_) => Columns::Traded,
            Self::Mark | Self::Index | Self::Premium => Columns::Priced,
        }
    }
}

/// A request for bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Klines<'a> {
    /// Whose.
    pub series: Series,
    /// The native symbol; of [`Series::Index`] and [`Series::Continuous`] the pair.
    pub symbol: &'a str,
    /// How long each is.
    pub timeframe: Timeframe,
    /// Those that open at this time or later.
    pub from: Option<UnixNanos>,
    /// Those that open at this time or earlier.
    pub to: Option<UnixNanos>,
    /// How many at most; the exchange's own default where it is `None`.
    pub limit: Option<u16>,
}

impl Klines<'_> {
    fn params(&self) -> Params {
        let name = match self.series {
            Series::Index | Series::Continuous(_) => "pair",
            Series::Traded | Series::Chart | Series::Mark | Series::Premium => "symbol",
        };
        let contract = match self.series {
            Series::Continuous(contract) => Some(contract.as_str()),
            Series::Traded | Series::Chart | Series::Mark | Series::Index | Series::Premium => None,
        };
        Params::new()
            .with(name, self.symbol)
            .with_some("contractType", contract)
            .with("interval", self.timeframe.as_str())
            .with_some("startTime", self.from.map(millis))
            .with_some("endTime", self.to.map(millis))
            .with_some("limit", self.limit)
    }
}

/// Bars, oldest first, the last of them perhaps unfinished.
///
/// # Errors
/// See [`Failure`].
pub async fn klines(client: &Client, product: Product, request: &Klines<'_>) -> Result<Vec<BarReport<'static>>, Failure> {
    let body = ask(client, product, request.series.call(), &request.params()).await?;
    let bars = read(product, request.series.columns(), &body)?;
    let symbol = |_: &BarReport<'_>| Some(Cow::Owned(request.symbol.to_owned()));
    Ok(bars
        .into_iter()
        .map(|bar| BarReport { symbol: symbol(&bar), timeframe: Some(request.timeframe), ..bar.into_owned() })
        .collect())
}

/// All bars that open from `from` on and before `to`, page by page, oldest first: none twice, none left out. `take` ends it early
/// with `Break`.
///
/// # Errors
/// See [`Failure`]. What was taken before stays right; asking again from behind the last bar goes on with it.
pub async fn history(
    client: &Client,
    product: Product,
    series: Series,
    symbol: &str,
    timeframe: Timeframe,
    span: std::ops::Range<UnixNanos>,
    take: &mut (dyn FnMut(Vec<BarReport<'static>>) -> ControlFlow<()> + Send),
) -> Result<(), Failure> {
    let rule = BAR_PAGES.of(product);
    let mut walk = ForwardWalk::new(span, timeframe.nanos() / 1_000_000, rule);
    while let Some((from, to)) = walk.ask() {
        let request = Klines { series, symbol, timeframe, from: Some(from), to: Some(to), limit: Some(rule.limit) };
        let page = klines(client, product, &request).await?;
        let page = walk.take(page, |bar| bar.open_time).map_err(|stuck| stuck.of(product, "klines"))?;
        if !page.is_empty() && take(page).is_break() {
            break;
        }
    }
    Ok(())
}

/// What stands in the columns behind the prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Columns {
    /// Volume, value and number of trades.
    Traded,
    /// Nothing, and a number of changes.
    Priced,
}

pub(super) fn traded_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read(product, Columns::Traded, payload)?.into_iter().map(Report::Bar).collect())
}

pub(super) fn mark_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    priced(PriceKind::Mark, product, payload)
}

pub(super) fn index_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    priced(PriceKind::Index, product, payload)
}

pub(super) fn premium_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    priced(PriceKind::Premium, product, payload)
}

fn priced(of: PriceKind, product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let bars = read(product, Columns::Priced, payload)?;
    Ok(bars.into_iter().map(|bar| Report::PriceBar(PriceBarReport { of, bar })).collect())
}

fn read(product: Product, columns: Columns, payload: &[u8]) -> Result<Vec<BarReport<'_>>, Malformed> {
    let wires: Vec<Wire> = reply(product, "klines", payload)?;
    Ok(wires.into_iter().map(|wire| wire.report(columns)).collect())
}

/// `[open time, open, high, low, close, volume, close time, value, trades, taker volume, taker value, unused]`. The value is in quote
/// currency, of COIN-M in base currency.
struct Wire {
    open_time: UnixNanos,
    prices: [f64; 4],
    volume: f64,
    close_time: UnixNanos,
    value: f64,
    trades: u64,
}

impl Wire {
    fn report<'a>(self, columns: Columns) -> BarReport<'a> {
        let [open, high, low, close] = self.prices;
        let is_traded = columns == Columns::Traded;
        BarReport {
            symbol: None,
            timeframe: None,
            open_time: self.open_time,
            close_time: Some(self.close_time),
            open,
            high,
            low,
            close,
            volume: if is_traded { self.volume } else { 0.0 },
            turnover: is_traded.then_some(self.value),
            trades: Some(self.trades),
            is_closed: None,
        }
    }
}

impl<'de> Deserialize<'de> for Wire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Row;
        impl<'de> Visitor<'de> for Row {
            type Value = Wire;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the columns of a bar")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Wire, A::Error> {
                let Time(open_time) = element(&mut seq, 0, &self)?;
                let mut prices = [0.0; 4];
                for (at, price) in prices.iter_mut().enumerate() {
                    Float(*price) = element(&mut seq, at + 1, &self)?;
                }
                let Float(volume) = element(&mut seq, 5, &self)?;
                let Time(close_time) = element(&mut seq, 6, &self)?;
                let Float(value) = element(&mut seq, 7, &self)?;
                let trades = element(&mut seq, 8, &self)?;
                let IgnoredAny = element(&mut seq, 9, &self)?;
                rest(&mut seq)?;
                Ok(Wire { open_time, prices, volume, close_time, value, trades })
            }
        }
        deserializer.deserialize_seq(Row)
    }
}
