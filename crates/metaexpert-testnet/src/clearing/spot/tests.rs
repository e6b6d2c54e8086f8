//! What spot does to coins, by examples reckoned by hand, and by laws that hold whatever is ordered.

pub(in crate::clearing) mod fake; // prices that a test names
mod laws; // whatever is ordered

use metaexpert_core::{Currency, Money, Side, UnixNanos};
use rust_decimal::{Decimal, dec};

use self::fake::{BNB_USDT, BTC_USDT, Fake, balance, fill, need};
use super::*;
use crate::clearing::EntryKind;

fn wallet(deposits: &[(&str, Decimal)]) -> SpotWallet {
    let mut wallet = SpotWallet::new(SpotFees::standard("BNB"), Numbers::default());
    for (coin, amount) in deposits {
        let money = Money::new(*amount, Currency::new(coin));
        wallet.transfer(&money, UnixNanos::default(), Cause::Deposit, &Fake::new()).unwrap();
    }
    wallet
}

#[test]
fn a_market_buy_costs_its_value_and_a_thousandth_of_what_it_brings() {
    let (prices, mut wallet) = (Fake::new(), wallet(&[("USDT", dec!(50000))]));
    // 0.5 at 60,000 is 30,000; the fee is 0.1 % of 0.5.
    let placed = wallet.admit(&need(1, BTC_USDT, Side::Buy, dec!(0.5), dec!(60000)), &prices).unwrap();
    assert_eq!(balance(&placed.balances, "USDT"), (dec!(20000), dec!(30000), dec!(0)));
    let booked = wallet.execute(&fill(1, BTC_USDT, Side::Buy, dec!(0.5), dec!(60000)), &prices);
    assert_eq!(booked.fee, Money::new(dec!(0.0005), Currency::new("BTC")));
    assert_eq!(booked.value, dec!(30000));
    assert_eq!(balance(&booked.changed.balances, "USDT"), (dec!(20000), dec!(0), dec!(-30000)));
    assert_eq!(balance(&booked.changed.balances, "BTC"), (dec!(0.4995), dec!(0), dec!(0.4995)));
    let last = wallet.history().last().unwrap();
    assert_eq!((last.kind, &last.amount), (EntryKind::Commission, &Money::new(dec!(-0.0005), Currency::new("BTC"))));
    assert_eq!((last.market, last.trade_id), (Some(BTC_USDT), Some(7)));
}

#[test]
fn a_limit_buy_that_is_filled_in_part_and_then_cancelled_frees_the_rest() {
    let (prices, mut wallet) = (Fake::new(), wallet(&[("USDT", dec!(50000))]));
    wallet.admit(&need(1, BTC_USDT, Side::Buy, dec!(0.5), dec!(59000)), &prices).unwrap();
    assert_eq!(wallet.free(&Currency::new("USDT")), dec!(20500));
    // 0.2 at 58,900 is 11,780; 11,800 were set aside for it; 17,700 stay set aside for the other 0.3.
    let booked = wallet.execute(&fill(1, BTC_USDT, Side::Buy, dec!(0.2), dec!(58900)), &prices);
    assert_eq!(balance(&booked.changed.balances, "USDT"), (dec!(20520), dec!(17700), dec!(-11780)));
    let cancelled = wallet.release(OrderId(1), None);
    assert_eq!(balance(&cancelled.balances, "USDT"), (dec!(38220), dec!(0), dec!(0)));
    assert_eq!(wallet.release(OrderId(1), None), Changed::default());
}

#[test]
fn a_sale_sets_its_coins_aside_and_pays_its_fee_of_what_it_brings() {
    let (prices, mut wallet) = (Fake::new(), wallet(&[("BTC", dec!(1))]));
    let placed = wallet.admit(&need(1, BTC_USDT, Side::Sell, dec!(0.4), dec!(61000)), &prices).unwrap();
    assert_eq!(balance(&placed.balances, "BTC"), (dec!(0.6), dec!(0.4), dec!(0)));
    // 0.4 at 61,000 is 24,400; the fee is 24.4.
    let booked = wallet.execute(&fill(1, BTC_USDT, Side::Sell, dec!(0.4), dec!(61000)), &prices);
    assert_eq!(booked.fee, Money::new(dec!(24.4), Currency::new("USDT")));
    assert_eq!(balance(&booked.changed.balances, "USDT"), (dec!(24375.6), dec!(0), dec!(24375.6)));
    assert_eq!(balance(&booked.changed.balances, "BTC"), (dec!(0.6), dec!(0), dec!(-0.4)));
}

