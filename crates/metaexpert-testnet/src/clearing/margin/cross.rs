//! Cross margin: all coins of the wallet vouch for all its loans.

use metaexpert_core::Currency;

use super::{Lending, Margin, Scope, Tier};
use crate::{
    clearing::{Numbers, spot::SpotFees},
    listing::MarketId,
    order::Refusal,
};

/// Every coin, every market of spot's.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cross;

/// The wallet of cross margin.
pub type CrossMargin = Margin<Cross>;

impl Scope for Cross {
    fn holds(&self, _: &Currency) -> bool {
        true
    }

    fn trades(&self, _: MarketId) -> bool {
        true
    }
}

impl Margin<Cross> {
    /// An empty wallet.
    pub fn new(tier: Tier, lending: Lending, fees: SpotFees, numbers: Numbers) -> Self {
        Self::within(Cross, &[tier], tier, lending, fees, numbers)
    }

    /// The most that can be held for what is one's own, in times.
    pub const fn leverage(&self) -> u32 {
        self.highest_tier.leverage
    }

    /// Sets that. What is owed already stands, and keeps to the new levels.
    ///
    /// # Errors
    /// [`Refusal::Leverage`] where that leverage is not offered.
    pub fn set_leverage(&mut self, leverage: u32) -> Result<(), Refusal> {
        let tier = Tier::cross(leverage).ok_or(Refusal::Leverage)?;
        self.highest_tier = tier;
        self.tiers = vec![tier];
        Ok(())
    }
}
