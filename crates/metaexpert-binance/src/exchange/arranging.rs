//! Modes, leverage and margin as they are to be.
//!
//! The one decision: only what differs is set. A change of the position mode or of the margin is refused while anything is open, and an
//! account that is as it should be must not fail for that.

use metaexpert_connect::{
    Failure, Meaning,
    exchange::Terms,
    report::{LeverageReport, Refused},
};
use metaexpert_core::config::{MarginMode, PositionMode};
use rustc_hash::FxHashMap;

use super::BinanceExchange;
use crate::{
    Product,
    account::{self, Change, PositionsOf},
};

impl BinanceExchange {
    pub(super) async fn set_terms(&self, terms: &Terms) -> Result<Vec<String>, Failure> {
        let mut changed = Vec::new();
        if self.futures().is_some() {
            self.set_position_mode(terms, &mut changed).await?;
            let settings = self.settings().await?;
            for name in &terms.names {
                self.set_instrument(name, settings.get(name), terms, &mut changed).await?;
            }
        }
        self.modes.lock().position = terms.position_mode;
        Ok(changed)
    }

    /// One position or two legs; it holds for USD-M and COIN-M together.
    async fn set_position_mode(&self, terms: &Terms, changed: &mut Vec<String>) -> Result<(), Failure> {
        let mode = account::account_mode(&self.client, self.product).await?;
        if mode.multi_assets == Some(true) && terms.margin_mode == MarginMode::Isolated {
            return Err(refused(
                "the account takes several assets as margin together, and that has no isolated margin: set `margin_mode` to cross, or \
                 end the multi-assets mode at the exchange"
                    .to_owned(),
            ));
        }
        let is_hedge = terms.position_mode == PositionMode::Hedge;
        if mode.hedge != Some(is_hedge) && account::set_hedge_mode(&self.client, self.product, is_hedge).await? == Change::Made {
            changed.push(format!("the position mode of the account is {} now", terms.position_mode));
        }
        Ok(())
    }

    /// Leverage and margin as they are, by instrument. COIN-M tells them with positions, of all instruments.
    async fn settings(&self) -> Result<FxHashMap<String, LeverageReport>, Failure> {
        let settings = if self.product == Product::UsdM {
            account::leverage_settings(&self.client, None).await?
        } else {
            let positions = account::positions(&self.client, self.product, PositionsOf::All).await?;
            let setting = |position: metaexpert_connect::report::PositionReport| LeverageReport {
                symbol: position.symbol,
                leverage: position.leverage,
                isolated: position.isolated,
                max_value: None,
            };
            positions.into_iter().map(setting).collect()
        };
        Ok(settings.into_iter().map(|setting| (setting.symbol.clone(), setting)).collect())
    }

    async fn set_instrument(
        &self,
        name: &str,
        setting: Option<&LeverageReport>,
        terms: &Terms,
        changed: &mut Vec<String>,
    ) -> Result<(), Failure> {
        let is_isolated = terms.margin_mode == MarginMode::Isolated;
        if setting.and_then(|setting| setting.isolated) != Some(is_isolated)
            && account::set_margin_type(&self.client, self.product, name, is_isolated).await? == Change::Made
        {
            changed.push(format!("the margin of {name} is {} now", terms.margin_mode));
        }
        if setting.and_then(|setting| setting.leverage) != Some(terms.leverage) {
            account::set_leverage(&self.client, self.product, name, terms.leverage).await?;
            changed.push(format!("the leverage of {name} is {} now", terms.leverage));
        }
        Ok(())
    }
}

fn refused(message: String) -> Failure {
    Failure::Refused { endpoint: "arrange", refused: Refused { id: None, code: 0, message, meaning: Meaning::Forbidden } }
}
