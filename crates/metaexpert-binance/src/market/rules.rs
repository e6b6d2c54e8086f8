//! Filters as Binance writes them, read into the words that all exchanges share.
//!
//! The one decision: a filter that is not known is kept by its name; one that is known and lacks what it is made of is malformed, for a
//! rule that is half read would let orders through.
//!
//! Sources: Spot API, "Filters" (2026-07): zero in the price filter is no limit, and market lots are written with zeros where there is
//! none. USD-M and COIN-M, "Common Definition" (2026-01), where a percentage is of the mark price and the smallest value is `notional`.

use std::borrow::Cow;

use metaexpert_connect::{number, report::Filter};
use metaexpert_core::rounding::is_above_zero;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::Deserialize;

/// A filter as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FilterWire<'a> {
    #[serde(borrow)]
    filter_type: Cow<'a, str>,
    #[serde(deserialize_with = "number::optional_decimal")]
    min_price: Option<Decimal>,
    #[serde(deserialize_with = "number::optional_decimal")]
    max_price: Option<Decimal>,
    #[serde(deserialize_with = "number::optional_decimal")]
    tick_size: Option<Decimal>,
    #[serde(deserialize_with = "number::optional_decimal")]
    multiplier_up: Option<Decimal>,
    #[serde(deserialize_with = "number::optional_decimal")]
    multiplier_down: Option<Decimal>,
    #[serde(deserialize_with = "number::optional_decimal")]
    bid_multiplier_up: Option<Decimal>,
    #[serde(deserialize_with = "number::optional_decimal")]
    bid_multiplier_down: Option<Decimal>,
    #[serde(deserialize_with = "number::optional_decimal")]
    ask_multiplier_up: Option<Decimal>,
    #[serde(deserialize_with = "number::optional_decimal")]
    ask_multiplier_down: Option<Decimal>,
    avg_price_mins: Option<u32>,
    #[serde(deserialize_with = "number::optional_decimal")]
    min_qty: Option<Decimal>,
    #[serde(deserialize_with = "number::optional_decimal")]
    max_qty: Option<Decimal>,
    #[serde(deserialize_with = "number::optional_decimal")]
    step_size: Option<Decimal>,
    #[serde(deserialize_with = "number::optional_decimal")]
    min_notional: Option<Decimal>,
    #[serde(deserialize_with = "number::optional_decimal")]
    max_notional: Option<Decimal>,
    /// Futures.
    #[serde(deserialize_with = "number::optional_decimal")]
    notional: Option<Decimal>,
    apply_to_market: bool,
    apply_min_to_market: bool,
    apply_max_to_market: bool,
    /// Of an asset, of iceberg parts, and of all counts of futures.
    #[serde(deserialize_with = "number::optional_decimal")]
    limit: Option<Decimal>,
    max_num_orders: Option<u32>,
    max_num_algo_orders: Option<u32>,
    max_num_iceberg_orders: Option<u32>,
    max_num_order_lists: Option<u32>,
    max_num_order_amends: Option<u32>,
    #[serde(deserialize_with = "number::optional_decimal")]
    max_position: Option<Decimal>,
    #[serde(borrow)]
    asset: Option<Cow<'a, str>>,
    min_trailing_above_delta: Option<u32>,
    max_trailing_above_delta: Option<u32>,
    min_trailing_below_delta: Option<u32>,
    max_trailing_below_delta: Option<u32>,
}

/// A filter that lacks what it is made of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("filter {filter} has no `{field}`")]
pub struct HalfFilter {
    filter: String,
    field: &'static str,
}

