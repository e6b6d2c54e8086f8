//! Money: what trading moves, what is shown of it, and what can be set.

use rust_decimal::dec;

use super::floor::{Floor, names, number, words};

/// Fields of a position in version 3 ("Position Information V3").
const POSITION: &str = "symbol positionSide positionAmt entryPrice breakEvenPrice markPrice unRealizedProfit liquidationPrice isolatedMargin \
    notional marginAsset isolatedWallet initialMargin maintMargin positionInitialMargin openOrderInitialMargin adl bidNotional askNotional \
    updateTime";

/// Fields of a coin in version 3 ("Account Information V3").
const ASSET: &str = "asset walletBalance unrealizedProfit marginBalance maintMargin initialMargin positionInitialMargin \
    openOrderInitialMargin crossWalletBalance crossUnPnl availableBalance maxWithdrawAmount updateTime";

const BUY: &str = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&newOrderRespType=RESULT";

#[test]
fn a_bought_contract_is_a_position_a_trade_and_lines_of_income() {
    let mut floor = Floor::still();
    assert_eq!(floor.ask("GET /fapi/v3/positionRisk", ""), serde_json::json!([]));
    let price = number(&floor.ask("POST /fapi/v1/order", BUY)["avgPrice"]);
    let positions = floor.ask("GET /fapi/v3/positionRisk", "");
    assert_eq!(names(&positions[0]), words(POSITION));
    assert_eq!((number(&positions[0]["positionAmt"]), number(&positions[0]["entryPrice"])), (dec!(0.01), price));
    let trades = floor.ask("GET /fapi/v1/userTrades", "symbol=BTCUSDT");
    assert_eq!(
        names(&trades[0]),
        words(
            "buyer commission commissionAsset id maker orderId pair price qty quoteQty baseQty marginAsset realizedPnl side positionSide symbol time"
        )
    );
    assert_eq!((&trades[0]["positionSide"], &trades[0]["maker"]), (&"BOTH".into(), &false.into()));
    let fee = number(&trades[0]["commission"]);
    assert_eq!(fee, number(&trades[0]["quoteQty"]) * dec!(0.0005));
    let income = floor.ask("GET /fapi/v1/income", "incomeType=COMMISSION");
    assert_eq!(names(&income[0]), words("symbol incomeType income asset info time tranId tradeId"));
    assert_eq!(number(&income[0]["income"]), -fee);
    let account = floor.ask("GET /fapi/v3/account", "");
    let usdt = account["assets"].as_array().unwrap().iter().find(|asset| asset["asset"] == "USDT").unwrap().clone();
    assert_eq!(names(&usdt), words(ASSET));
    assert_eq!(number(&usdt["walletBalance"]), dec!(100000) - fee);
    assert_eq!(account["positions"].as_array().unwrap().len(), 1);
}

#[test]
fn version_2_shows_every_symbol_and_coin_m_does_too() {
    let mut floor = Floor::still();
    let listed = floor.ask("GET /fapi/v1/exchangeInfo", "")["symbols"].as_array().unwrap().len();
    let positions = floor.ask("GET /fapi/v2/positionRisk", "");
    assert_eq!(positions.as_array().unwrap().len(), listed);
    assert_eq!(
        names(&positions[0]),
        words(
            "entryPrice breakEvenPrice marginType isAutoAddMargin isolatedMargin leverage liquidationPrice markPrice maxNotionalValue \
             positionAmt notional isolatedWallet symbol unRealizedProfit positionSide updateTime"
        )
    );
    let account = floor.ask("GET /fapi/v2/account", "");
    assert_eq!(account["positions"].as_array().unwrap().len(), listed);
    assert_eq!(
        names(&account["positions"][0]),
        words(
            "symbol initialMargin maintMargin unrealizedProfit positionInitialMargin openOrderInitialMargin leverage isolated entryPrice \
             maxNotional bidNotional askNotional positionSide positionAmt updateTime"
        )
    );
    let coins = floor.ask("GET /dapi/v1/positionRisk", "pair=BTCUSD");
    assert!(coins.as_array().unwrap().iter().all(|row| row["symbol"].as_str().unwrap().starts_with("BTCUSD_")));
    assert!(!coins.as_array().unwrap().is_empty());
}

