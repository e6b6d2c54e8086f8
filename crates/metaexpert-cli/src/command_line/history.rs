//! `metaexpert history`: what journals say of the past.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use metaexpert_core::UnixNanos;

#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// Name of the expert, folder of its project, or a journal's file [default: the current folder]
    pub(crate) of: Option<PathBuf>,
    /// What to export; `all` writes a file for each, and needs `--out`
    #[arg(long, value_enum, default_value = "all")]
    pub(crate) what: What,
    /// How it is written
    #[arg(long, value_enum, default_value = "csv")]
    pub(crate) format: FileFormat,
    /// The first moment that belongs to it, such as `2026-01-01` or `2026-01-01T09:30:00Z` [default: the journal's beginning]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) from: Option<UnixNanos>,
    /// The first moment that no longer does: `--to 2027-01-01` ends with the year 2026 [default: now]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) to: Option<UnixNanos>,
    /// Folder in which the files are written [default: standard output, for one thing of one journal]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// Write over files that are already there
    #[arg(long, requires = "out")]
    pub(crate) force: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// Every order, as it stands by now
    Orders,
    /// Every execution, with its fee and what it realised
    Trades,
    /// What was paid and received besides: trading fees, funding, interest, insurance, transfers
    Fees,
    /// Sums of each UTC day, by symbol and currency
    Pnl,
    /// All of these
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileFormat {
    Csv,
    Json,
}

fn time(text: &str) -> Result<UnixNanos, String> {
    UnixNanos::parse(text)
        .ok_or_else(|| "not a time such as 2026-01-01 or 2026-01-01T09:30:00Z, in UTC where no zone is named".to_owned())
}
