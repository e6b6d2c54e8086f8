//! Places in an order's life at which a test may end the process: compiled away unless the feature `failpoints` asks for them.
//!
//! The one decision: a place is a name, and what happens there is the environment's (`FAILPOINTS`, crate `fail`), so that what is tested
//! is the program that trades. `FAILPOINTS="orders::before-send=2*off->return"` ends it at the third order.

/// An order has come to the account's desk.
pub const HANDED_OVER: &str = "orders::handed-over";
/// Its request is about to be sent.
pub const BEFORE_SEND: &str = "orders::before-send";
/// Its request is under way, and not answered.
pub const AFTER_SEND: &str = "orders::after-send";
/// The exchange has answered, and nobody was told.
pub const ANSWERED: &str = "orders::answered";
/// Something becomes known of an order, and nobody was told.
pub const BEFORE_TELLING: &str = "orders::before-telling";
/// An execution is about to be told.
pub const BEFORE_EXECUTION: &str = "orders::before-execution";
/// An execution was told, and is not in the journal perhaps.
pub const AFTER_EXECUTION: &str = "orders::after-execution";
/// An order is about to be taken back.
pub const BEFORE_CANCEL: &str = "orders::before-cancel";
/// The exchange has answered to that, and nobody was told.
pub const CANCELLED: &str = "orders::cancelled";
/// A comparison has its facts, and has healed nothing.
pub const BEFORE_HEALING: &str = "orders::before-healing";

/// All of them.
pub const ALL: [&str; 10] = [
    HANDED_OVER,
    BEFORE_SEND,
    AFTER_SEND,
    ANSWERED,
    BEFORE_TELLING,
    BEFORE_EXECUTION,
    AFTER_EXECUTION,
    BEFORE_CANCEL,
    CANCELLED,
    BEFORE_HEALING,
];

/// The process is at this place.
#[cfg(feature = "failpoints")]
pub fn hit(place: &str) {
    fail::fail_point!(place, |_| die());
}

/// The process is at this place.
#[cfg(not(feature = "failpoints"))]
#[inline]
pub const fn hit(_place: &str) {}

/// Reads `FAILPOINTS`. To be called once, before anything else.
#[cfg(feature = "failpoints")]
pub fn arm() {
    // Never torn down: the places are armed for as long as the process lives.
    std::mem::forget(fail::FailScenario::setup());
}

/// Reads `FAILPOINTS`. To be called once, before anything else.
#[cfg(not(feature = "failpoints"))]
pub const fn arm() {}

/// As a power failure would: nothing is flushed, and no destructor runs.
#[cfg(feature = "failpoints")]
fn die() {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    std::process::abort();
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_place_has_a_name_of_its_own() {
        assert_eq!(ALL.iter().collect::<BTreeSet<_>>().len(), ALL.len());
        assert!(ALL.iter().all(|name| name.starts_with("orders::")));
    }
}
