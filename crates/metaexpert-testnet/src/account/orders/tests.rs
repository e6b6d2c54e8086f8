//! Orders are found by number, by name and by place, and forgotten when there are too many.

use metaexpert_core::{OrderKind, Side, TimeInForce, UnixNanos};
use rust_decimal::{Decimal, dec};

use super::*;
use crate::order::{Echo, Loan, OrderRequest, OrderState, Origin, SelfTradePrevention, Size};

const PLACE: Place = (Wallet::Spot, MarketId(0));

fn order(id: u64, name: &str, state: OrderState) -> Order {
    let time = UnixNanos::from_nanos(0);
    Order {
        id: OrderId(id),
        request: OrderRequest {
            wallet: PLACE.0,
            market: PLACE.1,
            client_id: name.to_owned(),
            side: Side::Buy,
            kind: OrderKind::Market,
            time_in_force: TimeInForce::GoodTillCancelled,
            size: Size::Quantity(dec!(1)),
            iceberg: None,
            leg: None,
            reduce_only: false,
            self_trade: SelfTradePrevention::None,
            loan: Loan::None,
            echo: Echo::new(),
        },
        origin: Origin::Client,
        list: None,
        state,
        quantity: dec!(1),
        executed: Decimal::ZERO,
        value: Decimal::ZERO,
        created: time,
        updated: time,
        working_since: None,
        level: None,
        prevented: Decimal::ZERO,
        amends: 0,
        ended_by: None,
    }
}

#[test]
fn what_has_been_over_longest_is_forgotten_and_what_is_open_never() {
    let mut orders = Orders::default();
    orders.put(order(1, "open", OrderState::Working));
    let last = 2 * REMEMBERED as u64 + 12;
    for id in 2..=last {
        orders.put(order(id, "over", OrderState::Filled));
    }
    let all = orders.all(PLACE.0, PLACE.1);
    assert_eq!((all.len(), all[0].id, all[1].id), (REMEMBERED + 1, OrderId(1), OrderId(REMEMBERED as u64 + 13)));
    assert!(orders.by_place[&PLACE].len() <= 2 * REMEMBERED, "numbers of what is forgotten are, too");
    assert_eq!(orders.get(PLACE.0, PLACE.1, &Named::Client("over".into())).map(|order| order.id), Some(OrderId(last)));
    assert!(orders.get(PLACE.0, PLACE.1, &Named::Id(12)).is_none());
    assert_eq!(orders.open(PLACE.0, None).len(), 1);
}

#[test]
fn an_order_is_found_where_it_is_and_nowhere_else() {
    let mut orders = Orders::default();
    orders.put(order(1, "one", OrderState::Working));
    assert!(orders.get(PLACE.0, MarketId(1), &Named::Id(1)).is_none());
    assert!(orders.get(Wallet::Cross, PLACE.1, &Named::Client("one".into())).is_none());
    assert!(orders.has_open(PLACE.0, PLACE.1, "one"));
    orders.put(order(1, "one", OrderState::Cancelled));
    assert!(!orders.has_open(PLACE.0, PLACE.1, "one"));
    assert_eq!((orders.count_open(PLACE.0, PLACE.1), orders.open(PLACE.0, Some(PLACE.1)).len()), (0, 0));
}

#[test]
fn a_conditional_order_that_waits_is_never_forgotten_and_names_go_with_what_is() {
    let mut orders = Orders::default();
    let algo = |id: u64, state| Algo {
        id: AlgoId(id),
        request: order(id, &format!("name {id}"), OrderState::Waiting).request,
        state,
        order: None,
        created: UnixNanos::from_nanos(0),
        updated: UnixNanos::from_nanos(0),
        triggered: None,
        level: None,
        refused: None,
    };
    orders.put_algo(algo(1, AlgoState::Waiting));
    for id in 2..=REMEMBERED as u64 + 2 {
        orders.put_algo(algo(id, AlgoState::Waiting));
        orders.put_algo(algo(id, AlgoState::Cancelled));
    }
    let named = |name: &str| orders.algo(PLACE.0, &Named::Client(name.into())).map(|algo| algo.id);
    assert_eq!((named("name 1"), named("name 2"), named("name 3")), (Some(AlgoId(1)), None, Some(AlgoId(3))));
    assert_eq!((orders.algos.len(), orders.algo_names.len()), (REMEMBERED + 1, REMEMBERED + 1));
}
