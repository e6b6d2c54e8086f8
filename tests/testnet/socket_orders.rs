//! Orders over the WebSocket API: the socket is asked first, answers as REST does, and nothing is sent twice.

use metaexpert_binance::{
    Product,
    orders::{
        self, AlgoKind, AlgoSize, Desk, FuturesAmendment, FuturesKind, FuturesPrice, FuturesProduct, FuturesTimeInForce,
        ListRequest, OrderRequest, Page, Replacement, SpotKind, Via, WhenCancelFails, ws_api::SocketFirst,
    },
    user::UserStream,
};
use metaexpert_connect::{
    Word,
    http::RECV_WINDOW,
    report::OrderState,
    ws::{Caller, Session, SessionEvent, Settings, Topic},
};
use metaexpert_core::Side;
use rust_decimal::dec;

use crate::{
    draft::{NET, algo, by_name, by_number, future, future_limit, limit, list, name, price, quantity, spot},
    heard::network,
    spot_lists::{around, lives_and_ends, oco, pending, pending_oco},
    stage::{Stage, down, fills, now, order, orders},
};

pub(crate) const SPOT_METHODS: &[&str] = &[
    "order.place",
    "order.test",
    "order.cancel",
    "order.cancelReplace",
    "order.amend.keepPriority",
    "openOrders.cancelAll",
    "order.status",
    "openOrders.status",
    "allOrders",
    "order.amendments",
    "orderList.place.oco",
    "orderList.place.oto",
    "orderList.place.otoco",
    "orderList.place.opo",
    "orderList.place.opoco",
    "orderList.cancel",
    "orderList.status",
    "openOrderLists.status",
    "allOrderLists",
];
pub(crate) const USDM_METHODS: &[&str] =
    &["order.place", "order.modify", "order.cancel", "order.status", "algoOrder.place", "algoOrder.cancel"];
pub(crate) const COINM_METHODS: &[&str] = &["order.place", "order.modify", "order.cancel", "order.status"];

const BTC: &str = "BTCUSDT";

/// A socket with REST behind it, and the session that keeps it.
pub(crate) async fn socket(stage: &Stage, product: Product) -> (SocketFirst<Caller>, Session) {
    let client = stage.client(product);
    client.sync_clock().await.unwrap();
    let host = stage.hosts(product).api.unwrap();
    let dialect = UserStream::api(host, stage.credentials.clone(), now);
    // Spot's socket tells of the account too; those of futures carry questions alone.
    let topics: Vec<Topic> = if product == Product::Spot { vec![metaexpert_binance::user::ACCOUNT.into()] } else { Vec::new() };
    let (session, mut events) = Session::start("orders", dialect, topics, None, Settings::usual(), &network());
    loop {
        match events.recv().await.expect("the session goes on") {
            SessionEvent::Connected { .. } => break,
            SessionEvent::LoginRefused { why } | SessionEvent::NotConnected { why, .. } => panic!("{why}"),
            _ => {}
        }
    }
    // Whoever asks has to listen: answers come over the same socket.
    tokio::spawn(async move { while events.recv().await.is_some() {} });
    (SocketFirst::new(session.caller(), client, RECV_WINDOW).unwrap(), session)
}

/// All of these were asked over the socket, and none of the orders went by REST.
fn assert_asked(stage: &Stage, methods: &[&str]) {
    stage.testnet.handle().with(|exchange| {
        let frames: Vec<String> = exchange.audit().frames().map(|frame| frame.text.clone()).collect();
        for method in methods {
            assert!(frames.iter().any(|frame| frame.contains(&format!("\"{method}\""))), "{method} was never asked");
        }
        let rest: Vec<_> = exchange.audit().requests().filter(|seen| seen.request.account.is_some()).collect();
        assert!(rest.is_empty(), "REST was asked: {rest:#?}");
    });
}

