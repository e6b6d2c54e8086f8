//! What an expert says, down to the order that leaves: each part of an order, what does not go together, and what stands.

use metaexpert_core::{Cancellation, Currency, Money, Quantity, Rejection};
use metaexpert_core::{
    Context, Distance, Effect, Percent, Price, Result, SelfTrade, Side, TimeInForce, TriggerBy, UnixNanos,
    broker::Answer,
    config::{MarketType, OnBreach, PositionMode, SizeType},
    context::{OrderBuilder, Ticket},
};
use rust_decimal::dec;

use crate::standing::{Standing, executed, id, line};

/// What one order comes to that is asked for at a price of 100, with two long and one short held.
fn sent(standing: Standing, say: impl Fn(&mut Context) -> OrderBuilder<&mut Context> + 'static) -> String {
    let is_spot = standing.config.market_type == MarketType::Spot;
    let stood = standing.at(&[100.0, 100.0, 100.0]).run(move |bar, context| {
        match bar {
            1 => {
                context.buy().quantity(2.0).unprotected().send()?;
                if !is_spot {
                    context.sell().quantity(1.0).unprotected().send()?;
                }
            }
            2 => drop(say(context).send()?),
            _ => {}
        }
        Ok(())
    });
    let held = if is_spot { 1 } else { 2 };
    let errors = stood.told.iter().filter(|told| told.starts_with("error")).cloned();
    stood.orders.get(held).map(line).into_iter().chain(errors).collect::<Vec<_>>().join("\n")
}

macro_rules! table {
    ($($name:ident: $standing:expr, $(($say:expr, $expect:literal)),+ $(,)?;)+) => {
        $(#[test]
        fn $name() {
            $(assert_eq!(sent($standing, $say), $expect, stringify!($say));)+
        })+
    };
}

fn noon() -> UnixNanos {
    UnixNanos::from_seconds(12 * 3600).unwrap()
}

fn on(market: MarketType) -> Standing {
    let mut standing = Standing::new();
    standing.config.market_type = market;
    standing
}

fn protected() -> Standing {
    let mut standing = Standing::new();
    standing.config.stop_loss_pct = Some(Percent::new(dec!(2)));
    standing.config.size_type = Some(SizeType::FixedBase);
    standing.config.size_value = Some(dec!(1));
    standing
}

