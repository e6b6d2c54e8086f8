//! Which product has which topics: a row for each, as a pattern of names.
//!
//! The one decision: patterns are written as the documentation writes them, `*@depth{5|10|20}{|@100ms}`, and are read by forty
//! lines of code. `*` is a symbol in small letters, `#` a digit.

use crate::Product::{self, CoinM, Margin, Options, Spot, UsdM};

use super::topics::Base::{self, Market, Public};

/// A topic of some products.
#[derive(Debug)]
pub(super) struct Row {
    pub products: &'static [Product],
    pub pattern: &'static str,
    /// Which connection it belongs to, where a product has more than one.
    pub base: Base,
}

const fn row(products: &'static [Product], pattern: &'static str, base: Base) -> Row {
    Row { products, pattern, base }
}

macro_rules! intervals {
    () => {
        "1m|3m|5m|15m|30m|1h|2h|4h|6h|8h|12h|1d|3d|1w|1M}"
    };
}

const COINS: &[Product] = &[Spot, Margin];
const FUTURES: &[Product] = &[UsdM, CoinM];
const ALL: &[Product] = &[Spot, Margin, UsdM, CoinM];

/// Sources: Spot API, "WebSocket Streams" (2026-07-17); derivatives, "Websocket Market Streams" of each product (2026-01-16);
/// which connection of USD-M a topic belongs to: the notice of 2026 on the split of its addresses. `@trade` of futures is not
/// documented, and sent.
pub(super) const ROWS: &[Row] = &[
    row(ALL, "*@trade", Public),
    row(ALL, "*@aggTrade", Market),
    row(COINS, "*@blockTrade", Market),
    row(ALL, "*@bookTicker", Public),
    row(FUTURES, "!bookTicker", Public),
    row(COINS, "*@depth{|@100ms}", Public),
    row(COINS, "*@depth{5|10|20}{|@100ms}", Public),
    row(FUTURES, "*@depth{|@100ms|@500ms}", Public),
    row(FUTURES, "*@depth{5|10|20}{|@100ms|@500ms}", Public),
    row(&[UsdM], "*@rpiDepth@500ms", Public),
    row(COINS, concat!("*@kline_{1s|", intervals!()), Market),
    row(&[UsdM, CoinM, Options], concat!("*@kline_{", intervals!()), Market),
    row(
        &[UsdM],
        concat!("*_{perpetual|current_quarter|next_quarter|tradifi_perpetual}@continuousKline_{1s|", intervals!()),
        Market,
    ),
    row(&[CoinM], concat!("*_{perpetual|current_quarter|next_quarter}@continuousKline_{", intervals!()), Market),
    row(&[CoinM], concat!("*@indexPriceKline_{", intervals!()), Market),
    row(&[CoinM], concat!("*@markPriceKline_{", intervals!()), Market),
    row(FUTURES, "*@markPrice{|@1s}", Market),
    row(&[UsdM], "!markPrice@arr{|@1s}", Market),
    row(&[CoinM], "*@indexPrice{|@1s}", Market),
    row(ALL, "*@miniTicker", Market),
    row(ALL, "!miniTicker@arr", Market),
    row(ALL, "*@ticker", Market),
    row(FUTURES, "!ticker@arr", Market),
    row(COINS, "*@ticker_{1h|4h|1d}", Market),
    row(COINS, "!ticker_{1h|4h|1d}@arr", Market),
    row(COINS, "*@avgPrice", Market),
    row(COINS, "*@referencePrice", Market),
    row(FUTURES, "*@forceOrder", Market),
    row(FUTURES, "!forceOrder@arr", Market),
    row(FUTURES, "!contractInfo", Market),
    row(&[UsdM], "*@compositeIndex", Market),
    row(&[UsdM], "*@assetIndex", Market),
    row(&[UsdM], "!assetIndex@arr", Market),
    row(&[Options], "*@optionTrade", Public),
    row(&[Options], "*@optionTicker", Public),
    row(&[Options], "*@optionTicker@######", Public),
    row(&[Options], "*@bookTicker", Public),
    row(&[Options], "*@depth{|5|10|20}@{100ms|500ms}", Public),
    row(&[Options], "*@optionMarkPrice", Market),
    row(&[Options], "*@optionOpenInterest@######", Market),
    row(&[Options], "!index@arr", Market),
    row(&[Options], "!optionSymbol", Market),
];

/// Whether a name is one that a pattern stands for.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let Some(first) = pattern.chars().next() else { return name.is_empty() };
    let rest = pattern.get(first.len_utf8()..).unwrap_or_default();
    match first {
        '*' => {
            let letters = name.char_indices().take_while(|(_, letter)| is_of_symbol(*letter));
            letters.filter_map(|(at, letter)| name.get(at + letter.len_utf8()..)).any(|name| fits(rest, name))
        }
        '#' => name.strip_prefix(|digit: char| digit.is_ascii_digit()).is_some_and(|name| fits(rest, name)),
        '{' => {
            let (choices, rest) = rest.split_once('}').unwrap_or_default();
            choices.split('|').any(|choice| name.strip_prefix(choice).is_some_and(|name| fits(rest, name)))
        }
        letter => name.strip_prefix(letter).is_some_and(|name| fits(rest, name)),
    }
}

/// The name nearest to one that fits no pattern.
pub(super) fn nearest<'a>(patterns: impl Iterator<Item = &'a str>, name: &str) -> Option<String> {
    let symbol: String = name.split('@').next().unwrap_or_default().to_lowercase().chars().filter(|c| is_of_symbol(*c)).collect();
    let mut names = Vec::new();
    for pattern in patterns {
        // Without a symbol a name of one would only be found by chance.
        if !(pattern.starts_with('*') && symbol.is_empty()) {
            written_out(&pattern.replacen('*', &symbol, 1), "", &mut names);
        }
    }
    // The size of letters is the mistake that is made most, and the one that counts least.
    let apart = |known: &str| strsim::damerau_levenshtein(&known.to_lowercase(), &name.to_lowercase());
    names.into_iter().min_by_key(|known| (apart(known), strsim::levenshtein(known, name), known.clone()))
}

/// Symbols are letters, digits, `_`, `-`, and since 2025 any script; what has a meaning in an address or a request is not of one.
fn is_of_symbol(letter: char) -> bool {
    !letter.is_uppercase() && (letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.'))
}

/// All names of a pattern whose symbol is put in; days are the last of 2026.
fn written_out(pattern: &str, done: &str, names: &mut Vec<String>) {
    match pattern.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?))) {
        None => names.push(format!("{done}{}", pattern.replace("######", "261225"))),
        Some((before, (choices, rest))) => {
            for choice in choices.split('|') {
                written_out(rest, &format!("{done}{before}{choice}"), names);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_a_pattern_fits_it_and_no_two_rows_of_a_product_share_one() {
        for product in Product::ALL {
            let mut names = Vec::new();
            for row in ROWS.iter().filter(|row| row.products.contains(&product)) {
                let mut of_row = Vec::new();
                written_out(&row.pattern.replacen('*', "btcusdt", 1), "", &mut of_row);
                for name in &of_row {
                    assert!(fits(row.pattern, name), "{} {name}", row.pattern);
                }
                names.append(&mut of_row);
            }
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{product}");
        }
    }
}
