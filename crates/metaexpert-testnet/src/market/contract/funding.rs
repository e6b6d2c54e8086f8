//! Funding: what longs pay to shorts every few hours.
//!
//! The one decision: Binance's formula ("Introduction to Binance Futures Funding Rates"): the average premium of the interval, and
//! the interest as far as it lies within 0.05 % of that.

use metaexpert_core::UnixNanos;
use rust_decimal::{Decimal, dec};

use super::super::samples::shown;

/// Funding that was settled: time, rate, mark.
pub(in super::super) type Settled = (UnixNanos, Decimal, Decimal);

/// Interest for eight hours, and how far it may pull the rate from the premium.
const INTEREST: Decimal = dec!(0.0001);
const PULL: Decimal = dec!(0.0005);
/// The most that a rate may be, either way, for large coins ("Funding Rate History": capped funding rate).
const CAP: Decimal = dec!(0.02);
const HOUR: i64 = 3_600_000_000_000;

/// The funding of one contract.
#[derive(Debug)]
pub(super) struct Funding {
    interval: i64,
    next: UnixNanos,
    premium: f64,
    looks: f64,
    settled: Vec<Settled>,
}

impl Funding {
    /// Nothing is settled before `begin`, nor at it. Intervals are counted from midnight.
    pub(super) fn new(begin: UnixNanos, hours: u32) -> Self {
        let interval = i64::from(hours.max(1)) * HOUR;
        Self { interval, next: after(begin, interval), premium: 0.0, looks: 0.0, settled: Vec::new() }
    }

    /// The premium and the mark are this now. Rate and mark, where funding is due.
    pub(super) fn look(&mut self, time: UnixNanos, premium: f64, mark: Decimal) -> Option<(Decimal, Decimal)> {
        if time < self.next {
            self.premium += premium;
            self.looks += 1.0;
            return None;
        }
        let rate = self.rate();
        self.settled.push((self.next, rate, mark));
        self.next = after(time, self.interval);
        (self.premium, self.looks) = (premium, 1.0);
        Some((rate, mark))
    }

    /// What would be settled, if the premium stayed as it was.
    pub(super) fn rate(&self) -> Decimal {
        let premium = shown(if self.looks > 0.0 { self.premium / self.looks } else { 0.0 });
        let interest = INTEREST * Decimal::from(self.interval) / Decimal::from(8 * HOUR);
        (premium + (interest - premium).clamp(-PULL, PULL)).clamp(-CAP, CAP).round_dp(8)
    }

    pub(super) const fn next(&self) -> UnixNanos {
        self.next
    }

    pub(super) fn settled(&self) -> &[Settled] {
        &self.settled
    }
}

/// The next time that is a multiple of the interval since midnight.
const fn after(time: UnixNanos, interval: i64) -> UnixNanos {
    UnixNanos::from_nanos((time.as_nanos().div_euclid(interval) + 1) * interval)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_the_interest_while_the_premium_is_small() {
        for (premium, rate) in [
            (0.0, dec!(0.0001)),
            (0.0004, dec!(0.0001)),
            (-0.0004, dec!(0.0001)),
            (0.001, dec!(0.0005)),
            (-0.001, dec!(-0.0005)),
            (0.5, dec!(0.02)),
        ] {
            let mut funding = Funding::new(UnixNanos::from_nanos(0), 8);
            funding.look(UnixNanos::from_nanos(1), premium, dec!(1));
            assert_eq!(funding.rate(), rate, "premium {premium}");
        }
    }

    #[test]
    fn funding_is_due_at_even_hours_and_once() {
        let at = |text| UnixNanos::parse(text).unwrap();
        let mut funding = Funding::new(at("2026-01-01T07:00:00Z"), 8);
        assert_eq!(funding.look(at("2026-01-01T07:59:59Z"), 0.0, dec!(1)), None);
        assert_eq!(funding.look(at("2026-01-01T08:00:00Z"), 0.0, dec!(7)), Some((dec!(0.0001), dec!(7))));
        assert_eq!(funding.look(at("2026-01-01T08:00:00Z"), 0.0, dec!(7)), None);
        assert_eq!(funding.next(), at("2026-01-01T16:00:00Z"));
        assert_eq!(funding.settled(), [(at("2026-01-01T08:00:00Z"), dec!(0.0001), dec!(7))]);
    }
}