table! {
    each_kind_is_what_it_is_called: Standing::new(),
        (|ctx| ctx.buy().quantity(1.0), "buy 1 market opens long"),
        (|ctx| ctx.buy().quantity(1.0).limit(99.0), "buy 1 limit @ 99 opens long"),
        (|ctx| ctx.sell().quantity(1.0).limit(dec!(101)), "sell 1 limit @ 101 opens short"),
        (|ctx| ctx.buy().quantity(1.0).stop(101.0), "buy 1 stop_market 101 by last opens long"),
        (|ctx| ctx.sell().quantity(1.0).stop_limit(99.0, 98.5), "sell 1 stop_limit 99 by last @ 98.5 opens short"),
        (|ctx| ctx.buy().quantity(1.0).market_if_touched(99.0), "buy 1 take_profit_market 99 by last opens long"),
        (|ctx| ctx.sell().quantity(1.0).limit_if_touched(101.0, 100.5),
            "sell 1 take_profit_limit 101 by last @ 100.5 opens short"),
        (|ctx| ctx.sell().quantity(1.0).trailing(Distance::Percent(Percent::new(dec!(1.5)))),
            "sell 1 trailing_stop 1.5% by last opens short"),
        (|ctx| ctx.sell().quantity(1.0).trailing(Distance::Absolute(Price::new(dec!(2))
            .unwrap())).activation(103.0).trigger_by(TriggerBy::Mark),
            "sell 1 trailing_stop 2 from 103 by mark opens short"),
        // A trigger by another price is not held against the last one.
        (|ctx| ctx.buy().quantity(1.0).stop(99.0).trigger_by(TriggerBy::Index), "buy 1 stop_market 99 by index opens long");

    how_long_an_order_stands_is_said_in_one_word: Standing::new(),
        (|ctx| ctx.buy().quantity(1.0).limit(99.0).post_only(), "buy 1 limit @ 99 post_only opens long"),
        (|ctx| ctx.buy().quantity(1.0).limit(99.0).ioc(), "buy 1 limit @ 99 ioc opens long"),
        (|ctx| ctx.buy().quantity(1.0).fok(), "buy 1 market fok opens long"),
        (|ctx| ctx.buy().quantity(1.0).limit(99.0).good_till(noon()),
            "buy 1 limit @ 99 gtd 1970-01-01T12:00:00Z opens long"),
        (|ctx| ctx.buy().quantity(1.0).stop(101.0).time_in_force(TimeInForce::GoodTillCancelled),
            "buy 1 stop_market 101 by last opens long"),
        (|ctx| ctx.buy().quantity(1.0).limit(99.0).self_trade(SelfTrade::ExpireBoth),
            "buy 1 limit @ 99 opens long expire_both");

    an_exit_takes_of_its_leg_at_most_all_of_it: Standing::new(),
        (|ctx| ctx.sell().quantity(0.5).reduce_only().limit(110.0), "sell 0.5 limit @ 110 closes long"),
        (|ctx| ctx.sell().quantity(9.0).reduce_only().stop(95.0), "sell 2 stop_market 95 by last closes long"),
        (|ctx| ctx.buy().reduce_only().market_if_touched(90.0), "buy 1 take_profit_market 90 by last closes short"),
        (|ctx| ctx.sell().close_position().stop(95.0), "sell 2 stop_market 95 by last closes all of long"),
        (|ctx| ctx.buy().close_position(), "buy 1 market closes all of short");

    protection_is_the_orders_own_or_the_configurations: protected(),
        (|ctx| ctx.buy().limit(99.0), "buy 1 limit @ 99 opens long stop 2%"),
        (|ctx| ctx.buy().stop_loss(95.0).take_profit(110.0), "buy 1 market opens long stop at 95 target at 110"),
        (|ctx| ctx.sell().stop_loss(103.0).take_profit_pct(4.0), "sell 1 market opens short stop at 103 target 4%"),
        (|ctx| ctx.buy().unprotected().trailing_stop_pct(1.0), "buy 1 market opens long trails 1%"),
        // Levels are held against the order's own price.
        (|ctx| ctx.buy().limit(90.0).stop_loss(95.0),
            "error BTCUSDT: stop_loss: `95` is not below 90, where it has to stand when a buy is expected to be filled there");

    prices_go_to_the_tick_so_that_nothing_is_worse_than_asked_for: Standing::new(),
        (|ctx| ctx.buy().quantity(1.0).limit(99.07), "buy 1 limit @ 99 opens long"),
        (|ctx| ctx.sell().quantity(1.0).limit(101.01), "sell 1 limit @ 101.1 opens short"),
        (|ctx| ctx.buy().quantity(1.0).stop(101.07), "buy 1 stop_market 101 by last opens long"),
        (|ctx| ctx.sell().quantity(1.0).stop(98.93), "sell 1 stop_market 99 by last opens short"),
        (|ctx| ctx.buy().quantity(1.0).stop_loss(95.01).take_profit(105.01), "buy 1 market opens long stop at 95.1 target at 105.1"),
        (|ctx| ctx.buy().quantity(1.0).limit(0.05),
            "error BTCUSDT: limit: `0.05` is below the tick, 0.1, which is the lowest price there is");

    coins_are_bought_for_an_amount: Standing::on_spot(),
        (|ctx| ctx.buy().spend(250.0), "buy 2.5 market nets spends 250"),
        (|ctx| ctx.sell().quantity(2.0).limit(110.0), "sell 2 limit @ 110 nets"),
        (|ctx| ctx.sell().spend(250.0),
            "error BTCUSDT: spend: is for market buys on `spot` and `margin`, and this is a `market` sell with `an entry` on `spot`");

    borrowed_coins_can_be_sold_short: on(MarketType::Margin),
        (|ctx| ctx.sell().quantity(5.0), "sell 5 market nets"),
        (|ctx| ctx.buy().spend(250.0), "buy 2.5 market nets spends 250");

    an_option_is_one_position_that_can_be_sold_first: on(MarketType::Options),
        (|ctx| ctx.sell().quantity(5.0).limit(101.0), "sell 5 limit @ 101 nets"),
        (|ctx| ctx.sell().quantity(1.0).reduce_only(), "sell 1 market closes long");

    a_trigger_on_the_wrong_side_of_the_price_is_refused: Standing::new(),
        (|ctx| ctx.buy().quantity(1.0).stop(99.0),
            "error BTCUSDT: stop: `99` is not above the price, 100, where a buy of that kind waits; did you mean `market_if_touched`?"),
        (|ctx| ctx.sell().quantity(1.0).stop_limit(100.0, 99.0),
            "error BTCUSDT: stop_limit: `100` is not below the price, 100, where a sell of that kind waits; did you mean `market_if_touched`?"),
        (|ctx| ctx.buy().quantity(1.0).market_if_touched(101.0),
            "error BTCUSDT: market_if_touched: `101` is not below the price, 100, where a buy of that kind waits; did you mean `stop`?"),
        (|ctx| ctx.sell().quantity(1.0).take_profit(101.0),
            "error BTCUSDT: take_profit: `101` is not below 100, where it has to stand when a sell is expected to be filled there");

    what_does_not_go_together_is_refused_by_both_names: Standing::new(),
        (|ctx| ctx.buy().quantity(1.0).post_only(), "error BTCUSDT: post_only: does not go with `market`: it takes and never rests"),
        (|ctx| ctx.buy().quantity(1.0).fok().stop(101.0),
            "error BTCUSDT: fok: does not go with `stop`: an order that waits for a price is not there at once"),
        (|ctx| ctx.buy().quantity(1.0).ioc().stop_limit(101.0, 102.0),
            "error BTCUSDT: ioc: does not go with `stop_limit`: an order that waits for a price is not there at once"),
        (|ctx| ctx.buy().quantity(1.0).good_till(noon()),
            "error BTCUSDT: good_till: does not go with `market`: it trades at once and does not stand"),
        (|ctx| ctx.buy().quantity(1.0).limit(99.0).good_till(UnixNanos::default()),
            "error BTCUSDT: good_till: `1970-01-01T00:00:00Z` is over: it is 1970-01-01T00:02:00Z"),
        (|ctx| ctx.buy().quantity(1.0).limit(99.0).ioc().post_only(),
            "error BTCUSDT: time_in_force: is `ioc` already, and `post_only` is another"),
        (|ctx| ctx.buy().quantity(1.0).limit(99.0).stop(101.0),
            "error BTCUSDT: stop: an order is of one kind, and this one is `limit` already"),
        (|ctx| ctx.buy().quantity(1.0).limit(99.0).trigger_by(TriggerBy::Mark),
            "error BTCUSDT: trigger_by: `mark` brings nothing to life: a `limit` order waits for no price"),
        (|ctx| ctx.buy().quantity(1.0).stop(101.0).activation(103.0),
            "error BTCUSDT: activation: `103` is for a `trailing` order, and this is a `stop` order"),
        (|ctx| ctx.buy().quantity(1.0).trailing(Distance::Percent(Percent::new(dec!(100)))),
            "error BTCUSDT: trailing: `100` is not above 0 and below 100 percent"),
        (|ctx| ctx.buy().quantity(1.0).spend(10.0), "error BTCUSDT: spend: is a size by itself; leave `quantity` and `size` out"),
        (|ctx| ctx.sell().reduce_only().stop_loss(110.0),
            "error BTCUSDT: stop_loss: protects what an order opens, and an order with `reduce_only` opens nothing"),
        (|ctx| ctx.sell().close_position().quantity(1.0),
            "error BTCUSDT: close_position: closes all there is then; leave `quantity` out"),
        (|ctx| ctx.sell().close_position().limit(110.0),
            "error BTCUSDT: close_position: does not go with `limit`: at a limit not all of it may trade"),
        (|ctx| ctx.buy().quantity(1.0).limit(-1.0), "error BTCUSDT: limit: is not a number above zero"),
        (|ctx| ctx.buy().quantity(1.0).limit(f64::NAN), "error BTCUSDT: limit: is not a number above zero");
}

