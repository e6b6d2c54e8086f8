//! Why the world did not do what it was asked for, in the codes and words of each product.
//!
//! The one decision: a refusal is told as a refused *order* is. Calls that change settings, loans and transfers know better what was
//! asked for, and word those few themselves.

mod futures; // USD-M and COIN-M
mod options; // European options
mod spot; // spot and margin

use super::{ApiError, Product};
use crate::order::Refusal;

/// A code and its text.
type Words = (i32, &'static str);

impl ApiError {
    /// The error that a product answers for a refusal.
    pub fn of(refusal: &Refusal, product: Product) -> Self {
        let (code, text) = match product {
            Product::Spot => spot::words(refusal),
            Product::Margin => spot::margin_words(refusal),
            Product::UsdM => futures::words(refusal, &futures::USD_M),
            Product::CoinM => futures::words(refusal, &futures::COIN_M),
            Product::Options => options::words(refusal),
        };
        Self::new(code, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::BrokenRule;

    #[track_caller]
    fn check(refusal: &Refusal, product: Product, code: i32, text: &str) {
        let error = ApiError::of(refusal, product);
        assert_eq!((error.code, error.message.as_str()), (code, text), "{refusal:?} {product:?}");
    }

    #[test]
    fn want_of_money_has_another_code_in_each_product() {
        let spot = "Account has insufficient balance for requested action.";
        check(&Refusal::Funds, Product::Spot, -2010, spot);
        check(&Refusal::Funds, Product::Margin, -2010, spot);
        check(&Refusal::Margin, Product::UsdM, -2019, "Margin is insufficient.");
        check(&Refusal::Margin, Product::Options, -2027, "Option margin is insufficient.");
    }

    #[test]
    fn a_broken_rule_of_spot_names_its_filter() {
        for (rule, text) in [
            (BrokenRule::Price, "Filter failure: PRICE_FILTER"),
            (BrokenRule::Lot, "Filter failure: LOT_SIZE"),
            (BrokenRule::MarketLot, "Filter failure: MARKET_LOT_SIZE"),
            (BrokenRule::Notional, "Filter failure: NOTIONAL"),
            (BrokenRule::Band, "Filter failure: PERCENT_PRICE_BY_SIDE"),
            (BrokenRule::OpenOrders, "Filter failure: MAX_NUM_ORDERS"),
        ] {
            check(&Refusal::Rule(rule), Product::Spot, -1013, text);
        }
        check(&Refusal::Rule(BrokenRule::Amends), Product::Spot, -2038, "Filter failure: MAX_NUM_ORDER_AMENDS");
    }

    #[test]
    fn the_two_futures_differ_in_a_few_codes() {
        check(&Refusal::Rule(BrokenRule::Price), Product::UsdM, -4014, "Price not increased by tick size.");
        check(&Refusal::Rule(BrokenRule::Price), Product::CoinM, -4014, "Price not increased by tick size.");
        check(&Refusal::NothingToChange, Product::UsdM, -5027, "No need to modify the order.");
        check(&Refusal::NothingToChange, Product::CoinM, -4197, "No need to modify the order.");
        let notional = "Order's notional must be no smaller than 5.0 (unless you choose reduce only)";
        check(&Refusal::Rule(BrokenRule::Notional), Product::UsdM, -4164, notional);
    }

    #[test]
    fn a_post_only_order_that_would_take_is_told_so() {
        check(&Refusal::WouldTake, Product::Spot, -2010, "Order would immediately match and take.");
        let futures = "Due to the order could not be executed as maker, the Post Only order will be rejected.";
        check(&Refusal::WouldTake, Product::UsdM, -5022, futures);
        check(&Refusal::WouldTake, Product::Options, -6047, futures);
    }
}
