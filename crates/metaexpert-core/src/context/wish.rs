//! What an expert asks for, and what of it makes no sense.
//!
//! The one decision: nothing is judged before `send`, so that the parts of an order may be named in any sequence; what does
//! not go together is refused there, with both names.
//!
//! Prices are put on the tick here and nowhere else: **a buy's prices are rounded down, a sell's up.** A limit is never worse than
//! asked for, a stop stands a little nearer to the price (it never loses more than asked), a take-profit a little further from it.

use rust_decimal::Decimal;

use crate::{
    Distance, Effect, Instrument, OrderKind, Percent, PositionSide, Price, SelfTrade, Side, TimeInForce, Trigger, TriggerBy,
    UnixNanos,
    config::{MarketType, SizeType},
    rounding::Round,
};

/// A field of an order, and the rule that it breaks.
pub(super) type Broken = (&'static str, String);

/// What an order is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Size {
    /// As the configuration says; of an order that only reduces, the whole leg.
    Configured,
    /// This quantity, rounded down to the lot.
    Quantity(Decimal),
    /// As one of the size types says.
    Computed(SizeType, Decimal),
    /// As much as so much quote currency buys.
    Spend(Decimal),
}

impl Size {
    const fn name(self) -> Option<&'static str> {
        match self {
            Self::Configured => None,
            Self::Quantity(_) => Some("quantity"),
            Self::Computed(..) => Some("size"),
            Self::Spend(_) => Some("spend"),
        }
    }
}

/// What an order is to do to positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Open or increase.
    Enter,
    /// Take off what there is, at most.
    Reduce,
    /// Close whatever there is when it trades.
    ClosePosition,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Enter => "an entry",
            Self::Reduce => "reduce_only",
            Self::ClosePosition => "close_position",
        }
    }
}

/// At which price, and what it waits for, in the numbers that the author gave.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Pricing {
    #[default]
    Market,
    Limit(Decimal),
    Stop(Decimal),
    StopLimit(Decimal, Decimal),
    MarketIfTouched(Decimal),
    LimitIfTouched(Decimal, Decimal),
    Trailing(Distance),
}

impl Pricing {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Market => "market",
            Self::Limit(_) => "limit",
            Self::Stop(_) => "stop",
            Self::StopLimit(..) => "stop_limit",
            Self::MarketIfTouched(_) => "market_if_touched",
            Self::LimitIfTouched(..) => "limit_if_touched",
            Self::Trailing(_) => "trailing",
        }
    }

    const fn is_conditional(self) -> bool {
        !matches!(self, Self::Market | Self::Limit(_))
    }

    const fn has_limit(self) -> bool {
        matches!(self, Self::Limit(_) | Self::StopLimit(..) | Self::LimitIfTouched(..))
    }
}

/// The protection of what an order opens, as far as the order names its own.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OwnProtection {
    /// Nothing of the configuration's.
    pub unprotected: bool,
    pub stop_loss: Option<Level>,
    pub take_profit: Option<Level>,
    pub trailing_stop: Option<Percent>,
}

impl OwnProtection {
    const fn name(&self) -> Option<&'static str> {
        match self {
            Self { stop_loss: Some(_), .. } => Some("stop_loss"),
            Self { take_profit: Some(_), .. } => Some("take_profit"),
            Self { trailing_stop: Some(_), .. } => Some("trailing_stop_pct"),
            _ => None,
        }
    }
}

/// Where a protective order stands, in the number that the author gave.
#[derive(Debug, Clone, Copy)]
pub(super) enum Level {
    Percent(Percent),
    Price(Decimal),
}

/// An order that an expert asks for.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub side: Side,
    pub symbol: Option<String>,
    pub size: Size,
    pub pricing: Pricing,
    pub trigger_by: Option<TriggerBy>,
    pub activation: Option<Decimal>,
    pub time_in_force: Option<TimeInForce>,
    pub purpose: Purpose,
    pub protection: OwnProtection,
    pub self_trade: SelfTrade,
    /// The first argument that cannot be.
    pub broken: Option<Broken>,
}

