//! How users write a queue model: `risk_averse`, `power:3`, `logarithm`.

use std::str::FromStr;

use super::{BadExponent, Place, Probability, QueueModel, RiskAverse};

/// A queue model that was chosen by text. Asking it costs one branch more than asking its model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Queue {
    /// `risk_averse`
    RiskAverse(RiskAverse),
    /// `power:3`, `logarithm`
    Probability(Probability),
}

impl Default for Queue {
    fn default() -> Self {
        Self::RiskAverse(RiskAverse)
    }
}

/// What is wrong with a queue model.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BadQueue {
    /// It begins with no known word.
    #[error("is not a queue model; write risk_averse, power:3 or logarithm")]
    Kind,
    /// Behind `power:` there is no number.
    #[error("has no number behind `power:`; 3 is usual")]
    Number,
    /// The number is not one that probabilities can be computed with.
    #[error(transparent)]
    Exponent(#[from] BadExponent),
}

impl FromStr for Queue {
    type Err = BadQueue;

    /// ```
    /// use metaexpert_matching::queue::Queue;
    /// assert!("power:3".parse::<Queue>().is_ok());
    /// assert_eq!("fifo".parse::<Queue>().unwrap_err().to_string(), "is not a queue model; write risk_averse, power:3 or logarithm");
    /// ```
    fn from_str(text: &str) -> Result<Self, BadQueue> {
        match text.trim().split_once(':') {
            None if text.trim() == "risk_averse" => Ok(Self::RiskAverse(RiskAverse)),
            None if text.trim() == "logarithm" => Ok(Self::Probability(Probability::logarithm())),
            Some(("power", exponent)) => {
                let exponent = exponent.trim().parse().map_err(|_| BadQueue::Number)?;
                Ok(Self::Probability(Probability::power(exponent)?))
            }
            Some(_) | None => Err(BadQueue::Kind),
        }
    }
}

impl QueueModel for Queue {
    type Position = Place;

    #[inline]
    fn joined(&self, ahead: f64) -> Place {
        match self {
            Self::RiskAverse(model) => model.joined(ahead),
            Self::Probability(model) => model.joined(ahead),
        }
    }

    #[inline]
    fn traded(&self, position: &mut Place, quantity: f64) {
        match self {
            Self::RiskAverse(model) => model.traded(position, quantity),
            Self::Probability(model) => model.traded(position, quantity),
        }
    }

    #[inline]
    fn changed(&self, position: &mut Place, before: f64, after: f64) {
        match self {
            Self::RiskAverse(model) => model.changed(position, before, after),
            Self::Probability(model) => model.changed(position, before, after),
        }
    }

    #[inline]
    fn executable(&self, position: &mut Place) -> f64 {
        match self {
            Self::RiskAverse(model) => model.executable(position),
            Self::Probability(model) => model.executable(position),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_chosen_by_text_does_what_the_model_does() {
        let moved = |model: &dyn Fn(&mut Place)| {
            let mut place = RiskAverse.joined(10.0);
            model(&mut place);
            place
        };
        let power = Probability::power(3.0).unwrap();
        let chosen: Queue = "power:3".parse().unwrap();
        assert_eq!(moved(&|place| chosen.changed(place, 20.0, 12.0)), moved(&|place| power.changed(place, 20.0, 12.0)));
        let chosen: Queue = " risk_averse ".parse().unwrap();
        assert_eq!(chosen, Queue::default());
        assert_eq!(moved(&|place| chosen.changed(place, 20.0, 12.0)), moved(&|place| RiskAverse.changed(place, 20.0, 12.0)));
        assert_ne!(
            moved(&|place| chosen.changed(place, 20.0, 12.0)),
            moved(&|place| power.changed(place, 20.0, 12.0)),
            "the two differ at all"
        );
    }

    #[test]
    fn what_is_wrong_says_what_would_be_right() {
        for (text, why) in [
            ("", "is not a queue model"),
            ("power", "is not a queue model"),
            ("power:", "has no number"),
            ("power:x", "has no number"),
            ("power:0", "the exponent 0 of a queue's probability is out of range"),
            ("Logarithm", "is not a queue model"),
        ] {
            let error = text.parse::<Queue>().unwrap_err().to_string();
            assert!(error.starts_with(why), "{text:?}: {error}");
        }
    }
}
