//! The folder of an expert: that it is one, that its file of keys can be understood, and that its credentials stay out of git.
//!
//! Whether each value of a key will do is for the expert to say, which knows its inputs too: `--print-config`.

use std::{fs, io, path::Path};

use ignore::gitignore::GitignoreBuilder;
use metaexpert_core::config::{KEYS, Key, nearest};
use metaexpert_log::{FieldKind, Masker};
use toml_edit::{Document, Item, Table};

use super::{Surroundings, finding::Finding};
use crate::{program, user_defaults::in_one_line};

/// `Cargo.toml`: there, a package, and one that depends on MetaExpert.
pub(super) fn manifest(surroundings: &Surroundings) -> Finding {
    let path = surroundings.project.join("Cargo.toml");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !surroundings.project_named => {
            return Finding::skipped(format!("{} is not the folder of an expert", surroundings.project.display()));
        }
        Err(error) => {
            let found = format!("{}: {}", path.display(), error.kind());
            return Finding::failed(found, "name the folder of an expert, or make one: `metaexpert new my-bot`");
        }
    };
    let document = match Document::parse(text.as_str()) {
        Ok(document) => document,
        Err(error) => return not_toml(&path, &text, &error),
    };
    let Some(name) = document.get("package").and_then(|package| package.get("name")).and_then(Item::as_str) else {
        return Finding::warning(
            format!("{} is a workspace without a package", path.display()),
            "name the folder of one of its experts",
        );
    };
    if depends_on_metaexpert(document.as_table()) {
        Finding::ok(format!("{name} depends on metaexpert"))
    } else {
        Finding::failed(format!("{name} does not depend on metaexpert"), "add it: `cargo add metaexpert`")
    }
}

/// `metaexpert.toml`: TOML, with keys that there are, and no credentials.
pub(super) fn configuration(surroundings: &Surroundings) -> Finding {
    let path = surroundings.project.join("metaexpert.toml");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Finding::skipped("there is none"),
        Err(error) => return Finding::failed(format!("cannot be read: {}", error.kind()), format!("see {}", path.display())),
    };
    let document = match Document::parse(text.as_str()) {
        Ok(document) => document,
        Err(error) => return not_toml(&path, &text, &error),
    };
    for (name, _) in document.iter() {
        if let Some((what, advice)) = wrong(name) {
            let line = line_of(&text, document.as_table().key(name).and_then(toml_edit::Key::span).map(|span| span.start));
            return Finding::failed(format!("{}:{line}: `{name}` {what}", path.display()), advice);
        }
    }
    Finding::ok(format!("keys set: {}", document.iter().filter(|(name, _)| *name != "inputs").count()))
}

/// `.gitignore`: what holds credentials must not be committed.
pub(super) fn git_ignores_env(surroundings: &Surroundings) -> Finding {
    if !surroundings.is_project() {
        return Finding::skipped("not the folder of an expert");
    }
    if program::ask("git", &["ls-files", "--error-unmatch", ".env"], &surroundings.project, surroundings.left()).is_ok() {
        let advice =
            "take it out with `git rm --cached .env`, and make new keys at the exchange: the old ones are in the history";
        return Finding::failed("`.env` is in git already", advice);
    }
    if is_ignored(&surroundings.project, ".env") {
        Finding::ok("keeps `.env` out of git")
    } else {
        let path = surroundings.project.join(".gitignore");
        Finding::warning("does not keep `.env` out of git", format!("put the line `.env` into {}", path.display()))
    }
}

/// What is wrong with a key by its name, and what to do.
fn wrong(name: &str) -> Option<(String, String)> {
    if name == "inputs" || Key::find(name).is_some() {
        return None;
    }
    if Masker::new().kind_of(name) == FieldKind::Secret {
        let advice = "take it out; credentials belong in the environment or in `.env`, which only its owner may read";
        return Some(("is a credential, and others may read this file".to_owned(), advice.to_owned()));
    }
    let meant = nearest(name, KEYS.iter().map(|key| key.name)).map(|key| format!("; did you mean `{key}`?")).unwrap_or_default();
    Some((
        format!("is not a key{meant}"),
        "the expert's `--help` lists every key; its own inputs stand under `[inputs]`".to_owned(),
    ))
}

fn not_toml(path: &Path, text: &str, error: &toml_edit::TomlError) -> Finding {
    let line = line_of(text, error.span().map(|span| span.start));
    Finding::failed(format!("{}:{line}: is not TOML: {}", path.display(), in_one_line(error)), "mend it with an editor")
}

fn line_of(text: &str, at: Option<usize>) -> usize {
    at.and_then(|at| text.get(..at)).unwrap_or_default().matches('\n').count() + 1
}

/// Under its own name or another: `bot = { package = "metaexpert", .. }`.
fn depends_on_metaexpert(manifest: &Table) -> bool {
    let Some(dependencies) = manifest.get("dependencies").and_then(Item::as_table_like) else {
        return false;
    };
    let package = |item: &Item| item.get("package").and_then(Item::as_str) == Some("metaexpert");
    dependencies.iter().any(|(name, item)| package(item) || (name == "metaexpert" && item.get("package").is_none()))
}

