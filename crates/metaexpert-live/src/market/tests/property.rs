//! Whatever streams lose, double or turn around, each closed bar is heard once.

use metaexpert_core::{Bar, Timeframe};
use proptest::prelude::*;

use super::*;
use crate::{Watcher, market::testing::bar};

/// What becomes of a bar on the stream.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Told,
    Lost,
    /// Told twice, the second time with another volume.
    Doubled,
    /// Told after the one that follows.
    Late,
}

/// What else happens in a minute.
#[derive(Debug, Clone, Copy)]
enum Happening {
    Nothing,
    Cut,
    Back,
    RequestsFail,
    RequestsWork,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![4 => Just(Fate::Told), 1 => Just(Fate::Lost), 1 => Just(Fate::Doubled), 1 => Just(Fate::Late)]
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening::*;
    prop_oneof![6 => Just(Nothing), 1 => Just(Cut), 1 => Just(Back), 1 => Just(RequestsFail), 1 => Just(RequestsWork)]
}

/// Plays the minutes, then lets everything work again; what was heard of each instrument by an expert with so much history.
async fn played(minutes: &[(Fate, Fate, Happening)], lag: u64) -> [Vec<String>; 2] {
    let exchange = Played::new();
    exchange.state.lock().lag = std::time::Duration::from_millis(lag);
    let both = || vec![bars_of("BTCUSDT"), bars_of("ETHUSDT")];
    let ((short, mut short_outlet), (long, mut long_outlet)) = (watcher(both(), 2), watcher(both(), 7));
    let _desk = start(&exchange, vec![short, Watcher { expert: "long".into(), ..long }]);
    exchange.news(StreamNews::Connected);
    let mut is_connected = true;
    let mut late: Vec<(&str, i64)> = Vec::new();
    for (minute, (btc, eth, happening)) in (0..).zip(minutes) {
        pass(59_100).await;
        match happening {
            Happening::Nothing => {}
            Happening::Cut => {
                is_connected = false;
                exchange.lose();
            }
            Happening::Back => {
                is_connected = true;
                exchange.news(StreamNews::Connected);
            }
            Happening::RequestsFail => exchange.state.lock().fails = true,
            Happening::RequestsWork => exchange.state.lock().fails = false,
        }
        for (name, fate) in [("BTCUSDT", btc), ("ETHUSDT", eth)] {
            match fate {
                _ if !is_connected => {}
                Fate::Lost => {}
                Fate::Late => late.push((name, minute)),
                Fate::Told => exchange.closes(name, &[minute]),
                Fate::Doubled => {
                    exchange.closes(name, &[minute]);
                    exchange.tells(name, Bar { volume: 77.0, ..bar(name, minute) }, Timeframe::M1, Some(true));
                }
            }
        }
        late.retain(|(name, of)| {
            if *of < minute && is_connected {
                exchange.closes(name, &[*of]);
            }
            *of >= minute
        });
        pass(900).await;
    }
    exchange.state.lock().fails = false;
    exchange.news(StreamNews::Connected);
    pass(30_000).await;
    [heard(&mut short_outlet), heard(&mut long_outlet)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn whatever_is_lost_doubled_or_late_each_bar_is_heard_once_and_in_order(
        minutes in prop::collection::vec((fate(), fate(), happening()), 1..25),
        lag in prop_oneof![0..900_u64, 1_100..3_000_u64],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let heard = runtime.block_on(played(&minutes, lag));
        let last = i64::try_from(minutes.len()).unwrap();
        for (words, history) in heard.into_iter().zip([2, 7]) {
            for name in ["btc", "eth"] {
                let bars: Vec<_> = words
                    .iter()
                    .filter_map(|event| event.strip_prefix(name)?.trim().trim_end_matches('+').parse::<i64>().ok())
                    .collect();
                // A bar that requests did not know yet when the experts began comes after the history, and as many were asked for as
                // the one wants that wants most.
                let first = if lag > 1_000 && history == 2 { -3 } else { -history };
                prop_assert!(bars.iter().copied().eq(first..last), "{name}: {bars:?} of {words:?}");
            }
            prop_assert!(!words.iter().any(|event| event.contains("altered")), "{words:?}");
            let begun = words.iter().position(|event| event == "present").unwrap();
            prop_assert!(words[..begun].iter().all(|event| event.contains('-') || event.contains("unreachable")), "{words:?}");
        }
    }
}
