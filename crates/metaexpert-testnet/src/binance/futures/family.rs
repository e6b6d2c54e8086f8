//! What differs between USD-M and COIN-M futures: one API twice.
//!
//! The one decision: handlers ask this table, never for the product. A difference that is only a name is a name here; a difference
//! in what is answered is a flag with a reason.

use metaexpert_core::{Instrument, InstrumentKind};
use rust_decimal::Decimal;

use crate::{
    binance::door::Product,
    listing::{Class, Listing, MarketId},
    market::Markets,
    wallet::Wallet,
};

/// What differs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Family {
    /// Whose rules hold.
    pub product: Product,
    /// Which markets it trades.
    pub class: Class,
    /// Whose money.
    pub wallet: Wallet,
    /// What executions came to: `cumQuote`, `cumBase`.
    pub value: &'static str,
    /// What the other kind of contracts calls it.
    pub no_value: &'static str,
    /// The value of a trade: `quoteQty`, `baseQty`.
    pub trade_value: &'static str,
    /// What the other kind of contracts calls it.
    pub no_trade_value: &'static str,
    /// The value of a day: `quoteVolume`, `baseVolume`.
    pub day_value: &'static str,
    /// Whether a symbol is not a pair and replies name both (`BTCUSD_PERP` of `BTCUSD`).
    pub names_pair: bool,
    /// Whether prices of one symbol come as a list too.
    pub always_lists: bool,
    /// Whether a contract is an amount of quote currency, and limits of positions are counted in coins (`maxQty`).
    pub is_inverse: bool,
    /// Places of an average price that is nothing.
    pub average_places: u32,
    /// What `status` is called in `exchangeInfo`.
    pub status: &'static str,
}

/// `/fapi`.
pub(crate) static USDM: Family = Family {
    product: Product::UsdM,
    class: Class::Linear,
    wallet: Wallet::Linear,
    value: "cumQuote",
    no_value: "cumBase",
    trade_value: "quoteQty",
    no_trade_value: "baseQty",
    day_value: "quoteVolume",
    names_pair: false,
    always_lists: false,
    is_inverse: false,
    average_places: 5,
    status: "status",
};

/// `/dapi`.
pub(crate) static COINM: Family = Family {
    product: Product::CoinM,
    class: Class::Inverse,
    wallet: Wallet::Inverse,
    value: "cumBase",
    no_value: "cumQuote",
    trade_value: "baseQty",
    no_trade_value: "quoteQty",
    day_value: "baseVolume",
    names_pair: true,
    always_lists: true,
    is_inverse: true,
    average_places: 1,
    status: "contractStatus",
};

impl Family {
    /// The family of a call.
    pub(crate) const fn of(product: Product) -> &'static Self {
        match product {
            Product::CoinM => &COINM,
            Product::Spot | Product::Margin | Product::UsdM | Product::Options => &USDM,
        }
    }

    /// Its markets, in the order they are listed.
    pub(crate) fn markets(&self, markets: &Markets) -> Vec<MarketId> {
        markets.iter().filter(|(_, market)| market.listing().class == self.class).map(|(id, _)| id).collect()
    }

    /// How much quote currency a contract is, where it is that; what average prices of inverse contracts need.
    pub(crate) fn inverse_contract(&self, listing: &Listing) -> Option<Decimal> {
        self.is_inverse.then_some(listing.instrument.rules.contract_size)
    }

    /// What so much at a price comes to: quote currency, or coins of an inverse contract.
    pub(crate) fn value_of(listing: &Listing, price: Decimal, quantity: Decimal) -> Decimal {
        listing.instrument.value(price, quantity)
    }
}

/// What a contract is on: `BTCUSDT` of `BTCUSDT_261225`.
pub(crate) fn pair(instrument: &Instrument) -> String {
    format!("{}{}", instrument.base, instrument.quote)
}

/// `PERPETUAL`, `CURRENT_QUARTER`, `NEXT_QUARTER`: a dated contract's name changes as those before it end.
pub(crate) fn contract_type(markets: &Markets, market: MarketId) -> &'static str {
    let listing = markets.get(market).listing();
    let InstrumentKind::Dated { delivery, .. } = listing.instrument.kind else { return "PERPETUAL" };
    let before = markets.iter().filter(|(_, other)| {
        let known = other.listing();
        other.is_trading()
            && known.class == listing.class
            && pair(&known.instrument) == pair(&listing.instrument)
            && matches!(known.instrument.kind, InstrumentKind::Dated { delivery: theirs, .. } if theirs < delivery)
    });
    if before.count() == 0 { "CURRENT_QUARTER" } else { "NEXT_QUARTER" }
}

/// Places of a price on this market.
pub(crate) const fn price_places(listing: &Listing) -> u32 {
    listing.instrument.rules.tick_size.scale()
}

/// Places of a quantity.
pub(crate) const fn quantity_places(listing: &Listing) -> u32 {
    listing.instrument.rules.lot_size.scale()
}
