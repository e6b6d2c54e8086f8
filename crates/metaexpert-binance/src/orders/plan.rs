//! From an order of the engine to the request that a product of Binance wants.
//!
//! The one decision: the request says all that the order says, or there is none. What a product does not have (an index trigger, a
//! trailing stop by an amount, an order of spot that expires) is refused with its name, never sent as something else.
//!
//! Three things of an order are no part of a request. Leverage is a setting of the account. Protection hangs on the fill price,
//! which nobody knows yet: whoever sees the fill makes orders of it. And a link is kept by whoever sends both orders, or by
//! [`plan_pair`] where both have to be one request.

mod futures; // USD-M and COIN-M, where conditional orders go to the algo service
mod option; // limits
mod pair; // two linked orders of spot and margin
mod spot; // spot and margin

use metaexpert_connect::{Endpoint, Lane, Params};
use metaexpert_core::{
    Instrument, InstrumentKind, NewOrder, UnixNanos,
    config::{MarginMode, PositionMode},
};

use super::{
    AlgoOrder, ClientId, FuturesOrder, FuturesProduct, MarginOrder, OptionOrder, Refusal, SideEffect, SpotOrder,
    endpoints::{margin, options, spot as spot_rows},
};
use crate::Product;
pub use pair::plan_pair;

/// What an account is set to, as far as an order has to say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountModes {
    /// One position in an instrument, or two legs. Futures only.
    pub position: PositionMode,
    /// Which margin account. Margin only.
    pub margin: MarginMode,
    /// Whether orders borrow and pay back. Margin only.
    pub side_effect: SideEffect,
}

/// An order as its product wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderRequest {
    /// Of spot.
    Spot(SpotOrder),
    /// Of a margin account.
    Margin(MarginOrder),
    /// Of futures.
    Futures(FuturesProduct, FuturesOrder),
    /// Of the algo service of futures.
    Algo(FuturesProduct, AlgoOrder),
    /// Of options.
    Option(OptionOrder),
}

/// The request for an order. `symbol` is the instrument's name as Binance spells it.
///
/// # Errors
/// When the product has no such order.
pub fn plan(
    product: Product,
    symbol: &str,
    instrument: &Instrument,
    order: &NewOrder,
    modes: AccountModes,
) -> Result<OrderRequest, Refusal> {
    check_kind(product, symbol, instrument.kind)?;
    match product {
        Product::Spot => Ok(OrderRequest::Spot(spot::order(symbol, order)?)),
        Product::Margin => Ok(OrderRequest::Margin(MarginOrder {
            account: modes.margin,
            side_effect: modes.side_effect,
            repay_at_cancel: None,
            order: spot::margin_order(symbol, order)?,
        })),
        Product::UsdM => futures::request(FuturesProduct::UsdM, symbol, order, modes.position),
        Product::CoinM => futures::request(FuturesProduct::CoinM, symbol, order, modes.position),
        Product::Options => Ok(OrderRequest::Option(option::order(symbol, order)?)),
    }
}

/// An order of an instrument goes to the product that trades it, and to no other one that has the name too.
fn check_kind(product: Product, symbol: &str, kind: InstrumentKind) -> Result<(), Refusal> {
    let is_traded = match kind {
        InstrumentKind::Spot => matches!(product, Product::Spot | Product::Margin),
        InstrumentKind::Option(_) => product == Product::Options,
        InstrumentKind::Perpetual(_) | InstrumentKind::Dated { .. } if kind.is_inverse() => product == Product::CoinM,
        InstrumentKind::Perpetual(_) | InstrumentKind::Dated { .. } => product == Product::UsdM,
    };
    if is_traded { Ok(()) } else { Err(Refusal::new("symbol", symbol, "the product does not trade instruments of this kind")) }
}

impl OrderRequest {
    /// Of which product it is.
    pub const fn product(&self) -> Product {
        match self {
            Self::Spot(_) => Product::Spot,
            Self::Margin(_) => Product::Margin,
            Self::Futures(product, _) | Self::Algo(product, _) => product.product(),
            Self::Option(_) => Product::Options,
        }
    }

    /// The call that places it.
    pub const fn endpoint(&self) -> &'static Endpoint {
        match self {
            Self::Spot(_) => &spot_rows::PLACE,
            Self::Margin(_) => &margin::PLACE,
            Self::Futures(product, _) => product.rows().place,
            Self::Algo(product, _) => product.rows().place_algo,
            Self::Option(_) => &options::PLACE,
        }
    }

    /// Its parameters. `now` is for orders that expire.
    ///
    /// # Errors
    /// When a rule of the product is broken.
    pub fn params(&self, now: UnixNanos) -> Result<Params, Refusal> {
        match self {
            Self::Spot(order) => order.params(),
            Self::Margin(order) => order.params(),
            Self::Futures(product, order) => order.params(*product, now),
            Self::Algo(product, order) => order.params(*product, now),
            Self::Option(order) => Ok(order.params()),
        }
    }

    /// The same order by another name.
    #[must_use]
    pub fn named(mut self, name: ClientId) -> Self {
        let client_id = match &mut self {
            Self::Spot(order) => &mut order.client_id,
            Self::Margin(margin) => &mut margin.order.client_id,
            Self::Futures(_, order) => &mut order.client_id,
            Self::Algo(_, order) => &mut order.client_id,
            Self::Option(order) => &mut order.client_id,
        };
        *client_id = Some(name);
        self
    }

    /// What it waits behind: an order that only reduces makes the account safer.
    pub fn lane(&self) -> Lane {
        let is_reducing = match self {
            Self::Spot(_) | Self::Margin(_) => false,
            Self::Futures(_, order) => order.leg.is_reducing(order.side),
            Self::Algo(_, order) => order.is_reducing(),
            Self::Option(order) => order.reduce_only,
        };
        if is_reducing { Lane::Safety } else { Lane::Entry }
    }
}

#[cfg(test)]
mod tests;
