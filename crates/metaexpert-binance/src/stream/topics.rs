//! What topics are called, which product has which, and which connection they belong to.
//!
//! The one decision: one table says what there is. A typed [`Topic`] is written out and then held against it, as a name that a
//! user typed is; so a topic that a product lacks is refused before it is sent, with the nearest that there is. Binance itself
//! acknowledges any name, and stays silent.
//!
//! Not offered: bars of days that begin at 08:00 UTC (`@kline_1d@+08:00`), which look like those of UTC when they arrive, and the
//! old `!ticker@arr` of spot (retired 2026-03-26).

use std::fmt;

use metaexpert_core::Timeframe;

use super::table::{self, ROWS};
use crate::Product;

/// Which of a product's connections a topic belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Base {
    /// There is only one.
    Only,
    /// What the matching engine says: books and trades.
    Public,
    /// What is worked out: prices, bars, statistics.
    Market,
}

impl Base {
    /// Its part of the address.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Only => "",
            Self::Public => "/public",
            Self::Market => "/market",
        }
    }
}

/// How often something is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Every {
    /// As often as the exchange chooses where nothing is asked: 250 ms for futures' books, 1 s for spot's, 3 s for mark prices.
    #[default]
    Usual,
    /// A tenth of a second.
    Ms100,
    /// Half a second.
    Ms500,
    /// A second.
    Second,
}

impl Every {
    const fn suffix(self) -> &'static str {
        match self {
            Self::Usual => "",
            Self::Ms100 => "@100ms",
            Self::Ms500 => "@500ms",
            Self::Second => "@1s",
        }
    }
}

