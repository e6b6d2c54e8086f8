//! Margin orders and lists, cross and isolated: spot's markets, other accounts, borrowed money.

use metaexpert_binance::{
    Product,
    account::{
        FillsOf, MarginAccount, cross_account, fills_of_order, isolated_account, isolated_pair, move_funds, prevented_matches,
    },
    orders::{self, Desk, ListRequest, OrderRequest, Page, SideEffect, SpotKind},
};
use metaexpert_connect::{Word, http::Client, report::OrderState};
use metaexpert_core::{Side, config::MarginMode};
use rust_decimal::{Decimal, dec};

use crate::{
    draft::{by_name, by_number, limit, list, on_margin, spot},
    spot_lists::{around, lives_and_ends, oco, pending, pending_oco},
    stage::{Stage, balance, deals, deals_of, down, fills, now, order, orders},
};

pub(crate) const CALLS: &[&str] = &[
    "POST /sapi/v1/margin/order",
    "GET /sapi/v1/margin/order",
    "GET /sapi/v1/margin/openOrders",
    "DELETE /sapi/v1/margin/order",
    "DELETE /sapi/v1/margin/openOrders",
    "GET /sapi/v1/margin/allOrders",
    "GET /sapi/v1/margin/myTrades",
    "GET /sapi/v1/margin/myPreventedMatches",
    "GET /sapi/v1/margin/account",
];
pub(crate) const LIST_CALLS: &[&str] = &[
    "POST /sapi/v1/margin/order/oco",
    "POST /sapi/v1/margin/order/oto",
    "POST /sapi/v1/margin/order/otoco",
    "DELETE /sapi/v1/margin/orderList",
    "GET /sapi/v1/margin/orderList",
    "GET /sapi/v1/margin/allOrderList",
    "GET /sapi/v1/margin/openOrderList",
];
pub(crate) const ISOLATED_CALLS: &[&str] =
    &["POST /sapi/v1/asset/transfer", "GET /sapi/v1/margin/isolated/account", "POST /sapi/v1/margin/order"];

const BTC: &str = "BTCUSDT";
const CROSS: Desk = Desk::Margin(MarginMode::Cross);

async fn place(
    client: &Client,
    account: MarginMode,
    effect: SideEffect,
    order: orders::SpotOrder,
) -> Vec<metaexpert_connect::Report<'static>> {
    let request = OrderRequest::Margin(on_margin(account, effect, order));
    orders::place(client, &request, now()).await.unwrap()
}

#[tokio::test]
async fn a_cross_order_trades_on_spots_market_and_shows_in_the_cross_account() {
    let stage = Stage::new().await;
    let client = stage.client(Product::Margin);
    let (_, before) = cross_account(&client).await.unwrap();
    let reports = place(&client, MarginMode::Cross, SideEffect::None, spot("buy", Side::Buy, dec!(0.5), SpotKind::Market)).await;
    let bought = order(&reports);
    assert_eq!(bought.state, Word::Known(OrderState::Filled));
    let number = bought.venue_id.clone().unwrap();
    let of = FillsOf { product: Product::Margin, symbol: BTC, isolated: false };
    assert_eq!(deals(&fills(&reports)), deals_of(&stage.life(&number)));
    assert_eq!(deals(&fills_of_order(&client, of, &number).await.unwrap()), deals_of(&stage.life(&number)));
    assert_eq!(stage.life(&number).last.wallet, "cross");
    let (_, after) = cross_account(&client).await.unwrap();
    let change = |asset: &str| balance(&after, asset).free.unwrap() - balance(&before, asset).free.unwrap();
    let fees = |asset: &str| -> Decimal {
        let fills = fills(&reports);
        fills.iter().filter(|fill| fill.fee_asset.as_deref() == Some(asset)).filter_map(|fill| fill.fee).sum()
    };
    assert_eq!(change("USDT"), -bought.filled_value.unwrap());
    assert_eq!(change("BTC"), dec!(0.5) - fees("BTC"));

    let (bid, _) = stage.quote(Product::Spot, BTC).await;
    let below = limit(down(bid * dec!(0.9), dec!(0.01)));
    let rests = order(&place(&client, MarginMode::Cross, SideEffect::None, spot("rest", Side::Buy, dec!(0.1), below)).await);
    let asked = order(&orders::query(&client, CROSS, BTC, &by_name("rest")).await.unwrap());
    assert_eq!((asked.venue_id, asked.state), (rests.venue_id.clone(), rests.state));
    assert_eq!(orders(&orders::open(&client, CROSS, Some(BTC)).await.unwrap()).len(), 1);
    let gone = order(&orders::cancel(&client, CROSS, BTC, &by_number(rests.venue_id.as_deref().unwrap())).await.unwrap());
    assert_eq!(gone.state, Word::Known(OrderState::Cancelled));
    place(&client, MarginMode::Cross, SideEffect::None, spot("more", Side::Buy, dec!(0.1), below)).await;
    let ended = orders::cancel_all(&client, CROSS, BTC).await.unwrap();
    assert_eq!(orders(&ended).len(), 1);
    let history = orders::history(&client, CROSS, BTC, Page::default()).await.unwrap();
    assert_eq!(orders(&history).len(), stage.lives().len());
    assert!(prevented_matches(&client, Product::Margin, MarginAccount::Cross, BTC, &number).await.unwrap().is_empty());
    stage.assert_called(CALLS);
}

