//! The task of a session: it carries out what the machine decides.
//!
//! The one decision: one task does all that one session does, so that there is nothing to lock, and nothing can happen in another
//! order than it was decided in.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    time::{Instant, sleep},
};

use super::{
    Network, SessionEvent, StreamDialect, Topic, Vitals,
    calls::Call,
    links::Links,
    machine::{Input, Machine, Output},
    outbox::Outbox,
};
use crate::credential::{Lease, LeaseReader};

/// What the handle wants.
pub(crate) enum Command {
    Subscribe(Vec<Topic>),
    Unsubscribe(Vec<String>),
    Call(Call),
}

/// What a session does.
pub(crate) struct Task<D> {
    pub(crate) machine: Machine<D>,
    pub(crate) links: Links,
    pub(crate) outbox: Outbox,
    pub(crate) network: Network,
    pub(crate) most_waiting: usize,
    pub(crate) is_blocked: bool,
    /// Whether anybody receives events.
    pub(crate) is_heard: bool,
    pub(crate) commands: mpsc::Receiver<Command>,
    pub(crate) events: mpsc::Sender<(usize, SessionEvent)>,
    pub(crate) tag: usize,
    pub(crate) vitals: watch::Sender<Vitals>,
    pub(crate) credential: Option<LeaseReader>,
}

impl<D: StreamDialect> Task<D> {
    pub(crate) async fn run(mut self) {
        let mut alarm = pin!(sleep(Duration::ZERO));
        self.machine.start(Instant::now());
        self.carry_out();
        while self.is_heard {
            self.feel_pressure();
            let wake = self.machine.wake();
            if let Some(wake) = wake.filter(|wake| *wake != alarm.deadline()) {
                alarm.as_mut().reset(wake);
            }
            let may_read = !self.is_blocked;
            let links = &mut self.links;
            let input = tokio::select! {
                biased;
                room = self.events.reserve(), if !self.outbox.is_empty() => {
                    match (room, self.outbox.pop()) {
                        (Ok(room), Some(event)) => room.send((self.tag, event)),
                        (Ok(_), None) => {}
                        (Err(_), _) => self.is_heard = false,
                    }
                    continue;
                }
                command = self.commands.recv() => match command {
                    None => break,
                    Some(Command::Subscribe(topics)) => Input::Subscribe(topics),
                    Some(Command::Unsubscribe(topics)) => Input::Unsubscribe(topics),
                    Some(Command::Call(call)) => Input::Call(call),
                },
                lease = next_lease(&mut self.credential) => Input::Lease(lease),
                // Before the links: a flood of frames must not keep what is due from being done.
                () = alarm.as_mut(), if wake.is_some() => Input::Tick,
                input = poll_fn(|cx| links.poll_input(cx, may_read)) => input,
            };
            self.machine.step(input, Instant::now());
            self.carry_out();
        }
        self.say_goodbye().await;
    }

    /// Stops reading where too much waits for the receiver, and goes on when it does not.
    fn feel_pressure(&mut self) {
        let is_full = self.outbox.waiting() >= self.most_waiting;
        // Half of it has to be gone before more is read, or each event would turn it off and on.
        let is_blocked = if self.is_blocked { self.outbox.waiting() > self.most_waiting / 2 } else { is_full };
        if is_blocked != self.is_blocked {
            self.is_blocked = is_blocked;
            self.machine.step(if is_blocked { Input::Blocked } else { Input::Resumed }, Instant::now());
            self.carry_out();
        }
    }

    fn carry_out(&mut self) {
        while let Some(output) = self.machine.out.pop_front() {
            match output {
                Output::Dial { link, address } => {
                    let connects = self.machine.connects();
                    self.links.open(link, address, connects, &self.network);
                }
                Output::Send { link, text } => self.links.send(link, text),
                Output::SendCall { link, id, text } => self.links.send_call(link, id, text),
                Output::Withdraw { link, id } => self.links.withdraw(link, &id),
                Output::Ping(link) => self.links.ping(link),
                Output::Close(link) => self.links.close(link),
                Output::Tell(event) => self.tell(event),
                Output::CredentialDoubted(generation) => {
                    self.credential.iter().for_each(|credential| credential.doubted(generation));
                }
                Output::CredentialRefused(generation) => {
                    self.credential.iter().for_each(|credential| credential.refused(generation));
                }
            }
        }
        self.show();
    }

    fn tell(&mut self, event: SessionEvent) {
        if !self.outbox.is_empty() {
            self.outbox.push(event);
            return;
        }
        match self.events.try_send((self.tag, event)) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full((_, event))) => self.outbox.push(event),
            Err(mpsc::error::TrySendError::Closed(_)) => self.is_heard = false,
        }
    }

    /// Shows how the session is, if that has changed.
    fn show(&mut self) {
        let vitals = self.machine.vitals();
        vitals.dropped = self.outbox.dropped_ever();
        self.vitals.send_if_modified(|shown| {
            let is_new = shown != vitals;
            if is_new {
                shown.clone_from(vitals);
            }
            is_new
        });
    }

    async fn say_goodbye(mut self) {
        self.machine.step(Input::Stop, Instant::now());
        self.carry_out();
        self.commands.close();
        while !self.links.is_empty() {
            // Closing links bring no input; they only become fewer.
            let links = &mut self.links;
            poll_fn(|cx| {
                drop(links.poll_input(cx, true));
                if links.is_empty() { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
        }
    }
}

/// The next credential; never, where there is none.
async fn next_lease(credential: &mut Option<LeaseReader>) -> Lease {
    match credential {
        Some(credential) => credential.next().await,
        None => std::future::pending().await,
    }
}
