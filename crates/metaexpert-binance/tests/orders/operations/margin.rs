//! What is asked of margin, call by call.

use super::*;

operations! { Signed Margin
    "margin_limit"
        |client| place(client, &OrderRequest::Margin(borrowed(spot(Side::Buy, base("0.01"), limit("50000", SpotTimeInForce::GoodTillCancelled)))), NOW).await
        => "POST /sapi/v1/margin/order symbol=BTCUSDT&side=BUY&type=LIMIT&price=50000&timeInForce=GTC&quantity=0.01&newClientOrderId=mx00000040000002000000h&newOrderRespType=FULL&isIsolated=FALSE&sideEffectType=MARGIN_BUY";
    "margin_isolated_market"
        |client| {
            let order = spot(Side::Sell, base("0.01"), SpotKind::Market);
            let (account, side_effect) = (MarginMode::Isolated, SideEffect::BorrowAndRepay);
            let order = MarginOrder { account, side_effect, repay_at_cancel: Some(false), order };
            place(client, &OrderRequest::Margin(order), NOW).await
        }
        => "POST /sapi/v1/margin/order symbol=BTCUSDT&side=SELL&type=MARKET&quantity=0.01&newClientOrderId=mx00000040000002000000h&newOrderRespType=FULL&isIsolated=TRUE&sideEffectType=AUTO_BORROW_REPAY&autoRepayAtCancel=false";
    "margin_cancel"
        |client| cancel(client, Desk::Margin(MarginMode::Isolated), "BTCUSDT", &Target::Venue(28)).await
        => "DELETE /sapi/v1/margin/order symbol=BTCUSDT&isIsolated=TRUE&orderId=28";
    "margin_cancel_all"
        |client| cancel_all(client, Desk::Margin(MarginMode::Cross), "BTCUSDT").await
        => "DELETE /sapi/v1/margin/openOrders symbol=BTCUSDT&isIsolated=FALSE";
    "margin_query"
        |client| query(client, Desk::Margin(MarginMode::Cross), "BTCUSDT", &ours().into()).await
        => "GET /sapi/v1/margin/order symbol=BTCUSDT&isIsolated=FALSE&origClientOrderId=mx00000040000002000000h";
    "margin_open"
        |client| open(client, Desk::Margin(MarginMode::Cross), None).await
        => "GET /sapi/v1/margin/openOrders isIsolated=FALSE";
    "margin_history"
        |client| history(client, Desk::Margin(MarginMode::Isolated), "BTCUSDT", PAGE).await
        => "GET /sapi/v1/margin/allOrders symbol=BTCUSDT&isIsolated=TRUE&orderId=7&startTime=1699990000000&endTime=1699999999999&limit=100";
    "margin_oco"
        |client| place_list(client, &ListRequest::MarginOco(borrowed(list(oco(ProfitLeg::LimitMaker { price: SpotPrice::At(price("60000")) }, stop_limit("45000", "44900")))))).await
        => "POST /sapi/v1/margin/order/oco symbol=BTCUSDT&listClientOrderId=mxlist&side=SELL&quantity=0.02&limitClientOrderId=mxabove&price=60000&stopClientOrderId=mxbelow&stopPrice=45000&stopLimitPrice=44900&stopLimitTimeInForce=GTC&newOrderRespType=RESULT&isIsolated=FALSE&sideEffectType=MARGIN_BUY";
    "margin_oto"
        |client| place_list(client, &ListRequest::MarginPending(borrowed(list(pending(Some(quantity("0.02"))))))).await
        => "POST /sapi/v1/margin/order/oto symbol=BTCUSDT&listClientOrderId=mxlist&workingType=LIMIT&workingSide=BUY&workingClientOrderId=mxworking&workingPrice=50000&workingQuantity=0.02&workingTimeInForce=GTC&pendingSide=SELL&pendingQuantity=0.02&pendingType=STOP_LOSS&pendingStopPrice=45000&pendingClientOrderId=mxpending&newOrderRespType=RESULT&isIsolated=FALSE&sideEffectType=MARGIN_BUY";
    "margin_otoco"
        |client| place_list(client, &ListRequest::MarginPendingOco(borrowed(list(pending_oco(Some(quantity("0.02"))))))).await
        => "POST /sapi/v1/margin/order/otoco symbol=BTCUSDT&listClientOrderId=mxlist&workingType=LIMIT&workingSide=BUY&workingClientOrderId=mxworking&workingPrice=50000&workingQuantity=0.02&workingTimeInForce=GTC&pendingSide=SELL&pendingQuantity=0.02&pendingAboveType=LIMIT_MAKER&pendingAbovePrice=60000&pendingAboveClientOrderId=mxabove&pendingBelowType=STOP_LOSS&pendingBelowStopPrice=45000&pendingBelowClientOrderId=mxbelow&newOrderRespType=RESULT&isIsolated=FALSE&sideEffectType=MARGIN_BUY";
    "margin_cancel_list"
        |client| cancel_list(client, Desk::Margin(MarginMode::Cross), "BTCUSDT", &Target::Venue(27)).await
        => "DELETE /sapi/v1/margin/orderList symbol=BTCUSDT&isIsolated=FALSE&orderListId=27";
    "margin_query_list"
        |client| query_list(client, Desk::Margin(MarginMode::Isolated), Some("BTCUSDT"), &Target::Venue(27)).await
        => "GET /sapi/v1/margin/orderList symbol=BTCUSDT&isIsolated=TRUE&orderListId=27";
    "margin_open_lists"
        |client| open_lists(client, Desk::Margin(MarginMode::Cross), None).await
        => "GET /sapi/v1/margin/openOrderList isIsolated=FALSE";
    "margin_history_lists"
        |client| history_lists(client, Desk::Margin(MarginMode::Cross), None, PAGE).await
        => "GET /sapi/v1/margin/allOrderList isIsolated=FALSE&fromId=7&startTime=1699990000000&endTime=1699999999999&limit=100";
}
