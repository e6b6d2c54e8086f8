//! An exchange to call: everything that is listed, at scripted prices, and one rich account.

use metaexpert_core::{Currency, Money, Symbol, UnixNanos};
use rust_decimal::{Decimal, dec};
use serde_json::Value;

use crate::{
    binance::{
        ListingSetup,
        door::{ApiError, Call, Door, Params, Product, Route, Verb},
        futures::{COINM_ROUTES, USDM_ROUTES},
        listings,
        options::ROUTES,
        streams::Streams,
    },
    listing::Class,
    market::{Markets, PriceSource, PriceSources, Script},
    order::AccountId,
    protocol::Moment,
    wallet::Wallet,
    world::{NewAccount, Tariff, World, WorldSetup},
};

/// 2026-11-20 07:59:30 UTC: half a minute before funding.
const START: i64 = 1_795_161_570_000_000_000;

/// The exchange.
pub(in crate::binance) struct Floor {
    pub(in crate::binance) world: World,
    streams: Streams,
    door: Door,
}

impl Floor {
    /// Prices that stand still: a bitcoin at 80,000.
    pub(in crate::binance) fn still() -> Self {
        Self::of(Script::still(dec!(80000)))
    }

    /// Prices of bitcoin by a script, whose first second has passed.
    pub(in crate::binance) fn of(script: Script) -> Self {
        let start = UnixNanos::from_nanos(START);
        let bitcoin = PriceSource::Script(script);
        let sources = PriceSources::default().with(Symbol::new("BTCUSDT").unwrap(), bitcoin).with_history(3_600_000_000_000);
        let listed = listings(&ListingSetup { symbols: Vec::new(), bitcoin: dec!(80000) }, start).unwrap();
        let markets = Markets::new(listed, &sources, start, 7).unwrap();
        let rich = |wallet, amount: Decimal, coin: &str| (wallet, Money::new(amount, Currency::new(coin)));
        let trader = NewAccount {
            name: "trader".to_owned(),
            funding: vec![
                rich(Wallet::Linear, dec!(100000), "USDT"),
                rich(Wallet::Inverse, dec!(10), "BTC"),
                rich(Wallet::Options, dec!(100000), "USDT"),
            ],
            tariff: Tariff::standard("BNB"),
        };
        let mut floor = Self {
            world: World::new(WorldSetup { markets, start, accounts: vec![trader] }),
            streams: Streams::new(),
            door: Door::new(Vec::new(), 1).unwrap(),
        };
        floor.to(1);
        floor
    }

    /// Lets time come to so many seconds after the start.
    pub(in crate::binance) fn to(&mut self, seconds: i64) {
        self.world.advance(UnixNanos::from_nanos(START + seconds * 1_000_000_000));
    }

    /// Calls, as a client writes it: `POST /fapi/v1/order`, `symbol=BTCUSDT&side=BUY`.
    pub(in crate::binance) fn call(&mut self, what: &str, with: &str) -> Result<Value, ApiError> {
        let route = route(what);
        let pairs = with.split('&').filter_map(|pair| pair.split_once('='));
        let params = Params::of(pairs.map(|(name, value)| (name.into(), value.into())).collect());
        let now = self.world.now();
        let mut call = Call {
            world: &mut self.world,
            streams: &mut self.streams,
            door: &self.door,
            product: route.product,
            params: &params,
            account: AccountId(0),
            key: "key",
            at: Moment { clock: now, market: now },
        };
        (route.handler)(&mut call)
            .map(|json| serde_json::from_str(&json.0).unwrap_or_else(|error| panic!("{what}: {error}: {}", json.0)))
    }

    /// A call that is answered.
    #[track_caller]
    pub(in crate::binance) fn ask(&mut self, what: &str, with: &str) -> Value {
        self.call(what, with).unwrap_or_else(|error| panic!("{what} {with}: {error:?}"))
    }

    /// The code of a call that is refused.
    #[track_caller]
    pub(in crate::binance) fn refused(&mut self, what: &str, with: &str) -> i32 {
        match self.call(what, with) {
            Ok(value) => panic!("{what} {with}: answered {value}"),
            Err(error) => error.code,
        }
    }

    /// The symbol of the first market of a class that begins so and is not the perpetual or the pair itself.
    pub(in crate::binance) fn dated(&self, class: Class, begins: &str) -> String {
        let listed = self.world.markets().iter().map(|(_, market)| market.listing());
        let found = listed.filter(|listing| listing.class == class && listing.instrument.kind.expiry().is_some());
        found.map(|listing| listing.symbol.clone()).find(|symbol| symbol.starts_with(begins)).unwrap()
    }
}

fn route(what: &str) -> &'static Route {
    let (verb, path) = what.split_once(' ').unwrap();
    let verb = match verb {
        "GET" => Verb::Get,
        "POST" => Verb::Post,
        "PUT" => Verb::Put,
        _ => Verb::Delete,
    };
    let inverse = path.starts_with("/dapi");
    let tables = [USDM_ROUTES, COINM_ROUTES, ROUTES];
    let mut all = tables.iter().copied().flatten().filter(|route| route.method == verb && route.path == path);
    all.find(|route| inverse == (route.product == Product::CoinM)).unwrap_or_else(|| panic!("no row for {what}"))
}

/// The names of an object's fields, sorted.
pub(in crate::binance) fn names(value: &Value) -> Vec<String> {
    let mut names: Vec<String> = value.as_object().unwrap_or_else(|| panic!("no object: {value}")).keys().cloned().collect();
    names.sort();
    names
}

/// The words of a text, sorted: the fields that the documentation shows.
pub(in crate::binance) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    words.sort();
    words
}

/// A number that came as a text.
#[track_caller]
pub(in crate::binance) fn number(value: &Value) -> Decimal {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).parse().unwrap()
}
