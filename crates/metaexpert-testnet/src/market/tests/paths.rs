//! Prices that are followed: recorded, written down, made up.

use super::*;
use crate::prices::Prices;

fn recorded(timeframe: Timeframe) -> BarSeries {
    let first = UnixNanos::parse("2022-01-01").unwrap();
    let mut random = random::Random::new(5, "recorded");
    let mut open = 40_000.0;
    let bars: Vec<Bar> = (0..40)
        .map(|index| {
            let mut price = |scale: f64| (random.unit() * scale * 100.0).round() / 100.0;
            let close = 39_950.0 + price(100.0);
            let (high, low) = (f64::max(open, close) + price(30.0), f64::min(open, close) - price(30.0));
            let round = |price: f64| (price * 100.0).round() / 100.0;
            let volume = (random.unit() * 1e6).round() / 1e5;
            let time = first.saturating_add_nanos(index * timeframe.nanos());
            let bar = Bar { time, open: round(open), high: round(high), low: round(low), close: round(close), volume };
            open = bar.close;
            bar
        })
        .collect();
    BarSeries::new("recorded", &bars, timeframe).unwrap()
}

#[test]
fn bars_of_the_trades_are_the_bars_of_the_source() {
    for (timeframe, interval, prints) in [(Timeframe::M1, "1m", 1.0), (Timeframe::M5, "5m", 1.0), (Timeframe::H1, "1h", 0.05)] {
        let series = recorded(timeframe);
        let sources = sources().with(symbol("BTCUSDT"), PriceSource::Bars(series.clone()));
        let sources = sources.with_pace(Pace { changes: 0.2, prints, levels: 10 });
        let listings = vec![spot("BTC", "USDT", "0.01", "0.00001")];
        let mut markets = Markets::new(listings, &sources, start(), 7).unwrap();
        moves(&mut markets, after(12 * timeframe.nanos()));
        let klines = markets.get(MarketId(0)).klines(Series::Last, interval, None, None, 1_000).unwrap();
        let begun = timeframe.open_of(start()).saturating_add_nanos(timeframe.nanos());
        let live: Vec<&Kline> = klines.iter().filter(|kline| kline.open_time >= begun && kline.is_closed).collect();
        assert!(live.len() >= 11, "{interval}: {}", live.len());
        let place = |kline: &Kline| kline.open_time.nanos_since(klines[0].open_time) / timeframe.nanos();
        for kline in live {
            let bar = series.bars[usize::try_from(place(kline)).unwrap()];
            let expected = [bar.open, bar.high, bar.low, bar.close].map(|price| Decimal::try_from(price).unwrap());
            assert_eq!(kline.prices, expected, "{interval} {}", kline.open_time);
            assert_eq!(kline.volume, Decimal::try_from(bar.volume).unwrap(), "{interval} {}", kline.open_time);
        }
    }
}

#[test]
fn klines_are_without_gaps_and_add_up() {
    let mut markets = markets();
    moves(&mut markets, after(600 * SECOND));
    for (_, market) in markets.iter() {
        let all = |interval| market.klines(Series::Last, interval, None, None, 2_000).unwrap();
        for (interval, length) in [("1s", SECOND), ("1m", 60 * SECOND), ("3m", 180 * SECOND), ("1h", HOUR)] {
            let klines = all(interval);
            for pair in klines.windows(2) {
                assert_eq!(pair[1].open_time.nanos_since(pair[0].open_time), length);
                assert_eq!(pair[0].close_time.nanos_since(pair[0].open_time), length - 1);
                assert!(pair[0].is_closed);
            }
            assert!(klines.last().is_some_and(|last| !last.is_closed));
        }
        let (minutes, hours) = (all("1m"), all("1h"));
        let sum = |klines: &[Kline]| {
            klines
                .iter()
                .map(|kline| (kline.volume, kline.quote_volume, kline.trades))
                .fold((Decimal::ZERO, Decimal::ZERO, 0), |(volume, value, trades), (v, q, t)| (volume + v, value + q, trades + t))
        };
        assert_eq!(sum(&minutes), sum(&hours), "{}", market.listing().symbol);
        assert_eq!(all("1M").len(), 1);
        assert_eq!(market.klines(Series::Last, "7m", None, None, 1), None);
        let some = market.klines(Series::Last, "1m", Some(minutes[10].open_time), Some(minutes[20].open_time), 5).unwrap();
        assert_eq!(some, minutes[10..15]);
        let latest = market.klines(Series::Last, "1m", None, Some(minutes[20].open_time), 5).unwrap();
        assert_eq!(latest, minutes[16..21]);
    }
}

