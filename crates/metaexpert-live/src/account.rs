//! The desk of an account: sends orders of all experts that trade on it, knows where each stands, and compares what is known here with
//! what the exchange says.
//!
//! The one decision: an order has one life (`life`), whatever tells of it (the answer to its request, the stream, a question), in
//! whatever order, however often. What may have happened is asked for, never done again.
//!
//! Each order leaves as soon as it was handed over, and none waits for the answer to another one's request; a cancel or an amendment
//! waits for the answer to its own order's. What hurries more goes first where the exchange's limits are short: that is the connection's
//! budget. Orders of one expert reach the exchange in the order in which they were decided on unless those limits hold one back.

mod booking; // executions as trades
mod compare; // what is known here, against what the exchange says
mod desk; // lives, members, and what follows from what
mod executions; // whose they are
mod life; // one order
mod listener; // what the account's stream tells
mod meaning; // refusals and ends in the engine's words
mod orders; // all lives, by their names
mod overtaking; // executions that were heard too early
mod patience; // how long is waited
mod pauses; // when entries are refused
mod records; // what is logged
mod requests; // what is asked of the exchange
mod seat; // a member
mod senders; // who has sent an order that is not kept here
mod task; // the desk in time

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use metaexpert_connect::{
    Exchange,
    exchange::{Listed, Permissions},
};
use metaexpert_core::{
    Amendment, ClientOrderId, Currency, InstrumentId, Money, NewOrder, PositionSide, Price, TradeId, UnixNanos, broker::Offers,
    engine::Standing,
};
use parking_lot::Mutex;
use rust_decimal::Decimal;
use slog::Logger;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::Instant,
};

use crate::Inlet;
pub use compare::OVERLAP;
pub(crate) use meaning::reduces;
use seat::{Prices, Seat};
use task::Message;

/// An expert at the desk.
#[derive(Debug)]
pub struct Member {
    /// Its name, for logs.
    pub expert: String,
    /// Its number, by which its orders are known.
    pub strategy: u32,
    /// This run's number.
    pub run: u32,
    /// Those of the earlier runs of its journal.
    pub runs: Vec<u32>,
    /// The comment on its orders.
    pub comment: Option<String>,
    /// Where it hears what becomes of its orders.
    pub inlet: Inlet,
    /// What it trades.
    pub instruments: Vec<(InstrumentId, Listed)>,
    /// Orders that an earlier run has left.
    pub standing: Vec<Standing>,
    /// The names that the exchange was given for them: the comment in a name is that of the run that sent it.
    pub names: Vec<(ClientOrderId, String)>,
    /// What an earlier run has left open.
    pub legs: Vec<(InstrumentId, PositionSide, Decimal)>,
    /// Executions that the journal has, of the three days before `since` and later.
    pub known_trades: Vec<(InstrumentId, TradeId)>,
    /// From when on the exchange is asked for executions: the newest that the journal has, or when it was begun.
    pub since: UnixNanos,
    /// Whether the account's balance is the expert's, and is healed from the exchange; otherwise it manages an amount of its own.
    pub takes_balance: bool,
    /// What the expert's account has, as its engine reckons.
    pub balances: Balances,
    /// Fundings and charges that the journal has from `since` on, which are not told again.
    pub booked: Vec<(UnixNanos, Money)>,
}

/// What an expert's account has of each currency. Whoever writes the journal sets it, the desk compares it with the exchange's.
/// Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Balances(Arc<Mutex<BTreeMap<Currency, Decimal>>>);

impl Balances {
    /// It has so much of a currency now.
    pub fn set(&self, money: &Money) {
        self.0.lock().insert(money.currency.clone(), money.amount);
    }

    fn get(&self, currency: &Currency) -> Option<Decimal> {
        self.0.lock().get(currency).copied()
    }
}

/// Times and bounds.
#[derive(Debug, Clone, Copy)]
pub struct AccountSettings {
    /// How often orders, positions and balances are compared with the exchange's.
    pub compare_every: Duration,
    /// How long a cancel or a question may go unanswered before it is asked again.
    pub ask_again: Duration,
    /// Whether the account keeps longs and shorts of an instrument apart. What the exchange says of positions tells it too, but not where
    /// there is none left.
    pub is_hedge: bool,
}

/// Two experts whose orders could not be told apart on one account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "experts `{one}` and `{other}` have the same `strategy_id`, {strategy}, on one account, and {shared}; give one of them another `strategy_id`"
)]
pub struct Clash {
    one: String,
    other: String,
    strategy: u32,
    shared: String,
}

/// Whether the orders of these experts can be told apart on one account. Experts of the same number can trade there only if they share
/// no instrument: an order of an earlier run is known by its number and its instrument alone.
///
/// # Errors
/// The first two that cannot.
pub fn check_members(members: &[Member]) -> Result<(), Clash> {
    for (place, one) in members.iter().enumerate() {
        for other in members.iter().skip(place + 1).filter(|other| other.strategy == one.strategy) {
            let trades = |name: &String| other.instruments.iter().any(|(_, listed)| listed.name == *name);
            let both = one.instruments.iter().map(|(_, listed)| &listed.name).find(|name| trades(name));
            let shared = match both {
                Some(name) => format!("both trade {name}"),
                None if one.run == other.run => format!("both runs have the number {}", one.run),
                None => continue,
            };
            return Err(Clash { one: one.expert.clone(), other: other.expert.clone(), strategy: one.strategy, shared });
        }
    }
    Ok(())
}

