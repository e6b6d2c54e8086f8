//! Every captured and documented payload that is at hand: none may be lost in silence.
//!
//! The captures are found by `METAEXPERT_CAPTURES`, or in `../shared/captures` beside the workspace. Where they are not, the test
//! says so and checks nothing.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use metaexpert_binance::{Product, user};
use metaexpert_connect::{
    Report, Word,
    report::{OrderState, Origin, Service},
};
use rust_decimal::{Decimal, dec};
use serde_json::Value;

fn folder() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures");
    let folder = std::env::var_os("METAEXPERT_CAPTURES").map_or_else(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: there are no captures at {}", folder.display());
    None
}

/// A file of the captures.
pub(super) fn json(name: &str) -> Option<Value> {
    let bytes = fs::read(folder()?.join(name)).unwrap_or_else(|why| panic!("{name}: {why}"));
    Some(serde_json::from_slice(&bytes).unwrap())
}

/// All JSON files below a folder whose path has one of the words in it.
fn files(root: &Path, words: &[&str], into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(root).unwrap_or_else(|why| panic!("{}: {why}", root.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, words, into);
        } else if path.extension().is_some_and(|extension| extension == "json")
            && words.iter().any(|word| path.to_string_lossy().contains(word))
            // What is known of frames in the binary encoding, which is not spoken here.
            && !path.to_string_lossy().contains("_sbe/")
        {
            into.push(path);
        }
    }
}

fn product_of(path: &str) -> Product {
    [
        ("coin-margined", Product::CoinM),
        ("coin_futures", Product::CoinM),
        ("options", Product::Options),
        ("margin_trading", Product::Margin),
        ("usds", Product::UsdM),
        ("futures", Product::UsdM),
    ]
    .into_iter()
    .find_map(|(word, product)| path.contains(word).then_some(product))
    .unwrap_or(Product::Spot)
}

#[derive(Default)]
struct Count {
    read: BTreeMap<String, usize>,
    strange: BTreeMap<String, usize>,
    failed: Vec<String>,
}

impl Count {
    fn take(&mut self, from: &str, product: Product, frame: &Value) {
        let bytes = serde_json::to_vec(frame).unwrap();
        match user::read(product, &bytes) {
            Err(why) => self.failed.push(format!("{from}: {why}")),
            Ok(reports) => {
                assert!(!reports.is_empty(), "{from}: no report");
                match &reports[..] {
                    [Report::Service(Service::Strange { kind })] => *self.strange.entry(kind.clone()).or_default() += 1,
                    _ => *self.read.entry(kind_of(frame)).or_default() += 1,
                }
            }
        }
    }

    #[track_caller]
    fn finish(self, what: &str, least: usize) {
        let total: usize = self.read.values().sum();
        eprintln!("{what}: {total} read, {:?}; out of scope {:?}", self.read, self.strange);
        assert_eq!(self.failed, Vec::<String>::new());
        for kind in self.strange.keys() {
            assert!(user::OUT_OF_SCOPE.iter().any(|(known, _)| known == kind), "{kind} is strange");
        }
        assert!(total >= least, "{what}: only {total} read");
    }
}

fn kind_of(frame: &Value) -> String {
    let kind = ["/e", "/event/e", "/data/e"].iter().find_map(|place| frame.pointer(place));
    kind.and_then(Value::as_str).unwrap_or("reply").to_owned()
}

fn is_frame(value: &Value) -> bool {
    let is_event = value.get("e").is_some() || value.get("event").is_some() || value.pointer("/data/e").is_some();
    is_event || (value.get("status").is_some() && value.get("id").is_some())
}

#[test]
fn every_recorded_account_event_is_read() {
    let Some(folder) = folder() else { return };
    let mut paths = Vec::new();
    files(
        &folder.join("nautilus/binance"),
        &["user_data_json", "order_update", "algo_update", "trade_lite", "execution_report"],
        &mut paths,
    );
    let mut count = Count::default();
    for path in &paths {
        let name = path.to_string_lossy();
        count.take(&name, product_of(&name), &serde_json::from_slice(&fs::read(path).unwrap()).unwrap());
    }
    assert_eq!(paths.len(), count.read.values().sum::<usize>() + count.failed.len());
    count.finish("recorded account events", 59);
}