#[test]
fn coin_m_reckons_in_coins() {
    let mut floor = Floor::still();
    let order = "symbol=BTCUSD_PERP&side=SELL&type=MARKET&quantity=10&newOrderRespType=RESULT";
    let filled = floor.ask("POST /dapi/v1/order", order);
    let trades = floor.ask("GET /dapi/v1/userTrades", "symbol=BTCUSD_PERP");
    assert_eq!(
        names(&trades[0]),
        words(
            "symbol id orderId pair side price qty realizedPnl marginAsset baseQty quoteQty commission commissionAsset time positionSide buyer maker"
        )
    );
    assert_eq!(trades[0]["commissionAsset"], "BTC");
    assert_eq!(floor.refused("GET /dapi/v1/userTrades", ""), -1102);
    let account = floor.ask("GET /dapi/v1/account", "");
    let position = account["positions"].as_array().unwrap().iter().find(|row| row["symbol"] == "BTCUSD_PERP").unwrap().clone();
    assert_eq!(number(&position["positionAmt"]), dec!(-10));
    assert_eq!(number(&position["entryPrice"]).round_dp(1), number(&filled["avgPrice"]).round_dp(1));
    assert_eq!(
        names(&floor.ask("GET /dapi/v1/balance", "")[0]),
        words("accountAlias asset balance withdrawAvailable crossWalletBalance crossUnPnl availableBalance updateTime")
    );
}

#[test]
fn leverage_and_margin_type_are_set_and_shown_and_refused_with_their_codes() {
    let mut floor = Floor::still();
    let set = floor.ask("POST /fapi/v1/leverage", "symbol=BTCUSDT&leverage=5");
    assert_eq!((names(&set), &set["leverage"]), (words("leverage maxNotionalValue symbol"), &5.into()));
    assert_eq!(floor.refused("POST /fapi/v1/leverage", "symbol=BTCUSDT&leverage=126"), -4028);
    assert_eq!(floor.refused("POST /fapi/v1/leverage", "symbol=BTCUSDT"), -1102);
    floor.ask("POST /fapi/v1/marginType", "symbol=BTCUSDT&marginType=ISOLATED");
    assert_eq!(floor.refused("POST /fapi/v1/marginType", "symbol=BTCUSDT&marginType=ISOLATED"), -4046);
    assert_eq!(floor.refused("POST /fapi/v1/marginType", "symbol=BTCUSDT&marginType=NONE"), -4044);
    let config = floor.ask("GET /fapi/v1/symbolConfig", "symbol=BTCUSDT");
    assert_eq!(names(&config[0]), words("symbol marginType isAutoAddMargin leverage maxNotionalValue"));
    assert_eq!((&config[0]["marginType"], &config[0]["leverage"]), (&"ISOLATED".into(), &5.into()));
    floor.ask("POST /fapi/v1/order", BUY);
    assert_eq!(floor.refused("POST /fapi/v1/marginType", "symbol=BTCUSDT&marginType=CROSSED"), -4048);
    assert_eq!(floor.refused("POST /fapi/v1/leverage", "symbol=BTCUSDT&leverage=4"), -4161);
    assert!(floor.ask("POST /dapi/v1/leverage", "symbol=BTCUSD_PERP&leverage=5").get("maxQty").is_some());
}

#[test]
fn margin_is_moved_to_an_isolated_position_and_remembered() {
    let mut floor = Floor::still();
    let add = "symbol=BTCUSDT&amount=10&type=1";
    assert_eq!(floor.refused("POST /fapi/v1/positionMargin", add), -4049);
    floor.ask("POST /fapi/v1/marginType", "symbol=BTCUSDT&marginType=ISOLATED");
    assert_eq!(floor.refused("POST /fapi/v1/positionMargin", add), -4054);
    floor.ask("POST /fapi/v1/order", BUY);
    let before = number(&floor.ask("GET /fapi/v3/positionRisk", "")[0]["isolatedWallet"]);
    let moved = floor.ask("POST /fapi/v1/positionMargin", add);
    assert_eq!(moved, serde_json::json!({"amount": 10, "code": 200, "msg": "Successfully modify position margin.", "type": 1}));
    assert_eq!(number(&floor.ask("GET /fapi/v3/positionRisk", "")[0]["isolatedWallet"]), before + dec!(10));
    let history = floor.ask("GET /fapi/v1/positionMargin/history", "symbol=BTCUSDT");
    assert_eq!(names(&history[0]), words("symbol type deltaType amount asset time positionSide"));
    assert_eq!(floor.refused("POST /fapi/v1/positionMargin", "symbol=BTCUSDT&amount=0&type=1"), -4055);
    assert_eq!(floor.refused("POST /fapi/v1/positionMargin", "symbol=BTCUSDT&amount=1&type=3"), -1130);
}

