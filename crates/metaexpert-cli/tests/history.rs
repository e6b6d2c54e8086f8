//! `metaexpert history`: what a journal holds, as CSV and JSON, while it is written, too; and what is wrong is said with where it looked.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
    sync::Arc,
};

use metaexpert_core::{
    Charge, ChargeCause, ClientOrderId, Currency, Effect, Fitting, Instrument, InstrumentRules, Instruments, Liquidity, Money,
    NewOrder, OrderKind, Percent, PositionSide, Price, Protection, Quantity, Reason, SelfTrade, Side, Symbol, TimeInForce, Trade,
    TradeId, UnixNanos,
    config::TradeMode,
    instrument::{InstrumentKind, Payoff},
    journal::{Journal, Record},
    portfolio::Leg,
};
use metaexpert_store::{Durability, Identity, Store, StoreJournal};
use rust_decimal::{Decimal, dec};

const FILE: &str = "state/ema/journal-live-binance-usdm.sqlite";

fn at(text: &str) -> UnixNanos {
    UnixNanos::parse(text).unwrap()
}

fn usdt(amount: Decimal) -> Money {
    Money::new(amount, Currency::new("USDT"))
}

fn instruments() -> Instruments {
    let mut all = Instruments::default();
    all.add(Instrument {
        symbol: Symbol::new("BTCUSDT").unwrap(),
        base: Currency::new("BTC"),
        quote: Currency::new("USDT"),
        settlement: Currency::new("USDT"),
        kind: InstrumentKind::Perpetual(Payoff::Linear),
        rules: InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: dec!(0.001),
            min_notional: dec!(5),
            contract_size: Decimal::ONE,
            maintenance_margin: Percent::new(dec!(0.4)),
        },
        brackets: Arc::default(),
    });
    all
}

fn order(id: ClientOrderId, side: Side, effect: Effect, quantity: Decimal, time: UnixNanos) -> NewOrder {
    NewOrder {
        id,
        instrument: instruments().find(&Symbol::new("BTCUSDT").unwrap()).unwrap(),
        side,
        kind: OrderKind::Market,
        time_in_force: TimeInForce::GoodTillCancelled,
        effect,
        quantity: Quantity::new(quantity).unwrap(),
        fitting: Fitting::Exact,
        leverage: 10,
        protection: Protection::default(),
        self_trade: SelfTrade::Allow,
        link: None,
        time,
        reason: Reason::Signal,
    }
}

/// Buys half a bitcoin at the end of 2025 and sells it a day later, 1,000 USDT dearer; interest is paid between.
fn trade(journal: &mut StoreJournal) {
    let symbol = Symbol::new("BTCUSDT").unwrap();
    let instrument = instruments().find(&symbol).unwrap();
    let steps = [
        (1, Side::Buy, Effect::Open(PositionSide::Long), dec!(50000.0), "2025-12-31T23:59:59.5Z"),
        (2, Side::Sell, Effect::Close(PositionSide::Long), dec!(51000.0), "2026-01-01T12:00:00Z"),
    ];
    for (sequence, side, effect, price, time) in steps {
        let (id, time) = (ClientOrderId { strategy: 7, run: 1, sequence }, at(time));
        journal.append(&order(id, side, effect, dec!(0.5), time)).unwrap();
        let trade = Trade {
            id: TradeId::from(900 + sequence),
            time,
            instrument,
            symbol: symbol.clone(),
            order: Some(id),
            side,
            position_side: PositionSide::Long,
            price: Price::new(price).unwrap(),
            quantity: Quantity::new(dec!(0.5)).unwrap(),
            fee: usdt(dec!(10.50)),
            liquidity: Liquidity::Taker,
            reason: Reason::Signal,
        };
        journal.record(Record::Trade(&trade)).unwrap();
        let leg = Leg { quantity: dec!(0.5), cost: dec!(25000), leverage: 10, opened: time, entries: 1 };
        journal.record(Record::Leg(instrument, PositionSide::Long, (sequence == 1).then_some(&leg))).unwrap();
        journal.settle().unwrap();
    }
    let interest = Charge { time: at("2026-01-01T00:00:00Z"), amount: usdt(dec!(-0.25)), cause: ChargeCause::Interest };
    journal.record(Record::Charged(&interest)).unwrap();
    journal.settle().unwrap();
}

