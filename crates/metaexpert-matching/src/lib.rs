//! The simulated venue: orders in, fills out, in process, without a clock and without I/O.
//!
//! The one decision: whatever moves a market, a bar's *walk* over four prices, quotes and prints, or an order book, every order
//! and stop meets its prices in turn (design, section 10). What an event cannot touch is found by two comparisons of floats;
//! what it may touch is decided in exact decimals.

mod life; // the life of an order, as types
mod venue; // the account, what stands, what is open, and what moves them   <- read first

mod account; // positions, wallets, margins and loans
mod costs; // what a fill pays: slippage and tick
mod detail; // shorter bars beneath a bar
mod funding; // what open positions pay one another
mod guard; // the stops and limits around one open leg
mod ladder; // standing orders by the price that meets them
pub mod latency; // how long data, orders and answers travel
mod ledger; // whose the money is, in double entry
pub mod options; // what an option is worth, and what it asks of its holder and its seller
pub mod queue; // how far a resting order stands from its turn
pub mod settlement; // what becomes of a contract that ends
mod sight; // what an order that is looked at may trade with
mod slot; // one instrument: legs, levels, what was seen of its market
mod store; // the orders that stand, by name
mod walk; // the prices that a bar is taken to have met, in order

pub use account::{Account, AccountSetup, FeeTier, Fees, Lending, Levels, PaidIn, Stake, Standing, maintenance, maintenance_at};
pub use detail::Detail;
pub use funding::{FundingRates, funding_of};
pub use ladder::Coming;
pub use latency::{LatencyModel, NoLatency};
pub use ledger::{Cause, CurrencyId, Entry, Everything, Holder, Keep, Ledger, Nothing};
pub use life::Condition;
pub use queue::{QueueModel, RiskAverse};
pub use venue::{Guarded, Venue, VenueSetup};
