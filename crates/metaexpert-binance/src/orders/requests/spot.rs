//! Spot orders (Spot API, "New order", 2026-07).

use metaexpert_connect::Params;
use metaexpert_core::{Price, Quantity, Side};
use rust_decimal::Decimal;

use super::Answer;
use crate::orders::{ClientId, Refusal, words};

/// An order on spot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpotOrder {
    /// Of what, as Binance spells it.
    pub symbol: String,
    /// Which way.
    pub side: Side,
    /// How much.
    pub amount: Amount,
    /// At which price, and what it waits for.
    pub kind: SpotKind,
    /// Its name.
    pub client_id: Option<ClientId>,
    /// What becomes of it where it would trade with an order of the same account; the symbol's own default where it is `None`.
    pub self_trade: Option<SpotSelfTrade>,
    /// How much is answered.
    pub answer: Answer,
}

/// How much of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// In base currency.
    Base(Quantity),
    /// In quote currency; market orders alone.
    Quote(Decimal),
}

/// At which price a spot order trades, and what it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpotKind {
    /// Takes at once whatever the price.
    Market,
    /// Trades at its price or better.
    Limit {
        /// The worst price.
        price: SpotPrice,
        /// How long it stands.
        time_in_force: SpotTimeInForce,
        /// How much of it is shown; all where it is `None`.
        iceberg: Option<Quantity>,
    },
    /// A limit that is refused where it would take.
    LimitMaker {
        /// The worst price.
        price: SpotPrice,
        /// How much of it is shown.
        iceberg: Option<Quantity>,
    },
    /// Market, once the price has moved against it.
    StopLoss {
        /// What brings it to life.
        trigger: SpotTrigger,
    },
    /// Limit, once the price has moved against it.
    StopLossLimit {
        /// What brings it to life.
        trigger: SpotTrigger,
        /// The worst price.
        price: SpotPrice,
        /// How long it stands then.
        time_in_force: SpotTimeInForce,
        /// How much of it is shown.
        iceberg: Option<Quantity>,
    },
    /// Market, once the price has moved for it.
    TakeProfit {
        /// What brings it to life.
        trigger: SpotTrigger,
    },
    /// Limit, once the price has moved for it.
    TakeProfitLimit {
        /// What brings it to life.
        trigger: SpotTrigger,
        /// The worst price.
        price: SpotPrice,
        /// How long it stands then.
        time_in_force: SpotTimeInForce,
        /// How much of it is shown.
        iceberg: Option<Quantity>,
    },
}

/// A limit price: a number, or a place in the book that moves with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpotPrice {
    /// This one.
    At(Price),
    /// A place in the book (Spot API, "Pegged orders").
    Pegged {
        /// Which side of the book.
        peg: Peg,
        /// How many levels behind the best price, up to 100; the best one where it is `None`.
        level: Option<u8>,
    },
}

/// The side of the book that a price follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peg {
    /// The order's own.
    Primary,
    /// The other one.
    Market,
}

/// What brings a spot order to life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpotTrigger {
    /// The last price reaches this one.
    At(Price),
    /// The last price comes back from its best.
    Trailing {
        /// By how much, in hundredths of a percent.
        delta_bips: u32,
        /// The price at which it begins to follow; the next trade where it is `None`.
        activation: Option<Price>,
    },
}

/// How long a spot order stands. There is no time at which it expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpotTimeInForce {
    /// Until it is filled or cancelled.
    GoodTillCancelled,
    /// What does not trade at once is cancelled.
    ImmediateOrCancel,
    /// All at once or nothing.
    FillOrKill,
}

impl SpotTimeInForce {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::GoodTillCancelled => "GTC",
            Self::ImmediateOrCancel => "IOC",
            Self::FillOrKill => "FOK",
        }
    }
}

/// What becomes of an order that would trade with another of the same account (Spot API, "Enums", "STP modes").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpotSelfTrade {
    /// They trade.
    None,
    /// The incoming one expires.
    ExpireTaker,
    /// The resting one expires.
    ExpireMaker,
    /// Both expire.
    ExpireBoth,
    /// Both lose the quantity of the smaller one.
    Decrement,
    /// As [`Decrement`](Self::Decrement), and between accounts of one owner the balance is moved.
    Transfer,
}

impl SpotSelfTrade {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::ExpireTaker => "EXPIRE_TAKER",
            Self::ExpireMaker => "EXPIRE_MAKER",
            Self::ExpireBoth => "EXPIRE_BOTH",
            Self::Decrement => "DECREMENT",
            Self::Transfer => "TRANSFER",
        }
    }
}

