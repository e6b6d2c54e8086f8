//! Taking over: what is held is sold until what is owed is paid back.
//!
//! The one decision: the wallet says what is to be sold or bought, and the orders go through the market like any other; what they
//! bring is paid back as it comes in. When nothing is left that could be sold, the exchange pays what is still owed. A take-over of
//! quantity zero only asks that orders be cancelled, since what they have set aside is needed.

use metaexpert_core::{
    Currency, Side,
    rounding::{Round, to_step},
};
use metaexpert_matching::{Cause as Why, CurrencyId, Holder};
use rust_decimal::{Decimal, dec};

use super::{By, Margin, Scope};
use crate::{
    clearing::{EntryKind, Happened, TakeOver, spot::worth},
    listing::{Class, Listing, MarketId},
    news::Cause,
    prices::Prices,
};

/// How much more is sold than the best price would ask for: fees, and the levels behind the best one.
const MARGIN_OF_SALE: Decimal = dec!(1.01);

/// How a market turns what is held into what is owed.
#[derive(Debug, Clone, Copy)]
struct Way {
    market: MarketId,
    side: Side,
    /// Whether it leads there, and not to a coin in between.
    is_direct: bool,
}

/// An order that turns one into the other.
#[derive(Debug)]
struct Sale {
    order: TakeOver,
    /// What of the held coin it takes.
    spent: Decimal,
    /// What it brings of the owed one.
    brought: Decimal,
}

/// A market that is needed has no price: what is held can be sold, but not now.
#[derive(Debug)]
struct NoPrice;

impl<S: Scope> Margin<S> {
    /// Takes the wallet over: pays back what it can, and says what is to be sold for the rest.
    pub(super) fn take_over(&mut self, prices: &dyn Prices) -> Vec<TakeOver> {
        for (id, owed) in self.debts.iter().collect::<Vec<_>>() {
            self.pay_back_from(id, owed.total(), By::Liquidation, self.now);
        }
        self.tell(Cause::Liquidation);
        let Ok(sales) = self.sales(prices) else { return Vec::new() };
        let sales = if sales.is_empty() { self.cancellations() } else { sales };
        if sales.is_empty() && !self.debts.is_empty() {
            self.write_off();
        }
        sales
    }

    /// Markets where orders stand that have something set aside.
    fn cancellations(&self) -> Vec<TakeOver> {
        let mut standing: Vec<_> = self.coins.holds.values().map(|hold| (hold.market, hold.side)).collect();
        standing.sort_unstable_by_key(|(market, _)| *market);
        standing.dedup_by_key(|(market, _)| *market);
        standing.into_iter().map(|(market, side)| TakeOver { market, side, leg: None, quantity: Decimal::ZERO }).collect()
    }

    /// The exchange pays what nothing is left for.
    fn write_off(&mut self) {
        for (id, owed) in self.debts.iter().collect::<Vec<_>>() {
            let lacking = self.debts.repay(id, owed.total()).total();
            self.coins.book(self.now, Why::Insurance, id, Holder::Insurance, Holder::Lender, lacking);
            self.coins.note(self.now, EntryKind::Insurance, id, lacking, None);
        }
        self.tell(Cause::Insurance);
    }

    fn tell(&mut self, cause: Cause) {
        let changed = self.changed();
        if !(changed.balances.is_empty() && changed.debts.is_empty()) {
            self.happened.push(Happened { time: self.now, cause, changed });
        }
    }

    /// What is to be sold.
    fn sales(&self, prices: &dyn Prices) -> Result<Vec<TakeOver>, NoPrice> {
        let mut spare = self.spare(prices);
        let mut sales = Vec::new();
        for (owed, debt) in self.debts.iter() {
            let mut lacking = debt.total() - self.coins.ledger.total(owed);
            for (held, amount) in &mut spare {
                if lacking <= Decimal::ZERO {
                    break;
                }
                let Some(way) = self.way(*held, owed, prices) else { continue };
                if let Some(sale) = sale_of(way, *amount, lacking, prices)? {
                    *amount -= sale.spent;
                    lacking -= sale.brought;
                    sales.push(sale.order);
                }
            }
        }
        Ok(sales)
    }

