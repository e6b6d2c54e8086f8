//! Orders that belong together: one cancels the other, one brings others to life.
//!
//! The one decision: rivals, of which only one will trade, set aside together what the dearer one of them needs; which of them
//! holds it is the list's to know. As soon as one trades, or its price has come, it holds it itself and the others are over.

use metaexpert_core::{
    Side,
    rounding::{Round, to_step},
};
use rust_decimal::Decimal;

use super::{ListRequest, Placed, World, conditions::Waiter, needs};
use crate::{
    listing::MarketId,
    news::{AccountNews, Cause, OrderChange},
    order::{
        AccountId, BrokenRule, Contingency, ListId, ListState, Named, Order, OrderId, OrderList, OrderRequest, OrderState,
        Origin, Refusal, Size,
    },
    wallet::Wallet,
};

impl World {
    /// Takes orders that belong together.
    ///
    /// # Errors
    /// Why one of them cannot be taken; none of them is, then.
    pub fn place_list(&mut self, account: AccountId, request: ListRequest) -> Result<(OrderList, Vec<Placed>), Refusal> {
        self.recent.clear();
        let first = self.check_list(account, &request)?;
        let (wallet, market) = (first.wallet, first.market);
        let id = self.next_list();
        let mut orders = self.written_list(account, id, request.orders, request.contingency)?;
        let list = OrderList {
            id,
            client_id: request.client_id,
            wallet,
            market,
            contingency: request.contingency,
            orders: orders.iter().map(|order| order.id).collect(),
            state: ListState::Executing,
            created: self.now,
        };
        let rivals = matches!(request.contingency, Contingency::OneCancelsOther).then_some(orders.len()).unwrap_or(1);
        self.check_at_once(account, orders.get(..rivals).unwrap_or_default())?;
        self.admit_rivals(account, id, orders.get(..rivals).unwrap_or_default())?;
        self.put_list(account, list.clone());
        self.tell(account, AccountNews::List(list));
        for order in &orders {
            self.accept(account, order.clone());
        }
        orders.truncate(rivals);
        for order in orders {
            self.begin(account, order.id);
        }
        self.finish();
        self.list_as_it_is(account, id)
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
        let owner = self.accounts.get(usize::from(account.0)).ok_or(Refusal::UnknownList)?;
        let found = owner.orders.list(wallet, list).filter(|list| list.market == market && list.state == ListState::Executing);
        let id = found.ok_or(Refusal::UnknownList)?.id;
        self.end_members(account, id, None, OrderState::Cancelled, None);
        self.finish();
        let (list, orders) = self.list_as_it_is(account, id)?;
        Ok((list, orders.into_iter().map(|placed| placed.order).collect()))
    }

    fn list_as_it_is(&self, account: AccountId, id: ListId) -> Result<(OrderList, Vec<Placed>), Refusal> {
        let list = self.account(account).orders.list_by_id(id).ok_or(Refusal::UnknownList)?.clone();
        let placed = list.orders.iter().map(|order| self.placed(account, *order)).collect::<Result<_, _>>()?;
        Ok((list, placed))
    }

    fn check_list(&self, account: AccountId, request: &ListRequest) -> Result<OrderRequest, Refusal> {
        let first = request.orders.first().ok_or(Refusal::ListShape("a list has orders"))?;
        check_shape(request)?;
        let listing = self.tradable(first.market)?;
        let owner = self.accounts.get(usize::from(account.0)).ok_or(Refusal::UnknownMarket)?;
        let named = Named::Client(request.client_id.clone());
        if owner.orders.list(first.wallet, &named).is_some_and(|list| list.state == ListState::Executing) {
            return Err(Refusal::DuplicateClientId);
        }
        if owner.orders.count_lists(first.wallet, first.market) >= listing.limits.lists as usize {
            return Err(Refusal::Rule(BrokenRule::Lists));
        }
        for order in &request.orders {
            self.check_new(account, order)?;
        }
        super::rules::check_room(first, listing, &owner.orders, request.orders.len())?;
        Ok(first.clone())
    }

    fn written_list(
        &mut self,
        account: AccountId,
        list: ListId,
        requests: Vec<OrderRequest>,
        contingency: Contingency,
    ) -> Result<Vec<Order>, Refusal> {
        let mut orders = Vec::with_capacity(requests.len());
        for (place, request) in requests.into_iter().enumerate() {
            let id = self.next_order();
            let mut order = self.written(account, id, request, Origin::Client, Some(list))?;
            let is_pending = place > 0 && matches!(contingency, Contingency::OneTriggersOther { .. });
            order.state = match (is_pending, order.request.kind.is_conditional()) {
                (true, _) => OrderState::Pending,
                (false, true) => OrderState::Waiting,
                (false, false) => OrderState::Working,
            };
            orders.push(order);
        }
        Ok(orders)
    }

