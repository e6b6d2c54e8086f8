//! Conditional orders of futures: they wait at the algo service, and become orders when the market comes to them.

use metaexpert_binance::{
    Product,
    orders::{
        self, AlgoKind, AlgoOrder, AlgoSize, Desk, FuturesKind, FuturesPrice, FuturesProduct, FuturesTimeInForce, OrderRequest,
        Page, Target,
    },
};
use metaexpert_connect::{Word, http::Client, report::OrderState};
use metaexpert_core::{Percent, Side};
use rust_decimal::{Decimal, dec};

use crate::{
    draft::{NET, algo, by_name, future, price, quantity},
    stage::{Stage, down, now, order, orders},
};

pub(crate) const USDM_CALLS: &[&str] = &[
    "POST /fapi/v1/algoOrder",
    "DELETE /fapi/v1/algoOrder",
    "DELETE /fapi/v1/algoOpenOrders",
    "GET /fapi/v1/algoOrder",
    "GET /fapi/v1/openAlgoOrders",
    "GET /fapi/v1/allAlgoOrders",
];
pub(crate) const COINM_CALLS: &[&str] = &[
    "POST /dapi/v1/algoOrder",
    "DELETE /dapi/v1/algoOrder",
    "DELETE /dapi/v1/algoOpenOrders",
    "GET /dapi/v1/algoOrder",
    "GET /dapi/v1/openAlgoOrders",
    "GET /dapi/v1/allAlgoOrders",
];

async fn waits_and_ends(stage: &Stage, product: FuturesProduct, symbol: &str, amount: Decimal) {
    let client: Client = stage.client(product.product());
    let (bid, ask) = stage.quote(product.product(), symbol).await;
    let at = |times: Decimal| price(down(bid * times, dec!(0.1)));
    let limit = |times| (FuturesPrice::At(at(times)), FuturesTimeInForce::GoodTillCancelled);
    let (low, gtc) = limit(dec!(0.94));
    let kinds = [
        ("stop", AlgoKind::StopMarket { trigger: at(dec!(0.95)) }),
        ("stop-limit", AlgoKind::Stop { trigger: at(dec!(0.95)), price: low, time_in_force: gtc }),
        ("profit", AlgoKind::TakeProfitMarket { trigger: at(dec!(1.05)) }),
        ("profit-limit", AlgoKind::TakeProfit { trigger: at(dec!(1.05)), price: limit(dec!(1.04)).0, time_in_force: gtc }),
        ("trailing", AlgoKind::TrailingStop { callback: Percent::new(dec!(1)), activation: None }),
    ];
    // What closes needs something to close.
    let buy = future("buy", symbol, Side::Buy, NET, amount, FuturesKind::Market);
    orders::place(&client, &OrderRequest::Futures(product, buy), now()).await.unwrap();
    let place = async |order: AlgoOrder| order_of(&client, product, order).await;
    for (id, kind) in kinds {
        let placed = place(algo(id, symbol, Side::Sell, NET, AlgoSize::Quantity(quantity(amount)), kind)).await;
        assert_eq!(placed.state, Word::Known(OrderState::New), "{id}: {placed:?}");
        let asked = order(&orders::query_algo(&client, product, &by_name(id)).await.unwrap());
        assert_eq!(
            (&asked.venue_id, &asked.order_type, &asked.conditional),
            (&placed.venue_id, &placed.order_type, &placed.conditional),
            "{id}"
        );
    }
    let open = orders(&orders::open_algo(&client, product, Some(symbol)).await.unwrap());
    assert_eq!(open.len(), kinds.len());
    assert!(
        orders(&orders::open(&client, Desk::Futures(product), Some(symbol)).await.unwrap()).is_empty(),
        "none is an order yet"
    );
    orders::cancel_algo(&client, product, &by_name("stop")).await.unwrap();
    let gone = order(&orders::query_algo(&client, product, &by_name("stop")).await.unwrap());
    assert_eq!(gone.state, Word::Known(OrderState::Cancelled));
    orders::cancel_all_algo(&client, product, symbol).await.unwrap();
    assert!(orders(&orders::open_algo(&client, product, None).await.unwrap()).is_empty());
    let history = orders::history_algo(&client, product, symbol, Page::default()).await.unwrap();
    assert_eq!(orders(&history).len(), kinds.len());

    // A stop so near that the spread alone does not reach it and the next moves do.
    let near =
        algo("near", symbol, Side::Sell, NET, AlgoSize::Position, AlgoKind::StopMarket { trigger: price(bid - dec!(0.1)) });
    place(near).await;
    let mut became = None;
    for _ in 0..600 {
        stage.advance(std::time::Duration::from_secs(1));
        let asked = order(&orders::query_algo(&client, product, &by_name("near")).await.unwrap());
        if asked.state != Word::Known(OrderState::New) {
            became = Some(asked);
            break;
        }
    }
    let became = became.unwrap_or_else(|| panic!("the market never fell below {bid} (ask {ask})"));
    let life = stage.lives().into_iter().find(|life| life.last.origin == "algo").unwrap();
    assert_eq!((life.last.state, life.last.quantity), ("filled", amount), "{became:?}");
    let asked = orders::query(&client, Desk::Futures(product), symbol, &Target::Venue(life.last.order)).await.unwrap();
    assert_eq!(order(&asked).filled, Some(amount));
}

async fn order_of(client: &Client, product: FuturesProduct, algo: AlgoOrder) -> metaexpert_connect::report::OrderReport {
    order(&orders::place(client, &OrderRequest::Algo(product, algo), now()).await.unwrap())
}

#[tokio::test]
async fn usdm_conditional_orders_wait_end_and_trigger() {
    let stage = Stage::new().await;
    waits_and_ends(&stage, FuturesProduct::UsdM, "BTCUSDT", dec!(0.2)).await;
    assert_eq!(stage.client(Product::UsdM).budget().closed_for(), None);
    stage.assert_called(USDM_CALLS);
}

#[tokio::test]
async fn coinm_conditional_orders_wait_end_and_trigger() {
    let stage = Stage::new().await;
    waits_and_ends(&stage, FuturesProduct::CoinM, "BTCUSD_PERP", dec!(10)).await;
    stage.assert_called(COINM_CALLS);
}
