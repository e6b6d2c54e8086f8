//! Binance's words for what an order is, where it stands and whether an instrument trades, wherever they are written: in replies, in
//! account events and in market streams.
//!
//! The one decision: a word is read by product, for the same word is not the same order everywhere: `TAKE_PROFIT` is a market
//! order on spot and a limit order on futures. What is not in a list is kept as it was written.
//!
//! How the words are sent is not here: that is a matter of orders.

use metaexpert_connect::{
    Word,
    report::{ListingStatus, OrderState, OrderType, Origin, TimeInForceReport},
};
use metaexpert_core::{PositionSide, Side, TriggerBy};
use rust_decimal::Decimal;

use crate::Product;

/// The side that a word names; `None` where it names none.
pub(crate) fn read_side(word: &str) -> Option<Side> {
    match word {
        "BUY" => Some(Side::Buy),
        "SELL" => Some(Side::Sell),
        _ => None,
    }
}

/// The leg that a word names; `None` for `BOTH`, the one position of a one-way account.
pub(crate) fn read_leg(word: &str) -> Option<PositionSide> {
    match word {
        "LONG" => Some(PositionSide::Long),
        "SHORT" => Some(PositionSide::Short),
        _ => None,
    }
}

/// What an order is (Spot API, "Enums", "Order types"; derivatives, "Common Definition", "Order types").
pub(crate) fn read_type(product: Product, word: &str) -> Word<OrderType> {
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
pub(crate) fn read_time_in_force(word: &str) -> Word<TimeInForceReport> {
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
pub(crate) fn read_state(word: &str) -> Word<OrderState> {
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
/// `TRIGGERING` is on its way to the matching engine, `TRIGGERED` is there. `FINISHED` means that it is filled or cancelled there:
/// the word does not say which, and is left as it is; see [`algo_state`].
pub(crate) fn read_algo_state(word: &str) -> Word<OrderState> {
    Word::read(word, |word| match word {
        "NEW" => Some(OrderState::New),
        "TRIGGERING" | "TRIGGERED" => Some(OrderState::Triggered),
        "CANCELED" => Some(OrderState::Cancelled),
        "REJECTED" => Some(OrderState::Rejected),
        "EXPIRED" => Some(OrderState::Expired),
        _ => None,
    })
}

/// The same, with what tells what `FINISHED` means: how much of the order that it became was executed, and how much was wanted.
///
/// Where `filled` is not told, the word is left as it is. An order that closes a whole position has no quantity of its own, or
/// zero: it is filled by whatever was executed.
pub(crate) fn algo_state(word: &str, filled: Option<Decimal>, quantity: Option<Decimal>) -> Word<OrderState> {
    match (word, filled) {
        ("FINISHED", Some(filled)) => {
            let is_filled = !filled.is_zero() && quantity.is_none_or(|quantity| filled >= quantity);
            Word::Known(if is_filled { OrderState::Filled } else { OrderState::Cancelled })
        }
        (word, _) => read_algo_state(word),
    }
}

/// Which price a trigger watches.
pub(crate) fn read_trigger_by(word: &str) -> Word<TriggerBy> {
    Word::read(word, |word| match word {
        "CONTRACT_PRICE" => Some(TriggerBy::Last),
        "MARK_PRICE" => Some(TriggerBy::Mark),
        _ => None,
    })
}

/// Who placed an order, by the names that the exchange gives its own (USD-M and COIN-M, "Event: Order Update").
pub(crate) fn origin_of(client_id: &str) -> Origin {
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

/// What a status means. Spot API, "ENUM definitions", "Symbol status" (2026-07); futures, "Common Definition" (2026-01), and
/// "Contract Info Stream"; options write the same words.
const STATUSES: &[(&str, ListingStatus)] = &[
    ("TRADING", ListingStatus::Trading),
    ("CANCEL_ONLY", ListingStatus::CancelOnly),
    ("PRE_TRADING", ListingStatus::Pending),
    ("PENDING_TRADING", ListingStatus::Pending),
    ("HALT", ListingStatus::Halted),
    ("BREAK", ListingStatus::Halted),
    ("END_OF_DAY", ListingStatus::Halted),
    ("POST_TRADING", ListingStatus::Halted),
    ("AUCTION_MATCH", ListingStatus::Halted),
    // For the last minutes before they are settled, contracts can only be closed.
    ("PRE_DELIVERING", ListingStatus::CloseOnly),
    ("PRE_SETTLE", ListingStatus::CloseOnly),
    ("DELIVERING", ListingStatus::Settled),
    ("DELIVERED", ListingStatus::Settled),
    ("SETTLING", ListingStatus::Settled),
    ("CLOSE", ListingStatus::Closed),
];

/// Whether an instrument trades, as listings and streams write it.
pub(crate) fn read_listing_status(word: &str) -> Word<ListingStatus> {
    Word::read(word, |word| STATUSES.iter().find(|(known, _)| *known == word).map(|(_, status)| *status))
}

/// The number of a conditional order of futures. The algo service counts for itself: a plain order may bear the same number, and
/// executions bear that of the plain one.
pub(crate) fn algo_number(number: &str) -> String {
    format!("algo-{number}")
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
    fn how_much_was_executed_tells_whether_a_finished_order_is_filled_or_cancelled() {
        let one = Some(Decimal::ONE);
        for (filled, quantity, state) in [
            (one, one, Some(OrderState::Filled)),
            (one, Some(Decimal::TWO), Some(OrderState::Cancelled)),
            (Some(Decimal::ZERO), one, Some(OrderState::Cancelled)),
            // It closes a whole position.
            (one, Some(Decimal::ZERO), Some(OrderState::Filled)),
            (one, None, Some(OrderState::Filled)),
            (Some(Decimal::ZERO), None, Some(OrderState::Cancelled)),
            (None, one, None),
        ] {
            let expected = state.map_or_else(|| Word::Other("FINISHED".into()), Word::Known);
            assert_eq!(algo_state("FINISHED", filled, quantity), expected, "{filled:?} of {quantity:?}");
        }
        // Any other word means what it says.
        assert_eq!(algo_state("CANCELED", one, one), Word::Known(OrderState::Cancelled));
    }

    #[test]
    fn a_status_of_a_listing_stands_in_the_table_once() {
        for (at, (word, _)) in STATUSES.iter().enumerate() {
            assert_eq!(STATUSES.iter().position(|(known, _)| known == word), Some(at), "{word}");
        }
        assert_eq!(read_listing_status("PRE_SETTLE"), Word::Known(ListingStatus::CloseOnly));
        assert_eq!(read_listing_status("FROZEN").strange(), Some("FROZEN"));
    }

    #[test]
    fn the_exchange_s_own_orders_are_told_by_their_names() {
        for (name, origin) in [
            ("autoclose-1596107620040000020", Origin::Liquidation),
            ("adl_autoclose", Origin::AutoDeleveraging),
            ("settlement_autoclose-17", Origin::Settlement),
            ("mx000000700000010000016", Origin::Own),
            ("", Origin::Own),
        ] {
            assert_eq!(origin_of(name), origin, "{name}");
        }
    }
}
