//! The exchanges' own worked examples, number by number.

use metaexpert_core::UnixNanos;

use super::*;
use PositionSide::{Long, Short};

/// Binance, "How to Calculate Liquidation Price of USD-M Futures Contracts" (support/faq b3c689c1f50a44cabb3a84e663b81d93):
/// a wallet of 1,535,443.01 USDT with cross margin, long in `BTCUSDT` and `ETHUSDT`, with the brackets of that page.
fn two_longs_with_cross_margin() -> Audited {
    let btc = with_brackets(
        instrument("BTC", "USDT", InstrumentKind::LINEAR_PERPETUAL),
        &[
            (dec!(50_000), 125, dec!(0.4), dec!(0)),
            (dec!(250_000), 100, dec!(0.5), dec!(50)),
            (dec!(1_000_000), 50, dec!(1), dec!(1_300)),
            (dec!(5_000_000), 20, dec!(2.5), dec!(16_300)),
            (dec!(20_000_000), 10, dec!(5), dec!(141_300)),
        ],
    );
    let eth = with_brackets(
        instrument("ETH", "USDT", InstrumentKind::LINEAR_PERPETUAL),
        &[
            (dec!(10_000), 100, dec!(0.5), dec!(0)),
            (dec!(100_000), 75, dec!(0.65), dec!(15)),
            (dec!(500_000), 50, dec!(1), dec!(365)),
            (dec!(1_000_000), 25, dec!(2), dec!(5_365)),
            (dec!(2_000_000), 10, dec!(5), dec!(35_365)),
            (dec!(5_000_000), 5, dec!(10), dec!(135_365)),
            (dec!(10_000_000), 4, dec!(12.5), dec!(260_365)),
        ],
    );
    let mut account = audited(setup([btc, eth], usdt(dec!(1_535_443.01)), MarginMode::Cross));
    account.open("BTCUSDT", Long, dec!(109.488), dec!(32_481.980), 20);
    account.open("ETHUSDT", Long, dec!(3_683.979), dec!(1_456.84), 5);
    account.mark("BTCUSDT", 31_967.27);
    account.mark("ETHUSDT", 1_335.18);
    account
}

#[test]
fn two_positions_with_cross_margin_are_liquidated_where_binance_says() {
    let account = two_longs_with_cross_margin();
    let level = |symbol| account.liquidation(account.id(symbol), Long).unwrap().level.round_dp(2);
    assert_eq!(level("ETHUSDT"), dec!(1_153.26));
    assert_eq!(level("BTCUSDT"), dec!(26_316.89));
    assert_eq!(account.liquidation(account.id("BTCUSDT"), Short), None);
}

#[test]
fn the_standing_of_an_account_adds_up_as_binance_adds_it() {
    let account = two_longs_with_cross_margin();
    let standing = account.standing(account.id("BTCUSDT"));
    // The page's own unrealised losses and maintenance margins, of BTCUSDT and of ETHUSDT.
    let near = |ours: Decimal, theirs: Decimal| (ours - theirs).abs() < dec!(0.01);
    assert!(near(standing.equity, dec!(1_535_443.01) - dec!(56_354.57) - dec!(448_192.89)), "{standing:?}");
    assert!(near(standing.maintenance, dec!(71_200.81144) + dec!(356_512.508)), "{standing:?}");
    assert!(!standing.is_liquidatable());
    assert_eq!(account.margin_ratio(account.id("ETHUSDT")).unwrap().round_dp(4), dec!(0.4149));
}

/// The same page's numbers with isolated margin, all of the wallet being the position's.
#[test]
fn a_position_with_added_margin_is_liquidated_where_binance_says() {
    let row = [(dec!(5_000_000), 20, dec!(2.5), dec!(16_300))];
    let btc = with_brackets(instrument("BTC", "USDT", InstrumentKind::LINEAR_PERPETUAL), &row);
    let mut account = audited(setup([btc], usdt(dec!(1_535_443.01)), MarginMode::Isolated));
    let id = account.id("BTCUSDT");
    account.open("BTCUSDT", Long, dec!(109.488), dec!(32_481.980), 20);
    let rest = account.free("USDT");
    account.move_margin(at(0, 0), id, Long, rest).unwrap();
    assert_eq!(account.margin_of(id, Long).normalize(), dec!(1_535_443.01));
    assert_eq!(account.liquidation(id, Long).unwrap().level.round_dp(2), dec!(18_778.73));
}

/// Binance's own calculator for COIN-M: 101 BTC, long 100,000 contracts of 100 USD at 45,000 (dev.binance.vision, thread 6292),
/// with the bracket of "How to Calculate Liquidation Price of COIN-M Futures Contracts" (support/faq
/// ceccfcfb4e3a45e3b48b0b1bb1a8ae46): 12.5 % and 11.605 BTC up to 400 BTC.
#[test]
fn an_inverse_position_is_liquidated_where_binance_says() {
    let rows = [(dec!(200), 10, dec!(10), dec!(6.605)), (dec!(400), 4, dec!(12.5), dec!(11.605))];
    let btc = with_brackets(instrument("BTC", "USD", INVERSE), &rows);
    let capital = Money::new(dec!(101), Currency::new("BTC"));
    let mut account = audited(setup([btc], capital, MarginMode::Cross));
    account.open("BTCUSD", Long, dec!(100_000), dec!(45_000), 4);
    account.mark("BTCUSD", 45_000.0);
    let levels = account.liquidation(account.id("BTCUSD"), Long).unwrap();
    assert_eq!(levels.level.round_dp(1), dec!(33_599.4));
}

