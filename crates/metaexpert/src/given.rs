//! What the sources say of keys and inputs, each with where it stands, and what of it can be.
//!
//! The one decision: values stay text until all layers are merged, and each is tried on its key as soon as it is read. So a bad
//! value is an error with its own place, also where a stronger layer hides it: it would come to light on the worst of days.

use metaexpert_core::{
    ConfigError, Error,
    config::{Layer, OnInit, Origin},
    expert::{ExpertEntry, InputKey, InputValues},
};

/// What the front needs to know of an expert.
pub(crate) struct Subject<'a> {
    pub(crate) name: String,
    pub(crate) settings: OnInit,
    pub(crate) inputs: Vec<InputKey>,
    /// Says what is wrong with these values for its inputs.
    pub(crate) try_inputs: Box<TryInputs<'a>>,
}

type TryInputs<'a> = dyn Fn(InputValues) -> Result<(), ConfigError> + 'a;

impl<'a> From<&'a ExpertEntry> for Subject<'a> {
    fn from(entry: &'a ExpertEntry) -> Self {
        let try_inputs = |values| match entry.instantiate(values) {
            Ok(_) => Ok(()),
            Err(Error::Config(error)) => Err(error),
            Err(other) => Err(ConfigError::about(format!("expert `{}`", entry.name()), other.to_string())),
        };
        Self {
            name: entry.name().to_owned(),
            settings: *entry.settings(),
            inputs: entry.inputs(),
            try_inputs: Box::new(try_inputs),
        }
    }
}

/// A value that a source gives to a key or an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) name: &'static str,
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

/// All that one source says.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) keys: Vec<Said>,
    pub(crate) inputs: Vec<Said>,
}

impl Given {
    /// What the code says: a builder or an attribute.
    pub(crate) fn in_code(layer: &Layer, origin: &Origin) -> Self {
        let said = |(name, text)| Said { name, text, origin: origin.clone() };
        Self { keys: layer.texts().into_iter().map(said).collect(), inputs: Vec::new() }
    }

    /// What of it an expert can have: other experts' inputs are left out, and bad values are put to `refused`.
    pub(crate) fn fit(&self, expert: &Subject<'_>, refused: &mut Vec<ConfigError>) -> Self {
        let mut fit = Self::default();
        for said in &self.keys {
            match Layer::default().set(said.name, &said.text) {
                Some(Ok(())) => fit.keys.push(said.clone()),
                Some(Err(bad)) => refused.push(bad.at(said.origin.place_of(said.name))),
                None => refused.push(ConfigError::about(said.origin.place_of(said.name), "unknown key")),
            }
        }
        for said in self.inputs.iter().filter(|said| expert.inputs.iter().any(|input| input.name == said.name)) {
            match (expert.try_inputs)(input_values([said])) {
                Ok(()) => fit.inputs.push(said.clone()),
                Err(bad) => refused.push(bad),
            }
        }
        fit
    }
}

/// These inputs, as an expert is given them.
pub(crate) fn input_values<'a>(inputs: impl IntoIterator<Item = &'a Said>) -> InputValues {
    let mut values = InputValues::new();
    for said in inputs {
        values.set(said.name, &said.text, place_of_input(&said.origin, said.name));
    }
    values
}

/// How an input is written in a source.
pub(crate) fn place_of_input(origin: &Origin, name: &str) -> String {
    match origin {
        Origin::Environment | Origin::EnvironmentFile(_) => origin.place_of(&format!("input_{name}")),
        Origin::File(_) => origin.place_of(&format!("inputs.{name}")),
        Origin::Default | Origin::Code | Origin::Attribute | Origin::Flag => origin.place_of(name),
    }
}
