//! Positions and coins: what the experts hold together, against what the exchange has.
//!
//! The one decision: less is healed, more is left alone. What an exchange has less than the experts hold was taken by a liquidation, or
//! closed by a person; the executions that explain it have been told before. The rest is told as a trade without an order, at the price
//! of somebody else's last execution, else the mark price, else the last price that the expert has seen.

use metaexpert_connect::report::{BalanceReport, LegReport, PositionReport};
use metaexpert_core::{PositionSide, UnixNanos};
use rust_decimal::Decimal;

use super::{Suspect, facts::owned};
use crate::account::{booking::Part, desk::Desk};

/// What the experts hold of a leg, and the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sides {
    pub leg: PositionSide,
    pub here: Decimal,
    pub there: Decimal,
}

/// The legs of an instrument, side by side. An account with one position in an instrument has the sum of both legs: where the experts
/// are long together, it is held against their longs, and the other way round.
pub(super) fn side_by_side(long: Decimal, short: Decimal, reports: &[&PositionReport], is_hedge: bool) -> Vec<Sides> {
    let of_leg = |leg| {
        let is_it = |report: &&&PositionReport| report.leg == LegReport::Leg(leg);
        reports.iter().filter(is_it).map(|report| report.quantity.abs()).sum::<Decimal>()
    };
    if is_hedge {
        let sides = [(PositionSide::Long, long), (PositionSide::Short, short)];
        return sides.map(|(leg, here)| Sides { leg, here, there: of_leg(leg) }).to_vec();
    }
    let net: Decimal = reports.iter().filter(|report| report.leg == LegReport::Net).map(|report| report.quantity).sum();
    let here = long - short;
    let leg = match (here.is_zero(), here.is_sign_negative()) {
        (true, _) if net.is_sign_negative() => PositionSide::Short,
        (false, true) => PositionSide::Short,
        _ => PositionSide::Long,
    };
    let signed = |quantity: Decimal| if leg == PositionSide::Long { quantity } else { -quantity };
    vec![Sides { leg, here: signed(here), there: signed(net) }]
}

impl Sides {
    /// How much is missing there; never more than there is here.
    pub(super) fn missing(self) -> Decimal {
        (self.here - self.there.max(Decimal::ZERO)).max(Decimal::ZERO)
    }

    /// How much is there that nobody here has.
    fn foreign(self) -> Decimal {
        if self.there.is_sign_negative() { -self.there } else { (self.there - self.here).max(Decimal::ZERO) }
    }
}

impl Desk {
    /// Heals positions; `true` where a difference has to be seen once more.
    pub(super) fn heal_positions(&mut self, positions: &[PositionReport], is_quiet: bool, now: UnixNanos) -> bool {
        self.comparison.is_hedge |= positions.iter().any(|report| matches!(report.leg, LegReport::Leg(_)));
        let mut doubts = false;
        for name in self.names() {
            let reports: Vec<&PositionReport> = positions.iter().filter(|report| report.symbol == name).collect();
            let mark = reports.iter().find_map(|report| report.mark_price);
            let (long, short) = (self.held_together(&name, PositionSide::Long), self.held_together(&name, PositionSide::Short));
            let both = side_by_side(long, short, &reports, self.comparison.is_hedge);
            if both.iter().all(|sides| sides.missing().is_zero()) {
                // Nothing was closed by what others have traded up to now.
                self.foreign_prices.remove(&name);
            }
            for sides in both {
                if sides.foreign() > Decimal::ZERO
                    && is_quiet
                    && self.comparison.log_once(format!("position {name} {}", sides.leg))
                {
                    self.records.foreign_position(&name, sides.leg, sides.there, sides.here);
                }
                doubts |= self.heal_leg(&name, sides, mark, is_quiet, now);
            }
        }
        doubts
    }

    /// Heals coins that are held outright.
    pub(super) fn heal_coins(&mut self, balances: &[BalanceReport], is_quiet: bool, now: UnixNanos) -> bool {
        let mut doubts = false;
        for base in self.bases() {
            let names: Vec<String> =
                self.names().into_iter().filter(|name| self.base_of(name).as_deref() == Some(&base)).collect();
            let mut there = owned(balances, &base);
            // Each instrument in turn is taken to have what the ones before it leave.
            for name in names {
                let here = self.held_together(&name, PositionSide::Long) - self.held_together(&name, PositionSide::Short);
                if here > Decimal::ZERO {
                    let sides = Sides { leg: PositionSide::Long, here, there: there.min(here) };
                    doubts |= self.heal_leg(&name, sides, None, is_quiet, now);
                }
                there -= here;
            }
        }
        doubts
    }