/// The desk of an account, until it is dropped.
#[derive(Debug)]
pub struct AccountDesk {
    messages: mpsc::UnboundedSender<Message>,
    task: JoinHandle<()>,
}

/// One expert's way to the desk.
#[derive(Debug)]
pub struct OrderLink {
    member: usize,
    // Unbounded, since neither a cancel nor an order may wait or be lost: what an expert sends is bounded by its risk gate.
    messages: mpsc::UnboundedSender<Message>,
    prices: Prices,
    instruments: Vec<(InstrumentId, Listed)>,
    offers: Offers,
    comment: Option<String>,
}

impl AccountDesk {
    /// Begins, on the runtime at hand: entries are paused, orders and positions are compared, then entries are allowed. One link for
    /// each member, in their order.
    pub fn start(
        exchange: Arc<dyn Exchange>,
        members: Vec<Member>,
        settings: AccountSettings,
        log: Logger,
    ) -> (Self, Vec<OrderLink>) {
        let seated = members.into_iter().map(|mut member| {
            let standing = std::mem::take(&mut member.standing);
            (Seat::new(member), standing)
        });
        Self::start_seated(exchange, seated.collect(), settings, log)
    }

    fn start_seated(
        exchange: Arc<dyn Exchange>,
        seated: Vec<(Seat, Vec<Standing>)>,
        settings: AccountSettings,
        log: Logger,
    ) -> (Self, Vec<OrderLink>) {
        let (messages, inbox) = mpsc::unbounded_channel();
        let profile = exchange.profile();
        let offers = Offers { stops: profile.has_stops, both_exits: profile.has_both_exits, calls_off: false };
        let link = |(member, (seat, _)): (usize, &(Seat, Vec<Standing>))| OrderLink {
            member,
            comment: seat.comment_of(profile.comment),
            messages: messages.clone(),
            prices: seat.prices.clone(),
            instruments: seat.instruments.clone(),
            offers,
        };
        let links = seated.iter().enumerate().map(link).collect();
        let inlets = seated.iter().map(|(seat, _)| seat.inlet().clone()).collect();
        let of_ends = (exchange.clone(), log.clone());
        let run = task::run(exchange, seated, settings, log, messages.clone(), inbox);
        let task = tokio::spawn(task::or_stop(run, inlets, of_ends));
        (Self { messages, task }, links)
    }

    /// Waits until every order that was handed over has an answer, or is unknown, for no longer than this; then stops listening.
    pub async fn stop(self, longest: Duration) {
        let (settled, wait) = oneshot::channel();
        if self.messages.send(Message::Settle(settled)).is_ok() {
            let _ = tokio::time::timeout(longest, wait).await;
        }
    }
}

impl Drop for AccountDesk {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl OrderLink {
    /// Hands an order over; `false` where the desk is gone.
    pub(crate) fn place(&self, order: NewOrder, worst_price: Option<Price>) -> bool {
        let placed = Message::Place { member: self.member, order: Box::new(order), worst_price, decided: Instant::now() };
        self.messages.send(placed).is_ok()
    }

    pub(crate) fn amend(&self, amendment: Amendment) -> bool {
        self.messages.send(Message::Amend { member: self.member, amendment }).is_ok()
    }

    pub(crate) fn cancel(&self, order: ClientOrderId) -> bool {
        self.messages.send(Message::Cancel { member: self.member, order }).is_ok()
    }

    /// What an expert holds and what the exchange has cannot both be right.
    pub(crate) fn compare(&self) {
        // A desk that is gone compares nothing.
        let _ = self.messages.send(Message::Compare);
    }

    /// Asks for an event once all that is known of the expert's orders is told; `false` where the desk is gone.
    pub(crate) fn ask_last_word(&self) -> bool {
        self.messages.send(Message::AskLastWord { member: self.member }).is_ok()
    }

    /// Which exits rest at the exchange.
    pub(crate) const fn offers(&self) -> Offers {
        self.offers
    }

    /// What stands behind the names of the orders that are sent here.
    pub(crate) fn comment(&self) -> Option<&str> {
        self.comment.as_deref()
    }

    /// The expert sees this price.
    pub(crate) fn see(&self, instrument: InstrumentId, price: f64) {
        self.prices.see(instrument, price);
    }

    pub(crate) fn last_price(&self, instrument: InstrumentId) -> Option<Decimal> {
        self.prices.last(instrument)
    }

    pub(crate) fn listed(&self, instrument: InstrumentId) -> Option<&Listed> {
        self.instruments.iter().find(|(id, _)| *id == instrument).map(|(_, listed)| listed)
    }
}

/// What a careful person is told of a key before it trades, in sentences.
pub fn warnings(permissions: Permissions) -> Vec<String> {
    let Permissions { trade, withdraw, restricted_to_addresses } = permissions;
    let told = [
        (trade == Some(false), "the key may not trade: orders will be refused"),
        (
            withdraw == Some(true),
            "the key may withdraw: whoever gets hold of it can take the money; make one that may only read and trade",
        ),
        (
            restricted_to_addresses == Some(false),
            "the key works from any address: at the exchange, restrict it to the address of this machine",
        ),
        (withdraw.is_none(), "the exchange does not say whether the key may withdraw: check it there"),
    ];
    told.into_iter().filter(|(applies, _)| *applies).map(|(_, sentence)| sentence.to_owned()).collect()
}

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;
