//! What the tests share: a session and its exchange.

use std::time::Duration;

use metaexpert_connect::ws::{
    Events, Session, SessionEvent, Settings, State, Topic,
    testing::{self, Exchange, Peer, Plain},
};
use tokio::time::Instant;

pub(crate) struct Play {
    pub(crate) session: Session,
    pub(crate) events: Events,
    pub(crate) exchange: Exchange,
}

pub(crate) const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn play(dialect: Plain, topics: &[&str]) -> Play {
    play_with(dialect, topics, Settings::usual())
}

pub(crate) fn play_with(dialect: Plain, topics: &[&str], settings: Settings) -> Play {
    let (network, exchange) = testing::exchange(11);
    let topics: Vec<Topic> = topics.iter().map(|topic| (*topic).into()).collect();
    let (session, events) = Session::start("play", dialect, topics, None, settings, &network);
    Play { session, events, exchange }
}

impl Play {
    /// Accepts a connection and acknowledges what it asks for, until the session is live.
    pub(crate) async fn accept_live(&mut self) -> Peer {
        let mut peer = self.exchange.accept().await.unwrap();
        let mut watch = self.session.watch();
        loop {
            tokio::select! {
                text = peer.text() => acknowledge(&mut peer, &text.expect("the session hung up")).await,
                live = watch.wait_for(|vitals| vitals.state == State::Live) => {
                    live.unwrap();
                    break;
                }
            }
        }
        assert!(matches!(self.event().await, SessionEvent::Connected { .. }));
        assert_eq!(self.events.recv().await, Some(SessionEvent::Subscribed));
        peer
    }

    /// The next event but that all topics are there, which hangs on when they are answered.
    pub(crate) async fn event(&mut self) -> SessionEvent {
        loop {
            match self.events.recv().await.expect("the session is over") {
                SessionEvent::Subscribed => {}
                event => return event,
            }
        }
    }

    /// The text of the next event, which has to be a frame.
    pub(crate) async fn frame(&mut self) -> String {
        match self.event().await {
            SessionEvent::Frame { bytes, .. } => String::from_utf8(bytes.to_vec()).unwrap(),
            other => panic!("{other:?} instead of a frame"),
        }
    }

    /// Why the connection was lost, which has to be the next event.
    pub(crate) async fn lost(&mut self) -> String {
        match self.event().await {
            SessionEvent::Lost { why } => why,
            other => panic!("{other:?} instead of a loss"),
        }
    }
}

/// Answers a request as an exchange that has everything.
pub(crate) async fn acknowledge(peer: &mut Peer, text: &str) {
    let mut words = text.split(' ');
    match (words.next(), words.next()) {
        (Some("sub" | "unsub"), Some(id)) => assert!(peer.send(format!("ack {id}")).await),
        (Some("login"), _) => assert!(peer.send("in").await),
        (Some("ping"), _) => assert!(peer.send("pong").await),
        other => panic!("{other:?}"),
    }
}

/// Acknowledges everything for a while.
pub(crate) async fn serve(peer: &mut Peer, time: Duration) {
    let end = Instant::now() + time;
    while let Ok(text) = tokio::time::timeout_at(end, peer.text()).await {
        let Some(text) = text else { return };
        acknowledge(peer, &text).await;
    }
}
