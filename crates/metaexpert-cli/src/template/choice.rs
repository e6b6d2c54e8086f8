//! What can be chosen of a project, and what is taken where nothing was.

use clap::ValueEnum;

use super::{Dependency, ExpertName};
use crate::{
    command_line::{Exchange, MarketType, ProjectArgs, Strategy},
    exit::CommandError,
    user_defaults::UserDefaults,
};

/// A project that can be made.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) name: ExpertName,
    pub(crate) exchange: Exchange,
    pub(crate) strategy: Strategy,
    pub(crate) market: Market,
    pub(crate) dependency: Dependency,
}

/// The markets of this version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Market {
    Spot,
    Futures,
}

impl Choice {
    /// The exchange as it is written in code and configuration.
    pub(crate) fn exchange_name(&self) -> String {
        name_of(&self.exchange)
    }
}

/// What somebody chose, and the defaults for the rest.
pub(crate) fn chosen(name: ExpertName, args: &ProjectArgs) -> Result<Choice, CommandError> {
    let defaults = UserDefaults::read()?;
    Ok(Choice {
        name,
        exchange: args.exchange.unwrap_or(defaults.exchange),
        strategy: args.strategy.unwrap_or(defaults.strategy),
        market: market(args.market_type, defaults.market_type)?,
        dependency: Dependency::find(args.local.as_deref())?,
    })
}

/// The market that was asked for, or the one by default, if this version has it.
fn market(asked: Option<MarketType>, default: MarketType) -> Result<Market, CommandError> {
    let place = if asked.is_some() { "flag --market-type" } else { "default `market_type` of `metaexpert config`" };
    match asked.unwrap_or(default) {
        MarketType::Spot => Ok(Market::Spot),
        MarketType::Futures => Ok(Market::Futures),
        missing @ (MarketType::Margin | MarketType::Options) => Err(CommandError::Configuration(format!(
            "{place}: `{}` is not part of this version; `spot` and `futures` are",
            name_of(&missing)
        ))),
    }
}

/// A value as a user writes it.
fn name_of(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_market_that_is_not_part_of_this_version_names_where_it_was_asked_for() {
        let refused = |asked, default| market(asked, default).unwrap_err().to_string();
        assert_eq!(
            refused(Some(MarketType::Options), MarketType::Spot),
            "flag --market-type: `options` is not part of this version; `spot` and `futures` are"
        );
        assert_eq!(
            refused(None, MarketType::Margin),
            "default `market_type` of `metaexpert config`: `margin` is not part of this version; `spot` and `futures` are"
        );
    }
}
