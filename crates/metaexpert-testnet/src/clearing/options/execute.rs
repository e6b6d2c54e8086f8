//! What an execution of an option does: the premium changes hands, and the exchange takes its fee.

use metaexpert_core::{Currency, Money, Side};
use rust_decimal::Decimal;

use super::OptionsWallet;
use crate::{
    clearing::{Booked, Changed, Clearing, EntryKind, Fill, futures::legs::to_eight},
    listing::MarketId,
    prices::Prices,
};

impl OptionsWallet {
    pub(super) fn book_fill(&mut self, fill: &Fill, prices: &dyn Prices) -> Booked {
        self.release(fill.order, Some(fill.quantity));
        let fees = self.fees;
        let Some(place) = self.places.get_mut(&fill.market) else { return nothing(fill) };
        let coin = place.settlement().clone();
        let value = to_eight(place.legs.instrument().value(fill.price, fill.quantity));
        let fee = place.fee(fill.price, fill.quantity, fees, prices);
        let split = place.legs.split(fill.side, None, fill.quantity);
        let mut realized = Decimal::ZERO;
        if split.close > Decimal::ZERO {
            (realized, _) = place.legs.decrease(split.leg.opposite(), split.close, fill.price, fill.time);
        }
        if split.open > Decimal::ZERO {
            place.legs.increase(split.leg, split.open, fill.price, fill.time);
        }
        let leg = if split.open > Decimal::ZERO { split.leg } else { split.leg.opposite() };
        let premium = if fill.side == Side::Buy { -value } else { value };
        let before = self.wallet(&coin);
        let (market, trade) = (Some(fill.market), Some(fill.trade_id));
        self.book(EntryKind::Premium, premium, &coin, market, trade, fill.time);
        self.book(EntryKind::Commission, -fee, &coin, market, trade, fill.time);
        self.cover(&coin, fill.market, fill.time);
        let changed = self.changed(fill.market, self.wallet(&coin) - before, prices);
        Booked { fee: Money::new(fee, coin), realized, value, leg, changed }
    }

    /// No wallet is left in debt: what it lacks, the insurance pays.
    pub(super) fn cover(&mut self, coin: &Currency, market: MarketId, time: metaexpert_core::UnixNanos) {
        let lacking = -self.wallet(coin);
        if lacking > Decimal::ZERO {
            self.book(EntryKind::Insurance, lacking, coin, Some(market), None, time);
        }
    }

    /// What is there of a market's coin, and the position.
    pub(super) fn changed(&self, market: MarketId, change: Decimal, prices: &dyn Prices) -> Changed {
        self.places.get(&market).map_or_else(Changed::default, |place| Changed {
            balances: vec![self.balance(place.settlement(), change, prices)],
            positions: vec![place.now(prices)],
            ..Changed::default()
        })
    }
}

fn nothing(fill: &Fill) -> Booked {
    let leg = fill.side.opened_leg();
    let fee = Money::new(Decimal::ZERO, Currency::new(""));
    Booked { fee, realized: Decimal::ZERO, value: Decimal::ZERO, leg, changed: Changed::default() }
}
