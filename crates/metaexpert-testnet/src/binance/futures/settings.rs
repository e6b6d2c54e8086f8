//! What a user can set: leverage, margin type, position mode, multi-assets mode, fees in BNB, margin of isolated positions.
//!
//! The one decision: the wallet refuses, and each call says why in the words that it is documented with: "no need to change" has a
//! code of its own for each of them.

use metaexpert_core::PositionSide;
use rust_decimal::Decimal;

use super::{
    asked,
    family::{Family, pair},
    money, placing,
    row::{Row, array, done, list},
    words,
};
use crate::{
    binance::door::{ApiError, Call, Json},
    clearing::futures::LARGEST_LEVERAGE,
    listing::{Listing, MarketId},
    order::Refusal,
    wallet::Wallet,
};

/// What an account can be told of a setting that it has refused.
type Words = [(Refusal, i32, &'static str)];

const LEVERAGE: &Words = &[
    (Refusal::LeverageRange, -4028, "Leverage is not valid"),
    (Refusal::IsolatedLeverage, -4161, "Leverage reduction is not supported in Isolated Margin Mode with open positions"),
    (Refusal::Leverage, -2027, "Exceeded the maximum allowable position at current leverage."),
    (Refusal::Margin, -2028, "Leverage is smaller than permitted: insufficient margin balance."),
];

const MARGIN_TYPE: &Words = &[
    (Refusal::NothingToChange, -4046, "No need to change margin type."),
    (Refusal::OpenOrders, -4047, "Margin type cannot be changed if there exists open orders."),
    (Refusal::OpenPosition, -4048, "Margin type cannot be changed if there exists position."),
    (Refusal::MultiAssets, -4168, "Unable to adjust to isolated-margin mode under the Multi-Assets mode."),
];

const POSITION_MODE: &Words = &[
    (Refusal::NothingToChange, -4059, "No need to change position side."),
    (Refusal::OpenOrders, -4067, "Position side cannot be changed if there exists open orders."),
    (Refusal::OpenPosition, -4068, "Position side cannot be changed if there exists position."),
];

const MULTI_ASSETS: &Words = &[
    (Refusal::NothingToChange, -4171, "Adjusted asset mode is currently set and does not need to be adjusted repeatedly."),
    (Refusal::OpenOrders, -4170, "Unable to adjust Multi-Assets Mode with open orders in USDⓈ-M Futures."),
    (
        Refusal::IsolatedMargin,
        -4167,
        "Unable to adjust to Multi-Assets mode with symbols of USDⓈ-M Futures under isolated-margin mode.",
    ),
    (Refusal::Margin, -4169, "Unable to adjust Multi-Assets Mode with insufficient margin balance in USDⓈ-M Futures."),
];

const MARGIN: &Words = &[
    (Refusal::NotIsolated, -4049, "Add margin only support for isolated position."),
    (Refusal::PositionMode, -4061, "Order's position side does not match user's setting."),
    (Refusal::NoPosition, -4054, "Cannot add position margin: position is 0."),
    (Refusal::NothingToChange, -4055, "Amount must be positive."),
    (Refusal::Funds, -4050, "Cross balance insufficient."),
    (Refusal::Margin, -4051, "Isolated balance insufficient."),
];

fn said(words: &Words, refusal: &Refusal, family: &Family) -> ApiError {
    match words.iter().find(|(known, ..)| known == refusal) {
        Some((_, code, text)) => ApiError::new(*code, *text),
        None => ApiError::of(refusal, family.product),
    }
}

/// `POST leverage`.
pub(crate) fn leverage(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (family, market) = (asked::family(call), asked::market(call, call.params)?);
    call.params.required("leverage")?;
    let asked_for = call.params.integer("leverage")?.unwrap_or_default();
    let invalid = || ApiError::new(-4028, format!("Leverage {asked_for} is not valid"));
    let leverage =
        u32::try_from(asked_for).ok().filter(|leverage| (1..=LARGEST_LEVERAGE).contains(leverage)).ok_or_else(invalid)?;
    let set = call
        .world
        .settle(call.account, |wallets, markets, _| wallets.futures_mut(family.wallet).set_leverage(market, leverage, markets));
    let most = set.map_err(|refusal| match refusal {
        Refusal::LeverageRange => invalid(),
        other => said(LEVERAGE, &other, family),
    })?;
    Ok(Row::new()
        .number("leverage", leverage)
        .text(if family.is_inverse { "maxQty" } else { "maxNotionalValue" }, &money::most(most))
        .text("symbol", symbol(call, market))
        .json())
}

/// `POST marginType`.
pub(crate) fn margin_type(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (family, market) = (asked::family(call), asked::market(call, call.params)?);
    let is_isolated = match call.params.required("marginType")? {
        "ISOLATED" => true,
        "CROSSED" => false,
        _ => return Err(ApiError::new(-4044, "Balance Type is invalid.")),
    };
    let set =
        call.world.settle(call.account, |wallets, _, _| wallets.futures_mut(family.wallet).set_margin_type(market, is_isolated));
    set.map_err(|refusal| said(MARGIN_TYPE, &refusal, family))?;
    Ok(done("success"))
}

/// `GET positionSide/dual`.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn position_mode(call: &mut Call<'_>) -> Result<Json, ApiError> {
    Ok(Row::new().flag("dualSidePosition", money::is_hedged(call)).json())
}

/// `POST positionSide/dual`: one mode for both families since 2026-06-30, so that neither may have orders or positions.
pub(crate) fn set_position_mode(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    call.params.required("dualSidePosition")?;
    let is_hedged = placing::flag(call.params, "dualSidePosition")?;
    let set = call.world.settle(call.account, |wallets, _, _| {
        wallets.futures(Wallet::Linear).check_position_mode(is_hedged)?;
        wallets.futures(Wallet::Inverse).check_position_mode(is_hedged)?;
        wallets.futures_mut(Wallet::Linear).set_position_mode(is_hedged)?;
        wallets.futures_mut(Wallet::Inverse).set_position_mode(is_hedged)
    });
    set.map_err(|refusal| said(POSITION_MODE, &refusal, family))?;
    Ok(done("success"))
}

/// `GET multiAssetsMargin`.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn multi_assets(call: &mut Call<'_>) -> Result<Json, ApiError> {
    Ok(Row::new().flag("multiAssetsMargin", money::of(call).is_multi_assets()).json())
}

