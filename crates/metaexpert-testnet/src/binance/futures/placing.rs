//! Reading an order: from parameters to what the world is asked for.
//!
//! The one decision: what can be judged without the world (spelling, what belongs together) is judged here, in the order that the
//! documentation lists the parameters; prices and quantities against the market's rules are the world's.

use std::collections::BTreeMap;

use metaexpert_core::{OrderKind, PositionSide, Price, Side, TimeInForce, UnixNanos};
use rust_decimal::Decimal;

use super::{
    asked, money,
    words::{self, Stands},
};
use crate::{
    binance::door::{ApiError, Call, Params},
    listing::MarketId,
    order::{Echo, Loan, OrderRequest, Size},
};

/// `goodTillDate` lies at least so far ahead ("New Order").
const DATE_AHEAD: i64 = 600_000;

/// and before the year 10000.
const DATE_END: i64 = 253_402_300_799_000;

/// How long a client's name may be.
const LONGEST_NAME: usize = 36;

/// How much of an order is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// That it was taken.
    Ack,
    /// What became of it at once.
    Result,
}

/// Which answer is asked for.
pub(crate) fn answer(params: &Params) -> Result<Answer, ApiError> {
    match params.text("newOrderRespType") {
        None | Some("ACK") => Ok(Answer::Ack),
        Some("RESULT") => Ok(Answer::Result),
        Some(_) => Err(ApiError::new(-1136, "Invalid newOrderRespType.")),
    }
}

/// An order for `POST order` and its like: a limit or a market order.
pub(crate) fn order(call: &Call<'_>, params: &Params) -> Result<OrderRequest, ApiError> {
    let market = asked::market(call, params)?;
    let side = words::side(params)?;
    let leg = words::leg(params, money::is_hedged(call))?;
    let word = params.required("type")?;
    if words::is_conditional_type(word) {
        let text = "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.";
        return Err(ApiError::new(-4120, text));
    }
    refuse(params, &["stopPrice", "activationPrice", "activatePrice", "callbackRate", "triggerPrice"])?;
    let (kind, time_in_force) = match word {
        "LIMIT" => {
            let time_in_force = stands(call, params, None)?;
            (OrderKind::Limit { price: limit_price(call, params, market, side)? }, time_in_force)
        }
        "MARKET" => {
            refuse(params, &["timeInForce", "price", "goodTillDate"])?;
            no_price_match(params)?;
            (OrderKind::Market, TimeInForce::GoodTillCancelled)
        }
        _ => return Err(ApiError::new(-1116, "Invalid orderType.")),
    };
    if flag(params, "closePosition")? {
        return Err(strategy_invalid(word));
    }
    words::working_type(params)?;
    let size = Size::Quantity(quantity(params)?);
    Ok(OrderRequest {
        wallet: asked::family(call).wallet,
        market,
        client_id: name(call, params, "newClientOrderId")?,
        side,
        kind,
        time_in_force,
        size,
        iceberg: None,
        leg,
        reduce_only: reduce_only(params, leg)?,
        self_trade: words::self_trade(params)?,
        loan: Loan::None,
        echo: echo(params)?,
    })
}

/// "Target strategy invalid", of orders that cannot close a whole position.
pub(crate) fn strategy_invalid(word: &str) -> ApiError {
    ApiError::new(-4136, format!("Target strategy invalid for orderType {word},closePosition true"))
}

/// Refuses parameters that do not belong to this type of order.
pub(crate) fn refuse(params: &Params, names: &[&str]) -> Result<(), ApiError> {
    match names.iter().find(|name| params.text(name).is_some()) {
        Some(name) => Err(ApiError::not_required(name)),
        None => Ok(()),
    }
}

/// `true`, `false`, in any case: the documentation writes both.
pub(crate) fn flag(params: &Params, name: &str) -> Result<bool, ApiError> {
    match params.text(name).map(str::to_ascii_lowercase).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(ApiError::invalid(name)),
    }
}

