//! What an expert is told before the present: closed bars of all of its instruments, in the order of time.

use std::collections::VecDeque;

use metaexpert_core::{InstrumentBar, InstrumentId, UnixNanos, feed::Event};

use super::{bars::Series, groups::events_of};

/// What one expert is told when its present begins.
#[derive(Debug)]
pub(super) struct Opening {
    /// Bars that had closed when it started.
    pub(super) history: Vec<Event>,
    /// Bars that have closed since then.
    pub(super) since: Vec<Event>,
}

/// The last `length` bars of each series that had opened before `start`, which is when the first bar of the present opens, and those after.
pub(super) fn opening<'a>(series: impl Iterator<Item = (InstrumentId, &'a Series)>, start: UnixNanos, length: usize) -> Opening {
    let (mut history, mut since) = (Vec::new(), Vec::new());
    for (instrument, series) in series {
        let mut last = VecDeque::with_capacity(length.min(4_096));
        for bar in series.recent().map(|bar| InstrumentBar { instrument, bar: *bar }) {
            if bar.bar.time >= start {
                since.push(bar);
            } else {
                if last.len() == length {
                    last.pop_front();
                }
                if length > 0 {
                    last.push_back(bar);
                }
            }
        }
        history.extend(last);
    }
    Opening { history: events_of(history), since: events_of(since) }
}
