//! One market as time passes: when something happens in it, and what.
//!
//! The one decision: what happens is fixed by path and seed and comes at times of its own. A user's order adds to what is shown and
//! to the tape, and to nothing that decides what happens next.

use metaexpert_core::{LevelChange, PublicTrade, Side, UnixNanos, rounding::float_of};
use rust_decimal::Decimal;

use super::{
    Move,
    candles::{Candle, Candles},
    contract::Contract,
    follows::Follows,
    grid::{Grid, float, whole},
    makers::Makers,
    path::{Path, Stretch},
    random::Random,
    shown::Shown,
    source::Pace,
    tape::Tape,
    walk::{Planned, Walk},
};
use crate::{
    listing::{Listing, MarketId},
    news::{MarketNews, Print, Quote},
};

/// A second, in nanoseconds.
pub(super) const SECOND: i64 = 1_000_000_000;
/// How far the makers' price strays from the path between trades, a fraction.
const STRAY: f64 = 1.5e-5;

/// One market.
#[derive(Debug)]
pub struct Market {
    pub(super) id: MarketId,
    pub(super) listing: Listing,
    pub(super) grid: Grid,
    pub(super) follows: Follows,
    pub(super) makers: Makers,
    pub(super) shown: Shown,
    pub(super) tape: Tape,
    pub(super) candles: Candles,
    pub(super) contract: Option<Contract>,
    pub(super) pace: Pace,
    pub(super) random: Random,
    pub(super) walk: Walk,
    /// The stretch that is being walked.
    pub(super) stretch: Stretch,
    /// What of a path's volume is traded here, in lots a base coin.
    pub(super) share: f64,
    pub(super) drive: Drive,
    pub(super) next_second: UnixNanos,
    /// When the book changes next; never, while there is none.
    pub(super) next_change: UnixNanos,
    pub(super) quote: Option<Quote>,
    /// Where the makers last traded, in ticks: users' trades decide nothing.
    pub(super) last: Option<i64>,
    pub(super) now: UnixNanos,
    pub(super) is_trading: bool,
}

/// What drives a market's book and tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Drive {
    /// Its makers, along the path.
    Makers,
    /// A recording's book; the makers print where it has no prints.
    Recording {
        /// Whether the recording has prints.
        prints: bool,
        /// Whether it has a book.
        levels: bool,
    },
}

/// What has happened, on its way out.
#[derive(Debug, Default)]
pub(super) struct Happened {
    pub(super) moves: std::collections::VecDeque<(MarketId, UnixNanos, Move)>,
    pub(super) news: Vec<(MarketId, MarketNews)>,
}

impl Market {
    /// When something happens next.
    pub(super) fn due(&self) -> UnixNanos {
        if self.is_trading { self.next_second.min(self.walk.due()).min(self.next_change) } else { UnixNanos::MAX }
    }

    /// Lets happen what is due: the clock's, then trades, then changes of the book.
    pub(super) fn happen(&mut self, paths: &mut [Path], out: &mut Happened) {
        let time = self.due();
        self.now = time;
        if self.next_second == time {
            self.next_second = time.saturating_add_nanos(SECOND);
            self.second(time, paths, out);
        } else if self.walk.due() == time {
            match self.walk.next() {
                Some(planned) => self.trade(planned, paths, out),
                None => self.plan(time, paths, out),
            }
        } else {
            let gap = float(SECOND) / self.pace.changes * (0.5 + self.random.unit());
            self.next_change = time.saturating_add_nanos(whole(gap).max(1));
            self.change(time, paths, out);
        }
    }

    /// The price that the market is at, by its path.
    pub(super) fn price(&self, time: UnixNanos, paths: &mut [Path]) -> f64 {
        let price = self.follows.price(time, paths);
        match &self.contract {
            Some(contract) if !self.follows.leads => contract.price(price, time),
            Some(_) | None => price,
        }
    }

    fn second(&mut self, time: UnixNanos, paths: &mut [Path], out: &mut Happened) {
        self.candles.roll(time);
        out.news.push((self.id, MarketNews::BarClosed));
        self.look(time, paths, out);
    }

    /// Looks at what a contract is besides its trades.
    fn look(&mut self, time: UnixNanos, paths: &mut [Path], out: &mut Happened) {
        let trades_at = self.price(time, paths);
        let leads = self.follows.leads;
        let price = self.follows.price(time, paths);
        let Some(contract) = &mut self.contract else { return };
        let underlying = if leads { contract.underlying_of(price, time) } else { price };
        let due = contract.look(time, underlying, trades_at);
        if let Some(marks) = contract.marks() {
            out.moves.push_back((self.id, time, Move::Marks(marks)));
            out.news.push((self.id, MarketNews::Marks(marks)));
        }
        if let Some((rate, mark)) = due.funding {
            out.moves.push_back((self.id, time, Move::Funding { rate, mark }));
            out.news.push((self.id, MarketNews::Funding { time, rate, mark }));
        }
        if let Some(price) = due.ends {
            self.end(time, price, out);
        }
    }

