//! The bars of one instrument and length: each closed one once, in order, and none left out that the exchange has.
//!
//! The one decision: there is one place that a series stands at, the bar that comes next. What is older than that is a copy or late and is
//! dropped, what is later waits until the exchange was asked for what lies between. No bar is ever made up, and no clock closes one: time
//! only says when to ask.
//!
//! Of two closed bars of the same time the first that was heard counts. It sends nothing: [`Series::request`] says what to ask for.

use std::{
    collections::{BTreeMap, VecDeque},
    ops::Range,
    time::Duration,
};

use metaexpert_connect::Failure;
use metaexpert_core::{Bar, Timeframe, UnixNanos};

/// So many answers in a row without the bar that is asked for, and the exchange does not have it. They are spread over some four seconds,
/// after which its requests know what its streams have told.
const TRIES_MAX: u32 = 5;

/// The pause before a question is asked again, doubled each time.
const PAUSE: Duration = Duration::from_millis(250);

/// The longest such pause.
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// How long after its close a bar is asked for that no stream has told of: streams tell of it within two seconds.
const OVERDUE: i64 = 5_000_000_000;

/// The bars of one instrument and length.
#[derive(Debug)]
pub(super) struct Series {
    timeframe: Timeframe,
    /// How many bars are asked for as history.
    history: usize,
    stage: Stage,
    /// When the bar opens that comes next; `None` as long as the history is not there.
    next: Option<UnixNanos>,
    /// Bars that have closed, and cannot be told of yet.
    held: BTreeMap<UnixNanos, Bar>,
    /// What opened before this is asked for, although nothing later has come.
    until: Option<UnixNanos>,
    /// Up to here it was given up to ask for what nothing later has come after.
    given_up: UnixNanos,
    /// The exchange has answered with bars up to this one.
    known_to: UnixNanos,
    /// What is being asked for.
    asking: Option<Range<UnixNanos>>,
    /// Answers in a row without the next bar.
    tries: u32,
    /// Questions in a row without an answer.
    failures: u32,
    /// How long the exchange wants to be left alone.
    rest: Duration,
    /// Told of bars, as long as somebody is to be told of them later.
    recent: Option<VecDeque<Bar>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The history is not there yet.
    Loading,
    Running,
}

/// What there is to tell of.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Told {
    /// The next bar.
    Bar(Bar),
    /// The exchange has no bars that opened within this.
    Hole(Range<UnixNanos>),
}

/// What to ask the exchange for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) span: Range<UnixNanos>,
    pub(super) after: Duration,
}

impl Series {
    /// Begins with so many bars as history, or with the bar that is not closed at `now`.
    pub(super) fn new(timeframe: Timeframe, history: usize, now: UnixNanos) -> Self {
        Self {
            timeframe,
            history,
            stage: if history == 0 { Stage::Running } else { Stage::Loading },
            next: (history == 0).then(|| timeframe.open_of(now)),
            held: BTreeMap::new(),
            until: None,
            given_up: UnixNanos::MIN,
            known_to: UnixNanos::MIN,
            asking: None,
            tries: 0,
            failures: 0,
            rest: Duration::ZERO,
            recent: Some(VecDeque::new()),
        }
    }

    /// Somebody wants so many bars as history. Nothing was asked for yet.
    pub(super) fn needs(&mut self, history: usize) {
        if history > self.history {
            (self.history, self.stage, self.next) = (history, Stage::Loading, None);
        }
    }

    pub(super) const fn timeframe(&self) -> Timeframe {
        self.timeframe
    }

    /// Whether the history is there.
    pub(super) fn has_history(&self) -> bool {
        self.stage == Stage::Running
    }

    /// Whether all that opened by then was told of, or is known not to be.
    pub(super) fn is_past(&self, open: UnixNanos) -> bool {
        self.next.is_some_and(|next| next > open)
    }

    /// Whether something is missing that is being asked for.
    pub(super) fn is_behind(&self) -> bool {
        self.missing().is_some()
    }

    /// Bars that were told of, for those who are not told yet.
    pub(super) fn recent(&self) -> impl Iterator<Item = &Bar> {
        self.recent.iter().flatten()
    }

    /// Nobody else wants to know of bars that were told of.
    pub(super) fn forget_recent(&mut self) {
        self.recent = None;
    }

    /// A stream says that a bar has closed.
    pub(super) fn hear(&mut self, bar: Bar) {
        if self.next.is_none_or(|next| bar.time >= next) {
            self.held.entry(bar.time).or_insert(bar);
        }
    }

    /// Streams were cut: what closed by `now` may have been missed.
    pub(super) fn catch_up(&mut self, now: UnixNanos) {
        self.expect(self.timeframe.open_of(now));
    }

