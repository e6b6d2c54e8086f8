//! Orders of USD-M and COIN-M futures: placed, asked for, amended, in batches, cancelled, and the positions that come of them.

use std::time::Duration;

use metaexpert_binance::{
    Product,
    account::{self, FillsOf, PositionsOf, fills_of_order},
    orders::{
        self, Desk, FuturesAmendment, FuturesKind, FuturesOrder, FuturesPrice, FuturesProduct, FuturesTimeInForce, Leg,
        OrderRequest, Page, Targets,
    },
};
use metaexpert_connect::{Word, http::Client, report::OrderState};
use metaexpert_core::Side;
use rust_decimal::{Decimal, dec};

use crate::{
    draft::{NET, by_name, by_number, future, future_limit, name, price, quantity},
    stage::{Stage, deals, deals_of, down, now, order, orders},
};

pub(crate) const USDM_CALLS: &[&str] = &[
    "POST /fapi/v1/order",
    "POST /fapi/v1/order/test",
    "PUT /fapi/v1/order",
    "DELETE /fapi/v1/order",
    "POST /fapi/v1/batchOrders",
    "PUT /fapi/v1/batchOrders",
    "DELETE /fapi/v1/batchOrders",
    "DELETE /fapi/v1/allOpenOrders",
    "POST /fapi/v1/countdownCancelAll",
    "GET /fapi/v1/order",
    "GET /fapi/v1/openOrder",
    "GET /fapi/v1/openOrders",
    "GET /fapi/v1/allOrders",
    "GET /fapi/v1/orderAmendment",
    "GET /fapi/v1/forceOrders",
    "GET /fapi/v1/userTrades",
    "GET /fapi/v3/positionRisk",
];
pub(crate) const COINM_CALLS: &[&str] = &[
    "POST /dapi/v1/order",
    "PUT /dapi/v1/order",
    "DELETE /dapi/v1/order",
    "POST /dapi/v1/batchOrders",
    "PUT /dapi/v1/batchOrders",
    "DELETE /dapi/v1/batchOrders",
    "DELETE /dapi/v1/allOpenOrders",
    "POST /dapi/v1/countdownCancelAll",
    "GET /dapi/v1/order",
    "GET /dapi/v1/openOrder",
    "GET /dapi/v1/openOrders",
    "GET /dapi/v1/allOrders",
    "GET /dapi/v1/orderAmendment",
    "GET /dapi/v1/forceOrders",
    "GET /dapi/v1/userTrades",
    "GET /dapi/v1/positionRisk",
];

/// A market of futures, and what an order on it is.
#[derive(Clone, Copy)]
struct Floor {
    product: FuturesProduct,
    symbol: &'static str,
    amount: Decimal,
    tick: Decimal,
}

const USDM: Floor = Floor { product: FuturesProduct::UsdM, symbol: "BTCUSDT", amount: dec!(0.2), tick: dec!(0.1) };
const COINM: Floor = Floor { product: FuturesProduct::CoinM, symbol: "BTCUSD_PERP", amount: dec!(10), tick: dec!(0.1) };

impl Floor {
    fn product(self) -> Product {
        self.product.product()
    }

    fn desk(self) -> Desk {
        Desk::Futures(self.product)
    }

    async fn place(self, client: &Client, order: FuturesOrder) -> metaexpert_connect::report::OrderReport {
        let request = OrderRequest::Futures(self.product, order);
        crate::stage::order(&orders::place(client, &request, now()).await.unwrap())
    }

    fn limit(self, id: &str, side: Side, at: Decimal) -> FuturesOrder {
        future(id, self.symbol, side, NET, self.amount, future_limit(at, FuturesTimeInForce::GoodTillCancelled))
    }
}

async fn trades(stage: &Stage, client: &Client, floor: Floor) {
    let answer = floor.place(client, future("buy", floor.symbol, Side::Buy, NET, floor.amount, FuturesKind::Market)).await;
    assert_eq!((answer.state.clone(), answer.filled), (Word::Known(OrderState::Filled), Some(floor.amount)));
    let number = answer.venue_id.clone().unwrap();
    let asked = order(&orders::query(client, floor.desk(), floor.symbol, &by_number(&number)).await.unwrap());
    assert_eq!((asked.state, asked.filled, asked.average_price), (answer.state, answer.filled, answer.average_price));
    let of = FillsOf { product: floor.product(), symbol: floor.symbol, isolated: false };
    let fills = fills_of_order(client, of, &number).await.unwrap();
    assert_eq!(deals(&fills), deals_of(&stage.life(&number)));
    let held = account::positions(client, floor.product(), PositionsOf::All).await.unwrap();
    let held = held.iter().find(|held| held.symbol == floor.symbol).unwrap();
    assert_eq!(held.quantity, floor.amount);
    let entry = held.entry_price.unwrap();
    assert!((entry - asked.average_price.unwrap()).abs() <= dec!(0.001), "{held:?} {:?}", asked.average_price);

    let mut close = future("close", floor.symbol, Side::Sell, NET, floor.amount, FuturesKind::Market);
    close.leg = Leg::Net { reduce_only: true };
    let closed = floor.place(client, close.clone()).await;
    assert_eq!((closed.filled, closed.reduce_only), (Some(floor.amount), Some(true)));
    let none = account::positions(client, floor.product(), PositionsOf::All).await.unwrap();
    assert!(none.iter().all(|position| position.quantity.is_zero()), "{none:?}");
    let again = OrderRequest::Futures(floor.product, FuturesOrder { client_id: Some(name("again")), ..close });
    assert!(orders::place(client, &again, now()).await.is_err(), "there is nothing left to reduce");
}

