//! The client over real sockets: what it sends, byte by byte, and what it makes of connections that break.
//!
//! Time-outs are short here and real; what happens when is tested beside the client, in a time of its own.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up is not to run")]

mod broken; // connections that end too early
mod idle; // connections that have nothing to do
mod proxies; // through others
mod sent; // what a request looks like

use std::time::Duration;

use metaexpert_connect::{
    Params,
    http::{
        Client, ClientSetup, Lanes, Patience,
        testing::{self, KEY, Toy},
    },
};
use metaexpert_core::config::{KeyValue, ProxyUrl};

const NONE: &Params = &Params::new();

fn setup(base: String) -> ClientSetup<Toy> {
    testing::setup(base, Toy)
}

fn client(base: String) -> Client {
    Client::new(setup(base)).unwrap()
}

/// A client that soon loses its patience.
fn hasty(base: String) -> ClientSetup<Toy> {
    let patience = Patience { answer: Duration::from_millis(400), budget: Duration::from_secs(1) };
    ClientSetup { lanes: Lanes { safety: patience, entry: patience, account: patience, market: patience }, ..setup(base) }
}

fn through(proxy: &str, base: String) -> Client {
    let proxy = Some(ProxyUrl::parse(proxy).unwrap());
    Client::new(ClientSetup { proxy, ..setup(base) }).unwrap()
}
