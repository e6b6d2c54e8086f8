//! Orders as each product of Binance wants them.
//!
//! The one decision: what cannot be combined cannot be written where that is possible (a limit order has its price, a leg has no
//! `reduceOnly`), and is refused with the field and the rule where it is not. Whether a price is on the tick and a quantity on
//! the lot is the business of the filters.

mod algo; // conditional orders of futures
mod futures; // USD-M and COIN-M
mod lists; // linked orders of spot and margin
mod margin; // spot orders with borrowed money
mod option; // European options
mod spot; // spot   <- read first

pub use algo::{AlgoKind, AlgoOrder, AlgoSize, MOST_ALGO_ORDERS, WorkingPrice};
pub use futures::{
    FuturesAmendment, FuturesKind, FuturesOrder, FuturesPrice, FuturesProduct, FuturesTimeInForce, Leg, PriceMatch,
};
pub use lists::{Oco, Pending, PendingOco, ProfitLeg, SpotList, StopLeg, Working};
pub use margin::{MarginOrder, SideEffect};
pub use option::{OptionOrder, OptionTimeInForce};
pub use spot::{Amount, Peg, SpotKind, SpotOrder, SpotPrice, SpotSelfTrade, SpotTimeInForce, SpotTrigger};

use metaexpert_connect::Params;

/// How much an exchange answers to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// That it has it.
    Ack,
    /// Where it stands.
    Result,
    /// Where it stands, and its executions. Spot and margin only; futures and options answer [`Result`](Self::Result).
    Full,
}

impl Answer {
    const fn of_spot(self) -> &'static str {
        match self {
            Self::Ack => "ACK",
            Self::Result => "RESULT",
            Self::Full => "FULL",
        }
    }

    const fn of_futures(self) -> &'static str {
        match self {
            Self::Ack => "ACK",
            Self::Result | Self::Full => "RESULT",
        }
    }
}

/// Several orders as the JSON list that batches want: each an object of strings, in the order of their parameters.
pub(super) fn json_list(orders: &[Params]) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let object = |order: &Params| {
        let fields: Vec<String> = order.iter().map(|(name, value)| format!("{}:{}", quoted(name), quoted(value))).collect();
        format!("{{{}}}", fields.join(","))
    };
    format!("[{}]", orders.iter().map(object).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_a_list_of_objects_of_strings() {
        let orders = [Params::new().with("symbol", "BTCUSDT").with("price", "10001"), Params::new().with("symbol", "币\"")];
        assert_eq!(json_list(&orders), r#"[{"symbol":"BTCUSDT","price":"10001"},{"symbol":"币\""}]"#);
        assert_eq!(json_list(&[]), "[]");
    }
}
