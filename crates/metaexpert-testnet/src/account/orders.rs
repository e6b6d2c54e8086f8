//! The orders of an account, those that are over included, with every way to find them.
//!
//! The one decision: an order is held in one place, by its number, and everything else is an index of numbers. Placing one and
//! finding one cost the logarithm of how many there are; what was over longest is forgotten when there are too many.

mod history; // executions, oldest first, not too many

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use history::History;
use rustc_hash::FxHashMap;

use crate::{
    listing::MarketId,
    order::{Algo, AlgoId, AlgoState, Execution, ListId, ListState, Named, Order, OrderId, OrderList},
    wallet::Wallet,
};

/// How many orders that are over, and how many executions, an account remembers.
pub(crate) const REMEMBERED: usize = 100_000;

/// Where an order is: names and numbers are looked up within.
type Place = (Wallet, MarketId);

/// The orders of an account.
#[derive(Debug, Default)]
pub struct Orders {
    by_id: FxHashMap<OrderId, Order>,
    /// Numbers by place, oldest first; some may be of orders that were forgotten.
    by_place: FxHashMap<Place, VecDeque<OrderId>>,
    open: BTreeMap<Place, BTreeSet<OrderId>>,
    /// The last order of each name.
    names: FxHashMap<Place, FxHashMap<String, OrderId>>,
    /// Orders that are over, in the order that they ended.
    over: VecDeque<OrderId>,
    executions: History,
    algos: BTreeMap<AlgoId, Algo>,
    algo_names: FxHashMap<(Wallet, String), AlgoId>,
    /// Conditional orders and lists that are over: only those are forgotten.
    over_algos: BTreeSet<AlgoId>,
    over_lists: BTreeSet<ListId>,
    waiting_algos: BTreeMap<Place, BTreeSet<AlgoId>>,
    lists: BTreeMap<ListId, OrderList>,
    list_names: FxHashMap<(Wallet, String), ListId>,
    standing_lists: BTreeMap<Place, BTreeSet<ListId>>,
}

impl Orders {
    /// An order.
    pub fn get(&self, wallet: Wallet, market: MarketId, name: &Named) -> Option<&Order> {
        let id = match name {
            Named::Id(id) => OrderId(*id),
            Named::Client(client) => *self.names.get(&(wallet, market))?.get(client)?,
        };
        self.by_id.get(&id).filter(|order| order.request.wallet == wallet && order.request.market == market)
    }

    /// The order of a number, wherever it is.
    pub fn by_id(&self, id: OrderId) -> Option<&Order> {
        self.by_id.get(&id)
    }

    /// Orders that are open, oldest first.
    pub fn open(&self, wallet: Wallet, market: Option<MarketId>) -> Vec<&Order> {
        let mut ids = within(&self.open, wallet, market);
        ids.sort_unstable();
        ids.iter().filter_map(|id| self.by_id.get(id)).collect()
    }

    /// How many orders are open in a market.
    pub fn count_open(&self, wallet: Wallet, market: MarketId) -> usize {
        self.open.get(&(wallet, market)).map_or(0, BTreeSet::len)
    }

    /// All orders of a market, oldest first.
    pub fn all(&self, wallet: Wallet, market: MarketId) -> Vec<&Order> {
        self.by_place.get(&(wallet, market)).into_iter().flatten().filter_map(|id| self.by_id.get(id)).collect()
    }

    /// Executions, oldest first.
    pub fn executions(&self, wallet: Wallet, market: Option<MarketId>) -> Vec<&Execution> {
        self.executions.of(wallet, market)
    }

    /// Conditional orders, oldest first.
    pub fn algos(&self, wallet: Wallet, market: Option<MarketId>) -> Vec<&Algo> {
        let is_of = |algo: &&Algo| algo.request.wallet == wallet && market.is_none_or(|market| algo.request.market == market);
        self.algos.values().filter(is_of).collect()
    }

    /// Conditional orders that wait, oldest first.
    pub fn waiting_algos(&self, wallet: Wallet, market: Option<MarketId>) -> Vec<&Algo> {
        let mut ids = within(&self.waiting_algos, wallet, market);
        ids.sort_unstable();
        ids.iter().filter_map(|id| self.algos.get(id)).collect()
    }

    /// A conditional order.
    pub fn algo(&self, wallet: Wallet, name: &Named) -> Option<&Algo> {
        let id = match name {
            Named::Id(id) => AlgoId(*id),
            Named::Client(client) => *self.algo_names.get(&(wallet, client.clone()))?,
        };
        self.algos.get(&id).filter(|algo| algo.request.wallet == wallet)
    }

    /// Lists, oldest first.
    pub fn lists(&self, wallet: Wallet) -> Vec<&OrderList> {
        self.lists.values().filter(|list| list.wallet == wallet).collect()
    }

    /// A list.
    pub fn list(&self, wallet: Wallet, name: &Named) -> Option<&OrderList> {
        let id = match name {
            Named::Id(id) => ListId(*id),
            Named::Client(client) => *self.list_names.get(&(wallet, client.clone()))?,
        };
        self.lists.get(&id).filter(|list| list.wallet == wallet)
    }

    /// The list of a number.
    pub fn list_by_id(&self, id: ListId) -> Option<&OrderList> {
        self.lists.get(&id)
    }

