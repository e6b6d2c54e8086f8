//! Whose an execution is, and what it does to whoever holds the position.
//!
//! The one decision: an execution belongs to whoever sent the order. One of nobody's order here changes what is held only where the
//! exchange itself has traded.

use metaexpert_connect::report::FillReport;
use metaexpert_core::{ClientOrderId, PositionSide, Reason, UnixNanos, broker::Answer};
use rust_decimal::Decimal;
use tokio::time::Instant;

use super::{
    booking::{Known, Part, reason_of, rest_of},
    desk::Desk,
    life::Tell,
    seat::Seat,
};

impl Desk {
    /// An execution; `true` where it is told for the first time. One that the journal has is not told again, one of nobody's order here is
    /// the exchange's own or somebody else's, and one that has overtaken another waits for it.
    pub(super) fn hear_fill(&mut self, fill: FillReport, now: Instant) -> bool {
        // Of nothing nothing can be shared out.
        if fill.is_early || fill.quantity <= Decimal::ZERO || self.has_to_wait(&fill, now) {
            return false;
        }
        let Some(id) = self.orders.of_fill(&fill) else { return self.hear_foreign(&fill) };
        let ticket = self.orders.ticket(id);
        let owner = match ticket {
            Some(ticket) => Some(ticket.member),
            None => self.sender_of(id, &fill.symbol, Some(fill.time), now),
        };
        let Some(member) = owner else { return self.hear_foreign(&fill) };
        let Some(seat) = self.seats.get_mut(member) else { return false };
        let known = seat.knows(&fill, ticket.map(|ticket| ticket.booked));
        self.orders.meet(id, &fill, matches!(known, Known::All | Known::AllButFee));
        match known {
            Known::All => false,
            Known::AllButFee => {
                let answers = seat.book(&fill, None, Reason::Signal, Decimal::ZERO, known);
                self.tell(member, answers);
                true
            }
            Known::Closed { rest } => self.hear_own(member, id, rest_of(&fill, rest), now),
            Known::Nothing => self.hear_own(member, id, fill, now),
        }
    }

    /// An execution of an order that an expert here has sent, in this run or in an earlier one.
    fn hear_own(&mut self, member: usize, id: ClientOrderId, fill: FillReport, now: Instant) -> bool {
        let is_known = self.orders.get(id).is_some();
        if is_known {
            return self.with(id, |life, out| life.fill(fill, now, out));
        }
        let remembered = self.orders.hear_late(id, &fill);
        let Some(seat) = self.seats.get_mut(member).filter(|_| remembered != Some(false)) else { return false };
        self.records.executed_late(&seat.expert, id, &fill);
        if remembered.is_some() {
            // After its end nothing is left of an order, even if the exchange knows of an execution more.
            self.follow_tell(id, Tell::Fill(Box::new(fill), Decimal::ZERO));
            return true;
        }
        // An exit that was left standing opens nothing, whatever is held of its leg.
        let fill = FillReport { position_side: fill.position_side.or_else(|| self.comparison.left_leg(id)), ..fill };
        let answers = seat.book(&fill, Some((id, Reason::Signal)), Reason::Signal, Decimal::ZERO, Known::Nothing);
        self.tell(member, answers);
        true
    }

    /// An execution of nobody's order here. What the exchange did by itself happened to whoever held the position.
    fn hear_foreign(&mut self, fill: &FillReport) -> bool {
        let Some(reason) = reason_of(fill.origin) else {
            self.foreign_prices.insert(fill.symbol.clone(), fill.price);
            return false;
        };
        // It was shared out when it was told first, or by an earlier run: what is held since is not this execution's.
        if self.seats.iter().any(|seat| seat.has_met(fill)) {
            return false;
        }
        let leg = fill.position_side.unwrap_or_else(|| fill.side.opened_leg().opposite());
        let mut left = fill.quantity;
        for member in self.holders(&fill.symbol, leg) {
            let Some(seat) = self.seats.get_mut(member) else { continue };
            let Some(held) = seat.named(&fill.symbol).map(|(instrument, _)| seat.held(instrument, leg)) else { continue };
            if !matches!(seat.knows(fill, None), Known::Nothing) {
                // Its journal was begun later, or heard of it in its time.
                return false;
            }
            let quantity = left.min(held);
            if quantity <= Decimal::ZERO {
                break;
            }
            left -= quantity;
            let share = FillReport {
                position_side: Some(leg),
                fee: fill.fee.map(|fee| fee * quantity / fill.quantity),
                quantity,
                ..fill.clone()
            };
            let answers = seat.book(&share, None, reason, Decimal::ZERO, Known::Nothing);
            self.tell(member, answers);
        }
        left < fill.quantity
    }

    /// The members that hold a leg, the one that holds most first.
    pub(super) fn holders(&self, name: &str, leg: PositionSide) -> Vec<usize> {
        let held = |seat: &Seat| seat.named(name).map_or(Decimal::ZERO, |(instrument, _)| seat.held(instrument, leg));
        let mut holders: Vec<(Decimal, usize)> = self
            .seats
            .iter()
            .enumerate()
            .map(|(member, seat)| (held(seat), member))
            .filter(|(held, _)| !held.is_zero())
            .collect();
        holders.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
        holders.into_iter().map(|(_, member)| member).collect()
    }

    /// Takes a part of a leg off a member, since the exchange has less.
    pub(super) fn heal(
        &mut self,
        member: usize,
        name: &str,
        part: Part,
        price: Decimal,
        sides: (Decimal, Decimal),
        time: UnixNanos,
    ) {
        let Some(seat) = self.seats.get_mut(member) else { return };
        if let Some(trade) = seat.heal(name, part, price, Reason::Signal, time) {
            self.records.position_healed(&seat.expert, &trade, sides.0, sides.1);
            self.tell(member, vec![Answer::Trade { trade, remaining: Decimal::ZERO }]);
        }
    }
}
