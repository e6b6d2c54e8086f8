//! The file `.env`: variables for those who would rather not set them in a shell, credentials above all.
//!
//! It holds what the environment could hold, and is put below it: variables with our prefix, and the credentials. All others are
//! somebody else's. It is read, and never made part of the process's own environment, so that nothing that an expert starts
//! inherits a secret.
//!
//! How a line is read is dotenvy's, but for one thing: a `$NAME` in a value would stand for another variable, and a value of ours in
//! which it does is refused, for a passphrase with a `$` in it would become another one in silence. `metaexpert doctor` reads
//! the file too, before there is a program to ask, with a reader of its own (`doctor/env_file.rs`): what is a variable, what is set
//! twice and what has such a `$` is the same there.

use std::{cell::Cell, collections::BTreeMap, io::Read, path::Path, rc::Rc};

use metaexpert_core::{
    ConfigError,
    config::{Line, Origin, REPLACED_DOLLAR, replaces_a_dollar},
};
use metaexpert_log::register_secret;

use super::{Subject, environment, is_secret, text::Text};
use crate::{
    credentials::{self, Credentials},
    given::Given,
};

const NAME: &str = ".env";

/// Reads the file, if there is one; what is wrong is put to `refused`.
pub(super) fn read(
    directory: &Path,
    experts: &[Subject<'_>],
    credentials: &mut Credentials,
    refused: &mut Vec<ConfigError>,
) -> Given {
    let path = directory.join(NAME);
    match Text::read(&path, NAME) {
        Ok(Some(text)) => sort_out(&text, &path, experts, credentials, refused),
        Ok(None) => Given::default(),
        Err(error) => {
            refused.push(error);
            Given::default()
        }
    }
}

/// The values of the credentials that the file holds. What is wrong with it was said when it was read for its keys.
pub(crate) fn secrets(directory: &Path) -> Vec<(String, String)> {
    let Ok(Some(text)) = Text::read(&directory.join(NAME), NAME) else { return Vec::new() };
    let credentials = entries(&text.text).filter_map(|(_, entry)| entry.ok()).filter(|(name, _)| credentials::concerns(name));
    credentials.collect()
}

fn sort_out(
    text: &Text,
    path: &Path,
    experts: &[Subject<'_>],
    credentials: &mut Credentials,
    refused: &mut Vec<ConfigError>,
) -> Given {
    let mut given = Given::default();
    let mut seen = BTreeMap::new();
    for (line, entry) in entries(&text.text) {
        let line = Line { path: NAME.into(), number: line };
        // What the line says may be half a secret: it is not shown.
        let Ok((variable, value)) = entry else {
            let rule = "is not `NAME=value`; a value with blanks, quotation marks or `#` in it stands in quotation marks";
            refused.push(ConfigError::about(line.to_string(), rule));
            continue;
        };
        if is_secret(&variable) {
            register_secret(&value);
        }
        let is_credential = credentials::concerns(&variable);
        let place = format!("{line}: {variable}");
        if (is_credential || environment::concerns(&variable)) && replaces_a_dollar(&text.text, line.number) {
            refused.push(ConfigError::about(place, REPLACED_DOLLAR));
            continue;
        }
        match environment::put(&variable, value.clone(), &Origin::EnvironmentFile(line.clone()), experts, &mut given) {
            Some(Err(unknown)) => refused.push(unknown.at(place)),
            None if !is_credential => {}
            Some(Ok(())) | None => {
                if let Some(first) = seen.insert(variable.clone(), line.number) {
                    refused.push(ConfigError::about(place, format!("is set twice; the first stands in line {first}")));
                } else if is_credential && !value.is_empty() {
                    credentials.file = Some((path.to_owned(), text.mode));
                    if credentials.place_of(&variable).is_none() {
                        credentials.set.push((variable, line.to_string()));
                    }
                }
            }
        }
    }
    given
}

/// Each entry with the line that it begins in.
fn entries(text: &str) -> impl Iterator<Item = (usize, dotenvy::Result<(String, String)>)> {
    let taken = Rc::new(Cell::new(0));
    let mut entries = dotenvy::from_read_iter(LineByLine { rest: text.as_bytes(), taken: Rc::clone(&taken) });
    std::iter::from_fn(move || {
        let before = taken.get();
        let entry = entries.next()?;
        // Blank lines and comments before an entry are passed over together with it.
        let is_passed_over = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with('#');
        Some((1 + before + text.lines().skip(before).take_while(is_passed_over).count(), entry))
    })
}

/// Hands out one line at a time, and so knows which line a parser has come to that does not tell.
struct LineByLine<'a> {
    rest: &'a [u8],
    taken: Rc<Cell<usize>>,
}

impl Read for LineByLine<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let end = self.rest.iter().position(|byte| *byte == b'\n').map_or(self.rest.len(), |newline| newline + 1);
        let (line, rest) = self.rest.split_at(end.min(buffer.len()));
        buffer.get_mut(..line.len()).unwrap_or_default().copy_from_slice(line);
        self.taken.set(self.taken.get() + usize::from(line.ends_with(b"\n")));
        self.rest = rest;
        Ok(line.len())
    }
}
