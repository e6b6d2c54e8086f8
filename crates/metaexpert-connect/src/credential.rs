//! A credential with a lifetime: listen keys, tokens and logins are obtained, kept alive, and obtained anew when they are not.
//!
//! The one decision: whoever uses a credential does not renew it. A [`Keeper`] does, and tells its readers of a new one; a session
//! moves to it by itself, without a gap where the old one was still good and with a loss where it had ended. A credential that was
//! renewed under the same name is no news to them.
//!
//! The secret is a [`Credential`], which shows itself to nobody.

use std::{future::Future, time::Duration};

use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::{Instant, sleep_until},
};

use crate::{
    Failure,
    failure::Recourse,
    report::Credential,
    ws::{Backoff, Waits},
};

/// What was obtained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// It.
    pub secret: Credential,
    /// How long it is good unless it is renewed.
    pub lifetime: Duration,
}

/// What became of a credential that was renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Renewed {
    /// It is good for that long from now on.
    Extended(Duration),
    /// There is another one instead.
    Replaced(Issued),
}

/// Where credentials of one kind come from.
pub trait CredentialSource: Send + 'static {
    /// Gets one.
    fn obtain(&mut self) -> impl Future<Output = Result<Issued, Failure>> + Send;

    /// Keeps one alive.
    fn renew(&mut self, held: &Credential) -> impl Future<Output = Result<Renewed, Failure>> + Send;

    /// Whether renewing one keeps it, so that it can be asked at any time whether it is still good. Otherwise each renewal gives
    /// another one.
    fn is_kept(&self) -> bool {
        true
    }

    /// Ends one that is not used any more.
    fn revoke(&mut self, held: &Credential) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// A credential that is good now, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// It.
    pub secret: Credential,
    /// Which one it is; grows with each that replaces another. Never 0.
    pub generation: u64,
    /// Whether the one before had ended when this one was obtained: what it had opened may have ended with it, unsaid.
    pub lapsed: bool,
}

/// Reads the credential of the moment, and says when it is refused.
#[derive(Debug, Clone)]
pub struct LeaseReader {
    lease: watch::Receiver<Option<Lease>>,
    refusals: watch::Sender<u64>,
    doubts: watch::Sender<u64>,
    read: u64,
}

impl LeaseReader {
    /// The next credential that this reader has not seen; the first call gives the one of the moment as soon as there is one.
    /// Waits for ever once the keeper is gone.
    pub async fn next(&mut self) -> Lease {
        loop {
            let lease = self.lease.borrow_and_update().clone();
            if let Some(lease) = lease.filter(|lease| lease.generation > self.read) {
                self.read = lease.generation;
                return lease;
            }
            if self.lease.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }

    /// The exchange no longer takes the credential of this generation. That a later one is there already is fine.
    pub fn refused(&self, generation: u64) {
        self.refusals.send_if_modified(|latest| {
            let is_news = generation > *latest;
            *latest = generation.max(*latest);
            is_news
        });
    }

    /// What the credential of this generation had opened is gone, and nobody said why: the exchange may have forgotten it as well,
    /// and would take it again without a word. It is kept now, where that tells, and not only when half of its life has passed.
    pub fn doubted(&self, generation: u64) {
        self.doubts.send_replace(generation);
    }
}

/// How a keeper is, without what it keeps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keeping {
    /// How many credentials were obtained.
    pub obtained: u64,
    /// How often one was kept alive.
    pub renewed: u64,
    /// Why it was not obtained or renewed last time; `None` where it was.
    pub trouble: Option<String>,
}

/// Keeps a credential alive. Its task ends when the keeper is dropped, or better [stopped](Self::stop).
#[derive(Debug)]
pub struct Keeper {
    name: String,
    reader: LeaseReader,
    keeping: watch::Receiver<Keeping>,
    stop: mpsc::Sender<()>,
    task: JoinHandle<()>,
}

impl Keeper {
    /// Begins to keep a credential: it is renewed when half of its lifetime has passed, so that there is as much time again to try
    /// once more.
    pub fn start(name: &str, source: impl CredentialSource, backoff: Backoff, seed: u64) -> Self {
        let (lease, read) = watch::channel(None);
        let (shown, keeping) = watch::channel(Keeping::default());
        let (refusals, refused) = watch::channel(0);
        let (doubts, doubted) = watch::channel(0);
        let (stop, stopped) = mpsc::channel(1);
        let waits = backoff.waits(seed);
        let task = Task { source, lease, shown, refused, doubted, stopped, waits, generation: 0, lapsed: false };
        let reader = LeaseReader { lease: read, refusals, doubts, read: 0 };
        Self { name: name.to_owned(), reader, keeping, stop, task: tokio::spawn(task.run()) }
    }

    /// Its name in logs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A reader of its own for each session.
    pub fn reader(&self) -> LeaseReader {
        self.reader.clone()
    }