/// `quantity`, which must be there and be something.
pub(crate) fn quantity(params: &Params) -> Result<Decimal, ApiError> {
    params.required("quantity")?;
    let quantity = params.decimal("quantity")?.ok_or_else(|| ApiError::mandatory("quantity"))?;
    if quantity > Decimal::ZERO { Ok(quantity) } else { Err(ApiError::new(-4003, "Quantity less than or equal to zero.")) }
}

/// A price that must be there and be something.
pub(crate) fn price(params: &Params, name: &str) -> Result<Price, ApiError> {
    params.required(name)?;
    let price = params.decimal(name)?.ok_or_else(|| ApiError::mandatory(name))?;
    Price::new(price).ok_or_else(|| match name {
        "price" => ApiError::new(-4001, "Price less than 0."),
        _ => ApiError::new(-4006, "Stop price less than 0."),
    })
}

/// `price`, or what `priceMatch` finds in the book.
pub(crate) fn limit_price(call: &Call<'_>, params: &Params, market: MarketId, side: Side) -> Result<Price, ApiError> {
    let Some(word) = price_match(params)? else { return price(params, "price") };
    if params.text("price").is_some() {
        return Err(ApiError::not_required("price"));
    }
    // The opponent's side is what the order would take, the queue is its own side; the fifth level is the fifth best price.
    let (of, level) = match word {
        "OPPONENT" => (side.opposite(), 1),
        "OPPONENT_5" => (side.opposite(), 5),
        "QUEUE" => (side, 1),
        "QUEUE_5" => (side, 5),
        "QUEUE_10" => (side, 10),
        _ => (side, 20),
    };
    let levels = call.world.markets().get(market).levels(of, level);
    let found = levels.get(level.saturating_sub(1)).and_then(|(price, _)| Price::new(*price));
    found.ok_or_else(|| ApiError::new(-5041, "No depth matches this BBO order"))
}

/// `priceMatch`; `OPPONENT_10` and `OPPONENT_20` were removed on 2025-10-23.
pub(crate) fn price_match(params: &Params) -> Result<Option<&str>, ApiError> {
    match params.text("priceMatch") {
        None | Some("NONE") => Ok(None),
        Some(word @ ("OPPONENT" | "OPPONENT_5" | "QUEUE" | "QUEUE_5" | "QUEUE_10" | "QUEUE_20")) => Ok(Some(word)),
        Some(_) => Err(ApiError::new(-5037, "Invalid price match")),
    }
}

/// Refuses `priceMatch` of orders without a price.
pub(crate) fn no_price_match(params: &Params) -> Result<(), ApiError> {
    match price_match(params)? {
        None => Ok(()),
        Some(_) => Err(ApiError::new(-5038, "Price match only supports order type: LIMIT, STOP AND TAKE_PROFIT")),
    }
}

/// `timeInForce` with `goodTillDate`; what stands for it where it is absent, or -1102.
pub(crate) fn stands(call: &Call<'_>, params: &Params, default: Option<TimeInForce>) -> Result<TimeInForce, ApiError> {
    let read = match (params.text("timeInForce"), default) {
        (None, None) => return Err(ApiError::mandatory("timeInForce")),
        (None, Some(default)) => Stands::As(default),
        (Some(word), _) => words::stands(word)?,
    };
    match read {
        Stands::UntilDate => date(call, params).map(TimeInForce::GoodTillDate),
        Stands::As(time_in_force) => match params.integer("goodTillDate")? {
            None | Some(0) => Ok(time_in_force),
            Some(_) => Err(ApiError::not_required("goodTillDate")),
        },
    }
}

