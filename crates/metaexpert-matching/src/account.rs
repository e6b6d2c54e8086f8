//! The account of the simulated venue: positions, wallets, margins, loans and what they cost.
//!
//! The one decision: positions and the balance that the engine sees are core's [`Portfolio`], fed with the same trades as the
//! engine's own, so that the two cannot drift apart. What an exchange knows beyond that lies around it: a ledger in double
//! entry, which coins really change hands, what is set aside for orders and positions, and at which price it is all lost.
//! Where exchanges differ, it follows Binance.

mod fees; // tiers, rebates, fees in a third asset
mod isolated; // margins and levels of single positions
mod levels; // at which price margin and loss meet   <- the formulas
mod loans; // borrow, interest, repay
mod reservations; // what resting orders set aside
mod resume; // an account that goes on from an earlier one
mod settlements; // funding, delivery, transfers, insurance
mod shared; // cross margin: the whole account vouches
mod wallets; // what a trade does to margins, coins and loans

#[cfg(test)]
mod tests;

pub use fees::{FeeTier, Fees, PaidIn};
pub use levels::{Levels, Stake, maintenance, maintenance_at};
pub use loans::Lending;
use metaexpert_core::{
    Charge, Effect, Instrument, InstrumentId, InstrumentKind, Instruments, Money, Percent, PositionSide, Price, Quantity, Reason,
    Rejection, Side, Trade,
    config::{Config, MarginMode, MarketType, PositionMode},
    portfolio::{Applied, Leg, Overclosed, Portfolio, Split, Unvalued},
    sizing::affordable,
};
use rust_decimal::Decimal;
pub use shared::Standing;
#[cfg(test)]
pub(crate) use tests::cases;

use crate::ledger::{Cause, CurrencyId, Holder, Keep, Ledger, Nothing};
use fees::FeeBook;
use loans::Loans;
use reservations::Reservations;
use wallets::{Held, Place};

/// What an account is told before the first event.
#[derive(Debug, Clone)]
pub struct AccountSetup {
    /// What it trades.
    pub instruments: Instruments,
    /// What it starts with, the main currency, in which everything is valued.
    pub capital: Money,
    /// What it starts with beside that.
    pub wallets: Vec<Money>,
    /// Who vouches for a loss: each position's own margin, or the whole account.
    pub margin_mode: MarginMode,
    /// Whether an instrument can be held long and short at once.
    pub position_mode: PositionMode,
    /// What executions, deliveries and liquidations cost.
    pub fees: Fees,
    /// What coins can be borrowed at; `None` where nothing is lent (spot).
    pub lending: Option<Lending>,
}

impl AccountSetup {
    /// The account that a configuration describes, with its capital in what the main instrument is settled in. Fees are fractions.
    pub fn of(config: &Config, instruments: &Instruments, main: InstrumentId, maker: Decimal, taker: Decimal) -> Self {
        let interest = config.interest_rate_pct.map_or(Decimal::ZERO, Percent::get);
        Self {
            capital: Money::new(config.initial_capital, instruments.get(main).settlement.clone()),
            instruments: instruments.clone(),
            wallets: Vec::new(),
            margin_mode: config.margin_mode,
            position_mode: config.position_mode,
            fees: Fees { liquidation: config.liquidation_fee_pct.map(Percent::fraction), ..Fees::flat(maker, taker) },
            lending: (config.market_type == MarketType::Margin).then(|| Lending::yearly(interest, config.leverage)),
        }
    }
}

/// The account of one user at the venue. `K` says what is kept of the ledger's entries.
#[derive(Debug)]
pub struct Account<K: Keep = Nothing> {
    instruments: Instruments,
    portfolio: Portfolio,
    ledger: Ledger<K>,
    /// Of each instrument, its currencies in the ledger.
    places: Vec<Place>,
    /// Of each instrument, what is set aside and borrowed for its legs, the long one first.
    held: Vec<[Held; 2]>,
    /// Of each currency, the margin that was added to positions by hand.
    added: Vec<Decimal>,
    main: CurrencyId,
    position_mode: PositionMode,
    fees: FeeBook,
    loans: Option<Loans>,
    reservations: Reservations,
    /// Interest and insurance that were booked and not told of yet.
    charges: Vec<Charge>,
}

