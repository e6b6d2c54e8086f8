//! Orders: placed, changed, taken back, asked for; and what is refused with which code.

use rust_decimal::dec;

use super::floor::{Floor, names, number, words};

/// Fields of a taken order ("New Order"), without what an order came to since 2026-06-30.
const TAKEN: &str = "clientOrderId cumQty executedQty orderId origQty price reduceOnly side positionSide status stopPrice closePosition \
    symbol timeInForce type origType updateTime workingType priceProtect priceMatch selfTradePreventionMode goodTillDate";

/// Fields of an order that is asked for ("Query Order").
const ASKED: &str = "avgPrice clientOrderId cumQuote executedQty orderId origQty origType price reduceOnly side positionSide status stopPrice \
    closePosition symbol time timeInForce type updateTime workingType priceProtect priceMatch selfTradePreventionMode goodTillDate";

const BUY: &str = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=70000";

#[test]
fn a_taken_order_has_the_documented_fields_and_comes_back_when_it_is_asked_for() {
    let mut floor = Floor::still();
    let taken = floor.ask("POST /fapi/v1/order", &format!("{BUY}&newClientOrderId=mine"));
    assert_eq!(names(&taken), words(TAKEN));
    assert_eq!((&taken["status"], &taken["clientOrderId"]), (&"NEW".into(), &"mine".into()));
    assert_eq!((number(&taken["origQty"]), number(&taken["price"])), (dec!(0.01), dec!(70000)));
    let asked = floor.ask("GET /fapi/v1/order", "symbol=BTCUSDT&origClientOrderId=mine");
    assert_eq!(names(&asked), words(ASKED));
    assert_eq!(asked["orderId"], taken["orderId"]);
    assert_eq!(floor.ask("GET /fapi/v1/openOrders", "symbol=BTCUSDT"), serde_json::json!([asked]));
    assert_eq!(floor.ask("GET /fapi/v1/openOrder", &format!("symbol=BTCUSDT&orderId={}", taken["orderId"])), asked);
    let mut all = asked;
    all["pair"] = "BTCUSDT".into();
    all["cumBase"] = "0".into();
    assert_eq!(floor.ask("GET /fapi/v1/allOrders", "symbol=BTCUSDT"), serde_json::json!([all]));
}

#[test]
fn the_families_name_what_an_order_came_to_differently() {
    let mut floor = Floor::still();
    let linear = floor.ask("POST /fapi/v1/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&newOrderRespType=RESULT");
    assert_eq!(linear["status"], "FILLED");
    assert_eq!(number(&linear["cumQuote"]), number(&linear["avgPrice"]) * dec!(0.01));
    let inverse = floor.ask("POST /dapi/v1/order", "symbol=BTCUSD_PERP&side=BUY&type=MARKET&quantity=2&newOrderRespType=RESULT");
    assert_eq!((&inverse["status"], &inverse["pair"]), (&"FILLED".into(), &"BTCUSD".into()));
    assert_eq!((number(&inverse["cumBase"]) * number(&inverse["avgPrice"])).round_dp(2), dec!(200));
    assert!(linear.get("cumBase").is_none() && inverse.get("cumQuote").is_none());
}

#[test]
fn an_acknowledged_market_order_does_not_say_what_it_came_to() {
    let mut floor = Floor::still();
    let taken = floor.ask("POST /fapi/v1/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01");
    assert_eq!(names(&taken), words(TAKEN));
    assert_eq!((&taken["status"], number(&taken["executedQty"])), (&"NEW".into(), dec!(0)));
}

