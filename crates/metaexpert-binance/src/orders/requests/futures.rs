//! Orders of USD-M and COIN-M futures (USD-M and COIN-M, "New Order", 2026-01). Conditional ones are orders of the algo service.

use metaexpert_connect::Params;
use metaexpert_core::{PositionSide, Price, Quantity, SelfTrade, Side, UnixNanos};

use super::Answer;
use crate::{
    Product,
    orders::{
        ClientId, Refusal, Target,
        endpoints::futures::{COINM_ROWS, Rows, USDM_ROWS},
        words,
    },
};

/// Which of the two futures products. They take the same orders by calls of the same names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FuturesProduct {
    /// Futures that pay in the quote currency.
    UsdM,
    /// Futures that pay in the coin.
    CoinM,
}

impl FuturesProduct {
    /// As one of all products.
    pub const fn product(self) -> Product {
        match self {
            Self::UsdM => Product::UsdM,
            Self::CoinM => Product::CoinM,
        }
    }

    /// Its calls.
    pub(in crate::orders) const fn rows(self) -> &'static Rows {
        match self {
            Self::UsdM => &USDM_ROWS,
            Self::CoinM => &COINM_ROWS,
        }
    }
}

/// An order on futures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FuturesOrder {
    /// Of what, as Binance spells it.
    pub symbol: String,
    /// Which way.
    pub side: Side,
    /// Of which position.
    pub leg: Leg,
    /// How much, in base currency (USD-M) or contracts (COIN-M).
    pub quantity: Quantity,
    /// At which price.
    pub kind: FuturesKind,
    /// Its name.
    pub client_id: Option<ClientId>,
    /// What becomes of it where it would trade with an order of the same account; `EXPIRE_MAKER` where it is `None`.
    pub self_trade: Option<SelfTrade>,
    /// How much is answered.
    pub answer: Answer,
}

/// Of which position an order is. `reduceOnly` cannot be sent in hedge mode, and so a leg has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leg {
    /// The one position of a one-way account.
    Net {
        /// Whether it may only reduce it.
        reduce_only: bool,
    },
    /// A leg of a hedge account.
    Of(PositionSide),
}

/// At which price a futures order trades.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FuturesKind {
    /// Takes at once whatever the price.
    Market,
    /// Trades at its price or better.
    Limit {
        /// The worst price.
        price: FuturesPrice,
        /// How long it stands.
        time_in_force: FuturesTimeInForce,
    },
}

/// A limit price: a number, or one that the exchange takes from the book when the order arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FuturesPrice {
    /// This one.
    At(Price),
    /// A level of the book.
    Match(PriceMatch),
}

/// A level of the book. `OPPONENT_10` and `OPPONENT_20` are gone (derivatives change log, 2025-10-23).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceMatch {
    /// The best price of the other side.
    Opponent,
    /// The fifth of the other side.
    Opponent5,
    /// The best price of its own side.
    Queue,
    /// The fifth of its own side.
    Queue5,
    /// The tenth of its own side.
    Queue10,
    /// The twentieth of its own side.
    Queue20,
}

impl PriceMatch {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Opponent => "OPPONENT",
            Self::Opponent5 => "OPPONENT_5",
            Self::Queue => "QUEUE",
            Self::Queue5 => "QUEUE_5",
            Self::Queue10 => "QUEUE_10",
            Self::Queue20 => "QUEUE_20",
        }
    }
}

/// How long a futures order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FuturesTimeInForce {
    /// Until it is filled or cancelled.
    GoodTillCancelled,
    /// What does not trade at once is cancelled.
    ImmediateOrCancel,
    /// All at once or nothing.
    FillOrKill,
    /// Rests, or is refused.
    PostOnly,
    /// Until a time, to the second.
    GoodTillDate(UnixNanos),
    /// Rests, and only for orders that are not of programs. USD-M only.
    RetailPriceImprovement,
}

