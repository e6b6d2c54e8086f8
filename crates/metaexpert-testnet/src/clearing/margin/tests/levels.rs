//! What may be borrowed and taken out.

use rust_decimal::dec;

use super::*;

#[test]
fn leverage_bounds_what_can_be_borrowed() {
    let prices = Fake::new();
    // Own 10,000: with 20,000 more the level is 30,000 / 20,000 = 1.5; with 40,000 more it is 1.25.
    assert_eq!(cross(3, &[("USDT", dec!(10000))]).max_borrowable(&currency("USDT"), &prices), dec!(20000));
    let mut wallet = cross(5, &[("USDT", dec!(10000))]);
    assert_eq!(wallet.max_borrowable(&currency("USDT"), &prices), dec!(40000));
    // 40,000 are 0.66666666.. coins.
    assert_eq!(wallet.max_borrowable(&currency("BTC"), &prices), dec!(0.66666666));
    assert_eq!(wallet.borrow(&of("USDT", dec!(40000.00000001)), at(0), &prices), Err(Refusal::Loan));
    assert_eq!(wallet.borrow(&of("USDT", dec!(0)), at(0), &prices), Err(Refusal::Loan));
    wallet.borrow(&of("USDT", dec!(40000)), at(0), &prices).unwrap();
    assert_eq!(wallet.max_borrowable(&currency("USDT"), &prices), dec!(0));
    assert_eq!(wallet.set_leverage(4), Err(Refusal::Leverage));
    wallet.set_leverage(3).unwrap();
    assert_eq!((wallet.leverage(), wallet.max_borrowable(&currency("USDT"), &prices)), (3, dec!(0)));
}

#[test]
fn an_order_that_would_borrow_too_much_is_refused_and_borrows_nothing() {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("USDT", dec!(10000))]));
    let order = |loan| Need { loan, ..need(1, BTC_USDT, Side::Buy, dec!(0.6), dec!(60000)) };
    assert_eq!(wallet.check(&order(Loan::Borrow), &prices), Err(Refusal::Loan));
    assert_eq!(wallet.admit(&order(Loan::Borrow), &prices), Err(Refusal::Loan));
    assert_eq!(wallet.admit(&order(Loan::None), &prices), Err(Refusal::Funds));
    assert_eq!(wallet.admit(&order(Loan::Repay), &prices), Err(Refusal::Funds));
    assert_eq!((wallet.debts(), wallet.loans().len()), (vec![], 0));
}

#[test]
fn nothing_is_taken_out_that_would_leave_a_level_below_two() {
    let (prices, mut wallet) = (Fake::new(), cross(3, &[("USDT", dec!(10000)), ("BTC", dec!(0.1))]));
    assert_eq!(wallet.max_transferable(&currency("USDT"), &prices), dec!(10000));
    wallet.borrow(&of("USDT", dec!(12000)), at(0), &prices).unwrap();
    // An hour costs 0.2375. 28,000 are held, so 28,000 - 2 * 12,000.2375 = 3,999.525 may go; that is 0.06665875 coins.
    assert_eq!(wallet.max_transferable(&currency("USDT"), &prices), dec!(3999.525));
    assert_eq!(wallet.max_transferable(&currency("BTC"), &prices), dec!(0.06665875));
    let mut take = |amount| wallet.transfer(&of("USDT", amount), at(0), Cause::Transfer, &prices).map(drop);
    assert_eq!(take(dec!(-3999.53)), Err(Refusal::Funds));
    assert_eq!(take(dec!(-3999.525)), Ok(()));
    assert_eq!(wallet.level(&prices), Some(dec!(2)));
    assert_eq!(wallet.status(&prices), LevelStatus::Normal);
}

#[test]
fn an_isolated_pair_lends_by_tiers() {
    let prices = Fake::new();
    // The first tier asks for 1.111: 10,000 / 0.111 = 90,090.09009009.., which is below its limit of 100,000.
    let wallet = isolated(&[("USDT", dec!(10000))]);
    assert_eq!(wallet.max_borrowable(&currency("USDT"), &prices), dec!(90090.09009009));
    // With 20,000 the first tier's limit comes first; the second asks for 1.25 and gives 80,000.
    let wallet = isolated(&[("USDT", dec!(20000))]);
    assert_eq!(wallet.max_borrowable(&currency("USDT"), &prices), dec!(100000));
    // With 50,000 the second tier gives 200,000.
    let mut wallet = isolated(&[("USDT", dec!(50000))]);
    assert_eq!(wallet.max_borrowable(&currency("USDT"), &prices), dec!(200000));
    assert_eq!(wallet.borrow_limit(&currency("BTC"), &prices), dec!(33.33333333));
    wallet.borrow(&of("USDT", dec!(100000)), at(0), &prices).unwrap();
    assert_eq!(wallet.tier(&prices).leverage, 10);
    wallet.borrow(&of("USDT", dec!(1)), at(0), &prices).unwrap();
    assert_eq!(wallet.tier(&prices).leverage, 5);
}

#[test]
fn an_isolated_pair_holds_and_trades_nothing_else() {
    let (prices, mut wallet) = (Fake::new(), isolated(&[("USDT", dec!(10000))]));
    assert_eq!(wallet.transfer(&of("ETH", dec!(1)), at(0), Cause::Transfer, &prices), Err(Refusal::Funds));
    assert_eq!(wallet.borrow(&of("ETH", dec!(1)), at(0), &prices), Err(Refusal::Loan));
    assert_eq!(wallet.admit(&need(1, ETH_USDT, Side::Buy, dec!(1), dec!(3000)), &prices), Err(Refusal::UnknownMarket));
    let coins: Vec<_> = wallet.assets().into_iter().map(|asset| asset.currency).collect();
    assert_eq!(coins, [currency("BTC"), currency("USDT")]);
}

#[test]
fn an_isolated_pair_is_disabled_only_when_nothing_stands_and_nothing_is_owed() {
    let (prices, mut wallet) = (Fake::new(), isolated(&[("USDT", dec!(10000))]));
    wallet.admit(&need(1, BTC_USDT, Side::Buy, dec!(0.1), dec!(50000)), &prices).unwrap();
    assert_eq!(wallet.disable(), Err(Refusal::OpenOrders));
    wallet.release(OrderId(1), None);
    wallet.borrow(&of("BTC", dec!(0.01)), at(0), &prices).unwrap();
    assert_eq!(wallet.disable(), Err(Refusal::OpenPosition));
    wallet.transfer(&of("BTC", dec!(0.001)), at(0), Cause::Transfer, &prices).unwrap();
    let owed = wallet.asset(&currency("BTC"));
    wallet.repay(&of("BTC", owed.borrowed + owed.interest), at(0), &prices).unwrap();
    wallet.disable().unwrap();
    assert_eq!(wallet.admit(&need(2, BTC_USDT, Side::Buy, dec!(0.1), dec!(50000)), &prices), Err(Refusal::UnknownMarket));
    wallet.enable();
    assert!(wallet.admit(&need(2, BTC_USDT, Side::Buy, dec!(0.1), dec!(50000)), &prices).is_ok());
}
