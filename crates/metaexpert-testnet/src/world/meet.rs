//! What is heard from desks: executions, and orders that are not there any more; and what others hear of it.
//!
//! The one decision: an execution that takes prints on the tape and is then shown to all others, whose resting orders share the
//! print's number; what a market's own print executes shares that print's number, as far as one account has one part of it.

use metaexpert_core::{PublicTrade, TriggerBy, rounding::float_of};
use rust_decimal::Decimal;

use super::{
    Seat, Task, World,
    desk::{Heard, Why},
    needs::{closes, left},
    place::capped,
    shown::Spot,
};
use crate::{
    clearing::Fill,
    listing::MarketId,
    news::{Cause, MarketNews, News, OrderChange},
    order::{AccountId, Execution, Order, OrderId, OrderRequest, OrderState, Origin, Refusal, Size},
};

/// What made a desk say something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// A request of the account.
    Request,
    /// A print, of this number.
    Print(u64),
    /// The book.
    Book,
}

/// One execution, as it was heard.
#[derive(Debug, Clone, Copy)]
struct Hit {
    order: OrderId,
    price: Decimal,
    quantity: Decimal,
    is_maker: bool,
    is_done: bool,
}

impl World {
    /// Does what follows from what was heard at a desk, in order.
    pub(super) fn listen(&mut self, account: AccountId, heard: Vec<Heard>, source: Source) {
        // Where two orders of one account trade with each other, both have the number of one print.
        let mut own: Option<(Decimal, Decimal, u64)> = None;
        let mut heard = heard.into_iter().peekable();
        while let Some(next) = heard.next() {
            match next {
                Heard::Executed { order, price, quantity, is_maker, is_done } => {
                    // What an order by value has spent, it was for: its last execution fills it, and says so.
                    let is_done = heard.next_if_eq(&Heard::Gone(order, Why::Spent)).is_some() || is_done;
                    let hit = Hit { order, price, quantity, is_maker, is_done };
                    let shared = own.take().filter(|(at, of, _)| !is_maker && *at == price && *of == quantity);
                    let id = self.executed(account, hit, source, shared.map(|(.., id)| id));
                    own = id.filter(|_| is_maker && source == Source::Request).map(|id| (price, quantity, id));
                }
                Heard::Gone(order, why) => self.gone(account, order, why),
            }
        }
    }

    /// An order was executed; the number that the execution has on the tape.
    fn executed(&mut self, account: AccountId, hit: Hit, source: Source, shared: Option<u64>) -> Option<u64> {
        self.note_left(hit);
        let order = self.order(account, hit.order).filter(|order| order.state.is_open())?.clone();
        let seat = Self::seat_of(account, &order);
        self.note_busy(seat);
        self.secure(account, &order);
        let Some(quantity) = self.executable(seat, &order, hit.quantity) else {
            self.end(account, order.id, OrderState::Expired, OrderChange::Expired, Some(Refusal::ReduceOnly));
            return None;
        };
        let trade_id = self.number(seat, &order, Hit { quantity, ..hit }, source, shared);
        let execution = self.book_execution(seat, &order, Hit { quantity, ..hit }, trade_id)?;
        let is_done = hit.is_done;
        let order = self.change_order(account, order.id, |order| count(order, &execution, is_done))?;
        self.recent.push(execution.clone());
        self.tell_order(account, order.clone(), OrderChange::Trade(execution.clone()));
        if order.origin == Origin::Liquidation {
            self.gather();
            let news = MarketNews::Liquidation(Box::new(order.clone()), execution);
            self.news.push(News::Market(seat.market, news));
        }
        self.member_traded(account, &order);
        if !order.state.is_open() {
            self.show(account, order.id);
            self.free(account, &order);
            self.ended(account, &order);
        } else if is_done {
            // It was to close more than there was.
            self.end(account, order.id, OrderState::Expired, OrderChange::Expired, Some(Refusal::ReduceOnly));
        } else {
            self.show(account, order.id);
        }
        Some(trade_id)
    }

    /// What is left of an order at its desk.
    fn note_left(&mut self, hit: Hit) {
        if hit.is_done {
            self.at_desk.remove(&hit.order);
        } else if let Some(left) = self.at_desk.get_mut(&hit.order) {
            *left -= hit.quantity;
        }
    }

    /// How much of an execution can be: of an order that closes, no more than there is to close.
    fn executable(&self, seat: Seat, order: &Order, quantity: Decimal) -> Option<Decimal> {
        let most = if closes(&order.request) && order.origin != Origin::Liquidation {
            quantity.min(self.reducible(seat, &order.request))
        } else {
            quantity
        };
        (most > Decimal::ZERO).then_some(most)
    }

