//! Rules as users write them: a flag, a file in TOML or JSON, a body in JSON.
//!
//! The one decision: all of them come down to keys with texts, which one reader makes a rule of, so that a rule is spelled the same
//! everywhere: `--fault "429 path=/api/v3/order p=0.1"` is `{"kind": "429", "path": "/api/v3/order", "p": 0.1}`.

pub(crate) mod value; // one value: a number, a time, a name out of a few

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

use super::{Kind, Over, Rule, Schedule, Scope, Stage, Timeline};
use crate::protocol::{Failure, Topic};

/// What is wrong with a rule.
#[derive(Debug, thiserror::Error)]
pub enum FaultError {
    /// There is no such fault.
    #[error("{place}: `{value}`: no such fault{hint}")]
    Kind {
        /// Which rule.
        place: String,
        /// What was written.
        value: String,
        /// The nearest right one, or all.
        hint: String,
    },
    /// There is no such key.
    #[error("{place}: `{key}`: no such key of a fault{hint}")]
    Key {
        /// Which rule.
        place: String,
        /// What was written.
        key: String,
        /// The nearest right one, or all.
        hint: String,
    },
    /// The key says nothing to this fault.
    #[error("{place}: `{key}`: means nothing to `{kind}`")]
    Meaningless {
        /// Which rule.
        place: String,
        /// The key.
        key: &'static str,
        /// The fault.
        kind: String,
    },
    /// The fault needs a key that is not there.
    #[error("{place}: `{kind}` needs `{key}`, such as `{example}`")]
    Missing {
        /// Which rule.
        place: String,
        /// The fault.
        kind: String,
        /// What it needs.
        key: &'static str,
        /// How that may look.
        example: &'static str,
    },
    /// A value cannot be.
    #[error("{place}: `{key} = {value}`: {rule}")]
    Value {
        /// Which rule.
        place: String,
        /// The key.
        key: String,
        /// What was written.
        value: String,
        /// What it must be.
        rule: String,
    },
    /// It cannot be read at all.
    #[error("{place}: {what}")]
    Syntax {
        /// Where.
        place: String,
        /// Why.
        what: String,
    },
}

/// A rule as a flag has it: the fault, then keys with values.
///
/// # Errors
/// What is wrong with it.
pub fn from_flag(text: &str) -> Result<Rule, FaultError> {
    let place = format!("--fault `{text}`");
    let mut words = text.split_whitespace();
    let mut pairs = BTreeMap::new();
    let kind = words.next().ok_or_else(|| FaultError::Syntax { place: place.clone(), what: "names no fault".into() })?;
    pairs.insert("kind".to_owned(), kind.to_owned());
    for word in words {
        let Some((key, value)) = word.split_once('=') else {
            return Err(FaultError::Syntax { place, what: format!("`{word}` is not of the form `key=value`") });
        };
        if pairs.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(FaultError::Syntax { place, what: format!("`{key}` is there twice") });
        }
    }
    Words { place, pairs }.rule()
}

/// The rules of a file: `[[fault]]` tables in TOML, or JSON where its name ends so.
///
/// # Errors
/// What is wrong with it.
pub fn from_file(path: &Path) -> Result<Vec<Rule>, FaultError> {
    let place = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| FaultError::Syntax { place: place.clone(), what: format!("cannot be read: {error}") })?;
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        return from_json(&text, &place);
    }
    let file: File = toml_edit::de::from_str(&text)
        .map_err(|error| FaultError::Syntax { place: place.clone(), what: error.to_string().trim().to_owned() })?;
    rules(file.fault, &place)
}

/// The rules of a JSON text: one, a list of them, or a list under `faults`.
///
/// # Errors
/// What is wrong with it; `place` says where.
pub fn from_json(text: &str, place: &str) -> Result<Vec<Rule>, FaultError> {
    let syntax = |what: String| FaultError::Syntax { place: place.to_owned(), what };
    let written: serde_json::Value = serde_json::from_str(text).map_err(|error| syntax(error.to_string()))?;
    let tables = match written {
        serde_json::Value::Object(mut named) if named.contains_key("faults") => named.remove("faults").unwrap_or_default(),
        one @ serde_json::Value::Object(_) => serde_json::Value::Array(vec![one]),
        list => list,
    };
    let tables = Vec::<Table>::deserialize(tables)
        .map_err(|error| syntax(format!("is not a fault, nor a list of faults, each with texts and numbers: {error}")))?;
    rules(tables, place)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    fault: Vec<Table>,
}

