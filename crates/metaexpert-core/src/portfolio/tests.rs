//! What fills make of positions and balances, by hand and against sums.

use proptest::prelude::*;
use rust_decimal::dec;

use super::*;
use crate::{
    Currency, InstrumentKind, InstrumentRules, Liquidity, Money, Percent, Price, Quantity, Reason, Side, Symbol, TradeId,
    UnixNanos,
};

fn instruments() -> Instruments {
    let mut instruments = Instruments::default();
    let (base, quote) = (Currency::new("BTC"), Currency::new("USDT"));
    instruments.add(Instrument {
        symbol: Symbol::new("BTCUSDT").unwrap(),
        base,
        quote: quote.clone(),
        settlement: quote,
        kind: InstrumentKind::LINEAR_PERPETUAL,
        rules: InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: dec!(0.001),
            min_notional: dec!(5),
            contract_size: dec!(1),
            maintenance_margin: Percent::new(dec!(0.4)),
        },
        brackets: std::sync::Arc::default(),
    });
    instruments
}

fn trade(side: Side, leg: PositionSide, price: Decimal, quantity: Decimal, fee: Decimal) -> Trade {
    let symbol = Symbol::new("BTCUSDT").unwrap();
    Trade {
        id: TradeId::from(1),
        time: UnixNanos::default(),
        instrument: instruments().find(&symbol).unwrap(),
        symbol,
        order: None,
        side,
        position_side: leg,
        price: Price::new(price).unwrap(),
        quantity: Quantity::new(quantity).unwrap(),
        fee: Money::new(fee, Currency::new("USDT")),
        liquidity: Liquidity::Taker,
        reason: Reason::Signal,
    }
}

#[test]
fn a_short_gains_when_the_price_falls() {
    let instruments = instruments();
    let (id, instrument) = instruments.iter().next().unwrap();
    let mut portfolio = Portfolio::new(dec!(10000), 1);
    portfolio.apply(&trade(Side::Sell, PositionSide::Short, dec!(100), dec!(2), dec!(0.1)), instrument, 4).unwrap();
    portfolio.set_mark(id, 90.0);
    assert_eq!(portfolio.equity(&instruments), dec!(10019.9));
    assert_eq!(portfolio.margin(), dec!(50));
    assert_eq!(portfolio.free_times(4), dec!(10000) * dec!(4) - dec!(0.4) - dec!(200));
    let applied = portfolio.apply(&trade(Side::Buy, PositionSide::Short, dec!(90), dec!(2), dec!(0.1)), instrument, 4).unwrap();
    assert_eq!(applied, Applied { realized: dec!(20), closed: true });
    assert_eq!(portfolio.balance(), dec!(10019.8));
}

#[test]
fn less_than_a_lot_stays_in_the_account_and_is_not_open() {
    let instruments = instruments();
    let (id, instrument) = instruments.iter().next().unwrap();
    let (leg, mut portfolio) = (PositionSide::Long, Portfolio::new(dec!(10000), 1));
    let mut apply = |side, quantity| {
        let later = Trade { time: UnixNanos::from_seconds(9).unwrap(), ..trade(side, leg, dec!(100), quantity, dec!(0)) };
        portfolio.apply(&later, instrument, 1).unwrap();
        (portfolio.is_open(id, leg), portfolio.open_legs().count(), portfolio.legs().count())
    };
    assert_eq!(apply(Side::Buy, dec!(1)), (true, 1, 1));
    assert_eq!(apply(Side::Buy, dec!(1)), (true, 1, 1));
    assert_eq!(apply(Side::Sell, dec!(1.999)), (true, 1, 1));
    assert_eq!(apply(Side::Sell, dec!(0.0004)), (false, 0, 1));
    assert_eq!(apply(Side::Buy, dec!(1)), (true, 1, 1));
    let held = portfolio.leg(id, leg).unwrap();
    assert_eq!((held.quantity, held.entries, held.cost), (dec!(1.0006), 1, dec!(100.06)));
}

