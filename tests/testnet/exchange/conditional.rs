//! Orders that wait for a price, through their trigger: one order to whoever placed it, two to the exchange where it is futures.

use std::time::Duration;

use metaexpert_binance::Product;
use metaexpert_connect::{Exchange, Failure, Meaning, Word, report::OrderState};
use metaexpert_core::{Amendment, OrderKind, Rejection, Side, Trigger, TriggerBy};
use rust_decimal::dec;

use super::{Desk, MARKETS, assert_unknown};
use crate::{
    draft::price,
    stage::{Stage, deals, deals_of},
};

fn stop(at: metaexpert_core::Price) -> OrderKind {
    OrderKind::StopMarket { trigger: Trigger { price: at, by: TriggerBy::Last } }
}

#[tokio::test]
async fn a_stop_waits_and_is_taken_back() {
    let stage = Stage::new().await;
    for market in MARKETS {
        let desk = Desk::open(&stage, market).await;
        desk.place(&desk.order(1, Side::Buy, OrderKind::Market)).await;
        let kind = stop(desk.at(dec!(0.9)).await);
        let order = desk.order(2, Side::Sell, kind);
        let (sent, number) = desk.place(&order).await;
        let open = desk.exchange.open_orders(std::slice::from_ref(&desk.listed.name)).await.unwrap();
        assert_eq!(open.len(), 1, "{market:?}: {open:#?}");
        assert_eq!((open[0].client_id.as_deref(), open[0].venue_id.as_deref()), (Some(&*sent.client_name), Some(&*number)));
        assert!(open[0].conditional.is_some());

        let change = Amendment { id: order.id, quantity: None, price: None, trigger: Some(desk.at(dec!(0.91)).await) };
        let moved = desk.exchange.amend(&desk.listed, &order, &sent, &change).await;
        let meaning = moved.as_ref().err().and_then(Failure::meaning);
        assert_eq!(meaning, Some(Meaning::Rejected(Rejection::BadAmendment)), "{moved:?}");

        desk.exchange.cancel(&sent).await.unwrap();
        assert_eq!(desk.find(&sent).await.state, Word::Known(OrderState::Cancelled));
        assert_unknown(&desk.exchange.cancel(&sent).await);
    }
}

#[tokio::test]
async fn a_stop_that_is_triggered_is_one_order_with_the_executions_of_what_it_became() {
    let stage = Stage::new().await;
    for market in MARKETS {
        let desk = Desk::open(&stage, market).await;
        let begun = desk.exchange.clock().now();
        let (heard, _listening) = desk.listen();
        heard.connected().await;
        desk.place(&desk.order(1, Side::Buy, OrderKind::Market)).await;
        let near = price(desk.at(dec!(1)).await.get() - desk.listed.instrument.rules.tick_size);
        let (sent, waiting) = desk.place(&desk.order(2, Side::Sell, stop(near))).await;
        let mut found = desk.find(&sent).await;
        for _ in 0..600 {
            if found.state == Word::Known(OrderState::Filled) {
                break;
            }
            stage.advance(Duration::from_secs(1));
            found = desk.find(&sent).await;
        }
        assert_eq!((&found.state, found.filled), (&Word::Known(OrderState::Filled), Some(desk.amount)), "{market:?}");
        assert_eq!(found.client_id.as_deref(), Some(&*sent.client_name));
        let number = found.venue_id.clone().unwrap();
        let expected = deals_of(&stage.life(&number));
        let fills = desk.exchange.fills(&desk.listed.name, begun).await.unwrap();
        let own: Vec<_> = fills.into_iter().filter(|fill| fill.venue_id.as_deref() == Some(&*number)).collect();
        assert_eq!(deals(&own), expected, "found by the number that the order is found with");
        heard
            .until("all of it was executed", |notes| {
                notes.fills.iter().filter(|fill| fill.venue_id.as_deref() == Some(&*number)).count() == expected.len()
            })
            .await;
        if desk.product() == Product::Spot {
            assert_eq!(number, waiting, "spot has one order");
        } else {
            assert_ne!(number, waiting, "{market:?}");
            let is_it = |submitted: &metaexpert_connect::report::SubmitReport| {
                submitted.client_id.as_deref() == Some(&*sent.client_name) && submitted.venue_id.as_deref() == Some(&*number)
            };
            heard.until("it became another order", |notes| notes.submitted.iter().any(is_it)).await;
            assert!(found.conditional.is_some(), "what it waited for is still said");
        }
        assert_unknown(&desk.exchange.cancel(&sent).await);
    }
}
