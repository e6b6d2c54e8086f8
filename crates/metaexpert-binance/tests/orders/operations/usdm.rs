//! What is asked of USD-M, call by call.

use super::*;

operations! { Signed UsdM
    "usdm_market" same as "create_order market buy [BTC/USDT:USDT]"
        |client| place(client, &OrderRequest::Futures(FuturesProduct::UsdM, future("BTCUSDT", Side::Buy, NET, "0.01", FuturesKind::Market)), NOW).await
        => "POST /fapi/v1/order symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&newClientOrderId=mx00000040000002000000h&newOrderRespType=RESULT";
    "usdm_limit" same as "create_order limit buy [BTC/USDT:USDT]"
        |client| place(client, &OrderRequest::Futures(FuturesProduct::UsdM, future("BTCUSDT", Side::Buy, NET, "0.01", future_limit("50000", FuturesTimeInForce::GoodTillCancelled))), NOW).await
        => "POST /fapi/v1/order symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.01&price=50000&timeInForce=GTC&newClientOrderId=mx00000040000002000000h&newOrderRespType=RESULT";
    "usdm_post_only" same as "create_order limit postOnly [BTC/USDT:USDT]"
        |client| place(client, &OrderRequest::Futures(FuturesProduct::UsdM, future("BTCUSDT", Side::Buy, NET, "0.01", future_limit("50000", FuturesTimeInForce::PostOnly))), NOW).await
        => "POST /fapi/v1/order symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.01&price=50000&timeInForce=GTX&newClientOrderId=mx00000040000002000000h&newOrderRespType=RESULT";
    "usdm_ioc" same as "create_order limit IOC clientOrderId [BTC/USDT:USDT]"
        |client| place(client, &OrderRequest::Futures(FuturesProduct::UsdM, future("BTCUSDT", Side::Buy, NET, "0.01", future_limit("50000", FuturesTimeInForce::ImmediateOrCancel))), NOW).await
        => "POST /fapi/v1/order symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.01&price=50000&timeInForce=IOC&newClientOrderId=mx00000040000002000000h&newOrderRespType=RESULT";
    "usdm_reduce_only" same as "create_order limit reduceOnly [BTC/USDT:USDT]"
        |client| place(client, &OrderRequest::Futures(FuturesProduct::UsdM, future("BTCUSDT", Side::Sell, REDUCE, "0.01", future_limit("50000", FuturesTimeInForce::GoodTillCancelled))), NOW).await
        => "POST /fapi/v1/order symbol=BTCUSDT&side=SELL&reduceOnly=true&type=LIMIT&quantity=0.01&price=50000&timeInForce=GTC&newClientOrderId=mx00000040000002000000h&newOrderRespType=RESULT";
    "usdm_leg_at_a_level"
        |client| place(client, &OrderRequest::Futures(FuturesProduct::UsdM, future("BTCUSDT", Side::Sell, LONG, "0.01", FuturesKind::Limit { price: FuturesPrice::Match(PriceMatch::Queue5), time_in_force: FuturesTimeInForce::FillOrKill })), NOW).await
        => "POST /fapi/v1/order symbol=BTCUSDT&side=SELL&positionSide=LONG&type=LIMIT&quantity=0.01&priceMatch=QUEUE_5&timeInForce=FOK&newClientOrderId=mx00000040000002000000h&newOrderRespType=RESULT";
    "usdm_good_till_date"
        |client| place(client, &OrderRequest::Futures(FuturesProduct::UsdM, future("BTCUSDT", Side::Buy, NET, "0.01", future_limit("50000", FuturesTimeInForce::GoodTillDate(UnixNanos::from_nanos(1_700_000_700_999_000_000))))), NOW).await
        => "POST /fapi/v1/order symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.01&price=50000&timeInForce=GTD&goodTillDate=1700000700000&newClientOrderId=mx00000040000002000000h&newOrderRespType=RESULT";
    "usdm_rpi"
        |client| place(client, &OrderRequest::Futures(FuturesProduct::UsdM, future("BTCUSDT", Side::Buy, NET, "0.01", future_limit("50000", FuturesTimeInForce::RetailPriceImprovement))), NOW).await
        => "POST /fapi/v1/order symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=0.01&price=50000&timeInForce=RPI&newClientOrderId=mx00000040000002000000h&newOrderRespType=RESULT";
    "usdm_test"
        |client| test(client, &OrderRequest::Futures(FuturesProduct::UsdM, future("BTCUSDT", Side::Buy, NET, "0.01", FuturesKind::Market)), NOW).await
        => "POST /fapi/v1/order/test symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&newClientOrderId=mx00000040000002000000h&newOrderRespType=RESULT";
    "usdm_stop_market" same as "create_order trigger(stop) market triggerPrice [BTC/USDT:USDT]"
        |client| place(client, &OrderRequest::Algo(FuturesProduct::UsdM, algo("BTCUSDT", NET, AlgoSize::Quantity(quantity("0.01")), AlgoKind::StopMarket { trigger: price("45000") })), NOW).await
        => "POST /fapi/v1/algoOrder algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&type=STOP_MARKET&triggerPrice=45000&quantity=0.01&clientAlgoId=mx00000040000002000000h&newOrderRespType=RESULT";
    "usdm_stop_market_that_reduces" same as "create_order stopLossPrice market [BTC/USDT:USDT]"
        |client| place(client, &OrderRequest::Algo(FuturesProduct::UsdM, algo("BTCUSDT", REDUCE, AlgoSize::Quantity(quantity("0.01")), AlgoKind::StopMarket { trigger: price("45000") })), NOW).await
        => "POST /fapi/v1/algoOrder algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&reduceOnly=true&type=STOP_MARKET&triggerPrice=45000&quantity=0.01&clientAlgoId=mx00000040000002000000h&newOrderRespType=RESULT";
    "usdm_stop" same as "create_order trigger limit triggerPrice [BTC/USDT:USDT]"
        |client| place(client, &OrderRequest::Algo(FuturesProduct::UsdM, algo("BTCUSDT", NET, AlgoSize::Quantity(quantity("0.01")), AlgoKind::Stop { trigger: price("45000"), price: FuturesPrice::At(price("44900")), time_in_force: FuturesTimeInForce::GoodTillCancelled })), NOW).await
        => "POST /fapi/v1/algoOrder algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&type=STOP&triggerPrice=45000&price=44900&timeInForce=GTC&quantity=0.01&clientAlgoId=mx00000040000002000000h&newOrderRespType=RESULT";
    "usdm_take_profit_market" same as "create_order takeProfitPrice market [BTC/USDT:USDT]"
        |client| place(client, &OrderRequest::Algo(FuturesProduct::UsdM, algo("BTCUSDT", REDUCE, AlgoSize::Quantity(quantity("0.01")), AlgoKind::TakeProfitMarket { trigger: price("60000") })), NOW).await
        => "POST /fapi/v1/algoOrder algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&reduceOnly=true&type=TAKE_PROFIT_MARKET&triggerPrice=60000&quantity=0.01&clientAlgoId=mx00000040000002000000h&newOrderRespType=RESULT";
    "usdm_take_profit"
        |client| place(client, &OrderRequest::Algo(FuturesProduct::UsdM, algo("BTCUSDT", NET, AlgoSize::Quantity(quantity("0.01")), AlgoKind::TakeProfit { trigger: price("60000"), price: FuturesPrice::At(price("60100")), time_in_force: FuturesTimeInForce::PostOnly })), NOW).await
        => "POST /fapi/v1/algoOrder algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&type=TAKE_PROFIT&triggerPrice=60000&price=60100&timeInForce=GTX&quantity=0.01&clientAlgoId=mx00000040000002000000h&newOrderRespType=RESULT";
    "usdm_trailing_stop" same as "create_order trailingPercent [BTC/USDT:USDT]"
        |client| place(client, &OrderRequest::Algo(FuturesProduct::UsdM, algo("BTCUSDT", REDUCE, AlgoSize::Quantity(quantity("0.01")), AlgoKind::TrailingStop { callback: Percent::new(dec!(1)), activation: Some(price("51000")) })), NOW).await
        => "POST /fapi/v1/algoOrder algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&reduceOnly=true&type=TRAILING_STOP_MARKET&callbackRate=1&activatePrice=51000&quantity=0.01&clientAlgoId=mx00000040000002000000h&newOrderRespType=RESULT";
    "usdm_stop_of_all"
        |client| {
            let order = algo("BTCUSDT", LONG, AlgoSize::Position, AlgoKind::StopMarket { trigger: price("45000") });
            let order = AlgoOrder { working_price: WorkingPrice::Mark, price_protect: true, self_trade: Some(SelfTrade::ExpireTaker), ..order };
            place(client, &OrderRequest::Algo(FuturesProduct::UsdM, order), NOW).await
        }
        => "POST /fapi/v1/algoOrder algoType=CONDITIONAL&symbol=BTCUSDT&side=SELL&positionSide=LONG&type=STOP_MARKET&triggerPrice=45000&closePosition=true&workingType=MARK_PRICE&priceProtect=TRUE&clientAlgoId=mx00000040000002000000h&selfTradePreventionMode=EXPIRE_TAKER&newOrderRespType=RESULT";
    "usdm_amend" same as "edit_order limit [BTC/USDT:USDT]"
        |client| amend_future(client, FuturesProduct::UsdM, &amendment("BTCUSDT", "0.01")).await
        => "PUT /fapi/v1/order symbol=BTCUSDT&side=BUY&orderId=123456&quantity=0.01&price=50100";
    "usdm_place_batch"
        |client| place_batch_of_futures(client, FuturesProduct::UsdM, &[future("BTCUSDT", Side::Buy, NET, "0.01", FuturesKind::Market), future("BTCUSDT", Side::Sell, REDUCE, "0.01", future_limit("50000", FuturesTimeInForce::GoodTillCancelled))], NOW).await
        => r#"POST /fapi/v1/batchOrders batchOrders=[{"symbol":"BTCUSDT","side":"BUY","type":"MARKET","quantity":"0.01","newClientOrderId":"mx00000040000002000000h","newOrderRespType":"RESULT"},{"symbol":"BTCUSDT","side":"SELL","reduceOnly":"true","type":"LIMIT","quantity":"0.01","price":"50000","timeInForce":"GTC","newClientOrderId":"mx00000040000002000000h","newOrderRespType":"RESULT"}]"#;
    "usdm_amend_batch"
        |client| amend_batch_of_futures(client, FuturesProduct::UsdM, &[amendment("BTCUSDT", "0.01")]).await
        => r#"PUT /fapi/v1/batchOrders batchOrders=[{"symbol":"BTCUSDT","side":"BUY","orderId":"123456","quantity":"0.01","price":"50100"}]"#;
    "usdm_cancel" same as "cancel_order [BTC/USDT:USDT]"
        |client| cancel(client, Desk::Futures(FuturesProduct::UsdM), "BTCUSDT", &Target::Venue(123_456)).await
        => "DELETE /fapi/v1/order symbol=BTCUSDT&orderId=123456";
    "usdm_cancel_batch"
        |client| cancel_batch(client, Desk::Futures(FuturesProduct::UsdM), "BTCUSDT", Targets::Venue(&[1, 2])).await
        => "DELETE /fapi/v1/batchOrders symbol=BTCUSDT&orderIdList=[1,2]";
    "usdm_cancel_batch_by_name"
        |client| cancel_batch(client, Desk::Futures(FuturesProduct::UsdM), "BTCUSDT", Targets::Client(&[ours().into()])).await
        => r#"DELETE /fapi/v1/batchOrders symbol=BTCUSDT&origClientOrderIdList=["mx00000040000002000000h"]"#;
    "usdm_cancel_all" same as "cancel_all_orders [BTC/USDT:USDT]"
        |client| cancel_all(client, Desk::Futures(FuturesProduct::UsdM), "BTCUSDT").await
        => "DELETE /fapi/v1/allOpenOrders symbol=BTCUSDT";
    "usdm_countdown"
        |client| countdown(client, FuturesProduct::UsdM, "BTCUSDT", Duration::from_mins(2)).await
        => "POST /fapi/v1/countdownCancelAll symbol=BTCUSDT&countdownTime=120000";
    "usdm_query" same as "fetch_order [BTC/USDT:USDT]"
        |client| query(client, Desk::Futures(FuturesProduct::UsdM), "BTCUSDT", &Target::Venue(123_456)).await
        => "GET /fapi/v1/order symbol=BTCUSDT&orderId=123456";
    "usdm_query_open"
        |client| query_open(client, FuturesProduct::UsdM, "BTCUSDT", &ours().into()).await
        => "GET /fapi/v1/openOrder symbol=BTCUSDT&origClientOrderId=mx00000040000002000000h";
    "usdm_open" same as "fetch_open_orders [BTC/USDT:USDT]"
        |client| open(client, Desk::Futures(FuturesProduct::UsdM), Some("BTCUSDT")).await
        => "GET /fapi/v1/openOrders symbol=BTCUSDT";
    "usdm_history" same as "fetch_orders/closed [BTC/USDT:USDT]"
        |client| history(client, Desk::Futures(FuturesProduct::UsdM), "BTCUSDT", Page::default()).await
        => "GET /fapi/v1/allOrders symbol=BTCUSDT";
    "usdm_amendments"
        |client| amendments(client, Desk::Futures(FuturesProduct::UsdM), "BTCUSDT", &ours().into()).await
        => "GET /fapi/v1/orderAmendment symbol=BTCUSDT&origClientOrderId=mx00000040000002000000h";
    "usdm_forced"
        |client| forced(client, FuturesProduct::UsdM, None, PAGE).await
        => "GET /fapi/v1/forceOrders startTime=1699990000000&endTime=1699999999999&limit=100";
    "usdm_cancel_algo" same as "cancel_order trigger=True [BTC/USDT:USDT]"
        |client| cancel_algo(client, FuturesProduct::UsdM, &Target::Venue(123_456)).await
        => "DELETE /fapi/v1/algoOrder algoId=123456";
    "usdm_cancel_all_algo" same as "cancel_all_orders trigger=True [BTC/USDT:USDT]"
        |client| cancel_all_algo(client, FuturesProduct::UsdM, "BTCUSDT").await
        => "DELETE /fapi/v1/algoOpenOrders symbol=BTCUSDT";
    "usdm_query_algo" same as "fetch_order trigger=True [BTC/USDT:USDT]"
        |client| query_algo(client, FuturesProduct::UsdM, &Target::Venue(123_456)).await
        => "GET /fapi/v1/algoOrder algoId=123456";
    "usdm_open_algo" same as "fetch_open_orders trigger=True [BTC/USDT:USDT]"
        |client| open_algo(client, FuturesProduct::UsdM, Some("BTCUSDT")).await
        => "GET /fapi/v1/openAlgoOrders symbol=BTCUSDT";
    "usdm_history_algo"
        |client| history_algo(client, FuturesProduct::UsdM, "BTCUSDT", PAGE).await
        => "GET /fapi/v1/allAlgoOrders symbol=BTCUSDT&algoId=7&startTime=1699990000000&endTime=1699999999999&limit=100";
}
