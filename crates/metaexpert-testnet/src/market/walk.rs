//! When a market prints, and how much: a stretch of its path as trades.
//!
//! The one decision: the first trade of a stretch is at its open and at its begin, two are at its turns, the last is at its close, and
//! together they are its volume; so bars that are made of the trades are the bars of the source.

use std::collections::VecDeque;

use metaexpert_core::UnixNanos;

use super::{
    grid::{float, whole},
    path::Stretch,
    random::Random,
};

/// A trade that is to come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Planned {
    pub(super) time: UnixNanos,
    /// After which part of the stretch, 0 to 1.
    pub(super) part: f64,
    /// Whether it is at a turn, and so exactly at the path's price.
    pub(super) is_turn: bool,
    pub(super) lots: i64,
}

/// The trades of a stretch that are to come, and when the next stretch is to be looked at.
#[derive(Debug)]
pub(super) struct Walk {
    planned: VecDeque<Planned>,
    until: UnixNanos,
    /// What was too little for a lot.
    carry: f64,
}

impl Walk {
    pub(super) const fn from(begin: UnixNanos) -> Self {
        Self { planned: VecDeque::new(), until: begin, carry: 0.0 }
    }

    /// When there is something to do.
    pub(super) fn due(&self) -> UnixNanos {
        self.planned.front().map_or(self.until, |planned| planned.time)
    }

    /// The next trade; `None` where a stretch is to be planned first.
    pub(super) fn next(&mut self) -> Option<Planned> {
        self.planned.pop_front()
    }

    /// Plans a stretch: about so many trades that come to this many lots. `turns` are its prices in ticks, where it is followed to the
    /// tick.
    pub(super) fn plan(&mut self, stretch: &Stretch, trades: f64, lots: f64, turns: Option<[i64; 4]>, random: &mut Random) {
        self.until = stretch.end();
        let all = lots.max(0.0) + self.carry;
        let total = whole(all.round());
        self.carry = all - float(total);
        let needed = turns.map_or(0, |turns| 1 + turns.windows(2).filter(|pair| pair.first() != pair.last()).count());
        let needed = i64::try_from(needed).unwrap_or(4);
        let is_flat = needed <= 1;
        if total <= 0 && is_flat {
            return;
        }
        let least = if is_flat { 1 } else { 4 };
        let count = whole(trades.round()).clamp(least, total.max(least));
        let total = total.max(count);
        let mut weights: Vec<f64> = (0..count).map(|_| -libm::log(random.unit())).collect();
        let sum: f64 = weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
        let (mut weight, mut given) = (0.0, 0);
        for (index, own) in (0_i64..).zip(weights.drain(..)) {
            weight += own;
            let by_now = index + 1 + whole((float(total - count) * weight / sum).round());
            let by_now = if index + 1 == count { total } else { by_now.min(total) };
            let jitter = if index == 0 { 0.0 } else { 0.9 * random.unit() };
            let time = stretch.start.saturating_add_nanos(whole((float(index) + jitter) / float(count) * float(stretch.length)));
            let third = (count - 1) / 3;
            let (part, is_turn) = match index {
                0 => (0.0, true),
                _ if index == count - 1 => (1.0, true),
                _ if index == third => (1.0 / 3.0, true),
                _ if index == count - 1 - third => (2.0 / 3.0, true),
                _ => (float(index) / float(count - 1), false),
            };
            self.planned.push_back(Planned { time, part, is_turn, lots: by_now - given });
            given = by_now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trades_of_a_stretch_are_its_volume_and_lie_within_it() {
        let stretch = Stretch { start: UnixNanos::from_nanos(600), length: 60_000_000_000, turns: [1.0; 4], volume: 0.0 };
        let mut random = Random::new(3, "walk");
        for (trades, lots, turns, count, volume) in [
            (60.0, 1_000.0, Some([5, 4, 9, 8]), 60, 1_000),
            (60.0, 7.0, Some([5, 4, 9, 8]), 7, 7),
            (60.0, 2.0, Some([5, 4, 9, 8]), 4, 4),
            (0.1, 9.0, Some([5, 5, 5, 5]), 1, 9),
            (60.0, 0.0, Some([5, 5, 5, 5]), 0, 0),
            (60.0, 0.4, None, 0, 0),
        ] {
            let mut walk = Walk::from(stretch.start);
            walk.plan(&stretch, trades, lots, turns, &mut random);
            let planned: Vec<Planned> = std::iter::from_fn(|| walk.next()).collect();
            assert_eq!(planned.len(), count, "{trades} trades of {lots} lots");
            assert_eq!(planned.iter().map(|planned| planned.lots).sum::<i64>(), volume);
            assert!(planned.iter().all(|planned| planned.lots > 0 && planned.time < stretch.end()));
            assert!(planned.windows(2).all(|pair| pair[0].time <= pair[1].time));
            assert_eq!(walk.due(), stretch.end());
        }
    }

    #[test]
    fn what_is_too_little_for_a_lot_is_traded_later() {
        let stretch = Stretch { start: UnixNanos::from_nanos(0), length: 60, turns: [1.0; 4], volume: 0.0 };
        let (mut walk, mut random) = (Walk::from(stretch.start), Random::new(3, "walk"));
        let mut lots = 0;
        for _ in 0..10 {
            walk.plan(&stretch, 3.0, 0.3, None, &mut random);
            lots += std::iter::from_fn(|| walk.next()).map(|planned| planned.lots).sum::<i64>();
        }
        assert_eq!(lots, 3);
    }
}
