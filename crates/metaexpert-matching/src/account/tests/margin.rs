//! What is set aside for positions and orders, what may be taken away, and who pays for a jump.

use metaexpert_core::{ChargeCause, Rejection};

use super::*;
use PositionSide::{Long, Short};

fn perpetual() -> Instrument {
    instrument("BTC", "USDT", InstrumentKind::LINEAR_PERPETUAL)
}

fn isolated() -> Audited {
    audited(setup([perpetual()], usdt(dec!(10_000)), MarginMode::Isolated))
}

#[test]
fn margin_is_set_aside_as_a_leg_opens_and_freed_as_it_closes() {
    let mut account = isolated();
    account.open("BTCUSDT", Long, dec!(1), dec!(30_000), 10);
    assert_eq!((account.free("USDT"), account.held_by(Holder::Margin, "USDT")), (dec!(7_000), dec!(3_000)));
    account.close("BTCUSDT", Long, dec!(0.5), dec!(31_000));
    assert_eq!((account.free("USDT"), account.held_by(Holder::Margin, "USDT")), (dec!(9_000), dec!(1_500)));
    account.close("BTCUSDT", Long, dec!(0.5), dec!(29_000));
    assert_eq!((account.free("USDT"), account.held_by(Holder::Margin, "USDT")), (dec!(10_000), dec!(0)));
    assert_eq!(account.held_by(Holder::Contracts, "USDT"), dec!(0));
}

#[test]
fn added_margin_moves_the_level_and_cannot_be_spent_twice() {
    let mut account = isolated();
    let id = account.id("BTCUSDT");
    account.open("BTCUSDT", Long, dec!(1), dec!(30_000), 10);
    let before = account.liquidation(id, Long).unwrap();
    account.move_margin(at(0, 0), id, Long, dec!(2_000)).unwrap();
    let after = account.liquidation(id, Long).unwrap();
    assert_eq!((before.bankruptcy, after.bankruptcy), (dec!(27_000), dec!(25_000)));
    assert_eq!(after.level, dec!(25_000) / dec!(0.996));
    assert_eq!(account.free_times(10), dec!(50_000));
    assert_eq!(account.move_margin(at(0, 0), id, Long, dec!(5_000.01)), Err(Rejection::Funds));
    // Half the position takes half of what was added with it.
    account.close("BTCUSDT", Long, dec!(0.5), dec!(30_000));
    assert_eq!(account.margin_of(id, Long), dec!(2_500));
    assert_eq!(account.free_times(10), dec!(75_000));
}

#[test]
fn margin_can_be_taken_away_down_to_what_the_position_needs() {
    let mut account = isolated();
    let id = account.id("BTCUSDT");
    account.open("BTCUSDT", Long, dec!(1), dec!(30_000), 10);
    account.mark("BTCUSDT", 30_000.0);
    account.move_margin(at(0, 0), id, Long, dec!(1_000)).unwrap();
    assert_eq!(account.move_margin(at(0, 0), id, Long, dec!(-1_000.1)), Err(Rejection::Funds));
    account.mark("BTCUSDT", 29_500.0);
    // It needs 2,950 now and has lost 500.
    assert_eq!(account.move_margin(at(0, 0), id, Long, dec!(-600)), Err(Rejection::Funds));
    account.move_margin(at(0, 0), id, Long, dec!(-550)).unwrap();
    assert_eq!(account.margin_of(id, Long), dec!(3_450));
    let mut cross = audited(setup([perpetual()], usdt(dec!(10_000)), MarginMode::Cross));
    cross.open("BTCUSDT", Long, dec!(1), dec!(30_000), 10);
    assert_eq!(cross.move_margin(at(0, 0), id, Long, dec!(1)), Err(Rejection::Funds));
}

#[test]
fn with_cross_margin_a_gain_can_be_used_and_a_loss_is_missing() {
    let mut account = audited(setup([perpetual()], usdt(dec!(10_000)), MarginMode::Cross));
    account.open("BTCUSDT", Long, dec!(1), dec!(30_000), 10);
    account.mark("BTCUSDT", 32_000.0);
    // 10,000 + 2,000 - 3,200
    assert_eq!(account.free_times(1), dec!(8_800));
    account.mark("BTCUSDT", 25_000.0);
    assert_eq!(account.free_times(1), dec!(2_500));
    assert_eq!(account.standing(account.id("BTCUSDT")).free(), dec!(2_500));
    // All of it vouches: 20,000 is where nothing is left.
    assert_eq!(account.liquidation(account.id("BTCUSDT"), Long).unwrap().bankruptcy, dec!(20_000));
    assert!(!account.is_liquidatable(account.id("BTCUSDT")));
    account.mark("BTCUSDT", 20_080.0);
    assert!(account.is_liquidatable(account.id("BTCUSDT")));
}