    fn end(&mut self, time: UnixNanos, price: Decimal, out: &mut Happened) {
        self.is_trading = false;
        self.all_changed();
        let changes = self.makers.leave(time);
        out.moves.push_back((self.id, time, Move::Levels(changes)));
        self.tell_best(time, out);
        out.moves.push_back((self.id, time, Move::Ends(price)));
        out.news.push((self.id, MarketNews::Ended(time, price)));
    }

    /// Plans the trades of the stretch that begins.
    pub(super) fn plan(&mut self, time: UnixNanos, paths: &mut [Path], out: &mut Happened) {
        let Some(path) = paths.get_mut(self.follows.path) else { return };
        self.stretch = path.stretch(time);
        if path.is_exact() && self.contract.is_some() && self.is_begun() {
            // A scripted price that jumps takes its mark along.
            self.look(time, paths, out);
            if !self.is_trading {
                return;
            }
        }
        let seconds = float(self.stretch.length) / float(SECOND);
        let turns = self.follows.leads.then(|| self.stretch.turns.map(|price| self.grid.ticks(price)));
        let (trades, lots) = match &self.contract {
            Some(contract) if contract.is_option() => (1.0, self.share * self.random.unit()),
            Some(_) | None => (self.pace.prints * seconds, self.share * self.stretch.volume),
        };
        let stretch = self.stretch;
        self.walk.plan(&stretch, trades, lots, turns, &mut self.random);
    }

    /// The makers trade with each other: the price goes there, and it is printed.
    pub(super) fn trade(&mut self, planned: Planned, paths: &mut [Path], out: &mut Happened) {
        if matches!(self.drive, Drive::Recording { prints: true, .. }) && self.is_begun() {
            return;
        }
        let wanted = if self.follows.leads {
            let price = self.stretch.along(planned.part);
            let price = if planned.is_turn { price } else { self.strayed(price) };
            self.grid.ticks(price)
        } else {
            let price = self.price(planned.time, paths);
            self.grid.ticks(price)
        };
        let last = self.last.unwrap_or(wanted);
        let bought = if wanted == last { self.random.chance(0.5) } else { wanted > last };
        let side = if bought { Side::Buy } else { Side::Sell };
        let Some(ticks) = self.meet(wanted.max(1), side, planned.time, out) else { return };
        self.last = Some(ticks);
        self.print_at(ticks, planned.lots, side, planned.time, out);
    }

    /// Takes the book to where a taker of this side trades at this price; the price that it is in the end, where the book does not go
    /// along.
    fn meet(&mut self, ticks: i64, side: Side, time: UnixNanos, out: &mut Happened) -> Option<i64> {
        if !self.is_begun() {
            return Some(ticks);
        }
        let (bid, ask) = self.makers.touch();
        let touch = if side == Side::Buy { ask } else { bid };
        let is_moved = matches!(self.drive, Drive::Makers) && !self.is_option();
        if !is_moved {
            return touch;
        }
        if touch != Some(ticks) {
            let spread = self.spread();
            let to = if side == Side::Buy { (ticks - spread, ticks) } else { (ticks, ticks + spread) };
            let changes = self.makers.go((Some(to.0).filter(|bid| *bid > 0), Some(to.1)), &self.grid, &mut self.random, time);
            self.tell(changes, time, out);
        }
        Some(ticks)
    }

    pub(super) fn print_at(&mut self, ticks: i64, lots: i64, side: Side, time: UnixNanos, out: &mut Happened) {
        let print = self.tape_print(self.grid.price(ticks), self.grid.quantity(lots), side, time);
        let trade = PublicTrade {
            time,
            price: float_of(print.price),
            quantity: float_of(print.quantity),
            buyer_is_taker: side == Side::Buy,
        };
        out.moves.push_back((self.id, time, Move::Print { trade, id: print.id }));
        out.news.push((self.id, MarketNews::Print(print)));
    }

    /// Puts a trade on the tape and into the bars.
    pub(super) fn tape_print(&mut self, price: Decimal, quantity: Decimal, taker: Side, time: UnixNanos) -> Print {
        let print = self.tape.print(time, price, quantity, taker == Side::Sell);
        let (ticks, lots) = (self.grid.ticks_of(price), self.grid.lots_of(quantity));
        let value = self.grid.value_units(ticks, lots);
        let (taker_lots, taker_value) = if taker == Side::Buy { (lots, value) } else { (0, 0) };
        let ids = (print.id, print.id);
        self.candles.add(&Candle { lots, value, taker_lots, taker_value, trades: 1, ids, ..Candle::still(time, ticks) });
        print
    }

