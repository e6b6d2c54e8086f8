//! What Binance says of our own orders and account, on every product, and the ways to hear it.
//!
//! The one decision: an event is known by its name and product, in one table. Each kind has a file of its own with its wire type
//! and what becomes of it; what stands around an event (a subscription, a combined stream, nothing) is taken off first.
//!
//! An event that is in no row is not an error: Binance adds kinds without notice, and a session must outlive them. It is read as
//! [`Service::Strange`] with its name.

pub mod api; // frames of the WebSocket API: requests, signatures, replies
mod envelope; // what stands around an event   <- read first
mod replies; // replies on connections of account events
mod words; // small readers that the wire types share

// Spot and margin.
mod account_position;
mod balance_update;
mod execution;
mod external_lock;
mod liability;
mod list_status;
mod margin_level;

// Futures.
mod account_update;
mod algo_update;
mod config_update;
mod margin_call;
mod order_update; // of options too
mod trade_lite;
mod trigger_reject;

// Options.
mod greeks;
mod option_account;
mod option_orders;
mod option_positions;
mod risk_level;

// The connection.
mod connection;
mod dialect;
pub mod endpoints; // listen keys and tokens
mod fills; // no fill twice
mod session_call; // calls of the WebSocket API about the connection
mod source; // where listen keys and tokens come from
mod way; // which way for which product and key

use metaexpert_connect::{Malformed, Report, report::Service};

pub use dialect::UserStream;
pub(crate) use endpoints::RESPONSES;
pub use execution::Execution;
pub use fills::{Fill, FillFilter, REMEMBERED};
pub use order_update::OrderUpdate;
pub use session_call::SessionCall;
pub use source::AccountKey;
pub use way::{ACCOUNT, MARGIN_RISK, MARGIN_RISK_HOST, Way, WayRow, way};
pub use words::Text;

use crate::Product;
use envelope::{Content, Envelope};

/// An event, and what reads it.
struct EventRow {
    name: &'static str,
    products: &'static [Product],
    read: fn(Product, &[u8]) -> Result<Vec<Report<'_>>, Malformed>,
}

const SPOT: &[Product] = &[Product::Spot, Product::Margin];
const MARGIN: &[Product] = &[Product::Margin];
const FUTURES: &[Product] = &[Product::UsdM, Product::CoinM];
const CONTRACTS: &[Product] = &[Product::UsdM, Product::CoinM, Product::Options];
const OPTIONS: &[Product] = &[Product::Options];

const fn row(
    name: &'static str,
    products: &'static [Product],
    read: fn(Product, &[u8]) -> Result<Vec<Report<'_>>, Malformed>,
) -> EventRow {
    EventRow { name, products, read }
}

/// Every event that is read. Spot: "User Data Streams" (2026-07-21); margin: "Trade Data Stream", "Risk Data Stream"; futures and
/// options: "User Data Streams" (2026-01-16), with what exchange and clients told since.
const EVENTS: &[EventRow] = &[
    row("executionReport", SPOT, execution::read),
    row("outboundAccountPosition", SPOT, account_position::read),
    row("balanceUpdate", SPOT, balance_update::read),
    row("listStatus", SPOT, list_status::read),
    row("externalLockUpdate", SPOT, external_lock::read),
    row("eventStreamTerminated", SPOT, connection::expired),
    row("USER_LIABILITY_CHANGE", MARGIN, liability::read),
    row("MARGIN_LEVEL_STATUS_CHANGE", MARGIN, margin_level::read),
    row("ORDER_TRADE_UPDATE", CONTRACTS, order_update::read),
    row("TRADE_LITE", FUTURES, trade_lite::read),
    row("ACCOUNT_UPDATE", FUTURES, account_update::read),
    row("ACCOUNT_UPDATE", OPTIONS, option_account::read),
    row("ACCOUNT_CONFIG_UPDATE", FUTURES, config_update::read),
    row("MARGIN_CALL", FUTURES, margin_call::read),
    row("ALGO_UPDATE", FUTURES, algo_update::read),
    row("CONDITIONAL_ORDER_TRIGGER_REJECT", FUTURES, trigger_reject::read),
    row("BALANCE_POSITION_UPDATE", OPTIONS, option_positions::read),
    row("GREEK_UPDATE", OPTIONS, greeks::read),
    row("RISK_LEVEL_CHANGE", OPTIONS, risk_level::read),
    row("listenKeyExpired", &Product::ALL, connection::expired),
    row("serverShutdown", &Product::ALL, connection::closes),
];

/// Documented events that are not read, and why. They come out as [`Service::Strange`] all the same.
pub const OUT_OF_SCOPE: [(&str, &str); 2] = [
    ("STRATEGY_UPDATE", "strategies that the exchange itself runs are not started here; their orders tell of themselves"),
    ("GRID_UPDATE", "grids that the exchange itself runs are not started here; their orders tell of themselves"),
];

/// What a frame says: an event in any of its wrappings, or a reply of the WebSocket API.
///
/// ```
/// use metaexpert_binance::{Product, user};
/// use metaexpert_connect::Report;
/// let frame = br#"{"subscriptionId":0,"event":{"e":"balanceUpdate","E":1700000000001,"a":"BTC","d":"0.5","T":1700000000000}}"#;
/// let reports = user::read(Product::Spot, frame)?;
/// assert!(matches!(&reports[..], [Report::Balance(balance)] if balance.asset == "BTC"));
/// # Ok::<(), metaexpert_connect::Malformed>(())
/// ```
///
/// # Errors
/// When nothing can be made of it: no JSON, neither event nor reply, or not what is documented.
pub fn read(product: Product, frame: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    match Envelope::open(frame)?.content {
        Content::Reply => replies::read(product, frame),
        Content::Event(event) => match row_of(product, &event.kind) {
            Some(row) => (row.read)(product, event.payload),
            None => Ok(vec![Report::Service(Service::Strange { kind: event.kind.into_owned() })]),
        },
    }
}

/// By which subscription of a WebSocket API connection a frame came: several accounts may share one.
///
/// # Errors
/// When it is neither an event nor a reply.
pub fn subscription(frame: &[u8]) -> Result<Option<u64>, Malformed> {
    Ok(Envelope::open(frame)?.subscription)
}

fn row_of(product: Product, kind: &str) -> Option<&'static EventRow> {
    EVENTS.iter().find(|row| row.name == kind && row.products.contains(&product))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn every_event_that_is_read_has_a_payload_to_show_it() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/user");
        let folders = fs::read_dir(root).unwrap().flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
        let payloads: Vec<String> = folders.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
        for row in EVENTS {
            let kind = format!(r#""e":"{}""#, row.name);
            assert!(payloads.iter().any(|payload| payload.contains(&kind)), "{}", row.name);
        }
    }

    #[test]
    fn no_event_of_a_product_is_read_twice_or_both_read_and_left_out() {
        for (at, row) in EVENTS.iter().enumerate() {
            for product in row.products {
                let same = |other: &&EventRow| other.name == row.name && other.products.contains(product);
                assert_eq!(EVENTS.iter().filter(same).count(), 1, "{} of {product}, row {at}", row.name);
            }
            assert!(OUT_OF_SCOPE.iter().all(|(kind, _)| *kind != row.name), "{}", row.name);
        }
    }
}
