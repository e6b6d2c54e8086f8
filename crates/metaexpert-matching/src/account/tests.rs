//! The account by hand, by the exchanges' own examples, and by laws that hold whatever happens.

mod examples; // numbers from the exchanges' documentation
mod laws; // properties
mod margin; // what is set aside, added, taken over
mod money; // wallets, fees, loans

use metaexpert_core::{
    Bracket, Charge, ClientOrderId, Currency, Effect, Fitting, Instrument, InstrumentId, InstrumentKind, InstrumentRules,
    Instruments, Liquidity, Money, NewOrder, OrderKind, Payoff, Percent, PositionSide, Price, Protection, Quantity, Reason,
    SelfTrade, Side, Symbol, TimeInForce, Trade, TradeId, UnixNanos,
    config::{MarginMode, PositionMode},
};
use proptest::prelude::ProptestConfig;
use rust_decimal::{Decimal, dec};

use super::{Account, AccountSetup, Fees, Lending};
use crate::ledger::{Everything, Holder};

/// How often a property is tried: `PROPTEST_CASES`, or 256 times. Failures are not written beside the code.
pub(crate) fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

pub(super) const INVERSE: InstrumentKind = InstrumentKind::Perpetual(Payoff::Inverse);

/// An account that keeps every entry.
pub(super) type Audited = Account<Everything>;

pub(super) fn usdt(amount: Decimal) -> Money {
    Money::new(amount, Currency::new("USDT"))
}

/// `BTCUSDT`, with a maintenance margin of 0.4 % and a tick of 0.1.
pub(super) fn instrument(base: &str, quote: &str, kind: InstrumentKind) -> Instrument {
    let currency = Currency::new;
    let inverse = kind.is_inverse();
    Instrument {
        symbol: Symbol::new(&format!("{base}{quote}")).unwrap(),
        base: currency(base),
        quote: currency(quote),
        settlement: currency(if inverse { base } else { quote }),
        kind,
        rules: InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: dec!(0.001),
            min_notional: dec!(5),
            contract_size: if inverse { dec!(100) } else { dec!(1) },
            maintenance_margin: Percent::new(dec!(0.4)),
        },
        brackets: [].into(),
    }
}

/// Brackets from (up to, most leverage, maintenance in percent, deduction).
pub(super) fn with_brackets(instrument: Instrument, rows: &[(Decimal, u32, Decimal, Decimal)]) -> Instrument {
    let bracket = |&(up_to, max_leverage, rate, deduction): &(Decimal, u32, Decimal, Decimal)| Bracket {
        up_to,
        max_leverage,
        maintenance_margin: Percent::new(rate),
        deduction,
    };
    Instrument { brackets: rows.iter().map(bracket).collect(), ..instrument }
}

pub(super) fn setup(of: impl IntoIterator<Item = Instrument>, capital: Money, margin_mode: MarginMode) -> AccountSetup {
    let mut instruments = Instruments::default();
    of.into_iter().for_each(|instrument| {
        instruments.add(instrument);
    });
    AccountSetup {
        instruments,
        capital,
        wallets: Vec::new(),
        margin_mode,
        position_mode: PositionMode::Hedge,
        fees: Fees::flat(dec!(0), dec!(0)),
        lending: None,
    }
}

pub(super) fn audited(setup: AccountSetup) -> Audited {
    Account::new(setup, Everything::default()).unwrap()
}

pub(super) fn lending(called_at: Decimal) -> Lending {
    Lending { hourly: Vec::new(), otherwise: dec!(0.00001), called_at, leverage_max: 3 }
}

pub(super) fn at(hour: i64, minute: i64) -> UnixNanos {
    UnixNanos::from_seconds(hour * 3600 + minute * 60).unwrap()
}

/// What a test does to an account.
pub(super) trait Deeds {
    fn id(&self, symbol: &str) -> InstrumentId;
    fn trade(&self, symbol: &str, side: Side, leg: PositionSide, quantity: Decimal, price: Decimal) -> Trade;
    fn deal(&mut self, trade: &Trade, leverage: u32);
    /// Opens a leg.
    fn open(&mut self, symbol: &str, leg: PositionSide, quantity: Decimal, price: Decimal, leverage: u32);
    /// Closes a part of a leg.
    fn close(&mut self, symbol: &str, leg: PositionSide, quantity: Decimal, price: Decimal);
    fn mark(&mut self, symbol: &str, price: f64);
    fn free(&self, currency: &str) -> Decimal;
    fn held_by(&self, holder: Holder, currency: &str) -> Decimal;
    fn told(&mut self) -> Vec<Charge>;
}

impl Deeds for Audited {
    fn id(&self, symbol: &str) -> InstrumentId {
        self.instruments().find(&Symbol::new(symbol).unwrap()).unwrap()
    }

    fn trade(&self, symbol: &str, side: Side, leg: PositionSide, quantity: Decimal, price: Decimal) -> Trade {
        let (id, price, quantity) = (self.id(symbol), Price::new(price).unwrap(), Quantity::new(quantity).unwrap());
        let instrument = self.instruments().get(id);
        Trade {
            id: TradeId::from(1),
            time: at(0, 0),
            instrument: id,
            symbol: instrument.symbol.clone(),
            order: None,
            side,
            position_side: leg,
            price,
            quantity,
            fee: self.fee(instrument, price, quantity, Liquidity::Taker),
            liquidity: Liquidity::Taker,
            reason: Reason::Signal,
        }
    }

    fn deal(&mut self, trade: &Trade, leverage: u32) {
        let instrument = self.instruments().get(trade.instrument).clone();
        self.apply(trade, &instrument, leverage).unwrap();
    }

    fn open(&mut self, symbol: &str, leg: PositionSide, quantity: Decimal, price: Decimal, leverage: u32) {
        let trade = self.trade(symbol, leg.opening_side(), leg, quantity, price);
        self.deal(&trade, leverage);
    }

    fn close(&mut self, symbol: &str, leg: PositionSide, quantity: Decimal, price: Decimal) {
        let trade = self.trade(symbol, leg.closing_side(), leg, quantity, price);
        let leverage = self.leg(trade.instrument, leg).unwrap().leverage;
        self.deal(&trade, leverage);
    }

    fn mark(&mut self, symbol: &str, price: f64) {
        self.set_mark(self.id(symbol), price);
    }

    fn free(&self, currency: &str) -> Decimal {
        self.held_by(Holder::Free, currency)
    }

    fn held_by(&self, holder: Holder, currency: &str) -> Decimal {
        let id = self.ledger().find(&Currency::new(currency)).unwrap();
        self.ledger().balance(holder, id).normalize()
    }

    fn told(&mut self) -> Vec<Charge> {
        self.charges().collect()
    }
}

/// A limit order that rests.
pub(super) fn resting(
    account: &Audited,
    sequence: u64,
    symbol: &str,
    side: Side,
    effect: Effect,
    quantity: Decimal,
    leverage: u32,
) -> NewOrder {
    NewOrder {
        id: ClientOrderId { strategy: 1, run: 1, sequence },
        instrument: account.id(symbol),
        side,
        kind: OrderKind::Market,
        time_in_force: TimeInForce::GoodTillCancelled,
        effect,
        quantity: Quantity::new(quantity).unwrap(),
        fitting: Fitting::Exact,
        leverage,
        protection: Protection::default(),
        self_trade: SelfTrade::Allow,
        link: None,
        time: at(0, 0),
        reason: Reason::Signal,
    }
}
