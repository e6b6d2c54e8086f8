//! The fields that answers have, against those that the documentation shows.

use serde_json::Value;

use super::{Floor, names, sorted};

const ORDER: &str = "/api/v3/order";
const PLACED: &str = "symbol orderId orderListId clientOrderId transactTime price origQty executedQty origQuoteOrderQty \
    cummulativeQuoteQty status timeInForce type side workingTime selfTradePreventionMode";
const CANCELLED: &str = "symbol origClientOrderId orderId orderListId clientOrderId transactTime price origQty executedQty \
    origQuoteOrderQty cummulativeQuoteQty status timeInForce type side selfTradePreventionMode";
const ASKED: &str = "symbol orderId orderListId clientOrderId price origQty executedQty cummulativeQuoteQty status timeInForce \
    type side stopPrice icebergQty time updateTime isWorking workingTime origQuoteOrderQty selfTradePreventionMode";
const LIST: &str =
    "orderListId contingencyType listStatusType listOrderStatus listClientOrderId transactionTime symbol orders orderReports";

#[track_caller]
fn check(value: &Value, fields: &str) {
    assert_eq!(names(value), sorted(fields), "{value}");
}

#[test]
fn an_order_is_shown_in_three_details() {
    let mut floor = Floor::new();
    let market = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&newOrderRespType=";
    check(&floor.post(ORDER, &format!("{market}ACK")), "symbol orderId orderListId clientOrderId transactTime");
    check(&floor.post(ORDER, &format!("{market}RESULT")), PLACED);
    let full = floor.post(ORDER, &format!("{market}FULL"));
    check(&full, &format!("{PLACED} fills"));
    check(&full["fills"][0], "price qty commission commissionAsset tradeId");
    let limit = floor.post(ORDER, "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.01&price=40000&timeInForce=GTC");
    check(&limit, &format!("{PLACED} fills"));
    let maker = floor.post(ORDER, "symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=0.01&price=40000");
    check(&maker, "symbol orderId orderListId clientOrderId transactTime");
}

#[test]
fn conditional_fields_come_with_what_they_are_of() {
    let mut floor = Floor::new();
    let params = "symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=0.01&stopPrice=45000&newOrderRespType=RESULT&strategyId=7";
    let stop = floor.post(ORDER, params);
    check(&stop, &format!("{PLACED} stopPrice strategyId"));
    assert_eq!(
        (&stop["status"], &stop["workingTime"], &stop["stopPrice"]),
        (&"NEW".into(), &(-1).into(), &"45000.00000000".into())
    );
    let params = "symbol=BTCUSDT&side=SELL&type=STOP_LOSS&quantity=0.01&trailingDelta=100&newOrderRespType=RESULT";
    check(&floor.post(ORDER, params), &format!("{PLACED} trailingDelta trailingTime"));
    let iceberg = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=40000&timeInForce=GTC&icebergQty=0.1";
    check(&floor.post(ORDER, iceberg), &format!("{PLACED} icebergQty fills"));
    let pegged = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.01&timeInForce=GTC&pegPriceType=PRIMARY_PEG";
    let pegged = floor.post(ORDER, pegged);
    check(&pegged, &format!("{PLACED} pegPriceType peggedPrice fills"));
    assert_eq!(pegged["price"], "0.00000000");
    let expired = floor.post(ORDER, "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.01&price=40000&timeInForce=IOC");
    check(&expired, &format!("{PLACED} expiryReason fills"));
    assert_eq!((&expired["status"], &expired["expiryReason"]), (&"EXPIRED".into(), &"UNFILLED_IOC_QUANTITY_EXPIRED".into()));
}

#[test]
fn an_order_that_is_asked_for_or_cancelled_has_its_own_fields() {
    let mut floor = Floor::new();
    floor.post(ORDER, "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.01&price=40000&timeInForce=GTC&newClientOrderId=mine");
    check(&floor.get(ORDER, "symbol=BTCUSDT&origClientOrderId=mine"), ASKED);
    check(&floor.get("/api/v3/openOrders", "symbol=BTCUSDT")[0], ASKED);
    check(&floor.get("/api/v3/allOrders", "symbol=BTCUSDT")[0], ASKED);
    let amended =
        floor.put("/api/v3/order/amend/keepPriority", "symbol=BTCUSDT&origClientOrderId=mine&newQty=0.005&newClientOrderId=less");
    check(&amended, "transactTime executionId amendedOrder");
    let fields = "symbol orderId orderListId origClientOrderId clientOrderId price qty executedQty preventedQty quoteOrderQty \
        cumulativeQuoteQty status timeInForce type side workingTime selfTradePreventionMode";
    check(&amended["amendedOrder"], fields);
    let id = &amended["amendedOrder"]["orderId"];
    let amendments = floor.get("/api/v3/order/amendments", &format!("symbol=BTCUSDT&orderId={id}"));
    check(&amendments[0], "symbol orderId executionId origClientOrderId newClientOrderId origQty newQty time");
    check(&floor.delete(ORDER, "symbol=BTCUSDT&origClientOrderId=less"), CANCELLED);
}

