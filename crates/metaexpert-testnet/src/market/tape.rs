//! The tape: every trade with its number, and trades of one taker at one price as one.
//!
//! The one decision: numbers have no gaps, whoever traded. Of older trades only their numbers are kept.

use std::collections::VecDeque;

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;

use super::AggregateTrade;
use crate::news::Print;

/// How many trades are kept.
const KEPT: usize = 10_000;

/// The trades of a market.
#[derive(Debug)]
pub(super) struct Tape {
    prints: VecDeque<Print>,
    aggregates: VecDeque<AggregateTrade>,
    next: u64,
    next_aggregate: u64,
}

impl Tape {
    /// A tape on which so many trades went by that are not kept.
    pub(super) fn after(trades: u64) -> Self {
        Self { prints: VecDeque::new(), aggregates: VecDeque::new(), next: trades + 1, next_aggregate: trades + 1 }
    }

    pub(super) fn print(&mut self, time: UnixNanos, price: Decimal, quantity: Decimal, buyer_is_maker: bool) -> Print {
        let print = Print { id: self.next, time, price, quantity, buyer_is_maker };
        self.next += 1;
        self.prints.push_back(print);
        if self.prints.len() > KEPT {
            self.prints.pop_front();
        }
        self.aggregate(&print);
        print
    }

    fn aggregate(&mut self, print: &Print) {
        let same = |last: &&mut AggregateTrade| {
            last.time == print.time && last.price == print.price && last.buyer_is_maker == print.buyer_is_maker
        };
        if let Some(last) = self.aggregates.back_mut().filter(same) {
            last.ids.1 = print.id;
            last.quantity += print.quantity;
            return;
        }
        let Print { id, time, price, quantity, buyer_is_maker } = *print;
        self.aggregates.push_back(AggregateTrade {
            id: self.next_aggregate,
            ids: (id, id),
            time,
            price,
            quantity,
            buyer_is_maker,
        });
        self.next_aggregate += 1;
        if self.aggregates.len() > KEPT {
            self.aggregates.pop_front();
        }
    }

    pub(super) fn last(&self) -> Option<Print> {
        self.prints.back().copied()
    }

    pub(super) fn prints(&self, from: Option<u64>, at_most: usize) -> Vec<Print> {
        let skip = match from {
            Some(id) => self.prints.partition_point(|print| print.id < id),
            None => self.prints.len().saturating_sub(at_most),
        };
        self.prints.iter().skip(skip).take(at_most).copied().collect()
    }

    pub(super) fn aggregates(
        &self,
        from: Option<u64>,
        since: Option<UnixNanos>,
        until: Option<UnixNanos>,
        at_most: usize,
    ) -> Vec<AggregateTrade> {
        let end = until.map_or(self.aggregates.len(), |until| self.aggregates.partition_point(|trade| trade.time <= until));
        let skip = match (from, since) {
            (Some(id), _) => self.aggregates.partition_point(|trade| trade.id < id),
            (None, Some(since)) => self.aggregates.partition_point(|trade| trade.time < since),
            (None, None) => end.saturating_sub(at_most),
        };
        self.aggregates.iter().take(end).skip(skip).take(at_most).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn at(second: i64) -> UnixNanos {
        UnixNanos::from_seconds(second).unwrap()
    }

    #[test]
    fn trades_of_one_taker_at_one_price_are_one_aggregated_trade() {
        let mut tape = Tape::after(41);
        tape.print(at(1), dec!(10), dec!(1), false);
        tape.print(at(1), dec!(10), dec!(2), false);
        tape.print(at(1), dec!(11), dec!(3), false);
        tape.print(at(2), dec!(11), dec!(4), false);
        tape.print(at(2), dec!(11), dec!(5), true);
        let ids: Vec<_> =
            tape.aggregates(None, None, None, 9).iter().map(|trade| (trade.id, trade.ids, trade.quantity)).collect();
        assert_eq!(ids, [(42, (42, 43), dec!(3)), (43, (44, 44), dec!(3)), (44, (45, 45), dec!(4)), (45, (46, 46), dec!(5))]);
    }

    #[test]
    fn the_tape_is_read_from_a_number_within_times_or_at_its_end() {
        let mut tape = Tape::after(0);
        for second in 1..=9 {
            tape.print(at(second), dec!(10), dec!(1), false);
        }
        let ids = |prints: Vec<Print>| prints.iter().map(|print| print.id).collect::<Vec<_>>();
        assert_eq!(ids(tape.prints(None, 2)), [8, 9]);
        assert_eq!(ids(tape.prints(Some(3), 2)), [3, 4]);
        let within = |from, since, until, at_most| {
            tape.aggregates(from, since, until, at_most).iter().map(|trade| trade.id).collect::<Vec<_>>()
        };
        assert_eq!(within(None, Some(at(3)), Some(at(5)), 9), [3, 4, 5]);
        assert_eq!(within(None, None, Some(at(5)), 2), [4, 5]);
        assert_eq!(within(Some(8), None, None, 9), [8, 9]);
        assert_eq!(tape.last().unwrap().id, 9);
    }
}
