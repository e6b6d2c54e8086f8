//! USD-M and COIN-M over their tables: what a client that only knows the documentation sends, and what it gets.

mod account; // money, positions, settings
mod algos; // conditional orders
pub(in crate::binance) mod floor; // an exchange to call
mod markets; // what is published
mod orders; // orders
mod table; // which calls there are
