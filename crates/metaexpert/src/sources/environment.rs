//! Variables of the environment: `METAEXPERT_LEVERAGE=10` is a key, `METAEXPERT_INPUT_FAST=9` is an input.
//!
//! Every variable that begins with `METAEXPERT_` must be one of them; others are not ours, and are not looked at but for the
//! credentials, of which only the names are kept.

use std::ffi::OsString;

use metaexpert_core::{
    ConfigError,
    config::{Key, KeyValue, Origin},
};

use super::{Spelling, Subject, Unknown, input_named, key_named};
use crate::{
    credentials::{self, Credentials},
    given::{Given, Said},
};

const PREFIX: &str = "METAEXPERT_";
const INPUT: &str = "INPUT_";

const SPELLING: Spelling = Spelling {
    name: str::to_uppercase,
    key: |key| format!("`{PREFIX}{}`", key.to_uppercase()),
    input: |input| format!("`{PREFIX}{INPUT}{}`", input.to_uppercase()),
};

/// The credentials that the environment holds.
pub(super) fn credentials(variables: &[(OsString, OsString)]) -> Credentials {
    let names = variables.iter().filter(|(_, value)| !value.is_empty()).filter_map(|(name, _)| name.to_str());
    let set = names.filter(|name| credentials::concerns(name)).map(|name| (name.to_owned(), credentials::ENVIRONMENT.to_owned()));
    Credentials { set: set.collect(), file: None }
}

/// Sorts out the variables; every one that cannot be ours and has our prefix is put to `refused`.
pub(super) fn read(variables: Vec<(OsString, OsString)>, experts: &[Subject<'_>], refused: &mut Vec<ConfigError>) -> Given {
    let mut ours: Vec<_> = variables
        .into_iter()
        .filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            concerns(&name).then_some((name, value))
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
        if let Some(Err(unknown)) = put(&variable, value, &Origin::Environment, experts, &mut given) {
            refused.push(unknown.at(variable));
        }
    }
    given
}

/// Whether a variable is to be a key or an input.
pub(super) fn concerns(variable: &str) -> bool {
    variable.starts_with(PREFIX) && !credentials::OF_NOTICES.contains(&variable)
}

/// Puts a variable to what is given; `None` where its name is not one of ours.
pub(super) fn put(
    variable: &str,
    text: String,
    origin: &Origin,
    experts: &[Subject<'_>],
    given: &mut Given,
) -> Option<Result<(), Unknown>> {
    let name = variable.strip_prefix(PREFIX).filter(|_| concerns(variable))?;
    let origin = origin.clone();
    Some(match name.strip_prefix(INPUT) {
        Some(input) => input_named(input, &SPELLING, experts).map(|name| given.inputs.push(Said { name, text, origin })),
        None => key_named(name, &SPELLING, experts).map(|name| given.keys.push(Said { name, text: switch(name, text), origin })),
    })
}

/// What was written, but for a 1 or a 0 in the place of true or false: that is how an environment says it.
fn switch(key: &str, text: String) -> String {
    let is_switch = Key::find(key).is_some_and(|key| key.placeholder == <bool as KeyValue>::PLACEHOLDER);
    match text.trim() {
        "1" if is_switch => "true".to_owned(),
        "0" if is_switch => "false".to_owned(),
        _ => text,
    }
}
