//! The curve of one series without computing each line.

use metaexpert_core::{Bar, InstrumentId, UnixNanos};
use metaexpert_data::BarSeries;
use rust_decimal::Decimal;

use super::{
    EquityCurve,
    days::{Days, day_of},
    drawdown::Drawdown,
    price, start,
};
use crate::{Run, fills::Fills};

/// More than all rounding of a sum of two products of `f64` together, relative to the largest term.
const SLACK: f64 = 1e-14;

/// The curve of `series`, which is the only one of the run.
pub(super) fn scan(run: &Run, instrument: InstrumentId, series: &BarSeries) -> EquityCurve {
    let lines = Lines { bars: &series.bars, nanos: series.timeframe.nanos() };
    let mut fills = Fills::new(run);
    let mut drawdown = Drawdown::new(run.initial_capital, start(run));
    let mut days = Days::default();
    let mut day_end = lines.last_of_day(0);
    let mut equity = None;
    let mut from = 0;
    while from < lines.len() {
        let is_last = from + 1 == lines.len();
        fills.book_until(if is_last { UnixNanos::MAX } else { lines.close_time(from) });
        let until = fills.due().map_or(lines.len(), |due| lines.first_at_or_after(from + 1, due));
        let segment =
            Segment { lines, from, until, cash: fills.ledger().cash(), net: fills.ledger().net(instrument), worst_fall: 0.0 };
        while day_end < until {
            days.end_of_day(day_of(lines.close_time(day_end)), segment.equity(lines.close(day_end)));
            day_end = lines.last_of_day(day_end + 1);
        }
        if until == lines.len() {
            equity = Some(segment.equity(lines.close(until - 1)));
        }
        segment.measure(&mut drawdown);
        from = until;
    }
    if let Some(last) = lines.len().checked_sub(1) {
        drawdown.end(lines.close_time(last));
    }
    EquityCurve::new(run, equity, &fills, &drawdown, days)
}

/// The lines of a curve over one series: one a bar.
#[derive(Debug, Clone, Copy)]
struct Lines<'run> {
    bars: &'run [Bar],
    nanos: i64,
}

#[expect(clippy::indexing_slicing, reason = "indices are line numbers below `len`")]
impl<'run> Lines<'run> {
    const fn len(self) -> usize {
        self.bars.len()
    }

    fn close(self, line: usize) -> f64 {
        self.bars[line].close
    }

    fn close_time(self, line: usize) -> UnixNanos {
        self.bars[line].time.saturating_add_nanos(self.nanos)
    }

    fn closes(self, from: usize, until: usize) -> impl Iterator<Item = f64> + 'run {
        self.bars[from..until].iter().map(|bar| bar.close)
    }

    /// The first line from `from` on that closes at `time` or later; the last line where none does.
    fn first_at_or_after(self, from: usize, time: UnixNanos) -> usize {
        let last = self.len() - 1;
        if from >= last {
            return last;
        }
        // Without a gap it is as many lines ahead as bars fit in between.
        let bars_ahead = time.nanos_since(self.close_time(from)).max(0) / self.nanos;
        let guess = from.saturating_add(usize::try_from(bars_ahead).unwrap_or(usize::MAX)).min(last);
        if self.close_time(guess) == time {
            return guess;
        }
        let ahead = self.bars[from..].partition_point(|bar| bar.time.saturating_add_nanos(self.nanos) < time);
        (from + ahead).min(last)
    }

    /// The last line of the day of line `from`; the number of lines where there is no such line.
    fn last_of_day(self, from: usize) -> usize {
        if from >= self.len() {
            return self.len();
        }
        let day = day_of(self.close_time(from));
        let midnight = UnixNanos::from_nanos((day + 1).saturating_mul(86_400_000_000_000));
        let line = self.first_at_or_after(from, midnight);
        if day_of(self.close_time(line)) == day { line } else { line - 1 }
    }
}

/// Lines between two executions: equity is `cash + net * close`.
struct Segment<'run> {
    lines: Lines<'run>,
    from: usize,
    until: usize,
    cash: Decimal,
    net: Decimal,
    /// No fall in price that is smaller needs a look.
    worst_fall: f64,
}

