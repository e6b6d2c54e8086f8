//! What a trade does to the wallets: coins change hands, margins are set aside, loans taken and paid back.
//!
//! A leg's margin and loan are functions of the leg; after each trade they are moved to where they belong.

use metaexpert_core::{
    Currency, Instrument, InstrumentId, InstrumentKind, PositionSide, Trade, UnixNanos, config::MarginMode, portfolio::Leg,
};
use rust_decimal::Decimal;

use super::Account;
use crate::ledger::{Cause, CurrencyId, Holder, Keep, Ledger, to_ledger};

/// An instrument's currencies in the ledger.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub base: CurrencyId,
    pub quote: CurrencyId,
    pub settlement: CurrencyId,
    /// Whether the coins themselves change hands, rather than a contract on them.
    pub exchanges_coins: bool,
}

impl Place {
    pub(super) fn of<K: Keep>(instrument: &Instrument, ledger: &mut Ledger<K>) -> Self {
        Self {
            settlement: ledger.open(&instrument.settlement),
            base: ledger.open(&instrument.base),
            quote: ledger.open(&instrument.quote),
            exchanges_coins: instrument.kind == InstrumentKind::Spot,
        }
    }
}

/// What is set aside and borrowed for one leg.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Held {
    /// What the ledger holds as its margin.
    pub margin: Decimal,
    /// The part of it that was added by hand; below zero where some was taken away.
    pub added: Decimal,
    /// What was borrowed for it alone: quote currency for a long leg, base currency for a short one.
    pub loan: Decimal,
}

impl<K: Keep> Account<K> {
    pub(super) fn held(&self, id: InstrumentId, side: PositionSide) -> Held {
        let of = |[long, short]: &[Held; 2]| match side {
            PositionSide::Long => *long,
            PositionSide::Short => *short,
        };
        self.held.get(id.index()).map(of).unwrap_or_default()
    }

    pub(super) fn set_held(&mut self, id: InstrumentId, side: PositionSide, held: Held) {
        if let Some([long, short]) = self.held.get_mut(id.index()) {
            *match side {
                PositionSide::Long => long,
                PositionSide::Short => short,
            } = held;
        }
    }

    pub(super) fn pay_fee(&mut self, trade: &Trade, place: &Place, settlement: &Currency) {
        let currency = if trade.fee.currency == *settlement { place.settlement } else { self.ledger.open(&trade.fee.currency) };
        self.ledger.book(trade.time, Cause::Fee, currency, Holder::Free, Holder::Fees, trade.fee.amount);
    }

    /// Base and quote currency change hands.
    pub(super) fn exchange(&mut self, trade: &Trade, instrument: &Instrument, place: &Place) {
        let (quantity, value) =
            (trade.quantity.get() * instrument.rules.contract_size, instrument.value(trade.price.get(), trade.quantity.get()));
        let (base, quote) = match trade.side {
            metaexpert_core::Side::Buy => (quantity, -value),
            metaexpert_core::Side::Sell => (-quantity, value),
        };
        self.ledger.book(trade.time, Cause::Exchange, place.base, Holder::Market, Holder::Free, base);
        self.ledger.book(trade.time, Cause::Exchange, place.quote, Holder::Market, Holder::Free, quote);
    }

    /// Moves margin and loan of the leg that a trade changed. Returns the margin that it set free.
    pub(super) fn follow_leg(&mut self, trade: &Trade, before: Option<Decimal>, place: &Place) -> Decimal {
        let (id, side) = (trade.instrument, trade.position_side);
        let held = self.held(id, side);
        let left = self.portfolio.leg(id, side).map_or(Decimal::ZERO, |leg| leg.quantity);
        // What was added belongs to the quantity that it was added to.
        let added = match before {
            Some(before) if left < before && !held.added.is_zero() => to_ledger(held.added * left / before),
            _ => held.added,
        };
        if added != held.added {
            self.count_added(place.settlement, added - held.added);
        }
        self.settle_leg(trade.time, id, side, Held { added, ..held }, place);
        if self.loans.is_some() && place.exchanges_coins {
            self.even_out(trade.time, place.base, !trade.opens());
            self.even_out(trade.time, place.quote, !trade.opens());
        }
        held.margin - self.held(id, side).margin
    }

    /// Moves margin and loan of a leg to where its rules want them.
    pub(super) fn settle_leg(&mut self, time: UnixNanos, id: InstrumentId, side: PositionSide, held: Held, place: &Place) {
        let isolated = self.portfolio.margin_mode() == MarginMode::Isolated;
        let lends = self.loans.is_some() && place.exchanges_coins;
        let leg = self.portfolio.leg(id, side);
        let margin = leg.map_or(Decimal::ZERO, |leg| {
            let own = if isolated { to_ledger(margin_of(leg, side, place.exchanges_coins, lends)) } else { Decimal::ZERO };
            own + held.added
        });
        let loan = leg
            .filter(|_| isolated && lends)
            .map_or(Decimal::ZERO, |leg| to_ledger(loan_of(leg, side, &self.instruments.get(id).rules.contract_size)));
        if loan != held.loan {
            let currency = if side == PositionSide::Long { place.quote } else { place.base };
            self.lend(time, currency, loan - held.loan);
        }
        self.ledger.book(time, Cause::Margin, place.settlement, Holder::Free, Holder::Margin, margin - held.margin);
        self.set_held(id, side, Held { margin, loan, ..held });
    }

    pub(super) fn count_added(&mut self, currency: CurrencyId, change: Decimal) {
        if let Some(added) = self.added.get_mut(currency.index()) {
            *added += change;
        }
    }
}

/// What isolated margin a leg has by itself, in settlement currency: the value it was entered at, divided by its leverage. A
/// long leg in coins has spent it; a short one leaves what the coins were sold for with it.
fn margin_of(leg: &Leg, side: PositionSide, coins: bool, lent: bool) -> Decimal {
    let share = || leg.cost / Decimal::from(leg.leverage);
    match (coins, side) {
        (false, _) => share(),
        (true, PositionSide::Short) if lent => leg.cost + share(),
        (true, _) => Decimal::ZERO,
    }
}

/// What an isolated leg in coins was borrowed for: what its leverage leaves of the price, or the coins that were sold.
fn loan_of(leg: &Leg, side: PositionSide, contract_size: &Decimal) -> Decimal {
    match side {
        PositionSide::Long => leg.cost - leg.cost / Decimal::from(leg.leverage),
        PositionSide::Short => leg.quantity * contract_size,
    }
}
