//! Whose journal it is.

use metaexpert_core::config::TradeMode;

/// Whose journal it is. A journal is opened for nobody else: the orders of one account would be taken for another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The expert's name.
    pub expert: String,
    /// Its number.
    pub strategy: u32,
    /// `paper` or `live`.
    pub mode: TradeMode,
    /// Exchange and product: `binance usdm`.
    pub venue: String,
    /// The account: what the key's first letters and the host are; empty on paper.
    pub account: String,
}
