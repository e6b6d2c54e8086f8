//! What orders do, as their owner sees it.

use http::{Method, StatusCode};
use rust_decimal::{Decimal, dec};

use super::{Floor, json, number};

const ORDER: &str = "/api/v3/order";
const LIMIT: &str = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.01&price=40000&timeInForce=GTC";

/// What is free and what is locked of a coin.
fn coin(floor: &mut Floor, coin: &str) -> (Decimal, Decimal) {
    let account = floor.get("/api/v3/account", "");
    let balances = account["balances"].as_array().unwrap();
    let balance = balances.iter().find(|balance| balance["asset"] == coin).unwrap();
    (number(&balance["free"]), number(&balance["locked"]))
}

#[test]
fn a_market_buy_costs_price_times_quantity_and_brings_coins_less_the_fee() {
    let mut floor = Floor::new();
    let answer = floor.post(ORDER, "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01");
    assert_eq!((&answer["status"], &answer["executedQty"]), (&"FILLED".into(), &"0.01000000".into()));
    let cost = number(&answer["cummulativeQuoteQty"]);
    let fills = answer["fills"].as_array().unwrap();
    let sum: Decimal = fills.iter().map(|fill| number(&fill["price"]) * number(&fill["qty"])).sum();
    assert_eq!(sum, cost);
    assert_eq!(coin(&mut floor, "USDT"), (dec!(1000000) - cost, dec!(0)));
    // Ten, and a hundredth less a thousandth of it.
    assert_eq!(coin(&mut floor, "BTC"), (dec!(10.00999), dec!(0)));
}

#[test]
fn an_order_by_value_spends_no_more_than_that() {
    let mut floor = Floor::new();
    let answer = floor.post(ORDER, "symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=100");
    let cost = number(&answer["cummulativeQuoteQty"]);
    assert!(cost <= dec!(100) && cost > dec!(99), "{cost}");
    assert_eq!((&answer["status"], &answer["origQuoteOrderQty"]), (&"FILLED".into(), &"100.00000000".into()));
}

#[test]
fn a_limit_rests_locks_its_money_and_frees_it_when_cancelled() {
    let mut floor = Floor::new();
    let placed = floor.post(ORDER, &format!("{LIMIT}&newClientOrderId=mine"));
    assert_eq!((&placed["status"], &placed["clientOrderId"]), (&"NEW".into(), &"mine".into()));
    assert_eq!(coin(&mut floor, "USDT"), (dec!(999600), dec!(400)));
    let cancelled = floor.delete(ORDER, "symbol=BTCUSDT&origClientOrderId=mine&newClientOrderId=away");
    assert_eq!((&cancelled["status"], &cancelled["origClientOrderId"]), (&"CANCELED".into(), &"mine".into()));
    assert_eq!(cancelled["clientOrderId"], "away");
    assert_eq!(coin(&mut floor, "USDT"), (dec!(1000000), dec!(0)));
    assert_eq!(floor.get(ORDER, "symbol=BTCUSDT&origClientOrderId=mine")["status"], "CANCELED");
}

#[test]
fn an_order_without_a_name_is_given_one() {
    let mut floor = Floor::new();
    let (first, second) = (floor.post(ORDER, LIMIT), floor.post(ORDER, LIMIT));
    assert_eq!(first["clientOrderId"].as_str().unwrap().len(), 22);
    assert_ne!(first["clientOrderId"], second["clientOrderId"]);
}

#[test]
fn a_tried_order_is_not_placed() {
    let mut floor = Floor::new();
    assert_eq!(floor.post("/api/v3/order/test", LIMIT), serde_json::json!({}));
    assert_eq!(floor.get("/api/v3/openOrders", ""), serde_json::json!([]));
    let too_much = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=100";
    assert_eq!(floor.refused(Method::POST, "/api/v3/order/test", too_much).0, -2010);
}

#[test]
fn a_replacement_tells_of_both_halves() {
    let mut floor = Floor::new();
    let path = "/api/v3/order/cancelReplace";
    floor.post(ORDER, &format!("{LIMIT}&newClientOrderId=first"));
    let both = floor
        .post(path, &format!("{LIMIT}&cancelReplaceMode=STOP_ON_FAILURE&cancelOrigClientOrderId=first&newClientOrderId=second"));
    assert_eq!((&both["cancelResult"], &both["newOrderResult"]), (&"SUCCESS".into(), &"SUCCESS".into()));
    assert_eq!(both["newOrderResponse"]["clientOrderId"], "second");

    let none =
        floor.signed(Method::POST, path, &format!("{LIMIT}&cancelReplaceMode=STOP_ON_FAILURE&cancelOrigClientOrderId=first"));
    let body = json(&none);
    assert_eq!((none.status, &body["code"]), (StatusCode::BAD_REQUEST, &(-2022).into()));
    assert_eq!((&body["data"]["cancelResult"], &body["data"]["newOrderResult"]), (&"FAILURE".into(), &"NOT_ATTEMPTED".into()));
    assert_eq!(body["data"]["cancelResponse"], serde_json::json!({ "code": -2011, "msg": "Unknown order sent." }));
    assert_eq!(body["data"]["newOrderResponse"], serde_json::Value::Null);

    let taker = "symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=0.01&price=60000";
    let half =
        floor.signed(Method::POST, path, &format!("{taker}&cancelReplaceMode=STOP_ON_FAILURE&cancelOrigClientOrderId=second"));
    let body = json(&half);
    assert_eq!((half.status, &body["code"]), (StatusCode::CONFLICT, &(-2021).into()));
    assert_eq!((&body["data"]["cancelResult"], &body["data"]["newOrderResult"]), (&"SUCCESS".into(), &"FAILURE".into()));
    assert_eq!(body["data"]["newOrderResponse"]["code"], -2010);

    let other =
        floor.signed(Method::POST, path, &format!("{LIMIT}&cancelReplaceMode=ALLOW_FAILURE&cancelOrigClientOrderId=none"));
    assert_eq!((other.status, &json(&other)["data"]["newOrderResult"]), (StatusCode::CONFLICT, &"SUCCESS".into()));
}

