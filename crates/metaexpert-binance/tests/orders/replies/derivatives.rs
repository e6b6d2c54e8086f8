//! Replies of futures and options.

use expect_test::expect;

use super::check;

#[test]
fn an_order_of_futures_has_its_leg_its_average_price_and_its_end() {
    check(
        "usdm_order",
        expect![[r#"
            order average_price=60999.50 client_id=mx000000900000010000005 close_position=false
              created=2026-05-28T21:33:20Z filled=0.200 filled_value=12199.90 good_till=2026-05-28T23:13:20Z
              order_type=limit origin=own position_side=long price=61000.00 quantity=0.300 reduce_only=false side=buy
              state=partially_filled symbol=BTCUSDT time_in_force=good_till_date updated=2026-05-28T21:33:20.25Z
              venue_id=50200001
        "#]],
    );
}

#[test]
fn an_acknowledgement_of_futures_has_neither_average_price_nor_value() {
    check(
        "usdm_ack",
        expect![[r#"
            order client_id=mx000000900000010000006 close_position=false filled=0.000 order_type=market origin=own
              quantity=0.100 reduce_only=true side=sell state=new symbol=BTCUSDT time_in_force=good_till_cancelled
              updated=2026-05-28T21:33:21Z venue_id=50200002
        "#]],
    );
}

#[test]
fn the_stop_price_of_a_trailing_stop_is_ignored() {
    check(
        "usdm_trailing",
        expect![[r#"
        order client_id=mx000000900000010000007 close_position=false
          conditional={"activation":"64000","by":"mark","callback_pct":"0.3","trigger":null}
          created=2026-05-28T21:33:22Z filled=0 filled_value=0 order_type=trailing_stop origin=own position_side=short
          quantity=0.40 reduce_only=false side=sell state=new symbol=BTCUSDT time_in_force=good_till_cancelled
          updated=2026-05-28T21:33:22Z venue_id=50200003
    "#]],
    );
}

#[test]
fn a_batch_tells_each_order_or_why_it_was_refused() {
    check(
        "usdm_batch",
        expect![[r#"
            order client_id=mx000000900000010000008 close_position=false filled=0 order_type=limit origin=own price=59000
              quantity=0.5 reduce_only=false side=buy state=new symbol=BTCUSDT time_in_force=post_only
              updated=2026-05-28T21:33:23Z venue_id=50200004
            service refused code=-2022 meaning={"rejected":"nothing_to_close"} message=ReduceOnly Order is rejected.
        "#]],
    );
}

#[test]
fn a_liquidation_is_known_by_its_name() {
    check(
        "usdm_forced",
        expect![[r#"
        order average_price=55013.21000 client_id=autoclose-1780004004000000020 close_position=false
          created=2026-05-28T21:33:24Z filled=0.7 filled_value=38509.247 order_type=limit origin=liquidation
          price=55010.10 quantity=0.7 reduce_only=false side=sell state=filled symbol=BTCUSDT
          time_in_force=immediate_or_cancel updated=2026-05-28T21:33:24.09Z venue_id=50200005
    "#]],
    );
}

#[test]
fn amendments_of_futures_are_limits() {
    check(
        "usdm_amendments",
        expect![[r#"
            order client_id=mx000000900000010000009 order_type=limit origin=own price=60100.5 quantity=0.8 state=amended
              symbol=BTCUSDT updated=2026-05-28T21:33:25Z venue_id=50200006
        "#]],
    );
}

#[test]
fn an_algo_order_has_the_number_of_the_algo_service() {
    check(
        "usdm_algo",
        expect![[r#"
        order client_id=mx00000090000001000000a close_position=false
          conditional={"activation":null,"by":"mark","callback_pct":null,"trigger":"3500.00"}
          created=2026-05-28T21:33:26Z order_type=take_profit_limit origin=own price=3498.00 quantity=1.50
          reduce_only=true side=sell state=new symbol=ETHUSDT time_in_force=good_till_cancelled
          updated=2026-05-28T21:33:26Z venue_id=algo-3300001
    "#]],
    );
}

#[test]
fn a_triggered_algo_order_tells_the_number_of_the_order_that_it_became() {
    check(
        "usdm_algos",
        expect![[r#"
            order client_id=mx00000090000001000000b close_position=true
              conditional={"activation":null,"by":"last","callback_pct":null,"trigger":"2900.00"}
              created=2026-05-28T21:33:27Z order_type=stop_market origin=own position_side=long reduce_only=true side=sell
              state=triggered symbol=ETHUSDT time_in_force=GTE_GTC updated=2026-05-28T21:33:27.5Z venue_id=algo-3300002
            submitted client_id=mx00000090000001000000b symbol=ETHUSDT time=2026-05-28T21:33:27.5Z venue_id=50200007
            order average_price=3011.20 client_id=mx00000090000001000000c close_position=false
              conditional={"activation":"3000.00","by":"last","callback_pct":"1.2","trigger":null}
              created=2026-05-28T21:33:28Z filled=2.00 order_type=trailing_stop origin=own position_side=short
              quantity=2.00 reduce_only=false side=buy state=filled symbol=ETHUSDT time_in_force=good_till_cancelled
              updated=2026-05-28T21:33:29Z venue_id=algo-3300003
            submitted client_id=mx00000090000001000000c symbol=ETHUSDT time=2026-05-28T21:33:29Z venue_id=50200008
            order client_id=mx00000090000001000000d
              conditional={"activation":null,"by":"last","callback_pct":null,"trigger":"3600.0"}
              created=2026-05-28T21:33:30Z order_type=stop_limit origin=own price=3610.0 quantity=1.00 side=buy
              state=FINISHED symbol=ETHUSDT time_in_force=immediate_or_cancel updated=2026-05-28T21:33:31Z
              venue_id=algo-3300004
            order client_id=mx00000090000001000000h
              conditional={"activation":null,"by":"last","callback_pct":null,"trigger":"2800.0"}
              created=2026-05-28T21:33:32Z order_type=stop_limit origin=own price=2790.0 quantity=0.70 side=sell
              state=cancelled symbol=ETHUSDT time_in_force=good_till_cancelled updated=2026-05-28T21:33:33Z
              venue_id=algo-3300005
        "#]],
    );
}

#[test]
fn a_cancelled_algo_order_is_named() {
    check(
        "usdm_algo_cancelled",
        expect![[r#"
        submitted client_id=mx00000090000001000000a venue_id=algo-3300001
    "#]],
    );
}

#[test]
fn done_is_done() {
    check(
        "usdm_done",
        expect![[r#"
        service done
    "#]],
    );
}

#[test]
fn a_countdown_is_done() {
    check(
        "usdm_countdown",
        expect![[r#"
        service done
    "#]],
    );
}

#[test]
fn the_value_of_an_order_of_coins_is_in_the_coin() {
    check(
        "coinm_order",
        expect![[r#"
            order average_price=61250.5 client_id=mx00000090000001000000e close_position=false created=2026-05-28T21:50:00Z
              filled=30 filled_value=0.04898245 order_type=market origin=own quantity=30 reduce_only=false side=sell
              state=filled symbol=BTCUSD_PERP time_in_force=good_till_cancelled updated=2026-05-28T21:50:00.1Z
              venue_id=50300001
        "#]],
    );
}

#[test]
fn a_post_only_option_order_is_post_only() {
    check(
        "option_order",
        expect![[r#"
            order average_price=1250.5 client_id=mx00000090000001000000f created=2026-05-28T22:06:40Z filled=0.05
              order_type=limit origin=own price=1250.5 quantity=0.20 reduce_only=false side=buy state=partially_filled
              symbol=BTC-270326-90000-C time_in_force=post_only updated=2026-05-28T22:06:40.4Z venue_id=4611875134427365401
        "#]],
    );
}

#[test]
fn a_cancelled_option_order_without_a_name_has_none() {
    check(
        "option_cancel",
        expect![[r#"
        order created=2026-05-28T22:06:41Z filled=0 order_type=limit origin=own price=800 quantity=1 reduce_only=true
          side=sell state=cancelled symbol=BTC-270326-90000-P time_in_force=immediate_or_cancel
          updated=2026-05-28T22:06:41.9Z venue_id=4611875134427365402
    "#]],
    );
}

#[test]
fn a_batch_of_options_tells_each_order_or_why_it_was_refused() {
    check(
        "option_batch",
        expect![[r#"
            order client_id=mx00000090000001000000g created=2026-05-28T22:06:42Z filled=0 order_type=limit origin=own
              price=1200 quantity=0.1 reduce_only=false side=buy state=new symbol=BTC-270326-90000-C
              time_in_force=good_till_cancelled updated=2026-05-28T22:06:42Z venue_id=4611875134427365403
            service refused code=-4029 meaning={"rejected":"price_filter"} message=symbol min quantity fail
        "#]],
    );
}

#[test]
fn options_write_their_code_as_text() {
    check(
        "option_done",
        expect![[r#"
        service done
    "#]],
    );
}

#[test]
fn an_exercised_option_brings_in_its_worth_and_costs_a_fee() {
    check(
        "option_exercise",
        expect![[r#"
        entry amount=612.50000000 asset=USDT cause=settlement id=1125899906842624099 symbol=BTC-261120-60000-C
          time=2026-05-28T22:06:43Z
        entry amount=-0.46000000 asset=USDT cause=fee id=1125899906842624099 symbol=BTC-261120-60000-C
          time=2026-05-28T22:06:43Z
    "#]],
    );
}
