//! Every kind of order on every product, planned; and what is refused.

use std::sync::Arc;

use metaexpert_core::{
    ClientOrderId, Currency, Distance, Effect, Fitting, InstrumentRules, Instruments, OptionTerms, OrderKind, Payoff, Percent,
    PositionSide, Price, Protection, Quantity, Reason, Right, SelfTrade, Side, Symbol, TimeInForce, Trigger, TriggerBy,
};
use rust_decimal::{Decimal, dec};

use super::*;

const NOW: UnixNanos = UnixNanos::from_nanos(1_780_000_000_000_000_000);

fn instrument(product: Product) -> Instrument {
    let kind = match product {
        Product::Spot | Product::Margin => InstrumentKind::Spot,
        Product::UsdM => InstrumentKind::LINEAR_PERPETUAL,
        Product::CoinM => InstrumentKind::Perpetual(Payoff::Inverse),
        Product::Options => InstrumentKind::Option(OptionTerms { right: Right::Call, strike: price(90_000), expiry: NOW }),
    };
    let [base, quote] = ["BTC", "USDT"].map(Currency::new);
    Instrument {
        symbol: Symbol::new("BTCUSDT").unwrap(),
        base,
        settlement: quote.clone(),
        quote,
        kind,
        rules: InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: dec!(0.001),
            min_notional: Decimal::ZERO,
            contract_size: Decimal::ONE,
            maintenance_margin: Percent::ZERO,
        },
        brackets: Arc::default(),
    }
}

fn price(number: i64) -> Price {
    Price::new(Decimal::from(number)).unwrap()
}

fn order(kind: OrderKind) -> NewOrder {
    NewOrder {
        id: ClientOrderId { strategy: 7, run: 1, sequence: 3 },
        instrument: Instruments::default().add(instrument(Product::Spot)),
        side: Side::Sell,
        kind,
        time_in_force: TimeInForce::GoodTillCancelled,
        effect: Effect::Net,
        quantity: Quantity::new(dec!(0.50)).unwrap(),
        fitting: Fitting::Exact,
        leverage: 1,
        protection: Protection::default(),
        self_trade: SelfTrade::ExpireMaker,
        link: None,
        time: NOW,
        reason: Reason::Signal,
    }
}

const STOP: Trigger = Trigger { price: Price::ZERO, by: TriggerBy::Last };

fn stop() -> Trigger {
    Trigger { price: price(59_000), ..STOP }
}

const MODES: AccountModes =
    AccountModes { position: PositionMode::Oneway, margin: MarginMode::Cross, side_effect: SideEffect::BorrowAndRepay };

const HEDGE: AccountModes = AccountModes { position: PositionMode::Hedge, ..MODES };

/// What is sent, or the field that is refused.
fn sent(product: Product, order: &NewOrder, modes: AccountModes) -> String {
    let refused = |refusal: Refusal| format!("refused: {} `{}`", refusal.field, refusal.value);
    let request = match plan(product, "BTCUSDT", &instrument(product), order, modes) {
        Ok(request) => request,
        Err(refusal) => return refused(refusal),
    };
    assert_eq!(request.product(), product);
    let params = match request.params(NOW) {
        Ok(params) => params,
        Err(refusal) => return refused(refusal),
    };
    let left_out = ["symbol", "side", "newOrderRespType", "newClientOrderId", "clientAlgoId", "clientOrderId", "algoType"];
    let pairs: Vec<String> =
        params.iter().filter(|(name, _)| !left_out.contains(name)).map(|(name, value)| format!("{name}={value}")).collect();
    format!("{} {}", request.endpoint().name, pairs.join(" "))
}

#[track_caller]
fn check(product: Product, order: &NewOrder, expected: &str) {
    assert_eq!(sent(product, order, MODES), expected);
}

#[test]
fn a_market_order_is_one_everywhere_but_on_options() {
    let order = order(OrderKind::Market);
    check(Product::Spot, &order, "spot_place type=MARKET quantity=0.5 selfTradePreventionMode=EXPIRE_MAKER");
    let margin = "margin_place type=MARKET quantity=0.5 selfTradePreventionMode=EXPIRE_MAKER isIsolated=FALSE \
                  sideEffectType=AUTO_BORROW_REPAY";
    check(Product::Margin, &order, margin);
    check(Product::UsdM, &order, "usdm_place type=MARKET quantity=0.5 selfTradePreventionMode=EXPIRE_MAKER");
    check(Product::CoinM, &order, "coinm_place type=MARKET quantity=0.5 selfTradePreventionMode=EXPIRE_MAKER");
    check(Product::Options, &order, "refused: type `market`");
}

