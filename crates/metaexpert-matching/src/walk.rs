//! The prices that a bar is taken to have met, in order.

use metaexpert_core::{Bar, config::FillModel, protection::walk};
use rust_decimal::Decimal;

/// Open, and the turning points after it. Between two of them the price meets every level in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Walk {
    pub open: Decimal,
    turns: [Decimal; 3],
    count: usize,
}

impl Walk {
    /// The walk of a bar: open, the extreme nearer to the open (low on a tie), the other extreme, close; or the open alone.
    /// `None` where a price is no decimal, which readers of data refuse.
    pub(crate) fn of(bar: &Bar, model: FillModel) -> Option<Self> {
        let [open, turns @ ..] = walk(bar)?;
        let count = match model {
            FillModel::Ohlc => turns.len(),
            FillModel::Open | FillModel::Ticks | FillModel::Book => 0,
        };
        Some(Self { open, turns, count })
    }

    /// Each stretch from one point to the next.
    pub(crate) fn stretches(&self) -> impl Iterator<Item = (Decimal, Decimal)> {
        let starts = std::iter::once(self.open).chain(self.turns);
        starts.zip(self.turns).take(self.count)
    }
}

#[cfg(test)]
mod tests {
    use metaexpert_core::UnixNanos;

    use super::*;

    fn turns(open: f64, high: f64, low: f64, close: f64) -> Vec<String> {
        let bar = Bar { time: UnixNanos::default(), open, high, low, close, volume: 0.0 };
        Walk::of(&bar, FillModel::Ohlc).unwrap().stretches().map(|(_, to)| to.to_string()).collect()
    }

    #[test]
    fn the_nearer_extreme_comes_first_and_a_tie_goes_low() {
        assert_eq!(turns(100.0, 101.0, 98.0, 99.0), ["101", "98", "99"]);
        assert_eq!(turns(100.0, 103.0, 99.0, 102.0), ["99", "103", "102"]);
        assert_eq!(turns(100.0, 101.0, 99.0, 100.0), ["99", "101", "100"]);
        // As floats, 0.3 - 0.2 and 0.2 - 0.1 are not equal; as decimals they are.
        assert_eq!(turns(0.2, 0.3, 0.1, 0.2), ["0.1", "0.3", "0.2"]);
    }

    #[test]
    fn the_open_model_sees_nothing_but_the_open() {
        let bar = Bar { time: UnixNanos::default(), open: 1.0, high: 2.0, low: 0.5, close: 1.0, volume: 0.0 };
        assert_eq!(Walk::of(&bar, FillModel::Open).unwrap().stretches().count(), 0);
    }
}
