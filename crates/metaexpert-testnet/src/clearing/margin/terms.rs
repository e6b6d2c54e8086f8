//! What coins are lent at: rates, and the levels that a wallet with loans must keep.
//!
//! The one decision: cross and isolated margin differ in numbers only. Both are a list of tiers, each with a limit for what is owed
//! of one coin and with the levels that hold up to there; cross margin has one tier.

use metaexpert_core::Currency;
use rust_decimal::{Decimal, dec};

use crate::clearing::spot::FeeCoin;

/// What a lender asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lending {
    /// In what levels and limits are reckoned.
    pub unit: Currency,
    /// What a day costs, as a fraction of the loan.
    pub daily: Vec<(Currency, Decimal)>,
    /// The same for coins that are not listed.
    pub otherwise: Decimal,
    /// The level that must remain when something is taken out while something is owed.
    pub leave_at: Decimal,
    /// The coin in which interest may be paid at a discount.
    pub coin: Option<FeeCoin>,
    /// Whether the account pays interest in that coin while it has enough (Binance: `interestBNBBurn`).
    pub pays_in_coin: bool,
}

/// Levels that hold while no more than a limit is owed of any coin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    /// The most that can be held for what is one's own, in times.
    pub leverage: u32,
    /// The level that must remain when something is borrowed.
    pub initial: Decimal,
    /// The level at which the owner is called.
    pub call: Decimal,
    /// The level at which everything is taken over.
    pub liquidation: Decimal,
    /// What may be owed of one coin, worth in the lender's unit.
    pub limit: Decimal,
}

impl Lending {
    /// The rates that Binance's documentation shows for bitcoin and for tether ("Query Isolated Margin Fee Data"); tether's for all
    /// others. Nothing may be taken out below a level of 2 ("Margin Level and Risk Control", section 3), and interest costs 5 % less in
    /// the exchange's coin.
    pub fn standard(coin: &str) -> Self {
        Self {
            unit: Currency::new("USDT"),
            daily: vec![(Currency::new("BTC"), dec!(0.00026125))],
            otherwise: dec!(0.000475),
            leave_at: dec!(2),
            coin: Some(FeeCoin { currency: Currency::new(coin), discount: dec!(0.95) }),
            pays_in_coin: false,
        }
    }

    /// What a day costs, as a fraction of the loan.
    pub fn daily_rate(&self, currency: &Currency) -> Decimal {
        self.daily.iter().find(|(known, _)| known == currency).map_or(self.otherwise, |(_, rate)| *rate)
    }

    /// What an hour costs, as a fraction of the loan.
    pub fn hourly_rate(&self, currency: &Currency) -> Decimal {
        self.daily_rate(currency) / HOURS
    }
}

/// Of a day.
const HOURS: Decimal = dec!(24);

impl Tier {
    /// Cross margin at a leverage; `None` for one that is not offered (Binance, "Margin Level and Risk Control", section 3; "Adjust
    /// cross margin max leverage").
    pub const fn cross(leverage: u32) -> Option<Self> {
        let (initial, call) = match leverage {
            3 => (dec!(1.5), dec!(1.3)),
            5 => (dec!(1.25), dec!(1.16)),
            _ => return None,
        };
        Some(Self { leverage, initial, call, liquidation: dec!(1.1), limit: dec!(10000000) })
    }

    /// Tiers of an isolated pair: levels by leverage as Binance has them ("Isolated Margin Tier Data"; its limits differ from pair to
    /// pair, these are the same for all).
    pub const ISOLATED: [Self; 3] = [
        Self { leverage: 10, initial: dec!(1.111), call: dec!(1.09), liquidation: dec!(1.05), limit: dec!(100000) },
        Self { leverage: 5, initial: dec!(1.25), call: dec!(1.18), liquidation: dec!(1.15), limit: dec!(500000) },
        Self { leverage: 3, initial: dec!(1.5), call: dec!(1.35), liquidation: dec!(1.18), limit: dec!(2000000) },
    ];
}
