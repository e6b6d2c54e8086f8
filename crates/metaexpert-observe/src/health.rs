//! Whether a program is well, and whether it is ready to trade.
//!
//! The one decision: an expert says as it goes that it goes ([`Pulse::beat`], [`Pulse::rest`]), which costs a store of a number; how long
//! it has been silent is found by whoever asks. Waiting for an event is no silence: a quiet market makes no expert unwell, a handler that
//! does not return does, and so does a thread that is gone.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use metaexpert_core::{
    InstrumentId,
    feed::{Pause, PauseCause},
};
use parking_lot::Mutex;
use serde::Serialize;

/// Something that an expert needs before it can trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Orders and positions were compared with the exchange's.
    Compared,
    /// Its market was heard of.
    Market,
    /// Its journal is open.
    Journal,
}

impl Need {
    /// What is so while it is not met.
    const fn missing(self) -> &'static str {
        match self {
            Self::Compared => "orders and positions have not been compared with the exchange's",
            Self::Market => "nothing has been heard of the market",
            Self::Journal => "the journal is not open",
        }
    }
}

/// The health of a program. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Health {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    patience: Duration,
    experts: Mutex<BTreeMap<String, Expert>>,
}

struct Expert {
    /// Odd while an event is being handled; it grows with each one.
    beats: Arc<AtomicU64>,
    /// What its beats were when somebody looked, and since when they have been that.
    seen: (u64, Instant),
    is_gone: bool,
    needs: Vec<Need>,
    /// By cause and instrument: what refuses entries, in words.
    pauses: BTreeMap<(PauseCause, Option<usize>), String>,
    /// Asked whenever somebody looks.
    troubles: Vec<Box<dyn Fn() -> Option<String> + Send>>,
}

impl std::fmt::Debug for Expert {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Expert").field("needs", &self.needs).field("pauses", &self.pauses).finish_non_exhaustive()
    }
}

/// How it is, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Whether it is as asked.
    pub ok: bool,
    /// Why not, a sentence each.
    pub reasons: Vec<String>,
}

impl Verdict {
    fn of(reasons: Vec<String>) -> Self {
        Self { ok: reasons.is_empty(), reasons }
    }
}

impl Health {
    /// That of a program whose experts may take so long for one event.
    pub fn new(patience: Duration) -> Self {
        Self { inner: Arc::new(Inner { patience, experts: Mutex::default() }) }
    }

    /// An expert begins, and needs this before it is ready. What it returns belongs to its thread.
    pub fn expert(&self, name: &str, needs: &[Need]) -> Pulse {
        let beats = Arc::new(AtomicU64::new(0));
        let expert = Expert {
            beats: Arc::clone(&beats),
            seen: (0, Instant::now()),
            is_gone: false,
            needs: needs.to_vec(),
            pauses: BTreeMap::new(),
            troubles: Vec::new(),
        };
        self.inner.experts.lock().insert(name.to_owned(), expert);
        Pulse { health: self.clone(), name: name.to_owned(), beats }
    }

    /// Something that an expert needs is there.
    pub fn met(&self, expert: &str, need: Need) {
        self.change(expert, |expert| expert.needs.retain(|needed| *needed != need));
    }

    /// Something that says of itself what keeps an expert from trading; it is asked whenever somebody looks, and must not block.
    pub fn ask(&self, expert: &str, trouble: impl Fn() -> Option<String> + Send + 'static) {
        self.change(expert, |expert| expert.troubles.push(Box::new(trouble)));
    }

    /// Entries of an expert are refused for a while, or no longer. `symbol` names the instrument where it is about one.
    pub fn pause(&self, expert: &str, pause: &Pause, symbol: Option<&str>) {
        let key = (pause.cause, pause.instrument.map(InstrumentId::index));
        let place = symbol.map(|symbol| format!(" in {symbol}")).unwrap_or_default();
        self.change(expert, |expert| {
            if let Some(since) = pause.since {
                expert.pauses.insert(key, format!("entries are refused{place} since {since}: {}", pause.cause));
                return;
            }
            expert.pauses.remove(&key);
            if pause.cause == PauseCause::Reconciling {
                expert.needs.retain(|need| *need != Need::Compared);
            }
        });
    }

    fn change(&self, expert: &str, change: impl FnOnce(&mut Expert)) {
        if let Some(expert) = self.inner.experts.lock().get_mut(expert) {
            change(expert);
        }
    }

    /// Whether every expert is alive and gets on with its events.
    pub fn is_alive(&self, now: Instant) -> Verdict {
        let patience = self.inner.patience;
        let mut experts = self.inner.experts.lock();
        let unwell = experts.iter_mut().filter_map(|(name, expert)| Some(format!("{name}: {}", expert.trouble(now, patience)?)));
        Verdict::of(unwell.collect())
    }

    /// Whether every expert can trade: what it needs is there, and nothing refuses its entries.
    pub fn is_ready(&self) -> Verdict {
        let experts = self.inner.experts.lock();
        if experts.is_empty() {
            return Verdict::of(vec!["no expert runs".to_owned()]);
        }
        let mut reasons = Vec::new();
        for (name, expert) in experts.iter() {
            let gone = expert.is_gone.then(|| "its thread is gone".to_owned());
            let missing = expert.needs.iter().map(|need| need.missing().to_owned());
            let troubles = expert.troubles.iter().filter_map(|trouble| trouble());
            let all = gone.into_iter().chain(missing).chain(expert.pauses.values().cloned()).chain(troubles);
            reasons.extend(all.map(|reason| format!("{name}: {reason}")));
        }
        Verdict::of(reasons)
    }
}

