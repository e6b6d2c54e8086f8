//! Names there and back.

use proptest::prelude::*;

use super::*;

#[test]
fn each_product_spells_its_contracts_in_its_own_way() {
    let spellings = [
        (Product::Spot, "BTCUSDT", "BTCUSDT"),
        (Product::Spot, "1000SATSUSDT", "1000SATSUSDT"),
        (Product::Spot, "这是测试币456USDT", "这是测试币456USDT"),
        (Product::Spot, "这是测试币456", "这是测试币456"),
        (Product::Margin, "ETHBTC", "ETHBTC"),
        (Product::UsdM, "1000PEPEUSDT", "1000PEPEUSDT"),
        (Product::UsdM, "BTCUSDC", "BTCUSDC"),
        (Product::UsdM, "BTCUSDT_260327", "BTCUSDT_260327"),
        (Product::CoinM, "BTCUSD_PERP", "BTCUSD"),
        (Product::CoinM, "BTCUSD_260327", "BTCUSD_260327"),
        (Product::Options, "BTC-260327-100000-C", "BTC-260327-100000-C"),
        (Product::Options, "DOGE-260327-0.155-P", "DOGE-260327-0.155-P"),
    ];
    for (product, theirs, ours) in spellings {
        let symbol = unified(product, theirs).unwrap_or_else(|| panic!("{product} {theirs}"));
        assert_eq!(symbol.as_str(), ours, "{product} {theirs}");
        assert_eq!(native(product, &symbol).as_deref(), Some(theirs), "{product} {ours}");
    }
}

#[test]
fn a_product_has_no_name_for_what_it_does_not_trade() {
    let of = |text| Symbol::new(text).unwrap();
    assert_eq!(native(Product::Spot, &of("BTCUSDT_260327")), None);
    assert_eq!(native(Product::Options, &of("BTCUSDT")), None);
    assert_eq!(native(Product::UsdM, &of("BTC-260327-100000-C")), None);
    assert_eq!(native(Product::Options, &of("BTC-USDC-260327-100000-C")), None);
}

#[test]
fn a_name_that_would_come_back_as_another_has_no_users_spelling() {
    for (product, theirs) in [
        (Product::Spot, "BTCUSDT_260327"),
        (Product::Spot, "btcusdt"),
        (Product::Spot, "BTC-USDT"),
        (Product::UsdM, "BTCUSD_PERP"),
        (Product::CoinM, "BTCUSD"),
        (Product::CoinM, "_PERP"),
        (Product::Options, "BTC-27MAR26-100000-C"),
        (Product::Options, "BTC-260399-100000-C"),
        (Product::UsdM, ""),
    ] {
        assert_eq!(unified(product, theirs), None, "{product} {theirs}");
    }
}

fn any_product() -> impl Strategy<Value = Product> {
    prop::sample::select(Product::ALL.to_vec())
}

proptest! {
    #[test]
    fn whatever_has_a_users_spelling_comes_back_as_itself(product in any_product(), text in "[A-Z0-9]{1,8}(USDT|USD|BTC|TRY|ARS)?(_PERP|_26[01][0-9][0-3][0-9]|-260327-[1-9][0-9]{0,5}-[CP])?") {
        if let Some(symbol) = unified(product, &text) {
            prop_assert_eq!(native(product, &symbol), Some(text));
        }
    }

    #[test]
    fn what_a_product_calls_a_users_symbol_means_that_symbol(product in any_product(), text in "[0-9]{0,4}[A-Z]{2,6}/?(USDT|USDC|USD|BTC|EUR)(_260327)?") {
        if let Some(symbol) = Symbol::new(&text)
            && let Some(theirs) = native(product, &symbol)
        {
            prop_assert_eq!(unified(product, &theirs), Some(symbol));
        }
    }

    #[test]
    fn no_text_makes_it_panic(product in any_product(), text in "\\PC{0,24}") {
        if let Some(symbol) = unified(product, &text) {
            prop_assert_eq!(native(product, &symbol), Some(text));
        }
    }
}
