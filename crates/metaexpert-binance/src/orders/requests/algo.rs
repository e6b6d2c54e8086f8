//! Conditional orders of futures: the algo service (USD-M, "New Algo Order", 2026-01; COIN-M has it since 2026-06-30).
//!
//! The margin of such an order is not looked at before it is triggered, and it cannot be changed.

use metaexpert_connect::Params;
use metaexpert_core::{Percent, Price, Quantity, SelfTrade, Side, UnixNanos};
use rust_decimal::Decimal;

use super::{Answer, FuturesPrice, FuturesProduct, FuturesTimeInForce, Leg, futures::self_trade};
use crate::orders::{ClientId, Refusal, words};

/// How many orders of the algo service an account can have at once, over all symbols (derivatives change log, 2025-12-29). No
/// filter says so any more; whoever places them counts them.
pub const MOST_ALGO_ORDERS: usize = 200;

/// An order of the algo service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlgoOrder {
    /// Of what, as Binance spells it.
    pub symbol: String,
    /// Which way.
    pub side: Side,
    /// Of which position.
    pub leg: Leg,
    /// How much.
    pub size: AlgoSize,
    /// What it waits for, and what it becomes.
    pub kind: AlgoKind,
    /// Of which price series the trigger is.
    pub working_price: WorkingPrice,
    /// Whether it waits on while last and mark price are too far apart. Not of limits and trailing stops.
    pub price_protect: bool,
    /// Its name.
    pub client_id: Option<ClientId>,
    /// What becomes of it where it would trade with an order of the same account.
    pub self_trade: Option<SelfTrade>,
}

/// How much of a position a conditional order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlgoSize {
    /// So much, in base currency (USD-M) or contracts (COIN-M).
    Quantity(Quantity),
    /// All of it, whatever it is then (`closePosition`). It only reduces, without being told.
    Position,
}

/// What a conditional order waits for, and what it becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlgoKind {
    /// Market, once the price has moved against it.
    StopMarket {
        /// Where.
        trigger: Price,
    },
    /// Limit, once the price has moved against it.
    Stop {
        /// Where.
        trigger: Price,
        /// The worst price.
        price: FuturesPrice,
        /// How long it stands then.
        time_in_force: FuturesTimeInForce,
    },
    /// Market, once the price has moved for it.
    TakeProfitMarket {
        /// Where.
        trigger: Price,
    },
    /// Limit, once the price has moved for it.
    TakeProfit {
        /// Where.
        trigger: Price,
        /// The worst price.
        price: FuturesPrice,
        /// How long it stands then.
        time_in_force: FuturesTimeInForce,
    },
    /// Market, once the price has come back from its best.
    TrailingStop {
        /// By how much of the best price, 0.1 to 10 percent.
        callback: Percent,
        /// The price at which it begins to follow; the next one where it is `None`.
        activation: Option<Price>,
    },
}

/// Which price a trigger watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkingPrice {
    /// The last trade.
    Last,
    /// The mark price.
    Mark,
}

impl WorkingPrice {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Last => "CONTRACT_PRICE",
            Self::Mark => "MARK_PRICE",
        }
    }
}

/// Of a trailing stop, in percent (USD-M, "New Algo Order", `callbackRate`).
const CALLBACK: [Decimal; 2] = [Decimal::from_parts(1, 0, 0, false, 1), Decimal::TEN];

impl AlgoKind {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::StopMarket { .. } => "STOP_MARKET",
            Self::Stop { .. } => "STOP",
            Self::TakeProfitMarket { .. } => "TAKE_PROFIT_MARKET",
            Self::TakeProfit { .. } => "TAKE_PROFIT",
            Self::TrailingStop { .. } => "TRAILING_STOP_MARKET",
        }
    }

    const fn is_market_at_a_price(&self) -> bool {
        matches!(self, Self::StopMarket { .. } | Self::TakeProfitMarket { .. })
    }

    fn put(self, product: FuturesProduct, now: UnixNanos, params: Params) -> Result<Params, Refusal> {
        let params = params.with("type", self.as_str());
        match self {
            Self::StopMarket { trigger } | Self::TakeProfitMarket { trigger } => Ok(params.with("triggerPrice", trigger)),
            Self::Stop { trigger, price, time_in_force } | Self::TakeProfit { trigger, price, time_in_force } => {
                time_in_force.put(product, now, price.put(params.with("triggerPrice", trigger)))
            }
            Self::TrailingStop { callback, activation } => {
                let [least, most] = CALLBACK;
                if callback.get() < least || callback.get() > most {
                    let rule = "a trailing stop stands 0.1 to 10 percent behind the price (USD-M, \"New Algo Order\")";
                    return Err(Refusal::new("callbackRate", callback, rule));
                }
                Ok(params.with("callbackRate", callback).with_some("activatePrice", activation))
            }
        }
    }
}

impl AlgoOrder {
    /// Its parameters. `now` is for orders that expire.
    ///
    /// # Errors
    /// When a rule of the algo service is broken.
    pub fn params(&self, product: FuturesProduct, now: UnixNanos) -> Result<Params, Refusal> {
        self.check_size()?;
        if self.price_protect && !self.kind.is_market_at_a_price() {
            let rule = "price protection is for STOP_MARKET and TAKE_PROFIT_MARKET (USD-M, \"New Algo Order\")";
            return Err(Refusal::new("priceProtect", self.kind.as_str(), rule));
        }
        let params = Params::new().with("algoType", "CONDITIONAL").with("symbol", &self.symbol);
        let params = self.leg.put(params.with("side", words::side(self.side)));
        let params = self.kind.put(product, now, params)?;
        let params = match self.size {
            AlgoSize::Quantity(quantity) => params.with("quantity", quantity),
            AlgoSize::Position => params.with("closePosition", "true"),
        };
        Ok(params
            .with_some("workingType", (self.working_price != WorkingPrice::Last).then_some(self.working_price.as_str()))
            .with_some("priceProtect", self.price_protect.then_some("TRUE"))
            .with_some("clientAlgoId", self.client_id.as_ref())
            .with_some("selfTradePreventionMode", self.self_trade.map(self_trade))
            .with("newOrderRespType", Answer::Result.of_futures()))
    }

    /// Closing all of a position is for market orders at a price, is not told to reduce, and does not open the leg it is of.
    fn check_size(&self) -> Result<(), Refusal> {
        let refuse = |value: &str, rule| Err(Refusal::new("closePosition", value, rule));
        if matches!(self.size, AlgoSize::Quantity(_)) {
            return Ok(());
        }
        match self.leg {
            _ if !self.kind.is_market_at_a_price() => {
                refuse(self.kind.as_str(), "only STOP_MARKET and TAKE_PROFIT_MARKET close a position (USD-M, \"New Algo Order\")")
            }
            Leg::Net { reduce_only: true } => {
                refuse("reduceOnly", "what closes a position reduces it anyway; both cannot be sent (USD-M, \"New Algo Order\")")
            }
            Leg::Of(leg) if self.side == leg.opening_side() => {
                refuse(words::leg(leg), "a buy does not close a long leg, nor a sell a short one (USD-M, \"New Algo Order\")")
            }
            Leg::Net { reduce_only: false } | Leg::Of(_) => Ok(()),
        }
    }

    /// Whether it only makes the position smaller.
    pub fn is_reducing(&self) -> bool {
        self.size == AlgoSize::Position || self.leg.is_reducing(self.side)
    }
}
