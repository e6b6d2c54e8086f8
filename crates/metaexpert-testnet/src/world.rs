//! The world: markets, accounts, and the time that both live in.
//!
//! The one decision: it is a state machine without a clock, a socket or a random source of its own. Time comes in with
//! [`World::advance`], requests with calls, and all that happens comes out as [`News`] in the order it happened. Two worlds that
//! are told the same are the same.

use metaexpert_core::{Money, Price, Quantity, UnixNanos};
use rust_decimal::Decimal;

use crate::{
    account::Account,
    listing::MarketId,
    market::Markets,
    news::News,
    order::{AccountId, Algo, AlgoId, Contingency, Execution, ListId, Named, Order, OrderList, OrderRequest, Refusal},
    wallet::Wallet,
};

/// Markets and accounts.
#[derive(Debug)]
pub struct World {}

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

impl World {
    /// The time of the markets.
    pub fn now(&self) -> UnixNanos {
        todo!()
    }

    /// Lets everything happen that is due by `to`.
    pub fn advance(&mut self, to: UnixNanos) {
        todo!("{to:?}")
    }

    /// A step of the exchange's own pace is over (100 ms): streams that send by the clock send now.
    pub fn pace(&mut self) {
        todo!()
    }

    /// The markets.
    pub fn markets(&self) -> &Markets {
        todo!()
    }

    /// An account.
    pub fn account(&self, id: AccountId) -> &Account {
        todo!("{id:?}")
    }

    /// All accounts.
    pub fn accounts(&self) -> impl Iterator<Item = (AccountId, &Account)> {
        std::iter::empty()
    }

    /// What has happened since this was last asked, in order.
    pub fn take_news(&mut self) -> Vec<News> {
        todo!()
    }

    /// Takes an order.
    ///
    /// # Errors
    /// Why not.
    pub fn place(&mut self, account: AccountId, request: OrderRequest) -> Result<Placed, Refusal> {
        todo!("{account:?} {request:?}")
    }

    /// Whether an order would be taken.
    ///
    /// # Errors
    /// As [`place`](Self::place).
    pub fn check(&self, account: AccountId, request: &OrderRequest) -> Result<(), Refusal> {
        todo!("{account:?} {request:?}")
    }

    /// Takes an order back; `request` is the client's name for this request.
    ///
    /// # Errors
    /// [`Refusal::UnknownOrder`] where none of that name stands.
    pub fn cancel(
        &mut self,
        account: AccountId,
        wallet: Wallet,
        market: MarketId,
        order: &Named,
        request: Option<String>,
    ) -> Result<Order, Refusal> {
        todo!("{account:?} {wallet:?} {market:?} {order:?} {request:?}")
    }

    /// Takes back everything that stands in a market, lists included.
    pub fn cancel_all(&mut self, account: AccountId, wallet: Wallet, market: MarketId) -> Vec<Order> {
        todo!("{account:?} {wallet:?} {market:?}")
    }

    /// Changes an order that stands.
    ///
    /// # Errors
    /// Why not; the order is as it was.
    pub fn amend(
        &mut self,
        account: AccountId,
        wallet: Wallet,
        market: MarketId,
        order: &Named,
        change: &Change,
    ) -> Result<Placed, Refusal> {
        todo!("{account:?} {wallet:?} {market:?} {order:?} {change:?}")
    }

    /// Takes a conditional order that becomes an order when its price has come.
    ///
    /// # Errors
    /// Why not. Margin is not looked at before it comes to life.
    pub fn place_algo(&mut self, account: AccountId, request: OrderRequest) -> Result<Algo, Refusal> {
        todo!("{account:?} {request:?}")
    }

    /// Takes a conditional order back.
    ///
    /// # Errors
    /// [`Refusal::UnknownOrder`] where none of that name waits.
    pub fn cancel_algo(&mut self, account: AccountId, wallet: Wallet, algo: &Named) -> Result<Algo, Refusal> {
        todo!("{account:?} {wallet:?} {algo:?}")
    }

    /// Takes orders that belong together.
    ///
    /// # Errors
    /// Why one of them cannot be taken; none of them is, then.
    pub fn place_list(&mut self, account: AccountId, request: ListRequest) -> Result<(OrderList, Vec<Placed>), Refusal> {
        todo!("{account:?} {request:?}")
    }

    /// Takes a list back.
    ///
    /// # Errors
    /// [`Refusal::UnknownList`] where none of that name stands.
    pub fn cancel_list(
        &mut self,
        account: AccountId,
        wallet: Wallet,
        market: MarketId,
        list: &Named,
    ) -> Result<(OrderList, Vec<Order>), Refusal> {
        todo!("{account:?} {wallet:?} {market:?} {list:?}")
    }

    /// Moves money between wallets of an account, or from (`None`) and to outside. Returns the transfer's number.
    ///
    /// # Errors
    /// [`Refusal::Funds`] where less can be taken out.
    pub fn transfer(
        &mut self,
        account: AccountId,
        from: Option<Wallet>,
        to: Option<Wallet>,
        money: &Money,
    ) -> Result<u64, Refusal> {
        todo!("{account:?} {from:?} {to:?} {money}")
    }

    /// Lets something be done with an account's wallets that is not an order: a leverage, a mode, a loan. What it changed is told as
    /// news.
    ///
    /// # Errors
    /// Whatever the wallet says.
    pub fn settle<T>(
        &mut self,
        account: AccountId,
        act: impl FnOnce(&mut crate::account::Wallets, &Markets, UnixNanos) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        todo!("{account:?} {}", std::any::type_name_of_val(&act))
    }

    /// Takes everything back in a market at a time, unless it is told anew before (Binance: `countdownCancelAll`). `None` calls it off.
    pub fn cancel_all_at(&mut self, account: AccountId, wallet: Wallet, market: MarketId, at: Option<UnixNanos>) {
        todo!("{account:?} {wallet:?} {market:?} {at:?}")
    }
}

/// What only tests of this crate would otherwise name.
#[expect(dead_code, reason = "signatures of the skeleton")]
fn names(_: AlgoId, _: ListId, _: Decimal) {}
