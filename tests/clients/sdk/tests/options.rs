//! European options over REST and the streams.

use anyhow::{Context as _, Result, bail};
use binance_sdk::derivatives_trading_options::{
    DerivativesTradingOptionsRestApi, DerivativesTradingOptionsWsStreams,
    rest_api::{
        AccountTradeListParams, CancelOptionOrderParams, IndexPriceParams, KlineCandlestickDataIntervalEnum,
        KlineCandlestickDataParams, NewOrderNewOrderRespTypeEnum, NewOrderParams, NewOrderSideEnum, NewOrderTimeInForceEnum,
        NewOrderTypeEnum, OptionMarginAccountInformationParams, OptionMarkPriceParams, OptionPositionInformationParams,
        OrderBookParams, QueryCurrentOpenOptionOrdersParams, QuerySingleOrderParams, RecentTradesListParams, RestApi,
        Ticker24hrPriceChangeStatisticsParams,
    },
    websocket_streams::{
        DiffBookDepthStreamsParams, DiffBookDepthStreamsUpdateSpeedEnum, IndividualSymbolBookTickerStreamsParams,
        TradeStreamsParams, UserDataStreamEventsResponse,
    },
};
use metaexpert_sdk_clients::{Messages, PRICE, Place, absent, exact, lacking};
use rust_decimal::{Decimal, dec};

fn client(place: &Place) -> Result<RestApi> {
    Ok(DerivativesTradingOptionsRestApi::from_config(place.rest()?))
}

/// The call that ends first, at the lowest strike.
async fn call(client: &RestApi) -> Result<String> {
    let info = client.exchange_information().await?.data().await?;
    let mut calls = info.option_symbols.context("optionSymbols")?;
    calls.retain(|option| option.side.as_deref() == Some("CALL"));
    calls.sort_by_key(|option| (option.expiry_date, exact(&option.strike_price).ok()));
    calls.into_iter().next().and_then(|option| option.symbol).context("a call")
}

async fn money(client: &RestApi) -> Result<Decimal> {
    let account = client.option_margin_account_information(OptionMarginAccountInformationParams::default()).await?.data().await?;
    let rows = account.asset.context("asset")?;
    assert_eq!(absent(&rows), [""; 0]);
    exact(&rows.iter().find(|row| row.asset.as_deref() == Some("USDT")).context("USDT")?.margin_balance)
}

async fn ask(client: &RestApi, option: &str) -> Result<Decimal> {
    let book = client.order_book(OrderBookParams::builder(option.into()).limit(10).build()?).await?.data().await?;
    assert_eq!(absent(&book), [""; 0]);
    exact(&book.asks.context("asks")?.first().and_then(|level| level.first().cloned()))
}

fn buy(option: &str, quantity: Decimal, price: Decimal) -> Result<NewOrderParams> {
    let order = NewOrderParams::builder(option.into(), NewOrderSideEnum::Buy, NewOrderTypeEnum::Limit, quantity).price(price);
    let order = order.time_in_force(NewOrderTimeInForceEnum::Gtc).client_order_id("my-option".to_owned());
    Ok(order.new_order_resp_type(NewOrderNewOrderRespTypeEnum::Result).build()?)
}