#[test]
fn a_day_is_what_its_minutes_were() {
    let mut markets = markets();
    moves(&mut markets, after(90 * SECOND));
    let market = markets.get(MarketId(0));
    let minutes = market.klines(Series::Last, "1m", None, None, 2_000).unwrap();
    let day = market.statistics(24 * HOUR).unwrap();
    assert_eq!(day.volume, minutes.iter().map(|minute| minute.volume).sum::<Decimal>());
    assert_eq!(day.prices[1], minutes.iter().map(|minute| minute.prices[1]).max().unwrap());
    assert_eq!(day.prices[3], market.last().unwrap().price);
    assert_eq!(day.ids.unwrap().1, market.last().unwrap().id);
    let quarter = market.statistics(15 * 60 * SECOND).unwrap();
    assert!(quarter.volume < day.volume && quarter.since > day.since);
}

#[test]
fn a_scripts_price_is_met_at_its_time_by_market_mark_and_index() {
    let steps = [(0, dec!(48000)), (10 * SECOND, dec!(50000)), (70 * SECOND, dec!(45000))];
    let sources = sources().with(symbol("BTCUSDT"), script(&steps));
    let mut markets = Markets::new(listings(), &sources, start(), 7).unwrap();
    let futures = markets.find(Class::Linear, "BTCUSDT").unwrap();
    for (until, price) in [(9, dec!(48000)), (10, dec!(50000)), (69, dec!(50000)), (70, dec!(45000)), (300, dec!(45000))] {
        moves(&mut markets, after(until * SECOND));
        for id in [MarketId(0), futures] {
            assert_eq!(markets.last(id), Some(price), "after {until} s");
            assert_eq!(markets.mark(id), Some(price), "after {until} s");
            assert_eq!(markets.index(id), Some(price), "after {until} s");
            let quote = markets.get(id).quote().unwrap();
            assert!((quote.bid.0..=quote.ask.0).contains(&price), "{} to {}", quote.bid.0, quote.ask.0);
        }
    }
    let inverse = markets.find(Class::Inverse, "BTCUSD_PERP").unwrap();
    assert_eq!((markets.last(inverse), markets.mark(inverse)), (Some(dec!(45000)), Some(dec!(45000))));
}

#[test]
fn prices_of_one_coin_fit_together_across_markets() {
    let mut markets = markets();
    moves(&mut markets, after(60 * SECOND));
    let last = |id| markets.last(MarketId(id)).unwrap();
    let (bitcoin, ether, pair) = (last(0), last(1), last(2));
    let near = |one: Decimal, other: Decimal, share: Decimal| (one - other).abs() <= other * share;
    assert!(near(pair * bitcoin, ether, dec!(0.002)), "{pair} x {bitcoin} is not {ether}");
    for id in [3, 4] {
        assert!(near(last(id), bitcoin, dec!(0.01)), "{} and {bitcoin}", last(id));
        assert!(near(markets.mark(MarketId(id)).unwrap(), bitcoin, dec!(0.01)));
    }
    let currency = Currency::new;
    assert_eq!(markets.rate(&currency("BTC"), &currency("USDT")), Some(bitcoin));
    assert_eq!(markets.rate(&currency("BTC"), &currency("USD")), Some(bitcoin));
    assert_eq!(markets.rate(&currency("USD"), &currency("USDT")), Some(dec!(1)));
    assert_eq!(markets.rate(&currency("BTC"), &currency("BTC")), Some(dec!(1)));
    assert_eq!(markets.rate(&currency("DOGE"), &currency("USDT")), None);
    assert!(near(markets.rate(&currency("USDT"), &currency("ETH")).unwrap() * ether, dec!(1), dec!(0.0001)));
}

