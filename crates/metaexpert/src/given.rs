//! From what the sources gave as text to one configuration and one set of inputs for each expert.

use metaexpert_core::{
    ConfigError,
    config::{Layer, OnInit, Origin, Resolved},
    expert::{ExpertEntry, InputKey, InputValues},
};

use crate::this_version;

/// What the front needs to know of an expert.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) settings: OnInit,
    pub(crate) inputs: Vec<InputKey>,
}

impl From<&ExpertEntry> for Subject {
    fn from(entry: &ExpertEntry) -> Self {
        Self { name: entry.name().to_owned(), settings: *entry.settings(), inputs: entry.inputs() }
    }
}

/// The texts that one source gives, by the names of keys and inputs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) keys: Vec<(&'static str, String)>,
    pub(crate) inputs: Vec<(&'static str, String)>,
}

impl Given {
    /// The keys as a layer; every one that cannot be is put to `refused`.
    pub(crate) fn layer(&self, origin: Origin, refused: &mut Vec<ConfigError>) -> Layer {
        let mut layer = Layer::default();
        for (name, text) in &self.keys {
            match layer.set(name, text) {
                Some(Ok(())) => {}
                Some(Err(bad)) => refused.push(bad.at(origin.place_of(name))),
                None => refused.push(ConfigError::about(origin.place_of(name), "unknown key")),
            }
        }
        layer
    }
}

/// The configuration that code and attribute alone make for an expert.
pub(crate) fn in_code(code: &Layer, expert: &Subject) -> Result<Resolved, ConfigError> {
    Ok(Resolved::default().overlay(code.clone(), Origin::Code).overlay(expert.settings.layer()?, Origin::Attribute))
}

/// The effective configuration of an expert.
///
/// # Errors
/// Every rule that it breaks.
pub(crate) fn resolve(code: &Layer, expert: &Subject, variables: &Layer, flags: &Layer) -> Result<Resolved, Vec<ConfigError>> {
    let resolved = in_code(code, expert).map_err(|error| vec![error])?;
    let resolved = resolved.overlay(variables.clone(), Origin::Environment).overlay(flags.clone(), Origin::Flag);
    let mut refused = this_version::refusals(&resolved);
    refused.extend(resolved.check());
    if refused.is_empty() { Ok(resolved) } else { Err(refused) }
}

/// The inputs of an expert: variables, and flags over them. What is not given has its default, and other experts' are left out.
pub(crate) fn inputs_of(expert: &Subject, variables: &Given, flags: &Given) -> InputValues {
    let mut values = InputValues::new();
    for (source, origin) in [(variables, Origin::Environment), (flags, Origin::Flag)] {
        for (name, text) in source.inputs.iter().filter(|(name, _)| expert.inputs.iter().any(|input| input.name == *name)) {
            values.set(*name, text, place_of_input(origin, name));
        }
    }
    values
}

/// How an input is written in a source.
pub(crate) fn place_of_input(origin: Origin, name: &str) -> String {
    match origin {
        Origin::Environment => origin.place_of(&format!("input_{name}")),
        Origin::Default | Origin::Code | Origin::Attribute | Origin::Flag => origin.place_of(name),
    }
}

/// Every input with its effective value, as a user would write it.
pub(crate) fn shown_inputs(expert: &Subject, inputs: &InputValues) -> Vec<(String, String)> {
    let text_of = |input: &InputKey| inputs.get(input.name).map_or_else(|| input.default.clone(), |(text, _)| text.to_owned());
    expert.inputs.iter().map(|input| (input.name.to_owned(), text_of(input))).collect()
}
