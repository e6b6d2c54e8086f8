//! Balance and positions as they follow from the fills, and from nothing else.
//!
//! The one decision: the simulated venue and the engine's own view of an account are the same type, fed with the same
//! [`Trade`]s, so that they cannot drift apart. All of it is exact; a position keeps the sum of its entries' values
//! ([`Leg::cost`]) rather than an average price, which could not be exact.

mod holding; // both legs of one instrument
mod leg; // one leg; what a trade does to it
mod purses; // balances in other currencies

#[cfg(test)]
mod tests;

use holding::Holding;
pub use leg::{Applied, Leg, Overclosed, Split};
use purses::Purse;
pub use purses::Unvalued;
use rust_decimal::Decimal;

use crate::{
    Currency, Effect, Instrument, InstrumentId, Instruments, Money, PositionSide, Side, Trade, UnixNanos,
    config::MarginMode,
    rounding::{decimal_of, float_of},
};

/// The place of the main currency's balance.
const MAIN: usize = 0;

/// An account: its balances and its positions.
///
/// Most accounts have one currency, the *main* one; what is settled in another has a balance of its own and is valued in the
/// main one at last prices.
#[derive(Debug, Clone)]
pub struct Portfolio {
    balance: Decimal,
    approximate_balance: f64,
    holdings: Vec<Holding>,
    margin_mode: MarginMode,
    main: Option<Currency>,
    /// Balances in other currencies; the holdings' places count from one here.
    purses: Vec<Purse>,
}

impl Portfolio {
    /// An account with this much money and no position, for so many instruments that are settled in one currency, whatever its
    /// name, with isolated margin.
    pub fn new(initial_capital: Decimal, instruments: usize) -> Self {
        let approximate_balance = float_of(initial_capital);
        Self {
            balance: initial_capital,
            approximate_balance,
            holdings: vec![Holding::default(); instruments],
            margin_mode: MarginMode::Isolated,
            main: None,
            purses: Vec::new(),
        }
    }

    /// An account with this much of its main currency. `further` are currencies in which nothing is settled but something is
    /// paid, such as fees.
    ///
    /// # Errors
    /// When no instrument says what a currency is worth in the main one.
    ///
    /// ```
    /// use metaexpert_core::{Currency, Instruments, Money, config::MarginMode, portfolio::Portfolio};
    /// use rust_decimal::dec;
    /// let capital = Money::new(dec!(10000), Currency::new("USDT"));
    /// let bnb = [Currency::new("BNB")];
    /// let error = Portfolio::of(&Instruments::default(), &capital, MarginMode::Cross, &bnb).unwrap_err();
    /// assert!(error.to_string().starts_with("BNB: nothing says what it is worth in USDT"));
    /// ```
    pub fn of(
        instruments: &Instruments,
        initial_capital: &Money,
        margin_mode: MarginMode,
        further: &[Currency],
    ) -> Result<Self, Unvalued> {
        let mut portfolio = Self::new(initial_capital.amount, 0);
        portfolio.margin_mode = margin_mode;
        portfolio.main = Some(initial_capital.currency.clone());
        for (_, instrument) in instruments.iter() {
            let purse = portfolio.open_purse(&instrument.settlement, instruments)?;
            portfolio.holdings.push(Holding::of(instrument, purse));
        }
        for currency in further {
            portfolio.open_purse(currency, instruments)?;
        }
        Ok(portfolio)
    }

    /// Initial capital plus everything realised in the main currency: profit, loss, fees, funding.
    pub const fn balance(&self) -> Decimal {
        self.balance
    }

    /// The same in any currency; zero where there never was any.
    pub fn balance_in(&self, currency: &Currency) -> Decimal {
        match self.purse_of(currency) {
            Some(MAIN) => self.balance,
            Some(purse) => self.purse(purse).map_or(Decimal::ZERO, |purse| purse.balance),
            None => Decimal::ZERO,
        }
    }

    /// Whether all of it is in the main currency, so that no price is needed to know what it is worth.
    #[inline]
    pub const fn has_one_currency(&self) -> bool {
        self.purses.is_empty()
    }

    /// What one unit of a currency is worth in the main one at last prices; `None` before there is a price.
    pub fn rate(&self, currency: &Currency) -> Option<Decimal> {
        match self.purse_of(currency)? {
            MAIN => Some(Decimal::ONE),
            purse => self.purse(purse)?.rate(&self.holdings),
        }
    }

    /// Who vouches for a loss: each position's own margin, or the whole account.
    pub const fn margin_mode(&self) -> MarginMode {
        self.margin_mode
    }

    /// An open leg.
    pub fn leg(&self, instrument: InstrumentId, side: PositionSide) -> Option<&Leg> {
        self.holdings.get(instrument.index())?.leg(side)
    }

