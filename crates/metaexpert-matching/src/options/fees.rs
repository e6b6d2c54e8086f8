//! Fees that are a rate of the underlying and capped by what the option is worth.

use metaexpert_core::{Instrument, Price, Quantity};
use rust_decimal::Decimal;

/// So much of the underlying's value, but never more than so much of the option's.
///
/// The same rule serves for trading and for exercise; what differs is which prices it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CappedFee {
    /// Of the underlying's value; 0.0003 is 0.03 %.
    pub rate: Decimal,
    /// Of the option's value, the most; 0.1 is 10 %. `None` where there is no cap.
    pub cap: Option<Decimal>,
}

impl CappedFee {
    /// No fee.
    pub const NONE: Self = Self { rate: Decimal::ZERO, cap: None };

    /// Binance's fee of an option's trade: 0.03 % of the index, at most 10 % of the premium ("Binance Options Trading Fees",
    /// Transaction Fee, read 2026-11; accounts with a discount see theirs at `GET /eapi/v1/commission`).
    pub const BINANCE_OPTION_TRADE: Self = Self { rate: Decimal::from_parts(3, 0, 0, false, 4), cap: Some(TENTH) };

    /// Binance's fee of an exercise: 0.015 % of the settlement price, at most 10 % of what the option pays ("Binance Options
    /// Trading Fees", Exercise Fee, read 2026-11).
    pub const BINANCE_OPTION_EXERCISE: Self = Self { rate: Decimal::from_parts(15, 0, 0, false, 5), cap: Some(TENTH) };

    /// The fee in quote currency, not rounded. `underlying` is the index of a trade and the settlement price of an exercise;
    /// `option` is what one unit of the option was traded at or pays, zero if nothing.
    ///
    /// ```
    /// # use metaexpert_core::{Currency, Instrument, InstrumentKind, InstrumentRules, OptionTerms, Percent, Right, Symbol, UnixNanos};
    /// use metaexpert_core::{Price, Quantity};
    /// use metaexpert_matching::options::CappedFee;
    /// use rust_decimal::dec;
    /// # let terms = OptionTerms { right: Right::Call, strike: Price::new(dec!(2000)).unwrap(), expiry: UnixNanos::MAX };
    /// # let instrument = Instrument {
    /// #     symbol: Symbol::new("ETH-220430-2000-C").unwrap(), base: Currency::new("ETH"), quote: Currency::new("USDT"),
    /// #     settlement: Currency::new("USDT"), kind: InstrumentKind::Option(terms), brackets: [].into(),
    /// #     rules: InstrumentRules {
    /// #         tick_size: dec!(0.1), lot_size: dec!(0.01), min_notional: dec!(0), contract_size: dec!(1),
    /// #         maintenance_margin: Percent::ZERO,
    /// #     },
    /// # };
    /// // The two examples of Binance's page: 3 contracts, ETHUSDT at 2000 and at 2200, premium 1000, strike 2000.
    /// let (price, three) = (|price| Price::new(price).unwrap(), Quantity::new(dec!(3)).unwrap());
    /// let traded = CappedFee::BINANCE_OPTION_TRADE.of(&instrument, price(dec!(2000)), dec!(1000), three);
    /// assert_eq!(traded, dec!(1.8));
    /// let exercised = CappedFee::BINANCE_OPTION_EXERCISE.of(&instrument, price(dec!(2200)), dec!(200), three);
    /// assert_eq!(exercised, dec!(0.99));
    /// ```
    pub fn of(&self, instrument: &Instrument, underlying: Price, option: Decimal, quantity: Quantity) -> Decimal {
        let uncapped = self.rate * underlying.get();
        let each = self.cap.map_or(uncapped, |cap| uncapped.min(cap * option));
        each * quantity.get() * instrument.rules.contract_size
    }
}

const TENTH: Decimal = Decimal::from_parts(1, 0, 0, false, 1);
