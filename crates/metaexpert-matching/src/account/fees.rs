//! What executions cost: tiers by volume, rebates, a discount for paying in a third asset.

use std::collections::VecDeque;

use metaexpert_core::{Currency, InstrumentId, Liquidity, Money, UnixNanos};
use rust_decimal::Decimal;

use super::Account;
use crate::ledger::Keep;

/// Days whose volume counts towards a tier (Binance, Fee Schedule: "30-day trading volume"; Bybit and OKX alike).
const VOLUME_DAYS: i64 = 30;

/// One tier of a fee schedule. Rates are fractions (0.0005 is 0.05 %) of an execution's value; a negative one is a rebate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeTier {
    /// The volume of thirty days from which on it applies, in settlement currency.
    pub volume: Decimal,
    /// What an execution costs that rested.
    pub maker: Decimal,
    /// What an execution costs that took.
    pub taker: Decimal,
}

/// Fees that are paid in a coin of the exchange's own, such as BNB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidIn {
    /// The coin.
    pub currency: Currency,
    /// What is taken off for that, as a fraction (Binance, "Fee Schedule of Binance Futures", support/faq 360033544231, note 4:
    /// 0.1, and none where the coin does not suffice; on spot 0.25).
    pub discount: Decimal,
    /// The instrument whose last price says what the coin is worth.
    pub priced_by: InstrumentId,
}

/// A fee schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fees {
    /// At least one, by rising volume; the first one's is zero.
    pub tiers: Vec<FeeTier>,
    /// What a delivery costs, as a fraction of the position's value at the settlement price.
    pub delivery: Decimal,
    /// What a liquidation costs, as a fraction of the position's value. Where it is `None` a position is taken over at its
    /// bankruptcy price with all of its margin, and there is no fee on top.
    pub liquidation: Option<Decimal>,
    /// The coin that fees are paid in as long as there is enough of it.
    pub paid_in: Option<PaidIn>,
}

impl Fees {
    /// One tier, everything in settlement currency, nothing for deliveries and liquidations.
    pub fn flat(maker: Decimal, taker: Decimal) -> Self {
        Self {
            tiers: vec![FeeTier { volume: Decimal::ZERO, maker, taker }],
            delivery: Decimal::ZERO,
            liquidation: None,
            paid_in: None,
        }
    }
}

/// A schedule, and where on it the account stands.
#[derive(Debug)]
pub(super) struct FeeBook {
    schedule: Fees,
    tier: FeeTier,
    /// Day and volume, oldest first; empty where there is one tier only.
    days: VecDeque<(i64, Decimal)>,
}

impl FeeBook {
    pub(super) fn new(schedule: Fees) -> Self {
        let free = FeeTier { volume: Decimal::ZERO, maker: Decimal::ZERO, taker: Decimal::ZERO };
        let tier = schedule.tiers.first().copied().unwrap_or(free);
        Self { schedule, tier, days: VecDeque::new() }
    }

    /// The tier that applies.
    pub(super) const fn rates(&self) -> FeeTier {
        self.tier
    }

    pub(super) const fn schedule(&self) -> &Fees {
        &self.schedule
    }

    pub(super) const fn rate(&self, liquidity: Liquidity) -> Decimal {
        match liquidity {
            Liquidity::Taker => self.tier.taker,
            Liquidity::Maker => self.tier.maker,
        }
    }

    /// Counts an execution. A new day settles the tier, by the volume of the days before it.
    #[inline]
    pub(super) fn traded(&mut self, time: UnixNanos, value: impl FnOnce() -> Decimal) {
        if self.schedule.tiers.len() > 1 {
            self.count(time.utc_day(), value());
        }
    }

    fn count(&mut self, day: i64, value: Decimal) {
        match self.days.back_mut() {
            Some((last, volume)) if *last >= day => *volume += value,
            _ => {
                while self.days.front().is_some_and(|(first, _)| day - first > VOLUME_DAYS) {
                    self.days.pop_front();
                }
                let volume: Decimal = self.days.iter().map(|(_, volume)| *volume).sum();
                let reached = self.schedule.tiers.iter().rev().find(|tier| tier.volume <= volume);
                self.tier = reached.copied().unwrap_or(self.tier);
                self.days.push_back((day, value));
            }
        }
    }

    /// The same fee in the coin that fees are paid in, discounted; `None` where that is not done, where the coin has no price
    /// in this currency yet, or where there is too little of it.
    pub(super) fn in_third_asset<K: Keep>(&self, amount: Decimal, settlement: &Currency, account: &Account<K>) -> Option<Money> {
        let PaidIn { currency, discount, priced_by } = self.schedule.paid_in.as_ref()?;
        if amount <= Decimal::ZERO || account.instruments.get(*priced_by).quote != *settlement {
            return None;
        }
        let price = account.portfolio.exact_mark(*priced_by)?;
        let coins = (amount * (Decimal::ONE - discount)).checked_div(price)?;
        let enough = account.ledger.find(currency).is_some_and(|id| account.ledger.free(id) >= coins);
        enough.then(|| Money::new(coins, currency.clone()))
    }
}
