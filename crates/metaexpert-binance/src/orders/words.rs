//! Binance's words for what an order is and where it stands, both ways.
//!
//! The one decision: a word is read by product, for the same word is not the same order everywhere: `TAKE_PROFIT` is a market
//! order on spot and a limit order on futures. What is not in a list is kept as it was written.

use metaexpert_connect::{
    Word,
    report::{OrderState, OrderType, Origin, TimeInForceReport},
};
use metaexpert_core::{PositionSide, Side, TriggerBy};

use crate::Product;

/// `BUY` or `SELL`.
pub(super) const fn side(side: Side) -> &'static str {
    match side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    }
}

/// The side that a word names; `None` where it names none.
pub(super) fn read_side(word: &str) -> Option<Side> {
    match word {
        "BUY" => Some(Side::Buy),
        "SELL" => Some(Side::Sell),
        _ => None,
    }
}

/// `LONG` or `SHORT`.
pub(super) const fn leg(leg: PositionSide) -> &'static str {
    match leg {
        PositionSide::Long => "LONG",
        PositionSide::Short => "SHORT",
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

/// Where an order stands. Options write `ACCEPTED` and `CANCELLED` where the other products write `NEW` and `CANCELED`.
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

/// Where an order of the algo service stands (USD-M, "Event: Algo Order Update", `algoStatus`).
///
/// `TRIGGERED` means that the order itself is with the matching engine. `FINISHED` means that it is filled or cancelled there:
/// the word does not say which, and is left as it is.
pub(super) fn read_algo_state(word: &str) -> Word<OrderState> {
    Word::read(word, |word| match word {
        "NEW" => Some(OrderState::New),
        "TRIGGERING" | "TRIGGERED" => Some(OrderState::Triggered),
        "CANCELED" => Some(OrderState::Cancelled),
        "REJECTED" => Some(OrderState::Rejected),
        "EXPIRED" => Some(OrderState::Expired),
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

/// Who placed an order, by the names that the exchange gives its own (USD-M, "Event: Order Update").
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_take_profit_is_a_market_order_on_spot_and_a_limit_order_on_futures() {
        assert_eq!(read_type(Product::Spot, "TAKE_PROFIT"), Word::Known(OrderType::TakeProfitMarket));
        assert_eq!(read_type(Product::UsdM, "TAKE_PROFIT"), Word::Known(OrderType::TakeProfitLimit));
    }

    #[test]
    fn a_word_that_nobody_knows_is_kept() {
        assert_eq!(read_state("FROZEN").strange(), Some("FROZEN"));
        assert_eq!(read_algo_state("FINISHED").strange(), Some("FINISHED"));
        assert_eq!(read_time_in_force("GTE_GTC").strange(), Some("GTE_GTC"));
        assert_eq!(read_type(Product::UsdM, "ICEBERG").strange(), Some("ICEBERG"));
        assert_eq!(read_trigger_by("INDEX").strange(), Some("INDEX"));
    }

    #[test]
    fn sides_and_legs_are_read_as_they_are_written() {
        for way in [Side::Buy, Side::Sell] {
            assert_eq!(read_side(side(way)), Some(way));
        }
        for way in PositionSide::BOTH {
            assert_eq!(read_leg(leg(way)), Some(way));
        }
        assert_eq!((read_side("BORROW"), read_leg("BOTH")), (None, None));
    }

    #[test]
    fn the_exchange_s_own_orders_are_told_by_their_names() {
        for (name, origin) in [
            ("autoclose-1596107620040000020", Origin::Liquidation),
            ("adl_autoclose", Origin::AutoDeleveraging),
            ("settlement_autoclose-17", Origin::Settlement),
            ("mx7-1-42", Origin::Own),
            ("", Origin::Own),
        ] {
            assert_eq!(origin_of(name), origin, "{name}");
        }
    }
}
