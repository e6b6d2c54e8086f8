//! Spot over REST.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};
use binance_sdk::spot::{
    SpotRestApi,
    rest_api::{
        AggTradesParams, DeleteOpenOrdersParams, DeleteOrderParams, DepthParams, ExchangeInfoParams, GetAccountParams,
        GetOpenOrdersParams, GetOrderParams, GetTradesParams, KlinesIntervalEnum, KlinesItemInner, KlinesParams, MyTradesParams,
        NewOrderParams, NewOrderResponse, NewOrderSideEnum, NewOrderTimeInForceEnum, NewOrderTypeEnum, OrderListOcoAboveTypeEnum,
        OrderListOcoBelowTimeInForceEnum, OrderListOcoBelowTypeEnum, OrderListOcoParams, OrderListOcoSideEnum, RestApi,
        Ticker24hrParams, Ticker24hrResponse, TickerBookTickerParams, TickerBookTickerResponse,
    },
};
use metaexpert_sdk_clients::{Place, absent, exact, lacking};
use rust_decimal::{Decimal, dec};

const PAIR: &str = "BTCUSDT";
/// What executions cost, of what they bring.
const FEE: Decimal = dec!(0.001);
const NOBODY_SELLS_AT: Decimal = dec!(50000);

fn client(place: &Place) -> Result<RestApi> {
    Ok(SpotRestApi::from_config(place.rest()?))
}

/// Free and locked coins.
async fn balances(client: &RestApi) -> Result<BTreeMap<String, (Decimal, Decimal)>> {
    let account = client.get_account(GetAccountParams::builder().build()?).await?.data().await?;
    let rows = account.balances.context("balances")?;
    rows.iter().map(|row| Ok((row.asset.clone().context("asset")?, (exact(&row.free)?, exact(&row.locked)?)))).collect()
}

fn market(side: NewOrderSideEnum, quantity: Decimal) -> Result<NewOrderParams> {
    Ok(NewOrderParams::builder(PAIR.into(), side, NewOrderTypeEnum::Market).quantity(quantity).build()?)
}

fn resting_buy() -> Result<NewOrderParams> {
    let order = NewOrderParams::builder(PAIR.into(), NewOrderSideEnum::Buy, NewOrderTypeEnum::Limit);
    let order = order.time_in_force(NewOrderTimeInForceEnum::Gtc).quantity(dec!(0.01)).price(NOBODY_SELLS_AT);
    Ok(order.new_client_order_id("my-order".to_owned()).build()?)
}

