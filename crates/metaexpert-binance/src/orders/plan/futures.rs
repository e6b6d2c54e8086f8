//! Orders of USD-M and COIN-M. Whatever waits for a price goes to the algo service: the plain call refuses it with -4120.

use metaexpert_core::{
    Distance, Effect, Fitting, NewOrder, OrderKind, PositionSide, Price, TimeInForce, Trigger, TriggerBy, config::PositionMode,
};

use super::OrderRequest;
use crate::orders::{
    AlgoKind, AlgoOrder, AlgoSize, Answer, FuturesKind, FuturesOrder, FuturesPrice, FuturesProduct, FuturesTimeInForce, Leg,
    Refusal, WorkingPrice, words,
};

pub(super) fn request(
    product: FuturesProduct,
    symbol: &str,
    order: &NewOrder,
    position: PositionMode,
) -> Result<OrderRequest, Refusal> {
    if let Fitting::Spend(amount) = order.fitting {
        let rule = "futures take no amount of quote currency (USD-M and COIN-M, \"New Order\")";
        return Err(Refusal::new("quoteOrderQty", amount, rule));
    }
    let leg = leg(order, position)?;
    match kind(order)? {
        Kind::Plain(kind) => Ok(OrderRequest::Futures(
            product,
            FuturesOrder {
                symbol: symbol.to_owned(),
                side: order.side,
                leg,
                quantity: order.quantity,
                kind,
                client_id: Some(order.id.into()),
                self_trade: Some(order.self_trade),
                answer: Answer::Result,
            },
        )),
        Kind::Waiting(kind, working_price) => {
            let (size, leg) = size(order, &kind, leg);
            Ok(OrderRequest::Algo(
                product,
                AlgoOrder {
                    symbol: symbol.to_owned(),
                    side: order.side,
                    leg,
                    size,
                    kind,
                    working_price,
                    price_protect: false,
                    client_id: Some(order.id.into()),
                    self_trade: Some(order.self_trade),
                },
            ))
        }
    }
}

enum Kind {
    Plain(FuturesKind),
    Waiting(AlgoKind, WorkingPrice),
}

/// In hedge mode the leg says what an order does, and `reduceOnly` cannot be sent; in one-way mode it is the other way round.
fn leg(order: &NewOrder, position: PositionMode) -> Result<Leg, Refusal> {
    let check = |leg: PositionSide, side| {
        if order.side == side {
            return Ok(());
        }
        let rule = "a buy opens a long leg or closes a short one, and a sell the other way round";
        Err(Refusal::new("side", format!("{} of {}", words::side(order.side), words::leg(leg)), rule))
    };
    match order.effect {
        Effect::Open(leg) => check(leg, leg.opening_side())?,
        Effect::Close(leg) | Effect::CloseAll(leg) => check(leg, leg.closing_side())?,
        Effect::Net => {}
    }
    match (position, order.effect) {
        (PositionMode::Hedge, Effect::Open(leg) | Effect::Close(leg) | Effect::CloseAll(leg)) => Ok(Leg::Of(leg)),
        (PositionMode::Hedge, Effect::Net) => Err(Refusal::new(
            "positionSide",
            "BOTH",
            "a hedge account has legs and no one position (USD-M, \"New Order\", -4061)",
        )),
        (PositionMode::Oneway, Effect::Open(_) | Effect::Net) => Ok(Leg::Net { reduce_only: false }),
        (PositionMode::Oneway, Effect::Close(_) | Effect::CloseAll(_)) => Ok(Leg::Net { reduce_only: true }),
    }
}

/// A stop or a take-profit at the market closes all of a position whatever it is then, and is not told to reduce.
fn size(order: &NewOrder, kind: &AlgoKind, leg: Leg) -> (AlgoSize, Leg) {
    let closes_all = matches!(order.effect, Effect::CloseAll(_))
        && matches!(kind, AlgoKind::StopMarket { .. } | AlgoKind::TakeProfitMarket { .. });
    match leg {
        Leg::Net { .. } if closes_all => (AlgoSize::Position, Leg::Net { reduce_only: false }),
        Leg::Of(_) if closes_all => (AlgoSize::Position, leg),
        Leg::Net { .. } | Leg::Of(_) => (AlgoSize::Quantity(order.quantity), leg),
    }
}

