//! `metaexpert init`: a project in a folder that is already there.

use std::path::{Path, absolute};

use crate::{
    command_line::InitArgs,
    console::Console,
    exit::{CommandError, Exit},
    template::{self, ExpertName, Plan},
};

pub(crate) fn run(args: &InitArgs, console: &mut Console) -> Result<Exit, CommandError> {
    let folder = args.folder.as_deref().unwrap_or(Path::new("."));
    if !folder.is_dir() {
        let what = if folder.exists() { "is not a folder" } else { "there is no such folder" };
        let text = format!("`{}`: {what}\n`metaexpert new NAME` makes one", folder.display());
        return Err(CommandError::Configuration(text));
    }
    let choice = template::chosen(name(args, folder)?, &args.project)?;
    let files = template::project(&choice)?;
    let plan = Plan::new(folder, &files)?;
    if !args.project.force && !plan.present().is_empty() {
        let present = template::listed(plan.present());
        let text = format!("folder `{}` has {present} already\n--force would write over them", folder.display());
        return Err(CommandError::Configuration(text));
    }
    plan.write()?;
    template::tell_of(&choice, folder, console);
    Ok(Exit::Good)
}

/// The name that was given, or that of the folder.
fn name(args: &InitArgs, folder: &Path) -> Result<ExpertName, CommandError> {
    if let Some(name) = &args.name {
        return ExpertName::new(name);
    }
    // `.` and `..` have a name only once they are followed.
    let whole = folder.canonicalize().or_else(|_| absolute(folder)).unwrap_or_else(|_| folder.to_owned());
    let name = whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    ExpertName::new(&name)
        .map_err(|error| CommandError::Configuration(format!("{error}\nfrom the folder; give another with --name")))
}