#[test]
fn both_families_share_one_position_mode_and_hedged_orders_name_their_leg() {
    let mut floor = Floor::still();
    assert_eq!(floor.refused("POST /fapi/v1/positionSide/dual", "dualSidePosition=false"), -4059);
    floor.ask("POST /fapi/v1/positionSide/dual", "dualSidePosition=true");
    assert_eq!(floor.ask("GET /dapi/v1/positionSide/dual", "")["dualSidePosition"], true);
    assert_eq!(floor.refused("POST /fapi/v1/order", BUY), -4061);
    let long = format!("{BUY}&positionSide=LONG");
    assert_eq!(floor.refused("POST /fapi/v1/order", &format!("{long}&reduceOnly=true")), -1106);
    floor.ask("POST /fapi/v1/order", &long);
    floor.ask("POST /fapi/v1/order", &long.replace("BUY", "SELL").replace("LONG", "SHORT"));
    let positions = floor.ask("GET /fapi/v3/positionRisk", "symbol=BTCUSDT");
    let legs: Vec<_> =
        positions.as_array().unwrap().iter().map(|row| (row["positionSide"].clone(), number(&row["positionAmt"]))).collect();
    assert_eq!(legs, [("LONG".into(), dec!(0.01)), ("SHORT".into(), dec!(-0.01))]);
    assert_eq!(floor.refused("POST /dapi/v1/positionSide/dual", "dualSidePosition=false"), -4068);
    let queue = floor.ask("GET /fapi/v1/adlQuantile", "symbol=BTCUSDT");
    assert_eq!(names(&queue[0]["adlQuantile"]), words("LONG SHORT HEDGE"));
}

#[test]
fn modes_of_the_account_are_shown_where_they_are_set() {
    let mut floor = Floor::still();
    assert_eq!(floor.ask("GET /fapi/v1/multiAssetsMargin", "")["multiAssetsMargin"], false);
    floor.ask("POST /fapi/v1/multiAssetsMargin", "multiAssetsMargin=true");
    assert_eq!(floor.refused("POST /fapi/v1/multiAssetsMargin", "multiAssetsMargin=true"), -4171);
    assert_eq!(floor.refused("POST /fapi/v1/marginType", "symbol=BTCUSDT&marginType=ISOLATED"), -4168);
    floor.ask("POST /fapi/v1/feeBurn", "feeBurn=true");
    assert_eq!(floor.ask("GET /fapi/v1/feeBurn", "")["feeBurn"], true);
    let config = floor.ask("GET /fapi/v1/accountConfig", "");
    assert_eq!(
        names(&config),
        words("feeTier canTrade canDeposit canWithdraw dualSidePosition updateTime multiAssetsMargin tradeGroupId")
    );
    assert_eq!(config["multiAssetsMargin"], true);
}

#[test]
fn brackets_are_of_symbols_and_of_pairs() {
    let mut floor = Floor::still();
    let all = floor.ask("GET /fapi/v1/leverageBracket", "");
    assert_eq!(names(&all[0]["brackets"][0]), words("bracket initialLeverage notionalCap notionalFloor maintMarginRatio cum"));
    assert_eq!(floor.ask("GET /fapi/v1/leverageBracket", "symbol=BTCUSDT")["symbol"], "BTCUSDT");
    assert!(floor.ask("GET /dapi/v2/leverageBracket", "")[0]["brackets"][0]["qtyCap"].is_number());
    assert_eq!(floor.ask("GET /dapi/v1/leverageBracket", "pair=BTCUSD")[0]["pair"], "BTCUSD");
    let rate = floor.ask("GET /fapi/v1/commissionRate", "symbol=BTCUSDT");
    assert_eq!((&rate["makerCommissionRate"], &rate["takerCommissionRate"]), (&"0.0002".into(), &"0.0005".into()));
}