#[test]
fn hedged_legs_share_one_level_with_cross_margin_and_the_larger_one_has_it() {
    let mut account = audited(setup([perpetual()], usdt(dec!(10_000)), MarginMode::Cross));
    let id = account.id("BTCUSDT");
    account.open("BTCUSDT", Long, dec!(2), dec!(30_000), 10);
    account.open("BTCUSDT", Short, dec!(1), dec!(30_000), 10);
    account.mark("BTCUSDT", 30_000.0);
    assert_eq!(account.liquidation(id, Short), None);
    assert_eq!(account.liquidation(id, Long).unwrap().bankruptcy, dec!(20_000));
    account.open("BTCUSDT", Short, dec!(1), dec!(30_000), 10);
    assert_eq!(account.liquidation(id, Long), None);
}

#[test]
fn brackets_limit_leverage_by_value() {
    let rows = [(dec!(50_000), 125, dec!(0.4), dec!(0)), (dec!(250_000), 100, dec!(0.5), dec!(50))];
    let account = audited(setup([with_brackets(perpetual(), &rows)], usdt(dec!(10_000)), MarginMode::Isolated));
    let id = account.id("BTCUSDT");
    assert_eq!(account.allows(id, dec!(50_000), 125), Ok(()));
    assert_eq!(account.allows(id, dec!(50_001), 125), Err(Rejection::Leverage));
    assert_eq!(account.allows(id, dec!(250_000), 100), Ok(()));
    assert_eq!(account.allows(id, dec!(250_001), 1), Err(Rejection::Leverage));
}

/// A short position that grows into the next bracket before it is lost: the rate of that bracket counts.
#[test]
fn the_bracket_at_the_liquidation_price_counts() {
    let rows = [(dec!(50_000), 20, dec!(1), dec!(0)), (dec!(250_000), 10, dec!(2), dec!(500))];
    let mut account = audited(setup([with_brackets(perpetual(), &rows)], usdt(dec!(20_000)), MarginMode::Isolated));
    account.open("BTCUSDT", Short, dec!(1), dec!(48_000), 5);
    let level = account.liquidation(account.id("BTCUSDT"), Short).unwrap().level;
    // Margin 9,600: 48,000 + 9,600 - p = 0.02 p - 500
    assert_eq!(level, dec!(58_100) / dec!(1.02));
}

#[test]
fn a_jump_beyond_bankruptcy_is_the_insurance_s() {
    let mut account = isolated();
    account.open("BTCUSDT", Long, dec!(1), dec!(30_000), 10);
    let crash = account.trade("BTCUSDT", Side::Sell, Long, dec!(1), dec!(20_000));
    account.deal(&Trade { reason: Reason::Liquidation, ..crash }, 10);
    // The margin of 3,000 is gone, and 7,000 that were never there are covered.
    assert_eq!((account.balance(), account.free("USDT")), (dec!(7_000), dec!(7_000)));
    let told = account.told();
    let [charge] = told.as_slice() else { panic!("one charge: {told:?}") };
    assert_eq!((charge.cause, charge.amount.clone()), (ChargeCause::Insurance, usdt(dec!(7_000))));
}

#[test]
fn a_liquidation_at_the_bankruptcy_price_takes_the_margin_and_tells_of_nothing_else() {
    let mut account = isolated();
    account.open("BTCUSDT", Short, dec!(1), dec!(30_000), 7);
    let at = account.liquidation(account.id("BTCUSDT"), Short).unwrap().bankruptcy;
    let taken = account.trade("BTCUSDT", Side::Buy, Short, dec!(1), at);
    account.deal(&Trade { reason: Reason::Liquidation, ..taken }, 7);
    assert_eq!(account.balance(), dec!(10_000) - (at - dec!(30_000)));
    assert!(!account.has_charges());
}

#[test]
fn a_liquidation_fee_never_takes_more_than_is_left() {
    let fees = Fees { liquidation: Some(dec!(0.01)), ..Fees::flat(dec!(0), dec!(0)) };
    let mut account = audited(AccountSetup { fees, ..setup([perpetual()], usdt(dec!(10_000)), MarginMode::Isolated) });
    let id = account.id("BTCUSDT");
    account.open("BTCUSDT", Long, dec!(1), dec!(30_000), 10);
    let fee = |price| account.liquidation_fee(id, Long, Price::new(price).unwrap(), Quantity::new(dec!(1)).unwrap()).amount;
    assert_eq!(fee(dec!(28_000)), dec!(280));
    assert_eq!(fee(dec!(27_108)), dec!(108));
    assert_eq!(fee(dec!(26_000)), dec!(0));
    let levels = account.liquidation(id, Long).unwrap();
    assert_eq!(levels.price(dec!(27_100), Long, account.liquidation_leaves_rest()), dec!(27_100));
    assert_eq!(levels.price(dec!(20_000), Long, true), dec!(27_000));
    assert_eq!(levels.price(dec!(27_100), Long, false), dec!(27_000));
}

