//! `ctx.buy().limit(price).send()`: an order, part by part.

use rust_decimal::Decimal;

use super::{
    Context,
    number::Number,
    wish::{Level, Pricing, Purpose, Size, Wish},
};
use crate::{
    ClientOrderId, Distance, Error, Percent, Result, SelfTrade, Side, TimeInForce, TriggerBy, UnixNanos,
    config::{BadValue, Layer, SizeType},
};

/// An order in the making. Nothing happens until [`send`](OrderBuilder::send).
///
/// Without a kind it is a market order. A kind is named at most once: [`limit`](Self::limit), [`stop`](Self::stop),
/// [`stop_limit`](Self::stop_limit), [`market_if_touched`](Self::market_if_touched),
/// [`limit_if_touched`](Self::limit_if_touched), [`trailing`](Self::trailing). The parts may come in any sequence.
///
/// Numbers may be `f64` or `Decimal`; a `f64` is read as the decimal of its 15 significant digits. Prices are put on the tick: a
/// buy's are rounded down, a sell's up, so that a limit is never worse than asked for and a stop never loses more.
///
/// [`Context::buy`](Context::buy) makes one that can be sent; [`Ticket::buy`] one that cannot by itself and that
/// [`Context::oco`] takes.
///
/// ```compile_fail
/// # use metaexpert_core::context::Ticket;
/// // A ticket belongs to no account: there is nobody to send it.
/// let _ = Ticket::buy().limit(100.0).send();
/// ```
#[derive(Debug)]
#[must_use = "an order is not sent until `.send()`"]
pub struct OrderBuilder<To> {
    to: To,
    pub(super) wish: Wish,
}

/// An order that is not sent by itself, but with another: see [`Context::oco`].
pub type Ticket = OrderBuilder<()>;

impl Ticket {
    /// A market order to buy, until it is made something else.
    pub const fn buy() -> Self {
        Self { to: (), wish: Wish::new(Side::Buy) }
    }

    /// A market order to sell, until it is made something else.
    pub const fn sell() -> Self {
        Self { to: (), wish: Wish::new(Side::Sell) }
    }
}

impl<'a> OrderBuilder<&'a mut Context> {
    pub(super) const fn new(context: &'a mut Context, side: Side) -> Self {
        Self { to: context, wish: Wish::new(side) }
    }

    /// Sizes the order, has the risk gate judge it, and sends it when the handler has returned. Its fate arrives as
    /// `#[on_order]`, `#[on_transaction]`, `#[on_trade]`.
    ///
    /// # Errors
    /// [`Error::Risk`] with the rule and its numbers when the gate refuses (`#[on_error]` is told as well, once);
    /// [`Error::InvalidOrder`] when it makes no sense: a price on the wrong side of the market, parts that do not go together;
    /// [`Error::MarketData`] when there is no price yet; [`Error::Config`], which ends the run, for a short entry on spot.
    pub fn send(self) -> Result<ClientOrderId> {
        let Context { desk, instrument, now, .. } = self.to;
        desk.send(&self.wish, *instrument, *now, None)
    }
}

/// What kind of order it is.
impl<To> OrderBuilder<To> {
    /// Trades at `price` or better, and rests until it does.
    pub fn limit(mut self, price: impl Into<Number>) -> Self {
        let price = self.number("limit", price.into());
        self.kind(Pricing::Limit(price))
    }

    /// Becomes a market order when the price moves to `trigger`, against whoever holds a position: a buy waits above the price, a
    /// sell below.
    pub fn stop(mut self, trigger: impl Into<Number>) -> Self {
        let trigger = self.number("stop", trigger.into());
        self.kind(Pricing::Stop(trigger))
    }

    /// As [`stop`](Self::stop), but becomes a limit order at `price`.
    pub fn stop_limit(mut self, trigger: impl Into<Number>, price: impl Into<Number>) -> Self {
        let (trigger, price) = (self.number("stop_limit", trigger.into()), self.number("stop_limit", price.into()));
        self.kind(Pricing::StopLimit(trigger, price))
    }

