//! A world to trade in: one coin at a scripted price, one contract on it, two users.

use metaexpert_core::{
    Currency, Instrument, InstrumentKind, InstrumentRules, Money, OptionTerms, OrderKind, Payoff, Percent, Price, Right, Side,
    Symbol, TimeInForce, Trigger, TriggerBy, UnixNanos,
};
use rust_decimal::{Decimal, dec};

use crate::{
    listing::{Class, Listing, MarketId, OrderLimits},
    market::{Markets, PriceSource, PriceSources, Script},
    news::{AccountNews, News, OrderChange},
    order::{AccountId, Echo, Loan, Order, OrderRequest, OrderState, Refusal, SelfTradePrevention, Size},
    wallet::Wallet,
    world::{NewAccount, Placed, Tariff, World, WorldSetup},
};

pub(super) const ALICE: AccountId = AccountId(0);
pub(super) const BOB: AccountId = AccountId(1);
/// The coin's market.
pub(super) const COIN: MarketId = MarketId(0);
/// The contract's.
pub(super) const CONTRACT: MarketId = MarketId(1);
/// The contract that ends.
pub(super) const DATED: MarketId = MarketId(2);
/// The call.
pub(super) const CALL: MarketId = MarketId(3);
/// 2026-11-20 00:00 UTC.
pub(super) const START: i64 = 1_795_132_800_000_000_000;

/// A world whose price follows a script, after its first second.
pub(super) fn world(script: Script) -> World {
    world_of(vec![coin(), contract()], script)
}

/// The same with other markets behind these: a contract that ends after a minute, and a call on the coin that does.
pub(super) fn world_that_ends(script: Script) -> World {
    world_of(vec![coin(), contract(), dated(), call()], script)
}

fn world_of(listings: Vec<Listing>, script: Script) -> World {
    let sources = PriceSources::default()
        .with(Symbol::new("BTCUSDT").unwrap(), PriceSource::Script(script))
        .with_history(3_600_000_000_000);
    let start = UnixNanos::from_nanos(START);
    let markets = Markets::new(listings, &sources, start, 7).unwrap();
    let accounts = ["alice", "bob"].map(|name| NewAccount {
        name: name.to_owned(),
        funding: vec![
            (Wallet::Spot, Money::new(dec!(1000000), Currency::new("USDT"))),
            (Wallet::Spot, Money::new(dec!(10), Currency::new("BTC"))),
            (Wallet::Linear, Money::new(dec!(100000), Currency::new("USDT"))),
            (Wallet::Options, Money::new(dec!(100000), Currency::new("USDT"))),
            (Wallet::Cross, Money::new(dec!(30000), Currency::new("USDT"))),
            (Wallet::Isolated(COIN), Money::new(dec!(30000), Currency::new("USDT"))),
        ],
        tariff: Tariff::standard("BNB"),
    });
    let mut world = World::new(WorldSetup { markets, start, accounts: accounts.into() });
    to(&mut world, 1);
    world.take_news();
    world
}

/// A world whose price stands still at 50,000.
pub(super) fn still() -> World {
    world(Script::still(dec!(50000)))
}

/// So many seconds as scripts count them.
pub(super) const fn seconds(count: i64) -> i64 {
    count * 1_000_000_000
}

/// Lets time come to so many seconds after the start.
pub(super) fn to(world: &mut World, after: i64) {
    world.advance(UnixNanos::from_nanos(START + seconds(after)));
}

fn listing(class: Class, symbol: &str, kind: InstrumentKind, tick: Decimal, lot: Decimal) -> Listing {
    Listing {
        symbol: symbol.to_owned(),
        class,
        instrument: Instrument {
            symbol: Symbol::new(symbol).unwrap(),
            base: Currency::new("BTC"),
            quote: Currency::new("USDT"),
            settlement: Currency::new("USDT"),
            kind,
            rules: InstrumentRules {
                tick_size: tick,
                lot_size: lot,
                min_notional: Decimal::ZERO,
                contract_size: Decimal::ONE,
                maintenance_margin: Percent::new(dec!(0.5)),
            },
            brackets: [].into(),
        },
        limits: OrderLimits {
            price: (dec!(0.1), dec!(1000000)),
            quantity: (lot, dec!(9000)),
            market_quantity: dec!(100),
            open_orders: 50,
            amends: 2,
            ..OrderLimits::ample()
        },
        listed: UnixNanos::from_nanos(0),
    }
}

fn coin() -> Listing {
    listing(Class::Spot, "BTCUSDT", InstrumentKind::Spot, dec!(0.01), dec!(0.00001))
}

fn contract() -> Listing {
    listing(Class::Linear, "BTCUSDT", InstrumentKind::LINEAR_PERPETUAL, dec!(0.1), dec!(0.001))
}

/// Ends a minute after the start.
fn dated() -> Listing {
    let delivery = UnixNanos::from_nanos(START + seconds(60));
    let kind = InstrumentKind::Dated { payoff: Payoff::Linear, delivery };
    listing(Class::Linear, "BTCUSDT_261120", kind, dec!(0.1), dec!(0.001))
}

