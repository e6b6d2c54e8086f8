//! What trades, and how markets are heard.
//!
//! The one decision: prints are those of `aggTrade` where a product has it. It is documented on all products but options, where `trade` is
//! not on futures; its numbers have no gap, so that a print that was missed is seen to be; and no volume is lost, for what one taker
//! trades at one price at one time is one print.

use metaexpert_connect::{
    Failure, Meaning, Word,
    exchange::{Listed, Listener, Listening, MarketTopic},
    report::{BracketReport, Listing, ListingStatus, Refused},
    ws::{SessionEvent, Settings, StreamPool, Topic as Wanted},
};
use metaexpert_core::{Bar, Symbol, Timeframe, UnixNanos, config::nearest};

use super::{
    BinanceExchange,
    hearing::{self, Hearing},
};
use crate::{
    Product, account,
    dialect::limit_of,
    market::{
        Which,
        exchange_info::{ExchangeInfo, exchange_info},
        instrument::instrument,
        klines::{self, Series},
    },
    stream::{
        dialect::MarketDialect,
        topics::{self, Base, Every, Topic},
    },
    symbols,
};

/// How long after its end a bar is not taken as closed by the clock alone: a reply may be older than it looks, and have the bar without
/// its last trades. Streams say within two seconds that it has closed; whoever asks sooner, asks again.
const SETTLED: i64 = 2_000_000_000;

/// The name of the call in refusals that this side makes.
const LISTED: &str = "exchange_info";

impl BinanceExchange {
    pub(super) async fn ask_listed(&self, symbols: &[Symbol]) -> Result<Vec<Listed>, Failure> {
        self.client.sync_clock().await?;
        let native = |symbol: &Symbol| symbols::native(self.product, symbol).ok_or_else(|| unlisted(self.product, symbol, None));
        let names = symbols.iter().map(native).collect::<Result<Vec<_>, _>>()?;
        let info = self.info(&names).await?;
        let limits: Vec<_> = info.limits.iter().filter_map(limit_of).collect();
        self.client.set_limits(&limits);
        let mut all = Vec::with_capacity(names.len());
        for (symbol, name) in symbols.iter().zip(names) {
            let known = info.listings.iter().find(|listing| listing.symbol == name);
            let listing = known.ok_or_else(|| unlisted(self.product, symbol, nearest_listed(symbol, &info)))?;
            check_trades(self.product, listing)?;
            let brackets = self.brackets(&name).await?;
            let instrument = instrument(listing, brackets.as_ref()).map_err(|why| refused(why.to_string()))?;
            all.push(Listed { symbol: symbol.clone(), name, instrument, listing: listing.clone() });
        }
        Ok(all)
    }

    /// What is listed. Spot is asked for these symbols alone, for all of it are many megabytes; it refuses where one is not listed, and
    /// then all of them are asked for, to name the nearest.
    async fn info(&self, names: &[String]) -> Result<ExchangeInfo, Failure> {
        if !matches!(self.product, Product::Spot | Product::Margin) {
            return exchange_info(&self.client, self.product, Which::All).await;
        }
        let several: Vec<&str> = names.iter().map(String::as_str).collect();
        match exchange_info(&self.client, self.product, Which::Several(&several)).await {
            Err(failure) if matches!(failure.meaning(), Some(Meaning::NotTrading | Meaning::BadRequest)) => {
                exchange_info(&self.client, self.product, Which::All).await
            }
            info => info,
        }
    }

    /// Leverage and margin by value, which futures tell only those who have a key.
    async fn brackets(&self, name: &str) -> Result<Option<BracketReport>, Failure> {
        let has_any = matches!(self.product, Product::UsdM | Product::CoinM) && self.client.credentials().is_some();
        if !has_any {
            return Ok(None);
        }
        let brackets = account::brackets(&self.client, self.product, Some(name)).await?;
        Ok(brackets.into_iter().find(|bracket| bracket.symbol == name))
    }

