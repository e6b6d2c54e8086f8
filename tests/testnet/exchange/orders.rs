//! Orders placed, changed, taken back, filled and found; what the stream says of them is what the list of executions says.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use metaexpert_binance::Product;
use metaexpert_connect::{Exchange, Failure, Meaning, Word, exchange::Sent, report::OrderState};
use metaexpert_core::{Amendment, ClientOrderId, Fitting, NewOrder, OrderKind, Rejection, Side, order::client_name};
use rust_decimal::dec;

use super::{Desk, MARKETS, assert_unknown};
use crate::{
    draft::{price, quantity},
    stage::{Stage, deals, deals_of, fills as fills_in, order as order_in},
};

fn state(state: &Word<OrderState>) -> Option<OrderState> {
    state.known().copied()
}

#[tokio::test]
async fn an_order_that_rests_is_found_changed_and_taken_back() {
    let stage = Stage::new().await;
    for market in MARKETS {
        let desk = Desk::open(&stage, market).await;
        let (heard, _listening) = desk.listen();
        heard.connected().await;
        let mut order = desk.order(1, Side::Buy, OrderKind::Limit { price: desk.at(dec!(0.95)).await });
        let (sent, number) = desk.place(&order).await;
        let found = desk.find(&sent).await;
        assert_eq!((found.venue_id.as_deref(), state(&found.state)), (Some(&*number), Some(OrderState::New)), "{market:?}");
        assert_eq!(found.client_id.as_deref(), Some(&*sent.client_name));
        assert_eq!(stage.life(&number).last.client_id, sent.client_name);

        // A desk that knows nothing finds it by its name.
        let other = Desk::open(&stage, market).await;
        assert_eq!(other.find(&sent).await.venue_id.as_deref(), Some(&*number));
        let open = other.exchange.open_orders(std::slice::from_ref(&desk.listed.name)).await.unwrap();
        assert_eq!(open.iter().map(|order| order.client_id.as_deref()).collect::<Vec<_>>(), [Some(&*sent.client_name)]);
        let another = desk.listed.name.replace("BTC", "ETH");
        assert!(other.exchange.open_orders(&[another]).await.unwrap().is_empty());

        changes(&desk, &mut order, &sent, &number).await;

        desk.exchange.cancel(&sent).await.unwrap();
        let found = desk.find(&sent).await;
        assert_eq!((state(&found.state), found.client_id.as_deref()), (Some(OrderState::Cancelled), Some(&*sent.client_name)));
        heard
            .until("it was cancelled", |notes| {
                let is_it =
                    |order: &&metaexpert_connect::report::OrderReport| order.client_id.as_deref() == Some(&*sent.client_name);
                notes.orders.iter().filter(is_it).any(|order| state(&order.state) == Some(OrderState::Cancelled))
            })
            .await;
        assert_unknown(&desk.exchange.cancel(&sent).await);
        assert!(desk.exchange.open_orders(std::slice::from_ref(&desk.listed.name)).await.unwrap().is_empty());
    }
}

/// Less of it on all products; another price on futures alone.
async fn changes(desk: &Desk<'_>, order: &mut NewOrder, sent: &Sent, number: &str) {
    let lower = desk.at(dec!(0.94)).await;
    let less = quantity((desk.amount / dec!(5)).normalize());
    let change = |quantity, price| Amendment { id: order.id, quantity, price, trigger: None };
    desk.exchange.amend(&desk.listed, order, sent, &change(Some(less), None)).await.unwrap();
    assert_eq!(desk.find(sent).await.quantity.map(|quantity| quantity.normalize()), Some(less.get()));
    order.quantity = less;

    let moved = desk.exchange.amend(&desk.listed, order, sent, &change(None, Some(lower))).await;
    if desk.product() == Product::Spot {
        let meaning = moved.as_ref().err().and_then(Failure::meaning);
        assert_eq!(meaning, Some(Meaning::Rejected(Rejection::BadAmendment)), "{moved:?}");
    } else {
        moved.unwrap();
        let found = desk.find(sent).await;
        assert_eq!(
            (found.price.map(|price| price.normalize()), found.quantity.map(|q| q.normalize())),
            (Some(lower.get()), Some(less.get()))
        );
    }
    let found = desk.find(sent).await;
    assert_eq!(
        (found.venue_id.as_deref(), found.client_id.as_deref()),
        (Some(number), Some(&*sent.client_name)),
        "it is the same order"
    );
}

