//! The configuration: one declaration per key, and the sources that a value can come from.
//!
//! The one decision: the table in [`keys`](crate::for_each_key) is the only place that lists keys. From it are made [`Config`]
//! (complete, what the engine reads), [`Layer`] (what one source says, every key optional), [`OnInit`] (the setters of the
//! attribute), [`Origins`] (which source each effective value came from) and [`KEYS`] (from which the facade makes flags,
//! variables, help and the reference page).
//!
//! A layer only holds values that its keys can have; rules that concern several keys are asked once, of the resolved whole
//! ([`Resolved::check`]). What is not here: reading arguments, environment and files, and putting the layers on top of each
//! other, is the facade's.

mod address;
mod byte_size;
mod choice;
mod env_file;
mod filters;
mod keys;
mod nearest;
mod on_init;
mod origin;
mod resolved;
mod rules;
mod sets;
mod value;

pub use address::{BaseUrl, ListenAddress, ProxyUrl};
pub use byte_size::ByteSize;
pub use choice::{
    ContractType, Durability, FillModel, LimitFill, LogLevel, MarginMode, MarketType, NoticeKind, OnBreach, OnStop, PositionMode,
    SizeType, TradeMode, TrendFilter, VolatilityFilter,
};
pub use env_file::{REPLACED_DOLLAR, replaces_a_dollar};
pub use nearest::nearest;
pub use on_init::OnInit;
pub use origin::{Line, Origin};
pub use resolved::Resolved;
pub use sets::{DaySet, HourSet, NoticeSet};
pub use value::{BadValue, IntoValue, KeyValue, Range};

use rust_decimal::Decimal;

use crate::{Percent, Timeframe, UnixNanos, for_each_key};
use value::{range, range_text};

/// What is known of a key besides its value.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name in code, attribute and file; the flag is the same in kebab case, the variable in capitals.
    pub name: &'static str,
    /// The heading that it stands under in help and documentation.
    pub group: &'static str,
    /// What it means, with its unit.
    pub doc: &'static str,
    /// What help shows in place of a value: `PERCENT`.
    pub placeholder: &'static str,
    /// All values there are, where they are few.
    pub choices: &'static [&'static str],
    /// Where a number must lie.
    pub range: Range,
    /// Whether it may stand in `#[on_init(..)]`.
    pub attribute: bool,
    default: fn() -> Option<String>,
}

impl Key {
    /// The key of a name.
    pub fn find(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// The default as a user would write it; `None` where the key is off, or has to be set.
    pub fn default_text(&self) -> Option<String> {
        (self.default)()
    }
}

/// The type of a key's field: itself where there is a default, else optional.
macro_rules! field {
    ($type:ident) => { Option<$type> };
    ($type:ident = $default:expr) => { $type };
}

macro_rules! default {
    ($type:ident) => {
        None
    };
    ($type:ident = $default:expr) => {
        $default
    };
}

/// What a layer says of a key, or else its default.
macro_rules! or_default {
    ($said:expr, $type:ident) => {
        $said
    };
    ($said:expr, $type:ident = $default:expr) => {
        $said.unwrap_or_else(|| $default)
    };
}

macro_rules! text {
    ($field:expr, $type:ident) => {
        $field.as_ref().map(KeyValue::to_text)
    };
    ($field:expr, $type:ident = $default:expr) => {
        Some(KeyValue::to_text(&$field)).filter(|text| !text.is_empty())
    };
}

macro_rules! in_attribute {
    (attribute) => {
        true
    };
    (program) => {
        false
    };
}

/// Limits of an expert are off where they are not set; the others have a value all the same.
macro_rules! refusal {
    (attribute) => {
        BadValue::off_is_left_out
    };
    (program) => {
        std::convert::identity
    };
}

macro_rules! config {
    ($($group:literal $place:ident { $(
        $(#[doc = $doc:literal])+
        $name:ident: $type:ident $(= $default:expr)? $(, ($($range:tt)+))?;
    )+ })+) => {
        /// The complete configuration of one expert: every key with its effective value.
        ///
        /// ```
        /// use metaexpert_core::config::{Config, MarketType};
        /// let config = Config::default();
        /// assert_eq!((config.market_type, config.leverage, config.stop_loss_pct), (MarketType::Futures, 1, None));
        /// ```
        #[derive(Debug, Clone, PartialEq)]
        pub struct Config { $($($(#[doc = $doc])+ pub $name: field!($type $(= $default)?)),+),+ }

        impl Default for Config {
            /// The defaults. [`exchange`](Self::exchange) has none and is empty.
            fn default() -> Self {
                Self { $($($name: default!($type $(= $default)?)),+),+ }
            }
        }

        impl Config {
            /// Every key with its value as a user would write it; `None` for what is off.
            pub fn texts(&self) -> Vec<(&'static str, Option<String>)> {
                vec![$($((stringify!($name), text!(self.$name, $type $(= $default)?))),+),+]
            }
        }

        impl From<Layer> for Config {
            /// What the layer says, and the defaults where it says nothing.
            fn from(layer: Layer) -> Self {
                Self { $($($name: or_default!(layer.$name, $type $(= $default)?)),+),+ }
            }
        }

        /// What one source says: values for some keys, each one that its key can have.
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct Layer { $($($name: Option<$type>),+),+ }

        impl Layer {
            $($(
                /// Sets the key of this name.
                ///
                /// # Errors
                /// If the value cannot be read, or does not lie in the key's range.
                pub fn $name(&mut self, value: impl IntoValue<$type>) -> Result<(), BadValue> {
                    let held = range!($($($range)+)?).hold(value.into_value());
                    self.$name = Some(held.map_err(refusal!($place))?);
                    Ok(())
                }
            )+)+

            /// The keys that are set, each with its value as a user would write it, a password in it included: not to be shown.
            pub fn texts(&self) -> Vec<(&'static str, String)> {
                let texts = [$($((stringify!($name), self.$name.as_ref().map(KeyValue::to_whole_text))),+),+];
                texts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
            }

            /// Sets a key by its name from what a user wrote; `None` if there is no such key.
            pub fn set(&mut self, name: &str, text: &str) -> Option<Result<(), BadValue>> {
                match name {
                    $($(stringify!($name) => Some(self.$name(text)),)+)+
                    _ => None,
                }
            }
        }

        /// The source that each effective value came from.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the fields are the keys")]
        pub struct Origins { $($(pub $name: Origin),+),+ }

        impl Default for Origins {
            fn default() -> Self {
                Self { $($($name: Origin::Default),+),+ }
            }
        }

        impl Origins {
            /// The source of a key's value, by the name of the key.
            pub fn of(&self, name: &str) -> Option<Origin> {
                match name {
                    $($(stringify!($name) => Some(self.$name.clone()),)+)+
                    _ => None,
                }
            }

            fn set(&mut self, name: &str, origin: Origin) {
                match name {
                    $($(stringify!($name) => self.$name = origin,)+)+
                    _ => {}
                }
            }
        }

        /// Every key, in the order of the documentation.
        pub static KEYS: &[Key] = &[$($(Key {
            name: stringify!($name),
            group: $group,
            doc: concat!($($doc),+).trim_ascii(),
            placeholder: <$type as KeyValue>::PLACEHOLDER,
            choices: <$type as KeyValue>::CHOICES,
            range: range!($($($range)+)?),
            attribute: in_attribute!($place),
            default: || text!(Config::default().$name, $type $(= $default)?),
        }),+),+];
    };
}

for_each_key!(config);

#[cfg(test)]
mod tests;
