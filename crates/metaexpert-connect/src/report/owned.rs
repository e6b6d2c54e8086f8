//! Reports that outlive the frame they were read from: for answers to requests, and for queues between tasks.
//!
//! The one decision: each field is named, so that a field that is added to a report cannot be forgotten here.

use std::borrow::Cow;

use super::{
    BarReport, DepthReport, FundingReport, IndexReport, MarkReport, OpenInterestReport, PublicTradeReport, Quote,
    ReferenceReport, TickerReport,
};

macro_rules! owned {
    ($($report:ident { $($field:ident),* $(,)? })*) => {$(
        impl $report<'_> {
            /// The same, borrowed from nothing.
            pub fn into_owned(self) -> $report<'static> {
                let Self { symbol, $($field),* } = self;
                $report { symbol: symbol.map(|symbol| Cow::Owned(symbol.into_owned())), $($field),* }
            }
        }
    )*};
}

owned! {
    Quote { time, update, bid, bid_quantity, ask, ask_quantity }
    PublicTradeReport { id, trades, time, price, quantity, buyer_is_taker }
    DepthReport { time, is_snapshot, first, last, previous, bids, asks }
    BarReport { timeframe, open_time, close_time, open, high, low, close, volume, turnover, trades, is_closed }
    MarkReport { time, mark, index, funding_rate, next_funding, implied_volatility }
    IndexReport { time, price }
    TickerReport { time, last, open, high, low, change_pct, volume, turnover, bid, ask }
    FundingReport { time, rate, mark }
    OpenInterestReport { time, quantity, value }
    ReferenceReport { time, price, minutes }
}
