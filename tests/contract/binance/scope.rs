//! What is deliberately not read, with the reason. A row is a part of the source's name, and optionally a part of the section.

use serde_json::Value;

use crate::captures::Payload;

const PORTFOLIO: &str = "portfolio margin: a product that the adapter does not have";
const EXECUTION: &str = "execution algorithms of the exchange (TWAP, VP): the expert slices its own orders";
const WALLET: &str = "deposits, withdrawals and other services of the wallet: no part of trading";
const SUB: &str = "administration of sub-accounts";
const REQUEST: &str = "a request of the client's, not an answer";
const PART: &str = "a part of a payload, shown alone by the documentation";
const SBE: &str = "binary encoding (SBE) and FIX: the adapter speaks JSON";

const RATIO: &str = "statistics of positions and of trading (long/short ratios, basis, volumes): no part of trading";
const MAKERS: &str = "block trades between market makers, and their protection";
const SPECIAL: &str = "special keys of low-latency trading, which the exchange gives to few";
const CONVERT: &str = "conversion of assets at a quoted price";
const FAQ: &str = "an abridged payload of an explanation; the whole one stands with its call";
const ABRIDGED: &str = "an example that its source has abridged: empty or incomplete elements";
const FILES: &str = "histories as files for the tax office, made by the exchange in hours";
const STATUS: &str = "rules of conduct, insurance fund, risk ranks and schedules: looked at by people";
const BURN: &str = "fees paid in BNB: a switch of the account that people set";
const STOCK: &str = "agreements and sessions of stock contracts, which the adapter does not trade";
const LENDING: &str = "fine print of lending: ratios, inventories, small debts, loans of a liquidation";
const SOR: &str = "smart order routing and the arithmetic behind a reference price";
const GRID: &str = "grids and other strategies of the exchange: the expert is the strategy";
const COMPOSITE: &str = "what composite indices are made of";
const GONE: &str = "a call that the exchange has taken away";

