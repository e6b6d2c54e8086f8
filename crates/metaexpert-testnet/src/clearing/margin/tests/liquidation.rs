//! Calls, and what is taken over.

use metaexpert_matching::Holder;
use rust_decimal::dec;

use super::*;

/// 0.4995 coins for 30,000, of which 20,000 are borrowed and 20,000.39583333 owed (an hour costs 20,000 * 0.000475 / 24).
fn long() -> CrossMargin {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("USDT", dec!(10000))]));
    wallet.borrow(&of("USDT", dec!(20000)), at(0), &prices).unwrap();
    wallet.admit(&need(1, BTC_USDT, Side::Buy, dec!(0.5), dec!(60000)), &prices).unwrap();
    wallet.execute(&fill(1, BTC_USDT, Side::Buy, dec!(0.5), dec!(60000)), &prices);
    wallet
}

fn at_price(price: Decimal) -> Fake {
    let mut prices = Fake::new();
    prices.set(BTC_USDT, price);
    prices
}

#[test]
fn the_owner_is_called_once_when_the_level_comes_down_to_the_call() {
    let mut wallet = long();
    // 1.3 * 20,000.39583333 / 0.4995 = 52,053.0822..
    assert_eq!(wallet.follow(at(1), &at_price(dec!(52053.09))), (vec![], vec![]));
    let (happened, sales) = wallet.follow(at(2), &at_price(dec!(52053.08)));
    assert_eq!(happened, [Happened { time: at(2), cause: Cause::MarginCall, changed: Changed::default() }]);
    assert_eq!(sales, []);
    assert_eq!(wallet.status(&at_price(dec!(52053.08))), LevelStatus::Call);
    assert_eq!(wallet.follow(at(3), &at_price(dec!(50000))), (vec![], vec![]));
    // It is told anew when it was better in between.
    assert_eq!(wallet.follow(at(4), &at_price(dec!(60000))), (vec![], vec![]));
    assert_eq!(wallet.follow(at(5), &at_price(dec!(50000))).0.len(), 1);
}

#[test]
fn the_wallet_is_taken_over_at_the_exact_level() {
    // 1.1 * 20,000.39583333 / 0.4995 = 44,044.9157..
    assert_eq!(long().follow(at(1), &at_price(dec!(44044.92))).1, []);
    let (happened, sales) = long().follow(at(1), &at_price(dec!(44044.91)));
    assert_eq!(happened.iter().map(|it| it.cause).collect::<Vec<_>>(), [Cause::MarginCall]);
    // 20,000.39583333 * 1.01 / 44,044.91 = 0.458632.., rounded up to the lot.
    assert_eq!(sales, [TakeOver { market: BTC_USDT, side: Side::Sell, leg: None, quantity: dec!(0.45864) }]);
}

#[test]
fn what_a_take_over_brings_pays_back_what_is_owed_and_the_rest_stays() {
    let (prices, mut wallet) = (at_price(dec!(44000)), long());
    let (_, sales) = wallet.follow(at(1), &prices);
    let [sale] = sales.as_slice() else { panic!("one sale") };
    assert_eq!(sale.quantity, dec!(0.4591));
    wallet.admit(&need(2, BTC_USDT, Side::Sell, dec!(0.4591), dec!(44000)), &prices).unwrap();
    // 20,200.4 less a fee of 20.2004.
    let sold = Fill { is_liquidation: true, ..fill(2, BTC_USDT, Side::Sell, dec!(0.4591), dec!(44000)) };
    let booked = wallet.execute(&sold, &prices);
    assert_eq!(balance(&booked.changed.balances, "USDT"), (dec!(179.80376667), dec!(0), dec!(179.80376667)));
    assert_eq!((wallet.debts(), wallet.asset(&currency("BTC")).free), (vec![], dec!(0.0404)));
    assert_eq!(wallet.loans().last().map(|loan| loan.by), Some(By::Liquidation));
    assert_eq!(wallet.follow(at(2), &prices), (vec![], vec![]));
}

#[test]
fn what_nothing_is_left_for_is_paid_by_the_exchange() {
    let (prices, mut wallet) = (at_price(dec!(30000)), long());
    let (_, sales) = wallet.follow(at(1), &prices);
    let [sale] = sales.as_slice() else { panic!("one sale") };
    assert_eq!(sale.quantity, dec!(0.4995));
    wallet.execute(&Fill { is_liquidation: true, ..fill(2, BTC_USDT, Side::Sell, dec!(0.4995), dec!(30000)) }, &prices);
    // 14,985 less a fee of 14.985 leave 5,030.38083333 of 20,000.39583333.
    let (happened, sales) = wallet.follow(at(2), &prices);
    assert_eq!(sales, []);
    let [written_off] = happened.as_slice() else { panic!("one thing") };
    assert_eq!((written_off.cause, &written_off.changed.debts), (Cause::Insurance, &vec![(currency("USDT"), dec!(0), dec!(0))]));
    let usdt = wallet.ledger().find(&currency("USDT")).unwrap();
    assert_eq!(wallet.ledger().balance(Holder::Insurance, usdt), dec!(-5030.38083333));
    assert_eq!(wallet.ledger().owed(usdt), dec!(0));
}