impl SpotOrder {
    /// Its parameters.
    ///
    /// # Errors
    /// When the kind does not take the amount, or does not show only a part.
    pub fn params(&self) -> Result<Params, Refusal> {
        let params = Params::new().with("symbol", &self.symbol).with("side", words::side(self.side));
        let params = self.kind.put(&ORDER, params)?;
        let params = match (self.amount, self.kind) {
            (Amount::Base(quantity), _) => params.with(ORDER.quantity, quantity),
            (Amount::Quote(amount), SpotKind::Market) if amount > Decimal::ZERO => {
                params.with("quoteOrderQty", amount.normalize())
            }
            (Amount::Quote(amount), SpotKind::Market) => {
                return Err(Refusal::new("quoteOrderQty", amount, "an amount is above zero"));
            }
            (Amount::Quote(amount), _) => {
                let rule = "an amount of quote currency is for market orders alone (Spot API, \"New order\")";
                return Err(Refusal::new("quoteOrderQty", amount, rule));
            }
        };
        Ok(params
            .with_some("newClientOrderId", self.client_id.as_ref())
            .with_some("selfTradePreventionMode", self.self_trade.map(SpotSelfTrade::as_str))
            .with("newOrderRespType", self.answer.of_spot()))
    }
}

/// What the parameters of an order are called, alone or as a leg of a list.
pub(super) struct Names {
    pub kind: &'static str,
    pub side: &'static str,
    pub quantity: &'static str,
    pub client_id: &'static str,
    pub price: &'static str,
    pub stop: &'static str,
    pub trailing: &'static str,
    pub iceberg: &'static str,
    pub time_in_force: &'static str,
    pub peg: &'static str,
    pub peg_offset: &'static str,
    pub peg_offset_type: &'static str,
}

/// Of an order that stands alone.
pub(super) const ORDER: Names = Names {
    kind: "type",
    side: "side",
    quantity: "quantity",
    client_id: "newClientOrderId",
    price: "price",
    stop: "stopPrice",
    trailing: "trailingDelta",
    iceberg: "icebergQty",
    time_in_force: "timeInForce",
    peg: "pegPriceType",
    peg_offset: "pegOffsetValue",
    peg_offset_type: "pegOffsetType",
};

impl SpotKind {
    /// Binance's word for it.
    pub(in crate::orders) const fn as_str(&self) -> &'static str {
        match self {
            Self::Market => "MARKET",
            Self::Limit { .. } => "LIMIT",
            Self::LimitMaker { .. } => "LIMIT_MAKER",
            Self::StopLoss { .. } => "STOP_LOSS",
            Self::StopLossLimit { .. } => "STOP_LOSS_LIMIT",
            Self::TakeProfit { .. } => "TAKE_PROFIT",
            Self::TakeProfitLimit { .. } => "TAKE_PROFIT_LIMIT",
        }
    }

    /// Adds its parameters by the names of a leg.
    pub(super) fn put(&self, names: &Names, params: Params) -> Result<Params, Refusal> {
        let params = params.with(names.kind, self.as_str());
        match *self {
            Self::Market => Ok(params),
            Self::Limit { price, time_in_force, iceberg } => put_limit(names, params, price, Some(time_in_force), iceberg),
            Self::LimitMaker { price, iceberg } => put_limit(names, params, price, None, iceberg),
            Self::StopLoss { trigger } | Self::TakeProfit { trigger } => put_trigger(names, params, trigger),
            Self::StopLossLimit { trigger, price, time_in_force, iceberg }
            | Self::TakeProfitLimit { trigger, price, time_in_force, iceberg } => {
                let params = put_trigger(names, params, trigger)?;
                put_limit(names, params, price, Some(time_in_force), iceberg)
            }
        }
    }
}

fn put_limit(
    names: &Names,
    params: Params,
    price: SpotPrice,
    time_in_force: Option<SpotTimeInForce>,
    iceberg: Option<Quantity>,
) -> Result<Params, Refusal> {
    if let (Some(shown), Some(SpotTimeInForce::ImmediateOrCancel | SpotTimeInForce::FillOrKill)) = (iceberg, time_in_force) {
        let rule = "an order that shows only a part of itself stands until it is cancelled (Spot API, \"New order\")";
        return Err(Refusal::new(names.iceberg, shown, rule));
    }
    let params = match price {
        SpotPrice::At(price) => params.with(names.price, price),
        SpotPrice::Pegged { level: Some(level), .. } if !(1..=100).contains(&level) => {
            return Err(Refusal::new(names.peg_offset, level, "1 to 100 levels (Spot API, \"New order\")"));
        }
        SpotPrice::Pegged { peg, level } => {
            let word = match peg {
                Peg::Primary => "PRIMARY_PEG",
                Peg::Market => "MARKET_PEG",
            };
            let params = params.with(names.peg, word);
            params.with_some(names.peg_offset, level).with_some(names.peg_offset_type, level.map(|_| "PRICE_LEVEL"))
        }
    };
    let params = params.with_some(names.time_in_force, time_in_force.map(SpotTimeInForce::as_str));
    Ok(params.with_some(names.iceberg, iceberg))
}

fn put_trigger(names: &Names, params: Params, trigger: SpotTrigger) -> Result<Params, Refusal> {
    match trigger {
        SpotTrigger::At(price) => Ok(params.with(names.stop, price)),
        SpotTrigger::Trailing { delta_bips: 0, .. } => {
            Err(Refusal::new(names.trailing, 0, "a trailing stop stands behind the price"))
        }
        SpotTrigger::Trailing { delta_bips, activation } => {
            Ok(params.with(names.trailing, delta_bips).with_some(names.stop, activation))
        }
    }
}
