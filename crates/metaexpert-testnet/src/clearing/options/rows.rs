//! Account and positions of options, as protocols show them.

use metaexpert_core::{Currency, PositionSide, Quantity, Side, UnixNanos};
use metaexpert_matching::options::position_value;
use rust_decimal::Decimal;

use super::{OptionsWallet, Place};
use crate::{listing::MarketId, news::PositionNow, prices::Prices};

/// What there is of a coin (Binance, "Option Margin Account Information").
#[derive(Debug, Clone, PartialEq)]
pub struct OptionsAccount {
    /// The coin.
    pub currency: Currency,
    /// Cash: what was paid in, premiums and fees (Binance: `marginBalance`).
    pub margin_balance: Decimal,
    /// The same, with what bought options are worth, less what sold ones are.
    pub equity: Decimal,
    /// What new orders could use.
    pub available: Decimal,
    /// What sold options hold.
    pub initial: Decimal,
    /// What they need in order not to be taken over.
    pub maintenance: Decimal,
    /// What orders hold.
    pub order_initial: Decimal,
    /// What all positions have gained.
    pub unrealized: Decimal,
}

/// A position in an option (Binance, "Option Position Information").
#[derive(Debug, Clone, PartialEq)]
pub struct OptionRow {
    /// In which option.
    pub market: MarketId,
    /// How much; negative where it was sold.
    pub amount: Decimal,
    /// The average premium of its entries.
    pub entry_price: Decimal,
    /// What one unit is valued by.
    pub mark_price: Decimal,
    /// What all of it is worth, without a sign.
    pub mark_value: Decimal,
    /// What it has gained.
    pub unrealized: Decimal,
    /// Of a sold position: what it holds.
    pub initial: Decimal,
    /// Of a sold position: what it needs.
    pub maintenance: Decimal,
    /// How much buy orders are for.
    pub bid_quantity: Decimal,
    /// How much sell orders are for.
    pub ask_quantity: Decimal,
    /// When it last changed; `None` where there never was one.
    pub updated: Option<UnixNanos>,
}

impl OptionsWallet {
    /// What there is, coin by coin.
    pub fn account(&self, prices: &dyn Prices) -> Vec<OptionsAccount> {
        self.coins.keys().map(|currency| self.account_in(currency, prices)).collect()
    }

    /// What there is of one coin.
    pub fn account_in(&self, currency: &Currency, prices: &dyn Prices) -> OptionsAccount {
        let here = || self.places.values().filter(|place| place.settlement() == currency);
        let margin_balance = self.wallet(currency);
        OptionsAccount {
            currency: currency.clone(),
            margin_balance,
            equity: margin_balance + here().map(|place| place.worth(prices)).sum::<Decimal>(),
            available: self.left(currency, prices).max(Decimal::ZERO),
            initial: here().map(|place| place.sold(prices).initial).sum(),
            maintenance: here().map(|place| place.sold(prices).maintenance).sum(),
            order_initial: here().map(|place| place.needed_with(None, self.fees, prices)).sum(),
            unrealized: here().map(|place| place.gained(prices)).sum(),
        }
    }

    /// Positions that are open.
    pub fn positions(&self, prices: &dyn Prices) -> Vec<OptionRow> {
        self.places.values().filter(|place| place.legs.is_open()).map(|place| place.row(prices)).collect()
    }

    /// One option's position, open or not; `None` for a market that is no option.
    pub fn position(&self, market: MarketId, prices: &dyn Prices) -> Option<OptionRow> {
        self.places.get(&market).map(|place| place.row(prices))
    }
}

impl Place {
    /// What streams tell of the position.
    pub(super) fn now(&self, prices: &dyn Prices) -> PositionNow {
        let row = self.row(prices);
        let side = self.side();
        PositionNow {
            market: self.market,
            leg: None,
            amount: row.amount,
            entry_price: row.entry_price,
            breakeven_price: row.entry_price,
            mark_price: row.mark_price,
            unrealized: row.unrealized,
            realized: self.legs.tally(side).realized,
            is_isolated: false,
            isolated_wallet: Decimal::ZERO,
            maintenance: row.maintenance,
            leverage: 1,
            liquidation_price: None,
            updated: row.updated.unwrap_or(UnixNanos::from_nanos(0)),
            closing_side: side.closing_side(),
        }
    }

    fn row(&self, prices: &dyn Prices) -> OptionRow {
        let (side, mark_price, sold) = (self.side(), self.mark(prices), self.sold(prices));
        let quantity = |side| self.orders.values().filter(|order| order.side == side).map(|order| order.left).sum();
        OptionRow {
            market: self.market,
            amount: self.legs.net(),
            entry_price: self.legs.get(side).map_or(Decimal::ZERO, |leg| leg.entry_price(self.legs.instrument())),
            mark_price,
            mark_value: self.legs.value(side, mark_price),
            unrealized: self.gained(prices),
            initial: sold.initial,
            maintenance: sold.maintenance,
            bid_quantity: quantity(Side::Buy),
            ask_quantity: quantity(Side::Sell),
            updated: self.legs.tally(PositionSide::Long).updated.max(self.legs.tally(PositionSide::Short).updated),
        }
    }

    fn gained(&self, prices: &dyn Prices) -> Decimal {
        let mark = self.mark(prices);
        self.legs.open().map(|(side, _)| self.legs.unrealized(side, mark)).sum()
    }

    /// What the position counts for in the equity.
    fn worth(&self, prices: &dyn Prices) -> Decimal {
        let mark = self.mark(prices);
        let worth = |side| {
            let quantity = Quantity::new(self.legs.held(side))?;
            Some(position_value(self.legs.instrument(), side, mark, quantity))
        };
        PositionSide::BOTH.into_iter().filter_map(worth).sum()
    }

    fn side(&self) -> PositionSide {
        if self.legs.get(PositionSide::Short).is_some() { PositionSide::Short } else { PositionSide::Long }
    }
}
