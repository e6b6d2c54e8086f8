//! The layers of one expert, put on top of each other by the crate `config`.
//!
//! Each source is a [`Source`] of that crate, whose values are texts with the place where they stand as their origin: what the
//! stronger source says replaces what the weaker one does, its origin included. That origin is a text too, which errors and
//! `--print-config` show; the [`Origin`] behind it is found again by it.
//!
//! Defaults are no source: they are what [`Resolved`] holds where no layer says anything, and only the table of keys knows them.

use config::{Config, ConfigError as MergeError, Map, Source, Value, ValueKind};
use metaexpert_core::{
    ConfigError,
    config::{KEYS, Layer, Origin, Resolved},
    expert::{InputKey, InputValues},
};

use crate::given::{Given, Said, Subject, input_values, place_of_input};

/// What one expert is to run with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    pub(crate) resolved: Resolved,
    /// The inputs that some source gives; the others have their defaults.
    pub(crate) inputs: Vec<Said>,
}

impl Plan {
    /// Merges the code's layers and these, weakest first. What cannot be is left out, and put to `refused`.
    pub(crate) fn of(code: &Layer, expert: &Subject<'_>, sources: &[Given], refused: &mut Vec<ConfigError>) -> Self {
        let attribute = expert.settings.layer().unwrap_or_else(|error| {
            refused.push(error);
            Layer::default()
        });
        let mut layers = vec![Given::in_code(code, &Origin::Code), Given::in_code(&attribute, &Origin::Attribute)];
        layers.extend(sources.iter().map(|source| source.fit(expert, refused)));
        let mut refuse = |error| refused.push(error);
        let Given { keys, inputs } = merged(&layers, expert).map_err(&mut refuse).unwrap_or_default();
        let values = keys.iter().map(|said| (said.name, said.text.as_str(), said.origin.clone()));
        let resolved = Resolved::of(values).map_err(&mut refuse).unwrap_or_default();
        // Not for the values, which were tried one by one, but for what is wrong with the declaration of an input.
        (expert.try_inputs)(input_values(&inputs)).unwrap_or_else(refuse);
        Self { resolved, inputs }
    }

    /// The inputs, as an expert is given them.
    pub(crate) fn input_values(&self) -> InputValues {
        input_values(&self.inputs)
    }

    /// The source that gives an input, if one does.
    pub(crate) fn input(&self, name: &str) -> Option<&Said> {
        self.inputs.iter().find(|said| said.name == name)
    }

    /// Every input with its effective value, as a user would write it.
    pub(crate) fn shown_inputs(&self, expert: &Subject<'_>) -> Vec<(String, String)> {
        let text_of = |input: &InputKey| self.input(input.name).map_or_else(|| input.default.clone(), |said| said.text.clone());
        expert.inputs.iter().map(|input| (input.name.to_owned(), text_of(input))).collect()
    }
}

/// Where the inputs stand among the keys: under a name that is none, as in `metaexpert.toml`.
const INPUTS: &str = "inputs";

/// What the layers come to, weakest first.
fn merged(layers: &[Given], expert: &Subject<'_>) -> Result<Given, ConfigError> {
    let refused = |error: MergeError| ConfigError::about("configuration", error.to_string());
    let builder = layers.iter().fold(Config::builder(), |builder, layer| builder.add_source(OneLayer::from(layer)));
    let mut keys = builder.build().and_then(|whole| whole.cache.into_table()).map_err(refused)?;
    let inputs = keys.remove(INPUTS).map_or_else(|| Ok(Map::new()), Value::into_table).map_err(refused)?;
    let key_names = KEYS.iter().map(|key| key.name);
    let input_names = expert.inputs.iter().map(|input| input.name);
    Ok(Given {
        keys: winners(key_names, &keys, layers, |layer| &layer.keys, Origin::place_of)?,
        inputs: winners(input_names, &inputs, layers, |layer| &layer.inputs, place_of_input)?,
    })
}

/// Each name that has a value, with the source that the value's origin names.
fn winners(
    names: impl Iterator<Item = &'static str>,
    values: &Map<String, Value>,
    layers: &[Given],
    part: fn(&Given) -> &Vec<Said>,
    place_of: fn(&Origin, &str) -> String,
) -> Result<Vec<Said>, ConfigError> {
    let winner = |name: &'static str| {
        let value = values.get(name)?;
        let is_origin = |said: &&Said| said.name == name && value.origin() == Some(place_of(&said.origin, name).as_str());
        let text = value.clone().into_string().map_err(|error| ConfigError::about(name, error.to_string()));
        let origin = layers.iter().rev().flat_map(part).find(is_origin).map(|said| said.origin.clone())?;
        Some(text.map(|text| Said { name, text, origin }))
    };
    names.filter_map(winner).collect()
}

/// A layer as the crate `config` takes it.
#[derive(Debug, Clone)]
struct OneLayer(Map<String, Value>);

impl From<&Given> for OneLayer {
    fn from(layer: &Given) -> Self {
        let value = |said: &Said, place: String| (said.name.to_owned(), Value::new(Some(&place), said.text.clone()));
        let mut values: Map<_, _> = layer.keys.iter().map(|said| value(said, said.origin.place_of(said.name))).collect();
        let inputs = layer.inputs.iter().map(|said| value(said, place_of_input(&said.origin, said.name)));
        values.insert(INPUTS.to_owned(), Value::new(None, ValueKind::Table(inputs.collect())));
        Self(values)
    }
}

impl Source for OneLayer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, MergeError> {
        Ok(self.0.clone())
    }
}
