//! Prices that somebody moves while the exchange runs.

use metaexpert_core::Price;

use super::Exchange;
use crate::{
    listing::{Class, MarketId},
    setup::SetupError,
};

impl Exchange {
    /// Moves the script that a market follows to a price, now: with it all that follow the same script. A market is `linear:BTCUSDT`, or its
    /// symbol alone, where that says which.
    ///
    /// # Errors
    /// [`SetupError::Value`] where there is no such market, or it follows no script.
    pub fn set_price(&mut self, market: &str, price: Price) -> Result<(), SetupError> {
        self.catch_up();
        let id = self.market(market).ok_or_else(|| {
            let rule = "no such market is listed, or more than one; a market is `CLASS:SYMBOL`, such as `linear:BTCUSDT`";
            SetupError::value("market", market, rule)
        })?;
        self.world.set_price(id, price).map_err(|error| SetupError::value("market", market, error.to_string()))?;
        self.note(format!("`{market}` was moved to {}", price.get()));
        self.tell();
        Ok(())
    }

    fn market(&self, name: &str) -> Option<MarketId> {
        let (class, symbol) = name.split_once(':').map_or((None, name), |(class, symbol)| (Some(class), symbol));
        let is_meant = |wanted: Class| class.is_none_or(|class| wanted.as_str() == class);
        let markets = self.world.markets();
        let mut found = Class::ALL.into_iter().filter(|class| is_meant(*class)).filter_map(|class| markets.find(class, symbol));
        found.next().filter(|_| found.next().is_none())
    }
}
