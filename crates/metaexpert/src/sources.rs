//! What stands outside of the program: `metaexpert.toml`, `.env`, the environment.
//!
//! The one decision: what a name means is asked in one place for all of them, so that a typing error, an input in the place of a
//! key gives the same words wherever it stands.

mod dotenv;
mod environment;
mod file;
mod text;

use std::{ffi::OsString, path::Path};

use metaexpert_core::{
    ConfigError,
    config::{KEYS, nearest},
};
use metaexpert_log::{FieldKind, Masker, register_secret};

use crate::{
    credentials::{self, Credentials},
    given::{Given, Subject},
};
pub(crate) use dotenv::secrets as secrets_in_file;

/// What the files and the environment say.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    pub(crate) file: Given,
    pub(crate) environment_file: Given,
    pub(crate) environment: Given,
    pub(crate) credentials: Credentials,
}

impl Sources {
    /// Reads them; all that is wrong is put to `refused`. `named` is the file that stands in for `metaexpert.toml`.
    pub(crate) fn read(
        directory: &Path,
        named: Option<&Path>,
        variables: Vec<(OsString, OsString)>,
        experts: &[Subject<'_>],
        refused: &mut Vec<ConfigError>,
    ) -> Self {
        let file = file::read(directory, named, experts, refused);
        let mut credentials = environment::credentials(&variables);
        let environment_file = dotenv::read(directory, experts, &mut credentials, refused);
        let environment = environment::read(variables, experts, refused);
        Self { file, environment_file, environment, credentials }
    }
}

/// From now on no log and no message shows the credentials that stand in the environment: the values of all variables whose names
/// are those of secrets, such as `BINANCE_API_SECRET`.
pub(crate) fn keep_secret(variables: &[(OsString, OsString)]) {
    for (_, value) in variables.iter().filter(|(name, _)| is_secret(&name.to_string_lossy())) {
        register_secret(&value.to_string_lossy());
    }
}

/// Whether something of this name is secret.
fn is_secret(name: &str) -> bool {
    credentials::OF_NOTICES.contains(&name) || Masker::new().kind_of(name) == FieldKind::Secret
}

/// Why a name is none of ours, and the nearest that is.
struct Unknown {
    rule: String,
    nearest: Option<&'static str>,
}

impl Unknown {
    fn at(self, place: impl Into<String>) -> ConfigError {
        ConfigError::about(place, self.rule).or_nearest(self.nearest)
    }
}

/// How a source writes names.
struct Spelling {
    /// The name itself, without what the source puts before it.
    name: fn(&str) -> String,
    /// What to write for a key.
    key: fn(&str) -> String,
    /// What to write for an input.
    input: fn(&str) -> String,
}

/// The key that a source calls `name`.
fn key_named(name: &str, spelling: &Spelling, experts: &[Subject<'_>]) -> Result<&'static str, Unknown> {
    let is = |key: &str| (spelling.name)(key) == name;
    if let Some(key) = KEYS.iter().find(|key| is(key.name)) {
        return Ok(key.name);
    }
    if let Some(input) = inputs(experts).find(|input| is(input)) {
        let rule = format!("`{input}` is an input, not a key; it is written {}", (spelling.input)(input));
        return Err(Unknown { rule, nearest: None });
    }
    Err(Unknown { rule: "unknown key".into(), nearest: nearest(name, KEYS.iter().map(|key| key.name)) })
}

/// The input that a source calls `name`, without what the source puts before inputs.
fn input_named(name: &str, spelling: &Spelling, experts: &[Subject<'_>]) -> Result<&'static str, Unknown> {
    let is = |input: &str| (spelling.name)(input) == name;
    if let Some(input) = inputs(experts).find(|input| is(input)) {
        return Ok(input);
    }
    if let Some(key) = KEYS.iter().find(|key| is(key.name)) {
        let rule = format!("`{}` is a key, not an input; it is written {}", key.name, (spelling.key)(key.name));
        return Err(Unknown { rule, nearest: None });
    }
    Err(Unknown { rule: "unknown input".into(), nearest: nearest(name, inputs(experts)) })
}

fn inputs<'a>(experts: &'a [Subject<'_>]) -> impl Iterator<Item = &'static str> + use<'a> {
    experts.iter().flat_map(|expert| &expert.inputs).map(|input| input.name)
}
