//! Orders of European options: limits alone.

use metaexpert_core::{Effect, Fitting, NewOrder, OrderKind, SelfTrade, TimeInForce};

use crate::orders::{Answer, OptionOrder, OptionTimeInForce, Refusal};

pub(super) fn order(symbol: &str, order: &NewOrder) -> Result<OptionOrder, Refusal> {
    let price = match order.kind {
        OrderKind::Limit { price } => price,
        OrderKind::Market
        | OrderKind::StopMarket { .. }
        | OrderKind::StopLimit { .. }
        | OrderKind::TakeProfitMarket { .. }
        | OrderKind::TakeProfitLimit { .. }
        | OrderKind::TrailingStop { .. } => {
            return Err(Refusal::new("type", order.kind, "options trade by limit orders alone (Options Trading, \"New Order\")"));
        }
    };
    if let Fitting::Spend(amount) = order.fitting {
        return Err(Refusal::new(
            "quoteOrderQty",
            amount,
            "options take no amount of quote currency (Options Trading, \"New Order\")",
        ));
    }
    let time_in_force = match order.time_in_force {
        TimeInForce::GoodTillCancelled => OptionTimeInForce::GoodTillCancelled,
        TimeInForce::ImmediateOrCancel => OptionTimeInForce::ImmediateOrCancel,
        TimeInForce::FillOrKill => OptionTimeInForce::FillOrKill,
        TimeInForce::PostOnly => OptionTimeInForce::PostOnly,
        TimeInForce::GoodTillDate(_) => {
            let rule = "options have no orders that expire before them (Options Trading, \"New Order\")";
            return Err(Refusal::new("timeInForce", "gtd", rule));
        }
    };
    Ok(OptionOrder {
        symbol: symbol.to_owned(),
        side: order.side,
        quantity: order.quantity,
        price,
        time_in_force,
        reduce_only: matches!(order.effect, Effect::Close(_) | Effect::CloseAll(_)),
        client_id: Some(order.id.into()),
        // What Binance does where nothing is said.
        self_trade: Some(order.self_trade).filter(|mode| *mode != SelfTrade::ExpireMaker),
        market_maker: false,
        answer: Answer::Result,
    })
}
