//! `--print-config`: every key and input with its effective value, and where that came from.
//!
//! The one decision: each value is masked by itself, before it is put into a table or into JSON. What a name calls secret is `***`
//! as a whole; of any other value only what is secret in it, as the password in an address.

use metaexpert_core::config::{KEYS, Origin};
use metaexpert_log::{FieldKind, Masker, masked};
use serde::Serialize;

use crate::{
    credentials::{Credentials, OF_NOTICES, VARIABLES},
    exit::Console,
    given::{Subject, place_of_input},
    layers::Plan,
    modes,
};

mod table;

/// How it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Table,
    Json,
}

impl Format {
    /// Their names.
    pub(crate) const ALL: [&'static str; 2] = ["table", "json"];

    /// The format of a name; a table for any other.
    pub(crate) fn named(name: &str) -> Self {
        if name == "json" { Self::Json } else { Self::Table }
    }
}

/// Shows the configuration on standard output.
pub(crate) fn print(
    format: Format,
    experts: &[Subject<'_>],
    plans: &[Plan],
    credentials: &Credentials,
    console: &mut Console<'_>,
) {
    let shown = Shown {
        version: env!("CARGO_PKG_VERSION"),
        experts: experts.iter().zip(plans).map(|(expert, plan)| ShownExpert::of(expert, plan)).collect(),
        credentials: VARIABLES
            .iter()
            .map(|(_, variable)| variable)
            .chain(OF_NOTICES)
            .map(|variable| ShownCredential::of(variable, credentials))
            .collect(),
    };
    let text = match format {
        Format::Table => table::table(&shown),
        Format::Json => match serde_json::to_string_pretty(&shown) {
            Ok(json) => json + "\n",
            Err(error) => return console.error(error),
        },
    };
    // Not by `Console::say`, which would mask once more: names and places are no secrets. A closed pipe has nobody to be told.
    drop(console.out.write_all(text.as_bytes()).and_then(|()| console.out.flush()));
}

#[derive(Serialize)]
struct Shown<'a> {
    version: &'static str,
    experts: Vec<ShownExpert<'a>>,
    credentials: Vec<ShownCredential<'a>>,
}

#[derive(Serialize)]
struct ShownExpert<'a> {
    name: &'a str,
    /// What its journal and the file of its limits are named after, beside the mode.
    venue: Option<String>,
    keys: Vec<ShownKey>,
    inputs: Vec<ShownInput>,
}

#[derive(Serialize)]
struct ShownKey {
    key: &'static str,
    #[serde(skip)]
    group: &'static str,
    value: Option<String>,
    layer: &'static str,
    place: String,
}

#[derive(Serialize)]
struct ShownInput {
    input: &'static str,
    value: String,
    layer: &'static str,
    place: String,
}

#[derive(Serialize)]
struct ShownCredential<'a> {
    variable: &'static str,
    set: bool,
    place: Option<&'a str>,
}

impl<'a> ShownExpert<'a> {
    fn of(expert: &'a Subject<'_>, plan: &Plan) -> Self {
        let keys = KEYS.iter().zip(plan.resolved.config.texts()).map(|(key, (_, value))| {
            let origin = plan.resolved.origins.of(key.name).unwrap_or(Origin::Default);
            ShownKey {
                key: key.name,
                group: key.group,
                value: value.map(|value| safe(key.name, &value)),
                layer: origin.layer(),
                place: origin.place_of(key.name),
            }
        });
        let inputs = expert.inputs.iter().map(|input| {
            let said = plan.input(input.name);
            let origin = said.map_or(&Origin::Default, |said| &said.origin);
            ShownInput {
                input: input.name,
                value: safe(input.name, said.map_or(input.default.as_str(), |said| said.text.as_str())),
                layer: origin.layer(),
                place: place_of_input(origin, input.name),
            }
        });
        let venue = modes::venue(&plan.resolved.config);
        Self { name: &expert.name, venue, keys: keys.collect(), inputs: inputs.collect() }
    }
}

impl<'a> ShownCredential<'a> {
    fn of(variable: &'static str, credentials: &'a Credentials) -> Self {
        let place = credentials.place_of(variable);
        Self { variable, set: place.is_some(), place }
    }
}

/// A value of this name without what is secret in it.
fn safe(name: &str, value: &str) -> String {
    match Masker::new().kind_of(name) {
        FieldKind::Secret => "***".to_owned(),
        FieldKind::Open | FieldKind::AccountNumber => masked(value).into_owned(),
    }
}
