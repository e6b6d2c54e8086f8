//! Orders as clients ask for them: one alone, or one of a list, whose parameters have a prefix (`aboveType`, `workingPrice`).
//!
//! The one decision: what a type needs and what it must not have is checked here, so that the world is only asked for orders that can
//! be. Spot REST, "New order": additional mandatory parameters by type.

use metaexpert_core::{Distance, OrderKind, Percent, Price, Side, TimeInForce, Trigger, TriggerBy};
use rust_decimal::Decimal;

use super::{peg, words};
use crate::{
    binance::door::{ApiError, Call, Params},
    listing::MarketId,
    order::{Echo, Loan, OrderRequest, SelfTradePrevention, Size},
    wallet::Wallet,
};

/// Strategy types below this are Binance's own (-1134).
const FIRST_STRATEGY_TYPE: i64 = 1_000_000;

/// The parameters of one order among those of a call.
#[derive(Clone, Copy)]
pub(in crate::binance) struct Leg<'a> {
    params: &'a Params,
    prefix: &'static str,
}

/// What an order shares with the others of its call.
#[derive(Clone, Copy)]
pub(in crate::binance) struct Shared {
    pub(in crate::binance) wallet: Wallet,
    pub(in crate::binance) market: MarketId,
    pub(in crate::binance) self_trade: SelfTradePrevention,
    pub(in crate::binance) loan: Loan,
}

/// How the answer is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::binance) enum Detail {
    Ack,
    Result,
    Full,
}

impl Detail {
    /// What is asked for; of orders that say nothing, `FULL` for `MARKET` and `LIMIT`, `ACK` for all others.
    pub(in crate::binance) fn read(params: &Params, kind: Option<&str>) -> Result<Self, ApiError> {
        match (params.text("newOrderRespType"), kind) {
            (Some("ACK"), _) => Ok(Self::Ack),
            (Some("RESULT"), _) => Ok(Self::Result),
            (Some("FULL"), _) | (None, Some("MARKET" | "LIMIT")) => Ok(Self::Full),
            (Some(_), _) => Err(ApiError::invalid("newOrderRespType")),
            (None, _) => Ok(Self::Ack),
        }
    }
}

/// What the types of orders are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Limit,
    Market,
    LimitMaker,
    StopLoss,
    StopLossLimit,
    TakeProfit,
    TakeProfitLimit,
}

impl Type {
    fn read(word: &str) -> Result<Self, ApiError> {
        match word {
            "LIMIT" => Ok(Self::Limit),
            "MARKET" => Ok(Self::Market),
            "LIMIT_MAKER" => Ok(Self::LimitMaker),
            "STOP_LOSS" => Ok(Self::StopLoss),
            "STOP_LOSS_LIMIT" => Ok(Self::StopLossLimit),
            "TAKE_PROFIT" => Ok(Self::TakeProfit),
            "TAKE_PROFIT_LIMIT" => Ok(Self::TakeProfitLimit),
            _ => Err(ApiError::new(-1116, "Invalid orderType.")),
        }
    }

    const fn has_price(self) -> bool {
        matches!(self, Self::Limit | Self::LimitMaker | Self::StopLossLimit | Self::TakeProfitLimit)
    }

    const fn has_time_in_force(self) -> bool {
        matches!(self, Self::Limit | Self::StopLossLimit | Self::TakeProfitLimit)
    }

    const fn has_trigger(self) -> bool {
        matches!(self, Self::StopLoss | Self::StopLossLimit | Self::TakeProfit | Self::TakeProfitLimit)
    }
}

impl<'a> Leg<'a> {
    /// The order of a call that is for one.
    pub(in crate::binance) const fn alone(params: &'a Params) -> Self {
        Self { params, prefix: "" }
    }

    /// The order whose parameters begin with this.
    pub(in crate::binance) const fn of_list(params: &'a Params, prefix: &'static str) -> Self {
        Self { params, prefix }
    }

