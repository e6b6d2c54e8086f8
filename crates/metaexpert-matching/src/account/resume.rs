//! An account that goes on from what an earlier one had.
//!
//! The one decision: what was held is entered as if it had come about at once: coins have changed hands at what was paid for them, margins
//! and loans are those of the legs. So the ledger adds up as it always does.

use metaexpert_core::{InstrumentId, Money, PositionSide, UnixNanos, portfolio::Leg};

use super::Account;
use crate::ledger::{Cause, Holder, Keep};

impl<K: Keep> Account<K> {
    /// Goes on from these legs and from these balances, which are what all that was realised has left of each currency. Currencies that
    /// are not named are as the account began with them. To be called before the first trade.
    pub fn resume(&mut self, time: UnixNanos, balances: &[Money], legs: &[(InstrumentId, PositionSide, Leg)]) {
        for money in balances {
            let currency = self.ledger.open(&money.currency);
            let had = self.portfolio.balance_in(&money.currency);
            self.ledger.book(time, Cause::Transfer, currency, Holder::Outside, Holder::Free, money.amount - had);
        }
        self.portfolio.resume(balances, legs, &self.instruments);
        for (id, side, leg) in legs {
            let Some(place) = self.place(*id) else { continue };
            if place.exchanges_coins {
                let coins = leg.quantity * self.instruments.get(*id).rules.contract_size;
                let (base, quote) = match side {
                    PositionSide::Long => (coins, -leg.cost),
                    PositionSide::Short => (-coins, leg.cost),
                };
                self.ledger.book(time, Cause::Exchange, place.base, Holder::Market, Holder::Free, base);
                self.ledger.book(time, Cause::Exchange, place.quote, Holder::Market, Holder::Free, quote);
            }
            self.settle_leg(time, *id, *side, self.held(*id, *side), &place);
            if self.loans.is_some() && place.exchanges_coins {
                self.even_out(time, place.base, false);
                self.even_out(time, place.quote, false);
            }
        }
    }
}
