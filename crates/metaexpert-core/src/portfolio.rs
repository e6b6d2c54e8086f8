//! Balance and positions as they follow from the fills, and from nothing else.
//!
//! The one decision: the simulated venue and the engine's own view of an account are the same type, fed with the same
//! [`Trade`]s, so that they cannot drift apart. All of it is exact; a position keeps the sum of its entries' values
//! ([`Leg::cost`]) rather than an average price, which could not be exact.

use rust_decimal::Decimal;

use crate::{
    Effect, Instrument, InstrumentId, Instruments, PositionSide, Side, Trade, UnixNanos,
    rounding::{decimal_of, float_of},
};

/// One open leg of one instrument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// How much is held, above zero.
    pub quantity: Decimal,
    /// Value of what is held at the prices it was entered at, in settlement currency.
    pub cost: Decimal,
    /// Leverage it was opened with, in times.
    pub leverage: u32,
    /// When it was opened.
    pub opened: UnixNanos,
    /// How many executions opened it.
    pub entries: u32,
}

impl Leg {
    /// Average price of what is held.
    pub fn entry_price(&self, instrument: &Instrument) -> Decimal {
        let size = self.quantity * instrument.rules.contract_size;
        if instrument.kind.is_inverse() { size / self.cost } else { self.cost / size }
    }

    /// Gain at `price`, fees aside; negative for a loss.
    pub fn unrealized(&self, side: PositionSide, price: Decimal, instrument: &Instrument) -> Decimal {
        instrument.gain(side, self.cost, instrument.value(price, self.quantity))
    }
}

/// What a trade did to its leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// Profit (negative: loss) that the trade realised, its fee aside.
    pub realized: Decimal,
    /// Whether the leg is closed now.
    pub closed: bool,
}

/// An order, taken apart into what it closes and what it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// The leg that is opened or increased; the opposite one is decreased.
    pub leg: PositionSide,
    /// How much of the opposite leg is closed.
    pub close: Decimal,
    /// How much of the leg is opened.
    pub open: Decimal,
}

/// Why a trade cannot have happened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{symbol}: a trade closes {quantity} of the {side} leg, which holds {held}")]
pub struct Overclosed {
    symbol: crate::Symbol,
    side: PositionSide,
    quantity: Decimal,
    held: Decimal,
}

/// Both legs of one instrument, and its last price.
#[derive(Debug, Clone, Default)]
struct Holding {
    long: Option<Leg>,
    short: Option<Leg>,
    mark: f64,
    /// What is held, sold legs negative, in base currency (of inverse contracts in quote currency), as a float.
    size: f64,
    /// What the legs were worth when they were entered, sold ones negative, as a float.
    paid: f64,
    inverse: bool,
}

impl Holding {
    const fn leg(&self, side: PositionSide) -> Option<&Leg> {
        match side {
            PositionSide::Long => self.long.as_ref(),
            PositionSide::Short => self.short.as_ref(),
        }
    }

    const fn leg_mut(&mut self, side: PositionSide) -> &mut Option<Leg> {
        match side {
            PositionSide::Long => &mut self.long,
            PositionSide::Short => &mut self.short,
        }
    }

    fn approximate(&mut self, instrument: &Instrument) {
        let size = |leg: &Leg| float_of(leg.quantity * instrument.rules.contract_size);
        let cost = |leg: &Leg| float_of(leg.cost);
        self.size = self.long.as_ref().map_or(0.0, size) - self.short.as_ref().map_or(0.0, size);
        self.paid = self.long.as_ref().map_or(0.0, cost) - self.short.as_ref().map_or(0.0, cost);
        self.inverse = instrument.kind.is_inverse();
    }

    /// Gain of the legs at the last price, as a float.
    #[inline]
    fn approximate_gain(&self) -> f64 {
        if self.inverse {
            if self.mark > 0.0 { self.paid - self.size / self.mark } else { 0.0 }
        } else {
            self.mark * self.size - self.paid
        }
    }
}

