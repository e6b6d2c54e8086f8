//! What is borrowed, what it costs, how it is paid back.

use rust_decimal::dec;

use super::*;
use crate::clearing::EntryKind;

#[test]
fn an_order_borrows_what_it_lacks_and_an_hour_is_charged_at_once() {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("USDT", dec!(10000))]));
    // 0.25 at 60,000 is 15,000, so 5,000 are lacking. An hour costs 5,000 * 0.000475 / 24 = 0.098958333..
    let order = Need { loan: Loan::Borrow, ..need(1, BTC_USDT, Side::Buy, dec!(0.25), dec!(60000)) };
    let placed = wallet.admit(&order, &prices).unwrap();
    assert_eq!(balance(&placed.balances, "USDT"), (dec!(0), dec!(15000), dec!(5000)));
    assert_eq!(placed.debts, [(currency("USDT"), dec!(5000.09895833), dec!(0.09895833))]);
    assert_eq!(wallet.borrowed_for(OrderId(1)), Some(of("USDT", dec!(5000))));
    assert_eq!(wallet.borrowed_for(OrderId(2)), None);

    let bought = wallet.execute(&fill(1, BTC_USDT, Side::Buy, dec!(0.25), dec!(60000)), &prices);
    assert_eq!(balance(&bought.changed.balances, "BTC"), (dec!(0.24975), dec!(0), dec!(0.24975)));
    let usdt = wallet.asset(&currency("USDT"));
    assert_eq!((usdt.total(), usdt.borrowed, usdt.net()), (dec!(0), dec!(5000), dec!(-5000.09895833)));
    // 0.24975 are worth 14,985.
    assert_eq!(wallet.totals(&currency("USDT"), &prices), (dec!(14985), dec!(5000.09895833)));
    assert_eq!(wallet.level(&prices).unwrap().round_dp(6), dec!(2.996941));
}

#[test]
fn each_full_hour_costs_the_same_since_interest_bears_none() {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("USDT", dec!(10000))]));
    wallet.borrow(&of("USDT", dec!(5000)), at(HOUR / 3), &prices).unwrap();
    assert_eq!(wallet.follow(at(HOUR - 1), &prices).0, []);
    let (happened, sales) = wallet.follow(at(HOUR), &prices);
    assert_eq!((happened.len(), sales.len()), (1, 0));
    let [hour] = happened.as_slice() else { panic!("one hour") };
    assert_eq!((hour.time, hour.cause), (at(HOUR), Cause::Interest));
    assert_eq!(hour.changed.debts, [(currency("USDT"), dec!(5000.19791666), dec!(0.19791666))]);
    assert_eq!(hour.changed.balances, []);
    // Two hours that are noticed late are two records, each at its own time.
    assert_eq!(wallet.follow(at(3 * HOUR + 5), &prices).0.len(), 2);
    let hours: Vec<_> = wallet.interest().iter().map(|it| (it.time.as_nanos(), it.interest, it.is_first)).collect();
    let each = dec!(0.09895833);
    assert_eq!(hours, [(HOUR / 3, each, true), (HOUR, each, false), (2 * HOUR, each, false), (3 * HOUR, each, false)]);
    assert_eq!(wallet.history().iter().filter(|entry| entry.kind == EntryKind::Interest).count(), 4);
}

#[test]
fn interest_is_a_twenty_fourth_of_the_daily_rate() {
    let mut wallet = cross(3, &[("USDT", dec!(10000))]);
    wallet.lending.otherwise = dec!(0.00013233);
    // 45.3313 * 0.00013233 / 24 = 0.000249945..
    wallet.borrow(&of("USDT", dec!(45.3313)), at(0), &Fake::new()).unwrap();
    let [record] = wallet.interest() else { panic!("one record") };
    assert_eq!((record.principal, record.interest, record.daily_rate), (dec!(45.3313), dec!(0.00024995), dec!(0.00013233)));
}

