//! What a European option is worth, how it moves, and what it asks of its holder and its seller.
//!
//! Options here are the linear ones of Binance: European, quoted and settled in the quote currency. The one decision: what a
//! model says (values, greeks, volatilities) is `f64`, and what is paid, held or charged (payoffs, fees, margins) is `Decimal`;
//! the two meet in [`mark_price`] and nowhere else.
//!
//! The model is F. Black's of 1976, on the price of the underlying for delivery at expiry. With a [`Basis::Index`] that forward
//! is the index grown by the rate, and Black's formula is that of Black and Scholes. Exchanges use it with a rate of zero or
//! nearly so: Binance says "Black-Scholes model" on the spot index ("Binance Options Mark Price and Position Limits", read
//! 2026-11), Deribit and OKX say Black on the future of the same expiry. [`Conditions::on_index`] is Binance's way.
//!
//! # What the holder and the seller put up
//!
//! - The holder pays the premium in full and nothing more is held: there is no leverage in a bought option.
//! - The seller gets the premium and puts up a margin, [`MarginRates`].
//! - The account's equity counts what a bought option is worth and takes off what a sold one is worth, [`position_value`].
//!
//! ```
//! use metaexpert_core::{OptionTerms, Price, Right, UnixNanos};
//! use metaexpert_matching::options::{Conditions, greeks, implied_volatility, value};
//! use rust_decimal::dec;
//!
//! let terms = OptionTerms {
//!     right: Right::Call,
//!     strike: Price::new(dec!(100000)).unwrap(),
//!     expiry: UnixNanos::parse("2027-03-26T08:00:00Z").unwrap(),
//! };
//! let now = UnixNanos::parse("2027-02-24T08:00:00Z").unwrap(); // 30 days before
//! let conditions = Conditions::on_index(&terms, Price::new(dec!(95000)).unwrap(), now);
//!
//! let premium = value(&terms, &conditions, 0.6)?;
//! assert!((premium - 4476.70491).abs() < 0.00001);
//! assert!((implied_volatility(&terms, &conditions, premium)? - 0.6).abs() < 1e-9);
//! assert!((greeks(&terms, &conditions, 0.6)?.delta - 0.41598).abs() < 0.00001);
//! # Ok::<(), metaexpert_matching::options::ModelError>(())
//! ```
//!
//! What is not here: exercise and delivery ([`settlement`](crate::settlement)), American options, options settled in the coin,
//! smiles, and margin that sets one option off against another (portfolio margin).

mod black; // the model   <- read first
mod fees; // capped by what the option is worth
mod greeks; // how the value moves
mod implied; // the volatility that a premium means
mod margin; // what a seller puts up
mod mark; // the price by which options are valued

pub use black::{Basis, Conditions, ModelError, value};
pub use fees::CappedFee;
pub use greeks::{Greeks, greeks};
pub use implied::implied_volatility;
pub use margin::{MarginRates, SellerMargin, position_value};
pub use mark::{VolatilityBand, mark_price, mark_volatility};

#[cfg(test)]
mod tests;

/// The examples of the guide are tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guides/options.md")]
struct Guide;
