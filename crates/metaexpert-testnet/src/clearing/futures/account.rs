//! What the wallet has and needs, coin by coin and in all.
//!
//! The one decision: what is free is what is not held by isolated positions, with what the other positions have gained, less what those
//! and all orders need (Binance, "Account Information V3": `availableBalance`). Gains may be used as margin and not be taken out.
//!
//! In multi-assets mode all coins vouch together, each at its worth in USDT less a cut (Binance, "Multi-Assets Mode").

use metaexpert_core::{Currency, PositionSide, UnixNanos};
use rust_decimal::{Decimal, dec};

use super::{Futures, legs::to_eight};
use crate::{news::Balance, prices::Prices};

/// What the worth of a coin that is not a dollar counts for in multi-assets mode. Binance has a rate for each coin and amount
/// (`assetIndex`, `autoExchangeBidRate`); this is what BTC and ETH have, in round figures.
const COLLATERAL: Decimal = dec!(0.95);

/// What the coins of multi-assets mode are reckoned in.
const REFERENCE: &str = "USDT";

/// Coins that count in full in multi-assets mode.
const DOLLARS: [&str; 4] = ["USDT", "USDC", "FDUSD", "USD"];

/// What there is of a coin, and what is needed of it.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetRow {
    /// The coin.
    pub currency: Currency,
    /// What was paid in and realised, less fees and funding.
    pub wallet: Decimal,
    /// What all positions have gained.
    pub unrealized: Decimal,
    /// Both together.
    pub margin: Decimal,
    /// What all positions need in order not to be taken over.
    pub maintenance: Decimal,
    /// What positions and orders need.
    pub initial: Decimal,
    /// What positions need at their leverage.
    pub position_initial: Decimal,
    /// What orders need beyond that.
    pub order_initial: Decimal,
    /// The wallet without what isolated positions hold.
    pub cross_wallet: Decimal,
    /// What positions with cross margin have gained.
    pub cross_unrealized: Decimal,
    /// What a new order could use.
    pub available: Decimal,
    /// What can be taken out.
    pub max_withdraw: Decimal,
    /// When it last changed.
    pub updated: Option<UnixNanos>,
}

/// What positions and orders do to a coin, added up.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Needs {
    /// Margin that isolated positions hold.
    pub isolated: Decimal,
    pub unrealized: Decimal,
    pub cross_unrealized: Decimal,
    pub maintenance: Decimal,
    pub cross_maintenance: Decimal,
    pub position_initial: Decimal,
    pub cross_position_initial: Decimal,
    pub order_initial: Decimal,
}

impl Futures {
    /// Every coin that the wallet may be margined in or has had.
    pub fn assets(&self, prices: &dyn Prices) -> Vec<AssetRow> {
        self.coins.keys().map(|currency| self.asset(currency, prices)).collect()
    }

    /// One coin.
    pub fn asset(&self, currency: &Currency, prices: &dyn Prices) -> AssetRow {
        let needs = self.needs(currency, prices);
        let wallet = self.wallet(currency);
        AssetRow {
            currency: currency.clone(),
            wallet,
            unrealized: needs.unrealized,
            margin: wallet + needs.unrealized,
            maintenance: needs.maintenance,
            initial: needs.position_initial + needs.order_initial,
            position_initial: needs.position_initial,
            order_initial: needs.order_initial,
            cross_wallet: wallet - needs.isolated,
            cross_unrealized: needs.cross_unrealized,
            available: self.left(currency, prices).max(Decimal::ZERO),
            max_withdraw: self.max_withdraw(currency, prices),
            updated: self.coins.get(currency).and_then(|coin| coin.updated),
        }
    }

    /// The account as a whole: in single-asset mode its USDT alone, else all coins at their worth in USDT (Binance, "Account
    /// Information V3", `total...`).
    pub fn totals(&self, prices: &dyn Prices) -> AssetRow {
        let reference = Currency::new(REFERENCE);
        let mut total = self.asset(&reference, prices);
        if !self.multi_assets {
            return total;
        }
        for currency in self.coins.keys().filter(|currency| **currency != reference) {
            let (row, Some(rate)) = (self.asset(currency, prices), prices.rate(currency, &reference)) else { continue };
            total.wallet += row.wallet * rate;
            total.unrealized += row.unrealized * rate;
            total.margin += row.margin * rate;
            total.maintenance += row.maintenance * rate;
            total.initial += row.initial * rate;
            total.position_initial += row.position_initial * rate;
            total.order_initial += row.order_initial * rate;
            total.cross_wallet += row.cross_wallet * rate;
            total.cross_unrealized += row.cross_unrealized * rate;
            total.updated = total.updated.max(row.updated);
        }
        total
    }