#[test]
fn only_spot_and_margin_spend_an_amount_and_only_at_the_market() {
    let spend = |kind| NewOrder { fitting: Fitting::Spend(dec!(250.00)), ..order(kind) };
    check(
        Product::Spot,
        &spend(OrderKind::Market),
        "spot_place type=MARKET quoteOrderQty=250 selfTradePreventionMode=EXPIRE_MAKER",
    );
    let limit = OrderKind::Limit { price: price(60_000) };
    check(Product::Spot, &spend(limit), "refused: quoteOrderQty `250.00`");
    for product in [Product::UsdM, Product::CoinM, Product::Options] {
        check(product, &spend(limit), "refused: quoteOrderQty `250.00`");
    }
}

#[test]
fn each_product_has_its_own_word_for_an_order_that_only_rests() {
    let order = NewOrder { time_in_force: TimeInForce::PostOnly, ..order(OrderKind::Limit { price: price(60_000) }) };
    check(Product::Spot, &order, "spot_place type=LIMIT_MAKER price=60000 quantity=0.5 selfTradePreventionMode=EXPIRE_MAKER");
    let usdm = "usdm_place type=LIMIT quantity=0.5 price=60000 timeInForce=GTX selfTradePreventionMode=EXPIRE_MAKER";
    check(Product::UsdM, &order, usdm);
    check(Product::Options, &order, "options_place type=LIMIT quantity=0.5 price=60000 timeInForce=GTC postOnly=true");
    let stop_limit = NewOrder { kind: OrderKind::StopLimit { trigger: stop(), price: price(58_900) }, ..order };
    check(Product::Spot, &stop_limit, "refused: timeInForce `post_only`");
    let algo = "usdm_place_algo type=STOP triggerPrice=59000 price=58900 timeInForce=GTX quantity=0.5 \
                selfTradePreventionMode=EXPIRE_MAKER";
    check(Product::UsdM, &stop_limit, algo);
}

#[test]
fn only_usdm_has_orders_that_expire_and_they_stand_for_ten_minutes_and_more() {
    let until = |seconds: i64| NewOrder {
        time_in_force: TimeInForce::GoodTillDate(NOW.saturating_add_nanos(seconds * 1_000_000_000 + 999)),
        ..order(OrderKind::Limit { price: price(60_000) })
    };
    let usdm = "usdm_place type=LIMIT quantity=0.5 price=60000 timeInForce=GTD goodTillDate=1780000601000 \
                selfTradePreventionMode=EXPIRE_MAKER";
    check(Product::UsdM, &until(601), usdm);
    assert!(sent(Product::UsdM, &until(600), MODES).starts_with("refused: goodTillDate"));
    for (product, value) in [(Product::Spot, "gtd"), (Product::Margin, "gtd"), (Product::CoinM, "GTD"), (Product::Options, "gtd")]
    {
        check(product, &until(601), &format!("refused: timeInForce `{value}`"));
    }
}

#[test]
fn whatever_waits_goes_to_the_algo_service_on_futures() {
    let kinds = [
        (OrderKind::StopMarket { trigger: stop() }, "type=STOP_LOSS stopPrice=59000", "type=STOP_MARKET triggerPrice=59000"),
        (
            OrderKind::StopLimit { trigger: stop(), price: price(58_900) },
            "type=STOP_LOSS_LIMIT stopPrice=59000 price=58900 timeInForce=GTC",
            "type=STOP triggerPrice=59000 price=58900 timeInForce=GTC",
        ),
        (
            OrderKind::TakeProfitMarket { trigger: stop() },
            "type=TAKE_PROFIT stopPrice=59000",
            "type=TAKE_PROFIT_MARKET triggerPrice=59000",
        ),
        (
            OrderKind::TakeProfitLimit { trigger: stop(), price: price(58_900) },
            "type=TAKE_PROFIT_LIMIT stopPrice=59000 price=58900 timeInForce=GTC",
            "type=TAKE_PROFIT triggerPrice=59000 price=58900 timeInForce=GTC",
        ),
    ];
    for (kind, spot, futures) in kinds {
        let order = order(kind);
        check(Product::Spot, &order, &format!("spot_place {spot} quantity=0.5 selfTradePreventionMode=EXPIRE_MAKER"));
        for (product, name) in [(Product::UsdM, "usdm"), (Product::CoinM, "coinm")] {
            let expected = format!("{name}_place_algo {futures} quantity=0.5 selfTradePreventionMode=EXPIRE_MAKER");
            check(product, &order, &expected);
        }
        assert!(sent(Product::Options, &order, MODES).starts_with("refused: type"));
    }
}