#[test]
fn coins_that_are_owed_are_bought_back() {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("USDT", dec!(10000))]));
    wallet.admit(&Need { loan: Loan::Borrow, ..need(1, BTC_USDT, Side::Sell, dec!(0.3), dec!(60000)) }, &prices).unwrap();
    wallet.execute(&fill(1, BTC_USDT, Side::Sell, dec!(0.3), dec!(60000)), &prices);
    // 27,982 are held, 0.30000327 owed: the level is 1.1 at 27,982 / 1.1 / 0.30000327 = 84,793.0151..
    assert_eq!(wallet.follow(at(1), &at_price(dec!(84793.01))).1, []);
    let (_, sales) = wallet.follow(at(2), &at_price(dec!(84793.02)));
    // 0.30000327 * 1.01 = 0.3030033.., rounded up to the lot.
    assert_eq!(sales, [TakeOver { market: BTC_USDT, side: Side::Buy, leg: None, quantity: dec!(0.30301) }]);
    let prices = at_price(dec!(84793.02));
    wallet.execute(&Fill { is_liquidation: true, ..fill(2, BTC_USDT, Side::Buy, dec!(0.30301), dec!(84793.02)) }, &prices);
    assert_eq!(wallet.debts(), []);
    assert!(wallet.asset(&currency("BTC")).free < dec!(0.003));
}

#[test]
fn a_coin_without_a_market_to_the_debt_is_sold_for_one_that_has() {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("ETH", dec!(10))]));
    wallet.borrow(&of("BTC", dec!(0.5)), at(0), &prices).unwrap();
    wallet.transfer(&of("USDT", dec!(1)), at(0), Cause::Transfer, &prices).unwrap();
    wallet.admit(&need(1, BTC_USDT, Side::Sell, dec!(0.5), dec!(60000)), &prices).unwrap();
    wallet.execute(&fill(1, BTC_USDT, Side::Sell, dec!(0.5), dec!(60000)), &prices);
    wallet.admit(&need(2, ETH_USDT, Side::Buy, dec!(9.9), dec!(3000)), &prices).unwrap();
    wallet.execute(&fill(2, ETH_USDT, Side::Buy, dec!(9.9), dec!(3000)), &prices);
    // 19.8901 ether and 271 tether stand against half a bitcoin, when ether has lost half of its price.
    let mut fallen = Fake::new();
    fallen.set(ETH_USDT, dec!(1500));
    let (_, sales) = wallet.follow(at(1), &fallen);
    let way: Vec<_> = sales.iter().map(|sale| (sale.market, sale.side, sale.quantity)).collect();
    assert_eq!(way, [(ETH_USDT, Side::Sell, dec!(19.8901)), (BTC_USDT, Side::Buy, dec!(0.00447))]);
}

#[test]
fn orders_are_in_the_way_of_a_take_over_that_needs_what_they_set_aside() {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("BTC", dec!(0.5))]));
    wallet.borrow(&of("USDT", dec!(50000)), at(0), &prices).unwrap();
    wallet.admit(&need(1, ETH_USDT, Side::Buy, dec!(16), dec!(3000)), &prices).unwrap();
    // With bitcoin at 1 nothing of worth is held but what the order has set aside, which is of the coin that is owed.
    let fallen = at_price(dec!(1));
    let (happened, sales) = wallet.follow(at(1), &fallen);
    assert_eq!(sales, [TakeOver { market: ETH_USDT, side: Side::Buy, leg: None, quantity: dec!(0) }]);
    assert!(happened.iter().any(|it| it.cause == Cause::Liquidation));
    wallet.release(OrderId(1), None);
    let (happened, sales) = wallet.follow(at(2), &fallen);
    assert_eq!((happened.last().map(|it| it.cause), sales), (Some(Cause::Insurance), vec![]));
    assert_eq!(wallet.debts(), []);
}

#[test]
fn what_has_no_price_for_a_moment_is_neither_sold_nor_written_off() {
    let mut wallet = long();
    let (happened, sales) = wallet.follow(at(1), &at_price(dec!(0)));
    assert_eq!((happened.iter().map(|it| it.cause).collect::<Vec<_>>(), sales), (vec![Cause::MarginCall], vec![]));
    assert_eq!(wallet.asset(&currency("USDT")).borrowed, dec!(20000));
    assert_eq!(wallet.follow(at(2), &at_price(dec!(44000))).1.len(), 1);
}

#[test]
fn an_isolated_pair_is_taken_over_at_its_liquidation_price() {
    let (prices, mut wallet) = (Fake::new(), isolated(&[("USDT", dec!(10000))]));
    assert_eq!(wallet.liquidation_price(&prices), None);
    wallet.admit(&Need { loan: Loan::Borrow, ..need(1, BTC_USDT, Side::Buy, dec!(1), dec!(60000)) }, &prices).unwrap();
    wallet.execute(&fill(1, BTC_USDT, Side::Buy, dec!(1), dec!(60000)), &prices);
    // 50,000 and an hour of 0.98958333 are owed for 0.999 coins: 1.05 * 50,000.98958333 / 0.999 = 52,553.592..
    let price = wallet.liquidation_price(&prices).unwrap();
    assert_eq!(price.round_dp(3), dec!(52553.593));
    assert_eq!(wallet.follow(at(1), &at_price(price + dec!(0.01))).1, []);
    assert_eq!(wallet.follow(at(1), &at_price(price - dec!(0.01))).1.len(), 1);
}