/// When an order ends; only whole seconds count.
fn date(call: &Call<'_>, params: &Params) -> Result<UnixNanos, ApiError> {
    let date = params.integer("goodTillDate")?.ok_or_else(|| ApiError::mandatory("goodTillDate"))?;
    let ahead = date.saturating_sub(Call::millis(call.at.clock));
    if ahead <= DATE_AHEAD || date >= DATE_END {
        return Err(ApiError::new(
            -5040,
            "The goodTillDate timestamp must be greater than the current time plus 600 seconds and smaller than 253402300799000 (UTC 9999-12-31 23:59:59)",
        ));
    }
    let second = date.div_euclid(1_000).saturating_mul(1_000);
    UnixNanos::from_millis(second).ok_or_else(|| ApiError::invalid("goodTillDate"))
}

/// `reduceOnly`, which orders with a leg of their own do not have: what they do to it is in their side.
pub(crate) fn reduce_only(params: &Params, leg: Option<PositionSide>) -> Result<bool, ApiError> {
    match params.text("reduceOnly") {
        Some(_) if leg.is_some() => Err(ApiError::not_required("reduceonly")),
        _ => flag(params, "reduceOnly"),
    }
}

/// What is kept of an order for replies and events.
pub(crate) fn echo(params: &Params) -> Result<Echo, ApiError> {
    let mut echo = BTreeMap::new();
    if let Some(word) = price_match(params)? {
        echo.insert("priceMatch", word.to_owned());
    }
    if flag(params, "priceProtect")? {
        echo.insert("priceProtect", "true".to_owned());
    }
    Ok(echo)
}

/// The client's name for an order, or one that the exchange makes up.
pub(crate) fn name(call: &Call<'_>, params: &Params, parameter: &str) -> Result<String, ApiError> {
    match params.text(parameter) {
        Some(name) => checked(name).map(str::to_owned),
        None => Ok(call.door.fresh_name()),
    }
}

/// A name by the rule `^[\.A-Z\:/a-z0-9_-]{1,36}$` ("New Order").
pub(crate) fn checked(name: &str) -> Result<&str, ApiError> {
    if name.len() > LONGEST_NAME {
        return Err(ApiError::new(-4015, "Client order id length should not be more than 36 chars"));
    }
    let is_known = |letter: char| letter.is_ascii_alphanumeric() || ".:/_-".contains(letter);
    if name.chars().all(is_known) { Ok(name) } else { Err(ApiError::new(-4015, "Client order id is not valid.")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params::of(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
    }

    #[test]
    fn a_name_has_at_most_36_letters_of_those_that_are_known() {
        assert_eq!(checked("x-abc_1.2:3/4"), Ok("x-abc_1.2:3/4"));
        assert_eq!(checked(&"a".repeat(37)).unwrap_err().message, "Client order id length should not be more than 36 chars");
        assert_eq!(checked("a b").unwrap_err().code, -4015);
    }

    #[test]
    fn a_quantity_must_be_there_and_be_something() {
        assert_eq!(quantity(&params(&[])).unwrap_err().code, -1102);
        assert_eq!(quantity(&params(&[("quantity", "0")])).unwrap_err().code, -4003);
        assert_eq!(quantity(&params(&[("quantity", "0.5")])), Ok(Decimal::new(5, 1)));
    }

    #[test]
    fn a_leg_of_its_own_makes_reduce_only_superfluous() {
        let both = params(&[("reduceOnly", "true")]);
        assert_eq!(reduce_only(&both, None), Ok(true));
        let error = reduce_only(&both, Some(PositionSide::Long)).unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (-1106, "Parameter 'reduceonly' sent when not required."));
    }

    #[test]
    fn price_matches_that_were_removed_are_refused() {
        assert_eq!(price_match(&params(&[("priceMatch", "QUEUE_20")])), Ok(Some("QUEUE_20")));
        assert_eq!(price_match(&params(&[("priceMatch", "OPPONENT_20")])).unwrap_err().code, -5037);
        assert_eq!(no_price_match(&params(&[("priceMatch", "QUEUE")])).unwrap_err().code, -5038);
    }
}
