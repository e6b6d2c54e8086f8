//! Orders of options: placed, in batches, asked for, cancelled, and the positions that come of them.

use metaexpert_binance::{
    Product,
    account::{FillsOf, PositionsOf, fills_between, positions},
    market::{Which, exchange_info::exchange_info},
    orders::{self, Desk, OptionTimeInForce, OrderRequest, Page, Targets},
};
use metaexpert_connect::{Word, http::Client, report::OrderState};
use metaexpert_core::Side;
use rust_decimal::dec;

use crate::{
    draft::{by_name, by_number, name, option},
    stage::{MONDAY, Stage, deals, deals_of, now, order, orders},
};

pub(crate) const CALLS: &[&str] = &[
    "POST /eapi/v1/order",
    "POST /eapi/v1/batchOrders",
    "DELETE /eapi/v1/order",
    "DELETE /eapi/v1/batchOrders",
    "DELETE /eapi/v1/allOpenOrders",
    "DELETE /eapi/v1/allOpenOrdersByUnderlying",
    "GET /eapi/v1/order",
    "GET /eapi/v1/openOrders",
    "GET /eapi/v1/historyOrders",
    "GET /eapi/v1/exerciseRecord",
    "GET /eapi/v1/userTrades",
    "GET /eapi/v1/position",
];

/// A call that is listed.
pub(crate) async fn a_call(client: &Client) -> String {
    let info = exchange_info(client, Product::Options, Which::All).await.unwrap();
    info.listings.iter().find(|listing| listing.symbol.ends_with("-C")).unwrap().symbol.clone()
}

#[tokio::test]
async fn what_an_option_order_answers_is_what_its_trades_the_position_and_the_audit_say() {
    let stage = Stage::new().await;
    let client = stage.client(Product::Options);
    let symbol = a_call(&client).await;
    let (bid, ask) = stage.quote(Product::Options, &symbol).await;
    let now_or_never = OptionTimeInForce::ImmediateOrCancel;
    let place = async |order| {
        let request = OrderRequest::Option(order);
        crate::stage::order(&orders::place(&client, &request, now()).await.unwrap())
    };
    let bought = place(option("buy", &symbol, Side::Buy, dec!(0.1), ask, now_or_never)).await;
    assert_eq!((bought.state.clone(), bought.filled), (Word::Known(OrderState::Filled), Some(dec!(0.1))), "{bought:?}");
    let number = bought.venue_id.clone().unwrap();
    let asked = order(&orders::query(&client, Desk::Options, &symbol, &by_number(&number)).await.unwrap());
    assert_eq!((asked.state, asked.filled, asked.average_price), (bought.state, bought.filled, bought.average_price));
    let of = FillsOf { product: Product::Options, symbol: &symbol, isolated: false };
    let later = now().saturating_add_nanos(1_000_000_000);
    let fills = fills_between(&client, of, MONDAY..later).await.unwrap();
    assert_eq!(deals(&fills), deals_of(&stage.life(&number)));
    let held = positions(&client, Product::Options, PositionsOf::Symbol(&symbol)).await.unwrap();
    assert_eq!((held.len(), held[0].quantity), (1, dec!(0.1)), "{held:?}");

    let rests = OptionTimeInForce::GoodTillCancelled;
    let below = bid - dec!(50);
    let resting = place(option("rest", &symbol, Side::Buy, dec!(0.1), below, rests)).await;
    assert_eq!(resting.state, Word::Known(OrderState::New));
    assert_eq!(orders(&orders::open(&client, Desk::Options, Some(&symbol)).await.unwrap()).len(), 1);
    let gone = order(&orders::cancel(&client, Desk::Options, &symbol, &by_name("rest")).await.unwrap());
    assert_eq!((gone.venue_id, gone.state), (resting.venue_id, Word::Known(OrderState::Cancelled)));

    let batch: Vec<_> = ["one", "two"].iter().map(|id| option(id, &symbol, Side::Buy, dec!(0.1), below, rests)).collect();
    let placed = orders(&orders::place_batch_of_options(&client, &batch).await.unwrap());
    assert_eq!(placed.len(), 2);
    let ids = [name("one"), name("two")];
    let ended = orders::cancel_batch(&client, Desk::Options, &symbol, Targets::Client(&ids)).await.unwrap();
    assert_eq!(orders(&ended).len(), 2, "{ended:?}");
    place(option("three", &symbol, Side::Buy, dec!(0.1), below, rests)).await;
    orders::cancel_all(&client, Desk::Options, &symbol).await.unwrap();
    assert!(orders(&orders::open(&client, Desk::Options, None).await.unwrap()).is_empty());
    place(option("four", &symbol, Side::Buy, dec!(0.1), below, rests)).await;
    orders::cancel_all_of_underlying(&client, "BTCUSDT").await.unwrap();
    assert!(orders(&orders::open(&client, Desk::Options, None).await.unwrap()).is_empty());

    let history = orders::history(&client, Desk::Options, &symbol, Page::default()).await.unwrap();
    assert_eq!(orders(&history).len(), stage.lives().len());
    assert!(orders::exercises(&client, Some(&symbol), Page::default()).await.unwrap().is_empty());
    stage.assert_called(CALLS);
}