    /// How many lists stand in a market.
    pub fn count_lists(&self, wallet: Wallet, market: MarketId) -> usize {
        self.standing_lists.get(&(wallet, market)).map_or(0, BTreeSet::len)
    }

    /// Whether an order of that name is open.
    pub(crate) fn has_open(&self, wallet: Wallet, market: MarketId, client: &str) -> bool {
        let named = self.names.get(&(wallet, market)).and_then(|names| names.get(client));
        named.and_then(|id| self.by_id.get(id)).is_some_and(|order| order.state.is_open())
    }

    /// Adds an order, or puts it where it is now.
    pub(crate) fn put(&mut self, order: Order) {
        let (id, place) = (order.id, (order.request.wallet, order.request.market));
        let is_open = order.state.is_open();
        let before = self.by_id.get(&id);
        let is_new = before.is_none();
        let was_open = before.is_some_and(|before| before.state.is_open());
        if before.is_none_or(|before| before.request.client_id != order.request.client_id) {
            self.names.entry(place).or_default().insert(order.request.client_id.clone(), id);
        }
        self.by_id.insert(id, order);
        if is_new {
            self.by_place.entry(place).or_default().push_back(id);
        }
        if is_open {
            self.open.entry(place).or_default().insert(id);
        } else if was_open || is_new {
            remove(&mut self.open, place, &id);
            self.over.push_back(id);
            self.forget();
        }
    }

    /// Adds an execution.
    pub(crate) fn executed(&mut self, execution: Execution) {
        self.executions.add(execution);
    }

    /// Adds a conditional order, or puts it where it is now.
    pub(crate) fn put_algo(&mut self, algo: Algo) {
        let place = (algo.request.wallet, algo.request.market);
        if algo.state == AlgoState::Waiting {
            self.waiting_algos.entry(place).or_default().insert(algo.id);
        } else {
            remove(&mut self.waiting_algos, place, &algo.id);
        }
        self.algo_names.insert((algo.request.wallet, algo.request.client_id.clone()), algo.id);
        if !matches!(algo.state, AlgoState::Waiting | AlgoState::Triggering | AlgoState::Triggered) {
            self.over_algos.insert(algo.id);
        }
        self.algos.insert(algo.id, algo);
        while self.over_algos.len() > REMEMBERED {
            let Some(algo) = self.over_algos.pop_first().and_then(|id| self.algos.remove(&id)) else { continue };
            forget_name(&mut self.algo_names, &(algo.request.wallet, algo.request.client_id), algo.id);
        }
    }

    /// The conditional order of a number.
    pub(crate) fn algo_by_id(&self, id: AlgoId) -> Option<&Algo> {
        self.algos.get(&id)
    }

    /// Adds a list, or puts it where it is now.
    pub(crate) fn put_list(&mut self, list: OrderList) {
        let place = (list.wallet, list.market);
        if list.state == ListState::Executing {
            self.standing_lists.entry(place).or_default().insert(list.id);
        } else {
            remove(&mut self.standing_lists, place, &list.id);
        }
        self.list_names.insert((list.wallet, list.client_id.clone()), list.id);
        if list.state != ListState::Executing {
            self.over_lists.insert(list.id);
        }
        self.lists.insert(list.id, list);
        while self.over_lists.len() > REMEMBERED {
            let Some(list) = self.over_lists.pop_first().and_then(|id| self.lists.remove(&id)) else { continue };
            forget_name(&mut self.list_names, &(list.wallet, list.client_id), list.id);
        }
    }

    /// Forgets what has been over longest, where there is too much of it.
    fn forget(&mut self) {
        while self.over.len() > REMEMBERED {
            let Some(order) = self.over.pop_front().and_then(|id| self.by_id.remove(&id)) else { continue };
            let place = (order.request.wallet, order.request.market);
            if let Some(names) = self.names.get_mut(&place)
                && names.get(&order.request.client_id) == Some(&order.id)
            {
                names.remove(&order.request.client_id);
            }
            // Those that ended before an older one did are passed over until it is its turn.
            let Self { by_id, by_place, .. } = self;
            if let Some(ids) = by_place.get_mut(&place) {
                while ids.front().is_some_and(|id| !by_id.contains_key(id)) {
                    ids.pop_front();
                }
                // One that stands for ever must not keep the numbers of all that came after it.
                if ids.len() > 2 * REMEMBERED {
                    ids.retain(|id| by_id.contains_key(id));
                }
            }
        }
    }
}

/// Everything in a wallet, or in one market of it.
fn within<T: Copy + Ord>(index: &BTreeMap<Place, BTreeSet<T>>, wallet: Wallet, market: Option<MarketId>) -> Vec<T> {
    let (from, to) = market.map_or((MarketId(0), MarketId(u16::MAX)), |market| (market, market));
    index.range((wallet, from)..=(wallet, to)).flat_map(|(_, ids)| ids.iter().copied()).collect()
}

/// A name whose last holder is forgotten names nobody.
fn forget_name<T: PartialEq + Copy>(names: &mut FxHashMap<(Wallet, String), T>, name: &(Wallet, String), id: T) {
    if names.get(name) == Some(&id) {
        names.remove(name);
    }
}

fn remove<T: Ord>(index: &mut BTreeMap<Place, BTreeSet<T>>, place: Place, id: &T) {
    if let Some(ids) = index.get_mut(&place) {
        ids.remove(id);
        if ids.is_empty() {
            index.remove(&place);
        }
    }
}

#[cfg(test)]
mod tests;