#[tokio::test]
async fn an_execution_is_the_same_whoever_tells_of_it() {
    let stage = Stage::new().await;
    for market in MARKETS {
        let desk = Desk::open(&stage, market).await;
        let begun = desk.exchange.clock().now();
        let (heard, _listening) = desk.listen();
        heard.connected().await;
        let order = desk.order(2, Side::Buy, OrderKind::Market);
        let sent = desk.sent(&order);
        let reports = desk.exchange.place(&desk.listed, &order, &sent).await.unwrap();
        let number = order_in(&reports).venue_id.unwrap();
        let life = stage.life(&number);
        assert_eq!(life.executed(), desk.amount, "{market:?}");
        let of_order = |fills: &[metaexpert_connect::report::FillReport]| {
            let own: Vec<_> = fills.iter().filter(|fill| fill.venue_id.as_deref() == Some(&*number)).cloned().collect();
            deals(&own)
        };
        let expected = deals_of(&life);
        heard.until("all of it was executed", |notes| of_order(&notes.fills).len() == expected.len()).await;
        assert_eq!(of_order(&heard.notes().fills), expected, "each with its fee");
        assert!(heard.notes().fills.iter().all(|fill| fill.client_id.as_deref() == Some(&*sent.client_name)));
        assert_eq!(of_order(&desk.exchange.fills(&desk.listed.name, begun).await.unwrap()), expected);
        if desk.product() == Product::Spot {
            assert_eq!(deals(&fills_in(&reports)), expected, "spot answers with executions");
        }
        let found = desk.find(&sent).await;
        assert_eq!((state(&found.state), found.filled), (Some(OrderState::Filled), Some(desk.amount)));

        stage.advance(std::time::Duration::from_secs(5));
        let later = desk.exchange.clock().now();
        assert!(desk.exchange.fills(&desk.listed.name, later).await.unwrap().is_empty(), "nothing was executed since");
    }
}

#[tokio::test]
async fn a_market_order_with_a_worst_price_is_a_limit_that_does_not_rest() {
    let stage = Stage::new().await;
    for market in MARKETS {
        let desk = Desk::open(&stage, market).await;
        let order = desk.order(3, Side::Buy, OrderKind::Market);
        // Between two ticks, from where it is moved to the better one.
        let worst = desk.at(dec!(1.01)).await;
        let between = price(worst.get() + desk.listed.instrument.rules.tick_size / dec!(2));
        let sent = Sent { worst_price: Some(between), ..desk.sent(&order) };
        let reports = desk.exchange.place(&desk.listed, &order, &sent).await.unwrap();
        let life = stage.life(&order_in(&reports).venue_id.unwrap());
        assert_eq!(
            (life.last.order_kind, life.last.price, life.last.state),
            ("limit", Some(worst.get()), "filled"),
            "{market:?}"
        );

        let far = desk.order(4, Side::Buy, OrderKind::Market);
        let sent = Sent { worst_price: Some(desk.at(dec!(0.97)).await), ..desk.sent(&far) };
        desk.exchange.place(&desk.listed, &far, &sent).await.unwrap();
        let found = desk.find(&sent).await;
        assert_eq!((state(&found.state), found.filled), (Some(OrderState::Expired), Some(dec!(0))), "nobody sells at that");
    }
    let desk = Desk::open(&stage, MARKETS[0]).await;
    let order = NewOrder { fitting: Fitting::Spend(dec!(5000)), ..desk.order(5, Side::Buy, OrderKind::Market) };
    let worst = desk.at(dec!(1.01)).await;
    let sent = Sent { worst_price: Some(worst), ..desk.sent(&order) };
    desk.exchange.place(&desk.listed, &order, &sent).await.unwrap();
    let found = desk.find(&sent).await;
    let (bought, lot) = (found.quantity.unwrap(), desk.listed.instrument.rules.lot_size);
    assert!(bought * worst.get() <= dec!(5000) && (bought + lot) * worst.get() > dec!(5000), "{bought} at {worst}");
}

#[tokio::test]
async fn an_order_that_nobody_sent_is_not_known() {
    let stage = Stage::new().await;
    for market in MARKETS {
        let desk = Desk::open(&stage, market).await;
        for is_conditional in [false, true] {
            let id = ClientOrderId { strategy: 7, run: 1, sequence: 99 };
            let (client_name, name) = (client_name(id, None), desk.listed.name.clone());
            let sent = Sent { id, client_name, name, is_conditional, worst_price: None };
            assert_eq!(desk.exchange.find_order(&sent).await.unwrap(), None, "{market:?}");
            assert_unknown(&desk.exchange.cancel(&sent).await);
        }
    }
    assert!(stage.lives().is_empty());
}

