//! A report's files agree with each other: whoever has only the trades can compute all the rest.
use metaexpert_tests::reference::{Exact, exact, plain, read_csv, rfc3339, rounded};

use super::expert::{Expert, Report};
use super::random_run::RandomRun;

/// Seeds away from those of `against_reference`.
const SEEDS: std::ops::Range<u64> = 900_000..900_040;

#[test]
fn the_executions_fold_to_every_balance_and_to_the_final_equity() {
    for_each_report(|report| {
        let mut trades = report.trades.records().peekable();
        let mut balance = money(&report.json["summary"]["initial_capital"]);
        let mut held = Held::default();
        let last = report.equity.rows.len() - 1;
        for (line, number) in report.equity.records().zip(0..) {
            // Inside a bar a fill carries its opening time, so it is earlier than this line's; the forced close is not.
            while trades.peek().is_some_and(|trade| trade["time"] < line["time"] || number == last) {
                let trade = trades.next().unwrap();
                balance += held.fold(number_of(trade["quantity"]), trade["side"] == "buy", number_of(trade["price"]));
                balance -= number_of(trade["fee"]);
            }
            assert_eq!(line["balance"], text(&balance), "equity.csv line {}", number + 2);
            if held.quantity == zero() {
                assert_eq!(line["equity"], line["balance"], "equity.csv line {}", number + 2);
            }
        }
        assert_eq!(held.quantity, zero(), "the run ends flat");
        assert_eq!(balance, money(&report.json["summary"]["final_equity"]));
    });
}

#[test]
fn the_round_trips_are_the_executions_in_pairs() {
    for_each_report(|report| {
        let trades: Vec<_> = report.trades.records().collect();
        assert_eq!(trades.len(), 2 * report.round_trips.rows.len());
        for (trip, pair) in report.round_trips.records().zip(trades.chunks(2)) {
            let (entry, exit) = (&pair[0], &pair[1]);
            assert_eq!([trip["entry_time"], trip["exit_time"]], [entry["time"], exit["time"]]);
            assert_eq!([trip["entry_price"], trip["exit_price"]], [entry["price"], exit["price"]]);
            assert_eq!([trip["quantity"]; 2], [entry["quantity"], exit["quantity"]]);
            assert_eq!((entry["reason"], exit["reason"]), ("signal", trip["exit_reason"]));
            assert_eq!(number_of(trip["fees"]), number_of(entry["fee"]) + number_of(exit["fee"]));
            let moved = number_of(exit["price"]) - number_of(entry["price"]);
            let gained = if trip["side"] == "long" { moved } else { -moved };
            assert_eq!(number_of(trip["gross_pnl"]), gained * number_of(trip["quantity"]));
            assert_eq!(
                number_of(trip["net_pnl"]),
                number_of(trip["gross_pnl"]) - number_of(trip["fees"]) + number_of(trip["funding"])
            );
        }
    });
}

#[test]
fn the_summary_is_the_sum_of_the_tables() {
    for_each_report(|report| {
        let summary = |name: &str| money(report.summary(name));
        let column = |name: &str| report.round_trips.records().map(|trip| number_of(trip[name])).collect::<Vec<_>>();
        let nets = column("net_pnl");
        assert_eq!(summary("net_profit"), nets.iter().sum());
        assert_eq!(summary("net_profit"), summary("final_equity") - summary("initial_capital"));
        assert_eq!(summary("fees"), column("fees").iter().sum());
        assert_eq!(summary("funding"), column("funding").iter().sum());
        assert_eq!(report.summary("trades"), report.trades.rows.len());
        assert_eq!(report.summary("round_trips"), nets.len());
        for (side, word) in [("long", "long"), ("short", "short")] {
            let nets: Vec<_> =
                report.round_trips.records().filter(|trip| trip["side"] == word).map(|trip| number_of(trip["net_pnl"])).collect();
            let of_side = &report.json["summary"][side];
            assert_eq!(of_side["round_trips"], nets.len(), "{side}");
            assert_eq!(money(&of_side["net_profit"]), nets.iter().sum(), "{side}");
        }
        let last = report.equity.records().last().unwrap();
        assert_eq!(number_of(last["equity"]), summary("final_equity"));
    });
}

