//! What is remembered of orders that are over, and what it costs.

use metaexpert_connect::report::OrderState;
use metaexpert_core::NewOrder;
use rust_decimal::dec;

use super::*;
use crate::account::life::{
    Out,
    fixtures::{ID, NATURE, fill_of, limit, report_of, sent_of},
};

/// What may be kept of an order that is over, in bytes: its ticket, the names of one execution and of the order, and the empty
/// places of the tables that they are in.
const EACH: usize = 400;

fn order(sequence: u64) -> NewOrder {
    NewOrder { id: ClientOrderId { sequence, ..ID }, ..limit(dec!(2)) }
}

/// An order that stood, was executed at once, and is over.
fn live_through(orders: &mut Orders, order: &NewOrder) {
    let (id, now, mut out) = (order.id, Instant::now(), Out::default());
    let number = Some((8_000_000_000 + id.sequence).to_string());
    let report = OrderReport { venue_id: number.clone(), ..report_of(order, OrderState::New, dec!(0)) };
    let fill = FillReport { venue_id: number, ..fill_of(order, id.sequence, dec!(2)) };
    orders.add(Life::begin(order.clone(), sent_of(order), NATURE, now, &mut out), 0);
    assert_eq!((orders.of_report(&report), orders.is_over(id)), (Some(id), Some(false)));
    let life = &mut orders.get_mut(id).unwrap().life;
    life.report(&report, now, &mut out);
    life.fill(fill, now, &mut out);
    assert!(life.is_ended());
    orders.ended(id);
}

#[test]
fn what_is_remembered_of_an_order_that_is_over_is_small() {
    let mut orders = Orders::default();
    let counted = allocation_counter::measure(|| {
        for sequence in 1..=u64::try_from(REMEMBERED).unwrap() {
            live_through(&mut orders, &order(sequence));
        }
    });
    let each = usize::try_from(counted.bytes_current).unwrap() / REMEMBERED;
    assert!(each <= EACH, "{each} bytes for each");
}

#[test]
fn only_so_many_are_remembered_and_nothing_is_left_of_the_others() {
    let mut orders = Orders::default();
    let mut sequences = 1..;
    let mut live = |orders: &mut Orders, count: usize| {
        for sequence in sequences.by_ref().take(count) {
            live_through(orders, &order(sequence));
        }
    };
    live(&mut orders, 3 * REMEMBERED);
    let counted = allocation_counter::measure(|| live(&mut orders, REMEMBERED));
    assert!(orders.over.len() <= REMEMBERED && orders.ended.len() == orders.over.len());
    assert_eq!(orders.numbers.values().map(HashMap::len).sum::<usize>(), orders.over.len());
    // The same count as before, and the same tables.
    let grown = counted.bytes_current.unsigned_abs();
    assert!(grown < 16_384, "by {} bytes", counted.bytes_current);
}

#[test]
fn an_order_that_is_over_is_found_by_its_number_and_each_of_its_executions_counts_once() {
    let mut orders = Orders::default();
    let order = order(1);
    live_through(&mut orders, &order);
    let late = |id| FillReport { client_id: None, venue_id: Some("8000000001".into()), ..fill_of(&order, id, dec!(1)) };
    assert_eq!(orders.of_fill(&late(1)), Some(order.id));
    let ticket = orders.ticket(order.id).unwrap();
    assert_eq!((ticket.member, ticket.effect, ticket.reason), (0, order.effect, order.reason));
    assert_eq!(orders.hear_late(order.id, &late(1)), Some(false), "it was heard while the order lived");
    assert_eq!(orders.hear_late(order.id, &late(2)), Some(true));
    assert_eq!(orders.hear_late(order.id, &late(2)), Some(false));
    assert_eq!((orders.alive().len(), orders.is_over(order.id)), (0, Some(true)));
}

#[test]
fn what_the_journal_has_of_an_order_is_reckoned_on_after_its_end() {
    let mut orders = Orders::default();
    let (order, now) = (order(1), Instant::now());
    let standing = metaexpert_core::engine::Standing {
        order: order.clone(),
        filled: dec!(1.5),
        status: metaexpert_core::OrderStatus::PartiallyFilled,
        since: order.time,
    };
    orders.add(Life::resume(&standing, sent_of(&order), NATURE, now), 0);
    let booked = |orders: &Orders| orders.ticket(order.id).unwrap().booked;
    orders.meet(order.id, &fill_of(&order, 1, dec!(1)), true);
    assert_eq!(booked(&orders), dec!(0.5));
    orders.ended(order.id);
    orders.meet(order.id, &fill_of(&order, 1, dec!(1)), true);
    assert_eq!(booked(&orders), dec!(0.5), "it was met");
    orders.meet(order.id, &fill_of(&order, 2, dec!(0.5)), true);
    assert_eq!(booked(&orders), dec!(0));
}
