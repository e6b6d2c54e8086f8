//! COIN-M futures over REST and the streams: contracts of dollars, money in coins.

use anyhow::{Context as _, Result, bail};
use binance_sdk::derivatives_trading_coin_futures::{
    DerivativesTradingCoinFuturesRestApi, DerivativesTradingCoinFuturesWsStreams,
    rest_api::{
        AccountInformationParams, AccountTradeListParams, CancelOrderParams, ChangeInitialLeverageParams,
        ChangeMarginTypeMarginTypeEnum, ChangeMarginTypeParams, CurrentAllOpenOrdersParams, FuturesAccountBalanceParams,
        IndexPriceAndMarkPriceParams, KlineCandlestickDataIntervalEnum, KlineCandlestickDataParams, NewOrderNewOrderRespTypeEnum,
        NewOrderParams, NewOrderSideEnum, NewOrderTimeInForceEnum, NewOrderTypeEnum, OrderBookParams, PositionInformationParams,
        QueryOrderParams, RecentTradesListParams, RestApi, SymbolOrderBookTickerParams, Ticker24hrPriceChangeStatisticsParams,
        UserCommissionRateParams,
    },
    websocket_streams::{
        AggregateTradeStreamsParams, DiffBookDepthStreamsParams, IndividualSymbolBookTickerStreamsParams, MarkPriceStreamParams,
        UserDataStreamEventsResponse,
    },
};
use metaexpert_sdk_clients::{Messages, Place, absent, exact, lacking};
use rust_decimal::{Decimal, RoundingStrategy, dec};

const CONTRACT: &str = "BTCUSD_PERP";
/// Dollars that a contract is for.
const SIZE: Decimal = dec!(100);
const NOBODY_SELLS_AT: Decimal = dec!(50000);

fn client(place: &Place) -> Result<RestApi> {
    Ok(DerivativesTradingCoinFuturesRestApi::from_config(place.rest()?))
}

async fn balance(client: &RestApi) -> Result<Decimal> {
    let rows = client.futures_account_balance(FuturesAccountBalanceParams::default()).await?.data().await?;
    assert_eq!(absent(&rows), [""; 0]);
    exact(&rows.iter().find(|row| row.asset.as_deref() == Some("BTC")).context("BTC")?.balance)
}

/// What is held, contract by contract.
async fn held(client: &RestApi) -> Result<Vec<(String, Decimal)>> {
    let rows = client.position_information(PositionInformationParams::default()).await?.data().await?;
    let mut held = Vec::new();
    for row in rows {
        let amount = exact(&row.position_amt)?;
        if !amount.is_zero() {
            assert_eq!(absent(&row), [""; 0]);
            held.push((row.symbol.context("symbol")?, amount));
        }
    }
    Ok(held)
}

