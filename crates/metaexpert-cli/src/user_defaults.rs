//! The defaults of the command's own options, as its user keeps them: `metaexpert config`.
//!
//! The one decision: the table below is the only place that lists them. They say what `new` makes, how something is listed and how
//! long `stop` waits, never what an expert does: a value that changes trading belongs to the project that trades. Nor is a
//! credential kept here.
//!
//! A file that cannot be understood is an error for whoever needs a default. It is not passed over, for then a choice that was
//! made would quietly not hold.

mod file; // where they are kept, and how they are written
mod refusal; // names that are none of ours
mod setting; // what a default can be

use std::{collections::BTreeMap, path::Path};

pub(crate) use file::{UserFile, in_one_line};
use metaexpert_core::{ConfigError, config::BadValue};
use setting::Setting;
use toml_edit::Value;

use crate::{
    command_line::{Exchange, Format, MarketType, Strategy},
    exit::CommandError,
};

/// What is known of a default besides its value.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) doc: &'static str,
    /// Which values there are: `binance, bybit, okx`, `0 to 86400`.
    pub(crate) values: fn() -> String,
    pub(crate) text_in: fn(&UserDefaults) -> String,
    value_of: fn(&str) -> Result<Value, BadValue>,
    put: fn(&mut UserDefaults, &Value) -> Result<(), BadValue>,
}

