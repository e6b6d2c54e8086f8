//! `report.json`. `docs/api/report.md` describes each field.

use std::io;

use metaexpert_core::{Currency, Summary, Symbol, Timeframe, UnixNanos};
use metaexpert_data::{BarSeries, Gap};
use serde::{Serialize, Serializer};

use crate::{Report, Run};

/// Changes when a field changes its meaning or goes; new fields do not change it.
const SCHEMA: &str = "metaexpert.report/1";

/// Everything, in the order of the file.
#[derive(Serialize)]
struct File<'run> {
    schema: &'static str,
    expert: &'run str,
    symbol: &'run Symbol,
    timeframe: Timeframe,
    currency: &'run Currency,
    data: Data<'run>,
    /// Further series, where the run had several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    series: Vec<Series<'run>>,
    notes: &'run [String],
    #[serde(serialize_with = "as_map")]
    config: &'run [(String, String)],
    #[serde(serialize_with = "as_map")]
    inputs: &'run [(String, String)],
    errors: u64,
    criterion: Option<f64>,
    summary: &'run Summary,
}

#[derive(Serialize)]
struct Series<'run> {
    symbol: &'run Symbol,
    timeframe: Timeframe,
    #[serde(flatten)]
    data: Data<'run>,
}

/// On what the expert ran.
#[derive(Default, Serialize)]
struct Data<'run> {
    source: &'run str,
    synthetic: bool,
    bars: usize,
    /// Opening times.
    first: Option<UnixNanos>,
    last: Option<UnixNanos>,
    missing_bars: u64,
    gaps: Vec<Hole>,
}

/// A gap: the opening times of the bars around it.
#[derive(Serialize)]
struct Hole {
    after: UnixNanos,
    before: UnixNanos,
    missing: u64,
}

impl<'run> Data<'run> {
    fn of(series: &'run BarSeries) -> Self {
        let hole = |gap: &Gap| Hole { after: gap.after, before: gap.before, missing: gap.missing };
        Self {
            source: &series.source,
            synthetic: series.synthetic,
            bars: series.bars.len(),
            first: series.bars.first().map(|bar| bar.time),
            last: series.bars.last().map(|bar| bar.time),
            missing_bars: series.gaps.iter().map(|gap| gap.missing).sum(),
            gaps: series.gaps.iter().map(hole).collect(),
        }
    }
}

impl<'run> File<'run> {
    fn of(report: &'run Report<'_>) -> Self {
        let run = report.run;
        Self {
            schema: SCHEMA,
            expert: &run.expert,
            symbol: &run.symbol,
            timeframe: run.timeframe,
            currency: &run.currency,
            data: run.main_series().map(Data::of).unwrap_or_default(),
            series: further(run),
            notes: &run.notes,
            config: &run.config,
            inputs: &run.inputs,
            errors: run.errors,
            criterion: run.criterion.filter(|value| value.is_finite()),
            summary: &report.summary,
        }
    }
}

fn further(run: &Run) -> Vec<Series<'_>> {
    let main = run.main_series();
    let others = run.series.iter().filter(|(_, series)| main.is_none_or(|main| !std::ptr::eq(main, series.as_ref())));
    let series = others.map(|(instrument, series)| Series {
        symbol: &run.instruments.get(*instrument).symbol,
        timeframe: series.timeframe,
        data: Data::of(series),
    });
    series.collect()
}

/// Writes the file.
pub(super) fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut text = serde_json::to_vec_pretty(&File::of(report))?;
    text.push(b'\n');
    out.write_all(&text)
}

fn as_map<S: Serializer>(pairs: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}