fn kind(order: &NewOrder) -> Result<Kind, Refusal> {
    let waiting = |kind, by| Ok(Kind::Waiting(kind, working_price(by)?));
    match order.kind {
        OrderKind::Market => {
            check_market(order.time_in_force)?;
            Ok(Kind::Plain(FuturesKind::Market))
        }
        OrderKind::Limit { price } => Ok(Kind::Plain(FuturesKind::Limit {
            price: FuturesPrice::At(price),
            time_in_force: time_in_force(order.time_in_force),
        })),
        OrderKind::StopMarket { trigger: Trigger { price: trigger, by } } => {
            check_market(order.time_in_force)?;
            waiting(AlgoKind::StopMarket { trigger }, by)
        }
        OrderKind::TakeProfitMarket { trigger: Trigger { price: trigger, by } } => {
            check_market(order.time_in_force)?;
            waiting(AlgoKind::TakeProfitMarket { trigger }, by)
        }
        OrderKind::StopLimit { trigger: Trigger { price: trigger, by }, price } => {
            let (price, time_in_force) = (FuturesPrice::At(price), time_in_force(order.time_in_force));
            waiting(AlgoKind::Stop { trigger, price, time_in_force }, by)
        }
        OrderKind::TakeProfitLimit { trigger: Trigger { price: trigger, by }, price } => {
            let (price, time_in_force) = (FuturesPrice::At(price), time_in_force(order.time_in_force));
            waiting(AlgoKind::TakeProfit { trigger, price, time_in_force }, by)
        }
        OrderKind::TrailingStop { distance, activation, by } => {
            check_market(order.time_in_force)?;
            waiting(trailing(distance, activation)?, by)
        }
    }
}

fn trailing(distance: Distance, activation: Option<Price>) -> Result<AlgoKind, Refusal> {
    match distance {
        Distance::Percent(callback) => Ok(AlgoKind::TrailingStop { callback, activation }),
        Distance::Absolute(amount) => {
            let rule = "Binance has trailing stops in percent of the price alone (USD-M, \"New Algo Order\")";
            Err(Refusal::new("callbackRate", amount, rule))
        }
    }
}

fn working_price(by: TriggerBy) -> Result<WorkingPrice, Refusal> {
    match by {
        TriggerBy::Last => Ok(WorkingPrice::Last),
        TriggerBy::Mark => Ok(WorkingPrice::Mark),
        TriggerBy::Index => {
            Err(Refusal::new("workingType", by, "the last price or the mark price triggers (USD-M, \"New Algo Order\")"))
        }
    }
}

fn check_market(time_in_force: TimeInForce) -> Result<(), Refusal> {
    match time_in_force {
        TimeInForce::GoodTillCancelled | TimeInForce::ImmediateOrCancel => Ok(()),
        TimeInForce::FillOrKill | TimeInForce::PostOnly | TimeInForce::GoodTillDate(_) => {
            let rule = "a market order of futures has no time in force (USD-M, \"New Order\")";
            Err(Refusal::new("timeInForce", time_in_force.as_str(), rule))
        }
    }
}

const fn time_in_force(time_in_force: TimeInForce) -> FuturesTimeInForce {
    match time_in_force {
        TimeInForce::GoodTillCancelled => FuturesTimeInForce::GoodTillCancelled,
        TimeInForce::GoodTillDate(end) => FuturesTimeInForce::GoodTillDate(end),
        TimeInForce::ImmediateOrCancel => FuturesTimeInForce::ImmediateOrCancel,
        TimeInForce::FillOrKill => FuturesTimeInForce::FillOrKill,
        TimeInForce::PostOnly => FuturesTimeInForce::PostOnly,
    }
}