type Table = BTreeMap<String, Scalar>;

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Whole(i64),
    Number(f64),
    Flag(bool),
}

fn rules(tables: Vec<Table>, place: &str) -> Result<Vec<Rule>, FaultError> {
    let read = |(number, table): (usize, Table)| {
        let pairs = table.into_iter().map(|(key, value)| (key, value.text())).collect();
        Words { place: format!("{place}: fault {}", number + 1), pairs }.rule()
    };
    tables.into_iter().enumerate().map(read).collect()
}

impl Scalar {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Whole(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
        }
    }
}

/// Every key that a rule may have.
const KEYS: &[&str] = &[
    "kind",
    "on",
    "p",
    "probability",
    "after",
    "every",
    "times",
    "from",
    "until",
    "by",
    "host",
    "path",
    "method",
    "over",
    "topic",
    "account",
    "symbol",
    "contains",
    "delay",
    "jitter",
    "seconds",
    "quantity",
    "skew",
    "state",
];

/// Every fault, as it is written.
const KINDS: &[&str] = &[
    "latency",
    "drop",
    "duplicate",
    "reorder",
    "truncate",
    "half-open",
    "cut",
    "429",
    "418",
    "500",
    "502",
    "503",
    "504",
    "too-many-orders",
    "-1001",
    "-1003",
    "-1006",
    "-1007",
    "-1021",
    "partial-fills",
    "stale-listen-keys",
    "clock-skew",
    "maintenance",
    "restart",
];

/// Which faults a key means something to, for those keys that do not mean something to all of them.
fn means_something(key: &str, kind: &Kind) -> bool {
    match key {
        "delay" | "jitter" => matches!(kind, Kind::Latency { .. }),
        "seconds" => matches!(kind, Kind::Fail(Failure::TooManyRequests(_) | Failure::Banned(_))),
        "quantity" => matches!(kind, Kind::PartialFills(_)),
        "skew" => matches!(kind, Kind::ClockSkew(_)),
        "state" => matches!(kind, Kind::Restart { .. }),
        "on" => !kind.stages().is_empty(),
        // What lasts is there for everybody, from one time to another.
        "p" | "probability" | "after" | "every" | "times" => {
            !matches!(kind, Kind::PartialFills(_) | Kind::ClockSkew(_) | Kind::Maintenance)
        }
        "host" | "path" | "method" | "over" | "topic" | "account" | "symbol" | "contains" => {
            !matches!(kind, Kind::PartialFills(_) | Kind::ClockSkew(_))
        }
        _ => true,
    }
}

/// A rule in keys and texts.
struct Words {
    place: String,
    pairs: BTreeMap<String, String>,
}

