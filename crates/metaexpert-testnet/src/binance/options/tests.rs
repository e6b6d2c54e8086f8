//! Options over their table, against the documentation's fields.

use rust_decimal::dec;

use super::ROUTES;
use crate::{
    binance::{
        door::{Params, Product, Security, Verb},
        futures::tests::floor::{Floor, names, number, words},
    },
    listing::Class,
};

/// Fields of "New Order" and of the queries.
const ORDER: &str = "orderId symbol price quantity executedQty side type timeInForce reduceOnly postOnly createTime updateTime status avgPrice \
    source clientOrderId priceScale quantityScale optionSide quoteAsset mmp selfTradePreventionMode";

fn call(floor: &Floor) -> String {
    floor.dated(Class::Options, "BTC-")
}

#[test]
fn every_call_that_clients_make_has_a_row() {
    let calls = "GET exchangeInfo,GET ticker,GET depth,GET klines,GET trades,GET mark,POST order,DELETE order,DELETE allOpenOrders,GET order,\
        GET openOrders,GET userTrades,POST listenKey,PUT listenKey,GET position,GET marginAccount,GET time,GET index,GET openInterest";
    for call in calls.split(',') {
        let (verb, path) = call.trim().split_once(' ').unwrap();
        let verb = [("GET", Verb::Get), ("POST", Verb::Post), ("PUT", Verb::Put), ("DELETE", Verb::Delete)]
            .into_iter()
            .find_map(|(name, known)| (name == verb).then_some(known))
            .unwrap();
        assert!(ROUTES.iter().any(|route| route.method == verb && route.path == format!("/eapi/v1/{path}")), "{call}");
    }
}

#[test]
fn rows_are_of_options_and_what_changes_something_is_signed() {
    for route in ROUTES {
        assert_eq!(route.product, Product::Options);
        assert!(route.path.starts_with("/eapi/v1/"), "{}", route.path);
        let is_open = route.security == Security::Open;
        assert!(!is_open || route.method == Verb::Get, "{}", route.path);
        let places = route.method == Verb::Post && ["/order", "/batchOrders"].iter().any(|end| route.path.ends_with(end));
        assert_eq!((route.orders)(&Params::default()), u32::from(places), "{}", route.path);
    }
}

#[test]
fn the_chain_is_listed_with_the_documented_fields() {
    let mut floor = Floor::still();
    let info = floor.ask("GET /eapi/v1/exchangeInfo", "");
    assert_eq!(names(&info), words("timezone serverTime optionContracts optionAssets optionSymbols rateLimits"));
    assert_eq!(names(&info["optionContracts"][0]), words("baseAsset quoteAsset underlying settleAsset"));
    assert_eq!(
        names(&info["optionSymbols"][0]),
        words(
            "expiryDate filters symbol side strikePrice underlying unit liquidationFeeRate minQty maxQty initialMargin maintenanceMargin \
             minInitialMargin minMaintenanceMargin priceScale quantityScale quoteAsset contractType underlyingType nakedSell status"
        )
    );
}

#[test]
fn markets_of_options_publish_the_documented_fields() {
    let mut floor = Floor::still();
    let symbol = call(&floor);
    let with = format!("symbol={symbol}");
    assert_eq!(names(&floor.ask("GET /eapi/v1/depth", &format!("{with}&limit=10"))), words("bids asks T lastUpdateId"));
    assert_eq!(
        names(&floor.ask("GET /eapi/v1/mark", &with)[0]),
        words("symbol markPrice bidIV askIV markIV delta theta gamma vega highPriceLimit lowPriceLimit riskFreeInterest")
    );
    assert_eq!(
        names(&floor.ask("GET /eapi/v1/ticker", &with)[0]),
        words(
            "symbol priceChange priceChangePercent lastPrice lastQty open high low volume amount bidPrice askPrice openTime closeTime \
             firstTradeId tradeCount strikePrice exercisePrice"
        )
    );
    assert!(number(&floor.ask("GET /eapi/v1/index", "underlying=BTCUSDT")["indexPrice"]) > dec!(0));
    assert_eq!(floor.refused("GET /eapi/v1/index", "underlying=NOSUCH"), -1128);
    let expiry = symbol.split('-').nth(1).unwrap().to_owned();
    let open = floor.ask("GET /eapi/v1/openInterest", &format!("underlyingAsset=BTC&expiration={expiry}"));
    assert_eq!(names(&open[0]), words("symbol sumOpenInterest sumOpenInterestUsd timestamp"));
    assert_eq!(floor.ask("GET /eapi/v1/exerciseHistory", "underlying=BTCUSDT"), serde_json::json!([]));
    assert!(floor.ask("GET /eapi/v1/klines", &format!("{with}&interval=1m")).is_array());
    assert_eq!(floor.refused("GET /eapi/v1/depth", "symbol=BTCUSDT"), -1121);
}

