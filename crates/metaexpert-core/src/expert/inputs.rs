//! The author's own knobs: a struct that derives `Inputs`, read from text wherever it was given, with the keys to show for it.
//!
//! One decision: there is one description of an input, the chain of calls that the derive makes of the field's attribute
//! (`Input::new("fast", ..).default(12).min(5)`). Keys, defaults and values are three readings of it, so they cannot differ.
//!
//! What is not here: flags, variables and files. Whoever reads those puts texts into [`InputValues`], with where they stood.

mod declaration;
mod value;

use std::{
    any::{Any, TypeId},
    collections::BTreeMap,
};

pub use declaration::{Declared, Given, Input, InputReader, NoDefault, Written};
pub use value::InputValue;

use crate::{config::nearest, error::ConfigError};

/// A struct of inputs; made by `#[derive(Inputs)]`.
///
/// Handlers take it by reference. It has its defaults as `Default`.
#[diagnostic::on_unimplemented(message = "`{Self}` holds no inputs", label = "needs `#[derive(Inputs)]`")]
pub trait Inputs: Sized + 'static {
    /// Reads every field, in the order of the fields.
    #[doc(hidden)]
    fn read(reader: &mut InputReader<'_>) -> Self;

    /// What can be set, in the order of the fields.
    fn keys() -> Vec<InputKey> {
        let mut reader = InputReader::keys();
        Self::read(&mut reader);
        reader.into_keys()
    }

    /// The inputs with these values, and defaults where there is none. Values of other names are left alone.
    ///
    /// # Errors
    /// The first value that is not one of its input's, or the first declaration that contradicts itself.
    fn from_values(values: &InputValues) -> Result<Self, ConfigError> {
        let mut reader = InputReader::values(values);
        let inputs = Self::read(&mut reader);
        reader.finish().map(|()| inputs)
    }
}

/// One input, as shown to users and to the optimiser. Values are texts that [`Inputs::from_values`] reads back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputKey {
    /// The field's name.
    pub name: &'static str,
    /// The field's documentation; empty where there is none.
    pub doc: &'static str,
    /// What its values are: `integer`, `number`, `text`, ... ([`InputValue::KIND`]).
    pub kind: &'static str,
    /// Its value where none is given.
    pub default: String,
    /// Its smallest value.
    pub min: Option<String>,
    /// Its largest value.
    pub max: Option<String>,
    /// The distance between the values that an optimiser tries; other values may still be given.
    pub step: Option<String>,
    /// All its values; any, within its bounds, where there are none.
    pub choices: Vec<String>,
}

/// Texts for inputs by name, each with where it was given.
///
/// ```
/// use metaexpert_core::expert::InputValues;
/// let mut values = InputValues::new();
/// values.set("fast", "9", "flag --fast");
/// assert_eq!(values.names().collect::<Vec<_>>(), ["fast"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InputValues(BTreeMap<String, GivenText>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct GivenText {
    text: String,
    origin: String,
}

impl InputValues {
    /// No values: every input has its default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives an input a value, in place of one that it may have. `origin` is what an error calls it: `flag --fast`.
    pub fn set(&mut self, name: impl Into<String>, text: impl Into<String>, origin: impl Into<String>) {
        self.0.insert(name.into(), GivenText { text: text.into(), origin: origin.into() });
    }

    /// These values and one more, called ``input `name` `` in errors.
    #[must_use]
    pub fn with(mut self, name: &str, text: &str) -> Self {
        self.set(name, text, format!("input `{name}`"));
        self
    }

    /// The names that have a value, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The text and the origin of a value.
    pub fn get(&self, name: &str) -> Option<(&str, &str)> {
        self.0.get(name).map(|given| (given.text.as_str(), given.origin.as_str()))
    }

    /// Refuses a value that none of `keys` is named for.
    pub(super) fn check_names(&self, keys: &[InputKey]) -> Result<(), ConfigError> {
        let stray = self.0.iter().find(|(name, _)| keys.iter().all(|key| key.name != name.as_str()));
        stray.map_or(Ok(()), |(name, given)| {
            Err(ConfigError {
                key: given.origin.clone(),
                value: Some(name.clone()),
                rule: "is not an input of this expert".into(),
                nearest: nearest(name, keys.iter().map(|key| key.name)).map(str::to_owned),
            })
        })
    }
}

/// One type of inputs, without naming it.
#[derive(Debug, Clone, Copy)]
pub struct InputTable {
    id: fn() -> TypeId,
    keys: fn() -> Vec<InputKey>,
    read: fn(&InputValues) -> Result<Box<dyn Any>, ConfigError>,
}

impl InputTable {
    /// The table of `I`.
    pub(super) const fn of<I: Inputs>() -> Self {
        Self { id: TypeId::of::<I>, keys: I::keys, read: |values| Ok(Box::new(I::from_values(values)?)) }
    }

    /// The type's identity.
    pub(super) fn id(self) -> TypeId {
        (self.id)()
    }

    /// What can be set.
    pub(super) fn keys(self) -> Vec<InputKey> {
        (self.keys)()
    }

    /// The inputs with these values.
    pub(super) fn read(self, values: &InputValues) -> Result<Box<dyn Any>, ConfigError> {
        (self.read)(values)
    }
}

/// The inputs of one expert, one value a type.
#[derive(Debug, Default)]
pub struct InputSet(Vec<Box<dyn Any>>);

impl InputSet {
    /// Reads one value of each type.
    pub(super) fn read(tables: &[InputTable], values: &InputValues) -> Result<Self, ConfigError> {
        tables.iter().map(|table| table.read(values)).collect::<Result<_, _>>().map(Self)
    }

    /// The value of one type. An expert has one or two types of inputs, so looking through them is as good as an index.
    #[inline]
    pub(super) fn get<I: Inputs>(&self) -> Option<&I> {
        self.0.iter().find_map(|inputs| inputs.downcast_ref())
    }
}
