//! What `#[on_init(..)]` says, checked while the expert is compiled.
//!
//! Each key of the attribute becomes a call of the setter of its name in a `const`, with the user's own spans. So it is rustc
//! that reports an unknown key (with the nearest one) or a value of the wrong type, and a value out of range is a panic of
//! that constant, shown at the key.

use rust_decimal::Decimal;

use super::{
    Layer, Origin,
    byte_size::ByteSize,
    choice::{LogLevel, OnBreach, SizeType, TrendFilter, VolatilityFilter},
    sets::{DaySet, HourSet},
    value::{Range, range, range_text},
};
use crate::{Percent, error::ConfigError, for_each_key, time::Timeframe};

/// What stands for a type of [`Config`](super::Config) in the attribute: names and lists as text, decimals as `f64`.
macro_rules! written_as {
    (u32) => { u32 };
    (usize) => { usize };
    (Decimal) => { f64 };
    (Percent) => { f64 };
    (bool) => { bool };
    ($name:ident) => { &'static str };
}

macro_rules! on_init {
    // First the groups of the attribute are picked out,
    (@groups [$($rows:tt)*]) => { on_init! { @keys $($rows)* } };
    (@groups [$($rows:tt)*] $heading:literal attribute { $($more:tt)* } $($rest:tt)*) => {
        on_init! { @groups [$($rows)* $($more)*] $($rest)* }
    };
    (@groups [$($rows:tt)*] $heading:literal program { $($more:tt)* } $($rest:tt)*) => {
        on_init! { @groups [$($rows)*] $($rest)* }
    };
    // then each key of them becomes a field and a setter.
    (@keys $($(#[$doc:meta])+ $name:ident: $type:ident $(= $default:expr)? $(, ($($range:tt)+))?;)+) => {
        /// The keys that an expert sets in `#[on_init(..)]`.
        ///
        /// ```
        /// use metaexpert_core::config::OnInit;
        /// const SETTINGS: OnInit = OnInit::new().timeframe("4h").leverage(10).stop_loss_pct(2.0).log_dir("logs/trend").log_to_console(false);
        /// assert!(SETTINGS.layer().is_ok());
        /// ```
        ///
        /// ```compile_fail
        /// # use metaexpert_core::config::OnInit;
        /// const SETTINGS: OnInit = OnInit::new().leverage(500); // `leverage` is not in 1 to 125
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct OnInit { $($name: Option<written_as!($type)>),+ }

        impl OnInit {
            /// No key set.
            pub const fn new() -> Self {
                Self { $($name: None),+ }
            }

            $(
                $(#[$doc])+
                #[must_use]
                #[track_caller]
                pub const fn $name(mut self, value: written_as!($type)) -> Self {
                    let refusal = concat!("`", stringify!($name), "` is not ", range_text!($($($range)+)?));
                    AtCompileTime::<$type>::check(value, range!($($($range)+)?), refusal);
                    self.$name = Some(value);
                    self
                }
            )+

            /// The keys as a layer of the configuration.
            ///
            /// # Errors
            /// None that the setters would have let through in a constant.
            pub fn layer(&self) -> Result<Layer, ConfigError> {
                let mut layer = Layer::default();
                $(if let Some(value) = self.$name {
                    layer.$name(value).map_err(|bad| bad.at(Origin::Attribute.place_of(stringify!($name))))?;
                })+
                Ok(layer)
            }
        }

        /// Sets each key from the text that a flag would have; for the test that both agree.
        #[cfg(test)]
        pub(super) const SETTERS: &[(&str, fn(OnInit, &'static str) -> OnInit)] =
            &[$((stringify!($name), |settings, text| settings.$name(tests::written::<written_as!($type)>(text)))),+];
    };
    ($($groups:tt)+) => { on_init! { @groups [] $($groups)+ } };
}

for_each_key!(on_init);

impl Default for OnInit {
    fn default() -> Self {
        Self::new()
    }
}

/// The checks that a constant can make, where a panic is a compile error. A trait could not have them, since its functions are never `const`.
struct AtCompileTime<T>(std::marker::PhantomData<T>);

macro_rules! numbers {
    ($($type:ident)+) => {$(
        impl AtCompileTime<$type> {
            #[track_caller]
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless, reason = "no range comes near 2^53, and `From` is not const")]
            const fn check(value: written_as!($type), range: Range, refusal: &'static str) {
                assert!(range.contains(value as f64), "{}", refusal);
            }
        }
    )+};
}

numbers! { u32 usize Decimal Percent }

macro_rules! words {
    ($($type:ident)+) => {$(
        impl AtCompileTime<$type> {
            #[track_caller]
            const fn check(value: &str, _range: Range, _refusal: &'static str) {
                assert!($type::parse(value).is_some(), "{}", $type::REFUSAL);
            }
        }
    )+};
}

words! { Timeframe SizeType OnBreach LogLevel HourSet DaySet VolatilityFilter TrendFilter }

impl AtCompileTime<ByteSize> {
    #[track_caller]
    #[expect(clippy::cast_precision_loss, reason = "no range comes near 2^53")]
    #[expect(clippy::panic, reason = "evaluated in a constant, where a panic is a compile error")]
    const fn check(value: &str, range: Range, refusal: &'static str) {
        match ByteSize::parse(value) {
            Some(size) => assert!(range.contains(size.bytes() as f64), "{}", refusal),
            None => panic!("{}", ByteSize::REFUSAL),
        }
    }
}

impl AtCompileTime<bool> {
    const fn check(_value: bool, _range: Range, _refusal: &'static str) {}
}

impl AtCompileTime<String> {
    #[track_caller]
    const fn check(value: &str, _range: Range, _refusal: &'static str) {
        assert!(!value.trim_ascii().is_empty(), "is empty");
    }
}

#[cfg(test)]
mod tests {
    /// A value as it stands in the attribute, from the text of it.
    pub(super) trait Written {
        fn written(text: &'static str) -> Self;
    }

    impl Written for u32 {
        fn written(text: &'static str) -> Self {
            text.parse().unwrap()
        }
    }

    impl Written for usize {
        fn written(text: &'static str) -> Self {
            text.parse().unwrap()
        }
    }

    impl Written for f64 {
        fn written(text: &'static str) -> Self {
            text.parse().unwrap()
        }
    }

    impl Written for bool {
        fn written(text: &'static str) -> Self {
            text.parse().unwrap()
        }
    }

    impl Written for &'static str {
        fn written(text: &'static str) -> Self {
            text
        }
    }

    pub(super) fn written<T: Written>(text: &'static str) -> T {
        T::written(text)
    }
}
