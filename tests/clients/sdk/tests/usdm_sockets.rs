//! USD-M futures over sockets: the WebSocket API, the market streams and the account's.

use anyhow::{Context as _, Result, bail};
use binance_sdk::derivatives_trading_usds_futures::{
    DerivativesTradingUsdsFuturesRestApi, DerivativesTradingUsdsFuturesWsApi, DerivativesTradingUsdsFuturesWsStreams,
    rest_api::{
        FuturesAccountBalanceV3Params, NewOrderNewOrderRespTypeEnum, NewOrderParams, NewOrderSideEnum, NewOrderTypeEnum, RestApi,
    },
    websocket_api, websocket_streams,
    websocket_streams::UserDataStreamEventsResponse,
};
use metaexpert_sdk_clients::{Messages, Place, absent, exact};
use rust_decimal::{Decimal, dec};

const CONTRACT: &str = "BTCUSDT";
const NOBODY_SELLS_AT: Decimal = dec!(50000);

fn client(place: &Place) -> Result<RestApi> {
    Ok(DerivativesTradingUsdsFuturesRestApi::from_config(place.rest()?))
}

async fn balance(client: &RestApi) -> Result<Decimal> {
    let rows = client.futures_account_balance_v3(FuturesAccountBalanceV3Params::default()).await?.data().await?;
    assert_eq!(absent(&rows), [""; 0]);
    exact(&rows.iter().find(|row| row.asset.as_deref() == Some("USDT")).context("USDT")?.balance)
}