#[test]
fn no_more_can_be_closed_than_is_held() {
    let instruments = instruments();
    let (_, instrument) = instruments.iter().next().unwrap();
    let mut portfolio = Portfolio::new(dec!(10000), 1);
    let error = portfolio.apply(&trade(Side::Sell, PositionSide::Long, dec!(100), dec!(2), dec!(0)), instrument, 1).unwrap_err();
    assert_eq!(error.to_string(), "BTCUSDT: a trade closes 2 of the long leg, which holds 0");
    assert_eq!(portfolio.balance(), dec!(10000));
}

/// An instrument of two currencies; an inverse one is settled in its base.
fn between(base: &str, quote: &str, kind: InstrumentKind) -> Instrument {
    let (_, plain) = instruments().iter().map(|(id, instrument)| (id, instrument.clone())).next().unwrap();
    let inverse = kind.is_inverse();
    let rules = InstrumentRules { contract_size: if inverse { dec!(100) } else { dec!(1) }, ..plain.rules };
    Instrument {
        symbol: Symbol::new(&format!("{base}{quote}")).unwrap(),
        base: Currency::new(base),
        quote: Currency::new(quote),
        settlement: Currency::new(if inverse { base } else { quote }),
        kind,
        rules,
        brackets: std::sync::Arc::default(),
    }
}

/// Each bought at a price, without a fee; and what the last prices are.
fn with_legs(margin_mode: MarginMode, legs: &[(Instrument, Decimal, Decimal, f64)]) -> (Portfolio, Instruments) {
    let mut all = Instruments::default();
    for (instrument, ..) in legs {
        all.add(instrument.clone());
    }
    let capital = Money::new(dec!(10000), Currency::new("USDT"));
    let mut portfolio = Portfolio::of(&all, &capital, margin_mode, &[]).unwrap();
    for (instrument, quantity, price, mark) in legs {
        let id = all.find(&instrument.symbol).unwrap();
        let fee = Money::new(dec!(0), instrument.settlement.clone());
        let plain = trade(Side::Buy, PositionSide::Long, *price, *quantity, dec!(0));
        let bought = Trade { instrument: id, symbol: instrument.symbol.clone(), fee, ..plain };
        portfolio.apply(&bought, instrument, 10).unwrap();
        portfolio.set_mark(id, *mark);
    }
    (portfolio, all)
}

const INVERSE: InstrumentKind = InstrumentKind::Perpetual(crate::Payoff::Inverse);

#[test]
fn what_is_settled_in_another_currency_has_its_own_balance_and_is_valued_at_last_prices() {
    let coin = (between("BTC", "USDT", INVERSE), dec!(1000), dec!(40000), 50000.0);
    let (mut portfolio, all) = with_legs(MarginMode::Isolated, &[coin]);
    // 2.5 BTC at entry, 2 BTC now: half a coin of profit, at 50,000.
    assert_eq!(portfolio.equity(&all), dec!(35000));
    assert_eq!((portfolio.margin(), portfolio.free()), (dec!(12500), dec!(10000)));
    let (id, instrument) = all.iter().next().unwrap();
    assert_eq!(portfolio.free_times_in(id, 10), dec!(-2.5));
    let fee = Money::new(dec!(0.001), Currency::new("BTC"));
    let sold = Trade { fee, ..trade(Side::Sell, PositionSide::Long, dec!(50000), dec!(1000), dec!(0)) };
    portfolio.apply(&sold, instrument, 10).unwrap();
    assert_eq!((portfolio.balance(), portfolio.balance_in(&Currency::new("BTC"))), (dec!(10000), dec!(0.499)));
    assert_eq!(portfolio.equity(&all), dec!(34950));
    assert!((portfolio.approximate_equity() - 34950.0).abs() < 1e-6);
}

