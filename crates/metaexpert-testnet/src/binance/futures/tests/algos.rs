//! Conditional orders: their own numbers and names, what becomes of them, what is refused.

use rust_decimal::dec;

use super::floor::{Floor, names, number, words};
use crate::market::Script;

/// Fields of "New Algo Order".
const TAKEN: &str = "algoId clientAlgoId algoType orderType symbol side positionSide timeInForce quantity algoStatus triggerPrice price \
    icebergQuantity selfTradePreventionMode workingType priceMatch closePosition priceProtect reduceOnly activatePrice callbackRate \
    createTime updateTime triggerTime goodTillDate";

const STOP: &str =
    "algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&type=STOP_MARKET&quantity=0.01&triggerPrice=79000&clientAlgoId=stop";

#[test]
fn a_conditional_order_waits_under_a_name_of_its_own_and_is_no_order() {
    let mut floor = Floor::still();
    let taken = floor.ask("POST /fapi/v1/algoOrder", STOP);
    assert_eq!(names(&taken), words(TAKEN));
    assert_eq!((&taken["algoStatus"], &taken["clientAlgoId"]), (&"NEW".into(), &"stop".into()));
    assert_eq!(floor.ask("GET /fapi/v1/openOrders", "symbol=BTCUSDT"), serde_json::json!([]));
    let open = floor.ask("GET /fapi/v1/openAlgoOrders", "symbol=BTCUSDT");
    assert_eq!((open.as_array().unwrap().len(), &open[0]["algoId"]), (1, &taken["algoId"]));
    assert_eq!(open[0]["actualOrderId"], "");
    let gone = floor.ask("DELETE /fapi/v1/algoOrder", &format!("algoId={}", taken["algoId"]));
    assert_eq!((&gone["code"], &gone["msg"]), (&"200".into(), &"success".into()));
    assert_eq!(floor.ask("GET /fapi/v1/algoOrder", "clientAlgoId=stop")["algoStatus"], "CANCELED");
    assert_eq!(floor.refused("DELETE /fapi/v1/algoOrder", "clientAlgoId=stop"), -2011);
    assert_eq!(floor.refused("GET /fapi/v1/algoOrder", "algoId=777"), -2013);
}

#[test]
fn its_price_makes_an_order_of_it() {
    let mut floor = Floor::of(Script::still(dec!(80000)).then(5_000_000_000, dec!(78000)));
    floor.ask("POST /fapi/v1/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01");
    floor.ask("POST /fapi/v1/algoOrder", STOP);
    floor.to(20);
    let algo = floor.ask("GET /fapi/v1/algoOrder", "clientAlgoId=stop");
    assert_eq!(algo["algoStatus"], "FINISHED");
    let id = algo["actualOrderId"].as_str().unwrap().to_owned();
    let order = floor.ask("GET /fapi/v1/order", &format!("symbol=BTCUSDT&orderId={id}"));
    assert_eq!((&order["status"], &order["type"]), (&"FILLED".into(), &"MARKET".into()));
    assert_eq!(number(&algo["actualPrice"]), number(&order["avgPrice"]));
}

#[test]
fn coin_m_has_the_same_service() {
    let mut floor = Floor::still();
    let stop = "algoType=CONDITIONAL&symbol=BTCUSD_PERP&side=SELL&type=TRAILING_STOP_MARKET&quantity=1&callbackRate=1&activatePrice=81000";
    let taken = floor.ask("POST /dapi/v1/algoOrder", stop);
    assert_eq!((&taken["callbackRate"], number(&taken["activatePrice"])), (&"1".into(), dec!(81000)));
    floor.ask("DELETE /dapi/v1/algoOpenOrders", "symbol=BTCUSD_PERP");
    assert_eq!(floor.ask("GET /dapi/v1/openAlgoOrders", "symbol=BTCUSD_PERP"), serde_json::json!([]));
}

#[test]
fn each_wrong_parameter_of_a_condition_has_its_own_code() {
    let mut floor = Floor::still();
    let with = |more: &str| {
        let kept = STOP.split('&').filter(|pair| !more.split('&').any(|new| new.split('=').next() == pair.split('=').next()));
        format!("{}&{more}", kept.collect::<Vec<_>>().join("&"))
    };
    for (more, code) in [
        ("algoType=VP", -1130),
        ("type=LIMIT", -1116),
        ("triggerPrice=", -1102),
        ("triggerPrice=0", -4006),
        ("triggerPrice=81000", -2021),
        ("type=STOP", -1102),
        ("price=70000", -1106),
        ("workingType=INDEX", -4031),
        ("callbackRate=1", -1106),
        ("closePosition=true", -4137),
        ("type=TRAILING_STOP_MARKET&triggerPrice=&callbackRate=11", -2007),
        ("positionSide=SHORT", -4061),
    ] {
        assert_eq!(floor.refused("POST /fapi/v1/algoOrder", &with(more)), code, "{more}");
    }
}
