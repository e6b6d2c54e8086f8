//! What holds whatever happens.

use metaexpert_core::Side;
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

use super::*;
use crate::prices::Prices;

/// An order: which market, which way, how many thousandths, how far from the price (in tenths of a percent), and what becomes of it.
type Step = (bool, bool, u32, i32, u8);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((any::<bool>(), any::<bool>(), 1_u32..60, -30_i32..30, 0_u8..6), 1..40)
}

fn request(bench: &mut Bench, (eth, buys, thousandths, off, _): Step) -> Need {
    let (market, base) = if eth { (ETHUSDT, dec!(3000)) } else { (BTCUSDT, dec!(60000)) };
    let price = base * (Decimal::ONE + Decimal::new(off.into(), 3));
    let side = if buys { Side::Buy } else { Side::Sell };
    bench.need(market, side, Decimal::new(thousandths.into(), 3), price)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_wallet_is_the_sum_of_its_history_and_an_order_never_takes_more_than_is_free(steps in steps(), isolated in any::<bool>()) {
        let mut bench = bench(Class::Linear, &[("USDT", dec!(500))]);
        bench.futures.set_margin_type(ETHUSDT, isolated).ok();
        for step in steps {
            let need = request(&mut bench, step);
            let before = bench.coin("USDT");
            let admitted = bench.futures.admit(&need, &bench.prices);
            if admitted.is_ok() {
                let usdt = bench.coin("USDT");
                let left = bench.futures.left(&Currency::new("USDT"), &bench.prices);
                prop_assert!(usdt.initial == before.initial || left >= Decimal::ZERO, "{left}");
                match step.4 {
                    // Most trade at once, some are taken back, some stand.
                    0..=3 => { bench.fill(&need, false); }
                    4 => bench.undo(&need),
                    _ => {}
                }
            }
            if admitted.is_err() || step.4 == 4 {
                prop_assert_eq!(&bench.coin("USDT"), &before);
            }
            if step.4 == 3 {
                bench.futures.fund(need.market, dec!(0.0003), need.price, at(1), &bench.prices);
            }
            for taken in bench.futures.follow(at(2), &bench.prices).1 {
                let price = bench.prices.last(taken.market).unwrap();
                bench.liquidate(taken.market, taken.side, taken.quantity, price);
            }
            let booked: Decimal = bench.futures.history().iter().map(|entry| entry.amount.amount).sum();
            prop_assert_eq!(bench.coin("USDT").wallet, booked);
            let held = bench.futures.positions(&bench.prices).iter().any(|row| !row.now.amount.is_zero());
            prop_assert!(held || bench.coin("USDT").wallet >= Decimal::ZERO);
        }
    }

    #[test]
    fn margin_of_a_closed_position_is_free_again(steps in steps()) {
        let mut bench = bench(Class::Linear, &[("USDT", dec!(100000))]);
        bench.futures.set_margin_type(BTCUSDT, true).ok();
        for step in steps {
            let need = request(&mut bench, step);
            bench.futures.admit(&need, &bench.prices).unwrap();
            bench.fill(&need, false);
        }
        for market in [BTCUSDT, ETHUSDT] {
            let held = bench.futures.amount(market, None);
            let side = if held.is_sign_negative() { Side::Buy } else { Side::Sell };
            if !held.is_zero() {
                let price = bench.prices.last(market).unwrap();
                bench.trade(market, side, held.abs(), price);
            }
        }
        let usdt = bench.coin("USDT");
        prop_assert_eq!((usdt.initial, usdt.unrealized, usdt.maintenance), (dec!(0), dec!(0), dec!(0)));
        prop_assert_eq!((usdt.available, usdt.cross_wallet, usdt.max_withdraw), (usdt.wallet, usdt.wallet, usdt.wallet));
    }

    #[test]
    fn a_wallet_of_coins_ends_as_the_sum_of_its_history_and_is_never_in_debt(
        steps in prop::collection::vec((any::<bool>(), 1_u32..40, -300_i32..300), 1..40),
        isolated in any::<bool>(),
    ) {
        let mut bench = bench(Class::Inverse, &[("BTC", dec!(0.01))]);
        bench.futures.set_margin_type(BTCUSD, isolated).ok();
        for (buys, contracts, off) in steps {
            let price = dec!(50000) + Decimal::from(off) * dec!(10);
            bench.prices.set(BTCUSD, price);
            for taken in bench.futures.follow(at(2), &bench.prices).1 {
                bench.liquidate(taken.market, taken.side, taken.quantity, price);
            }
            let need = bench.need(BTCUSD, if buys { Side::Buy } else { Side::Sell }, contracts.into(), price);
            if bench.futures.admit(&need, &bench.prices).is_ok() {
                bench.fill(&need, false);
            }
            let booked: Decimal = bench.futures.history().iter().map(|entry| entry.amount.amount).sum();
            let btc = bench.coin("BTC");
            prop_assert_eq!(btc.wallet, booked);
            prop_assert!(btc.wallet >= Decimal::ZERO || !bench.row(BTCUSD).now.amount.is_zero());
        }
    }
}
