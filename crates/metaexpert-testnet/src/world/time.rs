//! What time brings: markets move, orders are over, everything is taken back that was to be.
//!
//! The one decision: whatever is due happens at its own time and in the order of times, however far time is advanced at once; of two
//! things at one time, the market's comes first.

use metaexpert_core::{LevelChange, Price, PublicTrade, TriggerBy, UnixNanos};

use super::{Seat, World, meet::Source, place::capped};
use crate::{
    listing::MarketId,
    market::{MarketError, Move},
    news::{Marks, News, OrderChange},
    order::{AccountId, AlgoId, AlgoState, OrderId, OrderState, Refusal},
};

/// What is to be done at a time.
#[derive(Debug, Clone, Copy)]
pub(super) enum Timer {
    /// An order stood as long as it was to stand.
    Over(AccountId, OrderId),
    /// A conditional order did.
    AlgoOver(AccountId, AlgoId),
    /// Everything is taken back, unless it was told anew.
    Countdown(Seat),
}

impl World {
    /// Lets everything happen that is due by `to`.
    pub fn advance(&mut self, to: UnixNanos) {
        loop {
            let due = self.timers.first_key_value().map(|((at, _), _)| *at).filter(|at| *at <= to);
            self.advance_markets(due.unwrap_or(to));
            if due.is_none() {
                break;
            }
            if let Some((_, timer)) = self.timers.pop_first() {
                self.ring(timer);
                self.finish();
            }
        }
    }

    /// Moves the script that a market follows to a price, now: books, prints, marks and whoever waits for them see it before this returns.
    ///
    /// # Errors
    /// [`MarketError::NotScripted`] where the market follows something else.
    pub fn set_price(&mut self, market: MarketId, price: Price) -> Result<(), MarketError> {
        self.markets.set_price(market, price, self.now)?;
        self.advance(self.now);
        Ok(())
    }

    /// A step of the exchange's own pace is over (100 ms): streams that send by the clock send now.
    pub fn pace(&mut self) {
        self.follow_debts();
        self.finish();
        self.markets.flush_levels(self.now);
        self.gather();
        self.steps += 1;
        self.news.push(News::Step(self.now, self.steps));
    }

    fn advance_markets(&mut self, until: UnixNanos) {
        while let Some((market, time, change)) = self.markets.step(until) {
            self.now = self.now.max(time);
            self.moved(market, change);
            self.finish();
            self.gather();
        }
        self.now = self.now.max(until);
    }

    fn ring(&mut self, timer: Timer) {
        match timer {
            Timer::Over(account, order) => {
                self.end(account, order, OrderState::Expired, OrderChange::Expired, Some(Refusal::TimeOver));
            }
            Timer::AlgoOver(account, algo) => {
                self.end_algo(account, algo, AlgoState::Expired, Some(Refusal::TimeOver));
            }
            Timer::Countdown(seat) => {
                if self.countdowns.get(&seat).is_some_and(|at| *at <= self.now) {
                    self.countdowns.remove(&seat);
                    self.cancel_everything(seat.account, seat.wallet, Some(seat.market));
                }
            }
        }
    }

    fn moved(&mut self, market: MarketId, change: Move) {
        match change {
            Move::Levels(levels) => self.meet_levels(market, &levels),
            Move::Print { trade, id } => self.meet_public_print(market, &trade, id),
            Move::Marks(marks) => self.meet_marks(market, &marks),
            Move::Funding { rate, mark } => self.fund(market, rate, mark),
            Move::Ends(price) => self.end_contract(market, price),
        }
    }

    fn meet_levels(&mut self, market: MarketId, levels: &[LevelChange]) {
        let Some(changes) = self.book_changes.get_mut(market.index()) else { return };
        *changes += 1;
        let changes = *changes;
        for seat in self.busy_seats(market, None) {
            let listing = self.markets.get(market).listing();
            let book = capped(self.markets.book_for(market, seat.account), self.fill_cap, listing);
            let Some(desk) = self.desks.get_mut(&seat) else { continue };
            // Where others rest, a level shows more than the makers say.
            let shown: Vec<_> = levels
                .iter()
                .map(|level| LevelChange { quantity: book.quantity_at(level.side, level.ticks), ..*level })
                .collect();
            let heard = desk.see(&book, &shown, changes);
            self.note_busy(seat);
            self.listen(seat.account, heard, Source::Book);
        }
    }

    fn meet_public_print(&mut self, market: MarketId, print: &PublicTrade, id: u64) {
        let capped = self.capped_print(print);
        for seat in self.busy_seats(market, None) {
            let Some(desk) = self.desks.get_mut(&seat) else { continue };
            let heard = desk.hear_print(&capped);
            self.note_busy(seat);
            self.listen(seat.account, heard, Source::Print(id));
        }
        if let Some(price) = metaexpert_core::rounding::decimal_of(print.price) {
            self.visit(market, TriggerBy::Last, price);
        }
    }

    fn meet_marks(&mut self, market: MarketId, marks: &Marks) {
        self.visit(market, TriggerBy::Mark, marks.mark);
        self.visit(market, TriggerBy::Index, marks.index);
        for (account, wallet) in self.exposures.in_market(market) {
            self.follow(account, wallet);
        }
    }
}
