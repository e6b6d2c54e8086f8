//! Which way account events are heard: a row for each product and kind of key.
//!
//! The one decision: the way is data. What a way needs (a key that is kept alive, a token, a login, or only a signature) is in its
//! row, and whoever opens the connection does what the row says.

use std::time::Duration;

use metaexpert_connect::{Endpoint, signing::Signer};

use super::endpoints::{
    KEEP_COINM, KEEP_OPTIONS, KEEP_RISK, KEEP_USDM, START_COINM, START_MARGIN, START_OPTIONS, START_RISK, START_USDM, STOP_COINM,
    STOP_OPTIONS, STOP_RISK, STOP_USDM,
};
use crate::Product;

/// How a connection comes to carry the events of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// A login on the WebSocket API, then `userDataStream.subscribe`. Requests on it need no signature.
    Logon,
    /// `userDataStream.subscribe.signature` on the WebSocket API: each subscription is signed.
    Signature,
    /// `userDataStream.subscribe.listenToken` on the WebSocket API.
    ListenToken,
    /// A listen key in the query of the address, with the events that are wanted.
    KeyInQuery,
    /// A listen key at the end of the address, behind this path.
    KeyInPath(&'static str),
}

/// A row: which way, and what it needs.
#[derive(Debug)]
pub struct WayRow {
    /// Of what.
    pub product: Product,
    /// Whether only Ed25519 keys can go it.
    pub ed25519_only: bool,
    /// Which.
    pub way: Way,
    /// What gives the key or token.
    pub start: Option<&'static Endpoint>,
    /// What keeps it; `None` where a new one has to be got.
    pub keep: Option<&'static Endpoint>,
    /// What ends it, for whoever knows that no other program of the account uses it.
    pub stop: Option<&'static Endpoint>,
    /// How long it is good; it is kept or replaced when half of that has passed.
    pub lasts: Option<Duration>,
}

/// "Valid for 60 minutes after creation" (each product, "User Data Streams").
const KEY_LASTS: Option<Duration> = Some(Duration::from_hours(1));

/// "Default 24 hours, maximum 24 hours" (Margin, "Trade Data Stream").
const TOKEN_LASTS: Option<Duration> = Some(Duration::from_hours(24));

/// The first row that fits is taken. Spot: WebSocket API, "User Data Stream requests" (listen keys are gone since 2026-02-20);
/// margin: "Trade Data Stream"; USD-M: since 2026-04-23 on `/private`; COIN-M: unchanged; options: on `/private` since 2025-11.
static WAYS: [WayRow; 6] = [
    WayRow { product: Product::Spot, ed25519_only: true, way: Way::Logon, start: None, keep: None, stop: None, lasts: None },
    WayRow { product: Product::Spot, ed25519_only: false, way: Way::Signature, start: None, keep: None, stop: None, lasts: None },
    WayRow {
        product: Product::Margin,
        ed25519_only: false,
        way: Way::ListenToken,
        start: Some(&START_MARGIN),
        keep: None,
        stop: None,
        lasts: TOKEN_LASTS,
    },
    WayRow {
        product: Product::UsdM,
        ed25519_only: false,
        way: Way::KeyInQuery,
        start: Some(&START_USDM),
        keep: Some(&KEEP_USDM),
        stop: Some(&STOP_USDM),
        lasts: KEY_LASTS,
    },
    WayRow {
        product: Product::CoinM,
        ed25519_only: false,
        way: Way::KeyInPath("/ws/"),
        start: Some(&START_COINM),
        keep: Some(&KEEP_COINM),
        stop: Some(&STOP_COINM),
        lasts: KEY_LASTS,
    },
    WayRow {
        product: Product::Options,
        ed25519_only: false,
        way: Way::KeyInPath("/private/ws/"),
        start: Some(&START_OPTIONS),
        keep: Some(&KEEP_OPTIONS),
        stop: Some(&STOP_OPTIONS),
        lasts: KEY_LASTS,
    },
];

/// Loans and margin calls of the cross margin account: a stream of its own, beside the one of [`way`] (Margin, "Risk Data Stream",
/// "Connect").
pub static MARGIN_RISK: WayRow = WayRow {
    product: Product::Margin,
    ed25519_only: false,
    way: Way::KeyInPath("/ws/"),
    start: Some(&START_RISK),
    keep: Some(&KEEP_RISK),
    stop: Some(&STOP_RISK),
    lasts: KEY_LASTS,
};

/// Where [`MARGIN_RISK`] is served.
pub const MARGIN_RISK_HOST: &str = "wss://margin-stream.binance.com";

/// The way of a product with a key; `None` only if the table had no row for the product, which a test rules out.
pub fn way(product: Product, signer: &Signer) -> Option<&'static WayRow> {
    let is_ed25519 = matches!(signer, Signer::Ed25519(_));
    WAYS.iter().find(|row| row.product == product && (is_ed25519 || !row.ed25519_only))
}

impl Way {
    /// What a session of this way begins with: the account. On USD-M events may be named instead (`ORDER_TRADE_UPDATE`), and no
    /// others come then.
    pub fn topics(self) -> Vec<String> {
        vec![ACCOUNT.to_owned()]
    }

    /// Whether the connection is one of the WebSocket API.
    pub const fn is_api(self) -> bool {
        matches!(self, Self::Logon | Self::Signature | Self::ListenToken)
    }
}

/// The topic that stands for all events of an account.
pub const ACCOUNT: &str = "account";
