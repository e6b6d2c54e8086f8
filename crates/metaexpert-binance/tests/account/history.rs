//! Histories that do not fit into one answer are asked for until they are complete.

use metaexpert_binance::{
    Product,
    account::{self, FillsOf, IncomeOf, Loan, MarginAccount},
};
use metaexpert_connect::{Failure, http::testing::Reply};
use serde_json::json;

use crate::operations::{asked, hours, line};

const MIDNIGHT: i64 = 1_767_225_600_000;
const HOUR: i64 = 3_600_000;

const OF: FillsOf<'_> = FillsOf { product: Product::UsdM, symbol: "BTCUSDT", isolated: false };

/// Executions by number and time.
fn fills(rows: impl Iterator<Item = (u64, i64)>) -> Reply {
    let row = |(id, time): (u64, i64)| {
        json!({
            "symbol": "BTCUSDT", "id": id, "orderId": 1, "side": "BUY", "positionSide": "BOTH", "price": "1", "qty": "1",
            "realizedPnl": "0", "commission": "0", "commissionAsset": "USDT", "time": time, "maker": true, "buyer": true
        })
    };
    Reply::ok(serde_json::Value::Array(rows.map(row).collect()).to_string())
}

#[tokio::test]
async fn executions_of_a_busy_hour_are_asked_for_in_halves() {
    // A full page, from which end nobody knows; then its halves, the second of which is newest first.
    let replies = [
        fills((0..1000).map(|id| (id, MIDNIGHT))),
        fills((0..999).map(|id| (id, MIDNIGHT + i64::try_from(id).unwrap()))),
        fills((999..1100).rev().map(|id| (id, MIDNIGHT + HOUR / 2 + i64::try_from(id).unwrap()))),
    ];
    let (client, server) = asked(Product::UsdM, replies).await;
    let found = account::fills_between(&client, OF, hours(0, 1)).await.unwrap();
    let numbers: Vec<u64> = found.iter().map(|fill| fill.trade_id.parse().unwrap()).collect();
    assert_eq!(numbers, (0..1100).collect::<Vec<_>>());
    let asked: String = server.recorded().iter().map(line).collect();
    let spans = [(0, HOUR - 1), (0, HOUR / 2 - 1), (HOUR / 2, HOUR - 1)];
    let expected = spans.map(|(from, to)| {
        let (from, to) = (MIDNIGHT + from, MIDNIGHT + to);
        format!("GET /fapi/v1/userTrades?symbol=BTCUSDT&startTime={from}&endTime={to}&limit=1000\n")
    });
    assert_eq!(asked, expected.concat());
}

#[tokio::test]
async fn executions_of_three_days_of_spot_are_asked_for_by_the_day() {
    let (client, server) = asked(Product::Spot, [Reply::ok("[]"), Reply::ok("[]"), Reply::ok("[]")]).await;
    let of = FillsOf { product: Product::Spot, symbol: "ETHBTC", isolated: false };
    assert_eq!(account::fills_between(&client, of, hours(0, 60)).await, Ok(Vec::new()));
    let asked: String = server.recorded().iter().map(line).collect();
    let expected = [(0, 24), (24, 48), (48, 60)].map(|(from, to)| {
        let (from, to) = (MIDNIGHT + from * HOUR, MIDNIGHT + to * HOUR - 1);
        format!("GET /api/v3/myTrades?symbol=ETHBTC&startTime={from}&endTime={to}&limit=1000\n")
    });
    assert_eq!(asked, expected.concat());
}

#[tokio::test]
async fn more_of_a_millisecond_than_a_page_holds_is_told() {
    let (client, server) = asked(Product::UsdM, Vec::<Reply>::new()).await;
    server.otherwise(fills((0..1000).map(|id| (id, MIDNIGHT))));
    let failure = account::fills_between(&client, OF, hours(0, 1)).await.unwrap_err();
    assert!(matches!(&failure, Failure::Malformed(malformed) if malformed.why.contains("no way to ask for more")), "{failure}");
    // It is halved down to one millisecond and no further: 22 times of an hour.
    assert_eq!(server.recorded().len(), 23);
}

#[tokio::test]
async fn executions_from_a_number_on_are_followed_by_number() {
    let replies = [fills((500..1500).map(|id| (id, MIDNIGHT))), fills((1500..1502).map(|id| (id, MIDNIGHT)))];
    let (client, server) = asked(Product::UsdM, replies).await;
    let found = account::fills_from(&client, OF, 500).await.unwrap();
    assert_eq!(found.len(), 1002);
    let asked: String = server.recorded().iter().map(line).collect();
    let expected = [500, 1500].map(|from| format!("GET /fapi/v1/userTrades?symbol=BTCUSDT&fromId={from}&limit=1000\n"));
    assert_eq!(asked, expected.concat());
}

#[tokio::test]
async fn executions_of_a_large_order_are_followed_by_number() {
    let replies = [fills((7..1007).map(|id| (id, MIDNIGHT))), fills((1007..1009).map(|id| (id, MIDNIGHT)))];
    let (client, server) = asked(Product::UsdM, replies).await;
    assert_eq!(account::fills_of_order(&client, OF, "1").await.unwrap().len(), 1002);
    let asked: String = server.recorded().iter().map(line).collect();
    assert_eq!(
        asked,
        "GET /fapi/v1/userTrades?symbol=BTCUSDT&orderId=1&limit=1000\n\
         GET /fapi/v1/userTrades?symbol=BTCUSDT&orderId=1&fromId=1007&limit=1000\n"
    );
}

#[tokio::test]
async fn income_is_asked_for_page_by_page_and_month_by_month() {
    let page = |rows: std::ops::Range<u64>| {
        let row =
            |id: u64| json!({"symbol": "", "incomeType": "FEE", "income": "1", "asset": "BNB", "time": MIDNIGHT, "tranId": id});
        Reply::ok(serde_json::Value::Array(rows.map(row).collect()).to_string())
    };
    let (client, server) = asked(Product::UsdM, [page(0..1000), page(1000..1003), page(1003..1004)]).await;
    let found = account::income(&client, Product::UsdM, IncomeOf::default(), hours(0, 40 * 24)).await.unwrap();
    assert_eq!(
        found.iter().filter_map(|entry| entry.id.clone()).collect::<Vec<_>>(),
        (0..1004).map(|id| id.to_string()).collect::<Vec<_>>()
    );
    let asked: String = server.recorded().iter().map(line).collect();
    let expected = [(0, 30, 1), (0, 30, 2), (30, 40, 1)].map(|(from, to, page)| {
        let (from, to) = (MIDNIGHT + from * 24 * HOUR, MIDNIGHT + to * 24 * HOUR - 1);
        format!("GET /fapi/v1/income?startTime={from}&endTime={to}&page={page}&limit=1000\n")
    });
    assert_eq!(asked, expected.concat());
}

#[tokio::test]
async fn loans_end_where_their_total_is_reached() {
    let page = |rows: std::ops::Range<u64>| {
        let row = |id: u64| json!({"txId": id, "asset": "USDT", "amount": "1", "status": "CONFIRMED", "timestamp": MIDNIGHT});
        Reply::ok(json!({"rows": rows.map(row).collect::<Vec<_>>(), "total": 200}).to_string())
    };
    // The last page is full, and there is nothing behind it.
    let (client, server) = asked(Product::Margin, [page(0..100), page(100..200)]).await;
    let found = account::loans(&client, MarginAccount::Cross, Loan::Borrow, None, hours(0, 24)).await.unwrap();
    assert_eq!((found.len(), server.recorded().len()), (200, 2));
}