/// Something to be told about. Symbols are given as the exchange spells them, in letters of either size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic<'a> {
    /// Each trade of a symbol; of options, of an underlying too.
    Trades(&'a str),
    /// Trades of a taker, taken together.
    AggregateTrades(&'a str),
    /// Trades agreed on outside of the book.
    BlockTrades(&'a str),
    /// Best bid and ask.
    BookTicker(&'a str),
    /// Best bid and ask of everything.
    AllBookTickers,
    /// Changes of the book.
    Depth {
        /// Of what.
        symbol: &'a str,
        /// How often.
        every: Every,
    },
    /// The best levels of the book.
    BestLevels {
        /// Of what.
        symbol: &'a str,
        /// 5, 10 or 20.
        levels: u8,
        /// How often.
        every: Every,
    },
    /// Changes of the book with retail orders in it.
    RetailDepth(&'a str),
    /// Bars.
    Bars(&'a str, Timeframe),
    /// Bars of whatever contract is in a role.
    ContinuousBars {
        /// Of which pair.
        pair: &'a str,
        /// `PERPETUAL`, `CURRENT_QUARTER`, `NEXT_QUARTER`.
        contract: &'a str,
        /// How long.
        timeframe: Timeframe,
    },
    /// Bars of the index of a pair.
    IndexBars(&'a str, Timeframe),
    /// Bars of the mark price.
    MarkBars(&'a str, Timeframe),
    /// Mark price and funding.
    MarkPrice(&'a str, Every),
    /// Mark price and funding of everything.
    AllMarkPrices(Every),
    /// The price of a pair's index.
    IndexPrice(&'a str, Every),
    /// The last 24 hours, in short.
    MiniTicker(&'a str),
    /// The last 24 hours of everything, in short.
    AllMiniTickers,
    /// The last 24 hours.
    Ticker(&'a str),
    /// The last 24 hours of everything.
    AllTickers,
    /// Another window: an hour, four, a day.
    WindowTicker(&'a str, Timeframe),
    /// Another window of everything.
    AllWindowTickers(Timeframe),
    /// The price averaged over five minutes.
    AveragePrice(&'a str),
    /// The price that filters go by.
    ReferencePrice(&'a str),
    /// Liquidations.
    Liquidations(&'a str),
    /// Liquidations of everything.
    AllLiquidations,
    /// Contracts listed, settled, and their brackets.
    ContractInfo,
    /// The price of an index of several coins.
    CompositeIndex(&'a str),
    /// What an asset is worth as margin.
    AssetIndex(&'a str),
    /// What all assets are worth as margin.
    AllAssetIndices,
    /// Mark prices of all options of an underlying.
    OptionMarks(&'a str),
    /// The last 24 hours of all options of an underlying and a day (`270326`).
    OptionTickers(&'a str, &'a str),
    /// Open interest of all options of an underlying and a day (`270326`).
    OptionOpenInterest(&'a str, &'a str),
    /// The prices of all underlyings of options.
    OptionIndices,
    /// Options being listed.
    NewOptions,
}

/// A topic that a product does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}`: no such topic of {product}{}", nearest.as_ref().map(|nearest| format!("; the nearest is `{nearest}`")).unwrap_or_default())]
pub struct UnknownTopic {
    /// Of which product.
    pub product: Product,
    /// As it was written.
    pub name: String,
    /// One that there is.
    pub nearest: Option<String>,
}

impl Topic<'_> {
    /// What a product calls it.
    ///
    /// ```
    /// use metaexpert_binance::{Product, stream::topics::{Every, Topic}};
    /// let depth = Topic::Depth { symbol: "BTCUSDT", every: Every::Ms100 };
    /// assert_eq!(depth.name(Product::Spot).unwrap(), "btcusdt@depth@100ms");
    /// assert_eq!(Topic::Trades("BTC-270326-90000-C").name(Product::Options).unwrap(), "btc-270326-90000-c@optionTrade");
    /// assert!(Topic::Liquidations("BTCUSDT").name(Product::Spot).is_err());
    /// ```
    ///
    /// # Errors
    /// When the product does not have it.
    pub fn name(&self, product: Product) -> Result<String, UnknownTopic> {
        let name = Named { topic: self, is_option: product == Product::Options }.to_string();
        base(product, &name).map(|_| name)
    }
}

/// Which connection of a product a topic belongs to.
///
/// ```
/// use metaexpert_binance::{Product, stream::topics::{self, Base}};
/// assert_eq!(topics::base(Product::UsdM, "btcusdt@kline_1m"), Ok(Base::Market));
/// let refused = topics::base(Product::UsdM, "BTCUSDT@aggtrade").unwrap_err();
/// assert_eq!(refused.to_string(), "`BTCUSDT@aggtrade`: no such topic of usdm; the nearest is `btcusdt@aggTrade`");
/// ```
///
/// # Errors
/// When the product does not have it.
pub fn base(product: Product, name: &str) -> Result<Base, UnknownTopic> {
    let of_product = || ROWS.iter().filter(|row| row.products.contains(&product));
    match of_product().find(|row| table::fits(row.pattern, name)) {
        // Only these two have a connection for each kind of topic (exchange notice of 2026; options since 2025-11).
        Some(row) if matches!(product, Product::UsdM | Product::Options) => Ok(row.base),
        Some(_) => Ok(Base::Only),
        None => {
            let nearest = table::nearest(of_product().map(|row| row.pattern), name);
            Err(UnknownTopic { product, name: name.to_owned(), nearest })
        }
    }
}

/// A topic as it is written, whether the product has it or not.
struct Named<'a> {
    topic: &'a Topic<'a>,
    is_option: bool,
}

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |symbol: &str, what: &str| format!("{}@{what}", symbol.to_lowercase());
        let bars = |symbol: &str, what: &str, timeframe: Timeframe| format!("{}@{what}_{timeframe}", symbol.to_lowercase());
        f.write_str(&match *self.topic {
            Topic::Trades(symbol) => of(symbol, if self.is_option { "optionTrade" } else { "trade" }),
            Topic::AggregateTrades(symbol) => of(symbol, "aggTrade"),
            Topic::BlockTrades(symbol) => of(symbol, "blockTrade"),
            Topic::BookTicker(symbol) => of(symbol, "bookTicker"),
            Topic::AllBookTickers => "!bookTicker".into(),
            Topic::Depth { symbol, every } => of(symbol, "depth") + every.suffix(),
            Topic::BestLevels { symbol, levels, every } => of(symbol, "depth") + &levels.to_string() + every.suffix(),
            Topic::RetailDepth(symbol) => of(symbol, "rpiDepth@500ms"),
            Topic::Bars(symbol, timeframe) => bars(symbol, "kline", timeframe),
            Topic::ContinuousBars { pair, contract, timeframe } => {
                bars(&format!("{pair}_{contract}"), "continuousKline", timeframe)
            }
            Topic::IndexBars(pair, timeframe) => bars(pair, "indexPriceKline", timeframe),
            Topic::MarkBars(symbol, timeframe) => bars(symbol, "markPriceKline", timeframe),
            Topic::MarkPrice(symbol, every) => of(symbol, "markPrice") + every.suffix(),
            Topic::AllMarkPrices(every) => format!("!markPrice@arr{}", every.suffix()),
            Topic::IndexPrice(pair, every) => of(pair, "indexPrice") + every.suffix(),
            Topic::MiniTicker(symbol) => of(symbol, "miniTicker"),
            Topic::AllMiniTickers => "!miniTicker@arr".into(),
            Topic::Ticker(symbol) => of(symbol, if self.is_option { "optionTicker" } else { "ticker" }),
            Topic::AllTickers => "!ticker@arr".into(),
            Topic::WindowTicker(symbol, window) => bars(symbol, "ticker", window),
            Topic::AllWindowTickers(window) => format!("!ticker_{window}@arr"),
            Topic::AveragePrice(symbol) => of(symbol, "avgPrice"),
            Topic::ReferencePrice(symbol) => of(symbol, "referencePrice"),
            Topic::Liquidations(symbol) => of(symbol, "forceOrder"),
            Topic::AllLiquidations => "!forceOrder@arr".into(),
            Topic::ContractInfo => "!contractInfo".into(),
            Topic::CompositeIndex(symbol) => of(symbol, "compositeIndex"),
            Topic::AssetIndex(asset) => of(asset, "assetIndex"),
            Topic::AllAssetIndices => "!assetIndex@arr".into(),
            Topic::OptionMarks(underlying) => of(underlying, "optionMarkPrice"),
            Topic::OptionTickers(underlying, day) => of(underlying, "optionTicker@") + day,
            Topic::OptionOpenInterest(underlying, day) => of(underlying, "optionOpenInterest@") + day,
            Topic::OptionIndices => "!index@arr".into(),
            Topic::NewOptions => "!optionSymbol".into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn named(product: Product, topic: Topic<'_>, name: &str, at: Base) {
        assert_eq!(topic.name(product).as_deref(), Ok(name));
        assert_eq!(base(product, name), Ok(at));
    }

    #[test]
    fn spot_calls_its_topics_this() {
        let spot = |topic, name| named(Product::Spot, topic, name, Base::Only);
        spot(Topic::Trades("BTCUSDT"), "btcusdt@trade");
        spot(Topic::AggregateTrades("BTCUSDT"), "btcusdt@aggTrade");
        spot(Topic::BlockTrades("BTCUSDT"), "btcusdt@blockTrade");
        spot(Topic::BookTicker("这是测试币456"), "这是测试币456@bookTicker");
        spot(Topic::Depth { symbol: "BTCUSDT", every: Every::Usual }, "btcusdt@depth");
        spot(Topic::BestLevels { symbol: "BTCUSDT", levels: 20, every: Every::Ms100 }, "btcusdt@depth20@100ms");
        spot(Topic::Bars("BTCUSDT", Timeframe::S1), "btcusdt@kline_1s");
        spot(Topic::MiniTicker("BTCUSDT"), "btcusdt@miniTicker");
        spot(Topic::AllMiniTickers, "!miniTicker@arr");
        spot(Topic::Ticker("BTCUSDT"), "btcusdt@ticker");
        spot(Topic::WindowTicker("BTCUSDT", Timeframe::H4), "btcusdt@ticker_4h");
        spot(Topic::AllWindowTickers(Timeframe::D1), "!ticker_1d@arr");
        spot(Topic::AveragePrice("BTCUSDT"), "btcusdt@avgPrice");
        spot(Topic::ReferencePrice("BTCUSDT"), "btcusdt@referencePrice");
        named(Product::Margin, Topic::Trades("BTCUSDT"), "btcusdt@trade", Base::Only);
    }

    #[test]
    fn usd_m_has_the_book_on_one_connection_and_prices_on_another() {
        let public = |topic, name| named(Product::UsdM, topic, name, Base::Public);
        public(Topic::Trades("BTCUSDT"), "btcusdt@trade");
        public(Topic::BookTicker("BTCUSDT_270326"), "btcusdt_270326@bookTicker");
        public(Topic::AllBookTickers, "!bookTicker");
        public(Topic::Depth { symbol: "BTCUSDT", every: Every::Ms500 }, "btcusdt@depth@500ms");
        public(Topic::BestLevels { symbol: "BTCUSDT", levels: 5, every: Every::Usual }, "btcusdt@depth5");
        public(Topic::RetailDepth("BTCUSDT"), "btcusdt@rpiDepth@500ms");
        let market = |topic, name| named(Product::UsdM, topic, name, Base::Market);
        market(Topic::AggregateTrades("BTCUSDT"), "btcusdt@aggTrade");
        market(Topic::Bars("BTCUSDT", Timeframe::W1), "btcusdt@kline_1w");
        let continuous = Topic::ContinuousBars { pair: "BTCUSDT", contract: "NEXT_QUARTER", timeframe: Timeframe::S1 };
        market(continuous, "btcusdt_next_quarter@continuousKline_1s");
        market(Topic::MarkPrice("BTCUSDT", Every::Second), "btcusdt@markPrice@1s");
        market(Topic::AllMarkPrices(Every::Second), "!markPrice@arr@1s");
        market(Topic::AllTickers, "!ticker@arr");
        market(Topic::Liquidations("BTCUSDT"), "btcusdt@forceOrder");
        market(Topic::AllLiquidations, "!forceOrder@arr");
        market(Topic::ContractInfo, "!contractInfo");
        market(Topic::CompositeIndex("DEFIUSDT"), "defiusdt@compositeIndex");
        market(Topic::AssetIndex("ADAUSD"), "adausd@assetIndex");
        market(Topic::AllAssetIndices, "!assetIndex@arr");
    }

    #[test]
    fn coin_m_has_one_connection_and_bars_of_prices() {
        let coin_m = |topic, name| named(Product::CoinM, topic, name, Base::Only);
        coin_m(Topic::Trades("BTCUSD_PERP"), "btcusd_perp@trade");
        coin_m(Topic::IndexPrice("BTCUSD", Every::Second), "btcusd@indexPrice@1s");
        coin_m(Topic::IndexBars("BTCUSD", Timeframe::M1), "btcusd@indexPriceKline_1m");
        coin_m(Topic::MarkBars("BTCUSD_PERP", Timeframe::M1), "btcusd_perp@markPriceKline_1m");
        coin_m(Topic::MarkPrice("BTCUSD_PERP", Every::Usual), "btcusd_perp@markPrice");
    }

    #[test]
    fn options_have_words_of_their_own() {
        let public = |topic, name| named(Product::Options, topic, name, Base::Public);
        public(Topic::Trades("BTCUSDT"), "btcusdt@optionTrade");
        public(Topic::Ticker("BTC-270326-90000-C"), "btc-270326-90000-c@optionTicker");
        public(Topic::OptionTickers("BTCUSDT", "270326"), "btcusdt@optionTicker@270326");
        let depth = Topic::BestLevels { symbol: "BTC-270326-90000-C", levels: 10, every: Every::Ms500 };
        public(depth, "btc-270326-90000-c@depth10@500ms");
        let market = |topic, name| named(Product::Options, topic, name, Base::Market);
        market(Topic::OptionMarks("BTCUSDT"), "btcusdt@optionMarkPrice");
        market(Topic::OptionOpenInterest("ETHUSDT", "270326"), "ethusdt@optionOpenInterest@270326");
        market(Topic::Bars("BTC-270326-90000-C", Timeframe::H1), "btc-270326-90000-c@kline_1h");
        market(Topic::OptionIndices, "!index@arr");
        market(Topic::NewOptions, "!optionSymbol");
    }

    #[test]
    fn what_a_product_lacks_is_refused_with_the_nearest() {
        let nearest = |product, name| base(product, name).unwrap_err().nearest.unwrap();
        assert_eq!(nearest(Product::Spot, "btcusdt@depht@100ms"), "btcusdt@depth@100ms");
        assert_eq!(nearest(Product::Spot, "btcusdt@depth@500ms"), "btcusdt@depth@100ms");
        assert_eq!(nearest(Product::Spot, "!ticker@arr"), "!ticker_1d@arr");
        assert_eq!(nearest(Product::UsdM, "btcusdt@depth25"), "btcusdt@depth20");
        assert_eq!(nearest(Product::UsdM, "BTCUSDT@markPrice"), "btcusdt@markPrice");
        assert_eq!(nearest(Product::Options, "btc-270326-90000-c@optionsTicker"), "btc-270326-90000-c@optionTicker");
        assert_eq!(nearest(Product::CoinM, "btcusd_perp@kline_2m"), "btcusd_perp@kline_1m");
    }

    #[test]
    fn a_symbol_holds_nothing_that_would_change_the_request() {
        for name in ["@trade", "btc usdt@trade", "btc/usdt@trade", "btcusdt@trade/x@trade", "BTCUSDT@trade", "btc\"@trade", ""] {
            assert!(base(Product::Spot, name).is_err(), "{name}");
        }
    }
}