    /// Bars that have closed. A reply says nothing of that: a later bar does, for which one more is asked, or the exchange's clock, when the
    /// end is a while ago. The time of a test exchange's market may be ahead of its clock.
    pub(super) async fn ask_bars(
        &self,
        name: &str,
        timeframe: Timeframe,
        span: std::ops::Range<UnixNanos>,
    ) -> Result<Vec<Bar>, Failure> {
        if self.client.clock().measured() == 0 {
            self.client.sync_clock().await?;
        }
        let (now, mut bars) = (self.client.clock().now(), Vec::new());
        let mut take = |page: Vec<metaexpert_connect::report::BarReport<'static>>| {
            bars.extend(page.iter().map(|bar| Bar {
                time: bar.open_time,
                open: bar.open,
                high: bar.high,
                low: bar.low,
                close: bar.close,
                volume: bar.volume,
            }));
            std::ops::ControlFlow::Continue(())
        };
        let wider = span.start..span.end.saturating_add_nanos(timeframe.nanos());
        klines::history(&self.client, self.product, Series::Traded, name, timeframe, wider, &mut take).await?;
        retain_closed(&mut bars, timeframe, now);
        bars.retain(|bar| bar.time < span.end);
        Ok(bars)
    }

    pub(super) fn hear_markets(&self, topics: &[MarketTopic], listener: Box<dyn Listener>) -> Result<Listening, Failure> {
        let mut pools: Vec<(StreamPool<MarketDialect>, Vec<Wanted>)> = Vec::new();
        let mut bases: Vec<Base> = Vec::new();
        for topic in topics {
            let (base, name) = named(self.product, topic)?;
            let place = bases.iter().position(|known| *known == base).unwrap_or_else(|| {
                bases.push(base);
                pools.push((self.pool(base), Vec::new()));
                bases.len() - 1
            });
            if let Some((_, wanted)) = pools.get_mut(place) {
                wanted.push(Wanted::from(name));
            }
        }
        let product = self.product;
        let (mut pools, mut wanted): (Vec<_>, Vec<_>) = pools.into_iter().unzip();
        // No product has more than two kinds of connections.
        let (second, first) = (pools.pop(), pools.pop());
        let (topics_of_second, topics_of_first) = (wanted.pop(), wanted.pop());
        Ok(Listening::new(tokio::spawn(async move {
            let mut pools = [Line::open(first, topics_of_first).await, Line::open(second, topics_of_second).await];
            let sessions =
                pools.iter().enumerate().flat_map(|(at, line)| line.sessions().map(move |number| numbered(at, number)));
            let mut hearing = Hearing::new(product, hearing::market, listener, sessions.collect());
            let mut is_turned = false;
            loop {
                let (at, (session, event)) = next(&mut pools, is_turned).await;
                // So that a flood over one connection does not silence the other.
                is_turned = !is_turned;
                hearing.take(numbered(at, session), event);
            }
        })))
    }

    fn pool(&self, base: Base) -> StreamPool<MarketDialect> {
        let (product, host) = (self.product, self.hosts.stream.clone());
        let name = format!("{product}{}", base.path().replace('/', "-"));
        StreamPool::new(&name, move || MarketDialect::new(product, host.clone(), base), Settings::usual(), &self.network)
    }
}

/// Leaves those bars of a reply that have closed.
fn retain_closed(bars: &mut Vec<Bar>, timeframe: Timeframe, now: UnixNanos) {
    let latest = bars.iter().map(|bar| bar.time).max();
    let settled = timeframe.nanos().saturating_add(SETTLED);
    bars.retain(|bar| Some(bar.time) < latest || bar.time.saturating_add_nanos(settled) <= now);
}

/// A number for a session of one of two pools.
const fn numbered(pool: usize, session: usize) -> usize {
    2 * session + pool
}

/// The sessions of one kind of connection; none where there are no topics of the kind.
struct Line(Option<StreamPool<MarketDialect>>);

impl Line {
    /// With its topics. That its sessions are over already cannot be, for they have just begun.
    async fn open(pool: Option<StreamPool<MarketDialect>>, topics: Option<Vec<Wanted>>) -> Self {
        let (Some(mut pool), Some(topics)) = (pool, topics) else { return Self(None) };
        Self(pool.subscribe(topics).await.is_ok().then_some(pool))
    }

    fn sessions(&self) -> impl Iterator<Item = usize> {
        self.0.iter().flat_map(|pool| pool.sessions().map(|(number, _)| number))
    }

    async fn recv(&mut self) -> (usize, SessionEvent) {
        match &mut self.0 {
            Some(pool) => pool.recv().await,
            None => std::future::pending().await,
        }
    }
}

/// The next event of one of two.
async fn next([first, second]: &mut [Line; 2], is_turned: bool) -> (usize, (usize, SessionEvent)) {
    if is_turned {
        tokio::select! {
            biased;
            event = second.recv() => (1, event),
            event = first.recv() => (0, event),
        }
    } else {
        tokio::select! {
            biased;
            event = first.recv() => (0, event),
            event = second.recv() => (1, event),
        }
    }
}

