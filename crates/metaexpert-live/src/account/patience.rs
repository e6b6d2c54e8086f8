//! How long the desk waits before it asks or tries again.
//!
//! The one decision: waits double from a short first one up to a longest one, and none of them has an end: what became of an order is
//! asked for until the exchange answers.

use std::time::Duration;

/// The first question after a lost answer: most answers that were lost belong to requests that were carried out at once.
pub(super) const FIRST: Duration = Duration::from_millis(250);

/// The longest wait between two questions about the same order.
pub(super) const LONGEST: Duration = Duration::from_secs(10);

/// An execution that a report speaks of comes over the stream a moment later; after this it is fetched.
pub(super) const FOR_A_FILL: Duration = Duration::from_millis(300);

/// By how much the exchange's clock may be off from what was measured, and a request be taken that is signed ahead of time: Binance
/// takes up to a second (USD-M, "Timing Security"), and so does Bybit ("Authentication"); the other second is for the measurement.
pub(super) const CLOCKS: Duration = Duration::from_secs(2);

/// For so long an order that reduces and was certainly not sent is tried again. Longer, and the price that it was decided at is gone.
pub(super) const TO_REDUCE: Duration = Duration::from_secs(10);

/// Answers in a row by which an order is gone that the exchange once had: one that was placed or triggered a moment ago may not be
/// found at once.
pub(super) const MISSING: u32 = 3;

/// After so many tries an execution that is missing is older than what is usually asked for.
pub(super) const IN_VAIN: u32 = 4;

/// The wait before the next try after so many.
pub(super) fn after(tries: u32) -> Duration {
    FIRST.saturating_mul(1 << tries.min(8)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits: Vec<u128> = (0..8).map(|tries| after(tries).as_millis()).collect();
        assert_eq!(waits, [250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
        assert_eq!(after(u32::MAX), LONGEST);
    }
}
