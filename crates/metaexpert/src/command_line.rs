//! The command line of a program of experts: a flag for each key and for each input, help for all of them.
//!
//! The one decision: clap finds the flags, and never looks at a value. So a bad value gives the same words whether it stands
//! in a flag, a variable or code.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::{
    Arg, ArgAction, ArgMatches, Command, ValueHint,
    builder::{PathBufValueParser, PossibleValuesParser},
};
use metaexpert_core::{
    ConfigError,
    config::{KEYS, Key, KeyValue, Layer, Origin},
    expert::{InputKey, InputValue},
};

use crate::{
    completions::{self, SHELLS},
    exit::{Console, Exit},
    given::{Given, Said, Subject},
    layers::Plan,
    print_config::Format,
};

/// What the arguments say.
#[derive(Debug, Default)]
pub(crate) struct CommandLine {
    pub(crate) flags: Given,
    /// The file that stands in for `metaexpert.toml`.
    pub(crate) config: Option<PathBuf>,
    /// How to show the configuration, if that is all there is to do.
    pub(crate) print_config: Option<Format>,
}

/// Reads the arguments, the program's name first. Help, version and completions are said on `console`, as are errors of usage;
/// then there is nothing left to do but to exit.
pub(crate) fn read(
    args: impl IntoIterator<Item = OsString>,
    code: &Layer,
    experts: &[Subject<'_>],
    console: &mut Console<'_>,
) -> Result<CommandLine, Exit> {
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
    let command = |about: About| command(program.to_owned(), code, experts, &inputs, about);
    let matches = command(About::Parsing).try_get_matches_from(&args).map_err(|error| {
        if error.use_stderr() {
            let text = error.render().to_string();
            console.error(text.strip_prefix("error: ").unwrap_or(&text));
            Exit::Usage
        } else {
            console.say(error.render());
            Exit::Good
        }
    })?;
    if let Some(shell) = text(&matches, COMPLETIONS) {
        console.say(String::from_utf8_lossy(&completions::script(command(About::Completing), &shell)));
        return Err(Exit::Good);
    }
    let said = |name, id: &str| Some(Said { name, text: text(&matches, id)?, origin: Origin::Flag });
    Ok(CommandLine {
        flags: Given {
            keys: KEYS.iter().filter_map(|key| said(key.name, key.name)).collect(),
            inputs: inputs.iter().filter_map(|input| said(input.key.name, &input.id())).collect(),
        },
        config: matches.get_one(CONFIG).cloned(),
        print_config: text(&matches, PRINT_CONFIG).map(|name| Format::named(&name)),
    })
}

fn text(matches: &ArgMatches, id: &str) -> Option<String> {
    matches.get_one::<String>(id).cloned()
}

// The flags that are neither keys nor inputs. Their names have hyphens, and so are those of no key and of no input.
const CONFIG: &str = "config-file";
const PRINT_CONFIG: &str = "print-config";
const COMPLETIONS: &str = "completions-for";

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
fn shared_inputs<'a>(experts: &'a [Subject<'_>]) -> Vec<SharedInput<'a>> {
    let mut shared: Vec<SharedInput<'a>> = Vec::new();
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
        "help" | "version" | "config" | "print_config" | "completions" => {
            Some(format!("the flag --{} of every program", flag(name)))
        }
        _ => Key::find(name).map(|key| format!("the key `{}` (flag --{})", key.name, flag(key.name))),
    };
    let collision = |input: &SharedInput<'_>| {
        let rule = format!("has the name of {}; rename the field", taken(input.key.name)?);
        let experts = input.experts.join(", ");
        Some(ConfigError::about(format!("input `{}` of expert {experts}", input.key.name), rule))
    };
    inputs.iter().filter_map(collision).collect()
}

/// What a command is wanted for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    /// To find the flags; their values are judged elsewhere.
    Parsing,
    /// To tell a shell what may follow a flag.
    Completing,
}