/// As git does it: the nearest `.gitignore` that says anything decides, up to the top of the repository.
fn is_ignored(folder: &Path, name: &str) -> bool {
    let path = folder.join(name);
    let top = folder.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(folder);
    let said = folder.ancestors().take_while(|folder| folder.starts_with(top)).find_map(|folder| {
        let mut builder = GitignoreBuilder::new(folder);
        // A line that is no pattern is not one for git either.
        drop(builder.add(folder.join(".gitignore")));
        let matched = builder.build().ok()?.matched_path_or_any_parents(&path, false).map(|_| ());
        (!matched.is_none()).then(|| matched.is_ignore())
    });
    said.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::doctor::Status;

    fn project(files: &[(&str, &str)]) -> (TempDir, Surroundings) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let surroundings = Surroundings::of_folder(folder.path());
        (folder, surroundings)
    }

    #[test]
    fn an_expert_is_a_package_that_depends_on_metaexpert() {
        let package = "[package]\nname = 'bot'\n";
        let cases = [
            ("[dependencies]\nmetaexpert = '0.1'", Status::Ok),
            ("[dependencies]\nmetaexpert.workspace = true", Status::Ok),
            ("[dependencies]\nme = { package = 'metaexpert', version = '0.1' }", Status::Ok),
            ("[dependencies.metaexpert]\npath = '..'", Status::Ok),
            ("[dependencies]\nmetaexpert = { package = 'other', version = '1' }", Status::Failed),
            ("[dependencies]\nserde = '1'", Status::Failed),
            ("", Status::Failed),
            ("[dependencies", Status::Failed),
        ];
        for (rest, status) in cases {
            let (_folder, surroundings) = project(&[("Cargo.toml", &format!("{package}{rest}"))]);
            assert_eq!(manifest(&surroundings).status, status, "{rest}");
        }
        let (_folder, workspace) = project(&[("Cargo.toml", "[workspace]\nmembers = ['a']")]);
        assert_eq!(manifest(&workspace).status, Status::Warning);
    }

    #[test]
    fn a_folder_that_was_named_has_to_be_an_experts_and_the_current_one_does_not() {
        let (_folder, mut surroundings) = project(&[]);
        assert_eq!(manifest(&surroundings).status, Status::Failed);
        surroundings.project_named = false;
        assert_eq!(manifest(&surroundings).status, Status::Skipped);
    }

    #[test]
    fn a_file_of_keys_is_wrong_with_its_line() {
        let cases = [
            ("leverage = 10\ntrade_hours = [9]\n[inputs]\nfast = 9\n", "keys set: 2"),
            ("leverage = 10\nlevrage = 5\n", ":2: `levrage` is not a key; did you mean `leverage`?"),
            ("\n\nBINANCE_API_SECRET = 'hush'\n", ":3: `BINANCE_API_SECRET` is a credential, and others may read this file"),
            ("leverage = 10\nleverage = 5\n", ":2: is not TOML: duplicate key"),
        ];
        for (text, expected) in cases {
            let (_folder, surroundings) = project(&[("metaexpert.toml", text)]);
            let found = configuration(&surroundings).found;
            assert!(found.ends_with(expected) && !found.contains("hush"), "{found}");
        }
    }

    #[test]
    fn credentials_stay_out_of_git_by_the_nearest_word_on_them() {
        let manifest = ("bots/a/Cargo.toml", "");
        let cases: [(&[(&str, &str)], bool); 7] = [
            (&[("bots/a/.gitignore", ".env\n")], true),
            (&[("bots/a/.gitignore", "/.env*\n!.env.example\n")], true),
            (&[("bots/a/.gitignore", "target\n")], false),
            (&[("bots/.gitignore", ".env\n")], true),
            (&[(".gitignore", "/.env\n")], false),
            (&[(".gitignore", ".env\n"), ("bots/a/.gitignore", "!.env\n")], false),
            (&[], false),
        ];
        for (files, ignored) in cases {
            let (folder, _) = project(&[files, &[manifest, (".git/HEAD", "")]].concat());
            let surroundings = Surroundings::of_folder(&folder.path().join("bots/a"));
            let expected = if ignored { Status::Ok } else { Status::Warning };
            assert_eq!(git_ignores_env(&surroundings).status, expected, "{files:?}");
        }
    }

    #[test]
    fn credentials_that_are_in_git_already_have_failed() {
        let (folder, surroundings) = project(&[("Cargo.toml", ""), (".env", ""), (".gitignore", ".env")]);
        let git = |arguments: &[&str]| program::ask("git", arguments, folder.path(), surroundings.left());
        if git(&["init"]).is_err() {
            return; // there is no git here, so there is nothing that it could hold
        }
        assert_eq!(git_ignores_env(&surroundings).status, Status::Ok);
        git(&["add", "--force", ".env"]).unwrap();
        assert_eq!(git_ignores_env(&surroundings).status, Status::Failed);
    }
}
