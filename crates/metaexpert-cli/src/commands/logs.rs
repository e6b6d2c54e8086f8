//! `metaexpert logs`: what an expert has logged, and what it logs from now on.
//!
//! The one decision: lines are shown as they were written. Where the experts of a program write several files, each part says
//! which, as `tail` does. Where other known experts write to the same file, only the records of the one that was asked for are
//! shown, and those of nobody in particular.

use std::{fmt::Write, path::PathBuf, sync::mpsc, time::Duration};

use crate::{
    command_line::{Category, LogsArgs},
    console::Console,
    exit::{CommandError, Exit},
    log_files::{self, Follower, Sieve, Tail},
    processes::{Asked, Known, LogFiles, StateFolder, all_known, listen},
    user_defaults::given_or,
};

const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

pub(crate) fn run(args: &LogsArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let state = StateFolder::of_user()?;
    let known = Known::by_name(&state, &args.name)?;
    let files = files(&known, args.category)?;
    // From here on Ctrl-C ends this loop, and not the process.
    let (sender, asked) = mpsc::channel();
    if args.follow {
        listen(sender, |asked| asked).map_err(|error| CommandError::Failed(format!("cannot follow: {error}")))?;
    }
    let mut page = Page { has_several: files.len() > 1, shown: None, text: String::new() };
    let mut followers = Vec::new();
    let lines = given_or(args.lines, |defaults| defaults.log_lines)?;
    for path in &files {
        let sieve = Sieve { least: args.level, ..sharing(&state, &known, path) };
        let tail = Tail::of(path, lines, &sieve).map_err(|error| unreadable(path, &error))?;
        if let Some(compressed) = &tail.compressed {
            console.tell(format_args!("older lines are compressed: zcat {}", compressed.display()));
        }
        if !path.exists() {
            console.tell(format_args!("nothing is in `{}` yet", path.display()));
        }
        page.add(path, &tail.lines);
        followers.push(Follower::after(path, tail, sieve));
    }
    if console.try_say(page.take()).is_err() || !args.follow {
        return Ok(Exit::Good);
    }
    follow(&mut followers, page, &asked, console)
}

/// Shows what is logged until somebody asks for the end, or nobody reads it any more.
fn follow(
    followers: &mut [Follower],
    mut page: Page,
    asked: &mpsc::Receiver<Asked>,
    console: &mut Console,
) -> Result<Exit, CommandError> {
    loop {
        for follower in &mut *followers {
            let lines = follower.look().map_err(|error| unreadable(&follower.path, &error))?;
            page.add(&follower.path, &lines);
        }
        let text = page.take();
        if !text.is_empty() && console.try_say(text).is_err() {
            return Ok(Exit::Good);
        }
        match asked.recv_timeout(BETWEEN_LOOKS) {
            Ok(asked) => return Ok(Exit::Of(asked.exit_code())),
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            // Nobody listens for signals here: they end the process themselves.
            Err(mpsc::RecvTimeoutError::Disconnected) => std::thread::sleep(BETWEEN_LOOKS),
        }
    }
}

/// The files of a category, each once.
fn files(known: &Known, category: Category) -> Result<Vec<PathBuf>, CommandError> {
    let name = &known.run.name;
    let kind: fn(&LogFiles) -> &String = match category {
        Category::Expert => |logs| &logs.expert,
        Category::Trades => |logs| &logs.trades,
        Category::Errors => |logs| &logs.errors,
        Category::Output if known.run.in_foreground => {
            return Err(CommandError::Data(format!("the output of `{name}` went to the terminal in which it was started")));
        }
        Category::Output => return Ok(vec![known.folder.output()]),
    };
    let files = log_files::of_kind(&known.run, kind);
    if files.is_empty() {
        let hint = if known.run.in_foreground {
            "its records went to the terminal in which it was started"
        } else {
            "`--category output` shows what it said"
        };
        return Err(CommandError::Data(format!("`{name}` writes no log files (log_to_file = false)\n{hint}")));
    }
    Ok(files)
}

/// Whose records are wanted of a file, and whose are not.
fn sharing(state: &StateFolder, known: &Known, path: &PathBuf) -> Sieve {
    let names = |known: &Known| known.run.experts.iter().map(|expert| expert.name.clone()).collect::<Vec<_>>();
    let writes_it = |other: &Known| {
        let kinds: [fn(&LogFiles) -> &String; 3] = [|logs| &logs.expert, |logs| &logs.trades, |logs| &logs.errors];
        kinds.into_iter().any(|kind| log_files::of_kind(&other.run, kind).contains(path))
    };
    // Whoever cannot be read cannot be told apart either.
    let (all, _) = all_known(state).unwrap_or_default();
    let others = all.iter().filter(|other| other.run.name != known.run.name && writes_it(other)).flat_map(names).collect();
    Sieve { least: None, own: names(known), others }
}

fn unreadable(path: &std::path::Path, error: &std::io::Error) -> CommandError {
    CommandError::Data(format!("`{}` cannot be read: {error}", path.display()))
}

/// What is about to be shown.
struct Page {
    has_several: bool,
    /// The file whose lines were shown last.
    shown: Option<PathBuf>,
    text: String,
}

impl Page {
    fn add(&mut self, path: &std::path::Path, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        if self.has_several && self.shown.as_deref() != Some(path) {
            let gap = if self.shown.is_some() { "\n" } else { "" };
            let _ = writeln!(self.text, "{gap}==> {} <==", path.display());
            self.shown = Some(path.to_owned());
        }
        for line in lines {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }
}