#[test]
fn what_is_paid_back_pays_interest_first() {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("USDT", dec!(10000))]));
    let (loan, _) = wallet.borrow(&of("USDT", dec!(5000)), at(0), &prices).unwrap();
    wallet.follow(at(HOUR), &prices);
    let (payment, changed) = wallet.repay(&of("USDT", dec!(100)), at(HOUR), &prices).unwrap();
    assert_eq!(balance(&changed.balances, "USDT"), (dec!(14900), dec!(0), dec!(-100)));
    assert_eq!(changed.debts, [(currency("USDT"), dec!(4900.19791666), dec!(0))]);
    let [first, second] = wallet.loans() else { panic!("a loan and a payment") };
    assert_eq!((first.id, first.is_borrow, first.amount(), first.by), (loan, true, dec!(5000), By::Hand));
    assert_eq!((second.id, second.principal, second.interest), (payment, dec!(99.80208334), dec!(0.19791666)));
    assert!(payment > loan);
}

#[test]
fn no_more_is_paid_back_than_is_owed_or_free() {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("USDT", dec!(10000))]));
    assert_eq!(wallet.repay(&of("USDT", dec!(1)), at(0), &prices), Err(Refusal::Repayment));
    wallet.borrow(&of("USDT", dec!(5000)), at(0), &prices).unwrap();
    assert_eq!(wallet.repay(&of("USDT", dec!(5000.1)), at(0), &prices), Err(Refusal::Repayment));
    assert_eq!(wallet.repay(&of("USDT", dec!(0)), at(0), &prices), Err(Refusal::Repayment));
    wallet.admit(&need(1, BTC_USDT, Side::Buy, dec!(0.25), dec!(59000)), &prices).unwrap();
    assert_eq!(wallet.repay(&of("USDT", dec!(1000)), at(0), &prices), Err(Refusal::Repayment));
    wallet.release(OrderId(1), None);
    wallet.repay(&of("USDT", dec!(5000.09895833)), at(0), &prices).unwrap();
    assert_eq!(wallet.debts(), []);
    assert_eq!(wallet.level(&prices), None);
}

#[test]
fn a_sale_that_repays_pays_back_with_what_it_brings() {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("BTC", dec!(1))]));
    wallet.borrow(&of("USDT", dec!(5000)), at(0), &prices).unwrap();
    wallet.transfer(&of("USDT", dec!(-5000)), at(0), Cause::Transfer, &prices).unwrap();
    wallet.admit(&Need { loan: Loan::Repay, ..need(1, BTC_USDT, Side::Sell, dec!(0.1), dec!(60000)) }, &prices).unwrap();
    let sale = Fill { loan: Loan::Repay, ..fill(1, BTC_USDT, Side::Sell, dec!(0.05), dec!(60000)) };
    // 3,000 less a fee of 3 pay back 2,997, of which 0.09895833 are interest.
    let first = wallet.execute(&sale, &prices);
    assert_eq!(balance(&first.changed.balances, "USDT"), (dec!(0), dec!(0), dec!(0)));
    assert_eq!(first.changed.debts, [(currency("USDT"), dec!(2003.09895833), dec!(0))]);
    // The second half pays all that is left of the debt; the rest stays.
    let second = wallet.execute(&sale, &prices);
    assert_eq!(balance(&second.changed.balances, "USDT"), (dec!(993.90104167), dec!(0), dec!(993.90104167)));
    assert_eq!(second.changed.debts, [(currency("USDT"), dec!(0), dec!(0))]);
}

#[test]
fn a_sale_may_borrow_the_coins_it_sells() {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("USDT", dec!(10000))]));
    let order = Need { loan: Loan::BorrowAndRepay, ..need(1, BTC_USDT, Side::Sell, dec!(0.3), dec!(60000)) };
    let placed = wallet.admit(&order, &prices).unwrap();
    assert_eq!(balance(&placed.balances, "BTC"), (dec!(0), dec!(0.3), dec!(0.3)));
    // 0.3 * 0.00026125 / 24 = 0.0000032656.., which is 0.00000327 to the nearest digit.
    assert_eq!(placed.debts, [(currency("BTC"), dec!(0.30000327), dec!(0.00000327))]);
}

#[test]
fn an_order_that_is_cancelled_gives_back_what_was_borrowed_for_it() {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("USDT", dec!(10000))]));
    let order = Need { loan: Loan::Borrow, ..need(1, BTC_USDT, Side::Buy, dec!(0.25), dec!(60000)) };
    wallet.admit(&order, &prices).unwrap();
    // 0.2 cost 12,000: the 10,000 of one's own, and 2,000 that are borrowed; 3,000 are not needed.
    wallet.execute(&fill(1, BTC_USDT, Side::Buy, dec!(0.2), dec!(60000)), &prices);
    let cancelled = wallet.release(OrderId(1), None);
    assert_eq!(cancelled.debts, [(currency("USDT"), dec!(2000.09895833), dec!(0))]);
    assert_eq!(balance(&cancelled.balances, "USDT"), (dec!(0), dec!(0), dec!(-3000)));
}

