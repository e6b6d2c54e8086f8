//! Funding: when it is settled, and what a leg pays or receives.
//!
//! The one decision: the venue holds the rates, as an exchange does, and settles what is due when its market moves. What is due at
//! or before the opening of a bar is settled before anything of that bar, for the positions that were open then; what is due inside
//! a bar is settled after its walk, for nobody knows what of the walk came first.
//!
//! Funding comes out of the balance. Only what the balance lacks is taken from the position's own margin, which moves its level of
//! liquidation.

use std::sync::Arc;

use metaexpert_core::{FundingRate, Instrument, InstrumentId, PositionSide, UnixNanos};
use rust_decimal::Decimal;

/// The funding of one instrument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FundingRates {
    /// As recorded, in the order of their times.
    Recorded(Arc<[FundingRate]>),
    /// One rate, settled again and again.
    Fixed {
        /// Share of the position's value; 0.0001 is 0.01 %.
        rate: Decimal,
        /// How long from one to the next, in nanoseconds, counted from midnight of 1970-01-01 UTC.
        every: i64,
    },
}

/// What a leg of this quantity receives; negative where it pays. In settlement currency, not rounded.
///
/// ```
/// # use metaexpert_core::*;
/// # use rust_decimal::dec;
/// # let (base, quote) = (Currency::new("BTC"), Currency::new("USDT"));
/// # let rules = InstrumentRules { tick_size: dec!(0.1), lot_size: dec!(0.001), min_notional: dec!(0), contract_size: dec!(1),
/// #     maintenance_margin: Percent::ZERO };
/// # let instrument = Instrument { symbol: Symbol::new("BTCUSDT").unwrap(), base, settlement: quote.clone(), quote,
/// #     kind: InstrumentKind::LINEAR_PERPETUAL, rules, brackets: Default::default() };
/// let received = |side| metaexpert_matching::funding_of(&instrument, side, dec!(2), dec!(50000), dec!(0.0001));
/// assert_eq!((received(PositionSide::Long), received(PositionSide::Short)), (dec!(-10), dec!(10)));
/// ```
pub fn funding_of(instrument: &Instrument, side: PositionSide, quantity: Decimal, mark: Decimal, rate: Decimal) -> Decimal {
    let amount = instrument.value(mark, quantity) * rate;
    match side {
        PositionSide::Long => -amount,
        PositionSide::Short => amount,
    }
}

/// What is settled when, for all instruments of a venue.
#[derive(Debug)]
pub(crate) struct FundingCalendar {
    courses: Vec<Course>,
    /// When the next settlement of all is due.
    due: UnixNanos,
}

/// The rates of one instrument, and how far they were settled.
#[derive(Debug)]
struct Course {
    instrument: InstrumentId,
    rates: FundingRates,
    /// Of recorded rates, how many were taken.
    taken: usize,
    /// When the next one is due; `None` before the first look and after the last rate.
    due: Option<UnixNanos>,
}

impl FundingCalendar {
    /// No funding.
    pub(crate) const NONE: Self = Self { courses: Vec::new(), due: UnixNanos::MAX };

    /// Adds the rates of an instrument.
    pub(crate) fn add(&mut self, instrument: InstrumentId, rates: FundingRates) {
        self.courses.push(Course { instrument, rates, taken: 0, due: None });
        // So that the first look is a look.
        self.due = UnixNanos::MIN;
    }

    /// Whether something may be due at `time` or before.
    #[inline]
    pub(crate) fn is_due_by(&self, time: UnixNanos) -> bool {
        self.due <= time
    }

    /// Takes the earliest settlement that is due at `time` or before; of several at one time, the instrument's that was added first.
    pub(crate) fn take(&mut self, time: UnixNanos) -> Option<(InstrumentId, FundingRate)> {
        for course in &mut self.courses {
            course.look(time);
        }
        let next = self.courses.iter_mut().filter(|course| course.due.is_some()).min_by_key(|course| course.due);
        let taken = next.and_then(|course| Some((course.instrument, course.take(time)?)));
        self.due = self.courses.iter().filter_map(|course| course.due).min().unwrap_or(UnixNanos::MAX);
        taken
    }
}