/// What a product calls a topic, and over which connection it comes.
fn named(product: Product, topic: &MarketTopic) -> Result<(Base, String), Failure> {
    let of_underlying;
    let topic = match topic {
        MarketTopic::Quotes(name) => Topic::BookTicker(name),
        MarketTopic::PublicTrades(name) if product == Product::Options => Topic::Trades(name),
        MarketTopic::PublicTrades(name) => Topic::AggregateTrades(name),
        MarketTopic::Book(name) => Topic::Depth { symbol: name, every: Every::Ms100 },
        MarketTopic::Bars(name, timeframe) => Topic::Bars(name, *timeframe),
        MarketTopic::Marks(name) if product == Product::Options => {
            // `BTC-270326-90000-C`: the marks of an underlying's options come together.
            of_underlying = format!("{}USDT", name.split('-').next().unwrap_or_default());
            Topic::OptionMarks(&of_underlying)
        }
        MarketTopic::Marks(name) => Topic::MarkPrice(name, Every::Second),
    };
    let not_sent = |why: topics::UnknownTopic| Failure::NotSent { endpoint: "listen", why: why.to_string() };
    let name = topic.name(product).map_err(not_sent)?;
    let base = topics::base(product, &name).map_err(not_sent)?;
    Ok((base, name))
}

fn nearest_listed<'a>(symbol: &Symbol, info: &'a ExchangeInfo) -> Option<&'a str> {
    let trades = info.listings.iter().filter(|listing| listing.status == Word::Known(ListingStatus::Trading));
    nearest(symbol.as_str(), trades.filter_map(|listing| listing.unified.as_ref()).map(Symbol::as_str))
}

fn check_trades(product: Product, listing: &Listing) -> Result<(), Failure> {
    let state = match &listing.status {
        Word::Known(ListingStatus::Trading) => return Ok(()),
        Word::Known(status) => format!("{status:?}").to_lowercase(),
        Word::Other(word) => word.to_string(),
    };
    Err(refused(format!("{} does not trade on {product} now: it is {state}", listing.symbol)))
}

fn unlisted(product: Product, symbol: &Symbol, nearest: Option<&str>) -> Failure {
    let nearest = nearest.map(|nearest| format!("; the nearest is `{nearest}`")).unwrap_or_default();
    refused(format!("`{symbol}` is not listed on {product} of binance{nearest}"))
}

fn refused(message: String) -> Failure {
    Failure::Refused { endpoint: LISTED, refused: Refused { id: None, code: 0, message, meaning: Meaning::NotTrading } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(product: Product, topic: &MarketTopic) -> Result<(Base, String), String> {
        named(product, topic).map_err(|failure| failure.to_string())
    }

    #[test]
    fn each_topic_has_its_stream_and_connection() {
        let btc = || String::from("BTCUSDT");
        let usdm =
            |topic: MarketTopic, base, expected: &str| assert_eq!(name(Product::UsdM, &topic), Ok((base, expected.into())));
        usdm(MarketTopic::Quotes(btc()), Base::Public, "btcusdt@bookTicker");
        usdm(MarketTopic::Book(btc()), Base::Public, "btcusdt@depth@100ms");
        usdm(MarketTopic::PublicTrades(btc()), Base::Market, "btcusdt@aggTrade");
        usdm(MarketTopic::Bars(btc(), Timeframe::M5), Base::Market, "btcusdt@kline_5m");
        usdm(MarketTopic::Marks(btc()), Base::Market, "btcusdt@markPrice@1s");
        let option = |topic: MarketTopic, expected: &str| assert_eq!(name(Product::Options, &topic).unwrap().1, expected);
        option(MarketTopic::PublicTrades("BTC-270326-90000-C".into()), "btc-270326-90000-c@optionTrade");
        option(MarketTopic::Marks("BTC-270326-90000-C".into()), "btcusdt@optionMarkPrice");
    }

    #[test]
    fn a_bar_has_closed_when_there_is_a_later_one_or_its_end_is_a_while_ago() {
        let at = |millis: i64| UnixNanos::from_nanos(millis * 1_000_000);
        let closed = |opened: &[i64], now: i64| {
            let bar = |time: &i64| Bar { time: at(*time), open: 1.0, high: 1.0, low: 1.0, close: 1.0, volume: 1.0 };
            let mut bars = opened.iter().map(bar).collect();
            retain_closed(&mut bars, Timeframe::M1, at(now));
            bars.iter().map(|bar| bar.time.as_nanos() / 1_000_000).collect::<Vec<_>>()
        };
        assert_eq!(closed(&[0, 60_000], 90_000), [0]);
        assert_eq!(closed(&[0, 60_000], 120_300), [0], "it may lack what was traded at its end");
        assert_eq!(closed(&[0, 60_000], 122_000), [0, 60_000]);
        assert_eq!(closed(&[0, 60_000, 120_000], 120_300), [0, 60_000], "the next one has begun");
        assert_eq!(closed(&[0, 60_000, 120_000], 30_000), [0, 60_000], "the clock of a test exchange is behind its market");
        assert_eq!(closed(&[], 30_000), [] as [i64; 0]);
    }

    #[test]
    fn what_a_product_does_not_tell_is_not_asked_for() {
        let why = name(Product::Spot, &MarketTopic::Marks("BTCUSDT".into())).unwrap_err();
        assert!(why.contains("`btcusdt@markPrice@1s`: no such topic of spot"), "{why}");
    }
}
