//! Sums by UTC day, symbol and currency.
//!
//! The one decision: nothing is converted. A fee in another coin stands in a line of its own, for what that coin was worth is not in
//! the journal.

use std::collections::BTreeMap;

use metaexpert_core::{ChargeCause, Currency, Symbol, UnixNanos};
use rust_decimal::Decimal;

use super::{ChargeLine, DayLine, FundingLine, TradeLine};

const DAY: i64 = 86_400_000_000_000;

/// Sums in the making, in the order in which they are told: days, then symbols, what belongs to none first.
#[derive(Debug, Default)]
pub(super) struct Days(BTreeMap<(i64, Option<Symbol>, Currency), DayLine>);

impl Days {
    pub(super) fn trade(&mut self, line: &TradeLine) {
        let day = self.line(line.time, Some(&line.symbol), &line.currency);
        day.trades += 1;
        day.volume += line.value;
        day.realized += line.realized.unwrap_or_default();
        if !line.fee.is_zero() {
            self.line(line.time, Some(&line.symbol), &line.fee_currency).fees += line.fee;
        }
    }

    pub(super) fn funding(&mut self, line: &FundingLine) {
        self.line(line.time, Some(&line.symbol), &line.currency).funding += line.amount;
    }

    pub(super) fn charge(&mut self, line: &ChargeLine) {
        let day = self.line(line.time, None, &line.currency);
        match line.cause {
            ChargeCause::Transfer => day.transfers += line.amount,
            ChargeCause::Interest | ChargeCause::Insurance => day.charges += line.amount,
        }
    }

    pub(super) fn into_lines(self) -> Vec<DayLine> {
        let profit = |day: &DayLine| day.realized - day.fees + day.funding + day.charges;
        self.0.into_values().map(|day| DayLine { profit: profit(&day), ..day }).collect()
    }

    fn line(&mut self, time: UnixNanos, symbol: Option<&Symbol>, currency: &Currency) -> &mut DayLine {
        let day = time.utc_day();
        self.0.entry((day, symbol.cloned(), currency.clone())).or_insert_with(|| DayLine {
            day: UnixNanos::from_nanos(day.saturating_mul(DAY)),
            symbol: symbol.cloned(),
            currency: currency.clone(),
            trades: 0,
            volume: Decimal::ZERO,
            realized: Decimal::ZERO,
            fees: Decimal::ZERO,
            funding: Decimal::ZERO,
            charges: Decimal::ZERO,
            transfers: Decimal::ZERO,
            profit: Decimal::ZERO,
        })
    }
}