#[tokio::test]
async fn an_order_of_a_name_that_is_taken_is_not_placed_again() {
    let stage = Stage::new().await;
    for market in MARKETS {
        let desk = Desk::open(&stage, market).await;
        let order = desk.order(6, Side::Buy, OrderKind::Limit { price: desk.at(dec!(0.95)).await });
        let (sent, number) = desk.place(&order).await;
        let again = desk.exchange.place(&desk.listed, &order, &sent).await.unwrap_err();
        assert_eq!(again.meaning(), Some(Meaning::DuplicateClientId), "{market:?}: {again}");
        assert!(again.may_have_happened(), "the first copy did");
        assert_eq!(desk.find(&sent).await.venue_id, Some(number));
    }
}

#[tokio::test]
async fn it_is_said_when_the_socket_took_an_order() {
    let stage = Stage::new().await;
    for market in MARKETS {
        let desk = Desk::open(&stage, market).await;
        let written = Arc::new(AtomicUsize::new(0));
        let place = async |sequence| {
            let order = desk.order(sequence, Side::Buy, OrderKind::Limit { price: desk.at(dec!(0.95)).await });
            let (written, sent) = (Arc::clone(&written), desk.sent(&order));
            let noting = Arc::new(move || {
                written.fetch_add(1, Ordering::Relaxed);
            });
            desk.exchange.place_noting(&desk.listed, &order, &sent, noting).await.unwrap();
        };
        place(100).await;
        assert_eq!(written.load(Ordering::Relaxed), 0, "the account is not listened to: it went by HTTP");
        let (heard, listening) = desk.listen();
        heard.connected().await;
        // Futures have a second connection for orders, which may come later than the one of the account.
        for sequence in 101..200 {
            place(sequence).await;
            if written.load(Ordering::Relaxed) > 0 {
                break;
            }
        }
        assert_eq!(written.load(Ordering::Relaxed), 1, "{market:?}");
        drop(listening);
        // Its task ends some time later; until then and afterwards orders go their way.
        place(200).await;
        place(201).await;
        let sent = |sequence| client_name(desk.order(sequence, Side::Buy, OrderKind::Market).id, Some("desk"));
        let own = |life: &&metaexpert_testnet::audit::OrderLife| [sent(200), sent(201)].contains(&life.last.client_id);
        let wallet = &stage.lives().last().unwrap().last.wallet.to_owned();
        assert_eq!(stage.lives().iter().filter(own).filter(|life| life.last.wallet == wallet).count(), 2, "each of them once");
    }
}

#[tokio::test]
async fn margin_and_options_take_orders_by_the_same_calls() {
    let stage = Stage::new().await;
    let call = crate::option_orders::a_call(&stage.client(Product::Options)).await;
    for market in [(Product::Margin, "BTCUSDT", dec!(0.1)), (Product::Options, &*call, dec!(1))] {
        let desk = Desk::open(&stage, market).await;
        let (heard, _listening) = desk.listen();
        heard.connected().await;
        let order = desk.order(7, Side::Buy, OrderKind::Limit { price: desk.at(dec!(0.9)).await });
        let (sent, number) = desk.place(&order).await;
        let name = Some(&*sent.client_name);
        heard.until("it stands", |notes| notes.orders.iter().any(|order| order.client_id.as_deref() == name)).await;
        let open = desk.exchange.open_orders(std::slice::from_ref(&desk.listed.name)).await.unwrap();
        assert_eq!(open.iter().map(|order| order.venue_id.as_deref()).collect::<Vec<_>>(), [Some(&*number)], "{market:?}");
        let less = quantity(desk.amount / dec!(2));
        let change = Amendment { id: order.id, quantity: Some(less), price: None, trigger: None };
        let changed = desk.exchange.amend(&desk.listed, &order, &sent, &change).await.unwrap_err();
        assert_eq!(changed.meaning(), Some(Meaning::Rejected(Rejection::BadAmendment)), "{changed}");
        desk.exchange.cancel(&sent).await.unwrap();
        let found = desk.find(&sent).await;
        assert_eq!((state(&found.state), found.client_id.as_deref()), (Some(OrderState::Cancelled), name));
        assert!(desk.exchange.fills(&desk.listed.name, crate::stage::MONDAY).await.unwrap().is_empty());
    }
}
