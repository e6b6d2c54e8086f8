//! What every exchange connection needs and none of them owns.
//!
//! The one decision: what differs between exchanges is data (a table of [endpoints](endpoint), of error codes, of symbol rules)
//! and two small traits ([`http::RestDialect`], [`ws::StreamDialect`]); how a request is budgeted, signed, sent, retried and
//! judged, and how a connection is kept alive, is written once, here. This crate never names an exchange in its code.

pub mod book_sync; // snapshot and changes to a book that is right or absent
pub mod credential; // what opens a stream of account data, and ends
pub mod endpoint; // a call as a row of a table
mod engine_events; // reports of markets as events of the engine
pub mod exchange; // an account and its markets, whatever the exchange
pub mod failure; // how a request fails, and what can be done
pub mod http; // requests and answers
pub mod malformed; // payloads that nothing can be made of
mod novelties; // strange words, told once
pub mod number; // numbers as exchanges write them
pub mod report; // what an exchange reports, in our words
pub mod signing; // keys and signatures
mod word; // words of a list, or what the exchange wrote instead
pub mod ws; // WebSocket sessions

pub use book_sync::{BookSync, PartialBook, SequenceRule};
pub use endpoint::{Auth, Cost, Endpoint, Lane, Lost, Method, Params, Pool};
pub use engine_events::EngineEvents;
pub use exchange::Exchange;
pub use failure::{Failure, Meaning, Recourse};
pub use malformed::{Malformed, read_json};
pub use novelties::Novelties;
pub use report::Report;
pub use word::Word;
