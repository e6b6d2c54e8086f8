//! Variables of the environment: `METAEXPERT_LEVERAGE=10` is a key, `METAEXPERT_INPUT_FAST=9` is an input.
//!
//! Every variable that begins with `METAEXPERT_` must be one of them; others are not ours and are not looked at.

use std::ffi::OsString;

use metaexpert_core::{
    ConfigError,
    config::{KEYS, Key, nearest},
};

use metaexpert_log::{FieldKind, Masker, register_secret};

use crate::given::{Given, Subject};

const PREFIX: &str = "METAEXPERT_";
const INPUT: &str = "INPUT_";

/// From now on no log and no message shows the credentials that stand in the environment: the values of all variables whose names
/// are those of secrets, such as `BINANCE_API_SECRET`.
pub(crate) fn keep_secret(variables: &[(OsString, OsString)]) {
    let masker = Masker::new();
    for (_, value) in variables.iter().filter(|(name, _)| masker.kind_of(&name.to_string_lossy()) == FieldKind::Secret) {
        register_secret(&value.to_string_lossy());
    }
}

/// Sorts out the variables; every one that cannot be ours and has our prefix is put to `refused`.
pub(crate) fn read(
    variables: impl IntoIterator<Item = (OsString, OsString)>,
    experts: &[Subject],
    refused: &mut Vec<ConfigError>,
) -> Given {
    let mut ours: Vec<_> = variables
        .into_iter()
        .filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            name.starts_with(PREFIX).then_some((name, value))
        })
        .collect();
    // The order of an environment is nobody's; that of errors should not change from run to run.
    ours.sort();

    let mut given = Given::default();
    for (variable, value) in ours {
        let Ok(value) = value.into_string() else {
            refused.push(ConfigError::about(variable, "its value is not UTF-8"));
            continue;
        };
        let name = variable.strip_prefix(PREFIX).unwrap_or_default();
        let known = match name.strip_prefix(INPUT) {
            Some(input) => find_input(input, experts).map(|name| given.inputs.push((name, value))),
            None => find_key(name).map(|name| given.keys.push((name, value))),
        };
        if let Err((rule, nearest)) = known {
            refused.push(ConfigError::about(variable, rule).or_nearest(nearest));
        }
    }
    given
}

type Unknown = (&'static str, Option<&'static str>);

fn find_key(name: &str) -> Result<&'static str, Unknown> {
    let is = |key: &str| key.to_uppercase() == name;
    if let Some(key) = KEYS.iter().find(|key| is(key.name)) {
        return Ok(key.name);
    }
    Err(("unknown key", nearest(name, KEYS.iter().map(|Key { name, .. }| *name))))
}

fn find_input(name: &str, experts: &[Subject]) -> Result<&'static str, Unknown> {
    let inputs = || experts.iter().flat_map(|expert| &expert.inputs).map(|input| input.name);
    let found = inputs().find(|input| input.to_uppercase() == name);
    found.ok_or_else(|| ("unknown input", nearest(name, inputs())))
}
