//! Linked orders of spot and margin (Spot API, "Order lists", 2026-07).
//!
//! The one decision: a pair is written as what takes the profit and what stops the loss. Which of them stands above the price and
//! which below follows from the side, and so a pair that Binance would refuse for its sides cannot be written.

use metaexpert_connect::{Endpoint, Params};
use metaexpert_core::{Price, Quantity, Side};

use super::{Answer, SpotKind, SpotPrice, SpotSelfTrade, SpotTimeInForce, SpotTrigger, spot::Names};
use crate::orders::{ClientId, Refusal, endpoints::spot as rows, words};

/// Linked orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpotList<K> {
    /// Of what, as Binance spells it.
    pub symbol: String,
    /// Which orders.
    pub orders: K,
    /// Name of the list.
    pub client_id: Option<ClientId>,
    /// What becomes of an order that would trade with another of the same account.
    pub self_trade: Option<SpotSelfTrade>,
    /// How much is answered.
    pub answer: Answer,
}

/// Two orders of which one ends the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oco {
    /// Which way both go.
    pub side: Side,
    /// How much each is for.
    pub quantity: Quantity,
    /// What takes the profit.
    pub profit: ProfitLeg,
    /// Its name.
    pub profit_id: Option<ClientId>,
    /// What stops the loss.
    pub stop: StopLeg,
    /// Its name.
    pub stop_id: Option<ClientId>,
}

/// What takes the profit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfitLeg {
    /// A limit that rests.
    LimitMaker {
        /// The worst price.
        price: SpotPrice,
    },
    /// Market, once the price is reached.
    TakeProfit {
        /// What brings it to life.
        trigger: SpotTrigger,
    },
    /// Limit, once the price is reached.
    TakeProfitLimit {
        /// What brings it to life.
        trigger: SpotTrigger,
        /// The worst price.
        price: SpotPrice,
        /// How long it stands then.
        time_in_force: SpotTimeInForce,
    },
}

/// What stops the loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopLeg {
    /// Market, once the price is reached.
    StopLoss {
        /// What brings it to life.
        trigger: SpotTrigger,
    },
    /// Limit, once the price is reached.
    StopLossLimit {
        /// What brings it to life.
        trigger: SpotTrigger,
        /// The worst price.
        price: SpotPrice,
        /// How long it stands then.
        time_in_force: SpotTimeInForce,
    },
}

/// The order that stands first; the others come to life when all of it is filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Working {
    /// Which way.
    pub side: Side,
    /// How much.
    pub quantity: Quantity,
    /// The worst price.
    pub price: Price,
    /// How long it stands; a limit that never takes where it is `None`.
    pub time_in_force: Option<SpotTimeInForce>,
    /// Its name.
    pub client_id: Option<ClientId>,
}

/// One order that follows (OTO), or follows for all that was paid for (OPO, where it has no quantity of its own).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// What stands first.
    pub working: Working,
    /// Which way the follower goes.
    pub side: Side,
    /// How much; what the first one brought in where it is `None`.
    pub quantity: Option<Quantity>,
    /// At which price, and what it waits for.
    pub kind: SpotKind,
    /// Its name.
    pub client_id: Option<ClientId>,
}

/// A pair that follows (OTOCO), or follows for all that was paid for (OPOCO).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingOco {
    /// What stands first.
    pub working: Working,
    /// Which way the pair goes.
    pub side: Side,
    /// How much; what the first one brought in where it is `None`.
    pub quantity: Option<Quantity>,
    /// What takes the profit.
    pub profit: ProfitLeg,
    /// Its name.
    pub profit_id: Option<ClientId>,
    /// What stops the loss.
    pub stop: StopLeg,
    /// Its name.
    pub stop_id: Option<ClientId>,
}

impl ProfitLeg {
    /// As an order.
    pub(super) const fn kind(self) -> SpotKind {
        match self {
            Self::LimitMaker { price } => SpotKind::LimitMaker { price, iceberg: None },
            Self::TakeProfit { trigger } => SpotKind::TakeProfit { trigger },
            Self::TakeProfitLimit { trigger, price, time_in_force } => {
                SpotKind::TakeProfitLimit { trigger, price, time_in_force, iceberg: None }
            }
        }
    }
}

impl StopLeg {
    /// As an order.
    pub(super) const fn kind(self) -> SpotKind {
        match self {
            Self::StopLoss { trigger } => SpotKind::StopLoss { trigger },
            Self::StopLossLimit { trigger, price, time_in_force } => {
                SpotKind::StopLossLimit { trigger, price, time_in_force, iceberg: None }
            }
        }
    }
}