#[test]
fn everything_in_a_market_is_taken_back_at_once() {
    let mut floor = Floor::new();
    floor.post(ORDER, LIMIT);
    let oco = "symbol=BTCUSDT&side=SELL&quantity=1&price=60000&stopPrice=45000&stopLimitPrice=44900&stopLimitTimeInForce=GTC";
    let oco = floor.post("/api/v3/order/oco", oco);
    assert_eq!((&oco["contingencyType"], &oco["orderReports"][0]["type"]), (&"OCO".into(), &"STOP_LOSS_LIMIT".into()));
    let cancelled = floor.delete("/api/v3/openOrders", "symbol=BTCUSDT");
    assert_eq!((cancelled.as_array().unwrap().len(), &cancelled[0]["status"]), (2, &"CANCELED".into()));
    assert_eq!((&cancelled[1]["contingencyType"], cancelled[1]["orderReports"].as_array().unwrap().len()), (&"OCO".into(), 2));
    assert_eq!(floor.get("/api/v3/openOrders", ""), serde_json::json!([]));
}

#[test]
fn pending_orders_wait_for_the_working_one() {
    let mut floor = Floor::new();
    let oto = "symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=40000&workingQuantity=0.1&workingTimeInForce=GTC\
        &pendingType=MARKET&pendingSide=SELL&pendingQuantity=0.1";
    let oto = floor.post("/api/v3/orderList/oto", oto);
    let states: Vec<_> = oto["orderReports"].as_array().unwrap().iter().map(|order| order["status"].clone()).collect();
    assert_eq!(states, ["NEW", "PENDING_NEW"]);
    let working =
        "symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=40000&workingQuantity=0.1&workingTimeInForce=GTC";
    let pending = "pendingSide=SELL&pendingAboveType=LIMIT_MAKER&pendingAbovePrice=60000&pendingBelowType=STOP_LOSS&pendingBelowStopPrice=39000";
    let otoco = floor.post("/api/v3/orderList/otoco", &format!("{working}&{pending}&pendingQuantity=0.1"));
    assert_eq!((&otoco["contingencyType"], otoco["orders"].as_array().unwrap().len()), (&"OTO".into(), 3));
    floor.post("/api/v3/orderList/opoco", &format!("{working}&{pending}"));
    floor.post("/api/v3/orderList/opo", &format!("{working}&pendingType=MARKET&pendingSide=SELL"));
    let error = floor.refused(Method::POST, "/api/v3/orderList/opo", &format!("{working}&pendingType=MARKET&pendingSide=BUY"));
    assert_eq!(error.0, -1223);
}

#[test]
fn trades_are_found_by_order_number_and_time() {
    let mut floor = Floor::new();
    let first = floor.post(ORDER, "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01");
    let second = floor.post(ORDER, "symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.01");
    let of = |floor: &mut Floor, params: &str| floor.get("/api/v3/myTrades", &format!("symbol=BTCUSDT{params}"));
    let all = of(&mut floor, "");
    let all = all.as_array().unwrap();
    assert_eq!((&all[0]["isBuyer"], &all[all.len() - 1]["isBuyer"]), (&true.into(), &false.into()));
    let id = &second["orderId"];
    assert!(of(&mut floor, &format!("&orderId={id}")).as_array().unwrap().iter().all(|trade| trade["orderId"] == *id));
    let last = &second["fills"].as_array().unwrap().last().unwrap()["tradeId"];
    assert_eq!(of(&mut floor, &format!("&fromId={last}")).as_array().unwrap().len(), 1);
    assert_eq!(of(&mut floor, "&limit=1")[0]["id"], *last);
    let now = floor.now.as_nanos() / 1_000_000;
    assert_eq!(of(&mut floor, &format!("&startTime={}", now + 1)), serde_json::json!([]));
    assert_ne!(first["orderId"], second["orderId"]);
}

#[test]
fn times_are_in_microseconds_where_that_is_asked_for() {
    let mut floor = Floor::new();
    let time = floor.open("/api/v3/time", "");
    assert_eq!(time["serverTime"], floor.now.as_nanos() / 1_000_000);
    let mut headers = http::HeaderMap::new();
    headers.insert("x-mbx-time-unit", "MICROSECOND".parse().unwrap());
    let request = crate::protocol::Request {
        host: String::new(),
        method: Method::GET,
        path: "/api/v3/time".into(),
        query: String::new(),
        headers,
        body: bytes::Bytes::new(),
        peer: std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
    };
    let at = floor.at();
    let reply = crate::protocol::Protocol::call(&mut floor.binance, &mut floor.world, &request, at);
    assert_eq!(json(&reply)["serverTime"], floor.now.as_nanos() / 1_000);
}
