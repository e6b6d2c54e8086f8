//! The wallets of an account.
//!
//! The one decision: every account has every wallet from the beginning, but for isolated pairs, which are opened one by one. What
//! all wallets have in common is asked of [`Clearing`]; what only one kind knows, of that kind.

use std::collections::BTreeMap;

use metaexpert_core::{Money, UnixNanos};

use crate::{
    clearing::{
        Clearing, Numbers,
        futures::{Futures, FuturesFees},
        margin::{CrossMargin, IsolatedMargin, Lending, Tier},
        options::{OptionsFees, OptionsWallet},
        spot::{SpotFees, SpotWallet},
    },
    listing::{Class, MarketId},
    prices::Prices,
    wallet::Wallet,
};

/// What an account pays.
#[derive(Debug, Clone)]
pub struct Tariff {
    /// For executions of coins, with margin too.
    pub spot: SpotFees,
    /// For loans.
    pub lending: Lending,
    /// The most that can be held with cross margin, and the levels that hold then.
    pub cross: Tier,
    /// For executions of linear futures.
    pub linear: FuturesFees,
    /// For executions of inverse futures.
    pub inverse: FuturesFees,
    /// For executions and exercises of options.
    pub options: OptionsFees,
}

/// Money that moved between wallets, or from or to outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Transfer {
    /// Its number.
    pub id: u64,
    /// When.
    pub time: UnixNanos,
    /// Where from; outside where it is `None`.
    pub from: Option<Wallet>,
    /// Where to; outside where it is `None`.
    pub to: Option<Wallet>,
    /// What.
    pub money: Money,
}

/// The wallets of an account.
#[derive(Debug)]
pub struct Wallets {
    tariff: Tariff,
    numbers: Numbers,
    spot: SpotWallet,
    cross: CrossMargin,
    isolated: BTreeMap<MarketId, IsolatedMargin>,
    linear: Futures,
    inverse: Futures,
    options: OptionsWallet,
    transfers: Vec<Transfer>,
}

impl Tariff {
    /// What a new account pays at Binance; `coin` is the exchange's own.
    pub fn standard(coin: &str) -> Self {
        let [.., highest] = Tier::ISOLATED;
        Self {
            spot: SpotFees::standard(coin),
            lending: Lending::standard(coin),
            cross: Tier::cross(3).unwrap_or(highest),
            linear: FuturesFees::binance_linear(),
            inverse: FuturesFees::binance_inverse(),
            options: OptionsFees::BINANCE,
        }
    }
}

impl Wallets {
    /// Empty wallets. `numbers` counts what is written in all histories.
    pub fn new(tariff: Tariff, prices: &dyn Prices, numbers: Numbers) -> Self {
        Self {
            spot: SpotWallet::new(tariff.spot.clone(), numbers.clone()),
            cross: CrossMargin::new(tariff.cross, tariff.lending.clone(), tariff.spot.clone(), numbers.clone()),
            isolated: BTreeMap::new(),
            linear: Futures::new(Class::Linear, prices, tariff.linear.clone(), numbers.clone()),
            inverse: Futures::new(Class::Inverse, prices, tariff.inverse.clone(), numbers.clone()),
            options: OptionsWallet::new(prices, tariff.options, numbers.clone()),
            transfers: Vec::new(),
            tariff,
            numbers,
        }
    }

    /// A wallet; `None` where the account does not have it (an isolated pair that was not opened).
    pub fn get(&self, wallet: Wallet) -> Option<&dyn Clearing> {
        Some(match wallet {
            Wallet::Spot => &self.spot,
            Wallet::Cross => &self.cross,
            Wallet::Isolated(market) => self.isolated.get(&market)?,
            Wallet::Linear => &self.linear,
            Wallet::Inverse => &self.inverse,
            Wallet::Options => &self.options,
        })
    }

    /// A wallet, to change it.
    pub fn get_mut(&mut self, wallet: Wallet) -> Option<&mut dyn Clearing> {
        Some(match wallet {
            Wallet::Spot => &mut self.spot,
            Wallet::Cross => &mut self.cross,
            Wallet::Isolated(market) => self.isolated.get_mut(&market)?,
            Wallet::Linear => &mut self.linear,
            Wallet::Inverse => &mut self.inverse,
            Wallet::Options => &mut self.options,
        })
    }

    /// Every wallet that the account has.
    pub fn all(&self) -> Vec<Wallet> {
        let isolated = self.isolated.keys().map(|market| Wallet::Isolated(*market));
        [Wallet::Spot, Wallet::Cross]
            .into_iter()
            .chain(isolated)
            .chain([Wallet::Linear, Wallet::Inverse, Wallet::Options])
            .collect()
    }

    /// One's own coins.
    pub const fn spot(&self) -> &SpotWallet {
        &self.spot
    }

    /// One's own coins, to change something of them.
    pub const fn spot_mut(&mut self) -> &mut SpotWallet {
        &mut self.spot
    }

    /// Cross margin.
    pub const fn cross(&self) -> &CrossMargin {
        &self.cross
    }

    /// Cross margin, to change something of it.
    pub const fn cross_mut(&mut self) -> &mut CrossMargin {
        &mut self.cross
    }

    /// An isolated pair; `None` where it was not opened.
    pub fn isolated(&self, market: MarketId) -> Option<&IsolatedMargin> {
        self.isolated.get(&market)
    }

    /// An isolated pair, to change something of it.
    pub fn isolated_mut(&mut self, market: MarketId) -> Option<&mut IsolatedMargin> {
        self.isolated.get_mut(&market)
    }

    /// Every isolated pair that was opened.
    pub fn isolated_pairs(&self) -> impl Iterator<Item = (MarketId, &IsolatedMargin)> {
        self.isolated.iter().map(|(market, wallet)| (*market, wallet))
    }

    /// Opens an isolated pair; the one that is open, where it is.
    pub fn open_isolated(&mut self, market: MarketId, prices: &dyn Prices) -> &mut IsolatedMargin {
        let Self { tariff, numbers, isolated, .. } = self;
        isolated
            .entry(market)
            .or_insert_with(|| IsolatedMargin::new(market, tariff.lending.clone(), tariff.spot.clone(), numbers.clone(), prices))
    }

    /// Futures: inverse ones for [`Wallet::Inverse`], linear ones for any other wallet.
    pub const fn futures(&self, wallet: Wallet) -> &Futures {
        match wallet {
            Wallet::Inverse => &self.inverse,
            Wallet::Linear | Wallet::Spot | Wallet::Cross | Wallet::Isolated(_) | Wallet::Options => &self.linear,
        }
    }

    /// The same, to change something of them.
    pub const fn futures_mut(&mut self, wallet: Wallet) -> &mut Futures {
        match wallet {
            Wallet::Inverse => &mut self.inverse,
            Wallet::Linear | Wallet::Spot | Wallet::Cross | Wallet::Isolated(_) | Wallet::Options => &mut self.linear,
        }
    }

    /// Options.
    pub const fn options(&self) -> &OptionsWallet {
        &self.options
    }

    /// Options, to change something of them.
    pub const fn options_mut(&mut self) -> &mut OptionsWallet {
        &mut self.options
    }

    /// Transfers, oldest first.
    pub fn transfers(&self) -> &[Transfer] {
        &self.transfers
    }

    /// Writes a transfer down; its number.
    pub(crate) fn transferred(&mut self, time: UnixNanos, from: Option<Wallet>, to: Option<Wallet>, money: Money) -> u64 {
        let id = self.numbers.next();
        self.transfers.push(Transfer { id, time, from, to, money });
        id
    }
}
