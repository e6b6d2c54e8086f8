//! Spot over sockets: the WebSocket API, its account events, and the market streams.

use anyhow::{Context as _, Result};
use binance_sdk::spot::{
    SpotRestApi, SpotWsApi, SpotWsStreams,
    rest_api::{NewOrderParams, NewOrderResponseFillsInner, NewOrderSideEnum, NewOrderTypeEnum},
    websocket_api::{
        AccountStatusParams, OrderCancelParams, OrderPlaceParams, OrderPlaceSideEnum, OrderPlaceTimeInForceEnum,
        OrderPlaceTypeEnum, OrderStatusParams, UserDataStreamEventsResponse, UserDataStreamSubscribeSignatureParams,
    },
    websocket_streams::{AggTradeParams, BookTickerParams, DiffBookDepthParams, TradeParams},
};
use metaexpert_sdk_clients::{Messages, Place, absent, exact};
use rust_decimal::{Decimal, dec};

const PAIR: &str = "BTCUSDT";
const NOBODY_SELLS_AT: Decimal = dec!(50000);

#[tokio::test(flavor = "multi_thread")]
async fn the_websocket_api_trades_and_tells_of_it() -> Result<()> {
    let place = Place::open().await?;
    let api = SpotWsApi::from_config(place.ws_api("ws-api.binance.com:443", "/ws-api/v3")?).connect().await?;
    let (answer, events) = api.user_data_stream_subscribe_signature(UserDataStreamSubscribeSignatureParams::default()).await?;
    assert_eq!(answer.data()?.subscription_id, Some(0));
    let mut events = Messages::of(&events);

    let order = OrderPlaceParams::builder(PAIR.into(), OrderPlaceSideEnum::Buy, OrderPlaceTypeEnum::Limit);
    let order = order.time_in_force(OrderPlaceTimeInForceEnum::Gtc).quantity(dec!(0.01)).price(NOBODY_SELLS_AT).build()?;
    let answer = api.order_place(order).await?;
    assert!(answer.rate_limits.as_ref().is_some_and(|limits| !limits.is_empty()));
    let order = answer.data()?;
    assert_eq!(order.status.as_deref(), Some("NEW"));
    let id = order.order_id.context("orderId")?;
    let stood = api.order_status(OrderStatusParams::builder(PAIR.into()).order_id(id).build()?).await?.data()?;
    assert_eq!((stood.order_id, stood.status.as_deref()), (Some(id), Some("NEW")));
    let account = api.account_status(AccountStatusParams::default()).await?.data()?;
    let rows = account.balances.as_deref().context("balances")?;
    let dollars = rows.iter().find(|row| row.asset.as_deref() == Some("USDT")).context("USDT")?;
    assert_eq!(exact(&dollars.locked)?, dec!(500));
    let cancelled = api.order_cancel(OrderCancelParams::builder(PAIR.into()).order_id(id).build()?).await?.data()?;
    assert_eq!(cancelled.status.as_deref(), Some("CANCELED"));
    let order = OrderPlaceParams::builder(PAIR.into(), OrderPlaceSideEnum::Buy, OrderPlaceTypeEnum::Market);
    let bought = api.order_place(order.quantity(dec!(0.01)).build()?).await?.data()?;
    assert_eq!((bought.status.as_deref(), exact(&bought.executed_qty)?), (Some("FILLED"), dec!(0.01)));

    let mut told: Vec<(Option<i64>, String)> = Vec::new();
    while told.last().is_none_or(|(_, status)| status != "FILLED") {
        let report = events.find(|event| match event {
            UserDataStreamEventsResponse::ExecutionReport(report) => Some(report),
            _ => None,
        });
        let report = report.await?;
        told.push((report.i, report.x_uppercase.context("X")?));
    }
    let of = |order: Option<i64>| told.iter().filter(move |(id, _)| *id == order).map(|(_, status)| status.as_str());
    assert_eq!(of(Some(id)).collect::<Vec<_>>(), ["NEW", "CANCELED"]);
    assert_eq!((of(bought.order_id).next(), of(bought.order_id).last()), (Some("NEW"), Some("FILLED")));
    let position = events.find(|event| match event {
        UserDataStreamEventsResponse::OutboundAccountPosition(position) => Some(position),
        _ => None,
    });
    assert_eq!(absent(&position.await?), [""; 0]);
    api.disconnect().await?;
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_streams_show_the_book_and_ones_own_trade() -> Result<()> {
    let place = Place::open().await?;
    let streams = SpotWsStreams::from_config(place.streams("stream.binance.com:9443")?).connect().await?;
    let symbol = || PAIR.to_lowercase();
    let mut best = Messages::of(&streams.book_ticker(BookTickerParams::builder(symbol()).build()?).await?);
    let mut book = Messages::of(&streams.diff_book_depth(DiffBookDepthParams::builder(symbol()).build()?).await?);
    let mut trades = Messages::of(&streams.trade(TradeParams::builder(symbol()).build()?).await?);
    let mut sums = Messages::of(&streams.agg_trade(AggTradeParams::builder(symbol()).build()?).await?);
    let shown = best.next().await?;
    assert_eq!(absent(&shown), [""; 0]);
    assert!(exact(&shown.b)? < exact(&shown.a)?);
    let (first, second) = (book.next().await?, book.next().await?);
    assert_eq!(absent(&first), [""; 0]);
    assert_eq!(second.u_uppercase, first.u.map(|last| last + 1));

    let quantity = dec!(0.01234);
    let order =
        NewOrderParams::builder(PAIR.into(), NewOrderSideEnum::Buy, NewOrderTypeEnum::Market).quantity(quantity).build()?;
    let bought = SpotRestApi::from_config(place.rest()?).new_order(order).await?.data().await?;
    let mut left = quantity;
    while !left.is_zero() {
        let trade = trades.next().await?;
        assert_eq!(absent(&trade), [""; 0]);
        let is_mine = |fill: &NewOrderResponseFillsInner| fill.trade_id == trade.t;
        if bought.fills.as_deref().context("fills")?.iter().any(is_mine) {
            assert_eq!(trade.m, Some(false));
            left -= exact(&trade.q)?;
        }
    }
    let sum = sums.find(|sum| (exact(&sum.q).ok() == Some(quantity)).then_some(sum)).await?;
    assert_eq!((absent(&sum), sum.m), (Vec::new(), Some(false)));
    streams.disconnect().await?;
    place.close().await;
    Ok(())
}
