//! Executions of an account, oldest first.
//!
//! The one decision: they lie by wallet and market, as they are asked for, each with its place among all of the account.

use std::collections::{BTreeMap, VecDeque};

use super::REMEMBERED;
use crate::{listing::MarketId, order::Execution, wallet::Wallet};

/// The executions of an account.
#[derive(Debug, Default)]
pub(super) struct History {
    by_place: BTreeMap<(Wallet, MarketId), VecDeque<(u64, Execution)>>,
    /// How many there have been.
    count: u64,
}

impl History {
    /// Adds one.
    pub(super) fn add(&mut self, execution: Execution) {
        self.count += 1;
        let place = self.by_place.entry((execution.wallet, execution.market)).or_default();
        place.push_back((self.count, execution));
        if place.len() > REMEMBERED {
            place.pop_front();
        }
    }

    /// Those of a wallet, or of one market of it.
    pub(super) fn of(&self, wallet: Wallet, market: Option<MarketId>) -> Vec<&Execution> {
        let (from, to) = market.map_or((MarketId(0), MarketId(u16::MAX)), |market| (market, market));
        let places = self.by_place.range((wallet, from)..=(wallet, to));
        let mut all: Vec<_> = places.flat_map(|(_, executions)| executions).collect();
        if market.is_none() {
            all.sort_unstable_by_key(|(number, _)| *number);
        }
        all.into_iter().map(|(_, execution)| execution).collect()
    }
}
