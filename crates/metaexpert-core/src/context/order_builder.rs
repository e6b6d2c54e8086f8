//! `ctx.buy().quantity(..).send()`.

use rust_decimal::Decimal;

use super::Context;
use crate::{
    ClientOrderId, Error, Offset, Percent, Protection, Result, Side, Symbol,
    config::{BadValue, Layer, SizeType},
    rounding::decimal_of,
};

/// What an order is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Size {
    /// As the configuration says.
    Configured,
    /// This quantity, rounded down to the lot.
    Quantity(Decimal),
    /// As one of the size types says.
    Computed(SizeType, Decimal),
}

/// A market order in the making. Nothing happens until [`send`](Self::send).
///
/// Numbers may be `f64` or `Decimal`; a `f64` is read as the decimal of its 15 significant digits.
#[derive(Debug)]
#[must_use = "an order is not sent until `.send()`"]
pub struct OrderBuilder<'a> {
    context: &'a mut Context,
    pub(super) side: Side,
    pub(super) symbol: Option<String>,
    pub(super) size: Size,
    pub(super) protection: Protection,
    reduces: bool,
    /// The first argument that cannot be, and the rule that it breaks.
    broken: Option<(&'static str, String)>,
}

/// A decimal, or a float that is read as the decimal of its 15 significant digits.
#[derive(Debug, Clone, Copy)]
pub struct Number(Option<Decimal>);

impl From<Decimal> for Number {
    fn from(value: Decimal) -> Self {
        Self(Some(value))
    }
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        Self(decimal_of(value))
    }
}

impl<'a> OrderBuilder<'a> {
    pub(super) const fn new(context: &'a mut Context, side: Side) -> Self {
        let protection = context.desk.protection;
        Self { context, side, symbol: None, size: Size::Configured, protection, reduces: false, broken: None }
    }

    /// For another symbol than that of the event at hand.
    pub fn symbol(mut self, symbol: &str) -> Self {
        self.symbol = Some(symbol.to_owned());
        self
    }

    /// For so much base currency (or so many contracts), rounded down to the lot.
    pub fn quantity(mut self, quantity: impl Into<Number>) -> Self {
        let quantity = self.number("quantity", quantity.into());
        self.size = Size::Quantity(quantity);
        self
    }

    /// For a size of another type or value than the configuration's.
    pub fn size(mut self, size_type: SizeType, size_value: impl Into<Number>) -> Self {
        let value = self.number("size_value", size_value.into());
        self.size = Size::Computed(size_type, value);
        self
    }

    /// Only to reduce: a sell closes of the long leg, a buy of the short one, all of it or as much as [`quantity`](Self::quantity)
    /// says, and never opens anything.
    pub const fn reduce_only(mut self) -> Self {
        self.reduces = true;
        self
    }

    /// With this stop-loss, in percent of the entry price.
    pub fn stop_loss_pct(mut self, percent: impl Into<Number>) -> Self {
        self.protection.stop_loss = Some(Offset::Percent(self.percent("stop_loss_pct", percent.into(), Layer::stop_loss_pct)));
        self
    }

    /// With this take-profit, in percent of the entry price.
    pub fn take_profit_pct(mut self, percent: impl Into<Number>) -> Self {
        self.protection.take_profit =
            Some(Offset::Percent(self.percent("take_profit_pct", percent.into(), Layer::take_profit_pct)));
        self
    }

    /// With this trailing stop, in percent of the best price since the entry.
    pub fn trailing_stop_pct(mut self, percent: impl Into<Number>) -> Self {
        self.protection.trailing_stop = Some(self.percent("trailing_stop_pct", percent.into(), Layer::trailing_stop_pct));
        self
    }

    /// Without any protective order, whatever the configuration says.
    pub const fn unprotected(mut self) -> Self {
        self.protection =
            Protection { stop_loss: None, take_profit: None, trailing_stop: None, trailing_activation: None, breakeven: None };
        self
    }

    /// Sizes the order, has the risk gate judge it, and sends it when the handler has returned. Its fate arrives as
    /// `#[on_order]`, `#[on_transaction]`, `#[on_trade]`.
    ///
    /// # Errors
    /// [`Error::Risk`] with the rule and its numbers when the gate refuses (`#[on_error]` is told as well, once);
    /// [`Error::InvalidOrder`] when it makes no sense; [`Error::MarketData`] when there is no price yet;
    /// [`Error::Config`], which ends the run, for a short entry on spot.
    pub fn send(self) -> Result<ClientOrderId> {
        let instrument = match &self.symbol {
            None => self.context.instrument,
            Some(text) => Symbol::new(text)
                .and_then(|symbol| self.context.desk.instruments.find(&symbol))
                .ok_or_else(|| Error::MarketData(format!("symbol `{text}`: this run has no data of it")))?,
        };
        if let Some((field, rule)) = self.broken {
            let symbol = self.context.desk.instruments.get(instrument).symbol.clone();
            return Err(Error::InvalidOrder { symbol, field, rule });
        }
        let (side, size, protection, now) = (self.side, self.size, self.protection, self.context.now);
        if self.reduces {
            return self.context.desk.reduce(instrument, side.opened_leg().opposite(), size, now);
        }
        self.context.desk.enter(instrument, side, size, protection, now)
    }

    /// The number, or a note of the field that had none.
    fn number(&mut self, field: &'static str, number: Number) -> Decimal {
        if let Some(value) = number.0.filter(|value| *value > Decimal::ZERO) {
            value
        } else {
            self.broken.get_or_insert_with(|| (field, "is not a number above zero".to_owned()));
            Decimal::ZERO
        }
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
            self.broken.get_or_insert_with(|| (field, format!("`{}` {}", bad.value, bad.rule)));
        }
        percent
    }
}
