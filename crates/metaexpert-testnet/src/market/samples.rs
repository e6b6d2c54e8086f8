//! Bars of what is reckoned and not traded: mark, index, premium.
//!
//! The one decision: they are made of one look a second, in floats, a bar for each minute.

use std::collections::VecDeque;

use metaexpert_core::{Timeframe, UnixNanos};
use rust_decimal::{Decimal, prelude::FromPrimitive};

use super::{Kline, candles::begin_of, interval::Interval};

/// How many minutes are kept.
const KEPT: usize = 20_160;
/// Decimals of what is shown (Binance shows mark and index with eight).
pub(super) const DECIMALS: u32 = 8;

#[derive(Debug, Default)]
pub(super) struct Samples {
    minutes: VecDeque<Minute>,
}

#[derive(Debug, Clone, Copy)]
struct Minute {
    open_time: UnixNanos,
    /// Open, high, low, close.
    values: [f64; 4],
    looks: u64,
}

impl Samples {
    /// It is this at that time.
    pub(super) fn see(&mut self, time: UnixNanos, value: f64) {
        self.add(time, [value; 4], 1);
    }

    /// It was this in that minute: open, high, low, close.
    pub(super) fn add(&mut self, time: UnixNanos, values: [f64; 4], looks: u64) {
        let open_time = Timeframe::M1.open_of(time);
        if let Some(last) = self.minutes.back_mut().filter(|last| last.open_time == open_time) {
            return last.take(values, looks);
        }
        self.minutes.push_back(Minute { open_time, values, looks });
        if self.minutes.len() > KEPT {
            self.minutes.pop_front();
        }
    }

    pub(super) fn klines(
        &self,
        interval: Interval,
        since: Option<UnixNanos>,
        until: Option<UnixNanos>,
        at_most: usize,
        now: UnixNanos,
    ) -> Vec<Kline> {
        let begin = begin_of(interval, since, until.unwrap_or(now).min(now), at_most);
        let limit = if since.is_some() { at_most } else { usize::MAX };
        let skip = self.minutes.partition_point(|minute| minute.open_time < begin);
        let mut longer: Vec<Minute> = Vec::new();
        for minute in self.minutes.iter().skip(skip) {
            let open_time = interval.open_of(minute.open_time);
            if until.is_some_and(|until| open_time > until) {
                break;
            }
            let is_full = longer.len() == limit;
            match longer.last_mut().filter(|last| last.open_time == open_time) {
                Some(last) => last.take(minute.values, minute.looks),
                None if is_full => break,
                None => longer.push(Minute { open_time, ..*minute }),
            }
        }
        let skip = longer.len().saturating_sub(at_most);
        longer.iter().skip(skip).map(|minute| minute.kline(interval, now)).collect()
    }
}

impl Minute {
    fn take(&mut self, [_, next_high, next_low, next_close]: [f64; 4], looks: u64) {
        let [open, high, low, _] = self.values;
        self.values = [open, high.max(next_high), low.min(next_low), next_close];
        self.looks += looks;
    }

    fn kline(&self, interval: Interval, now: UnixNanos) -> Kline {
        let end = interval.next(self.open_time);
        Kline {
            open_time: self.open_time,
            close_time: end.saturating_add_nanos(-1),
            prices: self.values.map(shown),
            volume: Decimal::ZERO,
            quote_volume: Decimal::ZERO,
            trades: self.looks,
            taker_volume: Decimal::ZERO,
            taker_quote_volume: Decimal::ZERO,
            ids: None,
            is_closed: end <= now,
        }
    }
}

/// What was reckoned, as it is shown.
pub(super) fn shown(value: f64) -> Decimal {
    Decimal::from_f64(value).unwrap_or_default().round_dp(DECIMALS)
}