/// `whole * part / parts`; divided first only where the product would not fit a decimal.
fn share(whole: Decimal, part: Decimal, parts: Decimal) -> Decimal {
    whole.checked_mul(part).map_or_else(|| whole * (part / parts), |product| product / parts)
}

/// An account: its balance and its positions, all in one settlement currency.
#[derive(Debug, Clone)]
pub struct Portfolio {
    balance: Decimal,
    approximate_balance: f64,
    holdings: Vec<Holding>,
}

impl Portfolio {
    /// An account with this much money and no position, for so many instruments.
    pub fn new(initial_capital: Decimal, instruments: usize) -> Self {
        let approximate_balance = float_of(initial_capital);
        Self { balance: initial_capital, approximate_balance, holdings: vec![Holding::default(); instruments] }
    }

    /// Initial capital plus everything realised: profit, loss, fees, funding.
    pub const fn balance(&self) -> Decimal {
        self.balance
    }

    /// An open leg.
    pub fn leg(&self, instrument: InstrumentId, side: PositionSide) -> Option<&Leg> {
        self.holdings.get(instrument.index())?.leg(side)
    }

    /// Every open leg, instrument by instrument, long before short.
    pub fn legs(&self) -> impl Iterator<Item = (usize, PositionSide, &Leg)> {
        self.holdings.iter().enumerate().flat_map(|(index, holding)| {
            PositionSide::BOTH.into_iter().filter_map(move |side| Some((index, side, holding.leg(side)?)))
        })
    }

    /// The last price of an instrument; zero before the first.
    pub fn mark(&self, instrument: InstrumentId) -> f64 {
        self.holdings.get(instrument.index()).map_or(0.0, |holding| holding.mark)
    }

    /// The last price of an instrument as the exact decimal; `None` before the first.
    pub fn exact_mark(&self, instrument: InstrumentId) -> Option<Decimal> {
        decimal_of(self.mark(instrument)).filter(|mark| !mark.is_zero())
    }

    /// Takes note of an instrument's last price.
    #[inline]
    pub fn set_mark(&mut self, instrument: InstrumentId, price: f64) {
        if let Some(holding) = self.holdings.get_mut(instrument.index()) {
            holding.mark = price;
        }
    }

    /// Gain of all open positions at the last prices.
    pub fn unrealized(&self, instruments: &Instruments) -> Decimal {
        instruments
            .iter()
            .zip(&self.holdings)
            .flat_map(|((_, instrument), holding)| {
                PositionSide::BOTH.into_iter().filter_map(move |side| {
                    let leg = holding.leg(side)?;
                    Some(leg.unrealized(side, decimal_of(holding.mark)?, instrument))
                })
            })
            .sum()
    }

    /// Balance plus the gain of all open positions at the last prices.
    pub fn equity(&self, instruments: &Instruments) -> Decimal {
        self.balance + self.unrealized(instruments)
    }

    /// [`equity`](Self::equity) as a float, for looking before computing exactly; off by no more than some 10^-12 of it.
    #[inline]
    pub fn approximate_equity(&self) -> f64 {
        self.holdings.iter().fold(self.approximate_balance, |sum, holding| sum + holding.approximate_gain())
    }

    /// Isolated margin that the open positions hold: the value they were entered at, divided by their leverage.
    pub fn margin(&self) -> Decimal {
        self.legs().map(|(_, _, leg)| leg.cost / Decimal::from(leg.leverage)).sum()
    }

    /// What a new position could use.
    pub fn free(&self) -> Decimal {
        self.balance - self.margin()
    }

    /// What is free, times `leverage`: the largest value of a new position without fees. Exact where all positions have that
    /// leverage, which a division by it would not be.
    pub fn free_times(&self, leverage: u32) -> Decimal {
        let times = Decimal::from(leverage);
        let held: Decimal = self
            .legs()
            .map(|(_, _, leg)| if leg.leverage == leverage { leg.cost } else { leg.cost * times / Decimal::from(leg.leverage) })
            .sum();
        self.balance * times - held
    }

