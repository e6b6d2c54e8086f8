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
    let last = REMEMBERED as u64 + 12;
    for id in 2..=last {
        orders.put(order(id, "over", OrderState::Filled));
    }
    let all = orders.all(PLACE.0, PLACE.1);
    assert_eq!((all.len(), all[0].id, all[1].id), (REMEMBERED + 1, OrderId(1), OrderId(13)));
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
