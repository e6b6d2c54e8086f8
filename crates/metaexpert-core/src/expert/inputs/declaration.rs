//! One input as its field's attribute describes it, and the three readings of it.
//!
//! A key of `#[input(..)]` is a method of [`Input`], so rustc names the nearest one where a key is unknown. The default has a
//! type of its own, [`Given`] or [`NoDefault`], so that an input without one does not compile.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::{InputKey, InputValue, InputValues};
use crate::{
    config::{BadValue, nearest},
    error::ConfigError,
};

/// One input of type `T` with what its attribute says of it.
#[derive(Debug, Clone)]
pub struct Input<T, D = NoDefault> {
    name: &'static str,
    doc: &'static str,
    default: D,
    min: Option<T>,
    max: Option<T>,
    step: Option<T>,
    choices: Vec<T>,
}

/// In place of a default that is not there yet.
#[derive(Debug, Clone, Copy)]
pub struct NoDefault;

/// A default.
#[derive(Debug, Clone, Copy)]
pub struct Given<T>(T);

impl<T> Input<T> {
    /// An input by its field's name and documentation.
    #[must_use]
    pub const fn new(name: &'static str, doc: &'static str) -> Self {
        Self { name, doc, default: NoDefault, min: None, max: None, step: None, choices: Vec::new() }
    }

    /// Its value where none is given.
    #[must_use]
    pub fn default(self, value: impl Written<T>) -> Input<T, Given<T>> {
        let Self { name, doc, default: NoDefault, min, max, step, choices } = self;
        Input { name, doc, default: Given(value.written()), min, max, step, choices }
    }
}

impl<T, D> Input<T, D> {
    /// Its smallest value.
    #[must_use]
    pub fn min(self, value: impl Written<T>) -> Self {
        Self { min: Some(value.written()), ..self }
    }

    /// Its largest value.
    #[must_use]
    pub fn max(self, value: impl Written<T>) -> Self {
        Self { max: Some(value.written()), ..self }
    }

    /// The distance between the values that an optimiser tries.
    #[must_use]
    pub fn step(self, value: impl Written<T>) -> Self {
        Self { step: Some(value.written()), ..self }
    }

    /// All its values.
    #[must_use]
    pub fn choices<W: Written<T>>(self, values: impl IntoIterator<Item = W>) -> Self {
        Self { choices: values.into_iter().map(Written::written).collect(), ..self }
    }
}

/// A value as an attribute may write it for an input of type `T`: the type's own, or what stands for it in source text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value for an input of type `{T}`",
    label = "not a value of type `{T}`"
)]
pub trait Written<T> {
    /// The value.
    fn written(self) -> T;
}

#[diagnostic::do_not_recommend]
impl<T> Written<T> for T {
    fn written(self) -> T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl Written<String> for &str {
    fn written(self) -> String {
        self.to_owned()
    }
}

/// `default = 2` for an `f64`.
#[diagnostic::do_not_recommend]
impl Written<f64> for i32 {
    fn written(self) -> f64 {
        f64::from(self)
    }
}

#[diagnostic::do_not_recommend]
impl Written<Decimal> for i32 {
    fn written(self) -> Decimal {
        self.into()
    }
}

/// The decimal that the literal shows: `0.1` is exactly 0.1. What no decimal can hold becomes the largest.
#[diagnostic::do_not_recommend]
impl Written<Decimal> for f64 {
    fn written(self) -> Decimal {
        Decimal::try_from(self).unwrap_or(Decimal::MAX)
    }
}

/// An input that has all it needs.
#[diagnostic::on_unimplemented(
    message = "this input has no default",
    label = "needs `#[input(default = ..)]`",
    note = "every input has a value where none is given"
)]
pub trait Declared<T> {
    /// The input, with its default.
    fn declared(self) -> Input<T, Given<T>>;
}

