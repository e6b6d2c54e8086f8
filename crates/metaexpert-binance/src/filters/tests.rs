//! Each rule by its own name: what it refuses, what it lets through, and what it suggests; and all of them at once.

use metaexpert_connect::{
    Word,
    report::{ListingStatus, OrderType},
};
use metaexpert_core::{Payoff, Symbol};
use proptest::prelude::*;
use rust_decimal::dec;

use super::*;

fn listing(kind: InstrumentKind, filters: Vec<Filter>) -> Listing {
    Listing {
        symbol: "SOLUSDT".into(),
        unified: Symbol::new("SOLUSDT"),
        status: Word::Known(ListingStatus::Trading),
        kind: Some(kind),
        base: "SOL".into(),
        quote: "USDT".into(),
        settlement: "USDT".into(),
        contract_size: Decimal::ONE,
        margin: false,
        listed: None,
        filters,
        order_types: Vec::new(),
        permissions: Vec::new(),
        maintenance_margin: None,
        liquidation_fee: None,
    }
}

fn spot(filters: impl Into<Vec<Filter>>) -> Listing {
    listing(InstrumentKind::Spot, filters.into())
}

fn future(filters: impl Into<Vec<Filter>>) -> Listing {
    listing(InstrumentKind::Perpetual(Payoff::Linear), filters.into())
}

fn buy(quantity: Decimal, price: Decimal) -> OrderDraft {
    OrderDraft::limit(Side::Buy, quantity, price)
}

fn sell(quantity: Decimal, price: Decimal) -> OrderDraft {
    OrderDraft::limit(Side::Sell, quantity, price)
}

const NOTHING: MarketView = MarketView { reference: None, average: None, last: None, mark: None, open: None, position: None };

/// What the refusal says; empty where the order passes.
#[track_caller]
fn said(listing: &Listing, order: &OrderDraft, view: &MarketView) -> String {
    check(listing, order, view).map_or_else(|refusal| refusal.to_string(), |_| String::new())
}

fn unchecked(listing: &Listing, order: &OrderDraft, view: &MarketView) -> Vec<String> {
    check(listing, order, view).unwrap().unchecked.iter().map(ToString::to_string).collect()
}

#[test]
fn price_filter_holds_price_and_stop_price_between_limits_and_on_the_tick() {
    let listing = spot([Filter::Price { min: Some(dec!(1)), max: Some(dec!(500)), tick: Some(dec!(0.05)) }]);
    let refused = |price| said(&listing, &buy(dec!(1), price), &NOTHING);
    assert_eq!(refused(dec!(99.95)), "");
    assert_eq!(
        refused(dec!(99.97)),
        "SOLUSDT: PRICE_FILTER: price 99.97 is not on a step of 0.05 from 0; the nearest that would do is 99.95"
    );
    assert_eq!(refused(dec!(0.9)), "SOLUSDT: PRICE_FILTER: price 0.9 is below 1; the nearest that would do is 1");
    assert_eq!(refused(dec!(500.2)), "SOLUSDT: PRICE_FILTER: price 500.2 is above 500; the nearest that would do is 500");
    assert_eq!(refused(dec!(0)), "SOLUSDT: PRICE_FILTER: price 0 is not above zero; the nearest that would do is 1");
    let stop = OrderDraft {
        order_type: OrderType::StopMarket,
        stop_price: Some(dec!(90.01)),
        ..OrderDraft::market(Side::Sell, dec!(1))
    };
    assert_eq!(
        said(&listing, &stop, &NOTHING),
        "SOLUSDT: PRICE_FILTER: stop price 90.01 is not on a step of 0.05 from 0; the nearest that would do is 90"
    );
}

#[test]
fn a_limit_that_is_switched_off_limits_nothing() {
    let listing = spot([
        Filter::Price { min: None, max: None, tick: None },
        Filter::Lot { min: None, max: None, step: None, market: false },
    ]);
    assert_eq!(said(&listing, &buy(dec!(0.000000017), dec!(123456789.123)), &NOTHING), "");
}

#[test]
fn derivatives_count_their_steps_from_the_smallest_value() {
    let filters = [Filter::Lot { min: Some(dec!(0.3)), max: None, step: Some(dec!(0.2)), market: false }];
    assert_eq!(said(&future(filters.clone()), &buy(dec!(0.5), dec!(1)), &NOTHING), "");
    assert!(
        said(&future(filters.clone()), &buy(dec!(0.4), dec!(1)), &NOTHING).contains("from 0.3; the nearest that would do is 0.3")
    );
    assert_eq!(said(&spot(filters), &buy(dec!(0.4), dec!(1)), &NOTHING), "");
}

