//! Every call about orders with what it is to send: method, path and parameters in their order, before they are encoded and
//! signed. Written by hand from the documentation of each call.
//!
//! Calls of other parts of this crate are tables like these: what a call gives back is of no interest here.

/// Writes a table: what goes with its calls and of which product they are; then, of each, its name, the same call of another
/// client where it has one, the call, and what it sends.
macro_rules! operations {
    ($auth:ident $product:ident $($name:literal $(same as $theirs:literal)? |$client:ident| $run:expr => $sent:literal;)*) => {
        pub(crate) static OPERATIONS: &[Operation] = &[$(Operation {
            name: $name,
            product: Product::$product,
            auth: Auth::$auth,
            run: |$client| Box::pin(async move { drop($run) }),
            sent: $sent,
            theirs: [$(Some($theirs),)? None][0],
        }),*];
    };
}

mod coinm;
mod margin;
mod options;
mod spot;
mod usdm;

use std::{future::Future, pin::Pin, time::Duration};

use metaexpert_binance::{Product, orders::*};
use metaexpert_connect::{Auth, http::Client};
use metaexpert_core::{ClientOrderId, Percent, PositionSide, Price, Quantity, SelfTrade, Side, UnixNanos, config::MarginMode};
use rust_decimal::dec;

/// A call.
pub(crate) struct Operation {
    pub name: &'static str,
    pub product: Product,
    /// What must go with it.
    pub auth: Auth,
    /// Makes it, and does not care for the answer.
    pub run: for<'a> fn(&'a Client) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>,
    /// What it sends.
    pub sent: &'static str,
    /// The same call of another client, by the name that it has in the captures.
    pub theirs: Option<&'static str>,
}

/// All of them.
pub(crate) fn operations() -> impl Iterator<Item = &'static Operation> {
    [spot::OPERATIONS, margin::OPERATIONS, usdm::OPERATIONS, coinm::OPERATIONS, options::OPERATIONS].into_iter().flatten()
}

/// The time of the tests: 2023-11-14T22:13:20Z.
pub(crate) const NOW: UnixNanos = UnixNanos::from_nanos(1_700_000_000_000_000_000);

const PAGE: Page = Page {
    from_id: Some(7),
    start: Some(UnixNanos::from_nanos(1_699_990_000_000_000_000)),
    end: Some(UnixNanos::from_nanos(1_699_999_999_999_000_000)),
    limit: Some(100),
};

const NET: Leg = Leg::Net { reduce_only: false };
const REDUCE: Leg = Leg::Net { reduce_only: true };
const LONG: Leg = Leg::Of(PositionSide::Long);

fn ours() -> ClientOrderId {
    ClientOrderId { strategy: 4, run: 2, sequence: 17 }
}

pub(crate) fn price(text: &str) -> Price {
    Price::new(text.parse().unwrap()).unwrap()
}

pub(crate) fn quantity(text: &str) -> Quantity {
    Quantity::new(text.parse().unwrap()).unwrap()
}

pub(crate) fn base(text: &str) -> Amount {
    Amount::Base(quantity(text))
}

pub(crate) fn at(text: &str) -> SpotTrigger {
    SpotTrigger::At(price(text))
}

pub(crate) fn limit(text: &str, time_in_force: SpotTimeInForce) -> SpotKind {
    SpotKind::Limit { price: SpotPrice::At(price(text)), time_in_force, iceberg: None }
}

pub(crate) fn spot(side: Side, amount: Amount, kind: SpotKind) -> SpotOrder {
    let symbol = "BTCUSDT".into();
    SpotOrder { symbol, side, amount, kind, client_id: Some(ours().into()), self_trade: None, answer: Answer::Full }
}

pub(crate) fn borrowed<O>(order: O) -> MarginOrder<O> {
    MarginOrder { account: MarginMode::Cross, side_effect: SideEffect::Borrow, repay_at_cancel: None, order }
}

fn name(text: &str) -> ClientId {
    ClientId::new(text).unwrap()
}

pub(crate) fn list<K>(orders: K) -> SpotList<K> {
    SpotList { symbol: "BTCUSDT".into(), orders, client_id: Some(name("mxlist")), self_trade: None, answer: Answer::Result }
}

pub(crate) fn oco(profit: ProfitLeg, stop: StopLeg) -> Oco {
    let (profit_id, stop_id) = (Some(name("mxabove")), Some(name("mxbelow")));
    Oco { side: Side::Sell, quantity: quantity("0.02"), profit, profit_id, stop, stop_id }
}

fn stop_limit(trigger: &str, limit: &str) -> StopLeg {
    let time_in_force = SpotTimeInForce::GoodTillCancelled;
    StopLeg::StopLossLimit { trigger: at(trigger), price: SpotPrice::At(price(limit)), time_in_force }
}

fn working() -> Working {
    Working {
        side: Side::Buy,
        quantity: quantity("0.02"),
        price: price("50000"),
        time_in_force: Some(SpotTimeInForce::GoodTillCancelled),
        client_id: Some(name("mxworking")),
    }
}

pub(crate) fn pending(quantity: Option<Quantity>) -> Pending {
    let kind = SpotKind::StopLoss { trigger: at("45000") };
    Pending { working: working(), side: Side::Sell, quantity, kind, client_id: Some(name("mxpending")) }
}

pub(crate) fn pending_oco(quantity: Option<Quantity>) -> PendingOco {
    PendingOco {
        working: working(),
        side: Side::Sell,
        quantity,
        profit: ProfitLeg::LimitMaker { price: SpotPrice::At(price("60000")) },
        profit_id: Some(name("mxabove")),
        stop: StopLeg::StopLoss { trigger: at("45000") },
        stop_id: Some(name("mxbelow")),
    }
}

pub(crate) fn future_limit(text: &str, time_in_force: FuturesTimeInForce) -> FuturesKind {
    FuturesKind::Limit { price: FuturesPrice::At(price(text)), time_in_force }
}

pub(crate) fn future(symbol: &str, side: Side, leg: Leg, amount: &str, kind: FuturesKind) -> FuturesOrder {
    FuturesOrder {
        symbol: symbol.into(),
        side,
        leg,
        quantity: quantity(amount),
        kind,
        client_id: Some(ours().into()),
        self_trade: None,
        answer: Answer::Result,
    }
}

pub(crate) fn algo(symbol: &str, leg: Leg, size: AlgoSize, kind: AlgoKind) -> AlgoOrder {
    AlgoOrder {
        symbol: symbol.into(),
        side: Side::Sell,
        leg,
        size,
        kind,
        working_price: WorkingPrice::Last,
        price_protect: false,
        client_id: Some(ours().into()),
        self_trade: None,
    }
}

pub(crate) fn amendment(symbol: &str, amount: &str) -> FuturesAmendment {
    FuturesAmendment {
        symbol: symbol.into(),
        target: Target::Venue(123_456),
        side: Side::Buy,
        quantity: quantity(amount),
        price: FuturesPrice::At(price("50100")),
    }
}

pub(crate) fn option(time_in_force: OptionTimeInForce) -> OptionOrder {
    OptionOrder {
        symbol: "BTC-270326-90000-C".into(),
        side: Side::Buy,
        quantity: quantity("0.2"),
        price: price("1250.50"),
        time_in_force,
        reduce_only: false,
        client_id: Some(ours().into()),
        self_trade: None,
        market_maker: false,
        answer: Answer::Result,
    }
}