    /// The number of an execution on the tape, where it prints unless the print is there already.
    fn number(&mut self, seat: Seat, order: &Order, hit: Hit, source: Source, shared: Option<u64>) -> u64 {
        if let Some(id) = shared {
            return id;
        }
        let key = (seat.account, seat.market);
        if let Source::Print(id) = source
            && hit.is_maker
            && self.shared_prints.get(&key) != Some(&id)
        {
            self.shared_prints.insert(key, id);
            return id;
        }
        let side = order.request.side;
        let taker = if hit.is_maker { side.opposite() } else { side };
        let id = self.markets.print(seat.market, hit.price, hit.quantity, taker, self.now);
        let print = PublicTrade {
            time: self.now,
            price: float_of(hit.price),
            quantity: float_of(hit.quantity),
            buyer_is_taker: taker == metaexpert_core::Side::Buy,
        };
        // What somebody else's print or book did to a resting order moves nobody else's.
        if !hit.is_maker || source == Source::Request {
            self.agenda.push_back(Task::Print { market: seat.market, print, id, except: seat.account });
        }
        id
    }

    /// Lets an execution do to money what it does.
    fn book_execution(&mut self, seat: Seat, order: &Order, hit: Hit, trade_id: u64) -> Option<Execution> {
        let is_liquidation = order.origin == Origin::Liquidation;
        let request = &order.request;
        let fill = Fill {
            trade_id,
            order: order.id,
            market: seat.market,
            side: request.side,
            leg: request.leg,
            price: hit.price,
            quantity: hit.quantity,
            is_maker: hit.is_maker,
            loan: request.loan,
            is_liquidation,
            time: self.now,
        };
        let owner = self.accounts.get_mut(usize::from(seat.account.0))?;
        let booked = owner.wallets.get_mut(seat.wallet)?.execute(&fill, &self.markets);
        let cause = if is_liquidation { Cause::Liquidation } else { Cause::Order };
        let execution = Execution {
            trade_id,
            account: seat.account,
            order: order.id,
            client_id: request.client_id.clone(),
            wallet: seat.wallet,
            market: seat.market,
            side: request.side,
            leg: booked.leg,
            price: hit.price,
            quantity: hit.quantity,
            value: booked.value,
            fee: booked.fee,
            realized: booked.realized,
            is_maker: hit.is_maker,
            time: self.now,
        };
        owner.orders.executed(execution.clone());
        self.changed(seat.account, seat.wallet, cause, booked.changed);
        Some(execution)
    }

    /// An order is not at its desk any more.
    fn gone(&mut self, account: AccountId, id: OrderId, why: Why) {
        self.at_desk.remove(&id);
        let Some(order) = self.order(account, id).filter(|order| order.state.is_open()) else { return };
        let (left, executed) = (left(order), order.executed);
        let seat = Self::seat_of(account, order);
        let is_market = order.request.kind.limit_price().is_none();
        self.note_busy(seat);
        match why {
            Why::Asked => {}
            Why::WouldTake => self.expire(account, id, Some(Refusal::WouldTake)),
            Why::NotAllAtOnce => self.expire(account, id, Some(Refusal::NotAllAtOnce)),
            Why::NobodyThere if is_market && executed.is_zero() => self.expire(account, id, Some(Refusal::NoLiquidity)),
            Why::NobodyThere => self.expire(account, id, None),
            Why::Spent if executed.is_zero() => self.expire(account, id, Some(Refusal::NoLiquidity)),
            Why::Spent => self.fill_by_value(account, id),
            Why::SelfTrade => {
                self.change_order(account, id, |order| order.prevented += left);
                let change = OrderChange::Prevented(left);
                self.end(account, id, OrderState::ExpiredInMatch, change, Some(Refusal::SelfTrade));
            }
        }
    }

    fn expire(&mut self, account: AccountId, id: OrderId, why: Option<Refusal>) {
        self.end(account, id, OrderState::Expired, OrderChange::Expired, why);
    }

    /// An order by value has spent what it had: it was for what it bought. Its last execution was told before that was known.
    fn fill_by_value(&mut self, account: AccountId, id: OrderId) {
        let filled = self.change_order(account, id, |order| {
            order.quantity = order.executed;
            order.state = OrderState::Filled;
        });
        if let Some(order) = filled {
            self.free(account, &order);
            self.ended(account, &order);
        }
    }