#[test]
fn in_one_way_mode_an_entry_nets_and_an_exit_still_only_closes() {
    let one_way = || {
        let mut standing = Standing::new();
        standing.config.position_mode = PositionMode::Oneway;
        standing
    };
    let stood = one_way().at(&[100.0, 100.0, 100.0]).run(|bar, context| {
        match bar {
            1 => drop(context.buy().quantity(2.0).send()?),
            2 => {
                context.sell().quantity(3.0).limit(110.0).send()?;
                context.sell().quantity(3.0).limit(120.0).reduce_only().send()?;
            }
            _ => {}
        }
        Ok(())
    });
    let lines: Vec<_> = stood.orders.iter().map(line).collect();
    assert_eq!(lines, ["buy 2 market nets", "sell 3 limit @ 110 nets", "sell 2 limit @ 120 closes long"]);
}

/// Sends both, or neither: the orders that left, and the errors.
fn linked(standing: Standing, tickets: impl Fn() -> [Ticket; 2] + 'static) -> Vec<String> {
    let stood = standing.at(&[100.0, 100.0, 100.0]).run(move |bar, context| {
        match bar {
            1 => drop(context.buy().quantity(2.0).unprotected().send()?),
            2 => {
                let [first, second] = tickets();
                context.oco(first, second)?;
            }
            _ => {}
        }
        Ok(())
    });
    let errors = stood.told.into_iter().filter(|told| told.starts_with("error"));
    stood.orders.iter().skip(1).map(line).chain(errors).collect()
}

