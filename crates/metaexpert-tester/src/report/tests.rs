//! The files of small runs, byte by byte.

#![expect(clippy::needless_raw_string_hashes, reason = "`UPDATE_EXPECT=1 cargo test` writes them")]

use expect_test::{Expect, expect};
use metaexpert_core::Timeframe;

use super::*;
use crate::{made, table};

fn check(run: &Run, file: ReportFile, expect: &Expect) {
    let mut out = Vec::new();
    Report::of(run).write(file, &mut out).unwrap();
    expect.assert_eq(std::str::from_utf8(&out).unwrap());
}

#[test]
fn every_execution_is_a_line_of_the_trades() {
    check(
        &made::worked_example(),
        ReportFile::Trades,
        &expect![[r#"
        time,symbol,order_id,side,position_side,quantity,price,notional,fee,fee_currency,liquidity,realized_pnl,reason
        2024-01-01T12:00:00Z,BTCUSDT,mx1001-1-1,buy,long,2,100,200,0.5,USDT,taker,0,signal
        2024-01-02T00:00:00Z,BTCUSDT,mx1001-1-2,sell,long,2,110,220,0.5,USDT,taker,20,signal
        2024-01-02T00:00:00Z,BTCUSDT,mx1001-1-3,sell,short,2,110,220,0.5,USDT,taker,0,signal
        2024-01-02T12:00:00Z,BTCUSDT,,buy,short,2,105,210,0.5,USDT,taker,10,take_profit
        2024-01-02T12:00:00Z,BTCUSDT,mx1001-1-5,buy,long,1,105,105,0.5,USDT,taker,0,signal
        2024-01-03T00:00:00Z,BTCUSDT,mx1001-1-6,buy,long,1,95,95,0.5,USDT,taker,0,signal
        2024-01-03T12:00:00Z,BTCUSDT,,sell,long,2,90,180,0.5,USDT,taker,-20,stop_loss
        2024-01-04T00:00:00Z,BTCUSDT,mx1001-1-8,buy,long,1,100,100,0.5,USDT,taker,0,signal
        2024-01-05T00:00:00Z,BTCUSDT,,sell,long,1,102,102,0.5,USDT,taker,2,end_of_data
    "#]],
    );
}

#[test]
fn every_position_from_flat_to_flat_is_a_line_of_the_round_trips() {
    check(
        &made::worked_example(),
        ReportFile::RoundTrips,
        &expect![[r#"
        entry_time,exit_time,symbol,side,quantity,entry_price,exit_price,gross_pnl,fees,funding,net_pnl,exit_reason
        2024-01-01T12:00:00Z,2024-01-02T00:00:00Z,BTCUSDT,long,2,100,110,20,1,0,19,signal
        2024-01-02T00:00:00Z,2024-01-02T12:00:00Z,BTCUSDT,short,2,110,105,10,1,0,9,take_profit
        2024-01-02T12:00:00Z,2024-01-03T12:00:00Z,BTCUSDT,long,2,100,90,-20,1.5,0,-21.5,stop_loss
        2024-01-04T00:00:00Z,2024-01-05T00:00:00Z,BTCUSDT,long,1,100,102,2,1,0,1,end_of_data
    "#]],
    );
}

#[test]
fn every_bar_is_a_line_of_the_equity_and_the_last_one_is_the_final_equity() {
    check(
        &made::worked_example(),
        ReportFile::Equity,
        &expect![[r#"
        time,equity,balance,drawdown_pct
        2024-01-01T12:00:00Z,1000,1000,0
        2024-01-02T00:00:00Z,1019.5,999.5,0
        2024-01-02T12:00:00Z,1028.5,1018.5,0
        2024-01-03T00:00:00Z,1017.5,1027.5,1.069519
        2024-01-03T12:00:00Z,1007,1027,2.090423
        2024-01-04T00:00:00Z,1006.5,1006.5,2.139037
        2024-01-04T12:00:00Z,1010,1006,1.798736
        2024-01-05T00:00:00Z,1007.5,1007.5,2.041808
    "#]],
    );
}

#[test]
fn the_summary_file_has_every_field_in_its_order() {
    check(
        &made::worked_example(),
        ReportFile::Summary,
        &expect![[r#"
        {
          "schema": "metaexpert.report/1",
          "expert": "crossover",
          "symbol": "BTCUSDT",
          "timeframe": "12h",
          "currency": "USDT",
          "data": {
            "source": "made up",
            "synthetic": false,
            "bars": 8,
            "first": "2024-01-01T00:00:00Z",
            "last": "2024-01-04T12:00:00Z",
            "missing_bars": 0,
            "gaps": []
          },
          "notes": [
            "no funding series was given: funding is zero"
          ],
          "config": {
            "leverage": "1",
            "taker_fee_pct": "0.05"
          },
          "inputs": {
            "fast": "12"
          },
          "errors": 0,
          "criterion": null,
          "summary": {
            "initial_capital": "1000",
            "final_equity": "1007.5",
            "net_profit": "7.5",
            "net_profit_pct": 0.75,
            "fees": "4.5",
            "funding": "0",
            "orders": 7,
            "trades": 9,
            "round_trips": 4,
            "rejected": {
              "margin": 1
            },
            "win_rate_pct": 75.0,
            "profit_factor": 1.3488372093023255,
            "expectancy": "1.875",
            "payoff_ratio": 0.4496124031007752,
            "max_drawdown": "22",
            "max_drawdown_pct": 2.1390374331550803,
            "max_drawdown_duration": 216000,
            "sharpe": 2.894212595319008,
            "sortino": 6.712677872828346,
            "calmar": 45.74019239118495,
            "cagr_pct": 97.83998372445978,
            "recovery_factor": 0.3409090909090909,
            "sqn": 0.21757417824291836,
            "exposure_pct": 75.0,
            "max_consecutive_wins": 2,
            "max_consecutive_losses": 1,
            "average_holding_time": 64800.0,
            "long": {
              "round_trips": 3,
              "win_rate_pct": 66.66666666666667,
              "net_profit": "-1.5",
              "gross_profit": "20",
              "gross_loss": "-21.5",
              "fees": "3.5",
              "funding": "0",
              "profit_factor": 0.9302325581395349,
              "expectancy": "-0.5",
              "payoff_ratio": 0.46511627906976744,
              "average_win": "10",
              "average_loss": "-21.5",
              "max_consecutive_wins": 1,
              "max_consecutive_losses": 1,
              "average_holding_time": 72000.0
            },
            "short": {
              "round_trips": 1,
              "win_rate_pct": 100.0,
              "net_profit": "9",
              "gross_profit": "9",
              "gross_loss": "0",
              "fees": "1",
              "funding": "0",
              "profit_factor": null,
              "expectancy": "9",
              "payoff_ratio": null,
              "average_win": "9",
              "average_loss": null,
              "max_consecutive_wins": 1,
              "max_consecutive_losses": 0,
              "average_holding_time": 43200.0
            }
          }
        }
    "#]],
    );
}

#[test]
fn a_run_over_several_series_names_the_others_with_their_gaps() {
    let mut run = made::run(&["BTCUSDT", "ETHUSDT"]);
    let gap = |bar: usize, series: &metaexpert_data::BarSeries| metaexpert_data::Gap {
        after: series.bars[bar].time,
        before: series.bars[bar + 1].time,
        missing: 3,
    };
    let mut other = std::sync::Arc::unwrap_or_clone(made::closes(Timeframe::H6, &[5.0, 6.0]));
    other.gaps = vec![gap(0, &other)];
    other.synthetic = true;
    let main = made::closes(Timeframe::H6, &[100.0]);
    run.series = vec![(run.id("ETHUSDT"), other.into()), (run.id("BTCUSDT"), main)];
    let mut out = Vec::new();
    Report::of(&run).write(ReportFile::Summary, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let (shown, _) = text.split_once("  \"notes\"").unwrap();
    expect![[r#"
        {
          "schema": "metaexpert.report/1",
          "expert": "crossover",
          "symbol": "BTCUSDT",
          "timeframe": "6h",
          "currency": "USDT",
          "data": {
            "source": "made up",
            "synthetic": false,
            "bars": 1,
            "first": "2024-01-01T00:00:00Z",
            "last": "2024-01-01T00:00:00Z",
            "missing_bars": 0,
            "gaps": []
          },
          "series": [
            {
              "symbol": "ETHUSDT",
              "timeframe": "6h",
              "source": "made up",
              "synthetic": true,
              "bars": 2,
              "first": "2024-01-01T00:00:00Z",
              "last": "2024-01-01T06:00:00Z",
              "missing_bars": 3,
              "gaps": [
                {
                  "after": "2024-01-01T00:00:00Z",
                  "before": "2024-01-01T06:00:00Z",
                  "missing": 3
                }
              ]
            }
          ],
    "#]]
    .assert_eq(shown);
}

#[test]
fn people_see_the_numbers_that_matter() {
    let run = made::worked_example();
    expect![[r#"
        crossover on BTCUSDT 12h
          BTCUSDT                 made up: 8 bars of 12h, 2024-01-01T00:00:00Z to 2024-01-04T12:00:00Z, no gap

        Result (USDT)
          initial capital         1000.00
          final equity            1007.50
          net profit              7.50 (0.75 %)
          fees                    4.50
          funding                 0.00
          growth per year         97.84 %
          time in the market      75.00 %

        Risk
          largest drawdown        22.00
          in percent of its peak  2.14 %
          longest drawdown        2 d 12 h
          Sharpe ratio            2.89
          Sortino ratio           6.71
          Calmar ratio            45.74
          recovery factor         0.34
          system quality (SQN)    0.22

        Round trips                          all            long           short
          count                                4               3               1
          net profit                        7.50           -1.50            9.00
          winners                        75.00 %         66.67 %        100.00 %
          profit factor                     1.35            0.93               -
          average                           1.88           -0.50            9.00
          payoff ratio                      0.45            0.47               -
          wins in a row                        2               1               1
          losses in a row                      1               1               0
          average time                18 h 0 min      20 h 0 min      12 h 0 min

        Orders
          sent                    7
          executions              9
          refused: margin         1

        Note: no funding series was given: funding is zero

        Report: reports/crossover
    "#]]
    .assert_eq(&table(&Report::of(&run), Some("reports/crossover")));
}

#[test]
fn generated_prices_are_called_so_in_words() {
    let mut run = made::run(&["BTCUSDT"]);
    let mut series = std::sync::Arc::unwrap_or_clone(made::closes(Timeframe::H6, &[5.0, 6.0]));
    series.synthetic = true;
    run.series = vec![(run.id("BTCUSDT"), series.into())];
    assert!(table(&Report::of(&run), None).starts_with("SYNTHETIC DATA: "));
}

#[test]
fn a_writer_that_fails_is_the_callers_to_hear_of() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let run = made::worked_example();
    for file in ReportFile::ALL {
        assert_eq!(Report::of(&run).write(file, &mut Full).unwrap_err().kind(), io::ErrorKind::StorageFull, "{}", file.name());
    }
}
