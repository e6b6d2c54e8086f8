//! Terms, permissions, fees, balances, positions, bookings, and what is refused before it is sent.

use std::time::Duration;

use metaexpert_binance::{Product, account};
use metaexpert_connect::{
    Exchange, Failure, Meaning, Word,
    exchange::Terms,
    report::{EntryCause, LegReport},
};
use metaexpert_core::{
    OrderKind, Percent, PositionSide, Side,
    config::{MarginMode, PositionMode},
};
use rust_decimal::{Decimal, dec};

use super::{CALLS, Desk, MARKETS, exchange_of};
use crate::{
    draft::{price, quantity},
    stage::{MONDAY, Stage, balance},
};

fn terms(desk: &Desk<'_>, position_mode: PositionMode, margin_mode: MarginMode, leverage: u32) -> Terms {
    Terms { position_mode, margin_mode, leverage, names: vec![desk.listed.name.clone()] }
}

#[tokio::test]
async fn only_what_differs_is_set() {
    let stage = Stage::new().await;
    for market in MARKETS {
        let desk = Desk::open(&stage, market).await;
        let name = &desk.listed.name;
        let wanted = terms(&desk, PositionMode::Hedge, MarginMode::Isolated, 7);
        let changed = desk.exchange.arrange(&wanted).await.unwrap();
        if desk.product() == Product::Spot {
            assert!(changed.is_empty(), "{changed:?}");
            continue;
        }
        let expected = [
            "the position mode of the account is hedge now".to_owned(),
            format!("the margin of {name} is isolated now"),
            format!("the leverage of {name} is 7 now"),
        ];
        assert_eq!(changed, expected);
        assert!(desk.exchange.arrange(&wanted).await.unwrap().is_empty(), "it is so already");
        assert_eq!(account::account_mode(&stage.client(desk.product()), desk.product()).await.unwrap().hedge, Some(true));

        // Legs have no one position: the order says which one it is of.
        desk.place(&desk.order(1, Side::Buy, OrderKind::Market)).await;
        let positions = desk.exchange.positions(std::slice::from_ref(name)).await.unwrap();
        let open: Vec<_> = positions.iter().filter(|position| !position.quantity.is_zero()).collect();
        let long = LegReport::Leg(PositionSide::Long);
        assert_eq!(open.iter().map(|leg| (leg.leg, leg.quantity)).collect::<Vec<_>>(), [(long, desk.amount)]);

        let back = terms(&desk, PositionMode::Oneway, MarginMode::Isolated, 7);
        let refused = desk.exchange.arrange(&back).await;
        assert!(matches!(refused, Err(Failure::Refused { .. })), "a position is open: {refused:?}");
        desk.place(&desk.order(2, Side::Sell, OrderKind::Market)).await;
        assert_eq!(desk.exchange.arrange(&back).await.unwrap(), ["the position mode of the account is oneway now"]);
    }
}

#[tokio::test]
async fn several_assets_as_margin_have_no_isolated_margin() {
    let stage = Stage::new().await;
    let desk = Desk::open(&stage, MARKETS[1]).await;
    account::set_multi_assets_mode(&stage.client(Product::UsdM), true).await.unwrap();
    let failure = desk.exchange.arrange(&terms(&desk, PositionMode::Oneway, MarginMode::Isolated, 3)).await.unwrap_err();
    assert_eq!(failure.meaning(), Some(Meaning::Forbidden), "{failure}");
    assert!(failure.to_string().contains("set `margin_mode` to cross"), "{failure}");
    desk.exchange.arrange(&terms(&desk, PositionMode::Oneway, MarginMode::Cross, 3)).await.unwrap();
}

#[tokio::test]
async fn a_key_says_what_it_may_do() {
    let stage = Stage::new().await;
    for product in Product::ALL {
        let permissions = exchange_of(&stage, product, true).permissions().await.unwrap();
        assert_eq!(permissions.trade, Some(true), "{product}");
        assert_eq!((permissions.withdraw, permissions.restricted_to_addresses), (Some(false), Some(false)));
    }
    stage.assert_called(CALLS);
}

