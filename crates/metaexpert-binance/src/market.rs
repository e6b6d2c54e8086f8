//! What Binance says of its markets to everybody: what is listed, what was traded, what is bid and asked, what is paid.
//!
//! The one decision: a call is a row of one table ([`endpoints`]): whom it is offered to, what it costs, who reads its reply.
//! The functions here put parameters together and read replies; sending, waiting and asking again is the client's.
//!
//! Left out, since nothing above trades by it: long/short ratios, basis, taker volume, auto-deleveraging risk, insurance funds,
//! composite indices, trading schedules.

pub mod agg_trades; // trades of one taker at one price, and their history
pub mod depth; // order books
pub mod endpoints; // the table                                            <- read first
pub mod exchange_info; // what is listed, with its rules
pub mod funding; // what was paid, and how it is reckoned
pub mod general; // is it there, what time is it
pub mod indices; // prices of underlyings, and what they are made of
pub mod instrument; // a listing as the rest of the program wants it
pub mod klines; // bars, and their history
pub mod margin; // what can be borrowed and pledged
pub mod marks; // mark prices
pub mod open_interest; // how many contracts are open
pub mod paging; // histories, page by page
pub mod quotes; // best prices
pub mod reference; // what orders are measured against
pub mod rules; // filters as they are written
pub mod settlements; // what was paid at the end
pub mod tickers; // a day's statistics, last prices
pub mod trades; // single trades

mod read; // what replies are read with
mod weights; // what requests cost

use bytes::Bytes;
use metaexpert_connect::{Failure, Params, http::Client};

use crate::{Product, Response};

pub use endpoints::Call;

/// How the replies are read.
pub const RESPONSES: &[Response] = &endpoints::responses();

/// Which symbols a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which<'a> {
    /// All of the product.
    All,
    /// One.
    One(&'a str),
    /// Several (spot).
    Several(&'a [&'a str]),
}

impl Which<'_> {
    fn params(self) -> Params {
        match self {
            Which::All => Params::new(),
            Which::One(symbol) => Params::new().with("symbol", symbol),
            // Strings as JSON never fail.
            Which::Several(symbols) => Params::new().with("symbols", serde_json::to_string(symbols).unwrap_or_default()),
        }
    }
}

/// Sends a request of the table and gives the reply.
async fn ask(client: &Client, product: Product, call: Call, params: &Params) -> Result<Bytes, Failure> {
    let not_sent = |why: String| Failure::NotSent { endpoint: call.as_str(), why };
    let endpoint = endpoints::endpoint(product, call).ok_or_else(|| not_sent(format!("{product} has no such call")))?;
    if params.get("symbols").is_some() && !matches!(product, Product::Spot | Product::Margin) {
        return Err(not_sent(format!("{product} takes one symbol or none")));
    }
    client.call(endpoint, params).await
}
