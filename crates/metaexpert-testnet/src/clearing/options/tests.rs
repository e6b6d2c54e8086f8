//! Worked examples: every number of an expectation is reckoned by hand in the comment beside it.

use metaexpert_core::{Currency, Money, PositionSide, Side, UnixNanos};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

use super::{OptionsAccount, OptionsFees, OptionsWallet};
use crate::{
    clearing::{Booked, Clearing, EntryKind, Fill, Need, Numbers, futures::tests::quoted::Quoted},
    listing::MarketId,
    news::Cause,
    order::{Loan, OrderId, Refusal},
};

const CALL: MarketId = MarketId(0);
const PUT: MarketId = MarketId(1);

struct Bench {
    options: OptionsWallet,
    prices: Quoted,
    order: u64,
}

fn bench(usdt: Decimal) -> Bench {
    let prices = Quoted::options();
    let mut options = OptionsWallet::new(&prices, OptionsFees::BINANCE, Numbers::default());
    options.transfer(&Money::new(usdt, Currency::new("USDT")), at(0), Cause::Deposit, &prices).unwrap();
    Bench { options, prices, order: 0 }
}

fn at(nanos: i64) -> UnixNanos {
    UnixNanos::from_nanos(nanos)
}

impl Bench {
    fn need(&mut self, market: MarketId, side: Side, quantity: Decimal, price: Decimal) -> Need {
        self.order += 1;
        let order = OrderId(self.order);
        let (leg, loan, time) = (None, Loan::None, at(0));
        Need { order, market, side, quantity, price, budget: None, leg, reduce_only: false, loan, time }
    }

    fn order(&mut self, market: MarketId, side: Side, quantity: Decimal, price: Decimal) -> Result<Need, Refusal> {
        let need = self.need(market, side, quantity, price);
        self.options.admit(&need, &self.prices).map(|_| need)
    }

    fn trade(&mut self, market: MarketId, side: Side, quantity: Decimal, price: Decimal) -> Booked {
        let need = self.order(market, side, quantity, price).unwrap();
        self.fill(&need, false)
    }

    fn fill(&mut self, need: &Need, is_liquidation: bool) -> Booked {
        let Need { order, market, side, leg, price, quantity, loan, .. } = *need;
        let fill = Fill {
            trade_id: order.0,
            order,
            market,
            side,
            leg,
            price,
            quantity,
            is_maker: false,
            loan,
            is_liquidation,
            time: at(1),
        };
        self.options.execute(&fill, &self.prices)
    }

    fn account(&self) -> OptionsAccount {
        self.options.account_in(&Currency::new("USDT"), &self.prices)
    }
}

#[test]
fn who_buys_pays_the_premium_and_the_fee_and_holds_nothing() {
    let mut bench = bench(dec!(1000));
    // 0.5 * 1,000 = 500; fee 0.03 % of 60,000 is 18 a piece, less than 100, so 9.
    let order = bench.order(CALL, Side::Buy, dec!(0.5), dec!(1000)).unwrap();
    assert_eq!((bench.account().order_initial, bench.account().available), (dec!(509), dec!(491)));
    assert_eq!(bench.order(CALL, Side::Buy, dec!(0.5), dec!(1000)).map(|_| ()), Err(Refusal::Funds));
    let booked = bench.fill(&order, false);
    assert_eq!((booked.value, booked.fee.amount, booked.leg), (dec!(500), dec!(9), PositionSide::Long));
    let account = bench.account();
    assert_eq!((account.margin_balance, account.available, account.equity), (dec!(491), dec!(491), dec!(991)));
    let row = bench.options.positions(&bench.prices)[0].clone();
    assert_eq!((row.amount, row.entry_price, row.mark_value), (dec!(0.5), dec!(1000), dec!(500)));

    // Sold at 1,200: 600 come in, 100 are gained, the fee is 9 again.
    bench.prices.set(CALL, dec!(1200));
    assert_eq!(bench.account().unrealized, dec!(100));
    let booked = bench.trade(CALL, Side::Sell, dec!(0.5), dec!(1200));
    assert_eq!((booked.realized, booked.fee.amount), (dec!(100), dec!(9)));
    assert_eq!(bench.account().margin_balance, dec!(1082));
}