    /// How much an order that closes can close.
    pub(super) fn reducible(&self, seat: Seat, request: &OrderRequest) -> Decimal {
        let held = self.exposures.held(seat.account, seat.wallet, seat.market, request.leg);
        let signed = match (request.leg, request.side) {
            (Some(_), _) => held.abs(),
            (None, metaexpert_core::Side::Sell) => held,
            (None, metaexpert_core::Side::Buy) => -held,
        };
        signed.max(Decimal::ZERO)
    }

    /// A print meets the resting orders of everybody but the one who made it, and what waits for the last price sees it.
    pub(super) fn meet_print_of(&mut self, market: MarketId, print: &PublicTrade, id: u64, except: AccountId) {
        let print = self.capped_print(print);
        for seat in self.busy_seats(market, Some(except)) {
            let Some(desk) = self.desks.get_mut(&seat) else { continue };
            let heard = desk.hear_print(&print);
            self.note_busy(seat);
            self.listen(seat.account, heard, Source::Print(id));
        }
        if let Some(price) = metaexpert_core::rounding::decimal_of(print.price) {
            self.visit(market, TriggerBy::Last, price);
        }
    }

    /// A level that an account has changed is shown to the others.
    pub(super) fn show_level(&mut self, spot: Spot) {
        let mut seats = self.busy_seats(spot.market, Some(spot.account));
        // It concerns who stands in the same queue; all others see it with the next they ask for.
        seats.retain(|seat| self.shown.rests_at(Spot { account: seat.account, ..spot }));
        let Some(changes) = self.book_changes.get_mut(spot.market.index()) else { return };
        *changes += 1;
        let changes = *changes;
        for seat in seats {
            let listing = self.markets.get(seat.market).listing();
            let book = capped(self.markets.book_for(seat.market, seat.account), self.fill_cap, listing);
            let Some(change) = level_of(&book, spot, listing.instrument.rules.tick_size, self.now) else { return };
            let Some(desk) = self.desks.get_mut(&seat) else { continue };
            let heard = desk.see(&book, &[change], changes);
            self.note_busy(seat);
            self.listen(seat.account, heard, Source::Book);
        }
    }

    /// A print of which nobody gets more than so much.
    pub(super) fn capped_print(&self, print: &PublicTrade) -> PublicTrade {
        let quantity = self.fill_cap.map_or(print.quantity, |cap| print.quantity.min(float_of(cap)));
        PublicTrade { quantity, ..*print }
    }

    /// A position has changed: orders that close it and are for more than it holds are shortened, or end with it.
    pub(super) fn trim(&mut self, seat: Seat) {
        let Some(owner) = self.accounts.get(usize::from(seat.account.0)) else { return };
        let open = owner.orders.open(seat.wallet, Some(seat.market));
        let closers: Vec<_> = open
            .into_iter()
            .filter(|order| closes(&order.request) && self.at_desk.contains_key(&order.id))
            .map(|order| (order.id, self.reducible(seat, &order.request)))
            .collect();
        for (id, held) in closers {
            if held <= Decimal::ZERO {
                self.expire(seat.account, id, Some(Refusal::ReduceOnly));
            }
        }
        self.trim_algos(seat);
    }
}

/// Counts an execution in its order.
fn count(order: &mut Order, execution: &Execution, is_done: bool) {
    order.executed += execution.quantity;
    order.value += execution.value;
    if let Size::Quote(_) = order.request.size
        && (is_done || order.executed > order.quantity)
    {
        order.quantity = order.executed;
    }
    order.state = match (is_done && left(order).is_zero(), order.executed == order.quantity) {
        (true, true) => OrderState::Filled,
        // What of it was not executed was taken off, since it would have met an order of the same account.
        (true, false) => OrderState::ExpiredInMatch,
        (false, _) => OrderState::PartiallyFilled,
    };
    if order.state == OrderState::ExpiredInMatch {
        order.ended_by = Some(Refusal::SelfTrade);
    }
}

/// A level of a book as a change of it.
fn level_of(
    book: &metaexpert_core::Book,
    spot: Spot,
    tick: Decimal,
    now: metaexpert_core::UnixNanos,
) -> Option<metaexpert_core::LevelChange> {
    let ticks = metaexpert_core::book::ticks_of(float_of(spot.price), tick)?;
    let quantity = book.quantity_at(spot.side, ticks);
    Some(metaexpert_core::LevelChange { time: now, side: spot.side, ticks, quantity, clears: false, ends: true })
}
