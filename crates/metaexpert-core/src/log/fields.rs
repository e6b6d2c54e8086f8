//! Things as the fields of a record. Amounts are exact decimals, in text; nothing is computed before a record is taken.

use std::fmt;

use rust_decimal::Decimal;
use slog::{KV, Record, Result, Serializer, kv};

use super::About;
use crate::{
    Distance, Instrument, Instruments, NewOrder, Offset, OrderKind, Protection, TimeInForce, Trade, portfolio::Leg, risk::Refusal,
};

/// The fields that name an order and say what it is; none where there is no order.
pub(super) struct Ordered<'a>(pub Option<&'a NewOrder>);

impl KV for Ordered<'_> {
    fn serialize(&self, record: &Record<'_>, to: &mut dyn Serializer) -> Result {
        let Self(Some(order)) = self else { return Ok(()) };
        Kind(order).serialize(record, to)?;
        kv!("order_id" => %order.id, "side" => order.side.as_str(), "quantity" => %order.quantity, "reason" => order.reason.as_str())
            .serialize(record, to)
    }
}

/// What kind of order it is, and how long it stands; nothing of a market order, which is what most are.
struct Kind<'a>(&'a NewOrder);

impl KV for Kind<'_> {
    fn serialize(&self, record: &Record<'_>, to: &mut dyn Serializer) -> Result {
        let NewOrder { kind, time_in_force, link, .. } = self.0;
        if let Some(link) = link {
            kv!("link" => link.0).serialize(record, to)?;
        }
        if let TimeInForce::GoodTillDate(end) = time_in_force {
            kv!("good_till" => %end).serialize(record, to)?;
        }
        if *time_in_force != TimeInForce::default() {
            kv!("time_in_force" => time_in_force.as_str()).serialize(record, to)?;
        }
        if let OrderKind::TrailingStop { distance, activation, by: _ } = kind {
            match distance {
                Distance::Percent(percent) => kv!("distance_pct" => %percent).serialize(record, to)?,
                Distance::Absolute(price) => kv!("distance" => %price).serialize(record, to)?,
            }
            if let Some(activation) = activation {
                kv!("activation_price" => %activation).serialize(record, to)?;
            }
        }
        if let Some(trigger) = kind.trigger() {
            kv!("trigger_price" => %trigger.price, "trigger_by" => trigger.by.as_str()).serialize(record, to)?;
        }
        if let Some(limit) = kind.limit_price() {
            kv!("limit_price" => %limit).serialize(record, to)?;
        }
        if *kind == OrderKind::Market { Ok(()) } else { kv!("kind" => kind.as_str()).serialize(record, to) }
    }
}

/// The comment on an order, if it has one.
pub(super) struct Commented<'a>(pub Option<&'a str>);

impl KV for Commented<'_> {
    fn serialize(&self, record: &Record<'_>, to: &mut dyn Serializer) -> Result {
        self.0.map_or(Ok(()), |comment| kv!("comment" => comment).serialize(record, to))
    }
}

/// The protective orders that an order carries, by their keys.
pub(super) struct Protected<'a>(pub &'a Protection);

impl KV for Protected<'_> {
    fn serialize(&self, record: &Record<'_>, to: &mut dyn Serializer) -> Result {
        let Protection { stop_loss, take_profit, trailing_stop, trailing_activation, breakeven } = self.0;
        for (key, percent) in
            [("breakeven_pct", breakeven), ("trailing_activation_pct", trailing_activation), ("trailing_stop_pct", trailing_stop)]
        {
            if let Some(percent) = percent {
                kv!(key => %percent).serialize(record, to)?;
            }
        }
        for (as_percent, as_price, offset) in
            [("take_profit_pct", "take_profit", take_profit), ("stop_loss_pct", "stop_loss", stop_loss)]
        {
            match offset {
                Some(Offset::Percent(percent)) => kv!(as_percent => %percent).serialize(record, to)?,
                Some(Offset::Price(price)) => kv!(as_price => %price).serialize(record, to)?,
                None => {}
            }
        }
        Ok(())
    }
}

/// An execution.
pub(super) struct Executed<'a>(pub &'a Trade);

impl KV for Executed<'_> {
    fn serialize(&self, record: &Record<'_>, to: &mut dyn Serializer) -> Result {
        let Self(trade) = self;
        kv!(
            About::trade(trade), "side" => trade.side.as_str(), "position_side" => trade.position_side.as_str(),
            "price" => %trade.price, "quantity" => %trade.quantity, "fee" => %trade.fee.amount.normalize(),
            "fee_currency" => %trade.fee.currency, "liquidity" => trade.liquidity.as_str(), "reason" => trade.reason.as_str()
        )
        .serialize(record, to)
    }
}

/// What a trade has made of its leg.
pub(super) struct Moved<'a> {
    pub trade: &'a Trade,
    /// Profit that the trade realised, its fee aside.
    pub realized: Decimal,
    pub leg: Option<&'a Leg>,
    pub of: &'a Instrument,
}

impl KV for Moved<'_> {
    fn serialize(&self, record: &Record<'_>, to: &mut dyn Serializer) -> Result {
        let Self { trade, realized, leg, of } = self;
        let quantity = leg.map_or(Decimal::ZERO, |leg| leg.quantity);
        if !trade.opens() {
            kv!("realized_pnl" => %realized.normalize()).serialize(record, to)?;
        }
        if let Some(leg) = leg {
            kv!("entry_price" => %leg.entry_price(of).normalize()).serialize(record, to)?;
        }
        kv!(About::trade(trade), "position_side" => trade.position_side.as_str(), "quantity" => %quantity.normalize())
            .serialize(record, to)
    }
}

