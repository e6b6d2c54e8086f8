//! The simulated venue: orders in, fills out, in process, without a clock and without I/O.
//!
//! The one decision: what happens inside a bar is a *walk* over four prices, and every order and stop meets that walk in turn
//! (design, section 10). What a bar cannot touch is found by two comparisons of floats; what it may touch is decided in exact
//! decimals.

mod account; // positions, wallets, margins and loans
mod costs; // what a fill pays: slippage, tick, fee
mod detail; // shorter bars beneath a bar
mod funding; // what open positions pay one another
mod guard; // the stops and limits around one open leg   <- the heart
pub mod latency; // how long data, orders and answers travel
mod ledger; // whose the money is, in double entry
pub mod options; // what an option is worth, and what it asks of its holder and its seller
pub mod queue; // how far a resting order stands from its turn
pub mod settlement; // what becomes of a contract that ends
mod venue; // waiting orders, open legs, the account     <- read first
mod walk; // the prices that a bar is taken to have met, in order

pub use account::{Account, AccountSetup, FeeTier, Fees, Lending, Levels, PaidIn, Standing};
pub use costs::Costs;
pub use detail::Detail;
pub use funding::{FundingRates, funding_of};
pub use ledger::{Cause, CurrencyId, Entry, Everything, Holder, Keep, Ledger, Nothing};
pub use venue::{Venue, VenueSetup};