    /// How it is.
    pub fn keeping(&self) -> Keeping {
        self.keeping.borrow().clone()
    }

    /// Revokes the credential and ends.
    pub async fn stop(self) {
        drop(self.stop);
        // A task that panicked has ended, too.
        drop(self.task.await);
    }
}

struct Task<S> {
    source: S,
    lease: watch::Sender<Option<Lease>>,
    shown: watch::Sender<Keeping>,
    refused: watch::Receiver<u64>,
    doubted: watch::Receiver<u64>,
    stopped: mpsc::Receiver<()>,
    waits: Waits,
    generation: u64,
    /// Whether the last one ended by itself.
    lapsed: bool,
}

/// What the keeper holds.
struct Held {
    secret: Credential,
    renew_at: Instant,
    ends: Instant,
}

impl Held {
    fn new(issued: &Issued, now: Instant) -> Self {
        let mut held = Self { secret: issued.secret.clone(), renew_at: now, ends: now };
        held.extend(issued.lifetime, now);
        held
    }

    fn extend(&mut self, lifetime: Duration, now: Instant) {
        self.renew_at = now + lifetime / 2;
        self.ends = now + lifetime;
    }
}

impl<S: CredentialSource> Task<S> {
    async fn run(mut self) {
        let mut held: Option<Held> = None;
        let mut again = Instant::now();
        loop {
            let due = held.as_ref().map_or(again, |held| held.renew_at.max(again));
            tokio::select! {
                biased;
                _ = self.stopped.recv() => break,
                // The keeper has a sender itself, so that this never fails before it is stopped.
                Ok(()) = self.refused.changed() => {
                    if *self.refused.borrow_and_update() == self.generation {
                        held = None;
                    }
                    continue;
                }
                Ok(()) = self.doubted.changed() => {
                    let is_ours = *self.doubted.borrow_and_update() == self.generation;
                    if let Some(held) = held.as_mut().filter(|_| is_ours && self.source.is_kept()) {
                        held.renew_at = Instant::now();
                    }
                    continue;
                }
                () = sleep_until(due) => {}
            }
            self.lapsed |= held.as_ref().is_some_and(|held| held.ends <= Instant::now());
            let work = async {
                match held.take() {
                    Some(held) if Instant::now() < held.ends => Self::renew(&mut self.source, held).await,
                    Some(_) | None => Self::obtain(&mut self.source).await,
                }
            };
            // Stopping does not wait for an exchange that does not answer.
            let done = tokio::select! {
                biased;
                _ = self.stopped.recv() => return,
                done = work => done,
            };
            let (kept, trouble) = match done {
                Done::Obtained(issued) => {
                    let kept = Held::new(&issued, Instant::now());
                    self.issue(issued);
                    (Some(kept), None)
                }
                Done::Renewed(kept) => {
                    self.shown.send_modify(|shown| shown.renewed += 1);
                    (Some(kept), None)
                }
                Done::Lapsed(why) => {
                    self.lapsed = true;
                    (None, Some(why))
                }
                Done::Failed(kept, why) => (kept, Some(why)),
            };
            again = if trouble.is_some() { Instant::now() + self.waits.next() } else { Instant::now() };
            if trouble.is_none() {
                self.waits.reset();
            }
            self.shown.send_modify(|shown| shown.trouble = trouble);
            held = kept;
        }
        if let Some(held) = held {
            // It ends by itself when its time is over; that this failed changes nothing.
            drop(self.source.revoke(&held.secret).await);
        }
    }

    fn issue(&mut self, issued: Issued) {
        self.generation += 1;
        self.shown.send_modify(|shown| shown.obtained += 1);
        let lapsed = std::mem::take(&mut self.lapsed);
        self.lease.send_replace(Some(Lease { secret: issued.secret, generation: self.generation, lapsed }));
    }

    async fn obtain(source: &mut S) -> Done {
        match source.obtain().await {
            Ok(issued) => Done::Obtained(issued),
            Err(why) => Done::Failed(None, why.to_string()),
        }
    }

    async fn renew(source: &mut S, mut held: Held) -> Done {
        match source.renew(&held.secret).await {
            Ok(Renewed::Extended(lifetime)) => {
                held.extend(lifetime, Instant::now());
                Done::Renewed(held)
            }
            Ok(Renewed::Replaced(issued)) => Done::Obtained(issued),
            // The exchange does not know it any more: only another one helps.
            Err(why) if why.meaning().is_some_and(|meaning| meaning.recourse() == Recourse::Renew) => {
                Done::Lapsed(why.to_string())
            }
            Err(why) => Done::Failed(Some(held), why.to_string()),
        }
    }
}

enum Done {
    Obtained(Issued),
    Renewed(Held),
    /// What was held is none any more.
    Lapsed(String),
    /// With what is still good, if anything is.
    Failed(Option<Held>, String),
}
