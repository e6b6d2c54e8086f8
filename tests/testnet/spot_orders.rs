//! Spot orders: placed, asked for, amended, replaced, cancelled.

use metaexpert_binance::{
    Product,
    account::{FillsOf, MarginAccount, fills_of_order, prevented_matches, spot_account},
    orders::{self, Desk, OrderRequest, Page, Replacement, SpotKind, SpotOrder, SpotSelfTrade, SpotTimeInForce, WhenCancelFails},
};
use metaexpert_connect::{
    Word,
    http::Client,
    report::{OrderReport, OrderState},
};
use metaexpert_core::Side;
use rust_decimal::{Decimal, dec};

use crate::{
    draft::{by_name, by_number, limit, limit_for, name, quantity, spot},
    stage::{Stage, balance, deals, deals_of, down, fills, now, order, orders},
};

pub(crate) const CALLS: &[&str] = &[
    "POST /api/v3/order",
    "GET /api/v3/order",
    "GET /api/v3/openOrders",
    "DELETE /api/v3/order",
    "GET /api/v3/allOrders",
    "GET /api/v3/myTrades",
    "GET /api/v3/account",
];
pub(crate) const CHANGING_CALLS: &[&str] = &[
    "POST /api/v3/order/test",
    "PUT /api/v3/order/amend/keepPriority",
    "GET /api/v3/order/amendments",
    "POST /api/v3/order/cancelReplace",
    "DELETE /api/v3/openOrders",
    "GET /api/v3/myPreventedMatches",
];

const BTC: &str = "BTCUSDT";

async fn place(client: &Client, order: SpotOrder) -> Vec<metaexpert_connect::Report<'static>> {
    orders::place(client, &OrderRequest::Spot(order), now()).await.unwrap()
}

/// What two tellings of an order must share: number, side, state and type; quantity, filled, and what that came to.
type Gist = (Option<String>, Option<Side>, String, [Option<Decimal>; 3]);

fn gist(order: &OrderReport) -> Gist {
    let state = format!("{:?} {:?}", order.state, order.order_type);
    (order.venue_id.clone(), order.side, state, [order.quantity, order.filled, order.filled_value])
}

#[tokio::test]
async fn what_a_market_order_answers_is_what_its_trades_the_account_and_the_audit_say() {
    let stage = Stage::new().await;
    let client = stage.client(Product::Spot);
    let (_, _, before) = spot_account(&client).await.unwrap();
    let reports = place(&client, spot("buy", Side::Buy, dec!(0.5), SpotKind::Market)).await;
    let bought = order(&reports);
    assert_eq!((bought.state.clone(), bought.filled), (Word::Known(OrderState::Filled), Some(dec!(0.5))));
    let number = bought.venue_id.clone().unwrap();

    let answered = fills(&reports);
    let of = FillsOf { product: Product::Spot, symbol: BTC, isolated: false };
    assert_eq!(deals(&answered), deals(&fills_of_order(&client, of, &number).await.unwrap()));
    assert_eq!(deals(&answered), deals_of(&stage.life(&number)));
    let value: Decimal = answered.iter().map(|fill| fill.price * fill.quantity).sum();
    assert_eq!(bought.filled_value, Some(value.normalize()));

    let asked = order(&orders::query(&client, Desk::Spot, BTC, &by_number(&number)).await.unwrap());
    assert_eq!(gist(&asked), gist(&bought));
    let named = order(&orders::query(&client, Desk::Spot, BTC, &by_name("buy")).await.unwrap());
    assert_eq!(named, asked);

    let (_, _, after) = spot_account(&client).await.unwrap();
    let change = |asset: &str| balance(&after, asset).free.unwrap() - balance(&before, asset).free.unwrap();
    let fees = |asset: &str| -> Decimal {
        answered.iter().filter(|fill| fill.fee_asset.as_deref() == Some(asset)).filter_map(|fill| fill.fee).sum()
    };
    assert_eq!(change("USDT"), -value);
    assert_eq!(change("BTC"), dec!(0.5) - fees("BTC"));
    assert_eq!(change("BNB"), -fees("BNB"));

    let (bid, _) = stage.quote(Product::Spot, BTC).await;
    let below = down(bid * dec!(0.9), dec!(0.01));
    let resting = order(&place(&client, spot("rest", Side::Buy, dec!(0.1), limit(below))).await);
    assert_eq!(resting.state, Word::Known(OrderState::New));
    let open = orders::open(&client, Desk::Spot, Some(BTC)).await.unwrap();
    assert_eq!(order(&open).venue_id, resting.venue_id);
    let (_, _, held) = spot_account(&client).await.unwrap();
    assert_eq!(balance(&held, "USDT").locked, Some((below * dec!(0.1)).normalize()));
    let gone = order(&orders::cancel(&client, Desk::Spot, BTC, &by_name("rest")).await.unwrap());
    assert_eq!(gone.state, Word::Known(OrderState::Cancelled));
    let (_, _, free) = spot_account(&client).await.unwrap();
    assert_eq!(
        (balance(&free, "USDT").locked.unwrap_or_default(), stage.life(&gone.venue_id.unwrap()).last.state),
        (dec!(0), "cancelled")
    );

    let history = orders::history(&client, Desk::Spot, BTC, Page::default()).await.unwrap();
    let whole = orders::whole_history(&client, Desk::Spot, BTC, 0).await.unwrap();
    assert_eq!(orders(&history), orders(&whole));
    assert_eq!(orders(&whole).len(), stage.lives().len());
    stage.assert_called(CALLS);
}

