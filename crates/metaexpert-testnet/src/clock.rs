//! Time as the testnet counts it: since it began, by the wall or by hand.
//!
//! The one decision: everything below the server is told the time, and this is the only place that looks at a clock. By hand,
//! nothing happens by itself: whoever holds the time says how much of it passes.

use std::time::{Duration, Instant};

use tokio::sync::watch;

/// What makes time pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Time {
    /// The clock on the wall.
    #[default]
    Wall,
    /// [`Running::advance`](crate::testnet::Running::advance), and nothing else.
    Manual,
}

/// How long the testnet has been there.
#[derive(Debug)]
pub struct Clock(Kind);

#[derive(Debug)]
enum Kind {
    Wall(Instant),
    Manual(watch::Sender<Duration>),
}

impl Clock {
    /// A clock that begins now.
    pub fn new(time: Time) -> Self {
        Self(match time {
            Time::Wall => Kind::Wall(Instant::now()),
            Time::Manual => Kind::Manual(watch::Sender::new(Duration::ZERO)),
        })
    }

    /// What makes its time pass.
    pub const fn time(&self) -> Time {
        match self.0 {
            Kind::Wall(_) => Time::Wall,
            Kind::Manual(_) => Time::Manual,
        }
    }

    /// How long ago it began.
    pub fn elapsed(&self) -> Duration {
        match &self.0 {
            Kind::Wall(began) => began.elapsed(),
            Kind::Manual(elapsed) => *elapsed.borrow(),
        }
    }

    /// Waits until it began so long ago. By hand that is when somebody has said so.
    pub async fn reach(&self, elapsed: Duration) {
        match &self.0 {
            Kind::Wall(began) => {
                if let Some(at) = began.checked_add(elapsed) {
                    tokio::time::sleep_until(at.into()).await;
                }
            }
            Kind::Manual(now) => {
                // The clock outlives whoever waits for it, so that the sender is there.
                let _ = now.subscribe().wait_for(|now| *now >= elapsed).await;
            }
        }
    }

    /// Lets so much time have passed; a clock on the wall does not listen, and none goes back.
    pub fn set(&self, elapsed: Duration) {
        if let Kind::Manual(now) = &self.0 {
            now.send_if_modified(|now| {
                let is_later = elapsed > *now;
                *now = elapsed.max(*now);
                is_later
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn by_hand_nothing_passes_by_itself() {
        let clock = std::sync::Arc::new(Clock::new(Time::Manual));
        assert_eq!(clock.elapsed(), Duration::ZERO);
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.reach(Duration::from_secs(3)).await;
                clock.elapsed()
            }
        });
        tokio::task::yield_now().await;
        clock.set(Duration::from_secs(2));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        clock.set(Duration::from_secs(5));
        assert_eq!(waiting.await.unwrap(), Duration::from_secs(5));
        clock.set(Duration::from_secs(1));
        assert_eq!(clock.elapsed(), Duration::from_secs(5), "time does not go back");
    }
}