fn by_side(minutes: u32) -> Filter {
    let (bid_down, bid_up, ask_down, ask_up) = (dec!(0.2), dec!(1.2), dec!(0.8), dec!(5));
    Filter::PricePercent { bid_down, bid_up, ask_down, ask_up, minutes: Some(minutes) }
}

#[test]
fn percent_price_by_side_measures_buys_and_sells_by_their_own_factors() {
    let view = MarketView { average: Some(dec!(100)), ..NOTHING };
    let listing = spot([by_side(5)]);
    assert_eq!(said(&listing, &buy(dec!(1), dec!(120)), &view), "");
    assert_eq!(
        said(&listing, &buy(dec!(1), dec!(121)), &view),
        "SOLUSDT: PERCENT_PRICE_BY_SIDE: price 121 is above 120; the nearest that would do is 120"
    );
    assert_eq!(said(&listing, &sell(dec!(1), dec!(121)), &view), "");
    assert!(said(&listing, &sell(dec!(1), dec!(79)), &view).contains("is below 80"));
    assert_eq!(said(&listing, &OrderDraft::market(Side::Buy, dec!(1)), &NOTHING), "");
}

#[test]
fn the_reference_price_goes_before_the_average_and_the_last_price() {
    let order = buy(dec!(1), dec!(121));
    let view = MarketView { reference: Some(dec!(110)), average: Some(dec!(100)), last: Some(dec!(90)), ..NOTHING };
    assert_eq!(said(&spot([by_side(5)]), &order, &view), "");
    assert!(said(&spot([by_side(5)]), &order, &MarketView { reference: None, ..view }).contains("above 120"));
    assert!(said(&spot([by_side(0)]), &order, &MarketView { reference: None, ..view }).contains("above 108"));
}

#[test]
fn a_percentage_of_an_unknown_price_passes_and_says_so() {
    let order = buy(dec!(1), dec!(121));
    assert_eq!(
        unchecked(&spot([by_side(5)]), &order, &NOTHING),
        ["PERCENT_PRICE_BY_SIDE was not checked: the reference price is not known"]
    );
    let (down, up) = (dec!(0.9), dec!(1.1));
    let listing = future([Filter::PricePercent { bid_down: down, bid_up: up, ask_down: down, ask_up: up, minutes: None }]);
    assert_eq!(unchecked(&listing, &order, &NOTHING), ["PERCENT_PRICE was not checked: the mark price is not known"]);
}

#[test]
fn futures_hold_buys_below_and_sells_above_the_mark_price_alone() {
    let (down, up) = (dec!(0.9), dec!(1.1));
    let percent = Filter::PricePercent { bid_down: down, bid_up: up, ask_down: down, ask_up: up, minutes: None };
    let listing = future([percent, Filter::Price { min: None, max: None, tick: Some(dec!(0.25)) }]);
    let view = MarketView { mark: Some(dec!(101.3)), ..NOTHING };
    assert_eq!(said(&listing, &buy(dec!(1), dec!(5)), &view), "");
    assert_eq!(said(&listing, &sell(dec!(1), dec!(500)), &view), "");
    // On the tick, and not on the limit that lies between two.
    assert_eq!(
        said(&listing, &buy(dec!(1), dec!(112)), &view),
        "SOLUSDT: PERCENT_PRICE: price 112 is above 111.43; the nearest that would do is 111.25"
    );
    assert_eq!(
        said(&listing, &sell(dec!(1), dec!(91)), &view),
        "SOLUSDT: PERCENT_PRICE: price 91 is below 91.17; the nearest that would do is 91.25"
    );
}

#[test]
fn the_limit_of_futures_that_wait_is_measured_by_their_stop_price() {
    let factor = |factor| (dec!(1) - factor, dec!(1) + factor);
    let (down, up) = factor(dec!(0.05));
    let percent = Filter::PricePercent { bid_down: down, bid_up: up, ask_down: down, ask_up: up, minutes: None };
    let listing = future([percent]);
    let view = MarketView { mark: Some(dec!(100)), ..NOTHING };
    let protect = |price| OrderDraft { order_type: OrderType::StopLimit, stop_price: Some(dec!(90)), ..sell(dec!(1), price) };
    assert_eq!(said(&listing, &protect(dec!(89)), &view), "", "far from the mark price, near its stop");
    assert!(said(&listing, &protect(dec!(80)), &view).contains("PERCENT_PRICE: price 80 is below 85.5"));
}