    /// What is held beyond what is owed of the same coin, the most valuable first.
    fn spare(&self, prices: &dyn Prices) -> Vec<(CurrencyId, Decimal)> {
        let left = |id| self.coins.ledger.total(id) - self.debts.of(id).total();
        let value = |id, amount| worth(self.coins.ledger.currency(id), amount, &self.lending.unit, prices);
        let mut spare: Vec<_> =
            self.coins.ledger.currencies().map(|(id, _)| (id, left(id))).filter(|(_, left)| *left > Decimal::ZERO).collect();
        spare.sort_by_key(|(id, left)| std::cmp::Reverse(value(*id, *left)));
        spare
    }

    /// How one coin becomes another: over the market of both, or over a first step towards it.
    fn way(&self, held: CurrencyId, owed: CurrencyId, prices: &dyn Prices) -> Option<Way> {
        let (held, owed) = (self.coins.ledger.currency(held), self.coins.ledger.currency(owed));
        let markets: Vec<_> = prices
            .markets()
            .into_iter()
            .filter(|market| prices.listing(*market).class == Class::Spot && self.scope.trades(*market))
            .collect();
        let direct = |from: &Currency, to: &Currency| markets.iter().find_map(|market| way_over(*market, from, to, prices));
        let over = |middle: &Currency| {
            let first_step = direct(middle, owed).and_then(|_| direct(held, middle))?;
            Some(Way { is_direct: false, ..first_step })
        };
        direct(held, owed).or_else(|| markets.iter().find_map(|market| over(&prices.listing(*market).instrument.quote)))
    }
}

fn way_over(market: MarketId, from: &Currency, to: &Currency, prices: &dyn Prices) -> Option<Way> {
    let instrument = &prices.listing(market).instrument;
    if (&instrument.base, &instrument.quote) == (from, to) {
        Some(Way { market, side: Side::Sell, is_direct: true })
    } else if (&instrument.quote, &instrument.base) == (from, to) {
        Some(Way { market, side: Side::Buy, is_direct: true })
    } else {
        None
    }
}

/// What is to be sold or bought, at the best price; `None` where it is too little for the market. On the way to a coin in between all
/// is sold, and nothing is brought yet.
fn sale_of(way: Way, held: Decimal, lacking: Decimal, prices: &dyn Prices) -> Result<Option<Sale>, NoPrice> {
    let best = prices.best(way.market, way.side).filter(|best| !best.is_zero()).ok_or(NoPrice)?;
    let listing = prices.listing(way.market);
    let lot = listing.instrument.rules.lot_size;
    let (asked, affordable) = match way.side {
        Side::Sell => (lacking * MARGIN_OF_SALE / best, held),
        Side::Buy => (lacking * MARGIN_OF_SALE, held / best / MARGIN_OF_SALE),
    };
    let most = to_step(affordable.min(listing.limits.market_quantity), lot, Round::Down);
    let quantity = if way.is_direct { to_step(asked, lot, Round::Up).min(most) } else { most };
    if !is_enough(listing, quantity, best) {
        return Ok(None);
    }
    let (spent, brought) = match way.side {
        Side::Sell => (quantity, quantity * best),
        Side::Buy => ((quantity * best * MARGIN_OF_SALE).min(held), quantity),
    };
    let brought = if way.is_direct { brought } else { Decimal::ZERO };
    Ok(Some(Sale { order: TakeOver { market: way.market, side: way.side, leg: None, quantity }, spent, brought }))
}

fn is_enough(listing: &Listing, quantity: Decimal, price: Decimal) -> bool {
    quantity > Decimal::ZERO && quantity >= listing.limits.quantity.0 && quantity * price >= listing.limits.notional.0
}
