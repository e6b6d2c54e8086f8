//! What is read of the past, for audit and tax.

use metaexpert_core::{
    Charge, ChargeCause, Currency, Funding, Money, PositionSide, Side, Symbol, Trade, TradeId,
    journal::{Journal, Record},
    portfolio::Leg,
};
use metaexpert_store::{Durability, History, Store, history::Period};
use rust_decimal::{Decimal, dec};

use crate::scene::*;

const DAY: i64 = 86_400;

/// Two bought at 100, one sold at 110 the next day and one, with a fee in BNB, at 95; funding and interest beside them.
fn traded(path: &std::path::Path) {
    let (store, kept) = open(path);
    let mut journal = store.journal(&instruments());
    let btc = place("BTCUSDT");
    let mut tell = |trade: &Trade, held: Decimal| {
        let after = (!held.is_zero()).then(|| leg(held));
        journal.record(Record::Trade(trade)).unwrap();
        journal.record(Record::Leg(btc, PositionSide::Long, after.as_ref())).unwrap();
        journal.settle().unwrap();
    };
    let bought = Trade { quantity: quantity(dec!(2)), fee: usdt(dec!(0.10)), ..trade(1, Some(id(kept.run, 1))) };
    tell(&bought, dec!(2));
    let sold = Trade { side: Side::Sell, time: at(DAY), price: price(dec!(110)), ..trade(2, None) };
    tell(&sold, dec!(1));
    let fee = Money::new(dec!(0.0001), Currency::new("BNB"));
    tell(&Trade { id: TradeId::from(3), price: price(dec!(95)), fee, ..sold }, dec!(0));
    journal.append(&order(kept.run, 1)).unwrap();
    let symbol = Symbol::new("BTCUSDT").unwrap();
    let funding =
        Funding { time: at(DAY), symbol, position_side: Some(PositionSide::Long), rate: 0.0001, amount: usdt(dec!(-0.01)) };
    journal.record(Record::Funding(&funding)).unwrap();
    for (cause, amount) in [(ChargeCause::Interest, dec!(-0.5)), (ChargeCause::Transfer, dec!(100))] {
        journal.record(Record::Charged(&Charge { time: at(DAY), amount: usdt(amount), cause })).unwrap();
    }
    store.close().unwrap();
}

#[test]
fn what_a_trade_realised_follows_from_its_leg_before_and_after() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    traded(&path);
    let history = History::open(&path).unwrap();
    let lines: Vec<_> = history.trades(Period::default()).map(Result::unwrap).collect();
    let realized: Vec<_> = lines.iter().map(|line| (line.value, line.realized)).collect();
    assert_eq!(realized, [(dec!(200), Some(dec!(0))), (dec!(110), Some(dec!(10))), (dec!(95), Some(dec!(-5)))]);
    assert_eq!((lines[0].order.as_deref(), lines[2].fee_currency.as_str()), (Some("mx7-1-1"), "BNB"));
    let shown = serde_json::to_string(&lines[1]).unwrap();
    let expected =
        r#"{"time":"2023-11-15T22:13:20Z","trade":"2","symbol":"BTCUSDT","order":null,"side":"sell","position_side":"long","#
            .to_owned()
            + r#""price":"110","quantity":"1","value":"110","realized":"10","currency":"USDT","fee":"0.05","fee_currency":"USDT","#
            + r#""liquidity":"taker","reason":"signal"}"#;
    assert_eq!(shown, expected);
}

#[test]
fn an_inverse_contract_realises_its_coin() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (store, _) = open(&path);
    let mut journal = store.journal(&instruments());
    let symbol = Symbol::new("BTCUSD").unwrap();
    // Ten contracts of 100 USD bought at 50,000 cost 0.02 BTC; sold at 100,000 they are worth 0.01.
    let bought =
        Trade { instrument: place("BTCUSD"), symbol, quantity: quantity(dec!(10)), price: price(dec!(50000)), ..trade(1, None) };
    let held = Leg { quantity: dec!(10), cost: dec!(0.02), ..leg(dec!(1)) };
    journal.record(Record::Trade(&bought)).unwrap();
    journal.record(Record::Leg(place("BTCUSD"), PositionSide::Long, Some(&held))).unwrap();
    let sold = Trade { side: Side::Sell, price: price(dec!(100000)), time: at(9), ..bought };
    journal.record(Record::Trade(&sold)).unwrap();
    journal.record(Record::Leg(place("BTCUSD"), PositionSide::Long, None)).unwrap();
    store.close().unwrap();
    let lines: Vec<_> = History::open(&path).unwrap().trades(Period::default()).map(Result::unwrap).collect();
    assert_eq!((lines[1].realized, lines[1].currency.as_str()), (Some(dec!(0.01)), "BTC"));
}