#[test]
fn market_lots_are_for_market_orders_and_on_futures_for_all_that_become_one() {
    let lots = [
        Filter::Lot { min: Some(dec!(0.1)), max: Some(dec!(1000)), step: Some(dec!(0.1)), market: false },
        Filter::Lot { min: None, max: Some(dec!(120)), step: None, market: true },
    ];
    let market = OrderDraft::market(Side::Buy, dec!(500));
    let stop = OrderDraft { order_type: OrderType::StopMarket, stop_price: Some(dec!(90)), ..market.clone() };
    let refusal = "SOLUSDT: MARKET_LOT_SIZE: quantity 500 is above 120; the nearest that would do is 120";
    assert_eq!(said(&spot(lots.clone()), &market, &NOTHING), refusal);
    assert_eq!(said(&spot(lots.clone()), &stop, &NOTHING), "");
    assert_eq!(said(&future(lots.clone()), &stop, &NOTHING), refusal);
    assert_eq!(said(&future(lots.clone()), &buy(dec!(500), dec!(1)), &NOTHING), "");
    assert!(said(&future(lots), &buy(dec!(0.04), dec!(1)), &NOTHING).contains("LOT_SIZE: quantity 0.04 is below 0.1"));
}

fn notional(min: Decimal, max: Option<Decimal>) -> Filter {
    Filter::Notional { min: Some(min), max, min_for_market: true, max_for_market: false, minutes: 5 }
}

#[test]
fn an_order_that_is_worth_too_little_is_told_the_smallest_quantity_that_would_do() {
    let lot = Filter::Lot { min: Some(dec!(0.001)), max: None, step: Some(dec!(0.001)), market: false };
    let listing = spot([lot.clone(), notional(dec!(10), Some(dec!(1000)))]);
    assert_eq!(
        said(&listing, &buy(dec!(0.03), dec!(150)), &NOTHING),
        "SOLUSDT: NOTIONAL: quantity 0.03 makes 4.5, below 10; the nearest that would do is 0.067"
    );
    assert_eq!(
        said(&listing, &buy(dec!(7), dec!(150)), &NOTHING),
        "SOLUSDT: NOTIONAL: quantity 7 makes 1050, above 1000; the nearest that would do is 6.666"
    );
    assert!(said(&spot([lot, notional(dec!(10), None)]), &buy(dec!(0.03), dec!(150)), &NOTHING).contains("MIN_NOTIONAL"));
}

#[test]
fn a_market_order_is_worth_what_the_average_says_where_it_is_asked_at_all() {
    let market = OrderDraft::market(Side::Sell, dec!(0.05));
    let view = MarketView { average: Some(dec!(150)), ..NOTHING };
    let listing = spot([notional(dec!(10), Some(dec!(1)))]);
    assert!(said(&listing, &market, &view).contains("makes 7.5, below 10"));
    assert_eq!(unchecked(&listing, &market, &NOTHING), ["NOTIONAL was not checked: the reference price is not known"]);
    let not_asked = Filter::Notional { min: Some(dec!(10)), max: None, min_for_market: false, max_for_market: false, minutes: 5 };
    assert!(unchecked(&spot([not_asked]), &market, &view).is_empty());
}

#[test]
fn futures_value_market_orders_at_the_mark_and_spare_those_that_only_reduce() {
    let listing =
        future([Filter::Notional { min: Some(dec!(5)), max: None, min_for_market: true, max_for_market: false, minutes: 0 }]);
    let market = OrderDraft::market(Side::Sell, dec!(0.03));
    let view = MarketView { mark: Some(dec!(150)), last: Some(dec!(1_000)), ..NOTHING };
    assert!(said(&listing, &market, &view).contains("MIN_NOTIONAL: quantity 0.03 makes 4.5, below 5"));
    assert_eq!(said(&listing, &OrderDraft { reduce_only: true, ..market.clone() }, &view), "");
    let stop = OrderDraft { order_type: OrderType::StopMarket, stop_price: Some(dec!(90)), ..market };
    assert_eq!(
        unchecked(&listing, &stop, &view),
        ["MIN_NOTIONAL was not checked: the price at which it will trade is not known"]
    );
}

