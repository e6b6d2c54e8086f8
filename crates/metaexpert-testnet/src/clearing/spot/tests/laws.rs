//! Whatever is ordered, executed and cancelled: nothing appears from nowhere, nothing is below zero, and what was set aside is freed.

use metaexpert_core::{Currency, Money, Side, UnixNanos};
use metaexpert_matching::Holder;
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

use super::{
    super::{SpotFees, SpotWallet},
    fake::{BTC_USDT, ETH_USDT, Fake, fill, need},
};
use crate::{
    clearing::{Changed, Clearing, EntryKind, Numbers},
    news::Cause,
    order::OrderId,
};

/// What becomes of one order: parts of it are executed at better prices, a part is taken off, and the rest is cancelled.
#[derive(Debug, Clone)]
struct Life {
    is_eth: bool,
    side: Side,
    lots: i64,
    price: i64,
    fills: Vec<(i64, i64)>,
    taken_off: i64,
    pays_in_coin: bool,
}

fn life() -> impl Strategy<Value = Life> {
    let side = prop::sample::select(vec![Side::Buy, Side::Sell]);
    let fills = prop::collection::vec((1_i64..40, 0_i64..500), 0..4);
    (any::<bool>(), side, 1_i64..100, 100_000_i64..400_000, fills, 0_i64..30, any::<bool>()).prop_map(
        |(is_eth, side, lots, price, fills, taken_off, pays_in_coin)| Life {
            is_eth,
            side,
            lots,
            price,
            fills,
            taken_off,
            pays_in_coin,
        },
    )
}

fn rich() -> SpotWallet {
    let mut wallet = SpotWallet::new(SpotFees::standard("BNB"), Numbers::default());
    for (coin, amount) in [("USDT", dec!(60000)), ("BTC", dec!(5)), ("ETH", dec!(5)), ("BNB", dec!(0.01))] {
        let money = Money::new(amount, Currency::new(coin));
        wallet.transfer(&money, UnixNanos::default(), Cause::Deposit, &Fake::new()).unwrap();
    }
    wallet
}

/// Lets an order live. Returns all that changed.
fn live(wallet: &mut SpotWallet, order: u64, life: &Life) -> Vec<Changed> {
    let (prices, market) = (Fake::new(), if life.is_eth { ETH_USDT } else { BTC_USDT });
    let (quantity, limit) = (Decimal::new(life.lots, 2), Decimal::new(life.price, 1));
    wallet.pay_fees_in_coin(life.pays_in_coin);
    let Ok(admitted) = wallet.admit(&need(order, market, life.side, quantity, limit), &prices) else { return Vec::new() };
    let (mut changes, mut left) = (vec![admitted], quantity);
    for (lots, better) in &life.fills {
        let part = Decimal::new(*lots, 2).min(left);
        if part.is_zero() {
            break;
        }
        let improvement = Decimal::new(*better, 1) * if life.side == Side::Buy { dec!(-1) } else { dec!(1) };
        changes.push(wallet.execute(&fill(order, market, life.side, part, limit + improvement), &prices).changed);
        left -= part;
    }
    changes.push(wallet.release(OrderId(order), Some(Decimal::new(life.taken_off, 2))));
    changes.push(wallet.release(OrderId(order), None));
    changes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_changed_adds_up_to_what_is_there(lives in prop::collection::vec(life(), 1..8)) {
        let mut wallet = rich();
        let mut sums: Vec<_> = wallet.balances(&Fake::new()).into_iter().map(|now| (now.currency, now.wallet)).collect();
        for (order, life) in (1..).zip(&lives) {
            for change in live(&mut wallet, order, life).into_iter().flat_map(|changed| changed.balances) {
                prop_assert!(change.free >= Decimal::ZERO && change.locked >= Decimal::ZERO, "{:?}", change);
                let sum = sums.iter_mut().find(|(coin, _)| *coin == change.currency).unwrap();
                sum.1 += change.change;
                prop_assert_eq!(sum.1, change.free + change.locked);
            }
        }
        for now in wallet.balances(&Fake::new()) {
            // Every order is over, so nothing may be set aside any more.
            prop_assert_eq!(now.locked, Decimal::ZERO);
            prop_assert!(sums.contains(&(now.currency, now.free)));
        }
    }

    #[test]
    fn nothing_appears_from_nowhere(lives in prop::collection::vec(life(), 1..8)) {
        let mut wallet = rich();
        for (order, life) in (1..).zip(&lives) {
            live(&mut wallet, order, life);
        }
        for (id, currency) in wallet.ledger().currencies() {
            let all: Decimal = Holder::ALL.iter().map(|holder| wallet.ledger().balance(*holder, id)).sum();
            prop_assert_eq!(all, Decimal::ZERO);
            // Whoever was admitted can pay: the exchange never has to.
            prop_assert_eq!(wallet.ledger().balance(Holder::Insurance, id), Decimal::ZERO);
            let fees: Decimal = wallet
                .history()
                .iter()
                .filter(|entry| entry.kind == EntryKind::Commission && entry.amount.currency == *currency)
                .map(|entry| entry.amount.amount)
                .sum();
            prop_assert_eq!(wallet.ledger().balance(Holder::Fees, id), -fees);
        }
    }

    #[test]
    fn releasing_undoes_admitting(life in life()) {
        let mut wallet = rich();
        let before = wallet.balances(&Fake::new());
        live(&mut wallet, 1, &Life { fills: Vec::new(), ..life });
        prop_assert_eq!(wallet.balances(&Fake::new()), before);
    }
}