impl Wish {
    /// A market order of the configured size, with the configured protection.
    pub(super) const fn new(side: Side) -> Self {
        Self {
            side,
            symbol: None,
            size: Size::Configured,
            pricing: Pricing::Market,
            trigger_by: None,
            activation: None,
            time_in_force: None,
            purpose: Purpose::Enter,
            protection: OwnProtection { unprotected: false, stop_loss: None, take_profit: None, trailing_stop: None },
            self_trade: SelfTrade::ExpireMaker,
            broken: None,
        }
    }

    pub(super) const fn is_market(&self) -> bool {
        matches!(self.pricing, Pricing::Market)
    }

    /// What it does to the leg that it only closes; `None` where it may open something.
    pub(super) const fn closes(&self) -> Option<(PositionSide, Effect)> {
        let leg = self.side.opened_leg().opposite();
        match self.purpose {
            Purpose::Enter => None,
            Purpose::Reduce => Some((leg, Effect::Close(leg))),
            Purpose::ClosePosition => Some((leg, Effect::CloseAll(leg))),
        }
    }

    /// Refuses what does not go together, whatever the prices are.
    pub(super) fn check(&self, market: MarketType, now: UnixNanos) -> Result<(), Broken> {
        if let Some(broken) = &self.broken {
            return Err(broken.clone());
        }
        self.check_trigger()?;
        self.check_time_in_force(now)?;
        self.check_size(market)?;
        match (self.purpose, self.protection.name()) {
            (Purpose::Reduce | Purpose::ClosePosition, Some(own)) => {
                Err((own, format!("protects what an order opens, and an order with `{}` opens nothing", self.purpose.name())))
            }
            _ => Ok(()),
        }
    }

    fn check_trigger(&self) -> Result<(), Broken> {
        let kind = self.pricing.name();
        if let Some(by) = self.trigger_by.filter(|_| !self.pricing.is_conditional()) {
            return Err(("trigger_by", format!("`{by}` brings nothing to life: a `{kind}` order waits for no price")));
        }
        match (self.activation, self.pricing) {
            (Some(_), Pricing::Trailing(_)) | (None, _) => Ok(()),
            (Some(price), _) => Err(("activation", format!("`{price}` is for a `trailing` order, and this is a `{kind}` order"))),
        }
    }

    fn check_time_in_force(&self, now: UnixNanos) -> Result<(), Broken> {
        let kind = self.pricing.name();
        let Some(given) = self.time_in_force else { return Ok(()) };
        let refused = |name: &'static str, why: &str| Err((name, format!("does not go with `{kind}`: {why}")));
        let (is_market, waits) = (matches!(self.pricing, Pricing::Market), self.pricing.is_conditional());
        match given {
            TimeInForce::ImmediateOrCancel if waits => refused("ioc", "an order that waits for a price is not there at once"),
            TimeInForce::FillOrKill if waits => refused("fok", "an order that waits for a price is not there at once"),
            TimeInForce::PostOnly if !self.pricing.has_limit() => refused("post_only", "it takes and never rests"),
            TimeInForce::GoodTillDate(_) if is_market => refused("good_till", "it trades at once and does not stand"),
            TimeInForce::GoodTillDate(end) if end <= now => Err(("good_till", format!("`{end}` is over: it is {now}"))),
            TimeInForce::GoodTillCancelled
            | TimeInForce::ImmediateOrCancel
            | TimeInForce::FillOrKill
            | TimeInForce::PostOnly
            | TimeInForce::GoodTillDate(_) => Ok(()),
        }
    }

    fn check_size(&self, market: MarketType) -> Result<(), Broken> {
        let kind = self.pricing.name();
        let purpose = self.purpose.name();
        match (self.purpose, self.size) {
            (Purpose::Reduce, Size::Computed(..)) => {
                Err(("reduce_only", "takes a quantity; sizes are for what an order opens".to_owned()))
            }
            (Purpose::ClosePosition, size) if size.name().is_some() => {
                let name = size.name().unwrap_or_default();
                Err(("close_position", format!("closes all there is then; leave `{name}` out")))
            }
            (Purpose::ClosePosition, _) if self.pricing.has_limit() => {
                Err(("close_position", format!("does not go with `{kind}`: at a limit not all of it may trade")))
            }
            (_, Size::Spend(_)) => {
                let is_spot = matches!(market, MarketType::Spot | MarketType::Margin);
                let fits = is_spot && self.side == Side::Buy && matches!(self.pricing, Pricing::Market);
                let rule = format!(
                    "is for market buys on `spot` and `margin`, and this is a `{kind}` {} with `{purpose}` on `{market}`",
                    self.side
                );
                if fits && self.purpose == Purpose::Enter { Ok(()) } else { Err(("spend", rule)) }
            }
            _ => Ok(()),
        }
    }

