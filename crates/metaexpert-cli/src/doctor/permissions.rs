//! What an expert and this command have to write, and what nobody else may read.

use std::{
    io,
    path::{Component, Path, PathBuf},
};

use super::{Surroundings, env_file::EnvFile, finding::Finding, venues::VENUES};

pub(super) fn log_folder(surroundings: &Surroundings) -> Finding {
    let folder = surroundings.setting("log_dir").unwrap_or_else(|| metaexpert_core::Config::default().log_dir);
    // A folder of each expert's own (`logs/{expert}`) is made in the one above it.
    let named: PathBuf = Path::new(&folder).components().take_while(|part| !holds_the_expert(part)).collect();
    writable(&surroundings.project.join(named))
}

pub(super) fn state_folder(surroundings: &Surroundings) -> Finding {
    let Some(folder) = &surroundings.state_folder else {
        return Finding::failed("there is no home folder", "set `HOME` or `XDG_STATE_HOME`");
    };
    writable(folder)
}

/// `.env` holds what moves money, so it is its owner's alone.
pub(super) fn env_file(surroundings: &Surroundings) -> Finding {
    let path = surroundings.project.join(".env");
    match &surroundings.env_file {
        EnvFile::Missing => Finding::skipped("there is none"),
        EnvFile::Unreadable(why) => {
            Finding::failed(format!("cannot be read: {why}"), format!("make it readable for you: {}", path.display()))
        }
        EnvFile::Broken(line) => {
            let place = line.map(|line| format!(":{line}")).unwrap_or_default();
            Finding::failed(format!("{}{place}: is not `NAME=value`", path.display()), "write one variable in each line")
        }
        EnvFile::Refused(line, name, why) => Finding::failed(
            format!("{}:{line}: {name}: {why}", path.display()),
            "an expert refuses the whole file until that line is mended",
        ),
        EnvFile::Read(_) => privacy(&path, holds_credentials(&surroundings.env_file)),
    }
}

fn holds_credentials(file: &EnvFile) -> bool {
    let mut names = VENUES.iter().flat_map(|venue| venue.credentials);
    names.any(|name| file.variable(name).is_some_and(|(value, _)| !value.is_empty()))
}

#[cfg(unix)]
fn privacy(path: &Path, credentials: bool) -> Finding {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = match path.metadata() {
        Ok(metadata) => metadata.permissions().mode() & 0o777,
        Err(error) => return Finding::failed(format!("cannot be looked at: {error}"), "see whose it is"),
    };
    let others = mode & 0o077;
    let advice = format!("take the others' rights away: `chmod 600 {}`", path.display());
    match (others, credentials) {
        (0, _) => Finding::ok(format!("only its owner may read it ({mode:03o})")),
        (_, true) => {
            Finding::failed(format!("holds credentials, and others may read or change it ({mode:03o}); live refuses it"), advice)
        }
        (_, false) => Finding::warning(format!("others may read or change it ({mode:03o})"), advice),
    }
}

#[cfg(not(unix))]
fn privacy(_path: &Path, _credentials: bool) -> Finding {
    Finding::skipped("who may read it is not known on this system")
}

/// Makes a file without a name, which is gone at once. A folder that is not there yet is tried where it will be made.
fn writable(folder: &Path) -> Finding {
    let there = nearest_folder(folder);
    if folder.exists() && !folder.is_dir() {
        return Finding::failed(format!("{} is a file", folder.display()), "move it away, or name another folder");
    }
    match tempfile::tempfile_in(there) {
        Ok(_) if there == folder => Finding::ok(format!("{} can be written", folder.display())),
        Ok(_) => Finding::ok(format!("{} can be made", folder.display())),
        Err(error) => Finding::failed(
            format!("{} cannot be written: {}", there.display(), in_one_line(&error)),
            "see whose folder it is: `ls -ld` it, then `chown` or `chmod` it",
        ),
    }
}

/// Without the temporary file's name, which is nobody's.
fn in_one_line(error: &io::Error) -> String {
    error.kind().to_string()
}

fn holds_the_expert(part: &Component<'_>) -> bool {
    part.as_os_str().to_string_lossy().contains('{')
}

/// The folder itself, or the nearest one above it that is there.
pub(super) fn nearest_folder(folder: &Path) -> &Path {
    folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(folder)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::doctor::Status;

    #[test]
    fn a_folder_that_is_not_there_yet_is_tried_where_it_will_be_made_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let finding = writable(&folder.path().join("a/b"));
        assert_eq!(finding, Finding::ok(format!("{}/a/b can be made", folder.path().display())));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }

    #[test]
    fn a_file_in_the_place_of_a_folder_has_failed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("logs"), "").unwrap();
        let surroundings = Surroundings::of_folder(folder.path());
        let finding = log_folder(&surroundings);
        assert_eq!((finding.status, finding.found.ends_with("logs is a file")), (Status::Failed, true), "{finding:?}");
    }

    #[test]
    fn the_log_folder_is_the_one_that_the_project_names() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("metaexpert.toml"), "log_dir = 'kept/{expert}/logs'").unwrap();
        let surroundings = Surroundings::of_folder(folder.path());
        assert!(log_folder(&surroundings).found.ends_with("/kept can be made"), "{:?}", log_folder(&surroundings));
        let surroundings = surroundings.with_variable("METAEXPERT_LOG_DIR", "elsewhere");
        assert!(log_folder(&surroundings).found.ends_with("/elsewhere can be made"));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_with_credentials_that_others_may_read_has_failed() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        let look = |text: &str, mode: u32| {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            env_file(&Surroundings::of_folder(folder.path()))
        };
        let (with, without) = ("OKX_API_KEY=x\n", "OKX_API_KEY=\nLEVERAGE=2\n");
        let cases = [
            (with, 0o600, Status::Ok),
            (with, 0o400, Status::Ok),
            (with, 0o640, Status::Failed),
            (with, 0o602, Status::Failed),
            (without, 0o644, Status::Warning),
            (without, 0o600, Status::Ok),
        ];
        for (text, mode, status) in cases {
            assert_eq!(look(text, mode).status, status, "{text} {mode:o}");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let broken = look("A=1\nnot a variable\n", 0o600);
        assert!(broken.found.ends_with(".env:2: is not `NAME=value`"), "{}", broken.found);
    }
}
