//! Orders over the socket of a session: what becomes of one when its connection goes.

use std::time::Duration;

use metaexpert_binance::{
    Product,
    orders::{ws_api::SocketFirst, *},
    user::UserStream,
};
use metaexpert_connect::{
    Failure, Report,
    http::testing::{RecordingServer, Reply},
    ws::{
        Caller, Events, Session, SessionEvent, Settings,
        testing::{self, Exchange, Peer},
    },
};
use metaexpert_core::Side;
use serde_json::{Value, json};

use super::{
    operations::{NOW, base, limit, spot},
    requests::client,
};

const ACK: &str = r#"{"symbol":"BTCUSDT","orderId":93,"orderListId":-1,"clientOrderId":"mx00000040000002000000h","transactTime":1780003000456}"#;

/// A session that is connected, the exchange behind it, and orders by its socket with a REST server behind them.
struct Play {
    session: Session,
    events: Events,
    exchange: Exchange,
    peer: Peer,
    via: SocketFirst<Caller>,
    rest: RecordingServer,
}

async fn play() -> Play {
    let rest = RecordingServer::start(Vec::<Reply>::new()).await.unwrap();
    rest.otherwise(Reply::ok(ACK));
    let client = client(Product::Spot, rest.base());
    let (network, mut exchange) = testing::exchange(11);
    let api = UserStream::api("ws://exchange.example/ws-api/v3".into(), client.credentials().unwrap().clone(), || NOW);
    let (session, mut events) = Session::start("orders", api, Vec::new(), None, Settings::usual(), &network);
    let via = SocketFirst::new(session.caller(), client, Duration::from_secs(5)).unwrap();
    let peer = exchange.accept().await.unwrap();
    assert_eq!(events.recv().await, Some(SessionEvent::Connected { epoch: 1 }));
    assert_eq!(events.recv().await, Some(SessionEvent::Subscribed));
    Play { session, events, exchange, peer, via, rest }
}

async fn placed(via: &SocketFirst<Caller>) -> Reports {
    let order = spot(Side::Buy, base("0.02"), limit("50500", SpotTimeInForce::GoodTillCancelled));
    place(via, &OrderRequest::Spot(order), NOW).await
}

/// The number of the order that a connection is asked for next.
async fn asked(peer: &mut Peer) -> String {
    let frame: Value = serde_json::from_str(&peer.text().await.unwrap()).unwrap();
    assert_eq!((&frame["method"], &frame["params"]["price"]), (&json!("order.place"), &json!("50500")));
    frame["id"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn an_order_is_placed_over_the_socket_of_a_session() {
    let Play { session, mut peer, via, rest, .. } = play().await;
    let exchange = async {
        let id = asked(&mut peer).await;
        peer.send(format!(r#"{{"id":"{id}","status":200,"result":{ACK},"rateLimits":[]}}"#)).await
    };
    let (reports, is_sent) = tokio::join!(placed(&via), exchange);
    assert!(matches!(reports.unwrap()[..], [Report::Submitted(_)]) && is_sent);
    assert_eq!(rest.recorded().len(), 0);
    session.stop().await;
}

#[tokio::test(start_paused = true)]
async fn an_order_whose_connection_dies_before_the_answer_has_an_unknown_fate_and_was_sent_once() {
    let Play { session, mut events, mut exchange, mut peer, via, rest } = play().await;
    let dies = async move {
        asked(&mut peer).await;
    };
    let (reports, ()) = tokio::join!(placed(&via), dies);
    let failure = reports.unwrap_err();
    assert!(matches!(failure, Failure::Unknown { .. }), "{failure}");
    assert!(matches!(events.recv().await, Some(SessionEvent::Lost { .. })));
    // Neither the next connection nor REST hears of it.
    let mut peer = exchange.accept().await.unwrap();
    assert_eq!(events.recv().await, Some(SessionEvent::Connected { epoch: 2 }));
    let (heard, ()) = tokio::join!(peer.text(), session.stop());
    assert_eq!(heard, None);
    assert_eq!(rest.recorded().len(), 0);
}

#[tokio::test]
async fn an_order_goes_by_rest_where_the_connection_was_closed_before_it_was_written() {
    let Play { session, mut events, exchange, peer, via, rest } = play().await;
    exchange.set_down(true);
    peer.close(1001, "maintenance").await;
    assert!(matches!(events.recv().await, Some(SessionEvent::Lost { .. })));
    let reports = placed(&via).await;
    assert!(matches!(reports.unwrap()[..], [Report::Submitted(_)]));
    assert_eq!(rest.recorded().len(), 1);
    // A session that is over has no connection, either.
    session.stop().await;
    let reports = placed(&via).await;
    assert!(matches!(reports.unwrap()[..], [Report::Submitted(_)]));
    assert_eq!(rest.recorded().len(), 2);
}
