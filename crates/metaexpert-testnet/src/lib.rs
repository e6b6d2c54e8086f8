//! Local exchanges that speak the real ones' protocols: to rehearse a live run without an account, and to prove adapters,
//! recovery and promises against something that behaves like the exchange, its bad days included.
//!
//! The one decision: three layers that know only downwards. The [`World`](world::World) is markets and accounts without a
//! clock, a socket or a protocol. A [`Protocol`](protocol::Protocol) makes an exchange of it: its paths, words, codes and streams. The
//! server gives both a clock and sockets, and does to them what faults are asked for. No wire type is shared with the adapters:
//! two independent readings of the documentation check each other.

// The world.
pub mod account; // one user: wallets, orders
pub mod clearing; // what orders, executions and time do to money
pub mod listing; // what is listed, and its rules
pub mod market; // prices, books, tapes, bars
pub mod news; // what happens, as streams tell it
pub mod order; // orders, executions, lists, refusals
pub mod prices; // what accounts must know of markets
pub mod wallet; // where money lies
pub mod world; // all of it, in time   <- read first

// The protocols.
pub mod binance;
pub mod protocol; // what an exchange's protocol is to the server

// The server.
pub mod audit; // everything that happened, and its judge
pub mod clock; // by the wall or by hand
pub mod faults; // bad days
pub mod server; // sockets, HTTP, administration
pub mod setup; // what users ask for: accounts, prices, files
pub mod testnet; // a testnet within a program

/// The examples of the guide are tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guides/testnet.md")]
struct Guide;
