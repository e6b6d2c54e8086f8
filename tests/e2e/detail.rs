//! Shorter bars beneath longer ones: a run that sees them fills where a run on the shorter bars themselves does.
use super::expert::{Expert, Report, flags};

const USUAL: &str = "symbol=BTCUSDT timeframe=1h fast=3 slow=8 size-type=percent_equity size-value=40 allow-short=true leverage=5 \
    stop-loss-pct=0.6 take-profit-pct=0.9 trailing-stop-pct=0.5 breakeven-pct=0.4 slippage-pct=0.01 taker-fee-pct=0.05 \
    maker-fee-pct=0.02 funding=fixed:0.01%/8h log-to-file=false report=out";

fn run(words: &str) -> Report {
    let home = tempfile::tempdir().unwrap();
    let expert = Expert::in_folder(home.path()).with(&flags(USUAL)).with(&flags(words));
    expert.report("out").unwrap_or_else(|error| panic!("{error}\n  {}", expert.command_line()))
}

#[test]
fn hours_with_their_minutes_beneath_trade_as_minutes_do() {
    for seed in 1..=8 {
        let data = format!("data=synthetic:seed={seed},bars=14400,timeframe=1m");
        let (minutes, hours) = (run(&data), run(&format!("{data} detail-timeframe=1m")));
        let plain = run(&format!("{data} detail-timeframe=30m"));
        assert!(minutes.trades.rows.len() > 40, "seed {seed}");
        assert_eq!(minutes.trades.rows, hours.trades.rows, "seed {seed}");
        assert_eq!(minutes.round_trips.rows, hours.round_trips.rows, "seed {seed}");
        assert_ne!(minutes.trades.rows, plain.trades.rows, "seed {seed}: minutes tell more than half hours");
        assert_eq!((minutes.equity.rows.len(), hours.equity.rows.len()), (14_400, 240));
        // Each hour's equity is that of its last minute.
        let ends = minutes.equity.records().skip(59).step_by(60);
        for (minute, hour) in ends.zip(hours.equity.records()) {
            assert_eq!(
                [minute["time"], minute["equity"], minute["balance"]],
                [hour["time"], hour["equity"], hour["balance"]],
                "seed {seed}"
            );
        }
        let notes = hours.json["notes"].to_string();
        assert!(notes.contains("`1m` bars stand beneath all 240 bars of `1h`"), "{notes}");
    }
}

#[test]
fn detail_that_does_not_add_up_is_counted_and_the_bars_walk_by_themselves() {
    let alone = run("data=synthetic:seed=1,bars=240,timeframe=1h");
    // Another market altogether: no hour of it is one of ours.
    let other = run("data=synthetic:seed=1,bars=240,timeframe=1h detail-data=synthetic:seed=2,bars=14400,timeframe=1m");
    assert!(alone.trades.rows.len() > 10);
    assert_eq!(alone.trades.rows, other.trades.rows);
    let notes = other.json["notes"].to_string();
    assert!(
        notes.contains(
            "`1m` bars stand beneath 0 of 240 bars of `1h`; they do not add up to the other 240, which were walked by themselves"
        ),
        "{notes}"
    );
}

#[test]
fn detail_that_cannot_be_is_refused_with_what_could() {
    let home = tempfile::tempdir().unwrap();
    for (words, expect) in [
        (
            "data=synthetic:seed=1,bars=99,timeframe=1h detail-timeframe=1m timeframe=4h",
            "flag --detail-timeframe: `1m` cannot be seen in the `1h` bars of synthetic:",
        ),
        (
            "data=synthetic:seed=1,bars=99,timeframe=1m detail-timeframe=1h",
            "flag --detail-timeframe: `1h` is no part of `timeframe`, which is `1h`",
        ),
        (
            "data=synthetic:seed=1,bars=99,timeframe=1h detail-data=synthetic:seed=1,bars=99,timeframe=5m detail-timeframe=1m",
            "flag --detail-timeframe: `1m` is not the length of the bars of synthetic:",
        ),
        (
            "data=synthetic:seed=1,bars=99,timeframe=1m detail-data=synthetic:seed=1,bars=99,timeframe=1m",
            "flag --detail-data: synthetic:seed=1,bars=99,timeframe=1m,",
        ),
        (
            "data=synthetic:seed=1,bars=99,timeframe=1h detail-data=ETHUSDT=synthetic:seed=1,bars=99,timeframe=1m",
            "flag --detail-data: `ETHUSDT` is not a symbol of this expert, which has `BTCUSDT`",
        ),
        (
            "data=synthetic:seed=1,bars=99,timeframe=1m detail-timeframe=1m fill-model=open",
            "flag --detail-timeframe: needs `fill_model` ohlc: `open` sees nothing inside a bar",
        ),
        (
            "data=synthetic funding=fixed:1 ",
            "flag --funding: funding source `fixed:1`: a fixed rate is written as in `fixed:0.01%/8h`",
        ),
        (
            "data=synthetic funding=ETHUSDT=fixed:0.01%/8h ",
            "flag --funding: `ETHUSDT` is not a symbol of this expert, which has `BTCUSDT`",
        ),
        ("data=synthetic funding=no.csv ", "flag --funding: no.csv: no such file"),
    ] {
        let mut all = flags(USUAL);
        let given = flags(words);
        all.retain(|(key, _)| !given.iter().any(|(other, _)| other == key));
        let ended = Expert::in_folder(home.path()).with(&all).with(&given).run();
        assert!(matches!(ended.code, Some(3 | 4)), "{words}: {:?}", ended.code);
        assert!(ended.stderr.contains(expect), "{words}: {}", ended.stderr);
    }
}
