//! What two keys make of each other, and what is said of it.

use expect_test::{Expect, expect};

use super::*;

/// What is refused and what is remarked upon, of keys in code (`market_type` first) and flags over them.
fn check(code: &[(&'static str, &'static str)], flags: &[(&'static str, &'static str)], expect: &Expect) {
    let said = |origin: Origin| move |(key, text): &(&'static str, &'static str)| (*key, *text, origin.clone());
    let resolved = Resolved::of(code.iter().map(said(Origin::Code)).chain(flags.iter().map(said(Origin::Flag)))).unwrap();
    let refused = resolved.check().into_iter().map(|error| format!("refused: {error}\n"));
    let remarks = resolved.remarks().into_iter().map(|error| format!("remark: {error}\n"));
    expect.assert_eq(&refused.chain(remarks).collect::<String>());
}

#[test]
fn two_addresses_are_refused_and_so_are_contracts_where_there_are_none() {
    check(
        &[("testnet", "true")],
        &[("base_url", "http://127.0.0.1:8080")],
        &expect![[r"
        refused: flag --base-url: `http://127.0.0.1:8080` is one address, and `testnet` (builder .testnet()) is another; leave one of them out
    "]],
    );
    check(
        &[("market_type", "spot")],
        &[("contract_type", "inverse")],
        &expect![[r"
        refused: flag --contract-type: `inverse` is a kind of contract, and there are none on `spot` (builder .market_type()); the nearest is `linear`
    "]],
    );
    check(
        &[("market_type", "margin")],
        &[("contract_type", "inverse")],
        &expect![[r"
        refused: flag --contract-type: `inverse` is a kind of contract, and there are none on `margin` (builder .market_type()); the nearest is `linear`
    "]],
    );
    for (code, flags) in [
        (("testnet", "false"), ("base_url", "http://127.0.0.1:8080")),
        (("testnet", "true"), ("proxy", "http://127.0.0.1:8080")),
        (("market_type", "futures"), ("contract_type", "inverse")),
        (("market_type", "options"), ("contract_type", "inverse")),
        (("market_type", "spot"), ("contract_type", "linear")),
    ] {
        check(&[code], &[flags], &expect![""]);
    }
}

#[test]
fn a_protection_behind_the_end_of_the_position_is_remarked_upon() {
    check(
        &[("take_profit_pct", "4")],
        &[("breakeven_pct", "4")],
        &expect![[r"
        remark: flag --breakeven-pct: `4` is never reached: at a gain of `4` (builder .take_profit_pct()) the position is closed
    "]],
    );
    check(
        &[("take_profit_pct", "4"), ("trailing_stop_pct", "1")],
        &[("trailing_activation_pct", "5")],
        &expect![[r"
        remark: flag --trailing-activation-pct: `5` is never reached: at a gain of `4` (builder .take_profit_pct()) the position is closed
    "]],
    );
    check(
        &[("leverage", "10")],
        &[("stop_loss_pct", "10")],
        &expect![[r"
            remark: flag --stop-loss-pct: `10` is never reached: a position with leverage `10` (builder .leverage()) is liquidated at 10 % or before
        "]],
    );
    check(
        &[("leverage", "10"), ("maintenance_margin_pct", "0.4")],
        &[("stop_loss_pct", "9.7")],
        &expect![[r"
        remark: flag --stop-loss-pct: `9.7` is never reached: a position with leverage `10` (builder .leverage()) is liquidated at 9.6 % or before
    "]],
    );
    check(
        &[("leverage", "30")],
        &[("stop_loss_pct", "3.4")],
        &expect![[r"
            remark: flag --stop-loss-pct: `3.4` is never reached: a position with leverage `30` (builder .leverage()) is liquidated at 3.33 % or before
        "]],
    );
    for (code, flags) in [
        (&[("take_profit_pct", "4")][..], ("breakeven_pct", "3.99")),
        (&[("take_profit_pct", "4"), ("limit_fill", "through")], ("breakeven_pct", "4")),
        (&[("leverage", "10")], ("stop_loss_pct", "9.99")),
        (&[("leverage", "10"), ("maintenance_margin_pct", "0")], ("stop_loss_pct", "10")),
        (&[("leverage", "10"), ("margin_mode", "cross")], ("stop_loss_pct", "20")),
        (&[("leverage", "10"), ("contract_type", "inverse")], ("stop_loss_pct", "20")),
        (&[], ("stop_loss_pct", "99.9")),
    ] {
        check(code, &[flags], &expect![""]);
    }
}

#[test]
fn what_comes_to_nothing_beside_other_keys_is_remarked_upon() {
    check(
        &[],
        &[("on_breach", "halt_only")],
        &expect![[r"
        remark: flag --on-breach: `halt_only` is never asked for: neither `max_drawdown_pct` nor `daily_loss_limit` is set
    "]],
    );
    let fixed_quote: &[_] = &[("size_type", "fixed_quote"), ("size_value", "250")];
    check(
        &[("max_position_size_quote", "100")],
        fixed_quote,
        &expect![[r"
        remark: flag --size-value: `250` is more than a position may be worth, `100` (builder .max_position_size_quote()): such entries are refused; the nearest is `100`
    "]],
    );
    check(
        &[("market_type", "spot")],
        &[("position_mode", "hedge")],
        &expect![[r"
        remark: flag --position-mode: `hedge` has nothing to hold apart on `spot` (builder .market_type()): nothing can be sold short there; the nearest is `oneway`
    "]],
    );
    check(
        &[("market_type", "spot")],
        &[("maintenance_margin_pct", "0.4")],
        &expect![[r"
        remark: flag --maintenance-margin-pct: `0.4` has no effect on `spot` (builder .market_type()): nothing is liquidated there
    "]],
    );
    check(
        &[("taker_fee_pct", "0.01")],
        &[("maker_fee_pct", "-0.02")],
        &expect![[r"
        remark: flag --maker-fee-pct: `-0.02` gives back more than takers pay, `0.01` (builder .taker_fee_pct()): no exchange does for long
    "]],
    );
    for (code, flags) in [
        (("daily_loss_limit", "1"), &[("on_breach", "halt_only")][..]),
        (("leverage", "1"), &[("on_breach", "close")]),
        (("max_position_size_quote", "250"), fixed_quote),
        (("max_position_size_quote", "100"), &[("size_type", "fixed_base"), ("size_value", "250")]),
        (("market_type", "spot"), &[]),
        (("market_type", "spot"), &[("position_mode", "oneway")]),
        (("market_type", "futures"), &[("position_mode", "hedge")]),
        (("leverage", "1"), &[("maker_fee_pct", "-0.01")]),
        (("taker_fee_pct", "0.01"), &[("maker_fee_pct", "-0.01")]),
    ] {
        check(&[code], flags, &expect![""]);
    }
}