impl KV for Refusal {
    /// The rule, and the numbers that broke it.
    fn serialize(&self, record: &Record<'_>, to: &mut dyn Serializer) -> Result {
        match self {
            Self::Warmup { symbol: _, remaining } => kv!("remaining" => remaining).serialize(record, to),
            Self::History { symbol: _ } | Self::Ended { symbol: _ } => Ok(()),
            Self::KillSwitch { reason } => kv!("reason" => reason).serialize(record, to),
            Self::Halted { breach, until: _ } => kv!("breach" => breach).serialize(record, to),
            Self::Paused { symbol: _, cause, age } => {
                kv!("cause" => cause.as_str(), "seconds" => age.as_secs()).serialize(record, to)
            }
            Self::StopGuard { symbol: _, stops, bars, until } => {
                kv!("stops" => stops, "bars" => bars, "until" => %until).serialize(record, to)
            }
            Self::CircuitBreaker { symbol: _, low, high, minutes, limit, until } => {
                kv!("low" => low, "high" => high, "minutes" => minutes, "limit" => %limit, "until" => %until)
                    .serialize(record, to)
            }
            Self::Cooldown { symbol: _, bars, closed, until } => {
                kv!("bars" => bars, "closed" => %closed, "until" => %until).serialize(record, to)
            }
            Self::TradeHours { symbol: _, hour, allowed } => kv!("hour" => hour, "allowed" => allowed).serialize(record, to),
            Self::AllowedDays { symbol: _, day, allowed } => kv!("day" => day, "allowed" => allowed).serialize(record, to),
            Self::MinVolume { symbol: _, volume, minimum } => {
                kv!("volume" => volume, "minimum" => %minimum).serialize(record, to)
            }
            Self::MaxSpread { symbol: _, bid, ask, spread, limit } => {
                kv!("bid" => %bid, "ask" => %ask, "spread_pct" => %spread, "limit" => %limit).serialize(record, to)
            }
            Self::NoSpread { symbol: _, limit } => kv!("limit" => %limit).serialize(record, to),
            Self::MissingBars { rule: _, symbol: _, seen, needed } => {
                kv!("bars" => seen, "needed" => needed).serialize(record, to)
            }
            Self::VolatilityBand { symbol: _, percent, allowed } => {
                kv!("atr_pct" => percent, "allowed" => %allowed).serialize(record, to)
            }
            Self::VolatilityRank { symbol: _, percent, rank, window, allowed } => {
                kv!("atr_pct" => percent, "rank" => rank, "window" => window, "allowed" => %allowed).serialize(record, to)
            }
            Self::AgainstAverage { symbol: _, side, filter, period, close, average } => {
                let of = kv!("position_side" => side.as_str(), "close" => close, "period" => period);
                kv!(of, filter.as_str() => average).serialize(record, to)
            }
            Self::WeakTrend { symbol: _, period, adx, limit } => {
                kv!("period" => period, "adx" => adx, "limit" => %limit).serialize(record, to)
            }
            Self::AgainstDirection { symbol: _, side, period, plus, minus } => {
                let of = kv!("position_side" => side.as_str(), "period" => period);
                kv!(of, "plus_di" => plus, "minus_di" => minus).serialize(record, to)
            }
            Self::MaxOrdersPerMinute { symbol: _, limit } => kv!("limit" => limit).serialize(record, to),
            Self::MaxOpenPositions { symbol: _, open, limit } | Self::MaxPositionsPerSymbol { symbol: _, open, limit } => {
                kv!("open" => open, "limit" => limit).serialize(record, to)
            }
            Self::MaxPositionSize { symbol: _, side, notional, limit } => {
                kv!("position_side" => side.as_str(), "notional" => %notional, "limit" => %limit).serialize(record, to)
            }
            Self::MaxOrderNotional { symbol: _, notional, limit } => {
                kv!("notional" => %notional, "limit" => %limit).serialize(record, to)
            }
            Self::PriceCollar { symbol: _, price, last, distance, limit } => {
                kv!("price" => %price, "last" => %last, "distance_pct" => %distance, "limit" => %limit).serialize(record, to)
            }
            Self::Leverage { symbol: _, leverage, limit } => kv!("leverage" => leverage, "limit" => limit).serialize(record, to),
            Self::BracketLeverage { symbol: _, leverage, value, limit } => {
                kv!("leverage" => leverage, "notional" => %value, "limit" => limit).serialize(record, to)
            }
            Self::TickSize { symbol: _, price, tick } => kv!("price" => %price, "tick" => %tick).serialize(record, to),
            Self::LotSize { symbol: _, quantity, lot } => kv!("asked_for" => %quantity, "lot" => %lot).serialize(record, to),
            Self::MaxQuantity { symbol: _, quantity, limit, value_limit } => {
                kv!("position" => %quantity, "limit" => %limit, "value_limit" => %value_limit).serialize(record, to)
            }
            Self::MinNotional { symbol: _, notional, minimum } => {
                kv!("notional" => %notional, "minimum" => %minimum).serialize(record, to)
            }
            Self::Margin { symbol: _, needed, free } => kv!("needed" => %needed, "free" => %free).serialize(record, to),
        }?;
        kv!("rule" => self.rule()).serialize(record, to)
    }
}

/// The symbols of a run, with commas between them.
pub(super) struct Symbols<'a>(pub &'a Instruments);

impl fmt::Display for Symbols<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (_, instrument)) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            write!(f, "{comma}{}", instrument.symbol)?;
        }
        Ok(())
    }
}