#[test]
fn the_fee_is_never_more_than_a_tenth_of_the_premium() {
    let mut bench = bench(dec!(1000));
    assert_eq!(bench.trade(CALL, Side::Buy, dec!(1), dec!(50)).fee.amount, dec!(5));
}

#[test]
fn who_sells_is_paid_and_puts_up_a_margin() {
    let mut bench = bench(dec!(6000));
    // At the money: 15 % of 60,000 and the mark, 10,000 a piece. 0.5 of it are 5,000, of which 500 come in; fee 9.
    let order = bench.order(CALL, Side::Sell, dec!(0.5), dec!(1000)).unwrap();
    assert_eq!(bench.account().order_initial, dec!(4509));
    assert_eq!(bench.order(PUT, Side::Sell, dec!(0.5), dec!(1000)).map(|_| ()), Err(Refusal::Margin));
    let booked = bench.fill(&order, false);
    assert_eq!((booked.leg, booked.changed.balances[0].change), (PositionSide::Short, dec!(491)));
    // 6,491 - 5,000; to be kept 7.5 % of 60,000 and the mark, 5,500 a piece; worth 500 to whoever bought it.
    let account = bench.account();
    assert_eq!((account.margin_balance, account.initial, account.available), (dec!(6491), dec!(5000), dec!(1491)));
    assert_eq!((account.maintenance, account.equity), (dec!(2750), dec!(5991)));
    // Buying it back uses the margin that it sets free: 2,500 + 9 are less than 5,000.
    bench.order(CALL, Side::Buy, dec!(0.5), dec!(5000)).unwrap();
    assert_eq!(bench.account().order_initial, dec!(0));
}

#[test]
fn what_reduces_only_is_refused_where_nothing_is_held() {
    let mut bench = bench(dec!(2000));
    let need = Need { reduce_only: true, ..bench.need(CALL, Side::Sell, dec!(1), dec!(1000)) };
    assert_eq!(bench.options.check(&need, &bench.prices), Err(Refusal::ReduceOnly));
    bench.trade(CALL, Side::Buy, dec!(1), dec!(1000));
    bench.options.admit(&need, &bench.prices).unwrap();
    assert_eq!(bench.options.reducible(CALL, Side::Sell), dec!(0));
}

#[test]
fn an_option_in_the_money_is_exercised_at_its_end() {
    let mut bench = bench(dec!(20000));
    bench.trade(CALL, Side::Buy, dec!(0.5), dec!(1000));
    // 20,000 - 500 - 9. Settled at 63,000: 3,000 a piece; fee 0.015 % of 63,000 is 9.45 a piece.
    let delivered = bench.options.deliver(CALL, dec!(63000), at(9), &bench.prices);
    assert_eq!(
        (delivered[0].price, delivered[0].booked.value, delivered[0].booked.realized),
        (dec!(3000), dec!(1500), dec!(1000))
    );
    assert_eq!(delivered[0].booked.fee.amount, dec!(4.725));
    assert_eq!(bench.account().margin_balance, dec!(20986.275));
    let exercise = &bench.options.exercises()[0];
    assert_eq!((exercise.side, exercise.payoff, exercise.amount.amount), (PositionSide::Long, dec!(3000), dec!(1500)));
    assert!(bench.options.positions(&bench.prices).is_empty());
}

