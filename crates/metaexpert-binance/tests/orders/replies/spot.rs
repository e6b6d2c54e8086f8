//! Replies of spot and margin.

use expect_test::expect;

use super::check;

#[test]
fn an_acknowledgement_is_what_the_exchange_calls_the_order() {
    check(
        "spot_ack",
        expect![[r#"
        submitted client_id=mx00000040000002000000h symbol=ETHBTC time=2026-05-28T21:16:40.123Z venue_id=70011
    "#]],
    );
}

#[test]
fn a_result_is_where_the_order_stands() {
    check(
        "spot_result",
        expect![[r#"
            order client_id=mx00000040000002000000i filled=0.50000000 filled_value=0.02600000 order_type=limit origin=own
              price=0.05210000 quantity=1.25000000 side=buy state=partially_filled symbol=ETHBTC
              time_in_force=good_till_cancelled updated=2026-05-28T21:16:41.456Z venue_id=70012
        "#]],
    );
}

#[test]
fn a_full_answer_is_the_order_and_its_executions_with_their_fees() {
    check(
        "spot_full",
        expect![[r#"
            order client_id=mx00000040000002000000j filled=0.01200000 filled_value=749.90400000 order_type=market
              origin=own quantity=0.01200000 quote_quantity=750.00000000 side=buy state=filled symbol=BTCUSDT
              time_in_force=good_till_cancelled updated=2026-05-28T21:16:42.001Z venue_id=70013
            fill client_id=mx00000040000002000000j fee=0.00001000 fee_asset=BTC is_early=false origin=own
              price=62490.00000000 quantity=0.01000000 side=buy symbol=BTCUSDT time=2026-05-28T21:16:42.001Z
              trade_id=880001 venue_id=70013
            fill client_id=mx00000040000002000000j fee=0.00120000 fee_asset=BNB is_early=false origin=own
              price=62502.00000000 quantity=0.00200000 side=buy symbol=BTCUSDT time=2026-05-28T21:16:42.001Z
              trade_id=880002 venue_id=70013
        "#]],
    );
}

#[test]
fn an_order_that_expired_says_why_and_a_value_below_zero_is_unknown() {
    check(
        "spot_expired",
        expect![[r#"
            order client_id=mx00000040000002000000k filled=0.00000000 order_type=limit origin=own price=61000.00000000
              quantity=0.10000000 side=sell state=expired symbol=BTCUSDT time_in_force=fill_or_kill
              updated=2026-05-28T21:16:43.001Z venue_id=70014 why=INSUFFICIENT_LIQUIDITY
        "#]],
    );
}

#[test]
fn a_cancel_bears_its_own_name_and_that_of_the_order() {
    check(
        "spot_cancel",
        expect![[r#"
            order client_id=kPq81zzCancel filled=0.50000000 filled_value=0.02600000 order_type=limit origin=own
              original_client_id=mx00000040000002000000i price=0.05210000 quantity=1.25000000 side=buy state=cancelled
              symbol=ETHBTC time_in_force=good_till_cancelled updated=2026-05-28T21:16:44Z venue_id=70012
        "#]],
    );
}

#[test]
fn a_stop_has_its_trigger_and_its_list() {
    check(
        "spot_query_stop",
        expect![[r#"
        order client_id=mx00000040000002000000l
          conditional={"activation":null,"by":"last","callback_pct":null,"trigger":"59000.00000000"}
          created=2026-05-28T21:16:45Z filled=0.00000000 filled_value=0.00000000 list_id=901 order_type=stop_limit
          origin=own price=58900.00000000 quantity=0.02000000 side=sell state=new symbol=BTCUSDT
          time_in_force=good_till_cancelled updated=2026-05-28T21:16:45.9Z venue_id=70015
    "#]],
    );
}

#[test]
fn a_take_profit_that_trails_is_a_trailing_stop() {
    check(
        "spot_query_trailing",
        expect![[r#"
        order client_id=mx00000040000002000000m
          conditional={"activation":"66000.00000000","by":"last","callback_pct":"1.50","trigger":null}
          created=2026-05-28T21:16:46Z filled=0.00000000 filled_value=0.00000000 order_type=trailing_stop origin=own
          quantity=0.02000000 side=sell state=new symbol=BTCUSDT time_in_force=good_till_cancelled
          updated=2026-05-28T21:16:46Z venue_id=70016
    "#]],
    );
}

#[test]
fn words_of_tomorrow_are_kept_and_fields_of_tomorrow_are_ignored() {
    check(
        "spot_unknown_words",
        expect![[r#"
        order client_id=web_A filled=0 filled_value=0 order_type=ICEBERG origin=own price=1.00 quantity=2 state=FROZEN
          symbol=这是测试币456 time_in_force=GTE updated=2026-05-28T21:16:47Z venue_id=70017
    "#]],
    );
}

#[test]
fn an_amended_order_has_its_new_name_and_quantity() {
    check(
        "spot_amend",
        expect![[r#"
            order client_id=mx00000040000002000000o filled=0.01000000 filled_value=600.00000000 order_type=limit origin=own
              original_client_id=mx00000040000002000000n price=60000.00000000 quantity=0.05000000 side=buy
              state=partially_filled symbol=BTCUSDT time_in_force=good_till_cancelled updated=2026-05-28T21:16:48Z
              venue_id=70018
        "#]],
    );
}

#[test]
fn an_amended_order_of_a_list_is_told_with_the_list() {
    check(
        "spot_amend_in_list",
        expect![[r#"
            order client_id=mx00000040000002000000q filled=0.00000000 filled_value=0.00000000 list_id=902 order_type=market
              origin=own original_client_id=mx00000040000002000000p quantity=0.03000000 side=sell state=pending
              symbol=BTCUSDT time_in_force=good_till_cancelled updated=2026-05-28T21:16:48.1Z venue_id=70020
            link client_id=mxlist1 contingency=OTO list_id=902
              orders=[["mx00000040000002000000r","70019"],["mx00000040000002000000q","70020"]] status=EXECUTING
              symbol=BTCUSDT
        "#]],
    );
}

#[test]
fn a_replacement_is_the_cancelled_order_and_the_new_one() {
    check(
        "spot_replace",
        expect![[r#"
            order client_id=c1 filled=0.00000000 filled_value=0.00000000 order_type=limit_maker origin=own
              original_client_id=mx00000040000002000000u price=60100.00000000 quantity=0.01000000 side=buy state=cancelled
              symbol=BTCUSDT time_in_force=good_till_cancelled updated=2026-05-28T21:16:49Z venue_id=70021
            order client_id=mx00000040000002000000v filled=0.00000000 filled_value=0.00000000 order_type=limit origin=own
              price=60200.00000000 quantity=0.01000000 side=buy state=new symbol=BTCUSDT time_in_force=good_till_cancelled
              updated=2026-05-28T21:16:49.001Z venue_id=70022
        "#]],
    );
}

#[test]
fn a_replacement_of_which_nothing_was_done_is_a_refused_cancel() {
    check(
        "spot_replace_none_done",
        expect![[r#"
        service refused code=-2011 meaning=unknown_order message=cancel: Unknown order sent.
    "#]],
    );
}

#[test]
fn a_replacement_may_leave_nothing_standing() {
    check(
        "spot_replace_only_cancelled",
        expect![[r#"
            order client_id=c1 filled=0.00000000 filled_value=0.00000000 order_type=limit_maker origin=own
              original_client_id=mx00000040000002000000u price=60100.00000000 quantity=0.01000000 side=buy state=cancelled
              symbol=BTCUSDT time_in_force=good_till_cancelled updated=2026-05-28T21:16:49Z venue_id=70021
            service refused code=-2010 meaning={"rejected":"would_take"}
              message=new order: Order would immediately match and take.
        "#]],
    );
}

#[test]
fn a_replacement_may_leave_both_standing() {
    check(
        "spot_replace_only_placed",
        expect![[r#"
        service refused code=-2011 meaning=unknown_order message=cancel: Unknown order sent.
        submitted client_id=mx00000040000002000000w symbol=BTCUSDT time=2026-05-28T21:16:49.002Z venue_id=70023
    "#]],
    );
}

#[test]
fn a_pair_is_a_link_and_two_orders() {
    check(
        "spot_oco",
        expect![[r#"
            link client_id=mxlist2 contingency=OCO list_id=903
              orders=[["mx00000040000002000000x","70024"],["mx00000040000002000000y","70025"]] status=EXECUTING
              symbol=BTCUSDT time=2026-05-28T21:16:50Z
            order client_id=mx00000040000002000000x filled=0.00000000 filled_value=0.00000000 list_id=903
              order_type=limit_maker origin=own price=66000.00000000 quantity=0.02000000 side=sell state=new symbol=BTCUSDT
              time_in_force=good_till_cancelled updated=2026-05-28T21:16:50Z venue_id=70024
            order client_id=mx00000040000002000000y
              conditional={"activation":null,"by":"last","callback_pct":null,"trigger":"59000.00000000"} filled=0.00000000
              filled_value=0.00000000 list_id=903 order_type=stop_market origin=own quantity=0.02000000 side=sell state=new
              symbol=BTCUSDT time_in_force=good_till_cancelled updated=2026-05-28T21:16:50Z venue_id=70025
        "#]],
    );
}

#[test]
fn lists_without_reports_are_links() {
    check(
        "spot_lists",
        expect![[r#"
            link client_id=mxlist3 contingency=OTO list_id=904
              orders=[["mx00000040000002000000z","70026"],["mx000000400000020000010","70027"]] status=ALL_DONE
              symbol=ETHBTC time=2026-05-28T21:16:51Z
        "#]],
    );
}

#[test]
fn cancelling_all_tells_orders_and_lists() {
    check(
        "spot_cancel_all",
        expect![[r#"
            order client_id=c1 filled=0.00000000 filled_value=0.00000000 order_type=limit_maker origin=own
              original_client_id=mx00000040000002000000u price=60100.00000000 quantity=0.01000000 side=buy state=cancelled
              symbol=BTCUSDT time_in_force=good_till_cancelled updated=2026-05-28T21:16:49Z venue_id=70021
            link client_id=mxlist4 contingency=OCO list_id=905 orders=[["mx000000400000020000011","70028"]] status=ALL_DONE
              symbol=BTCUSDT time=2026-05-28T21:16:52Z
            order client_id=c2 filled=0 filled_value=0 list_id=905 order_type=limit_maker origin=own
              original_client_id=mx000000400000020000011 price=66000.0 quantity=0.02 side=sell state=cancelled
              symbol=BTCUSDT time_in_force=good_till_cancelled updated=2026-05-28T21:16:52Z venue_id=70028
        "#]],
    );
}

#[test]
fn a_test_tells_what_an_order_costs_in_percent() {
    check(
        "spot_test_rates",
        expect![[r#"
        fee maker=0.086 taker=0.122
    "#]],
    );
}

#[test]
fn amendments_of_spot_are_orders_of_which_only_the_change_is_known() {
    check(
        "spot_amendments",
        expect![[r#"
            order client_id=mx00000040000002000000o order_type= origin=own original_client_id=mx00000040000002000000n
              quantity=0.05000000 state=amended symbol=BTCUSDT updated=2026-05-28T21:16:48Z venue_id=70018
        "#]],
    );
}

#[test]
fn an_execution_of_smart_routing_has_the_number_of_its_allocation() {
    check(
        "spot_sor",
        expect![[r#"
            order client_id=mx000000400000020000012 filled=0.1 filled_value=6280.0 order_type=limit origin=own
              price=63000.00 quantity=0.1 side=buy state=filled symbol=BTCUSDT time_in_force=good_till_cancelled
              updated=2026-05-28T21:16:53Z venue_id=70029
            fill client_id=mx000000400000020000012 fee=0 fee_asset=BTC is_early=false origin=own price=62800.0 quantity=0.1
              side=buy symbol=BTCUSDT time=2026-05-28T21:16:53Z trade_id=allocation:3 venue_id=70029
        "#]],
    );
}

#[test]
fn margin_writes_numbers_of_orders_as_text() {
    check(
        "margin_cancel",
        expect![[r#"
            order client_id=c3 filled=1.00000000 filled_value=0.05000000 order_type=limit origin=own
              original_client_id=mx000000400000020000014 price=0.05000000 quantity=3.00000000 side=sell state=cancelled
              symbol=ETHBTC time_in_force=good_till_cancelled venue_id=70101
        "#]],
    );
}