#[tokio::test]
async fn every_kind_of_list_lives_on_margin() {
    let stage = Stage::new().await;
    let client = stage.client(Product::Margin);
    let around = around(&stage).await;
    let amount = Some(dec!(0.02));
    let cross = |list| on_margin(MarginMode::Cross, SideEffect::None, list);
    let oco = ListRequest::MarginOco(cross(list("oco", oco(&around))));
    lives_and_ends(&stage, &client, CROSS, &oco, "oco", &["profit", "stop"]).await;
    let oto = on_margin(MarginMode::Cross, SideEffect::None, list("oto", pending(&around, amount)));
    lives_and_ends(&stage, &client, CROSS, &ListRequest::MarginPending(oto), "oto", &["pending", "working"]).await;
    let otoco = on_margin(MarginMode::Cross, SideEffect::None, list("otoco", pending_oco(&around, amount)));
    let otoco = ListRequest::MarginPendingOco(otoco);
    lives_and_ends(&stage, &client, CROSS, &otoco, "otoco", &["profit", "stop", "working"]).await;
    stage.assert_called(LIST_CALLS);
}

#[tokio::test]
async fn an_isolated_order_borrows_what_it_lacks() {
    let stage = Stage::new().await;
    let client = stage.client(Product::Margin);
    if isolated_account(&client, &[BTC]).await.unwrap().is_empty() {
        isolated_pair(&client, BTC, true).await.unwrap();
    }
    move_funds(&client, "MAIN_ISOLATED_MARGIN", "USDT", dec!(10000), None, Some(BTC)).await.unwrap();
    let (bid, _) = stage.quote(Product::Spot, BTC).await;
    let amount = down(dec!(15000) / bid, dec!(0.00001));
    let order_sent = spot("borrow", Side::Buy, amount, SpotKind::Market);
    let reports = place(&client, MarginMode::Isolated, SideEffect::Borrow, order_sent).await;
    let bought = order(&reports);
    assert_eq!(bought.filled, Some(amount));
    let number = bought.venue_id.clone().unwrap();
    assert_eq!(stage.life(&number).last.wallet, "isolated");
    let isolated = Desk::Margin(MarginMode::Isolated);
    let asked = order(&orders::query(&client, isolated, BTC, &by_number(&number)).await.unwrap());
    assert_eq!(asked.filled_value, bought.filled_value);
    let (pair, balances) = isolated_account(&client, &[BTC]).await.unwrap().remove(0);
    assert_eq!(pair.symbol, BTC);
    let owed = balance(&balances, "USDT").borrowed.unwrap();
    let value = bought.filled_value.unwrap();
    assert!(owed >= value - dec!(10000) && owed < value, "{owed} of {value}");
    assert!(pair.margin_level.unwrap() > dec!(1));
    stage.assert_called(ISOLATED_CALLS);
}
