//! Orders that come in.
//!
//! The one decision: an order is refused before anything of it is written down, or it is written down, told as new, and lives from
//! then on; what would have taken though it was to rest is refused, since the exchange never lists it.

use std::borrow::Cow;

use metaexpert_core::{Book, OrderKind, Quantity, SelfTrade, TimeInForce, TriggerBy};
use metaexpert_matching::Condition;
use rust_decimal::Decimal;

use super::{
    Placed, Seat, Timer, World,
    conditions::Waiter,
    desk::{Heard, Ticket, Why},
    meet::Source,
    needs::{self, Walk, closes, is_beyond, left, walk_by_value},
    rules,
};
use crate::{
    clearing::Changed,
    listing::{Class, Listing, MarketId},
    news::{Cause, OrderChange},
    order::{
        AccountId, BrokenRule, ListId, Order, OrderId, OrderRequest, OrderState, Origin, Refusal, SelfTradePrevention, Size,
    },
    prices::Prices,
};

impl World {
    /// Takes an order.
    ///
    /// # Errors
    /// Why not.
    pub fn place(&mut self, account: AccountId, request: OrderRequest) -> Result<Placed, Refusal> {
        self.recent.clear();
        self.check_new(account, &request)?;
        let id = self.take(account, request, Origin::Client)?;
        self.finish();
        self.placed(account, id)
    }

    /// Whether an order would be taken.
    ///
    /// # Errors
    /// As [`place`](Self::place).
    pub fn check(&self, account: AccountId, request: &OrderRequest) -> Result<(), Refusal> {
        self.check_new(account, request)?;
        let mut order = self.written(account, OrderId(u64::MAX), request.clone(), Origin::Client, None)?;
        if request.kind.is_conditional() {
            self.condition_of(&order.request)?;
            order.state = OrderState::Waiting;
        }
        self.could_be(account, &order)
    }

    /// Whether an order could be paid for, and would rest where it must: nothing is set aside, and nothing borrowed.
    fn could_be(&self, account: AccountId, order: &Order) -> Result<(), Refusal> {
        let request = &order.request;
        let listing = self.markets.get(request.market).listing();
        let book = self.book(request.market, account);
        let need = needs::need(order, &book, listing, self.markets.last(request.market), self.now);
        let clearing = self.account(account).wallets.get(request.wallet).ok_or(Refusal::UnknownMarket)?;
        clearing.check(&need, &self.markets)?;
        let takes = needs::levels(&book, listing, request.side)
            .find(|(_, there)| *there > Decimal::ZERO)
            .is_some_and(|(best, _)| request.kind.limit_price().is_none_or(|limit| !is_beyond(request.side, best, limit.get())));
        if takes && request.time_in_force == TimeInForce::PostOnly { Err(Refusal::WouldTake) } else { Ok(()) }
    }

    /// The order as it is now, with what of it was executed in this call.
    pub(super) fn placed(&self, account: AccountId, id: OrderId) -> Result<Placed, Refusal> {
        let order = self.order(account, id).ok_or(Refusal::UnknownOrder)?.clone();
        let executions = self.recent.iter().filter(|execution| execution.order == id && execution.account == account);
        Ok(Placed { order, executions: executions.cloned().collect() })
    }

    /// What can be said of an order before it is looked at: its market, its name, the rules.
    pub(super) fn check_new(&self, account: AccountId, request: &OrderRequest) -> Result<(), Refusal> {
        let listing = self.tradable(request.market)?;
        let owner = self.accounts.get(usize::from(account.0)).ok_or(Refusal::UnknownMarket)?;
        let fits = listing.class == request.wallet.class() && owner.wallets.get(request.wallet).is_some();
        if !fits {
            return Err(Refusal::UnknownMarket);
        }
        if owner.orders.has_open(request.wallet, request.market, &request.client_id) {
            return Err(Refusal::DuplicateClientId);
        }
        let quantity = match request.size {
            Size::Quantity(quantity) => Some(quantity),
            Size::Quote(_) | Size::WholePosition => None,
        };
        rules::check(request, quantity, listing, &self.markets)?;
        rules::check_room(request, listing, &owner.orders, 1)
    }