    /// Becomes a market order when the price moves to `trigger`, in favour of whoever holds a position: a buy waits below the
    /// price, a sell above. Exchanges call it a take-profit order.
    pub fn market_if_touched(mut self, trigger: impl Into<Number>) -> Self {
        let trigger = self.number("market_if_touched", trigger.into());
        self.kind(Pricing::MarketIfTouched(trigger))
    }

    /// As [`market_if_touched`](Self::market_if_touched), but becomes a limit order at `price`.
    pub fn limit_if_touched(mut self, trigger: impl Into<Number>, price: impl Into<Number>) -> Self {
        let (trigger, price) = (self.number("limit_if_touched", trigger.into()), self.number("limit_if_touched", price.into()));
        self.kind(Pricing::LimitIfTouched(trigger, price))
    }

    /// Becomes a market order when the price has come back by `distance` from the best one since it was activated: from the
    /// highest for a sell, from the lowest for a buy.
    pub fn trailing(self, distance: Distance) -> Self {
        self.kind(Pricing::Trailing(distance))
    }

    /// Lets a [`trailing`](Self::trailing) order begin to follow at this price; without it follows at once.
    pub fn activation(mut self, price: impl Into<Number>) -> Self {
        self.wish.activation = Some(self.number("activation", price.into()));
        self
    }

    /// Which price brings a conditional order to life; the last traded one, where it does not say.
    pub const fn trigger_by(mut self, by: TriggerBy) -> Self {
        self.wish.trigger_by = Some(by);
        self
    }

    fn kind(mut self, kind: Pricing) -> Self {
        let (before, now) = (self.wish.pricing.name(), kind.name());
        if !matches!(self.wish.pricing, Pricing::Market) {
            self.wish.broken.get_or_insert_with(|| (now, format!("an order is of one kind, and this one is `{before}` already")));
        }
        self.wish.pricing = kind;
        self
    }
}

/// How long it stands.
impl<To> OrderBuilder<To> {
    /// How long it stands, and how much of it must trade at once; until it is cancelled, where it does not say.
    pub fn time_in_force(mut self, time_in_force: TimeInForce) -> Self {
        if let Some(before) = self.wish.time_in_force {
            let (before, now) = (before.as_str(), time_in_force.as_str());
            self.wish.broken.get_or_insert_with(|| ("time_in_force", format!("is `{before}` already, and `{now}` is another")));
        }
        self.wish.time_in_force = Some(time_in_force);
        self
    }

    /// Rests in the book, or is refused: it never takes.
    pub fn post_only(self) -> Self {
        self.time_in_force(TimeInForce::PostOnly)
    }

    /// What does not trade at once is cancelled.
    pub fn ioc(self) -> Self {
        self.time_in_force(TimeInForce::ImmediateOrCancel)
    }

    /// All of it trades at once, or nothing does.
    pub fn fok(self) -> Self {
        self.time_in_force(TimeInForce::FillOrKill)
    }

    /// What is left of it then is cancelled.
    pub fn good_till(self, time: UnixNanos) -> Self {
        self.time_in_force(TimeInForce::GoodTillDate(time))
    }

    /// What becomes of it where it would trade with another order of the same account; the resting one is cancelled, where it
    /// does not say.
    pub const fn self_trade(mut self, self_trade: SelfTrade) -> Self {
        self.wish.self_trade = self_trade;
        self
    }
}

/// How much of what.
impl<To> OrderBuilder<To> {
    /// For another symbol than that of the event at hand.
    pub fn symbol(mut self, symbol: &str) -> Self {
        self.wish.symbol = Some(symbol.to_owned());
        self
    }

    /// For so much base currency (or so many contracts), rounded down to the lot.
    pub fn quantity(mut self, quantity: impl Into<Number>) -> Self {
        let quantity = self.number("quantity", quantity.into());
        self.sized(Size::Quantity(quantity))
    }

    /// For a size of another type or value than the configuration's.
    pub fn size(mut self, size_type: SizeType, size_value: impl Into<Number>) -> Self {
        let value = self.number("size_value", size_value.into());
        self.sized(Size::Computed(size_type, value))
    }

