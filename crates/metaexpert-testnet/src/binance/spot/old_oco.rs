//! The old call for a limit and a stop of which one cancels the other: spot's is deprecated, margin's is the only one.
//!
//! The one decision: its parameters are given the names of the new call, so that one function reads the orders of both.

use metaexpert_core::Side;

use super::{
    lists::{mandatory_quantity, place, shared},
    request::Leg,
};
use crate::{
    binance::door::{ApiError, Call, Json, Params},
    order::{Contingency, Loan},
    wallet::Wallet,
};

/// Places a limit and a stop.
///
/// # Errors
/// What is wrong with it, or the world's refusal.
pub(in crate::binance) fn limit_and_stop(call: &mut Call<'_>, wallet: Wallet, loan: Loan) -> Result<Json, ApiError> {
    let shared = shared(call, wallet, loan)?;
    let side = Leg::alone(call.params).side()?;
    let legs = Params::of(renamed(call.params, side)?);
    let quantity = mandatory_quantity(call.params, "quantity")?;
    call.params.iter().for_each(|(name, _)| _ = call.params.text(name));
    let (stop, limit) = match side {
        Side::Buy => ("above", "below"),
        Side::Sell => ("below", "above"),
    };
    let stop_order = Leg::of_list(&legs, stop).read(call, side, Some(quantity), shared)?;
    let limit_order = Leg::of_list(&legs, limit).read(call, side, Some(quantity), shared)?;
    legs.all_read()?;
    place(call, Contingency::OneCancelsOther, vec![stop_order, limit_order], wallet)
}

/// `POST /api/v3/order/oco`.
pub(super) fn deprecated(call: &mut Call<'_>) -> Result<Json, ApiError> {
    limit_and_stop(call, Wallet::Spot, Loan::None)
}

/// The parameters of the old call under the names of the new one.
fn renamed(params: &Params, side: Side) -> Result<Vec<(String, String)>, ApiError> {
    let (stop, limit) = match side {
        Side::Buy => ("above", "below"),
        Side::Sell => ("below", "above"),
    };
    let of_limit = [
        ("price", "Price"),
        ("limitClientOrderId", "ClientOrderId"),
        ("limitIcebergQty", "IcebergQty"),
        ("limitStrategyId", "StrategyId"),
        ("limitStrategyType", "StrategyType"),
    ];
    let of_stop = [
        ("stopPrice", "StopPrice"),
        ("stopLimitPrice", "Price"),
        ("stopLimitTimeInForce", "TimeInForce"),
        ("trailingDelta", "TrailingDelta"),
        ("stopClientOrderId", "ClientOrderId"),
        ("stopIcebergQty", "IcebergQty"),
        ("stopStrategyId", "StrategyId"),
        ("stopStrategyType", "StrategyType"),
    ];
    params.required("price")?;
    let stop_type = if params.text("stopLimitPrice").is_some() { "STOP_LOSS_LIMIT" } else { "STOP_LOSS" };
    let mut pairs = vec![(format!("{limit}Type"), "LIMIT_MAKER".to_owned()), (format!("{stop}Type"), stop_type.to_owned())];
    let known = of_limit.iter().map(|row| (limit, row)).chain(of_stop.iter().map(|row| (stop, row)));
    for (prefix, (old, new)) in known {
        pairs.extend(params.text(old).map(|value| (format!("{prefix}{new}"), value.to_owned())));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_names_are_the_new_ones() {
        let old = [("price", "110"), ("stopPrice", "90"), ("stopLimitPrice", "89"), ("stopLimitTimeInForce", "GTC")];
        let params = Params::of(old.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect());
        let new = renamed(&params, Side::Sell).unwrap();
        let new: Vec<String> = new.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            new,
            [
                "aboveType=LIMIT_MAKER",
                "belowType=STOP_LOSS_LIMIT",
                "abovePrice=110",
                "belowStopPrice=90",
                "belowPrice=89",
                "belowTimeInForce=GTC"
            ]
        );
    }
}