#[tokio::test]
async fn what_an_account_has_pays_and_holds_is_told() {
    let stage = Stage::new().await;
    for market in MARKETS {
        let desk = Desk::open(&stage, market).await;
        let name = desk.listed.name.clone();
        let fee = desk.exchange.fee(&name).await.unwrap();
        assert!(fee.taker > Percent::ZERO, "{market:?}");
        let asset = if desk.product() == Product::CoinM { "BTC" } else { "USDT" };
        let before = balance(&desk.exchange.balances().await.unwrap(), asset);
        assert!(before.total.or(before.free).is_some_and(|total| total > dec!(0)), "{before:?}");
        assert!(held(&desk).await.is_zero());
        desk.place(&desk.order(1, Side::Buy, OrderKind::Market)).await;
        assert_eq!(held(&desk).await, if desk.product() == Product::Spot { dec!(0) } else { desk.amount });
        let after = balance(&desk.exchange.balances().await.unwrap(), asset);
        assert!(after.total.or(after.free) < before.total.or(before.free), "the fee was paid: {before:?} {after:?}");
    }
}

/// What is held of the instrument, by the exchange's positions.
async fn held(desk: &Desk<'_>) -> Decimal {
    let positions = desk.exchange.positions(std::slice::from_ref(&desk.listed.name)).await.unwrap();
    positions.iter().map(|position| position.quantity).sum()
}

#[tokio::test]
async fn funding_is_a_booking_and_what_executions_say_is_not() {
    // Funding is settled every eight hours; the adapter's own clock is as far behind, and measures it.
    let begun = MONDAY.saturating_add_nanos(8 * 3_600_000_000_000 - 30_000_000_000);
    let stage = Stage::with(|builder| builder.start_at(begun)).await;
    let desks = [Desk::open(&stage, MARKETS[1]).await, Desk::open(&stage, MARKETS[2]).await];
    for desk in &desks {
        desk.place(&desk.order(1, Side::Buy, OrderKind::Market)).await;
    }
    stage.advance(Duration::from_mins(1));
    for desk in &desks {
        let entries = desk.exchange.entries(begun..desk.exchange.clock().now()).await.unwrap();
        let own: Vec<_> = entries.iter().filter(|entry| entry.symbol.as_deref() == Some(&*desk.listed.name)).collect();
        assert_eq!(own.iter().map(|entry| &entry.cause).collect::<Vec<_>>(), [&Word::Known(EntryCause::Funding)], "{entries:#?}");
    }
    let spot = Desk::open(&stage, MARKETS[0]).await;
    spot.place(&spot.order(1, Side::Buy, OrderKind::Market)).await;
    assert!(spot.exchange.entries(begun..spot.exchange.clock().now()).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_order_that_would_be_refused_is_refused_before_it_is_sent() {
    let stage = Stage::new().await;
    for market in MARKETS {
        let desk = Desk::open(&stage, market).await;
        let at = desk.at(dec!(0.99)).await;
        let good = desk.order(1, Side::Buy, OrderKind::Limit { price: at });
        desk.exchange.check(&desk.listed, &good).unwrap();
        let off_tick = price(at.get() + desk.listed.instrument.rules.tick_size / dec!(2));
        let why = desk.exchange.check(&desk.listed, &desk.order(1, Side::Buy, OrderKind::Limit { price: off_tick })).unwrap_err();
        assert!(why.contains(&off_tick.to_string()), "{why}");
        let mut off_lot = good.clone();
        off_lot.quantity = quantity(desk.amount + desk.listed.instrument.rules.lot_size / dec!(2));
        let why = desk.exchange.check(&desk.listed, &off_lot).unwrap_err();
        assert!(why.contains(&off_lot.quantity.to_string()), "{why}");
    }
    assert!(stage.lives().is_empty(), "nothing was sent");
}