    /// A market that trades.
    pub(super) fn tradable(&self, market: MarketId) -> Result<&Listing, Refusal> {
        let (_, found) = self.markets.iter().find(|(id, _)| *id == market).ok_or(Refusal::UnknownMarket)?;
        if found.is_trading() { Ok(found.listing()) } else { Err(Refusal::UnknownMarket) }
    }

    /// Takes an order that keeps to the rules: it waits, rests, trades, or is refused.
    pub(super) fn take(&mut self, account: AccountId, request: OrderRequest, origin: Origin) -> Result<OrderId, Refusal> {
        let id = self.next_order();
        let mut order = self.written(account, id, request, origin, None)?;
        if order.request.kind.is_conditional() && origin == Origin::Client {
            let condition = self.condition_of(&order.request)?;
            order.state = OrderState::Waiting;
            order.level = condition.level.filter(|_| condition.trails());
            self.admit(account, &order)?;
            self.accept(account, order.clone());
            self.conditions.add(Waiter::Order(account, id), order.request.market, condition);
            return Ok(id);
        }
        order.working_since = Some(self.now);
        if order.request.time_in_force == TimeInForce::PostOnly {
            // One that would take is refused before anything is borrowed for it, which costs interest.
            self.could_be(account, &order)?;
        }
        let set_aside = if origin == Origin::Liquidation { Changed::default() } else { self.set_aside(account, &order)? };
        let prevented = self.decrement(account, &mut order);
        let heard = self.enter(account, &order).and_then(|heard| refusal_of(&order, &heard).map_or(Ok(heard), Err));
        let heard = match heard {
            Ok(heard) => heard,
            Err(refusal) => {
                self.at_desk.remove(&id);
                let wallet = order.request.wallet;
                let freed = self.clearing(account, wallet).map(|clearing| clearing.release(id, None)).unwrap_or_default();
                // Nobody was told that anything had been set aside; what was borrowed has left interest behind.
                if !set_aside.debts.is_empty() {
                    self.changed(account, wallet, Cause::Order, set_aside);
                    self.changed(account, wallet, Cause::Order, freed);
                    self.finish();
                }
                return Err(refusal);
            }
        };
        self.changed(account, order.request.wallet, Cause::Order, set_aside);
        self.accept(account, order);
        self.tell_prevented(account, id, prevented);
        self.listen(account, heard, Source::Request);
        self.settle_in(account, id);
        Ok(id)
    }

    /// An order that was accepted before comes into the market: its price has come, or its turn in a list.
    pub(super) fn go_to_work(&mut self, account: AccountId, id: OrderId) {
        let Some(mut order) = self.order(account, id).filter(|order| order.state.is_open()).cloned() else { return };
        let prevented = self.decrement(account, &mut order);
        self.put(account, order.clone());
        match self.enter(account, &order) {
            Ok(heard) => {
                self.tell_prevented(account, id, prevented);
                self.listen(account, heard, Source::Request);
                self.settle_in(account, id);
            }
            Err(why) => _ = self.end(account, id, OrderState::Expired, OrderChange::Expired, Some(why)),
        }
    }

    /// Sets aside what an order needs, and notes it.
    pub(super) fn admit(&mut self, account: AccountId, order: &Order) -> Result<(), Refusal> {
        let changed = self.set_aside(account, order)?;
        self.changed(account, order.request.wallet, Cause::Order, changed);
        Ok(())
    }

    /// Sets aside what an order needs.
    pub(super) fn set_aside(&mut self, account: AccountId, order: &Order) -> Result<Changed, Refusal> {
        let market = order.request.market;
        let need = {
            let book = self.book(market, account);
            needs::need(order, &book, self.markets.get(market).listing(), self.markets.last(market), self.now)
        };
        let owner = self.accounts.get_mut(usize::from(account.0)).ok_or(Refusal::UnknownMarket)?;
        owner.wallets.get_mut(order.request.wallet).ok_or(Refusal::UnknownMarket)?.admit(&need, &self.markets)
    }