impl FuturesTimeInForce {
    const fn as_str(self) -> &'static str {
        match self {
            Self::GoodTillCancelled => "GTC",
            Self::ImmediateOrCancel => "IOC",
            Self::FillOrKill => "FOK",
            Self::PostOnly => "GTX",
            Self::GoodTillDate(_) => "GTD",
            Self::RetailPriceImprovement => "RPI",
        }
    }

    /// Adds it, and its end where it has one.
    pub(super) fn put(self, product: FuturesProduct, now: UnixNanos, params: Params) -> Result<Params, Refusal> {
        let params = params.with("timeInForce", self.as_str());
        match self {
            Self::GoodTillDate(_) | Self::RetailPriceImprovement if product == FuturesProduct::CoinM => {
                let rule = "COIN-M has no such time in force (COIN-M, \"New Order\", names no `goodTillDate` and no `RPI`)";
                Err(Refusal::new("timeInForce", self.as_str(), rule))
            }
            Self::GoodTillDate(end) => Ok(params.with("goodTillDate", good_till(end, now)?)),
            Self::GoodTillCancelled
            | Self::ImmediateOrCancel
            | Self::FillOrKill
            | Self::PostOnly
            | Self::RetailPriceImprovement => Ok(params),
        }
    }
}

/// Later than now by this much (USD-M, "New Order", `goodTillDate`).
const SHORTEST: i64 = 600;

/// Milliseconds of a whole second: Binance takes no notice of what is behind it, and would expire the order earlier than asked.
fn good_till(end: UnixNanos, now: UnixNanos) -> Result<i64, Refusal> {
    let seconds = |time: UnixNanos| time.as_nanos().div_euclid(1_000_000_000);
    if seconds(end) <= seconds(now).saturating_add(SHORTEST) {
        let rule = "an order stands for more than 600 seconds, or is none that expires (USD-M, \"New Order\")";
        return Err(Refusal::new("goodTillDate", end, rule));
    }
    Ok(seconds(end).saturating_mul(1_000))
}

impl Leg {
    /// Adds it. A one-way account's position is what Binance takes where nothing is said.
    pub(super) fn put(self, params: Params) -> Params {
        match self {
            Self::Net { reduce_only: false } => params,
            Self::Net { reduce_only: true } => params.with("reduceOnly", "true"),
            Self::Of(side) => params.with("positionSide", words::leg(side)),
        }
    }

    /// Whether an order of this side only makes the position smaller.
    pub fn is_reducing(self, side: Side) -> bool {
        match self {
            Self::Net { reduce_only } => reduce_only,
            Self::Of(leg) => side == leg.closing_side(),
        }
    }
}

impl FuturesPrice {
    /// Adds it.
    pub(super) fn put(self, params: Params) -> Params {
        match self {
            Self::At(price) => params.with("price", price),
            Self::Match(level) => params.with("priceMatch", level.as_str()),
        }
    }
}

/// Binance's word for it.
pub(super) const fn self_trade(mode: SelfTrade) -> &'static str {
    match mode {
        SelfTrade::Allow => "NONE",
        SelfTrade::ExpireTaker => "EXPIRE_TAKER",
        SelfTrade::ExpireMaker => "EXPIRE_MAKER",
        SelfTrade::ExpireBoth => "EXPIRE_BOTH",
    }
}

impl FuturesOrder {
    /// Its parameters. `now` is for orders that expire.
    ///
    /// # Errors
    /// When it expires too soon, or the product does not have its time in force.
    pub fn params(&self, product: FuturesProduct, now: UnixNanos) -> Result<Params, Refusal> {
        let params = Params::new().with("symbol", &self.symbol).with("side", words::side(self.side));
        let params = self.leg.put(params);
        let params = match self.kind {
            FuturesKind::Market => params.with("type", "MARKET").with("quantity", self.quantity),
            FuturesKind::Limit { price, time_in_force } => {
                let params = price.put(params.with("type", "LIMIT").with("quantity", self.quantity));
                time_in_force.put(product, now, params)?
            }
        };
        Ok(params
            .with_some("newClientOrderId", self.client_id.as_ref())
            .with_some("selfTradePreventionMode", self.self_trade.map(self_trade))
            .with("newOrderRespType", self.answer.of_futures()))
    }
}

/// A change of a limit order that stands. It goes to the end of the queue. Both numbers are wanted: USD-M always did, COIN-M
/// does since the integration of both (2026-06-30).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FuturesAmendment {
    /// Of what, as Binance spells it.
    pub symbol: String,
    /// Which order.
    pub target: Target,
    /// Which way it goes.
    pub side: Side,
    /// The new whole quantity, what was executed included.
    pub quantity: Quantity,
    /// The new worst price.
    pub price: FuturesPrice,
}

impl FuturesAmendment {
    /// Its parameters.
    pub fn params(&self) -> Params {
        let params = Params::new().with("symbol", &self.symbol).with("side", words::side(self.side));
        let params = self.target.put(params, "orderId", "origClientOrderId");
        self.price.put(params.with("quantity", self.quantity))
    }
}
