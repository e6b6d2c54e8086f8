//! Coins that change hands, fees in third assets, and borrowed money.

use metaexpert_core::Rejection;

use super::*;
use crate::account::{FeeTier, PaidIn};
use PositionSide::{Long, Short};

fn spot(base: &str, quote: &str) -> Instrument {
    instrument(base, quote, InstrumentKind::Spot)
}

fn on_margin(margin_mode: MarginMode) -> Audited {
    audited(AccountSetup { lending: Some(lending(dec!(1.1))), ..setup([spot("BTC", "USDT")], usdt(dec!(10_000)), margin_mode) })
}

#[test]
fn coins_change_hands_and_are_worth_what_the_market_says() {
    let mut account = audited(setup([spot("BTC", "USDT"), spot("ETH", "BTC")], usdt(dec!(10_000)), MarginMode::Isolated));
    account.open("BTCUSDT", Long, dec!(0.2), dec!(40_000), 1);
    assert_eq!((account.free("USDT"), account.free("BTC")), (dec!(2_000), dec!(0.2)));
    account.open("ETHBTC", Long, dec!(2), dec!(0.05), 1);
    assert_eq!((account.free("BTC"), account.free("ETH")), (dec!(0.1), dec!(2)));
    account.mark("BTCUSDT", 50_000.0);
    account.mark("ETHBTC", 0.06);
    // 2,000 + 0.1 * 50,000 + 2 * 0.06 * 50,000
    assert_eq!(account.equity(), dec!(13_000));
    // Bitcoin is what the second market is paid in.
    assert_eq!(account.free_times_in(account.id("ETHBTC"), 1), dec!(0.1));
    assert_eq!(account.split(account.id("BTCUSDT"), Side::Sell, Effect::Net, dec!(5)).open, dec!(0));
}

#[test]
fn orders_in_coins_lock_what_they_pay_with() {
    let mut account = audited(setup([spot("BTC", "USDT")], usdt(dec!(10_000)), MarginMode::Isolated));
    let order = |account: &Audited, sequence, side| resting(account, sequence, "BTCUSDT", side, Effect::Net, dec!(0.2), 1);
    let price = Price::new(dec!(40_000)).unwrap();
    let buy = order(&account, 1, Side::Buy);
    account.reserve(&buy, dec!(0.2), price).unwrap();
    assert_eq!((account.free("USDT"), account.held_by(Holder::Locked, "USDT")), (dec!(2_000), dec!(8_000)));
    let again = order(&account, 2, Side::Buy);
    assert_eq!(account.reserve(&again, dec!(0.2), price), Err(Rejection::Funds));
    account.release(buy.id, dec!(0.2), at(0, 0));
    account.open("BTCUSDT", Long, dec!(0.2), dec!(40_000), 1);
    let sell = order(&account, 3, Side::Sell);
    account.reserve(&sell, dec!(0.15), price).unwrap();
    assert_eq!((account.free("BTC"), account.held_by(Holder::Locked, "BTC")), (dec!(0.05), dec!(0.15)));
    let more = order(&account, 4, Side::Sell);
    assert_eq!(account.reserve(&more, dec!(0.1), price), Err(Rejection::Funds));
}

#[test]
fn what_nobody_can_value_is_refused_at_the_start() {
    let setup = setup([spot("SOL", "BTC")], usdt(dec!(10_000)), MarginMode::Isolated);
    let error = Account::new(setup, Everything::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "BTC: nothing says what it is worth in USDT; add an instrument between the two, such as BTCUSDT, or trade only what is \
         settled in USDT"
    );
}

