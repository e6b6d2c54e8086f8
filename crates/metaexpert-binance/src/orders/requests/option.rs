//! Orders of European options: limits alone (Options Trading, "New Order", 2026-01).

use metaexpert_connect::Params;
use metaexpert_core::{Price, Quantity, SelfTrade, Side};

use super::{Answer, futures::self_trade};
use crate::orders::{ClientId, words};

/// An order on an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionOrder {
    /// Of what, as Binance spells it: `BTC-270326-90000-C`.
    pub symbol: String,
    /// Which way.
    pub side: Side,
    /// How many.
    pub quantity: Quantity,
    /// The worst premium.
    pub price: Price,
    /// How long it stands.
    pub time_in_force: OptionTimeInForce,
    /// Whether it may only reduce the position.
    pub reduce_only: bool,
    /// Its name.
    pub client_id: Option<ClientId>,
    /// What becomes of it where it would trade with an order of the same account; Binance's default where it is `None`.
    pub self_trade: Option<SelfTrade>,
    /// Whether it is under the protection of market makers.
    pub market_maker: bool,
    /// How much is answered.
    pub answer: Answer,
}

/// How long an option order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionTimeInForce {
    /// Until it is filled or cancelled.
    GoodTillCancelled,
    /// What does not trade at once is cancelled.
    ImmediateOrCancel,
    /// All at once or nothing.
    FillOrKill,
    /// Until it is filled or cancelled, and refused where it would take.
    PostOnly,
}

impl OptionTimeInForce {
    const fn as_str(self) -> &'static str {
        match self {
            Self::GoodTillCancelled | Self::PostOnly => "GTC",
            Self::ImmediateOrCancel => "IOC",
            Self::FillOrKill => "FOK",
        }
    }
}

impl OptionOrder {
    /// Its parameters.
    pub fn params(&self) -> Params {
        let only = |is_set: bool| is_set.then_some("true");
        Params::new()
            .with("symbol", &self.symbol)
            .with("side", words::side(self.side))
            .with("type", "LIMIT")
            .with("quantity", self.quantity)
            .with("price", self.price)
            .with("timeInForce", self.time_in_force.as_str())
            .with_some("reduceOnly", only(self.reduce_only))
            .with_some("postOnly", only(self.time_in_force == OptionTimeInForce::PostOnly))
            .with_some("isMmp", only(self.market_maker))
            .with_some("clientOrderId", self.client_id.as_ref())
            .with_some("selfTradePreventionMode", self.self_trade.map(self_trade))
            .with("newOrderRespType", self.answer.of_futures())
    }
}