    /// The book changes: the makers go where the price is, or change what they show.
    pub(super) fn change(&mut self, time: UnixNanos, paths: &mut [Path], out: &mut Happened) {
        let price = self.price(time, paths);
        let touch = self.touch_at(price);
        let mut changes = self.makers.go(touch, &self.grid, &mut self.random, time);
        if changes.is_empty() {
            changes = self.makers.stir(&self.grid, &mut self.random, time);
        }
        self.tell(changes, time, out);
    }

    /// Best bid and ask around a price: as they are, where it lies between them.
    pub(super) fn touch_at(&mut self, price: f64) -> (Option<i64>, Option<i64>) {
        if let Some(contract) = self.contract.as_ref().filter(|contract| contract.is_option()) {
            let half = price * contract.spread() / 2.0;
            let middle = self.grid.ticks(price);
            let bid = self.grid.ticks(price - half).min(middle - 1);
            return (Some(bid).filter(|bid| *bid > 0), Some(self.grid.ticks(price + half).max(middle + 1).max(1)));
        }
        let is_still = self.follows.leads && self.stretch.turns.windows(2).all(|pair| pair.first() == pair.last());
        let price = if is_still { price } else { self.strayed(price) };
        let ticks = self.grid.ticks(price).max(2);
        match self.makers.touch() {
            (Some(bid), Some(ask)) if (bid..=ask).contains(&ticks) => (Some(bid), Some(ask)),
            (_, Some(ask)) if ticks > ask => (Some(ticks - self.spread().min(ticks - 1)), Some(ticks)),
            _ => {
                let spread = self.spread();
                (Some(ticks), Some(ticks + spread))
            }
        }
    }

    /// A price a little off the path, but not beyond its turns where it is followed to the tick.
    fn strayed(&mut self, price: f64) -> f64 {
        let strayed = price * (1.0 + STRAY * self.random.normal());
        if !self.follows.leads {
            return strayed;
        }
        let turns = self.stretch.turns;
        let (high, low) = turns.iter().fold((f64::MIN, f64::MAX), |(high, low), turn| (high.max(*turn), low.min(*turn)));
        strayed.min(high).max(low)
    }

    pub(super) fn spread(&mut self) -> i64 {
        if self.random.chance(0.2) { 2 } else { 1 }
    }

    pub(super) fn is_option(&self) -> bool {
        self.contract.as_ref().is_some_and(Contract::is_option)
    }

    /// Whether there is a book yet.
    pub(super) fn is_begun(&self) -> bool {
        self.next_change != UnixNanos::MAX || self.quote.is_some()
    }

    /// The makers' book has changed.
    pub(super) fn tell(&mut self, changes: Vec<LevelChange>, time: UnixNanos, out: &mut Happened) {
        if changes.is_empty() {
            return;
        }
        for change in &changes {
            self.shown.changed(change.side, change.ticks);
        }
        out.moves.push_back((self.id, time, Move::Levels(changes)));
        self.tell_best(time, out);
    }

    /// Tells the best bid and ask, where they are others than before.
    pub(super) fn tell_best(&mut self, time: UnixNanos, out: &mut Happened) {
        let best = |side| self.shown.levels(self.makers.book(), &self.grid, side).next();
        let price = |(ticks, quantity)| (self.grid.price(ticks), quantity);
        let quote = best(Side::Buy).zip(best(Side::Sell)).map(|(bid, ask)| Quote {
            update_id: self.shown.update_id(),
            time,
            bid: price(bid),
            ask: price(ask),
        });
        let is_other = match (&self.quote, &quote) {
            (Some(old), Some(new)) => (old.bid, old.ask) != (new.bid, new.ask),
            (None, Some(_)) => true,
            (_, None) => false,
        };
        if is_other {
            out.news.extend(quote.map(|quote| (self.id, MarketNews::Best(quote))));
        }
        self.quote = quote.map(|quote| if is_other { quote } else { self.quote.unwrap_or(quote) });
    }

    /// Every level that is shown now may be gone: the book begins anew.
    pub(super) fn all_changed(&mut self) {
        for side in [Side::Buy, Side::Sell] {
            let levels: Vec<i64> = self.makers.book().opposite(side.opposite()).map(|(ticks, _)| ticks).collect();
            for ticks in levels {
                self.shown.changed(side, ticks);
            }
        }
    }
}

impl Follows {
    /// The price of what is followed.
    pub(super) fn price(&self, time: UnixNanos, paths: &mut [Path]) -> f64 {
        let mut at = |path: usize| paths.get_mut(path).map_or(1.0, |path| path.at(time));
        let price = at(self.path);
        match self.against {
            Some(other) => price / at(other),
            None => price,
        }
    }
}
