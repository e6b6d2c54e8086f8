//! What is said when the testnet stands: where it is, and who may come in.

use std::{fmt, io, io::Write as _, path::Path};

use serde::Serialize;

use super::IssuedKey;

/// Where it is, and who may come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ready {
    /// Which exchange.
    pub exchange: String,
    /// The process that it lives in.
    pub pid: u32,
    /// The base URL of HTTP, before the exchange's host.
    pub url: String,
    /// The base URL of sockets, before the exchange's host.
    pub ws_url: String,
    /// Where the testnet itself answers.
    pub admin: String,
    /// Where clients find what.
    pub places: Vec<ReadyPlace>,
    /// The keys that were issued.
    pub keys: Vec<ReadyKey>,
    /// The certificate to trust, where it speaks TLS.
    pub certificate: Option<String>,
}

/// Where clients find something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadyPlace {
    /// Of which product.
    pub product: String,
    /// What: `rest`, `streams`, `ws-api`.
    pub what: String,
    /// The URL that takes the place of the exchange's.
    pub url: String,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadyKey {
    /// Whose.
    pub account: String,
    /// What a client sends.
    pub key: String,
    /// What it signs with, where the testnet knows it.
    pub secret: Option<String>,
}

impl From<&IssuedKey> for ReadyKey {
    fn from(key: &IssuedKey) -> Self {
        Self { account: key.account.clone(), key: key.key.clone(), secret: key.secret().map(str::to_owned) }
    }
}

impl Ready {
    /// Puts it into a file, whole or not at all: who waits for the file never reads a part of it.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".part");
        let beside = Path::new(&beside);
        let mut file = std::fs::File::create(beside)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        std::fs::rename(beside, path)
    }
}

impl fmt::Display for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} is ready at {} and {}", self.exchange, self.url, self.ws_url)?;
        for ReadyPlace { product, what, url } in &self.places {
            writeln!(f, "  {product:<8} {what:<8} {url}")?;
        }
        writeln!(f, "  {:<8} {:<8} {}", "testnet", "admin", self.admin)?;
        if let Some(certificate) = &self.certificate {
            writeln!(f, "  certificate to trust: {certificate}")?;
        }
        for ReadyKey { account, key, secret } in &self.keys {
            writeln!(f, "account {account}")?;
            writeln!(f, "  key      {key}")?;
            if let Some(secret) = secret {
                writeln!(f, "  secret   {secret}")?;
            }
        }
        writeln!(
            f,
            "ccxt: in every text of `exchange.urls['api']`, put {} in the place of `https:/` and {} in that of `wss:/`",
            self.url, self.ws_url
        )
    }
}
