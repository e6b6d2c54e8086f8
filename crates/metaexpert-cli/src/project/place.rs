//! What PATH says: the folder of a package, or a program that is built already.

use std::{
    fs,
    path::{Path, PathBuf, absolute},
};

use metaexpert_core::config::nearest;

use super::Program;
use crate::{command_line::BuildArgs, exit::CommandError};

/// Where an expert is. Paths are absolute.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A folder with a `Cargo.toml`.
    Folder(PathBuf),
    /// There is nothing to build.
    Program(Program),
}

impl Place {
    pub(super) fn of(args: &BuildArgs) -> Result<Self, CommandError> {
        let path = args.path.as_deref().unwrap_or(Path::new("."));
        let whole = absolute(path).map_err(|error| refused(path, &error.to_string()))?;
        let metadata = fs::metadata(&whole).map_err(|error| refused(path, &missing(path, &error)))?;
        if metadata.is_dir() {
            return folder(path, whole);
        }
        match whole.parent() {
            Some(parent) if whole.file_name().is_some_and(|name| name == "Cargo.toml") => Ok(Self::Folder(parent.to_owned())),
            _ if !is_executable(&metadata) => Err(refused(path, "is neither a folder nor a program")),
            _ => program(path, whole, args),
        }
    }
}

fn folder(path: &Path, whole: PathBuf) -> Result<Place, CommandError> {
    if whole.join("Cargo.toml").is_file() {
        return Ok(Place::Folder(whole));
    }
    let above = whole.ancestors().skip(1).find(|folder| folder.join("Cargo.toml").is_file());
    let hint = match above {
        Some(above) => format!("the nearest one above is in `{}`", above.display()),
        None => "`metaexpert new NAME` makes an expert in a folder of its own".to_owned(),
    };
    Err(refused(path, &format!("there is no Cargo.toml in this folder\n{hint}")))
}

fn program(path: &Path, whole: PathBuf, args: &BuildArgs) -> Result<Place, CommandError> {
    let flag = args.bin.as_ref().map(|_| "--bin").or_else(|| args.debug.then_some("--debug"));
    if let Some(flag) = flag {
        let text = format!("flag {flag}: is for a folder that is built; `{}` is a program already", path.display());
        return Err(CommandError::Configuration(text));
    }
    let name = whole.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = home_of(&whole)?;
    Ok(Place::Program(Program { name, executable: whole, folder }))
}

/// The nearest folder above a program that has a `metaexpert.toml`; without any, the current one, as if it were run by hand.
fn home_of(executable: &Path) -> Result<PathBuf, CommandError> {
    let above = executable.ancestors().skip(1).find(|folder| folder.join("metaexpert.toml").is_file());
    match above {
        Some(folder) => Ok(folder.to_owned()),
        None => absolute(".").map_err(|error| CommandError::Failed(format!("cannot find the current folder: {error}"))),
    }
}

fn refused(path: &Path, why: &str) -> CommandError {
    CommandError::Configuration(format!("`{}`: {why}", path.display()))
}

/// Why there is nothing, and what has nearly this name.
fn missing(path: &Path, error: &std::io::Error) -> String {
    if error.kind() != std::io::ErrorKind::NotFound {
        return error.to_string();
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside: Vec<_> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().filter(|entry| entry.path().join("Cargo.toml").is_file())?.file_name().into_string().ok())
        .collect();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let hint = nearest(&name, beside.iter().map(String::as_str)).map(|name| format!("; did you mean `{name}`?"));
    format!("there is no such folder{}", hint.unwrap_or_default())
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.is_file() && metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(metadata: &fs::Metadata) -> bool {
    metadata.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place_of(path: &Path, bin: Option<&str>) -> Result<Place, String> {
        let args = BuildArgs { path: Some(path.to_owned()), bin: bin.map(str::to_owned), debug: false };
        Place::of(&args).map_err(|error| error.to_string())
    }

    #[test]
    fn a_package_is_named_by_its_folder_or_by_its_manifest() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("бот 1");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("Cargo.toml"), "").unwrap();
        assert_eq!(place_of(&folder, None), Ok(Place::Folder(folder.clone())));
        assert_eq!(place_of(&folder.join("Cargo.toml"), None), Ok(Place::Folder(folder)));
    }

    #[test]
    fn a_folder_that_is_no_package_names_the_one_above_that_is() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("src")).unwrap();
        fs::write(home.path().join("Cargo.toml"), "").unwrap();
        let error = place_of(&home.path().join("src"), None).unwrap_err();
        assert!(error.ends_with(&format!("the nearest one above is in `{}`", home.path().display())), "{error}");
        let error = place_of(&home.path().join("scr"), None).unwrap_err();
        assert!(error.ends_with("/scr`: there is no such folder"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_program_runs_where_its_configuration_is() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let release = home.path().join("target/release");
        fs::create_dir_all(&release).unwrap();
        let executable = release.join("my-bot");
        fs::write(&executable, "").unwrap();
        assert!(place_of(&executable, None).unwrap_err().ends_with("is neither a folder nor a program"));
        fs::set_permissions(&executable, fs::Permissions::from_mode(0o755)).unwrap();
        let program = |folder| Place::Program(Program { name: "my-bot".to_owned(), executable: executable.clone(), folder });
        assert_eq!(place_of(&executable, None), Ok(program(absolute(".").unwrap())));
        fs::write(home.path().join("metaexpert.toml"), "").unwrap();
        assert_eq!(place_of(&executable, None), Ok(program(home.path().to_owned())));
        assert!(place_of(&executable, Some("x")).unwrap_err().starts_with("flag --bin: is for a folder that is built"));
    }
}
