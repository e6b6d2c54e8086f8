//! Where money lies: the wallets of one account.
//!
//! The one decision: an order names its wallet, since the same market (`BTCUSDT` spot) is traded from several.

use crate::listing::{Class, MarketId};

/// A wallet of an account. Money moves between them by transfers only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wallet {
    /// One's own coins.
    Spot,
    /// Coins, own and borrowed, that vouch for all loans together.
    Cross,
    /// The coins of one pair, own and borrowed, that vouch for that pair's loans alone.
    Isolated(MarketId),
    /// Margin of linear futures.
    Linear,
    /// Margin of inverse futures.
    Inverse,
    /// Premiums and margin of options.
    Options,
}

impl Wallet {
    /// Which markets are traded from it.
    pub const fn class(self) -> Class {
        match self {
            Self::Spot | Self::Cross | Self::Isolated(_) => Class::Spot,
            Self::Linear => Class::Linear,
            Self::Inverse => Class::Inverse,
            Self::Options => Class::Options,
        }
    }

    /// Its name in files, in the audit and in messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spot => "spot",
            Self::Cross => "cross",
            Self::Isolated(_) => "isolated",
            Self::Linear => "linear",
            Self::Inverse => "inverse",
            Self::Options => "options",
        }
    }
}
