//! From what the journal is told to what people are told.
//!
//! The one decision: messages are made of records, and not of lines in a log, so that nothing is told which has not happened and nothing
//! has to be parsed. What a rule of the risk gate refuses is no error to anybody's telephone: it is what the rule is for. It is counted, and
//! stands in the summary of the day.

use std::{sync::Arc, time::Duration};

use metaexpert_core::{
    Error, Trade, UnixNanos,
    config::{NoticeKind, NoticeSet},
    journal::Record,
    risk::{Halt, RiskState},
};
use parking_lot::Mutex;
use tokio::{runtime::Handle, task::JoinHandle, time::sleep};

use super::{Notice, Notifier, tally::Tally};

/// The clock is looked at this often for the end of a day: it may be set, and machines sleep.
const BETWEEN_LOOKS: Duration = Duration::from_secs(30);

/// Watches one expert.
pub struct Watcher {
    expert: String,
    kinds: NoticeSet,
    notifier: Arc<dyn Notifier>,
    now: fn() -> UnixNanos,
    state: Mutex<State>,
}

struct State {
    tally: Tally,
    since: UnixNanos,
    /// Why it is halted, where it is.
    halt: Option<String>,
}

impl std::fmt::Debug for Watcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watcher").field("expert", &self.expert).field("kinds", &self.kinds).finish_non_exhaustive()
    }
}

impl Watcher {
    /// One that tells of these kinds. `now` is the clock of people, not that of the market.
    pub fn new(expert: &str, kinds: NoticeSet, notifier: Arc<dyn Notifier>, now: fn() -> UnixNanos) -> Self {
        let state = Mutex::new(State { tally: Tally::default(), since: now(), halt: None });
        Self { expert: expert.to_owned(), kinds, notifier, now, state }
    }

    /// The journal was told this.
    pub fn record(&self, record: &Record<'_>) {
        match record {
            Record::Trade(trade) => {
                {
                    let tally = &mut self.state.lock().tally;
                    tally.trades += 1;
                    tally.fee(&trade.fee);
                }
                self.tell(NoticeKind::Trade, || told(trade));
            }
            Record::Funding(funding) => self.state.lock().tally.funding(&funding.amount),
            Record::Balance(balance) => self.state.lock().tally.balance(balance),
            Record::Error(Error::Risk(_)) => self.state.lock().tally.refusals += 1,
            Record::Error(error) => {
                self.state.lock().tally.errors += 1;
                self.tell(NoticeKind::Error, || with_causes(error));
            }
            Record::Risk(state) => self.risk(state),
            // The rest is of use to the journal alone: a rejection is an error, too, and comes as one.
            _ => {}
        }
    }

    /// The run of the expert has ended, for this reason.
    pub fn ended(&self, reason: &str) {
        self.summary(&format!("ended ({reason}); "));
    }

    /// The run of the expert was ended by an error, and it no longer trades. An error like any other to whoever chooses what is told.
    pub fn failed(&self, why: &str) {
        self.state.lock().tally.errors += 1;
        self.tell(NoticeKind::Error, || format!("it no longer trades: {why}"));
    }

    /// The UTC day is over.
    pub fn day_over(&self) {
        self.summary("");
    }

    /// Tells of each UTC day when it is over, on a runtime, until what is returned is aborted.
    pub fn keep_days(self: &Arc<Self>, runtime: &Handle) -> JoinHandle<()> {
        let watcher = Arc::clone(self);
        runtime.spawn(async move {
            let mut day = (watcher.now)().utc_day();
            loop {
                sleep(BETWEEN_LOOKS).await;
                let today = (watcher.now)().utc_day();
                // A clock that is set back has no new day.
                if today > day {
                    watcher.day_over();
                    day = today;
                }
            }
        })
    }

    fn risk(&self, risk: &RiskState) {
        let reason = risk.halt.as_ref().map(Halt::reason);
        {
            let mut state = self.state.lock();
            if state.halt == reason {
                return;
            }
            state.halt.clone_from(&reason);
        }
        self.tell(NoticeKind::Halt, || reason.unwrap_or_else(|| "no longer halted: entries are allowed again".to_owned()));
    }

    fn summary(&self, before: &str) {
        let (day, since) = {
            let mut state = self.state.lock();
            (state.tally.begin_anew(), std::mem::replace(&mut state.since, (self.now)()))
        };
        self.tell(NoticeKind::Daily, || format!("{before}{}", day.text(since)));
    }

    /// Nothing is written where nobody wants it.
    fn tell(&self, kind: NoticeKind, text: impl FnOnce() -> String) {
        if self.kinds.contains(kind) {
            let text = metaexpert_log::masked(&text()).into_owned();
            self.notifier.notify(Notice { kind, expert: self.expert.clone(), text, time: (self.now)() });
        }
    }
}