#[test]
fn fees_are_paid_in_the_third_asset_as_long_as_there_is_enough() {
    let mut with_bnb = setup([spot("BTC", "USDT"), spot("BNB", "USDT")], usdt(dec!(10_000)), MarginMode::Isolated);
    let bnb = Currency::new("BNB");
    with_bnb.wallets.push(Money::new(dec!(0.02), bnb.clone()));
    let priced_by = with_bnb.instruments.find(&Symbol::new("BNBUSDT").unwrap()).unwrap();
    with_bnb.fees = Fees {
        paid_in: Some(PaidIn { currency: bnb, discount: dec!(0.25), priced_by }),
        ..Fees::flat(dec!(-0.0001), dec!(0.001))
    };
    let mut account = audited(with_bnb);
    account.mark("BNBUSDT", 500.0);
    account.open("BTCUSDT", Long, dec!(0.1), dec!(50_000), 1);
    // 5 USDT, less a quarter, at 500.
    assert_eq!((account.free("BNB"), account.free("USDT")), (dec!(0.0125), dec!(5_000)));
    account.open("BTCUSDT", Long, dec!(0.05), dec!(50_000), 1);
    account.open("BTCUSDT", Long, dec!(0.05), dec!(40_000), 1);
    account.open("BTCUSDT", Long, dec!(0.01), dec!(50_000), 1);
    assert_eq!(account.free("BNB"), dec!(0.005));
    account.close("BTCUSDT", Long, dec!(0.1), dec!(50_000));
    // Too little of it is left: the fee is paid in the quote currency, and in full.
    assert_eq!((account.free("BNB"), account.free("USDT")), (dec!(0.005), dec!(0) + dec!(4_995)));
    let instrument = account.instruments().get(account.id("BTCUSDT"));
    let maker = account.fee(instrument, Price::new(dec!(50_000)).unwrap(), Quantity::new(dec!(1)).unwrap(), Liquidity::Maker);
    assert_eq!(maker, usdt(dec!(-5)));
}

#[test]
fn volume_of_thirty_days_comes_down_to_a_lower_tier_the_day_after() {
    let tiers = [(dec!(0), dec!(0.001)), (dec!(50_000), dec!(0.0005))];
    let tiers = tiers.map(|(volume, taker)| FeeTier { volume, maker: dec!(0), taker }).to_vec();
    let fees = Fees { tiers, ..Fees::flat(dec!(0), dec!(0)) };
    let perpetual = instrument("BTC", "USDT", InstrumentKind::LINEAR_PERPETUAL);
    let mut account = audited(AccountSetup { fees, ..setup([perpetual], usdt(dec!(1_000_000)), MarginMode::Isolated) });
    let fee_on = |account: &mut Audited, day: i64| {
        let trade = Trade { time: at(24 * day, 0), ..account.trade("BTCUSDT", Side::Buy, Long, dec!(1), dec!(50_000)) };
        account.deal(&trade, 10);
        trade.fee.amount.normalize()
    };
    let fees: Vec<_> = [0, 0, 1, 2, 35, 36].into_iter().map(|day| fee_on(&mut account, day)).collect();
    // The fee of a day's first trade is still of the day before; on day 36 all but one day's volume is too old.
    assert_eq!(fees, [dec!(50), dec!(50), dec!(50), dec!(25), dec!(25), dec!(50)]);
}

#[test]
fn a_leveraged_long_borrows_what_it_lacks_and_pays_it_back() {
    for mode in [MarginMode::Isolated, MarginMode::Cross] {
        let mut account = on_margin(mode);
        account.mark("BTCUSDT", 50_000.0);
        account.open("BTCUSDT", Long, dec!(0.4), dec!(50_000), 2);
        let owed = -account.held_by(Holder::Lender, "USDT");
        assert_eq!(account.free("BTC"), dec!(0.4));
        assert!(owed >= dec!(10_000) && owed < dec!(10_001), "{mode}: {owed}");
        account.close("BTCUSDT", Long, dec!(0.4), dec!(51_000));
        assert_eq!((account.held_by(Holder::Lender, "USDT"), account.free("BTC")), (dec!(0), dec!(0)), "{mode}");
        let interest = account.held_by(Holder::Interest, "USDT");
        assert_eq!(
            (account.free("USDT"), account.balance().normalize()),
            (dec!(10_400) - interest, dec!(10_400) - interest),
            "{mode}"
        );
        assert!(interest >= dec!(0.1), "{mode}");
    }
}

#[test]
fn a_short_in_coins_borrows_the_coins() {
    for mode in [MarginMode::Isolated, MarginMode::Cross] {
        let mut account = on_margin(mode);
        account.mark("BTCUSDT", 50_000.0);
        account.open("BTCUSDT", Short, dec!(0.1), dec!(50_000), 2);
        assert_eq!((account.held_by(Holder::Lender, "BTC"), account.free("BTC")), (dec!(-0.1), dec!(0)), "{mode}");
        account.accrue(at(3, 0));
        // An hour at once and three full ones, of 0.1 BTC at 50,000.
        assert_eq!(account.held_by(Holder::Interest, "USDT"), dec!(0.2), "{mode}");
        account.close("BTCUSDT", Short, dec!(0.1), dec!(45_000));
        assert_eq!((account.held_by(Holder::Lender, "BTC"), account.free("BTC")), (dec!(0), dec!(0)), "{mode}");
        assert_eq!(account.free("USDT"), dec!(10_499.8), "{mode}");
    }
}