    /// Lets a trade happen: position, profit and fee.
    ///
    /// # Errors
    /// If it closes more than its leg holds. The account is as it was.
    pub fn apply(&mut self, trade: &Trade, instrument: &Instrument, leverage: u32) -> Result<Applied, Overclosed> {
        let quantity = trade.quantity.get();
        let value = instrument.value(trade.price.get(), quantity);
        let overclosed =
            |held| Overclosed { symbol: trade.symbol.clone(), side: trade.position_side, quantity: trade.quantity.get(), held };
        let Some(holding) = self.holdings.get_mut(trade.instrument.index()) else { return Err(overclosed(Decimal::ZERO)) };
        let slot = holding.leg_mut(trade.position_side);
        let applied = if trade.opens() {
            match slot {
                Some(leg) => {
                    leg.quantity += quantity;
                    leg.cost += value;
                    leg.entries += 1;
                }
                None => *slot = Some(Leg { quantity, cost: value, leverage, opened: trade.time, entries: 1 }),
            }
            Applied { realized: Decimal::ZERO, closed: false }
        } else {
            let Some(leg) = slot else { return Err(overclosed(Decimal::ZERO)) };
            if quantity > leg.quantity {
                return Err(overclosed(leg.quantity));
            }
            let closed = quantity == leg.quantity;
            // Taking a share of the cost may round; what is left is the difference, so that nothing is lost in total.
            let cost = if closed { leg.cost } else { share(leg.cost, quantity, leg.quantity) };
            let realized = instrument.gain(trade.position_side, cost, value);
            if closed {
                *slot = None;
            } else {
                leg.quantity -= quantity;
                leg.cost -= cost;
            }
            Applied { realized, closed }
        };
        holding.approximate(instrument);
        self.settle(applied.realized - trade.fee.amount);
        Ok(applied)
    }

    /// Adds an amount to the balance: what a trade realised, funding that was received (negative: paid).
    pub fn settle(&mut self, amount: Decimal) {
        self.balance += amount;
        self.approximate_balance = float_of(self.balance);
    }

