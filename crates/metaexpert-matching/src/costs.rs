//! What a fill pays: slippage and rounding to the tick. Fees are the account's.

use metaexpert_core::{
    Instrument, Price, Side,
    rounding::{Round, to_step},
};
use rust_decimal::Decimal;

/// What an execution pays beyond its price.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Costs {
    /// What a market order or a stop pays beyond the price, as a fraction of it (0.0005 is 0.05 %).
    pub slippage: Decimal,
}

impl Costs {
    /// What a market order or a triggered stop pays or gets at `price`: slippage and the tick, both against the trader.
    pub(crate) fn taken(&self, price: Decimal, side: Side, instrument: &Instrument) -> Option<Price> {
        let slipped = side.against(price, self.slippage);
        let round = match side {
            Side::Buy => Round::Up,
            Side::Sell => Round::Down,
        };
        // A price below one tick has no tick to go to; it is left as it is rather than given away.
        Price::new(to_step(slipped, instrument.rules.tick_size, round)).or_else(|| Price::new(slipped))
    }
}
