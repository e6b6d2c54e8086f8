//! An expert's program: which one is meant, and how it is built.
//!
//! The one decision: cargo is asked for everything that cargo knows, and asked from the expert's own folder, so that its toolchain
//! and its settings are those that the author has when building by hand. What the program does is its own affair.

mod cargo; // asks cargo, and lets it build
mod choice; // one program out of those that there are
mod place; // a folder, or a program that is built already

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use self::place::Place;
use crate::{command_line::BuildArgs, console::Console, exit::CommandError};

/// A program that can be run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Program {
    /// Under which its expert is known, where nothing else is said.
    pub(crate) name: String,
    pub(crate) executable: PathBuf,
    /// Where it is to be run: its `metaexpert.toml`, `.env`, logs and reports are there.
    pub(crate) folder: PathBuf,
}

/// Finds the program that is meant, and builds it unless it is built already.
pub(crate) fn build(args: &BuildArgs, console: &mut Console) -> Result<Program, CommandError> {
    match Place::of(args)? {
        Place::Program(program) => Ok(program),
        Place::Folder(folder) => {
            let cargo = cargo::Cargo::of_environment();
            let target = choice::choose(&cargo.packages(&folder)?, &folder, args.bin.as_deref())?;
            let executable = cargo.build(&target, args.debug, console)?;
            Ok(Program { name: target.bin, executable, folder: target.folder })
        }
    }
}
