//! What a sold option holds, and what positions in options count for.
//!
//! The one decision: margin is reckoned for each option by itself, from the index and the option's mark price. A covered call
//! or a spread holds as much as its sold leg alone.

use metaexpert_core::{Instrument, OptionTerms, PositionSide, Price, Quantity, Right};
use rust_decimal::Decimal;

/// The rates of a seller's margin, all of the index; 0.15 is 15 %.
///
/// With `OTM` for how far the option is out of the money (0 if it is not), one unit of a sold option holds
///
/// - initially `max(initial * index - OTM, least_initial * index) + mark`,
/// - to be kept `max(maintenance * index - OTM, least_maintenance * index) + mark`.
///
/// Binance publishes the four rates and not how they are joined. The initial ones are joined here as Deribit, OKX ("Options
/// Margin Q&A") and Bit.com ("Margin Rules for USD-Margined Options", all read 2026-11) write it, who have the same rates; the
/// other two in the same way. Those three keep `maintenance * index + mark` wherever the strike is: that is two equal rates.
/// They also ask for more for a put whose mark exceeds the index, which this does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarginRates {
    /// Initially, at the money.
    pub initial: Decimal,
    /// Initially, at the least.
    pub least_initial: Decimal,
    /// To be kept, at the money.
    pub maintenance: Decimal,
    /// To be kept, at the least.
    pub least_maintenance: Decimal,
}

/// What a sold position holds, in quote currency.
///
/// Both contain what the option is worth. They are therefore held against the wallet, into which the premium was paid, and
/// not against the equity, from which the option's value has been taken already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SellerMargin {
    /// What must be there when it is sold.
    pub initial: Decimal,
    /// What must stay there, or it is liquidated.
    pub maintenance: Decimal,
}

impl MarginRates {
    /// Binance's: 15 %, at least 10 %, and to be kept 7.5 %, at least 5 % (Options, "Exchange Information", `initialMargin`,
    /// `minInitialMargin`, `maintenanceMargin`, `minMaintenanceMargin`, read 2026-01).
    pub const BINANCE: Self = Self {
        initial: Decimal::from_parts(15, 0, 0, false, 2),
        least_initial: Decimal::from_parts(10, 0, 0, false, 2),
        maintenance: Decimal::from_parts(75, 0, 0, false, 3),
        least_maintenance: Decimal::from_parts(5, 0, 0, false, 2),
    };

    /// What selling `quantity` holds. `mark` is the option's mark price for one unit of the underlying.
    ///
    /// ```
    /// # use metaexpert_core::{Currency, Instrument, InstrumentKind, InstrumentRules, Percent, Symbol, UnixNanos};
    /// use metaexpert_core::{OptionTerms, Price, Quantity, Right};
    /// use metaexpert_matching::options::MarginRates;
    /// use rust_decimal::dec;
    /// let price = |price| Price::new(price).unwrap();
    /// let terms = OptionTerms { right: Right::Call, strike: price(dec!(104000)), expiry: UnixNanos::MAX };
    /// # let instrument = Instrument {
    /// #     symbol: Symbol::new("BTC-270326-104000-C").unwrap(), base: Currency::new("BTC"), quote: Currency::new("USDT"),
    /// #     settlement: Currency::new("USDT"), kind: InstrumentKind::Option(terms), brackets: [].into(),
    /// #     rules: InstrumentRules {
    /// #         tick_size: dec!(5), lot_size: dec!(0.01), min_notional: dec!(0), contract_size: dec!(1),
    /// #         maintenance_margin: Percent::ZERO,
    /// #     },
    /// # };
    /// // 4000 out of the money: 15,000 - 4,000 is more than 10,000; 7,500 - 4,000 is less than 5,000.
    /// let two = Quantity::new(dec!(2)).unwrap();
    /// let margin = MarginRates::BINANCE.seller(&instrument, &terms, price(dec!(100000)), dec!(1300), two);
    /// assert_eq!(margin.initial, dec!(24600)); // 2 * (11,000 + 1,300)
    /// assert_eq!(margin.maintenance, dec!(12600)); // 2 * (5,000 + 1,300)
    /// ```
    pub fn seller(
        &self,
        instrument: &Instrument,
        terms: &OptionTerms,
        index: Price,
        mark: Decimal,
        quantity: Quantity,
    ) -> SellerMargin {
        let (index, out_of_the_money) = (index.get(), out_of_the_money(terms, index));
        let held = |rate: Decimal, least: Decimal| {
            let each = (rate * index - out_of_the_money).max(least * index) + mark;
            each * quantity.get() * instrument.rules.contract_size
        };
        SellerMargin {
            initial: held(self.initial, self.least_initial),
            maintenance: held(self.maintenance, self.least_maintenance),
        }
    }
}

/// What a position counts for in the account's equity: a bought option what it is worth, a sold one the same taken off.
/// `mark` is the option's mark price for one unit of the underlying.
pub fn position_value(instrument: &Instrument, side: PositionSide, mark: Decimal, quantity: Quantity) -> Decimal {
    let value = instrument.value(mark, quantity.get());
    match side {
        PositionSide::Long => value,
        PositionSide::Short => -value,
    }
}

/// How far the index must go before exercise would pay; zero if it would.
fn out_of_the_money(terms: &OptionTerms, index: Price) -> Decimal {
    let distance = match terms.right {
        Right::Call => terms.strike.get() - index.get(),
        Right::Put => index.get() - terms.strike.get(),
    };
    distance.max(Decimal::ZERO)
}