#[test]
fn fees_in_the_exchanges_coin_are_a_quarter_lower_while_there_is_enough_of_it() {
    let (prices, mut wallet) = (Fake::new(), wallet(&[("USDT", dec!(100000)), ("BNB", dec!(0.05))]));
    wallet.pay_fees_in_coin(true);
    // 0.1 % of 0.5 is 0.0005, worth 30 USDT at 60,000, which are 0.05 at 600; three quarters of that are 0.0375.
    wallet.admit(&need(1, BTC_USDT, Side::Buy, dec!(1), dec!(60000)), &prices).unwrap();
    let first = wallet.execute(&fill(1, BTC_USDT, Side::Buy, dec!(0.5), dec!(60000)), &prices);
    assert_eq!(first.fee, Money::new(dec!(0.0375), Currency::new("BNB")));
    assert_eq!(balance(&first.changed.balances, "BTC"), (dec!(0.5), dec!(0), dec!(0.5)));
    // 0.0125 are left, too little for the second half.
    let second = wallet.execute(&fill(1, BTC_USDT, Side::Buy, dec!(0.5), dec!(60000)), &prices);
    assert_eq!(second.fee, Money::new(dec!(0.0005), Currency::new("BTC")));
}

#[test]
fn buying_the_exchanges_coin_pays_its_fee_of_what_came() {
    let (prices, mut wallet) = (Fake::new(), wallet(&[("USDT", dec!(600))]));
    wallet.pay_fees_in_coin(true);
    wallet.admit(&need(1, BNB_USDT, Side::Buy, dec!(1), dec!(600)), &prices).unwrap();
    let booked = wallet.execute(&fill(1, BNB_USDT, Side::Buy, dec!(1), dec!(600)), &prices);
    assert_eq!(booked.fee, Money::new(dec!(0.00075), Currency::new("BNB")));
    assert_eq!(balance(&booked.changed.balances, "BNB"), (dec!(0.99925), dec!(0), dec!(0.99925)));
}

#[test]
fn what_is_behind_the_eighth_digit_of_a_fee_is_not_charged() {
    let (prices, mut wallet) = (Fake::new(), wallet(&[("BTC", dec!(1))]));
    wallet.admit(&need(1, BTC_USDT, Side::Sell, dec!(0.00017), dec!(60000.19)), &prices).unwrap();
    // 0.00017 at 60,000.19 is 10.2000323; a thousandth is 0.0102000323.
    let booked = wallet.execute(&fill(1, BTC_USDT, Side::Sell, dec!(0.00017), dec!(60000.19)), &prices);
    assert_eq!(booked.fee.amount, dec!(0.01020003));
}

#[test]
fn an_order_by_value_sets_aside_its_budget_and_spends_what_it_costs() {
    let (prices, mut wallet) = (Fake::new(), wallet(&[("USDT", dec!(1000))]));
    let order = Need { budget: Some(dec!(700)), ..need(1, BTC_USDT, Side::Buy, dec!(0.01), dec!(60000)) };
    wallet.admit(&order, &prices).unwrap();
    assert_eq!(wallet.free(&Currency::new("USDT")), dec!(300));
    wallet.execute(&fill(1, BTC_USDT, Side::Buy, dec!(0.006), dec!(60000)), &prices);
    let second = wallet.execute(&fill(1, BTC_USDT, Side::Buy, dec!(0.005), dec!(60100)), &prices);
    // 360 and 300.5 are spent; 39.5 stay set aside until the order is over.
    assert_eq!(balance(&second.changed.balances, "USDT"), (dec!(300), dec!(39.5), dec!(-300.5)));
    wallet.release(OrderId(1), None);
    assert_eq!(wallet.free(&Currency::new("USDT")), dec!(339.5));
}

