//! Parabolic stop and reverse.

use serde::{Deserialize, Serialize};

use super::{length::positive, output::Output};
use crate::ConfigError;

/// Wilder's parabolic stop and reverse (SAR): a stop that follows the trend, faster with each new extreme, until the price
/// touches it and the trend turns. In a rising trend:
///
/// ```text
/// stop of the next bar = stop + a * (extreme - stop), but not above this bar's low or the one's before
/// extreme = the highest high of the trend;   a = `step`, and `step` more with each new extreme, up to `max`
/// low <= stop: the trend turns; the stop becomes the extreme, but not below this bar's high; the extreme becomes this bar's
///              low, and a becomes `step` again
/// ```
///
/// and the mirror image of it in a falling one. Seeded as by TA-Lib, at the second bar: the trend falls if the low fell by more
/// than the high rose, else it rises; its stop is the first bar's high (low), its extreme the second's low (high). Ready from
/// bar 2; the first bar gives its low.
///
/// ```
/// use metaexpert_core::indicators::{ParabolicSar, Trend};
///
/// let mut sar = ParabolicSar::new(0.02, 0.2)?;
/// sar.next(11.0, 10.0);
/// assert_eq!(sar.next(12.0, 11.0), 10.0);
/// assert_eq!(sar.next(14.0, 12.0), 10.0 + 0.02 * (12.0 - 10.0));
/// assert_eq!(sar.trend(), Some(Trend::Rising));
/// assert_eq!(sar.next(10.5, 9.0), 14.0); // touched: the stop jumps to the highest high
/// assert_eq!(sar.trend(), Some(Trend::Falling));
/// # Ok::<(), metaexpert_core::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ParabolicSar {
    step: f64,
    max: f64,
    previous: Option<Bounds>,
    course: Option<Course>,
    output: Output<f64>,
}

/// Which way prices go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trend {
    /// Upwards; the stop is below the price.
    Rising,
    /// Downwards; the stop is above the price.
    Falling,
}

/// A trend on its way. In a falling one all prices in here are negated: it is a rising one in the mirror, and the rule need be
/// written only once. (Negating loses nothing in floating point.)
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Course {
    trend: Trend,
    /// The stop of the bar to come.
    stop: f64,
    extreme: f64,
    acceleration: f64,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Bounds {
    high: f64,
    low: f64,
}

impl ParabolicSar {
    /// Wilder's own parameters are 0.02 and 0.2.
    ///
    /// # Errors
    /// A `step` that is not a number above 0, or a `max` that is below `step` or above 1 (the stop would overtake the price).
    pub fn new(step: f64, max: f64) -> Result<Self, ConfigError> {
        let step = positive("Parabolic SAR step", step)?;
        if !(max >= step && max <= 1.0) {
            return Err(ConfigError {
                key: "Parabolic SAR max".to_owned(),
                value: Some(max.to_string()),
                rule: format!("is not between the step, {step}, and 1"),
                nearest: None,
            });
        }
        Ok(Self { step, max, previous: None, course: None, output: Output::ready_after(2) })
    }

    /// Takes the next bar's prices and returns the stop at that bar.
    #[inline]
    pub fn next(&mut self, high: f64, low: f64) -> f64 {
        let bar = Bounds { high, low };
        let Some(before) = self.previous.replace(bar) else { return self.output.put(low) };
        let (course, stop) = match self.course {
            // TA-Lib counts the second bar as its own predecessor here.
            None => self.begin(before, bar).follow(bar, bar, self.step, self.max),
            Some(course) => course.follow(before, bar, self.step, self.max),
        };
        self.course = Some(course);
        self.output.put(stop)
    }

    fn begin(&self, first: Bounds, second: Bounds) -> Course {
        let (up, down) = (second.high - first.high, first.low - second.low);
        let trend = if down > 0.0 && down > up { Trend::Falling } else { Trend::Rising };
        Course { trend, stop: first.seen_in(trend).low, extreme: second.seen_in(trend).high, acceleration: self.step }
    }

    /// Which way the trend goes at the last bar, once it [is ready](Self::is_ready).
    pub fn trend(&self) -> Option<Trend> {
        self.course.map(|course| course.trend)
    }

    /// Whether two bars have been seen.
    pub fn is_ready(&self) -> bool {
        self.output.is_ready()
    }

    /// The stop at the last bar, once it [is ready](Self::is_ready).
    pub fn value(&self) -> Option<f64> {
        self.output.value()
    }
}

impl Course {
    /// One bar on: the course from there, and the stop at that bar.
    #[inline]
    fn follow(self, before: Bounds, bar: Bounds, step: f64, max: f64) -> (Self, f64) {
        let touched = bar.seen_in(self.trend).low <= self.stop;
        let course = if touched { self.turned(bar, step) } else { self.extended(bar, step, max) };
        (course.advanced(before, bar), course.trend.mirror(course.stop))
    }

    #[inline]
    fn turned(self, bar: Bounds, step: f64) -> Self {
        let trend = self.trend.opposite();
        let bar = bar.seen_in(trend);
        Self { trend, stop: bar.low.min(-self.extreme), extreme: bar.high, acceleration: step }
    }

    #[inline]
    fn extended(self, bar: Bounds, step: f64, max: f64) -> Self {
        let high = bar.seen_in(self.trend).high;
        if high > self.extreme { Self { extreme: high, acceleration: (self.acceleration + step).min(max), ..self } } else { self }
    }

    /// Moves the stop to where the next bar meets it.
    #[inline]
    fn advanced(self, before: Bounds, bar: Bounds) -> Self {
        let (before, bar) = (before.seen_in(self.trend), bar.seen_in(self.trend));
        let stop = self.stop + self.acceleration * (self.extreme - self.stop);
        Self { stop: stop.min(before.low).min(bar.low), ..self }
    }
}

impl Bounds {
    fn seen_in(self, trend: Trend) -> Self {
        match trend {
            Trend::Rising => self,
            Trend::Falling => Self { high: -self.low, low: -self.high },
        }
    }
}

impl Trend {
    fn opposite(self) -> Self {
        match self {
            Self::Rising => Self::Falling,
            Self::Falling => Self::Rising,
        }
    }

    fn mirror(self, price: f64) -> f64 {
        match self {
            Self::Rising => price,
            Self::Falling => -price,
        }
    }
}