/// Part of a source, part of what it is about, reason.
const OUT: &[(&str, &str, &str)] = &[
    ("portfolio-margin", "", PORTFOLIO),
    ("portfolio_margin", "", PORTFOLIO),
    ("exchange-docs-crawl/binance/algo/", "", EXECUTION),
    ("exchange-docs-crawl/binance/algo.", "", EXECUTION),
    ("binance-sdk/binance/algo/", "", EXECUTION),
    ("binance/wallet", "", WALLET),
    ("sub_account", "", SUB),
    ("sbe", "", SBE),
    ("fix-api", "", SBE),
    ("common-definition", "", PART),
    ("enums.json", "", PART),
    ("filters.json", "", PART),
    ("nautilus/binance/misc", "", PART),
    ("binance-spot-docs/binance/faqs", "", FAQ),
    ("usds-margined-futures/faq", "", FAQ),
    ("", "basis", RATIO),
    ("", "long_short_ratio", RATIO),
    ("", "open_interest_statistics", RATIO),
    ("", "taker_buy_sell_volume", RATIO),
    ("", "top_trader_long_short", RATIO),
    ("", "top_long_short", RATIO),
    ("rest-api/Basis", "", RATIO),
    ("Long-Short", "", RATIO),
    ("Open-Interest-Statistics", "", RATIO),
    ("Taker-Buy", "", RATIO),
    ("long_short", "", RATIO),
    ("open_interest_historical", "", RATIO),
    ("", "quarterly_contract_settlement", RATIO),
    ("Delivery-Price", "", RATIO),
    ("market-maker", "", MAKERS),
    ("market_maker", "", MAKERS),
    ("", "low_latency", SPECIAL),
    ("", "special_key", SPECIAL),
    ("Low-Latency", "", SPECIAL),
    ("convert", "", CONVERT),
    ("TradFi-Perps", "", "the signing of an agreement, which a person does"),
    ("derivatives/change-log", "", PART),
    ("", "download_id", FILES),
    ("", "download_link", FILES),
    ("Get-Download-Id", "", FILES),
    ("-Download-Link", "", FILES),
    ("Quantitative-Rules", "", STATUS),
    ("", "quantitative_rules", STATUS),
    ("ADL-Risk", "", STATUS),
    ("", "adl_risk", STATUS),
    ("Insurance-Fund", "", STATUS),
    ("", "insurance_fund", STATUS),
    ("Trading-Schedule", "", STATUS),
    ("", "trading_schedule", STATUS),
    ("BNB-Burn", "", BURN),
    ("", "bnb_burn", BURN),
    ("", "tradfi", STOCK),
    ("Trading-Session", "", STOCK),
    ("", "trading_session", STOCK),
    ("Composite-Index-Symbol-Information.json", "", COMPOSITE),
    ("", "composite_index_symbol_information", COMPOSITE),
    ("market_index_info", "", COMPOSITE),
    ("GRID-UPDATE", "", GRID),
    ("STRATEGY-UPDATE", "", GRID),
    ("Event-Balance-and-Position-Update.json#0", "", PART),
    ("Event-Balance-and-Position-Update.json#1", "", PART),
    ("Event-Balance-and-Position-Update.json#2", "", PART),
    ("usds-margined-futures/user-data-streams/Event-Balance-and-Position-Update.json#3", "", PART),
    ("Continuous-Contract-Kline-Candlestick-Streams", "", PART),
    ("Users-Force-Orders", "", PART),
    ("margin_trading/best-practice", "", PART),
    ("margin_trading/trade-data-stream.json#2", "", PART),
    ("web-socket-api", "Rolling window", PART),
    ("web-socket-api.json#95", "", PART),
    ("web-socket-api.json#96", "", PART),
    ("web-socket-streams", "All Market", ABRIDGED),
    ("rest-api.json#9", "Exchange information", ABRIDGED),
    ("", "partial_book_depth_streams", ABRIDGED),
    ("usds_futures__rest_api__apis__trade_api", "position_adl_quantile_estimation", ABRIDGED),
    ("", "Reference Price Calculation", SOR),
    ("", "reference_price_calculation", SOR),
    ("", "Query Allocations", SOR),
    ("", "my_allocations", SOR),
    ("margin_trading/account.json", "", LENDING),
    ("", "adjust_cross_margin_max_leverage", LENDING),
    ("Summary-Of-Margin-Account", "", LENDING),
    ("", "get_summary_of_margin_account", LENDING),
    ("Isolated-Margin-Account-Limit", "", LENDING),
    ("", "isolated_margin_account_limit", LENDING),
    ("borrow-and-repay.json", "", LENDING),
    ("hourly-interest-rate", "", LENDING),
    ("Future-Hourly", "", LENDING),
    ("", "hourly_interest_rate", LENDING),
    ("margin_trading/market-data.json", "", LENDING),
    ("", "collateral_ratio", LENDING),
    ("Collateral-Ratio", "", LENDING),
    ("Limit-Price-Pairs", "", LENDING),
    ("", "limit_price_pairs", LENDING),
    ("", "liquidation_ratio", LENDING),
    ("", "restricted_assets", LENDING),
    ("Isolated-Margin-Tier", "", LENDING),
    ("", "isolated_margin_tier", LENDING),
    ("Liability-Coin-Leverage", "", LENDING),
    ("", "liability_coin_leverage", LENDING),
    ("avaliable-inventory", "", LENDING),
    ("", "available_inventory", LENDING),
    ("margin_trading/trade.json", "", LENDING),
    ("Force-Liquidation", "", LENDING),
    ("", "force_liquidation", LENDING),
    ("Small-Liability", "", LENDING),
    ("", "small_liability", LENDING),
    ("Manual-Liquidation", "", LENDING),
    ("", "manual_liquidation", LENDING),
    ("", "liquidation_loan", LENDING),
    ("margin_trading/risk-data-stream/Start", "", GONE),
    ("margin_trading__rest_api__apis__user_data_stream_api", "start_user_data_stream", GONE),
    ("margin_trading/risk-data-stream/Close", "", GONE),
    ("margin_trading/risk-data-stream/Keepalive", "", GONE),
    ("blvt", "", GONE),
];

/// Why a payload is not read, if it is not.
pub(crate) fn reason(payload: &Payload) -> Option<&'static str> {
    let row = OUT.iter().find(|(source, about, _)| payload.source.contains(source) && payload.about.contains(about));
    if let Some((_, _, why)) = row {
        return Some(why);
    }
    if !payload.text.contains("\"method\"") {
        return None;
    }
    let value: Value = serde_json::from_str(&payload.text).ok()?;
    let is_request = value.get("method").is_some() && (value.get("params").is_some() || value.get("id").is_some());
    is_request.then_some(REQUEST)
}

/// Every reason that is given.
pub(crate) fn reasons() -> impl Iterator<Item = &'static str> {
    OUT.iter().map(|(_, _, why)| *why).chain([REQUEST])
}
