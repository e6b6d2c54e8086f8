//! The command line of a program of experts: a flag for each key and for each input, help for all of them.
//!
//! The one decision: clap finds the flags, and never looks at a value. So a bad value gives the same words whether it stands
//! in a flag, a variable or code.

use std::{ffi::OsString, path::Path};

use clap::{Arg, ArgAction, ArgMatches, Command, error::ContextKind};
use metaexpert_core::{
    ConfigError,
    config::{KEYS, Key, KeyValue, Layer, NOT_IN_THIS_VERSION, Origin},
    expert::{InputKey, InputValue},
};

use crate::{
    exit::{Console, Exit},
    given::{Given, Subject, in_code},
};

/// Reads the arguments, the program's name first. Help and version are said on `console`, as are errors of usage; then there
/// is nothing left to do but to exit.
pub(crate) fn read(
    args: impl IntoIterator<Item = OsString>,
    code: &Layer,
    experts: &[Subject],
    console: &mut Console<'_>,
) -> Result<Given, Exit> {
    let inputs = shared_inputs(experts);
    let collisions = collisions(&inputs);
    if !collisions.is_empty() {
        for error in collisions {
            console.error(error);
        }
        return Err(Exit::Configuration);
    }
    let args: Vec<_> = args.into_iter().collect();
    let program = args.first().map(Path::new).and_then(Path::file_stem).and_then(|name| name.to_str()).unwrap_or("metaexpert");
    let matches = command(program.to_owned(), code, experts, &inputs).try_get_matches_from(&args).map_err(|error| {
        if error.use_stderr() {
            let text = not_in_this_version(&error).unwrap_or_else(|| error.render().to_string());
            console.error(text.strip_prefix("error: ").unwrap_or(&text));
            Exit::Usage
        } else {
            console.say(error.render());
            Exit::Good
        }
    })?;
    let value = |id: &str| matches_text(&matches, id);
    Ok(Given {
        keys: KEYS.iter().filter_map(|key| Some((key.name, value(key.name)?))).collect(),
        inputs: inputs.iter().filter_map(|input| Some((input.key.name, value(&input.id())?))).collect(),
    })
}

fn matches_text(matches: &ArgMatches, id: &str) -> Option<String> {
    matches.get_one::<String>(id).cloned()
}

/// An input, and the experts that have one of this name.
struct SharedInput<'a> {
    key: &'a InputKey,
    experts: Vec<&'a str>,
}

impl SharedInput<'_> {
    fn id(&self) -> String {
        format!("input {}", self.key.name)
    }
}

/// The inputs of all experts, each name once.
fn shared_inputs(experts: &[Subject]) -> Vec<SharedInput<'_>> {
    let mut shared: Vec<SharedInput<'_>> = Vec::new();
    for expert in experts {
        for key in &expert.inputs {
            match shared.iter_mut().find(|input| input.key.name == key.name) {
                Some(input) => input.experts.push(&expert.name),
                None => shared.push(SharedInput { key, experts: vec![&expert.name] }),
            }
        }
    }
    shared
}

/// Inputs whose flag is taken by a key or by clap.
fn collisions(inputs: &[SharedInput<'_>]) -> Vec<ConfigError> {
    let taken = |name: &str| match name {
        "help" | "version" => Some(format!("the flag --{name} of every program")),
        _ => Key::find(name).map(|key| format!("the key `{}` (flag --{})", key.name, flag(key.name))),
    };
    let collision = |input: &SharedInput<'_>| {
        let rule = format!("has the name of {}; rename the field", taken(input.key.name)?);
        let experts = input.experts.join(", ");
        Some(ConfigError::about(format!("input `{}` of expert {experts}", input.key.name), rule))
    };
    inputs.iter().filter_map(collision).collect()
}