    /// The kind of order, its prices on the tick and on the right side of the `last` price.
    pub(super) fn kind(&self, of: &Instrument, last: Decimal) -> Result<OrderKind, Broken> {
        let on_tick = |field, price| on_tick(self.side, field, price, of);
        let trigger = |field, price| -> Result<Trigger, Broken> {
            Ok(Trigger { price: on_tick(field, price)?, by: self.trigger_by.unwrap_or(TriggerBy::Last) })
        };
        let kind = match self.pricing {
            Pricing::Market => OrderKind::Market,
            Pricing::Limit(price) => OrderKind::Limit { price: on_tick("limit", price)? },
            Pricing::Stop(at) => OrderKind::StopMarket { trigger: trigger("stop", at)? },
            Pricing::StopLimit(at, price) => {
                OrderKind::StopLimit { trigger: trigger("stop_limit", at)?, price: on_tick("stop_limit", price)? }
            }
            Pricing::MarketIfTouched(at) => OrderKind::TakeProfitMarket { trigger: trigger("market_if_touched", at)? },
            Pricing::LimitIfTouched(at, price) => OrderKind::TakeProfitLimit {
                trigger: trigger("limit_if_touched", at)?,
                price: on_tick("limit_if_touched", price)?,
            },
            Pricing::Trailing(distance) => OrderKind::TrailingStop {
                distance: trailed(distance)?,
                activation: self.activation.map(|price| on_tick("activation", price)).transpose()?,
                by: self.trigger_by.unwrap_or(TriggerBy::Last),
            },
        };
        check_side(self.pricing.name(), self.side, kind, last)?;
        Ok(kind)
    }
}

/// A buy's price rounded down to the tick, a sell's up.
pub(super) fn on_tick(side: Side, field: &'static str, price: Decimal, of: &Instrument) -> Result<Price, Broken> {
    let round = match side {
        Side::Buy => Round::Down,
        Side::Sell => Round::Up,
    };
    let tick = of.rules.tick_size.normalize();
    of.price_on_tick(price, round)
        .ok_or_else(|| (field, format!("`{price}` is below the tick, {tick}, which is the lowest price there is")))
}

/// A trigger that has been reached already is refused by exchanges (Binance USD-M error -2021, "Order would immediately
/// trigger"). One by mark or index price is not held against the last price.
pub(super) fn check_side(field: &'static str, side: Side, kind: OrderKind, last: Decimal) -> Result<(), Broken> {
    let Some(Trigger { price, by: TriggerBy::Last }) = kind.trigger() else { return Ok(()) };
    let waits_above = match kind {
        OrderKind::StopMarket { .. } | OrderKind::StopLimit { .. } => side == Side::Buy,
        _ => side == Side::Sell,
    };
    let waits = if waits_above { price.get() > last } else { price.get() < last };
    let (where_to, other) = match (waits_above, kind) {
        (true, OrderKind::StopMarket { .. } | OrderKind::StopLimit { .. }) => ("above", "market_if_touched"),
        (false, OrderKind::StopMarket { .. } | OrderKind::StopLimit { .. }) => ("below", "market_if_touched"),
        (true, _) => ("above", "stop"),
        (false, _) => ("below", "stop"),
    };
    let rule =
        || format!("`{price}` is not {where_to} the price, {last}, where a {side} of that kind waits; did you mean `{other}`?");
    if waits { Ok(()) } else { Err((field, rule())) }
}

/// A distance that a trailing stop can have.
fn trailed(distance: Distance) -> Result<Distance, Broken> {
    match distance {
        Distance::Percent(percent) if percent <= Percent::ZERO || percent.get() >= Decimal::ONE_HUNDRED => {
            Err(("trailing", format!("`{percent}` is not above 0 and below 100 percent")))
        }
        Distance::Percent(_) | Distance::Absolute(_) => Ok(distance),
    }
}
