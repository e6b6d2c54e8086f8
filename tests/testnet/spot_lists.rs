//! Order lists of spot: each kind is placed, told the same by every question, and ends as a whole.

use metaexpert_binance::{
    Product,
    orders::{
        self, Desk, ListRequest, Oco, Page, Pending, PendingOco, ProfitLeg, SpotKind, SpotPrice, SpotTimeInForce, StopLeg, Via,
        Working,
    },
};
use metaexpert_connect::{Report, report::LinkReport};
use metaexpert_core::Side;
use rust_decimal::{Decimal, dec};

use crate::{
    draft::{by_name, list, name, price, quantity, trigger},
    stage::{Stage, down, orders},
};

pub(crate) const CALLS: &[&str] = &[
    "POST /api/v3/orderList/oco",
    "POST /api/v3/orderList/oto",
    "POST /api/v3/orderList/otoco",
    "POST /api/v3/orderList/opo",
    "POST /api/v3/orderList/opoco",
    "DELETE /api/v3/orderList",
    "GET /api/v3/orderList",
    "GET /api/v3/allOrderList",
    "GET /api/v3/openOrderList",
];

pub(crate) fn links(reports: &[Report<'_>]) -> Vec<LinkReport> {
    let link = |report: &Report<'_>| match report {
        Report::Link(link) => Some(link.clone()),
        _ => None,
    };
    reports.iter().filter_map(link).collect()
}

/// Prices around the market: far below, below, above, far above.
pub(crate) struct Around {
    pub(crate) low: Decimal,
    pub(crate) below: Decimal,
    pub(crate) above: Decimal,
}

pub(crate) async fn around(stage: &Stage) -> Around {
    let (bid, _) = stage.quote(Product::Spot, "BTCUSDT").await;
    let at = |times: Decimal| down(bid * times, dec!(0.01));
    Around { low: at(dec!(0.8)), below: at(dec!(0.9)), above: at(dec!(1.1)) }
}

pub(crate) fn stop(around: &Around) -> StopLeg {
    let time_in_force = SpotTimeInForce::GoodTillCancelled;
    StopLeg::StopLossLimit { trigger: trigger(around.below), price: SpotPrice::At(price(around.low)), time_in_force }
}

pub(crate) fn oco(around: &Around) -> Oco {
    let profit = ProfitLeg::LimitMaker { price: SpotPrice::At(price(around.above)) };
    Oco {
        side: Side::Sell,
        quantity: quantity(dec!(0.02)),
        profit,
        profit_id: Some(name("profit")),
        stop: stop(around),
        stop_id: Some(name("stop")),
    }
}

pub(crate) fn working(around: &Around) -> Working {
    Working {
        side: Side::Buy,
        quantity: quantity(dec!(0.02)),
        price: price(around.below),
        time_in_force: Some(SpotTimeInForce::GoodTillCancelled),
        client_id: Some(name("working")),
    }
}

pub(crate) fn pending(around: &Around, amount: Option<Decimal>) -> Pending {
    let kind = SpotKind::StopLoss { trigger: trigger(around.low) };
    let client_id = Some(name("pending"));
    Pending { working: working(around), side: Side::Sell, quantity: amount.map(quantity), kind, client_id }
}

pub(crate) fn pending_oco(around: &Around, amount: Option<Decimal>) -> PendingOco {
    PendingOco {
        working: working(around),
        side: Side::Sell,
        quantity: amount.map(quantity),
        profit: ProfitLeg::LimitMaker { price: SpotPrice::At(price(around.above)) },
        profit_id: Some(name("profit")),
        stop: StopLeg::StopLoss { trigger: trigger(around.low) },
        stop_id: Some(name("stop")),
    }
}

/// A list is placed, asked for in each way, and cancelled.
pub(crate) async fn lives_and_ends(
    stage: &Stage,
    client: &impl Via,
    desk: Desk,
    request: &ListRequest,
    id: &str,
    parts: &[&str],
) {
    let placed = orders::place_list(client, request).await.unwrap();
    let link = links(&placed).remove(0);
    assert_eq!(link.client_id.as_deref(), Some(id));
    let named = |link: &LinkReport| {
        let mut orders = link.orders.clone();
        orders.sort();
        (link.list_id.clone(), link.contingency.clone(), orders)
    };
    let mut names: Vec<_> = link.orders.iter().map(|(name, _)| name.clone()).collect();
    names.sort();
    assert_eq!(names, parts);
    let asked = orders::query_list(client, desk, Some("BTCUSDT"), &by_name(id)).await.unwrap();
    assert_eq!(named(&links(&asked)[0]), named(&link));
    let open = orders::open_lists(client, desk, Some("BTCUSDT")).await.unwrap();
    assert_eq!(named(&links(&open)[0]), named(&link));
    assert_eq!(links(&open).len(), 1);
    let standing = orders(&orders::open(client, desk, Some("BTCUSDT")).await.unwrap());
    assert!(standing.iter().all(|order| order.list_id.as_deref() == Some(link.list_id.as_str())), "{standing:?}");

    let ended = orders::cancel_list(client, desk, "BTCUSDT", &by_name(id)).await.unwrap();
    assert_eq!(links(&ended)[0].list_id, link.list_id);
    assert!(links(&orders::open_lists(client, desk, Some("BTCUSDT")).await.unwrap()).is_empty());
    assert!(orders(&orders::open(client, desk, Some("BTCUSDT")).await.unwrap()).is_empty());
    let history = orders::history_lists(client, desk, Some("BTCUSDT"), Page::default()).await.unwrap();
    assert!(links(&history).iter().any(|past| past.list_id == link.list_id && past.status == links(&ended)[0].status));
    for (name, _) in &link.orders {
        let life = stage.lives().into_iter().rev().find(|life| life.last.client_id == *name).unwrap();
        assert!(["cancelled", "expired"].contains(&life.last.state), "{life:?}");
    }
}

#[tokio::test]
async fn every_kind_of_list_is_one_thing_from_beginning_to_end() {
    let stage = Stage::new().await;
    let client = stage.client(Product::Spot);
    let around = around(&stage).await;
    let amount = Some(dec!(0.02));
    for (request, id, parts) in [
        (ListRequest::Oco(list("oco", oco(&around))), "oco", &["profit", "stop"][..]),
        (ListRequest::Pending(list("oto", pending(&around, amount))), "oto", &["pending", "working"]),
        (ListRequest::Pending(list("opo", pending(&around, None))), "opo", &["pending", "working"]),
        (ListRequest::PendingOco(list("otoco", pending_oco(&around, amount))), "otoco", &["profit", "stop", "working"]),
        (ListRequest::PendingOco(list("opoco", pending_oco(&around, None))), "opoco", &["profit", "stop", "working"]),
    ] {
        lives_and_ends(&stage, &client, Desk::Spot, &request, id, parts).await;
    }
    stage.assert_called(CALLS);
}
