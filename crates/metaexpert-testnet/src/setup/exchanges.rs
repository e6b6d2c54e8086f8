//! Which exchanges there are, and where clients look for what of each.

use crate::server::Addressing;

/// An exchange that can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExchangeName {
    /// Binance: spot, margin, USD-M, COIN-M, options.
    #[default]
    Binance,
}

/// Where clients look for something: a base URL of theirs is this path behind the testnet's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Of which product.
    pub product: &'static str,
    /// What is there: `rest`, `streams`, `ws-api`, ..
    pub what: &'static str,
    /// Host and path, as the exchange has them.
    pub path: &'static str,
}

impl ExchangeName {
    /// All of them.
    pub const ALL: [Self; 1] = [Self::Binance];

    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Binance => "binance",
        }
    }

    /// The exchange of that name.
    ///
    /// # Errors
    /// Which there are.
    pub fn parse(name: &str) -> Result<Self, super::SetupError> {
        Self::ALL.into_iter().find(|exchange| exchange.as_str() == name).ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str);
            super::SetupError::value(
                "--exchange",
                name,
                format!("no such exchange{}", crate::faults::spelling::value::hint(name, &names)),
            )
        })
    }

    /// Where clients look for what.
    pub const fn places(self) -> &'static [Place] {
        match self {
            Self::Binance => BINANCE,
        }
    }

    /// Which of its hosts has a bare path.
    pub(crate) const fn addressing(self, hosts: &'static [&'static str]) -> Addressing {
        match self {
            Self::Binance => Addressing { hosts, bare: BINANCE_BARE },
        }
    }
}

const fn place(product: &'static str, what: &'static str, path: &'static str) -> Place {
    Place { product, what, path }
}

/// Binance's base URLs, by its documentation's "General Information" pages (read 2026-11).
const BINANCE: &[Place] = &[
    place("spot", "rest", "api.binance.com"),
    place("spot", "streams", "stream.binance.com/ws"),
    place("spot", "ws-api", "ws-api.binance.com/ws-api/v3"),
    place("margin", "rest", "api.binance.com"),
    place("usdm", "rest", "fapi.binance.com"),
    place("usdm", "streams", "fstream.binance.com/ws"),
    place("usdm", "ws-api", "ws-fapi.binance.com/ws-fapi/v1"),
    place("coinm", "rest", "dapi.binance.com"),
    place("coinm", "streams", "dstream.binance.com/ws"),
    place("coinm", "ws-api", "ws-dapi.binance.com/ws-dapi/v1"),
    place("options", "rest", "eapi.binance.com"),
    place("options", "streams", "fstream.binance.com/public/ws"),
];

/// Paths that only one of Binance's hosts has. `/ws` and `/stream` are spot's and futures' alike, and `/futures/data`
/// that of both futures: the protocol decides.
const BINANCE_BARE: &[(&str, &str)] = &[
    ("api", "api.binance.com"),
    ("sapi", "api.binance.com"),
    ("fapi", "fapi.binance.com"),
    ("dapi", "dapi.binance.com"),
    ("eapi", "eapi.binance.com"),
    ("ws-api", "ws-api.binance.com"),
    ("ws-fapi", "ws-fapi.binance.com"),
    ("ws-dapi", "ws-dapi.binance.com"),
    ("public", "fstream.binance.com"),
    ("market", "fstream.binance.com"),
    ("private", "fstream.binance.com"),
];