#[test]
fn an_amount_of_quote_currency_is_the_value_itself() {
    let listing = spot([notional(dec!(10), Some(dec!(1000))), Filter::Asset { asset: "USDT".into(), max: dec!(42) }]);
    let order = |quote| OrderDraft { quantity: None, quote_quantity: Some(quote), ..OrderDraft::market(Side::Buy, Decimal::ONE) };
    assert_eq!(said(&listing, &order(dec!(10)), &NOTHING), "");
    assert_eq!(
        said(&listing, &order(dec!(9.5)), &NOTHING),
        "SOLUSDT: NOTIONAL: quote quantity 9.5 is below 10; the nearest that would do is 10"
    );
    assert!(said(&listing, &order(dec!(43)), &NOTHING).contains("MAX_ASSET: quote quantity 43 is above 42"));
    assert!(said(&listing, &order(dec!(0)), &NOTHING).contains("is not above zero"));
}

#[test]
fn icebergs_have_a_lot_and_not_too_many_parts() {
    let listing =
        spot([Filter::Lot { min: Some(dec!(1)), max: None, step: Some(dec!(1)), market: false }, Filter::IcebergParts(10)]);
    let order = |iceberg| OrderDraft { iceberg_quantity: Some(iceberg), ..buy(dec!(101), dec!(2)) };
    assert_eq!(said(&listing, &order(dec!(11)), &NOTHING), "");
    assert_eq!(
        said(&listing, &order(dec!(10)), &NOTHING),
        "SOLUSDT: ICEBERG_PARTS: iceberg quantity 10 makes 100, below 101; the nearest that would do is 11"
    );
    assert!(said(&listing, &order(dec!(11.5)), &NOTHING).contains("LOT_SIZE: iceberg quantity 11.5"));
}

#[test]
fn one_order_more_than_may_be_open_is_refused() {
    let listing = spot([
        Filter::OpenOrders(200),
        Filter::ConditionalOrders(5),
        Filter::IcebergOrders(3),
        Filter::OrderLists(20),
        Filter::Amends(10),
    ]);
    let view = |open| MarketView { open: Some(open), ..NOTHING };
    let open = OpenCounts { orders: 199, conditional: 5, iceberg: 3, lists: 20 };
    let limit = buy(dec!(1), dec!(1));
    let stop = OrderDraft { order_type: OrderType::StopLimit, stop_price: Some(dec!(1)), ..limit.clone() };
    let iceberg = OrderDraft { iceberg_quantity: Some(dec!(0.5)), ..limit.clone() };
    let list = OrderDraft { opens_list: true, ..limit.clone() };
    assert_eq!(said(&listing, &limit, &view(open)), "");
    assert_eq!(
        said(&listing, &limit, &view(OpenCounts { orders: 200, ..open })),
        "SOLUSDT: MAX_NUM_ORDERS: count 201 is above 200"
    );
    assert_eq!(said(&listing, &stop, &view(open)), "SOLUSDT: MAX_NUM_ALGO_ORDERS: count 6 is above 5");
    assert_eq!(said(&listing, &iceberg, &view(open)), "SOLUSDT: MAX_NUM_ICEBERG_ORDERS: count 4 is above 3");
    assert_eq!(said(&listing, &list, &view(open)), "SOLUSDT: MAX_NUM_ORDER_LISTS: count 21 is above 20");
    let amended = |before| OrderDraft { amended: Some(before), ..stop.clone() };
    assert_eq!(said(&listing, &amended(9), &view(open)), "");
    assert_eq!(said(&listing, &amended(10), &view(open)), "SOLUSDT: MAX_NUM_ORDER_AMENDS: count 11 is above 10");
    assert_eq!(
        unchecked(&listing, &stop, &NOTHING),
        [
            "MAX_NUM_ORDERS was not checked: the number of open orders is not known",
            "MAX_NUM_ALGO_ORDERS was not checked: the number of open orders is not known"
        ]
    );
}

#[test]
fn max_position_counts_what_is_owned_and_limits_buys_alone() {
    let listing = spot([Filter::Position(dec!(10)), Filter::Lot { min: None, max: None, step: Some(dec!(0.5)), market: false }]);
    let view = MarketView { position: Some(dec!(7.2)), ..NOTHING };
    assert_eq!(said(&listing, &buy(dec!(2.5), dec!(1)), &view), "");
    assert_eq!(
        said(&listing, &buy(dec!(3), dec!(1)), &view),
        "SOLUSDT: MAX_POSITION: quantity 3 is above 2.8; the nearest that would do is 2.5"
    );
    assert_eq!(said(&listing, &sell(dec!(3), dec!(1)), &view), "");
    assert_eq!(
        unchecked(&listing, &buy(dec!(3), dec!(1)), &NOTHING),
        ["MAX_POSITION was not checked: the position is not known"]
    );
    let full = MarketView { position: Some(dec!(12)), ..NOTHING };
    assert_eq!(check(&listing, &buy(dec!(3), dec!(1)), &full).unwrap_err().nearest, None);
}