#[test]
fn a_recorded_book_is_shown_as_it_was() {
    use metaexpert_data::{KeptRows, MarketRow};
    let time = UnixNanos::parse("2024-08-08").unwrap();
    let row = |seconds: i64, kind, price, quantity, clears, ends| {
        let time = time.saturating_add_nanos(seconds * SECOND);
        MarketRow { time, local_time: time, kind, price, quantity, clears, ends }
    };
    let rows = vec![
        row(0, RowKind::Bid, 5_999_900, 150, true, false),
        row(0, RowKind::Bid, 5_999_800, 100, false, false),
        row(0, RowKind::Ask, 6_000_100, 200, false, true),
        row(2, RowKind::Sold, 5_999_900, 50, false, true),
        row(2, RowKind::Bid, 5_999_900, 0, false, true),
        row(4, RowKind::Ask, 6_000_000, 70, false, true),
    ];
    let sources = sources().with(symbol("BTCUSDT"), PriceSource::Rows(KeptRows::new(rows, 2, 3)));
    let mut markets = Markets::new(listings(), &sources, start(), 7).unwrap();
    let shown = |markets: &Markets| {
        let side = |side| {
            let levels = markets.get(MarketId(0)).levels(side, 9);
            levels.iter().map(|(price, quantity)| format!("{} x {}", price.normalize(), quantity.normalize())).collect::<Vec<_>>()
        };
        (side(Side::Buy).join(", "), side(Side::Sell).join(", "))
    };
    let pair = |bids: &str, asks: &str| (bids.to_owned(), asks.to_owned());
    assert_eq!(shown(&markets), pair("59999 x 0.15, 59998 x 0.1", "60001 x 0.2"));
    moves(&mut markets, after(3 * SECOND));
    assert_eq!(shown(&markets), pair("59998 x 0.1", "60001 x 0.2"));
    assert_eq!(markets.last(MarketId(0)), Some(dec!(59999)));
    moves(&mut markets, after(4 * SECOND));
    assert_eq!(shown(&markets), pair("59998 x 0.1", "60000 x 0.07, 60001 x 0.2"));
    moves(&mut markets, after(5 * SECOND));
    assert_eq!(shown(&markets), pair("59999 x 0.15, 59998 x 0.1", "60001 x 0.2"), "it begins again");
}

#[test]
fn what_fits_no_market_is_refused() {
    let refused = |listings, sources: PriceSources| Markets::new(listings, &sources, start(), 7).unwrap_err().to_string();
    let strange = sources().with(symbol("DOGEUSDT"), script(&[(0, dec!(1))]));
    assert_eq!(refused(listings(), strange), "data source `DOGEUSDT`: no market of that name is listed");
    let twice = [listings(), listings()].concat();
    assert_eq!(refused(twice, sources()), "spot market BTCUSDT is listed twice");
    let hasty = sources().with_pace(Pace { changes: 1e6, ..Pace::default() });
    assert_eq!(refused(listings(), hasty), "book changes a second: 1000000 is not in 0.001 to 10000");
}

#[test]
fn what_users_write_is_read_by_its_content() {
    use std::fs;

    use metaexpert_data::{MarketRow, MarketWriter};
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("bars.csv"), "date,open,high,low,close,volume\n2024-01-01,1,3,1,2,10\n2024-01-02,2,2.5,1.5,2,7\n").unwrap();
    fs::write(path("steps.txt"), "0s 40000\n10s 50000\n").unwrap();
    let mut writer = MarketWriter::create(path("ticks.parquet").as_ref(), 2, 3).unwrap();
    let time = UnixNanos::parse("2024-01-01").unwrap();
    writer
        .push(MarketRow { time, local_time: time, kind: RowKind::Sold, price: 250, quantity: 1, clears: false, ends: true })
        .unwrap();
    writer.finish().unwrap();
    let text = format!(
        "XRPUSDT={},BTCUSDT=script:{},ETHUSDT={},BNBUSDT=synthetic:seed=7,price=700",
        path("bars.csv"),
        path("steps.txt"),
        path("ticks.parquet")
    );
    let sources = PriceSources::parse(&text).unwrap();
    let kinds: Vec<&str> = sources
        .named()
        .iter()
        .map(|(_, source)| match source {
            PriceSource::Bars(_) => "bars",
            PriceSource::Script(_) => "script",
            PriceSource::Rows(_) => "rows",
            PriceSource::Synthetic(_) => "synthetic",
        })
        .collect();
    assert_eq!(kinds, ["bars", "script", "rows", "synthetic"]);
    let missing = PriceSources::parse("BTCUSDT=no/such.csv").unwrap_err().to_string();
    assert_eq!(missing, "no/such.csv: no such file");
    assert!(PriceSources::parse("script:no/such.txt").unwrap_err().to_string().starts_with("no/such.txt: line 1: "));
}

