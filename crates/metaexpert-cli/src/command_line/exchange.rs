//! Flags of the commands that have to do with an exchange: what it sends, and what it says when it is asked.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Exchange, FormatArg};

#[derive(Debug, Args)]
pub(crate) struct DecodeArgs {
    /// Whose payload it is
    #[arg(value_enum)]
    pub(crate) exchange: Exchange,
    /// Which of its products
    #[arg(long, value_enum)]
    pub(crate) product: Product,
    /// What it is: `ws` for a frame of a market stream, `user` for one of an account's or of the WebSocket API,
    /// `rest:METHOD:PATH` for the reply to a call, such as `rest:GET:/api/v3/depth`
    #[arg(long)]
    pub(crate) kind: String,
    /// File with one payload or several, one after the other; `-` for standard input
    pub(crate) file: PathBuf,
}

/// An API of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Product {
    Spot,
    /// Spot markets with borrowed money
    Margin,
    /// Futures that pay in the quote currency
    Usdm,
    /// Futures that pay in the coin
    Coinm,
    Options,
}

/// Which exchange is asked, and where.
#[derive(Debug, Args)]
pub(crate) struct AskArgs {
    /// Exchange to ask [default: binance, or what `metaexpert config` says]
    #[arg(long, value_enum)]
    pub(crate) exchange: Option<Exchange>,
    /// Which of its products
    #[arg(long, value_enum, default_value = "usdm")]
    pub(crate) product: Product,
    /// Ask the exchange's own demo hosts, where money is play money
    #[arg(long, conflicts_with = "base_url")]
    pub(crate) testnet: bool,
    /// Host to ask instead of the exchange's own, such as `http://127.0.0.1:8900`
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Proxy on the way, such as `socks5://127.0.0.1:1080`
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// Seconds after which an answer is no longer waited for
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=300))]
    pub(crate) timeout: u64,
    #[command(flatten)]
    pub(crate) format: FormatArg,
}

#[derive(Debug, Args)]
pub(crate) struct MarketsArgs {
    /// Only those whose symbol has this in it, such as `BTC`
    pub(crate) filter: Option<String>,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

#[derive(Debug, Args)]
pub(crate) struct BarsArgs {
    /// Instrument, in any spelling: `BTCUSDT`, `BTC/USDT`
    pub(crate) symbol: String,
    /// Length of a bar
    #[arg(long, default_value = "1h")]
    pub(crate) timeframe: String,
    /// First moment, such as `2026-01-01` or `2026-01-01T12:00:00Z` [default: as many bars back as `--limit` says]
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// Last moment, not included [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<String>,
    /// Most bars, the last of them [default: 100; all where `--from` is given]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) limit: Option<u32>,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

#[derive(Debug, Args)]
pub(crate) struct BookArgs {
    /// Instrument, in any spelling: `BTCUSDT`, `BTC/USDT`
    pub(crate) symbol: String,
    /// Levels on each side
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) depth: u16,
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AccountArgs {
    #[command(flatten)]
    pub(crate) ask: AskArgs,
}
