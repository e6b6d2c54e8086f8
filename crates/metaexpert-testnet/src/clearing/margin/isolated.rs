//! Isolated margin: the two coins of one pair vouch for that pair's loans alone.

use metaexpert_core::Currency;
use rust_decimal::Decimal;

use super::{Lending, Margin, Scope, Tier};
use crate::{
    clearing::{Numbers, spot::SpotFees},
    listing::MarketId,
    order::Refusal,
    prices::Prices,
};

/// The coins of one pair.
#[derive(Debug, Clone)]
pub struct Isolated {
    market: MarketId,
    base: Currency,
    quote: Currency,
    is_enabled: bool,
}

/// The wallet of an isolated pair.
pub type IsolatedMargin = Margin<Isolated>;

impl Scope for Isolated {
    fn holds(&self, currency: &Currency) -> bool {
        *currency == self.base || *currency == self.quote
    }

    fn trades(&self, market: MarketId) -> bool {
        market == self.market && self.is_enabled
    }
}

impl Margin<Isolated> {
    /// An empty wallet for a market of spot's.
    pub fn new(market: MarketId, lending: Lending, fees: SpotFees, numbers: Numbers, prices: &dyn Prices) -> Self {
        let instrument = &prices.listing(market).instrument;
        let (base, quote) = (instrument.base.clone(), instrument.quote.clone());
        let [.., highest] = Tier::ISOLATED;
        let mut wallet = Self::within(
            Isolated { market, base: base.clone(), quote: quote.clone(), is_enabled: true },
            &Tier::ISOLATED,
            highest,
            lending,
            fees,
            numbers,
        );
        wallet.coins.ledger.open(&base);
        wallet.coins.ledger.open(&quote);
        wallet
    }

    /// Which pair.
    pub const fn market(&self) -> MarketId {
        self.scope.market
    }

    /// What is bought and sold.
    pub const fn base(&self) -> &Currency {
        &self.scope.base
    }

    /// What that is paid with.
    pub const fn quote(&self) -> &Currency {
        &self.scope.quote
    }

    /// Whether it trades.
    pub const fn is_enabled(&self) -> bool {
        self.scope.is_enabled
    }

    /// Lets it trade again.
    pub const fn enable(&mut self) {
        self.scope.is_enabled = true;
    }

    /// Lets it trade no more.
    ///
    /// # Errors
    /// [`Refusal::OpenOrders`] while orders have something set aside, [`Refusal::OpenPosition`] while something is owed.
    pub fn disable(&mut self) -> Result<(), Refusal> {
        if !self.coins.holds.is_empty() {
            return Err(Refusal::OpenOrders);
        }
        if !self.debts.is_empty() {
            return Err(Refusal::OpenPosition);
        }
        self.scope.is_enabled = false;
        Ok(())
    }

    /// The price at which the wallet is taken over; `None` where no price does that.
    ///
    /// With `b` coins held and `B` owed, `q` of the quote currency held and `Q` owed, the level at price `p` is
    /// `(b * p + q) / (B * p + Q)`; it is `r` at `p = (r * Q - q) / (b - r * B)`.
    pub fn liquidation_price(&self, prices: &dyn Prices) -> Option<Decimal> {
        let ratio = self.tier(prices).liquidation;
        let (base, quote) = (self.asset(self.base()), self.asset(self.quote()));
        let (owed_base, owed_quote) = (base.borrowed + base.interest, quote.borrowed + quote.interest);
        let price = (ratio * owed_quote - quote.total()).checked_div(base.total() - ratio * owed_base)?;
        (!self.debts.is_empty() && price > Decimal::ZERO).then_some(price)
    }
}
