//! The world at scripted prices: orders, conditions, lists, two users, and laws that always hold.

mod contracts; // positions, algos, liquidation
mod ends; // funding, contracts that end, loans that grow
mod floor; // a world to trade in, and how tests speak of it
mod laws; // what holds whatever is done
mod lists; // orders that belong together
mod orders; // orders of coins
mod stops; // conditional orders of coins
mod users; // two users who trade with each other
