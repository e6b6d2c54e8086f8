//! The grid that bars lie on: their timeframe, and the gaps where bars are missing, both from the spacing.

use std::collections::BTreeMap;

use metaexpert_core::{Bar, Timeframe, UnixNanos};

use crate::{error::Rule, series::Gap};

/// Why bars lie on no grid.
#[derive(Debug)]
pub(crate) enum OffGrid {
    Empty,
    UnknownTimeframe { index: usize, spacing: i64, nearest: Timeframe },
    Row { index: usize, time: UnixNanos, rule: Rule },
}

/// How often one spacing is seen, and at which bar first.
struct Spacing {
    count: usize,
    first: usize,
}

/// The timeframe of bars in the order of their times, and their gaps.
pub(crate) fn find(bars: &[Bar], default: Timeframe) -> Result<(Timeframe, Vec<Gap>), OffGrid> {
    let Some(first) = bars.first() else { return Err(OffGrid::Empty) };
    let timeframe = timeframe_of(bars)?.unwrap_or(default);
    let open = timeframe.open_of(first.time);
    if open != first.time {
        return Err(OffGrid::Row { index: 0, time: first.time, rule: Rule::Unaligned { timeframe, open } });
    }
    let mut gaps = Vec::new();
    for (index, (before, after)) in pairs(bars) {
        let spacing = after.time.nanos_since(before.time);
        if spacing == timeframe.nanos() {
            continue;
        }
        if spacing % timeframe.nanos() != 0 {
            let rule = Rule::OffGrid { spacing, usual: timeframe.nanos() };
            return Err(OffGrid::Row { index, time: after.time, rule });
        }
        let missing = (spacing / timeframe.nanos() - 1).unsigned_abs();
        gaps.push(Gap { after: before.time, before: after.time, missing });
    }
    Ok((timeframe, gaps))
}

/// Each bar but the first: its index, the bar before it, itself.
fn pairs(bars: &[Bar]) -> impl Iterator<Item = (usize, (&Bar, &Bar))> {
    (1..).zip(bars.iter().zip(bars.iter().skip(1)))
}

/// The least spacing as a timeframe; `None` for a single bar.
fn timeframe_of(bars: &[Bar]) -> Result<Option<Timeframe>, OffGrid> {
    let spacings = spacings(bars);
    let Some((&least, seen)) = spacings.first_key_value() else { return Ok(None) };
    let Some((&usual, most)) = spacings.iter().max_by_key(|(_, spacing)| spacing.count) else { return Ok(None) };
    // One stray row among bars that are otherwise a minute apart must not make all of them gaps between seconds.
    let stray = least < usual && seen.count.saturating_mul(100) < most.count;
    if stray {
        let time = bars.get(seen.first).map_or(UnixNanos::MIN, |bar| bar.time);
        return Err(OffGrid::Row { index: seen.first, time, rule: Rule::OffGrid { spacing: least, usual } });
    }
    Timeframe::from_nanos(least).map(Some).ok_or_else(|| OffGrid::UnknownTimeframe {
        index: seen.first,
        spacing: least,
        nearest: nearest(least),
    })
}

fn spacings(bars: &[Bar]) -> BTreeMap<i64, Spacing> {
    let mut spacings = BTreeMap::new();
    // Most spacings are like the one before: count runs, look up their ends only.
    let (mut run, mut length, mut begin) = (0, 0, 0);
    let mut keep = |spacing: i64, count: usize, first: usize| {
        if count > 0 {
            spacings.entry(spacing).or_insert(Spacing { count: 0, first }).count += count;
        }
    };
    for (index, (before, after)) in pairs(bars) {
        let spacing = after.time.nanos_since(before.time);
        if spacing != run {
            keep(run, length, begin);
            (run, length, begin) = (spacing, 0, index);
        }
        length += 1;
    }
    keep(run, length, begin);
    spacings
}

/// The timeframe that is nearest to a spacing, by their ratio.
fn nearest(spacing: i64) -> Timeframe {
    // |ln(a / b)| orders like max(a, b) / min(a, b); whole percent are fine enough.
    let ratio = |timeframe: &Timeframe| {
        let (a, b) = (i128::from(timeframe.nanos()), i128::from(spacing.max(1)));
        a.max(b) * 1000 / a.min(b)
    };
    Timeframe::ALL.iter().copied().min_by_key(ratio).unwrap_or(Timeframe::M1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bars that open at these seconds after the first Monday of 2024.
    fn bars(seconds: &[i64]) -> Vec<Bar> {
        let start = UnixNanos::parse("2024-01-01").unwrap();
        let at = |second: &i64| Bar {
            time: start.saturating_add_nanos(second * 1_000_000_000),
            open: 1.0,
            high: 1.0,
            low: 1.0,
            close: 1.0,
            volume: 0.0,
        };
        seconds.iter().map(at).collect()
    }

    #[test]
    fn the_timeframe_is_the_least_spacing() {
        for (seconds, expect) in [
            (&[0, 60, 120][..], Timeframe::M1),
            (&[0, 600, 900], Timeframe::M5),
            (&[0, 604_800], Timeframe::W1),
            (&[0], Timeframe::H4),
        ] {
            assert_eq!(find(&bars(seconds), Timeframe::H4).unwrap().0, expect, "{seconds:?}");
        }
    }

    #[test]
    fn a_gap_knows_its_edges_and_how_many_bars_are_missing() {
        let bars = bars(&[0, 60, 240, 300, 420]);
        let (_, gaps) = find(&bars, Timeframe::M1).unwrap();
        assert_eq!(
            gaps,
            [
                Gap { after: bars[1].time, before: bars[2].time, missing: 2 },
                Gap { after: bars[3].time, before: bars[4].time, missing: 1 },
            ]
        );
    }

    #[test]
    fn a_spacing_that_is_no_timeframe_names_the_nearest() {
        let Err(OffGrid::UnknownTimeframe { spacing, nearest, .. }) = find(&bars(&[0, 420, 840]), Timeframe::M1) else {
            panic!()
        };
        assert_eq!((spacing, nearest), (420_000_000_000, Timeframe::M5));
    }

    #[test]
    fn a_stray_row_does_not_turn_minutes_into_seconds() {
        let mut seconds: Vec<i64> = (0..1000).map(|minute| minute * 60).collect();
        seconds.insert(500, 499 * 60 + 1);
        let Err(OffGrid::Row { index, rule, .. }) = find(&bars(&seconds), Timeframe::M1) else { panic!() };
        assert_eq!((index, rule), (500, Rule::OffGrid { spacing: 1_000_000_000, usual: 60_000_000_000 }));
    }

    #[test]
    fn bars_that_overlap_are_refused_at_the_first_that_does() {
        let Err(OffGrid::Row { index, rule, .. }) = find(&bars(&[0, 60, 150, 210, 270]), Timeframe::M1) else { panic!() };
        assert_eq!((index, rule), (2, Rule::OffGrid { spacing: 90_000_000_000, usual: 60_000_000_000 }));
    }

    #[test]
    fn bars_that_open_between_the_grid_lines_are_refused() {
        let Err(OffGrid::Row { index, rule, .. }) = find(&bars(&[30, 90, 150]), Timeframe::M1) else { panic!() };
        assert_eq!(index, 0);
        assert!(matches!(rule, Rule::Unaligned { timeframe: Timeframe::M1, .. }));
    }
}