#[test]
fn max_asset_limits_the_quantity_of_a_base_and_the_value_of_a_quote_asset() {
    let of = |asset: &str| spot([Filter::Asset { asset: asset.into(), max: dec!(42) }]);
    assert!(said(&of("SOL"), &buy(dec!(43), dec!(1)), &NOTHING).contains("MAX_ASSET: quantity 43 is above 42"));
    assert!(said(&of("USDT"), &buy(dec!(2), dec!(30)), &NOTHING).contains("MAX_ASSET: quantity 2 makes 60, above 42"));
    assert_eq!(said(&of("BNB"), &buy(dec!(2), dec!(30)), &NOTHING), "");
}

#[test]
fn a_trailing_delta_is_measured_by_the_side_of_the_price_on_which_the_order_waits() {
    let listing = spot([Filter::TrailingDelta { min_above: 10, max_above: 2000, min_below: 50, max_below: 300 }]);
    let of = |side, order_type, delta| {
        said(&listing, &OrderDraft { order_type, trailing_delta: Some(delta), ..OrderDraft::market(side, dec!(1)) }, &NOTHING)
    };
    assert_eq!(of(Side::Buy, OrderType::StopMarket, 20), "");
    assert_eq!(of(Side::Sell, OrderType::TakeProfitLimit, 20), "");
    let refusal = "SOLUSDT: TRAILING_DELTA: trailing delta 20 is below 50; the nearest that would do is 50";
    assert_eq!(of(Side::Sell, OrderType::StopLimit, 20), refusal);
    assert_eq!(of(Side::Buy, OrderType::TakeProfitMarket, 20), refusal);
}

#[test]
fn inverse_contracts_are_worth_their_size_whatever_the_price() {
    let mut listing = listing(InstrumentKind::Perpetual(Payoff::Inverse), vec![notional(dec!(250), None)]);
    listing.contract_size = dec!(100);
    assert!(said(&listing, &buy(dec!(2), dec!(60000)), &NOTHING).contains("makes 200, below 250"));
    assert_eq!(said(&listing, &buy(dec!(3), dec!(60000)), &NOTHING), "");
}

fn cents(range: std::ops::Range<i64>) -> impl Strategy<Value = Decimal> {
    range.prop_map(|cents| Decimal::new(cents, 2))
}

prop_compose! {
    fn any_rules()(
        tick in prop::sample::select(vec![1, 5, 10]),
        step in prop::sample::select(vec![1, 2, 25]),
        (low, high) in (1_i64..5_000, 5_000_i64..20_000),
        (small, large) in (1_i64..200, 200_i64..5_000),
        (least, most) in (1_i64..50_000, 50_000_i64..900_000),
    ) -> [Filter; 4] {
        let of = |cents| Decimal::new(cents, 2);
        let (bid_down, bid_up, ask_down, ask_up) = (dec!(0.5), dec!(1.2), dec!(0.8), dec!(2));
        [
            Filter::Price { min: Some(of(low)), max: Some(of(high)), tick: Some(of(tick)) },
            Filter::Lot { min: Some(of(small)), max: Some(of(large)), step: Some(of(step)), market: false },
            Filter::PricePercent { bid_down, bid_up, ask_down, ask_up, minutes: Some(5) },
            Filter::Notional { min: Some(of(least)), max: Some(of(most)), min_for_market: true, max_for_market: true, minutes: 5 },
        ]
    }
}

/// The rules as the documentation writes them, each by itself.
fn naive(filters: &[Filter], order: &OrderDraft, average: Decimal) -> bool {
    let (price, quantity) = (order.price.unwrap(), order.quantity.unwrap());
    let within = |value: Decimal, min: Option<Decimal>, max: Option<Decimal>, step: Option<Decimal>| {
        value > Decimal::ZERO && value >= min.unwrap() && value <= max.unwrap() && (value % step.unwrap()).is_zero()
    };
    filters.iter().all(|filter| match filter {
        Filter::Price { min, max, tick } => within(price, *min, *max, *tick),
        Filter::Lot { min, max, step, .. } => within(quantity, *min, *max, *step),
        Filter::PricePercent { bid_down, bid_up, ask_down, ask_up, .. } => match order.side {
            Side::Buy => price >= average * bid_down && price <= average * bid_up,
            Side::Sell => price >= average * ask_down && price <= average * ask_up,
        },
        Filter::Notional { min, max, .. } => price * quantity >= min.unwrap() && price * quantity <= max.unwrap(),
        other => unreachable!("{other:?}"),
    })
}

