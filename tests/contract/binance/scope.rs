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
    let value: Value = serde_json::from_str(&payload.text).ok()?;
    let is_request = value.get("method").is_some() && (value.get("params").is_some() || value.get("id").is_some());
    is_request.then_some(REQUEST)
}

/// Every reason that is given.
pub(crate) fn reasons() -> impl Iterator<Item = &'static str> {
    OUT.iter().map(|(_, _, why)| *why).chain([REQUEST])
}
