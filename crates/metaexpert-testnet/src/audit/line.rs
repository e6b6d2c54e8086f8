//! What is kept of what happened.

use std::net::IpAddr;

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Serialize;

/// Something happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// Its number, from 1, without gaps.
    pub number: u64,
    /// When, by the exchange's clock, skew included.
    pub clock: UnixNanos,
    /// When, by the time of the markets.
    pub market: UnixNanos,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum What {
    /// A request over HTTP, and what was answered.
    Request(RequestLine),
    /// The answer to a request found nobody to take it.
    Undelivered {
        /// The number of the request's line.
        request: u64,
    },
    /// A socket was opened, refused or is gone.
    Socket(SocketLine),
    /// A text came in over a socket.
    FrameIn(FrameLine),
    /// A text went out over a socket: an answer, or news of an account.
    FrameOut(FrameLine),
    /// An order has changed.
    Order(OrderLine),
    /// A conditional order that is not an order yet has changed.
    Algo(AlgoLine),
    /// Money or positions have changed.
    Wallet(WalletLine),
    /// A fault has struck.
    Fault(FaultLine),
    /// Somebody has done something to the testnet itself.
    Admin {
        /// What.
        action: String,
    },
}

impl What {
    /// Its kind, as the line has it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Request(_) => "request",
            Self::Undelivered { .. } => "undelivered",
            Self::Socket(_) => "socket",
            Self::FrameIn(_) => "frame-in",
            Self::FrameOut(_) => "frame-out",
            Self::Order(_) => "order",
            Self::Algo(_) => "algo",
            Self::Wallet(_) => "wallet",
            Self::Fault(_) => "fault",
            Self::Admin { .. } => "admin",
        }
    }

    /// Whose it is, where it is an account's and that was known.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Request(line) => line.account.as_deref(),
            Self::FrameIn(line) | Self::FrameOut(line) => line.account.as_deref(),
            Self::Order(line) => Some(&line.account),
            Self::Algo(line) => Some(&line.account),
            Self::Wallet(line) => Some(&line.account),
            Self::Undelivered { .. } | Self::Socket(_) | Self::Fault(_) | Self::Admin { .. } => None,
        }
    }

    /// Every kind there is.
    pub const KINDS: [&'static str; 10] =
        ["request", "undelivered", "socket", "frame-in", "frame-out", "order", "algo", "wallet", "fault", "admin"];
}

/// A request over HTTP, and what was answered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RequestLine {
    /// From where.
    pub peer: IpAddr,
    /// Whose; `None` where the exchange did not come to know.
    pub account: Option<String>,
    /// For which of the exchange's hosts.
    pub host: String,
    /// The verb.
    pub method: String,
    /// Below the host.
    pub path: String,
    /// What stood behind `?`, signature masked.
    pub query: String,
    /// Its body, signature masked.
    pub body: String,
    /// Whether the exchange did what was asked: a fault may have kept the request from it, or replaced its answer.
    pub is_handled: bool,
    /// The status that the exchange answered with, or the fault in its place.
    pub status: u16,
    /// The code of an error.
    pub code: Option<i64>,
    /// The answer, cut where it is long.
    pub answer: String,
    /// How long the answer is, in bytes.
    pub bytes: usize,
    /// What became of the answer.
    pub delivery: Delivery,
    /// The numbers of the faults that struck.
    pub faults: Vec<u64>,
}

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// It was sent whole.
    Whole,
    /// Half of it was sent, then the connection was closed.
    Half,
    /// The connection was closed instead.
    Cut,
    /// Nothing is ever sent, and the connection stays.
    Never,
    /// It was to be sent, and whoever asked had gone.
    NobodyThere,
}

/// A socket was opened, refused or is gone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SocketLine {
    /// Its number.
    pub socket: u64,
    /// From where.
    pub peer: IpAddr,
    /// For which of the exchange's hosts.
    pub host: String,
    /// Below the host, the query included, keys for streams as they are.
    pub path: String,
    /// What has become of it.
    #[serde(flatten)]
    pub state: SocketState,
}

/// What has become of a socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum SocketState {
    /// It is open.
    Open,
    /// It was refused with this status.
    Refused {
        /// Of the answer.
        status: u16,
    },
    /// Nothing goes in or out any more, and the connection stays.
    HalfOpen,
    /// It is gone.
    Gone {
        /// Why.
        why: String,
        /// How many texts were sent to it.
        sent: u64,
        /// How many came from it.
        received: u64,
    },
}

/// A text on a socket.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrameLine {
    /// Which socket.
    pub socket: u64,
    /// Whose, where that is known.
    pub account: Option<String>,
    /// What it says, signature masked, cut where it is long.
    pub text: String,
    /// Whether the exchange, or the client, was to get it: a fault may have kept it.
    pub is_dropped: bool,
    /// The numbers of the faults that struck.
    pub faults: Vec<u64>,
}

/// An order has changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OrderLine {
    /// Whose.
    pub account: String,
    /// The exchange's name for it.
    pub order: u64,
    /// The client's.
    pub client_id: String,
    /// Which wallet it is paid from.
    pub wallet: &'static str,
    /// Which market.
    pub symbol: String,
    /// `buy` or `sell`.
    pub side: &'static str,
    /// `market`, `limit`, `stop_limit`, ..
    pub order_kind: &'static str,
    /// Its limit, where it has one.
    pub price: Option<Decimal>,
    /// How much it is for.
    pub quantity: Decimal,
    /// What happened: `new`, `triggered`, `trade`, `cancelled`, `replaced`, `amended`, `expired`, `prevented`, `rejected`.
    pub change: &'static str,
    /// Where it stands after that.
    pub state: &'static str,
    /// How much of it was executed by then.
    pub executed: Decimal,
    /// Where it came from: `client`, `algo`, `liquidation`, `delivery`.
    pub origin: &'static str,
    /// Why it is over, where nobody asked for that.
    pub ended_by: Option<String>,
    /// Of a trade: the execution.
    pub execution: Option<Execution>,
}

/// An execution.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Execution {
    /// Its number on the market's tape.
    pub trade: u64,
    /// At which price.
    pub price: Decimal,
    /// How much.
    pub quantity: Decimal,
    /// What it cost.
    pub fee: Decimal,
    /// In which coin.
    pub fee_currency: String,
    /// What it realised of a position.
    pub realized: Decimal,
    /// Whether the order had rested.
    pub is_maker: bool,
}

/// A conditional order that is not an order yet has changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlgoLine {
    /// Whose.
    pub account: String,
    /// The exchange's name for it.
    pub algo: u64,
    /// The client's.
    pub client_id: String,
    /// Which wallet it is paid from.
    pub wallet: &'static str,
    /// Which market.
    pub symbol: String,
    /// Where it stands.
    pub state: &'static str,
    /// The order that came of it.
    pub order: Option<u64>,
}

/// Money or positions have changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WalletLine {
    /// Whose.
    pub account: String,
    /// Which wallet.
    pub wallet: &'static str,
    /// What for.
    pub cause: &'static str,
    /// The coins that changed.
    pub balances: Vec<CoinLine>,
    /// The positions that changed: market and amount, negative when short.
    pub positions: Vec<(String, Decimal)>,
}

/// What is there of a coin.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoinLine {
    /// Which coin.
    pub currency: String,
    /// What can be used.
    pub free: Decimal,
    /// What is set aside.
    pub locked: Decimal,
    /// How the sum changed.
    pub change: Decimal,
}

/// A fault has struck.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultLine {
    /// The rule's number.
    pub rule: u64,
    /// What it does.
    pub fault: &'static str,
    /// What it struck.
    pub what: String,
}