    fn heal_leg(&mut self, name: &str, sides: Sides, mark: Option<Decimal>, is_quiet: bool, now: UnixNanos) -> bool {
        let (key, missing) = (format!("{name} {}", sides.leg), sides.missing());
        if missing.is_zero() {
            self.comparison.suspects.remove(&key);
            return false;
        }
        let suspect = Suspect { difference: missing, trades: self.taken_together(name) };
        // While something of it is on its way, nobody can say what is missing.
        if !is_quiet || !self.is_at_rest(name) || self.comparison.suspects.get(&key) != Some(&suspect) {
            self.comparison.suspects.insert(key, suspect);
            return true;
        }
        let Some(price) = self.price_of(name, mark) else {
            self.records.no_price(name);
            // Not doubted: the next comparison on the timer may have one, and exits must not wait for it.
            return false;
        };
        self.comparison.suspects.remove(&key);
        let mut left = missing;
        for member in self.holders(name, sides.leg) {
            let held = self.seats.get(member).and_then(|seat| Some(seat.held(seat.named(name)?.0, sides.leg)));
            let quantity = left.min(held.unwrap_or_default());
            if quantity > Decimal::ZERO {
                self.heal(member, name, Part { leg: sides.leg, quantity }, price, (sides.there, sides.here), now);
                self.comparison.differences += 1;
                left -= quantity;
            }
        }
        false
    }

    /// Whether every order in an instrument stands or has ended, as far as is known.
    fn is_at_rest(&self, name: &str) -> bool {
        self.orders.iter().filter(|held| held.life.sent.name == name).all(|held| held.life.is_at_rest())
    }

    fn price_of(&self, name: &str, mark: Option<Decimal>) -> Option<Decimal> {
        let last = || self.seats.iter().find_map(|seat| seat.prices.last(seat.named(name)?.0));
        self.foreign_prices.get(name).copied().or(mark.filter(|mark| *mark > Decimal::ZERO)).or_else(last)
    }

    pub(super) fn held_together(&self, name: &str, leg: PositionSide) -> Decimal {
        self.seats.iter().filter_map(|seat| Some(seat.held(seat.named(name)?.0, leg))).sum()
    }

    /// How many trades in an instrument were told, to all experts together.
    fn taken_together(&self, name: &str) -> u64 {
        self.seats.iter().filter_map(|seat| Some(seat.taken(seat.named(name)?.0))).sum()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.seats.iter().flat_map(|seat| seat.instruments.iter().map(|(_, listed)| listed.name.clone())).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn base_of(&self, name: &str) -> Option<String> {
        self.seats.iter().find_map(|seat| Some(seat.named(name)?.1.instrument.base.as_str().to_owned()))
    }

    fn bases(&self) -> Vec<String> {
        let mut bases: Vec<String> = self.names().iter().filter_map(|name| self.base_of(name)).collect();
        bases.sort_unstable();
        bases.dedup();
        bases
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn report(leg: LegReport, quantity: Decimal) -> PositionReport {
        PositionReport {
            symbol: "BTCUSDT".into(),
            leg,
            quantity,
            entry_price: None,
            breakeven_price: None,
            mark_price: None,
            liquidation_price: None,
            unrealised: None,
            realised: None,
            leverage: None,
            isolated: None,
            isolated_margin: None,
            margin_asset: None,
            time: None,
        }
    }

    #[test]
    fn what_is_missing_is_never_more_than_the_experts_hold() {
        // long and short here, net there, leg, missing, foreign
        let rows = [
            (dec!(2), dec!(0), dec!(2), PositionSide::Long, dec!(0), dec!(0)),
            (dec!(2), dec!(0), dec!(0.5), PositionSide::Long, dec!(1.5), dec!(0)),
            (dec!(2), dec!(0), dec!(-1), PositionSide::Long, dec!(2), dec!(1)),
            (dec!(2), dec!(0), dec!(3), PositionSide::Long, dec!(0), dec!(1)),
            (dec!(0), dec!(2), dec!(-0.5), PositionSide::Short, dec!(1.5), dec!(0)),
            (dec!(0), dec!(2), dec!(-3), PositionSide::Short, dec!(0), dec!(1)),
            (dec!(1), dec!(1), dec!(0), PositionSide::Long, dec!(0), dec!(0)),
            (dec!(0), dec!(0), dec!(-4), PositionSide::Short, dec!(0), dec!(4)),
            (dec!(3), dec!(1), dec!(0), PositionSide::Long, dec!(2), dec!(0)),
        ];
        for (long, short, net, leg, missing, foreign) in rows {
            let sides = side_by_side(long, short, &[&report(LegReport::Net, net)], false);
            let [only] = sides.as_slice() else { panic!("one position has one side") };
            assert_eq!((only.leg, only.missing(), only.foreign()), (leg, missing, foreign), "{long} {short} {net}");
        }
    }

    #[test]
    fn two_legs_are_held_against_their_own() {
        let (long, short) = (LegReport::Leg(PositionSide::Long), LegReport::Leg(PositionSide::Short));
        let sides = side_by_side(dec!(2), dec!(1), &[&report(long, dec!(1)), &report(short, dec!(-3))], true);
        let found: Vec<_> = sides.iter().map(|sides| (sides.leg, sides.missing(), sides.foreign())).collect();
        assert_eq!(found, [(PositionSide::Long, dec!(1), dec!(0)), (PositionSide::Short, dec!(0), dec!(2))]);
        let gone = side_by_side(dec!(2), dec!(1), &[], true);
        assert_eq!(gone.iter().map(|sides| sides.missing()).collect::<Vec<_>>(), [dec!(2), dec!(1)]);
    }
}
