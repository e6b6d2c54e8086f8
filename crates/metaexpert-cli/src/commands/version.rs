//! `metaexpert version`: what this command is, and what it would build an expert with.
//!
//! The commit is not among it: to know it at build time would take a build script, and make every build another one.

use std::{env, path::Path, time::Duration};

use serde::Serialize;

use crate::{
    command_line::FormatArg,
    console::Console,
    exit::{CommandError, Exit},
    listing::{Row, listing},
    program, user_defaults,
};

/// A toolchain manager may look around before it answers.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn run(args: FormatArg, console: &mut Console) -> Result<Exit, CommandError> {
    let format = user_defaults::format(args.format)?;
    let rows = [
        Fact::new("metaexpert", Some(env!("CARGO_PKG_VERSION").to_owned())),
        // One version for the whole workspace: what `metaexpert new` makes depends on it.
        Fact::new("framework", Some(env!("CARGO_PKG_VERSION").to_owned())),
        Fact::new("least rust", Some(env!("CARGO_PKG_RUST_VERSION").to_owned())),
        Fact::new("cargo", found("cargo")),
        Fact::new("rustc", found("rustc")),
        Fact::new("target", Some(format!("{}-{}", env::consts::ARCH, env::consts::OS))),
        Fact::new("profile", Some(if cfg!(debug_assertions) { "debug" } else { "release" }.to_owned())),
    ];
    console.say(listing(&rows, format));
    Ok(Exit::Good)
}

/// The version of a tool on the `PATH`; `None` where there is none, or none that answers.
fn found(tool: &str) -> Option<String> {
    let answer = program::ask(tool, &["--version"], Path::new("."), PATIENCE).ok()?;
    Some(answer.trim().strip_prefix(tool).unwrap_or(&answer).trim().to_owned())
}

#[derive(Serialize)]
struct Fact {
    part: &'static str,
    version: Option<String>,
}

impl Fact {
    fn new(part: &'static str, version: Option<String>) -> Self {
        Self { part, version }
    }
}

impl Row for Fact {
    const HEADINGS: &'static [&'static str] = &["part", "version"];

    fn cells(&self) -> Vec<String> {
        vec![self.part.to_owned(), self.version.clone().unwrap_or_else(|| "not found".to_owned())]
    }
}