#[test]
fn lists_have_their_orders_reports() {
    let mut floor = Floor::new();
    let oco =
        "symbol=BTCUSDT&side=SELL&quantity=1&aboveType=LIMIT_MAKER&abovePrice=60000&belowType=STOP_LOSS&belowStopPrice=45000";
    let oco = floor.post("/api/v3/orderList/oco", oco);
    check(&oco, LIST);
    check(&oco["orders"][0], "symbol orderId clientOrderId");
    check(&oco["orderReports"][0], PLACED);
    check(&oco["orderReports"][1], &format!("{PLACED} stopPrice"));
    let id = &oco["orderListId"];
    let asked = "orderListId contingencyType listStatusType listOrderStatus listClientOrderId transactionTime symbol orders";
    check(&floor.get("/api/v3/orderList", &format!("orderListId={id}")), asked);
    check(&floor.get("/api/v3/openOrderList", "")[0], asked);
    check(&floor.get("/api/v3/allOrderList", "")[0], asked);
    let cancelled = floor.delete("/api/v3/orderList", &format!("symbol=BTCUSDT&orderListId={id}"));
    check(&cancelled, LIST);
    assert_eq!((&cancelled["listStatusType"], &cancelled["listOrderStatus"]), (&"ALL_DONE".into(), &"ALL_DONE".into()));
    check(&cancelled["orderReports"][0], CANCELLED);
}

#[test]
fn an_account_has_what_the_documentation_shows() {
    let mut floor = Floor::new();
    let account = floor.get("/api/v3/account", "");
    let fields = "makerCommission takerCommission buyerCommission sellerCommission commissionRates canTrade canWithdraw canDeposit \
        brokered requireSelfTradePrevention preventSor updateTime accountType balances permissions uid";
    check(&account, fields);
    check(&account["commissionRates"], "maker taker buyer seller");
    check(&account["balances"][0], "asset free locked");
    assert_eq!((&account["makerCommission"], &account["commissionRates"]["maker"]), (&10.into(), &"0.00100000".into()));
    let commission = floor.get("/api/v3/account/commission", "symbol=BTCUSDT");
    check(&commission, "symbol standardCommission specialCommission taxCommission discount");
    check(&commission["discount"], "enabledForAccount enabledForSymbol discountAsset discount");
    floor.post(ORDER, "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01");
    let trade = "symbol id orderId orderListId price qty quoteQty commission commissionAsset time isBuyer isMaker isBestMatch";
    check(&floor.get("/api/v3/myTrades", "symbol=BTCUSDT")[0], trade);
    check(&floor.get("/api/v3/myFilters", "symbol=BTCUSDT"), "exchangeFilters symbolFilters assetFilters");
    let test = floor.post("/api/v3/order/test", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&computeCommissionRates=true");
    check(&test, "standardCommissionForOrder specialCommissionForOrder taxCommissionForOrder discount");
}

#[test]
fn market_data_has_what_the_documentation_shows() {
    let mut floor = Floor::new();
    let of = |floor: &mut Floor, path: &str| floor.open(&format!("/api/v3/{path}"), "symbol=BTCUSDT");
    check(&of(&mut floor, "depth"), "lastUpdateId bids asks");
    check(&of(&mut floor, "trades")[0], "id price qty quoteQty time isBuyerMaker isBestMatch");
    check(&of(&mut floor, "aggTrades")[0], "a p q f l T m M");
    check(&of(&mut floor, "avgPrice"), "mins price closeTime");
    check(&of(&mut floor, "ticker/price"), "symbol price");
    check(&of(&mut floor, "ticker/bookTicker"), "symbol bidPrice bidQty askPrice askQty");
    let window = "symbol priceChange priceChangePercent weightedAvgPrice openPrice highPrice lowPrice lastPrice volume quoteVolume \
        openTime closeTime firstId lastId count";
    check(&of(&mut floor, "ticker"), window);
    check(&of(&mut floor, "ticker/tradingDay"), window);
    let day = format!("{window} prevClosePrice lastQty bidPrice bidQty askPrice askQty");
    check(&of(&mut floor, "ticker/24hr"), &day);
    let mini = floor.open("/api/v3/ticker/24hr", "symbol=BTCUSDT&type=MINI");
    check(&mini, "symbol openPrice highPrice lowPrice lastPrice volume quoteVolume openTime closeTime firstId lastId count");
    let bars = floor.open("/api/v3/klines", "symbol=BTCUSDT&interval=1m&limit=3");
    assert_eq!((bars.as_array().unwrap().len(), bars[0].as_array().unwrap().len()), (3, 12));
    assert_eq!(bars[0][6].as_i64().unwrap() - bars[0][0].as_i64().unwrap(), 59_999);
}

#[test]
fn the_exchange_lists_its_symbols_with_their_rules() {
    let mut floor = Floor::new();
    let info = floor.open("/api/v3/exchangeInfo", "");
    check(&info, "timezone serverTime rateLimits exchangeFilters symbols");
    check(&info["rateLimits"][0], "rateLimitType interval intervalNum limit");
    let fields = "symbol status baseAsset baseAssetPrecision quoteAsset quotePrecision quoteAssetPrecision baseCommissionPrecision \
        quoteCommissionPrecision orderTypes icebergAllowed ocoAllowed otoAllowed opoAllowed quoteOrderQtyMarketAllowed \
        allowTrailingStop cancelReplaceAllowed amendAllowed pegInstructionsAllowed isSpotTradingAllowed isMarginTradingAllowed \
        filters permissions permissionSets defaultSelfTradePreventionMode allowedSelfTradePreventionModes";
    check(&info["symbols"][0], fields);
    assert_eq!(info["symbols"].as_array().unwrap().len(), 2);
    let one = floor.open("/api/v3/exchangeInfo", "symbol=ETHUSDT");
    assert_eq!(one["symbols"][0]["symbol"], "ETHUSDT");
    let some = floor.open("/api/v3/exchangeInfo", "symbols=%5B%22BTCUSDT%22%5D");
    assert_eq!(some["symbols"].as_array().unwrap().len(), 1);
    assert_eq!(floor.open("/api/v3/exchangeInfo", "permissions=LEVERAGED")["symbols"].as_array().unwrap().len(), 0);
}