#[test]
fn who_sold_an_option_in_the_money_pays_at_its_end() {
    let mut bench = bench(dec!(20000));
    bench.trade(PUT, Side::Sell, dec!(0.5), dec!(1000));
    // 20,000 + 500 - 9. Settled at 57,000: 3,000 a piece go out; fee 0.015 % of 57,000 is 8.55 a piece.
    let delivered = bench.options.deliver(PUT, dec!(57000), at(9), &bench.prices);
    assert_eq!((delivered[0].side, delivered[0].booked.realized), (Side::Buy, dec!(-1000)));
    assert_eq!(bench.account().margin_balance, dec!(18986.725));
    assert_eq!(bench.options.exercises()[0].amount.amount, dec!(-1500));
}

#[test]
fn an_option_out_of_the_money_is_gone_and_its_seller_keeps_the_premium() {
    let mut bench = bench(dec!(20000));
    bench.trade(PUT, Side::Sell, dec!(0.5), dec!(1000));
    let delivered = bench.options.deliver(PUT, dec!(63000), at(9), &bench.prices);
    assert_eq!(
        (delivered[0].booked.value, delivered[0].booked.fee.amount, delivered[0].booked.realized),
        (dec!(0), dec!(0), dec!(500))
    );
    let account = bench.account();
    assert_eq!((account.margin_balance, account.available), (dec!(20491), dec!(20491)));
}

#[test]
fn a_seller_who_cannot_keep_the_margin_is_told_and_then_taken_over() {
    let mut bench = bench(dec!(6000));
    bench.trade(CALL, Side::Sell, dec!(0.5), dec!(1000));
    // 6,491 in the wallet. With the index at 62,000 and the mark at 6,000: 0.5 * (4,650 + 6,000) = 5,325, 82 %.
    let mut move_to = |index, mark| {
        bench.prices.set_index(CALL, index);
        bench.prices.set(CALL, mark);
        bench.options.follow(at(3), &bench.prices)
    };
    let (told, taken) = move_to(dec!(62000), dec!(6000));
    assert_eq!((told[0].cause, told[0].changed.positions[0].amount, taken.len()), (Cause::MarginCall, dec!(-0.5), 0));
    // At 64,000 and 8,182: 0.5 * (4,800 + 8,182) = 6,491.
    let (told, taken) = move_to(dec!(64000), dec!(8182));
    assert_eq!((told.len(), taken[0].side, taken[0].quantity), (0, Side::Buy, dec!(0.5)));
    // Bought back at 14,000: 7,000 and a fee of 9.6 are more than there is, and the insurance pays the rest.
    let need = bench.need(CALL, Side::Buy, dec!(0.5), dec!(14000));
    bench.fill(&need, true);
    assert_eq!(bench.account().margin_balance, dec!(0));
    let last = bench.options.history().last().unwrap();
    assert_eq!((last.kind, last.amount.amount), (EntryKind::Insurance, dec!(518.6)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_order_never_takes_more_than_is_free_and_goes_without_a_trace(
        steps in prop::collection::vec((any::<bool>(), any::<bool>(), 1_u32..100, 500_u32..2000, 0_u8..4), 1..30),
    ) {
        let mut bench = bench(dec!(5000));
        for (put, buys, hundredths, price, fate) in steps {
            let side = if buys { Side::Buy } else { Side::Sell };
            let market = if put { PUT } else { CALL };
            let before = bench.account();
            if let Ok(need) = bench.order(market, side, Decimal::new(hundredths.into(), 2), price.into()) {
                let left = bench.options.left(&Currency::new("USDT"), &bench.prices);
                prop_assert!(bench.account().order_initial <= before.order_initial || left >= Decimal::ZERO, "{left}");
                match fate {
                    0 | 1 => { bench.fill(&need, false); }
                    2 => {
                        bench.options.release(need.order, None);
                        prop_assert_eq!(&bench.account(), &before);
                    }
                    _ => {}
                }
            }
            let booked: Decimal = bench.options.history().iter().map(|entry| entry.amount.amount).sum();
            prop_assert_eq!(bench.account().margin_balance, booked);
        }
    }
}