#[tokio::test]
async fn spot_orders_go_over_the_socket_and_are_answered_as_by_rest() {
    let stage = Stage::new().await;
    let (via, session) = socket(&stage, Product::Spot).await;
    let around = around(&stage).await;
    let place = async |order| orders::place(&via, &OrderRequest::Spot(order), now()).await.unwrap();
    let bought = place(spot("buy", Side::Buy, dec!(0.1), SpotKind::Market)).await;
    let number = order(&bought).venue_id.unwrap();
    assert_eq!(crate::stage::deals(&fills(&bought)), crate::stage::deals_of(&stage.life(&number)));
    let rests = limit(around.below);
    orders::test(&via, &OrderRequest::Spot(spot("test", Side::Buy, dec!(0.1), rests)), now()).await.unwrap();
    let first = order(&place(spot("first", Side::Buy, dec!(0.1), rests)).await);
    let target = by_number(first.venue_id.as_deref().unwrap());
    let smaller = orders::amend_spot(&via, BTC, &target, quantity(dec!(0.05)), Some(&name("second"))).await.unwrap();
    assert_eq!(order(&smaller).quantity, Some(dec!(0.05)));
    assert_eq!(orders::amendments(&via, Desk::Spot, BTC, &target).await.unwrap().len(), 1);
    let new = spot("third", Side::Buy, dec!(0.04), rests);
    let replacement = Replacement { target: by_name("second"), order: new.clone(), when_cancel_fails: WhenCancelFails::Stop };
    assert_eq!(orders(&orders::replace_spot(&via, &replacement).await.unwrap()).len(), 2);
    let failing = Replacement {
        target: by_name("nobody"),
        order: orders::SpotOrder { client_id: Some(name("fourth")), ..new },
        when_cancel_fails: WhenCancelFails::Place,
    };
    let half = orders(&orders::replace_spot(&via, &failing).await.unwrap());
    assert_eq!(half.last().unwrap().client_id.as_deref(), Some("fourth"), "half of it was done");
    let asked = order(&orders::query(&via, Desk::Spot, BTC, &by_name("third")).await.unwrap());
    assert_eq!(asked.quantity, Some(dec!(0.04)));
    assert_eq!(orders(&orders::open(&via, Desk::Spot, Some(BTC)).await.unwrap()).len(), 2);
    orders::cancel(&via, Desk::Spot, BTC, &by_name("fourth")).await.unwrap();
    assert_eq!(orders(&orders::cancel_all(&via, Desk::Spot, BTC).await.unwrap()).len(), 1);
    let history = orders::history(&via, Desk::Spot, BTC, Page::default()).await.unwrap();
    assert_eq!(orders(&history).len(), stage.lives().len());

    let amount = Some(dec!(0.02));
    for (request, id, parts) in [
        (ListRequest::Oco(list("oco", oco(&around))), "oco", &["profit", "stop"][..]),
        (ListRequest::Pending(list("oto", pending(&around, amount))), "oto", &["pending", "working"]),
        (ListRequest::Pending(list("opo", pending(&around, None))), "opo", &["pending", "working"]),
        (ListRequest::PendingOco(list("otoco", pending_oco(&around, amount))), "otoco", &["profit", "stop", "working"]),
        (ListRequest::PendingOco(list("opoco", pending_oco(&around, None))), "opoco", &["profit", "stop", "working"]),
    ] {
        lives_and_ends(&stage, &via, Desk::Spot, &request, id, parts).await;
    }
    assert_asked(&stage, SPOT_METHODS);
    session.stop().await;
}

async fn trades_and_changes(stage: &Stage, via: &impl Via, product: FuturesProduct, symbol: &str, amount: rust_decimal::Decimal) {
    let desk = Desk::Futures(product);
    let buy = future("buy", symbol, Side::Buy, NET, amount, FuturesKind::Market);
    let bought = order(&orders::place(via, &OrderRequest::Futures(product, buy), now()).await.unwrap());
    assert_eq!(bought.state, Word::Known(OrderState::Filled));
    assert_eq!(stage.life(bought.venue_id.as_deref().unwrap()).executed(), amount);
    let (bid, _) = stage.quote(product.product(), symbol).await;
    let below = down(bid * dec!(0.95), dec!(0.1));
    let kind = future_limit(below, FuturesTimeInForce::GoodTillCancelled);
    let rest = OrderRequest::Futures(product, future("rest", symbol, Side::Buy, NET, amount, kind));
    let placed = order(&orders::place(via, &rest, now()).await.unwrap());
    let lower = down(bid * dec!(0.94), dec!(0.1));
    let amendment = FuturesAmendment {
        symbol: symbol.into(),
        target: by_name("rest"),
        side: Side::Buy,
        quantity: quantity(amount),
        price: FuturesPrice::At(price(lower)),
    };
    let amended = order(&orders::amend_future(via, product, &amendment).await.unwrap());
    assert_eq!((amended.venue_id, amended.price), (placed.venue_id.clone(), Some(lower)));
    let asked = order(&orders::query(via, desk, symbol, &by_name("rest")).await.unwrap());
    assert_eq!(asked.price, Some(lower));
    let gone = order(&orders::cancel(via, desk, symbol, &by_name("rest")).await.unwrap());
    assert_eq!((gone.venue_id, gone.state), (placed.venue_id, Word::Known(OrderState::Cancelled)));
}

#[tokio::test]
async fn usdm_orders_go_over_the_socket() {
    let stage = Stage::new().await;
    let (via, session) = socket(&stage, Product::UsdM).await;
    trades_and_changes(&stage, &via, FuturesProduct::UsdM, BTC, dec!(0.1)).await;
    let (bid, _) = stage.quote(Product::UsdM, BTC).await;
    let stop = AlgoKind::StopMarket { trigger: price(down(bid * dec!(0.9), dec!(0.1))) };
    let stop = algo("stop", BTC, Side::Sell, NET, AlgoSize::Quantity(quantity(dec!(0.1))), stop);
    let placed = order(&orders::place(&via, &OrderRequest::Algo(FuturesProduct::UsdM, stop), now()).await.unwrap());
    assert_eq!(placed.client_id.as_deref(), Some("stop"));
    orders::cancel_algo(&via, FuturesProduct::UsdM, &by_name("stop")).await.unwrap();
    assert_asked(&stage, USDM_METHODS);
    session.stop().await;
}

#[tokio::test]
async fn coinm_orders_go_over_the_socket() {
    let stage = Stage::new().await;
    let (via, session) = socket(&stage, Product::CoinM).await;
    trades_and_changes(&stage, &via, FuturesProduct::CoinM, "BTCUSD_PERP", dec!(5)).await;
    assert_asked(&stage, COINM_METHODS);
    session.stop().await;
}
