//! What is refused on this side: the field, and that nothing is sent.

use metaexpert_binance::{Product, orders::*};
use metaexpert_connect::{
    Failure,
    http::testing::{RecordingServer, Reply},
};
use metaexpert_core::{Percent, PositionSide, Side, UnixNanos};
use rust_decimal::dec;

use super::{
    operations::{NOW, algo, at, base, borrowed, future, future_limit, limit, list, oco, pending, price, quantity, spot},
    requests::client,
};

const MINUTE: UnixNanos = NOW.saturating_add_nanos(60_000_000_000);

fn futures(product: FuturesProduct, time_in_force: FuturesTimeInForce) -> OrderRequest {
    let leg = Leg::Net { reduce_only: false };
    OrderRequest::Futures(product, future("BTCUSDT", Side::Buy, leg, "1", future_limit("50000", time_in_force)))
}

fn waiting(leg: Leg, size: AlgoSize, kind: AlgoKind) -> OrderRequest {
    OrderRequest::Algo(FuturesProduct::UsdM, algo("BTCUSDT", leg, size, kind))
}

#[test]
fn an_order_that_breaks_a_rule_is_refused_with_its_field() {
    let net = Leg::Net { reduce_only: false };
    let (stop, one) = (AlgoKind::StopMarket { trigger: price("45000") }, AlgoSize::Quantity(quantity("1")));
    let trailing = |percent| AlgoKind::TrailingStop { callback: Percent::new(percent), activation: None };
    let stop_limit = AlgoKind::Stop {
        trigger: price("45000"),
        price: FuturesPrice::Match(PriceMatch::Opponent),
        time_in_force: FuturesTimeInForce::GoodTillCancelled,
    };
    let iceberg =
        |time_in_force| SpotKind::Limit { price: SpotPrice::At(price("1")), time_in_force, iceberg: Some(quantity("1")) };
    let pegged =
        |level| SpotKind::LimitMaker { price: SpotPrice::Pegged { peg: Peg::Market, level: Some(level) }, iceberg: None };
    let shown = |request: AlgoOrder| OrderRequest::Algo(FuturesProduct::UsdM, AlgoOrder { price_protect: true, ..request });
    let trail = SpotKind::StopLoss { trigger: SpotTrigger::Trailing { delta_bips: 0, activation: None } };
    let on_spot = |amount, kind| OrderRequest::Spot(spot(Side::Buy, amount, kind));
    let on_margin = |kind| OrderRequest::Margin(borrowed(spot(Side::Buy, base("1"), kind)));
    let bips = SpotKind::StopLoss { trigger: SpotTrigger::Trailing { delta_bips: 10, activation: None } };
    for (request, field) in [
        (on_spot(Amount::Quote(dec!(10)), limit("1", SpotTimeInForce::GoodTillCancelled)), "quoteOrderQty"),
        (on_spot(Amount::Quote(dec!(0)), SpotKind::Market), "quoteOrderQty"),
        (on_spot(base("1"), iceberg(SpotTimeInForce::ImmediateOrCancel)), "icebergQty"),
        (on_spot(base("1"), iceberg(SpotTimeInForce::FillOrKill)), "icebergQty"),
        (on_spot(base("1"), pegged(0)), "pegOffsetValue"),
        (on_spot(base("1"), pegged(101)), "pegOffsetValue"),
        (on_spot(base("1"), trail), "trailingDelta"),
        (on_margin(bips), "trailingDelta"),
        (on_margin(pegged(5)), "pegPriceType"),
        (futures(FuturesProduct::UsdM, FuturesTimeInForce::GoodTillDate(MINUTE)), "goodTillDate"),
        (futures(FuturesProduct::CoinM, FuturesTimeInForce::GoodTillDate(UnixNanos::MAX)), "timeInForce"),
        (futures(FuturesProduct::CoinM, FuturesTimeInForce::RetailPriceImprovement), "timeInForce"),
        (waiting(net, one, trailing(dec!(0.09))), "callbackRate"),
        (waiting(net, one, trailing(dec!(10.01))), "callbackRate"),
        (waiting(net, AlgoSize::Position, trailing(dec!(1))), "closePosition"),
        (waiting(net, AlgoSize::Position, stop_limit), "closePosition"),
        (waiting(Leg::Net { reduce_only: true }, AlgoSize::Position, stop), "closePosition"),
        // It sells, and would open the short leg.
        (waiting(Leg::Of(PositionSide::Short), AlgoSize::Position, stop), "closePosition"),
        (shown(algo("BTCUSDT", net, one, stop_limit)), "priceProtect"),
    ] {
        let refusal = request.params(NOW).expect_err(field);
        assert_eq!(refusal.field, field);
    }
}

#[test]
fn lists_of_margin_are_not_those_of_spot() {
    let profit = ProfitLeg::TakeProfit { trigger: at("60000") };
    let stop = StopLeg::StopLoss { trigger: SpotTrigger::Trailing { delta_bips: 10, activation: None } };
    let rests = ProfitLeg::LimitMaker { price: SpotPrice::At(price("60000")) };
    let plain = StopLeg::StopLoss { trigger: at("45000") };
    let repaid = MarginOrder { side_effect: SideEffect::Repay, ..borrowed(list(pending(Some(quantity("1"))))) };
    for (request, field) in [
        (ListRequest::MarginOco(borrowed(list(oco(profit, plain)))), "price"),
        (ListRequest::MarginOco(borrowed(list(oco(rests, stop)))), "trailingDelta"),
        (ListRequest::MarginPending(borrowed(list(pending(None)))), "pendingQuantity"),
        (ListRequest::MarginPending(repaid), "sideEffectType"),
    ] {
        assert_eq!(request.params().expect_err(field).field, field);
    }
    assert!(ListRequest::Oco(list(oco(profit, stop))).params().is_ok());
}

#[tokio::test]
async fn what_is_refused_on_this_side_is_not_sent() {
    let server = RecordingServer::start(Vec::<Reply>::new()).await.unwrap();
    let usdm = client(Product::UsdM, server.base());
    let late = futures(FuturesProduct::UsdM, FuturesTimeInForce::GoodTillDate(MINUTE));
    let one = future("BTCUSDT", Side::Buy, Leg::Net { reduce_only: false }, "1", FuturesKind::Market);
    let six = vec![one; 6];
    let coinm = OrderRequest::Futures(FuturesProduct::CoinM, six[0].clone());
    let numbers: Vec<u64> = (0..11).collect();
    let desk = Desk::Futures(FuturesProduct::UsdM);
    for reports in [
        place(&usdm, &late, NOW).await,
        test(&usdm, &coinm, NOW).await,
        place_batch_of_futures(&usdm, FuturesProduct::UsdM, &six, NOW).await,
        place_batch_of_futures(&usdm, FuturesProduct::UsdM, &[], NOW).await,
        cancel_batch(&usdm, desk, "BTCUSDT", Targets::Venue(&numbers)).await,
        cancel_batch(&usdm, Desk::Spot, "BTCUSDT", Targets::Venue(&[1])).await,
        cancel_list(&usdm, desk, "BTCUSDT", &Target::Venue(1)).await,
        open_lists(&usdm, Desk::Options, None).await,
        amendments(&usdm, Desk::Spot, "BTCUSDT", &Target::Client(ClientId::new("x").unwrap())).await,
    ] {
        assert!(matches!(reports, Err(Failure::NotSent { .. })), "{reports:?}");
    }
    assert_eq!(server.recorded(), []);
}
