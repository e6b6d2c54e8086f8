//! Funding, delivery, options.

use super::*;

#[test]
fn funding_is_due_at_eight_hours_of_market_time() {
    let slow = sources().with_pace(Pace { changes: 0.01, prints: 0.01, levels: 5 });
    let mut markets = Markets::new(vec![inverse("BTC")], &slow, start(), 7).unwrap();
    let marks = markets.get(MarketId(0)).marks().unwrap();
    assert_eq!(marks.next_funding.unwrap().to_string(), "2026-11-20T08:00:00Z");
    let due: Vec<(String, Decimal, Decimal)> = moves(&mut markets, after(17 * HOUR))
        .into_iter()
        .filter_map(|(_, time, happened)| match happened {
            Move::Funding { rate, mark } => Some((time.to_string(), rate, mark)),
            Move::Levels(_) | Move::Print { .. } | Move::Marks(_) | Move::Ends(_) => None,
        })
        .collect();
    let times: Vec<&str> = due.iter().map(|(time, ..)| time.as_str()).collect();
    assert_eq!(times, ["2026-11-20T08:00:00Z", "2026-11-20T16:00:00Z", "2026-11-21T00:00:00Z"]);
    let settled = markets.get(MarketId(0)).funding();
    assert_eq!(settled.iter().map(|(time, rate, mark)| (time.to_string(), *rate, *mark)).collect::<Vec<_>>(), due);
    assert!(due.iter().all(|(_, rate, mark)| rate.abs() < dec!(0.003) && *mark > dec!(10000)));
}

#[test]
fn the_past_has_funding_too() {
    let markets = Markets::new(vec![linear("BTC", "0.1", "0.001")], &PriceSources::default(), start(), 7).unwrap();
    let settled = markets.get(MarketId(0)).funding();
    let times: Vec<String> = settled.iter().map(|(time, ..)| time.to_string()).collect();
    assert_eq!(times, ["2026-11-19T00:00:00Z", "2026-11-19T08:00:00Z", "2026-11-19T16:00:00Z", "2026-11-20T00:00:00Z"]);
    for series in [Series::Mark, Series::Index, Series::Premium] {
        let hours = markets.get(MarketId(0)).klines(series, "1h", None, None, 100).unwrap();
        assert_eq!(hours.len(), 37, "{series:?}");
        assert!(hours.iter().all(|hour| hour.prices[1] >= hour.prices[2]));
    }
}

#[test]
fn a_dated_contract_and_an_option_end_at_the_average_of_the_index() {
    let delivery = UnixNanos::parse("2026-11-20T08:00:00Z").unwrap();
    let listings = vec![spot("BTC", "USDT", "0.01", "0.00001"), dated("BTC", delivery), call("BTC", dec!(50000), delivery)];
    // Half of the last half-hour at 52,000, half at 54,000; of the last hour only that half-hour is known.
    let at = delivery.nanos_since(start()) - 900 * SECOND;
    let sources =
        PriceSources::default().with_history(HOUR * 2).with(symbol("BTCUSDT"), script(&[(0, dec!(52000)), (at, dec!(54000))]));
    let mut markets = Markets::new(listings, &sources, start(), 7).unwrap();
    let option = markets.get(MarketId(2)).marks().unwrap();
    assert!(option.mark >= dec!(2000) && option.mark < dec!(2200), "{}", option.mark);
    assert!(markets.get(MarketId(2)).volatility().is_some_and(|volatility| (0.2..2.5).contains(&volatility)));
    let ends: Vec<(MarketId, String, Decimal)> = moves(&mut markets, delivery.saturating_add_nanos(10 * SECOND))
        .into_iter()
        .filter_map(|(id, time, happened)| match happened {
            Move::Ends(price) => Some((id, time.to_string(), price)),
            Move::Levels(_) | Move::Print { .. } | Move::Marks(_) | Move::Funding { .. } => None,
        })
        .collect();
    let [(dated, time, price), (option, _, exercised)] = &ends[..] else { panic!("{ends:?}") };
    assert_eq!((*dated, *option, time.as_str()), (MarketId(1), MarketId(2), "2026-11-20T08:00:00Z"));
    assert!((*exercised - dec!(53000)).abs() < dec!(3), "{exercised}");
    assert!((dec!(52400)..dec!(53001)).contains(price), "{price}");
    let ended = markets.get(*dated);
    assert!(!ended.is_trading() && ended.levels(Side::Buy, 1).is_empty() && ended.quote().is_none());
    assert!(moves(&mut markets, delivery.saturating_add_nanos(20 * SECOND)).iter().all(|(id, ..)| *id == MarketId(0)));
}
