//! What becomes of positions in a contract that ends: an option that expires, a dated future that is delivered.
//!
//! The one decision: an end is a *trade* that closes each leg, with [`Reason::Expiry`], so that positions, profit and balance
//! follow from trades here as everywhere. What it is closed at makes the difference:
//!
//! | contract | closed at | fee |
//! |---|---|---|
//! | call | `max(settlement price - strike, 0)` | of what is exercised: rate of the settlement price, capped |
//! | put | `max(strike - settlement price, 0)` | the same |
//! | linear future | the settlement price | rate of the value |
//! | inverse future | the settlement price; paid in the coin | rate of the value, in the coin |
//!
//! So with a premium of 1,300 and a settlement 3,000 above the strike, the holder of a call is paid 3,000 and has gained 1,700,
//! and its seller pays 3,000 and has lost 1,700. Out of the money it is closed at [`Price::ZERO`]: the holder has lost the
//! premium, the seller keeps it, and there is no fee. Exercise is automatic, and nobody can decline it. Both sides pay
//! the fee: Binance's page has an example of the holder's only, and the dearer reading is taken.
//!
//! The settlement price is an average over the last minutes, [`SettlementAverage`]. Cancelling the orders that still stand is
//! the venue's affair.

mod average; // the price that contracts are settled at

use metaexpert_core::{
    Instrument, InstrumentId, InstrumentKind, Liquidity, Money, OptionTerms, PositionSide, Price, Quantity, Reason, Right,
    Symbol, Trade, TradeId, UnixNanos,
};
use rust_decimal::Decimal;

use crate::options::CappedFee;
pub use average::{AveragingRule, SettlementAverage};

/// The end of one contract at one price.
#[derive(Debug, Clone, Copy)]
pub struct Settlement<'a> {
    id: InstrumentId,
    instrument: &'a Instrument,
    expiry: UnixNanos,
    underlying: Price,
    closes_at: Price,
    fee: CappedFee,
}

/// An instrument was to be settled that does not end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{symbol} has no expiry, so it cannot be settled; dated futures and options have one")]
pub struct NeverEnds {
    symbol: Symbol,
}

/// What exercise pays for one unit of the underlying, in quote currency; zero or more.
///
/// ```
/// use metaexpert_core::{OptionTerms, Price, Right, UnixNanos};
/// use metaexpert_matching::settlement::payoff;
/// use rust_decimal::dec;
/// let price = |price| Price::new(price).unwrap();
/// let put = OptionTerms { right: Right::Put, strike: price(dec!(60000)), expiry: UnixNanos::MAX };
/// assert_eq!(payoff(&put, price(dec!(38844.69652571))), dec!(21155.30347429));
/// assert_eq!(payoff(&put, price(dec!(60000))), dec!(0));
/// ```
pub fn payoff(terms: &OptionTerms, settlement: Price) -> Decimal {
    let gained = match terms.right {
        Right::Call => settlement.get() - terms.strike.get(),
        Right::Put => terms.strike.get() - settlement.get(),
    };
    gained.max(Decimal::ZERO)
}

impl<'a> Settlement<'a> {
    /// The end of an instrument. `underlying` is the settlement price; of a fee on a future the cap means nothing.
    ///
    /// # Errors
    /// If the instrument has no expiry.
    pub fn new(id: InstrumentId, instrument: &'a Instrument, underlying: Price, fee: CappedFee) -> Result<Self, NeverEnds> {
        let (expiry, closes_at) = match instrument.kind {
            InstrumentKind::Dated { delivery, .. } => (delivery, underlying),
            // A payoff of nothing is the one price that `new` refuses.
            InstrumentKind::Option(terms) => (terms.expiry, Price::new(payoff(&terms, underlying)).unwrap_or(Price::ZERO)),
            InstrumentKind::Spot | InstrumentKind::Perpetual(_) => {
                return Err(NeverEnds { symbol: instrument.symbol.clone() });
            }
        };
        Ok(Self { id, instrument, expiry, underlying, closes_at, fee })
    }

    /// At what legs are closed: the settlement price of a future, what an option pays.
    pub const fn closes_at(&self) -> Price {
        self.closes_at
    }

    /// When.
    pub const fn expiry(&self) -> UnixNanos {
        self.expiry
    }

    /// The trade that closes a leg.
    pub fn close(&self, leg: PositionSide, quantity: Quantity, id: TradeId) -> Trade {
        Trade {
            id,
            time: self.expiry,
            instrument: self.id,
            symbol: self.instrument.symbol.clone(),
            order: None,
            side: leg.closing_side(),
            position_side: leg,
            price: self.closes_at,
            quantity,
            fee: Money::new(self.fee(quantity), self.instrument.settlement.clone()),
            // Nobody rested: it is the exchange that closes.
            liquidity: Liquidity::Taker,
            reason: Reason::Expiry,
        }
    }

    /// The trades that close these legs, in their order, each with the next of the venue's ids.
    pub fn close_all(
        &self,
        legs: impl IntoIterator<Item = (PositionSide, Quantity)>,
        mut next_id: impl FnMut() -> TradeId,
    ) -> impl Iterator<Item = Trade> {
        legs.into_iter().map(move |(leg, quantity)| self.close(leg, quantity, next_id()))
    }

    /// In settlement currency, not rounded.
    fn fee(&self, quantity: Quantity) -> Decimal {
        match self.instrument.kind {
            InstrumentKind::Option(_) if self.closes_at == Price::ZERO => Decimal::ZERO,
            InstrumentKind::Option(_) => self.fee.of(self.instrument, self.underlying, self.closes_at.get(), quantity),
            InstrumentKind::Spot | InstrumentKind::Perpetual(_) | InstrumentKind::Dated { .. } => {
                self.fee.rate * self.instrument.value(self.underlying.get(), quantity.get())
            }
        }
    }
}

#[cfg(test)]
mod tests;