impl<K: Keep> Account<K> {
    /// An account without orders and positions.
    ///
    /// # Errors
    /// When nothing says what one of its currencies is worth in the main one.
    pub fn new(setup: AccountSetup, kept: K) -> Result<Self, Unvalued> {
        let AccountSetup { instruments, capital, wallets, margin_mode, position_mode, fees, lending } = setup;
        let bases = instruments.iter().filter(|(_, instrument)| instrument.kind == InstrumentKind::Spot);
        let mut further: Vec<_> = bases.map(|(_, instrument)| instrument.base.clone()).collect();
        further.extend(wallets.iter().map(|money| money.currency.clone()));
        further.extend(fees.paid_in.as_ref().map(|paid_in| paid_in.currency.clone()));
        let portfolio = Portfolio::of(&instruments, &capital, margin_mode, &further)?;
        let mut ledger = Ledger::new(kept);
        let main = ledger.open(&capital.currency);
        let places: Vec<_> = instruments.iter().map(|(_, instrument)| Place::of(instrument, &mut ledger)).collect();
        for currency in &further {
            ledger.open(currency);
        }
        let mut account = Self {
            held: vec![[Held::default(); 2]; instruments.len()],
            added: vec![Decimal::ZERO; ledger.currencies().count()],
            loans: lending.map(|lending| Loans::new(lending, &ledger)),
            fees: FeeBook::new(fees),
            reservations: Reservations::default(),
            charges: Vec::new(),
            instruments,
            portfolio,
            ledger,
            places,
            main,
            position_mode,
        };
        account.fund_at_start(&capital, &wallets);
        Ok(account)
    }

    /// Positions and balances as the engine has them.
    pub const fn portfolio(&self) -> &Portfolio {
        &self.portfolio
    }

    /// Who holds how much.
    pub const fn ledger(&self) -> &Ledger<K> {
        &self.ledger
    }

    /// What is traded.
    pub const fn instruments(&self) -> &Instruments {
        &self.instruments
    }

    /// Initial capital plus everything realised in the main currency.
    pub const fn balance(&self) -> Decimal {
        self.portfolio.balance()
    }

    /// Everything, at last prices, in the main currency.
    pub fn equity(&self) -> Decimal {
        self.portfolio.equity(&self.instruments)
    }

    /// An open leg.
    pub fn leg(&self, id: InstrumentId, side: PositionSide) -> Option<&Leg> {
        self.portfolio.leg(id, side)
    }

    /// Takes note of the price that positions are judged by.
    #[inline]
    pub fn set_mark(&mut self, id: InstrumentId, price: f64) {
        self.portfolio.set_mark(id, price);
    }

    /// What an order would do to the legs of its instrument. Where nothing is lent, nobody sells coins that he does not have.
    pub fn split(&self, id: InstrumentId, side: Side, effect: Effect, quantity: Decimal) -> Split {
        let split = self.portfolio.split(id, side, effect, quantity);
        if self.owns_coins(id) && split.leg == PositionSide::Short { Split { open: Decimal::ZERO, ..split } } else { split }
    }

    /// Whether the account's position mode has the leg that an order is for.
    ///
    /// # Errors
    /// [`Rejection::PositionMode`]: an order that names a leg to open beside the other one where there is one position, or that
    /// names none where there are two (Binance error -4061, Bybit 10001, OKX 51000).
    pub fn takes(&self, id: InstrumentId, effect: Effect) -> Result<(), Rejection> {
        let wrong = match (self.position_mode, effect) {
            (PositionMode::Oneway, Effect::Open(leg)) => self.leg(id, leg.opposite()).is_some(),
            (PositionMode::Hedge, Effect::Net) => self.place(id).is_some_and(|place| !place.exchanges_coins),
            _ => false,
        };
        if wrong { Err(Rejection::PositionMode) } else { Ok(()) }
    }

    /// What is free in the main currency, times `leverage`.
    pub fn free_times(&self, leverage: u32) -> Decimal {
        self.less_locked(self.portfolio.free_times(leverage), self.main, leverage)
    }

    /// What is free for a new position in an instrument, times `leverage`: of coins that are bought with one's own money, what
    /// is in the wallet, whatever the leverage.
    pub fn free_times_in(&self, id: InstrumentId, leverage: u32) -> Decimal {
        let Some(place) = self.place(id) else { return Decimal::ZERO };
        if place.exchanges_coins && self.loans.is_none() {
            return self.ledger.free(place.quote);
        }
        self.less_locked(self.portfolio.free_times_in(id, leverage), place.settlement, leverage)
    }