    /// What comes into the market at once must be able to: what waits has not been reached, what is to rest would.
    fn check_at_once(&self, account: AccountId, orders: &[Order]) -> Result<(), Refusal> {
        for order in orders {
            let request = &order.request;
            if request.kind.is_conditional() {
                self.condition_of(request)?;
                continue;
            }
            let listing = self.markets.get(request.market).listing();
            let walk = needs::walk(
                &self.book(request.market, account),
                listing,
                request.side,
                request.kind.limit_price().map(metaexpert_core::Price::get),
                Decimal::MAX,
            );
            if request.time_in_force == metaexpert_core::TimeInForce::PostOnly && walk.quantity > Decimal::ZERO {
                return Err(Refusal::WouldTake);
            }
        }
        Ok(())
    }

    /// Sets aside what rivals need together.
    fn admit_rivals(&mut self, account: AccountId, list: ListId, rivals: &[Order]) -> Result<(), Refusal> {
        let dearest = rivals.iter().max_by_key(|order| {
            let price = order.request.kind.limit_price().or_else(|| order.request.kind.trigger().map(|trigger| trigger.price));
            (order.quantity * price.map_or(Decimal::ONE, metaexpert_core::Price::get), std::cmp::Reverse(order.id))
        });
        let Some(dearest) = dearest else { return Ok(()) };
        self.admit(account, dearest)?;
        self.holders.insert(list, dearest.id);
        Ok(())
    }

    /// An order of a list waits for its price, or goes into the market.
    fn begin(&mut self, account: AccountId, id: OrderId) {
        let Some(order) = self.order(account, id).filter(|order| order.state.is_open()).cloned() else { return };
        if !order.request.kind.is_conditional() {
            let now = self.now;
            self.change_order(account, id, |order| order.working_since = Some(now));
            return self.go_to_work(account, id);
        }
        match self.condition_of(&order.request) {
            Ok(condition) => {
                let level = condition.level.filter(|_| condition.trails());
                self.change_order(account, id, |order| order.level = level);
                self.conditions.add(Waiter::Order(account, id), order.request.market, condition);
            }
            Err(why) => _ = self.end(account, id, OrderState::Expired, OrderChange::Expired, Some(why)),
        }
    }

    /// What an order waited for in its list has happened: it comes to life, if what it needs is there.
    pub(super) fn start(&mut self, account: AccountId, id: OrderId) {
        let Some(order) = self.order(account, id).filter(|order| order.state == OrderState::Pending).cloned() else { return };
        let state = if order.request.kind.is_conditional() { OrderState::Waiting } else { OrderState::Working };
        let is_held = order.list.is_some_and(|list| self.holders.contains_key(&list));
        let Some(order) = self.change_order(account, id, |order| order.state = state) else { return };
        if !is_held && let Err(why) = self.admit_pending(account, &order) {
            self.end(account, id, OrderState::Rejected, OrderChange::Rejected, Some(why));
            return;
        }
        self.tell_order(account, order, OrderChange::New);
        self.begin(account, id);
    }

    fn admit_pending(&mut self, account: AccountId, order: &Order) -> Result<(), Refusal> {
        let Some(list) = order.list else { return self.admit(account, order) };
        let mut rivals: Vec<_> = self.rivals(account, order).iter().filter_map(|id| self.order(account, *id).cloned()).collect();
        rivals.push(order.clone());
        self.admit_rivals(account, list, &rivals)
    }

    /// The orders of a list of which only one will trade, but the one that asks.
    fn rivals(&self, account: AccountId, order: &Order) -> Vec<OrderId> {
        let Some(list) = order.list.and_then(|id| self.account(account).orders.list_by_id(id)) else { return Vec::new() };
        let group = match list.contingency {
            Contingency::OneCancelsOther => list.orders.as_slice(),
            Contingency::OneTriggersOther { .. } if list.orders.first() == Some(&order.id) => &[],
            Contingency::OneTriggersOther { .. } => list.orders.get(1..).unwrap_or_default(),
        };
        group.iter().copied().filter(|id| *id != order.id).collect()
    }

    /// What rivals have set aside together is this order's from now on.
    pub(super) fn secure(&mut self, account: AccountId, order: &Order) {
        let Some(list) = order.list else { return };
        let Some(holder) = self.holders.get(&list).copied().filter(|holder| *holder != order.id) else { return };
        if !self.rivals(account, order).contains(&holder) {
            return;
        }
        let wallet = order.request.wallet;
        if let Some(changed) = self.clearing(account, wallet).map(|clearing| clearing.release(holder, None)) {
            self.changed(account, wallet, Cause::Order, changed);
        }
        self.holders.insert(list, order.id);
        // It is the cheaper one: what was enough for its rival is enough for it.
        let _ = self.admit(account, order);
    }

    /// An order has traded, or its price has come: its rivals are over.
    pub(super) fn member_traded(&mut self, account: AccountId, order: &Order) {
        for rival in self.rivals(account, order) {
            self.end(account, rival, OrderState::Expired, OrderChange::Expired, Some(Refusal::Linked));
        }
    }