const SOURCES: &str = "\
Each flag has three more places to stand in. From the strongest to the weakest:
  flag                  --leverage 10                --fast 9
  environment or .env   METAEXPERT_LEVERAGE=10       METAEXPERT_INPUT_FAST=9
  metaexpert.toml       leverage = 10                fast = 9, below [inputs]
  the expert's code     #[on_init(leverage = 10)], .leverage(10)
--print-config shows what each came to, and where it was set. Credentials stand in the environment or in .env only.

Exit codes: 0 good, 1 the run failed, 2 usage, 3 configuration, 4 data, 5 exchange, 130 interrupted.";

fn command(program: String, code: &Layer, experts: &[Subject<'_>], inputs: &[SharedInput<'_>], about: About) -> Command {
    let names = experts.iter().map(|expert| expert.name.as_str()).collect::<Vec<_>>().join(", ");
    let defaults = Defaults::of(code, experts);
    Command::new(program)
        .version(concat!("on MetaExpert ", env!("CARGO_PKG_VERSION")))
        .about(format!("Runs {}: {names}", if experts.len() == 1 { "the expert" } else { "the experts" }))
        .after_help(SOURCES)
        .max_term_width(120)
        .args(own_flags())
        .args(KEYS.iter().map(|key| completed(key_flag(key, &defaults), key.name, key.choices, about)))
        .args(inputs.iter().map(|input| completed(input_flag(input, experts.len()), "", &input.key.choices, about)))
}

/// The flags that are neither keys nor inputs.
fn own_flags() -> [Arg; 3] {
    let shells = SHELLS.join(", ");
    [
        Arg::new(CONFIG)
            .long("config")
            .value_name("FILE")
            .value_parser(PathBufValueParser::new())
            .value_hint(ValueHint::FilePath)
            .help("File to read in place of `metaexpert.toml`, which is read where it stands in the current directory"),
        Arg::new(PRINT_CONFIG)
            .long("print-config")
            .value_name("FORMAT")
            .num_args(0..=1)
            .default_missing_value("table")
            .value_parser(PossibleValuesParser::new(Format::ALL))
            .hide_possible_values(true)
            .help("Show every key and input with its value and where it was set, and exit [table, json] [default: table]"),
        Arg::new(COMPLETIONS)
            .long("completions")
            .value_name("SHELL")
            .value_parser(PossibleValuesParser::new(SHELLS))
            .hide_possible_values(true)
            .help(format!("Print what makes a shell complete these flags, and exit [{shells}]")),
    ]
}

/// The flag with what a shell may offer for its value.
fn completed(arg: Arg, key: &str, choices: &[impl ToString], about: About) -> Arg {
    match (about, key) {
        (About::Parsing, _) => arg,
        (About::Completing, "data") => arg.value_hint(ValueHint::FilePath),
        (About::Completing, "report" | "log_dir") => arg.value_hint(ValueHint::DirPath),
        (About::Completing, _) if choices.is_empty() => arg.value_hint(ValueHint::Other),
        (About::Completing, _) => arg.value_parser(PossibleValuesParser::new(choices.iter().map(ToString::to_string))),
    }
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
    fn of(code: &Layer, experts: &[Subject<'_>]) -> Self {
        // What the code gets wrong is said when the program runs.
        let in_code = |expert| Plan::of(code, expert, &[], &mut Vec::new()).resolved;
        Self(experts.iter().map(|expert| in_code(expert).config.texts()).collect())
    }

    fn text_of(&self, key: &Key) -> Option<String> {
        let mut texts =
            self.0.iter().map(|texts| texts.iter().find(|(name, _)| *name == key.name).and_then(|(_, text)| text.clone()));
        let first = texts.next().unwrap_or_else(|| key.default_text());
        if texts.all(|text| text == first) { first } else { Some("each expert's own".to_owned()) }
    }
}