#[test]
fn an_option_is_bought_with_a_limit_and_shown_as_a_position() {
    let mut floor = Floor::still();
    let symbol = call(&floor);
    let ask = number(&floor.ask("GET /eapi/v1/ticker", &format!("symbol={symbol}"))[0]["askPrice"]);
    let order = format!("symbol={symbol}&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price={ask}&newOrderRespType=RESULT");
    let bought = floor.ask("POST /eapi/v1/order", &order);
    assert_eq!((names(&bought), &bought["status"]), (words(ORDER), &"FILLED".into()));
    let held = floor.ask("GET /eapi/v1/position", "");
    assert_eq!(
        names(&held[0]),
        words(
            "entryPrice symbol side quantity markValue unrealizedPNL markPrice strikePrice expiryDate priceScale quantityScale optionSide \
             quoteAsset time bidQuantity askQuantity"
        )
    );
    assert_eq!((&held[0]["side"], number(&held[0]["quantity"])), (&"LONG".into(), dec!(0.01)));
    let trades = floor.ask("GET /eapi/v1/userTrades", &format!("symbol={symbol}"));
    assert_eq!(
        names(&trades[0]),
        words(
            "id tradeId orderId symbol price quantity fee realizedProfit side type liquidity time priceScale quantityScale optionSide quoteAsset"
        )
    );
    assert!(number(&trades[0]["fee"]) < dec!(0));
    let account = floor.ask("GET /eapi/v1/marginAccount", "");
    assert_eq!(
        names(&account["asset"][0]),
        words("asset marginBalance equity available initialMargin maintMargin unrealizedPNL adjustedEquity")
    );
    assert_eq!(names(&account["greek"][0]), words("underlying delta gamma theta vega"));
    let bill = floor.ask("GET /eapi/v1/bill", "currency=USDT");
    assert_eq!(names(&bill[0]), words("id asset amount symbol type createDate"));
    assert_eq!(floor.refused("GET /eapi/v1/bill", "currency=DOGE"), -1129);
    let rates = floor.ask("GET /eapi/v1/commission", "");
    assert_eq!(names(&rates["commissions"][0]), words("underlying makerFee takerFee"));
}

#[test]
fn orders_of_options_are_limits_and_are_taken_back_one_by_one_or_by_underlying() {
    let mut floor = Floor::still();
    let symbol = call(&floor);
    let order = format!("symbol={symbol}&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=5");
    assert_eq!(floor.refused("POST /eapi/v1/order", &order.replace("LIMIT", "MARKET")), -1116);
    let taken = floor.ask("POST /eapi/v1/order", &format!("{order}&clientOrderId=mine&postOnly=true"));
    assert_eq!((&taken["status"], &taken["postOnly"]), (&"NEW".into(), &true.into()));
    assert_eq!(floor.ask("GET /eapi/v1/order", &format!("symbol={symbol}&clientOrderId=mine"))["orderId"], taken["orderId"]);
    assert_eq!(floor.ask("GET /eapi/v1/openOrders", "").as_array().map(Vec::len), Some(1));
    let gone = floor.ask("DELETE /eapi/v1/order", &format!("symbol={symbol}&orderId={}", taken["orderId"]));
    assert_eq!((&gone["status"], &gone["createDate"]), (&"CANCELED".into(), &taken["createTime"]));
    assert_eq!(floor.refused("DELETE /eapi/v1/order", &format!("symbol={symbol}&orderId=77")), -2013);
    let one = format!(r#"{{"symbol":"{symbol}","side":"BUY","type":"LIMIT","quantity":"0.01","price":"5"}}"#);
    let both = floor.ask("POST /eapi/v1/batchOrders", &format!("orders=[{one},{}]", one.replace("BUY", "HOLD")));
    assert_eq!((&both[0]["status"], &both[1]["code"]), (&"NEW".into(), &(-1117).into()));
    assert_eq!(floor.ask("DELETE /eapi/v1/allOpenOrdersByUnderlying", "underlying=BTCUSDT")["code"], 0);
    assert_eq!(floor.ask("GET /eapi/v1/openOrders", ""), serde_json::json!([]));
    assert_eq!(floor.ask("GET /eapi/v1/historyOrders", &format!("symbol={symbol}")).as_array().map(Vec::len), Some(2));
    assert_eq!(floor.refused("POST /eapi/v1/countdownCancelAll", "underlying=BTCUSDT&countdownTime=100"), -6009);
}
