//! Loans, isolated pairs, transfers.

use http::Method;
use rust_decimal::dec;

use super::{Floor, names, number, sorted};

#[test]
fn a_loan_is_taken_shown_and_paid_back() {
    let mut floor = Floor::new();
    let borrowed = floor.post("/sapi/v1/margin/borrow-repay", "asset=USDT&isIsolated=FALSE&symbol=&amount=1000&type=BORROW");
    assert_eq!(names(&borrowed), ["tranId"]);
    let account = floor.get("/sapi/v1/margin/account", "");
    let fields = "created borrowEnabled marginLevel collateralMarginLevel totalAssetOfBtc totalLiabilityOfBtc totalNetAssetOfBtc \
        TotalCollateralValueInUSDT totalOpenOrderLossInUSDT tradeEnabled transferInEnabled transferOutEnabled accountType userAssets";
    assert_eq!(names(&account), sorted(fields));
    let assets = account["userAssets"].as_array().unwrap();
    let dollars = assets.iter().find(|asset| asset["asset"] == "USDT").unwrap();
    assert_eq!(names(dollars), sorted("asset borrowed free interest locked netAsset"));
    assert_eq!(number(&dollars["borrowed"]), dec!(1000));
    assert!(number(&dollars["free"]) > dec!(30000));
    let records = floor.get("/sapi/v1/margin/borrow-repay", "type=BORROW");
    assert_eq!((&records["total"], &records["rows"][0]["txId"]), (&1.into(), &borrowed["tranId"]));
    assert_eq!(names(&records["rows"][0]), sorted("type amount asset interest principal status timestamp txId"));
    let interest = floor.get("/sapi/v1/margin/interestHistory", "");
    let row = "txId interestAccuredTime asset rawAsset principal interest interestRate type";
    assert_eq!(names(&interest["rows"][0]), sorted(row));
    assert_eq!(interest["rows"][0]["type"], "ON_BORROW");
    floor.post("/sapi/v1/margin/borrow-repay", "asset=USDT&isIsolated=FALSE&symbol=&amount=500&type=REPAY");
    let flow = floor.get("/sapi/v1/margin/capital-flow", "type=BORROW");
    assert_eq!(names(&flow[0]), sorted("id tranId timestamp asset type amount"));
    let error = floor.refused(
        Method::POST,
        "/sapi/v1/margin/borrow-repay",
        "asset=USDT&isIsolated=FALSE&symbol=&amount=100000000&type=BORROW",
    );
    assert_eq!(error, (-3006, "Your borrow amount has exceed maximum borrow amount.".into()));
    assert_eq!(floor.refused(Method::POST, "/sapi/v1/margin/borrow-repay", "asset=XYZ&amount=1&type=BORROW").0, -3027);
}

#[test]
fn an_order_of_margin_says_what_it_borrowed_and_which_wallet_it_is_of() {
    let mut floor = Floor::new();
    let params = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&sideEffectType=MARGIN_BUY&newOrderRespType=FULL";
    let bought = floor.post("/sapi/v1/margin/order", params);
    let fields = "symbol orderId clientOrderId transactTime price origQty executedQty cummulativeQuoteQty status timeInForce type side \
        marginBuyBorrowAmount marginBuyBorrowAsset isIsolated selfTradePreventionMode fills";
    assert_eq!(names(&bought), sorted(fields));
    assert_eq!((&bought["marginBuyBorrowAsset"], &bought["isIsolated"]), (&"USDT".into(), &false.into()));
    assert!(bought["marginBuyBorrowAmount"].is_number(), "{bought}");
    let trade = floor.get("/sapi/v1/margin/myTrades", "symbol=BTCUSDT");
    assert_eq!(
        names(&trade[0]),
        sorted("commission commissionAsset id isBestMatch isBuyer isMaker orderId price qty symbol isIsolated time")
    );
    let limit = "symbol=BTCUSDT&side=SELL&type=LIMIT&quantity=0.1&price=60000&timeInForce=GTC&newClientOrderId=mine";
    floor.post("/sapi/v1/margin/order", limit);
    let open = floor.get("/sapi/v1/margin/openOrders", "");
    let fields = "clientOrderId cummulativeQuoteQty executedQty icebergQty isWorking orderId origQty price side status stopPrice symbol \
        isIsolated time timeInForce type selfTradePreventionMode updateTime";
    assert_eq!(names(&open[0]), sorted(fields));
    let cancelled = floor.delete("/sapi/v1/margin/order", "symbol=BTCUSDT&origClientOrderId=mine");
    assert_eq!((&cancelled["status"], &cancelled["isIsolated"]), (&"CANCELED".into(), &false.into()));
    assert_eq!(cancelled["orderId"], open[0]["orderId"].to_string());
    assert_eq!(floor.get("/api/v3/openOrders", ""), serde_json::json!([]));
}

