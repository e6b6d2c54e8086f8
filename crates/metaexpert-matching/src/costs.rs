//! What a fill pays: slippage, rounding to the tick, fees.

use metaexpert_core::{
    Instrument, Liquidity, Money, Price, Quantity, Side,
    rounding::{Round, to_step},
};
use rust_decimal::Decimal;

/// Fees and slippage, as fractions (0.0005 is 0.05 %).
#[derive(Debug, Clone, Copy)]
pub struct Costs {
    /// Fee of a fill that took, of its notional.
    pub taker: Decimal,
    /// Fee of a fill that rested, of its notional; negative for a rebate.
    pub maker: Decimal,
    /// What a market order or a stop pays beyond the price, of the price.
    pub slippage: Decimal,
}

impl Costs {
    /// What a market order or a triggered stop pays or gets at `price`: slippage and the tick, both against the trader.
    pub(crate) fn taken(&self, price: Decimal, side: Side, instrument: &Instrument) -> Option<Price> {
        let (slipped, round) = match side {
            Side::Buy => (price * (Decimal::ONE + self.slippage), Round::Up),
            Side::Sell => (price * (Decimal::ONE - self.slippage), Round::Down),
        };
        // A price below one tick has no tick to go to; it is left as it is rather than given away.
        Price::new(to_step(slipped, instrument.rules.tick_size, round)).or_else(|| Price::new(slipped))
    }

    /// The fee of a fill, in settlement currency, not rounded.
    pub(crate) fn fee(&self, price: Price, quantity: Quantity, liquidity: Liquidity, instrument: &Instrument) -> Money {
        let rate = match liquidity {
            Liquidity::Taker => self.taker,
            Liquidity::Maker => self.maker,
        };
        Money::new(instrument.value(price.get(), quantity.get()) * rate, instrument.settlement.clone())
    }
}