/// Binance, same page: 100 contracts of 100 USD at 25,000 are 0.4 BTC, and need 0.0016 BTC.
#[test]
fn an_inverse_position_needs_what_binance_says() {
    let capital = Money::new(dec!(1), Currency::new("BTC"));
    let mut account = audited(setup([instrument("BTC", "USD", INVERSE)], capital, MarginMode::Cross));
    account.open("BTCUSD", Short, dec!(100), dec!(25_000), 10);
    account.mark("BTCUSD", 25_000.0);
    let standing = account.standing(account.id("BTCUSD"));
    assert_eq!((standing.initial, standing.maintenance), (dec!(0.04), dec!(0.0016)));
}

/// Binance, "New Dynamic Interest Rate System for Binance Margin Trading", question 4: 1,000 USDT borrowed at 13:55 at 0.001 %
/// an hour owe two hours at 14:30.
#[test]
fn interest_is_charged_at_once_and_at_each_full_hour() {
    let spot = instrument("BTC", "USDT", InstrumentKind::Spot);
    let setup = AccountSetup { lending: Some(lending(dec!(1.1))), ..setup([spot], usdt(dec!(1_000)), MarginMode::Cross) };
    let mut account = audited(setup);
    account.borrow(at(13, 55), &usdt(dec!(1_000))).unwrap();
    account.accrue(at(14, 30));
    assert_eq!(account.held_by(Holder::Interest, "USDT"), dec!(0.02));
    account.accrue(at(14, 59));
    assert_eq!(
        account.told().iter().map(|charge| charge.amount.amount.normalize()).collect::<Vec<_>>(),
        [dec!(-0.01), dec!(-0.01)]
    );
}

/// Binance, "Daily Interest Rate for Binance Margin Trading" (360030157812): 0.02 % a day, 13:20 to 14:15.
#[test]
fn a_daily_rate_is_charged_by_the_hour() {
    let spot = instrument("BTC", "USDT", InstrumentKind::Spot);
    let daily = Lending { otherwise: dec!(0.0002) / dec!(24), ..lending(dec!(1.1)) };
    let mut account = audited(AccountSetup { lending: Some(daily), ..setup([spot], usdt(dec!(1_000)), MarginMode::Cross) });
    account.borrow(at(13, 20), &usdt(dec!(1_000))).unwrap();
    account.accrue(at(14, 15));
    assert_eq!(account.held_by(Holder::Interest, "USDT").round_dp(8), dec!(0.01666667));
}

/// The rule of the guide (docs/guides/backtesting.md, "Margin"): `entry * (1 -+ 1/leverage) / (1 -+ m)`, closed at
/// `entry * (1 -+ 1/leverage)`.
#[test]
fn without_brackets_the_levels_are_those_of_the_guide() {
    for (leverage, leg, level, bankruptcy) in [
        (10, Long, dec!(30_000) * dec!(9) / (dec!(10) * dec!(0.996)), dec!(27_000)),
        (10, Short, dec!(30_000) * dec!(11) / (dec!(10) * dec!(1.004)), dec!(33_000)),
        (3, Long, dec!(30_000) * dec!(2) / (dec!(3) * dec!(0.996)), dec!(20_000)),
        (7, Short, dec!(30_000) * dec!(8) / (dec!(7) * dec!(1.004)), dec!(34_285.7)),
    ] {
        let btc = instrument("BTC", "USDT", InstrumentKind::LINEAR_PERPETUAL);
        let mut account = audited(setup([btc], usdt(dec!(10_000)), MarginMode::Isolated));
        account.open("BTCUSDT", leg, dec!(0.1), dec!(30_000), leverage);
        let levels = account.liquidation(account.id("BTCUSDT"), leg).unwrap();
        assert_eq!((levels.level, levels.bankruptcy), (level, bankruptcy), "{leverage} {leg}");
    }
    // Nobody takes away what was bought without borrowing.
    let mut account =
        audited(setup([instrument("BTC", "USDT", InstrumentKind::LINEAR_PERPETUAL)], usdt(dec!(10_000)), MarginMode::Isolated));
    account.open("BTCUSDT", Long, dec!(0.1), dec!(30_000), 1);
    assert_eq!(account.liquidation(account.id("BTCUSDT"), Long), None);
}

/// Binance, "Introduction to Binance Futures Funding Rates": the value at the mark price, times the rate; longs pay a positive one.
#[test]
fn funding_is_the_value_at_the_mark_price_times_the_rate() {
    let btc = instrument("BTC", "USDT", InstrumentKind::LINEAR_PERPETUAL);
    let mut account = audited(setup([btc], usdt(dec!(100_000)), MarginMode::Isolated));
    let id = account.id("BTCUSDT");
    assert_eq!(account.fund(id, Long, dec!(0.0001), dec!(50_000), UnixNanos::default()), None);
    account.open("BTCUSDT", Long, dec!(3), dec!(40_000), 10);
    account.open("BTCUSDT", Short, dec!(1), dec!(40_000), 10);
    let paid = [Long, Short].map(|side| account.fund(id, side, dec!(0.0001), dec!(50_000), at(8, 0)).unwrap().amount);
    assert_eq!((paid, account.balance()), ([usdt(dec!(-15)), usdt(dec!(5))], dec!(99_990)));
    assert_eq!(account.held_by(Holder::Funding, "USDT"), dec!(10));
}
