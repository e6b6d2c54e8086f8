//! What a length in bars may be, and how a refused parameter is reported.

use crate::ConfigError;

/// The greatest length of an indicator, in bars. It is there so that a mistyped number is an error and not gigabytes of
/// memory; a million one-minute bars are two years.
pub const MAX_LENGTH: usize = 1_000_000;

/// A length that was checked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Length {
    pub(super) bars: usize,
    /// The same number, for arithmetic.
    pub(super) real: f64,
}

impl Length {
    /// `name` is what the user knows it by: `EMA length`.
    pub(super) fn new(name: &str, bars: usize) -> Result<Self, ConfigError> {
        match u32::try_from(bars) {
            Ok(whole) if (1..=MAX_LENGTH).contains(&bars) => Ok(Self { bars, real: f64::from(whole) }),
            _ => Err(ConfigError {
                key: name.to_owned(),
                value: Some(bars.to_string()),
                rule: format!("is not in 1 to {MAX_LENGTH}"),
                nearest: Some(bars.clamp(1, MAX_LENGTH).to_string()),
            }),
        }
    }
}

/// Refuses a factor that is not a finite number above zero.
pub(super) fn positive(name: &str, factor: f64) -> Result<f64, ConfigError> {
    if factor.is_finite() && factor > 0.0 {
        Ok(factor)
    } else {
        Err(ConfigError {
            key: name.to_owned(),
            value: Some(factor.to_string()),
            rule: "is not a number above 0".to_owned(),
            nearest: None,
        })
    }
}
