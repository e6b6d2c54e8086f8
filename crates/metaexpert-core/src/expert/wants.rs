//! What an expert subscribes to, so that the engine builds no event that nobody takes.

use std::time::Duration;

use crate::time::Timeframe;

/// What one expert subscribes to. The place of an entry in a list is the `handler` that
/// [`HandlerEvent`](super::HandlerEvent) names.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent yes-or-no questions, one an event")]
pub struct Wants {
    /// One entry for each `#[on_bar]`.
    pub bars: Vec<BarWant>,
    /// One entry for each `#[on_tick]`.
    pub ticks: Vec<TickWant>,
    /// One entry for each `#[on_book]`.
    pub books: Vec<BookWant>,
    /// One entry for each `#[on_public_trade]`.
    pub public_trades: Vec<PublicTradeWant>,
    /// The interval of each `#[on_timer]`.
    pub timers: Vec<Duration>,
    /// Whether there is an `#[on_order]`.
    pub orders: bool,
    /// Whether there is an `#[on_trade]`.
    pub trades: bool,
    /// Whether there is an `#[on_transaction]`.
    pub transactions: bool,
    /// Whether there is an `#[on_position]`.
    pub positions: bool,
    /// Whether there is an `#[on_account]`.
    pub accounts: bool,
    /// Whether there is an `#[on_funding]`.
    pub fundings: bool,
    /// Whether there is an `#[on_error]`.
    pub errors: bool,
    /// Whether there is an `#[on_backtest]`.
    pub criterion: bool,
    /// Whether there is an `#[on_backtest_pass]`.
    pub passes: bool,
}

/// Which bars an `#[on_bar]` is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BarWant {
    /// Of which symbol, as its author wrote it; the configured one where it is `None`.
    pub symbol: Option<&'static str>,
    /// Of which length; the configured one where it is `None`.
    pub timeframe: Option<Timeframe>,
}

/// Which ticks an `#[on_tick]` is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TickWant {
    /// Of which symbol, as its author wrote it; the configured one where it is `None`.
    pub symbol: Option<&'static str>,
}

/// Which book an `#[on_book]` is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookWant {
    /// Of which symbol, as its author wrote it; the configured one where it is `None`.
    pub symbol: Option<&'static str>,
    /// How many levels a side; as many as there are where it is `None`.
    pub depth: Option<usize>,
}

/// Whose tape an `#[on_public_trade]` is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicTradeWant {
    /// Of which symbol, as its author wrote it; the configured one where it is `None`.
    pub symbol: Option<&'static str>,
}
