//! A local exchange without a socket and without a clock of its own: world, protocol, faults and audit, in time.
//!
//! The one decision: whatever is asked, time comes first: all that was due by now happens before a request is looked at. So a
//! request meets the exchange as it is at that moment, whether a clock or a test moves the time, and whoever asks a test's
//! exchange the same at the same times is answered the same.

mod accounts; // accounts that are opened and funded while it runs
mod calls; // requests and their answers
mod events; // what faults and administration do to all of it
mod messages; // what goes out
mod prices; // prices that are moved while it runs
mod sockets; // sockets that open, speak and go

use std::{sync::Arc, time::Duration};

pub use calls::{Answer, Passage};
use metaexpert_core::UnixNanos;
use tokio::sync::{Notify, watch};

use super::{
    course::Course,
    lines::{Held, Lines},
};
use crate::{
    audit::{Audit, What},
    clock::Clock,
    faults::{Faults, Rule},
    order::AccountId,
    protocol::{Moment, Outbox, Protocol},
    setup::{IssuedKey, SetupError},
    world::World,
};

/// An exchange as it begins.
pub struct Made {
    /// Its markets and accounts.
    pub world: World,
    /// What it speaks.
    pub protocol: Box<dyn Protocol>,
    /// The keys that it has issued.
    pub keys: Vec<IssuedKey>,
}

/// Makes an exchange that begins at a time: at first, and when it is started anew without its state.
pub type Maker = Box<dyn FnMut(UnixNanos) -> Result<Made, SetupError> + Send>;

/// How long markets that are sped up may be at catching up before somebody is answered. Longer than this they fall behind, since what is
/// asked and what ends the testnet would wait for ever where a machine is too slow for a speed. By hand this never comes.
const KEEPING_UP: Duration = Duration::from_millis(250);

/// A local exchange.
pub struct Exchange {
    world: World,
    protocol: Box<dyn Protocol>,
    keys: Vec<IssuedKey>,
    maker: Maker,
    seed: u64,
    clock: Arc<Clock>,
    course: Course,
    faults: Faults,
    audit: Audit,
    lines: Lines,
    out: Outbox,
    /// Told when something was held back that is due before the next beat.
    wake: Arc<Notify>,
    /// Whether somebody has asked for the end.
    stop: watch::Sender<bool>,
}

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Made").field("protocol", &self.protocol.name()).field("keys", &self.keys).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exchange")
            .field("protocol", &self.protocol.name())
            .field("now", &self.course.moment(0))
            .finish_non_exhaustive()
    }
}

impl Exchange {
    /// An exchange that begins at `start`, with faults of this seed.
    ///
    /// # Errors
    /// Why it cannot be made.
    pub fn new(mut maker: Maker, clock: Clock, start: UnixNanos, speed: f64, seed: u64) -> Result<Self, SetupError> {
        let Made { world, protocol, keys } = maker(start)?;
        Ok(Self {
            world,
            protocol,
            keys,
            maker,
            seed,
            clock: Arc::new(clock),
            course: Course::new(start, speed),
            faults: Faults::new(seed),
            audit: Audit::default(),
            lines: Lines::default(),
            out: Outbox::default(),
            wake: Arc::default(),
            stop: watch::Sender::new(false),
        })
    }

    /// Its markets and accounts, up to now.
    pub fn world(&mut self) -> &World {
        self.catch_up();
        &self.world
    }

    /// Changes the world past the protocol: what that sets off is told.
    pub fn change<T>(&mut self, change: impl FnOnce(&mut World) -> T) -> T {
        self.catch_up();
        let done = change(&mut self.world);
        self.tell();
        done
    }

