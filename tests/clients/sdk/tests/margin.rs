//! Margin over REST: what is borrowed, traded with and paid back.

use anyhow::{Context as _, Result};
use binance_sdk::margin_trading::{
    MarginTradingRestApi,
    rest_api::{
        EnableIsolatedMarginAccountParams, GetAllCrossMarginPairsParams, MarginAccountBorrowRepayIsIsolatedEnum,
        MarginAccountBorrowRepayParams, MarginAccountBorrowRepayTypeEnum, MarginAccountCancelOrderParams,
        MarginAccountNewOrderNewOrderRespTypeEnum, MarginAccountNewOrderParams, MarginAccountNewOrderSideEffectTypeEnum,
        MarginAccountNewOrderSideEnum, MarginAccountNewOrderTimeInForceEnum, MarginAccountNewOrderTypeEnum,
        QueryBorrowRepayRecordsInMarginAccountParams, QueryBorrowRepayRecordsInMarginAccountTypeEnum,
        QueryCrossMarginAccountDetailsParams, QueryCrossMarginAccountDetailsResponseUserAssetsInner,
        QueryIsolatedMarginAccountInfoParams, QueryMarginAccountsOpenOrdersParams, QueryMarginAccountsOrderParams,
        QueryMarginAccountsTradeListParams, QueryMarginPriceindexParams, QueryMaxBorrowParams, RestApi,
    },
};
use metaexpert_sdk_clients::{Place, absent, exact, lacking};
use rust_decimal::{Decimal, dec};

const PAIR: &str = "BTCUSDT";

fn client(place: &Place) -> Result<RestApi> {
    Ok(MarginTradingRestApi::from_config(place.rest()?))
}

async fn coin(client: &RestApi, name: &str) -> Result<QueryCrossMarginAccountDetailsResponseUserAssetsInner> {
    let account =
        client.query_cross_margin_account_details(QueryCrossMarginAccountDetailsParams::default()).await?.data().await?;
    assert_eq!(absent(&account), [""; 0]);
    account.user_assets.context("userAssets")?.into_iter().find(|row| row.asset.as_deref() == Some(name)).context("the coin")
}