#[test]
fn a_market_order_that_sets_aside_its_average_is_paid_for_level_by_level() {
    let (prices, mut wallet) = (Fake::new(), wallet(&[("USDT", dec!(90001))]));
    // 1 at 60,000 and 0.5 at 60,002 come to 90,001, which is 60,000.66666666.. each.
    let average = dec!(90001) / dec!(1.5);
    let placed = wallet.admit(&need(1, BTC_USDT, Side::Buy, dec!(1.5), average), &prices).unwrap();
    assert_eq!(balance(&placed.balances, "USDT"), (dec!(0), dec!(90001), dec!(0)));
    wallet.execute(&fill(1, BTC_USDT, Side::Buy, dec!(1), dec!(60000)), &prices);
    wallet.execute(&fill(1, BTC_USDT, Side::Buy, dec!(0.5), dec!(60002)), &prices);
    let over = wallet.balances(&prices);
    assert_eq!(balance(&over, "USDT"), (dec!(0), dec!(0), dec!(0)));
    assert!(wallet.history().iter().all(|entry| entry.kind != EntryKind::Insurance));
}

#[test]
fn an_order_that_cannot_be_paid_for_is_refused_and_sets_nothing_aside() {
    let (prices, mut wallet) = (Fake::new(), wallet(&[("USDT", dec!(29999.99))]));
    let order = need(1, BTC_USDT, Side::Buy, dec!(0.5), dec!(60000));
    assert_eq!(wallet.check(&order, &prices), Err(Refusal::Funds));
    assert_eq!(wallet.admit(&order, &prices), Err(Refusal::Funds));
    assert_eq!(wallet.free(&Currency::new("USDT")), dec!(29999.99));
    assert_eq!(wallet.admit(&need(2, BTC_USDT, Side::Sell, dec!(0.1), dec!(60000)), &prices), Err(Refusal::Funds));
}

#[test]
fn an_order_that_is_amended_may_use_what_it_has_set_aside() {
    let (prices, mut wallet) = (Fake::new(), wallet(&[("USDT", dec!(30000))]));
    wallet.admit(&need(1, BTC_USDT, Side::Buy, dec!(0.5), dec!(59000)), &prices).unwrap();
    let amended = wallet.admit(&need(1, BTC_USDT, Side::Buy, dec!(0.5), dec!(60000)), &prices).unwrap();
    assert_eq!(balance(&amended.balances, "USDT"), (dec!(0), dec!(30000), dec!(0)));
    assert_eq!(wallet.admit(&need(1, BTC_USDT, Side::Buy, dec!(0.5), dec!(60001)), &prices), Err(Refusal::Funds));
    assert_eq!(wallet.release(OrderId(1), None).balances.first().map(|now| now.free), Some(dec!(30000)));
}

#[test]
fn no_more_goes_out_than_is_free() {
    let (prices, mut wallet) = (Fake::new(), wallet(&[("USDT", dec!(1000))]));
    wallet.admit(&need(1, BTC_USDT, Side::Buy, dec!(0.01), dec!(60000)), &prices).unwrap();
    let mut take = |amount| {
        let money = Money::new(amount, Currency::new("USDT"));
        wallet.transfer(&money, UnixNanos::default(), Cause::Withdrawal, &prices).map(|changed| changed.balances)
    };
    assert_eq!(take(dec!(-400.01)), Err(Refusal::Funds));
    assert_eq!(balance(&take(dec!(-400)).unwrap(), "USDT"), (dec!(0), dec!(600), dec!(-400)));
}

#[test]
fn coins_are_worth_what_their_markets_say() {
    let (prices, wallet) = (Fake::new(), wallet(&[("USDT", dec!(3000)), ("BTC", dec!(0.5)), ("ETH", dec!(2))]));
    // 3,000 + 0.5 * 60,000 + 2 * 3,000.
    assert_eq!(wallet.worth(&Currency::new("USDT"), &prices), dec!(39000));
    assert_eq!(wallet.worth(&Currency::new("BTC"), &prices).round_dp(8), dec!(0.65));
}
