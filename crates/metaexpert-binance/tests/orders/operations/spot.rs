//! What is asked of spot, call by call.

use super::*;

operations! { Signed Spot
    "spot_market_buy" same as "create_order market buy [BTC/USDT]"
        |client| place(client, &OrderRequest::Spot(spot(Side::Buy, base("0.01"), SpotKind::Market)), NOW).await
        => "POST /api/v3/order symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&newClientOrderId=mx00000040000002000000h&newOrderRespType=FULL";
    "spot_market_buy_for_an_amount" same as "create_order market buy cost [BTC/USDT]"
        |client| place(client, &OrderRequest::Spot(spot(Side::Buy, Amount::Quote(dec!(100.00)), SpotKind::Market)), NOW).await
        => "POST /api/v3/order symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=100&newClientOrderId=mx00000040000002000000h&newOrderRespType=FULL";
    "spot_limit" same as "create_order limit buy [BTC/USDT]"
        |client| place(client, &OrderRequest::Spot(spot(Side::Buy, base("0.01"), limit("50000", SpotTimeInForce::GoodTillCancelled))), NOW).await
        => "POST /api/v3/order symbol=BTCUSDT&side=BUY&type=LIMIT&price=50000&timeInForce=GTC&quantity=0.01&newClientOrderId=mx00000040000002000000h&newOrderRespType=FULL";
    "spot_limit_ioc" same as "create_order limit IOC clientOrderId [BTC/USDT]"
        |client| place(client, &OrderRequest::Spot(spot(Side::Buy, base("0.01"), limit("50000", SpotTimeInForce::ImmediateOrCancel))), NOW).await
        => "POST /api/v3/order symbol=BTCUSDT&side=BUY&type=LIMIT&price=50000&timeInForce=IOC&quantity=0.01&newClientOrderId=mx00000040000002000000h&newOrderRespType=FULL";
    "spot_post_only" same as "create_order limit postOnly [BTC/USDT]"
        |client| place(client, &OrderRequest::Spot(spot(Side::Buy, base("0.01"), SpotKind::LimitMaker { price: SpotPrice::At(price("50000")), iceberg: None })), NOW).await
        => "POST /api/v3/order symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&price=50000&quantity=0.01&newClientOrderId=mx00000040000002000000h&newOrderRespType=FULL";
    "spot_pegged_iceberg"
        |client| {
            let pegged = SpotPrice::Pegged { peg: Peg::Primary, level: Some(2) };
            let kind = SpotKind::Limit { price: pegged, time_in_force: SpotTimeInForce::GoodTillCancelled, iceberg: Some(quantity("0.002")) };
            place(client, &OrderRequest::Spot(spot(Side::Sell, base("0.01"), kind)), NOW).await
        }
        => "POST /api/v3/order symbol=BTCUSDT&side=SELL&type=LIMIT&pegPriceType=PRIMARY_PEG&pegOffsetValue=2&pegOffsetType=PRICE_LEVEL&timeInForce=GTC&icebergQty=0.002&quantity=0.01&newClientOrderId=mx00000040000002000000h&newOrderRespType=FULL";
    "spot_stop" same as "create_order trigger(stop) market triggerPrice [BTC/USDT]"
        |client| place(client, &OrderRequest::Spot(spot(Side::Sell, base("0.01"), SpotKind::StopLoss { trigger: at("45000") })), NOW).await
        => "POST /api/v3/order symbol=BTCUSDT&side=SELL&type=STOP_LOSS&stopPrice=45000&quantity=0.01&newClientOrderId=mx00000040000002000000h&newOrderRespType=FULL";
    "spot_stop_limit" same as "create_order trigger limit triggerPrice [BTC/USDT]"
        |client| {
            let (price, time_in_force) = (SpotPrice::At(price("44900")), SpotTimeInForce::GoodTillCancelled);
            let kind = SpotKind::StopLossLimit { trigger: at("45000"), price, time_in_force, iceberg: None };
            place(client, &OrderRequest::Spot(spot(Side::Sell, base("0.01"), kind)), NOW).await
        }
        => "POST /api/v3/order symbol=BTCUSDT&side=SELL&type=STOP_LOSS_LIMIT&stopPrice=45000&price=44900&timeInForce=GTC&quantity=0.01&newClientOrderId=mx00000040000002000000h&newOrderRespType=FULL";
    "spot_take_profit" same as "create_order takeProfitPrice market [BTC/USDT]"
        |client| place(client, &OrderRequest::Spot(spot(Side::Sell, base("0.01"), SpotKind::TakeProfit { trigger: at("60000") })), NOW).await
        => "POST /api/v3/order symbol=BTCUSDT&side=SELL&type=TAKE_PROFIT&stopPrice=60000&quantity=0.01&newClientOrderId=mx00000040000002000000h&newOrderRespType=FULL";
    "spot_take_profit_limit"
        |client| {
            let (price, time_in_force) = (SpotPrice::At(price("60100")), SpotTimeInForce::FillOrKill);
            let kind = SpotKind::TakeProfitLimit { trigger: at("60000"), price, time_in_force, iceberg: None };
            place(client, &OrderRequest::Spot(spot(Side::Sell, base("0.01"), kind)), NOW).await
        }
        => "POST /api/v3/order symbol=BTCUSDT&side=SELL&type=TAKE_PROFIT_LIMIT&stopPrice=60000&price=60100&timeInForce=FOK&quantity=0.01&newClientOrderId=mx00000040000002000000h&newOrderRespType=FULL";
    "spot_trailing_stop"
        |client| {
            let trigger = SpotTrigger::Trailing { delta_bips: 150, activation: Some(price("61000")) };
            let order = SpotOrder { self_trade: Some(SpotSelfTrade::Decrement), ..spot(Side::Sell, base("0.01"), SpotKind::TakeProfit { trigger }) };
            place(client, &OrderRequest::Spot(order), NOW).await
        }
        => "POST /api/v3/order symbol=BTCUSDT&side=SELL&type=TAKE_PROFIT&trailingDelta=150&stopPrice=61000&quantity=0.01&newClientOrderId=mx00000040000002000000h&selfTradePreventionMode=DECREMENT&newOrderRespType=FULL";
    "spot_symbol_that_is_not_ascii"
        |client| {
            let order = SpotOrder { symbol: "这是测试币456".into(), ..spot(Side::Buy, base("1"), SpotKind::Market) };
            place(client, &OrderRequest::Spot(order), NOW).await
        }
        => "POST /api/v3/order symbol=这是测试币456&side=BUY&type=MARKET&quantity=1&newClientOrderId=mx00000040000002000000h&newOrderRespType=FULL";
    "spot_test"
        |client| test(client, &OrderRequest::Spot(spot(Side::Buy, base("0.01"), SpotKind::Market)), NOW).await
        => "POST /api/v3/order/test symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&newClientOrderId=mx00000040000002000000h&newOrderRespType=FULL";
    "spot_replace" same as "edit_order limit [BTC/USDT]"
        |client| {
            let order = spot(Side::Buy, base("0.01"), limit("50100", SpotTimeInForce::GoodTillCancelled));
            let target = Target::Venue(123_456);
            replace_spot(client, &Replacement { target, order, when_cancel_fails: WhenCancelFails::Stop }).await
        }
        => "POST /api/v3/order/cancelReplace symbol=BTCUSDT&side=BUY&type=LIMIT&price=50100&timeInForce=GTC&quantity=0.01&newClientOrderId=mx00000040000002000000h&newOrderRespType=FULL&cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId=123456";
    "spot_amend"
        |client| amend_spot(client, "BTCUSDT", &Target::Venue(33), quantity("5"), Some(&ours().into())).await
        => "PUT /api/v3/order/amend/keepPriority symbol=BTCUSDT&orderId=33&newClientOrderId=mx00000040000002000000h&newQty=5";
    "spot_cancel" same as "cancel_order [BTC/USDT]"
        |client| cancel(client, Desk::Spot, "BTCUSDT", &Target::Venue(123_456)).await
        => "DELETE /api/v3/order symbol=BTCUSDT&orderId=123456";
    "spot_cancel_by_name"
        |client| cancel(client, Desk::Spot, "BTCUSDT", &ours().into()).await
        => "DELETE /api/v3/order symbol=BTCUSDT&origClientOrderId=mx00000040000002000000h";
    "spot_cancel_all" same as "cancel_all_orders [BTC/USDT]"
        |client| cancel_all(client, Desk::Spot, "BTCUSDT").await
        => "DELETE /api/v3/openOrders symbol=BTCUSDT";
    "spot_query" same as "fetch_order [BTC/USDT]"
        |client| query(client, Desk::Spot, "BTCUSDT", &Target::Venue(123_456)).await
        => "GET /api/v3/order symbol=BTCUSDT&orderId=123456";
    "spot_open" same as "fetch_open_orders [BTC/USDT]"
        |client| open(client, Desk::Spot, Some("BTCUSDT")).await
        => "GET /api/v3/openOrders symbol=BTCUSDT";
    "spot_open_all"
        |client| open(client, Desk::Spot, None).await
        => "GET /api/v3/openOrders";
    "spot_history" same as "fetch_orders/closed [BTC/USDT]"
        |client| history(client, Desk::Spot, "BTCUSDT", Page::default()).await
        => "GET /api/v3/allOrders symbol=BTCUSDT";
    "spot_history_page"
        |client| history(client, Desk::Spot, "BTCUSDT", PAGE).await
        => "GET /api/v3/allOrders symbol=BTCUSDT&orderId=7&startTime=1699990000000&endTime=1699999999999&limit=100";
    "spot_amendments"
        |client| amendments(client, Desk::Spot, "BTCUSDT", &Target::Venue(9)).await
        => "GET /api/v3/order/amendments symbol=BTCUSDT&orderId=9";
    "spot_oco"
        |client| place_list(client, &ListRequest::Oco(list(oco(ProfitLeg::LimitMaker { price: SpotPrice::At(price("60000")) }, stop_limit("45000", "44900"))))).await
        => "POST /api/v3/orderList/oco symbol=BTCUSDT&listClientOrderId=mxlist&side=SELL&quantity=0.02&aboveType=LIMIT_MAKER&abovePrice=60000&aboveClientOrderId=mxabove&belowType=STOP_LOSS_LIMIT&belowStopPrice=45000&belowPrice=44900&belowTimeInForce=GTC&belowClientOrderId=mxbelow&newOrderRespType=RESULT";
    "spot_oco_of_a_buyer"
        |client| {
            let profit = ProfitLeg::TakeProfit { trigger: at("45000") };
            let orders = Oco { side: Side::Buy, ..oco(profit, StopLeg::StopLoss { trigger: at("60000") }) };
            place_list(client, &ListRequest::Oco(list(orders))).await
        }
        => "POST /api/v3/orderList/oco symbol=BTCUSDT&listClientOrderId=mxlist&side=BUY&quantity=0.02&aboveType=STOP_LOSS&aboveStopPrice=60000&aboveClientOrderId=mxbelow&belowType=TAKE_PROFIT&belowStopPrice=45000&belowClientOrderId=mxabove&newOrderRespType=RESULT";
    "spot_oto"
        |client| place_list(client, &ListRequest::Pending(list(pending(Some(quantity("0.02")))))).await
        => "POST /api/v3/orderList/oto symbol=BTCUSDT&listClientOrderId=mxlist&workingType=LIMIT&workingSide=BUY&workingClientOrderId=mxworking&workingPrice=50000&workingQuantity=0.02&workingTimeInForce=GTC&pendingSide=SELL&pendingQuantity=0.02&pendingType=STOP_LOSS&pendingStopPrice=45000&pendingClientOrderId=mxpending&newOrderRespType=RESULT";
    "spot_opo"
        |client| place_list(client, &ListRequest::Pending(list(pending(None)))).await
        => "POST /api/v3/orderList/opo symbol=BTCUSDT&listClientOrderId=mxlist&workingType=LIMIT&workingSide=BUY&workingClientOrderId=mxworking&workingPrice=50000&workingQuantity=0.02&workingTimeInForce=GTC&pendingSide=SELL&pendingType=STOP_LOSS&pendingStopPrice=45000&pendingClientOrderId=mxpending&newOrderRespType=RESULT";
    "spot_otoco"
        |client| place_list(client, &ListRequest::PendingOco(list(pending_oco(Some(quantity("0.02")))))).await
        => "POST /api/v3/orderList/otoco symbol=BTCUSDT&listClientOrderId=mxlist&workingType=LIMIT&workingSide=BUY&workingClientOrderId=mxworking&workingPrice=50000&workingQuantity=0.02&workingTimeInForce=GTC&pendingSide=SELL&pendingQuantity=0.02&pendingAboveType=LIMIT_MAKER&pendingAbovePrice=60000&pendingAboveClientOrderId=mxabove&pendingBelowType=STOP_LOSS&pendingBelowStopPrice=45000&pendingBelowClientOrderId=mxbelow&newOrderRespType=RESULT";
    "spot_opoco"
        |client| place_list(client, &ListRequest::PendingOco(list(pending_oco(None)))).await
        => "POST /api/v3/orderList/opoco symbol=BTCUSDT&listClientOrderId=mxlist&workingType=LIMIT&workingSide=BUY&workingClientOrderId=mxworking&workingPrice=50000&workingQuantity=0.02&workingTimeInForce=GTC&pendingSide=SELL&pendingAboveType=LIMIT_MAKER&pendingAbovePrice=60000&pendingAboveClientOrderId=mxabove&pendingBelowType=STOP_LOSS&pendingBelowStopPrice=45000&pendingBelowClientOrderId=mxbelow&newOrderRespType=RESULT";
    "spot_cancel_list"
        |client| cancel_list(client, Desk::Spot, "BTCUSDT", &Target::Venue(27)).await
        => "DELETE /api/v3/orderList symbol=BTCUSDT&orderListId=27";
    "spot_query_list"
        |client| query_list(client, Desk::Spot, None, &ours().into()).await
        => "GET /api/v3/orderList origClientOrderId=mx00000040000002000000h";
    "spot_open_lists"
        |client| open_lists(client, Desk::Spot, None).await
        => "GET /api/v3/openOrderList";
    "spot_history_lists"
        |client| history_lists(client, Desk::Spot, None, PAGE).await
        => "GET /api/v3/allOrderList fromId=7&startTime=1699990000000&endTime=1699999999999&limit=100";
}
