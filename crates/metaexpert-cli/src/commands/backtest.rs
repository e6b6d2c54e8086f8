//! `metaexpert backtest`: builds an expert, and runs it once in the trade mode `backtest`.

use crate::{
    command_line::BacktestArgs,
    console::Console,
    exit::{CommandError, Exit},
    processes::run_to_its_end,
    project,
};

pub(crate) fn run(args: &BacktestArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let program = project::build(&args.build, console)?;
    run_to_its_end(&program, &with_the_mode(&args.flags))
}

/// The expert's flags, and the trade mode before them unless they say one.
fn with_the_mode(flags: &[String]) -> Vec<String> {
    let says_it = flags.iter().any(|flag| flag == "--trade-mode" || flag.starts_with("--trade-mode="));
    let mode: &[&str] = if says_it { &[] } else { &["--trade-mode", "backtest"] };
    mode.iter().map(|word| (*word).to_owned()).chain(flags.iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_is_backtest_unless_the_flags_say_another() {
        for (flags, all) in [
            ("", "--trade-mode backtest"),
            ("--fast 9", "--trade-mode backtest --fast 9"),
            ("--fast 9 --trade-mode paper", "--fast 9 --trade-mode paper"),
            ("--trade-mode=paper", "--trade-mode=paper"),
        ] {
            let flags: Vec<_> = flags.split_whitespace().map(str::to_owned).collect();
            assert_eq!(with_the_mode(&flags).join(" "), all);
        }
    }
}