#[diagnostic::do_not_recommend]
impl<T> Declared<T> for Input<T, Given<T>> {
    fn declared(self) -> Input<T, Given<T>> {
        self
    }
}

/// What a reading of inputs is for.
#[derive(Debug)]
pub struct InputReader<'v> {
    reading: Reading<'v>,
}

#[derive(Debug)]
enum Reading<'v> {
    Defaults,
    Keys(Vec<InputKey>),
    Values { values: &'v InputValues, refused: Option<ConfigError> },
}

impl<'v> InputReader<'v> {
    /// Reads defaults, as they are written.
    pub const fn defaults() -> Self {
        Self { reading: Reading::Defaults }
    }

    pub(super) const fn keys() -> Self {
        Self { reading: Reading::Keys(Vec::new()) }
    }

    pub(super) const fn values(values: &'v InputValues) -> Self {
        Self { reading: Reading::Values { values, refused: None } }
    }

    /// Reads one input.
    pub fn take<T: InputValue>(&mut self, input: impl Declared<T>) -> T {
        let input = input.declared();
        match &mut self.reading {
            Reading::Defaults => {}
            Reading::Keys(keys) => keys.push(input.key()),
            Reading::Values { values, refused } => match input.value(values) {
                Ok(Some(value)) => return value,
                Ok(None) => {}
                Err(error) => _ = refused.get_or_insert(error),
            },
        }
        let Given(default) = input.default;
        default
    }

    pub(super) fn into_keys(self) -> Vec<InputKey> {
        match self.reading {
            Reading::Keys(keys) => keys,
            Reading::Defaults | Reading::Values { .. } => Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Result<(), ConfigError> {
        match self.reading {
            Reading::Values { refused: Some(error), .. } => Err(error),
            Reading::Values { refused: None, .. } | Reading::Defaults | Reading::Keys(_) => Ok(()),
        }
    }
}

impl<T: InputValue> Input<T, Given<T>> {
    fn key(&self) -> InputKey {
        let print = |value: &Option<T>| value.as_ref().map(T::print);
        InputKey {
            name: self.name,
            doc: self.doc,
            kind: T::KIND,
            default: self.default.0.print(),
            min: print(&self.min),
            max: print(&self.max),
            step: print(&self.step),
            choices: self.choices.iter().map(T::print).collect(),
        }
    }

    /// The value that was given, if one was and it is one of this input's.
    fn value(&self, values: &InputValues) -> Result<Option<T>, ConfigError> {
        self.check_declaration()?;
        let Some((text, origin)) = values.get(self.name) else { return Ok(None) };
        let value = T::parse(text).map_err(|bad| match bad.nearest {
            Some(_) => bad.at(origin),
            None => bad.or_nearest(self.nearest_choice(text)).at(origin),
        })?;
        self.check(&value).map_err(|broken| broken.at(origin))?;
        Ok(Some(value))
    }

    /// What rustc could not compare, because a bound is no literal.
    fn check_declaration(&self) -> Result<(), ConfigError> {
        let named = |what| format!("{what} of input `{}`", self.name);
        if let (Some(min), Some(max)) = (&self.min, &self.max)
            && min.compare(max) == Some(Ordering::Greater)
        {
            return Err(BadValue::new(min.print(), format!("is above its max {}", max.print())).at(named("min")));
        }
        self.check(&self.default.0).map_err(|broken| broken.at(named("default")))
    }

    /// Refuses a value out of bounds or choices.
    fn check(&self, value: &T) -> Result<(), BadValue> {
        let is = |order, other: &T| value.compare(other) == Some(order);
        let bad = |rule, nearest| Err(BadValue::new(value.print(), rule).or_nearest(nearest));
        match (&self.min, &self.max) {
            (Some(min), _) if is(Ordering::Less, min) => {
                let rule = self.max.as_ref().map_or_else(|| format!("is below {}", min.print()), |max| not_in(min, max));
                bad(rule, Some(min.print()))
            }
            (_, Some(max)) if is(Ordering::Greater, max) => {
                let rule = self.min.as_ref().map_or_else(|| format!("is above {}", max.print()), |min| not_in(min, max));
                bad(rule, Some(max.print()))
            }
            _ if self.choices.is_empty() || self.choices.iter().any(|choice| is(Ordering::Equal, choice)) => Ok(()),
            _ => {
                let all: Vec<_> = self.choices.iter().map(|choice| format!("`{}`", choice.print())).collect();
                bad(format!("is not one of {}", all.join(", ")), self.nearest_choice(&value.print()))
            }
        }
    }

    fn nearest_choice(&self, text: &str) -> Option<String> {
        let choices: Vec<_> = self.choices.iter().map(T::print).collect();
        nearest(text, choices.iter().map(String::as_str)).map(str::to_owned)
    }
}

fn not_in<T: InputValue>(min: &T, max: &T) -> String {
    format!("is not in {} to {}", min.print(), max.print())
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::time::Timeframe;

    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "each is declared where it is tried")]
    fn refusal<T: InputValue>(input: Input<T, Given<T>>, text: &str) -> String {
        input.value(&InputValues::new().with("knob", text)).err().map_or_else(|| "accepted".into(), |error| error.to_string())
    }

