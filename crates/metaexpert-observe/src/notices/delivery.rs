//! Messages, sent one after the other: tried again for a while, and given up with a line in the log.
//!
//! The one decision: what may have arrived is sent again. People rather read a message twice than not at all.

use std::{fmt::Write, sync::Arc, time::Duration};

use metaexpert_log::{masked, warning};
use tokio::time::sleep;

use super::{
    Channel, Judgement, Notice,
    queue::{Next, Queue},
    wire::Wire,
};
use crate::measures;

/// How often a message is sent at most.
const ATTEMPTS_MAX: u32 = 6;
/// The wait before the second attempt; it doubles from one to the next.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait that somebody can ask for. A flood of messages can cost minutes at Telegram; more than this is a mistake.
const WAIT_MAX: Duration = Duration::from_mins(10);
/// Between two messages of a channel: Telegram's FAQ (core.telegram.org/bots/faq, "My bot is hitting limits", read 2026-07) asks for no
/// more than one a second in a chat.
const BETWEEN: Duration = Duration::from_secs(1);

/// What sends the messages of one channel.
pub(super) struct Delivery {
    pub(super) channel: Box<dyn Channel>,
    pub(super) queue: Arc<Queue>,
    pub(super) wire: Box<dyn Wire>,
    pub(super) log: slog::Logger,
}

/// A message that nobody will get.
struct GivenUp {
    outcome: &'static str,
    attempts: u32,
    why: String,
}

impl Delivery {
    /// Sends until no more come.
    pub(super) async fn run(self) {
        let mut next = self.queue.next().await;
        while let Some(told) = next {
            self.send(told).await;
            let was_last = self.queue.is_done();
            if !was_last {
                sleep(BETWEEN).await;
            }
            next = self.queue.next().await;
        }
    }

    async fn send(&self, next: Next) {
        let Next { mut notice, dropped } = next;
        let channel = self.channel.name();
        if dropped > 0 {
            measures::noticed(channel, "dropped", dropped);
            warning!(self.log, "{dropped} messages were dropped: too many waited"; "msgid" => "notice.dropped", "channel" => channel);
            let _ = write!(notice.text, " ({dropped} older messages were dropped)");
        }
        let outcome = match self.deliver(&notice).await {
            Ok(()) => "delivered",
            Err(GivenUp { outcome, attempts, why }) => {
                warning!(self.log, "a message was not delivered: {}", masked(&why);
                    "msgid" => "notice.lost", "channel" => channel, "kind" => notice.kind.as_str(), "attempts" => attempts);
                outcome
            }
        };
        measures::noticed(channel, outcome, 1);
    }

    async fn deliver(&self, notice: &Notice) -> Result<(), GivenUp> {
        let mut wait = FIRST_WAIT;
        let mut attempts = 0;
        loop {
            attempts += 1;
            match self.attempt(notice).await {
                Judgement::Delivered => return Ok(()),
                Judgement::Refused(why) => return Err(GivenUp { outcome: "refused", attempts, why }),
                Judgement::Later(why, _) if attempts >= ATTEMPTS_MAX => {
                    return Err(GivenUp { outcome: "given_up", attempts, why });
                }
                Judgement::Later(_, asked) => sleep(asked.unwrap_or(wait).clamp(wait, WAIT_MAX)).await,
            }
            wait *= 2;
        }
    }

    async fn attempt(&self, notice: &Notice) -> Judgement {
        match self.wire.send(self.channel.post(notice)).await {
            Ok(answer) => self.channel.judge(answer.status, answer.retry_after, &answer.body),
            Err(why) => Judgement::Later(why, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use metaexpert_core::{UnixNanos, config::NoticeKind};
    use parking_lot::Mutex;
    use tokio::time::Instant;

    use super::{
        super::{
            Post, Webhook,
            wire::{Answer, Answering},
        },
        *,
    };

    /// Answers in turn, the last one for ever, and what it was asked when.
    #[derive(Clone)]
    struct Script {
        answers: Vec<Result<(u16, Option<u64>), &'static str>>,
        heard: Arc<Mutex<Vec<(u64, String)>>>,
        begin: Instant,
    }

    impl Wire for Script {
        fn send(&self, post: Post) -> Answering<'_> {
            let mut heard = self.heard.lock();
            let answer = self.answers[heard.len().min(self.answers.len() - 1)];
            let json: serde_json::Value = serde_json::from_str(&post.json).unwrap();
            heard.push((self.begin.elapsed().as_secs(), json["text"].as_str().unwrap().to_owned()));
            let answer = answer.map_err(str::to_owned).map(|(status, seconds)| Answer {
                status,
                retry_after: seconds.map(Duration::from_secs),
                body: Vec::new(),
            });
            Box::pin(async { answer })
        }
    }

    /// Sends these texts and returns when each was sent.
    async fn sent(answers: &[Result<(u16, Option<u64>), &'static str>], texts: &[&str]) -> Vec<(u64, String)> {
        let script = Script { answers: answers.to_vec(), heard: Arc::default(), begin: Instant::now() };
        let queue = Arc::new(Queue::default());
        for text in texts {
            let time = UnixNanos::from_nanos(0);
            queue.put(Notice { kind: NoticeKind::Halt, expert: "ema".to_owned(), text: (*text).to_owned(), time });
        }
        queue.close();
        let channel = Box::new(Webhook::new("https://hooks.example.com/").unwrap());
        let log = slog::Logger::root(slog::Discard, slog::o!());
        Delivery { channel, queue, wire: Box::new(script.clone()), log }.run().await;
        let heard = script.heard.lock();
        heard.clone()
    }

    fn times(heard: &[(u64, String)]) -> Vec<u64> {
        heard.iter().map(|(seconds, _)| *seconds).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn messages_leave_in_order_and_no_faster_than_one_a_second() {
        let heard = sent(&[Ok((200, None))], &["first", "second", "third"]).await;
        assert_eq!(heard, [(0, "first".to_owned()), (1, "second".to_owned()), (2, "third".to_owned())]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_that_is_away_is_asked_again_ever_more_rarely_and_then_given_up() {
        for failure in [Err("timed out"), Ok((500, None))] {
            let heard = sent(&[failure], &["halted"]).await;
            assert_eq!(times(&heard), [0, 1, 3, 7, 15, 31]);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_asks_for_time_is_given_it_within_reason() {
        let heard = sent(&[Ok((429, Some(35))), Ok((429, Some(86_400))), Ok((429, Some(0))), Ok((200, None))], &["halted"]).await;
        assert_eq!(times(&heard), [0, 35, 635, 639]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_refuses_is_not_asked_again_and_the_next_message_still_goes() {
        let heard = sent(&[Ok((401, None)), Ok((200, None))], &["first", "second"]).await;
        assert_eq!(times(&heard), [0, 1]);
    }
}
