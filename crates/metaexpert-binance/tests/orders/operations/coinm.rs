//! What is asked of COIN-M, call by call.

use super::*;

operations! { Signed CoinM
    "coinm_market" same as "create_order market buy [BTC/USD:BTC]"
        |client| place(client, &OrderRequest::Futures(FuturesProduct::CoinM, future("BTCUSD_PERP", Side::Buy, NET, "1", FuturesKind::Market)), NOW).await
        => "POST /dapi/v1/order symbol=BTCUSD_PERP&side=BUY&type=MARKET&quantity=1&newClientOrderId=mx00000040000002000000h&newOrderRespType=RESULT";
    "coinm_limit" same as "create_order limit buy [BTC/USD:BTC]"
        |client| place(client, &OrderRequest::Futures(FuturesProduct::CoinM, future("BTCUSD_PERP", Side::Buy, NET, "1", future_limit("50000", FuturesTimeInForce::GoodTillCancelled))), NOW).await
        => "POST /dapi/v1/order symbol=BTCUSD_PERP&side=BUY&type=LIMIT&quantity=1&price=50000&timeInForce=GTC&newClientOrderId=mx00000040000002000000h&newOrderRespType=RESULT";
    "coinm_post_only" same as "create_order limit postOnly [BTC/USD:BTC]"
        |client| place(client, &OrderRequest::Futures(FuturesProduct::CoinM, future("BTCUSD_PERP", Side::Buy, NET, "1", future_limit("50000", FuturesTimeInForce::PostOnly))), NOW).await
        => "POST /dapi/v1/order symbol=BTCUSD_PERP&side=BUY&type=LIMIT&quantity=1&price=50000&timeInForce=GTX&newClientOrderId=mx00000040000002000000h&newOrderRespType=RESULT";
    "coinm_ioc" same as "create_order limit IOC clientOrderId [BTC/USD:BTC]"
        |client| place(client, &OrderRequest::Futures(FuturesProduct::CoinM, future("BTCUSD_PERP", Side::Buy, NET, "1", future_limit("50000", FuturesTimeInForce::ImmediateOrCancel))), NOW).await
        => "POST /dapi/v1/order symbol=BTCUSD_PERP&side=BUY&type=LIMIT&quantity=1&price=50000&timeInForce=IOC&newClientOrderId=mx00000040000002000000h&newOrderRespType=RESULT";
    "coinm_reduce_only" same as "create_order limit reduceOnly [BTC/USD:BTC]"
        |client| place(client, &OrderRequest::Futures(FuturesProduct::CoinM, future("BTCUSD_PERP", Side::Sell, REDUCE, "1", future_limit("50000", FuturesTimeInForce::GoodTillCancelled))), NOW).await
        => "POST /dapi/v1/order symbol=BTCUSD_PERP&side=SELL&reduceOnly=true&type=LIMIT&quantity=1&price=50000&timeInForce=GTC&newClientOrderId=mx00000040000002000000h&newOrderRespType=RESULT";
    "coinm_leg_at_a_level"
        |client| place(client, &OrderRequest::Futures(FuturesProduct::CoinM, future("BTCUSD_PERP", Side::Sell, LONG, "1", FuturesKind::Limit { price: FuturesPrice::Match(PriceMatch::Queue5), time_in_force: FuturesTimeInForce::FillOrKill })), NOW).await
        => "POST /dapi/v1/order symbol=BTCUSD_PERP&side=SELL&positionSide=LONG&type=LIMIT&quantity=1&priceMatch=QUEUE_5&timeInForce=FOK&newClientOrderId=mx00000040000002000000h&newOrderRespType=RESULT";
    "coinm_stop_market" same as "create_order trigger(stop) market triggerPrice [BTC/USD:BTC]"
        |client| place(client, &OrderRequest::Algo(FuturesProduct::CoinM, algo("BTCUSD_PERP", NET, AlgoSize::Quantity(quantity("1")), AlgoKind::StopMarket { trigger: price("45000") })), NOW).await
        => "POST /dapi/v1/algoOrder algoType=CONDITIONAL&symbol=BTCUSD_PERP&side=SELL&type=STOP_MARKET&triggerPrice=45000&quantity=1&clientAlgoId=mx00000040000002000000h&newOrderRespType=RESULT";
    "coinm_stop_market_that_reduces" same as "create_order stopLossPrice market [BTC/USD:BTC]"
        |client| place(client, &OrderRequest::Algo(FuturesProduct::CoinM, algo("BTCUSD_PERP", REDUCE, AlgoSize::Quantity(quantity("1")), AlgoKind::StopMarket { trigger: price("45000") })), NOW).await
        => "POST /dapi/v1/algoOrder algoType=CONDITIONAL&symbol=BTCUSD_PERP&side=SELL&reduceOnly=true&type=STOP_MARKET&triggerPrice=45000&quantity=1&clientAlgoId=mx00000040000002000000h&newOrderRespType=RESULT";
    "coinm_stop" same as "create_order trigger limit triggerPrice [BTC/USD:BTC]"
        |client| place(client, &OrderRequest::Algo(FuturesProduct::CoinM, algo("BTCUSD_PERP", NET, AlgoSize::Quantity(quantity("1")), AlgoKind::Stop { trigger: price("45000"), price: FuturesPrice::At(price("44900")), time_in_force: FuturesTimeInForce::GoodTillCancelled })), NOW).await
        => "POST /dapi/v1/algoOrder algoType=CONDITIONAL&symbol=BTCUSD_PERP&side=SELL&type=STOP&triggerPrice=45000&price=44900&timeInForce=GTC&quantity=1&clientAlgoId=mx00000040000002000000h&newOrderRespType=RESULT";
    "coinm_take_profit_market" same as "create_order takeProfitPrice market [BTC/USD:BTC]"
        |client| place(client, &OrderRequest::Algo(FuturesProduct::CoinM, algo("BTCUSD_PERP", REDUCE, AlgoSize::Quantity(quantity("1")), AlgoKind::TakeProfitMarket { trigger: price("60000") })), NOW).await
        => "POST /dapi/v1/algoOrder algoType=CONDITIONAL&symbol=BTCUSD_PERP&side=SELL&reduceOnly=true&type=TAKE_PROFIT_MARKET&triggerPrice=60000&quantity=1&clientAlgoId=mx00000040000002000000h&newOrderRespType=RESULT";
    "coinm_take_profit"
        |client| place(client, &OrderRequest::Algo(FuturesProduct::CoinM, algo("BTCUSD_PERP", NET, AlgoSize::Quantity(quantity("1")), AlgoKind::TakeProfit { trigger: price("60000"), price: FuturesPrice::At(price("60100")), time_in_force: FuturesTimeInForce::PostOnly })), NOW).await
        => "POST /dapi/v1/algoOrder algoType=CONDITIONAL&symbol=BTCUSD_PERP&side=SELL&type=TAKE_PROFIT&triggerPrice=60000&price=60100&timeInForce=GTX&quantity=1&clientAlgoId=mx00000040000002000000h&newOrderRespType=RESULT";
    "coinm_trailing_stop" same as "create_order trailingPercent [BTC/USD:BTC]"
        |client| place(client, &OrderRequest::Algo(FuturesProduct::CoinM, algo("BTCUSD_PERP", REDUCE, AlgoSize::Quantity(quantity("1")), AlgoKind::TrailingStop { callback: Percent::new(dec!(1)), activation: Some(price("51000")) })), NOW).await
        => "POST /dapi/v1/algoOrder algoType=CONDITIONAL&symbol=BTCUSD_PERP&side=SELL&reduceOnly=true&type=TRAILING_STOP_MARKET&callbackRate=1&activatePrice=51000&quantity=1&clientAlgoId=mx00000040000002000000h&newOrderRespType=RESULT";
    "coinm_stop_of_all"
        |client| {
            let order = algo("BTCUSD_PERP", LONG, AlgoSize::Position, AlgoKind::StopMarket { trigger: price("45000") });
            let order = AlgoOrder { working_price: WorkingPrice::Mark, price_protect: true, self_trade: Some(SelfTrade::ExpireTaker), ..order };
            place(client, &OrderRequest::Algo(FuturesProduct::CoinM, order), NOW).await
        }
        => "POST /dapi/v1/algoOrder algoType=CONDITIONAL&symbol=BTCUSD_PERP&side=SELL&positionSide=LONG&type=STOP_MARKET&triggerPrice=45000&closePosition=true&workingType=MARK_PRICE&priceProtect=TRUE&clientAlgoId=mx00000040000002000000h&selfTradePreventionMode=EXPIRE_TAKER&newOrderRespType=RESULT";
    "coinm_amend" same as "edit_order limit [BTC/USD:BTC]"
        |client| amend_future(client, FuturesProduct::CoinM, &amendment("BTCUSD_PERP", "1")).await
        => "PUT /dapi/v1/order symbol=BTCUSD_PERP&side=BUY&orderId=123456&quantity=1&price=50100";
    "coinm_place_batch"
        |client| place_batch_of_futures(client, FuturesProduct::CoinM, &[future("BTCUSD_PERP", Side::Buy, NET, "1", FuturesKind::Market), future("BTCUSD_PERP", Side::Sell, REDUCE, "1", future_limit("50000", FuturesTimeInForce::GoodTillCancelled))], NOW).await
        => r#"POST /dapi/v1/batchOrders batchOrders=[{"symbol":"BTCUSD_PERP","side":"BUY","type":"MARKET","quantity":"1","newClientOrderId":"mx00000040000002000000h","newOrderRespType":"RESULT"},{"symbol":"BTCUSD_PERP","side":"SELL","reduceOnly":"true","type":"LIMIT","quantity":"1","price":"50000","timeInForce":"GTC","newClientOrderId":"mx00000040000002000000h","newOrderRespType":"RESULT"}]"#;
    "coinm_amend_batch"
        |client| amend_batch_of_futures(client, FuturesProduct::CoinM, &[amendment("BTCUSD_PERP", "1")]).await
        => r#"PUT /dapi/v1/batchOrders batchOrders=[{"symbol":"BTCUSD_PERP","side":"BUY","orderId":"123456","quantity":"1","price":"50100"}]"#;
    "coinm_cancel" same as "cancel_order [BTC/USD:BTC]"
        |client| cancel(client, Desk::Futures(FuturesProduct::CoinM), "BTCUSD_PERP", &Target::Venue(123_456)).await
        => "DELETE /dapi/v1/order symbol=BTCUSD_PERP&orderId=123456";
    "coinm_cancel_batch"
        |client| cancel_batch(client, Desk::Futures(FuturesProduct::CoinM), "BTCUSD_PERP", Targets::Venue(&[1, 2])).await
        => "DELETE /dapi/v1/batchOrders symbol=BTCUSD_PERP&orderIdList=[1,2]";
    "coinm_cancel_batch_by_name"
        |client| cancel_batch(client, Desk::Futures(FuturesProduct::CoinM), "BTCUSD_PERP", Targets::Client(&[ours().into()])).await
        => r#"DELETE /dapi/v1/batchOrders symbol=BTCUSD_PERP&origClientOrderIdList=["mx00000040000002000000h"]"#;
    "coinm_cancel_all" same as "cancel_all_orders [BTC/USD:BTC]"
        |client| cancel_all(client, Desk::Futures(FuturesProduct::CoinM), "BTCUSD_PERP").await
        => "DELETE /dapi/v1/allOpenOrders symbol=BTCUSD_PERP";
    "coinm_countdown"
        |client| countdown(client, FuturesProduct::CoinM, "BTCUSD_PERP", Duration::from_mins(2)).await
        => "POST /dapi/v1/countdownCancelAll symbol=BTCUSD_PERP&countdownTime=120000";
    "coinm_query" same as "fetch_order [BTC/USD:BTC]"
        |client| query(client, Desk::Futures(FuturesProduct::CoinM), "BTCUSD_PERP", &Target::Venue(123_456)).await
        => "GET /dapi/v1/order symbol=BTCUSD_PERP&orderId=123456";
    "coinm_query_open"
        |client| query_open(client, FuturesProduct::CoinM, "BTCUSD_PERP", &ours().into()).await
        => "GET /dapi/v1/openOrder symbol=BTCUSD_PERP&origClientOrderId=mx00000040000002000000h";
    "coinm_open" same as "fetch_open_orders [BTC/USD:BTC]"
        |client| open(client, Desk::Futures(FuturesProduct::CoinM), Some("BTCUSD_PERP")).await
        => "GET /dapi/v1/openOrders symbol=BTCUSD_PERP";
    "coinm_history" same as "fetch_orders/closed [BTC/USD:BTC]"
        |client| history(client, Desk::Futures(FuturesProduct::CoinM), "BTCUSD_PERP", Page::default()).await
        => "GET /dapi/v1/allOrders symbol=BTCUSD_PERP";
    "coinm_amendments"
        |client| amendments(client, Desk::Futures(FuturesProduct::CoinM), "BTCUSD_PERP", &ours().into()).await
        => "GET /dapi/v1/orderAmendment symbol=BTCUSD_PERP&origClientOrderId=mx00000040000002000000h";
    "coinm_forced"
        |client| forced(client, FuturesProduct::CoinM, None, PAGE).await
        => "GET /dapi/v1/forceOrders startTime=1699990000000&endTime=1699999999999&limit=100";
    "coinm_cancel_algo" same as "cancel_order trigger=True [BTC/USD:BTC]"
        |client| cancel_algo(client, FuturesProduct::CoinM, &Target::Venue(123_456)).await
        => "DELETE /dapi/v1/algoOrder algoId=123456";
    "coinm_cancel_all_algo" same as "cancel_all_orders trigger=True [BTC/USD:BTC]"
        |client| cancel_all_algo(client, FuturesProduct::CoinM, "BTCUSD_PERP").await
        => "DELETE /dapi/v1/algoOpenOrders symbol=BTCUSD_PERP";
    "coinm_query_algo" same as "fetch_order trigger=True [BTC/USD:BTC]"
        |client| query_algo(client, FuturesProduct::CoinM, &Target::Venue(123_456)).await
        => "GET /dapi/v1/algoOrder algoId=123456";
    "coinm_open_algo" same as "fetch_open_orders trigger=True [BTC/USD:BTC]"
        |client| open_algo(client, FuturesProduct::CoinM, Some("BTCUSD_PERP")).await
        => "GET /dapi/v1/openAlgoOrders symbol=BTCUSD_PERP";
    "coinm_history_algo"
        |client| history_algo(client, FuturesProduct::CoinM, "BTCUSD_PERP", PAGE).await
        => "GET /dapi/v1/allAlgoOrders symbol=BTCUSD_PERP&algoId=7&startTime=1699990000000&endTime=1699999999999&limit=100";
}
