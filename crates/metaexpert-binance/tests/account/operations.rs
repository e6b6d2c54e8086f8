//! What each operation sends, compared with a file; and what it makes of answers that are not the one hoped for.

use std::{future::Future, ops::Range};

use expect_test::expect_file;
use metaexpert_binance::{
    Product,
    account::{self, Change, FillsOf, IncomeOf, Loan, MarginAccount, PositionsOf},
    dialect::Dialect,
};
use metaexpert_connect::{
    Failure,
    http::{
        Client,
        testing::{KEY, Recorded, RecordingServer, Reply, SECRET, setup},
    },
    signing::Signer,
};
use metaexpert_core::{PositionSide, UnixNanos};
use rust_decimal::dec;

use crate::fixtures::payload;

/// A client of a product, and the server that it asks.
pub(crate) async fn asked(product: Product, replies: impl IntoIterator<Item = Reply>) -> (Client, RecordingServer) {
    let server = RecordingServer::start(replies).await.unwrap();
    (Client::new(setup(server.base(), Dialect::new(product))).unwrap(), server)
}

pub(crate) fn hours(from: i64, to: i64) -> Range<UnixNanos> {
    let hour = |hour: i64| UnixNanos::from_millis(1_767_225_600_000 + hour * 3_600_000).unwrap();
    hour(from)..hour(to)
}

/// A request in one line, without what every signed request has: its key, its time, its window and its signature, which is
/// made again here.
pub(crate) fn line(request: &Recorded) -> String {
    let sent = if request.body.is_empty() { request.query() } else { &request.body };
    assert!(request.body.is_empty() || request.query().is_empty(), "{request:?}");
    assert_eq!(request.header("x-mbx-apikey"), Some(KEY));
    let (signed, signature) = sent.rsplit_once("&signature=").unwrap();
    assert_eq!(Signer::from_secret(SECRET).unwrap().sign(signed.as_bytes()).unwrap().hex(), signature, "{request:?}");
    let common = "recvWindow=5000&timestamp=1700000000000";
    let own = signed.strip_suffix(common).unwrap_or_else(|| panic!("{signed} does not end with {common}")).trim_end_matches('&');
    let place = if request.body.is_empty() { '?' } else { ' ' };
    format!("{} {}{place}{own}\n", request.method, request.path())
}

/// Sends an operation to a server that answers with a fixture, and writes down what was sent.
async fn sends<F: Future<Output = Result<T, Failure>>, T>(
    all: &mut String,
    product: Product,
    fixture: &str,
    operation: impl FnOnce(Client) -> F,
) {
    let (client, server) = asked(product, [Reply::ok(payload(fixture))]).await;
    let answer = operation(client).await;
    assert!(answer.is_ok(), "{fixture}: {:?}", answer.err());
    for request in server.recorded() {
        all.push_str(&line(&request));
    }
}

macro_rules! sends {
    ($all:ident, $product:ident, $fixture:literal, $operation:ident($($argument:expr),*)) => {
        let operation = |client| async move { account::$operation(&client, $($argument),*).await };
        sends(&mut $all, Product::$product, $fixture, operation).await;
    };
}

const ISOLATED: MarginAccount<'_> = MarginAccount::Isolated("BTCUSDT");
const CROSS: MarginAccount<'_> = MarginAccount::Cross;

const fn fills(product: Product, symbol: &str) -> FillsOf<'_> {
    FillsOf { product, symbol, isolated: true }
}

