//! The world: markets, accounts, and the time that both live in.
//!
//! The one decision: it is a state machine without a clock, a socket or a random source of its own. Time comes in with
//! [`World::advance`], requests with calls, and all that happens comes out as [`News`] in the order it happened. Two worlds that
//! are told the same are the same.
//!
//! What one thing brings about in others (an execution that another account's order meets, a stop that a price brings to life) is
//! not done on the way but put on an agenda, which is worked off before a call returns: so nothing happens in the middle of
//! something else.

mod algos; // conditional orders that are no orders yet
mod amend; // orders that change
mod cancel; // orders that are taken back
mod changes; // what changed in wallets
mod conditions; // what waits for a price
mod desk; // where orders meet markets
mod ended; // contracts that end, funding, positions that are taken over
mod lists; // orders that belong together
mod lives; // the steps of an order's life
mod meet; // what is heard from desks: executions and ends
mod money; // transfers, and whatever wallets do that is no order
mod needs; // what an order needs
mod place; // orders that come in   <- read first
mod rules; // what a market allows
mod self_trade; // orders of one account that would meet
mod shown; // what accounts have resting in public
mod time; // what time brings
mod triggers; // prices come to what waits for them

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
};

use metaexpert_core::{Money, Price, PublicTrade, Quantity, UnixNanos};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use self::{
    changes::{Changes, Exposures},
    conditions::{Conditions, Waiter},
    desk::Desk,
    shown::{Shown, Spot},
    time::Timer,
};
pub use crate::account::Tariff;
use crate::{
    account::{Account, Orders, Wallets},
    clearing::Numbers,
    listing::MarketId,
    market::Markets,
    news::{AccountNews, News},
    order::{AccountId, Contingency, Execution, ListId, Order, OrderId, OrderRequest},
    wallet::Wallet,
};

/// Markets and accounts.
pub struct World {
    markets: Markets,
    accounts: Vec<Account>,
    now: UnixNanos,
    /// Steps of the exchange's own pace until now.
    steps: u64,
    news: Vec<News>,
    numbers: Numbers,
    last_order: u64,
    last_algo: u64,
    last_list: u64,
    desks: FxHashMap<Seat, Desk>,
    /// Desks where something stands, by market: what a price is told to.
    busy: BTreeMap<MarketId, BTreeSet<(AccountId, Wallet)>>,
    /// How often each market's book has changed.
    book_changes: Vec<u64>,
    /// What of each order is at its desk.
    at_desk: FxHashMap<OrderId, Decimal>,
    shown: Shown,
    conditions: Conditions,
    timers: BTreeMap<(UnixNanos, u64), Timer>,
    timers_set: u64,
    countdowns: FxHashMap<Seat, UnixNanos>,
    /// Which order of a list holds what its rivals share.
    holders: FxHashMap<ListId, OrderId>,
    /// The last print of a market's own that an account had a part of.
    shared_prints: FxHashMap<(AccountId, MarketId), u64>,
    agenda: VecDeque<Task>,
    changes: Changes,
    exposures: Exposures,
    /// Executions of the call that is being answered.
    recent: Vec<Execution>,
    fill_cap: Option<Decimal>,
}

/// What a world is made of.
#[derive(Debug)]
pub struct WorldSetup {
    /// The markets.
    pub markets: Markets,
    /// When it begins.
    pub start: UnixNanos,
    /// Who is there from the beginning.
    pub accounts: Vec<NewAccount>,
}

/// An account that is opened.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// What its owner calls it.
    pub name: String,
    /// What it begins with.
    pub funding: Vec<(Wallet, Money)>,
    /// What it pays.
    pub tariff: Tariff,
}

/// An order that was taken, as far as it has come.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The order as it is now.
    pub order: Order,
    /// What of it was executed at once.
    pub executions: Vec<Execution>,
}

/// A change of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// How much it is to be for, what was executed included.
    pub quantity: Option<Quantity>,
    /// Its new limit.
    pub price: Option<Price>,
    /// Its new name.
    pub client_id: Option<String>,
    /// Whether it must keep its place in the queue, which only a smaller quantity does (Binance spot: `amend/keepPriority`).
    pub keeps_place: bool,
}

/// A list of orders as it was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct ListRequest {
    /// The client's name for it.
    pub client_id: String,
    /// How they belong together.
    pub contingency: Contingency,
    /// The orders. Of [`Contingency::OneTriggersOther`], the first is the one that triggers.
    pub orders: Vec<OrderRequest>,
}

/// Where a desk stands: whose orders, of which wallet, in which market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Seat {
    market: MarketId,
    account: AccountId,
    wallet: Wallet,
}

