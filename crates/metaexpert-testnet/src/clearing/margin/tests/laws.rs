//! Whatever is done: nothing appears from nowhere, nothing is below zero, and what is owed is what the ledger says.

use metaexpert_matching::Holder;
use proptest::prelude::*;
use rust_decimal::dec;

use super::*;

/// Something that is done with a wallet.
#[derive(Debug, Clone)]
enum Act {
    Borrow(bool, i64),
    Repay(bool, i64),
    Transfer(bool, i64),
    Order(Order),
    Wait(i64),
    Price(i64),
}

#[derive(Debug, Clone)]
struct Order {
    side: Side,
    lots: i64,
    loan: Loan,
    filled: i64,
    keeps_loan: bool,
}

fn act() -> impl Strategy<Value = Act> {
    let amount = || (any::<bool>(), 1_i64..20_000);
    let loan = prop::sample::select(vec![Loan::None, Loan::Borrow, Loan::Repay, Loan::BorrowAndRepay]);
    let side = prop::sample::select(vec![Side::Buy, Side::Sell]);
    let order = (side, 1_i64..60, loan, 0_i64..60, any::<bool>()).prop_map(|(side, lots, loan, filled, keeps_loan)| Order {
        side,
        lots,
        loan,
        filled,
        keeps_loan,
    });
    prop_oneof![
        amount().prop_map(|(is_btc, amount)| Act::Borrow(is_btc, amount)),
        amount().prop_map(|(is_btc, amount)| Act::Repay(is_btc, amount)),
        (any::<bool>(), -20_000_i64..20_000).prop_map(|(is_btc, amount)| Act::Transfer(is_btc, amount)),
        order.prop_map(Act::Order),
        (1_i64..5 * HOUR).prop_map(Act::Wait),
        (20_000_i64..120_000).prop_map(Act::Price),
    ]
}

/// So much tether, or coins of that worth at 60,000.
fn money(is_btc: bool, amount: i64) -> Money {
    if is_btc { of("BTC", (Decimal::from(amount) / dec!(60000)).round_dp(5)) } else { of("USDT", Decimal::from(amount)) }
}

struct Rehearsal {
    wallet: CrossMargin,
    prices: Fake,
    price: Decimal,
    now: i64,
    orders: u64,
}

impl Rehearsal {
    fn new() -> Self {
        let wallet = cross(5, &[("USDT", dec!(10000)), ("BTC", dec!(0.1))]);
        Self { wallet, prices: Fake::new(), price: dec!(60000), now: 0, orders: 0 }
    }

    fn act(&mut self, act: &Act) {
        let now = at(self.now);
        match act {
            Act::Borrow(is_btc, amount) => drop(self.wallet.borrow(&money(*is_btc, *amount), now, &self.prices)),
            Act::Repay(is_btc, amount) => drop(self.wallet.repay(&money(*is_btc, *amount), now, &self.prices)),
            Act::Transfer(is_btc, amount) => {
                drop(self.wallet.transfer(&money(*is_btc, *amount), now, Cause::Transfer, &self.prices));
            }
            Act::Order(order) => self.order(order),
            Act::Wait(nanos) => self.now += nanos,
            Act::Price(price) => self.price = Decimal::from(*price),
        }
        self.prices.set(BTC_USDT, self.price);
        self.follow();
    }

    fn order(&mut self, order: &Order) {
        self.orders += 1;
        let quantity = Decimal::new(order.lots, 2);
        let asked = need(self.orders, BTC_USDT, order.side, quantity, self.price);
        if self.wallet.admit(&Need { loan: order.loan, time: at(self.now), ..asked }, &self.prices).is_err() {
            return;
        }
        if order.keeps_loan {
            self.wallet.keep_loan(OrderId(self.orders));
        }
        let filled = Decimal::new(order.filled, 2).min(quantity);
        if !filled.is_zero() {
            let part = fill(self.orders, BTC_USDT, order.side, filled, self.price);
            self.wallet.execute(&Fill { loan: order.loan, time: at(self.now), ..part }, &self.prices);
        }
        self.wallet.release(OrderId(self.orders), None);
    }

    /// Sends what is taken over, as the world does, until nothing is.
    fn follow(&mut self) {
        for _ in 0..10 {
            let (_, sales) = self.wallet.follow(at(self.now), &self.prices);
            if sales.is_empty() {
                return;
            }
            for sale in sales {
                self.orders += 1;
                let sold = fill(self.orders, sale.market, sale.side, sale.quantity, self.price);
                self.wallet.execute(&Fill { is_liquidation: true, time: at(self.now), ..sold }, &self.prices);
            }
        }
        panic!("a take-over comes to an end");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn money_is_conserved_and_debts_are_what_the_ledger_says(acts in prop::collection::vec(act(), 1..40)) {
        let mut rehearsal = Rehearsal::new();
        for act in &acts {
            rehearsal.act(act);
            let wallet = &rehearsal.wallet;
            for asset in wallet.assets() {
                let id = wallet.ledger().find(&asset.currency).unwrap();
                prop_assert_eq!(Holder::ALL.iter().map(|holder| wallet.ledger().balance(*holder, id)).sum::<Decimal>(), Decimal::ZERO);
                prop_assert!(asset.free >= Decimal::ZERO && asset.borrowed >= Decimal::ZERO && asset.interest >= Decimal::ZERO);
                prop_assert_eq!(asset.locked, Decimal::ZERO);
                prop_assert_eq!(wallet.ledger().owed(id), asset.borrowed + asset.interest);
            }
        }
    }

    #[test]
    fn flows_add_up_to_what_is_held(acts in prop::collection::vec(act(), 1..40)) {
        let mut rehearsal = Rehearsal::new();
        for act in &acts {
            rehearsal.act(act);
        }
        for asset in rehearsal.wallet.assets() {
            let flowed: Decimal =
                rehearsal.wallet.flows().iter().filter(|flow| flow.currency == asset.currency).map(|flow| flow.amount).sum();
            prop_assert_eq!(flowed, asset.total(), "{}", asset.currency);
        }
    }

    #[test]
    fn what_was_borrowed_and_charged_and_not_paid_back_is_owed(acts in prop::collection::vec(act(), 1..40)) {
        let mut rehearsal = Rehearsal::new();
        for act in acts.iter().filter(|act| !matches!(act, Act::Price(_))) {
            rehearsal.act(act);
        }
        let wallet = &rehearsal.wallet;
        for asset in wallet.assets() {
            let of_it = || wallet.loans().iter().filter(|loan| loan.currency == asset.currency);
            let borrowed: Decimal = of_it().filter(|loan| loan.is_borrow).map(|loan| loan.principal).sum();
            let paid: Decimal = of_it().filter(|loan| !loan.is_borrow).map(LoanRecord::amount).sum();
            let charged: Decimal = wallet.interest().iter().filter(|it| it.owed == asset.currency).map(|it| it.interest).sum();
            prop_assert_eq!(borrowed + charged - paid, asset.borrowed + asset.interest, "{}", asset.currency);
        }
    }
}
