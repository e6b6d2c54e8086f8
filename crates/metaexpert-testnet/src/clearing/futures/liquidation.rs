//! When positions are taken over, at which price that would be, and who is told before.
//!
//! The one decision: a position is lost where what stands behind it is no more than what it needs (Binance, "How Liquidation Works in
//! Futures Trading": margin ratio of 100 %), and it is lost as a whole: with isolated margin that leg, with cross margin every position
//! of the coin. The levels are solved for by the same formulas that backtests use ([`Stake`]).
//!
//! The exchange lets a position go in parts where that is enough; here it does not.

use metaexpert_core::{Currency, PositionSide, UnixNanos};
use metaexpert_matching::Stake;
use rust_decimal::{Decimal, dec};

use super::{Futures, place::Place};
use crate::{
    clearing::{Changed, Happened, TakeOver},
    listing::MarketId,
    news::{Cause, PositionNow},
    prices::Prices,
};

/// The margin ratio at which an account is told (Binance, "Event: Margin Call": when the "risk ratio is too high", without a number;
/// its app warns at 80 %).
const CALL: Decimal = dec!(0.8);

/// What vouches for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Risk {
    /// A coin, for all positions with cross margin; `None`: all coins together.
    Cross(Option<Currency>),
    /// A leg, for itself.
    Isolated(MarketId, PositionSide),
}

impl Futures {
    /// Looks at everything that vouches for something: who is to be told, what is to be taken over.
    pub(super) fn judge(&mut self, now: UnixNanos, prices: &dyn Prices) -> (Vec<Happened>, Vec<TakeOver>) {
        let (mut told, mut taken, mut called) = (Vec::new(), Vec::new(), Vec::new());
        for risk in self.risks() {
            let (margin, needed) = self.standing_of_risk(&risk, prices);
            if needed > Decimal::ZERO && margin <= needed {
                taken.extend(self.legs_of(&risk).into_iter().map(|(market, leg)| self.take_over(market, leg)));
            } else if needed > Decimal::ZERO && needed >= margin * CALL {
                if !self.called.contains(&risk) {
                    let positions = self.positions_of(&risk, prices);
                    told.push(Happened {
                        time: now,
                        cause: Cause::MarginCall,
                        changed: Changed { positions, ..Changed::default() },
                    });
                }
                called.push(risk);
            }
        }
        self.called = called;
        (told, taken)
    }

    /// What is left for a leg's maintenance, as a share of which that is reckoned: `(margin, maintenance)`.
    fn standing_of_risk(&self, risk: &Risk, prices: &dyn Prices) -> (Decimal, Decimal) {
        match risk {
            Risk::Isolated(market, leg) => self.places.get(market).map_or_else(Default::default, |place| {
                (place.legs.tally(*leg).isolated + place.unrealized(*leg, prices), place.maintenance(*leg, prices))
            }),
            Risk::Cross(Some(currency)) => {
                let needs = self.needs(currency, prices);
                (self.cross_margin(currency, &needs), needs.cross_maintenance)
            }
            Risk::Cross(None) => {
                let margin = self.pooled(|_| Decimal::ZERO, prices);
                (margin, margin - self.pooled(|needs| needs.cross_maintenance, prices))
            }
        }
    }

    /// The margin ratio of a leg's risk: maintenance as a share of margin; one or more where it is taken over.
    pub fn margin_ratio(&self, market: MarketId, leg: PositionSide, prices: &dyn Prices) -> Option<Decimal> {
        let place = self.places.get(&market)?;
        let (margin, needed) = self.standing_of_risk(&self.risk_of(place, leg), prices);
        needed.checked_div(margin)
    }

    /// The price at which a leg is taken over, if only its own market moves.
    pub(super) fn liquidation_price(&self, place: &Place, leg: PositionSide, prices: &dyn Prices) -> Option<Decimal> {
        let (long, short) = (place.legs.get(PositionSide::Long), place.legs.get(PositionSide::Short));
        let stake = |long, short, behind| {
            let stake = Stake { instrument: place.instrument(), long, short, times: Decimal::ONE, behind, at_risk: behind };
            stake.levels().map(|(_, levels)| levels.level)
        };
        if place.isolated {
            let behind = place.legs.tally(leg).isolated;
            return match leg {
                PositionSide::Long => stake(Some(long?), None, behind),
                PositionSide::Short => stake(None, Some(short?), behind),
            };
        }
        place.legs.get(leg)?;
        let own = |of: &dyn Fn(PositionSide) -> Decimal| -> Decimal { place.legs.open().map(|(side, _)| of(side)).sum() };
        let (gain, kept) = (own(&|side| place.unrealized(side, prices)), own(&|side| place.maintenance(side, prices)));
        let (margin, needed) = self.standing_of_risk(&self.risk_of(place, leg), prices);
        let others = margin - needed;
        let others = if self.multi_assets {
            prices.rate(place.settlement(), &Currency::new("USDT")).and_then(|rate| others.checked_div(rate))?
        } else {
            others
        };
        stake(long, short, others - gain + kept)
    }

    fn risk_of(&self, place: &Place, leg: PositionSide) -> Risk {
        if place.isolated {
            Risk::Isolated(place.market, leg)
        } else {
            Risk::Cross((!self.multi_assets).then(|| place.settlement().clone()))
        }
    }

    /// Everything that vouches for an open position, each once.
    fn risks(&self) -> Vec<Risk> {
        let mut risks = Vec::new();
        for (place, leg) in self.places.values().flat_map(|place| place.legs.open().map(move |(leg, _)| (place, leg))) {
            let risk = self.risk_of(place, leg);
            if !risks.contains(&risk) {
                risks.push(risk);
            }
        }
        risks
    }

    fn legs_of(&self, risk: &Risk) -> Vec<(MarketId, PositionSide)> {
        let open = self.places.values().flat_map(|place| place.legs.open().map(move |(leg, _)| (place, leg)));
        open.filter(|(place, leg)| self.risk_of(place, *leg) == *risk).map(|(place, leg)| (place.market, leg)).collect()
    }

    fn positions_of(&self, risk: &Risk, prices: &dyn Prices) -> Vec<PositionNow> {
        let named = |leg| if self.hedged { Some(leg) } else { None };
        self.legs_of(risk).into_iter().filter_map(|(market, leg)| self.position_now(market, named(leg), prices)).collect()
    }

    fn take_over(&self, market: MarketId, leg: PositionSide) -> TakeOver {
        let quantity = self.places.get(&market).map_or(Decimal::ZERO, |place| place.legs.held(leg));
        TakeOver { market, side: leg.closing_side(), leg: self.hedged.then_some(leg), quantity }
    }
}