/// A journal in this folder that somebody still has open.
fn journal(folder: &Path) -> Store {
    let path = folder.join(FILE);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let identity = Identity {
        expert: "ema".into(),
        strategy: 7,
        mode: TradeMode::Live,
        venue: "binance usdm".into(),
        account: "AKIDxx @ 127.0.0.1".into(),
    };
    let (store, _) = Store::open(&path, &identity, Durability::Process, at("2025-12-31"), 0).unwrap();
    let mut journal = store.journal(&instruments());
    trade(&mut journal);
    // An order is there with all before it, when it has been appended.
    let id = ClientOrderId { strategy: 7, run: 1, sequence: 3 };
    let last = order(id, Side::Buy, Effect::Open(PositionSide::Long), dec!(0.001), at("2026-01-02T00:00:00Z"));
    journal.append(&last).unwrap();
    store
}

fn history(folder: &Path, args: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_metaexpert"));
    command.arg("history").args(args.split_whitespace()).current_dir(folder);
    for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
        command.env(variable, folder);
    }
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

#[track_caller]
fn good(folder: &Path, args: &str) -> String {
    let (code, out, err) = history(folder, args);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    out
}

#[test]
fn trades_fees_and_days_are_exported_while_the_expert_runs() {
    let home = tempfile::tempdir().unwrap();
    let _running = journal(home.path());
    let trades = good(home.path(), "--what trades");
    let lines: Vec<_> = trades.lines().collect();
    assert_eq!(lines.len(), 3, "{trades}");
    assert!(lines[0].starts_with("time,trade,symbol,order,side,"), "{trades}");
    assert!(
        lines[1].starts_with("2025-12-31T23:59:59.5Z,901,BTCUSDT,mx7-1-1,buy,long,50000,0.5,25000,0,USDT,10.5,USDT,taker,signal"),
        "{trades}"
    );
    assert!(lines[2].contains(",sell,long,51000,0.5,25500,500,USDT,10.5,USDT,"), "{trades}");

    let fees = good(home.path(), "--what fees");
    assert_eq!(
        fees,
        "time,what,symbol,trade,amount,currency\n\
         2025-12-31T23:59:59.5Z,trading_fee,BTCUSDT,901,-10.5,USDT\n\
         2026-01-01T00:00:00Z,interest,,,-0.25,USDT\n\
         2026-01-01T12:00:00Z,trading_fee,BTCUSDT,902,-10.5,USDT\n"
    );

    let days: serde_json::Value = serde_json::from_str(&good(home.path(), "--what pnl --format json --from 2026-01-01")).unwrap();
    let profit = |symbol: serde_json::Value| {
        days.as_array().unwrap().iter().find(|day| day["symbol"] == symbol).unwrap()["profit"].clone()
    };
    assert_eq!((profit("BTCUSDT".into()), profit(serde_json::Value::Null)), ("489.5".into(), "-0.25".into()), "{days}");
}

#[test]
fn a_year_ends_where_the_next_one_begins() {
    let home = tempfile::tempdir().unwrap();
    let _running = journal(home.path());
    let orders = |args: &str| good(home.path(), &format!("{FILE} --what orders {args}")).lines().count() - 1;
    assert_eq!(orders(""), 3);
    assert_eq!(orders("--to 2026-01-01"), 1);
    assert_eq!(orders("--from 2026-01-01"), 2);
    let (code, _, err) = history(home.path(), "--from 2026-01-02 --to 2026-01-02");
    assert!(code == Some(3) && err.contains("--from 2026-01-02T00:00:00Z is not before --to"), "{err}");
    let (code, _, err) = history(home.path(), "--from yesterday");
    assert!(code == Some(2) && err.contains("not a time such as 2026-01-01"), "{err}");
}

