//! Whatever two users do in all their wallets, no money appears and none is lost, and who follows the news knows what who asks is told.
//!
//! The one decision: every deed is drawn from a seed, wrong ones too, at a price that jumps, so that positions are taken over and loans
//! are called in; after each deed the books are compared. Nothing here looks at how a wallet reckons: what must be there follows
//! from executions and from what was paid in.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "an integration test")]

mod deeds; // what the two users do
mod floor; // two users, and chance   <- read first
mod mirror; // what is told against what is there
mod sums; // double entry

use std::collections::BTreeMap;

use floor::Floor;
use metaexpert_core::{
    Currency, Distance, Money, OrderKind, Percent, PositionSide, Price, Quantity, Side, Symbol, TimeInForce, Trigger, TriggerBy,
    UnixNanos,
    rounding::{Round, to_step},
};
use metaexpert_testnet::{
    binance::{ListingSetup, listings},
    clearing::EntryKind,
    listing::{Class, MarketId},
    market::{Markets, Pace, PriceSource, PriceSources, Script},
    news::{AccountNews, News},
    order::{AccountId, Contingency, Loan, Named, Order, OrderRequest, OrderState, Origin, Refusal, SelfTradePrevention, Size},
    prices::Prices as _,
    wallet::Wallet,
    world::{Change, ListRequest, NewAccount, Tariff, World, WorldSetup},
};
use mirror::Mirror;
use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng, SeedableRng},
};
use rust_decimal::{Decimal, dec};
use sums::totals;

/// 2026-01-08, a Thursday, 07:00 UTC: an hour before funding, a day and an hour before contracts end.
const START: i64 = 1_767_855_600_000_000_000;
const SECOND: i64 = 1_000_000_000;
const ACCOUNTS: [AccountId; 2] = [AccountId(0), AccountId(1)];

fn rehearse(seed: u64, deeds: usize) {
    let mut floor = Floor::new(seed);
    for _ in 0..deeds {
        floor.act();
        floor.compare();
    }
    floor.add_up();
    floor.leave();
    floor.compare();
    floor.add_up();
}

#[test]
fn no_money_appears_or_is_lost_whatever_two_users_do() {
    // More by hand: `METAEXPERT_SEEDS=100`.
    let seeds: u64 = std::env::var("METAEXPERT_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(2);
    for seed in 1..=seeds {
        let done = std::panic::catch_unwind(|| rehearse(seed, 250));
        assert!(done.is_ok(), "seed {seed}");
    }
}