#[tokio::test]
async fn each_operation_sends_what_is_documented() {
    let mut all = String::new();
    sends!(all, Spot, "spot_account", spot_account());
    sends!(all, Spot, "spot_commission", fee(Product::Spot, "ETHUSDT"));
    sends!(all, Spot, "trade_fee", fees(Product::Spot));
    sends!(all, Spot, "order_limits", order_limits(Product::Spot, CROSS));
    sends!(all, Spot, "spot_trades", fills_between(fills(Product::Spot, "这是测试币456"), hours(0, 12)));
    sends!(all, Spot, "spot_trades", fills_from(fills(Product::Spot, "ETHBTC"), 9001));
    sends!(all, Spot, "spot_trades", fills_of_order(fills(Product::Spot, "ETHBTC"), "5501"));
    sends!(all, Spot, "prevented", prevented_matches(Product::Spot, CROSS, "BTCUSDT", "501"));
    sends!(all, Spot, "my_filters", account_rules(Product::Spot, "BTCUSDT"));
    sends!(all, Spot, "spot_trades", fills_since(fills(Product::Spot, "ETHBTC"), hours(0, 12)));
    sends!(all, Spot, "key_restrictions", key_restrictions());
    sends!(all, Spot, "moved", move_funds("MAIN_UMFUTURE", "USDT", dec!(12.50), None, None));
    sends!(all, Margin, "cross_account", cross_account());
    sends!(all, Margin, "isolated_account", isolated_account(&["BTCUSDT", "ETHUSDT"]));
    sends!(all, Margin, "isolated_done", isolated_pair("BTCUSDT", true));
    sends!(all, Margin, "isolated_done", isolated_pair("BTCUSDT", false));
    sends!(all, Margin, "loan_started", borrow_or_repay(CROSS, Loan::Borrow, "USDT", dec!(100.0)));
    sends!(all, Margin, "loan_started", borrow_or_repay(ISOLATED, Loan::Repay, "BTC", dec!(0.00000001)));
    sends!(all, Margin, "loans", loans(ISOLATED, Loan::Repay, Some("BTC"), hours(0, 24)));
    sends!(all, Margin, "max_borrowable", max_borrowable(ISOLATED, "BTC"));
    sends!(all, Margin, "max_transferable", max_transferable(CROSS, "BTC"));
    sends!(all, Margin, "interest", interest(CROSS, None, hours(0, 24)));
    sends!(all, Margin, "interest_rates", interest_rates("BTC", hours(0, 24)));
    sends!(all, Margin, "cross_terms", loan_terms(CROSS));
    sends!(all, Margin, "isolated_terms", loan_terms(ISOLATED));
    sends!(all, Margin, "transfers", transfers(ISOLATED, hours(0, 24)));
    sends!(all, Margin, "capital_flow", capital_flow(ISOLATED, hours(0, 24)));
    sends!(all, Margin, "margin_trades", fills_between(fills(Product::Margin, "BNBUSDT"), hours(0, 12)));
    sends!(all, Margin, "prevented", prevented_matches(Product::Margin, ISOLATED, "BTCUSDT", "501"));
    sends!(all, Margin, "order_limits", order_limits(Product::Margin, ISOLATED));
    sends!(all, UsdM, "usdm_account_v3", futures_account(Product::UsdM));
    sends!(all, UsdM, "usdm_balance", balances(Product::UsdM));
    sends!(all, UsdM, "positions_v3", positions(Product::UsdM, PositionsOf::Symbol("ADAUSDT")));
    sends!(all, UsdM, "account_config", account_mode(Product::UsdM));
    sends!(all, UsdM, "symbol_config", leverage_settings(None));
    sends!(all, UsdM, "leverage_usdm", set_leverage(Product::UsdM, "BTCUSDT", 21));
    sends!(all, UsdM, "done", set_margin_type(Product::UsdM, "BTCUSDT", true));
    sends!(all, UsdM, "position_margin", change_position_margin(Product::UsdM, "BTCUSDT", Some(PositionSide::Long), dec!(-7.50)));
    sends!(all, UsdM, "position_margin_history", position_margin_changes(Product::UsdM, "BTCUSDT", hours(0, 24)));
    sends!(all, UsdM, "done", set_hedge_mode(Product::UsdM, true));
    sends!(all, UsdM, "done", set_multi_assets_mode(false));
    sends!(all, UsdM, "brackets", brackets(Product::UsdM, None));
    sends!(all, UsdM, "fee_usdm", fee(Product::UsdM, "BTCUSDT"));
    sends!(all, UsdM, "usdm_trades", fills_between(fills(Product::UsdM, "BTCUSDT"), hours(0, 48)));
    sends!(
        all,
        UsdM,
        "income",
        income(Product::UsdM, IncomeOf { symbol: Some("BTCUSDT"), kind: Some("FUNDING_FEE") }, hours(0, 48))
    );
    sends!(all, UsdM, "queue", deleveraging_queue(Product::UsdM, None));
    sends!(all, UsdM, "order_limits_usdm", order_limits(Product::UsdM, CROSS));
    sends!(all, CoinM, "coinm_account", futures_account(Product::CoinM));
    sends!(all, CoinM, "coinm_balance", balances(Product::CoinM));
    sends!(all, CoinM, "coinm_positions", positions(Product::CoinM, PositionsOf::Pair("BTCUSD")));
    sends!(all, CoinM, "position_mode", account_mode(Product::CoinM));
    sends!(all, CoinM, "leverage_coinm", set_leverage(Product::CoinM, "BTCUSD_PERP", 22));
    sends!(all, CoinM, "done", set_margin_type(Product::CoinM, "BTCUSD_PERP", false));
    sends!(all, CoinM, "position_margin", change_position_margin(Product::CoinM, "BTCUSD_PERP", None, dec!(0.001)));
    sends!(all, CoinM, "position_margin_history_coinm", position_margin_changes(Product::CoinM, "BTCUSD_PERP", hours(0, 24)));
    sends!(all, CoinM, "done", set_hedge_mode(Product::CoinM, false));
    sends!(all, CoinM, "brackets_coinm", brackets(Product::CoinM, Some("BTCUSD_PERP")));
    sends!(all, CoinM, "fee_coinm", fee(Product::CoinM, "BTCUSD_PERP"));
    sends!(all, CoinM, "coinm_trades", fills_of_order(fills(Product::CoinM, "BTCUSD_PERP"), "28"));
    sends!(all, CoinM, "income_coinm", income(Product::CoinM, IncomeOf::default(), hours(0, 48)));
    sends!(all, CoinM, "queue", deleveraging_queue(Product::CoinM, Some("BTCUSD_PERP")));
    sends!(all, Options, "options_account", options_account());
    sends!(all, Options, "options_positions", positions(Product::Options, PositionsOf::All));
    sends!(all, Options, "bill", option_bill("USDT", hours(0, 48)));
    sends!(all, Options, "options_trades", fills_from(fills(Product::Options, "BTC-270326-90000-C"), 4_611_875_134_427_365_377));
    sends!(all, Options, "options_commission", fee(Product::Options, "ETHUSDT"));
    expect_file!["./operations.txt"].assert_eq(&all);
}