fn market(side: NewOrderSideEnum, quantity: Decimal) -> Result<NewOrderParams> {
    let order = NewOrderParams::builder(CONTRACT.into(), side, NewOrderTypeEnum::Market).quantity(quantity);
    Ok(order.new_order_resp_type(NewOrderNewOrderRespTypeEnum::Result).build()?)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_websocket_api_trades() -> Result<()> {
    use websocket_api::{
        AccountInformationV2Params, CancelOrderParams, NewOrderParams, NewOrderSideEnum, NewOrderTimeInForceEnum,
        NewOrderTypeEnum, PositionInformationV2Params, QueryOrderParams,
    };
    let place = Place::open().await?;
    let api =
        DerivativesTradingUsdsFuturesWsApi::from_config(place.ws_api("ws-fapi.binance.com", "/ws-fapi/v1")?).connect().await?;
    let order = NewOrderParams::builder(CONTRACT.into(), NewOrderSideEnum::Buy, NewOrderTypeEnum::Limit);
    let order = order.time_in_force(NewOrderTimeInForceEnum::Gtc).quantity(dec!(0.01)).price(NOBODY_SELLS_AT).build()?;
    let order = api.new_order(order).await?.data()?;
    assert_eq!(order.status.as_deref(), Some("NEW"));
    let id = order.order_id.context("orderId")?;
    let stood = api.query_order(QueryOrderParams::builder(CONTRACT.into()).order_id(id).build()?).await?.data()?;
    assert_eq!(exact(&stood.price)?, NOBODY_SELLS_AT);
    let cancelled = api.cancel_order(CancelOrderParams::builder(CONTRACT.into()).order_id(id).build()?).await?.data()?;
    assert_eq!(cancelled.status.as_deref(), Some("CANCELED"));
    let order = NewOrderParams::builder(CONTRACT.into(), NewOrderSideEnum::Buy, NewOrderTypeEnum::Market).quantity(dec!(0.01));
    api.new_order(order.build()?).await?.data()?;
    let positions = api.position_information_v2(PositionInformationV2Params::default()).await?.data()?;
    assert_eq!(positions.iter().map(|row| exact(&row.position_amt)).collect::<Result<Vec<_>>>()?, [dec!(0.01)]);
    let account = api.account_information_v2(AccountInformationV2Params::default()).await?.data()?;
    // Answers are those of `GET /fapi/v3/account`, which does not have it.
    assert_eq!(absent(&account), ["margin_available"]);
    assert!(exact(&account.total_wallet_balance)? > dec!(900000));
    api.disconnect().await?;
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_streams_show_the_book_and_ones_own_trade() -> Result<()> {
    use websocket_streams::{
        AggregateTradeStreamsParams, DiffBookDepthStreamsParams, IndividualSymbolBookTickerStreamsParams, MarkPriceStreamParams,
    };
    let place = Place::open().await?;
    let client = client(&place)?;
    let streams = DerivativesTradingUsdsFuturesWsStreams::from_config(place.streams("fstream.binance.com")?).connect().await?;
    let symbol = || CONTRACT.to_lowercase();
    let best = IndividualSymbolBookTickerStreamsParams::builder(symbol()).build()?;
    let mut best = Messages::of(&streams.individual_symbol_book_ticker_streams(best).await?);
    let mut book = Messages::of(&streams.diff_book_depth_streams(DiffBookDepthStreamsParams::builder(symbol()).build()?).await?);
    let mut trades =
        Messages::of(&streams.aggregate_trade_streams(AggregateTradeStreamsParams::builder(symbol()).build()?).await?);
    let mut marks = Messages::of(&streams.mark_price_stream(MarkPriceStreamParams::builder(symbol()).build()?).await?);
    let shown = best.next().await?;
    assert_eq!(absent(&shown), [""; 0]);
    assert!(exact(&shown.b)? < exact(&shown.a)?);
    let (first, second) = (book.next().await?, book.next().await?);
    assert_eq!(absent(&first), [""; 0]);
    assert_eq!(second.pu, first.u);
    // Over which time `ap` is an average is not documented.
    assert_eq!(absent(&marks.next().await?), ["ap"]);
    let quantity = dec!(0.123);
    client.new_order(market(NewOrderSideEnum::Buy, quantity)?).await?.data().await?;
    let trade = trades.find(|trade| (exact(&trade.q).ok() == Some(quantity)).then_some(trade)).await?;
    assert_eq!((absent(&trade), trade.m), (Vec::new(), Some(false)));
    streams.disconnect().await?;
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_stream_tells_of_orders_and_money() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let key = client.start_user_data_stream().await?.data().await?.listen_key.context("listenKey")?;
    let kept = client.keepalive_user_data_stream().await?.data().await?;
    assert_eq!(kept.listen_key.as_deref(), Some(key.as_str()));
    let streams = DerivativesTradingUsdsFuturesWsStreams::from_config(place.streams("fstream.binance.com")?).connect().await?;
    let mut events = Messages::of(&streams.user_data(key, None).await?);
    let before = balance(&client).await?;
    let bought = client.new_order(market(NewOrderSideEnum::Buy, dec!(0.02))?).await?.data().await?;
    let after = balance(&client).await?;
    let (mut statuses, mut filled, mut fees, mut told) = (Vec::new(), Decimal::ZERO, Decimal::ZERO, before);
    while told != after || filled != dec!(0.02) {
        match events.next().await? {
            UserDataStreamEventsResponse::OrderTradeUpdate(update) => {
                let order = update.o.context("o")?;
                assert_eq!(order.i, bought.order_id);
                statuses.push(order.x_uppercase.clone().context("X")?);
                filled += exact(&order.l)?;
                fees += order.n.as_ref().map_or(Ok(Decimal::ZERO), |_| exact(&order.n))?;
            }
            UserDataStreamEventsResponse::AccountUpdate(update) => {
                let money = update.a.context("a")?;
                assert_eq!(money.m.as_deref(), Some("ORDER"));
                let rows = money.b_uppercase.context("B")?;
                told = exact(&rows.iter().find(|row| row.a.as_deref() == Some("USDT")).context("USDT")?.wb)?;
            }
            UserDataStreamEventsResponse::TradeLite(trade) => assert_eq!(absent(&trade), [""; 0]),
            other => bail!("nothing else happened: {other:?}"),
        }
    }
    assert_eq!((statuses.first().map(String::as_str), statuses.last().map(String::as_str)), (Some("NEW"), Some("FILLED")));
    assert_eq!(after, before - fees);
    client.close_user_data_stream().await?.data().await?;
    streams.disconnect().await?;
    place.close().await;
    Ok(())
}