    /// A bar of this time is due: what is missing up to it is asked for.
    pub(super) fn expect(&mut self, before: UnixNanos) {
        if self.next.is_some_and(|next| next < before) {
            self.until = self.until.max(Some(before));
        }
    }

    /// Time has passed: bars that should have been told of long ago are asked for, once.
    pub(super) fn watch(&mut self, now: UnixNanos) {
        let closed = self.timeframe.open_of(now.saturating_add_nanos(-OVERDUE));
        if closed > self.given_up {
            self.expect(closed);
        }
    }

    /// Adds to `out` what can be told of now.
    pub(super) fn advance(&mut self, out: &mut Vec<Told>) {
        if self.stage == Stage::Loading {
            return;
        }
        while let Some((&first, &bar)) = self.held.first_key_value() {
            let Some(next) = self.next else { return };
            if first > next {
                let is_hole = self.known_to > next || self.tries >= TRIES_MAX;
                if !is_hole {
                    break;
                }
                out.push(Told::Hole(next..first));
                self.next = Some(first);
                self.tries = 0;
                continue;
            }
            self.held.pop_first();
            if first == next {
                self.next = Some(next.saturating_add_nanos(self.timeframe.nanos()));
                self.tries = 0;
                self.recent.iter_mut().for_each(|recent| recent.push_back(bar));
                out.push(Told::Bar(bar));
            }
        }
        if self.until.is_some_and(|until| self.next >= Some(until)) {
            self.until = None;
        }
    }

    /// What to ask for now, unless that is being done already. The history ends where the bar opened that is not closed at `now`.
    pub(super) fn request(&mut self, now: UnixNanos) -> Option<Request> {
        if self.asking.is_some() {
            return None;
        }
        let span = match self.stage {
            Stage::Loading => self.span_of_history(now),
            Stage::Running => self.missing()?,
        };
        self.asking = Some(span.clone());
        let count = self.tries.max(self.failures);
        let pause = count.checked_sub(1).map_or(Duration::ZERO, |count| PAUSE.saturating_mul(1 << count.min(10)).min(PAUSE_MAX));
        Some(Request { span, after: pause.max(std::mem::take(&mut self.rest)) })
    }

    /// What came of the question.
    pub(super) fn answered(&mut self, answer: &Result<Vec<Bar>, Failure>) {
        let Some(span) = self.asking.take() else { return };
        match answer {
            Ok(bars) => {
                self.failures = 0;
                self.take(&span, bars);
            }
            Err(failure) => {
                self.failures = self.failures.saturating_add(1);
                if let Failure::RateLimited { retry_after: Some(wait), .. } = failure {
                    self.rest = *wait;
                }
            }
        }
    }

    fn take(&mut self, span: &Range<UnixNanos>, bars: &[Bar]) {
        let within = bars.iter().filter(|bar| span.contains(&bar.time));
        if self.stage == Stage::Loading {
            self.begin(span.start, within);
            return;
        }
        let Some(next) = self.next else { return };
        for bar in within.filter(|bar| bar.time >= next) {
            self.held.entry(bar.time).or_insert(*bar);
            self.known_to = self.known_to.max(bar.time);
        }
        if !self.held.contains_key(&next) && self.known_to <= next {
            self.tries += 1;
        }
        // Where nothing later has come, nobody knows whether there is such a bar.
        let is_alone = self.held.is_empty();
        if is_alone && self.tries >= TRIES_MAX {
            self.given_up = self.given_up.max(self.until.take().unwrap_or(UnixNanos::MIN));
            self.tries = 0;
        }
    }

    /// The history is there, in whatever order; what has closed meanwhile comes next.
    fn begin<'a>(&mut self, start: UnixNanos, bars: impl Iterator<Item = &'a Bar>) {
        let history: BTreeMap<UnixNanos, Bar> = bars.map(|bar| (bar.time, *bar)).collect();
        let behind_last = history.last_key_value().map(|(last, _)| last.saturating_add_nanos(self.timeframe.nanos()));
        let next = behind_last.unwrap_or(start);
        if let Some(recent) = &mut self.recent {
            recent.extend(history.values());
        }
        self.held = self.held.split_off(&next);
        self.next = Some(next);
        self.stage = Stage::Running;
    }

    fn span_of_history(&self, now: UnixNanos) -> Range<UnixNanos> {
        let end = self.timeframe.open_of(now);
        let length = i64::try_from(self.history).unwrap_or(i64::MAX).saturating_mul(self.timeframe.nanos());
        end.saturating_add_nanos(-length)..end
    }

    /// What lies between what was told of and what is held, or is due.
    fn missing(&self) -> Option<Range<UnixNanos>> {
        if self.stage == Stage::Loading {
            return None;
        }
        let next = self.next?;
        let held = self.held.first_key_value().map(|(first, _)| *first);
        let end = held.or(self.until).filter(|end| *end > next)?;
        Some(next..end)
    }
}
