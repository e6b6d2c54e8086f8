//! USD-M futures over REST.

use anyhow::{Context as _, Result, bail};
use binance_sdk::derivatives_trading_usds_futures::{
    DerivativesTradingUsdsFuturesRestApi,
    rest_api::{
        AccountInformationV3Params, AccountTradeListParams, CancelAlgoOrderParams, CancelOrderParams,
        ChangeInitialLeverageParams, ChangeMarginTypeMarginTypeEnum, ChangeMarginTypeParams, CurrentAllAlgoOpenOrdersParams,
        CurrentAllOpenOrdersParams, FuturesAccountBalanceV3Params, KlineCandlestickDataIntervalEnum,
        KlineCandlestickDataItemInner, KlineCandlestickDataParams, MarkPriceParams, MarkPriceResponse, NewAlgoOrderAlgoTypeEnum,
        NewAlgoOrderParams, NewAlgoOrderSideEnum, NewAlgoOrderTypeEnum, NewOrderNewOrderRespTypeEnum, NewOrderParams,
        NewOrderSideEnum, NewOrderTimeInForceEnum, NewOrderTypeEnum, OrderBookParams, PositionInformationV3Params,
        QueryAlgoOrderParams, QueryOrderParams, RecentTradesListParams, RestApi, SymbolConfigurationParams,
        SymbolOrderBookTickerParams, SymbolOrderBookTickerResponse, Ticker24hrPriceChangeStatisticsParams,
        Ticker24hrPriceChangeStatisticsResponse, UserCommissionRateParams,
    },
};
use metaexpert_sdk_clients::{Place, absent, exact, lacking};
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

