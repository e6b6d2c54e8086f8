//! `metaexpert bars`: bars from an exchange, as the file that `--data` reads, as a table or as JSON.

use std::{io::IsTerminal as _, ops::ControlFlow};

use metaexpert_binance::market::klines::{Series, history};
use metaexpert_connect::report::BarReport;
use metaexpert_core::{Bar, Timeframe, UnixNanos};
use serde::Serialize;

use crate::{
    asking::{Asked, Key, now},
    command_line::{BarsArgs, Format},
    console::Console,
    exit::{CommandError, Exit},
    listing::{Row, listing},
    user_defaults,
};

pub(crate) fn run(args: &BarsArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let shown = match args.ask.format.format {
        None if !std::io::stdout().is_terminal() => Shown::Csv,
        format => Shown::As(user_defaults::format(format)?),
    };
    let timeframe = timeframe(&args.timeframe)?;
    let span = Span::of(args, timeframe, now())?;
    let asked = Asked::new(&args.ask, Key::NotNeeded)?;
    let symbol = asked.native(&args.symbol)?;
    let bars = fetched(&asked, &symbol, timeframe, &span)?;
    if bars.is_empty() {
        return Err(CommandError::Failed(format!("{symbol}: the exchange has no bars from {} to {}", span.from, span.to)));
    }
    match shown {
        Shown::Csv => console.say(csv(&bars)?),
        Shown::As(format) => console.say(listing(&bars.into_iter().map(Line).collect::<Vec<_>>(), format)),
    }
    Ok(Exit::Good)
}

/// How bars are shown.
enum Shown {
    As(Format),
    Csv,
}

/// Which bars are wanted.
#[derive(Debug, PartialEq, Eq)]
struct Span {
    from: UnixNanos,
    to: UnixNanos,
    /// The last so many; all where it is `None`.
    last: Option<usize>,
}

/// How many bars nobody has to ask for.
const USUAL: u32 = 100;

impl Span {
    fn of(args: &BarsArgs, timeframe: Timeframe, now: UnixNanos) -> Result<Self, CommandError> {
        let time = |flag: &str, text: &Option<String>| {
            let wrong = |text: &String| {
                CommandError::Configuration(format!(
                    "--{flag}: `{text}` is not a time; write `2026-01-01` or `2026-01-01T12:00:00Z`"
                ))
            };
            text.as_ref().map(|text| UnixNanos::parse(text).ok_or_else(|| wrong(text))).transpose()
        };
        let to = time("to", &args.to)?.unwrap_or(now);
        let last = match (args.limit, &args.from) {
            (Some(limit), _) => Some(limit),
            (None, Some(_)) => None,
            (None, None) => Some(USUAL),
        };
        let back = |bars: u32| {
            timeframe.open_of(to).saturating_add_nanos(timeframe.nanos().saturating_mul(i64::from(bars)).saturating_neg())
        };
        let from = time("from", &args.from)?.unwrap_or_else(|| back(last.unwrap_or(USUAL)));
        if from >= to {
            return Err(CommandError::Configuration(format!("--from: `{from}` is not before `{to}`")));
        }
        Ok(Self { from, to, last: last.and_then(|last| usize::try_from(last).ok()) })
    }
}

fn timeframe(text: &str) -> Result<Timeframe, CommandError> {
    Timeframe::parse(text).ok_or_else(|| {
        let all: Vec<_> = Timeframe::ALL.iter().map(|timeframe| timeframe.as_str()).collect();
        CommandError::Configuration(format!("--timeframe: `{text}` is none of {}", all.join(", ")))
    })
}

fn fetched(asked: &Asked, symbol: &str, timeframe: Timeframe, span: &Span) -> Result<Vec<Bar>, CommandError> {
    let mut bars: Vec<Bar> = Vec::new();
    let mut take = |page: Vec<BarReport<'static>>| {
        bars.extend(page.iter().map(bar));
        ControlFlow::Continue(())
    };
    let all = history(&asked.client, asked.product, Series::Traded, symbol, timeframe, span.from..span.to, &mut take);
    asked.wait_for(all)?;
    if let Some(last) = span.last {
        bars.drain(..bars.len().saturating_sub(last));
    }
    Ok(bars)
}

fn csv(bars: &[Bar]) -> Result<String, CommandError> {
    let failed = |why: String| CommandError::Failed(why);
    let text = metaexpert_data::csv_text(bars).map_err(|why| failed(why.to_string()))?;
    String::from_utf8(text).map_err(|why| failed(why.to_string()))
}

fn bar(report: &BarReport<'_>) -> Bar {
    let BarReport { open_time, open, high, low, close, volume, .. } = *report;
    Bar { time: open_time, open, high, low, close, volume }
}

#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Line(Bar);

impl Row for Line {
    const HEADINGS: &'static [&'static str] = &["opened", "open", "high", "low", "close", "volume"];

    fn cells(&self) -> Vec<String> {
        let Bar { time, open, high, low, close, volume } = self.0;
        std::iter::once(time.to_string()).chain([open, high, low, close, volume].map(|value| value.to_string())).collect()
    }
}