    /// An order as it is written down: how much it is for is known.
    pub(super) fn written(
        &self,
        account: AccountId,
        id: OrderId,
        request: OrderRequest,
        origin: Origin,
        list: Option<ListId>,
    ) -> Result<Order, Refusal> {
        let quantity = self.quantity_of(account, &request)?;
        if let Size::Quote(_) = request.size {
            rules::check(&request, Some(quantity), self.markets.get(request.market).listing(), &self.markets)?;
        }
        Ok(Order {
            id,
            request,
            origin,
            list,
            state: OrderState::Working,
            quantity,
            executed: Decimal::ZERO,
            value: Decimal::ZERO,
            created: self.now,
            updated: self.now,
            working_since: None,
            level: None,
            prevented: Decimal::ZERO,
            amends: 0,
            ended_by: None,
        })
    }

    fn quantity_of(&self, account: AccountId, request: &OrderRequest) -> Result<Decimal, Refusal> {
        match request.size {
            Size::Quantity(quantity) => Ok(quantity),
            Size::Quote(budget) => {
                let listing = self.markets.get(request.market).listing();
                if budget < listing.limits.notional.0 {
                    return Err(Refusal::Rule(BrokenRule::Notional));
                }
                let Walk { quantity, worst } = walk_by_value(&self.book(request.market, account), listing, request.side, budget);
                match worst {
                    Some(_) => Ok(quantity),
                    // The least that can be bought costs more, or nobody is there.
                    None if self.markets.best(request.market, request.side).is_some() => Err(Refusal::Rule(BrokenRule::Lot)),
                    None => Err(Refusal::NoLiquidity),
                }
            }
            Size::WholePosition => {
                let seat = Seat { market: request.market, account, wallet: request.wallet };
                let held = self.reducible(seat, request);
                if held > Decimal::ZERO { Ok(held) } else { Err(Refusal::ReduceOnly) }
            }
        }
    }

    /// Writes an order down and tells it.
    pub(super) fn accept(&mut self, account: AccountId, order: Order) {
        if let TimeInForce::GoodTillDate(until) = order.request.time_in_force {
            self.set_timer(until, Timer::Over(account, order.id));
        }
        self.put(account, order.clone());
        self.tell_order(account, order, OrderChange::New);
    }

    /// What an order waits for.
    pub(super) fn condition_of(&self, request: &OrderRequest) -> Result<Condition, Refusal> {
        let by = match request.kind {
            OrderKind::TrailingStop { by, .. } => by,
            kind => kind.trigger().map_or(TriggerBy::Last, |trigger| trigger.by),
        };
        let price = match by {
            TriggerBy::Last => self.markets.last(request.market),
            TriggerBy::Mark => self.markets.mark(request.market),
            TriggerBy::Index => self.markets.index(request.market),
        };
        let tick = self.markets.get(request.market).listing().instrument.rules.tick_size;
        let condition = Condition::of(request.kind, request.side, price, tick).ok_or(Refusal::NothingToChange)?;
        let is_met = price.is_some_and(|price| condition.is_met(price));
        if is_met { Err(Refusal::WouldTrigger) } else { Ok(condition) }
    }

    /// Brings an order to its desk; what is heard of it there.
    fn enter(&mut self, account: AccountId, order: &Order) -> Result<Vec<Heard>, Refusal> {
        let seat = Self::seat_of(account, order);
        self.open_desk(seat).ok_or(Refusal::UnknownMarket)?;
        let wanted = self.wanted(seat, order);
        let budget = match order.request.size {
            Size::Quote(budget) => Some(budget),
            Size::Quantity(_) | Size::WholePosition => None,
        };
        let listing = self.markets.get(seat.market).listing();
        // Of an order by value the budget decides, not the quantity.
        let quantity = if budget.is_some() { wanted.max(listing.limits.quantity.1) } else { wanted };
        let Some(quantity) = Quantity::new(quantity) else {
            let is_prevented = order.prevented > Decimal::ZERO;
            let why = if is_prevented { Why::SelfTrade } else { Why::NobodyThere };
            return if closes(&order.request) { Err(Refusal::ReduceOnly) } else { Ok(vec![Heard::Gone(order.id, why)]) };
        };
        let ticket = Ticket {
            order: order.id,
            side: order.request.side,
            limit: order.request.kind.limit_price(),
            time_in_force: time_in_force(order.request.time_in_force),
            quantity,
            budget,
            self_trade: self_trade(order.request.self_trade),
        };
        let changes = self.book_changes(seat.market);
        let book = capped(self.markets.book_for(seat.market, account), self.fill_cap, listing);
        let desk = self.desks.get_mut(&seat).ok_or(Refusal::UnknownMarket)?;
        let heard = desk.place(ticket, &book, changes, self.now);
        self.at_desk.insert(order.id, quantity.get());
        self.note_busy(seat);
        Ok(heard)
    }