/// What a recorded order event says: where the order stands, whose it is, and the execution as trade, quantity, price and fee.
struct Said {
    file: &'static str,
    state: OrderState,
    origin: Origin,
    execution: Option<(&'static str, Decimal, Decimal, Option<Decimal>)>,
}

const fn said(
    file: &'static str,
    state: OrderState,
    origin: Origin,
    execution: Option<(&'static str, Decimal, Decimal, Option<Decimal>)>,
) -> Said {
    Said { file, state, origin, execution }
}

/// By the files' own words, which are short enough to be checked by eye.
const SAID: [Said; 32] = [
    said("user_data_json/order_update_new", OrderState::New, Origin::Own, None),
    said(
        "user_data_json/order_update_trade",
        OrderState::PartiallyFilled,
        Origin::Own,
        Some(("12345678", dec!(0.001), dec!(7100.5), Some(dec!(0.01)))),
    ),
    said(
        "user_data_json/order_update_trade_partial",
        OrderState::PartiallyFilled,
        Origin::Own,
        Some(("12345678", dec!(0.001), dec!(7100.5), Some(dec!(0.01)))),
    ),
    said(
        "user_data_json/order_update_calculated",
        OrderState::Filled,
        Origin::Liquidation,
        Some(("12345999", dec!(0.014), dec!(9910.12), Some(dec!(0.06937084)))),
    ),
    said("user_data_json/order_update_calculated_pending", OrderState::New, Origin::Liquidation, None),
    said(
        "user_data_json/order_update_adl",
        OrderState::Filled,
        Origin::AutoDeleveraging,
        Some(("12346001", dec!(0.005), dec!(42000), Some(dec!(0.105)))),
    ),
    said(
        "user_data_json/order_update_insurance",
        OrderState::Filled,
        Origin::Liquidation,
        Some(("12346003", dec!(0.02), dec!(45000), Some(dec!(0.45)))),
    ),
    said(
        "user_data_json/order_update_settlement",
        OrderState::Filled,
        Origin::Settlement,
        Some(("12346002", dec!(0.01), dec!(50000), Some(dec!(0.25)))),
    ),
    said(
        "user_data_json/order_update_delivery",
        OrderState::Filled,
        Origin::Settlement,
        Some(("12346003", dec!(1), dec!(70000), None)),
    ),
    said(
        "ws_futures_order_update_adl",
        OrderState::Filled,
        Origin::AutoDeleveraging,
        Some(("2233445566", dec!(1), dec!(2500), Some(dec!(2.5)))),
    ),
    said(
        "ws_futures_order_update_adl_filled",
        OrderState::Filled,
        Origin::AutoDeleveraging,
        Some(("2233445566", dec!(1), dec!(2500), Some(dec!(2.5)))),
    ),
    said(
        "ws_futures_order_update_liquidation",
        OrderState::Filled,
        Origin::Liquidation,
        Some(("1122334455", dec!(0.1), dec!(50000), Some(dec!(5)))),
    ),
    said("ws_futures_order_update_liquidation_zero_qty", OrderState::Filled, Origin::Liquidation, None),
    said(
        "ws_futures_order_update_settlement",
        OrderState::Filled,
        Origin::Settlement,
        Some(("4455667788", dec!(0.05), dec!(51000), Some(dec!(2.55)))),
    ),
    said(
        "ws_futures_order_update_trade_reduce_only_qty",
        OrderState::Filled,
        Origin::Own,
        Some(("9988776655", dec!(1), dec!(2500), Some(dec!(0.5)))),
    ),
    said("ws_futures_order_update_new_price_match", OrderState::New, Origin::Own, None),
    said("ws_spot_execution_report_new", OrderState::New, Origin::Own, None),
    said(
        "ws_spot_execution_report_trade",
        OrderState::PartiallyFilled,
        Origin::Own,
        Some(("98765432", dec!(0.5), dec!(2499.5), Some(dec!(0.0005)))),
    ),
    said(
        "ws_spot_execution_report_empty_client_id",
        OrderState::PartiallyFilled,
        Origin::Own,
        Some(("98765432", dec!(0.5), dec!(2499.5), Some(dec!(0.0005)))),
    ),
    said(
        "ws_spot_execution_report_binance_us",
        OrderState::Filled,
        Origin::Own,
        Some(("88685053", dec!(0.00042), dec!(117290.77), Some(dec!(0.00492621)))),
    ),
    said(
        "ws_spot_execution_report_calculated",
        OrderState::Filled,
        Origin::Liquidation,
        Some(("98765432", dec!(0.01), dec!(49500), Some(dec!(2.475)))),
    ),
    said("ws_spot_execution_report_canceled", OrderState::Cancelled, Origin::Own, None),
    said("ws_spot_execution_report_expired", OrderState::Expired, Origin::Own, None),
    said("ws_spot_execution_report_pending_cancel", OrderState::PendingCancel, Origin::Own, None),
    said("ws_spot_execution_report_rejected", OrderState::Rejected, Origin::Own, None),
    said("ws_spot_execution_report_trade_prevention", OrderState::ExpiredInMatch, Origin::Own, None),
    // An execution at no price, or of nothing: the order tells the quantity, and nothing is booked.
    said("ws_spot_execution_report_trade_l_zero", OrderState::Filled, Origin::Own, None),
    said("ws_spot_execution_report_trade_l_zero_partial", OrderState::PartiallyFilled, Origin::Own, None),
    said("user_data_json/execution_report_new", OrderState::New, Origin::Own, None),
    said("user_data_json/execution_report_expired", OrderState::Expired, Origin::Own, None),
    said("user_data_json/execution_report_wrapped", OrderState::New, Origin::Own, None),
    said(
        "user_data_json/execution_report_trade",
        OrderState::Filled,
        Origin::Own,
        Some(("98765432", dec!(1), dec!(2500), Some(dec!(0.001)))),
    ),
];

#[test]
fn recorded_orders_stand_where_their_files_say_and_executions_are_what_they_are() {
    let Some(folder) = folder() else { return };
    let mut paths = Vec::new();
    files(&folder.join("nautilus/binance"), &["order_update", "execution_report"], &mut paths);
    for said in &SAID {
        let ending = format!("{}.json", said.file);
        let path = paths.iter().find(|path| path.to_string_lossy().ends_with(&ending)).unwrap_or_else(|| panic!("{ending}"));
        let bytes = fs::read(path).unwrap();
        let reports = user::read(product_of(&path.to_string_lossy()), &bytes).unwrap();
        let Some(Report::Order(order)) = reports.first() else { panic!("{ending}: {reports:?}") };
        assert_eq!((&order.state, order.origin), (&Word::Known(said.state), said.origin), "{ending}");
        let execution = match reports.get(1) {
            Some(Report::Fill(fill)) => {
                assert_eq!(
                    (fill.origin, &fill.symbol, &fill.venue_id),
                    (said.origin, &order.symbol, &order.venue_id),
                    "{ending}"
                );
                Some((fill.trade_id.as_str(), fill.quantity, fill.price, fill.fee))
            }
            _ => None,
        };
        assert_eq!(execution, said.execution, "{ending}");
    }
}

#[test]
fn every_documented_account_event_and_reply_is_read() {
    let Some(folder) = folder() else { return };
    let mut paths = Vec::new();
    let docs = folder.join("exchange-docs-crawl/binance");
    for product in ["usds-margined-futures", "coin-margined-futures", "options-trading"] {
        files(&docs.join("derivatives").join(product).join("user-data-streams"), &[""], &mut paths);
        let general = docs.join("derivatives").join(product).join("websocket-api-general-info.json");
        paths.extend(general.is_file().then_some(general));
    }
    files(&docs.join("margin_trading"), &["data-stream"], &mut paths);
    files(&folder.join("binance-spot-docs"), &["user-data-stream", "web-socket-api"], &mut paths);
    let (mut count, mut others) = (Count::default(), BTreeMap::<&str, usize>::new());
    for path in &paths {
        let name = path.to_string_lossy();
        let page: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        for block in page["blocks"].as_array().unwrap() {
            match block.get("json") {
                Some(frame) if is_frame(frame) => count.take(&name, product_of(&name), frame),
                Some(request) if request.get("method").is_some() => *others.entry("requests").or_default() += 1,
                // Parts of events, and replies of REST calls, which are read by their own rows.
                Some(_) => *others.entry("parts and REST replies").or_default() += 1,
                // Rules in words, and one payload with comments and single quotes.
                None => *others.entry("not JSON").or_default() += 1,
            }
        }
    }
    eprintln!("documented: beside these {others:?}");
    count.finish("documented account events and replies", 150);
}

#[test]
fn every_reply_that_the_official_library_is_tested_with_is_read() {
    let Some(folder) = folder() else { return };
    let mut paths = Vec::new();
    files(&folder.join("binance-sdk"), &["websocket_api"], &mut paths);
    let mut count = Count::default();
    for path in &paths {
        let name = path.to_string_lossy();
        let tests: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        for frame in tests.as_array().unwrap().iter().filter_map(|test| test.get("json")).filter(|frame| is_frame(frame)) {
            count.take(&name, product_of(&name), frame);
        }
    }
    count.finish("replies of the official library's tests", 60);
}