#[test]
fn with_cross_margin_a_liquidation_fee_comes_out_of_all_that_is_left() {
    let fees = Fees { liquidation: Some(dec!(0.01)), ..Fees::flat(dec!(0), dec!(0)) };
    let mut account = audited(AccountSetup { fees, ..setup([perpetual()], usdt(dec!(10_000)), MarginMode::Cross) });
    let id = account.id("BTCUSDT");
    account.open("BTCUSDT", Long, dec!(1), dec!(30_000), 10);
    account.mark("BTCUSDT", 29_000.0);
    let fee = |price| account.liquidation_fee(id, Long, Price::new(price).unwrap(), Quantity::new(dec!(1)).unwrap()).amount;
    assert_eq!((fee(dec!(25_000)), fee(dec!(20_100)), fee(dec!(19_000))), (dec!(250), dec!(100), dec!(0)));
}

#[test]
fn an_option_seller_s_margin_is_set_from_outside_and_cannot_be_spent() {
    let terms = metaexpert_core::OptionTerms {
        right: metaexpert_core::Right::Call,
        strike: Price::new(dec!(60_000)).unwrap(),
        expiry: at(8, 0),
    };
    for mode in [MarginMode::Isolated, MarginMode::Cross] {
        let option = instrument("BTC", "USDT", InstrumentKind::Option(terms));
        let mut account = audited(setup([option], usdt(dec!(10_000)), mode));
        let id = account.id("BTCUSDT");
        account.open("BTCUSDT", Short, dec!(1), dec!(500), 1);
        account.mark("BTCUSDT", 500.0);
        account.set_margin(at(0, 0), id, Short, dec!(6_000)).unwrap();
        assert_eq!((account.margin_of(id, Short), account.free("USDT")), (dec!(6_000), dec!(4_000)), "{mode}");
        assert_eq!(account.set_margin(at(0, 0), id, Short, dec!(10_000.01)), Err(Rejection::Funds), "{mode}");
        assert_eq!((account.liquidation(id, Short), account.margin_of(id, Short)), (None, dec!(6_000)), "{mode}");
        assert_eq!(account.standing(id).maintenance, dec!(6_000), "{mode}");
        account.close("BTCUSDT", Short, dec!(1), dec!(700));
        assert_eq!((account.free("USDT"), account.free_times(1)), (dec!(9_800), dec!(9_800)), "{mode}");
    }
}

#[test]
fn with_cross_margin_the_insurance_pays_when_the_last_position_is_gone() {
    let eth = instrument("ETH", "USDT", InstrumentKind::LINEAR_PERPETUAL);
    let mut account = audited(setup([perpetual(), eth], usdt(dec!(10_000)), MarginMode::Cross));
    account.open("BTCUSDT", Long, dec!(1), dec!(30_000), 10);
    account.open("ETHUSDT", Long, dec!(10), dec!(2_000), 10);
    for (symbol, quantity, price) in [("BTCUSDT", dec!(1), dec!(18_000)), ("ETHUSDT", dec!(10), dec!(2_100))] {
        let trade = account.trade(symbol, Side::Sell, Long, quantity, price);
        account.deal(&Trade { reason: Reason::Liquidation, ..trade }, 10);
    }
    assert_eq!(account.balance(), dec!(0));
    assert_eq!(account.told().iter().map(|charge| charge.amount.amount).sum::<Decimal>(), dec!(1_000));
}

#[test]
fn funding_that_the_balance_cannot_pay_comes_out_of_the_margin() {
    let mut account = audited(setup([perpetual()], usdt(dec!(3_010)), MarginMode::Isolated));
    let id = account.id("BTCUSDT");
    account.open("BTCUSDT", Long, dec!(1), dec!(30_000), 10);
    account.fund(id, Long, dec!(0.001), dec!(30_000), at(8, 0)).unwrap();
    assert_eq!((account.free("USDT"), account.margin_of(id, Long)), (dec!(0), dec!(2_980)));
    assert_eq!(account.liquidation(id, Long).unwrap().bankruptcy, dec!(27_020));
}