#[test]
fn each_wrong_parameter_has_its_own_code() {
    let mut floor = Floor::still();
    let with = |more: &str| {
        let kept = BUY.split('&').filter(|pair| !more.split('&').any(|new| new.split('=').next() == pair.split('=').next()));
        format!("{}&{more}", kept.collect::<Vec<_>>().join("&"))
    };
    for (more, code) in [
        ("symbol=NOSUCH", -1121),
        ("symbol=", -1102),
        ("side=UP", -1117),
        ("type=NONE", -1116),
        ("type=STOP_MARKET&stopPrice=75000", -4120),
        ("type=TRAILING_STOP_MARKET&callbackRate=1", -4120),
        ("timeInForce=", -1102),
        ("timeInForce=RPI", -1115),
        ("timeInForce=GTD", -1102),
        ("timeInForce=GTD&goodTillDate=1795161700000", -5040),
        ("goodTillDate=1795139900000", -1106),
        ("quantity=", -1102),
        ("quantity=0", -4003),
        ("quantity=1e2", -1100),
        ("price=", -1102),
        ("price=0", -4001),
        ("stopPrice=75000", -1106),
        ("positionSide=LONG", -4061),
        ("positionSide=SIDEWAYS", -4060),
        ("closePosition=true", -4136),
        ("newOrderRespType=FULL", -1136),
        ("newClientOrderId=a b", -4015),
        ("priceMatch=QUEUE", -1106),
        ("priceMatch=OPPONENT_10", -5037),
        ("selfTradePreventionMode=ALWAYS", -5039),
        ("stopLoss={'triggerPrice': 45000}", -1104),
        ("type=MARKET", -1106),
        ("reduceOnly=true", -2022),
        ("price=70000.05", -4014),
    ] {
        assert_eq!(floor.refused("POST /fapi/v1/order", &with(more)), code, "{more}");
    }
    assert_eq!(floor.ask("GET /fapi/v1/openOrders", ""), serde_json::json!([]), "a refused order stands");
}

#[test]
fn a_price_can_be_matched_with_the_book() {
    let mut floor = Floor::still();
    let best = number(&floor.ask("GET /fapi/v1/ticker/bookTicker", "symbol=BTCUSDT")["bidPrice"]);
    let queue = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&priceMatch=QUEUE";
    let taken = floor.ask("POST /fapi/v1/order", queue);
    assert_eq!((number(&taken["price"]), &taken["priceMatch"]), (best, &"QUEUE".into()));
}

#[test]
fn a_tested_order_is_not_taken_and_a_bad_one_is_refused() {
    let mut floor = Floor::still();
    let tested = floor.ask("POST /fapi/v1/order/test", BUY);
    assert_eq!(tested["status"], "NEW");
    assert_eq!(floor.ask("GET /fapi/v1/openOrders", "symbol=BTCUSDT"), serde_json::json!([]));
    assert_eq!(floor.refused("POST /fapi/v1/order/test", &BUY.replace("0.01", "99")), -2019);
}

#[test]
fn an_order_is_changed_with_price_and_quantity_and_keeps_its_number() {
    let mut floor = Floor::still();
    for (path, order, change) in [
        ("/fapi/v1/order", BUY, "symbol=BTCUSDT&side=BUY&quantity=0.02&price=70001"),
        (
            "/dapi/v1/order",
            "symbol=BTCUSD_PERP&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=70000",
            "symbol=BTCUSD_PERP&side=BUY&quantity=2&price=70001",
        ),
    ] {
        let taken = floor.ask(&format!("POST {path}"), order);
        let named = format!("orderId={}", taken["orderId"]);
        let changed = floor.ask(&format!("PUT {path}"), &format!("{change}&{named}"));
        assert_eq!(changed["orderId"], taken["orderId"]);
        assert_eq!(number(&changed["price"]), dec!(70001));
        assert_eq!(number(&changed["origQty"]), number(&taken["origQty"]) * dec!(2));
        let symbol = change.split('&').next().unwrap();
        let history = floor.ask(&format!("GET {path}Amendment"), &format!("{symbol}&{named}"));
        assert_eq!(names(&history[0]), words("amendmentId symbol pair orderId clientOrderId time amendment"));
        let what = &history[0]["amendment"];
        assert_eq!((number(&what["price"]["before"]), number(&what["price"]["after"])), (dec!(70000), dec!(70001)));
        assert_eq!((number(&what["origQty"]["after"]), &what["count"]), (number(&changed["origQty"]), &1.into()));
        let without_price = change.rsplit_once('&').unwrap().0;
        assert_eq!(floor.refused(&format!("PUT {path}"), &format!("{without_price}&{named}")), -1102);
        assert_eq!(floor.refused(&format!("PUT {path}"), &change.replace("BUY", "SELL").add(&named)), -1117);
        assert_eq!(floor.refused(&format!("PUT {path}"), &format!("{change}&orderId=77")), -2013);
    }
}