#[test]
fn what_is_due_is_charged_before_a_loan_is_paid_back() {
    let mut account = on_margin(MarginMode::Cross);
    account.borrow(at(0, 30), &usdt(dec!(10_000))).unwrap();
    account.repay(at(4, 30), &usdt(dec!(10_000)));
    assert_eq!(account.held_by(Holder::Interest, "USDT"), dec!(0.5));
    account.mark("BTCUSDT", 50_000.0);
    let bought = Trade { time: at(10, 0), ..account.trade("BTCUSDT", Side::Buy, Long, dec!(0.3), dec!(50_000)) };
    account.deal(&bought, 2);
    // Nothing was owed in between; of 5,000.5 an hour's interest is due, and that was borrowed, too.
    assert_eq!(account.held_by(Holder::Interest, "USDT"), dec!(0.550005));
    assert_eq!(account.held_by(Holder::Lender, "USDT"), dec!(-5_000.550005));
    let sold = Trade { time: at(12, 0), ..account.trade("BTCUSDT", Side::Sell, Long, dec!(0.3), dec!(50_000)) };
    account.deal(&sold, 2);
    assert_eq!((account.held_by(Holder::Lender, "USDT"), account.balance().normalize()), (dec!(0), account.free("USDT")));
}

#[test]
fn loans_are_called_in_at_their_margin_level() {
    let mut account = on_margin(MarginMode::Cross);
    let id = account.id("BTCUSDT");
    account.mark("BTCUSDT", 50_000.0);
    account.open("BTCUSDT", Long, dec!(0.4), dec!(50_000), 2);
    let levels = account.liquidation(id, Long).unwrap();
    // 0.4 p = 1.1 * 10,000.1: the first hour's interest was borrowed, too.
    assert_eq!((levels.level.round_dp(3), levels.bankruptcy), (dec!(27_500.275), dec!(25_000.3)));
    account.mark("BTCUSDT", 27_502.0);
    assert!(!account.is_liquidatable(id));
    account.mark("BTCUSDT", 27_500.0);
    assert!(account.is_liquidatable(id));
    let isolated = |leg| {
        let mut account = on_margin(MarginMode::Isolated);
        account.mark("BTCUSDT", 50_000.0);
        account.open("BTCUSDT", leg, dec!(0.2), dec!(50_000), 2);
        account.liquidation(id, leg).unwrap()
    };
    assert_eq!((isolated(Long).level, isolated(Long).bankruptcy), (dec!(27_500), dec!(25_000)));
    assert_eq!((isolated(Short).level.round_dp(4), isolated(Short).bankruptcy), (dec!(68_181.8182), dec!(75_000)));
}

#[test]
fn a_crash_beyond_all_that_is_owed_is_the_insurance_s() {
    for mode in [MarginMode::Isolated, MarginMode::Cross] {
        let mut account = on_margin(mode);
        account.mark("BTCUSDT", 50_000.0);
        account.open("BTCUSDT", Long, dec!(0.4), dec!(50_000), 2);
        let crash = account.trade("BTCUSDT", Side::Sell, Long, dec!(0.4), dec!(20_000));
        account.deal(&Trade { reason: Reason::Liquidation, ..crash }, 2);
        assert_eq!((account.balance().normalize(), account.free("USDT")), (dec!(0), dec!(0)), "{mode}");
        assert_eq!((account.held_by(Holder::Lender, "USDT"), account.margin_level()), (dec!(0), None), "{mode}");
    }
}

#[test]
fn borrowing_and_taking_out_stop_where_too_little_is_left_behind() {
    let mut account = on_margin(MarginMode::Cross);
    assert_eq!(account.borrow(at(0, 0), &usdt(dec!(20_000.01))), Err(Rejection::Funds));
    account.borrow(at(0, 0), &usdt(dec!(9_000))).unwrap();
    // 19,000 behind 9,000; below twice the debt nothing leaves.
    assert_eq!(account.transfer(at(0, 0), &usdt(dec!(-1_001))), Err(Rejection::Funds));
    account.transfer(at(0, 0), &usdt(dec!(-999))).unwrap();
    account.transfer(at(0, 0), &usdt(dec!(500))).unwrap();
    assert_eq!(account.repay(at(0, 0), &usdt(dec!(10_000))), dec!(9_000));
    assert_eq!((account.balance().normalize(), account.margin_level()), (dec!(9_500.91), None));
    assert_eq!(account.held_by(Holder::Outside, "USDT"), dec!(-9_501));
}