#[test]
fn an_isolated_pair_is_opened_funded_and_closed() {
    let mut floor = Floor::new();
    let order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&isIsolated=true";
    assert_eq!(floor.refused(Method::POST, "/sapi/v1/margin/order", order), (-3003, "Margin account does not exist.".into()));
    let opened = floor.post("/sapi/v1/margin/isolated/account", "symbol=BTCUSDT");
    assert_eq!(opened, serde_json::json!({ "success": true, "symbol": "BTCUSDT" }));
    let moved = floor.post("/sapi/v1/asset/transfer", "type=MAIN_ISOLATED_MARGIN&asset=USDT&amount=1000&toSymbol=BTCUSDT");
    let history = floor.get("/sapi/v1/asset/transfer", "type=MAIN_ISOLATED_MARGIN&toSymbol=BTCUSDT");
    assert_eq!(history["rows"][0]["tranId"], moved["tranId"]);
    assert_eq!(names(&history["rows"][0]), sorted("asset amount type status tranId timestamp"));
    assert_eq!(floor.post("/sapi/v1/margin/order", order)["isIsolated"], true);
    let account = floor.get("/sapi/v1/margin/isolated/account", "");
    assert_eq!(names(&account), sorted("assets totalAssetOfBtc totalLiabilityOfBtc totalNetAssetOfBtc"));
    let fields = "baseAsset quoteAsset symbol isolatedCreated enabled marginLevel marginLevelStatus marginRatio indexPrice liquidatePrice \
        liquidateRate tradeEnabled";
    assert_eq!(names(&account["assets"][0]), sorted(fields));
    let coin = "asset borrowEnabled borrowed free interest locked netAsset netAssetOfBtc repayEnabled totalAsset";
    assert_eq!(names(&account["assets"][0]["baseAsset"]), sorted(coin));
    let most = floor.get("/sapi/v1/margin/maxBorrowable", "asset=USDT&isolatedSymbol=BTCUSDT");
    assert!(number(&most["amount"]) > dec!(1000), "{most}");
}

#[test]
fn money_moves_between_wallets_and_not_more_than_there_is() {
    let mut floor = Floor::new();
    floor.post("/sapi/v1/asset/transfer", "type=MAIN_UMFUTURE&asset=USDT&amount=1000");
    floor.post("/sapi/v1/asset/transfer", "type=UMFUTURE_MAIN&asset=USDT&amount=400");
    let held = floor.post("/sapi/v3/asset/getUserAsset", "asset=USDT&needBtcValuation=true");
    assert_eq!((&held[0]["free"], held.as_array().unwrap().len()), (&"999400".into(), 1));
    let too_much = "type=MAIN_UMFUTURE&asset=USDT&amount=100000000";
    assert_eq!(
        floor.refused(Method::POST, "/sapi/v1/asset/transfer", too_much),
        (-5002, "You have insufficient balance.".into())
    );
    let too_much = "type=MARGIN_MAIN&asset=USDT&amount=100000000";
    assert_eq!(floor.refused(Method::POST, "/sapi/v1/asset/transfer", too_much).0, -3020);
    let rolled = floor.post("/sapi/v1/asset/transfer", "type=MAIN_MARGIN&asset=USDT&amount=5");
    let history = floor.get("/sapi/v1/margin/transfer", "type=ROLL_IN");
    assert_eq!(history["rows"][0]["txId"], rolled["tranId"]);
}

#[test]
fn what_clients_load_first_is_there() {
    let mut floor = Floor::new();
    let coins = floor.get("/sapi/v1/capital/config/getall", "");
    let fields = "coin depositAllEnable withdrawAllEnable name free locked freeze withdrawing ipoing ipoable storage isLegalMoney trading \
        networkList";
    assert_eq!(names(&coins[0]), sorted(fields));
    let pairs = floor.get("/sapi/v1/margin/allPairs", "");
    assert_eq!(names(&pairs[0]), sorted("base id isBuyAllowed isMarginTrade isSellAllowed quote symbol"));
    let isolated = floor.get("/sapi/v1/margin/isolated/allPairs", "");
    assert_eq!(names(&isolated[0]), sorted("base isBuyAllowed isMarginTrade isSellAllowed quote symbol"));
    let fees = floor.get("/sapi/v1/asset/tradeFee", "symbol=BTCUSDT");
    assert_eq!(fees, serde_json::json!([{ "symbol": "BTCUSDT", "makerCommission": "0.001", "takerCommission": "0.001" }]));
    for (path, params) in [
        ("/sapi/v1/margin/allAssets", ""),
        ("/sapi/v1/margin/priceIndex", "symbol=BTCUSDT"),
        ("/sapi/v1/margin/crossMarginData", ""),
        ("/sapi/v1/margin/isolatedMarginData", "symbol=BTCUSDT"),
        ("/sapi/v1/margin/isolatedMarginTier", "symbol=BTCUSDT"),
        ("/sapi/v1/margin/interestRateHistory", "asset=BTC"),
        ("/sapi/v1/margin/next-hourly-interest-rate", "assets=BTC,USDT&isIsolated=FALSE"),
        ("/sapi/v1/margin/isolated/accountLimit", ""),
        ("/sapi/v1/margin/tradeCoeff", ""),
        ("/sapi/v1/margin/maxTransferable", "asset=USDT"),
        ("/sapi/v1/margin/rateLimit/order", ""),
        ("/sapi/v1/bnbBurn", ""),
        ("/sapi/v1/asset/wallet/balance", ""),
        ("/sapi/v1/account/apiRestrictions", ""),
    ] {
        let answer = floor.get(path, params);
        assert!(
            answer.as_object().is_some_and(|fields| !fields.is_empty()) || answer.as_array().is_some_and(|rows| !rows.is_empty()),
            "{path}"
        );
    }
}