fn command(program: String, code: &Layer, experts: &[Subject], inputs: &[SharedInput<'_>]) -> Command {
    let names = experts.iter().map(|expert| expert.name.as_str()).collect::<Vec<_>>().join(", ");
    let defaults = Defaults::of(code, experts);
    Command::new(program)
        .version(concat!("on MetaExpert ", env!("CARGO_PKG_VERSION")))
        .about(format!("Runs {}: {names}", if experts.len() == 1 { "the expert" } else { "the experts" }))
        .after_help(
            "Each flag is a variable too: METAEXPERT_LEVERAGE=10 is --leverage 10, METAEXPERT_INPUT_FAST=9 is --fast 9. Flags win \
             over variables, variables over the expert's own code, code over defaults.\n\n\
             Exit codes: 0 good, 1 the run failed, 2 usage, 3 configuration, 4 data, 130 interrupted.",
        )
        .max_term_width(120)
        .args(KEYS.iter().map(|key| key_flag(key, &defaults)))
        .args(inputs.iter().map(|input| input_flag(input, experts.len())))
}

fn key_flag(key: &Key, defaults: &Defaults) -> Arg {
    let range =
        Some(key.range.as_str()).filter(|range| !range.is_empty()).map(|range| range.trim_start_matches("in ").to_owned());
    let choices = (!key.choices.is_empty()).then(|| key.choices.join(", "));
    let default = defaults.text_of(key);
    let is_switch = key.placeholder == <bool as KeyValue>::PLACEHOLDER;
    text_flag(key.name, key.name, is_switch)
        .value_name(key.placeholder)
        .help(help(key.doc, [range, choices, default.map(|text| format!("default: {text}"))]))
        .help_heading(key.group)
}

fn input_flag(input: &SharedInput<'_>, experts: usize) -> Arg {
    let key = input.key;
    let range = match (&key.min, &key.max) {
        (Some(min), Some(max)) => Some(format!("{min} to {max}")),
        (Some(min), None) => Some(format!("at least {min}")),
        (None, Some(max)) => Some(format!("at most {max}")),
        (None, None) => None,
    };
    let choices = (!key.choices.is_empty()).then(|| key.choices.join(", "));
    let is_switch = key.kind == <bool as InputValue>::KIND;
    text_flag(&input.id(), key.name, is_switch)
        .value_name(key.kind)
        .help(help(key.doc, [range, choices, Some(format!("default: {}", key.default))]))
        .help_heading(if input.experts.len() == experts {
            "Inputs".to_owned()
        } else {
            format!("Inputs of {}", input.experts.join(", "))
        })
}

/// A flag whose value is text; one that is only true or false may stand without its value, and is true then.
fn text_flag(id: &str, name: &str, is_switch: bool) -> Arg {
    let arg = Arg::new(id.to_owned()).long(flag(name)).action(ArgAction::Set).allow_negative_numbers(true);
    if is_switch { arg.num_args(0..=1).default_missing_value("true") } else { arg }
}

/// The flag of a key or input, without the dashes in front.
fn flag(name: &str) -> String {
    name.replace('_', "-")
}

fn help(doc: &str, details: [Option<String>; 3]) -> String {
    let details = details.into_iter().flatten().map(|detail| format!("[{detail}]"));
    let doc = doc.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(doc).filter(|doc| !doc.is_empty()).into_iter().chain(details).collect::<Vec<_>>().join(" ")
}

/// What a key is where no flag and no variable sets it: the code's value before the key's own default.
struct Defaults(Vec<Vec<(&'static str, Option<String>)>>);

impl Defaults {
    fn of(code: &Layer, experts: &[Subject]) -> Self {
        Self(experts.iter().filter_map(|expert| Some(in_code(code, expert).ok()?.config.texts())).collect())
    }

    fn text_of(&self, key: &Key) -> Option<String> {
        let mut texts =
            self.0.iter().map(|texts| texts.iter().find(|(name, _)| *name == key.name).and_then(|(_, text)| text.clone()));
        let first = texts.next().unwrap_or_else(|| key.default_text());
        if texts.all(|text| text == first) { first } else { Some("each expert's own".to_owned()) }
    }
}

/// What to say of a flag that other versions have.
fn not_in_this_version(error: &clap::Error) -> Option<String> {
    let argument = error.get(ContextKind::InvalidArg)?.to_string();
    let name = argument.strip_prefix("--")?.replace('-', "_");
    let key = NOT_IN_THIS_VERSION.iter().find(|key| **key == name)?;
    Some(ConfigError::about(Origin::Flag.place_of(key), "this key is not part of this version").to_string())
}