#[tokio::test]
async fn what_is_so_already_is_no_failure() {
    for (code, message) in [(-4046, "No need to change margin type."), (-4059, "No need to change position side.")] {
        let refusal = || Reply::of(400, format!(r#"{{"code":{code},"msg":"{message}"}}"#));
        let (client, _server) = asked(Product::UsdM, [refusal(), refusal()]).await;
        assert_eq!(account::set_margin_type(&client, Product::UsdM, "BTCUSDT", true).await, Ok(Change::Already));
        assert_eq!(account::set_hedge_mode(&client, Product::UsdM, true).await, Ok(Change::Already));
    }
    let (client, _server) = asked(Product::UsdM, [Reply::ok(payload("done"))]).await;
    assert_eq!(account::set_margin_type(&client, Product::UsdM, "BTCUSDT", false).await, Ok(Change::Made));
    let (client, _server) =
        asked(Product::UsdM, [Reply::of(400, r#"{"code":-4048,"msg":"Margin type cannot be changed."}"#)]).await;
    let refused = account::set_margin_type(&client, Product::UsdM, "BTCUSDT", false).await.unwrap_err();
    assert_eq!(refused.to_string(), "set_margin_type: refused with -4048: Margin type cannot be changed.");
}

#[tokio::test]
async fn money_that_may_have_moved_is_not_moved_again() {
    let message = "Unknown error, please check your request or try again later.";
    let reply = || Reply::of(503, format!(r#"{{"code":-1000,"msg":"{message}"}}"#));
    let (client, server) = asked(Product::UsdM, [reply(), reply()]).await;
    let failure = account::change_position_margin(&client, Product::UsdM, "BTCUSDT", None, dec!(5)).await.unwrap_err();
    assert!(failure.may_have_happened(), "{failure}");
    assert_eq!(server.recorded().len(), 1);

    let (client, server) = asked(Product::Margin, [reply(), reply()]).await;
    let failure = account::borrow_or_repay(&client, CROSS, Loan::Borrow, "USDT", dec!(5)).await.unwrap_err();
    assert!(failure.may_have_happened(), "{failure}");
    assert_eq!(server.recorded().len(), 1);
}

#[tokio::test]
async fn what_a_product_does_not_have_is_not_sent() {
    let (client, server) = asked(Product::Options, Vec::<Reply>::new()).await;
    assert!(account::balances(&client, Product::Options).await.is_err());
    assert!(account::fills_of_order(&client, fills(Product::Options, "X"), "1").await.is_err());
    assert!(account::positions(&client, Product::Spot, PositionsOf::All).await.is_err());
    assert!(account::positions(&client, Product::CoinM, PositionsOf::Symbol("BTCUSD_PERP")).await.is_err());
    assert!(account::positions(&client, Product::UsdM, PositionsOf::Pair("BTCUSD")).await.is_err());
    assert_eq!(server.recorded(), Vec::new());
}