#[test]
fn of_two_orders_that_cancel_each_other_both_are_sent_or_neither() {
    let exits = || [Ticket::sell().limit(110.0).reduce_only(), Ticket::sell().stop(95.0).reduce_only()];
    let expected = ["sell 2 limit @ 110 closes long link 2", "sell 2 stop_market 95 by last closes long link 2"];
    assert_eq!(linked(Standing::new(), exits), expected);
    // On spot each of them needs the same coins: only because one of them can trade do they suffice.
    let sells = || [Ticket::sell().quantity(2.0).limit(110.0), Ticket::sell().quantity(2.0).stop(95.0)];
    assert_eq!(linked(Standing::on_spot(), sells).len(), 2);
    let wrong = || [Ticket::sell().limit(110.0).reduce_only(), Ticket::sell().stop(105.0).reduce_only()];
    let refused = linked(Standing::new(), wrong);
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].starts_with("error BTCUSDT: stop: `105` is not below the price, 100"), "{refused:?}");
    let at_once = || [Ticket::sell().reduce_only(), Ticket::sell().stop(95.0).reduce_only()];
    let rule =
        "error BTCUSDT: oco: links two orders that wait, and a `market` order trades at once; name its kind, as in `.limit(..)`";
    assert_eq!(linked(Standing::new(), at_once), [rule]);
}

#[test]
fn the_second_of_two_is_judged_as_if_the_first_were_not_there() {
    let mut standing = Standing::new();
    standing.config.max_position_size_quote = Some(dec!(350));
    // With two held, worth 200, one more fits and two do not; of the linked ones only one can be filled.
    let entries = || [Ticket::buy().quantity(1.0).limit(90.0), Ticket::buy().quantity(1.0).stop(110.0)];
    assert_eq!(linked(standing, entries).len(), 2);
}

/// Entries of one unit with a limit at 99, as many as are told; what became of the last of them.
fn after_resting(standing: Standing, resting: usize) -> Option<String> {
    let stood = standing.at(&[100.0, 100.0]).run(move |bar, context| {
        if bar == 1 {
            for _ in 0..resting {
                context.buy().quantity(1.0).limit(99.0).send()?;
            }
            context.buy().quantity(1.0).send()?;
        }
        Ok(())
    });
    stood.told.into_iter().find(|told| told.starts_with("error"))
}

