//! Every subcommand with its flags. What a flag means stands in its documentation, which is its help.

mod exchange; // what exchanges send, and what they say when asked
mod history; // what journals say of the past
mod testnet; // a local exchange

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use exchange::{AccountArgs, AskArgs, BarsArgs, BookArgs, DecodeArgs, MarketsArgs, Product};
pub(crate) use history::{FileFormat, HistoryArgs, What};
pub(crate) use testnet::TestnetArgs;

/// Makes, runs, watches and stops trading experts.
#[derive(Debug, Parser)]
#[command(
    name = "metaexpert",
    version,
    max_term_width = 120,
    after_help = "Exit codes: 0 good, 1 what was asked for failed, 2 usage, 3 configuration, 4 data, 5 exchange, 130 interrupted."
)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a new expert project in a folder of its own
    New(NewArgs),
    /// Make an expert project in a folder that is already there
    Init(InitArgs),
    /// Build an expert and run it, here or in the background
    Run(RunArgs),
    /// Build an expert and backtest it
    Backtest(BacktestArgs),
    /// List the experts that were started, running or not
    List(ListArgs),
    /// Say how one expert, or each of them, is doing
    Status(StatusArgs),
    /// Stop an expert, and wait for its end
    Stop(StopArgs),
    /// Let an expert that was halted open positions again, with its next start
    Resume(ResumeArgs),
    /// Show what an expert has logged
    Logs(LogsArgs),
    /// Export orders, trades, fees and profit by day from an expert's journal, for audit and tax
    History(HistoryArgs),
    /// Show and change the defaults of this command
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Make files of ticks and order books from recordings, and say what they hold
    #[command(subcommand)]
    Data(DataCommand),
    /// List what an exchange trades, with the rules that orders must meet
    Markets(MarketsArgs),
    /// Fetch bars from an exchange
    Bars(BarsArgs),
    /// Show an order book as an exchange has it now
    Book(BookArgs),
    /// Show balances, positions and open orders of an account
    Account(AccountArgs),
    /// Show what is made of a raw payload of an exchange, as JSON, a line for each payload
    Decode(DecodeArgs),
    /// Run a local exchange that speaks a real one's protocol, to rehearse against
    Testnet(Box<TestnetArgs>),
    /// Look for what could go wrong: toolchain, clock, disk, permissions, credentials, reachability
    Doctor(DoctorArgs),
    /// Print the completions of a shell
    Completions(CompletionsArgs),
    /// Print the versions of this command and of what it builds with
    Version(FormatArg),
    /// Start an expert and watch over it; what `run` does in the background
    #[command(hide = true)]
    Supervise(SuperviseArgs),
}

/// How something is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct FormatArg {
    /// How the answer is shown [default: table, or what `metaexpert config` says]
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
}