    #[test]
    fn a_refusal_names_the_value_the_rule_and_the_nearest() {
        let length = || Input::<usize>::new("knob", "").default(12).min(5).max(50);
        assert_eq!(refusal(length(), "9"), "accepted");
        assert_eq!(refusal(length(), "51"), "input `knob`: `51` is not in 5 to 50; the nearest is `50`");
        assert_eq!(refusal(length(), "4"), "input `knob`: `4` is not in 5 to 50; the nearest is `5`");
        assert_eq!(refusal(length(), "-1"), "input `knob`: `-1` is not an integer from 0 to 18446744073709551615");
        assert_eq!(
            refusal(Input::<f64>::new("knob", "").default(2).min(0.5), "0"),
            "input `knob`: `0` is below 0.5; the nearest is `0.5`"
        );
        assert_eq!(refusal(Input::<f64>::new("knob", "").default(2).max(3), "NaN"), "input `knob`: `NaN` is not a number");
        assert_eq!(
            refusal(Input::<i64>::new("knob", "").default(-2).max(-1), "0"),
            "input `knob`: `0` is above -1; the nearest is `-1`"
        );
        assert_eq!(
            refusal(Input::<bool>::new("knob", "").default(false), "yes"),
            "input `knob`: `yes` is neither `true` nor `false`"
        );
        let mode = || Input::<String>::new("knob", "").default("calm").choices(["calm", "wild"]);
        assert_eq!(refusal(mode(), "wlid"), "input `knob`: `wlid` is not one of `calm`, `wild`; the nearest is `wild`");
        let timeframe = || Input::<Timeframe>::new("knob", "").default(Timeframe::H1);
        assert_eq!(refusal(timeframe(), "4h"), "accepted");
        assert!(refusal(timeframe(), "7m").starts_with("input `knob`: `7m` is not one of `1s`, `1m`, "));
    }

    #[test]
    fn a_declaration_that_contradicts_itself_is_refused_at_the_start() {
        let crossed = Input::<u32>::new("knob", "").default(3).min(5).max(1);
        assert_eq!(refusal(crossed, "3"), "min of input `knob`: `5` is above its max 1");
        let outside = Input::<u32>::new("knob", "").default(3).min(5);
        assert_eq!(refusal(outside, "7"), "default of input `knob`: `3` is below 5; the nearest is `5`");
    }

    #[test]
    fn literals_become_the_decimals_that_they_show() {
        assert_eq!(Input::<Decimal>::new("knob", "").default(0.1).default.0, dec!(0.1));
        assert_eq!(Input::<Decimal>::new("knob", "").default(3).default.0, dec!(3));
    }
}