    /// Every open leg, instrument by instrument, long before short.
    pub fn legs(&self) -> impl Iterator<Item = (usize, PositionSide, &Leg)> {
        self.holdings.iter().enumerate().flat_map(|(index, holding)| holding.legs().map(move |(side, leg)| (index, side, leg)))
    }

    /// As [`legs`](Self::legs), without those that are [dust](Leg::is_dust): what orders can close something of.
    pub fn open_legs(&self) -> impl Iterator<Item = (usize, PositionSide, &Leg)> {
        let holdings = self.holdings.iter().enumerate();
        holdings.flat_map(|(index, holding)| holding.open_legs().map(move |(side, leg)| (index, side, leg)))
    }

    /// Whether orders can close something of a leg: whether it is open, and no [dust](Leg::is_dust).
    pub fn is_open(&self, instrument: InstrumentId, side: PositionSide) -> bool {
        self.holdings.get(instrument.index()).is_some_and(|holding| holding.is_open(side))
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

    /// Gain of all open positions at the last prices, in the main currency.
    pub fn unrealized(&self, instruments: &Instruments) -> Decimal {
        let gain_of = |((_, instrument), holding): ((InstrumentId, &Instrument), &Holding)| {
            // Before the first price nothing is gained or lost.
            let mark = decimal_of(holding.mark).filter(|mark| !mark.is_zero())?;
            let gain: Decimal = holding.legs().map(|(side, leg)| leg.unrealized(side, mark, instrument)).sum();
            Some(if holding.purse == MAIN { gain } else { gain * self.purse(holding.purse)?.rate(&self.holdings)? })
        };
        instruments.iter().zip(&self.holdings).filter_map(gain_of).sum()
    }

    /// All balances plus the gain of all open positions at the last prices, in the main currency.
    pub fn equity(&self, instruments: &Instruments) -> Decimal {
        let worth = |purse: &Purse| Some(purse.balance * purse.rate(&self.holdings)?);
        self.balance + self.purses.iter().filter_map(worth).sum::<Decimal>() + self.unrealized(instruments)
    }

    /// [`equity`](Self::equity) as a float, for looking before computing exactly; off by no more than some 10^-12 of it.
    #[inline]
    pub fn approximate_equity(&self) -> f64 {
        if !self.purses.is_empty() {
            return self.approximate_worth();
        }
        self.holdings.iter().fold(self.approximate_balance, |sum, holding| sum + holding.approximate_gain())
    }

    /// Margin that the open positions hold, in the main currency: with isolated margin the value they were entered at, divided
    /// by their leverage; with cross margin their value at last prices.
    pub fn margin(&self) -> Decimal {
        let share = |holding: &Holding| -> Option<Decimal> {
            let margin = self.margin_of(holding);
            Some(if holding.purse == MAIN { margin } else { margin * self.purse(holding.purse)?.rate(&self.holdings)? })
        };
        self.holdings.iter().filter_map(share).sum()
    }

    /// What a new position that is settled in the main currency could use: the balance less the margins, and with cross margin
    /// with the gain of open positions, since the whole account vouches for them.
    pub fn free(&self) -> Decimal {
        self.vouching(MAIN) - self.holdings_in(MAIN).map(|holding| self.margin_of(holding)).sum::<Decimal>()
    }

    /// What is free in the main currency, times `leverage`: the largest value of a new position without fees. Exact where all
    /// positions have that leverage, which a division by it would not be.
    pub fn free_times(&self, leverage: u32) -> Decimal {
        self.free_times_of(MAIN, leverage)
    }

    /// As [`free_times`](Self::free_times), in the currency in which an instrument is settled.
    pub fn free_times_in(&self, instrument: InstrumentId, leverage: u32) -> Decimal {
        self.free_times_of(self.holdings.get(instrument.index()).map_or(MAIN, |holding| holding.purse), leverage)
    }

    /// Lets a trade happen: position, profit and fee.
    ///
    /// # Errors
    /// If it closes more than its leg holds. The account is as it was.
    pub fn apply(&mut self, trade: &Trade, instrument: &Instrument, leverage: u32) -> Result<Applied, Overclosed> {
        let quantity = trade.quantity.get();
        let value = instrument.value(trade.price.get(), quantity);
        let overclosed = |held| Overclosed { symbol: trade.symbol.clone(), side: trade.position_side, quantity, held };
        let Some(holding) = self.holdings.get_mut(trade.instrument.index()) else { return Err(overclosed(Decimal::ZERO)) };
        let purse = holding.purse;
        let applied = holding.apply(trade, value, instrument, leverage).map_err(overclosed)?;
        if self.main.as_ref().is_none_or(|main| purse == MAIN && trade.fee.currency == *main) {
            self.settle(applied.realized - trade.fee.amount);
        } else {
            self.settle_purse(purse, applied.realized);
            self.settle_money(&Money::new(-trade.fee.amount, trade.fee.currency.clone()));
        }
        Ok(applied)
    }

    /// Goes on from what an earlier account had: its open legs, and its balances of these currencies. Currencies that are not named,
    /// and legs that are not, stay as they are.
    pub fn resume(&mut self, balances: &[Money], legs: &[(InstrumentId, PositionSide, Leg)], instruments: &Instruments) {
        for money in balances {
            let had = self.balance_in(&money.currency);
            self.settle_money(&Money::new(money.amount - had, money.currency.clone()));
        }
        for (id, side, leg) in legs {
            if let Some(holding) = self.holdings.get_mut(id.index()) {
                *holding.leg_mut(*side) = Some(leg.clone());
                holding.approximate(instruments.get(*id));
            }
        }
    }

    /// Adds an amount to the main currency's balance: what a trade realised, funding that was received (negative: paid).
    pub fn settle(&mut self, amount: Decimal) {
        self.balance += amount;
        self.approximate_balance = float_of(self.balance);
    }

    /// Adds an amount to the balance of its currency.
    pub fn settle_money(&mut self, money: &Money) {
        let purse = self.purse_of(&money.currency).unwrap_or_else(|| {
            self.purses.push(Purse::unforeseen(&money.currency));
            self.purses.len()
        });
        self.settle_purse(purse, money.amount);
    }

    /// Lets entries that may still be executed have been: so many, for so much, worth so much in settlement currency.
    #[expect(clippy::too_many_arguments, reason = "a leg, and where it belongs")]
    pub(crate) fn expect_open(
        &mut self,
        id: InstrumentId,
        side: PositionSide,
        instrument: &Instrument,
        quantity: Decimal,
        value: Decimal,
        leverage: u32,
        entries: u32,
    ) {
        let Some(holding) = self.holdings.get_mut(id.index()) else { return };
        let leg = holding.leg_mut(side).get_or_insert(Leg {
            quantity: Decimal::ZERO,
            cost: Decimal::ZERO,
            leverage,
            opened: UnixNanos::MIN,
            entries: 0,
        });
        leg.quantity += quantity;
        leg.cost += value;
        leg.entries += entries;
        holding.approximate(instrument);
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

/// One currency among several.
impl Portfolio {
    /// The place of a currency's balance; the main one where only one is known.
    fn purse_of(&self, currency: &Currency) -> Option<usize> {
        if self.main.as_ref().is_none_or(|main| main == currency) {
            return Some(MAIN);
        }
        self.purses.iter().position(|purse| purse.currency == *currency).map(|place| place + 1)
    }

    fn purse(&self, place: usize) -> Option<&Purse> {
        self.purses.get(place.checked_sub(1)?)
    }

    fn open_purse(&mut self, currency: &Currency, instruments: &Instruments) -> Result<usize, Unvalued> {
        if let Some(place) = self.purse_of(currency) {
            return Ok(place);
        }
        if let Some(main) = &self.main {
            self.purses.push(Purse::new(currency, main, instruments)?);
        }
        Ok(self.purses.len())
    }

    fn settle_purse(&mut self, place: usize, amount: Decimal) {
        match place.checked_sub(1).and_then(|place| self.purses.get_mut(place)) {
            Some(purse) => purse.balance += amount,
            None => self.settle(amount),
        }
    }

    fn holdings_in(&self, place: usize) -> impl Iterator<Item = &Holding> {
        self.holdings.iter().filter(move |holding| holding.purse == place)
    }

    /// What stands for the positions of one currency: its balance, and with cross margin what they have gained.
    fn vouching(&self, place: usize) -> Decimal {
        let balance = self.purse(place).map_or(self.balance, |purse| purse.balance);
        match self.margin_mode {
            MarginMode::Isolated => balance,
            MarginMode::Cross => balance + self.holdings_in(place).map(Holding::unrealized).sum::<Decimal>(),
        }
    }

    fn margin_of(&self, holding: &Holding) -> Decimal {
        holding.legs().map(|(_, leg)| holding.margined(leg, self.margin_mode) / Decimal::from(leg.leverage)).sum()
    }

    fn free_times_of(&self, place: usize, leverage: u32) -> Decimal {
        let times = Decimal::from(leverage);
        let held = |holding: &Holding| -> Decimal {
            let legs = holding.legs().map(|(_, leg)| {
                let margined = holding.margined(leg, self.margin_mode);
                if leg.leverage == leverage { margined } else { margined * times / Decimal::from(leg.leverage) }
            });
            legs.sum()
        };
        self.vouching(place) * times - self.holdings_in(place).map(held).sum::<Decimal>()
    }

    fn approximate_worth(&self) -> f64 {
        let worth =
            |place: usize, balance: f64| self.holdings_in(place).fold(balance, |sum, holding| sum + holding.approximate_gain());
        let others = self
            .purses
            .iter()
            .zip(1..)
            .map(|(purse, place)| worth(place, float_of(purse.balance)) * purse.approximate_rate(&self.holdings));
        worth(MAIN, self.approximate_balance) + others.sum::<f64>()
    }
}