macro_rules! user_defaults {
    ($($(#[doc = $doc:literal])+ $name:ident: $type:ident = $default:expr $(, in $least:literal to $most:literal)?;)+) => {
        /// The value of every default, and the line of the file in which it stands.
        pub(crate) struct UserDefaults {
            $($(#[doc = $doc])+ pub(crate) $name: $type,)+
            lines: BTreeMap<&'static str, usize>,
        }

        impl Default for UserDefaults {
            fn default() -> Self {
                Self { $($name: $default,)+ lines: BTreeMap::new() }
            }
        }

        /// Every default, in the order in which they are shown.
        pub(crate) static KEYS: &[Key] = &[$(Key {
            name: stringify!($name),
            doc: concat!($($doc),+).trim_ascii(),
            values: || <$type>::values(limits!($($least, $most)?)),
            text_in: |defaults| defaults.$name.to_text(),
            value_of: |text| <$type>::parse(text, limits!($($least, $most)?)).map(Setting::to_toml),
            put: |defaults, value| {
                defaults.$name = <$type>::of_toml(value, limits!($($least, $most)?))?;
                Ok(())
            },
        }),+];
    };
}

macro_rules! limits {
    () => {
        0..=u64::MAX
    };
    ($least:literal, $most:literal) => {
        $least..=$most
    };
}

user_defaults! {
    /// Exchange of a new project.
    exchange: Exchange = Exchange::Binance;
    /// Strategy of a new project.
    strategy: Strategy = Strategy::Ema;
    /// Kind of market of a new project.
    market_type: MarketType = MarketType::Futures;
    /// How something is listed.
    format: Format = Format::Table;
    /// Seconds that `stop` waits for the end of an expert.
    stop_timeout: u64 = 30, in 1 to 86_400;
    /// Last lines that `logs` shows.
    log_lines: usize = 50, in 1 to 1_000_000;
    /// Times that `run --restart-on-error` starts an expert again.
    max_restarts: u32 = 5, in 0 to 1_000;
}

/// What a flag says, or else what the user likes.
pub(crate) fn given_or<T>(given: Option<T>, default: impl FnOnce(&UserDefaults) -> T) -> Result<T, CommandError> {
    given.map_or_else(|| UserDefaults::read().map(|defaults| default(&defaults)), Ok)
}

/// How something is listed.
pub(crate) fn format(given: Option<Format>) -> Result<Format, CommandError> {
    given_or(given, |defaults| defaults.format)
}

impl UserDefaults {
    /// The defaults of whoever runs the command.
    ///
    /// # Errors
    /// If the file can't be read, or holds what is no default or a value that it cannot have.
    pub(crate) fn read() -> Result<Self, CommandError> {
        let file = UserFile::find()?;
        file.text()?.map_or_else(|| Ok(Self::default()), |text| Self::of(file.path(), &text))
    }

    /// The defaults in the text of a file.
    pub(crate) fn of(path: &Path, text: &str) -> Result<Self, CommandError> {
        let document = file::document(path, text)?;
        let mut defaults = Self::default();
        for (name, item) in document.iter() {
            let line = file::line_of(text, document.as_table().key(name).and_then(toml_edit::Key::span));
            let place = format!("{}:{line}: `{name}`", path.display());
            let in_file = |error: String| CommandError::Configuration(format!("{error}\n{}", reset_mends(name)));
            let key = find(name).map_err(|why| in_file(ConfigError { key: place.clone(), ..why }.to_string()))?;
            let Some(value) = item.as_value() else {
                return Err(in_file(format!("{place}: is a table, not {}", (key.values)())));
            };
            (key.put)(&mut defaults, value).map_err(|bad| in_file(refusal::shown(bad).at(place).to_string()))?;
            defaults.lines.insert(key.name, line);
        }
        Ok(defaults)
    }

    /// The line of the file in which a default stands; `None` where it is built in.
    pub(crate) fn line_of(&self, key: &Key) -> Option<usize> {
        self.lines.get(key.name).copied()
    }
}

impl Key {
    /// The value that a user wrote, as it stands in the file.
    pub(crate) fn value(&self, text: &str) -> Result<Value, CommandError> {
        refusal::no_credential(self.name, text)?;
        (self.value_of)(text).map_err(|bad| CommandError::Configuration(refusal::shown(bad).at(self.name).to_string()))
    }
}

/// The default of a name, for somebody who asks for it.
pub(crate) fn key(name: &str) -> Result<&'static Key, CommandError> {
    refusal::of_name(name).map_or(Ok(()), Err)?;
    find(name).map_err(|error| {
        CommandError::Configuration(format!("{error}\n`metaexpert config show` lists every default with its meaning"))
    })
}

fn find(name: &str) -> Result<&'static Key, ConfigError> {
    KEYS.iter().find(|key| key.name == name).ok_or_else(|| refusal::unknown(name))
}

fn reset_mends(name: &str) -> String {
    format!("`metaexpert config reset {name}` takes it out, `metaexpert config reset` takes all of them out")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn wrong(text: &str) -> String {
        UserDefaults::of(Path::new("d.toml"), text).map(|_| ()).unwrap_err().to_string().lines().next().unwrap().to_owned()
    }

    #[test]
    fn every_default_has_a_name_of_its_own_a_meaning_and_a_value_that_can_be_written_back() {
        let names: BTreeSet<_> = KEYS.iter().map(|key| key.name).collect();
        assert_eq!(names.len(), KEYS.len());
        for key in KEYS {
            let text = (key.text_in)(&UserDefaults::default());
            let written = format!("{} = {}", key.name, key.value(&text).unwrap());
            let read = UserDefaults::of(Path::new("d.toml"), &written).unwrap();
            assert_eq!((key.text_in)(&read), text, "{}", key.name);
            assert_eq!((read.line_of(key), key.doc.is_empty()), (Some(1), false), "{}", key.name);
        }
    }

    #[test]
    fn what_a_file_says_holds_and_what_it_leaves_out_is_built_in() {
        let read = UserDefaults::of(Path::new("d.toml"), "# mine\nexchange = \"okx\"\n\nmax_restarts = 0\n").unwrap();
        assert_eq!((read.exchange, read.max_restarts, read.log_lines), (Exchange::Okx, 0, 50));
        let lines: Vec<_> = KEYS.iter().filter_map(|key| read.line_of(key)).collect();
        assert_eq!(lines, [2, 4]);
    }

    #[test]
    fn a_file_that_says_what_cannot_be_is_refused_with_its_line() {
        let cases = [
            ("exchange = 'okks'", "d.toml:1: `exchange`: `okks` is not one of `binance`, `bybit`, `okx`; the nearest is `okx`"),
            ("\nexchnge = 'okx'", "d.toml:2: `exchnge`: is not a default of this command; did you mean `exchange`?"),
            ("format = 3", "d.toml:1: `format`: `3` is not one of `table`, `json`, in quotation marks"),
            ("log_lines = '50'", "d.toml:1: `log_lines`: `\"50\"` is not a whole number, without quotation marks"),
            ("log_lines = 0", "d.toml:1: `log_lines`: `0` is not in 1 to 1000000; the nearest is `1`"),
            ("stop_timeout = -1", "d.toml:1: `stop_timeout`: `-1` is not in 1 to 86400; the nearest is `1`"),
            ("max_restarts = 1.5", "d.toml:1: `max_restarts`: `1.5` is not a whole number, without quotation marks"),
            ("leverage = 10", "d.toml:1: `leverage`: is a key of an expert, not a default of this command"),
            ("BINANCE_API_KEY = 'x'", "d.toml:1: `BINANCE_API_KEY`: is a credential, and this command keeps none"),
            ("[exchange]\nname = 'okx'", "d.toml:1: `exchange`: is a table, not binance, bybit, okx"),
            ("format = 'json'\nexchange =", "d.toml:2: this is not TOML: string values must be quoted, expected literal string"),
            ("format = 'json'\nformat = 'table'", "d.toml:2: this is not TOML: duplicate key"),
        ];
        for (text, expected) in cases {
            assert_eq!(wrong(text), expected, "{text}");
        }
    }
}
