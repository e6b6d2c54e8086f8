//! What a call asks for: markets, names, spans of time, how much.
//!
//! The one decision: everything is read before anything is done, and what cannot be read is refused with the name of the parameter.

use metaexpert_core::UnixNanos;

use super::family::{Family, pair};
use crate::{
    binance::door::{ApiError, Call, Params, Product},
    listing::{Class, MarketId},
    order::Named,
    wallet::Wallet,
};

/// Nanoseconds of a day, a span that histories are limited by.
pub(crate) const DAY: i64 = 86_400_000_000_000;

/// Whose rules hold for a call.
pub(crate) fn family(call: &Call<'_>) -> &'static Family {
    Family::of(call.product)
}

/// Whose money a call moves.
pub(crate) const fn wallet(call: &Call<'_>) -> Wallet {
    match call.product {
        Product::CoinM => Wallet::Inverse,
        Product::Options => Wallet::Options,
        Product::Spot | Product::Margin | Product::UsdM => Wallet::Linear,
    }
}

/// Which markets a call is about.
pub(crate) const fn class(call: &Call<'_>) -> Class {
    wallet(call).class()
}

/// "Order does not exist."
pub(crate) fn no_such_order() -> ApiError {
    ApiError::new(-2013, "Order does not exist.")
}

/// The market that `symbol` names; it must.
pub(crate) fn market(call: &Call<'_>, params: &Params) -> Result<MarketId, ApiError> {
    let symbol = params.required("symbol")?;
    call.world.markets().find(class(call), symbol).ok_or_else(ApiError::invalid_symbol)
}

/// The market that `symbol` names, if it does.
pub(crate) fn market_if_named(call: &Call<'_>) -> Result<Option<MarketId>, ApiError> {
    if call.params.text("symbol").is_none() { Ok(None) } else { market(call, call.params).map(Some) }
}

/// The markets that `symbol` or `pair` name; all of the family where neither is there.
pub(crate) fn markets(call: &Call<'_>) -> Result<Vec<MarketId>, ApiError> {
    if let Some(market) = market_if_named(call)? {
        return Ok(vec![market]);
    }
    let mut all = family(call).markets(call.world.markets());
    if let Some(name) = call.params.text("pair").filter(|_| family(call).names_pair) {
        all.retain(|id| pair(&call.world.markets().get(*id).listing().instrument) == name);
        if all.is_empty() {
            return Err(ApiError::new(-4144, "Invalid pair"));
        }
    }
    Ok(all)
}

/// How many, at most.
pub(crate) fn limit(params: &Params, default: usize, most: usize) -> Result<usize, ApiError> {
    let Some(limit) = params.integer("limit")? else { return Ok(default) };
    usize::try_from(limit).ok().filter(|limit| (1..=most).contains(limit)).ok_or_else(|| ApiError::invalid("limit"))
}

/// A time in milliseconds.
pub(crate) fn time(params: &Params, name: &str) -> Result<Option<UnixNanos>, ApiError> {
    params.integer(name)?.map(|millis| UnixNanos::from_millis(millis).ok_or_else(|| ApiError::invalid(name))).transpose()
}

/// `startTime` and `endTime`.
pub(crate) fn span(params: &Params) -> Result<(Option<UnixNanos>, Option<UnixNanos>), ApiError> {
    let (since, until) = (time(params, "startTime")?, time(params, "endTime")?);
    if since.zip(until).is_some_and(|(since, until)| since > until) {
        return Err(ApiError::new(-1023, "Start time is greater than end time."));
    }
    // A bound in milliseconds counts all of its millisecond.
    Ok((since, until.map(|until| until.saturating_add_nanos(999_999))))
}

/// `startTime` and `endTime` of a history that is answered for so many days at a time, the last of them by default.
pub(crate) fn span_of_days(call: &Call<'_>, days: i64) -> Result<(UnixNanos, UnixNanos), ApiError> {
    let most = days.saturating_mul(DAY);
    let (since, until) = span(call.params)?;
    if since.zip(until).is_some_and(|(since, until)| until.nanos_since(since) > most.saturating_add(999_999)) {
        return Err(ApiError::new(-4165, format!("Maximum time interval is {days} days")));
    }
    Ok(match (since, until) {
        (Some(since), Some(until)) => (since, until),
        (Some(since), None) => (since, since.saturating_add_nanos(most)),
        (None, Some(until)) => (until.saturating_add_nanos(-most), until),
        (None, None) => (call.world.now().saturating_add_nanos(-most), UnixNanos::from_nanos(i64::MAX)),
    })
}

/// An id that must be a whole number above zero.
pub(crate) fn id(params: &Params, name: &str) -> Result<Option<u64>, ApiError> {
    params.integer(name)?.map(|id| u64::try_from(id).map_err(|_| ApiError::invalid(name))).transpose()
}

/// The order that a call names: by the exchange's name for it, which comes first, or by the client's.
pub(crate) fn named(params: &Params, by_id: &str, by_client: &str) -> Result<Named, ApiError> {
    let client = params.text(by_client).map(|name| Named::Client(name.into()));
    id(params, by_id)?.map(Named::Id).or(client).ok_or_else(|| ApiError::either(by_client, by_id))
}

/// A list that came as JSON: `[1,2]`, `["a","b"]`, `[{..},{..}]`.
pub(crate) fn json_list(params: &Params, name: &str) -> Result<Option<Vec<serde_json::Value>>, ApiError> {
    // Parameters of futures are known in any case: ccxt sends `orderidlist`.
    let text = params.text(name).or_else(|| params.text(&name.to_ascii_lowercase()));
    text.map(|text| serde_json::from_str(text).map_err(|_| ApiError::mandatory(name))).transpose()
}

/// The parameters that a member of a batch is.
pub(crate) fn member(value: &serde_json::Value) -> Option<Params> {
    let pairs = value.as_object()?.iter().filter(|(_, value)| !value.is_null());
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Some(Params::of(pairs.map(|(name, value)| (name.clone(), text(value))).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params::of(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
    }

    #[test]
    fn an_order_is_named_by_id_before_name_and_must_be_named() {
        let read = |pairs| named(&params(pairs), "orderId", "origClientOrderId");
        assert_eq!(read(&[("orderId", "7"), ("origClientOrderId", "a")]), Ok(Named::Id(7)));
        assert_eq!(read(&[("origClientOrderId", "a")]), Ok(Named::Client("a".into())));
        let error = read(&[("orderId", "")]).unwrap_err();
        assert_eq!(error.code, -1102);
        assert_eq!(error.message, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!");
    }

    #[test]
    fn limits_and_spans_are_refused_outside_of_what_is_documented() {
        assert_eq!(limit(&params(&[]), 500, 1000), Ok(500));
        assert_eq!(limit(&params(&[("limit", "1000")]), 500, 1000), Ok(1000));
        assert_eq!(limit(&params(&[("limit", "1001")]), 500, 1000).unwrap_err().code, -1130);
        assert_eq!(limit(&params(&[("limit", "0")]), 500, 1000).unwrap_err().code, -1130);
        assert_eq!(span(&params(&[("startTime", "2"), ("endTime", "1")])).unwrap_err().code, -1023);
    }

    #[test]
    fn a_member_of_a_batch_may_have_texts_and_numbers_and_lists_come_in_any_case() {
        let list = json_list(&params(&[("orderidlist", "[1,2]")]), "orderIdList").unwrap().unwrap();
        assert_eq!(list.len(), 2);
        assert_eq!(json_list(&params(&[("orderIdList", "[1,")]), "orderIdList").unwrap_err().code, -1102);
        let member =
            member(&serde_json::json!({"symbol": "BTCUSDT", "quantity": 0.5, "reduceOnly": true, "price": null})).unwrap();
        assert_eq!(member.text("quantity"), Some("0.5"));
        assert_eq!(member.text("reduceOnly"), Some("true"));
        assert_eq!(member.text("price"), None);
    }
}