#[test]
fn every_file_has_the_columns_that_its_objects_have() {
    let home = tempfile::tempdir().unwrap();
    let _running = journal(home.path());
    for what in ["orders", "trades", "fees", "pnl"] {
        let csv = good(home.path(), &format!("--what {what}"));
        let header = csv.lines().next().unwrap();
        let json = good(home.path(), &format!("--what {what} --format json"));
        // In the order in which they are written.
        let first = json.lines().nth(1).unwrap();
        let mut at = 0;
        for column in header.split(',') {
            at += first[at..]
                .find(&format!("\"{column}\":"))
                .unwrap_or_else(|| panic!("{what}: {column} is not in {}", &first[at..]));
        }
        let object: serde_json::Value = serde_json::from_str(first.trim_end_matches(',')).unwrap();
        assert_eq!(object.as_object().unwrap().len(), header.split(',').count(), "{what}");
        // Of a time in which nothing happened: the columns alone, and an empty array.
        assert_eq!(good(home.path(), &format!("--what {what} --from 2030-01-01")), format!("{header}\n"));
        assert_eq!(good(home.path(), &format!("--what {what} --from 2030-01-01 --format json")), "[]\n");
    }
}

#[test]
fn all_of_it_is_four_files_and_nothing_is_written_over() {
    let home = tempfile::tempdir().unwrap();
    let _running = journal(home.path());
    let (code, _, err) = history(home.path(), "");
    assert!(code == Some(3) && err.contains("name a folder with `--out`"), "{err}");
    let out = good(home.path(), "--out books");
    assert!(out.contains("ema-journal-live-binance-usdm-orders.csv: 3 lines"), "{out}");
    assert_eq!(fs::read_dir(home.path().join("books")).unwrap().count(), 4);
    let (code, _, err) = history(home.path(), "--out books");
    assert!(code == Some(3) && err.contains("is already there") && err.contains("`--force` writes over it"), "{err}");
    good(home.path(), "--out books --force");
}

#[test]
fn books_of_experts_that_are_called_the_same_and_of_journals_put_aside_are_all_written() {
    let home = tempfile::tempdir().unwrap();
    for bot in ["a", "b"] {
        drop(journal(&home.path().join(bot)));
    }
    let aside = "journal-live-binance-usdm.20260101T000000Z.sqlite";
    drop(journal(&home.path().join("c")));
    fs::rename(home.path().join("c").join(FILE), home.path().join("c/state/ema").join(aside)).unwrap();
    let out = good(home.path(), "--what trades --out books");
    let mut files: Vec<_> = fs::read_dir(home.path().join("books")).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    let expected = [
        "a-state-ema-journal-live-binance-usdm-trades.csv",
        "b-state-ema-journal-live-binance-usdm-trades.csv",
        "ema-journal-live-binance-usdm.20260101T000000Z-trades.csv",
    ];
    assert_eq!(files, expected, "{out}");
    assert!(out.lines().all(|line| line.ends_with(": 2 lines")), "{out}");
}

#[test]
fn where_there_is_no_journal_or_no_good_one_that_is_said() {
    let home = tempfile::tempdir().unwrap();
    let (code, _, err) = history(home.path(), "--what trades");
    assert!(code == Some(4) && err.contains("there is no journal of an expert in `.`"), "{err}");
    assert!(err.contains("looked for `journal-*.sqlite` in `.`, 3 folders deep"), "{err}");
    let (code, _, err) = history(home.path(), "nobody");
    assert!(
        code == Some(3) && err.contains("no expert is known as `nobody`") && err.contains("is no folder and no journal's file"),
        "{err}"
    );
    fs::write(home.path().join("journal-live-x.sqlite"), "this is no database at all, whatever its name says").unwrap();
    let (code, _, err) = history(home.path(), "--what trades");
    assert!(code == Some(4) && err.contains("journal-live-x.sqlite"), "{err}");
}
