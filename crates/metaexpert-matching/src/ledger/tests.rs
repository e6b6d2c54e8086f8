//! Whatever is booked, the entries add up to the balances, and all balances together to nothing.

use proptest::prelude::*;
use rust_decimal::dec;

use super::*;

fn holder() -> impl Strategy<Value = Holder> {
    prop::sample::select(Holder::ALL)
}

#[test]
fn a_negative_amount_goes_the_other_way() {
    let mut ledger = Ledger::new(Everything::default());
    let usdt = ledger.open(&Currency::new("USDT"));
    ledger.book(UnixNanos::default(), Cause::Fee, usdt, Holder::Free, Holder::Fees, dec!(-2));
    ledger.book(UnixNanos::default(), Cause::Fee, usdt, Holder::Free, Holder::Fees, dec!(0));
    let [entry] = ledger.kept().0.as_slice() else { panic!("one entry, since nothing is no entry") };
    assert_eq!((entry.from, entry.to, entry.amount), (Holder::Fees, Holder::Free, dec!(2)));
    assert_eq!((ledger.free(usdt), ledger.balance(Holder::Fees, usdt)), (dec!(2), dec!(-2)));
}

#[test]
fn what_is_set_aside_is_still_ours() {
    let mut ledger = Ledger::new(Nothing);
    let usdt = ledger.open(&Currency::new("USDT"));
    assert_eq!(ledger.open(&Currency::new("USDT")), usdt);
    let time = UnixNanos::default();
    ledger.book(time, Cause::Transfer, usdt, Holder::Outside, Holder::Free, dec!(100));
    ledger.book(time, Cause::Reserve, usdt, Holder::Free, Holder::Locked, dec!(30));
    ledger.book(time, Cause::Margin, usdt, Holder::Free, Holder::Margin, dec!(20));
    ledger.book(time, Cause::Borrow, usdt, Holder::Lender, Holder::Free, dec!(5));
    assert_eq!((ledger.free(usdt), ledger.locked(usdt), ledger.total(usdt)), (dec!(55), dec!(50), dec!(105)));
    assert_eq!(ledger.owed(usdt), dec!(5));
    assert_eq!(ledger.net().collect::<Vec<_>>(), [Money::new(dec!(100), Currency::new("USDT"))]);
}

proptest! {
    #![proptest_config(crate::account::cases())]

    #[test]
    fn the_sum_of_the_entries_is_the_balance_of_every_holder(
        bookings in prop::collection::vec((0_usize..3, holder(), holder(), -1_000_000_000_000_000_i64..1_000_000_000_000_000, 7_u32..25), 0..60),
    ) {
        let mut ledger = Ledger::new(Everything::default());
        let currencies = ["USDT", "BTC", "BNB"].map(|code| ledger.open(&Currency::new(code)));
        for (currency, from, to, mantissa, scale) in bookings {
            ledger.book(UnixNanos::default(), Cause::Transfer, currencies[currency], from, to, Decimal::new(mantissa, scale));
        }
        for id in currencies {
            let entries = || ledger.kept().0.iter().filter(|entry| entry.currency == id);
            for &holder in Holder::ALL {
                let gained: Decimal = entries().filter(|entry| entry.to == holder).map(|entry| entry.amount).sum();
                let lost: Decimal = entries().filter(|entry| entry.from == holder).map(|entry| entry.amount).sum();
                prop_assert_eq!(ledger.balance(holder, id), gained - lost, "{}", holder);
            }
            let ours: Decimal = Holder::ALL.iter().filter(|holder| holder.is_ours()).map(|&holder| ledger.balance(holder, id)).sum();
            prop_assert_eq!(ledger.total(id), ours);
            let all: Decimal = Holder::ALL.iter().map(|&holder| ledger.balance(holder, id)).sum();
            prop_assert_eq!(all, Decimal::ZERO);
        }
    }
}
