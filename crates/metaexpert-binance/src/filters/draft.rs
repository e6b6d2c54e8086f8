//! An order before it is sent, and what is known around it.

use metaexpert_connect::report::OrderType;
use metaexpert_core::Side;
use rust_decimal::Decimal;

/// What filters look at in an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDraft {
    /// Which way.
    pub side: Side,
    /// What it is.
    pub order_type: OrderType,
    /// Its limit.
    pub price: Option<Decimal>,
    /// What it waits for.
    pub stop_price: Option<Decimal>,
    /// How much, in base currency or contracts; `None` where it closes a position or is measured in quote currency.
    pub quantity: Option<Decimal>,
    /// How much, in quote currency (spot market orders).
    pub quote_quantity: Option<Decimal>,
    /// How much of it is shown at once.
    pub iceberg_quantity: Option<Decimal>,
    /// Distance of a trailing stop of spot, in hundredths of a percent.
    pub trailing_delta: Option<u32>,
    /// Whether it may only reduce a position: rules of the smallest value do not count then.
    pub reduce_only: bool,
    /// Whether it is the first of a list of linked orders.
    pub opens_list: bool,
    /// Of an amendment: how often the order was amended before.
    pub amended: Option<u32>,
}

impl OrderDraft {
    /// A market order.
    pub const fn market(side: Side, quantity: Decimal) -> Self {
        Self {
            side,
            order_type: OrderType::Market,
            price: None,
            stop_price: None,
            quantity: Some(quantity),
            quote_quantity: None,
            iceberg_quantity: None,
            trailing_delta: None,
            reduce_only: false,
            opens_list: false,
            amended: None,
        }
    }

    /// A limit order.
    pub const fn limit(side: Side, quantity: Decimal, price: Decimal) -> Self {
        Self { order_type: OrderType::Limit, price: Some(price), ..Self::market(side, quantity) }
    }

    /// Whether it is a market order, and not one that becomes one.
    pub(super) const fn is_market(&self) -> bool {
        matches!(self.order_type, OrderType::Market | OrderType::Liquidation)
    }

    /// Whether it takes whatever the price, sooner or later.
    pub(super) const fn takes_any_price(&self) -> bool {
        match self.order_type {
            OrderType::Market
            | OrderType::Liquidation
            | OrderType::StopMarket
            | OrderType::TakeProfitMarket
            | OrderType::TrailingStop => true,
            OrderType::Limit | OrderType::LimitMaker | OrderType::StopLimit | OrderType::TakeProfitLimit => false,
        }
    }

    pub(super) const fn is_conditional(&self) -> bool {
        match self.order_type {
            OrderType::StopMarket
            | OrderType::StopLimit
            | OrderType::TakeProfitMarket
            | OrderType::TakeProfitLimit
            | OrderType::TrailingStop => true,
            OrderType::Market | OrderType::Limit | OrderType::LimitMaker | OrderType::Liquidation => false,
        }
    }

    pub(super) const fn is_take_profit(&self) -> bool {
        matches!(self.order_type, OrderType::TakeProfitMarket | OrderType::TakeProfitLimit)
    }

    pub(super) fn is_iceberg(&self) -> bool {
        self.iceberg_quantity.is_some_and(|quantity| !quantity.is_zero())
    }
}

/// What is known of the market and of the account's own orders; nothing by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MarketView {
    /// Spot: the reference price, where one is set. It goes before average and last price (Spot API, "Filters", 2026-05-08).
    pub reference: Option<Decimal>,
    /// Spot: the average price of the last minutes.
    pub average: Option<Decimal>,
    /// The last price.
    pub last: Option<Decimal>,
    /// Futures: the mark price.
    pub mark: Option<Decimal>,
    /// How many orders are open.
    pub open: Option<OpenCounts>,
    /// Spot: base currency that is owned, free and locked, and that open buys would add.
    pub position: Option<Decimal>,
}

/// How many orders of a symbol are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenCounts {
    /// All of them, conditional ones too.
    pub orders: u32,
    /// Conditional ones.
    pub conditional: u32,
    /// Icebergs.
    pub iceberg: u32,
    /// Lists of linked orders.
    pub lists: u32,
}
