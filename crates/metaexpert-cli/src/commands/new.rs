//! `metaexpert new`: a project in a folder of its own.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    command_line::NewArgs,
    console::Console,
    exit::{CommandError, Exit},
    template::{self, ExpertName, Plan},
};

pub(crate) fn run(args: &NewArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let choice = template::chosen(ExpertName::new(&args.name)?, &args.project)?;
    let folder = place(args)?;
    let files = template::project(&choice)?;
    let plan = Plan::new(&folder, &files)?;
    if !args.project.force && !is_empty_or_absent(&folder)? {
        return Err(CommandError::Configuration(taken(&folder, plan.present())));
    }
    plan.write()?;
    template::tell_of(&choice, &folder, console);
    Ok(Exit::Good)
}

/// The expert's folder, in one that is there.
fn place(args: &NewArgs) -> Result<PathBuf, CommandError> {
    let Some(parent) = &args.path else { return Ok(PathBuf::from(&args.name)) };
    if parent.is_dir() {
        return Ok(parent.join(&args.name));
    }
    let what = if parent.exists() { "is not a folder" } else { "there is no such folder" };
    Err(CommandError::Configuration(format!("flag --path: `{}`: {what}", parent.display())))
}

fn is_empty_or_absent(folder: &Path) -> Result<bool, CommandError> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(CommandError::Failed(format!("cannot look into `{}`: {error}", folder.display()))),
    }
}

fn taken(folder: &Path, present: &[&str]) -> String {
    let force = match present {
        [] => "with --force the project is added to what is there".to_owned(),
        _ => format!("--force would write over {}", template::listed(present)),
    };
    format!("folder `{}` is not empty\n{force}", folder.display())
}
