//! Sockets that open, speak and go.

use super::{Answer, Exchange, Passage};
use crate::{
    audit::{Delivery, FrameLine, SocketLine, SocketState, What, masked},
    faults::{Effect, Over, Passing, Stage},
    protocol::{Message, Request, SocketId, Topic},
    server::lines::{Fate, Line, Opened},
};

impl Exchange {
    /// Opens a socket, without faults on its way.
    ///
    /// # Errors
    /// What is answered in its place.
    pub fn connect(&mut self, request: &Request) -> Result<Line, Box<Answer>> {
        let passage = self.arrive(request, Over::Socket);
        self.open(request, passage)
    }

    /// Opens a socket for a request that has arrived.
    ///
    /// # Errors
    /// What is answered in its place.
    pub fn open(&mut self, request: &Request, passage: Passage) -> Result<Line, Box<Answer>> {
        self.catch_up();
        let Passage { effect, account, .. } = passage;
        if effect.is_cut || effect.is_dropped {
            let delivery = if effect.is_cut { Delivery::Cut } else { Delivery::Never };
            return Err(Box::new(self.unanswered(request, account, delivery, &effect)));
        }
        if let Some(failure) = effect.failure {
            let reply = self.protocol.fail(request, failure, self.moment());
            return Err(Box::new(self.answered(request, account, reply, false, &effect)));
        }
        let line = self.lines.open(&request.host, &request.path, &request.query, request.peer);
        let at = self.moment();
        if let Err(reply) = self.protocol.connect(&mut self.world, line.id, request, at, &mut self.out) {
            self.put_down_socket(line.id, SocketState::Refused { status: reply.status.as_u16() });
            self.lines.remove(line.id, Fate::Open);
            return Err(Box::new(self.answered(request, account, *reply, false, &effect)));
        }
        if let Some(opened) = self.lines.get_mut(line.id) {
            opened.account = account;
        }
        self.put_down_socket(line.id, SocketState::Open);
        self.send_all(None);
        self.tell();
        if effect.is_half_open {
            self.go_dead(line.id);
        }
        Ok(line)
    }

    /// A text has come over a socket.
    pub fn receive(&mut self, socket: SocketId, text: &str) {
        self.catch_up();
        let whose = self.keys.iter().find(|key| text.contains(key.key.as_str())).map(|key| key.account.clone());
        let Some(opened) = self.lines.get_mut(socket).filter(|opened| !opened.is_half_open) else { return };
        opened.received += 1;
        opened.account = whose.or_else(|| opened.account.take());
        let effect = self.befall_frame(Stage::Request, socket, text);
        self.put_down_frame(socket, text, &effect);
        if effect.is_half_open {
            return self.go_dead(socket);
        }
        if effect.is_cut {
            return self.end(socket, Fate::Cut, "cut by a fault, before a request was handled");
        }
        if effect.is_dropped {
            return;
        }
        if let Some(failure) = effect.failure {
            let answer = self.protocol.fail_on_socket(socket, text, failure, self.moment());
            return self.say(socket, answer);
        }
        match self.lines.receive(socket, text.to_owned(), self.course.now(), effect.delay) {
            Some(text) => self.hear(socket, &text),
            None => self.wake.notify_one(),
        }
    }

    /// The client has answered a ping.
    pub fn pong(&mut self, socket: SocketId) {
        self.catch_up();
        if self.lines.get(socket).is_some_and(|opened| !opened.is_half_open) {
            self.protocol.pong(socket, self.moment());
        }
    }

    /// A socket is gone: the client has closed it, or its connection is lost.
    pub fn disconnect(&mut self, socket: SocketId, why: &str) {
        self.catch_up();
        self.end(socket, Fate::Open, why);
    }

    /// Does what a text asks for, after whatever held it back.
    pub(super) fn hear(&mut self, socket: SocketId, text: &str) {
        if self.lines.get(socket).is_none_or(|opened| opened.is_half_open) {
            return;
        }
        let at = self.moment();
        self.protocol.receive(&mut self.world, socket, text, at, &mut self.out);
        let effect = self.befall_frame(Stage::Answer, socket, text);
        self.put_down_faults(&effect.struck, &format!("an answer on socket {}", socket.0));
        if effect.is_cut {
            // The others are told what has happened; this one is not.
            self.end(socket, Fate::Cut, "cut by a fault, after a request was handled");
        }
        if effect.is_half_open {
            self.go_dead(socket);
        }
        if let Some(failure) = effect.failure {
            self.say_instead(socket, self.protocol.fail_on_socket(socket, text, failure, self.moment()));
        } else {
            self.send_all(None);
        }
        self.tell();
        effect.events.into_iter().for_each(|event| self.set_off(event, &crate::faults::Scope::default()));
    }

    /// Ends a socket.
    pub(super) fn end(&mut self, socket: SocketId, fate: Fate, why: &str) {
        let Some(opened) = self.lines.remove(socket, fate) else { return };
        self.protocol.disconnect(socket);
        let state = SocketState::Gone { why: why.to_owned(), sent: opened.sent, received: opened.received };
        self.audit.put(self.moment(), What::Socket(line_of(socket, &opened, state)));
    }

    pub(super) fn put_down_socket(&mut self, socket: SocketId, state: SocketState) {
        if let Some(opened) = self.lines.get(socket) {
            let line = line_of(socket, opened, state);
            self.audit.put(self.moment(), What::Socket(line));
        }
    }

    fn say(&mut self, socket: SocketId, text: Option<String>) {
        if let Some(text) = text {
            self.out.text(socket, Topic::Answer, text);
            self.send_all(None);
        }
    }

    /// Sends what the protocol has put out, but a failure in place of the answer.
    fn say_instead(&mut self, socket: SocketId, failure: Option<String>) {
        let mut failure = failure;
        for (to, message) in self.out.take() {
            match message {
                Message::Text(Topic::Answer, _) if to == socket => {
                    if let Some(text) = failure.take() {
                        self.out.text(socket, Topic::Answer, text);
                    }
                }
                other => self.out.push(to, other),
            }
        }
        self.send_all(None);
    }

    fn befall_frame(&mut self, stage: Stage, socket: SocketId, text: &str) -> Effect {
        let Some(opened) = self.lines.get(socket).filter(|_| !self.faults.rules().is_empty()) else { return Effect::default() };
        self.faults.befall(&Passing {
            stage,
            over: Over::Socket,
            host: &opened.host,
            method: "GET",
            path: &opened.path,
            account: opened.account.as_deref(),
            topic: None,
            texts: [text, ""],
            now: self.course.since(),
        })
    }

    fn put_down_frame(&mut self, socket: SocketId, text: &str, effect: &Effect) {
        self.put_down_faults(&effect.struck, &format!("a text from socket {}", socket.0));
        let line = FrameLine {
            socket: socket.0,
            account: self.lines.get(socket).and_then(|opened| opened.account.clone()),
            text: masked(text),
            is_dropped: effect.is_dropped || effect.is_cut || effect.is_half_open,
            faults: effect.struck.iter().map(|(rule, _)| *rule).collect(),
        };
        self.audit.put(self.moment(), What::FrameIn(line));
    }
}

fn line_of(socket: SocketId, opened: &Opened, state: SocketState) -> SocketLine {
    let query = if opened.query.is_empty() { String::new() } else { format!("?{}", masked(&opened.query)) };
    let path = format!("{}{query}", opened.path);
    SocketLine { socket: socket.0, peer: opened.peer, host: opened.host.clone(), path, state }
}