    /// What an order would do to the legs of its instrument: how much of which leg it closes, and how much of which it opens.
    /// An order that closes a leg is never for more than the leg.
    pub fn split(&self, instrument: InstrumentId, side: Side, effect: Effect, quantity: Decimal) -> Split {
        let held = |leg| self.leg(instrument, leg).map_or(Decimal::ZERO, |leg| leg.quantity);
        match effect {
            Effect::Open(leg) => Split { leg, close: Decimal::ZERO, open: quantity },
            Effect::Close(leg) => Split { leg: leg.opposite(), close: quantity.min(held(leg)), open: Decimal::ZERO },
            Effect::CloseAll(leg) => Split { leg: leg.opposite(), close: held(leg), open: Decimal::ZERO },
            Effect::Net => {
                let leg = side.opened_leg();
                let close = quantity.min(held(leg.opposite()));
                Split { leg, close, open: quantity - close }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;
    use crate::{
        Currency, InstrumentKind, InstrumentRules, Liquidity, Money, Percent, Price, Quantity, Reason, Side, Symbol, TradeId,
    };

    fn instruments() -> Instruments {
        let mut instruments = Instruments::default();
        let (base, quote) = (Currency::new("BTC"), Currency::new("USDT"));
        instruments.add(Instrument {
            symbol: Symbol::new("BTCUSDT").unwrap(),
            base,
            quote: quote.clone(),
            settlement: quote,
            kind: InstrumentKind::LINEAR_PERPETUAL,
            rules: InstrumentRules {
                tick_size: dec!(0.1),
                lot_size: dec!(0.001),
                min_notional: dec!(5),
                contract_size: dec!(1),
                maintenance_margin: Percent::new(dec!(0.4)),
            },
            brackets: std::sync::Arc::default(),
        });
        instruments
    }

    fn trade(side: Side, leg: PositionSide, price: Decimal, quantity: Decimal, fee: Decimal) -> Trade {
        let symbol = Symbol::new("BTCUSDT").unwrap();
        Trade {
            id: TradeId::from(1),
            time: UnixNanos::default(),
            instrument: instruments().find(&symbol).unwrap(),
            symbol,
            order: None,
            side,
            position_side: leg,
            price: Price::new(price).unwrap(),
            quantity: Quantity::new(quantity).unwrap(),
            fee: Money::new(fee, Currency::new("USDT")),
            liquidity: Liquidity::Taker,
            reason: Reason::Signal,
        }
    }

    #[test]
    fn a_short_gains_when_the_price_falls() {
        let instruments = instruments();
        let (id, instrument) = instruments.iter().next().unwrap();
        let mut portfolio = Portfolio::new(dec!(10000), 1);
        portfolio.apply(&trade(Side::Sell, PositionSide::Short, dec!(100), dec!(2), dec!(0.1)), instrument, 4).unwrap();
        portfolio.set_mark(id, 90.0);
        assert_eq!(portfolio.equity(&instruments), dec!(10019.9));
        assert_eq!(portfolio.margin(), dec!(50));
        assert_eq!(portfolio.free_times(4), dec!(10000) * dec!(4) - dec!(0.4) - dec!(200));
        let applied =
            portfolio.apply(&trade(Side::Buy, PositionSide::Short, dec!(90), dec!(2), dec!(0.1)), instrument, 4).unwrap();
        assert_eq!(applied, Applied { realized: dec!(20), closed: true });
        assert_eq!(portfolio.balance(), dec!(10019.8));
    }

    #[test]
    fn no_more_can_be_closed_than_is_held() {
        let instruments = instruments();
        let (_, instrument) = instruments.iter().next().unwrap();
        let mut portfolio = Portfolio::new(dec!(10000), 1);
        let error =
            portfolio.apply(&trade(Side::Sell, PositionSide::Long, dec!(100), dec!(2), dec!(0)), instrument, 1).unwrap_err();
        assert_eq!(error.to_string(), "BTCUSDT: a trade closes 2 of the long leg, which holds 0");
        assert_eq!(portfolio.balance(), dec!(10000));
    }

    proptest! {
        #[test]
        fn position_and_balance_follow_from_the_fills_alone(fills in prop::collection::vec((any::<bool>(), any::<bool>(), 1_i64..1_000_000, 1_i64..100_000), 1..60)) {
            let instruments = instruments();
            let (id, instrument) = instruments.iter().next().unwrap();
            let mut portfolio = Portfolio::new(dec!(10000), 1);
            let (mut cash, mut long, mut short) = (dec!(10000), Decimal::ZERO, Decimal::ZERO);
            for (open, is_long, price, quantity) in fills {
                let leg = if is_long { PositionSide::Long } else { PositionSide::Short };
                let side = if open { leg.opening_side() } else { leg.closing_side() };
                let (price, quantity) = (Decimal::new(price, 1), Decimal::new(quantity, 3));
                let fee = price * quantity * dec!(0.0005);
                if portfolio.apply(&trade(side, leg, price, quantity, fee), instrument, 3).is_ok() {
                    let signed = if side == Side::Buy { quantity } else { -quantity };
                    cash -= signed * price + fee;
                    *(if is_long { &mut long } else { &mut short }) += signed;
                }
            }
            let held = |side| portfolio.leg(id, side).map_or(Decimal::ZERO, |leg| leg.quantity);
            prop_assert_eq!(held(PositionSide::Long), long);
            prop_assert_eq!(held(PositionSide::Short), -short);
            portfolio.set_mark(id, 12345.6);
            // Equity is cash plus the value of what is held, whatever way it was come by.
            let expect = cash + (long + short) * dec!(12345.6);
            prop_assert!((portfolio.equity(&instruments) - expect).abs() < dec!(0.0000000001));
            prop_assert!((portfolio.approximate_equity() - float_of(expect)).abs() < 1e-6);
        }
    }
}