#[test]
fn resting_orders_set_aside_what_they_may_need_and_give_it_back() {
    let fees = Fees::flat(dec!(0), dec!(0.001));
    let mut account = audited(AccountSetup { fees, ..setup([perpetual()], usdt(dec!(10_000)), MarginMode::Isolated) });
    let order = |sequence, effect| resting(&account, sequence, "BTCUSDT", Side::Buy, effect, dec!(2), 10);
    let (first, second, closing) = (order(1, Effect::Open(Long)), order(2, Effect::Open(Long)), order(3, Effect::Close(Short)));
    let price = Price::new(dec!(30_000)).unwrap();
    account.reserve(&first, dec!(2), price).unwrap();
    // 6,000 of margin and 60 of fees.
    assert_eq!((account.reserved(first.id), account.free("USDT")), (dec!(6_060), dec!(3_940)));
    assert_eq!(account.reserve(&first, dec!(2), price), Err(Rejection::DuplicateId));
    assert_eq!(account.reserve(&second, dec!(2), price), Err(Rejection::Funds));
    account.reserve(&closing, dec!(2), price).unwrap();
    assert_eq!(account.reserved(closing.id), dec!(0));
    account.release(first.id, dec!(0.5), at(0, 0));
    assert_eq!((account.reserved(first.id), account.free_times(10)), (dec!(4_545), dec!(54_550)));
    account.release(first.id, dec!(1.5), at(0, 0));
    assert_eq!((account.free("USDT"), account.held_by(Holder::Locked, "USDT")), (dec!(10_000), dec!(0)));
    account.release(first.id, dec!(1), at(0, 0));
    assert_eq!(account.free("USDT"), dec!(10_000));
}

#[test]
fn an_account_has_the_legs_of_its_position_mode() {
    let mut account = isolated();
    let id = account.id("BTCUSDT");
    assert_eq!(account.takes(id, Effect::Net), Err(Rejection::PositionMode));
    let oneway =
        AccountSetup { position_mode: PositionMode::Oneway, ..setup([perpetual()], usdt(dec!(10_000)), MarginMode::Isolated) };
    account = audited(oneway);
    account.open("BTCUSDT", Long, dec!(1), dec!(30_000), 10);
    assert_eq!(account.takes(id, Effect::Open(Short)), Err(Rejection::PositionMode));
    assert_eq!((account.takes(id, Effect::Open(Long)), account.takes(id, Effect::Net)), (Ok(()), Ok(())));
}

#[test]
fn a_dated_contract_is_closed_at_its_settlement_price() {
    let dated = InstrumentKind::Dated { payoff: Payoff::Linear, delivery: at(8, 0) };
    let fees = Fees { delivery: dec!(0.0001), ..Fees::flat(dec!(0), dec!(0)) };
    let mut account =
        audited(AccountSetup { fees, ..setup([instrument("BTC", "USDT", dated)], usdt(dec!(10_000)), MarginMode::Isolated) });
    account.open("BTCUSDT", Long, dec!(1), dec!(30_000), 10);
    account.open("BTCUSDT", Short, dec!(0.5), dec!(32_000), 10);
    let (mut count, mut trades) = (0, Vec::new());
    let next_id = || {
        count += 1;
        TradeId::from(count)
    };
    account.deliver(account.id("BTCUSDT"), Price::new(dec!(31_000)).unwrap(), at(8, 0), next_id, &mut trades);
    assert_eq!(
        trades.iter().map(|trade| (trade.reason, trade.fee.amount.normalize())).collect::<Vec<_>>(),
        [(Reason::Expiry, dec!(3.1)), (Reason::Expiry, dec!(1.55))]
    );
    assert_eq!(account.balance(), dec!(10_000) + dec!(1_000) + dec!(500) - dec!(4.65));
    assert_eq!(account.free("USDT"), account.balance());
}

#[test]
fn only_an_account_that_prices_move_between_trades_asks_for_every_price() {
    let asks = |of: &[Instrument], mode| {
        let account = audited(setup(of.to_vec(), usdt(dec!(10_000)), mode));
        (account.follows_marks(), account.levels_follow_marks())
    };
    assert_eq!(asks(&[perpetual()], MarginMode::Isolated), (false, false));
    assert_eq!(asks(&[perpetual()], MarginMode::Cross), (true, false));
    let other = instrument("ETH", "USDT", InstrumentKind::LINEAR_PERPETUAL);
    assert_eq!(asks(&[perpetual(), other.clone()], MarginMode::Isolated), (false, false));
    assert_eq!(asks(&[perpetual(), other], MarginMode::Cross), (true, true));
    // What is settled in coins is worth something else at every price.
    let spot = instrument("BTC", "USDT", InstrumentKind::Spot);
    assert_eq!(asks(std::slice::from_ref(&spot), MarginMode::Isolated), (true, false));
    let lends = AccountSetup { lending: Some(lending(dec!(1.1))), ..setup([spot], usdt(dec!(10_000)), MarginMode::Isolated) };
    assert!(audited(lends).levels_follow_marks());
}
