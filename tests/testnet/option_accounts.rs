//! The account of options: its money, its fees, its entries.

use metaexpert_binance::{
    Product,
    account::{fee, option_bill, options_account},
    orders::{self, OptionTimeInForce, OrderRequest},
};
use metaexpert_connect::{Word, report::EntryCause};
use metaexpert_core::{Percent, Side};
use rust_decimal::{Decimal, dec};

use crate::{
    draft::option,
    option_orders::a_call,
    stage::{MONDAY, Stage, balance, now, order},
};

pub(crate) const CALLS: &[&str] = &["GET /eapi/v1/marginAccount", "GET /eapi/v1/bill", "GET /eapi/v1/commission"];

#[tokio::test]
async fn what_a_premium_costs_is_in_the_bill_and_gone_from_the_account() {
    let stage = Stage::new().await;
    let client = stage.client(Product::Options);
    let symbol = a_call(&client).await;
    let (_, before, _) = options_account(&client).await.unwrap();
    let (_, ask) = stage.quote(Product::Options, &symbol).await;
    let buy = option("buy", &symbol, Side::Buy, dec!(0.1), ask, OptionTimeInForce::ImmediateOrCancel);
    let bought = order(&orders::place(&client, &OrderRequest::Option(buy), now()).await.unwrap());
    let (account, after, greeks) = options_account(&client).await.unwrap();
    let life = stage.life(bought.venue_id.as_deref().unwrap());
    let cost: Decimal = life.executions.iter().map(|done| done.price * done.quantity + done.fee).sum();
    let change = balance(&after, "USDT").total.unwrap() - balance(&before, "USDT").total.unwrap();
    let later = now().saturating_add_nanos(1_000_000_000);
    let bill = option_bill(&client, "USDT", MONDAY..later).await.unwrap();
    let transfer = Word::Known(EntryCause::Transfer);
    let billed: Decimal = bill.iter().filter(|entry| entry.cause != transfer).map(|entry| entry.amount).sum();
    assert_eq!(billed, -cost, "{bill:?}");
    assert_eq!(change, -cost, "{account:?} {after:?}");
    assert!(greeks.iter().any(|greeks| greeks.delta > dec!(0)), "{greeks:?}");
    assert!(fee(&client, Product::Options, "BTCUSDT").await.unwrap().taker > Percent::new(dec!(0)));
    stage.assert_called(CALLS);
}
