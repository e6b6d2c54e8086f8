//! One payload of each kind that is read, and the call that it answers. The numbers are our own.

use metaexpert_binance::Product::{self, CoinM, Margin, Options, Spot, UsdM};
use metaexpert_connect::Method::{self, Delete, Get, Post};

/// Product, method, path, payload, and the file of what is made of it.
pub(crate) type Fixture = (Product, Method, &'static str, &'static str, &'static str);

macro_rules! fixtures {
    ($($product:ident $method:ident $path:literal $name:literal;)*) => {
        &[$((
            $product,
            $method,
            $path,
            include_str!(concat!("../../testdata/account/", $name, ".json")),
            concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/account/", $name, ".reports.jsonl"),
        )),*]
    };
}

pub(crate) const FIXTURES: &[Fixture] = fixtures! {
    Spot Get "/api/v3/account" "spot_account";
    Spot Get "/api/v3/account/commission" "spot_commission";
    Spot Get "/sapi/v1/asset/tradeFee" "trade_fee";
    Spot Get "/api/v3/rateLimit/order" "order_limits";
    Spot Get "/api/v3/myTrades" "spot_trades";
    Spot Get "/api/v3/myPreventedMatches" "prevented";
    Spot Get "/api/v3/myFilters" "my_filters";
    Spot Post "/sapi/v1/asset/transfer" "moved";
    Spot Get "/sapi/v1/account/apiRestrictions" "key_restrictions";
    Margin Get "/sapi/v1/margin/account" "cross_account";
    Margin Get "/sapi/v1/margin/isolated/account" "isolated_account";
    Margin Post "/sapi/v1/margin/isolated/account" "isolated_done";
    Margin Delete "/sapi/v1/margin/isolated/account" "isolated_done";
    Margin Post "/sapi/v1/margin/borrow-repay" "loan_started";
    Margin Get "/sapi/v1/margin/borrow-repay" "loans";
    Margin Get "/sapi/v1/margin/maxBorrowable" "max_borrowable";
    Margin Get "/sapi/v1/margin/maxTransferable" "max_transferable";
    Margin Get "/sapi/v1/margin/interestHistory" "interest";
    Margin Get "/sapi/v1/margin/interestRateHistory" "interest_rates";
    Margin Get "/sapi/v1/margin/crossMarginData" "cross_terms";
    Margin Get "/sapi/v1/margin/isolatedMarginData" "isolated_terms";
    Margin Get "/sapi/v1/margin/transfer" "transfers";
    Margin Get "/sapi/v1/margin/capital-flow" "capital_flow";
    Margin Get "/sapi/v1/margin/myTrades" "margin_trades";
    Margin Get "/sapi/v1/margin/myPreventedMatches" "prevented";
    Margin Get "/sapi/v1/margin/rateLimit/order" "order_limits";
    UsdM Get "/fapi/v3/account" "usdm_account_v3";
    UsdM Get "/fapi/v2/account" "usdm_account_v2";
    UsdM Get "/fapi/v3/balance" "usdm_balance";
    UsdM Get "/fapi/v2/balance" "usdm_balance";
    UsdM Get "/fapi/v3/positionRisk" "positions_v3";
    UsdM Get "/fapi/v2/positionRisk" "positions_v2";
    UsdM Get "/fapi/v1/accountConfig" "account_config";
    UsdM Get "/fapi/v1/symbolConfig" "symbol_config";
    UsdM Post "/fapi/v1/leverage" "leverage_usdm";
    UsdM Post "/fapi/v1/marginType" "done";
    UsdM Post "/fapi/v1/positionMargin" "position_margin";
    UsdM Get "/fapi/v1/positionMargin/history" "position_margin_history";
    UsdM Get "/fapi/v1/positionSide/dual" "position_mode";
    UsdM Post "/fapi/v1/positionSide/dual" "done";
    UsdM Get "/fapi/v1/multiAssetsMargin" "multi_assets";
    UsdM Post "/fapi/v1/multiAssetsMargin" "done";
    UsdM Get "/fapi/v1/leverageBracket" "brackets";
    UsdM Get "/fapi/v1/leverageBracket" "bracket_of_one";
    UsdM Get "/fapi/v1/commissionRate" "fee_usdm";
    UsdM Get "/fapi/v1/userTrades" "usdm_trades";
    UsdM Get "/fapi/v1/income" "income";
    UsdM Get "/fapi/v1/adlQuantile" "queue";
    UsdM Get "/fapi/v1/rateLimit/order" "order_limits_usdm";
    CoinM Get "/dapi/v1/account" "coinm_account";
    CoinM Get "/dapi/v1/balance" "coinm_balance";
    CoinM Get "/dapi/v1/positionRisk" "coinm_positions";
    CoinM Post "/dapi/v1/leverage" "leverage_coinm";
    CoinM Post "/dapi/v1/marginType" "done";
    CoinM Post "/dapi/v1/positionMargin" "position_margin";
    CoinM Get "/dapi/v1/positionMargin/history" "position_margin_history_coinm";
    CoinM Get "/dapi/v1/positionSide/dual" "position_mode";
    CoinM Post "/dapi/v1/positionSide/dual" "done";
    CoinM Get "/dapi/v2/leverageBracket" "brackets_coinm";
    CoinM Get "/dapi/v1/leverageBracket" "brackets_of_pairs";
    CoinM Get "/dapi/v1/commissionRate" "fee_coinm";
    CoinM Get "/dapi/v1/userTrades" "coinm_trades";
    CoinM Get "/dapi/v1/income" "income_coinm";
    CoinM Get "/dapi/v1/adlQuantile" "queue";
    Options Get "/eapi/v1/marginAccount" "options_account";
    Options Get "/eapi/v1/position" "options_positions";
    Options Get "/eapi/v1/bill" "bill";
    Options Get "/eapi/v1/userTrades" "options_trades";
    Options Get "/eapi/v1/commission" "options_commission";
};

/// The payload of a name.
pub(crate) fn payload(name: &str) -> &'static str {
    let file = format!("{name}.reports.jsonl");
    let fixture = FIXTURES.iter().find(|(.., expected)| std::path::Path::new(expected).ends_with(&file));
    fixture.unwrap_or_else(|| panic!("there is no payload {name}")).3
}