    /// For as much as so much quote currency buys: market buys on spot and margin.
    pub fn spend(mut self, amount: impl Into<Number>) -> Self {
        let amount = self.number("spend", amount.into());
        self.sized(Size::Spend(amount))
    }

    fn sized(mut self, size: Size) -> Self {
        if matches!((self.wish.size, size), (Size::Spend(_), Size::Quantity(_) | Size::Computed(..)))
            || matches!((self.wish.size, size), (Size::Quantity(_) | Size::Computed(..), Size::Spend(_)))
        {
            self.wish.broken.get_or_insert_with(|| ("spend", "is a size by itself; leave `quantity` and `size` out".to_owned()));
        }
        self.wish.size = size;
        self
    }

    /// Only to reduce: a sell closes of the long leg, a buy of the short one, all of it or as much as [`quantity`](Self::quantity)
    /// says, and never opens anything.
    pub const fn reduce_only(mut self) -> Self {
        self.wish.purpose = match self.wish.purpose {
            Purpose::Enter | Purpose::Reduce => Purpose::Reduce,
            Purpose::ClosePosition => Purpose::ClosePosition,
        };
        self
    }

    /// Only to close: a sell closes the long leg, a buy the short one, whatever it holds when the order trades.
    pub const fn close_position(mut self) -> Self {
        self.wish.purpose = Purpose::ClosePosition;
        self
    }
}

/// What guards what it opens.
impl<To> OrderBuilder<To> {
    /// With a stop-loss at this price.
    pub fn stop_loss(mut self, price: impl Into<Number>) -> Self {
        self.wish.protection.stop_loss = Some(Level::Price(self.number("stop_loss", price.into())));
        self
    }

    /// With a take-profit at this price.
    pub fn take_profit(mut self, price: impl Into<Number>) -> Self {
        self.wish.protection.take_profit = Some(Level::Price(self.number("take_profit", price.into())));
        self
    }

    /// With this stop-loss, in percent of the entry price.
    pub fn stop_loss_pct(mut self, percent: impl Into<Number>) -> Self {
        let percent = self.percent("stop_loss_pct", percent.into(), Layer::stop_loss_pct);
        self.wish.protection.stop_loss = Some(Level::Percent(percent));
        self
    }

    /// With this take-profit, in percent of the entry price.
    pub fn take_profit_pct(mut self, percent: impl Into<Number>) -> Self {
        let percent = self.percent("take_profit_pct", percent.into(), Layer::take_profit_pct);
        self.wish.protection.take_profit = Some(Level::Percent(percent));
        self
    }

    /// With this trailing stop, in percent of the best price since the entry.
    pub fn trailing_stop_pct(mut self, percent: impl Into<Number>) -> Self {
        let percent = self.percent("trailing_stop_pct", percent.into(), Layer::trailing_stop_pct);
        self.wish.protection.trailing_stop = Some(percent);
        self
    }

    /// Without the protective orders of the configuration.
    pub const fn unprotected(mut self) -> Self {
        self.wish.protection.unprotected = true;
        self
    }

    /// The number, or a note of the field that had none.
    fn number(&mut self, field: &'static str, number: Number) -> Decimal {
        number.positive().unwrap_or_else(|| {
            self.wish.broken.get_or_insert_with(|| (field, "is not a number above zero".to_owned()));
            Decimal::ZERO
        })
    }

    /// The percentage, if the configuration's key of the same name could have it.
    fn percent(
        &mut self,
        field: &'static str,
        number: Number,
        key: impl Fn(&mut Layer, Percent) -> Result<(), BadValue>,
    ) -> Percent {
        let percent = Percent::new(self.number(field, number));
        if let Err(bad) = key(&mut Layer::default(), percent) {
            self.wish.broken.get_or_insert_with(|| (field, format!("`{}` {}", bad.value, bad.rule)));
        }
        percent
    }
}

impl Wish {
    /// Names what is wrong with it as an error of its symbol.
    pub(super) fn invalid(symbol: &crate::Symbol, (field, rule): super::wish::Broken) -> Error {
        Error::InvalidOrder { symbol: symbol.clone(), field, rule }
    }
}