    /// The hosts that it answers for.
    pub fn hosts(&self) -> &'static [&'static str] {
        self.protocol.hosts()
    }

    /// What it is called: `binance`.
    pub fn name(&self) -> &'static str {
        self.protocol.name()
    }

    /// The keys that it has issued.
    pub fn keys(&self) -> &[IssuedKey] {
        &self.keys
    }

    /// What happened.
    pub const fn audit(&self) -> &Audit {
        &self.audit
    }

    /// What happened, to have it written to a file.
    pub const fn audit_mut(&mut self) -> &mut Audit {
        &mut self.audit
    }

    /// The rules of its bad days.
    pub const fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Lets something go wrong from now on. Returns the rule's number.
    pub fn add_fault(&mut self, rule: Rule) -> u64 {
        self.catch_up();
        let id = self.faults.add(rule, self.course.since());
        self.cap_fills();
        id
    }

    /// Ends a fault; `false` where none of this number holds.
    pub fn remove_fault(&mut self, id: u64) -> bool {
        self.catch_up();
        let was_there = self.faults.remove(id);
        self.cap_fills();
        was_there
    }

    /// Ends all faults. Returns how many there were.
    pub fn clear_faults(&mut self) -> usize {
        self.catch_up();
        let cleared = self.faults.clear();
        self.cap_fills();
        cleared
    }

    /// The times of this moment.
    pub fn now(&mut self) -> Moment {
        self.catch_up();
        self.moment()
    }

    /// How much faster the markets' time passes than the exchange's.
    pub const fn speed(&self) -> f64 {
        self.course.speed()
    }

    /// Lets the markets' time pass so much faster from now on.
    pub fn set_speed(&mut self, speed: f64) {
        self.catch_up();
        self.course.set_speed(speed);
        self.note(format!("speed {speed}"));
    }

    /// Lets so much of the exchange's time pass, where it passes by hand. By the wall it passes by itself, and this says `false`.
    pub fn advance(&mut self, by: Duration) -> bool {
        if self.clock.time() != crate::clock::Time::Manual {
            return false;
        }
        let to = self.course.now() + by;
        self.go(to);
        // Told only now: whoever waits for a time meets the exchange as it is then.
        self.clock.set(to);
        true
    }

    /// Lets happen what was due by now.
    pub fn catch_up(&mut self) {
        self.go(self.clock.elapsed());
    }

    pub(crate) fn clock(&self) -> Arc<Clock> {
        self.clock.clone()
    }

    pub(crate) fn wake(&self) -> Arc<Notify> {
        self.wake.clone()
    }

    pub(crate) fn next_due(&self) -> Option<Duration> {
        self.lines.next_due()
    }

    /// Asks for the end of all of it.
    pub fn stop(&mut self) {
        self.note("stop".to_owned());
        self.stop.send_replace(true);
    }

    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    fn go(&mut self, to: Duration) {
        let began = self.clock.elapsed();
        while let Some(step) = self.course.step(to) {
            if self.course.may_fall_behind() && self.clock.elapsed().saturating_sub(began) > KEEPING_UP {
                self.course.fall_behind(to);
                break;
            }
            self.release(step);
            self.move_to(step);
            self.world.pace();
            self.tell();
            self.with_protocol(|protocol, world, at, out| protocol.tick(world, at, out));
            // What a tick ended (a key, a socket) may be news as well.
            self.tell();
            self.happen();
        }
        self.release(to);
        self.move_to(to);
    }

    /// Lets what was held back until then go on its way, each at its time.
    fn release(&mut self, until: Duration) {
        while let Some((due, held)) = self.lines.due(until) {
            self.move_to(due);
            match held {
                Held::Out(socket, message) => self.put(socket, message),
                Held::In(socket, text) => self.hear(socket, &text),
            }
        }
    }

    fn move_to(&mut self, to: Duration) {
        self.course.go(to);
        self.world.advance(self.moment().market);
        self.tell();
    }

    fn moment(&self) -> Moment {
        self.course.moment(self.faults.skew(self.course.since()))
    }

    /// Lets the protocol do something, and sends what comes of it.
    fn with_protocol(&mut self, act: impl FnOnce(&mut dyn Protocol, &mut World, Moment, &mut Outbox)) {
        let at = self.moment();
        act(self.protocol.as_mut(), &mut self.world, at, &mut self.out);
        self.send_all(None);
    }

    fn note(&mut self, action: String) {
        self.audit.put(self.moment(), What::Admin { action });
    }

    fn put_down_faults(&mut self, struck: &[(u64, &'static str)], what: &str) {
        for (rule, fault) in struck {
            let line = crate::audit::FaultLine { rule: *rule, fault, what: what.to_owned() };
            self.audit.put(self.moment(), What::Fault(line));
        }
    }

    fn name_of(&self, account: AccountId) -> String {
        self.world.account(account).name.clone()
    }
}

#[cfg(test)]
pub(crate) mod tests;