impl Expert {
    /// What is wrong with it. To be asked now and then: how long an event has been handled is known since the first look at it.
    fn trouble(&mut self, now: Instant, patience: Duration) -> Option<String> {
        if self.is_gone {
            return Some("its thread is gone".to_owned());
        }
        let beats = self.beats.load(Ordering::Relaxed);
        if beats != self.seen.0 || beats.is_multiple_of(2) {
            self.seen = (beats, now);
            return None;
        }
        let since = now.saturating_duration_since(self.seen.1);
        (since > patience)
            .then(|| format!("has been at one event for {} s, which may take {} s", since.as_secs(), patience.as_secs()))
    }
}

/// The pulse of an expert: its thread's. Dropped without [`ended`](Self::ended), the thread is gone for a reason that nobody wanted.
#[derive(Debug)]
pub struct Pulse {
    health: Health,
    name: String,
    beats: Arc<AtomicU64>,
}

impl Pulse {
    /// An event was taken.
    pub fn beat(&self) {
        // Nobody else writes it.
        let beats = self.beats.load(Ordering::Relaxed);
        self.beats.store((beats | 1).wrapping_add(2), Ordering::Relaxed);
    }

    /// The next event is waited for.
    pub fn rest(&self) {
        let beats = self.beats.load(Ordering::Relaxed);
        self.beats.store(beats & !1, Ordering::Relaxed);
    }

    /// The expert has ended as it should.
    pub fn ended(self) {
        self.health.inner.experts.lock().remove(&self.name);
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        self.health.change(&self.name, |expert| {
            if Arc::ptr_eq(&expert.beats, &self.beats) {
                expert.is_gone = true;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use metaexpert_core::UnixNanos;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    #[track_caller]
    fn check(verdict: &Verdict, reasons: &[&str]) {
        assert_eq!(verdict.reasons, reasons);
        assert_eq!(verdict.ok, reasons.is_empty());
    }

    #[test]
    fn an_expert_that_waits_is_well_and_one_that_is_stuck_is_not() {
        let health = Health::new(PATIENCE);
        let pulse = health.expert("ema", &[]);
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        check(&health.is_alive(at(1)), &[]);
        pulse.beat();
        pulse.rest();
        // A market without an event for a day.
        check(&health.is_alive(at(86_400)), &[]);
        pulse.beat();
        check(&health.is_alive(at(86_401)), &[]);
        check(&health.is_alive(at(86_411)), &[]);
        check(&health.is_alive(at(86_413)), &["ema: has been at one event for 12 s, which may take 10 s"]);
        pulse.beat();
        check(&health.is_alive(at(86_414)), &[]);
    }

    #[test]
    fn a_thread_that_is_gone_is_unwell_and_one_that_has_ended_is_not() {
        let health = Health::new(PATIENCE);
        let (died, ended) = (health.expert("died", &[]), health.expert("ended", &[]));
        drop(died);
        ended.ended();
        check(&health.is_alive(Instant::now()), &["died: its thread is gone"]);
        check(&health.is_ready(), &["died: its thread is gone"]);
        // It was started again.
        let _again = health.expert("died", &[]);
        check(&health.is_alive(Instant::now()), &[]);
    }

    #[test]
    fn it_is_ready_when_all_is_there_and_nothing_refuses_entries() {
        let health = Health::new(PATIENCE);
        check(&health.is_ready(), &["no expert runs"]);
        let _pulse = health.expert("ema", &[Need::Compared, Need::Market, Need::Journal]);
        health.met("ema", Need::Journal);
        health.met("nobody", Need::Market);
        check(
            &health.is_ready(),
            &[
                "ema: orders and positions have not been compared with the exchange's",
                "ema: nothing has been heard of the market",
            ],
        );
        health.met("ema", Need::Market);
        let pause = |since| Pause { instrument: None, cause: PauseCause::Reconciling, since };
        health.pause("ema", &pause(Some(UnixNanos::from_nanos(0))), None);
        assert_eq!(health.is_ready().reasons.len(), 2);
        health.pause("ema", &pause(None), None);
        check(&health.is_ready(), &[]);
        let stale = Pause { instrument: None, cause: PauseCause::Stale, since: Some(UnixNanos::from_nanos(0)) };
        health.pause("ema", &stale, Some("ETHUSDT"));
        check(&health.is_ready(), &["ema: entries are refused in ETHUSDT since 1970-01-01T00:00:00Z: stale"]);
    }

    #[test]
    fn what_says_of_itself_that_it_is_in_trouble_is_asked_each_time() {
        let health = Health::new(PATIENCE);
        let _pulse = health.expert("ema", &[]);
        let said = Arc::new(Mutex::new(None));
        let asked = Arc::clone(&said);
        health.ask("ema", move || asked.lock().clone());
        check(&health.is_ready(), &[]);
        *said.lock() = Some("the disk is full".to_owned());
        check(&health.is_ready(), &["ema: the disk is full"]);
        check(&health.is_alive(Instant::now()), &[]);
        *said.lock() = None;
        check(&health.is_ready(), &[]);
    }
}
