//! `run`: an expert is started, here or in the background.
//!
//! The one decision: its program is asked about its configuration first, so that what is wrong with it is said in this terminal
//! and nothing is started.

use super::{
    Claim, ExpertFolder, How, Identity, Known, RestartRule, RunFile, StateFolder, Watched, question, run_to_its_end, watch_over,
};
use crate::{
    command_line::RunArgs,
    console::Console,
    exit::{CommandError, Exit},
    project::Program,
    user_defaults::given_or,
};

/// Flags with which an expert's program shows something and ends.
const SHOWING: [&str; 6] = ["--help", "-h", "--version", "-V", "--print-config", "--completions"];

/// Runs an expert in this terminal until it ends, and hands its exit code on.
pub(crate) fn run_here(program: &Program, args: &RunArgs, console: &mut Console) -> Result<Exit, CommandError> {
    if shows_something(&args.flags) {
        return run_to_its_end(program, &args.flags);
    }
    let (_claim, folder, mut run) = match prepare(program, args, console)? {
        // It says its warnings itself, in this very terminal.
        Prepared::Ready { claim, folder, run, warnings: _ } => (claim, folder, *run),
        Prepared::Refused(exit) => return Ok(exit),
    };
    run.in_foreground = true;
    folder.write(&run)?;
    match watch_over(&folder, run, console)? {
        Watched::Ended(How::NotStarted(why)) => {
            Err(CommandError::Failed(format!("`{}` could not be started: {why}", folder.name)))
        }
        Watched::Ended(how) => Ok(how.exit()),
        Watched::StoppedBetween(asked) => Ok(Exit::Of(asked.exit_code())),
    }
}

/// Runs an expert in the background, and comes back when it runs.
#[cfg(unix)]
pub(crate) fn detach(program: &Program, args: &RunArgs, console: &mut Console) -> Result<Exit, CommandError> {
    if shows_something(&args.flags) {
        return run_to_its_end(program, &args.flags);
    }
    let (claim, folder, run) = match prepare(program, args, console)? {
        Prepared::Ready { claim, folder, run, warnings } => {
            console.pass_on(&warnings);
            (claim, folder, *run)
        }
        Prepared::Refused(exit) => return Ok(exit),
    };
    background::start(claim, &folder, &run, console)
}

/// Nothing can be stopped in good order in the background of a system without signals.
#[cfg(not(unix))]
pub(crate) fn detach(_program: &Program, args: &RunArgs, _console: &mut Console) -> Result<Exit, CommandError> {
    debug_assert!(args.detach, "only for --detach");
    Err(CommandError::Failed(
        "--detach: this system has no signals, so an expert in the background could not be stopped in good order\nrun it without --detach, in a terminal of its own".to_owned(),
    ))
}

enum Prepared {
    Ready {
        claim: Claim,
        folder: ExpertFolder,
        run: Box<RunFile>,
        /// What the program has said about its configuration.
        warnings: String,
    },
    Refused(Exit),
}

/// Claims the name, and asks the program about its configuration.
fn prepare(program: &Program, args: &RunArgs, console: &mut Console) -> Result<Prepared, CommandError> {
    let folder = StateFolder::of_user()?.expert(args.name.as_deref().unwrap_or(&program.name))?;
    let claim = Claim::take(&folder)?;
    refuse_if_it_lives(&folder)?;
    let question::Answer { experts, complaints: warnings } = question::ask(program, &args.flags)?;
    let experts = match experts {
        Ok(experts) => experts,
        Err(exit) => {
            console.pass_on(&warnings);
            return Ok(Prepared::Refused(exit));
        }
    };
    let this = Identity::of_this_process()
        .ok_or_else(|| CommandError::Failed("the system does not tell processes apart: is /proc there?".to_owned()))?;
    let mut run = RunFile::new(&folder.name, program.clone(), args.flags.clone(), experts, this);
    run.restart =
        RestartRule { on_error: args.restart_on_error, max: given_or(args.max_restarts, |defaults| defaults.max_restarts)? };
    Ok(Prepared::Ready { claim, folder, run: Box::new(run), warnings })
}

/// An expert may have outlived its supervisor; then nobody holds the claim.
pub(crate) fn refuse_if_it_lives(folder: &ExpertFolder) -> Result<(), CommandError> {
    match Known::load(folder)? {
        Some(known) if known.expert().is_some() => Err(CommandError::Failed(format!(
            "`{name}` {} already, without a supervisor\nend it with `metaexpert stop {name}`, or give this one another name with `--name`",
            known.in_short(),
            name = folder.name
        ))),
        _ => Ok(()),
    }
}

