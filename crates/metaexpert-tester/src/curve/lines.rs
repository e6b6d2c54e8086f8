//! The curve line by line: for the equity file, and for the numbers of a run over several series.

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;

use super::{
    EquityCurve,
    arithmetic::{Arithmetic, Decimals, Integers},
    days::{Days, day_of},
    drawdown::Drawdown,
    start,
};
use crate::{Run, digits::push_decimal, fills::Fills, ledger::Ledger};

/// Takes the lines of a curve as text.
pub(crate) trait LineSink {
    /// What goes wrong when a line is written.
    type Error;
    /// A line: its time and the rest, `equity,balance,drawdown_pct`.
    fn line(&mut self, time: UnixNanos, columns: impl FnOnce(&mut Vec<u8>)) -> Result<(), Self::Error>;
}

/// Gives each line of the curve as text, exactly.
pub(crate) fn write<S: LineSink>(run: &Run, sink: &mut S) -> Result<(), S::Error> {
    match Integers::of(run) {
        Some(integers) => write_in(run, &integers, sink),
        None => write_in(run, &Decimals::of(run), sink),
    }
}

fn write_in<A: Arithmetic, S: LineSink>(run: &Run, arithmetic: &A, sink: &mut S) -> Result<(), S::Error> {
    let mut peak = arithmetic.amount(run.initial_capital);
    let mut fills = Fills::new(run);
    let mut balance = Vec::new();
    each(run, arithmetic, &mut fills, |line| {
        peak = peak.max(line.equity);
        if line.booked || balance.is_empty() {
            balance.clear();
            balance.push(b',');
            // A decimal, since a partly closed position may have a quotient in it.
            push_decimal(&mut balance, line.ledger.balance());
            balance.push(b',');
        }
        sink.line(line.time, |out| {
            arithmetic.write(out, line.equity);
            out.extend_from_slice(&balance);
            arithmetic.write_percent_below(out, peak, line.equity);
        })
    })
}

/// The numbers of the curve, from each of its lines.
pub(super) fn summarize(run: &Run) -> EquityCurve {
    match Integers::of(run) {
        Some(integers) => summarize_in(run, &integers),
        None => summarize_in(run, &Decimals::of(run)),
    }
}

fn summarize_in<A: Arithmetic>(run: &Run, arithmetic: &A) -> EquityCurve {
    let mut drawdown = Drawdown::new(run.initial_capital, start(run));
    let mut fills = Fills::new(run);
    let mut days = Days::default();
    let mut last: Option<(UnixNanos, A::Amount)> = None;
    let (mut peak, mut low) = (arithmetic.amount(run.initial_capital), arithmetic.amount(run.initial_capital));
    let done: Result<(), std::convert::Infallible> = each(run, arithmetic, &mut fills, |line| {
        if let Some((time, equity)) = last
            && day_of(time) != day_of(line.time)
        {
            days.end_of_day(day_of(time), arithmetic.decimal(equity));
        }
        // Decimals only where a fall ends or deepens: at the peak and between, a comparison will do.
        if line.equity >= peak {
            if low < peak {
                drawdown.falls_to(arithmetic.decimal(low));
                drawdown.rises_to(arithmetic.decimal(line.equity), line.time, line.time);
            }
            (peak, low, drawdown.peak_at) = (line.equity, line.equity, line.time);
        } else {
            if low == peak {
                drawdown.peak = arithmetic.decimal(peak);
                drawdown.low = drawdown.peak;
            }
            low = low.min(line.equity);
        }
        last = Some((line.time, line.equity));
        Ok(())
    });
    let Ok(()) = done;
    if let Some((time, equity)) = last {
        if low < peak {
            drawdown.falls_to(arithmetic.decimal(low));
        }
        drawdown.end(time);
        days.end_of_day(day_of(time), arithmetic.decimal(equity));
    }
    EquityCurve::new(run, last.map(|(_, equity)| arithmetic.decimal(equity)), &fills, &drawdown, days)
}

/// One line.
struct Line<'a, Amount> {
    time: UnixNanos,
    equity: Amount,
    /// Whether executions were booked since the line before.
    booked: bool,
    ledger: &'a Ledger,
}

/// One series on its way through the lines.
struct Marked<'run, A: Arithmetic> {
    /// When the bars to come close, and at what price.
    bars: std::slice::Iter<'run, metaexpert_core::Bar>,
    next: Option<(UnixNanos, f64)>,
    nanos: i64,
    index: usize,
    net: A::Net,
    price: A::Price,
}

impl<A: Arithmetic> Marked<'_, A> {
    fn advance(&mut self) {
        self.next = self.bars.next().map(|bar| (bar.time.saturating_add_nanos(self.nanos), bar.close));
    }
}

/// Calls `take` with each line in time order.
fn each<A: Arithmetic, E>(
    run: &Run,
    arithmetic: &A,
    fills: &mut Fills<'_>,
    mut take: impl FnMut(Line<'_, A::Amount>) -> Result<(), E>,
) -> Result<(), E> {
    let mut series: Vec<Marked<'_, A>> =
        run.series.iter().enumerate().map(|(index, (_, bars))| marked(arithmetic, index, bars)).collect();
    let Some(end) = run.end() else { return Ok(()) };
    let mut cash = arithmetic.amount(run.initial_capital);
    while let Some(time) = series.iter().filter_map(|marked| marked.next).map(|(time, _)| time).min() {
        for marked in &mut series {
            if let Some((_, close)) = marked.next.filter(|(closes, _)| *closes == time) {
                marked.price = arithmetic.price(marked.index, close);
                marked.advance();
            }
        }
        let booked = fills.due().is_some_and(|due| due <= time || time == end)
            && fills.book_until(if time == end { UnixNanos::MAX } else { time });
        if booked {
            cash = arithmetic.amount(fills.ledger().cash());
            for (marked, (instrument, _)) in series.iter_mut().zip(&run.series) {
                marked.net = arithmetic.net(marked.index, fills.ledger().net(*instrument));
            }
        }
        let equity = series.iter().fold(cash, |sum, marked| arithmetic.plus(sum, marked.net, marked.price));
        take(Line { time, equity, booked, ledger: fills.ledger() })?;
    }
    Ok(())
}

fn marked<'run, A: Arithmetic>(arithmetic: &A, index: usize, series: &'run metaexpert_data::BarSeries) -> Marked<'run, A> {
    let mut marked = Marked {
        bars: series.bars.iter(),
        next: None,
        nanos: series.timeframe.nanos(),
        index,
        net: arithmetic.net(index, Decimal::ZERO),
        price: arithmetic.price(index, 0.0),
    };
    marked.advance();
    marked
}