#[test]
fn what_resting_entries_may_open_counts_against_every_limit() {
    let with = |change: fn(&mut metaexpert_core::Config)| {
        let mut standing = Standing::new();
        change(&mut standing.config);
        standing
    };
    let margin = |capital| {
        let mut standing = Standing::new();
        standing.config.initial_capital = capital;
        standing
    };
    assert_eq!(after_resting(margin(dec!(298)), 2), None);
    let refused = after_resting(margin(dec!(297)), 2).unwrap();
    assert_eq!(refused, "error margin: BTCUSDT: margin and fee need 100, 99 is free");
    let refused = after_resting(with(|config| config.max_position_size_quote = Some(dec!(299))), 2).unwrap();
    assert!(refused.starts_with("error max_position_size_quote: BTCUSDT: the long position would be worth 300"), "{refused}");
    let refused = after_resting(with(|config| config.max_positions_per_symbol = Some(2)), 2).unwrap();
    assert!(refused.starts_with("error max_positions_per_symbol: BTCUSDT: 2 entries are open or ordered"), "{refused}");
    assert_eq!(after_resting(with(|config| config.max_positions_per_symbol = Some(3)), 2), None);
}

#[test]
fn what_a_cancelled_entry_held_is_free_again() {
    let mut standing = Standing::new();
    standing.config.initial_capital = dec!(150);
    let stood = standing.at(&[100.0, 100.0, 100.0]).run(|bar, context| {
        match bar {
            1 => {
                let resting = context.buy().quantity(1.0).limit(99.0).send()?;
                context.cancel(resting)?;
            }
            2 => drop(context.buy().quantity(1.0).send()?),
            _ => {}
        }
        Ok(())
    });
    let lines: Vec<_> = stood.orders.iter().map(line).collect();
    assert_eq!(lines, ["buy 1 limit @ 99 opens long", "buy 1 market opens long"]);
}

#[test]
fn coins_that_a_resting_sell_keeps_are_not_sold_twice() {
    let stood = Standing::on_spot().at(&[100.0, 100.0, 100.0]).run(|bar, context| {
        match bar {
            1 => drop(context.buy().quantity(2.0).send()?),
            2 => {
                context.sell().quantity(1.5).limit(110.0).send()?;
                context.sell().quantity(1.0).limit(120.0).send()?;
            }
            _ => {}
        }
        Ok(())
    });
    let errors: Vec<_> = stood.told.iter().filter(|told| told.starts_with("error")).collect();
    assert_eq!(errors, ["error BTCUSDT: quantity: `1` exceeds what can be sold: 2 is held, and resting sells keep 1.5 of it"]);
}

/// A limit order to buy one at 99, changed at the second bar; what is told of it from then on.
fn changed(
    standing: Standing,
    change: impl Fn(&mut Context) -> Result<()> + 'static,
) -> (Vec<String>, Vec<metaexpert_core::Amendment>) {
    let stood = standing.at(&[100.0, 100.0, 100.0]).run(move |bar, context| match bar {
        1 => context.buy().quantity(1.0).limit(99.0).send().map(|_| ()),
        2 => change(context),
        _ => Ok(()),
    });
    (stood.told.into_iter().skip(1).collect(), stood.amendments)
}

#[test]
fn a_change_is_journalled_sent_and_told_of() {
    let (told, amendments) = changed(Standing::new(), |context| {
        context.amend(id(1)).quantity(2.0005).price(98.57).send()?;
        let order = context.order(id(1)).unwrap();
        assert_eq!((order.quantity.to_string(), order.kind.limit_price().unwrap().to_string()), ("1".into(), "99".into()));
        Ok(())
    });
    assert_eq!(told, ["amend 1 accepted", "1 accepted 2"]);
    let [amendment] = amendments.as_slice() else { panic!("{amendments:?}") };
    assert_eq!((amendment.quantity.unwrap().to_string(), amendment.price.unwrap().to_string()), ("2".into(), "98.5".into()));
    assert_eq!(amendment.trigger, None);
}

#[test]
fn a_change_that_makes_no_sense_is_refused() {
    for (change, expect) in [
        (
            (|context| context.amend(id(1)).send()) as fn(&mut Context) -> Result<()>,
            "error BTCUSDT: amend: changes nothing: name a `price`, a `quantity` or a `trigger`",
        ),
        (
            |context| context.amend(id(1)).trigger(101.0).send(),
            "error BTCUSDT: trigger: a `limit` order has no trigger to change",
        ),
        (|context| context.amend(id(1)).price(0.0).send(), "error BTCUSDT: price: is not a number above zero"),
        (
            |context| context.amend(id(1)).quantity(0.0001).send(),
            "error BTCUSDT: quantity: `0.0001` is not above what was executed of the order, 0; cancel it instead",
        ),
        (|context| context.amend(id(7)).price(98.0).send(), "error order mx0-1-7 is not known to the venue"),
        (|context| context.cancel(id(7)), "error order mx0-1-7 is not known to the venue"),
    ] {
        let (told, amendments) = changed(Standing::new(), change);
        assert_eq!((told.as_slice(), amendments.len()), ([expect.to_owned()].as_slice(), 0));
    }
}

