//! How many connects a host allows in a time, kept over all sessions that share the gate.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rustc_hash::FxHashMap;
use tokio::time::Instant;

/// Counts the connects of each host. Clones count together: one gate serves the whole process, for an exchange counts by address.
#[derive(Debug, Clone, Default)]
pub struct ConnectGate {
    hosts: Arc<Mutex<FxHashMap<String, VecDeque<Instant>>>>,
}

impl ConnectGate {
    /// A gate that nobody went through yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// When the next connect may begin. It is counted as made at that time, whether it is or not.
    pub fn pass(&self, host: &str, (most, per): (u32, Duration), now: Instant) -> Instant {
        let most = usize::try_from(most).unwrap_or(usize::MAX).max(1);
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let slots = hosts.entry(host.to_owned()).or_default();
        while slots.front().is_some_and(|slot| *slot + per <= now) {
            slots.pop_front();
        }
        // Slots are given in order of time, so that the one `most` places back says when there is room again.
        let back = slots.len().checked_sub(most).and_then(|at| slots.get(at));
        let latest = slots.back().copied().unwrap_or(now);
        let slot = back.map_or(now, |slot| *slot + per).max(latest).max(now);
        slots.push_back(slot);
        slot
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_stretch_of_the_time_has_more_connects_than_allowed(most in 1u32..6, pauses in prop::collection::vec(0u64..900, 1..60)) {
            let (gate, per) = (ConnectGate::new(), Duration::from_secs(1));
            let mut now = Instant::now();
            let mut slots = Vec::new();
            for pause in pauses {
                now += Duration::from_millis(pause);
                slots.push(gate.clone().pass("a", (most, per), now));
                prop_assert!(slots.last() >= Some(&now));
            }
            for (at, slot) in slots.iter().enumerate().skip(most as usize) {
                prop_assert!(*slot >= slots[at - most as usize] + per);
            }
        }
    }

    #[test]
    fn hosts_are_counted_apart() {
        let (gate, now) = (ConnectGate::new(), Instant::now());
        let limit = (1, Duration::from_mins(1));
        assert_eq!(gate.pass("a", limit, now), now);
        assert_eq!(gate.pass("b", limit, now), now);
        assert_eq!(gate.pass("a", limit, now), now + Duration::from_mins(1));
    }
}
