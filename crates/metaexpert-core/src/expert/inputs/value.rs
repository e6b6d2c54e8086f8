//! The types that an input can have.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::{
    config::{BadValue, KeyValue},
    time::Timeframe,
};

/// A type that an input can have: it is read from text and printed so that it reads back.
///
/// ```
/// use std::cmp::Ordering;
/// use metaexpert_core::{config::BadValue, expert::InputValue};
///
/// #[derive(PartialEq, Clone, Copy)]
/// enum Mode { Calm, Wild }
///
/// impl InputValue for Mode {
///     const KIND: &'static str = "mode";
///     fn parse(text: &str) -> Result<Self, BadValue> {
///         match text {
///             "calm" => Ok(Self::Calm),
///             "wild" => Ok(Self::Wild),
///             _ => Err(BadValue::new(text, "is neither `calm` nor `wild`")),
///         }
///     }
///     fn print(&self) -> String {
///         match self { Self::Calm => "calm", Self::Wild => "wild" }.to_owned()
///     }
///     fn compare(&self, other: &Self) -> Option<Ordering> {
///         (self == other).then_some(Ordering::Equal)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that an input can have",
    label = "not an `InputValue`",
    note = "inputs are whole numbers (`usize`, `u32`, `u64`, `i32`, `i64`), `f64`, `bool`, `Decimal`, `String`, `Timeframe`, or a \
            type of your own that implements `InputValue`"
)]
pub trait InputValue: Sized + 'static {
    /// What its values are called in help texts: `integer`, `number`, `text`.
    const KIND: &'static str;

    /// Reads a value.
    ///
    /// # Errors
    /// The text, the rule that it breaks, and the nearest value where there is one.
    fn parse(text: &str) -> Result<Self, BadValue>;

    /// Prints a value so that [`parse`](Self::parse) reads it back.
    fn print(&self) -> String;

    /// Compares two values, for bounds and choices; `None` where neither comes first.
    fn compare(&self, other: &Self) -> Option<Ordering>;
}

/// Types that compare and print as the standard library does it: the kind, and how a text is read.
macro_rules! input_values {
    ($($type:ty: $kind:literal, |$text:ident| $parsed:expr;)+) => {$(
        impl InputValue for $type {
            const KIND: &'static str = $kind;
            fn parse($text: &str) -> Result<Self, BadValue> {
                $parsed
            }
            fn print(&self) -> String {
                self.to_string()
            }
            fn compare(&self, other: &Self) -> Option<Ordering> {
                self.partial_cmp(other)
            }
        }
    )+};
}

macro_rules! whole_numbers {
    ($($type:ty)+) => {
        input_values! { $(
            $type: "integer", |text| text.parse().map_err(|_| {
                BadValue::new(text, format!("is not an integer from {} to {}", <$type>::MIN, <$type>::MAX))
            });
        )+ }
    };
}

whole_numbers! { usize u32 u64 i32 i64 }

input_values! {
    f64: "number", |text| {
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| BadValue::new(text, "is not a number"))
    };
    bool: "true|false", |text| text.parse().map_err(|_| BadValue::new(text, "is neither `true` nor `false`"));
    Decimal: "decimal", |text| text.parse().map_err(|_| BadValue::new(text, "is not a decimal number"));
    String: "text", |text| Ok(text.to_owned());
    Timeframe: "timeframe", |text| <Self as KeyValue>::parse(text);
}