    /// What can be taken out of a coin: what is there, less what is needed, gains not counted.
    pub fn max_withdraw(&self, currency: &Currency, prices: &dyn Prices) -> Decimal {
        let needs = self.needs(currency, prices);
        let gains = needs.cross_unrealized.max(Decimal::ZERO);
        let own = self.wallet(currency) - needs.isolated;
        own.min(self.left(currency, prices) - if self.multi_assets { Decimal::ZERO } else { gains }).max(Decimal::ZERO)
    }

    /// What is left of a coin for new orders; below zero where prices have moved against the positions.
    pub(super) fn left(&self, currency: &Currency, prices: &dyn Prices) -> Decimal {
        if !self.multi_assets {
            let needs = self.needs(currency, prices);
            return self.wallet(currency) - needs.isolated + needs.cross_unrealized
                - needs.cross_position_initial
                - needs.order_initial;
        }
        let needed = |needs: &Needs| needs.cross_position_initial + needs.order_initial;
        let pooled = self.pooled(needed, prices);
        prices.rate(currency, &Currency::new(REFERENCE)).and_then(|rate| pooled.checked_div(rate)).unwrap_or_default()
    }

    /// In multi-assets mode: what all coins are worth with what positions have gained, less something that is needed, in USDT.
    pub(super) fn pooled(&self, needed: impl Fn(&Needs) -> Decimal, prices: &dyn Prices) -> Decimal {
        let reference = Currency::new(REFERENCE);
        let worth = |currency: &Currency| {
            let needs = self.needs(currency, prices);
            let counted = match self.wallet(currency) - needs.isolated {
                own if own > Decimal::ZERO && !DOLLARS.contains(&currency.as_str()) => own * COLLATERAL,
                own => own,
            };
            Some((counted + needs.cross_unrealized - needed(&needs)) * prices.rate(currency, &reference)?)
        };
        self.coins.keys().filter_map(worth).sum()
    }

    /// What positions and orders do to a coin.
    pub(super) fn needs(&self, currency: &Currency, prices: &dyn Prices) -> Needs {
        let mut needs = Needs::default();
        for place in self.places.values().filter(|place| place.settlement() == currency) {
            for (side, _) in place.legs.open() {
                let (gain, kept, initial) =
                    (place.unrealized(side, prices), place.maintenance(side, prices), place.initial(side, prices));
                needs.unrealized += gain;
                needs.maintenance += kept;
                needs.position_initial += initial;
                if place.isolated {
                    needs.isolated += place.legs.tally(side).isolated;
                } else {
                    needs.cross_unrealized += gain;
                    needs.cross_maintenance += kept;
                    needs.cross_position_initial += initial;
                }
            }
            if !place.orders.is_empty() {
                needs.order_initial += place.order_initial(self.hedged, prices);
            }
        }
        needs
    }

    /// What stands behind the positions with cross margin of a coin.
    pub(super) fn cross_margin(&self, currency: &Currency, needs: &Needs) -> Decimal {
        self.wallet(currency) - needs.isolated + needs.cross_unrealized
    }

    pub(super) fn balance(&self, currency: &Currency, change: Decimal, prices: &dyn Prices) -> Balance {
        let row = self.asset(currency, prices);
        Balance {
            currency: currency.clone(),
            free: row.available,
            locked: to_eight(row.initial),
            change,
            wallet: row.wallet,
            cross: row.cross_wallet,
        }
    }

    /// Whether a position with cross margin is open that a coin vouches for.
    pub(super) fn has_cross(&self, currency: &Currency) -> bool {
        let vouched = |place: &&super::Place| !place.isolated && (self.multi_assets || place.settlement() == currency);
        self.places.values().filter(vouched).any(|place| place.legs.is_open())
    }

    /// Sides of a market that are open, long before short.
    pub(super) fn open_sides(&self, market: crate::listing::MarketId) -> Vec<PositionSide> {
        self.places.get(&market).map(|place| place.legs.open().map(|(side, _)| side).collect()).unwrap_or_default()
    }
}