impl Course {
    /// Finds when the first settlement is due. A fixed rate has none before `time`: there was no market to hold a position in.
    fn look(&mut self, time: UnixNanos) {
        if self.due.is_none() {
            self.due = match &self.rates {
                FundingRates::Recorded(rates) => rates.get(self.taken).map(|rate| rate.time),
                FundingRates::Fixed { every, .. } => {
                    Some(time.saturating_add_nanos((every - time.as_nanos().rem_euclid(*every)) % every))
                }
            };
        }
    }

    fn take(&mut self, time: UnixNanos) -> Option<FundingRate> {
        let due = self.due.filter(|due| *due <= time)?;
        match &self.rates {
            FundingRates::Recorded(rates) => {
                let rate = rates.get(self.taken).copied();
                self.taken += 1;
                self.due = rates.get(self.taken).map(|rate| rate.time);
                rate
            }
            FundingRates::Fixed { rate, every } => {
                self.due = Some(due.saturating_add_nanos(*every));
                Some(FundingRate { time: due, rate: *rate, mark: None })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use metaexpert_core::{InstrumentKind, InstrumentRules, Instruments, Percent, Symbol};
    use rust_decimal::dec;

    use super::*;

    const HOUR: i64 = 3_600_000_000_000;

    fn instruments() -> (Instruments, [InstrumentId; 2]) {
        let mut instruments = Instruments::default();
        let ids = ["BTCUSDT", "ETHUSDT"].map(|symbol| {
            let symbol = Symbol::new(symbol).unwrap();
            let (base, quote) = symbol.currencies().unwrap();
            let rules = InstrumentRules {
                tick_size: dec!(0.1),
                lot_size: dec!(0.001),
                min_notional: dec!(0),
                contract_size: dec!(1),
                maintenance_margin: Percent::ZERO,
            };
            let kind = InstrumentKind::Perpetual(metaexpert_core::Payoff::Inverse);
            instruments.add(Instrument { symbol, base, settlement: quote.clone(), quote, kind, rules, brackets: Arc::default() })
        });
        (instruments, ids)
    }

    fn hours(hours: i64) -> UnixNanos {
        UnixNanos::from_nanos(hours * HOUR)
    }

    /// Every settlement until an hour, looked for at the beginning of each: the hour it was due in, and whose.
    fn taken(calendar: &mut FundingCalendar, from: i64, until: i64) -> Vec<(i64, usize)> {
        let mut all = Vec::new();
        for hour in from..=until {
            if !calendar.is_due_by(hours(hour)) {
                continue;
            }
            while let Some((instrument, rate)) = calendar.take(hours(hour)) {
                all.push((rate.time.as_nanos() / HOUR, instrument.index()));
            }
        }
        all
    }

    #[test]
    fn a_fixed_rate_is_settled_at_the_multiples_of_its_interval_and_not_before_there_is_a_market() {
        let (_, [btc, _]) = instruments();
        let mut calendar = FundingCalendar::NONE;
        calendar.add(btc, FundingRates::Fixed { rate: dec!(0.0001), every: 8 * HOUR });
        assert_eq!(taken(&mut calendar, 1001, 1024), [(1008, 0), (1016, 0), (1024, 0)]);
    }

    #[test]
    fn recorded_rates_are_settled_in_the_order_of_their_times_over_all_instruments() {
        let (_, [btc, eth]) = instruments();
        let at = |time: i64| FundingRate { time: hours(time), rate: dec!(0.0001), mark: None };
        let mut calendar = FundingCalendar::NONE;
        calendar.add(btc, FundingRates::Recorded([at(8), at(16)].into()));
        calendar.add(eth, FundingRates::Recorded([at(4), at(8), at(12)].into()));
        assert_eq!(taken(&mut calendar, 5, 10), [(4, 1), (8, 0), (8, 1)]);
        assert_eq!(taken(&mut calendar, 11, 99), [(12, 1), (16, 0)]);
        assert!(!calendar.is_due_by(hours(1_000_000)), "and then there is no more");
    }

    #[test]
    fn without_rates_nothing_is_ever_due() {
        assert!(!FundingCalendar::NONE.is_due_by(hours(1_000_000)));
    }

    #[test]
    fn an_inverse_contract_pays_funding_in_the_coin() {
        let (instruments, [btc, _]) = instruments();
        let received = |side| funding_of(instruments.get(btc), side, dec!(100), dec!(50000), dec!(0.0001));
        assert_eq!((received(PositionSide::Long), received(PositionSide::Short)), (dec!(-0.0000002), dec!(0.0000002)));
    }
}