fn market(side: NewOrderSideEnum, contracts: Decimal) -> Result<NewOrderParams> {
    let order = NewOrderParams::builder(CONTRACT.into(), side, NewOrderTypeEnum::Market).quantity(contracts);
    Ok(order.new_order_resp_type(NewOrderNewOrderRespTypeEnum::Result).build()?)
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_and_market_data_can_be_read() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let info = client.exchange_information().await?.data().await?;
    let contracts = info.symbols.context("symbols")?;
    let contract = contracts.iter().find(|contract| contract.symbol.as_deref() == Some(CONTRACT)).context(CONTRACT)?;
    assert_eq!((contract.contract_size, contract.contract_status.as_deref()), (Some(100), Some("TRADING")));
    let server = client.check_server_time().await?.data().await?.server_time.context("serverTime")?;
    assert!(info.server_time.is_some_and(|before| (0..5_000).contains(&(server - before))));

    let book = client.order_book(OrderBookParams::builder(CONTRACT.into()).limit(20).build()?).await?.data().await?;
    assert_eq!(absent(&book), [""; 0]);
    assert_eq!((book.bids.map(|side| side.len()), book.asks.map(|side| side.len())), (Some(20), Some(20)));
    let best = SymbolOrderBookTickerParams::builder().symbol(CONTRACT.to_owned()).build()?;
    let best = client.symbol_order_book_ticker(best).await?.data().await?;
    assert_eq!((absent(&best), best.len()), (Vec::new(), 1));
    assert!(exact(&best[0].bid_price)? < exact(&best[0].ask_price)?);
    let ticker = Ticker24hrPriceChangeStatisticsParams::builder().symbol(CONTRACT.to_owned()).build()?;
    let ticker = client.ticker24hr_price_change_statistics(ticker).await?.data().await?;
    assert_eq!((absent(&ticker), ticker.len()), (Vec::new(), 1));
    let marks = IndexPriceAndMarkPriceParams::builder().symbol(CONTRACT.to_owned()).build()?;
    let marks = client.index_price_and_mark_price(marks).await?.data().await?;
    assert_eq!((absent(&marks), marks.len()), (Vec::new(), 1));
    let bars = KlineCandlestickDataParams::builder(CONTRACT.into(), KlineCandlestickDataIntervalEnum::Interval1h).limit(10);
    let bars = client.kline_candlestick_data(bars.build()?).await?.data().await?;
    assert!(bars.len() == 10 && bars.iter().all(|bar| bar.len() == 12));
    let trades =
        client.recent_trades_list(RecentTradesListParams::builder(CONTRACT.into()).limit(50).build()?).await?.data().await?;
    assert_eq!(absent(&trades), [""; 0]);
    assert!(trades.len() == 50 && trades.windows(2).all(|two| two[1].id == two[0].id.map(|id| id + 1)));
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn leverage_and_margin_type_are_settings_of_a_contract() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let leverage = ChangeInitialLeverageParams::builder(CONTRACT.into(), 10).build()?;
    let leverage = client.change_initial_leverage(leverage).await?.data().await?;
    assert_eq!((leverage.leverage, absent(&leverage)), (Some(10), Vec::new()));
    let isolated = ChangeMarginTypeParams::builder(CONTRACT.into(), ChangeMarginTypeMarginTypeEnum::Isolated).build()?;
    assert_eq!(client.change_margin_type(isolated).await?.data().await?.code, Some(200));
    let rows = client.position_information(PositionInformationParams::default()).await?.data().await?;
    let row = rows.iter().find(|row| row.symbol.as_deref() == Some(CONTRACT)).context(CONTRACT)?;
    assert_eq!((row.leverage.as_deref(), row.margin_type.as_deref()), (Some("10"), Some("isolated")));
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_is_opened_and_closed_for_its_profit_and_its_fees() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let rates = client.user_commission_rate(UserCommissionRateParams::builder(CONTRACT.into()).build()?).await?.data().await?;
    let fee = exact(&rates.taker_commission_rate)?;
    let before = balance(&client).await?;
    let bought = client.new_order(market(NewOrderSideEnum::Buy, dec!(10))?).await?.data().await?;
    assert_eq!((bought.status.as_deref(), exact(&bought.executed_qty)?), (Some("FILLED"), dec!(10)));
    assert_eq!(held(&client).await?, [(CONTRACT.to_owned(), dec!(10))]);
    let account = client.account_information(AccountInformationParams::default()).await?.data().await?;
    assert_eq!(absent(&account), [""; 0]);
    let sold = client.new_order(market(NewOrderSideEnum::Sell, dec!(10))?).await?.data().await?;
    assert_eq!(held(&client).await?, []);
    let trades = AccountTradeListParams::builder().symbol(CONTRACT.to_owned()).build()?;
    let trades = client.account_trade_list(trades).await?.data().await?;
    let (mut moved, mut contracts) = (Decimal::ZERO, Decimal::ZERO);
    for trade in &trades {
        assert_eq!(absent(trade), [""; 0]);
        assert!([bought.order_id, sold.order_id].contains(&trade.order_id));
        let (quantity, commission) = (exact(&trade.qty)?, exact(&trade.commission)?);
        let worth = SIZE * quantity / exact(&trade.price)?;
        let asked = (worth * fee).round_dp_with_strategy(8, RoundingStrategy::MidpointAwayFromZero);
        assert!((commission - asked).abs() <= dec!(0.00000001), "{commission} for {asked}");
        moved += exact(&trade.realized_pnl)? - commission;
        contracts += quantity;
    }
    assert_eq!(contracts, dec!(20));
    assert!(moved < Decimal::ZERO);
    // Rows show eight decimals of what was booked.
    let cents = dec!(0.00000001) * Decimal::from(2 * trades.len());
    assert!((balance(&client).await? - before - moved).abs() <= cents);
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_order_rests_until_it_is_cancelled() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let order = NewOrderParams::builder(CONTRACT.into(), NewOrderSideEnum::Buy, NewOrderTypeEnum::Limit);
    let order = order.time_in_force(NewOrderTimeInForceEnum::Gtc).quantity(dec!(10)).price(NOBODY_SELLS_AT).build()?;
    let order = client.new_order(order).await?.data().await?;
    assert_eq!((order.status.as_deref(), order.pair.as_deref()), (Some("NEW"), Some("BTCUSD")));
    let id = order.order_id.context("orderId")?;
    let stood = client.query_order(QueryOrderParams::builder(CONTRACT.into()).order_id(id).build()?).await?.data().await?;
    assert_eq!((stood.status.as_deref(), exact(&stood.price)?), (Some("NEW"), NOBODY_SELLS_AT));
    let open = CurrentAllOpenOrdersParams::builder().symbol(CONTRACT.to_owned()).build()?;
    let rows = client.current_all_open_orders(open.clone()).await?.data().await?;
    assert_eq!(rows.iter().map(|order| order.order_id).collect::<Vec<_>>(), [Some(id)]);
    let cancel = CancelOrderParams::builder(CONTRACT.into()).order_id(id).build()?;
    assert_eq!(client.cancel_order(cancel).await?.data().await?.status.as_deref(), Some("CANCELED"));
    assert_eq!(client.current_all_open_orders(open).await?.data().await?, []);
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_streams_show_the_book_ones_own_trade_and_the_account() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let key = client.start_user_data_stream().await?.data().await?.listen_key.context("listenKey")?;
    client.keepalive_user_data_stream().await?.data().await?;
    let streams = DerivativesTradingCoinFuturesWsStreams::from_config(place.streams("dstream.binance.com")?).connect().await?;
    let symbol = || CONTRACT.to_lowercase();
    let best = IndividualSymbolBookTickerStreamsParams::builder(symbol()).build()?;
    let mut best = Messages::of(&streams.individual_symbol_book_ticker_streams(best).await?);
    let mut book = Messages::of(&streams.diff_book_depth_streams(DiffBookDepthStreamsParams::builder(symbol()).build()?).await?);
    let mut trades =
        Messages::of(&streams.aggregate_trade_streams(AggregateTradeStreamsParams::builder(symbol()).build()?).await?);
    let mut marks = Messages::of(&streams.mark_price_stream(MarkPriceStreamParams::builder(symbol()).build()?).await?);
    let mut events = Messages::of(&streams.user_data(key, None).await?);
    assert_eq!(absent(&best.next().await?), [""; 0]);
    let (first, second) = (book.next().await?, book.next().await?);
    assert_eq!((absent(&first), second.pu), (Vec::new(), first.u));
    assert_eq!(absent(&marks.next().await?), [""; 0]);

    let contracts = dec!(17);
    let bought = client.new_order(market(NewOrderSideEnum::Buy, contracts)?).await?.data().await?;
    let after = balance(&client).await?;
    let trade = trades.find(|trade| (exact(&trade.q).ok() == Some(contracts)).then_some(trade)).await?;
    assert_eq!((absent(&trade), trade.m), (Vec::new(), Some(false)));
    let (mut filled, mut told) = (Decimal::ZERO, Decimal::ZERO);
    while told != after || filled != contracts {
        match events.next().await? {
            UserDataStreamEventsResponse::OrderTradeUpdate(update) => {
                let order = update.o.context("o")?;
                assert_eq!(order.i, bought.order_id);
                filled += exact(&order.l)?;
            }
            UserDataStreamEventsResponse::AccountUpdate(update) => {
                let rows = update.a.context("a")?.b_uppercase.context("B")?;
                told = exact(&rows.iter().find(|row| row.a.as_deref() == Some("BTC")).context("BTC")?.wb)?;
            }
            other => bail!("nothing else happened: {other:?}"),
        }
    }
    client.close_user_data_stream().await?.data().await?;
    streams.disconnect().await?;
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_else_can_be_asked_is_answered_in_full() -> Result<()> {
    use binance_sdk::derivatives_trading_coin_futures::rest_api::{
        AllOrdersParams, CompressedAggregateTradesListParams, GetCurrentPositionModeParams,
        GetFundingRateHistoryOfPerpetualFuturesParams, GetIncomeHistoryParams, NotionalBracketForSymbolParams,
        OldTradesLookupParams, OpenInterestParams, PositionAdlQuantileEstimationParams, QueryCurrentOpenOrderParams,
        SymbolPriceTickerParams,
    };
    let place = Place::open().await?;
    let client = client(&place)?;
    let order = NewOrderParams::builder(CONTRACT.into(), NewOrderSideEnum::Buy, NewOrderTypeEnum::Limit);
    let order = order.time_in_force(NewOrderTimeInForceEnum::Gtc).quantity(dec!(10)).price(NOBODY_SELLS_AT).build()?;
    let id = client.new_order(order.clone()).await?.data().await?.order_id.context("orderId")?;
    let found = lacking!(client;
        new_order(order),
        new_order(market(NewOrderSideEnum::Buy, dec!(10))?),
        query_order(QueryOrderParams::builder(CONTRACT.into()).order_id(id).build()?),
        query_current_open_order(QueryCurrentOpenOrderParams::builder(CONTRACT.into()).order_id(id).build()?),
        current_all_open_orders(CurrentAllOpenOrdersParams::default()),
        all_orders(AllOrdersParams::builder().symbol(CONTRACT.to_owned()).build()?),
        cancel_order(CancelOrderParams::builder(CONTRACT.into()).order_id(id).build()?),
        position_adl_quantile_estimation(PositionAdlQuantileEstimationParams::default()),
        account_information(AccountInformationParams::default()),
        get_current_position_mode(GetCurrentPositionModeParams::default()),
        get_income_history(GetIncomeHistoryParams::default()),
        notional_bracket_for_symbol(NotionalBracketForSymbolParams::default()),
        user_commission_rate(UserCommissionRateParams::builder(CONTRACT.into()).build()?),
        compressed_aggregate_trades_list(CompressedAggregateTradesListParams::builder(CONTRACT.into()).build()?),
        old_trades_lookup(OldTradesLookupParams::builder(CONTRACT.into()).build()?),
        get_funding_rate_history_of_perpetual_futures(
            GetFundingRateHistoryOfPerpetualFuturesParams::builder(CONTRACT.into()).build()?
        ),
        get_funding_rate_info(),
        open_interest(OpenInterestParams::builder(CONTRACT.into()).build()?),
        index_price_and_mark_price(IndexPriceAndMarkPriceParams::default()),
        symbol_order_book_ticker(SymbolOrderBookTickerParams::default()),
        ticker24hr_price_change_statistics(Ticker24hrPriceChangeStatisticsParams::default()),
        symbol_price_ticker(SymbolPriceTickerParams::default()),
    );
    // Only trailing stops have these.
    let trailing = || vec!["activate_price".to_owned(), "price_rate".to_owned()];
    assert_eq!(
        found,
        [
            ("new_order", trailing()),
            ("new_order", trailing()),
            ("query_order", trailing()),
            ("query_current_open_order", trailing()),
            ("current_all_open_orders", trailing()),
            ("all_orders", trailing()),
            ("cancel_order", trailing()),
            // Of hedged positions.
            ("position_adl_quantile_estimation", vec!["hedge".to_owned()]),
            // Of accounts whose brackets are their own.
            ("notional_bracket_for_symbol", vec!["notional_coef".to_owned()]),
        ]
    );
    place.close().await;
    Ok(())
}
