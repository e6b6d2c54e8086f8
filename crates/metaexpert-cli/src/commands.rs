//! One file for each subcommand. A command takes its flags and the console, and says how it ended.

mod account;
mod backtest;
mod bars;
mod book;
mod completions;
mod config;
mod data;
mod decode;
mod doctor;
mod history;
mod init;
mod list;
mod logs;
mod markets;
mod new;
mod resume;
mod run;
mod status;
mod stop;
mod supervise;
mod testnet;
mod version;

use crate::{
    command_line::Command,
    console::Console,
    exit::{CommandError, Exit},
};

/// Does what was asked for.
pub(crate) fn run(command: Command, console: &mut Console) -> Result<Exit, CommandError> {
    match command {
        Command::New(args) => new::run(&args, console),
        Command::Init(args) => init::run(&args, console),
        Command::Run(args) => run::run(&args, console),
        Command::Backtest(args) => backtest::run(&args, console),
        Command::List(args) => list::run(&args, console),
        Command::Status(args) => status::run(&args, console),
        Command::Stop(args) => stop::run(&args, console),
        Command::Resume(args) => resume::run(&args, console),
        Command::Logs(args) => logs::run(&args, console),
        Command::History(args) => history::run(&args, console),
        Command::Config(args) => config::run(&args, console),
        Command::Data(command) => data::run(&command, console),
        Command::Markets(args) => markets::run(&args, console),
        Command::Bars(args) => bars::run(&args, console),
        Command::Book(args) => book::run(&args, console),
        Command::Account(args) => account::run(&args, console),
        Command::Decode(args) => decode::run(&args, console),
        Command::Testnet(args) => testnet::run(&args, console),
        Command::Doctor(args) => doctor::run(&args, console),
        Command::Completions(args) => completions::run(&args, console),
        Command::Version(args) => version::run(args, console),
        Command::Supervise(args) => supervise::run(&args, console),
    }
}