fn told(trade: &Trade) -> String {
    let Trade { side, position_side, quantity, symbol, price, fee, reason, .. } = trade;
    let does = if trade.opens() { "opens" } else { "closes" };
    format!("{side} {quantity} {symbol} at {price}, {does} {position_side} ({reason}), fee {fee}")
}

fn with_causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use metaexpert_core::{Currency, Money, risk::Breach};
    use rust_decimal::Decimal;

    use super::*;

    #[derive(Default)]
    struct Heard(Mutex<Vec<(NoticeKind, String)>>);

    impl Notifier for Heard {
        fn notify(&self, notice: Notice) {
            self.0.lock().push((notice.kind, notice.text));
        }
    }

    fn watcher(kinds: NoticeSet) -> (Arc<Heard>, Watcher) {
        let heard = Arc::<Heard>::default();
        let notifier: Arc<dyn Notifier> = heard.clone();
        (heard, Watcher::new("ema", kinds, notifier, || UnixNanos::from_nanos(0)))
    }

    fn usdt(amount: i64) -> Money {
        Money::new(Decimal::new(amount, 2), Currency::new("USDT"))
    }

    fn risk(halt: Option<Halt>) -> RiskState {
        let zero = Decimal::ZERO;
        RiskState { equity: zero, peak: zero, day_start: zero, day_end: UnixNanos::from_nanos(0), halt }
    }

    #[test]
    fn an_error_and_a_halt_are_told_once_each() {
        let (heard, watcher) = watcher(NoticeSet::ALL);
        watcher.record(&Record::Error(&Error::Network("the line is cut".to_owned())));
        let halted = risk(Some(Halt { breach: Breach::Flattened, until: None }));
        watcher.record(&Record::Risk(&risk(None)));
        watcher.record(&Record::Risk(&halted));
        watcher.record(&Record::Risk(&halted));
        watcher.record(&Record::Risk(&risk(None)));
        let heard = heard.0.lock();
        assert_eq!(heard.len(), 3, "{heard:?}");
        assert_eq!(heard[0], (NoticeKind::Error, "network: the line is cut".to_owned()));
        assert!(heard[1].0 == NoticeKind::Halt && heard[1].1.starts_with("new entries are refused"), "{heard:?}");
        assert!(heard[2].1.contains("no longer halted"));
    }

    #[test]
    fn an_expert_that_no_longer_trades_is_an_error_to_whoever_is_told_of_errors() {
        let (heard, watcher) = watcher(metaexpert_core::config::KeyValue::parse("error").unwrap());
        watcher.failed("the disk is gone");
        watcher.ended("fatal_error");
        assert_eq!(*heard.0.lock(), [(NoticeKind::Error, "it no longer trades: the disk is gone".to_owned())]);
    }

    #[test]
    fn nothing_is_told_that_nobody_wants() {
        let (heard, watcher) = watcher(metaexpert_core::config::KeyValue::parse("halt").unwrap());
        watcher.record(&Record::Error(&Error::Network("cut".to_owned())));
        watcher.day_over();
        assert_eq!(heard.0.lock().len(), 0);
    }

    #[test]
    fn a_day_is_its_sums_and_the_next_one_begins_with_nothing() {
        let (heard, watcher) = watcher(NoticeSet::ALL);
        watcher.record(&Record::Balance(&usdt(1_000_000)));
        watcher.record(&Record::Balance(&usdt(1_001_250)));
        watcher.record(&Record::Error(&Error::Network("cut".to_owned())));
        watcher.day_over();
        watcher.ended("user stop");
        let heard = heard.0.lock();
        let daily: Vec<_> = heard.iter().filter(|(kind, _)| *kind == NoticeKind::Daily).map(|(_, text)| text.as_str()).collect();
        assert_eq!(
            daily,
            [
                "since 1970-01-01T00:00:00Z: no trades, balance 10012.5 USDT (+12.5), 1 error",
                "ended (user stop); since 1970-01-01T00:00:00Z: no trades, balance 10012.5 USDT (+0)",
            ]
        );
    }

    #[test]
    fn a_secret_in_an_error_reaches_nobody() {
        let (heard, watcher) = watcher(NoticeSet::ALL);
        metaexpert_log::register_secret("watcher-unit-secret-77");
        watcher.record(&Record::Error(&Error::Network("GET /x?k=watcher-unit-secret-77 failed".to_owned())));
        assert!(!heard.0.lock()[0].1.contains("watcher-unit-secret-77"));
    }
}
