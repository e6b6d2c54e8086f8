//! Executions folded into cash and positions, exactly.
//!
//! The one decision: equity comes from cash flows, never from an average price. A purchase takes its value out of `cash`, a
//! sale puts it in, and equity is cash plus what the positions would fetch; no quotient is involved, so nothing is rounded.
//! A quotient appears only where a part of an averaged position is closed and its share of the cost must be named; what
//! remains keeps the rest of the cost, so that the parts always sum to the whole.
//!
//! A value is price times quantity times contract size. An inverse contract is worth its size divided by the price, in coins:
//! whoever buys one owes fewer coins the higher the price, so its cash flows go the other way.

use metaexpert_core::{InstrumentId, Instruments, PositionSide, Side, Trade};
use rust_decimal::Decimal;

/// The positions of one account and its cash.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    cash: Decimal,
    /// Cost of open positions that gain with their value (long ones, short ones of inverse contracts) minus that of the others.
    carried: Decimal,
    /// How many legs hold something.
    open_legs: u32,
    /// By instrument.
    books: Vec<Book>,
}

/// Both legs of one instrument.
#[derive(Debug, Clone)]
struct Book {
    contract_size: Option<Decimal>,
    inverse: bool,
    long: Leg,
    short: Leg,
}

/// One leg: how much is held and what it was worth when it was entered, in settlement currency.
#[derive(Debug, Clone, Copy, Default)]
struct Leg {
    quantity: Decimal,
    cost: Decimal,
}

impl Book {
    /// What so much is worth at a price, in settlement currency.
    fn value(&self, price: Decimal, quantity: Decimal) -> Decimal {
        let sized = |amount: Decimal| self.contract_size.map_or(amount, |size| amount * size);
        if self.inverse { sized(quantity).checked_div(price).unwrap_or_default() } else { sized(price * quantity) }
    }
}

impl Leg {
    /// Takes `quantity` out and says what that share had cost.
    fn take(&mut self, quantity: Decimal) -> Decimal {
        if quantity >= self.quantity {
            return std::mem::take(self).cost;
        }
        // Divided first only where the product would not fit a decimal, as the account of the run does.
        let product = self.cost.checked_mul(quantity);
        let taken = product.map_or_else(|| self.cost * (quantity / self.quantity), |product| product / self.quantity);
        self.quantity -= quantity;
        self.cost -= taken;
        taken
    }
}

impl Ledger {
    /// An account with nothing but cash.
    pub(crate) fn new(capital: Decimal, instruments: &Instruments) -> Self {
        let books = instruments.iter().map(|(_, instrument)| {
            let size = instrument.rules.contract_size;
            let contract_size = (size != Decimal::ONE).then_some(size);
            Book { contract_size, inverse: instrument.kind.is_inverse(), long: Leg::default(), short: Leg::default() }
        });
        Self { cash: capital, carried: Decimal::ZERO, open_legs: 0, books: books.collect() }
    }

    /// Books an execution and says what it realised: the profit of what it closed, fees aside; zero for an opening one.
    pub(crate) fn apply(&mut self, trade: &Trade) -> Decimal {
        #[expect(clippy::indexing_slicing, reason = "an InstrumentId is only made by a collection that holds it")]
        let book = &mut self.books[trade.instrument.index()];
        let quantity = trade.quantity.get();
        let value = book.value(trade.price.get(), quantity);
        if (trade.side == Side::Buy) == book.inverse {
            self.cash += value;
        } else {
            self.cash -= value;
        }
        self.cash -= trade.fee.amount;
        let gains_with_its_value = (trade.position_side == PositionSide::Long) != book.inverse;
        let leg = match trade.position_side {
            PositionSide::Long => &mut book.long,
            PositionSide::Short => &mut book.short,
        };
        let (cost, realized) = if trade.opens() {
            self.open_legs += u32::from(leg.quantity.is_zero());
            leg.quantity += quantity;
            leg.cost += value;
            (value, Decimal::ZERO)
        } else {
            let was_open = !leg.quantity.is_zero();
            let taken = leg.take(quantity);
            self.open_legs -= u32::from(was_open && leg.quantity.is_zero());
            (-taken, value - taken)
        };
        if gains_with_its_value {
            self.carried += cost;
            realized
        } else {
            self.carried -= cost;
            -realized
        }
    }

    /// Adds an amount to the balance: funding that was received (negative: paid).
    pub(crate) fn settle(&mut self, amount: Decimal) {
        self.cash += amount;
    }

    /// Capital plus all cash flows: equity without what the open positions would fetch.
    pub(crate) const fn cash(&self) -> Decimal {
        self.cash
    }

    /// Capital plus realised profit and funding minus fees.
    pub(crate) fn balance(&self) -> Decimal {
        self.cash + self.carried
    }

    /// By how much equity changes when the price of the instrument rises by one; of an inverse contract, when one divided by its
    /// price does.
    pub(crate) fn net(&self, instrument: InstrumentId) -> Decimal {
        let Some(book) = self.books.get(instrument.index()) else { return Decimal::ZERO };
        let (long, short) = (book.long.quantity, book.short.quantity);
        let net = if book.inverse { short - long } else { long - short };
        book.contract_size.map_or(net, |size| net * size)
    }

    /// Whether nothing is held, on either leg of any instrument.
    pub(crate) const fn is_flat(&self) -> bool {
        self.open_legs == 0
    }
}

#[cfg(test)]
mod tests {
    use metaexpert_core::{Timeframe, portfolio::Portfolio};
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;
    use crate::made;

    proptest! {
        #[test]
        fn the_report_and_the_account_that_traded_agree(
            inverse: bool,
            fills in prop::collection::vec((any::<bool>(), any::<bool>(), 1_i64..5000, 1_i64..300), 1..60),
        ) {
            let mut run = if inverse { made::inverse_run("BTCUSDT", dec!(100)) } else { made::run(&["BTCUSDT"]) };
            run.series = vec![(run.id("BTCUSDT"), made::closes(Timeframe::H6, &[100.0]))];
            let (id, time) = (run.id("BTCUSDT"), run.open(0));
            let instrument = run.instruments.get(id).clone();
            let mut account = Portfolio::new(run.initial_capital, 1);
            let mut ledger = Ledger::new(run.initial_capital, &run.instruments);
            for (opens, long, price, quantity) in fills {
                let (price, quantity) = (Decimal::new(price, 1), Decimal::new(quantity, 2));
                let (side, leg) = (if opens == long { "buy" } else { "sell" }, if long { "long" } else { "short" });
                run.trade(time, "BTCUSDT", &format!("{side} {leg} {quantity} @ {price} fee {}", price * quantity * dec!(0.0005)));
                let Some(trade) = run.trades.last() else { continue };
                // What closes more than there is, the account refuses.
                let Ok(applied) = account.apply(trade, &instrument, 1) else { continue };
                prop_assert_eq!(ledger.apply(trade), applied.realized);
                prop_assert!((ledger.balance() - account.balance()).abs() < dec!(0.00000000000000000001));
                prop_assert_eq!(ledger.is_flat(), account.legs().next().is_none());
                account.set_mark(id, 123.4);
                let net = ledger.net(id);
                let equity = ledger.cash() + if inverse { net / dec!(123.4) } else { net * dec!(123.4) };
                prop_assert!((equity - account.equity(&run.instruments)).abs() < dec!(0.00000000000000000001));
            }
        }
    }
}