    /// The largest quantity on the lot whose margin and taker fee can be paid at `price`.
    pub fn affordable(&self, id: InstrumentId, price: Price, leverage: u32) -> Decimal {
        affordable(self.free_times_in(id, leverage), price, leverage, self.fees.rates().taker, self.instruments.get(id))
    }

    /// Whether a bracket allows a position of this value at this leverage.
    ///
    /// # Errors
    /// [`Rejection::Leverage`] (Binance error -2027).
    pub fn allows(&self, id: InstrumentId, value: Decimal, leverage: u32) -> Result<(), Rejection> {
        let brackets = &self.instruments.get(id).brackets;
        let Some(bracket) = brackets.iter().find(|bracket| value <= bracket.up_to).or_else(|| brackets.last()) else {
            return Ok(());
        };
        if leverage > bracket.max_leverage || value > bracket.up_to { Err(Rejection::Leverage) } else { Ok(()) }
    }

    /// What a taker pays, as a fraction of the value.
    pub const fn taker_fee(&self) -> Decimal {
        self.fees.rates().taker
    }

    /// Whether an instrument's coins change hands and nothing is lent: nobody sells what he does not have.
    pub fn owns_coins(&self, id: InstrumentId) -> bool {
        self.loans.is_none() && self.place(id).is_some_and(|place| place.exchanges_coins)
    }

    /// Whether levels and balances follow from prices between trades, and not from trades alone: with cross margin, with loans, with
    /// several currencies.
    pub fn follows_marks(&self) -> bool {
        self.loans.is_some() || self.portfolio.margin_mode() == MarginMode::Cross || !self.portfolio.has_one_currency()
    }

    /// Whether a price alone, without a trade, moves a level of liquidation: that of a loan, or of a position that shares its margin
    /// with another contract's.
    pub fn levels_follow_marks(&self) -> bool {
        self.loans.is_some() || self.portfolio.margin_mode() == MarginMode::Cross && self.instruments.len() > 1
    }

    /// What an execution costs, in the currency that it is taken in; negative for a rebate.
    pub fn fee(&self, instrument: &Instrument, price: Price, quantity: Quantity, liquidity: metaexpert_core::Liquidity) -> Money {
        let value = instrument.value(price.get(), quantity.get());
        let amount = value * self.fees.rate(liquidity);
        self.fees
            .in_third_asset(amount, &instrument.settlement, self)
            .unwrap_or_else(|| Money::new(amount, instrument.settlement.clone()))
    }

    /// Lets a trade happen: position, profit, fee, margin, coins and loans.
    ///
    /// # Errors
    /// If it closes more than its leg holds. The account is as it was.
    pub fn apply(&mut self, trade: &Trade, instrument: &Instrument, leverage: u32) -> Result<Applied, Overclosed> {
        // What is due by now is due on the loans that there were.
        self.accrue(trade.time);
        let before = self.portfolio.leg(trade.instrument, trade.position_side).map(|leg| leg.quantity);
        let applied = self.portfolio.apply(trade, instrument, leverage)?;
        let Some(place) = self.place(trade.instrument) else { return Ok(applied) };
        self.pay_fee(trade, &place, &instrument.settlement);
        if place.exchanges_coins {
            self.exchange(trade, instrument, &place);
        } else {
            self.ledger.book(trade.time, Cause::Profit, place.settlement, Holder::Contracts, Holder::Free, applied.realized);
        }
        let released = self.follow_leg(trade, before, &place);
        self.fees.traded(trade.time, || instrument.value(trade.price.get(), trade.quantity.get()));
        if trade.reason == Reason::Liquidation {
            self.insure(trade, instrument, leverage, applied.realized, released);
        }
        Ok(applied)
    }

    /// Interest, insurance and transfers that were booked since this was last asked, to be told to the engine.
    pub fn charges(&mut self) -> impl Iterator<Item = Charge> + '_ {
        self.charges.drain(..)
    }

    /// Whether there is something to tell.
    #[inline]
    pub const fn has_charges(&self) -> bool {
        !self.charges.is_empty()
    }

    fn place(&self, id: InstrumentId) -> Option<Place> {
        self.places.get(id.index()).copied()
    }

    /// What is left of something free when resting orders and added margins are taken off, times the leverage.
    fn less_locked(&self, free_times: Decimal, currency: CurrencyId, leverage: u32) -> Decimal {
        let added = self.added.get(currency.index()).copied().unwrap_or_default();
        let locked = self.ledger.balance(Holder::Locked, currency) + added;
        if locked.is_zero() { free_times } else { free_times - locked * Decimal::from(leverage) }
    }
}