#[test]
fn a_fee_in_a_third_asset_leaves_the_main_balance_alone() {
    let btc = (between("BTC", "USDT", InstrumentKind::LINEAR_PERPETUAL), dec!(1), dec!(40000), 40000.0);
    let bnb = (between("BNB", "BTC", InstrumentKind::Spot), dec!(1), dec!(0.01), 0.01);
    let (mut portfolio, all) = with_legs(MarginMode::Isolated, &[btc, bnb]);
    portfolio.settle_money(&Money::new(dec!(-2), Currency::new("BNB")));
    // A coin that nobody named at the start counts, and is worth nothing in another.
    assert_eq!((portfolio.balance_in(&Currency::new("BNB")), portfolio.rate(&Currency::new("BNB"))), (dec!(-2), None));
    let capital = Money::new(dec!(10000), Currency::new("USDT"));
    let mut named = Portfolio::of(&all, &capital, MarginMode::Isolated, &[Currency::new("BNB")]).unwrap();
    for (id, _) in all.iter() {
        named.set_mark(id, portfolio.mark(id));
    }
    named.settle_money(&Money::new(dec!(-2), Currency::new("BNB")));
    // Over two markets: 2 BNB are 0.02 BTC are 800 USDT.
    assert_eq!((named.balance(), named.equity(&all)), (dec!(10000), dec!(9200)));
    assert!((named.approximate_equity() - 9200.0).abs() < 1e-6);
}

#[test]
fn an_account_that_cannot_be_added_up_is_refused() {
    let mut all = Instruments::default();
    all.add(between("BTC", "USD", INVERSE));
    let error = Portfolio::of(&all, &Money::new(dec!(1), Currency::new("USDT")), MarginMode::Isolated, &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "BTC: nothing says what it is worth in USDT; add an instrument between the two, such as BTCUSDT, or trade only what is \
         settled in USDT"
    );
    assert!(Portfolio::of(&all, &Money::new(dec!(1), Currency::new("BTC")), MarginMode::Isolated, &[]).is_ok());
}

#[test]
fn with_cross_margin_margins_follow_the_price_and_gains_are_free() {
    let leg = || (between("BTC", "USDT", InstrumentKind::LINEAR_PERPETUAL), dec!(1), dec!(30000), 32000.0);
    let (isolated, _) = with_legs(MarginMode::Isolated, &[leg()]);
    assert_eq!((isolated.margin(), isolated.free(), isolated.free_times(10)), (dec!(3000), dec!(7000), dec!(70000)));
    let (cross, _) = with_legs(MarginMode::Cross, &[leg()]);
    assert_eq!((cross.margin(), cross.free(), cross.free_times(10)), (dec!(3200), dec!(8800), dec!(88000)));
    assert_eq!(cross.free_times(20), dec!(176000));
}

proptest! {
    #[test]
    fn position_and_balance_follow_from_the_fills_alone(fills in prop::collection::vec((any::<bool>(), any::<bool>(), 1_i64..1_000_000, 1_i64..100_000), 1..60)) {
        let instruments = instruments();
        let (id, instrument) = instruments.iter().next().unwrap();
        let mut portfolio = Portfolio::new(dec!(10000), 1);
        let (mut cash, mut long, mut short) = (dec!(10000), Decimal::ZERO, Decimal::ZERO);
        for (open, is_long, price, quantity) in fills {
            let leg = if is_long { PositionSide::Long } else { PositionSide::Short };
            let side = if open { leg.opening_side() } else { leg.closing_side() };
            let (price, quantity) = (Decimal::new(price, 1), Decimal::new(quantity, 3));
            let fee = price * quantity * dec!(0.0005);
            if portfolio.apply(&trade(side, leg, price, quantity, fee), instrument, 3).is_ok() {
                let signed = if side == Side::Buy { quantity } else { -quantity };
                cash -= signed * price + fee;
                *(if is_long { &mut long } else { &mut short }) += signed;
            }
        }
        let held = |side| portfolio.leg(id, side).map_or(Decimal::ZERO, |leg| leg.quantity);
        prop_assert_eq!(held(PositionSide::Long), long);
        prop_assert_eq!(held(PositionSide::Short), -short);
        portfolio.set_mark(id, 12345.6);
        // Equity is cash plus the value of what is held, whatever way it was come by.
        let expect = cash + (long + short) * dec!(12345.6);
        prop_assert!((portfolio.equity(&instruments) - expect).abs() < dec!(0.0000000001));
        prop_assert!((portfolio.approximate_equity() - float_of(expect)).abs() < 1e-6);
    }
}
