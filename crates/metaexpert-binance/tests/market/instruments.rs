//! From exchange information to instruments.

use metaexpert_binance::{
    Product,
    market::{
        exchange_info,
        instrument::{Missing, instrument},
    },
    symbols,
};
use metaexpert_connect::report::{BracketReport, Listing};
use metaexpert_core::{Bracket, Instrument, InstrumentKind, Payoff, Percent, Right, UnixNanos};
use rust_decimal::dec;

fn listings(product: Product, file: &str) -> Vec<Listing> {
    let file = format!("{}/testdata/market/{product}/{file}.json", env!("CARGO_MANIFEST_DIR"));
    exchange_info::read(product, &std::fs::read(file).unwrap()).unwrap().listings
}

fn made(listing: &Listing) -> Instrument {
    instrument(listing, None).unwrap_or_else(|why| panic!("{why}"))
}

#[test]
fn a_spot_listing_is_an_instrument_without_leverage() {
    let listings = listings(Product::Spot, "api.v3.exchangeInfo");
    let sol = made(&listings[0]);
    assert_eq!(
        (sol.symbol.as_str(), sol.base.as_str(), sol.quote.as_str(), sol.settlement.as_str()),
        ("SOLUSDT", "SOL", "USDT", "USDT")
    );
    assert_eq!(sol.kind, InstrumentKind::Spot);
    assert_eq!((sol.rules.tick_size, sol.rules.lot_size), (dec!(0.01), dec!(0.001)));
    assert_eq!(
        (sol.rules.min_notional, sol.rules.contract_size, sol.rules.maintenance_margin),
        (dec!(5), dec!(1), Percent::ZERO)
    );
}

#[test]
fn a_linear_perpetual_has_the_maintenance_margin_of_its_listing_or_of_its_first_bracket() {
    let listings = listings(Product::UsdM, "fapi.v1.exchangeInfo");
    let sol = made(&listings[0]);
    assert_eq!(sol.kind, InstrumentKind::LINEAR_PERPETUAL);
    assert_eq!((sol.rules.min_notional, sol.rules.maintenance_margin), (dec!(5), Percent::new(dec!(2.5))));
    let bracket =
        Bracket { up_to: dec!(10000), max_leverage: 75, maintenance_margin: Percent::new(dec!(0.65)), deduction: dec!(0) };
    let brackets = BracketReport { symbol: "SOLUSDT".into(), brackets: vec![bracket] };
    let sol = instrument(&listings[0], Some(&brackets)).unwrap();
    assert_eq!((sol.rules.maintenance_margin, &*sol.brackets), (Percent::new(dec!(0.65)), &[bracket][..]));
}

#[test]
fn an_inverse_contract_pays_in_its_coin_and_has_its_size_in_quote_currency() {
    let listings = listings(Product::CoinM, "dapi.v1.exchangeInfo");
    let sol = made(&listings[0]);
    assert_eq!((sol.symbol.as_str(), sol.settlement.as_str(), sol.rules.contract_size), ("SOLUSD", "SOL", dec!(10)));
    assert_eq!(sol.kind, InstrumentKind::Perpetual(Payoff::Inverse));
    // The dated one has no lots in this fixture, but its kind is known.
    let delivery = UnixNanos::parse("2026-03-27T08:00:00Z").unwrap();
    assert_eq!(listings[1].kind, Some(InstrumentKind::Dated { payoff: Payoff::Inverse, delivery }));
}

#[test]
fn an_option_has_its_terms_and_agrees_with_its_name() {
    let listings = listings(Product::Options, "eapi.v1.exchangeInfo");
    let put = made(&listings[1]);
    let terms = put.kind.option().unwrap();
    assert_eq!((terms.right, terms.strike.get()), (Right::Put, dec!(120.5)));
    assert_eq!(terms.expiry, UnixNanos::parse("2026-03-27T08:00:00Z").unwrap());
    assert_eq!(put.symbol.spelling().unwrap().contract, metaexpert_core::Contract::Option(terms));
    assert_eq!((put.base.as_str(), put.rules.lot_size), ("SOL", dec!(0.1)));
}

#[test]
fn a_listing_that_lacks_something_says_what() {
    let spot = listings(Product::Spot, "api.v3.exchangeInfo");
    let missing = |listing: &Listing| instrument(listing, None).unwrap_err().missing;
    assert_eq!(missing(&spot[1]), Missing::Tick);
    assert_eq!(
        instrument(&spot[1], None).unwrap_err().to_string(),
        "这是测试币456USDT: the listing has no tick (`PRICE_FILTER` with a `tickSize`)"
    );
    let usdm = listings(Product::UsdM, "fapi.v1.exchangeInfo");
    assert_eq!(missing(&usdm[1]), Missing::Lot);
    assert_eq!(missing(&usdm[3]), Missing::Kind);
    let unnamed = Listing { unified: None, ..usdm[0].clone() };
    assert_eq!(missing(&unnamed), Missing::Symbol);
    let unmargined = Listing { maintenance_margin: None, ..usdm[0].clone() };
    assert_eq!(missing(&unmargined), Missing::MaintenanceMargin);
}

#[test]
fn every_listed_name_comes_back_as_itself() {
    for (product, file) in [
        (Product::Spot, "api.v3.exchangeInfo"),
        (Product::UsdM, "fapi.v1.exchangeInfo"),
        (Product::CoinM, "dapi.v1.exchangeInfo"),
        (Product::Options, "eapi.v1.exchangeInfo"),
    ] {
        for listing in listings(product, file) {
            let unified = listing.unified.unwrap_or_else(|| panic!("{}", listing.symbol));
            assert_eq!(symbols::native(product, &unified).as_ref(), Some(&listing.symbol));
        }
    }
}
