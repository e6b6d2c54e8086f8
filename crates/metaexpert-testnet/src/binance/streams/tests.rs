//! What sockets are sent, from news and from a board of which the tests name the numbers.

mod accounts; // events of accounts
mod floor; // the board
mod messages; // each stream's message
mod order; // nothing lost, nothing out of order
mod sockets; // subscriptions, envelopes, limits, listen keys
mod worlds; // a world that moves by itself
