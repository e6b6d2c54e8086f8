//! The effective configuration of one expert.

use rust_decimal::Decimal;

use super::{BadValue, Config, ContractType, KeyValue, Layer, MarketType, Origin, Origins, SizeType, rules};
use crate::{error::ConfigError, instrument::InstrumentRules, money::Percent, rounding::quotient_to_lot};

/// The effective configuration, and where each value came from.
///
/// ```
/// use metaexpert_core::config::{Origin, Resolved};
/// # fn main() -> Result<(), metaexpert_core::ConfigError> {
/// let resolved = Resolved::of([("timeframe", "4h", Origin::Code), ("leverage", "10", Origin::Flag)])?;
/// assert_eq!((resolved.config.leverage, resolved.origins.leverage), (10, Origin::Flag));
/// assert_eq!((resolved.config.lookback_bars, resolved.origins.lookback_bars), (100, Origin::Default));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Resolved {
    /// The values.
    pub config: Config,
    /// Their sources.
    pub origins: Origins,
}

impl Resolved {
    /// The configuration with these values, each as a user would write it and with its source; of two for one key the later
    /// counts. Keys without a value have their defaults.
    ///
    /// # Errors
    /// The first value that its key cannot have, and the first key that there is not.
    pub fn of<'a>(values: impl IntoIterator<Item = (&'a str, &'a str, Origin)>) -> Result<Self, ConfigError> {
        let (mut layer, mut origins) = (Layer::default(), Origins::default());
        for (key, text, origin) in values {
            match layer.set(key, text) {
                Some(Ok(())) => origins.set(key, origin),
                Some(Err(bad)) => return Err(bad.at(origin.place_of(key))),
                None => return Err(ConfigError::about(origin.place_of(key), "unknown key")),
            }
        }
        Ok(Self { config: layer.into(), origins })
    }

    /// How a key was written where its effective value stands: `flag --leverage`.
    pub fn place_of(&self, key: &str) -> String {
        self.origins.of(key).unwrap_or(Origin::Default).place_of(key)
    }

    /// Asks the rules that concern several keys, and lists every one that is broken.
    pub fn check(&self) -> Vec<ConfigError> {
        rules::RULES.iter().filter_map(|rule| rule(self)).collect()
    }

    /// Asks the rules that need the instrument: a fixed size must not round to nothing, and a position must not be liquidated
    /// where it is opened.
    ///
    /// # Errors
    /// Names the key, the rule, and the nearest value that would do.
    pub fn check_instrument(&self, rules: &InstrumentRules) -> Result<(), ConfigError> {
        // What a fixed quantity of the coin is in inverse contracts depends on the price.
        if let (Some(SizeType::FixedBase), Some(size)) = (self.config.size_type, self.config.size_value)
            && self.config.contract_type != ContractType::Inverse
            && quotient_to_lot(size, rules.contract_size, rules.lot_size).is_zero()
        {
            let bad = self.refuse("size_value", &size, "rounds to nothing on the lot");
            return Err(bad.or_nearest(Some((rules.lot_size * rules.contract_size).to_text())));
        }
        let margin = Percent::new(Decimal::ONE_HUNDRED / Decimal::from(self.config.leverage));
        let maintenance = rules.maintenance_margin;
        if self.config.market_type != MarketType::Spot && maintenance >= margin {
            let rule = format!("leaves a margin of {margin} %, and the maintenance margin is {maintenance} %");
            let nearest = (Decimal::ONE_HUNDRED / maintenance.get()).ceil() - Decimal::ONE;
            return Err(self.refuse("leverage", &self.config.leverage, rule).or_nearest(Some(nearest.to_text())));
        }
        Ok(())
    }

    pub(super) fn refuse(&self, key: &str, value: &impl KeyValue, rule: impl Into<String>) -> ConfigError {
        BadValue::new(value.to_text(), rule).at(self.place_of(key))
    }
}