#[tokio::test]
async fn an_order_is_tested_amended_and_replaced() {
    let stage = Stage::new().await;
    let client = stage.client(Product::Spot);
    let (bid, _) = stage.quote(Product::Spot, BTC).await;
    let below = down(bid * dec!(0.9), dec!(0.01));
    let request = OrderRequest::Spot(spot("test", Side::Buy, dec!(0.1), limit(below)));
    orders::test(&client, &request, now()).await.unwrap();
    assert_eq!(stage.lives().len(), 0, "a test places nothing");

    let placed = order(&place(&client, spot("first", Side::Buy, dec!(0.1), limit(below))).await);
    let number = placed.venue_id.clone().unwrap();
    let target = by_number(&number);
    let smaller = orders::amend_spot(&client, BTC, &target, quantity(dec!(0.06)), Some(&name("second"))).await.unwrap();
    assert_eq!(order(&smaller).quantity, Some(dec!(0.06)));
    let asked = order(&orders::query(&client, Desk::Spot, BTC, &by_name("second")).await.unwrap());
    assert_eq!((asked.venue_id.as_deref(), asked.quantity), (Some(number.as_str()), Some(dec!(0.06))));
    let amendments = orders::amendments(&client, Desk::Spot, BTC, &target).await.unwrap();
    assert_eq!(amendments.len(), 1, "{amendments:?}");
    assert!(stage.life(&number).changes.contains(&"amended"));

    let lower = down(below * dec!(0.99), dec!(0.01));
    let new = spot("third", Side::Buy, dec!(0.05), limit(lower));
    let replacement = Replacement { target: by_name("second"), order: new, when_cancel_fails: WhenCancelFails::Stop };
    let halves = orders(&orders::replace_spot(&client, &replacement).await.unwrap());
    let states: Vec<_> = halves.iter().map(|half| half.state.clone()).collect();
    assert_eq!(states, [Word::Known(OrderState::Cancelled), Word::Known(OrderState::New)]);
    assert_eq!(halves[0].venue_id.as_deref(), Some(number.as_str()));

    let none = Replacement { target: by_name("nobody"), ..replacement.clone() };
    assert!(orders::replace_spot(&client, &none).await.is_err(), "what cannot be cancelled is not replaced");
    let anyway = spot("fourth", Side::Buy, dec!(0.05), limit(lower));
    let anyway = Replacement { target: by_name("nobody"), order: anyway, when_cancel_fails: WhenCancelFails::Place };
    let half = orders::replace_spot(&client, &anyway).await.unwrap();
    assert_eq!(orders(&half).last().unwrap().client_id.as_deref(), Some("fourth"), "{half:?}");

    let ended = orders(&orders::cancel_all(&client, Desk::Spot, BTC).await.unwrap());
    let mut names: Vec<_> = ended.iter().filter_map(|order| order.original_client_id.as_deref()).collect();
    names.sort_unstable();
    assert_eq!(names, ["fourth", "third"]);
    assert!(orders(&orders::open(&client, Desk::Spot, None).await.unwrap()).is_empty());

    // An order that would meet one of its own account takes what it asked for: nothing of either.
    let (bid, ask) = stage.quote(Product::Spot, BTC).await;
    let inside = down((bid + ask) / dec!(2), dec!(0.01)).max(bid);
    let maker = order(&place(&client, spot("maker", Side::Buy, dec!(0.01), limit(inside))).await);
    let mut taker = spot("taker", Side::Sell, dec!(0.01), limit_for(inside, SpotTimeInForce::GoodTillCancelled));
    taker.self_trade = Some(SpotSelfTrade::ExpireTaker);
    let taker = order(&place(&client, taker).await);
    assert!(inside > bid, "there is room between the best prices");
    assert_eq!((taker.state, taker.filled), (Word::Known(OrderState::ExpiredInMatch), Some(dec!(0))));
    let account = MarginAccount::Cross;
    prevented_matches(&client, Product::Spot, account, BTC, taker.venue_id.as_deref().unwrap()).await.unwrap();
    assert_eq!(stage.life(&maker.venue_id.unwrap()).last.state, "working");
    stage.assert_called(CHANGING_CALLS);
}