impl Words {
    fn rule(&self) -> Result<Rule, FaultError> {
        if let Some(key) = self.pairs.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(FaultError::Key { place: self.place.clone(), key: key.clone(), hint: value::hint(key, KEYS) });
        }
        let kind = self.kind()?;
        if let Some(key) = KEYS.iter().find(|key| self.pairs.contains_key(**key) && !means_something(key, &kind)) {
            return Err(FaultError::Meaningless { place: self.place.clone(), key, kind: kind.as_str().to_owned() });
        }
        let scope = self.scope()?;
        let stage = self.stage(&kind, &scope)?;
        let probability = match (self.text("p"), self.text("probability")) {
            (Some(_), Some(_)) => return Err(self.wrong("probability", "is there twice: `p` means the same")),
            (Some(_), None) => self.read("p", value::probability)?,
            _ => self.read("probability", value::probability)?,
        };
        let schedule = self.schedule(&kind)?;
        Ok(Rule::new(kind, stage, probability.unwrap_or(1.0), schedule, scope))
    }

    fn kind(&self) -> Result<Kind, FaultError> {
        let name = self.text("kind").ok_or_else(|| self.missing("fault", "kind", "kind = \"429\""))?;
        let seconds = || self.read("seconds", value::count);
        Ok(match name {
            "latency" => Kind::Latency {
                delay: self.read("delay", value::duration)?.ok_or_else(|| self.missing(name, "delay", "delay=250ms"))?,
                jitter: self.read("jitter", value::duration)?.unwrap_or_default(),
            },
            "drop" => Kind::Drop,
            "duplicate" => Kind::Duplicate,
            "reorder" => Kind::Reorder,
            "truncate" => Kind::Truncate,
            "half-open" => Kind::HalfOpen,
            "cut" => Kind::Cut,
            "429" | "-1003" => Kind::Fail(Failure::TooManyRequests(value::short(seconds()?.unwrap_or(1)))),
            "418" => Kind::Fail(Failure::Banned(value::short(seconds()?.unwrap_or(120)))),
            "500" | "502" | "503" | "504" => Kind::Fail(Failure::Internal(name.parse().unwrap_or(503))),
            "too-many-orders" => Kind::Fail(Failure::TooManyOrders),
            "-1001" => Kind::Fail(Failure::Disconnected),
            "-1006" => Kind::Fail(Failure::UnexpectedAnswer),
            "-1007" => Kind::Fail(Failure::Timeout),
            "-1021" => Kind::Fail(Failure::Timestamp),
            "partial-fills" => Kind::PartialFills(
                self.read("quantity", value::quantity)?.ok_or_else(|| self.missing(name, "quantity", "quantity=0.001"))?,
            ),
            "stale-listen-keys" => Kind::StaleListenKeys,
            "clock-skew" => {
                Kind::ClockSkew(self.read("skew", value::skew)?.ok_or_else(|| self.missing(name, "skew", "skew=-1500ms"))?)
            }
            "maintenance" => Kind::Maintenance,
            "restart" => Kind::Restart {
                keeps_state: self.read("state", |text| value::one_of(text, &[("kept", true), ("lost", false)]))?.unwrap_or(true),
            },
            _ => {
                let hint = value::hint(name, KINDS);
                return Err(FaultError::Kind { place: self.place.clone(), value: name.to_owned(), hint });
            }
        })
    }

    fn stage(&self, kind: &Kind, scope: &Scope) -> Result<Option<Stage>, FaultError> {
        let possible = kind.stages();
        let named: Vec<_> = possible.iter().map(|stage| (stage.as_str(), *stage)).collect();
        let usual = match (possible.first(), scope.over) {
            // Over HTTP there are no messages but answers.
            (Some(Stage::Message), Some(Over::Rest)) => possible.iter().find(|stage| **stage == Stage::Answer),
            (first, _) => first,
        };
        Ok(self.read("on", |text| value::one_of(text, &named))?.or(usual.copied()))
    }

    fn schedule(&self, kind: &Kind) -> Result<Schedule, FaultError> {
        let times = self.read("times", value::count)?;
        // What starts anew once has been started anew.
        let at_most = if kind.event().is_some() { times.or(Some(1)) } else { times };
        Ok(Schedule {
            after: self.read("after", value::count)?.unwrap_or_default(),
            every: self.read("every", value::positive)?,
            at_most,
            from: self.read("from", value::duration)?.unwrap_or_default(),
            until: self.read("until", value::duration)?,
            by: self
                .read("by", |text| value::one_of(text, &[("clock", Timeline::Clock), ("market", Timeline::Market)]))?
                .unwrap_or_default(),
        })
    }

    fn scope(&self) -> Result<Scope, FaultError> {
        let word = |key: &str| self.text(key).map(str::to_owned);
        let topics =
            [("market", Topic::Market), ("account", Topic::Account), ("answer", Topic::Answer), ("control", Topic::Control)];
        Ok(Scope {
            host: word("host"),
            path: word("path"),
            method: word("method"),
            over: self.read("over", |text| value::one_of(text, &[("rest", Over::Rest), ("ws", Over::Socket)]))?,
            topic: self.read("topic", |text| value::one_of(text, &topics))?,
            account: word("account"),
            symbol: word("symbol"),
            contains: word("contains"),
        })
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.pairs.get(key).map(String::as_str)
    }

    fn read<T>(&self, key: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Result<Option<T>, FaultError> {
        self.text(key).map(|text| read(text).map_err(|rule| self.wrong(key, &rule))).transpose()
    }

    fn wrong(&self, key: &str, rule: &str) -> FaultError {
        let value = self.text(key).unwrap_or_default().to_owned();
        FaultError::Value { place: self.place.clone(), key: key.to_owned(), value, rule: rule.to_owned() }
    }

    fn missing(&self, kind: &str, key: &'static str, example: &'static str) -> FaultError {
        FaultError::Missing { place: self.place.clone(), kind: kind.to_owned(), key, example }
    }
}

#[cfg(test)]
mod tests;