#[test]
fn a_trigger_by_the_mark_price_is_for_futures_and_one_by_the_index_for_nobody() {
    let by = |by| order(OrderKind::StopMarket { trigger: Trigger { by, ..stop() } });
    check(Product::Spot, &by(TriggerBy::Mark), "refused: stopPrice `mark`");
    let mark = "usdm_place_algo type=STOP_MARKET triggerPrice=59000 quantity=0.5 workingType=MARK_PRICE \
                selfTradePreventionMode=EXPIRE_MAKER";
    check(Product::UsdM, &by(TriggerBy::Mark), mark);
    check(Product::UsdM, &by(TriggerBy::Index), "refused: workingType `index`");
}

#[test]
fn a_trailing_stop_is_in_basis_points_on_spot_and_in_percent_on_futures() {
    let trailing = |distance, activation| order(OrderKind::TrailingStop { distance, activation, by: TriggerBy::Last });
    let percent = |number| Distance::Percent(Percent::new(number));
    let at_once = trailing(percent(dec!(1.25)), None);
    check(
        Product::Spot,
        &at_once,
        "spot_place type=STOP_LOSS trailingDelta=125 quantity=0.5 selfTradePreventionMode=EXPIRE_MAKER",
    );
    let futures = "usdm_place_algo type=TRAILING_STOP_MARKET callbackRate=1.25 quantity=0.5 selfTradePreventionMode=EXPIRE_MAKER";
    check(Product::UsdM, &at_once, futures);
    let later = trailing(percent(dec!(1)), Some(price(66_000)));
    let spot = "spot_place type=TAKE_PROFIT trailingDelta=100 stopPrice=66000 quantity=0.5 selfTradePreventionMode=EXPIRE_MAKER";
    check(Product::Spot, &later, spot);
    check(Product::Margin, &later, "refused: trailingDelta `100`");
    check(Product::Spot, &trailing(percent(dec!(0.123)), None), "refused: trailingDelta `0.123`");
    check(Product::UsdM, &trailing(percent(dec!(0.05)), None), "refused: callbackRate `0.05`");
    check(Product::UsdM, &trailing(percent(dec!(10.1)), None), "refused: callbackRate `10.1`");
    check(Product::UsdM, &trailing(Distance::Absolute(price(100)), None), "refused: callbackRate `100`");
    check(Product::Spot, &trailing(Distance::Absolute(price(100)), None), "refused: trailingDelta `100`");
}

#[test]
fn a_one_way_account_is_told_to_reduce_and_a_hedge_account_the_leg() {
    let effect = |effect| NewOrder { effect, ..order(OrderKind::Market) };
    let usdm = |order: &NewOrder, modes| sent(Product::UsdM, order, modes);
    let (close, open) = (effect(Effect::Close(PositionSide::Long)), effect(Effect::Open(PositionSide::Short)));
    let tail = "type=MARKET quantity=0.5 selfTradePreventionMode=EXPIRE_MAKER";
    assert_eq!(usdm(&close, MODES), format!("usdm_place reduceOnly=true {tail}"));
    assert_eq!(usdm(&open, MODES), format!("usdm_place {tail}"));
    assert_eq!(usdm(&close, HEDGE), format!("usdm_place positionSide=LONG {tail}"));
    assert_eq!(usdm(&open, HEDGE), format!("usdm_place positionSide=SHORT {tail}"));
    assert_eq!(usdm(&effect(Effect::Net), HEDGE), "refused: positionSide `BOTH`");
    assert_eq!(usdm(&effect(Effect::Open(PositionSide::Long)), HEDGE), "refused: side `SELL of LONG`");
    assert_eq!(usdm(&effect(Effect::Close(PositionSide::Short)), MODES), "refused: side `SELL of SHORT`");
}

