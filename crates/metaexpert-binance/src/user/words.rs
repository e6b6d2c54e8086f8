//! Binance's words in account events, and the small readers that its wire types share.
//!
//! The one decision: what is not in a list is kept as it was written. `TAKE_PROFIT` is read by product: a market order on spot, a
//! limit order on futures.

use std::{borrow::Cow, fmt};

use metaexpert_connect::{
    Word,
    report::{LegReport, OrderState, OrderType, Origin, TimeInForceReport},
};
use metaexpert_core::{Liquidity, PositionSide, Side, TriggerBy};
use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

use crate::Product;

/// A text that borrows from the frame where it holds no escapes, also inside an `Option`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'a> Text<'a> {
    /// The text itself.
    pub(super) fn into_inner(self) -> Cow<'a, str> {
        self.0
    }
}

/// The side that a word names.
pub(super) fn read_side(word: &str) -> Option<Side> {
    match word {
        "BUY" => Some(Side::Buy),
        "SELL" => Some(Side::Sell),
        _ => None,
    }
}

/// The leg that a word names; `None` for `BOTH`, the one position of a one-way account.
pub(super) fn read_leg(word: &str) -> Option<PositionSide> {
    match word {
        "LONG" => Some(PositionSide::Long),
        "SHORT" => Some(PositionSide::Short),
        _ => None,
    }
}

/// The leg that a word names, where it has to be known: a position of an unknown leg is not booked.
pub(super) fn leg_of(word: &str) -> Option<LegReport> {
    match word {
        "" | "BOTH" => Some(LegReport::Net),
        word => read_leg(word).map(LegReport::Leg),
    }
}

/// What an order is (Spot API, "Enums", "Order types"; derivatives, "Common Definition", "Order types").
pub(super) fn read_type(product: Product, word: &str) -> Word<OrderType> {
    let is_spot = matches!(product, Product::Spot | Product::Margin);
    Word::read(word, |word| match word {
        "MARKET" => Some(OrderType::Market),
        "LIMIT" => Some(OrderType::Limit),
        "LIMIT_MAKER" => Some(OrderType::LimitMaker),
        "STOP_LOSS" | "STOP_MARKET" => Some(OrderType::StopMarket),
        "STOP_LOSS_LIMIT" | "STOP" => Some(OrderType::StopLimit),
        "TAKE_PROFIT" if is_spot => Some(OrderType::TakeProfitMarket),
        "TAKE_PROFIT" | "TAKE_PROFIT_LIMIT" => Some(OrderType::TakeProfitLimit),
        "TAKE_PROFIT_MARKET" => Some(OrderType::TakeProfitMarket),
        "TRAILING_STOP_MARKET" => Some(OrderType::TrailingStop),
        "LIQUIDATION" => Some(OrderType::Liquidation),
        _ => None,
    })
}

/// How long an order stands.
pub(super) fn read_time_in_force(word: &str) -> Word<TimeInForceReport> {
    Word::read(word, |word| match word {
        "GTC" => Some(TimeInForceReport::GoodTillCancelled),
        "IOC" => Some(TimeInForceReport::ImmediateOrCancel),
        "FOK" => Some(TimeInForceReport::FillOrKill),
        "GTD" => Some(TimeInForceReport::GoodTillDate),
        "GTX" => Some(TimeInForceReport::PostOnly),
        "RPI" => Some(TimeInForceReport::RetailPriceImprovement),
        _ => None,
    })
}

/// Where an order stands. The first form of options events wrote `ACCEPTED` and `CANCELLED`.
pub(super) fn read_state(word: &str) -> Word<OrderState> {
    Word::read(word, |word| match word {
        "PENDING_NEW" => Some(OrderState::Pending),
        "NEW" | "ACCEPTED" => Some(OrderState::New),
        "PARTIALLY_FILLED" => Some(OrderState::PartiallyFilled),
        "FILLED" => Some(OrderState::Filled),
        "PENDING_CANCEL" => Some(OrderState::PendingCancel),
        "CANCELED" | "CANCELLED" => Some(OrderState::Cancelled),
        "REJECTED" => Some(OrderState::Rejected),
        "EXPIRED" => Some(OrderState::Expired),
        "EXPIRED_IN_MATCH" => Some(OrderState::ExpiredInMatch),
        _ => None,
    })
}

/// Which price a trigger watches.
pub(super) fn read_trigger_by(word: &str) -> Word<TriggerBy> {
    Word::read(word, |word| match word {
        "CONTRACT_PRICE" => Some(TriggerBy::Last),
        "MARK_PRICE" => Some(TriggerBy::Mark),
        _ => None,
    })
}

/// Who placed an order, by the names that the exchange gives its own (USD-M and COIN-M, "Event: Order Update").
pub(super) fn origin_of(client_id: &str) -> Origin {
    const SETTLEMENTS: [&str; 3] = ["settlement_autoclose-", "delivery_autoclose-", "delivery-"];
    if client_id.starts_with("autoclose-") {
        Origin::Liquidation
    } else if client_id.starts_with("adl_autoclose") {
        Origin::AutoDeleveraging
    } else if SETTLEMENTS.iter().any(|prefix| client_id.starts_with(prefix)) {
        Origin::Settlement
    } else {
        Origin::Own
    }
}

/// Whether an execution rested or took.
pub(super) const fn liquidity(is_maker: bool) -> Liquidity {
    if is_maker { Liquidity::Maker } else { Liquidity::Taker }
}

/// A name, unless it is empty.
pub(super) fn named(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A price or amount, unless it is zero: Binance writes `0` where there is none.
pub(super) fn nonzero(amount: Option<Decimal>) -> Option<Decimal> {
    amount.filter(|amount| !amount.is_zero())
}

/// The exchange's number of a thing, from a number or a string; `None` for `""`, `null` and negative ones, which Binance writes
/// where there is none.
pub(super) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct Id;
    impl Visitor<'_> for Id {
        type Value = Option<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number")
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
            Ok(Some(number.to_string()))
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
            Ok((number >= 0).then(|| number.to_string()))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
            Ok(named(text))
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }
    deserializer.deserialize_any(Id)
}
