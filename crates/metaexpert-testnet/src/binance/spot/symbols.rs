//! Which symbols a call is about: one, some, or all.

use crate::{
    binance::door::{ApiError, Call, Params},
    listing::{Class, MarketId},
    market::Market,
};

/// What was asked for.
pub(super) enum Wanted {
    One(MarketId),
    Some(Vec<MarketId>),
    All,
}

/// Reads `symbol` or `symbols`.
///
/// # Errors
/// -1121 for a symbol that is not listed, -1128 where both are sent.
pub(super) fn wanted(call: &Call<'_>) -> Result<Wanted, ApiError> {
    let find = |symbol: &str| call.world.markets().find(Class::Spot, symbol).ok_or_else(ApiError::invalid_symbol);
    match (call.params.text("symbol"), call.params.list("symbols")?) {
        (Some(_), Some(_)) => Err(ApiError::bad_combination()),
        (Some(_), None) => Ok(Wanted::One(find(call.params.symbol()?)?)),
        (None, Some(symbols)) => symbols.iter().map(|symbol| find(symbol)).collect::<Result<_, _>>().map(Wanted::Some),
        (None, None) => Ok(Wanted::All),
    }
}

/// The markets that were asked for.
pub(super) fn markets<'a>(call: &'a Call<'_>, wanted: &Wanted) -> Vec<(MarketId, &'a Market)> {
    let all = call.world.markets();
    match wanted {
        Wanted::One(id) => vec![(*id, all.get(*id))],
        Wanted::Some(ids) => ids.iter().map(|id| (*id, all.get(*id))).collect(),
        Wanted::All => all.iter().filter(|(_, market)| market.listing().class == Class::Spot).collect(),
    }
}

/// Reads `symbolStatus`: whether the markets asked for trade.
///
/// # Errors
/// -1122.
pub(super) fn status(call: &Call<'_>) -> Result<Option<bool>, ApiError> {
    match call.params.text("symbolStatus") {
        None => Ok(None),
        Some("TRADING") => Ok(Some(true)),
        Some("HALT" | "BREAK") => Ok(Some(false)),
        Some(_) => Err(ApiError::new(-1122, "Invalid symbolStatus.")),
    }
}

/// The markets that were asked for and have the status that was asked for.
///
/// # Errors
/// -1220 where one market was named that has another status; as [`wanted`] and [`status`].
pub(super) fn of_status<'a>(call: &'a Call<'_>, wanted: &Wanted) -> Result<Vec<(MarketId, &'a Market)>, ApiError> {
    let status = status(call)?;
    let found = markets(call, wanted);
    let fitting: Vec<_> =
        found.into_iter().filter(|(_, market)| status.is_none_or(|status| market.is_trading() == status)).collect();
    if fitting.is_empty() && matches!(wanted, Wanted::One(_)) {
        return Err(ApiError::new(-1220, "The symbol's status does not match the requested symbolStatus."));
    }
    Ok(fitting)
}

/// How many symbols a call names: what it weighs follows from that. None, where it asks for all.
pub(super) fn count(params: &Params) -> Option<u32> {
    if params.text("symbol").is_some() {
        return Some(1);
    }
    params.list("symbols").ok().flatten().map(|symbols| u32::try_from(symbols.len()).unwrap_or(u32::MAX))
}
