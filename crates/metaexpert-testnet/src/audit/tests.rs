//! The audit keeps what happened, in order, and judges by it.

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;

use super::*;

fn at(nanos: i64) -> Moment {
    let time = UnixNanos::from_nanos(nanos);
    Moment { clock: time, market: time }
}

fn order(id: u64, client_id: &str, change: &'static str, quantity: Option<i64>) -> What {
    What::Order(OrderLine {
        account: "trader".into(),
        order: id,
        client_id: client_id.into(),
        wallet: "spot",
        symbol: "BTCUSDT".into(),
        side: "buy",
        order_kind: "limit",
        price: Some(Decimal::from(60_000)),
        quantity: Decimal::from(3),
        change,
        state: "working",
        executed: Decimal::ZERO,
        origin: "client",
        ended_by: None,
        execution: quantity.map(|quantity| Execution {
            trade: 7,
            price: Decimal::from(60_000),
            quantity: quantity.into(),
            fee: Decimal::ONE,
            fee_currency: "USDT".into(),
            realized: Decimal::ZERO,
            is_maker: true,
        }),
    })
}

#[test]
fn an_order_that_was_sent_twice_is_seen_to_have_been_accepted_twice() {
    let mut audit = Audit::default();
    for what in
        [order(1, "a", "new", None), order(1, "a", "trade", Some(1)), order(2, "a", "new", None), order(3, "b", "new", None)]
    {
        audit.put(at(1), what);
    }
    audit.put(at(2), order(1, "a", "trade", Some(2)));
    assert_eq!((audit.accepted("a"), audit.accepted("b"), audit.accepted("c")), (2, 1, 0));
    let orders = audit.orders();
    assert_eq!(orders.len(), 3);
    assert_eq!(orders[0].changes, ["new", "trade", "trade"]);
    assert_eq!(orders[0].executed(), Decimal::from(3));
}

#[test]
fn lines_are_numbered_without_gaps_and_the_oldest_go_first() {
    let mut audit = Audit { most: 3, ..Audit::default() };
    for number in 1..=5 {
        assert_eq!(audit.put(at(number), What::Admin { action: number.to_string() }), number.unsigned_abs());
    }
    let numbers = |since| audit.since(since).map(|line| line.number).collect::<Vec<_>>();
    assert_eq!(numbers(0), [3, 4, 5]);
    assert_eq!(numbers(5), [5]);
    assert_eq!(numbers(6), [0; 0]);
}

#[test]
fn the_file_has_a_line_of_json_for_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let mut audit = Audit { most: 1, ..Audit::default() };
    audit.write_to(&path).unwrap();
    audit.put(at(0), order(1, "a", "new", None));
    audit.put(at(1_500_000_000), What::Admin { action: "stop".into() });
    audit.flush().unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "those that are no longer in memory, too");
    assert_eq!((&lines[0]["kind"], &lines[0]["client_id"], &lines[0]["price"]), (&"order".into(), &"a".into(), &"60000".into()));
    assert_eq!(
        lines[1],
        serde_json::json!({"number": 2, "clock": "1970-01-01T00:00:01.5Z", "market": "1970-01-01T00:00:01.5Z", "kind": "admin", "action": "stop"})
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_written_is_complained_of_each_time_it_is_asked_after() {
    let mut audit = Audit::default();
    audit.write_to(Path::new("/dev/full")).unwrap();
    audit.put(at(1), order(1, "a", "new", None));
    for _ in 0..2 {
        assert_eq!(audit.flush().unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
    assert_eq!(audit.lines().count(), 1);
}