/// `POST multiAssetsMargin`.
pub(crate) fn set_multi_assets(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    call.params.required("multiAssetsMargin")?;
    let is_on = placing::flag(call.params, "multiAssetsMargin")?;
    let set = call
        .world
        .settle(call.account, |wallets, markets, _| wallets.futures_mut(family.wallet).set_multi_assets(is_on, markets));
    set.map_err(|refusal| said(MULTI_ASSETS, &refusal, family))?;
    Ok(done("success"))
}

/// `GET feeBurn`.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn fee_burn(call: &mut Call<'_>) -> Result<Json, ApiError> {
    Ok(Row::new().flag("feeBurn", money::of(call).burns_fees()).json())
}

/// `POST feeBurn`.
pub(crate) fn set_fee_burn(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    call.params.required("feeBurn")?;
    let is_on = placing::flag(call.params, "feeBurn")?;
    let set = call.world.settle(call.account, |wallets, _, _| wallets.futures_mut(family.wallet).set_fee_burn(is_on));
    match set {
        // What is so already is no error here.
        Ok(()) | Err(Refusal::NothingToChange) => Ok(done("success")),
        Err(other) => Err(ApiError::of(&other, family.product)),
    }
}

/// `POST positionMargin`.
pub(crate) fn position_margin(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (family, market) = (asked::family(call), asked::market(call, call.params)?);
    let leg: Option<PositionSide> = words::leg(call.params, money::is_hedged(call))?;
    call.params.required("amount")?;
    let amount = call.params.decimal("amount")?.unwrap_or_default();
    if amount <= Decimal::ZERO {
        return Err(ApiError::new(-4055, "Amount must be positive."));
    }
    let kind = call.params.required("type")?;
    let signed = match kind {
        "1" => amount,
        "2" => -amount,
        _ => return Err(ApiError::invalid("type")),
    };
    let moved = call.world.settle(call.account, |wallets, markets, now| {
        wallets.futures_mut(family.wallet).move_margin(market, leg, signed, now, markets)
    });
    moved.map_err(|refusal| said(MARGIN, &refusal, family))?;
    Ok(Row::new()
        .raw("amount", amount.normalize())
        .number("code", 200)
        .text("msg", "Successfully modify position margin.")
        .raw("type", kind)
        .json())
}