/// The right to buy at 45,000 then.
fn call() -> Listing {
    let expiry = UnixNanos::from_nanos(START + seconds(60));
    let kind = InstrumentKind::Option(OptionTerms { right: Right::Call, strike: price(dec!(45000)), expiry });
    listing(Class::Options, "BTC-261120-45000-C", kind, dec!(5), dec!(0.01))
}

/// A market order of the coin.
pub(super) fn market(side: Side, quantity: Decimal) -> OrderRequest {
    OrderRequest {
        wallet: Wallet::Spot,
        market: COIN,
        client_id: "one".to_owned(),
        side,
        kind: OrderKind::Market,
        time_in_force: TimeInForce::GoodTillCancelled,
        size: Size::Quantity(quantity),
        iceberg: None,
        leg: None,
        reduce_only: false,
        self_trade: SelfTradePrevention::None,
        loan: Loan::None,
        echo: Echo::new(),
    }
}

/// A limit order of the coin.
pub(super) fn limit(side: Side, quantity: Decimal, at: Decimal) -> OrderRequest {
    OrderRequest { kind: OrderKind::Limit { price: price(at) }, ..market(side, quantity) }
}

/// The same order for the contract.
pub(super) fn of_contract(request: OrderRequest) -> OrderRequest {
    OrderRequest { wallet: Wallet::Linear, market: CONTRACT, ..request }
}

pub(super) fn named(client_id: &str, request: OrderRequest) -> OrderRequest {
    OrderRequest { client_id: client_id.to_owned(), ..request }
}

pub(super) fn with(time_in_force: TimeInForce, request: OrderRequest) -> OrderRequest {
    OrderRequest { time_in_force, ..request }
}

pub(super) fn price(value: Decimal) -> Price {
    Price::new(value).unwrap()
}

pub(super) fn at(value: Decimal) -> Trigger {
    Trigger { price: price(value), by: TriggerBy::Last }
}

pub(super) fn place(world: &mut World, account: AccountId, request: OrderRequest) -> Placed {
    world.place(account, request).unwrap()
}

/// Why an order is refused; nothing of it is told.
#[track_caller]
pub(super) fn refused(world: &mut World, account: AccountId, request: OrderRequest) -> Refusal {
    world.take_news();
    let before = balance(world, account, "USDT");
    let why = world.place(account, request).unwrap_err();
    assert_eq!(of_account(&world.take_news(), account), Vec::<String>::new(), "a refused order was told of");
    assert_eq!(balance(world, account, "USDT"), before, "a refused order has set something aside");
    why
}

/// Free and locked of a coin in the wallet of coins.
pub(super) fn balance(world: &World, account: AccountId, coin: &str) -> (Decimal, Decimal) {
    let balances = world.account(account).wallets.get(Wallet::Spot).unwrap().balances(world.markets());
    let found = balances.into_iter().find(|balance| balance.currency.as_str() == coin);
    found.map(|balance| (balance.free.normalize(), balance.locked.normalize())).unwrap_or_default()
}

/// The best price that an order of this side takes.
pub(super) fn best(world: &World, market: MarketId, side: Side) -> (Decimal, Decimal) {
    world.markets().get(market).levels(side.opposite(), 1)[0]
}

/// An order as it is now.
pub(super) fn now(world: &World, account: AccountId, order: &Order) -> Order {
    world.account(account).orders.by_id(order.id).unwrap().clone()
}

pub(super) fn state(world: &World, account: AccountId, order: &Order) -> OrderState {
    now(world, account, order).state
}

/// What an account is told of orders, in short.
pub(super) fn of_account(news: &[News], account: AccountId) -> Vec<String> {
    news.iter().filter_map(|news| told(news, account)).collect()
}

fn told(news: &News, account: AccountId) -> Option<String> {
    let News::Account(of, news) = news else { return None };
    if *of != account {
        return None;
    }
    Some(match news.as_ref() {
        AccountNews::Order { order, change } => {
            let change = match change {
                OrderChange::New => "new".to_owned(),
                OrderChange::Triggered => "triggered".to_owned(),
                OrderChange::Trade(execution) => {
                    format!("trade {} {}", execution.quantity.normalize(), if execution.is_maker { "maker" } else { "taker" })
                }
                OrderChange::Cancelled(_) => "cancelled".to_owned(),
                OrderChange::Replaced(_) => "replaced".to_owned(),
                OrderChange::Amended => "amended".to_owned(),
                OrderChange::Expired => "expired".to_owned(),
                OrderChange::Prevented(quantity) => format!("prevented {}", quantity.normalize()),
                OrderChange::Rejected => "rejected".to_owned(),
            };
            format!("{} {change}: {:?}", order.request.client_id, order.state)
        }
        AccountNews::Algo(algo) => format!("algo {} {:?}", algo.request.client_id, algo.state),
        AccountNews::List(list) => format!("list {} {:?}", list.client_id, list.state),
        AccountNews::Wallet { wallet, cause, .. } => format!("{} {cause:?}", wallet.as_str()),
        AccountNews::Leverage { leverage, .. } => format!("leverage {leverage}"),
        AccountNews::MarginCall { .. } => "margin call".to_owned(),
        AccountNews::Debt { currency, borrowed, .. } => format!("owes {} {currency}", borrowed.normalize()),
    })
}
