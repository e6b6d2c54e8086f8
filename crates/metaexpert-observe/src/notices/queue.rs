//! What waits to be sent by one channel.
//!
//! The one decision: it has an end, and the oldest goes: a message of today is worth more than one of last night, when nobody could be
//! reached. Errors and trades that come in bursts are sent as the first one, and then one for all that came since.

use std::collections::VecDeque;

use metaexpert_core::config::NoticeKind;
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::Notice;

/// How many messages wait at most: some hours of a bad night.
const WAITING_MAX: usize = 256;

/// Messages in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    news: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Notice>,
    /// How many were dropped since one was taken.
    dropped: u64,
    is_closed: bool,
    /// What was taken last: of which expert and kind.
    last: Option<(String, NoticeKind)>,
}

/// What is to be sent next.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Next {
    pub(super) notice: Notice,
    /// How many were dropped before it.
    pub(super) dropped: u64,
}

impl Queue {
    /// One more. Never waits for the network.
    pub(super) fn put(&self, notice: Notice) {
        let mut state = self.state.lock();
        if state.is_closed {
            return;
        }
        if state.waiting.len() >= WAITING_MAX {
            state.waiting.pop_front();
            state.dropped += 1;
        }
        state.waiting.push_back(notice);
        drop(state);
        self.news.notify_one();
    }

    /// No more come; what waits is still sent.
    pub(super) fn close(&self) {
        self.state.lock().is_closed = true;
        self.news.notify_one();
    }

    /// Whether nothing waits and nothing comes any more.
    pub(super) fn is_done(&self) -> bool {
        let state = self.state.lock();
        state.is_closed && state.waiting.is_empty()
    }

    /// The next message, or `None` when there will be none.
    pub(super) async fn next(&self) -> Option<Next> {
        loop {
            {
                let mut state = self.state.lock();
                if let Some(next) = state.take() {
                    return Some(next);
                }
                if state.is_closed {
                    return None;
                }
            }
            self.news.notified().await;
        }
    }
}

impl State {
    fn take(&mut self) -> Option<Next> {
        let first = self.waiting.pop_front()?;
        let alike = |notice: &Notice| notice.expert == first.expert && notice.kind == first.kind;
        let is_further = self.last.as_ref().is_some_and(|(expert, kind)| *expert == first.expert && *kind == first.kind);
        let further =
            if is_further && is_collapsed(first.kind) { self.waiting.iter().filter(|notice| alike(notice)).count() } else { 0 };
        let notice = match self.waiting.iter().rfind(|notice| alike(notice)) {
            Some(last) if further > 0 => {
                let text = format!("{} further {}; the last: {}", further + 1, plural(last.kind), last.text);
                let merged = Notice { text, ..last.clone() };
                self.waiting.retain(|notice| !alike(notice));
                merged
            }
            _ => first,
        };
        self.last = Some((notice.expert.clone(), notice.kind));
        Some(Next { notice, dropped: std::mem::take(&mut self.dropped) })
    }
}

/// Halts and summaries are few, and each is to be read.
const fn is_collapsed(kind: NoticeKind) -> bool {
    match kind {
        NoticeKind::Error | NoticeKind::Trade => true,
        NoticeKind::Halt | NoticeKind::Daily => false,
    }
}

const fn plural(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Error => "errors",
        NoticeKind::Trade => "trades",
        NoticeKind::Halt => "halts",
        NoticeKind::Daily => "summaries",
    }
}

#[cfg(test)]
mod tests {
    use metaexpert_core::UnixNanos;

    use super::*;

    fn notice(kind: NoticeKind, expert: &str, text: impl Into<String>) -> Notice {
        Notice { kind, expert: expert.to_owned(), text: text.into(), time: UnixNanos::from_nanos(0) }
    }

    fn all(queue: &Queue) -> Vec<(u64, String)> {
        let mut taken = Vec::new();
        while let Some(next) = queue.state.lock().take() {
            taken.push((next.dropped, format!("{}: {}", next.notice.expert, next.notice.text)));
        }
        taken
    }

    #[test]
    fn a_burst_is_its_first_message_and_one_for_all_others() {
        let queue = Queue::default();
        for number in 0..38 {
            queue.put(notice(NoticeKind::Error, "ema", format!("error {number}")));
        }
        queue.put(notice(NoticeKind::Error, "rsi", "another's"));
        queue.put(notice(NoticeKind::Halt, "ema", "halted"));
        queue.put(notice(NoticeKind::Halt, "ema", "halted again"));
        assert_eq!(
            all(&queue),
            [
                (0, "ema: error 0".to_owned()),
                (0, "ema: 37 further errors; the last: error 37".to_owned()),
                (0, "rsi: another's".to_owned()),
                (0, "ema: halted".to_owned()),
                (0, "ema: halted again".to_owned()),
            ]
        );
    }

    #[test]
    fn a_full_queue_drops_the_oldest_and_says_how_many() {
        let queue = Queue::default();
        for number in 0..WAITING_MAX + 9 {
            queue.put(notice(NoticeKind::Daily, "ema", format!("day {number}")));
        }
        let taken = all(&queue);
        assert_eq!(taken.len(), WAITING_MAX);
        assert_eq!(taken[0], (9, "ema: day 9".to_owned()));
        assert_eq!(taken[1].0, 0);
    }

    #[tokio::test]
    async fn what_waits_is_sent_before_the_end_and_nothing_after_it() {
        let queue = Queue::default();
        queue.put(notice(NoticeKind::Trade, "ema", "bought"));
        queue.close();
        queue.put(notice(NoticeKind::Trade, "ema", "too late"));
        assert_eq!(queue.next().await.map(|next| next.notice.text), Some("bought".to_owned()));
        assert_eq!(queue.next().await, None);
    }
}
