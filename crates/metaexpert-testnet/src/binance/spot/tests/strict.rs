//! What is refused, with which code and text.

use http::{Method, StatusCode};

use super::{Floor, KEY, error};
use crate::protocol::SocketId;

const ORDER: &str = "/api/v3/order";
const LIMIT: &str = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.01&price=40000&timeInForce=GTC";

#[test]
fn an_order_is_refused_in_the_exchanges_words() {
    let mut floor = Floor::new();
    for (params, code, text) in [
        ("side=BUY&type=MARKET&quantity=1", -1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."),
        ("symbol=NONE&side=BUY&type=MARKET&quantity=1", -1121, "Invalid symbol."),
        ("symbol=BTCUSDT&side=LONG&type=MARKET&quantity=1", -1117, "Invalid side."),
        ("symbol=BTCUSDT&side=BUY&type=STOP&quantity=1", -1116, "Invalid orderType."),
        ("symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=1&timeInForce=GTX", -1115, "Invalid timeInForce."),
        (
            "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&timeInForce=GTC",
            -1102,
            "Mandatory parameter 'price' was not sent, was empty/null, or malformed.",
        ),
        (
            "symbol=BTCUSDT&side=BUY&type=MARKET",
            -1102,
            "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!",
        ),
        ("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&quoteOrderQty=1", -1128, "Combination of optional parameters invalid."),
        ("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&price=1", -1106, "Parameter 'price' sent when not required."),
        (
            "symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=1&price=1&timeInForce=GTC",
            -1106,
            "Parameter 'timeInForce' sent when not required.",
        ),
        (
            "symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=1",
            -1102,
            "Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!",
        ),
        ("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0", -1013, "Invalid quantity."),
        ("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.000001", -1013, "Filter failure: LOT_SIZE"),
        ("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=100", -2010, "Account has insufficient balance for requested action."),
        (
            "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.01&price=40000.001&timeInForce=GTC",
            -1013,
            "Filter failure: PRICE_FILTER",
        ),
        (
            "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.01&price=9000&timeInForce=GTC",
            -1013,
            "Filter failure: PERCENT_PRICE_BY_SIDE",
        ),
        ("symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.0001&price=40000&timeInForce=GTC", -1013, "Filter failure: NOTIONAL"),
        ("symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=0.01&price=60000", -2010, "Order would immediately match and take."),
        ("symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=0.01&stopPrice=60000", -2010, "Order would trigger immediately."),
        ("symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&strategyType=5", -1134, "`strategyType` was less than 1000000."),
    ] {
        assert_eq!(floor.refused(Method::POST, ORDER, params), (code, text.to_owned()), "{params}");
    }
}

#[test]
fn what_no_part_of_an_order_reads_is_refused_before_anything_is_done() {
    let mut floor = Floor::new();
    let params = format!("{LIMIT}&stopLoss=%7B%27triggerPrice%27%3A%2045000%7D");
    let (code, text) = floor.refused(Method::POST, ORDER, &params);
    assert_eq!(code, -1104);
    assert_eq!(text, "Not all sent parameters were read; read '8' parameter(s) but was sent '9'.");
    assert_eq!(floor.get("/api/v3/openOrders", "").as_array().unwrap().len(), 0);
}

#[test]
fn a_reading_call_takes_no_stray_parameters_either() {
    let mut floor = Floor::new();
    let stray = floor.send(Method::GET, "/api/v3/depth", "symbol=BTCUSDT&foo=1", "", None);
    assert_eq!(error(&stray).0, -1104);
    let ping = floor.send(Method::GET, "/api/v3/ping", "foo=1", "", None);
    assert_eq!(error(&ping), (-1101, "Too many parameters; expected '0' and received '1'.".into()));
    let empty = floor.send(Method::GET, "/api/v3/depth", "symbol=", "", None);
    assert_eq!(error(&empty), (-1105, "Parameter 'symbol' was empty.".into()));
    let twice = floor.send(Method::GET, "/api/v3/depth", "symbol=BTCUSDT&symbol=BTCUSDT", "", None);
    assert_eq!(error(&twice), (-1101, "Duplicate values for a parameter detected.".into()));
    let interval = floor.send(Method::GET, "/api/v3/klines", "symbol=BTCUSDT&interval=7m", "", None);
    assert_eq!(error(&interval), (-1120, "Invalid interval.".into()));
}

#[test]
fn the_door_asks_for_key_time_and_signature_in_that_order() {
    let mut floor = Floor::new();
    let millis = floor.now.as_nanos() / 1_000_000;
    for (query, key, code) in [
        ("", None, -2014),
        ("", Some("stranger"), -2015),
        ("signature=00", Some(KEY), -1102),
        ("timestamp=1&signature=00", Some(KEY), -1021),
    ] {
        assert_eq!(error(&floor.send(Method::GET, "/api/v3/account", query, "", key)).0, code, "{query} {key:?}");
    }
    let unsigned = floor.send(Method::GET, "/api/v3/account", &format!("timestamp={millis}"), "", Some(KEY));
    assert_eq!(error(&unsigned).0, -1102);
    let forged = floor.send(Method::GET, "/api/v3/account", &format!("timestamp={millis}&signature=00"), "", Some(KEY));
    assert_eq!(error(&forged), (-1022, "Signature for this request is not valid.".into()));
    assert_eq!(forged.account, None);
}

#[test]
fn a_path_that_there_is_not_is_not_found() {
    let mut floor = Floor::new();
    let reply = floor.send(Method::GET, "/api/v3/nothing", "", "", None);
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert_eq!(error(&reply), (-5000, "Path /api/v3/nothing, Method GET is invalid".into()));
    let wrong_verb = floor.send(Method::PUT, "/api/v3/order", "", "", None);
    assert_eq!(error(&wrong_verb), (-5000, "Path /api/v3/order, Method PUT is invalid".into()));
    let sapi = floor.send(Method::GET, "/sapi/v1/nothing", "", "", None);
    assert_eq!((sapi.status, &super::json(&sapi)["path"]), (StatusCode::NOT_FOUND, &"/sapi/v1/nothing".into()));
    assert_eq!(floor.send(Method::GET, "/fapi/v1/time", "", "", None).status, StatusCode::NOT_FOUND);
}

#[test]
fn answers_say_what_was_used_and_placing_weighs_nothing() {
    let mut floor = Floor::new();
    let header =
        |reply: &crate::protocol::Reply, name: &str| reply.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let info = floor.send(Method::GET, "/api/v3/exchangeInfo", "", "", None);
    assert_eq!(header(&info, "x-mbx-used-weight-1m").as_deref(), Some("20"));
    let placed = floor.signed(Method::POST, ORDER, LIMIT);
    assert_eq!(header(&placed, "x-mbx-used-weight-1m").as_deref(), Some("20"));
    assert_eq!(header(&placed, "x-mbx-order-count-10s").as_deref(), Some("1"));
    let refused = floor.signed(Method::POST, ORDER, "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=100");
    assert_eq!(header(&refused, "x-mbx-used-weight-1m").as_deref(), Some("21"));
    let counts = floor.get("/api/v3/rateLimit/order", "");
    assert_eq!((&counts[0]["count"], &counts[0]["intervalNum"]), (&1.into(), &10.into()));
}

#[test]
fn a_minutes_weight_can_be_used_up() {
    let mut floor = Floor::new();
    for _ in 0..300 {
        floor.open("/api/v3/exchangeInfo", "");
    }
    let reply = floor.send(Method::GET, "/api/v3/time", "", "", None);
    assert_eq!((reply.status, error(&reply).0), (StatusCode::TOO_MANY_REQUESTS, -1003));
    assert_eq!(reply.headers.get("retry-after").unwrap(), "59");
}

#[test]
fn a_hundred_orders_may_be_placed_in_ten_seconds() {
    let mut floor = Floor::new();
    for _ in 0..100 {
        floor.post(ORDER, "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001");
    }
    let (code, text) = floor.refused(Method::POST, ORDER, LIMIT);
    assert_eq!((code, text.as_str()), (-1015, "Too many new orders; current limit is 100 orders per 10 SECOND."));
}

#[test]
fn cancelling_and_asking_for_what_is_not_there_have_codes_of_their_own() {
    let mut floor = Floor::new();
    for (method, path, params, code, text) in [
        (Method::DELETE, ORDER, "symbol=BTCUSDT&orderId=1", -2011, "Unknown order sent."),
        (Method::GET, ORDER, "symbol=BTCUSDT&orderId=1", -2013, "Order does not exist."),
        (Method::DELETE, "/api/v3/openOrders", "symbol=BTCUSDT", -2011, "Unknown order sent."),
        (Method::GET, "/api/v3/orderList", "orderListId=1", -2018, "Order list does not exist."),
        (
            Method::GET,
            ORDER,
            "symbol=BTCUSDT",
            -1102,
            "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
        ),
        (Method::GET, "/api/v3/referencePrice", "symbol=BTCUSDT", -2043, "This symbol doesn't have a reference price."),
    ] {
        assert_eq!(floor.refused(method.clone(), path, params), (code, text.to_owned()), "{method} {path} {params}");
    }
    floor.post(ORDER, &format!("{LIMIT}&newClientOrderId=mine"));
    let (code, _) =
        floor.refused(Method::DELETE, ORDER, "symbol=BTCUSDT&origClientOrderId=mine&cancelRestrictions=ONLY_PARTIALLY_FILLED");
    assert_eq!(code, -2011);
    assert_eq!(floor.refused(Method::DELETE, ORDER, "symbol=BTCUSDT&origClientOrderId=mine&cancelRestrictions=X").0, -1145);
    assert_eq!(
        floor.refused(Method::POST, ORDER, &format!("{LIMIT}&newClientOrderId=mine")),
        (-2010, "Duplicate order sent.".into())
    );
}

#[test]
fn a_failure_that_was_asked_for_looks_like_a_real_one() {
    use crate::protocol::{Failure, Protocol, Request};
    let floor = Floor::new();
    let request = Request {
        host: String::new(),
        method: Method::POST,
        path: "/fapi/v1/order".into(),
        query: String::new(),
        headers: http::HeaderMap::new(),
        body: bytes::Bytes::new(),
        peer: std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
    };
    let timeout = floor.binance.fail(&request, Failure::Timeout, floor.at());
    assert_eq!((timeout.status, error(&timeout).0), (StatusCode::REQUEST_TIMEOUT, -1007));
    let limited = floor.binance.fail(&request, Failure::TooManyRequests(9), floor.at());
    assert_eq!(
        (limited.status, limited.headers.get("retry-after").unwrap()),
        (StatusCode::TOO_MANY_REQUESTS, &"9".parse().unwrap())
    );
    let on_socket = |text: &str| floor.binance.fail_on_socket(SocketId(1), text, Failure::UnexpectedAnswer, floor.at());
    let text = "An unexpected response was received from the message bus. Execution status unknown.";
    let answer = format!(r#"{{"id":"1","status":500,"error":{{"code":-1006,"msg":"{text}"}}}}"#);
    assert_eq!(on_socket(r#"{"id":"1","method":"order.place","params":{}}"#), Some(answer));
    let answer = format!(r#"{{"code":-1006,"msg":"{text}","id":7}}"#);
    assert_eq!(on_socket(r#"{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":7}"#), Some(answer));
    assert_eq!(on_socket("hello"), None);
    let now = floor.at().clock.as_nanos() / 1_000_000;
    let limited =
        floor.binance.fail_on_socket(SocketId(1), r#"{"id":2,"method":"ping"}"#, Failure::TooManyRequests(9), floor.at());
    let data = format!(r#""data":{{"serverTime":{now},"retryAfter":{}}}"#, now + 9_000);
    assert!(limited.as_ref().is_some_and(|answer| answer.contains(&data)), "{limited:?}");
}