fn resting_buy() -> Result<NewOrderParams> {
    let order = NewOrderParams::builder(CONTRACT.into(), NewOrderSideEnum::Buy, NewOrderTypeEnum::Limit);
    Ok(order.time_in_force(NewOrderTimeInForceEnum::Gtc).quantity(dec!(0.01)).price(NOBODY_SELLS_AT).build()?)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_of_a_contract_can_be_read() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let info = client.exchange_information().await?.data().await?;
    assert_eq!(absent(&info.rate_limits), [""; 0]);
    assert_eq!(absent(&info.assets), [""; 0]);
    let server = client.check_server_time().await?.data().await?.server_time.context("serverTime")?;
    assert!(info.server_time.is_some_and(|before| (0..5_000).contains(&(server - before))));
    let contracts = info.symbols.context("symbols")?;
    let contract = contracts.iter().find(|contract| contract.symbol.as_deref() == Some(CONTRACT)).context(CONTRACT)?;
    assert_eq!((contract.contract_type.as_deref(), contract.status.as_deref()), (Some("PERPETUAL"), Some("TRADING")));
    let mut filters = contract.filters.clone().context("filters")?;
    filters.retain(|filter| filter.filter_type.as_deref() == Some("PRICE_FILTER"));
    assert_eq!(exact(&filters.first().context("PRICE_FILTER")?.tick_size)?, dec!(0.1));
    assert!(contracts.iter().any(|contract| contract.contract_type.as_deref() == Some("CURRENT_QUARTER")));
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn market_data_fits_together() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let book = client.order_book(OrderBookParams::builder(CONTRACT.into()).limit(20).build()?).await?.data().await?;
    assert_eq!(absent(&book), [""; 0]);
    let prices = |levels: Option<Vec<Vec<String>>>| -> Result<Vec<Decimal>> {
        levels.context("levels")?.iter().map(|level| exact(&level.first().cloned())).collect()
    };
    let (bids, asks) = (prices(book.bids)?, prices(book.asks)?);
    assert_eq!((bids.len(), asks.len()), (20, 20));
    assert!(bids.is_sorted_by(|a, b| a > b) && asks.is_sorted() && bids[0] < asks[0]);

    let best = SymbolOrderBookTickerParams::builder().symbol(CONTRACT.to_owned()).build()?;
    let best = client.symbol_order_book_ticker(best).await?.data().await?;
    let SymbolOrderBookTickerResponse::SymbolOrderBookTickerResponse1(best) = best else { bail!("one was asked for: {best:?}") };
    assert_eq!(absent(&best), [""; 0]);
    let ticker = Ticker24hrPriceChangeStatisticsParams::builder().symbol(CONTRACT.to_owned()).build()?;
    let ticker = client.ticker24hr_price_change_statistics(ticker).await?.data().await?;
    let Ticker24hrPriceChangeStatisticsResponse::Ticker24hrPriceChangeStatisticsResponse1(ticker) = ticker else {
        bail!("one was asked for: {ticker:?}")
    };
    assert_eq!(absent(&ticker), [""; 0]);
    let marks = client.mark_price(MarkPriceParams::builder().symbol(CONTRACT.to_owned()).build()?).await?.data().await?;
    let MarkPriceResponse::MarkPriceResponse1(marks) = marks else { bail!("one was asked for: {marks:?}") };
    assert_eq!(absent(&marks), [""; 0]);
    assert!((exact(&marks.mark_price)? - bids[0]).abs() < dec!(600));

    let bars = KlineCandlestickDataParams::builder(CONTRACT.into(), KlineCandlestickDataIntervalEnum::Interval1m).limit(100);
    let bars = client.kline_candlestick_data(bars.build()?).await?.data().await?;
    let opened: Vec<i64> = bars
        .iter()
        .filter_map(|bar| if let Some(KlineCandlestickDataItemInner::Integer(time)) = bar.first() { Some(*time) } else { None })
        .collect();
    assert!(opened.len() == 100 && opened.windows(2).all(|two| two[1] - two[0] == 60_000));
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
    assert_eq!((leverage.leverage, leverage.symbol.as_deref()), (Some(10), Some(CONTRACT)));
    assert_eq!(exact(&leverage.max_notional_value)?, dec!(230000000));
    let isolated = || ChangeMarginTypeParams::builder(CONTRACT.into(), ChangeMarginTypeMarginTypeEnum::Isolated).build();
    assert_eq!(client.change_margin_type(isolated()?).await?.data().await?.code, Some(200));
    let again = client.change_margin_type(isolated()?).await;
    assert!(again.is_err_and(|error| error.to_string().contains("No need to change margin type.")));
    let settings = SymbolConfigurationParams::builder().symbol(CONTRACT.to_owned()).build()?;
    let settings = client.symbol_configuration(settings).await?.data().await?;
    assert_eq!(absent(&settings), [""; 0]);
    let settings = settings.first().context("settings")?;
    assert_eq!((settings.margin_type.as_deref(), settings.leverage), (Some("ISOLATED"), Some(10)));
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
    let bought = client.new_order(market(NewOrderSideEnum::Buy, dec!(0.02))?).await?.data().await?;
    assert_eq!((bought.status.as_deref(), exact(&bought.executed_qty)?), (Some("FILLED"), dec!(0.02)));
    let positions = PositionInformationV3Params::builder().symbol(CONTRACT.to_owned()).build()?;
    let position = client.position_information_v3(positions.clone()).await?.data().await?;
    assert_eq!(absent(&position), [""; 0]);
    assert_eq!(exact(&position.first().context("a position")?.position_amt)?, dec!(0.02));
    let account = client.account_information_v3(AccountInformationV3Params::default()).await?.data().await?;
    assert_eq!(absent(&account), [""; 0]);
    assert!(exact(&account.total_position_initial_margin)? > Decimal::ZERO);

    let sold = client.new_order(market(NewOrderSideEnum::Sell, dec!(0.02))?).await?.data().await?;
    assert_eq!(client.position_information_v3(positions).await?.data().await?, []);
    let trades = client.account_trade_list(AccountTradeListParams::builder(CONTRACT.into()).build()?).await?.data().await?;
    let mut moved = Decimal::ZERO;
    let mut quantity = Decimal::ZERO;
    for trade in &trades {
        assert_eq!(absent(trade), [""; 0]);
        assert!([bought.order_id, sold.order_id].contains(&trade.order_id));
        let commission = exact(&trade.commission)?;
        assert_eq!(commission, exact(&trade.price)? * exact(&trade.qty)? * fee);
        moved += exact(&trade.realized_pnl)? - commission;
        quantity += exact(&trade.qty)?;
    }
    assert_eq!(quantity, dec!(0.04));
    assert!(moved < Decimal::ZERO);
    assert_eq!(balance(&client).await?, before + moved);
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_order_rests_until_it_is_cancelled() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let order = client.new_order(resting_buy()?).await?.data().await?;
    assert_eq!(order.status.as_deref(), Some("NEW"));
    let id = order.order_id.context("orderId")?;
    let stood = client.query_order(QueryOrderParams::builder(CONTRACT.into()).order_id(id).build()?).await?.data().await?;
    assert_eq!((stood.status.as_deref(), exact(&stood.price)?), (Some("NEW"), NOBODY_SELLS_AT));
    let open = CurrentAllOpenOrdersParams::builder().symbol(CONTRACT.to_owned()).build()?;
    let rows = client.current_all_open_orders(open.clone()).await?.data().await?;
    assert_eq!(rows.iter().map(|order| order.order_id).collect::<Vec<_>>(), [Some(id)]);
    let cancel = CancelOrderParams::builder(CONTRACT.into()).order_id(id).build()?;
    assert_eq!(client.cancel_order(cancel.clone()).await?.data().await?.status.as_deref(), Some("CANCELED"));
    assert_eq!(client.current_all_open_orders(open).await?.data().await?, []);
    assert!(client.cancel_order(cancel).await.is_err_and(|error| error.to_string().contains("Unknown order sent.")));
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_an_algo_order() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let old = NewOrderParams::builder(CONTRACT.into(), NewOrderSideEnum::Sell, NewOrderTypeEnum::StopMarket);
    let refused = client.new_order(old.quantity(dec!(0.01)).build()?).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("Algo Order API")));
    let stop = NewAlgoOrderParams::builder(
        NewAlgoOrderAlgoTypeEnum::Conditional,
        CONTRACT.into(),
        NewAlgoOrderSideEnum::Sell,
        NewAlgoOrderTypeEnum::StopMarket,
    );
    let stop = stop.quantity(dec!(0.01)).trigger_price(dec!(50000)).client_algo_id("my-stop".to_owned()).build()?;
    let placed = client.new_algo_order(stop).await?.data().await?;
    assert_eq!((placed.algo_status.as_deref(), placed.client_algo_id.as_deref()), (Some("NEW"), Some("my-stop")));
    let id = placed.algo_id.context("algoId")?;
    let stood = client.query_algo_order(QueryAlgoOrderParams::builder().algo_id(id).build()?).await?.data().await?;
    assert_eq!((exact(&stood.trigger_price)?, stood.order_type.as_deref()), (dec!(50000), Some("STOP_MARKET")));
    let open = client.current_all_algo_open_orders(CurrentAllAlgoOpenOrdersParams::default()).await?.data().await?;
    assert_eq!(open.iter().map(|order| order.algo_id).collect::<Vec<_>>(), [Some(id)]);
    let cancelled = client.cancel_algo_order(CancelAlgoOrderParams::builder().algo_id(id).build()?).await?.data().await?;
    assert_eq!((cancelled.code.as_deref(), cancelled.algo_id), (Some("200"), Some(id)));
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_else_can_be_asked_is_answered_in_full() -> Result<()> {
    use binance_sdk::derivatives_trading_usds_futures::rest_api::{
        AccountInformationV2Params, AllOrdersParams, AutoCancelAllOpenOrdersParams, CompressedAggregateTradesListParams,
        FuturesAccountBalanceV2Params, FuturesAccountConfigurationParams, GetBnbBurnStatusParams,
        GetCurrentMultiAssetsModeParams, GetCurrentPositionModeParams, GetFundingRateHistoryParams, GetIncomeHistoryParams,
        GetOrderModifyHistoryParams, ModifyIsolatedPositionMarginParams, ModifyOrderParams, ModifyOrderSideEnum,
        NotionalAndLeverageBracketsParams, OldTradesLookupParams, OpenInterestParams, PositionAdlQuantileEstimationParams,
        PositionInformationV2Params, QueryAllAlgoOrdersParams, QueryCurrentOpenOrderParams, QueryUserRateLimitParams,
        SymbolPriceTickerV2Params, TestOrderParams, TestOrderSideEnum, TestOrderTypeEnum,
    };
    let place = Place::open().await?;
    let client = client(&place)?;
    let isolated = ChangeMarginTypeParams::builder(CONTRACT.into(), ChangeMarginTypeMarginTypeEnum::Isolated).build()?;
    client.change_margin_type(isolated).await?.data().await?;
    client.new_order(market(NewOrderSideEnum::Buy, dec!(0.02))?).await?.data().await?;
    let id = client.new_order(resting_buy()?).await?.data().await?.order_id.context("orderId")?;
    let stop = NewAlgoOrderParams::builder(
        NewAlgoOrderAlgoTypeEnum::Conditional,
        CONTRACT.into(),
        NewAlgoOrderSideEnum::Sell,
        NewAlgoOrderTypeEnum::StopMarket,
    );
    let stop = stop.quantity(dec!(0.01)).trigger_price(dec!(50000)).client_algo_id("my-stop".to_owned()).build()?;
    let edited =
        ModifyOrderParams::builder(CONTRACT.into(), ModifyOrderSideEnum::Buy, dec!(0.02), dec!(50001)).order_id(id).build()?;
    let test =
        TestOrderParams::builder(CONTRACT.into(), TestOrderSideEnum::Buy, TestOrderTypeEnum::Market).quantity(dec!(1)).build()?;
    let found = lacking!(client;
        new_order(resting_buy()?),
        test_order(test),
        modify_order(edited),
        get_order_modify_history(GetOrderModifyHistoryParams::builder(CONTRACT.into()).order_id(id).build()?),
        query_order(QueryOrderParams::builder(CONTRACT.into()).order_id(id).build()?),
        query_current_open_order(QueryCurrentOpenOrderParams::builder(CONTRACT.into()).order_id(id).build()?),
        current_all_open_orders(CurrentAllOpenOrdersParams::default()),
        all_orders(AllOrdersParams::builder().symbol(CONTRACT.to_owned()).build()?),
        cancel_order(CancelOrderParams::builder(CONTRACT.into()).order_id(id).build()?),
        auto_cancel_all_open_orders(AutoCancelAllOpenOrdersParams::builder(CONTRACT.into(), 60_000).build()?),
        new_algo_order(stop),
        query_algo_order(QueryAlgoOrderParams::builder().client_algo_id("my-stop".to_owned()).build()?),
        current_all_algo_open_orders(CurrentAllAlgoOpenOrdersParams::default()),
        query_all_algo_orders(QueryAllAlgoOrdersParams::builder(CONTRACT.into()).build()?),
        modify_isolated_position_margin(ModifyIsolatedPositionMarginParams::builder(CONTRACT.into(), dec!(10), 1).build()?),
        position_information_v2(PositionInformationV2Params::default()),
        position_adl_quantile_estimation(PositionAdlQuantileEstimationParams::default()),
        account_information_v2(AccountInformationV2Params::default()),
        account_information_v3(AccountInformationV3Params::default()),
        futures_account_balance_v2(FuturesAccountBalanceV2Params::default()),
        futures_account_configuration(FuturesAccountConfigurationParams::default()),
        get_bnb_burn_status(GetBnbBurnStatusParams::default()),
        get_current_multi_assets_mode(GetCurrentMultiAssetsModeParams::default()),
        get_current_position_mode(GetCurrentPositionModeParams::default()),
        get_income_history(GetIncomeHistoryParams::default()),
        notional_and_leverage_brackets(NotionalAndLeverageBracketsParams::default()),
        query_user_rate_limit(QueryUserRateLimitParams::default()),
        user_commission_rate(UserCommissionRateParams::builder(CONTRACT.into()).build()?),
        compressed_aggregate_trades_list(CompressedAggregateTradesListParams::builder(CONTRACT.into()).build()?),
        old_trades_lookup(OldTradesLookupParams::builder(CONTRACT.into()).build()?),
        get_funding_rate_history(GetFundingRateHistoryParams::default()),
        get_funding_rate_info(),
        open_interest(OpenInterestParams::builder(CONTRACT.into()).build()?),
        mark_price(MarkPriceParams::default()),
        symbol_order_book_ticker(SymbolOrderBookTickerParams::default()),
        ticker24hr_price_change_statistics(Ticker24hrPriceChangeStatisticsParams::default()),
        symbol_price_ticker_v2(SymbolPriceTickerV2Params::builder().symbol(CONTRACT.to_owned()).build()?),
    );
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    // Only trailing stops have these.
    let trailing = || names(&["activate_price", "price_rate"]);
    // It is always `null`.
    let iceberg = || names(&["iceberg_quantity"]);
    assert_eq!(
        found,
        [
            ("test_order", trailing()),
            // None was sent.
            ("modify_order", names(&["modify_id"])),
            ("get_order_modify_history", names(&["modify_id"])),
            ("query_order", trailing()),
            ("query_current_open_order", trailing()),
            ("current_all_open_orders", trailing()),
            ("all_orders", trailing()),
            ("cancel_order", trailing()),
            ("new_algo_order", iceberg()),
            // What it did comes once it has been triggered.
            ("query_algo_order", names(&["actual_type", "actual_qty", "iceberg_quantity"])),
            ("current_all_algo_open_orders", iceberg()),
            ("query_all_algo_orders", iceberg()),
            // Of hedged positions.
            ("position_adl_quantile_estimation", names(&["hedge"])),
            // Of accounts whose brackets are their own.
            ("notional_and_leverage_brackets", names(&["notional_coef"])),
        ]
    );
    place.close().await;
    Ok(())
}