/// What is still to be done of what has happened.
#[derive(Debug)]
enum Task {
    /// An account's order was executed: others' orders meet the print, and what waits for a price sees it.
    Print { market: MarketId, print: PublicTrade, id: u64, except: AccountId },
    /// An account's orders have changed a level: others see it.
    Level { spot: Spot },
    /// The price has come that somebody waits for.
    Trigger(Waiter),
    /// What an order waited for in its list has happened.
    Start(AccountId, OrderId),
    /// A position has changed: what was to close it may be too much now.
    Trim(Seat),
}

impl World {
    /// A world at its beginning.
    pub fn new(setup: WorldSetup) -> Self {
        let WorldSetup { markets, start, accounts } = setup;
        let mut world = Self {
            book_changes: vec![0; markets.iter().count()],
            markets,
            accounts: Vec::new(),
            now: start,
            steps: 0,
            news: Vec::new(),
            numbers: Numbers::default(),
            last_order: OrderId::FIRST.0 - 1,
            last_algo: 0,
            last_list: 0,
            desks: FxHashMap::default(),
            busy: BTreeMap::new(),
            at_desk: FxHashMap::default(),
            shown: Shown::default(),
            conditions: Conditions::default(),
            timers: BTreeMap::new(),
            timers_set: 0,
            countdowns: FxHashMap::default(),
            holders: FxHashMap::default(),
            shared_prints: FxHashMap::default(),
            agenda: VecDeque::new(),
            changes: Changes::default(),
            exposures: Exposures::default(),
            recent: Vec::new(),
            fill_cap: None,
        };
        for account in accounts {
            world.add_account(account);
        }
        // The first books come; nobody has listened yet.
        world.advance(start);
        world.take_news();
        world
    }

    /// Opens an account.
    pub fn add_account(&mut self, new: NewAccount) -> AccountId {
        let NewAccount { name, funding, tariff } = new;
        let id = AccountId(u16::try_from(self.accounts.len()).unwrap_or(u16::MAX));
        let wallets = Wallets::new(tariff, &self.markets, self.numbers.clone());
        self.accounts.push(Account { name, wallets, orders: Orders::default() });
        for (wallet, money) in funding {
            // A wallet that is not there yet is opened. What it cannot hold (a pair's, another coin) is refused by whoever sets this up.
            let _ = self.deposit(id, wallet, &money);
        }
        id
    }

    /// The time of the markets.
    pub const fn now(&self) -> UnixNanos {
        self.now
    }

    /// The markets.
    pub const fn markets(&self) -> &Markets {
        &self.markets
    }

    /// An account.
    ///
    /// # Panics
    /// If the number is of another world.
    #[expect(clippy::indexing_slicing, reason = "an AccountId is only given by the world that holds the account")]
    pub fn account(&self, id: AccountId) -> &Account {
        &self.accounts[usize::from(id.0)]
    }

    /// All accounts.
    pub fn accounts(&self) -> impl Iterator<Item = (AccountId, &Account)> {
        (0_u16..).map(AccountId).zip(&self.accounts)
    }

    /// What has happened since this was last asked, in order.
    pub fn take_news(&mut self) -> Vec<News> {
        self.gather();
        std::mem::take(&mut self.news)
    }

    /// Lets nobody get more than this of a market at once, so that orders are executed in parts; `None` lifts it.
    pub const fn set_fill_cap(&mut self, cap: Option<Decimal>) {
        self.fill_cap = cap;
    }

    /// Tells what the markets have published until now.
    fn gather(&mut self) {
        let published = self.markets.take_news();
        self.news.extend(published.into_iter().map(|(market, news)| News::Market(market, news)));
    }

    /// Tells the owner of an account something.
    fn tell(&mut self, account: AccountId, news: AccountNews) {
        self.gather();
        self.news.push(News::Account(account, Box::new(news)));
    }

    /// Does what is still to be done, then tells what has become of money.
    fn finish(&mut self) {
        while let Some(task) = self.agenda.pop_front() {
            match task {
                Task::Print { market, print, id, except } => self.meet_print_of(market, &print, id, except),
                Task::Level { spot } => self.show_level(spot),
                Task::Trigger(Waiter::Order(account, order)) => self.trigger(account, order),
                Task::Trigger(Waiter::Algo(account, algo)) => self.trigger_algo(account, algo),
                Task::Start(account, order) => self.start(account, order),
                Task::Trim(seat) => self.trim(seat),
            }
        }
        for (account, news) in self.changes.take(self.now) {
            self.tell(account, news);
        }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("now", &self.now)
            .field("accounts", &self.accounts.len())
            .field("orders", &self.last_order)
            .finish_non_exhaustive()
    }
}
