//! At which price what is left of the margin meets what must be left: the exchanges' formulas, solved for the price.
//!
//! With what stands behind the legs of one contract (its margin, or the whole account less what other positions need), the
//! sizes `s`, the values at entry `c`, maintenance rates `m` and deductions `d` of the long (L) and the short leg (S):
//!
//! - linear: `price = (behind + dL + dS - cL + cS) / (sL mL + sS mS - sL + sS)`. Binance, "How to Calculate Liquidation Price
//!   of USD-M Futures Contracts" (support/faq b3c689c1f50a44cabb3a84e663b81d93).
//! - inverse: `price = (sL mL + sS mS + sL - sS) / (behind + dL + dS + cL - cS)`, sizes in quote currency. Binance, "How to
//!   Calculate Liquidation Price of COIN-M Futures Contracts" (support/faq ceccfcfb4e3a45e3b48b0b1bb1a8ae46).
//!
//! Rates and deductions are those of the brackets in which the position would be at that price (same pages, "Note").

use metaexpert_core::{
    Instrument, PositionSide,
    portfolio::Leg,
    rounding::{Round, to_step},
};
use rust_decimal::Decimal;

/// Where a position is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Levels {
    /// Where margin and loss leave the maintenance margin.
    pub level: Decimal,
    /// Where nothing is left, on the tick that is nearer to the entry.
    pub bankruptcy: Decimal,
}

impl Levels {
    /// The price of a liquidation that happens at `at`: that one where the venue takes a fee and leaves the rest, the bankruptcy
    /// price where it takes everything, and never one beyond that.
    #[must_use]
    pub fn price(self, at: Decimal, side: PositionSide, leaves_rest: bool) -> Decimal {
        match side {
            _ if !leaves_rest => self.bankruptcy,
            PositionSide::Long => at.max(self.bankruptcy),
            PositionSide::Short => at.min(self.bankruptcy),
        }
    }
}

/// Maintenance rate and deduction of a position of this value, in settlement currency.
pub fn maintenance_at(instrument: &Instrument, value: Decimal) -> (Decimal, Decimal) {
    let brackets = &instrument.brackets;
    let bracket = brackets.iter().find(|bracket| value <= bracket.up_to).or_else(|| brackets.last());
    bracket.map_or((instrument.rules.maintenance_margin.fraction(), Decimal::ZERO), |bracket| {
        (bracket.maintenance_margin.fraction(), bracket.deduction)
    })
}

/// The maintenance margin of a position of this value, in settlement currency.
pub fn maintenance(instrument: &Instrument, value: Decimal) -> Decimal {
    let (rate, deduction) = maintenance_at(instrument, value);
    (value * rate - deduction).max(Decimal::ZERO)
}

/// The levels of a leg with nothing but its own margin, by its leverage and one maintenance rate: the rule of most contracts.
/// Divided once and last: a quotient on the way would push a level off its tick.
pub(super) fn plain(instrument: &Instrument, side: PositionSide, leg: &Leg) -> Option<Levels> {
    let entry = leg.entry_price(instrument);
    let (times, rate) = (Decimal::from(leg.leverage), instrument.rules.maintenance_margin.fraction());
    let (kept, left) = match side {
        PositionSide::Long => (times - Decimal::ONE, Decimal::ONE - rate),
        PositionSide::Short => (times + Decimal::ONE, Decimal::ONE + rate),
    };
    let level = (entry * kept).checked_div(times * left).filter(|level| *level > Decimal::ZERO)?;
    Some(Levels { level, bankruptcy: on_tick(instrument, side, entry * kept / times) })
}

/// The legs of one contract and what stands behind them.
#[derive(Debug, Clone, Copy)]
pub struct Stake<'a> {
    /// The contract.
    pub instrument: &'a Instrument,
    /// What is held of it.
    pub long: Option<&'a Leg>,
    /// What is owed of it.
    pub short: Option<&'a Leg>,
    /// What the two amounts below are multiplied by: a margin is a quotient, which may only be divided once and last.
    pub times: Decimal,
    /// What is left for maintenance.
    pub behind: Decimal,
    /// What can be lost in all.
    pub at_risk: Decimal,
}

impl Stake<'_> {
    /// The levels, and which leg loses towards them; `None` where no price above zero takes it all.
    pub fn levels(&self) -> Option<(PositionSide, Levels)> {
        let side = self.losing_side()?;
        let level = self.liquidated_at()?;
        let bankruptcy = self.solve(self.at_risk, [(Decimal::ZERO, Decimal::ZERO); 2])?;
        Some((side, Levels { level, bankruptcy: on_tick(self.instrument, side, bankruptcy) }))
    }

    /// The leg that is larger.
    fn losing_side(&self) -> Option<PositionSide> {
        let [long, short] = self.sizes();
        match long.cmp(&short) {
            std::cmp::Ordering::Greater => Some(PositionSide::Long),
            std::cmp::Ordering::Less => Some(PositionSide::Short),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// Maintenance margins bend where a bracket begins, and only upwards: starting from any bracket, each solution lies in one
    /// that is nearer to the true one, so that few rounds find it.
    fn liquidated_at(&self) -> Option<Decimal> {
        let mut brackets =
            [self.long, self.short].map(|leg| leg.map_or_else(Default::default, |leg| maintenance_at(self.instrument, leg.cost)));
        let mut price = self.solve(self.behind, brackets)?;
        for _ in 0..2 * self.instrument.brackets.len() {
            let there = [self.long, self.short].map(|leg| {
                leg.map_or_else(Default::default, |leg| {
                    maintenance_at(self.instrument, self.instrument.value(price, leg.quantity))
                })
            });
            if there == brackets {
                break;
            }
            brackets = there;
            price = self.solve(self.behind, brackets)?;
        }
        Some(price)
    }

    fn solve(
        &self,
        behind: Decimal,
        [(long_rate, long_off), (short_rate, short_off)]: [(Decimal, Decimal); 2],
    ) -> Option<Decimal> {
        let [long, short] = self.sizes();
        let cost = |leg: Option<&Leg>| leg.map_or(Decimal::ZERO, |leg| leg.cost);
        let (long_cost, short_cost) = (cost(self.long), cost(self.short));
        let (held, kept) = (behind + (long_off + short_off) * self.times, long * long_rate + short * short_rate);
        let price = if self.instrument.kind.is_inverse() {
            ((kept + long - short) * self.times).checked_div(held + (long_cost - short_cost) * self.times)
        } else {
            (held - (long_cost - short_cost) * self.times).checked_div((kept - long + short) * self.times)
        };
        price.filter(|price| *price > Decimal::ZERO)
    }

    fn sizes(&self) -> [Decimal; 2] {
        [self.long, self.short].map(|leg| leg.map_or(Decimal::ZERO, |leg| leg.quantity * self.instrument.rules.contract_size))
    }
}

/// On the tick, towards the entry.
pub(super) fn on_tick(instrument: &Instrument, side: PositionSide, price: Decimal) -> Decimal {
    let round = match side {
        PositionSide::Long => Round::Up,
        PositionSide::Short => Round::Down,
    };
    to_step(price, instrument.rules.tick_size, round)
}
