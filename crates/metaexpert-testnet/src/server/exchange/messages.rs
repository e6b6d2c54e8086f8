//! What goes out: news to those who listen, and messages into their queues, after the faults have had their say.

use super::Exchange;
use crate::{
    audit::{FrameLine, SocketState, What, masked, what_of},
    faults::{Effect, Over, Passing, Stage},
    news::News,
    order::AccountId,
    protocol::{Message, SocketId, Topic},
    server::lines::{Fate, TooSlow},
};

impl Exchange {
    /// Tells those who listen what has happened.
    pub(super) fn tell(&mut self) {
        let news = self.world.take_news();
        let at = self.moment();
        // An account's news one after another, so that faults can know whose a message is.
        for run in news.chunk_by(|one, next| owner(one) == owner(next)) {
            let owner = run.first().and_then(owner);
            self.put_down_news(run);
            self.protocol.tell(&self.world, run, at, &mut self.out);
            let name = owner.map(|account| self.name_of(account));
            self.send_all(name.as_deref());
        }
    }

    /// Sends what the protocol has put out, of the news of this account.
    pub(super) fn send_all(&mut self, account: Option<&str>) {
        for (socket, message) in self.out.take() {
            self.send(socket, message, account);
        }
    }

    /// Puts a message into its socket's queue, past the faults.
    pub(super) fn put(&mut self, socket: SocketId, message: Message) {
        let is_end = matches!(message, Message::Close(..));
        let put = match self.lines.get_mut(socket) {
            Some(opened) if !opened.is_half_open => opened.put(message),
            _ => Ok(()),
        };
        self.after(socket, &put, is_end);
    }

    fn send(&mut self, socket: SocketId, message: Message, account: Option<&str>) {
        let is_end = matches!(message, Message::Close(..));
        let effect = self.befall_message(socket, &message, account);
        self.put_down_message(socket, &message, account, &effect);
        if effect.is_half_open {
            self.go_dead(socket);
        }
        if effect.is_cut {
            return self.end(socket, Fate::Cut, "cut by a fault");
        }
        if effect.is_dropped || effect.is_half_open {
            return;
        }
        let message = if effect.is_truncated { half(message) } else { message };
        let now = self.course.now();
        let sent = match effect {
            Effect { is_reordered: true, .. } => self.lines.postpone(socket, message),
            Effect { is_doubled: true, delay, .. } => {
                self.lines.send(socket, message.clone(), now, delay).and_then(|()| self.lines.send(socket, message, now, delay))
            }
            Effect { delay, .. } => self.lines.send(socket, message, now, delay),
        };
        let is_held = !effect.delay.is_zero();
        if is_held {
            self.wake.notify_one();
        }
        self.after(socket, &sent, is_end && !is_held);
    }

    fn after(&mut self, socket: SocketId, sent: &Result<(), TooSlow>, is_end: bool) {
        match sent {
            Err(TooSlow) => self.end(socket, Fate::Cut, "too slow: its queue was full"),
            Ok(()) if is_end => self.end(socket, Fate::Open, "closed by the exchange"),
            Ok(()) => {}
        }
    }

    fn befall_message(&mut self, socket: SocketId, message: &Message, account: Option<&str>) -> Effect {
        if self.faults.rules().is_empty() {
            return Effect::default();
        }
        let Some(opened) = self.lines.get(socket).filter(|opened| !opened.is_half_open) else { return Effect::default() };
        let (topic, text) = match message {
            Message::Text(topic, text) => (*topic, text.as_str()),
            Message::Ping(_) | Message::Close(..) => (Topic::Control, ""),
        };
        self.faults.befall(&Passing {
            stage: Stage::Message,
            over: Over::Socket,
            host: &opened.host,
            method: "GET",
            path: &opened.path,
            account: account.or(opened.account.as_deref()),
            topic: Some(topic),
            texts: [text, ""],
            now: self.course.since(),
        })
    }

    fn put_down_message(&mut self, socket: SocketId, message: &Message, account: Option<&str>, effect: &Effect) {
        if !effect.is_nothing() {
            self.put_down_faults(&effect.struck, &format!("a message on socket {}", socket.0));
        }
        // What markets send is counted, not kept.
        if let Message::Text(Topic::Account | Topic::Answer, text) = message {
            let known = self.lines.get(socket).and_then(|opened| opened.account.clone());
            let line = FrameLine {
                socket: socket.0,
                account: account.map(str::to_owned).or(known),
                text: masked(text),
                is_dropped: effect.is_dropped || effect.is_cut || effect.is_half_open,
                faults: effect.struck.iter().map(|(rule, _)| *rule).collect(),
            };
            self.audit.put(self.moment(), What::FrameOut(line));
        }
    }

    fn put_down_news(&mut self, news: &[News]) {
        for news in news {
            let News::Account(account, news) = news else { continue };
            let markets = self.world.markets();
            let symbol = |market| markets.get(market).listing().symbol.clone();
            if let Some(what) = what_of(&self.name_of(*account), news, symbol) {
                self.audit.put(self.moment(), what);
            }
        }
    }

    /// Lets nothing go in or out of a socket any more.
    pub(super) fn go_dead(&mut self, socket: SocketId) {
        let is_alive = |opened: &&mut crate::server::lines::Opened| !opened.is_half_open;
        if let Some(opened) = self.lines.get_mut(socket).filter(is_alive) {
            opened.go_dead();
            self.put_down_socket(socket, SocketState::HalfOpen);
        }
    }
}

const fn owner(news: &News) -> Option<AccountId> {
    match news {
        News::Account(account, _) => Some(*account),
        News::Market(..) | News::Step(..) => None,
    }
}

/// The first half of a text.
fn half(message: Message) -> Message {
    match message {
        Message::Text(topic, text) => {
            let half = text.get(..text.floor_char_boundary(text.len() / 2)).unwrap_or_default().to_owned();
            Message::Text(topic, half.into())
        }
        other => other,
    }
}
