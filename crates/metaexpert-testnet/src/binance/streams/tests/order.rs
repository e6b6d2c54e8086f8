//! Nothing lost, nothing out of order: a book that is kept from any stream is the market's.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::floor::{Hall, LINEAR, SPOT, ms, print};
use crate::{
    listing::MarketId,
    news::{LevelChanges, MarketNews, News},
    protocol::SocketId,
};

/// What happens: a level gets a quantity, or so many steps pass.
#[derive(Debug, Clone)]
enum Happens {
    Level(i64, i64),
    Step,
    Trade,
}

fn anything() -> impl Strategy<Value = Vec<Happens>> {
    let one = prop_oneof![
        3 => (1_i64..20, 0_i64..5).prop_map(|(price, quantity)| Happens::Level(price, quantity)),
        2 => Just(Happens::Step),
        1 => Just(Happens::Trade),
    ];
    proptest::collection::vec(one, 1..300)
}

/// What a client keeps: a book, and the number of its last change; the trades it saw.
#[derive(Debug, Default)]
struct Kept {
    bids: BTreeMap<Decimal, Decimal>,
    last: Option<u64>,
    trades: Vec<u64>,
}

impl Kept {
    fn take(&mut self, text: &str) {
        let message: serde_json::Value = serde_json::from_str(text).unwrap();
        if message["e"] == "trade" {
            return self.trades.push(message["t"].as_u64().unwrap());
        }
        let number = |field: &str| message[field].as_u64();
        let (first, last) = (number("U").unwrap(), number("u").unwrap());
        assert!(first <= last);
        if let Some(before) = self.last {
            // Spot chains by `U`, futures by `pu`.
            match number("pu") {
                Some(previous) => assert_eq!(previous, before),
                None => assert_eq!(first, before + 1),
            }
        }
        self.last = Some(last);
        for level in message["b"].as_array().unwrap() {
            let (price, quantity): (Decimal, Decimal) =
                (level[0].as_str().unwrap().parse().unwrap(), level[1].as_str().unwrap().parse().unwrap());
            if quantity.is_zero() {
                self.bids.remove(&price)
            } else {
                self.bids.insert(price, quantity)
            };
        }
    }
}

fn run(market: MarketId, host: &str, streams: &[&str], events: &[Happens]) {
    let mut hall = Hall::new();
    let mut kept: BTreeMap<SocketId, Kept> = BTreeMap::new();
    for (number, path) in (1..).zip(streams) {
        hall.connect(SocketId(number), host, path, "");
        kept.insert(SocketId(number), Kept::default());
    }
    let (mut bids, mut changes, mut trades, mut steps) = (BTreeMap::new(), 0, Vec::new(), 0);
    let after = std::iter::repeat_n(&Happens::Step, 10);
    for event in events.iter().chain(after) {
        match *event {
            Happens::Level(price, quantity) => {
                let (price, quantity) = (Decimal::from(price), Decimal::from(quantity));
                if quantity.is_zero() {
                    bids.remove(&price)
                } else {
                    bids.insert(price, quantity)
                };
                changes += 1;
                let level = LevelChanges {
                    time: ms(hall.now),
                    ids: (changes, changes),
                    previous: changes - 1,
                    bids: vec![(price, quantity)],
                    asks: Vec::new(),
                };
                hall.tell(&[News::Market(market, MarketNews::Levels(level))]);
            }
            Happens::Step => {
                steps += 1;
                hall.now += 100;
                hall.step(steps);
            }
            Happens::Trade => {
                trades.push(u64::try_from(trades.len()).unwrap());
                hall.tell(&[News::Market(market, MarketNews::Print(print(*trades.last().unwrap())))]);
            }
        }
    }
    // The last ten steps have the round second among them.
    for (socket, message) in hall.out.take() {
        if let crate::protocol::Message::Text(_, text) = message {
            kept.get_mut(&socket).unwrap().take(text.as_str());
        }
    }
    for (place, (_, kept)) in kept.into_iter().enumerate() {
        if streams[place].ends_with("@trade") {
            assert_eq!(kept.trades, trades);
        } else {
            assert_eq!((kept.bids, kept.last), (bids.clone(), (changes > 0).then_some(changes)), "{}", streams[place]);
        }
    }
}

proptest! {
    #[test]
    fn a_book_of_coins_kept_at_any_pace_is_the_market_s(events in anything()) {
        run(SPOT, "stream.binance.com", &["/ws/btcusdt@depth", "/ws/btcusdt@depth@100ms", "/ws/btcusdt@trade"], &events);
    }

    #[test]
    fn a_book_of_a_contract_kept_at_any_pace_is_the_market_s(events in anything()) {
        let streams = ["/public/ws/btcusdt@depth", "/public/ws/btcusdt@depth@100ms", "/public/ws/btcusdt@depth@500ms",
            "/public/ws/btcusdt@depth@0ms", "/public/ws/btcusdt@trade"];
        run(LINEAR, "fstream.binance.com", &streams, &events);
    }
}
