//! The price that contracts are settled at: the index, averaged up to expiry.
//!
//! The one decision: the index is sampled at even times, and between two observations it is taken to stand still, so that an
//! index that is seen once a minute and one that is seen ten times a second are averaged by the same rule. No sample is kept,
//! only their sum.

use metaexpert_core::{Price, UnixNanos};
use rust_decimal::Decimal;

/// Over how long, how often, and to how many decimals an exchange averages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AveragingRule {
    /// How long before expiry it begins, in seconds; above zero.
    pub window_seconds: u32,
    /// Seconds between two samples, the last of them at expiry; above zero.
    pub every_seconds: u32,
    /// Decimals of the result, rounded to the nearest.
    pub decimals: u32,
}

impl AveragingRule {
    /// Binance's options: the 1,800 prices of the spot index in the half-hour before expiry ("Binance Options Mark Price and
    /// Position Limits", Options Mark Price, read 2026-11), to 8 decimals (`realStrikePrice` in "Historical Exercise
    /// Records"). OKX averages over half an hour too, since 2026-03-18, and Deribit does.
    pub const BINANCE_OPTIONS: Self = Self { window_seconds: 1_800, every_seconds: 1, decimals: 8 };
}

/// The average of one index up to one expiry.
///
/// ```
/// use metaexpert_core::{Price, UnixNanos};
/// use metaexpert_matching::settlement::{AveragingRule, SettlementAverage};
/// use rust_decimal::dec;
/// let (price, at) = (|price| Price::new(price).unwrap(), |time| UnixNanos::parse(time).unwrap());
/// let mut average = SettlementAverage::new(AveragingRule::BINANCE_OPTIONS, at("2027-03-26T08:00:00Z"));
/// average.observe(at("2027-03-26T07:00:00Z"), price(dec!(90000)));
/// average.observe(at("2027-03-26T07:45:00.5Z"), price(dec!(96000))); // 900 samples of each
/// assert_eq!(average.price(), Some(price(dec!(93000))));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettlementAverage {
    every: i64,
    decimals: u32,
    expiry: UnixNanos,
    /// When the next sample is due; after `expiry` there is none.
    next: UnixNanos,
    last: Option<Price>,
    sum: Decimal,
    samples: u32,
}

const SECOND: i64 = 1_000_000_000;

impl SettlementAverage {
    /// Nothing seen yet. A rule without a window or without an interval has the one sample at expiry.
    pub fn new(rule: AveragingRule, expiry: UnixNanos) -> Self {
        let every = i64::from(rule.every_seconds.max(1)) * SECOND;
        let samples = i64::from((rule.window_seconds / rule.every_seconds.max(1)).max(1));
        let next = expiry.saturating_add_nanos(-(samples - 1) * every);
        Self { every, decimals: rule.decimals, expiry, next, last: None, sum: Decimal::ZERO, samples: 0 }
    }

    /// The index is at `price` from `time` on. Times do not go back; after expiry nothing changes any more.
    pub fn observe(&mut self, time: UnixNanos, price: Price) {
        if time > self.expiry {
            self.sample_until(self.expiry);
        } else {
            self.sample_until(time.saturating_add_nanos(-1));
            self.last = Some(price);
        }
    }

    /// The settlement price: the average of the samples, the index standing still from its last observation to expiry. `None`
    /// if the index was never seen. Samples due before the first observation are left out.
    pub fn price(&self) -> Option<Price> {
        self.price_at(self.expiry)
    }

    /// The average as far as it is known at `now`, by which Binance values options in their last half-hour; before the first
    /// sample the index itself.
    pub fn price_at(&self, now: UnixNanos) -> Option<Price> {
        let mut known = *self;
        known.sample_until(now.min(self.expiry));
        match known.sum.checked_div(Decimal::from(known.samples)) {
            // An average that rounds to nothing is still no price of nothing.
            Some(mean) => Price::new(mean.round_dp(self.decimals)).or_else(|| Price::new(mean)),
            None => self.last,
        }
    }

    /// Takes all samples that are due by `time`, at the last price.
    fn sample_until(&mut self, time: UnixNanos) {
        if time < self.next {
            return;
        }
        let due = time.nanos_since(self.next) / self.every + 1;
        self.next = self.next.saturating_add_nanos(due.saturating_mul(self.every));
        if let Some(price) = self.last {
            let due = u32::try_from(due).unwrap_or(u32::MAX);
            self.sum += price.get() * Decimal::from(due);
            self.samples += due;
        }
    }
}
