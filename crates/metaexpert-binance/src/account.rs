//! What an account owns, owes, holds and has paid, and the modes that it trades in: REST of every product.
//!
//! The one decision: a call is a row of one table ([`endpoints`]): whom it is offered to, what it costs, what a lost answer
//! means, who reads its reply. The functions here put parameters together and read replies; a history is asked for until it is
//! complete ([`paging`]).
//!
//! Orders are not here, nor exercises of options, nor what opens a stream of account data. Left out, since nothing above trades
//! by it: trading-rule indicators (`apiTradingStatus`), allocations of smart order routing, limits of how many isolated pairs
//! there may be, fee burning, downloads.

mod balance; // what is owned, of futures
mod bracket; // leverage and maintenance margin by value
mod cross; // cross margin, and moving money
pub mod endpoints; // the table                                          <- read first
mod entries; // what was paid and received
mod fee; // what trading costs
mod fields; // numbers and words as Binance writes them
mod fills; // our executions, and their history
mod futures; // an account of futures as a whole
mod isolated; // isolated margin
mod leverage; // leverage and margin type by instrument
mod limits; // how many orders were counted
mod loans; // borrowed, paid back, interest
mod modes; // one way or hedge, one asset or several
mod options; // an account of options as a whole
pub mod paging; // histories, page by page
mod position; // what is held
mod position_margin; // margin of an isolated position
mod prevented; // trades with oneself that were prevented
mod queue; // auto-deleveraging
mod restrictions; // what a key may do
mod rules; // rules of the account
mod spot; // an account of spot as a whole

use bytes::Bytes;
use metaexpert_connect::{Failure, Malformed, Meaning, Params, http::Client};
use serde::Deserialize;

use crate::{Product, Response};

pub use balance::balances;
pub use bracket::brackets;
pub use cross::{cross_account, max_transferable, move_funds};
pub use endpoints::Call;
pub use entries::{IncomeOf, capital_flow, income, option_bill, transfers};
pub use fee::{fee, fees};
pub use fills::{FillsOf, fills_between, fills_from, fills_of_order, fills_since};
pub use futures::futures_account;
pub use isolated::{isolated_account, isolated_pair};
pub use leverage::{leverage_settings, set_leverage, set_margin_type};
pub use limits::order_limits;
pub use loans::{Loan, borrow_or_repay, interest, interest_rates, loans, max_borrowable, terms as loan_terms};
pub use modes::{account_mode, set_hedge_mode, set_multi_assets_mode};
pub use options::options_account;
pub use position::{PositionsOf, positions};
pub use position_margin::{change_position_margin, position_margin_changes};
pub use prevented::prevented_matches;
pub use queue::deleveraging_queue;
pub use restrictions::{KeyRestrictions, key_restrictions};
pub use rules::account_rules;
pub use spot::spot_account;

/// How the replies are read.
pub const RESPONSES: &[Response] = &endpoints::responses();

/// What became of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is as it was asked for, and was not before.
    Made,
    /// It was so already: Binance refuses to change nothing (-4046, -4059, -4171).
    Already,
}

/// Which margin account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarginAccount<'a> {
    /// The one that all pairs share.
    Cross,
    /// That of a pair.
    Isolated(&'a str),
}

impl MarginAccount<'_> {
    /// As `isIsolated` and `symbol`.
    fn flagged(self, params: Params) -> Params {
        match self {
            Self::Cross => params,
            Self::Isolated(symbol) => params.with("isIsolated", "TRUE").with("symbol", symbol),
        }
    }

    /// As `isolatedSymbol`.
    fn named(self, params: Params) -> Params {
        match self {
            Self::Cross => params,
            Self::Isolated(symbol) => params.with("isolatedSymbol", symbol),
        }
    }
}

/// Sends a request of the table and gives the reply.
async fn ask(client: &Client, product: Product, call: Call, params: &Params) -> Result<Bytes, Failure> {
    let row = endpoints::row(product, call)
        .ok_or_else(|| Failure::NotSent { endpoint: call.as_str(), why: format!("{product} has no such call") })?;
    client.call(&row.endpoint, params).await
}

/// Sends a request that sets something. What is so already is no failure.
async fn set(client: &Client, product: Product, call: Call, params: &Params) -> Result<Change, Failure> {
    match ask(client, product, call, params).await {
        Ok(_) => Ok(Change::Made),
        Err(failure) if failure.meaning() == Some(Meaning::Unchanged) => Ok(Change::Already),
        Err(failure) => Err(failure),
    }
}

/// Reads a reply, named for its call where nothing can be made of it.
fn reply<'a, T: Deserialize<'a>>(product: Product, call: Call, payload: &'a [u8]) -> Result<T, Malformed> {
    metaexpert_connect::read_json(&format!("{} of {product}", call.as_str()), payload)
}