/// `GET positionMargin/history`.
pub(crate) fn margin_history(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (family, market) = (asked::family(call), asked::market(call, call.params)?);
    let (since, until) = asked::span_of_days(call, 30)?;
    let limit = asked::limit(call.params, 500, 500)?;
    let kind = call.params.integer("type")?;
    if kind.is_some_and(|kind| kind != 1 && kind != 2) {
        return Err(ApiError::invalid("type"));
    }
    let kind_of = |amount: Decimal| if amount.is_sign_negative() { 2 } else { 1 };
    let symbol = symbol(call, market);
    let moves: Vec<_> = money::of(call)
        .margin_moves()
        .iter()
        .filter(|moved| moved.market == market && moved.time >= since && moved.time <= until)
        .filter(|moved| kind.is_none_or(|kind| kind == kind_of(moved.amount)))
        .collect();
    let rows = super::orders::window(&moves, limit, call.params.text("startTime").is_some()).iter().map(|moved| {
        Row::new()
            .text("symbol", symbol)
            .number("type", kind_of(moved.amount))
            .when(!family.is_inverse, |row| row.text("deltaType", "USER_ADJUST"))
            .money("amount", moved.amount.abs())
            .text("asset", moved.asset.as_str())
            .number("time", Call::millis(moved.time))
            .text("positionSide", words::leg_word(moved.leg))
    });
    Ok(Json(list(rows)))
}

fn symbol<'a>(call: &'a Call<'_>, market: MarketId) -> &'a str {
    &call.world.markets().get(market).listing().symbol
}

/// `GET symbolConfig`.
pub(crate) fn symbol_config(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let only = asked::market_if_named(call)?;
    let settings = money::of(call).settings();
    let rows = settings.iter().filter(|set| only.is_none_or(|only| only == set.market)).map(|set| {
        Row::new()
            .text("symbol", symbol(call, set.market))
            .text("marginType", if set.is_isolated { "ISOLATED" } else { "CROSSED" })
            .flag("isAutoAddMargin", false)
            .number("leverage", set.leverage)
            .text("maxNotionalValue", &money::most(set.max_notional))
    });
    Ok(Json(list(rows)))
}

/// `GET leverageBracket`: of symbols; USD-M answers one with an object ("Notional and Leverage Brackets").
pub(crate) fn brackets(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (family, markets) = (asked::family(call), asked::markets(call)?);
    let row = |market: &MarketId| {
        let listing = call.world.markets().get(*market).listing();
        Row::new().text("symbol", &listing.symbol).raw("brackets", bracket_rows(family, listing))
    };
    match (call.params.text("symbol"), markets.as_slice()) {
        (Some(_), [only]) if !family.always_lists => Ok(row(only).json()),
        _ => Ok(Json(list(markets.iter().map(row)))),
    }
}

/// `GET /dapi/v1/leverageBracket`: of pairs, the perpetual standing for all.
pub(crate) fn pair_brackets(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (family, markets) = (asked::family(call), asked::markets(call)?);
    let mut seen: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    for market in markets {
        let listing = call.world.markets().get(market).listing();
        let name = pair(&listing.instrument);
        if !seen.contains(&name) {
            rows.push(Row::new().text("pair", &name).raw("brackets", bracket_rows(family, listing)));
            seen.push(name);
        }
    }
    Ok(Json(list(rows)))
}

fn bracket_rows(family: &Family, listing: &Listing) -> String {
    let instrument = &listing.instrument;
    let (cap, floor) = if family.is_inverse { ("qtyCap", "qtyFloor") } else { ("notionalCap", "notionalFloor") };
    let row = |place: usize, leverage: u32, up_to: Decimal, from: Decimal, rate: Decimal, off: Decimal| {
        Row::new()
            .raw("bracket", place.saturating_add(1))
            .number("initialLeverage", leverage)
            .raw(cap, money::most(up_to))
            .raw(floor, from.normalize())
            // The documentation's spelling of COIN-M's lower bound, beside the one that clients read.
            .when(family.is_inverse, |row| row.raw("qtylFloor", from.normalize()))
            .raw("maintMarginRatio", rate.normalize())
            .raw("cum", off.normalize())
            .end()
    };
    if instrument.brackets.is_empty() {
        let rate = instrument.rules.maintenance_margin.fraction();
        return array([row(0, LARGEST_LEVERAGE, Decimal::MAX, Decimal::ZERO, rate, Decimal::ZERO)]);
    }
    let mut from = Decimal::ZERO;
    array(instrument.brackets.iter().enumerate().map(|(place, bracket)| {
        let text =
            row(place, bracket.max_leverage, bracket.up_to, from, bracket.maintenance_margin.fraction(), bracket.deduction);
        from = bracket.up_to;
        text
    }))
}
