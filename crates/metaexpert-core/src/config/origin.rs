//! Where an effective value came from.

use std::{fmt, sync::Arc};

/// A source of the configuration, weakest first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The default of the key.
    Default,
    /// The builder, `MetaExpert::new(..)`.
    Code,
    /// The attribute, `#[on_init(..)]`.
    Attribute,
    /// The configuration file, `metaexpert.toml`.
    File(Line),
    /// A variable `METAEXPERT_*` that stands in the file `.env`.
    EnvironmentFile(Line),
    /// A variable of the environment, `METAEXPERT_*`.
    Environment,
    /// A flag of the command line.
    Flag,
}

/// A line of a file; shown as `metaexpert.toml:7`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Line {
    /// The file, as the user named it.
    pub path: Arc<str>,
    /// Its line, from 1.
    pub number: usize,
}

impl Origin {
    /// How `key` is written in this source; what errors begin with.
    ///
    /// ```
    /// use metaexpert_core::config::{Line, Origin};
    /// assert_eq!(Origin::Flag.place_of("stop_loss_pct"), "flag --stop-loss-pct");
    /// assert_eq!(Origin::Environment.place_of("stop_loss_pct"), "METAEXPERT_STOP_LOSS_PCT");
    /// let line = Line { path: "metaexpert.toml".into(), number: 7 };
    /// assert_eq!(Origin::File(line).place_of("leverage"), "metaexpert.toml:7: leverage");
    /// ```
    pub fn place_of(&self, key: &str) -> String {
        match self {
            Self::Default => format!("default of {key}"),
            Self::Code => format!("builder .{key}()"),
            Self::Attribute => format!("#[on_init] {key}"),
            Self::File(line) => format!("{line}: {key}"),
            Self::EnvironmentFile(line) => format!("{line}: {}", variable(key)),
            Self::Environment => variable(key),
            Self::Flag => format!("flag --{}", key.replace('_', "-")),
        }
    }

    /// The layer that the source belongs to: `default`, `code`, `file`, `environment` or `flag`.
    pub const fn layer(&self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Code | Self::Attribute => "code",
            Self::File(_) => "file",
            Self::EnvironmentFile(_) | Self::Environment => "environment",
            Self::Flag => "flag",
        }
    }
}

fn variable(key: &str) -> String {
    format!("METAEXPERT_{}", key.to_uppercase())
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.number)
    }
}