/// What an expert project is made from.
#[derive(Debug, Clone, Args)]
pub(crate) struct ProjectArgs {
    /// Exchange to trade on [default: binance, or what `metaexpert config` says]
    #[arg(long, value_enum)]
    pub(crate) exchange: Option<Exchange>,
    /// Strategy to begin with [default: ema, or what `metaexpert config` says]
    #[arg(long, value_enum)]
    pub(crate) strategy: Option<Strategy>,
    /// Kind of market [default: futures, or what `metaexpert config` says]
    #[arg(long, value_enum)]
    pub(crate) market_type: Option<MarketType>,
    /// Write over files that are already there
    #[arg(long)]
    pub(crate) force: bool,
    /// Depend on the crates in this checkout of MetaExpert instead of those on crates.io
    #[arg(long, value_name = "FOLDER")]
    pub(crate) local: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// Name of the expert and of its folder: letters, digits, `-` and `_`
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
    /// Folder in which the expert's folder is made [default: the current one]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) path: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Folder of the expert [default: the current one]
    pub(crate) folder: Option<PathBuf>,
    /// Name of the expert [default: that of the folder]
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) project: ProjectArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Exchange {
    Binance,
    Bybit,
    Okx,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Strategy {
    /// Crossover of two exponential moving averages
    Ema,
    /// Relative strength index leaving its extremes
    Rsi,
    /// MACD crossing its signal line
    Macd,
    /// Every handler, and no decision
    Blank,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MarketType {
    Spot,
    Margin,
    Futures,
    Options,
}

/// Which expert is built, and how.
#[derive(Debug, Clone, Args)]
pub(crate) struct BuildArgs {
    /// Folder of the expert [default: the current one]
    pub(crate) path: Option<PathBuf>,
    /// Program to run where the package has several
    #[arg(long, value_name = "NAME")]
    pub(crate) bin: Option<String>,
    /// Build without optimisation: faster to build, slower to run
    #[arg(long)]
    pub(crate) debug: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) build: BuildArgs,
    /// Name under which the expert is known here [default: that of its program]
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Run in the background; `list`, `status`, `logs` and `stop` know the expert by its name
    #[arg(long)]
    pub(crate) detach: bool,
    /// Start it again when it fails; not when it is stopped, and not when its configuration is wrong
    #[arg(long)]
    pub(crate) restart_on_error: bool,
    /// Most restarts without ten good minutes between them [default: 5]
    #[arg(long, value_name = "NUMBER", requires = "restart_on_error")]
    pub(crate) max_restarts: Option<u32>,
    /// Flags of the expert, after `--`
    #[arg(last = true, value_name = "EXPERT FLAGS")]
    pub(crate) flags: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct BacktestArgs {
    #[command(flatten)]
    pub(crate) build: BuildArgs,
    /// Flags of the expert, after `--`
    #[arg(last = true, value_name = "EXPERT FLAGS")]
    pub(crate) flags: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only those that run
    #[arg(long)]
    pub(crate) running: bool,
    #[command(flatten)]
    pub(crate) format: FormatArg,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Name of the expert: the exit code is 0 where it runs, 1 where it does not [default: every one]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) format: FormatArg,
}

#[derive(Debug, Args)]
pub(crate) struct StopArgs {
    /// Name of the expert
    pub(crate) name: String,
    /// Close everything it holds first
    #[arg(long)]
    pub(crate) flatten: bool,
    /// Seconds to wait for its end [default: 30]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<u64>,
    /// Kill it when it has not ended by then
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ResumeArgs {
    /// Name of the expert
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct LogsArgs {
    /// Name of the expert
    pub(crate) name: String,
    /// Go on showing what is logged, until Ctrl-C
    #[arg(long, short)]
    pub(crate) follow: bool,
    /// Least level to show
    #[arg(long, value_enum)]
    pub(crate) level: Option<Level>,
    /// Which log to show
    #[arg(long, value_enum, default_value = "expert")]
    pub(crate) category: Category,
    /// How many of the last lines to show [default: 50]
    #[arg(long, short = 'n', value_name = "NUMBER")]
    pub(crate) lines: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Level {
    Debug,
    Info,
    Trade,
    Warning,
    Error,
    Critical,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Category {
    /// Everything (`log_file`)
    Expert,
    /// Orders, executions and positions (`log_trade_file`)
    Trades,
    /// Errors and worse (`log_error_file`)
    Errors,
    /// What the program itself said on its standard output and standard error
    Output,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show every default with where it comes from
    Show(FormatArg),
    /// Print one default
    Get {
        /// Its key
        key: String,
    },
    /// Change one default
    Set {
        /// Its key
        key: String,
        /// Its value
        #[arg(allow_negative_numbers = true)]
        value: String,
    },
    /// Put one default, or all of them, back
    Reset {
        /// Its key [default: every one]
        key: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// Make a file for backtests from a recording of Binance's streams
    Convert(ConvertArgs),
    /// Say what a file of ticks and order books holds
    Info(DataInfoArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ConvertArgs {
    /// The recording: a line for each message, nanoseconds and JSON, plain or in gzip
    pub(crate) recording: PathBuf,
    /// The file that is made, in Parquet
    pub(crate) file: PathBuf,
    /// Write over a file that is already there
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DataInfoArgs {
    /// The file
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) format: FormatArg,
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Folder of the expert [default: the current one]
    pub(crate) path: Option<PathBuf>,
    /// Exchange to reach [default: the project's, or else every one]
    #[arg(long, value_enum)]
    pub(crate) exchange: Option<Exchange>,
    /// Host to ask instead of the exchange's own, such as `http://127.0.0.1:8900` [default: the project's `base_url`]
    #[arg(long, value_name = "URL", requires = "exchange")]
    pub(crate) base_url: Option<String>,
    /// Leave out what needs a network
    #[arg(long)]
    pub(crate) offline: bool,
    /// Seconds after which a check that has not answered has failed
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=300))]
    pub(crate) timeout: u64,
    #[command(flatten)]
    pub(crate) format: FormatArg,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// Shell that is to complete
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct SuperviseArgs {
    /// Name of the expert, whose run file says the rest
    pub(crate) name: String,
}