impl<K> SpotList<K> {
    fn wrap(&self, put: impl FnOnce(Params) -> Result<Params, Refusal>) -> Result<Params, Refusal> {
        let params = Params::new().with("symbol", &self.symbol).with_some("listClientOrderId", self.client_id.as_ref());
        Ok(put(params)?
            .with_some("selfTradePreventionMode", self.self_trade.map(SpotSelfTrade::as_str))
            .with("newOrderRespType", self.answer.of_spot()))
    }
}

impl SpotList<Oco> {
    /// Its parameters on spot.
    ///
    /// # Errors
    /// When a leg breaks a rule.
    pub fn params(&self) -> Result<Params, Refusal> {
        let Oco { side, quantity, profit, profit_id, stop, stop_id } = &self.orders;
        self.wrap(|params| {
            let params = params.with("side", words::side(*side)).with("quantity", quantity);
            let (above, below) = sorted(*side, (profit.kind(), profit_id.as_ref()), (stop.kind(), stop_id.as_ref()));
            put_leg(&BELOW, put_leg(&ABOVE, params, above)?, below)
        })
    }
}

impl SpotList<Pending> {
    /// Its parameters on spot.
    ///
    /// # Errors
    /// When an order breaks a rule.
    pub fn params(&self) -> Result<Params, Refusal> {
        let Pending { working, side, quantity, kind, client_id } = &self.orders;
        self.wrap(|params| {
            let params = working.put(params).with(PENDING.side, words::side(*side)).with_some(PENDING.quantity, *quantity);
            put_leg(&PENDING, params, (*kind, client_id.as_ref()))
        })
    }

    /// The call that places it.
    pub const fn endpoint(&self) -> &'static Endpoint {
        if self.orders.quantity.is_some() { &rows::PLACE_OTO } else { &rows::PLACE_OPO }
    }
}

impl SpotList<PendingOco> {
    /// Its parameters on spot.
    ///
    /// # Errors
    /// When an order breaks a rule.
    pub fn params(&self) -> Result<Params, Refusal> {
        let PendingOco { working, side, quantity, profit, profit_id, stop, stop_id } = &self.orders;
        self.wrap(|params| {
            let params = working.put(params).with(PENDING.side, words::side(*side)).with_some(PENDING.quantity, *quantity);
            let (above, below) = sorted(*side, (profit.kind(), profit_id.as_ref()), (stop.kind(), stop_id.as_ref()));
            put_leg(&PENDING_BELOW, put_leg(&PENDING_ABOVE, params, above)?, below)
        })
    }

    /// The call that places it.
    pub const fn endpoint(&self) -> &'static Endpoint {
        if self.orders.quantity.is_some() { &rows::PLACE_OTOCO } else { &rows::PLACE_OPOCO }
    }
}

impl Working {
    fn put(&self, params: Params) -> Params {
        let kind = if self.time_in_force.is_some() { "LIMIT" } else { "LIMIT_MAKER" };
        params
            .with(WORKING.kind, kind)
            .with(WORKING.side, words::side(self.side))
            .with_some(WORKING.client_id, self.client_id.as_ref())
            .with(WORKING.price, self.price)
            .with(WORKING.quantity, self.quantity)
            .with_some(WORKING.time_in_force, self.time_in_force.map(SpotTimeInForce::as_str))
    }
}

type Named<'a> = (SpotKind, Option<&'a ClientId>);

/// What stands above the price and what below: a seller takes profit above, a buyer below.
const fn sorted<'a>(side: Side, profit: Named<'a>, stop: Named<'a>) -> (Named<'a>, Named<'a>) {
    match side {
        Side::Sell => (profit, stop),
        Side::Buy => (stop, profit),
    }
}

fn put_leg(names: &Names, params: Params, (kind, client_id): Named<'_>) -> Result<Params, Refusal> {
    Ok(kind.put(names, params)?.with_some(names.client_id, client_id))
}

/// The names of a leg: all begin with the same word.
macro_rules! leg {
    ($prefix:literal) => {
        Names {
            kind: concat!($prefix, "Type"),
            side: concat!($prefix, "Side"),
            quantity: concat!($prefix, "Quantity"),
            client_id: concat!($prefix, "ClientOrderId"),
            price: concat!($prefix, "Price"),
            stop: concat!($prefix, "StopPrice"),
            trailing: concat!($prefix, "TrailingDelta"),
            iceberg: concat!($prefix, "IcebergQty"),
            time_in_force: concat!($prefix, "TimeInForce"),
            peg: concat!($prefix, "PegPriceType"),
            peg_offset: concat!($prefix, "PegOffsetValue"),
            peg_offset_type: concat!($prefix, "PegOffsetType"),
        }
    };
}

const ABOVE: Names = leg!("above");
const BELOW: Names = leg!("below");
const WORKING: Names = leg!("working");
const PENDING: Names = leg!("pending");
const PENDING_ABOVE: Names = leg!("pendingAbove");
const PENDING_BELOW: Names = leg!("pendingBelow");