async fn rests_and_changes(stage: &Stage, client: &Client, floor: Floor) {
    let (bid, _) = stage.quote(floor.product(), floor.symbol).await;
    let (below, lower) = (down(bid * dec!(0.95), floor.tick), down(bid * dec!(0.94), floor.tick));
    let placed = floor.place(client, floor.limit("one", Side::Buy, below)).await;
    assert_eq!(placed.state, Word::Known(OrderState::New));
    let number = placed.venue_id.clone().unwrap();
    let standing = orders::query_open(client, floor.product, floor.symbol, &by_name("one")).await.unwrap();
    assert_eq!(order(&standing).venue_id, placed.venue_id);
    let amendment = |target, at| FuturesAmendment {
        symbol: floor.symbol.into(),
        target,
        side: Side::Buy,
        quantity: quantity(floor.amount * dec!(2)),
        price: FuturesPrice::At(price(at)),
    };
    let amended = order(&orders::amend_future(client, floor.product, &amendment(by_number(&number), lower)).await.unwrap());
    assert_eq!((amended.price, amended.quantity), (Some(lower), Some(floor.amount * dec!(2))));
    let past = orders::amendments(client, floor.desk(), floor.symbol, &by_number(&number)).await.unwrap();
    assert_eq!(past.len(), 1, "{past:?}");
    let gone = order(&orders::cancel(client, floor.desk(), floor.symbol, &by_number(&number)).await.unwrap());
    assert_eq!(gone.state, Word::Known(OrderState::Cancelled));
    assert_eq!(stage.life(&number).last.state, "cancelled");

    let batch: Vec<_> = ["two", "three"].iter().map(|id| floor.limit(id, Side::Buy, below)).collect();
    let placed = orders(&orders::place_batch_of_futures(client, floor.product, &batch, now()).await.unwrap());
    let names: Vec<_> = placed.iter().filter_map(|order| order.client_id.as_deref()).collect();
    assert_eq!(names, ["two", "three"]);
    let amendments = [amendment(by_name("two"), lower), amendment(by_name("three"), lower)];
    let amended = orders(&orders::amend_batch_of_futures(client, floor.product, &amendments).await.unwrap());
    assert!(amended.len() == 2 && amended.iter().all(|order| order.price == Some(lower)), "{amended:?}");
    let open = orders(&orders::open(client, floor.desk(), Some(floor.symbol)).await.unwrap());
    assert_eq!(open.len(), 2);
    let ids = [name("two"), name("three")];
    let ended = orders::cancel_batch(client, floor.desk(), floor.symbol, Targets::Client(&ids)).await.unwrap();
    assert_eq!(orders(&ended).len(), 2);

    floor.place(client, floor.limit("four", Side::Buy, below)).await;
    orders::cancel_all(client, floor.desk(), floor.symbol).await.unwrap();
    assert!(orders(&orders::open(client, floor.desk(), None).await.unwrap()).is_empty());

    floor.place(client, floor.limit("five", Side::Buy, below)).await;
    orders::countdown(client, floor.product, floor.symbol, Duration::from_secs(30)).await.unwrap();
    stage.advance(Duration::from_secs(29));
    client.sync_clock().await.unwrap();
    assert_eq!(orders(&orders::open(client, floor.desk(), Some(floor.symbol)).await.unwrap()).len(), 1);
    stage.advance(Duration::from_secs(2));
    assert!(orders(&orders::open(client, floor.desk(), Some(floor.symbol)).await.unwrap()).is_empty(), "nobody was heard of");

    let history = orders::history(client, floor.desk(), floor.symbol, Page::default()).await.unwrap();
    assert_eq!(orders(&history).len(), stage.lives().len());
    assert_eq!(orders(&orders::whole_history(client, floor.desk(), floor.symbol, 1).await.unwrap()), orders(&history));
    assert!(orders::forced(client, floor.product, Some(floor.symbol), Page::default()).await.unwrap().is_empty());
}

#[tokio::test]
async fn usdm_orders_trade_rest_and_change() {
    let stage = Stage::new().await;
    let client = stage.client(Product::UsdM);
    let (bid, _) = stage.quote(Product::UsdM, USDM.symbol).await;
    let test = OrderRequest::Futures(FuturesProduct::UsdM, USDM.limit("test", Side::Buy, down(bid * dec!(0.95), USDM.tick)));
    orders::test(&client, &test, now()).await.unwrap();
    assert!(stage.lives().is_empty());
    trades(&stage, &client, USDM).await;
    rests_and_changes(&stage, &client, USDM).await;
    stage.assert_called(USDM_CALLS);
}

#[tokio::test]
async fn coinm_orders_trade_rest_and_change() {
    let stage = Stage::new().await;
    let client = stage.client(Product::CoinM);
    trades(&stage, &client, COINM).await;
    rests_and_changes(&stage, &client, COINM).await;
    stage.assert_called(COINM_CALLS);
}