fn shows_something(flags: &[String]) -> bool {
    flags.iter().any(|flag| SHOWING.contains(&flag.split_once('=').map_or(flag.as_str(), |(name, _)| name)))
}

#[cfg(unix)]
mod background {
    use std::{
        env, fs,
        process::{Child, Command},
        thread,
        time::{Duration, Instant},
    };

    use super::{super::State, *};
    use crate::processes::Phase;

    /// Longest that a supervisor may take to start an expert that is built already.
    const LONGEST_START: Duration = Duration::from_secs(20);
    /// What goes wrong with an expert mostly does so at once: that is worth a moment of waiting.
    const LOOK_AFTER: Duration = Duration::from_millis(300);
    const BETWEEN_LOOKS: Duration = Duration::from_millis(10);
    /// How many of its last lines are shown of an expert that ended at once.
    const LAST_WORDS: usize = 10;

    pub(super) fn start(claim: Claim, folder: &ExpertFolder, run: &RunFile, console: &mut Console) -> Result<Exit, CommandError> {
        let failed = |error: std::io::Error| CommandError::Failed(format!("no supervisor for `{}`: {error}", folder.name));
        let output = folder.new_output()?;
        folder.write(run)?;
        let mut command = Command::new(env::current_exe().map_err(failed)?);
        command.arg("supervise").arg(&folder.name).current_dir(&run.program.folder);
        command.stdin(claim.hand_over()).stdout(output.try_clone().map_err(failed)?).stderr(output);
        let mut supervisor = command.spawn().map_err(failed)?;
        // The command holds the claim too, as what it hands its children.
        drop(command);
        let known = wait_for_start(folder, &mut supervisor)?;
        say_how_it_went(&known, console)
    }

    /// Waits until the expert runs, and then a moment longer.
    fn wait_for_start(folder: &ExpertFolder, supervisor: &mut Child) -> Result<Known, CommandError> {
        let end = Instant::now() + LONGEST_START;
        let mut look_until = None;
        loop {
            let has_ended = supervisor.try_wait().ok().flatten().is_some();
            let known = Known::load(folder)?;
            match known {
                Some(known) if known.state == State::Running => {
                    let until = *look_until.get_or_insert_with(|| Instant::now() + LOOK_AFTER);
                    if Instant::now() >= until {
                        return Ok(known);
                    }
                }
                Some(known) if matches!(known.run.phase, Phase::Over(_) | Phase::Waiting { .. }) => return Ok(known),
                _ if has_ended || Instant::now() >= end => {
                    let said = last_words(folder);
                    return Err(CommandError::Failed(format!("the supervisor of `{}` has not started it\n{said}", folder.name)));
                }
                _ => {}
            }
            thread::sleep(BETWEEN_LOOKS);
        }
    }

    fn say_how_it_went(known: &Known, console: &mut Console) -> Result<Exit, CommandError> {
        let name = &known.folder.name;
        let Some(expert) = known.expert() else {
            let short = format!("`{name}` {}, right after its start\n{}", known.in_short(), last_words(&known.folder));
            if known.state == State::Restarting {
                console.warn(short);
                return Ok(Exit::Good);
            }
            return match known.ending().map(|ending| &ending.how) {
                Some(How::Code(0)) => {
                    console.say_line(format_args!("`{name}` {}, right after its start", known.in_short()));
                    Ok(Exit::Good)
                }
                Some(how @ (How::Code(_) | How::Signal(_))) => {
                    console.error(short);
                    Ok(how.exit())
                }
                _ => Err(CommandError::Failed(short)),
            };
        };
        console.say_line(format_args!("`{name}` runs in the background (process {})", expert.pid));
        for folder in known.run.log_folders() {
            console.say_line(format_args!("  logs    {}", folder.display()));
        }
        console.say_line(format_args!("  output  {}", known.folder.output().display()));
        console.say_line(format_args!("  follow  metaexpert logs {name} --follow"));
        console.say_line(format_args!("  stop    metaexpert stop {name}"));
        Ok(Exit::Good)
    }

    /// The end of what it said: it ended before it could have said much.
    fn last_words(folder: &ExpertFolder) -> String {
        let said = fs::read(folder.output()).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let lines: Vec<_> = said.lines().rev().take(LAST_WORDS).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_that_shows_something_is_seen_in_either_form() {
        for (flags, shows) in [
            (vec!["--help"], true),
            (vec!["--leverage", "2", "--print-config"], true),
            (vec!["--print-config=json"], true),
            (vec!["--helper"], false),
            (vec![], false),
        ] {
            assert_eq!(shows_something(&flags.iter().map(ToString::to_string).collect::<Vec<_>>()), shows, "{flags:?}");
        }
    }
}
