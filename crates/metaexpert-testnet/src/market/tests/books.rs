//! What is shown of books, and what of it users are.

use std::collections::BTreeMap;

use super::*;
use crate::news::LevelChanges;

/// A book as a client keeps it: a snapshot, and messages in order.
struct Replay {
    sides: [BTreeMap<Decimal, Decimal>; 2],
    last: u64,
}

impl Replay {
    fn of(market: &Market) -> Self {
        let side = |side| market.levels(side, usize::MAX).into_iter().collect();
        Self { sides: [side(Side::Buy), side(Side::Sell)], last: market.update_id() }
    }

    fn apply(&mut self, changes: &LevelChanges) {
        assert_eq!(changes.previous, self.last, "no change is missing");
        assert_eq!(changes.ids.0, self.last + 1);
        assert!(changes.ids.1 >= changes.ids.0);
        self.last = changes.ids.1;
        for (side, levels) in self.sides.iter_mut().zip([&changes.bids, &changes.asks]) {
            for (price, quantity) in levels {
                if quantity.is_zero() {
                    side.remove(price)
                } else {
                    side.insert(*price, *quantity)
                };
            }
        }
    }

    fn check(&self, market: &Market) {
        let shown = Self::of(market);
        assert_eq!(self.sides, shown.sides, "{}", market.listing().symbol);
        let [bids, asks] = &self.sides;
        if let (Some((bid, _)), Some((ask, _))) = (bids.last_key_value(), asks.first_key_value()) {
            assert!(bid < ask, "{}: {bid} and {ask} are crossed", market.listing().symbol);
        }
    }
}

#[test]
fn the_public_book_is_what_its_changes_make_of_a_snapshot_and_is_never_crossed() {
    let mut markets = markets();
    let mut replays: Vec<Replay> = markets.iter().map(|(_, market)| Replay::of(market)).collect();
    for step in 1..=100_i64 {
        let now = after(step * SECOND / 10);
        moves(&mut markets, now);
        // Users' orders stand below, at and beyond the touch.
        let which = MarketId(u16::try_from(step % 7).unwrap());
        let Some(quote) = markets.get(which).quote() else { continue };
        let tick = markets.get(which).listing().instrument.rules.tick_size;
        let (account, other) = (AccountId(0), AccountId(1));
        markets.rests(which, account, Side::Buy, quote.ask.0 + tick * dec!(5), dec!(3), now);
        markets.rests(which, other, Side::Sell, quote.bid.0 - tick, Decimal::from(step % 3), now);
        markets.rests(which, other, Side::Buy, quote.bid.0 - tick, dec!(1), now);
        if step % 4 == 0 {
            markets.rests(which, account, Side::Buy, quote.ask.0 + tick * dec!(5), dec!(0), now);
        }
        markets.flush_levels(now);
        let mut told = 0;
        for (id, news) in markets.take_news() {
            if let MarketNews::Levels(changes) = news {
                told += 1;
                replays[id.index()].apply(&changes);
            }
        }
        assert!(told <= replays.len(), "one message a market");
        for (id, market) in markets.iter() {
            replays[id.index()].check(market);
        }
    }
}

#[test]
fn a_users_order_is_shown_to_all_and_met_by_all_others() {
    let mut markets = markets();
    let spot = MarketId(0);
    let (bid, quantity) = markets.get(spot).levels(Side::Buy, 1)[0];
    let ticks = metaexpert_core::book::ticks_of(metaexpert_core::rounding::float_of(bid), dec!(0.01)).unwrap();
    markets.rests(spot, AccountId(0), Side::Buy, bid, dec!(2), start());
    assert_eq!(markets.get(spot).levels(Side::Buy, 1), [(bid, quantity + dec!(2))]);
    assert_eq!(markets.get(spot).quote().unwrap().bid, (bid, quantity + dec!(2)));
    let at = |account| markets.book_for(spot, AccountId(account)).quantity_at(Side::Buy, ticks);
    assert!((at(1) - at(0) - 2.0).abs() < 1e-9);
    markets.rests(spot, AccountId(0), Side::Buy, bid, dec!(0), start());
    assert!(matches!(markets.book_for(spot, AccountId(1)), Cow::Borrowed(_)));
    assert_eq!(markets.get(spot).levels(Side::Buy, 1), [(bid, quantity)]);
}

