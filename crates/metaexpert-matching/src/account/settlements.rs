//! What happens to an account without an order: funding, delivery, transfers, and the insurance's part in a liquidation.

use metaexpert_core::{
    Charge, ChargeCause, Funding, Instrument, InstrumentId, InstrumentKind, Liquidity, Money, PositionSide, Price, Quantity,
    Reason, Rejection, Trade, TradeId, UnixNanos, config::MarginMode, rounding::float_of,
};
use rust_decimal::Decimal;

use super::Account;
use crate::funding::funding_of;
use crate::ledger::{Cause, CurrencyId, Holder, Keep, to_ledger};

/// Assets as a share of debts below which nothing may be taken out of the account (Binance, "Margin Level and Margin Call",
/// section 3).
const LEVEL_FOR_TRANSFERS: Decimal = Decimal::TWO;

impl<K: Keep> Account<K> {
    /// Settles funding of a leg of a perpetual contract: its value at the mark price, times the rate. Longs pay where the rate is
    /// positive (Binance, "Introduction to Binance Futures Funding Rates": funding amount = nominal value of positions * rate).
    /// `None` where nothing is held.
    ///
    /// What the free balance lacks for it is taken from the position's own margin.
    pub fn fund(
        &mut self,
        id: InstrumentId,
        side: PositionSide,
        rate: Decimal,
        mark: Decimal,
        time: UnixNanos,
    ) -> Option<Funding> {
        let instrument = self.instruments.get(id);
        let InstrumentKind::Perpetual(_) = instrument.kind else { return None };
        let quantity = self.leg(id, side)?.quantity;
        let amount = Money::new(funding_of(instrument, side, quantity, mark, rate), instrument.settlement.clone());
        let symbol = instrument.symbol.clone();
        let place = self.place(id)?;
        self.portfolio.settle_money(&amount);
        self.ledger.book(time, Cause::Funding, place.settlement, Holder::Funding, Holder::Free, amount.amount);
        let lacking = -self.ledger.free(place.settlement);
        if lacking > Decimal::ZERO {
            self.add_margin(time, id, side, -lacking.min(self.held(id, side).margin));
        }
        Some(Funding { time, symbol, rate: float_of(rate), position_side: Some(side), amount })
    }

    /// Settles a dated contract: closes its legs at the settlement price, as trades of the venue's own, and applies them.
    pub fn deliver(
        &mut self,
        id: InstrumentId,
        price: Price,
        time: UnixNanos,
        mut next_id: impl FnMut() -> TradeId,
        trades: &mut Vec<Trade>,
    ) {
        let instrument = self.instruments.get(id).clone();
        for side in PositionSide::BOTH {
            let Some((quantity, leverage)) =
                self.leg(id, side).and_then(|leg| Some((Quantity::new(leg.quantity)?, leg.leverage)))
            else {
                continue;
            };
            let fee = instrument.value(price.get(), quantity.get()) * self.fees.schedule().delivery;
            let trade = Trade {
                id: next_id(),
                time,
                instrument: id,
                symbol: instrument.symbol.clone(),
                order: None,
                side: side.closing_side(),
                position_side: side,
                price,
                quantity,
                fee: Money::new(fee, instrument.settlement.clone()),
                liquidity: Liquidity::Taker,
                reason: Reason::Expiry,
            };
            // The whole leg, so that it cannot close more than there is.
            if self.apply(&trade, &instrument, leverage).is_ok() {
                trades.push(trade);
            }
        }
    }

    /// Takes money into the account, or out of it where the amount is negative.
    ///
    /// # Errors
    /// [`Rejection::Funds`] where more is to be taken out than is free, or where debts would be left with too little behind them.
    pub fn transfer(&mut self, time: UnixNanos, money: &Money) -> Result<Charge, Rejection> {
        let money = Money::new(to_ledger(money.amount), money.currency.clone());
        let id = self.ledger.find(&money.currency).ok_or(Rejection::Funds)?;
        let leaves = -money.amount;
        if leaves > Decimal::ZERO && (leaves > self.free_to_leave(id) || self.level_without(id, leaves) < LEVEL_FOR_TRANSFERS) {
            return Err(Rejection::Funds);
        }
        self.ledger.book(time, Cause::Transfer, id, Holder::Outside, Holder::Free, money.amount);
        self.portfolio.settle_money(&money);
        Ok(Charge { time, amount: money, cause: ChargeCause::Transfer })
    }

    /// What can be taken out of a wallet: what is free, less what cross margin needs of it.
    fn free_to_leave(&self, id: CurrencyId) -> Decimal {
        let free = self.ledger.free(id);
        let settled =
            self.instruments.iter().zip(&self.places).find(|(_, place)| place.settlement == id && !place.exchanges_coins);
        settled.map_or(free, |((instrument, _), _)| free.min(self.free_times_in(instrument, 1)))
    }

    /// What the account begins with.
    pub(super) fn fund_at_start(&mut self, capital: &Money, wallets: &[Money]) {
        self.ledger.book(UnixNanos::MIN, Cause::Transfer, self.main, Holder::Outside, Holder::Free, capital.amount);
        for money in wallets {
            let id = self.ledger.open(&money.currency);
            self.ledger.book(UnixNanos::MIN, Cause::Transfer, id, Holder::Outside, Holder::Free, money.amount);
            self.portfolio.settle_money(money);
        }
    }

    /// After a liquidation: what it lost beyond what stood behind the position is the exchange's insurance's, so that it never
    /// makes a debt.
    pub(super) fn insure(&mut self, trade: &Trade, instrument: &Instrument, leverage: u32, realized: Decimal, released: Decimal) {
        let Some(place) = self.place(trade.instrument) else { return };
        let lost_itself = trade.fee.amount - realized;
        let beyond_own = match self.portfolio.margin_mode() {
            MarginMode::Isolated if place.exchanges_coins => {
                let value = instrument.value(trade.price.get(), trade.quantity.get());
                lost_itself - own_of_coins(trade, value, leverage, realized, released)
            }
            MarginMode::Isolated => lost_itself - released,
            // The whole account vouches: as long as a position is left, it may bring the balance back.
            MarginMode::Cross => Decimal::ZERO,
        };
        let all_gone = self.legs_in(place.settlement).next().is_none();
        let debt =
            if all_gone { self.ledger.owed(place.settlement) - self.ledger.total(place.settlement) } else { Decimal::ZERO };
        let lost = beyond_own.max(debt);
        let lost = to_ledger(lost);
        if lost <= Decimal::ZERO {
            return;
        }
        self.ledger.book(trade.time, Cause::Insurance, place.settlement, Holder::Insurance, Holder::Free, lost);
        self.charge(trade.time, ChargeCause::Insurance, Money::new(lost, instrument.settlement.clone()));
        if place.exchanges_coins {
            self.even_out(trade.time, place.settlement, true);
        }
    }
}

/// What of one's own stood behind the part of an isolated leg in coins that a trade has closed: the share of its price that was
/// not borrowed, and what was added.
fn own_of_coins(trade: &Trade, value: Decimal, leverage: u32, realized: Decimal, released: Decimal) -> Decimal {
    match trade.position_side {
        PositionSide::Long => (value - realized) / Decimal::from(leverage) + released,
        PositionSide::Short => released - (value + realized),
    }
}