impl Segment<'_> {
    fn equity(&self, close: f64) -> Decimal {
        if self.net.is_zero() { self.cash } else { self.cash + self.net * price(close) }
    }

    fn measure(mut self, drawdown: &mut Drawdown) {
        if self.net.is_zero() {
            if self.cash >= drawdown.peak {
                drawdown.rises_to(self.cash, self.time(self.from), self.time(self.until - 1));
            } else {
                drawdown.falls_to(self.cash);
            }
        } else if self.net.is_sign_positive() {
            self.measure_open::<false>(drawdown);
        } else {
            self.measure_open::<true>(drawdown);
        }
    }

    fn time(&self, line: usize) -> UnixNanos {
        self.lines.close_time(line)
    }

    /// A position is open. Everything is told in *favour*: the close, negated for a net short position, so that equity rises
    /// with it.
    fn measure_open<const SHORT: bool>(&mut self, drawdown: &mut Drawdown) {
        let Some((peak_line, peak)) = self.below_the_peak::<SHORT>(drawdown) else { return };
        let first = self.time(peak_line);
        drawdown.rises_to(self.equity(sign::<SHORT>(peak)), first, first);
        self.above_the_peak::<SHORT>(peak_line, peak, drawdown);
    }

    /// Goes on until equity is at the peak that earlier segments left; gives that line and its favour.
    fn below_the_peak<const SHORT: bool>(&self, drawdown: &mut Drawdown) -> Option<(usize, f64)> {
        let (cash, net, peak) = (approximate(self.cash), approximate(self.net).abs(), approximate(drawdown.peak));
        // Below this favour equity is below the peak for certain.
        let certain = ((peak - cash) - SLACK * (peak.abs() + cash.abs())) / net;
        let certain = certain - SLACK * certain.abs();
        let mut lowest = f64::INFINITY;
        let mut line = self.from;
        let reached = loop {
            let mut found = None;
            for (ahead, close) in self.lines.closes(line, self.until).enumerate() {
                let favour = sign::<SHORT>(close);
                if favour >= certain {
                    found = Some((line + ahead, favour));
                    break;
                }
                lowest = lowest.min(favour);
            }
            match found {
                Some((at, favour)) if self.equity(sign::<SHORT>(favour)) < drawdown.peak => {
                    lowest = lowest.min(favour);
                    line = at + 1;
                }
                found => break found,
            }
        };
        if lowest < f64::INFINITY {
            drawdown.falls_to(self.equity(sign::<SHORT>(lowest)));
        }
        reached
    }

    /// From a line at the peak on, prices alone tell peaks and falls.
    fn above_the_peak<const SHORT: bool>(&mut self, mut peak_line: usize, mut peak: f64, drawdown: &mut Drawdown) {
        self.worst_fall = approximate(drawdown.money) / approximate(self.net).abs();
        let (mut lowest, mut risen) = (peak, false);
        let first = peak_line + 1;
        for (line, close) in (first..).zip(self.lines.closes(first, self.until)) {
            let favour = sign::<SHORT>(close);
            if favour >= peak {
                if line - peak_line > 1 {
                    drawdown.nanos = drawdown.nanos.max(self.time(line).nanos_since(self.time(peak_line)));
                    self.weigh::<SHORT>(peak, lowest, drawdown);
                }
                (peak_line, peak, lowest, risen) = (line, favour, favour, true);
            } else if favour < lowest {
                lowest = favour;
            }
        }
        if risen {
            drawdown.peak = self.equity(sign::<SHORT>(peak));
            drawdown.low = drawdown.peak;
            drawdown.peak_at = self.time(peak_line);
        }
        if lowest < peak {
            drawdown.falls_to(self.equity(sign::<SHORT>(lowest)));
        }
    }

    /// A fall within the segment: computed only if it may be the largest so far. One that is smaller is smaller in percent too,
    /// for peaks only rise.
    fn weigh<const SHORT: bool>(&mut self, peak: f64, lowest: f64, drawdown: &mut Drawdown) {
        let fall = peak - lowest;
        if fall >= self.worst_fall - SLACK * (peak.abs() + self.worst_fall) {
            drawdown.weigh(self.equity(sign::<SHORT>(peak)), self.equity(sign::<SHORT>(lowest)));
            self.worst_fall = self.worst_fall.max(fall);
        }
    }
}

/// Close to favour and back.
const fn sign<const SHORT: bool>(price: f64) -> f64 {
    if SHORT { -price } else { price }
}

/// A decimal as `f64`, good enough to rule something out: within a few units of the last place.
#[expect(clippy::cast_precision_loss, reason = "an approximation")]
fn approximate(value: Decimal) -> f64 {
    let power = usize::try_from(value.scale()).ok().and_then(|scale| POWERS.get(scale)).copied();
    power.map_or(0.0, |power| value.mantissa() as f64 / power)
}

/// `10^n` for every scale that a decimal may have; exact up to 22.
const POWERS: [f64; 29] = {
    let mut powers = [1.0; 29];
    let mut scale = 1;
    while scale < powers.len() {
        #[expect(clippy::indexing_slicing, reason = "in a constant")]
        {
            powers[scale] = powers[scale - 1] * 10.0;
        }
        scale += 1;
    }
    powers
};