#[test]
fn the_best_bid_and_ask_are_told_when_they_change() {
    let mut markets = markets();
    let mut told: Vec<Option<crate::news::Quote>> = markets.iter().map(|(_, market)| market.quote()).collect();
    for step in 1..200 {
        moves(&mut markets, after(step * SECOND / 10));
        for (id, news) in markets.take_news() {
            if let MarketNews::Best(quote) = news {
                assert_ne!(Some((quote.bid, quote.ask)), told[id.index()].map(|old| (old.bid, old.ask)));
                told[id.index()] = Some(quote);
            }
        }
        for (id, market) in markets.iter() {
            assert_eq!(market.quote(), told[id.index()]);
            let best = |side| market.levels(side, 1).first().copied();
            assert_eq!(market.quote().map(|quote| quote.bid), best(Side::Buy));
            assert_eq!(market.quote().map(|quote| quote.ask), best(Side::Sell));
        }
    }
}

#[test]
fn a_bitcoin_can_be_bought_near_the_price() {
    use crate::prices::Prices;
    let markets = markets();
    for (id, quantity) in [(MarketId(0), dec!(1)), (MarketId(3), dec!(1)), (MarketId(4), dec!(800))] {
        let best = markets.best(id, Side::Buy).unwrap();
        let (value, taken) = markets.sweep(id, Side::Buy, quantity);
        assert_eq!(taken, quantity);
        if !markets.get(id).listing().instrument.kind.is_inverse() {
            assert!(value >= best * quantity && value <= best * quantity * dec!(1.0005), "{value} for {quantity} at {best}");
        }
    }
}

#[test]
fn numbers_on_the_tape_have_no_gaps_whoever_traded() {
    let mut markets = markets();
    let mut last: Vec<u64> = markets.iter().map(|(_, market)| market.last().map_or(0, |print| print.id)).collect();
    assert!(last.iter().take(4).all(|id| *id > 500), "there are trades at the first request: {last:?}");
    for step in 1..60 {
        let now = after(step * SECOND);
        moves(&mut markets, now);
        let mut told = markets.take_news();
        let price = markets.get(MarketId(0)).quote().unwrap().ask.0;
        let own = markets.print(MarketId(0), price, dec!(0.5), Side::Buy, now);
        told.extend(markets.take_news());
        for (id, news) in told {
            if let MarketNews::Print(print) = news {
                assert_eq!(print.id, last[id.index()] + 1);
                last[id.index()] = print.id;
            }
        }
        assert_eq!(last[0], own);
    }
    let prints = markets.get(MarketId(0)).prints(None, 10_000);
    assert!(prints.windows(2).all(|pair| pair[0].id + 1 == pair[1].id && pair[0].time <= pair[1].time));
}

#[test]
fn a_market_is_as_lively_as_it_was_asked_to_be() {
    for (changes, prints) in [(5.0, 1.0), (200.0, 20.0)] {
        let sources = sources().with_pace(Pace { changes, prints, levels: 30 });
        let mut markets = Markets::new(listings(), &sources, start(), 7).unwrap();
        markets.take_news();
        let seconds = 20;
        let (mut messages, mut trades) = (0.0, 0.0);
        for (id, _, happened) in moves(&mut markets, after(seconds * SECOND)) {
            match happened {
                Move::Levels(levels) if id == MarketId(0) => {
                    assert!(!levels.is_empty() && levels.last().unwrap().ends);
                    messages += 1.0;
                }
                Move::Print { .. } if id == MarketId(0) => trades += 1.0,
                _ => {}
            }
        }
        let seconds = grid::float(seconds);
        // Besides its own changes a book goes along with prints.
        assert!(messages > 0.8 * changes * seconds && messages < 1.2 * (changes + prints) * seconds, "{messages} at {changes}");
        assert!(trades > 0.8 * prints * seconds && trades < 1.2 * prints * seconds, "{trades} at {prints}");
        assert!(markets.get(MarketId(0)).levels(Side::Buy, 100).len() == 30);
    }
}

