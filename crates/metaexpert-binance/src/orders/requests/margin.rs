//! Spot orders with borrowed money (Margin Trading, "Margin Account New Order", 2026-01).

use metaexpert_connect::{Endpoint, Params};
use metaexpert_core::config::MarginMode;

use super::{Oco, Pending, PendingOco, ProfitLeg, SpotKind, SpotList, SpotOrder, SpotPrice, SpotTrigger, StopLeg};
use crate::orders::{Refusal, endpoints::margin as rows, words};

/// A spot order of a margin account, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarginOrder<O = SpotOrder> {
    /// Of which account: that of the pair, or the one of all pairs.
    pub account: MarginMode,
    /// Whether it borrows or pays back.
    pub side_effect: SideEffect,
    /// Whether what it borrowed is paid back when it is cancelled; Binance's default (yes) where it is `None`.
    pub repay_at_cancel: Option<bool>,
    /// What is to be traded.
    pub order: O,
}

/// Whether an order borrows or pays back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SideEffect {
    /// Neither: it trades what is there.
    None,
    /// Borrows what it lacks.
    Borrow,
    /// Pays back with what it brings in.
    Repay,
    /// Both.
    BorrowAndRepay,
}

impl SideEffect {
    const fn as_str(self) -> &'static str {
        match self {
            Self::None => "NO_SIDE_EFFECT",
            Self::Borrow => "MARGIN_BUY",
            Self::Repay => "AUTO_REPAY",
            Self::BorrowAndRepay => "AUTO_BORROW_REPAY",
        }
    }
}

impl<O> MarginOrder<O> {
    fn put(&self, params: Params) -> Params {
        params
            .with("isIsolated", words::is_isolated(self.account))
            .with("sideEffectType", self.side_effect.as_str())
            .with_some("autoRepayAtCancel", self.repay_at_cancel)
    }

    /// Lists that follow an order can borrow and nothing more.
    fn check_list(&self) -> Result<(), Refusal> {
        match self.side_effect {
            SideEffect::None | SideEffect::Borrow => Ok(()),
            SideEffect::Repay | SideEffect::BorrowAndRepay => {
                let rule = "a list that follows an order can borrow, and not pay back (Margin Trading, \"New OTO\")";
                Err(Refusal::new("sideEffectType", self.side_effect.as_str(), rule))
            }
        }
    }
}

impl MarginOrder {
    /// Its parameters.
    ///
    /// # Errors
    /// When the order breaks a rule of spot, or is of a kind that margin does not have.
    pub fn params(&self) -> Result<Params, Refusal> {
        check_kind(self.order.kind)?;
        Ok(self.put(self.order.params()?))
    }
}

/// Margin names no trailing delta and no pegs.
fn check_kind(kind: SpotKind) -> Result<(), Refusal> {
    let (trigger, price) = match kind {
        SpotKind::Market => (None, None),
        SpotKind::Limit { price, .. } | SpotKind::LimitMaker { price, .. } => (None, Some(price)),
        SpotKind::StopLoss { trigger } | SpotKind::TakeProfit { trigger } => (Some(trigger), None),
        SpotKind::StopLossLimit { trigger, price, .. } | SpotKind::TakeProfitLimit { trigger, price, .. } => {
            (Some(trigger), Some(price))
        }
    };
    if let Some(SpotTrigger::Trailing { delta_bips, .. }) = trigger {
        return Err(Refusal::new("trailingDelta", delta_bips, "margin has no trailing stops (Margin Trading, \"New Order\")"));
    }
    if let Some(SpotPrice::Pegged { .. }) = price {
        return Err(Refusal::new("pegPriceType", "", "margin has no pegged orders (Margin Trading, \"New Order\")"));
    }
    Ok(())
}

impl MarginOrder<SpotList<Oco>> {
    /// Its parameters: margin keeps the older names of a pair (Margin Trading, "Margin Account New OCO").
    ///
    /// # Errors
    /// When the pair is not a limit that rests and a stop at a price.
    pub fn params(&self) -> Result<Params, Refusal> {
        let SpotList { symbol, orders, client_id, self_trade, answer } = &self.order;
        let profit = match orders.profit {
            ProfitLeg::LimitMaker { price: SpotPrice::At(price) } => price,
            ProfitLeg::LimitMaker { .. } | ProfitLeg::TakeProfit { .. } | ProfitLeg::TakeProfitLimit { .. } => {
                let rule = "of a pair on margin, the profit is a limit at a price (Margin Trading, \"New OCO\")";
                return Err(Refusal::new("price", orders.profit.kind().as_str(), rule));
            }
        };
        check_kind(orders.stop.kind())?;
        let (trigger, limit) = match orders.stop {
            StopLeg::StopLoss { trigger } => (trigger, None),
            StopLeg::StopLossLimit { trigger, price, time_in_force } => (trigger, Some((price, time_in_force))),
        };
        let mut params = Params::new()
            .with("symbol", symbol)
            .with_some("listClientOrderId", client_id.as_ref())
            .with("side", words::side(orders.side))
            .with("quantity", orders.quantity)
            .with_some("limitClientOrderId", orders.profit_id.as_ref())
            .with("price", profit)
            .with_some("stopClientOrderId", orders.stop_id.as_ref());
        if let SpotTrigger::At(price) = trigger {
            params = params.with("stopPrice", price);
        }
        if let Some((SpotPrice::At(price), time_in_force)) = limit {
            params = params.with("stopLimitPrice", price).with("stopLimitTimeInForce", time_in_force.as_str());
        }
        let params = params.with_some("selfTradePreventionMode", self_trade.map(super::SpotSelfTrade::as_str));
        Ok(self.put(params.with("newOrderRespType", answer.of_spot())))
    }
}

impl MarginOrder<SpotList<Pending>> {
    /// Its parameters.
    ///
    /// # Errors
    /// When an order breaks a rule, or the follower has no quantity of its own.
    pub fn params(&self) -> Result<Params, Refusal> {
        self.check_list()?;
        check_quantity(self.order.orders.quantity)?;
        Ok(self.put(self.order.params()?))
    }

    /// The call that places it.
    pub const fn endpoint(&self) -> &'static Endpoint {
        &rows::PLACE_OTO
    }
}

impl MarginOrder<SpotList<PendingOco>> {
    /// Its parameters.
    ///
    /// # Errors
    /// When an order breaks a rule, or the pair has no quantity of its own.
    pub fn params(&self) -> Result<Params, Refusal> {
        self.check_list()?;
        check_quantity(self.order.orders.quantity)?;
        Ok(self.put(self.order.params()?))
    }

    /// The call that places it.
    pub const fn endpoint(&self) -> &'static Endpoint {
        &rows::PLACE_OTOCO
    }
}

fn check_quantity(quantity: Option<metaexpert_core::Quantity>) -> Result<(), Refusal> {
    let rule = "on margin what follows has a quantity of its own (Margin Trading, \"New OTO\")";
    quantity.map(|_| ()).ok_or_else(|| Refusal::new("pendingQuantity", "", rule))
}
