//! When entries are allowed, and in which market.

use rust_decimal::Decimal;

use super::Entry;
use crate::{
    PositionSide,
    config::{DaySet, VolatilityFilter},
    risk::{
        Refusal, RiskGate,
        refusal::Between,
        watch::{Missing, Quote, TrendAt},
    },
    rounding::{decimal_of, float_of},
};

pub(super) fn trade_hours(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let hour = entry.view.now.utc_hour();
    match gate.config.trade_hours.filter(|allowed| !allowed.contains(hour)) {
        Some(allowed) => Err(Refusal::TradeHours { symbol: entry.symbol(), hour, allowed: allowed.to_string() }),
        None => Ok(()),
    }
}

pub(super) fn allowed_days(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let day = entry.view.now.utc_weekday();
    match gate.config.allowed_days.filter(|allowed| !allowed.contains(day)) {
        Some(allowed) => {
            Err(Refusal::AllowedDays { symbol: entry.symbol(), day: DaySet::name_of(day), allowed: allowed.to_string() })
        }
        None => Ok(()),
    }
}

/// Data without a volume has one of zero, which is below every limit.
pub(super) fn min_volume(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let is_below = |minimum: &Decimal| decimal_of(entry.view.volume).is_none_or(|volume| volume < *minimum);
    match gate.config.min_volume.filter(is_below) {
        Some(minimum) => Err(Refusal::MinVolume { symbol: entry.symbol(), volume: entry.view.volume, minimum }),
        None => Ok(()),
    }
}

/// Data without best prices, such as bars, has no spread to refuse for.
pub(super) fn max_spread(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let Some(limit) = gate.config.max_spread_pct else { return Ok(()) };
    let quote = gate.watch.of(entry.order.instrument).map_or(Quote::Unknown, |market| market.quote);
    let (bid, ask) = match quote {
        Quote::Unknown => return Ok(()),
        Quote::OneSided => return Err(Refusal::NoSpread { symbol: entry.symbol(), limit }),
        Quote::Of { bid, ask } => (bid, ask),
    };
    let (Some(bid), Some(ask)) = (decimal_of(bid), decimal_of(ask)) else {
        return Err(Refusal::NoSpread { symbol: entry.symbol(), limit });
    };
    let (spread, middle) = (ask - bid, (ask + bid) / Decimal::TWO);
    if spread <= middle * limit.fraction() {
        return Ok(());
    }
    let percent = (spread * Decimal::ONE_HUNDRED).checked_div(middle).unwrap_or_default().round_dp(4).normalize();
    Err(Refusal::MaxSpread { symbol: entry.symbol(), bid, ask, spread: percent, limit })
}

pub(super) fn volatility(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let config = &gate.config;
    let Some(filter) = config.volatility_filter else { return Ok(()) };
    let market = gate.watch.of(entry.order.instrument).and_then(|market| market.volatility.as_ref());
    let missing = |missing: Missing| missing.refusal("volatility_filter", &entry.symbol());
    let Some(volatility) = market else { return Err(missing(Missing { seen: 0, needed: config.volatility_period + 1 })) };
    let percent = volatility.percent().map_err(missing)?;
    match filter {
        VolatilityFilter::AtrBand => {
            let allowed = Between { low: config.volatility_min_pct, high: config.volatility_max_pct };
            if allowed.contains(percent) {
                return Ok(());
            }
            Err(Refusal::VolatilityBand { symbol: entry.symbol(), percent, allowed })
        }
        VolatilityFilter::AtrPercentile => {
            let rank = volatility.rank().map_err(missing)?;
            let allowed = Between { low: config.volatility_min_rank, high: config.volatility_max_rank };
            if allowed.contains(rank) {
                return Ok(());
            }
            Err(Refusal::VolatilityRank { symbol: entry.symbol(), percent, rank, window: config.volatility_window, allowed })
        }
    }
}

pub(super) fn trend(gate: &RiskGate, entry: &Entry<'_>) -> Result<(), Refusal> {
    let (symbol, side) = (|| entry.symbol(), entry.side());
    let Some(filter) = gate.config.trend_filter else { return Ok(()) };
    let market = gate.watch.of(entry.order.instrument).and_then(|market| market.trend.as_ref());
    let missing = |missing: Missing| missing.refusal("trend_filter", &entry.symbol());
    let Some(trend) = market else { return Err(missing(Missing { seen: 0, needed: 1 })) };
    let period = trend.period();
    match trend.at().map_err(missing)? {
        TrendAt::Average { close, average } if !is_ahead(side, close, average) => {
            Err(Refusal::AgainstAverage { symbol: symbol(), side, filter, period, close, average })
        }
        TrendAt::Directional(at) if at.adx < float_of(gate.config.trend_min_adx) => {
            Err(Refusal::WeakTrend { symbol: symbol(), period, adx: at.adx, limit: gate.config.trend_min_adx })
        }
        TrendAt::Directional(at) if !is_ahead(side, at.plus_di, at.minus_di) => {
            let (plus, minus) = (at.plus_di, at.minus_di);
            Err(Refusal::AgainstDirection { symbol: symbol(), side, period, plus, minus })
        }
        TrendAt::Average { .. } | TrendAt::Directional(_) => Ok(()),
    }
}

/// Whether one number stands on that side of the other; neither side where they are equal.
fn is_ahead(side: PositionSide, one: f64, other: f64) -> bool {
    match side {
        PositionSide::Long => one > other,
        PositionSide::Short => one < other,
    }
}
