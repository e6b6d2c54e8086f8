//! Topics over several sessions, where one connection does not take them all.

use tokio::sync::mpsc;

use super::{Network, Session, SessionEvent, Settings, Stopped, StreamDialect, Topic};

struct Member {
    number: usize,
    session: Session,
    topics: Vec<String>,
}

/// Sessions of the same kind, each with its share of the topics.
pub struct StreamPool<D> {
    name: String,
    make: Box<dyn Fn() -> D + Send>,
    settings: Settings,
    network: Network,
    members: Vec<Member>,
    started: usize,
    sender: mpsc::Sender<(usize, SessionEvent)>,
    events: mpsc::Receiver<(usize, SessionEvent)>,
}

impl<D> std::fmt::Debug for StreamPool<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamPool").field("name", &self.name).field("sessions", &self.members.len()).finish_non_exhaustive()
    }
}

impl<D: StreamDialect> StreamPool<D> {
    /// A pool without topics, and so without connections. `make` gives each session its dialect.
    pub fn new(name: &str, make: impl Fn() -> D + Send + 'static, settings: Settings, network: &Network) -> Self {
        let (sender, events) = mpsc::channel(settings.buffer.max(1));
        let (make, network) = (Box::new(make), network.clone());
        Self { name: name.to_owned(), make, settings, network, members: Vec::new(), started: 0, sender, events }
    }

    /// Asks for topics: where there is room, and over new connections where there is none. What is there already is not asked for
    /// again.
    ///
    /// # Errors
    /// When a session is over, which none is unless its task died.
    pub async fn subscribe(&mut self, topics: Vec<Topic>) -> Result<(), Stopped> {
        let dialect = (self.make)();
        let most = dialect.limits().topics.max(1);
        let mut rest: Vec<Topic> = Vec::new();
        for topic in topics {
            if !self.has(&topic.name) && !rest.iter().any(|known| known.name == topic.name) {
                rest.push(topic);
            }
        }
        for member in &mut self.members {
            let room = most.saturating_sub(member.topics.len()).min(rest.len());
            let share: Vec<Topic> = rest.drain(..room).collect();
            if !share.is_empty() {
                member.topics.extend(share.iter().map(|topic| topic.name.clone()));
                member.session.subscribe(share).await?;
            }
        }
        while !rest.is_empty() {
            let share: Vec<Topic> = rest.drain(..most.min(rest.len())).collect();
            self.start(share);
        }
        Ok(())
    }

    fn has(&self, topic: &str) -> bool {
        self.members.iter().any(|member| member.topics.iter().any(|known| known == topic))
    }

    fn start(&mut self, share: Vec<Topic>) {
        let number = self.started;
        self.started += 1;
        let topics = share.iter().map(|topic| topic.name.clone()).collect();
        let name = format!("{}-{number}", self.name);
        let told = (number, self.sender.clone());
        let session = Session::start_into(&name, (self.make)(), share, None, self.settings, &self.network, told);
        self.members.push(Member { number, session, topics });
    }

    /// Ends topics. A session without any is stopped.
    ///
    /// # Errors
    /// As [`subscribe`](Self::subscribe).
    pub async fn unsubscribe(&mut self, topics: &[String]) -> Result<(), Stopped> {
        for member in &mut self.members {
            let ended: Vec<String> = member.topics.extract_if(.., |topic| topics.contains(topic)).collect();
            if !ended.is_empty() && !member.topics.is_empty() {
                member.session.unsubscribe(ended).await?;
            }
        }
        for member in self.members.extract_if(.., |member| member.topics.is_empty()).collect::<Vec<_>>() {
            member.session.stop().await;
        }
        Ok(())
    }

    /// The next event, and the number of the session that tells it. May be given up and called again without losing one.
    pub async fn recv(&mut self) -> (usize, SessionEvent) {
        loop {
            // The pool has a sender itself, so that the channel is never closed.
            let Some((number, event)) = self.events.recv().await else { return std::future::pending().await };
            let Some(member) = self.members.iter_mut().find(|member| member.number == number) else {
                // Of a session that was stopped.
                continue;
            };
            if let SessionEvent::Refused { topic, .. } = &event {
                member.topics.retain(|known| known != topic);
            }
            return (number, event);
        }
    }

    /// The sessions, with their numbers.
    pub fn sessions(&self) -> impl Iterator<Item = (usize, &Session)> {
        self.members.iter().map(|member| (member.number, &member.session))
    }

    /// Ends all sessions, at once, and waits for them.
    pub async fn stop(self) {
        drop(self.events);
        futures_util::future::join_all(self.members.into_iter().map(|member| member.session.stop())).await;
    }
}