#[test]
fn a_source_without_a_name_is_that_of_the_first_market_and_its_contracts() {
    let main = sources().with_main(script(&[(0, dec!(12345.6))]));
    let markets = Markets::new(listings(), &main, start(), 7).unwrap();
    for id in [0, 3, 4, 5] {
        assert_eq!(markets.last(MarketId(id)), Some(dec!(12345.6)));
    }
    assert_ne!(markets.last(MarketId(1)), Some(dec!(12345.6)));
}

#[test]
fn recorded_prices_of_the_market_that_was_are_followed() {
    let Some(file) = shared("market-data/xrpusdt-perp-5m-2021-11.csv") else { return };
    let sources = PriceSources::parse(&format!("XRPUSDT={}", file.display())).unwrap();
    let listings = vec![spot("XRP", "USDT", "0.0001", "0.1"), linear("XRP", "0.0001", "0.1")];
    let mut markets = Markets::new(listings, &sources, start(), 7).unwrap();
    moves(&mut markets, after(600 * SECOND));
    for id in [MarketId(0), MarketId(1)] {
        let hours = markets.get(id).klines(Series::Last, "1h", None, None, 100).unwrap();
        assert_eq!(hours.len(), 37);
        assert!(
            hours.iter().all(|hour| hour.prices.iter().all(|price| (dec!(0.8)..dec!(1.4)).contains(price)) && hour.trades > 0)
        );
    }
}

#[test]
fn what_a_coin_will_cost_is_known_before_it_is_listed() {
    let recorded = PriceSource::Bars(recorded(Timeframe::M5));
    for sources in [sources(), sources().with(symbol("BTCUSDT"), recorded.clone()), sources().with_main(recorded)] {
        let before = sources.price_at_start("BTC", start(), 7).unwrap();
        let markets = Markets::new(listings(), &sources, start(), 7).unwrap();
        let last = markets.last(MarketId(0)).unwrap();
        assert!((before - last).abs() < last * dec!(0.001), "{before} and {last}");
    }
}

#[test]
fn a_script_that_is_moved_takes_its_markets_along_at_once() {
    let sources = sources().with(symbol("BTCUSDT"), script(&[(0, dec!(80000)), (40 * SECOND, dec!(81000))]));
    let mut markets = Markets::new(listings(), &sources, start(), 7).unwrap();
    // A nanosecond before the next minute: so late that nothing would be traded in it any more.
    let now = after(40 * SECOND - 1);
    moves(&mut markets, now);
    let before: Vec<u64> = markets.iter().map(|(_, market)| market.last().unwrap().id).collect();
    markets.set_price(MarketId(0), Price::new(dec!(70000)).unwrap(), now).unwrap();
    let moved = moves(&mut markets, now);
    assert!(moved.iter().all(|(_, time, _)| *time == now));
    for (id, market) in markets.iter().filter(|(id, _)| [0, 3, 4, 5].contains(&id.0)) {
        let print = market.last().unwrap();
        assert_eq!(
            (print.time, print.price, print.id),
            (now, dec!(70000), before[id.index()] + 1),
            "{}",
            market.listing().symbol
        );
        let quote = market.quote().unwrap();
        assert!(quote.bid.0 <= dec!(70000) && dec!(70000) <= quote.ask.0 && quote.ask.0 - quote.bid.0 < dec!(1));
        assert!(market.marks().is_none_or(|marks| marks.mark == dec!(70000) && marks.index == dec!(70000)));
    }
    // A pair of two coins follows as well, but is no script's own.
    let pair = markets.get(MarketId(2)).quote().unwrap();
    assert!(pair.bid.0 / dec!(0.0375) > dec!(1.1), "{}", pair.bid.0);
    let refused = markets.set_price(MarketId(2), Price::new(dec!(1)).unwrap(), now).unwrap_err();
    assert_eq!(refused.to_string(), "spot market ETHBTC follows no script, so that nobody can move its price");
    moves(&mut markets, after(41 * SECOND));
    assert_eq!(markets.get(MarketId(0)).last().unwrap().price, dec!(81000), "the script goes on with its next step");
}