#[test]
fn drawdowns_are_those_of_the_equity_column() {
    for_each_report(|report| {
        let mut peak = money(report.summary("initial_capital"));
        let mut largest = zero();
        for (line, number) in report.equity.records().zip(2..) {
            let equity = number_of(line["equity"]);
            peak = peak.max(equity.clone());
            let fall = &peak - equity;
            let percent = rounded(&(&fall * exact("100").unwrap() / &peak), 6);
            assert_eq!(line["drawdown_pct"], text(&percent), "equity.csv line {number}");
            largest = largest.max(fall);
        }
        assert_eq!(money(report.summary("max_drawdown")), largest);
    });
}

#[test]
fn bars_first_last_and_gaps_are_those_of_the_data() {
    for seed in SEEDS {
        let bars = read_csv(&RandomRun::from_seed(seed).csv).unwrap();
        let report = run(seed);
        let data = &report.json["data"];
        let ways: Vec<i64> = bars.windows(2).map(|pair| pair[1].time - pair[0].time).collect();
        let step = ways.iter().min().unwrap();
        let missing: i64 = ways.iter().map(|way| way / step - 1).sum();
        assert_eq!(data["bars"], bars.len(), "seed {seed}");
        assert_eq!(data["first"], rfc3339(bars[0].time), "seed {seed}");
        assert_eq!(data["last"], rfc3339(bars[bars.len() - 1].time), "seed {seed}");
        assert_eq!(data["missing_bars"], missing, "seed {seed}");
        assert_eq!(data["gaps"].as_array().unwrap().len(), ways.iter().filter(|way| *way > step).count(), "seed {seed}");
        assert_eq!(data["synthetic"], false, "seed {seed}");
        assert_eq!(report.equity.rows.len(), bars.len(), "seed {seed}");
    }
}

/// Quantity (negative when short) and average entry price, from executions alone.
#[derive(Debug)]
struct Held {
    quantity: Exact,
    entry: Exact,
}

impl Default for Held {
    fn default() -> Self {
        Self { quantity: zero(), entry: zero() }
    }
}

impl Held {
    /// The profit that an execution realises.
    fn fold(&mut self, quantity: Exact, buys: bool, price: Exact) -> Exact {
        let signed = if buys { quantity } else { -quantity };
        if self.quantity == zero() {
            (self.quantity, self.entry) = (signed, price);
            return zero();
        }
        assert_eq!(self.quantity, -&signed, "binance-ema only opens from flat and only closes whole positions");
        self.quantity = zero();
        (&self.entry - price) * signed
    }
}

#[track_caller]
fn for_each_report(check: impl Fn(&Report)) {
    for seed in SEEDS {
        let report = run(seed);
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(&report)));
        assert!(checked.is_ok(), "seed {seed}, see above");
    }
}

fn run(seed: u64) -> Report {
    let RandomRun { csv, mut flags } = RandomRun::from_seed(seed);
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("bars.csv"), csv).unwrap();
    flags.extend([("data".to_owned(), "bars.csv".to_owned()), ("report".to_owned(), "out".to_owned())]);
    let expert = Expert::in_folder(home.path()).with(&flags);
    expert.report("out").unwrap_or_else(|error| panic!("seed {seed}: {error}\n  {}", expert.command_line()))
}

fn money(value: &serde_json::Value) -> Exact {
    number_of(value.as_str().unwrap_or_else(|| panic!("money is a string, not {value}")))
}

fn number_of(text: &str) -> Exact {
    exact(text).unwrap()
}

fn text(value: &Exact) -> String {
    plain(value).unwrap()
}

fn zero() -> Exact {
    Exact::from_integer(0.into())
}