/// One more parameter.
trait Add {
    fn add(&self, more: &str) -> String;
}

impl Add for String {
    fn add(&self, more: &str) -> String {
        format!("{self}&{more}")
    }
}

#[test]
fn taking_back_what_is_not_there_and_asking_for_it_have_two_codes() {
    let mut floor = Floor::still();
    assert_eq!(floor.refused("DELETE /fapi/v1/order", "symbol=BTCUSDT&orderId=77"), -2011);
    assert_eq!(floor.refused("GET /fapi/v1/order", "symbol=BTCUSDT&orderId=77"), -2013);
    assert_eq!(floor.refused("GET /fapi/v1/order", "symbol=BTCUSDT"), -1102);
    let taken = floor.ask("POST /fapi/v1/order", BUY);
    let gone = floor.ask("DELETE /fapi/v1/order", &format!("symbol=BTCUSDT&orderId={}", taken["orderId"]));
    assert_eq!((&gone["status"], names(&gone)), (&"CANCELED".into(), words(TAKEN)));
    assert_eq!(floor.refused("GET /fapi/v1/openOrder", &format!("symbol=BTCUSDT&orderId={}", taken["orderId"])), -2013);
}

#[test]
fn members_of_a_batch_are_answered_one_by_one() {
    let mut floor = Floor::still();
    let one = r#"{"symbol":"BTCUSDT","side":"BUY","type":"LIMIT","quantity":"0.01","price":"70000","timeInForce":"GTC"}"#;
    let bad = r#"{"symbol":"BTCUSDT","side":"BUY","type":"STOP","quantity":"0.01"}"#;
    let answers = floor.ask("POST /fapi/v1/batchOrders", &format!("batchOrders=[{one},{bad},{one}]"));
    assert_eq!(
        (&answers[0]["status"], &answers[1]["code"], &answers[2]["status"]),
        (&"NEW".into(), &(-4120).into(), &"NEW".into())
    );
    assert_ne!(answers[0]["clientOrderId"], answers[2]["clientOrderId"]);
    let six = [one; 6].join(",");
    assert_eq!(floor.refused("POST /fapi/v1/batchOrders", &format!("batchOrders=[{six}]")), -4082);
    let both = format!("symbol=BTCUSDT&orderidlist=[{},77]", answers[0]["orderId"]);
    let gone = floor.ask("DELETE /fapi/v1/batchOrders", &both);
    assert_eq!((&gone[0]["status"], &gone[1]["code"]), (&"CANCELED".into(), &(-2011).into()));
    floor.ask("DELETE /fapi/v1/allOpenOrders", "symbol=BTCUSDT");
    assert_eq!(floor.ask("GET /fapi/v1/openOrders", "symbol=BTCUSDT"), serde_json::json!([]));
}

#[test]
fn a_countdown_takes_everything_back_unless_it_is_called_off() {
    let mut floor = Floor::still();
    floor.ask("POST /fapi/v1/order", BUY);
    let set = floor.ask("POST /fapi/v1/countdownCancelAll", "symbol=BTCUSDT&countdownTime=5000");
    assert_eq!(set, serde_json::json!({"symbol": "BTCUSDT", "countdownTime": "5000"}));
    floor.ask("POST /fapi/v1/countdownCancelAll", "symbol=BTCUSDT&countdownTime=0");
    floor.to(10);
    assert_eq!(floor.ask("GET /fapi/v1/openOrders", "symbol=BTCUSDT").as_array().unwrap().len(), 1);
    floor.ask("POST /fapi/v1/countdownCancelAll", "symbol=BTCUSDT&countdownTime=5000");
    floor.to(16);
    assert_eq!(floor.ask("GET /fapi/v1/openOrders", "symbol=BTCUSDT"), serde_json::json!([]));
}