#[test]
fn a_change_is_judged_as_the_order_that_it_makes_and_one_that_takes_less_passes() {
    let with_limit = || {
        let mut standing = Standing::new();
        standing.config.max_position_size_quote = Some(dec!(150));
        standing
    };
    let (told, amendments) = changed(with_limit(), |context| context.amend(id(1)).quantity(2.0).send());
    assert!(told[0].starts_with("error max_position_size_quote: BTCUSDT: the long position would be worth 198"), "{told:?}");
    assert!(amendments.is_empty());
    // Nothing but the order itself would break the limit, and it does not count twice.
    let (told, _) = changed(with_limit(), |context| context.amend(id(1)).quantity(1.5).send());
    assert_eq!(told, ["amend 1 accepted", "1 accepted 1.5"]);
}

#[test]
fn a_change_that_takes_less_passes_where_no_entry_does() {
    let after_hours = |change: fn(&mut Context) -> Result<()>| {
        let mut standing = Standing::new();
        standing.config.trade_hours = metaexpert_core::config::HourSet::parse("0");
        let stood = standing.at(&[100.0; 61]).run(move |bar, context| match bar {
            1 => context.buy().quantity(1.0).limit(99.0).send().map(|_| ()),
            61 => change(context),
            _ => Ok(()),
        });
        let errors = stood.told.into_iter().filter(|told| told.starts_with("error")).collect::<String>();
        (errors, stood.amendments.len())
    };
    assert_eq!(after_hours(|context| context.amend(id(1)).quantity(0.5).send()), (String::new(), 1));
    let refused = "error trade_hours: BTCUSDT: hour 1 (UTC) is not one of 0".to_owned();
    assert_eq!(after_hours(|context| context.amend(id(1)).quantity(1.5).send()), (refused.clone(), 0));
    assert_eq!(after_hours(|context| context.amend(id(1)).price(98.0).send()), (refused, 0));
}

#[test]
fn what_a_change_under_way_may_open_counts_until_it_is_answered() {
    let mut standing = Standing::new();
    standing.config.initial_capital = dec!(300);
    let (told, _) = changed(standing, |context| {
        context.amend(id(1)).quantity(2.0).send()?;
        context.buy().quantity(1.1).send().map(|_| ())
    });
    assert!(told.contains(&"error margin: BTCUSDT: margin and fee need 110, 102 is free".to_owned()), "{told:?}");
}

#[test]
fn a_change_under_way_counts_at_the_price_that_needs_more() {
    let mut standing = Standing::new();
    standing.config.initial_capital = dec!(200);
    let (told, _) = changed(standing, |context| {
        context.amend(id(1)).price(99.9).send()?;
        context.buy().quantity(1.002).send().map(|_| ())
    });
    assert!(told.contains(&"error margin: BTCUSDT: margin and fee need 100.2, 100.1 is free".to_owned()), "{told:?}");
}

#[test]
fn orders_can_be_looked_at_and_cancelled_one_by_one_and_all_at_once() {
    let stood = Standing::new().at(&[100.0, 100.0, 100.0]).run(|bar, context| {
        let seen: Vec<_> = context.orders().map(|order| format!("{} {}", order.id.sequence, order.status)).collect();
        match bar {
            1 => {
                for price in [97.0, 98.0, 99.0] {
                    context.buy().quantity(1.0).limit(price).send()?;
                }
                context.buy().quantity(1.0).send()?;
                assert_eq!(context.orders().count(), 4);
                assert_eq!(context.order(id(4)).unwrap().status, metaexpert_core::OrderStatus::Submitted);
            }
            2 => {
                assert_eq!(seen, ["1 accepted", "2 accepted", "3 accepted"]);
                context.cancel(id(2))?;
                context.cancel(id(2))?;
                assert_eq!(context.cancel_all(), 2);
                assert_eq!(context.cancel_all(), 0);
            }
            _ => assert!(seen.is_empty() && context.order(id(2)).is_none()),
        }
        Ok(())
    });
    let cancels: Vec<_> = stood.told.iter().filter(|told| told.contains("cancel")).collect();
    assert_eq!(
        cancels,
        ["cancel 2 accepted", "2 cancelled 1", "cancel 1 accepted", "1 cancelled 1", "cancel 3 accepted", "3 cancelled 1"]
    );
}