#[test]
fn what_closes_all_of_a_position_says_so_where_it_can() {
    let all = |kind| NewOrder { effect: Effect::CloseAll(PositionSide::Long), ..order(kind) };
    let stop_market = all(OrderKind::StopMarket { trigger: stop() });
    let tail = "type=STOP_MARKET triggerPrice=59000 closePosition=true selfTradePreventionMode=EXPIRE_MAKER";
    check(Product::UsdM, &stop_market, &format!("usdm_place_algo {tail}"));
    assert_eq!(sent(Product::CoinM, &stop_market, HEDGE), format!("coinm_place_algo positionSide=LONG {tail}"));
    let market = "usdm_place reduceOnly=true type=MARKET quantity=0.5 selfTradePreventionMode=EXPIRE_MAKER";
    check(Product::UsdM, &all(OrderKind::Market), market);
    let stop_limit = all(OrderKind::StopLimit { trigger: stop(), price: price(58_900) });
    let limit = "usdm_place_algo reduceOnly=true type=STOP triggerPrice=59000 price=58900 timeInForce=GTC quantity=0.5 \
                 selfTradePreventionMode=EXPIRE_MAKER";
    check(Product::UsdM, &stop_limit, limit);
}

#[test]
fn what_reduces_goes_before_what_opens() {
    let lane = |product, effect, modes| {
        let order = NewOrder { effect, ..order(OrderKind::Limit { price: price(60_000) }) };
        plan(product, "BTCUSDT", &instrument(product), &order, modes).unwrap().lane()
    };
    for modes in [MODES, HEDGE] {
        assert_eq!(lane(Product::UsdM, Effect::Close(PositionSide::Long), modes), Lane::Safety);
        assert_eq!(lane(Product::UsdM, Effect::Open(PositionSide::Short), modes), Lane::Entry);
    }
    assert_eq!(lane(Product::Options, Effect::Close(PositionSide::Long), MODES), Lane::Safety);
    assert_eq!(lane(Product::Spot, Effect::Close(PositionSide::Long), MODES), Lane::Entry);
    let stop = NewOrder { effect: Effect::CloseAll(PositionSide::Long), ..order(OrderKind::StopMarket { trigger: stop() }) };
    assert_eq!(plan(Product::UsdM, "BTCUSDT", &instrument(Product::UsdM), &stop, MODES).unwrap().lane(), Lane::Safety);
}

#[test]
fn spot_has_no_short_positions_and_margin_has() {
    let short = NewOrder { effect: Effect::Open(PositionSide::Short), ..order(OrderKind::Market) };
    check(Product::Spot, &short, "refused: side `SHORT`");
    assert!(sent(Product::Margin, &short, MODES).starts_with("margin_place type=MARKET"));
}

#[test]
fn an_instrument_is_not_sent_to_a_product_that_trades_another_of_its_name() {
    let order = order(OrderKind::Market);
    for product in Product::ALL {
        for other in Product::ALL {
            let planned = plan(product, "BTCUSDT", &instrument(other), &order, MODES);
            let is_spot = |product| matches!(product, Product::Spot | Product::Margin);
            if product != other && !(is_spot(product) && is_spot(other)) {
                assert_eq!(planned.unwrap_err().field, "symbol", "{product} {other}");
            }
        }
    }
}

#[test]
fn a_market_order_has_no_time_in_force() {
    for time_in_force in [TimeInForce::FillOrKill, TimeInForce::PostOnly] {
        let order = NewOrder { time_in_force, ..order(OrderKind::Market) };
        for product in [Product::Spot, Product::UsdM] {
            assert!(sent(product, &order, MODES).starts_with("refused: timeInForce"), "{product}");
        }
    }
    let order = NewOrder { time_in_force: TimeInForce::ImmediateOrCancel, ..order(OrderKind::Market) };
    assert!(sent(Product::UsdM, &order, MODES).starts_with("usdm_place type=MARKET"));
}

