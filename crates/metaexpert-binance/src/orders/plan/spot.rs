//! Orders of spot and margin.

use metaexpert_core::{
    Distance, Effect, Fitting, NewOrder, OrderKind, PositionSide, Price, Quantity, SelfTrade, TimeInForce, Trigger, TriggerBy,
};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::orders::{
    Amount, Answer, Refusal, SpotKind, SpotOrder, SpotPrice, SpotSelfTrade, SpotTimeInForce, SpotTrigger, words,
};

/// An order of spot, where there is nothing that could be short.
pub(super) fn order(symbol: &str, order: &NewOrder) -> Result<SpotOrder, Refusal> {
    match order.effect {
        Effect::Open(leg @ PositionSide::Short)
        | Effect::Close(leg @ PositionSide::Short)
        | Effect::CloseAll(leg @ PositionSide::Short) => {
            Err(Refusal::new("side", words::leg(leg), "spot has no short positions"))
        }
        Effect::Open(PositionSide::Long)
        | Effect::Close(PositionSide::Long)
        | Effect::CloseAll(PositionSide::Long)
        | Effect::Net => margin_order(symbol, order),
    }
}

/// An order of a margin account: what is sold may be borrowed.
pub(super) fn margin_order(symbol: &str, order: &NewOrder) -> Result<SpotOrder, Refusal> {
    Ok(SpotOrder {
        symbol: symbol.to_owned(),
        side: order.side,
        amount: amount(order)?,
        kind: kind(order)?,
        client_id: Some(order.id.into()),
        self_trade: Some(match order.self_trade {
            SelfTrade::Allow => SpotSelfTrade::None,
            SelfTrade::ExpireTaker => SpotSelfTrade::ExpireTaker,
            SelfTrade::ExpireMaker => SpotSelfTrade::ExpireMaker,
            SelfTrade::ExpireBoth => SpotSelfTrade::ExpireBoth,
        }),
        answer: Answer::Full,
    })
}

/// Binance does not cut an order to the funds that are there: what cannot be paid for is refused by it.
fn amount(order: &NewOrder) -> Result<Amount, Refusal> {
    match (order.fitting, order.kind) {
        (Fitting::Exact | Fitting::CutToFunds, _) => Ok(Amount::Base(order.quantity)),
        (Fitting::Spend(amount), OrderKind::Market) => Ok(Amount::Quote(amount)),
        (Fitting::Spend(amount), _) => {
            let rule = "an amount of quote currency is for market orders alone (Spot API, \"New order\")";
            Err(Refusal::new("quoteOrderQty", amount, rule))
        }
    }
}

fn kind(order: &NewOrder) -> Result<SpotKind, Refusal> {
    let iceberg: Option<Quantity> = None;
    match order.kind {
        OrderKind::Market => {
            check_market(order.time_in_force)?;
            Ok(SpotKind::Market)
        }
        OrderKind::Limit { price } if order.time_in_force == TimeInForce::PostOnly => {
            Ok(SpotKind::LimitMaker { price: SpotPrice::At(price), iceberg })
        }
        OrderKind::Limit { price } => {
            let time_in_force = time_in_force(order.time_in_force)?;
            Ok(SpotKind::Limit { price: SpotPrice::At(price), time_in_force, iceberg })
        }
        OrderKind::StopMarket { trigger } => {
            check_market(order.time_in_force)?;
            Ok(SpotKind::StopLoss { trigger: at(trigger)? })
        }
        OrderKind::TakeProfitMarket { trigger } => {
            check_market(order.time_in_force)?;
            Ok(SpotKind::TakeProfit { trigger: at(trigger)? })
        }
        OrderKind::StopLimit { trigger, price } => {
            let (trigger, time_in_force) = (at(trigger)?, time_in_force(order.time_in_force)?);
            Ok(SpotKind::StopLossLimit { trigger, price: SpotPrice::At(price), time_in_force, iceberg })
        }
        OrderKind::TakeProfitLimit { trigger, price } => {
            let (trigger, time_in_force) = (at(trigger)?, time_in_force(order.time_in_force)?);
            Ok(SpotKind::TakeProfitLimit { trigger, price: SpotPrice::At(price), time_in_force, iceberg })
        }
        OrderKind::TrailingStop { distance, activation, by } => {
            check_market(order.time_in_force)?;
            trailing(distance, activation, by)
        }
    }
}

/// A trailing stop that begins beyond the price is Binance's `TAKE_PROFIT` with a trailing delta: it begins to follow where the
/// price has moved in favour. Without such a price both are the same (Spot API, "Trailing Stop FAQ").
fn trailing(distance: Distance, activation: Option<Price>, by: TriggerBy) -> Result<SpotKind, Refusal> {
    check_by(by)?;
    let trigger = SpotTrigger::Trailing { delta_bips: bips(distance)?, activation };
    Ok(if activation.is_some() { SpotKind::TakeProfit { trigger } } else { SpotKind::StopLoss { trigger } })
}

/// Hundredths of a percent; a distance between two of them would be another one.
fn bips(distance: Distance) -> Result<u32, Refusal> {
    let refuse = |value: String, rule| Err(Refusal { field: "trailingDelta", value, rule });
    match distance {
        Distance::Absolute(amount) => refuse(
            amount.to_string(),
            "Binance has trailing stops in percent of the price alone (Spot API, \"Trailing Stop FAQ\")",
        ),
        Distance::Percent(percent) => {
            let bips = percent.get() * Decimal::ONE_HUNDRED;
            match bips.to_u32() {
                Some(whole) if bips.fract().is_zero() && whole > 0 => Ok(whole),
                _ => refuse(percent.to_string(), "a distance is whole hundredths of a percent (Spot API, \"Trailing Stop FAQ\")"),
            }
        }
    }
}

fn at(trigger: Trigger) -> Result<SpotTrigger, Refusal> {
    check_by(trigger.by)?;
    Ok(SpotTrigger::At(trigger.price))
}

fn check_by(by: TriggerBy) -> Result<(), Refusal> {
    match by {
        TriggerBy::Last => Ok(()),
        TriggerBy::Mark | TriggerBy::Index => {
            Err(Refusal::new("stopPrice", by, "on spot only the last price triggers (Spot API, \"New order\")"))
        }
    }
}

/// A market order takes what is there; every time in force but one that rests or ends comes to the same.
fn check_market(time_in_force: TimeInForce) -> Result<(), Refusal> {
    match time_in_force {
        TimeInForce::GoodTillCancelled | TimeInForce::ImmediateOrCancel => Ok(()),
        TimeInForce::FillOrKill | TimeInForce::PostOnly | TimeInForce::GoodTillDate(_) => Err(Refusal::new(
            "timeInForce",
            time_in_force.as_str(),
            "a market order of spot has no time in force (Spot API, \"New order\")",
        )),
    }
}

fn time_in_force(time_in_force: TimeInForce) -> Result<SpotTimeInForce, Refusal> {
    match time_in_force {
        TimeInForce::GoodTillCancelled => Ok(SpotTimeInForce::GoodTillCancelled),
        TimeInForce::ImmediateOrCancel => Ok(SpotTimeInForce::ImmediateOrCancel),
        TimeInForce::FillOrKill => Ok(SpotTimeInForce::FillOrKill),
        TimeInForce::GoodTillDate(_) => {
            Err(Refusal::new("timeInForce", "gtd", "spot has no orders that expire (Spot API, \"Enums\", \"Time in force\")"))
        }
        TimeInForce::PostOnly => {
            Err(Refusal::new("timeInForce", "post_only", "only a plain limit order can be LIMIT_MAKER (Spot API, \"Enums\")"))
        }
    }
}