#[test]
fn a_breach_cancels_entries_that_wait_and_leaves_exits_alone() {
    for (on_breach, closes) in [(OnBreach::Close, 1), (OnBreach::HaltOnly, 0)] {
        let mut standing = Standing::new();
        standing.config.max_drawdown_pct = Some(Percent::new(dec!(5)));
        standing.config.on_breach = on_breach;
        standing.config.initial_capital = dec!(1000);
        let stood = standing.at(&[100.0, 100.0, 60.0, 60.0]).run(|bar, context| {
            match bar {
                1 => drop(context.buy().quantity(2.0).send()?),
                2 => {
                    context.buy().quantity(1.0).limit(50.0).send()?;
                    context.buy().quantity(1.0).stop(120.0).send()?;
                    context.sell().stop(40.0).close_position().send()?;
                }
                _ => {}
            }
            Ok(())
        });
        let cancelled: Vec<_> = stood.told.iter().filter(|told| told.contains("cancel ")).collect();
        assert_eq!(cancelled, ["cancel 2 accepted", "cancel 3 accepted"], "{on_breach:?}");
        let risk = stood.orders.iter().filter(|order| order.reason == metaexpert_core::Reason::RiskHalt).count();
        assert_eq!(risk, closes, "{on_breach:?}");
    }
}

#[test]
fn the_venues_answers_are_told_in_the_words_of_the_order() {
    let amendment = metaexpert_core::Amendment { id: id(1), quantity: None, price: None, trigger: None };
    let stood = Standing::new()
        .at(&[100.0])
        .answers(Answer::Triggered(id(1)))
        .answers(Answer::AmendRejected(amendment, Rejection::BadAmendment))
        .answers(Answer::CancelRejected(id(1), Rejection::UnknownOrder))
        .answers(executed(1, Side::Buy, Effect::Open(metaexpert_core::PositionSide::Long), dec!(0.4), dec!(0.6)))
        .answers(Answer::Amended(id(1), Quantity::new(dec!(0.7)).unwrap()))
        .answers(Answer::Cancelled(id(1), Cancellation::Expired))
        .at(&[100.0])
        .run(|bar, context| {
            match bar {
                1 => drop(context.buy().quantity(1.0).stop_limit(101.0, 102.0).send()?),
                _ => assert!(context.orders().next().is_none()),
            }
            Ok(())
        });
    assert_eq!(
        stood.told,
        [
            "1 accepted 1",
            "1 triggered 1",
            "amend 1 rejected: bad_amendment",
            "error order mx0-1-1: amend was refused: bad_amendment",
            "cancel 1 rejected: unknown_order",
            "error order mx0-1-1: cancel was refused: unknown_order",
            "1 partially_filled 1",
            "1 partially_filled 0.7",
            "1 expired 0.7"
        ]
    );
}

#[test]
fn a_charge_is_journalled_and_changes_the_balance_of_its_own_currency() {
    let charge = |amount, currency| {
        let amount = Money::new(amount, Currency::new(currency));
        let cause = metaexpert_core::ChargeCause::Interest;
        Answer::Charged(metaexpert_core::Charge { time: UnixNanos::default(), amount, cause })
    };
    let stood =
        Standing::new().at(&[100.0]).answers(charge(dec!(-1.5), "USDT")).answers(charge(dec!(-2), "BTC")).at(&[100.0]).run(
            |bar, context| {
                assert_eq!(context.balance(), if bar == 1 { dec!(10000) } else { dec!(9998.5) });
                Ok(())
            },
        );
    assert_eq!(stood.charges, ["-1.5 USDT", "-2 BTC"]);
}