impl FilterWire<'_> {
    /// The rule that it sets.
    ///
    /// # Errors
    /// When it lacks what it is made of.
    pub fn read(&self) -> Result<Filter, HalfFilter> {
        let limit = || self.limit.and_then(|limit| limit.to_u32());
        match self.filter_type.as_ref() {
            "PRICE_FILTER" => Ok(Filter::Price { min: on(self.min_price), max: on(self.max_price), tick: on(self.tick_size) }),
            "PERCENT_PRICE" => self.percent_price(),
            "PERCENT_PRICE_BY_SIDE" => Ok(Filter::PricePercent {
                bid_down: self.need(self.bid_multiplier_down, "bidMultiplierDown")?,
                bid_up: self.need(self.bid_multiplier_up, "bidMultiplierUp")?,
                ask_down: self.need(self.ask_multiplier_down, "askMultiplierDown")?,
                ask_up: self.need(self.ask_multiplier_up, "askMultiplierUp")?,
                minutes: Some(self.need(self.avg_price_mins, "avgPriceMins")?),
            }),
            "LOT_SIZE" => Ok(self.lot(false)),
            "MARKET_LOT_SIZE" => Ok(self.lot(true)),
            "MIN_NOTIONAL" => self.min_notional(),
            "NOTIONAL" => Ok(Filter::Notional {
                min: on(self.min_notional),
                max: on(self.max_notional),
                min_for_market: self.apply_min_to_market,
                max_for_market: self.apply_max_to_market,
                minutes: self.avg_price_mins.unwrap_or(0),
            }),
            "ICEBERG_PARTS" => self.need(limit(), "limit").map(Filter::IcebergParts),
            "MAX_NUM_ORDERS" | "EXCHANGE_MAX_NUM_ORDERS" => {
                self.need(self.max_num_orders.or_else(limit), "maxNumOrders").map(Filter::OpenOrders)
            }
            "MAX_NUM_ALGO_ORDERS" | "EXCHANGE_MAX_NUM_ALGO_ORDERS" => {
                self.need(self.max_num_algo_orders.or_else(limit), "maxNumAlgoOrders").map(Filter::ConditionalOrders)
            }
            "MAX_NUM_ICEBERG_ORDERS" | "EXCHANGE_MAX_NUM_ICEBERG_ORDERS" => {
                self.need(self.max_num_iceberg_orders.or_else(limit), "maxNumIcebergOrders").map(Filter::IcebergOrders)
            }
            "MAX_NUM_ORDER_LISTS" | "EXCHANGE_MAX_NUM_ORDER_LISTS" => {
                self.need(self.max_num_order_lists.or_else(limit), "maxNumOrderLists").map(Filter::OrderLists)
            }
            "MAX_NUM_ORDER_AMENDS" => {
                self.need(self.max_num_order_amends.or_else(limit), "maxNumOrderAmends").map(Filter::Amends)
            }
            "MAX_POSITION" => self.need(self.max_position, "maxPosition").map(Filter::Position),
            "MAX_ASSET" => Ok(Filter::Asset {
                asset: self.need(self.asset.as_deref(), "asset")?.to_owned(),
                max: self.need(self.limit, "limit")?,
            }),
            "TRAILING_DELTA" => Ok(Filter::TrailingDelta {
                min_above: self.need(self.min_trailing_above_delta, "minTrailingAboveDelta")?,
                max_above: self.need(self.max_trailing_above_delta, "maxTrailingAboveDelta")?,
                min_below: self.need(self.min_trailing_below_delta, "minTrailingBelowDelta")?,
                max_below: self.need(self.max_trailing_below_delta, "maxTrailingBelowDelta")?,
            }),
            other => Ok(Filter::Other(other.to_owned())),
        }
    }

    /// Of futures without minutes: they measure by the mark price.
    fn percent_price(&self) -> Result<Filter, HalfFilter> {
        let (down, up) = (self.need(self.multiplier_down, "multiplierDown")?, self.need(self.multiplier_up, "multiplierUp")?);
        Ok(Filter::PricePercent { bid_down: down, bid_up: up, ask_down: down, ask_up: up, minutes: self.avg_price_mins })
    }

    fn lot(&self, market: bool) -> Filter {
        Filter::Lot { min: on(self.min_qty), max: on(self.max_qty), step: on(self.step_size), market }
    }

    fn min_notional(&self) -> Result<Filter, HalfFilter> {
        // Futures write `notional` and ask it of market orders as of all others.
        let min = self.need(self.min_notional.or(self.notional), "minNotional")?;
        let min_for_market = self.apply_to_market || self.notional.is_some();
        let minutes = self.avg_price_mins.unwrap_or(0);
        Ok(Filter::Notional { min: on(Some(min)), max: None, min_for_market, max_for_market: false, minutes })
    }

    fn need<T>(&self, value: Option<T>, field: &'static str) -> Result<T, HalfFilter> {
        value.ok_or_else(|| HalfFilter { filter: self.filter_type.clone().into_owned(), field })
    }
}

/// A limit; zero is none.
fn on(limit: Option<Decimal>) -> Option<Decimal> {
    limit.filter(|limit| is_above_zero(*limit))
}