#[tokio::test(flavor = "multi_thread")]
async fn market_data_fits_together() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let call = call(&client).await?;
    assert!(client.check_server_time().await?.data().await?.server_time.is_some());
    let index = client.index_price(IndexPriceParams::builder("BTCUSDT".into()).build()?).await?.data().await?;
    assert!((exact(&index.index_price)? - Decimal::from(PRICE)).abs() < dec!(100));
    let marks = client.option_mark_price(OptionMarkPriceParams::builder().symbol(call.clone()).build()?).await?.data().await?;
    assert_eq!((absent(&marks), marks.len()), (Vec::new(), 1));
    assert!((Decimal::ZERO..=Decimal::ONE).contains(&exact(&marks[0].delta)?));
    let ticker = Ticker24hrPriceChangeStatisticsParams::builder().symbol(call.clone()).build()?;
    let ticker = client.ticker24hr_price_change_statistics(ticker).await?.data().await?;
    assert_eq!((absent(&ticker), ticker.len()), (Vec::new(), 1));
    assert!(ask(&client, &call).await? >= exact(&marks[0].mark_price)? - dec!(5));
    let bars = KlineCandlestickDataParams::builder(call.clone(), KlineCandlestickDataIntervalEnum::Interval1h);
    assert!(!client.kline_candlestick_data(bars.build()?).await?.data().await?.is_empty());
    let trades = client.recent_trades_list(RecentTradesListParams::builder(call).build()?).await?.data().await?;
    assert_eq!(absent(&trades), [""; 0]);
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_rests_is_found_and_is_cancelled() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let call = call(&client).await?;
    let order = client.new_order(buy(&call, dec!(0.1), dec!(5))?).await?.data().await?;
    assert_eq!((order.status.as_deref(), order.client_order_id.as_deref()), (Some("NEW"), Some("my-option")));
    let id = order.order_id.context("orderId")?;
    let stood =
        client.query_single_order(QuerySingleOrderParams::builder(call.clone()).order_id(id).build()?).await?.data().await?;
    assert_eq!((stood.order_id, exact(&stood.price)?), (Some(id), dec!(5)));
    let open = QueryCurrentOpenOptionOrdersParams::builder().symbol(call.clone()).build()?;
    let rows = client.query_current_open_option_orders(open.clone()).await?.data().await?;
    assert_eq!(rows.iter().map(|order| order.order_id).collect::<Vec<_>>(), [Some(id)]);
    let cancel = CancelOptionOrderParams::builder(call.clone()).order_id(id).build()?;
    let cancelled = client.cancel_option_order(cancel).await?.data().await?;
    assert_eq!(cancelled.status.as_deref(), Some("CANCELED"));
    assert_eq!(client.query_current_open_option_orders(open).await?.data().await?, []);
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bought_option_costs_its_premium_and_fee_and_is_held() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let call = call(&client).await?;
    let before = money(&client).await?;
    let order = client.new_order(buy(&call, dec!(0.1), ask(&client, &call).await?)?).await?.data().await?;
    assert_eq!((order.status.as_deref(), exact(&order.executed_qty)?), (Some("FILLED"), dec!(0.1)));
    let trades = client.account_trade_list(AccountTradeListParams::builder(call.clone()).build()?).await?.data().await?;
    assert_eq!(absent(&trades), [""; 0]);
    let (mut bought, mut paid) = (Decimal::ZERO, Decimal::ZERO);
    for trade in &trades {
        assert_eq!((trade.order_id, trade.liquidity.as_deref()), (order.order_id, Some("TAKER")));
        bought += exact(&trade.quantity)?;
        paid += exact(&trade.quantity)? * exact(&trade.price)? + exact(&trade.fee)?.abs();
    }
    assert_eq!(bought, dec!(0.1));
    assert_eq!(money(&client).await?, before - paid);
    let held = client.option_position_information(OptionPositionInformationParams::default()).await?.data().await?;
    assert_eq!((held.len(), held[0].symbol.as_deref(), held[0].side.as_deref()), (1, Some(call.as_str()), Some("LONG")));
    assert_eq!((absent(&held), exact(&held[0].quantity)?), (Vec::new(), dec!(0.1)));
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_streams_show_the_book_ones_own_trade_and_the_account() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let call = call(&client).await?;
    let key = client.start_user_data_stream().await?.data().await?.listen_key.context("listenKey")?;
    let streams = DerivativesTradingOptionsWsStreams::from_config(place.streams("fstream.binance.com")?).connect().await?;
    let symbol = || call.to_lowercase();
    let best = IndividualSymbolBookTickerStreamsParams::builder(symbol()).build()?;
    let mut best = Messages::of(&streams.individual_symbol_book_ticker_streams(best).await?);
    let book = DiffBookDepthStreamsParams::builder(symbol(), DiffBookDepthStreamsUpdateSpeedEnum::UpdateSpeed100ms).build()?;
    let mut book = Messages::of(&streams.diff_book_depth_streams(book).await?);
    let mut trades = Messages::of(&streams.trade_streams(TradeStreamsParams::builder(symbol()).build()?).await?);
    let mut events = Messages::of(&streams.user_data(key, None).await?);
    assert_eq!(absent(&best.next().await?), [""; 0]);
    let (first, second) = (book.next().await?, book.next().await?);
    assert_eq!((absent(&first), second.pu), (Vec::new(), first.u));

    let quantity = dec!(0.17);
    let bought = client.new_order(buy(&call, quantity, ask(&client, &call).await?)?).await?.data().await?;
    let trade = trades.find(|trade| (exact(&trade.q).ok() == Some(quantity)).then_some(trade)).await?;
    assert_eq!(absent(&trade), [""; 0]);
    let after = money(&client).await?;
    let (mut filled, mut told) = (Decimal::ZERO, Decimal::ZERO);
    while told != after || filled != quantity {
        match events.next().await? {
            UserDataStreamEventsResponse::OrderTradeUpdate(update) => {
                let order = update.o.context("o")?;
                assert_eq!(order.i, bought.order_id);
                filled += exact(&order.l)?;
            }
            UserDataStreamEventsResponse::BalancePositionUpdate(update) => {
                let rows = update.b_uppercase.context("B")?;
                told = exact(&rows.iter().find(|row| row.a.as_deref() == Some("USDT")).context("USDT")?.b)?;
            }
            UserDataStreamEventsResponse::GreekUpdate(_) | UserDataStreamEventsResponse::AccountUpdate(_) => {}
            other => bail!("nothing else happened: {other:?}"),
        }
    }
    streams.disconnect().await?;
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_else_can_be_asked_is_answered_in_full() -> Result<()> {
    use binance_sdk::derivatives_trading_options::rest_api::{
        AccountFundingFlowCurrencyEnum, AccountFundingFlowParams, HistoricalExerciseRecordsParams, OpenInterestParams,
        QueryOptionOrderHistoryParams, UserCommissionParams,
    };
    let place = Place::open().await?;
    let client = client(&place)?;
    let call = call(&client).await?;
    let expiry = call.split('-').nth(1).context("an expiry")?.to_owned();
    let id = client.new_order(buy(&call, dec!(0.1), dec!(5))?).await?.data().await?.order_id.context("orderId")?;
    let found = lacking!(client;
        new_order(NewOrderParams { client_order_id: None, ..buy(&call, dec!(0.1), dec!(5))? }),
        new_order(NewOrderParams { client_order_id: None, ..buy(&call, dec!(0.1), ask(&client, &call).await?)? }),
        query_single_order(QuerySingleOrderParams::builder(call.clone()).order_id(id).build()?),
        query_current_open_option_orders(QueryCurrentOpenOptionOrdersParams::default()),
        query_option_order_history(QueryOptionOrderHistoryParams::builder(call.clone()).build()?),
        cancel_option_order(CancelOptionOrderParams::builder(call.clone()).order_id(id).build()?),
        account_trade_list(AccountTradeListParams::builder(call.clone()).build()?),
        option_margin_account_information(OptionMarginAccountInformationParams::default()),
        account_funding_flow(AccountFundingFlowParams::builder(AccountFundingFlowCurrencyEnum::Usdt).build()?),
        user_commission(UserCommissionParams::default()),
        option_mark_price(OptionMarkPriceParams::default()),
        ticker24hr_price_change_statistics(Ticker24hrPriceChangeStatisticsParams::default()),
        open_interest(OpenInterestParams::builder("BTC".into(), expiry).build()?),
        historical_exercise_records(HistoricalExerciseRecordsParams::default()),
    );
    // Examples have a number or a text of nothing there, and say nothing of what it is.
    let fee = || vec!["fee".to_owned()];
    assert_eq!(found, [("new_order", fee()), ("new_order", fee())]);
    place.close().await;
    Ok(())
}
