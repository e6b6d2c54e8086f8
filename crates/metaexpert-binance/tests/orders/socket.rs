//! The same calls over the WebSocket API: frames, replies, and what happens when the socket fails.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use metaexpert_binance::{
    Product,
    orders::{ws_api::*, *},
};
use metaexpert_connect::{
    Failure, Meaning, Report,
    http::testing::{RecordingServer, Reply},
    signing::Signer,
};
use metaexpert_core::Side;
use serde_json::{Value, json};

use super::{
    operations::{NOW, base, limit, spot},
    requests::{KEY, SECRET, client},
};

/// A socket that does one thing with every question, and remembers them.
struct Played {
    answer: fn(&'static str, &str) -> Result<Bytes, Failure>,
    asked: Mutex<Vec<String>>,
}

impl Played {
    fn new(answer: fn(&'static str, &str) -> Result<Bytes, Failure>) -> Self {
        Self { answer, asked: Mutex::default() }
    }
}

impl Socket for &Played {
    async fn call(&self, endpoint: &'static str, id: String, text: String) -> Result<Bytes, Failure> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(text);
        (self.answer)(endpoint, &id)
    }
}

fn order() -> OrderRequest {
    OrderRequest::Spot(spot(Side::Buy, base("0.01"), limit("50000", SpotTimeInForce::GoodTillCancelled)))
}

const ACK: &str = r#"{"symbol":"BTCUSDT","orderId":81,"orderListId":-1,"clientOrderId":"mx00000040000002000000h","transactTime":1780003000123}"#;

const CANCELLED: &str =
    r#"{"symbol":"BTCUSDT","orderId":81,"clientOrderId":"c","status":"CANCELED","type":"LIMIT","side":"BUY"}"#;

fn good(id: &str, result: &str) -> Bytes {
    let limits = r#"[{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":100,"count":42},
        {"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":6000,"count":321}]"#;
    format!(r#"{{"id":"{id}","status":200,"result":{result},"rateLimits":{limits}}}"#).into()
}

fn bad(id: &str, status: u16, code: i64, words: &str) -> Bytes {
    format!(r#"{{"id":"{id}","status":{status},"error":{{"code":{code},"msg":"{words}"}}}}"#).into()
}

/// Seven seconds from the time of the tests.
const PAUSE: &str =
    r#"{"id":"o0","status":429,"error":{"code":-1003,"msg":"Too many requests.","data":{"retryAfter":1700000007000}}}"#;

/// Places an order over a socket with a REST server behind it. What came of it, and how often each was asked.
async fn placed(answer: fn(&'static str, &str) -> Result<Bytes, Failure>) -> (Reports, usize, usize) {
    let server = RecordingServer::start(Vec::<Reply>::new()).await.unwrap();
    server.otherwise(Reply::ok(ACK));
    let socket = Played::new(answer);
    let via = SocketFirst::new(&socket, client(Product::Spot, server.base()), Duration::from_secs(5)).unwrap();
    let reports = place(&via, &order(), NOW).await;
    let asked = socket.asked.lock().unwrap().len();
    (reports, asked, server.recorded().len())
}

#[tokio::test]
async fn a_frame_is_signed_over_its_sorted_parameters() {
    let socket = Played::new(|_, id| Ok(good(id, ACK)));
    let via = SocketFirst::new(&socket, client(Product::Spot, "http://127.0.0.1:1".into()), Duration::from_secs(5)).unwrap();
    place(&via, &order(), NOW).await.unwrap();
    let frame: Value = serde_json::from_str(&socket.asked.lock().unwrap()[0]).unwrap();
    assert_eq!((&frame["id"], &frame["method"]), (&json!("o0"), &json!("order.place")));
    let payload = format!(
        "apiKey={KEY}&newClientOrderId=mx00000040000002000000h&newOrderRespType=FULL&price=50000&quantity=0.01&recvWindow=5000&side=BUY\
         &symbol=BTCUSDT&timeInForce=GTC&timestamp=1700000000000&type=LIMIT"
    );
    let signature = Signer::from_secret(SECRET).unwrap().sign(payload.as_bytes()).unwrap().hex();
    assert_eq!(frame["params"]["signature"], json!(signature));
    assert_eq!(frame["params"]["price"], json!("50000"));
}

#[tokio::test]
async fn a_good_answer_needs_no_rest() {
    let (reports, asked, rest) = placed(|_, id| Ok(good(id, ACK))).await;
    assert!(matches!(reports.unwrap()[..], [Report::Submitted(_)]));
    assert_eq!((asked, rest), (1, 0));
}

#[tokio::test]
async fn what_was_not_written_goes_by_rest() {
    let (reports, asked, rest) = placed(|endpoint, _| Err(Failure::NotSent { endpoint, why: "no connection".into() })).await;
    assert!(matches!(reports.unwrap()[..], [Report::Submitted(_)]));
    assert_eq!((asked, rest), (1, 1));
}

/// A socket that keeps every question for ten seconds and does not write it.
struct Idle;

impl Socket for Idle {
    async fn call(&self, endpoint: &'static str, _id: String, _text: String) -> Result<Bytes, Failure> {
        tokio::time::sleep(Duration::from_secs(10)).await;
        Err(Failure::NotSent { endpoint, why: "no connection".into() })
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_that_waited_for_the_socket_too_long_does_not_go_by_rest_and_a_cancel_does() {
    let rest = client(Product::Spot, RecordingServer::nobody().await.unwrap());
    let via = SocketFirst::new(Idle, rest, Duration::from_secs(5)).unwrap();
    let failure = place(&via, &order(), NOW).await.unwrap_err().to_string();
    assert!(failure.contains("too late"), "{failure}");
    let failure = cancel(&via, Desk::Spot, "BTCUSDT", &Target::Venue(81)).await.unwrap_err().to_string();
    assert!(failure.contains("not sent") && !failure.contains("too late"), "REST was tried: {failure}");
}

#[tokio::test]
async fn an_order_whose_answer_is_lost_is_never_sent_again() {
    let (reports, asked, rest) =
        placed(|endpoint, _| Err(Failure::Unknown { endpoint, why: "the connection was lost".into() })).await;
    assert!(matches!(reports, Err(Failure::Unknown { .. })), "{reports:?}");
    assert_eq!((asked, rest), (1, 0));
}

/// A socket that takes every question and answers none.
#[derive(Default)]
struct Hanging(std::sync::atomic::AtomicUsize);

impl Socket for &Hanging {
    async fn call(&self, endpoint: &'static str, _id: String, _text: String) -> Result<Bytes, Failure> {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        tokio::time::sleep(Duration::from_secs(10)).await;
        Err(Failure::Unknown { endpoint, why: "no answer within 10s".into() })
    }
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_hangs_takes_one_order_and_no_more_for_a_minute() {
    let rest = client(Product::Spot, RecordingServer::nobody().await.unwrap());
    let socket = Hanging::default();
    let via = SocketFirst::new(&socket, rest, Duration::from_secs(5)).unwrap();
    let asked = || socket.0.load(std::sync::atomic::Ordering::Relaxed);
    let failure = place(&via, &order(), NOW).await.unwrap_err();
    assert!(failure.may_have_happened(), "{failure}");
    let failure = place(&via, &order(), NOW).await.unwrap_err();
    assert_eq!((failure.may_have_happened(), asked()), (false, 1), "REST was not tried: {failure}");
    tokio::time::advance(Duration::from_mins(1)).await;
    let failure = place(&via, &order(), NOW).await.unwrap_err();
    assert_eq!((failure.may_have_happened(), asked()), (true, 2), "{failure}");
}

#[tokio::test]
async fn an_answer_that_is_none_is_an_unknown_fate_and_no_second_order() {
    let (reports, asked, rest) = placed(|_, _| Ok(Bytes::from_static(b"{\"status\":200}"))).await;
    assert!(reports.unwrap_err().may_have_happened());
    assert_eq!((asked, rest), (1, 0));
}

#[tokio::test]
async fn a_cancel_whose_answer_is_lost_is_sent_again_by_rest() {
    let server = RecordingServer::start(Vec::<Reply>::new()).await.unwrap();
    server.otherwise(Reply::of(400, r#"{"code":-2011,"msg":"Unknown order sent."}"#));
    let socket = Played::new(|endpoint, _| Err(Failure::Unknown { endpoint, why: "the connection was lost".into() }));
    let via = SocketFirst::new(&socket, client(Product::Spot, server.base()), Duration::from_secs(5)).unwrap();
    let failure = cancel(&via, Desk::Spot, "BTCUSDT", &Target::Venue(81)).await.unwrap_err();
    assert!(failure.may_have_happened(), "the first copy may have cancelled it: {failure}");
    assert_eq!(server.recorded().len(), 1);
    let failure = query(&via, Desk::Spot, "BTCUSDT", &Target::Venue(81)).await.unwrap_err();
    assert_eq!(failure.meaning(), Some(Meaning::UnknownOrder), "a question does nothing");
}

#[tokio::test]
async fn too_many_orders_hold_back_orders_and_no_cancel() {
    let socket = Played::new(|_, id| match id {
        "o0" => Ok(bad(id, 429, -1015, "Too many new orders; current limit is 100 orders per 10 SECOND.")),
        _ => Ok(good(id, CANCELLED)),
    });
    let rest = client(Product::Spot, "http://127.0.0.1:1".into());
    let via = SocketFirst::new(&socket, rest.clone(), Duration::from_secs(5)).unwrap();
    let failure = place(&via, &order(), NOW).await.unwrap_err();
    assert_eq!(failure.meaning(), Some(Meaning::TooManyOrders));
    assert!(!failure.may_have_happened());
    let spent = rest.budget().spent(NOW);
    let orders: Vec<_> = spent.iter().filter(|spent| spent.limit.pool.0 == "orders").map(|spent| spent.spent).collect();
    assert_eq!((orders[0], rest.budget().closed_for()), (100, None));
    cancel(&via, Desk::Spot, "BTCUSDT", &Target::Venue(81)).await.unwrap();
}

#[tokio::test]
async fn a_product_without_such_a_method_goes_by_rest() {
    let server = RecordingServer::start(Vec::<Reply>::new()).await.unwrap();
    server.otherwise(Reply::ok("[]"));
    let socket = Played::new(|_, id| Ok(good(id, "[]")));
    let via = SocketFirst::new(&socket, client(Product::Options, server.base()), Duration::from_secs(5)).unwrap();
    assert_eq!(open(&via, Desk::Options, None).await.unwrap(), []);
    assert_eq!((socket.asked.lock().unwrap().len(), server.recorded().len()), (0, 1));
}

#[tokio::test]
async fn refusals_are_told_as_what_they_are() {
    let (reports, ..) = placed(|_, id| Ok(bad(id, 400, -2010, "Account has insufficient balance for requested action."))).await;
    let failure = reports.unwrap_err();
    assert_eq!(failure.meaning(), Some(Meaning::Rejected(metaexpert_core::Rejection::Funds)));
    assert!(!failure.may_have_happened());

    let (reports, ..) = placed(|_, id| Ok(bad(id, 429, -1003, "Too many requests."))).await;
    assert!(matches!(reports, Err(Failure::RateLimited { is_banned: false, retry_after: Some(_), .. })), "{reports:?}");
    let (reports, ..) = placed(|_, _| Ok(Bytes::from_static(PAUSE.as_bytes()))).await;
    assert!(
        matches!(reports, Err(Failure::RateLimited { retry_after: Some(wait), .. }) if wait == Duration::from_secs(7)),
        "{reports:?}"
    );
    let (reports, ..) = placed(|_, id| Ok(bad(id, 418, -1003, "Way too many requests."))).await;
    assert!(matches!(reports, Err(Failure::RateLimited { is_banned: true, retry_after: Some(_), .. })), "{reports:?}");
    let (reports, _, rest) = placed(|_, id| Ok(bad(id, 503, -1007, "Timeout waiting for response from backend server."))).await;
    assert!(reports.unwrap_err().may_have_happened());
    assert_eq!(rest, 0);
}

#[tokio::test]
async fn an_order_that_was_refused_for_its_time_alone_is_sent_once_more() {
    let (reports, asked, rest) =
        placed(|_, id| Ok(bad(id, 400, -1021, "Timestamp for this request is outside of the recvWindow."))).await;
    assert!(reports.is_ok(), "{reports:?}");
    assert_eq!((asked, rest), (1, 1));
}

#[tokio::test]
async fn what_the_socket_spends_is_taken_from_the_same_budget() {
    let socket = Played::new(|_, id| Ok(good(id, ACK)));
    let rest = client(Product::Spot, "http://127.0.0.1:1".into());
    let via = SocketFirst::new(&socket, rest.clone(), Duration::from_secs(5)).unwrap();
    place(&via, &order(), NOW).await.unwrap();
    let spent: Vec<(&str, u64, u32)> =
        rest.budget().spent(NOW).iter().map(|spent| (spent.limit.pool.0, spent.limit.window.as_secs(), spent.spent)).collect();
    assert!(spent.contains(&("orders", 10, 42)) && spent.contains(&("weight", 60, 321)), "{spent:?}");
}

#[test]
fn a_half_done_replacement_is_told_half_by_half() {
    let data = r#"{"cancelResult":"SUCCESS","newOrderResult":"FAILURE","cancelResponse":{"symbol":"BTCUSDT","orderId":81,"clientOrderId":"c",
        "status":"CANCELED","type":"LIMIT","side":"BUY"},"newOrderResponse":{"code":-2010,"msg":"Order would immediately match and take."}}"#;
    let frame = |status: u16, code: i64| {
        format!(r#"{{"id":"1","status":{status},"error":{{"code":{code},"msg":"Order cancel-replace failed.","data":{data}}}}}"#)
    };
    let reports = read(Product::Spot, &endpoints::spot::REPLACE, frame(409, -2021).as_bytes()).unwrap();
    assert!(matches!(reports[..], [Report::Order(_), Report::Service(_)]), "{reports:?}");
    let refused = read(Product::Spot, &endpoints::spot::REPLACE, frame(400, -2022).as_bytes());
    assert!(matches!(refused, Err(Failure::Refused { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_half_done_replacement_is_told_half_by_half_by_rest_too() {
    let body = include_str!("../../testdata/orders/spot_replace_only_cancelled.json");
    let server = RecordingServer::start([Reply::of(409, body)]).await.unwrap();
    let order = spot(Side::Buy, base("0.01"), limit("50100", SpotTimeInForce::GoodTillCancelled));
    let replacement = Replacement { target: Target::Venue(1), order, when_cancel_fails: WhenCancelFails::Place };
    let reports = replace_spot(&client(Product::Spot, server.base()), &replacement).await.unwrap();
    assert!(matches!(reports[..], [Report::Order(_), Report::Service(_)]), "{reports:?}");
    assert!(server.recorded()[0].body.contains("cancelReplaceMode=ALLOW_FAILURE"));
}

#[tokio::test]
async fn a_whole_history_is_read_page_after_page() {
    let page = |from: u64, count: u64| {
        let orders: Vec<String> = (from..from + count)
            .map(|id| {
                format!(
                    r#"{{"symbol":"BTCUSDT","orderId":{id},"clientOrderId":"a","status":"FILLED","type":"MARKET","side":"BUY"}}"#
                )
            })
            .collect();
        Reply::ok(format!("[{}]", orders.join(",")))
    };
    let server = RecordingServer::start([page(5, 1_000), page(1_005, 1_000), page(2_005, 3)]).await.unwrap();
    let orders = whole_history(&client(Product::Spot, server.base()), Desk::Spot, "BTCUSDT", 5).await.unwrap();
    assert_eq!(orders.len(), 2_003);
    let asked: Vec<bool> = server
        .recorded()
        .iter()
        .zip(["orderId=5&", "orderId=1005&", "orderId=2005&"])
        .map(|(recorded, from)| recorded.query().contains(from) && recorded.query().contains("limit=1000"))
        .collect();
    assert_eq!(asked, [true; 3]);
}

#[tokio::test]
async fn a_history_of_coin_margined_orders_goes_on_after_a_hundred() {
    let order = |id: u64| {
        format!(
            r#"{{"symbol":"BTCUSD_PERP","orderId":{id},"clientOrderId":"a","status":"FILLED","type":"MARKET","side":"BUY","time":1,"updateTime":1}}"#
        )
    };
    let page = |from: u64, count: u64| Reply::ok(format!("[{}]", (from..from + count).map(order).collect::<Vec<_>>().join(",")));
    let server = RecordingServer::start([page(5, 100), page(105, 2)]).await.unwrap();
    let desk = Desk::Futures(FuturesProduct::CoinM);
    let orders = whole_history(&client(Product::CoinM, server.base()), desk, "BTCUSD_PERP", 5).await.unwrap();
    assert_eq!((orders.len(), server.recorded().len()), (102, 2));
    assert!(server.recorded()[0].query().contains("limit=100&"), "{}", server.recorded()[0].query());
}

#[tokio::test]
async fn an_exchange_that_repeats_itself_does_not_keep_us() {
    let order = r#"{"symbol":"BTCUSDT","orderId":4,"clientOrderId":"a","status":"FILLED","type":"MARKET","side":"BUY"}"#;
    let server = RecordingServer::start(Vec::<Reply>::new()).await.unwrap();
    server.otherwise(Reply::ok(format!("[{}]", vec![order; 1_000].join(","))));
    let orders = whole_history(&client(Product::Spot, server.base()), Desk::Spot, "BTCUSDT", 5).await.unwrap();
    assert_eq!((orders.len(), server.recorded().len()), (1_000, 1));
}