    /// Its type, as it came.
    pub(in crate::binance) fn type_word(&self) -> Result<&'a str, ApiError> {
        self.params.required(&self.name("type"))
    }

    /// Its side, where it has one of its own.
    pub(in crate::binance) fn side(&self) -> Result<Side, ApiError> {
        words::side(self.params.required(&self.name("side"))?)
    }

    /// Its quantity.
    pub(in crate::binance) fn quantity(&self) -> Result<Option<Decimal>, ApiError> {
        above_zero(self.params.decimal(&self.name("quantity"))?, "Invalid quantity.")
    }

    /// Its price, as far as it has one.
    pub(in crate::binance) fn price(&self) -> Result<Option<Price>, ApiError> {
        Ok(above_zero(self.params.decimal(&self.name("price"))?, "Invalid price.")?.and_then(Price::new))
    }

    /// The price that it waits for.
    pub(in crate::binance) fn stop_price(&self) -> Result<Option<Price>, ApiError> {
        Ok(above_zero(self.params.decimal(&self.name("stopPrice"))?, "Invalid stopPrice.")?.and_then(Price::new))
    }

    /// The order. `quantity` is what the list says for it, where it does not say so itself.
    ///
    /// # Errors
    /// The first parameter that is missing, is too many, or cannot be.
    pub(in crate::binance) fn read(
        &self,
        call: &Call<'_>,
        side: Side,
        quantity: Option<Decimal>,
        shared: Shared,
    ) -> Result<OrderRequest, ApiError> {
        let word = self.type_word()?;
        let order_type = Type::read(word)?;
        self.refuse_what_it_must_not_have(order_type)?;
        let mut echo = Echo::from([(words::TYPE, word.to_owned())]);
        self.read_strategy(&mut echo)?;
        let time_in_force = self.time_in_force(order_type)?;
        let size = self.size(order_type, quantity)?;
        let kind = self.kind(call, order_type, side, shared.market, &mut echo)?;
        let iceberg = self.iceberg(order_type, time_in_force, size)?;
        let client_id = self.client_id()?.map_or_else(|| call.door.fresh_name(), str::to_owned);
        let Shared { wallet, market, self_trade, loan } = shared;
        Ok(OrderRequest {
            wallet,
            market,
            client_id,
            side,
            kind,
            time_in_force,
            size,
            iceberg,
            leg: None,
            reduce_only: false,
            self_trade,
            loan,
            echo,
        })
    }

    fn refuse_what_it_must_not_have(&self, order_type: Type) -> Result<(), ApiError> {
        let is_market = order_type == Type::Market;
        for (word, may_have) in [
            ("price", order_type.has_price()),
            ("timeInForce", order_type.has_time_in_force()),
            ("stopPrice", order_type.has_trigger()),
            ("trailingDelta", order_type.has_trigger()),
            ("icebergQty", order_type.has_price()),
            ("quoteOrderQty", is_market && self.prefix.is_empty()),
        ] {
            let name = self.name(word);
            if !may_have && self.params.text(&name).is_some() {
                return Err(ApiError::not_required(&name));
            }
        }
        Ok(())
    }

    fn read_strategy(&self, echo: &mut Echo) -> Result<(), ApiError> {
        if let Some(id) = self.params.integer(&self.name("strategyId"))? {
            echo.insert("strategyId", id.to_string());
        }
        if let Some(strategy) = self.params.integer(&self.name("strategyType"))? {
            if strategy < FIRST_STRATEGY_TYPE {
                return Err(ApiError::new(-1134, "`strategyType` was less than 1000000."));
            }
            echo.insert("strategyType", strategy.to_string());
        }
        Ok(())
    }

    fn time_in_force(&self, order_type: Type) -> Result<TimeInForce, ApiError> {
        match order_type {
            Type::Limit | Type::StopLossLimit | Type::TakeProfitLimit => {
                words::time_in_force(self.params.required(&self.name("timeInForce"))?)
            }
            Type::LimitMaker => Ok(TimeInForce::PostOnly),
            Type::Market | Type::StopLoss | Type::TakeProfit => Ok(TimeInForce::GoodTillCancelled),
        }
    }

    fn size(&self, order_type: Type, quantity: Option<Decimal>) -> Result<Size, ApiError> {
        let name = self.name("quantity");
        let quantity = if quantity.is_some() { quantity } else { self.quantity()? };
        if order_type != Type::Market || !self.prefix.is_empty() {
            return quantity.map(Size::Quantity).ok_or_else(|| ApiError::mandatory(&name));
        }
        let value = above_zero(self.params.decimal("quoteOrderQty")?, "Invalid quoteOrderQty.")?;
        match (quantity, value) {
            (Some(quantity), None) => Ok(Size::Quantity(quantity)),
            (None, Some(value)) => Ok(Size::Quote(value)),
            (None, None) => Err(ApiError::either("quantity", "quoteOrderQty")),
            (Some(_), Some(_)) => Err(ApiError::bad_combination()),
        }
    }

    fn kind(
        &self,
        call: &Call<'_>,
        order_type: Type,
        side: Side,
        market: MarketId,
        echo: &mut Echo,
    ) -> Result<OrderKind, ApiError> {
        let is_maker = order_type == Type::LimitMaker;
        match order_type {
            Type::Market => return Ok(OrderKind::Market),
            Type::Limit | Type::LimitMaker => {
                let pegged = peg::price(call, self, side, market, is_maker, echo)?;
                let price = pegged.map_or_else(|| self.mandatory_price(), Ok)?;
                return Ok(OrderKind::Limit { price });
            }
            Type::StopLoss | Type::StopLossLimit | Type::TakeProfit | Type::TakeProfitLimit => {}
        }
        let stop = self.stop_price()?;
        if let Some(delta) = self.params.integer(&self.name("trailingDelta"))? {
            return Self::trailing(order_type, delta, stop, echo);
        }
        let trigger = stop.map(Trigger::at);
        let trigger = trigger.ok_or_else(|| ApiError::either(&self.name("stopPrice"), &self.name("trailingDelta")))?;
        match order_type {
            Type::StopLoss => Ok(OrderKind::StopMarket { trigger }),
            Type::TakeProfit => Ok(OrderKind::TakeProfitMarket { trigger }),
            Type::StopLossLimit => Ok(OrderKind::StopLimit { trigger, price: self.mandatory_price()? }),
            Type::Market | Type::Limit | Type::LimitMaker | Type::TakeProfitLimit => {
                Ok(OrderKind::TakeProfitLimit { trigger, price: self.mandatory_price()? })
            }
        }
    }

    /// A stop that follows the price. The engine follows it for stops that become market orders; the others are refused as on a
    /// symbol that does not have them.
    fn trailing(order_type: Type, delta: i64, activation: Option<Price>, echo: &mut Echo) -> Result<OrderKind, ApiError> {
        if order_type != Type::StopLoss {
            return Err(ApiError::new(-2010, "Trailing stop orders are not supported for this symbol."));
        }
        if !super::filters::TRAILING_DELTA.contains(&delta) {
            return Err(ApiError::new(-1013, "Filter failure: TRAILING_DELTA"));
        }
        echo.insert("trailingDelta", delta.to_string());
        if let Some(price) = activation {
            echo.insert("stopPrice", price.get().to_string());
        }
        // Basis points: a hundredth of a percent.
        let distance = Distance::Percent(Percent::new(Decimal::new(delta, 2)));
        Ok(OrderKind::TrailingStop { distance, activation, by: TriggerBy::Last })
    }

    fn mandatory_price(&self) -> Result<Price, ApiError> {
        self.price()?.ok_or_else(|| ApiError::mandatory(&self.name("price")))
    }

    fn iceberg(&self, order_type: Type, time_in_force: TimeInForce, size: Size) -> Result<Option<Decimal>, ApiError> {
        let name = self.name("icebergQty");
        let shown = self.params.decimal(&name)?.filter(|shown| *shown > Decimal::ZERO);
        let Some(shown) = shown else { return Ok(None) };
        if order_type != Type::LimitMaker && time_in_force != TimeInForce::GoodTillCancelled {
            return Err(ApiError::new(-1014, "Unsupported order combination."));
        }
        match size {
            Size::Quantity(quantity) if shown > quantity => Err(ApiError::new(-2010, "IcebergQty exceeds QTY.")),
            Size::Quantity(_) | Size::Quote(_) | Size::WholePosition => Ok(Some(shown)),
        }
    }

    fn client_id(&self) -> Result<Option<&'a str>, ApiError> {
        if self.prefix.is_empty() {
            self.params.client_id("newClientOrderId")
        } else {
            self.params.client_id(&self.name("clientOrderId"))
        }
    }

    /// A parameter of it, as it came.
    pub(in crate::binance) fn text(&self, word: &str) -> Option<&'a str> {
        self.params.text(&self.name(word))
    }

    /// A whole number of it.
    pub(in crate::binance) fn integer(&self, word: &str) -> Result<Option<i64>, ApiError> {
        self.params.integer(&self.name(word))
    }

    /// The name that a parameter has here: `price`, `abovePrice`.
    pub(in crate::binance) fn name(&self, word: &str) -> String {
        if self.prefix.is_empty() {
            return word.to_owned();
        }
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        format!("{}{}{rest}", self.prefix, first.to_uppercase())
    }
}

fn above_zero(number: Option<Decimal>, text: &str) -> Result<Option<Decimal>, ApiError> {
    match number {
        Some(number) if number <= Decimal::ZERO => Err(ApiError::new(-1013, text)),
        number => Ok(number),
    }
}