#[test]
fn days_add_up_by_symbol_and_currency_and_a_transfer_is_no_profit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    traded(&path);
    let history = History::open(&path).unwrap();
    let days = history.days(Period::default()).unwrap();
    let shown: Vec<_> = days
        .iter()
        .map(|day| {
            let symbol = day.symbol.as_ref().map_or("", Symbol::as_str);
            let numbers = [day.volume, day.realized, day.fees, day.funding, day.charges, day.transfers, day.profit];
            let numbers: Vec<_> = numbers.iter().map(|number| number.normalize().to_string()).collect();
            format!("{} {symbol} {} {} {}", day.day, day.currency, day.trades, numbers.join(" "))
        })
        .collect();
    let expected = [
        "2023-11-14T00:00:00Z BTCUSDT USDT 1 200 0 0.1 0 0 0 -0.1",
        "2023-11-15T00:00:00Z  USDT 0 0 0 0 0 -0.5 100 -0.5",
        "2023-11-15T00:00:00Z BTCUSDT BNB 0 0 0 0.0001 0 0 0 -0.0001",
        "2023-11-15T00:00:00Z BTCUSDT USDT 2 205 5 0.05 -0.01 0 0 4.94",
    ];
    assert_eq!(shown, expected);
    let second = Period { from: Some(at(DAY)), to: None };
    assert_eq!(history.days(second).unwrap(), days[1..]);
    assert_eq!(history.days(Period { from: None, to: Some(at(DAY)) }).unwrap(), days[..1]);
}

#[test]
fn it_is_read_while_the_expert_writes_and_is_of_one_moment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (store, kept) = open(&path);
    let mut journal = store.journal(&instruments());
    // More than two pages.
    for sequence in 1..=2_500 {
        journal.append(&order(kept.run, sequence)).unwrap();
    }
    let history = History::open(&path).unwrap();
    let mut lines = history.orders(Period::default());
    assert_eq!(lines.next().unwrap().unwrap().order, "mx7-1-1");
    journal.append(&order(kept.run, 2_501)).unwrap();
    let rest: Vec<_> = lines.map(|line| line.unwrap().order).collect();
    assert_eq!((rest.len(), rest.last().unwrap().as_str()), (2_499, "mx7-1-2500"));
    assert_eq!(History::open(&path).unwrap().orders(Period::default()).count(), 2_501);
    let some = Period { from: Some(at(1_500)), to: Some(at(1_510)) };
    assert_eq!(history.orders(some).count(), 10);
    assert_eq!(history.identity(), &identity());
}

#[test]
fn runs_come_in_the_order_in_which_they_were_whatever_their_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    for expected in [u32::MAX, 1, 2] {
        let (store, kept) = Store::open(&path, &identity(), Durability::Process, at(0), u32::MAX).unwrap();
        assert_eq!(kept.run, expected);
        let mut journal = store.journal(&instruments());
        for sequence in 1..=1_200 {
            journal.append(&order(kept.run, sequence)).unwrap();
        }
        store.close().unwrap();
    }
    let history = History::open(&path).unwrap();
    let names: Vec<_> = history.orders(Period::default()).map(|line| line.unwrap().order).collect();
    let expected: Vec<_> =
        [u32::MAX, 1, 2].iter().flat_map(|run| (1..=1_200).map(move |sequence| id(*run, sequence).to_string())).collect();
    assert_eq!(names, expected);
}

#[test]
fn where_there_is_no_journal_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    assert!(History::open(&path).unwrap_err().to_string().ends_with("reading the journal failed: there is no such file"));
    assert!(!path.exists());
}
