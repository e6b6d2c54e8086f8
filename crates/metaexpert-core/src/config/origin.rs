//! Where an effective value came from.

use std::fmt;

/// A layer of the configuration, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The default of the key.
    Default,
    /// The builder, `MetaExpert::new(..)`.
    Code,
    /// The attribute, `#[on_init(..)]`.
    Attribute,
    /// A variable of the environment, `METAEXPERT_*`.
    Environment,
    /// A flag of the command line.
    Flag,
}

impl Origin {
    /// How `key` is written in this layer; what errors begin with.
    ///
    /// ```
    /// use metaexpert_core::config::Origin;
    /// assert_eq!(Origin::Flag.place_of("stop_loss_pct"), "flag --stop-loss-pct");
    /// assert_eq!(Origin::Environment.place_of("stop_loss_pct"), "METAEXPERT_STOP_LOSS_PCT");
    /// ```
    pub fn place_of(self, key: &str) -> String {
        match self {
            Self::Default => format!("default of {key}"),
            Self::Code => format!("builder .{key}()"),
            Self::Attribute => format!("#[on_init] {key}"),
            Self::Environment => format!("METAEXPERT_{}", key.to_uppercase()),
            Self::Flag => format!("flag --{}", key.replace('_', "-")),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Default => "default",
            Self::Code => "code",
            Self::Attribute => "#[on_init]",
            Self::Environment => "environment",
            Self::Flag => "flag",
        })
    }
}