fn loan(r#type: MarginAccountBorrowRepayTypeEnum, amount: &str) -> Result<MarginAccountBorrowRepayParams> {
    let isolated = MarginAccountBorrowRepayIsIsolatedEnum::False;
    Ok(MarginAccountBorrowRepayParams::builder("USDT".into(), isolated, amount.into(), r#type).build()?)
}

#[tokio::test(flavor = "multi_thread")]
async fn pairs_and_prices_can_be_read() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let pairs = client.get_all_cross_margin_pairs(GetAllCrossMarginPairsParams::default()).await?.data().await?;
    assert!(pairs.iter().any(|pair| pair.symbol.as_deref() == Some(PAIR) && pair.is_margin_trade == Some(true)));
    let index = client.query_margin_priceindex(QueryMarginPriceindexParams::builder(PAIR.into()).build()?).await?.data().await?;
    assert_eq!(absent(&index), [""; 0]);
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_borrowed_is_owed_until_it_is_paid_back() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let before = coin(&client, "USDT").await?;
    let most = client.query_max_borrow(QueryMaxBorrowParams::builder("USDT".into()).build()?).await?.data().await?;
    assert!(exact(&most.amount)? > dec!(1000));
    let borrowed =
        client.margin_account_borrow_repay(loan(MarginAccountBorrowRepayTypeEnum::Borrow, "1000")?).await?.data().await?;
    let owing = coin(&client, "USDT").await?;
    assert_eq!((exact(&owing.borrowed)?, exact(&owing.free)?), (dec!(1000), exact(&before.free)? + dec!(1000)));
    let records = QueryBorrowRepayRecordsInMarginAccountParams::builder(QueryBorrowRepayRecordsInMarginAccountTypeEnum::Borrow);
    let records =
        client.query_borrow_repay_records_in_margin_account(records.asset("USDT".to_owned()).build()?).await?.data().await?;
    let rows = records.rows.context("rows")?;
    assert_eq!((rows.len(), rows[0].tx_id, rows[0].status.as_deref()), (1, borrowed.tran_id, Some("CONFIRMED")));
    assert_eq!(exact(&rows[0].principal)?, dec!(1000));
    let owed = exact(&owing.borrowed)? + exact(&owing.interest)?;
    client.margin_account_borrow_repay(loan(MarginAccountBorrowRepayTypeEnum::Repay, &owed.to_string())?).await?.data().await?;
    let after = coin(&client, "USDT").await?;
    assert_eq!((exact(&after.borrowed)?, exact(&after.free)?), (Decimal::ZERO, exact(&before.free)? - exact(&owing.interest)?));
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_market_order_moves_the_balance_by_price_times_quantity_plus_fee() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let (dollars, coins) = (coin(&client, "USDT").await?, coin(&client, "BTC").await?);
    let order = MarginAccountNewOrderParams::builder(
        PAIR.into(),
        MarginAccountNewOrderSideEnum::Buy,
        MarginAccountNewOrderTypeEnum::Market,
    );
    let order = order.quantity(dec!(0.02)).new_order_resp_type(MarginAccountNewOrderNewOrderRespTypeEnum::Full);
    let bought = client.margin_account_new_order(order.build()?).await?.data().await?;
    assert_eq!((bought.status.as_deref(), exact(&bought.executed_qty)?), (Some("FILLED"), dec!(0.02)));
    // What was borrowed is told where something was.
    assert_eq!(absent(&bought), ["margin_buy_borrow_amount", "margin_buy_borrow_asset"]);
    let trades = QueryMarginAccountsTradeListParams::builder(PAIR.into()).build()?;
    let trades = client.query_margin_accounts_trade_list(trades).await?.data().await?;
    assert_eq!(absent(&trades), [""; 0]);
    let (mut quantity, mut cost, mut commission) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    for trade in &trades {
        assert_eq!((trade.order_id, trade.commission_asset.as_deref()), (bought.order_id, Some("BTC")));
        quantity += exact(&trade.qty)?;
        cost += exact(&trade.qty)? * exact(&trade.price)?;
        commission += exact(&trade.commission)?;
    }
    assert_eq!((quantity, commission), (dec!(0.02), dec!(0.00002)));
    assert_eq!(exact(&coin(&client, "USDT").await?.free)?, exact(&dollars.free)? - cost);
    assert_eq!(exact(&coin(&client, "BTC").await?.free)?, exact(&coins.free)? + quantity - commission);
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_may_borrow_what_it_lacks() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let before = exact(&coin(&client, "USDT").await?.free)?;
    let order = MarginAccountNewOrderParams::builder(
        PAIR.into(),
        MarginAccountNewOrderSideEnum::Buy,
        MarginAccountNewOrderTypeEnum::Limit,
    );
    let order = order.quantity(dec!(20)).price(dec!(55000)).time_in_force(MarginAccountNewOrderTimeInForceEnum::Gtc);
    let order = order.side_effect_type(MarginAccountNewOrderSideEffectTypeEnum::MarginBuy);
    let order = order.new_order_resp_type(MarginAccountNewOrderNewOrderRespTypeEnum::Full).build()?;
    let bought = client.margin_account_new_order(order).await?.data().await?;
    let lacked = dec!(1100000) - before;
    assert_eq!(bought.margin_buy_borrow_amount.map(Decimal::from), Some(lacked));
    assert_eq!(bought.margin_buy_borrow_asset.as_deref(), Some("USDT"));
    let after = coin(&client, "USDT").await?;
    assert_eq!((exact(&after.borrowed)?, exact(&after.locked)?), (lacked, dec!(1100000)));
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_order_rests_until_it_is_cancelled() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let order = MarginAccountNewOrderParams::builder(
        PAIR.into(),
        MarginAccountNewOrderSideEnum::Buy,
        MarginAccountNewOrderTypeEnum::Limit,
    );
    let order = order.time_in_force(MarginAccountNewOrderTimeInForceEnum::Gtc).quantity(dec!(0.01)).price(dec!(50000));
    let order = client.margin_account_new_order(order.build()?).await?.data().await?;
    let id = order.order_id.context("orderId")?;
    assert_eq!(exact(&coin(&client, "USDT").await?.locked)?, dec!(500));
    let stood = QueryMarginAccountsOrderParams::builder(PAIR.into()).order_id(id).build()?;
    let stood = client.query_margin_accounts_order(stood).await?.data().await?;
    assert_eq!((stood.status.as_deref(), stood.is_isolated, absent(&stood)), (Some("NEW"), Some(false), Vec::new()));
    let open = QueryMarginAccountsOpenOrdersParams::builder().symbol(PAIR.to_owned()).build()?;
    let rows = client.query_margin_accounts_open_orders(open.clone()).await?.data().await?;
    assert_eq!(rows.iter().map(|order| order.order_id).collect::<Vec<_>>(), [Some(id)]);
    let cancel = MarginAccountCancelOrderParams::builder(PAIR.into()).order_id(id).build()?;
    let cancelled = client.margin_account_cancel_order(cancel).await?.data().await?;
    assert_eq!((cancelled.status.as_deref(), cancelled.order_id), (Some("CANCELED"), Some(id.to_string())));
    assert_eq!(client.query_margin_accounts_open_orders(open).await?.data().await?, []);
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_isolated_account_is_opened_for_a_pair() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let enabled = client.enable_isolated_margin_account(EnableIsolatedMarginAccountParams::builder(PAIR.into()).build()?).await?;
    assert_eq!(enabled.data().await?.success, Some(true));
    let account = QueryIsolatedMarginAccountInfoParams::builder().symbols(PAIR.to_owned()).build()?;
    let account = client.query_isolated_margin_account_info(account).await?.data().await?;
    let rows = account.assets.context("assets")?;
    assert_eq!((rows.len(), rows[0].symbol.as_deref(), rows[0].enabled), (1, Some(PAIR), Some(true)));
    assert_eq!(absent(&rows), [""; 0]);
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_else_can_be_asked_is_answered_in_full() -> Result<()> {
    use binance_sdk::margin_trading::rest_api::{
        GetAllIsolatedMarginSymbolParams, GetAllMarginAssetsParams, GetBnbBurnStatusParams, GetSummaryOfMarginAccountParams,
        QueryCrossIsolatedMarginCapitalFlowParams, QueryCrossMarginFeeDataParams, QueryCurrentMarginOrderCountUsageParams,
        QueryEnabledIsolatedMarginAccountLimitParams, QueryIsolatedMarginFeeDataParams, QueryIsolatedMarginTierDataParams,
        QueryMarginAccountsAllOrdersParams, QueryMarginInterestRateHistoryParams, QueryMaxTransferOutAmountParams,
    };
    let place = Place::open().await?;
    let client = client(&place)?;
    client.margin_account_borrow_repay(loan(MarginAccountBorrowRepayTypeEnum::Borrow, "1000")?).await?.data().await?;
    let found = lacking!(client;
        query_margin_accounts_all_orders(QueryMarginAccountsAllOrdersParams::builder(PAIR.into()).build()?),
        query_current_margin_order_count_usage(QueryCurrentMarginOrderCountUsageParams::default()),
        get_all_margin_assets(GetAllMarginAssetsParams::default()),
        get_all_cross_margin_pairs(GetAllCrossMarginPairsParams::default()),
        get_all_isolated_margin_symbol(GetAllIsolatedMarginSymbolParams::default()),
        get_bnb_burn_status(GetBnbBurnStatusParams::default()),
        get_summary_of_margin_account(GetSummaryOfMarginAccountParams::default()),
        query_cross_isolated_margin_capital_flow(QueryCrossIsolatedMarginCapitalFlowParams::default()),
        query_cross_margin_fee_data(QueryCrossMarginFeeDataParams::default()),
        query_isolated_margin_fee_data(QueryIsolatedMarginFeeDataParams::default()),
        query_isolated_margin_tier_data(QueryIsolatedMarginTierDataParams::builder(PAIR.into()).build()?),
        query_enabled_isolated_margin_account_limit(QueryEnabledIsolatedMarginAccountLimitParams::default()),
        query_margin_interest_rate_history(QueryMarginInterestRateHistoryParams::builder("USDT".into()).build()?),
        query_max_borrow(QueryMaxBorrowParams::builder("USDT".into()).build()?),
        query_max_transfer_out_amount(QueryMaxTransferOutAmountParams::builder("USDT".into()).build()?),
    );
    let (delisted, flow) = (|| vec!["delist_time".to_owned()], || vec!["symbol".to_owned(), "note".to_owned()]);
    assert_eq!(
        found,
        [
            // Nothing is to be delisted.
            ("get_all_margin_assets", delisted()),
            ("get_all_cross_margin_pairs", delisted()),
            // What is borrowed across has no pair, and there is nothing to note.
            ("query_cross_isolated_margin_capital_flow", flow()),
        ]
    );
    place.close().await;
    Ok(())
}
