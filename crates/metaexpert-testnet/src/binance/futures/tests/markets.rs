//! What is published: fields against the documentation, and lists against objects.

use rust_decimal::dec;

use super::floor::{Floor, names, number, words};
use crate::listing::Class;

#[test]
fn what_is_listed_has_the_documented_fields_and_filters() {
    let mut floor = Floor::still();
    let info = floor.ask("GET /fapi/v1/exchangeInfo", "");
    let symbol = info["symbols"].as_array().unwrap().iter().find(|row| row["symbol"] == "BTCUSDT").unwrap().clone();
    assert_eq!(
        names(&symbol),
        words(
            "symbol pair contractType deliveryDate onboardDate status maintMarginPercent requiredMarginPercent baseAsset quoteAsset \
             marginAsset pricePrecision quantityPrecision baseAssetPrecision quotePrecision underlyingType underlyingSubType settlePlan \
             triggerProtect filters orderTypes timeInForce liquidationFee marketTakeBound"
        )
    );
    let kinds: Vec<_> =
        symbol["filters"].as_array().unwrap().iter().map(|filter| filter["filterType"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["PRICE_FILTER", "LOT_SIZE", "MARKET_LOT_SIZE", "MAX_NUM_ORDERS", "MIN_NOTIONAL", "PERCENT_PRICE"]);
    let inverse = floor.ask("GET /dapi/v1/exchangeInfo", "");
    let symbol = inverse["symbols"].as_array().unwrap().iter().find(|row| row["symbol"] == "BTCUSD_PERP").unwrap().clone();
    assert_eq!((&symbol["contractStatus"], &symbol["contractSize"]), (&"TRADING".into(), &100.into()));
    let dated = floor.dated(Class::Inverse, "BTCUSD_");
    let quarterly = inverse["symbols"].as_array().unwrap().iter().find(|row| row["symbol"] == dated.as_str()).unwrap();
    assert!(["CURRENT_QUARTER", "NEXT_QUARTER"].contains(&quarterly["contractType"].as_str().unwrap()));
    assert_eq!(quarterly["pair"], "BTCUSD");
}

#[test]
fn one_symbol_is_an_object_in_usd_m_and_a_list_in_coin_m() {
    let mut floor = Floor::still();
    for path in ["ticker/24hr", "ticker/price", "ticker/bookTicker", "premiumIndex"] {
        assert!(floor.ask(&format!("GET /fapi/v1/{path}"), "symbol=BTCUSDT").is_object(), "{path}");
        assert!(floor.ask(&format!("GET /fapi/v1/{path}"), "").is_array(), "{path}");
        let one = floor.ask(&format!("GET /dapi/v1/{path}"), "symbol=BTCUSD_PERP");
        assert_eq!(one.as_array().map(Vec::len), Some(1), "{path}");
        let pair = floor.ask(&format!("GET /dapi/v1/{path}"), "pair=BTCUSD");
        assert!(pair.as_array().is_some_and(|rows| rows.len() > 1), "{path}");
    }
}

#[test]
fn best_prices_have_the_documented_fields() {
    let mut floor = Floor::still();
    let fields = "symbol bidPrice bidQty askPrice askQty time";
    assert_eq!(names(&floor.ask("GET /fapi/v1/ticker/bookTicker", "symbol=BTCUSDT")), words(fields));
    let inverse = floor.ask("GET /dapi/v1/ticker/bookTicker", "symbol=BTCUSD_PERP");
    assert_eq!(names(&inverse[0]), words(&format!("{fields} lastUpdateId pair")));
    assert_eq!(names(&floor.ask("GET /dapi/v1/ticker/price", "symbol=BTCUSD_PERP")[0]), words("symbol ps price time"));
}

#[test]
fn a_day_has_the_documented_fields() {
    let mut floor = Floor::still();
    let both = "symbol priceChange priceChangePercent weightedAvgPrice lastPrice lastQty openPrice highPrice lowPrice volume openTime \
        closeTime firstId lastId count";
    assert_eq!(names(&floor.ask("GET /fapi/v1/ticker/24hr", "symbol=BTCUSDT")), words(&format!("{both} quoteVolume")));
    let inverse = floor.ask("GET /dapi/v1/ticker/24hr", "symbol=BTCUSD_PERP");
    assert_eq!(names(&inverse[0]), words(&format!("{both} baseVolume pair")));
    let average = number(&inverse[0]["weightedAvgPrice"]);
    assert!(
        average > number(&inverse[0]["lowPrice"]) - dec!(1) && average < number(&inverse[0]["highPrice"]) + dec!(1),
        "{average}"
    );
}

#[test]
fn books_and_tapes_have_the_documented_fields_and_limits() {
    let mut floor = Floor::still();
    let book = floor.ask("GET /fapi/v1/depth", "symbol=BTCUSDT&limit=5");
    assert_eq!((names(&book), book["bids"].as_array().unwrap().len()), (words("lastUpdateId E T bids asks"), 5));
    assert!(number(&book["bids"][0][0]) < number(&book["asks"][0][0]));
    assert_eq!(names(&floor.ask("GET /dapi/v1/depth", "symbol=BTCUSD_PERP")), words("lastUpdateId symbol pair E T bids asks"));
    assert_eq!(floor.refused("GET /fapi/v1/depth", "symbol=BTCUSDT&limit=7"), -4021);
    assert_eq!(floor.refused("GET /fapi/v1/trades", "symbol=BTCUSDT&limit=1001"), -1130);
    assert_eq!(floor.refused("GET /fapi/v1/historicalTrades", "symbol=BTCUSDT&limit=501"), -1130);
    floor.ask("POST /fapi/v1/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01");
    let trades = floor.ask("GET /fapi/v1/trades", "symbol=BTCUSDT&limit=1");
    assert_eq!(names(&trades[0]), words("id price qty quoteQty time isBuyerMaker isRPITrade"));
    let joined = floor.ask("GET /fapi/v1/aggTrades", "symbol=BTCUSDT&limit=1");
    assert_eq!(names(&joined[0]), words("a p q nq f l T m"));
    let span = "symbol=BTCUSDT&startTime=1795132800000&endTime=1795136400001";
    assert_eq!(floor.refused("GET /fapi/v1/aggTrades", span), -1127);
}

#[test]
fn bars_are_lists_of_twelve_in_every_series() {
    let mut floor = Floor::still();
    for (path, with) in [
        ("klines", "symbol=BTCUSDT"),
        ("continuousKlines", "pair=BTCUSDT&contractType=PERPETUAL"),
        ("indexPriceKlines", "pair=BTCUSDT"),
        ("markPriceKlines", "symbol=BTCUSDT"),
        ("premiumIndexKlines", "symbol=BTCUSDT"),
    ] {
        let bars = floor.ask(&format!("GET /fapi/v1/{path}"), &format!("{with}&interval=1m&limit=3"));
        assert_eq!(bars[0].as_array().map(Vec::len), Some(12), "{path}");
        assert!(bars[0][0].is_i64() && bars[0][1].is_string() && bars[0][8].is_u64(), "{path}: {bars}");
    }
    assert_eq!(floor.refused("GET /fapi/v1/klines", "symbol=BTCUSDT&interval=7m"), -1120);
    assert_eq!(floor.refused("GET /fapi/v1/klines", "symbol=BTCUSDT&interval=1m&limit=1501"), -1130);
    assert_eq!(floor.refused("GET /fapi/v1/continuousKlines", "pair=BTCUSDT&contractType=WEEKLY&interval=1m"), -4104);
}

#[test]
fn what_contracts_are_valued_by_has_the_documented_fields() {
    let mut floor = Floor::still();
    let mark = floor.ask("GET /fapi/v1/premiumIndex", "symbol=BTCUSDT");
    let fields = "symbol markPrice indexPrice estimatedSettlePrice lastFundingRate interestRate nextFundingTime time";
    assert_eq!(names(&mark), words(fields));
    let dated = floor.dated(Class::Linear, "BTCUSDT_");
    let quarterly = floor.ask("GET /fapi/v1/premiumIndex", &format!("symbol={dated}"));
    assert_eq!((&quarterly["lastFundingRate"], &quarterly["nextFundingTime"]), (&"".into(), &0.into()));
    assert_eq!(names(&floor.ask("GET /fapi/v1/openInterest", "symbol=BTCUSDT")), words("openInterest symbol time"));
    let inverse = floor.ask("GET /dapi/v1/openInterest", "symbol=BTCUSD_PERP");
    assert_eq!(names(&inverse), words("openInterest symbol pair contractType time"));
    let interest = floor.ask("GET /futures/data/openInterestHist", "symbol=BTCUSDT&period=5m");
    assert_eq!(names(&interest[0]), words("symbol sumOpenInterest sumOpenInterestValue timestamp"));
    assert_eq!(floor.refused("GET /futures/data/openInterestHist", "symbol=BTCUSDT&period=7m"), -1130);
    let funding = floor.ask("GET /fapi/v1/fundingInfo", "");
    assert_eq!(
        names(&funding[0]),
        words("symbol adjustedFundingRateCap adjustedFundingRateFloor fundingIntervalHours disclaimer")
    );
    assert_eq!(floor.ask("GET /fapi/v1/constituents", "symbol=BTCUSDT")["constituents"].as_array().map(Vec::len), Some(1));
    let index = floor.ask("GET /fapi/v1/assetIndex", "symbol=BTCUSD");
    assert!(number(&index["bidRate"]) < number(&index["index"]) && number(&index["index"]) < number(&index["askRate"]));
}

#[test]
fn funding_that_was_settled_is_told_with_its_mark() {
    let mut floor = Floor::still();
    floor.to(40);
    let rates = floor.ask("GET /fapi/v1/fundingRate", "symbol=BTCUSDT");
    assert_eq!(names(&rates[0]), words("symbol fundingRate fundingTime markPrice rateType"));
    assert_eq!(names(&floor.ask("GET /dapi/v1/fundingRate", "symbol=BTCUSD_PERP")[0]), words("symbol fundingRate fundingTime"));
    assert_eq!(floor.refused("GET /dapi/v1/fundingRate", ""), -1102);
}