    /// An order is over: what it was to bring to life comes, or is over too.
    pub(super) fn member_ended(&mut self, account: AccountId, order: &Order) {
        let Some(id) = order.list else { return };
        let Some(list) = self.account(account).orders.list_by_id(id).filter(|list| list.state == ListState::Executing).cloned()
        else {
            return;
        };
        let is_first = list.orders.first() == Some(&order.id);
        match (list.contingency, order.state) {
            (Contingency::OneTriggersOther { for_what_came }, OrderState::Filled) if is_first => {
                self.holders.remove(&id);
                if for_what_came {
                    self.size_by_what_came(account, &list, order);
                }
                self.agenda.extend(list.orders.iter().skip(1).map(|pending| super::Task::Start(account, *pending)));
            }
            // A rival that ends since another has traded leaves that one alone.
            _ if order.ended_by == Some(Refusal::Linked) || order.state == OrderState::Filled => {}
            (_, state) => {
                let state = if state == OrderState::Cancelled { state } else { OrderState::Expired };
                self.end_members(account, id, Some(order.id), state, order.ended_by.as_ref());
            }
        }
        self.end_list(account, id);
    }

    /// Ends what is still open of a list.
    fn end_members(
        &mut self,
        account: AccountId,
        list: ListId,
        except: Option<OrderId>,
        state: OrderState,
        why: Option<&Refusal>,
    ) {
        let Some(list) = self.account(account).orders.list_by_id(list) else { return };
        let members: Vec<_> = list.orders.iter().copied().filter(|id| Some(*id) != except).collect();
        let change = if state == OrderState::Cancelled { OrderChange::Cancelled(None) } else { OrderChange::Expired };
        for member in members {
            self.end(account, member, state, change.clone(), why.cloned());
        }
    }

    /// A list of which nothing is open is done.
    fn end_list(&mut self, account: AccountId, id: ListId) {
        let Some(list) = self.account(account).orders.list_by_id(id).filter(|list| list.state == ListState::Executing) else {
            return;
        };
        let is_open = |id: &OrderId| self.order(account, *id).is_some_and(|order| order.state.is_open());
        if list.orders.iter().any(is_open) {
            return;
        }
        let done = OrderList { state: ListState::Done, ..list.clone() };
        self.holders.remove(&id);
        self.put_list(account, done.clone());
        self.tell(account, AccountNews::List(done));
    }

    /// Pending orders are for what the first one brought, less fees, on the lot (Binance: OPO, "One-Pays-the-Other").
    fn size_by_what_came(&mut self, account: AccountId, list: &OrderList, first: &Order) {
        let instrument = self.markets.get(list.market).listing().instrument.clone();
        let executions = self.account(account).orders.executions(list.wallet, Some(list.market));
        let own = executions.into_iter().rev().filter(|execution| execution.order == first.id);
        let (coin, brought) = match first.request.side {
            Side::Buy => (&instrument.base, first.executed),
            Side::Sell => (&instrument.quote, first.value),
        };
        let fees: Decimal = own.filter(|execution| execution.fee.currency == *coin).map(|execution| execution.fee.amount).sum();
        for pending in list.orders.iter().skip(1) {
            let net = brought - fees;
            let lot = instrument.rules.lot_size;
            self.change_order(account, *pending, |order| {
                let quantity = match (first.request.side, order.request.kind.limit_price()) {
                    (Side::Buy, _) => net,
                    (Side::Sell, price) => {
                        net.checked_div(price.map_or(Decimal::ONE, metaexpert_core::Price::get)).unwrap_or_default()
                    }
                };
                order.quantity = to_step(quantity, lot, Round::Down);
                order.request.size = Size::Quantity(order.quantity);
            });
        }
    }
}

/// Whether the parts of a list fit together.
fn check_shape(request: &ListRequest) -> Result<(), Refusal> {
    let Some((first, others)) = request.orders.split_first() else { return Err(Refusal::ListShape("a list has orders")) };
    if others.iter().any(|order| order.market != first.market || order.wallet != first.wallet) {
        return Err(Refusal::ListShape("all orders of a list are of one market"));
    }
    let (rivals, at_most) = match request.contingency {
        Contingency::OneCancelsOther => (request.orders.as_slice(), 2),
        Contingency::OneTriggersOther { .. } => (others, 3),
    };
    if request.orders.len() < 2 || request.orders.len() > at_most {
        return Err(Refusal::ListShape("a list has two orders, or three where one triggers two"));
    }
    let sides_differ = rivals.windows(2).any(|pair| matches!(pair, [one, other] if one.side != other.side));
    if sides_differ {
        return Err(Refusal::ListShape("orders that cancel one another are of one side"));
    }
    let names: std::collections::BTreeSet<_> = request.orders.iter().map(|order| &order.client_id).collect();
    if names.len() < request.orders.len() { Err(Refusal::DuplicateClientId) } else { Ok(()) }
}