    /// How much of an order goes to its desk: what is left of it, and of one that closes, no more than there is to close.
    pub(super) fn wanted(&self, seat: Seat, order: &Order) -> Decimal {
        let left = left(order);
        if closes(&order.request) { left.min(self.reducible(seat, &order.request)) } else { left }
    }

    /// An order that has been looked at rests, where anything of it is left.
    fn settle_in(&mut self, account: AccountId, id: OrderId) {
        if self.at_desk.contains_key(&id) {
            self.show(account, id);
        }
    }

    /// The book of a market as an account's orders meet it.
    pub(super) fn book(&self, market: MarketId, account: AccountId) -> Cow<'_, Book> {
        self.markets.book_for(market, account)
    }
}

/// A book of which nobody gets more than so much at once.
pub(super) fn capped<'a>(book: Cow<'a, Book>, cap: Option<Decimal>, listing: &Listing) -> Cow<'a, Book> {
    let Some(cap) = cap else { return book };
    let mut thinned = Book::new(listing.instrument.rules.tick_size);
    let cap = metaexpert_core::rounding::float_of(cap);
    for side in [metaexpert_core::Side::Buy, metaexpert_core::Side::Sell] {
        let mut left = cap;
        for (ticks, there) in book.opposite(side) {
            if left <= 0.0 {
                break;
            }
            thinned.apply(&metaexpert_core::LevelChange {
                time: book.time(),
                side: side.opposite(),
                ticks,
                quantity: there.min(left),
                clears: false,
                ends: true,
            });
            left -= there;
        }
    }
    Cow::Owned(thinned)
}

/// Why an order is not written down at all, by what was first heard of it.
///
/// What was to rest and would take is listed nowhere (spot -2010, futures -5022). Contracts do so with what cannot trade all at
/// once, too (-5021); of coins it is an order that expired.
fn refusal_of(order: &Order, heard: &[Heard]) -> Option<Refusal> {
    let is_coins = order.request.wallet.class() == Class::Spot;
    match heard.first()? {
        Heard::Gone(_, Why::WouldTake) => Some(Refusal::WouldTake),
        Heard::Gone(_, Why::NotAllAtOnce) if !is_coins => Some(Refusal::NotAllAtOnce),
        Heard::Gone(..) | Heard::Executed { .. } => None,
    }
}

/// Dates are watched by the world.
const fn time_in_force(asked: TimeInForce) -> TimeInForce {
    match asked {
        TimeInForce::GoodTillDate(_) | TimeInForce::GoodTillCancelled => TimeInForce::GoodTillCancelled,
        TimeInForce::ImmediateOrCancel => TimeInForce::ImmediateOrCancel,
        TimeInForce::FillOrKill => TimeInForce::FillOrKill,
        TimeInForce::PostOnly => TimeInForce::PostOnly,
    }
}

/// What is taken off both was taken off before the desk is asked.
const fn self_trade(asked: SelfTradePrevention) -> SelfTrade {
    match asked {
        SelfTradePrevention::None | SelfTradePrevention::Decrement => SelfTrade::Allow,
        SelfTradePrevention::ExpireTaker | SelfTradePrevention::Transfer => SelfTrade::ExpireTaker,
        SelfTradePrevention::ExpireMaker => SelfTrade::ExpireMaker,
        SelfTradePrevention::ExpireBoth => SelfTrade::ExpireBoth,
    }
}