#[test]
fn every_order_bears_its_name() {
    for product in [Product::Spot, Product::Margin, Product::UsdM, Product::CoinM, Product::Options] {
        let limit = order(OrderKind::Limit { price: price(60_000) });
        let request = plan(product, "BTCUSDT", &instrument(product), &limit, MODES).unwrap();
        let name = if product == Product::Options { "clientOrderId" } else { "newClientOrderId" };
        assert_eq!(request.params(NOW).unwrap().get(name), Some("mx000000700000010000003"), "{product}");
    }
    let stop = order(OrderKind::StopMarket { trigger: stop() });
    let request = plan(Product::UsdM, "BTCUSDT", &instrument(Product::UsdM), &stop, MODES).unwrap();
    assert_eq!(request.params(NOW).unwrap().get("clientAlgoId"), Some("mx000000700000010000003"));
}

#[test]
fn a_refusal_says_the_field_the_value_and_the_rule() {
    let order = NewOrder { effect: Effect::Net, ..order(OrderKind::Market) };
    let refusal = plan(Product::UsdM, "BTCUSDT", &instrument(Product::UsdM), &order, HEDGE).unwrap_err();
    let text = "positionSide `BOTH`: a hedge account has legs and no one position (USD-M, \"New Order\", -4061)";
    assert_eq!(refusal.to_string(), text);
}

fn paired(product: Product, one: &NewOrder, other: &NewOrder) -> String {
    match plan_pair(product, "BTCUSDT", &instrument(product), [one, other], MODES) {
        Ok(list) => list.params().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" "),
        Err(refusal) => format!("refused: {} `{}`", refusal.field, refusal.value),
    }
}

#[test]
fn two_linked_orders_of_spot_are_one_pair_whichever_comes_first() {
    let profit = order(OrderKind::Limit { price: price(66_000) });
    let stop = NewOrder { id: ClientOrderId { sequence: 4, ..profit.id }, ..order(OrderKind::StopMarket { trigger: stop() }) };
    let expected = "symbol=BTCUSDT side=SELL quantity=0.5 aboveType=LIMIT_MAKER abovePrice=66000 aboveClientOrderId=mx000000700000010000003 \
                    belowType=STOP_LOSS belowStopPrice=59000 belowClientOrderId=mx000000700000010000004 selfTradePreventionMode=EXPIRE_MAKER \
                    newOrderRespType=RESULT";
    assert_eq!(paired(Product::Spot, &profit, &stop), expected);
    assert_eq!(paired(Product::Spot, &stop, &profit), expected);
    let margin = paired(Product::Margin, &stop, &profit);
    assert!(
        margin.contains(
            "limitClientOrderId=mx000000700000010000003 price=66000 stopClientOrderId=mx000000700000010000004 stopPrice=59000"
        ),
        "{margin}"
    );
    assert!(margin.contains("isIsolated=FALSE sideEffectType=AUTO_BORROW_REPAY"), "{margin}");
}

#[test]
fn what_is_no_pair_is_refused() {
    let (profit, loss) = (order(OrderKind::Limit { price: price(66_000) }), order(OrderKind::StopMarket { trigger: stop() }));
    let check = |one: &NewOrder, other: &NewOrder, expected| assert_eq!(paired(Product::Spot, one, other), expected);
    check(&profit, &profit, "refused: belowType `LIMIT`");
    check(&loss, &loss, "refused: belowType `STOP_LOSS`");
    check(&profit, &NewOrder { side: Side::Buy, ..loss.clone() }, "refused: side `BUY`");
    check(&profit, &NewOrder { quantity: Quantity::new(dec!(0.4)).unwrap(), ..loss.clone() }, "refused: quantity ``");
    let other_mode = NewOrder { self_trade: SelfTrade::ExpireBoth, ..loss.clone() };
    check(&profit, &other_mode, "refused: selfTradePreventionMode ``");
    check(&order(OrderKind::Market), &loss, "refused: aboveType `MARKET`");
    check(&NewOrder { time_in_force: TimeInForce::FillOrKill, ..profit.clone() }, &loss, "refused: aboveType `LIMIT`");
    for product in [Product::UsdM, Product::CoinM, Product::Options] {
        assert_eq!(paired(product, &profit, &loss), format!("refused: contingencyType `{product}`"));
    }
}