/// Coins, cost and commission of an order's fills.
fn filled(order: &NewOrderResponse) -> Result<(Decimal, Decimal, Decimal)> {
    let mut sums = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    for fill in order.fills.as_deref().context("fills")? {
        let quantity = exact(&fill.qty)?;
        sums.0 += quantity;
        sums.1 += quantity * exact(&fill.price)?;
        sums.2 += exact(&fill.commission)?;
    }
    Ok(sums)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_of_a_pair_can_be_read() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let reply = client.exchange_info(ExchangeInfoParams::builder().symbol(PAIR.to_owned()).build()?).await?;
    assert!(reply.rate_limits.as_ref().is_some_and(|limits| limits.iter().any(|limit| limit.count >= 20)));
    let info = reply.data().await?;
    // How much of a limit is used is told in headers.
    assert_eq!(absent(&info.rate_limits), ["count"]);
    let pair = info.symbols.context("symbols")?.into_iter().next().context("the pair")?;
    // Of filters, what the binary protocol has instead of decimals.
    assert_eq!(absent(&pair), ["filter_type", "price_exponent", "qty_exponent", "multiplier_exponent"]);
    assert_eq!((pair.symbol.as_deref(), pair.status.as_deref()), (Some(PAIR), Some("TRADING")));
    let filters = format!("{:?}", pair.filters);
    for filter in ["PriceFilter", "LotSize", "MarketLotSize", "Notional", "PercentPriceBySide", "MaxNumOrders", "TrailingDelta"] {
        assert!(filters.contains(filter), "{filter} in {filters}");
    }
    let server = client.time().await?.data().await?.server_time.context("serverTime")?;
    assert!(info.server_time.is_some_and(|before| (0..5_000).contains(&(server - before))));
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn market_data_fits_together() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let book = client.depth(DepthParams::builder(PAIR.into()).limit(20).build()?).await?.data().await?;
    assert_eq!(absent(&book), [""; 0]);
    let prices = |levels: Option<Vec<Vec<String>>>| -> Result<Vec<Decimal>> {
        levels.context("levels")?.iter().map(|level| exact(&level.first().cloned())).collect()
    };
    let (bids, asks) = (prices(book.bids)?, prices(book.asks)?);
    assert_eq!((bids.len(), asks.len()), (20, 20));
    assert!(bids.is_sorted_by(|a, b| a > b) && asks.is_sorted() && bids[0] < asks[0]);

    let best =
        client.ticker_book_ticker(TickerBookTickerParams::builder().symbol(PAIR.to_owned()).build()?).await?.data().await?;
    let TickerBookTickerResponse::TickerBookTickerResponse1(best) = best else { bail!("one symbol was asked for: {best:?}") };
    assert_eq!(absent(&best), [""; 0]);
    assert!(exact(&best.bid_price)? < exact(&best.ask_price)?);

    let ticker = client.ticker24hr(Ticker24hrParams::builder().symbol(PAIR.to_owned()).build()?).await?.data().await?;
    let Ticker24hrResponse::Ticker24hrResponse1(ticker) = ticker else { bail!("one symbol was asked for: {ticker:?}") };
    assert_eq!(absent(&ticker), [""; 0]);
    assert!(exact(&ticker.low_price)? <= exact(&ticker.last_price)? && exact(&ticker.last_price)? <= exact(&ticker.high_price)?);

    let bars = client.klines(KlinesParams::builder(PAIR.into(), KlinesIntervalEnum::Interval1m).limit(100).build()?);
    let bars = bars.await?.data().await?;
    let opened: Vec<i64> = bars
        .iter()
        .filter_map(|bar| if let Some(KlinesItemInner::Integer(time)) = bar.first() { Some(*time) } else { None })
        .collect();
    assert_eq!(opened.len(), 100);
    assert!(opened.windows(2).all(|two| two[1] - two[0] == 60_000));
    assert!(bars.iter().all(|bar| bar.len() == 12 && matches!(bar[4], KlinesItemInner::String(_))));

    let trades = client.get_trades(GetTradesParams::builder(PAIR.into()).limit(50).build()?).await?.data().await?;
    assert_eq!(absent(&trades), [""; 0]);
    assert!(trades.len() == 50 && trades.windows(2).all(|two| two[1].id == two[0].id.map(|id| id + 1)));
    let sums = client.agg_trades(AggTradesParams::builder(PAIR.into()).limit(50).build()?).await?.data().await?;
    assert_eq!(absent(&sums), [""; 0]);
    assert!(sums.windows(2).all(|two| two[1].f == two[0].l.map(|last| last + 1)));
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_market_order_moves_the_balance_by_price_times_quantity_plus_fee() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let before = balances(&client).await?;
    let bought = client.new_order(market(NewOrderSideEnum::Buy, dec!(0.02))?).await?.data().await?;
    assert_eq!(absent(&bought), [""; 0]);
    assert_eq!((bought.status.as_deref(), exact(&bought.executed_qty)?), (Some("FILLED"), dec!(0.02)));
    let (coins, cost, commission) = filled(&bought)?;
    assert_eq!((coins, cost, commission), (dec!(0.02), exact(&bought.cummulative_quote_qty)?, dec!(0.02) * FEE));
    let after = balances(&client).await?;
    assert_eq!(after["USDT"].0, before["USDT"].0 - cost);
    assert_eq!(after["BTC"].0, before["BTC"].0 + coins - commission);

    let sold = client.new_order(market(NewOrderSideEnum::Sell, dec!(0.01))?).await?.data().await?;
    let (coins, worth, commission) = filled(&sold)?;
    assert_eq!((coins, commission), (dec!(0.01), worth * FEE));
    let last = balances(&client).await?;
    assert_eq!(last["USDT"].0, after["USDT"].0 + worth - commission);
    assert_eq!(last["BTC"].0, after["BTC"].0 - coins);

    let trades = client.my_trades(MyTradesParams::builder(PAIR.into()).build()?).await?.data().await?;
    assert_eq!(absent(&trades), [""; 0]);
    let of = |id: Option<i64>| trades.iter().filter(move |trade| trade.order_id == id);
    assert!(of(bought.order_id).all(|trade| trade.is_buyer == Some(true) && trade.is_maker == Some(false)));
    let quantity = of(bought.order_id).map(|trade| exact(&trade.qty)).sum::<Result<Decimal>>()?;
    assert_eq!(quantity, dec!(0.02));
    assert!(of(sold.order_id).count() > 0);
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_order_locks_its_cost_until_it_is_cancelled() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let before = balances(&client).await?["USDT"];
    let order = client.new_order(resting_buy()?).await?.data().await?;
    assert_eq!((order.status.as_deref(), order.client_order_id.as_deref()), (Some("NEW"), Some("my-order")));
    assert_eq!(balances(&client).await?["USDT"], (before.0 - dec!(500), before.1 + dec!(500)));
    let id = order.order_id.context("orderId")?;
    let stood = client.get_order(GetOrderParams::builder(PAIR.into()).order_id(id).build()?).await?.data().await?;
    assert_eq!((stood.status.as_deref(), exact(&stood.price)?), (Some("NEW"), NOBODY_SELLS_AT));
    let open = client.get_open_orders(GetOpenOrdersParams::builder().symbol(PAIR.to_owned()).build()?).await?.data().await?;
    assert_eq!(open.iter().map(|order| order.order_id).collect::<Vec<_>>(), [Some(id)]);
    let cancel = DeleteOrderParams::builder(PAIR.into()).orig_client_order_id("my-order".to_owned()).build()?;
    let cancelled = client.delete_order(cancel.clone()).await?.data().await?;
    assert_eq!((cancelled.status.as_deref(), cancelled.order_id), (Some("CANCELED"), Some(id)));
    assert_eq!(balances(&client).await?["USDT"], before);
    let again = client.delete_order(cancel).await;
    assert!(again.is_err_and(|error| error.to_string().contains("Unknown order sent.")));
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_two_orders_of_a_list_takes_the_other_with_it() -> Result<()> {
    let place = Place::open().await?;
    let client = client(&place)?;
    let list = OrderListOcoParams::builder(
        PAIR.into(),
        OrderListOcoSideEnum::Sell,
        dec!(0.01),
        OrderListOcoAboveTypeEnum::LimitMaker,
        OrderListOcoBelowTypeEnum::StopLossLimit,
    );
    let list = list.above_price(dec!(70000)).below_stop_price(dec!(55000)).below_price(dec!(54900));
    let list = list.below_time_in_force(OrderListOcoBelowTimeInForceEnum::Gtc).build()?;
    let list = client.order_list_oco(list).await?.data().await?;
    assert_eq!((list.contingency_type.as_deref(), list.list_status_type.as_deref()), (Some("OCO"), Some("EXEC_STARTED")));
    assert_eq!(list.orders.map(|orders| orders.len()), Some(2));
    client.delete_open_orders(DeleteOpenOrdersParams::builder(PAIR.into()).build()?).await?.data().await?;
    assert_eq!(client.get_open_orders(GetOpenOrdersParams::builder().build()?).await?.data().await?, []);
    assert_eq!(balances(&client).await?["BTC"].1, Decimal::ZERO);
    place.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_else_can_be_asked_is_answered_in_full() -> Result<()> {
    use binance_sdk::spot::rest_api::{
        AccountCommissionParams, AllOrderListParams, AllOrdersParams, AvgPriceParams, ExecutionRulesParams,
        HistoricalTradesParams, MyFiltersParams, OpenOrderListParams, OrderTestParams, OrderTestSideEnum, OrderTestTypeEnum,
        RateLimitOrderParams, TickerParams, TickerPriceParams, TickerTradingDayParams, UiKlinesIntervalEnum, UiKlinesParams,
    };
    let place = Place::open().await?;
    let client = client(&place)?;
    client.new_order(resting_buy()?).await?.data().await?;
    let test = OrderTestParams::builder(PAIR.into(), OrderTestSideEnum::Buy, OrderTestTypeEnum::Market).quantity(dec!(1));
    let found = lacking!(client;
        get_account(GetAccountParams::default()),
        account_commission(AccountCommissionParams::builder(PAIR.into()).build()?),
        get_order(GetOrderParams::builder(PAIR.into()).orig_client_order_id("my-order".to_owned()).build()?),
        get_open_orders(GetOpenOrdersParams::default()),
        all_orders(AllOrdersParams::builder(PAIR.into()).build()?),
        all_order_list(AllOrderListParams::default()),
        open_order_list(OpenOrderListParams::default()),
        my_filters(MyFiltersParams::builder(PAIR.into()).build()?),
        rate_limit_order(RateLimitOrderParams::default()),
        execution_rules(ExecutionRulesParams::builder().symbol(PAIR.to_owned()).build()?),
        avg_price(AvgPriceParams::builder(PAIR.into()).build()?),
        historical_trades(HistoricalTradesParams::builder(PAIR.into()).build()?),
        ticker24hr(Ticker24hrParams::default()),
        ticker_book_ticker(TickerBookTickerParams::default()),
        ticker(TickerParams::builder().symbol(PAIR.to_owned()).build()?),
        ticker_price(TickerPriceParams::builder().symbol(PAIR.to_owned()).build()?),
        ticker_trading_day(TickerTradingDayParams::builder().symbol(PAIR.to_owned()).build()?),
        ui_klines(UiKlinesParams::builder(PAIR.into(), UiKlinesIntervalEnum::Interval1h).build()?),
        order_test(test.compute_commission_rates(true).build()?),
        delete_order(DeleteOrderParams::builder(PAIR.into()).orig_client_order_id("my-order".to_owned()).build()?),
    );
    // Fields that appear under conditions: a self-trade prevented, a strategy, a trailing or pegged order, smart order routing.
    let conditional = [
        "prevented_match_id",
        "prevented_quantity",
        "strategy_id",
        "strategy_type",
        "trailing_delta",
        "trailing_time",
        "used_sor",
        "working_floor",
        "peg_price_type",
        "peg_offset_type",
        "peg_offset_value",
        "pegged_price",
        "expiry_reason",
    ];
    for (call, lacks) in found {
        let is_conditional = |name: &String| match call {
            "get_order" | "get_open_orders" | "all_orders" => conditional.contains(&name.as_str()),
            "delete_order" => conditional.contains(&name.as_str()) || ["iceberg_qty", "stop_price"].contains(&name.as_str()),
            // The first is which filter it is, the second is documented of no such reply.
            "my_filters" => ["filter_type", "rate_limits"].contains(&name.as_str()),
            _ => false,
        };
        assert!(lacks.iter().all(is_conditional), "{call}: {lacks:?}");
    }
    place.close().await;
    Ok(())
}
