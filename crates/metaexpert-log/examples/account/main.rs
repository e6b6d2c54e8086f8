//! Shows that no record from TRADE on is lost, whatever happens to the files:
//!
//! ```text
//! cargo run --release -p metaexpert-log --example account
//! ```
//!
//! A child process writes a million records of all levels from four threads, first as fast as it can, then at an even pace, into
//! small files that rotate and are compressed all the time. Meanwhile one of its threads takes the locks of the files from
//! under it, and another fills their disk to the last byte, twice, and frees it. This process reads what the child says on
//! standard error, then every file and backup, and makes the account: each record, by its thread and number, is looked for in
//! each file that it belongs to, and where a file missed it, on standard error.
//!
//! The one decision: the account does not trust the log. It knows what was made from its own plan, and what was written from
//! the bytes on the disk; the log's own numbers are only held against that.
//!
//! It ends with 0 if the account is whole, with 1 if not, and with 2 if it could not be made.

mod arguments;
mod chain; // a log file and its backups, read back
mod disk;
mod disturbing; // the locks and the disk
mod plan; // which records there are
mod verdict;
mod writing; // the child

use std::{
    env,
    error::Error,
    io::{self, BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStderr, Command, ExitCode, Stdio},
    thread,
};

use arguments::Arguments;
use disk::{Disk, SmallDisk};
use plan::{Plan, Seen};
use verdict::{Account, Report};

/// Whatever keeps the account from being made.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// The three files: everything, trades, errors.
const FILES: [&str; 3] = ["expert.log", "trades.log", "errors.log"];

/// By which the log's own records are known on standard error, as text and as JSON.
const OWN: [&str; 4] = ["] log file `", "records were dropped", "records were not shown", "\"msgid\":\"log."];

const COULD_NOT_BE_MADE: u8 = 2;

fn main() -> ExitCode {
    let done = Arguments::parse(env::args_os().skip(1)).map_err(Into::into).and_then(|arguments| match &arguments.write_into {
        Some(folder) => writing::write(&arguments, folder).map(|()| ExitCode::SUCCESS),
        None => show(arguments),
    });
    done.unwrap_or_else(|error| {
        // Where standard error is closed, the exit code says it.
        let _ = writeln!(io::stderr(), "account: {error}");
        ExitCode::from(COULD_NOT_BE_MADE)
    })
}

fn show(mut arguments: Arguments) -> Outcome<ExitCode> {
    let disk = arguments.disk.unwrap_or_else(Disk::best);
    writeln!(io::stdout(), "disk: {disk}")?;
    if disk == Disk::Namespace {
        arguments.disk = Some(Disk::Tmpfs);
        let program = env::current_exe()?;
        let status = Command::new("unshare").arg("-Urm").arg(program).args(arguments.to_words()).status()?;
        let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(COULD_NOT_BE_MADE);
        return Ok(ExitCode::from(code));
    }
    arguments.disk = Some(disk);
    let parent = arguments.folder.clone().unwrap_or_else(env::temp_dir);
    let folder = tempfile::Builder::new().prefix("account-").tempdir_in(&parent).map_err(|error| {
        format!("`{}`: no folder can be made there: {error}; name another one with `--folder`", parent.display())
    })?;
    let small = (disk == Disk::Tmpfs).then(|| SmallDisk::mount(folder.path(), disk::size_for(arguments.records))).transpose()?;
    let account = account_of(&arguments, disk, folder.path())?;
    drop(small);
    let mut out = io::stdout().lock();
    account.print(&mut out)?;
    Ok(if account.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Has the child write, and counts.
fn account_of(arguments: &Arguments, disk: Disk, folder: &Path) -> Outcome<Account> {
    let plan = arguments.plan();
    let Plan { records, threads } = plan;
    writeln!(io::stdout(), "writing {records} records from {threads} threads in about {} s ..", arguments.seconds)?;
    let mut child = start(arguments, disk, folder)?;
    let shown = child.stderr.take().map(|stderr| thread::spawn(move || read_stderr(stderr, plan)));
    let mut report = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut report)?;
    }
    let status = child.wait()?;
    let shown = shown.map(|reader| reader.join().map_err(|_| "the reader of standard error panicked")).transpose()?;
    let shown = shown.unwrap_or_else(|| Seen::none(plan));
    let [expert, trades, errors] = FILES.map(|name| chain::read(folder, name, plan));
    Ok(Account { plan, status, report: Report::parse(&report), shown, chains: [expert?, trades?, errors?] })
}

fn start(arguments: &Arguments, disk: Disk, folder: &Path) -> Outcome<Child> {
    let program = env::current_exe()?;
    let mut command = if disk == Disk::Limit {
        // A file that reaches its limit would end the process; ignored, it is an error like any other.
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    let child = Arguments { write_into: Some(folder.to_owned()), ..arguments.clone() };
    command.args(child.to_words()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(command.spawn()?)
}

/// Which records the child showed on standard error. What is neither a record nor the log's own is passed on.
fn read_stderr(stderr: ChildStderr, plan: Plan) -> Seen {
    let mut seen = Seen::none(plan);
    let mut lines = BufReader::with_capacity(1 << 20, stderr);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&line);
        match plan::id_in(&text) {
            Some(id) if seen.see(id) => {}
            _ if OWN.iter().any(|own| text.contains(own)) => {}
            _ => drop(io::stderr().write_all(text.as_bytes())),
        }
        line.clear();
    }
    seen
}
