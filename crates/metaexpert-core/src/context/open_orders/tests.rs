//! What orders that are not done cost and count for.

use rust_decimal::dec;

use super::*;
use crate::{
    Context, Currency, InstrumentKind, InstrumentRules, Percent, Symbol, config::Config, context::Setup, log::ExpertLog,
};

/// A context whose symbol costs 100.
fn context() -> Context {
    let (base, quote) = (Currency::new("BTC"), Currency::new("USDT"));
    let mut instruments = Instruments::default();
    let main = instruments.add(Instrument {
        symbol: Symbol::new("BTCUSDT").unwrap(),
        base,
        settlement: quote.clone(),
        quote,
        kind: InstrumentKind::LINEAR_PERPETUAL,
        rules: InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: dec!(0.001),
            min_notional: dec!(0),
            contract_size: dec!(1),
            maintenance_margin: Percent::ZERO,
        },
        brackets: std::sync::Arc::default(),
    });
    let config = Config { initial_capital: dec!(1_000_000_000), ..Config::default() };
    let setup = Setup { config, instruments, main, taker_fee: dec!(0.001), run: 1, log: ExpertLog::silent() };
    let mut context = Context::new(setup, Vec::new()).unwrap();
    context.desk.see(main, 100.0, 1.0);
    context
}

/// How many orders are looked at for a round of a market order, a change, a cancel and what the venue says to them, beside so
/// many that rest.
fn looked_at_beside(resting: usize, rounds: u64) -> u64 {
    let mut context = context();
    for _ in 0..resting {
        context.buy().quantity(1.0).limit(90.0).send().unwrap();
    }
    let before = context.desk.orders.looked.get();
    for _ in 0..rounds {
        let market = context.buy().quantity(1.0).send().unwrap();
        let limit = context.sell().quantity(1.0).limit(110.0).send().unwrap();
        context.amend(limit).price(111.0).send().unwrap();
        context.desk.amended(limit, crate::Quantity::new(dec!(1)).unwrap());
        context.cancel(limit).unwrap();
        for id in [market, limit] {
            context.desk.stands(id, OrderStatus::Filled, UnixNanos::default());
            context.desk.done(id);
        }
        context.desk.outbox.clear();
    }
    context.desk.orders.looked.get() - before
}

#[test]
fn an_order_costs_the_same_beside_a_thousand_resting_ones_and_after_ten_thousand() {
    let alone = looked_at_beside(0, 1);
    assert!(alone > 0);
    assert_eq!(looked_at_beside(1_000, 1), alone);
    assert_eq!(looked_at_beside(1, 10_000), 10_000 * alone);
}

#[test]
fn what_rests_is_the_sum_of_what_is_left_and_nothing_once_all_is_gone() {
    let mut context = context();
    let main = context.instrument;
    let ids: Vec<_> = [1.0, 2.0, 3.0].map(|quantity| context.buy().quantity(quantity).limit(90.0).send().unwrap()).to_vec();
    let resting = |context: &Context| context.desk.orders.resting_entries(main, Side::Buy);
    assert_eq!((resting(&context).quantity, resting(&context).value, resting(&context).orders), (dec!(6), dec!(540), 3));
    let instruments = context.desk.instruments.clone();
    context.desk.orders.update(ids[1], &instruments, |working| working.filled = dec!(1.5));
    assert_eq!((resting(&context).quantity, resting(&context).value), (dec!(4.5), dec!(405)));
    for id in ids {
        context.desk.done(id);
    }
    assert_eq!((resting(&context).quantity, resting(&context).value, resting(&context).orders), (dec!(0), dec!(0), 0));
}

#[test]
fn of_linked_orders_the_largest_counts_and_when_it_is_gone_the_next() {
    let mut context = context();
    let main = context.instrument;
    let ticket = |quantity: f64, price: f64| crate::context::Ticket::buy().quantity(quantity).limit(price);
    let [small, large] = context.oco(ticket(1.0, 90.0), ticket(3.0, 80.0)).unwrap();
    let quantity = |context: &Context| context.desk.orders.resting_entries(main, Side::Buy).quantity;
    assert_eq!(quantity(&context), dec!(3));
    context.desk.done(large);
    assert_eq!(quantity(&context), dec!(1));
    context.desk.done(small);
    assert_eq!(quantity(&context), dec!(0));
}

#[test]
fn orders_are_listed_in_the_order_sent_those_that_rest_and_those_on_their_way_alike() {
    let mut context = context();
    let sent = [None, Some(90.0), None, None, Some(80.0)].map(|limit| {
        let order = context.buy().quantity(1.0);
        if let Some(price) = limit { order.limit(price).send().unwrap() } else { order.send().unwrap() }
    });
    assert_eq!(context.orders().map(|order| order.id).collect::<Vec<_>>(), sent);
    for (gone, left) in [(2, vec![0, 1, 3, 4]), (1, vec![0, 3, 4]), (0, vec![3, 4])] {
        context.desk.done(sent[gone]);
        assert_eq!(context.order(sent[gone]), None);
        assert_eq!(
            context.orders().map(|order| order.id).collect::<Vec<_>>(),
            left.iter().map(|place| sent[*place]).collect::<Vec<_>>()
        );
    }
}

#[test]
fn orders_come_in_the_order_in_which_they_were_sent_whatever_the_numbers_of_their_runs() {
    let mut earlier = context();
    let sent = earlier.buy().quantity(1.0).limit(90.0).send().unwrap();
    let order = earlier.desk.orders.get(sent).unwrap().order.clone();
    let mut context = context();
    let of = |run, sequence| NewOrder { id: ClientOrderId { run, sequence, ..order.id }, ..order.clone() };
    let standing = |order| Standing { order, filled: Decimal::ZERO, status: OrderStatus::Accepted, since: UnixNanos::default() };
    let market = NewOrder { kind: OrderKind::Market, ..of(9, 5) };
    context.desk.resume(&[], &[], vec![standing(of(9, 4)), standing(market), standing(of(3, 7))]);
    let mine = context.buy().quantity(1.0).limit(90.0).send().unwrap();
    let ids: Vec<_> = context.desk.orders.iter().map(|working| (working.order.id.run, working.order.id.sequence)).collect();
    assert_eq!(ids, [(9, 4), (9, 5), (3, 7), (1, mine.sequence)]);
    context.desk.done(of(9, 5).id);
    context.desk.done(of(3, 7).id);
    assert!(context.desk.orders.get(of(3, 7).id).is_none() && context.desk.orders.get(of(9, 4).id).is_some());
}
