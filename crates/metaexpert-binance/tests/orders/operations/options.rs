//! What is asked of options, call by call.

use super::*;

operations! { Signed Options
    "options_place"
        |client| place(client, &OrderRequest::Option(option(OptionTimeInForce::PostOnly)), NOW).await
        => "POST /eapi/v1/order symbol=BTC-270326-90000-C&side=BUY&type=LIMIT&quantity=0.2&price=1250.5&timeInForce=GTC&postOnly=true&clientOrderId=mx00000040000002000000h&newOrderRespType=RESULT";
    "options_place_batch"
        |client| {
            let reduce = OptionOrder { reduce_only: true, market_maker: true, ..option(OptionTimeInForce::ImmediateOrCancel) };
            place_batch_of_options(client, &[reduce]).await
        }
        => r#"POST /eapi/v1/batchOrders orders=[{"symbol":"BTC-270326-90000-C","side":"BUY","type":"LIMIT","quantity":"0.2","price":"1250.5","timeInForce":"IOC","reduceOnly":"true","isMmp":"true","clientOrderId":"mx00000040000002000000h","newOrderRespType":"RESULT"}]"#;
    "options_cancel"
        |client| cancel(client, Desk::Options, "BTC-270326-90000-C", &ours().into()).await
        => "DELETE /eapi/v1/order symbol=BTC-270326-90000-C&clientOrderId=mx00000040000002000000h";
    "options_cancel_batch"
        |client| cancel_batch(client, Desk::Options, "BTC-270326-90000-C", Targets::Client(&[ours().into()])).await
        => r#"DELETE /eapi/v1/batchOrders symbol=BTC-270326-90000-C&clientOrderIds=["mx00000040000002000000h"]"#;
    "options_cancel_all"
        |client| cancel_all(client, Desk::Options, "BTC-270326-90000-C").await
        => "DELETE /eapi/v1/allOpenOrders symbol=BTC-270326-90000-C";
    "options_cancel_all_of_underlying"
        |client| cancel_all_of_underlying(client, "BTCUSDT").await
        => "DELETE /eapi/v1/allOpenOrdersByUnderlying underlying=BTCUSDT";
    "options_query"
        |client| query(client, Desk::Options, "BTC-270326-90000-C", &Target::Venue(4_611_875_134_427_365_377)).await
        => "GET /eapi/v1/order symbol=BTC-270326-90000-C&orderId=4611875134427365377";
    "options_open"
        |client| open(client, Desk::Options, None).await
        => "GET /eapi/v1/openOrders";
    "options_history"
        |client| history(client, Desk::Options, "BTC-270326-90000-C", PAGE).await
        => "GET /eapi/v1/historyOrders symbol=BTC-270326-90000-C&orderId=7&startTime=1699990000000&endTime=1699999999999&limit=100";
    "options_exercises"
        |client| exercises(client, Some("BTC-270326-90000-C"), PAGE).await
        => "GET /eapi/v1/exerciseRecord symbol=BTC-270326-90000-C&startTime=1699990000000&endTime=1699999999999&limit=100";
}
