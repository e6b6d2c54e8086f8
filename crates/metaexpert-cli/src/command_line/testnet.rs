//! The flags of `testnet`.

use std::{net::IpAddr, path::PathBuf};

use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct TestnetArgs {
    /// Exchange that it is
    #[arg(long, default_value = "binance")]
    pub(crate) exchange: String,
    /// Port that all of the exchange's hosts share, told apart by the first part of the path; 0 is any free one
    #[arg(long, default_value_t = 8900)]
    pub(crate) port: u16,
    /// Ports for single hosts beside that one: `every`, or `HOST=PORT,..`, such as `api.binance.com=8901`
    #[arg(long, value_name = "PORTS")]
    pub(crate) ports: Option<String>,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(crate) listen: IpAddr,
    /// Let others than this machine come in: there are keys, and no other protection
    #[arg(long)]
    pub(crate) expose: bool,
    /// Speak TLS, with a certificate of its own that is put into this folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) tls: Option<PathBuf>,
    /// What is listed, such as `BTCUSDT,ETHUSDT` [default: some of each product]
    #[arg(long, value_delimiter = ',')]
    pub(crate) symbols: Vec<String>,
    /// Where prices come from: a file, `synthetic:..`, `script:FILE`, or `SYMBOL=..,..` [default: made up]
    #[arg(long, value_name = "SOURCE")]
    pub(crate) data: Option<String>,
    /// How much faster the time of the markets passes than that of the clock
    #[arg(long, default_value_t = 1.0)]
    pub(crate) speed: f64,
    /// Of prices, keys and faults: the same seed is the same testnet
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many times wider than documented the exchange's limits of requests are
    #[arg(long, value_name = "TIMES", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limits: u32,
    /// File of accounts: keys, balances, fees
    #[arg(long, value_name = "FILE")]
    pub(crate) accounts: Option<PathBuf>,
    /// An account: its name, or `NAME=wallet:COIN:amount,..` [default: a rich `trader`]
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: Vec<String>,
    /// File of faults, in TOML or JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) faults: Option<PathBuf>,
    /// A fault, such as `429 path=/api/v3/order p=0.1`
    #[arg(long, value_name = "FAULT", allow_hyphen_values = true)]
    pub(crate) fault: Vec<String>,
    /// File for the audit: a line of JSON for everything that happens
    #[arg(long, value_name = "FILE")]
    pub(crate) audit: Option<PathBuf>,
    /// File that is there once the testnet is: its URLs and keys in JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<PathBuf>,
}
