//! The calls about orders, a row each: what they cost, what they wait behind, and what a lost answer means.
//!
//! The one decision: a call that can be made twice without harm says so in its row. Cancelling one order by its number or name,
//! and every question, is such a call. Placing, amending, replacing and cancelling all is not: a second copy opens a second
//! position, loses a place in the queue, or takes away what was placed in between.

pub mod futures; // USD-M and COIN-M, with the algo service
pub mod margin; // cross and isolated margin
pub mod options; // European options
pub mod spot; // spot

use metaexpert_connect::{Cost, Endpoint, Params};

use crate::{
    Product,
    pools::{ORDERS, SAPI_IP, SAPI_UID, WEIGHT},
};

/// Writes a table: name, its name in logs, method, path, cost, lane, what a lost answer means. All of them are signed.
macro_rules! endpoints {
    ($($name:ident $label:literal $method:ident $path:literal [$($cost:expr),*] $lane:ident $lost:ident;)*) => {
        $(
            #[doc = concat!("`", stringify!($method), " ", $path, "`")]
            pub static $name: metaexpert_connect::Endpoint = metaexpert_connect::Endpoint {
                name: $label,
                method: metaexpert_connect::Method::$method,
                path: $path,
                auth: metaexpert_connect::Auth::Signed,
                cost: &[$($cost),*],
                lane: metaexpert_connect::Lane::$lane,
                lost: metaexpert_connect::Lost::$lost,
            };
        )*
        /// All rows of this table.
        pub static ALL: &[&metaexpert_connect::Endpoint] = &[$(&$name),*];
    };
}
use endpoints;

/// Every call about orders, with the product that has it.
pub fn all() -> impl Iterator<Item = (Product, &'static Endpoint)> {
    let tables = [
        (Product::Spot, spot::ALL),
        (Product::Margin, margin::ALL),
        (Product::UsdM, futures::usdm::ALL),
        (Product::CoinM, futures::coinm::ALL),
        (Product::Options, options::ALL),
    ];
    tables.into_iter().flat_map(|(product, table)| table.iter().map(move |endpoint| (product, *endpoint)))
}

const fn weight(amount: u32) -> Cost {
    Cost::Fixed(WEIGHT, amount)
}

const fn orders(amount: u32) -> Cost {
    Cost::Fixed(ORDERS, amount)
}

const fn sapi_ip(amount: u32) -> Cost {
    Cost::Fixed(SAPI_IP, amount)
}

const fn sapi_uid(amount: u32) -> Cost {
    Cost::Fixed(SAPI_UID, amount)
}

/// `one` where a symbol is named, `all` where every symbol is asked for.
fn by_symbol(params: &Params, one: u32, all: u32) -> u32 {
    if params.get("symbol").is_some() { one } else { all }
}

#[cfg(test)]
mod tests {
    use metaexpert_connect::{Lane, Lost, Method};

    use super::*;

    #[test]
    fn no_call_stands_in_the_tables_twice() {
        let mut seen = std::collections::HashSet::new();
        for (product, endpoint) in all() {
            assert!(seen.insert((product, endpoint.method, endpoint.path)), "{product} {}", endpoint.path);
        }
        let mut names = std::collections::HashSet::new();
        for (_, endpoint) in all() {
            assert!(names.insert(endpoint.name), "{}", endpoint.name);
        }
    }

    #[test]
    fn whatever_opens_is_never_sent_twice_blindly() {
        for (product, endpoint) in all() {
            let is_test = endpoint.path.ends_with("/test");
            let opens = matches!(endpoint.method, Method::Post | Method::Put) && !is_test;
            if opens && !endpoint.path.ends_with("countdownCancelAll") {
                assert_eq!((endpoint.lost, endpoint.lane), (Lost::Unknown, Lane::Entry), "{product} {}", endpoint.path);
            }
        }
    }

    #[test]
    fn questions_are_asked_again_and_cancels_go_first() {
        for (_, endpoint) in all() {
            match endpoint.method {
                Method::Get => assert_eq!((endpoint.lost, endpoint.lane), (Lost::Retry, Lane::Account), "{}", endpoint.path),
                Method::Delete => assert_eq!(endpoint.lane, Lane::Safety, "{}", endpoint.path),
                Method::Post | Method::Put => {}
            }
        }
    }

    #[test]
    fn cancelling_all_is_not_repeated_and_cancelling_one_is() {
        let lost = |endpoint: &Endpoint| endpoint.lost;
        assert_eq!(lost(&spot::CANCEL), Lost::Retry);
        assert_eq!(lost(&spot::CANCEL_ALL), Lost::Unknown);
        assert_eq!(lost(&futures::usdm::CANCEL_BATCH), Lost::Retry);
        assert_eq!(lost(&futures::coinm::CANCEL_ALL_ALGO), Lost::Unknown);
        assert_eq!(lost(&options::CANCEL_ALL_OF_UNDERLYING), Lost::Unknown);
    }

    #[test]
    fn asking_for_every_symbol_costs_more() {
        let cost = |endpoint: &Endpoint, params: &Params| endpoint.cost.iter().map(|cost| cost.of(params).1).sum::<u32>();
        let one = Params::new().with("symbol", "BTCUSDT");
        for (endpoint, of_one, of_all) in [
            (&spot::OPEN, 6, 80),
            (&futures::usdm::OPEN, 1, 40),
            (&futures::usdm::OPEN_ALGO, 1, 40),
            (&futures::usdm::FORCED, 20, 50),
            (&options::OPEN, 1, 40),
        ] {
            assert_eq!((cost(endpoint, &one), cost(endpoint, &Params::new())), (of_one, of_all), "{}", endpoint.path);
        }
    }
}