#[test]
fn a_loan_stands_when_its_order_is_cancelled_where_that_was_wished() {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("USDT", dec!(10000))]));
    wallet.admit(&Need { loan: Loan::Borrow, ..need(1, BTC_USDT, Side::Buy, dec!(0.25), dec!(60000)) }, &prices).unwrap();
    wallet.keep_loan(OrderId(1));
    assert_eq!(wallet.release(OrderId(1), None).debts, []);
    assert_eq!(wallet.asset(&currency("USDT")).free, dec!(15000));
}

#[test]
fn an_order_that_is_amended_borrows_the_difference_or_gives_it_back() {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("USDT", dec!(10000))]));
    let order = |price| Need { loan: Loan::Borrow, ..need(1, BTC_USDT, Side::Buy, dec!(0.2), price) };
    wallet.admit(&order(dec!(55000)), &prices).unwrap();
    assert_eq!(wallet.asset(&currency("USDT")).borrowed, dec!(1000));
    wallet.admit(&order(dec!(56000)), &prices).unwrap();
    assert_eq!(wallet.asset(&currency("USDT")).borrowed, dec!(1200));
    // Half the quantity needs 5,600, all of which is one's own; what is paid back pays interest first.
    wallet.admit(&Need { quantity: dec!(0.1), ..order(dec!(56000)) }, &prices).unwrap();
    let usdt = wallet.asset(&currency("USDT"));
    assert_eq!((usdt.free, usdt.locked), (dec!(4400), dec!(5600)));
    assert_eq!(usdt.borrowed + usdt.interest, wallet.interest().iter().map(|it| it.interest).sum::<Decimal>());
    assert_eq!(wallet.release(OrderId(1), None).debts, []);
}

#[test]
fn interest_in_the_exchanges_coin_is_taken_at_once_and_is_lower() {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("USDT", dec!(100000)), ("BNB", dec!(0.0001))]));
    wallet.pay_interest_in_coin(true);
    // 3,000 * 0.000475 / 24 = 0.059375, worth 0.00009895.. at 600; 95 % of that are 0.00009401..
    wallet.borrow(&of("USDT", dec!(3000)), at(0), &prices).unwrap();
    assert_eq!(wallet.asset(&currency("USDT")).interest, dec!(0));
    assert_eq!(wallet.asset(&currency("BNB")).free, dec!(0.00000599));
    // The next hour finds too little of it.
    wallet.follow(at(HOUR), &prices);
    assert_eq!(wallet.asset(&currency("USDT")).interest, dec!(0.059375));
    let paid_in: Vec<_> = wallet.interest().iter().map(|it| (it.owed.as_str(), it.currency.as_str())).collect();
    assert_eq!(paid_in, [("USDT", "BNB"), ("USDT", "USDT")]);
}

#[test]
fn the_flow_of_coins_adds_up_to_what_is_there() {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("USDT", dec!(10000))]));
    wallet.admit(&Need { loan: Loan::Borrow, ..need(1, BTC_USDT, Side::Buy, dec!(0.25), dec!(60000)) }, &prices).unwrap();
    wallet.execute(&fill(1, BTC_USDT, Side::Buy, dec!(0.25), dec!(60000)), &prices);
    let kinds: Vec<_> = wallet.flows().iter().map(|flow| (flow.kind, flow.currency.as_str(), flow.amount)).collect();
    assert_eq!(
        kinds,
        [
            (FlowKind::Transfer, "USDT", dec!(10000)),
            (FlowKind::Borrow, "USDT", dec!(5000)),
            (FlowKind::BuyExpense, "USDT", dec!(-15000)),
            (FlowKind::BuyIncome, "BTC", dec!(0.25)),
            (FlowKind::Commission, "BTC", dec!(-0.00025)),
        ]
    );
    assert_eq!(wallet.flows().last().map(|flow| (flow.belongs_to, flow.market)), Some((7, Some(BTC_USDT))));
}
