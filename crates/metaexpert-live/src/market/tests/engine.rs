//! What the engine makes of live bars is what it makes of recorded ones.

use std::{cell::RefCell, rc::Rc, time::Duration};

use metaexpert_core::{
    Context, InstrumentBar, Result, Summary, Timeframe, UnixNanos,
    clock::SimulatedClock,
    config::Config,
    context::Setup,
    engine::Engine,
    expert::{BarWant, Failure, HandlerEvent, Program, Wants},
    feed::{Event, Feed},
    log::ExpertLog,
};
use rust_decimal::Decimal;

use super::*;
use crate::{
    LiveFeed,
    market::testing::{Nowhere, bar, ids, instruments, minute},
};

type Log = Rc<RefCell<Vec<String>>>;

/// Writes down every bar that it is told of.
struct Scribe(Wants, Log);

impl Program for Scribe {
    fn wants(&self) -> &Wants {
        &self.0
    }

    fn call(&mut self, event: HandlerEvent<'_>, context: &mut Context) -> Result<(), Failure> {
        if let HandlerEvent::Bar { handler, bar } = event {
            self.1.borrow_mut().push(format!("{} {handler} {bar:?}", context.symbol()));
        }
        Ok(())
    }

    fn criterion(&mut self, _: &Summary, _: &mut Context) -> Result<Option<f64>, Failure> {
        Ok(None)
    }
}

struct Recorded(std::vec::IntoIter<Event>);

impl Feed for Recorded {
    fn next(&mut self) -> Result<Option<Event>> {
        Ok(self.0.next())
    }
}

/// What an expert with bars of one, three and five minutes hears over this feed.
fn run(feed: impl Feed) -> Vec<String> {
    let log = Log::default();
    let want = |timeframe| BarWant { symbol: None, timeframe };
    let bars = vec![want(None), want(Some(Timeframe::M3)), want(Some(Timeframe::M5))];
    let program = Scribe(Wants { bars, ..Wants::default() }, Rc::clone(&log));
    let config = Config { timeframe: Timeframe::M1, ..Config::default() };
    let main = ids()[0];
    let setup = Setup { config, instruments: instruments(), main, taker_fee: Decimal::ZERO, run: 1, log: ExpertLog::silent() };
    let clock = SimulatedClock::default();
    Engine::new(Box::new(program), setup, Timeframe::M1, feed, Nowhere, clock, Nowhere).unwrap().run().unwrap();
    log.take()
}

/// The bars of a backtest.
fn recorded(minutes: std::ops::Range<i64>) -> Recorded {
    let event = |of| {
        let [btc, eth] = ids().map(|id| (id, if id == ids()[0] { "BTCUSDT" } else { "ETHUSDT" }));
        [(btc, true), (eth, false)]
            .map(|((instrument, name), more)| Event::Bar { bar: InstrumentBar { instrument, bar: bar(name, of) }, more })
    };
    Recorded(minutes.flat_map(event).collect::<Vec<_>>().into_iter())
}

#[tokio::test(start_paused = true)]
async fn longer_bars_are_those_of_a_backtest_whatever_the_stream_lost() {
    let exchange = Played::new();
    let (watcher, outlet) = watcher(vec![bars_of("BTCUSDT"), bars_of("ETHUSDT")], 7);
    let inlet = watcher.inlet.clone();
    let _desk = start(&exchange, vec![watcher]);
    exchange.news(StreamNews::Connected);
    for of in 0..20 {
        pass(59_500).await;
        match of {
            3 | 11 => exchange.closes("BTCUSDT", &[of]),
            5..8 => {}
            8 => {
                exchange.lose();
                exchange.news(StreamNews::Connected);
            }
            _ => {
                exchange.closes("ETHUSDT", &[of]);
                exchange.closes("BTCUSDT", &[of]);
            }
        }
        pass(500).await;
    }
    pass(1_000).await;
    inlet.end();
    let feed = LiveFeed::new(outlet, &[Duration::from_mins(1)], minute(0), "played", || UnixNanos::MIN);
    let live = run(feed.with_bars(Timeframe::M1));
    let tested = run(recorded(-7..20));
    assert_eq!(live.len(), tested.len());
    let longer = |log: &[String]| log.iter().filter(|line| !line.contains(" 0 ")).cloned().collect::<Vec<_>>();
    assert!(longer(&tested).len() > 10);
    assert_eq!(longer(&live), longer(&tested));
    assert_eq!(live, tested);
}
