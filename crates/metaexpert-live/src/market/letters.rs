//! What the market desk writes into the logs: one function for each kind of record, which is named in the field `msgid`.

use std::{ops::Range, time::Duration};

use metaexpert_connect::{Failure, book_sync::Break};
use metaexpert_core::UnixNanos;
use slog::{Logger, debug, error, info, o, warn};

use crate::queue::Missed;

/// The log of a market desk.
#[derive(Debug)]
pub(super) struct Letters(Logger);

impl Letters {
    pub(super) fn new(log: &Logger, exchange: &'static str, product: &'static str) -> Self {
        Self(log.new(o!("exchange" => exchange, "product" => product)))
    }

    pub(super) fn connected(&self) {
        info!(self.0, "markets are being heard"; "msgid" => "market.connected");
    }

    pub(super) fn lost(&self, why: &str) {
        warn!(self.0, "the market's stream is lost: {}", why; "msgid" => "market.lost", "error" => why);
    }

    pub(super) fn not_connected(&self, attempt: u32, why: &str) {
        warn!(self.0, "attempt {} to reach the market has failed: {}", attempt, why;
            "msgid" => "market.not_connected", "attempt" => attempt, "error" => why);
    }

    pub(super) fn caught_up(&self) {
        info!(self.0, "nothing is missing any more"; "msgid" => "market.caught_up");
    }

    pub(super) fn refused(&self, why: &str) {
        error!(self.0, "the exchange does not give a stream: {}", why; "msgid" => "market.refused", "error" => why);
    }

    pub(super) fn strange(&self, why: &str, others: u64) {
        warn!(self.0, "a frame cannot be read: {}", why; "msgid" => "market.strange", "error" => why, "others" => others);
    }

    pub(super) fn dropped(&self, frames: u64) {
        warn!(self.0, "{} frames were dropped, since later ones had come", frames; "msgid" => "market.dropped", "frames" => frames);
    }

    pub(super) fn stale(&self, symbol: &str, age: Duration) {
        warn!(self.0, "nothing was heard of {} for {:.1} s", symbol, age.as_secs_f64();
            "msgid" => "market.stale", "symbol" => symbol, "age_seconds" => age.as_secs_f64());
    }

    pub(super) fn heard_again(&self, symbol: &str) {
        info!(self.0, "{} is heard of again", symbol; "msgid" => "market.heard", "symbol" => symbol);
    }

    pub(super) fn hole(&self, symbol: &str, timeframe: &'static str, hole: &Range<UnixNanos>) {
        warn!(self.0, "the exchange has no {} bars of {} from {} until {}", timeframe, symbol, hole.start, hole.end;
            "msgid" => "market.hole", "symbol" => symbol, "timeframe" => timeframe,
            "from" => %hole.start, "until" => %hole.end);
    }

    pub(super) fn bars_failed(&self, symbol: &str, timeframe: &'static str, failure: &Failure) {
        warn!(self.0, "{} bars of {} did not come: {}", timeframe, symbol, failure;
            "msgid" => "market.bars_failed", "symbol" => symbol, "timeframe" => timeframe, "error" => %failure);
    }

    pub(super) fn book_broke(&self, symbol: &str, why: &Break, others: u64) {
        warn!(self.0, "the book of {} is gone: {}", symbol, why;
            "msgid" => "market.book_broke", "symbol" => symbol, "error" => %why, "others" => others);
    }

    pub(super) fn book_rebuilt(&self, symbol: &str) {
        info!(self.0, "the book of {} is there again", symbol; "msgid" => "market.book_rebuilt", "symbol" => symbol);
    }

    pub(super) fn book_failed(&self, name: &str, failure: &Failure) {
        warn!(self.0, "the book of {} did not come: {}", name, failure;
            "msgid" => "market.book_failed", "symbol" => name, "error" => %failure);
    }

    pub(super) fn overloaded(&self, expert: &str, missed: Missed, books: u64) {
        let Missed { quotes, marks, prints } = missed;
        let what = format!(
            "{quotes} quotes and {marks} mark prices were dropped, since later ones had come; {books} books were gone for a while"
        );
        if prints == 0 {
            warn!(self.0, "{} is too slow: {}", expert, what; "msgid" => "market.overloaded", "expert_name" => expert,
                "quotes" => quotes, "marks" => marks, "books" => books);
        } else {
            error!(self.0, "{} hangs: {} prints were dropped, since too much waits; {}", expert, prints, what;
                "msgid" => "market.overloaded", "expert_name" => expert,
                "quotes" => quotes, "marks" => marks, "books" => books, "prints" => prints);
        }
    }

    pub(super) fn present(&self, expert: &str, bars: usize) {
        info!(self.0, "{} has heard its history: {} bars", expert, bars;
            "msgid" => "market.present", "expert_name" => expert, "bars" => bars);
    }

    pub(super) fn left(&self, expert: &str) {
        debug!(self.0, "{} does not listen any more", expert; "msgid" => "market.left", "expert_name" => expert);
    }
}