#[test]
fn an_option_has_makers_around_its_mark() {
    let mut markets = markets();
    moves(&mut markets, after(30 * SECOND));
    let option = markets.get(MarketId(6));
    let (mark, quote) = (option.marks().unwrap().mark, option.quote().unwrap());
    assert!(quote.bid.0 < mark && mark < quote.ask.0, "{mark} is not within {} and {}", quote.bid.0, quote.ask.0);
    assert!(quote.ask.0 - quote.bid.0 < mark * dec!(0.05));
    assert!(option.levels(Side::Sell, 100).len() == 20);
}

#[test]
fn without_a_past_there_are_prices_all_the_same() {
    for begin in ["2026-11-20T07:30:00Z", "2026-11-20T07:30:20Z"] {
        let begin = UnixNanos::parse(begin).unwrap();
        let markets = Markets::new(listings(), &PriceSources::default().with_history(0), begin, 7).unwrap();
        for (_, market) in markets.iter() {
            assert!(market.quote().is_some(), "{}", market.listing().symbol);
            let is_contract = market.listing().class != Class::Spot;
            assert_eq!(market.marks().is_some(), is_contract);
            let minutes = market.klines(Series::Last, "1m", None, None, 10).unwrap();
            assert!(minutes.len() <= 1);
        }
        assert!(markets.get(MarketId(0)).last().is_some());
    }
}

#[test]
fn a_recording_of_a_real_exchange_is_shown_and_printed() {
    let Some(recorded) = shared("market-data/binance-spot-btcusdt-2024-08-08.raw.gz") else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("btc.parquet");
    let converted = metaexpert_data::convert(&recorded, &file).unwrap();
    let sources = PriceSources::parse(&format!("BTCUSDT={}", file.display())).unwrap().with_history(HOUR);
    let mut markets = Markets::new(listings(), &sources, start(), 7).unwrap();
    markets.flush_levels(start());
    markets.take_news();
    let length = converted.info.last.nanos_since(converted.info.first);
    let mut replay = Replay::of(markets.get(MarketId(0)));
    let mut prints = 0;
    // Once through, and into the second round, where the book begins again.
    for step in 1..=70 {
        let now = after(length / 60 * step);
        moves(&mut markets, now);
        markets.flush_levels(now);
        for (_, news) in markets.take_news().into_iter().filter(|(id, _)| *id == MarketId(0)) {
            match news {
                MarketNews::Levels(changes) => replay.apply(&changes),
                MarketNews::Print(_) => prints += 1,
                _ => {}
            }
        }
        if step % 10 == 0 {
            replay.check(markets.get(MarketId(0)));
        }
    }
    assert!(prints >= converted.info.prints);
    let futures = markets.get(MarketId(3));
    let (spot, other) = (markets.get(MarketId(0)).quote().unwrap().bid.0, futures.quote().unwrap().bid.0);
    assert!((spot - other).abs() < spot * dec!(0.01), "{spot} and {other}");
}

#[test]
fn a_recording_of_quotes_has_makers_at_them() {
    use metaexpert_data::{KeptRows, MarketRow};
    let row = |seconds: i64, kind, price| {
        let time = UnixNanos::from_nanos(seconds * SECOND);
        MarketRow { time, local_time: time, kind, price, quantity: 5, clears: false, ends: true }
    };
    let mut rows = vec![row(0, RowKind::BestBid, 6_000_000), row(0, RowKind::BestAsk, 6_000_200)];
    rows.extend([row(2, RowKind::BestAsk, 6_000_100), row(4, RowKind::BestBid, 6_000_300), row(6, RowKind::BestAsk, 5_999_000)]);
    let sources = sources().with(symbol("BTCUSDT"), PriceSource::Rows(KeptRows::new(rows, 2, 3)));
    let mut markets = Markets::new(listings(), &sources, start(), 7).unwrap();
    let quotes: Vec<String> = [0, 2, 4, 6]
        .map(|second| {
            moves(&mut markets, after(second * SECOND));
            let quote = markets.get(MarketId(0)).quote().unwrap();
            format!("{} {}", quote.bid.0, quote.ask.0)
        })
        .into();
    assert_eq!(quotes, ["60000.00 60002.00", "60000.00 60001.00", "60003.00 60003.01", "59989.99 59990.00"]);
}