proptest! {
    #[test]
    fn what_passes_meets_every_rule_and_what_meets_every_rule_passes(
        filters in any_rules(), price in cents(0..25_000), quantity in cents(0..6_000), average in cents(1..20_000), is_buy in any::<bool>(),
    ) {
        let order = if is_buy { buy(quantity, price) } else { sell(quantity, price) };
        let view = MarketView { average: Some(average), ..NOTHING };
        prop_assert_eq!(check(&spot(filters.clone()), &order, &view).is_ok(), naive(&filters, &order, average));
    }

    #[test]
    fn an_order_that_follows_the_suggestions_passes(
        filters in any_rules(), price in cents(1..25_000), quantity in cents(1..6_000), average in cents(1..20_000), is_buy in any::<bool>(),
    ) {
        let mut order = if is_buy { buy(quantity, price) } else { sell(quantity, price) };
        let view = MarketView { average: Some(average), ..NOTHING };
        let listing = spot(filters);
        // First the price, then the quantity: two suggestions at most.
        for _ in 0..2 {
            match check(&listing, &order, &view) {
                Err(FilterRefusal { field: Field::Price, nearest: Some(nearest), .. }) => order.price = Some(nearest),
                Err(FilterRefusal { field: Field::Quantity, nearest: Some(nearest), .. }) => order.quantity = Some(nearest),
                Err(FilterRefusal { nearest: None, .. }) => return Ok(()),
                Err(refusal) => prop_assert!(false, "{}", refusal),
                Ok(_) => break,
            }
        }
        prop_assert!(check(&listing, &order, &view).is_ok(), "{:?}", check(&listing, &order, &view));
    }
}

fn any_decimal() -> impl Strategy<Value = Decimal> {
    let extremes = vec![Decimal::MAX, Decimal::MIN, Decimal::ZERO, Decimal::ONE, Decimal::new(1, 28), Decimal::new(-1, 8)];
    prop_oneof![
        prop::sample::select(extremes),
        (any::<i64>(), 0_u32..28).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
    ]
}

fn any_limit() -> impl Strategy<Value = Option<Decimal>> {
    prop::option::of(any_decimal())
}

prop_compose! {
    fn any_filter()(
        which in 0..5, min in any_limit(), max in any_limit(), step in any_limit(), factor in any_decimal(), market in any::<bool>(), parts in any::<u32>(),
    ) -> Filter {
        let step = step.filter(|step| step.is_sign_positive() && !step.is_zero());
        match which {
            0 => Filter::Price { min, max, tick: step },
            1 => Filter::Lot { min, max, step, market },
            2 => Filter::PricePercent { bid_down: factor, bid_up: factor, ask_down: factor, ask_up: factor, minutes: market.then_some(0) },
            3 => Filter::Notional { min, max, min_for_market: market, max_for_market: true, minutes: parts },
            _ if market => Filter::IcebergParts(parts),
            _ => Filter::Position(factor),
        }
    }
}

proptest! {
    #[test]
    fn no_numbers_make_it_panic(
        filters in prop::collection::vec(any_filter(), 0..6),
        numbers in prop::array::uniform5(any_limit()),
        market in prop::array::uniform3(any_limit()),
        is_spot in any::<bool>(),
        trailing_delta in any::<Option<u32>>(),
    ) {
        let [price, stop_price, quantity, quote_quantity, iceberg_quantity] = numbers;
        let order = OrderDraft {
            price, stop_price, quantity, quote_quantity, iceberg_quantity, trailing_delta, ..OrderDraft::market(Side::Buy, Decimal::ONE)
        };
        let [last, mark, position] = market;
        let view = MarketView { last, mark, position, ..NOTHING };
        let listing = if is_spot { spot(filters) } else { future(filters) };
        if let Err(FilterRefusal { field, nearest: Some(nearest), .. }) = check(&listing, &order, &view) {
            prop_assert!(field == Field::TrailingDelta || nearest > Decimal::ZERO);
        }
    }
}
