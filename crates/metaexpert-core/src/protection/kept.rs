//! What the next run is told of a leg: from where its exits are worked out.
//!
//! The one decision: not the levels are kept but what they follow from, so that both runs come to the same ones. The best price is
//! told when it moves a stop, and otherwise once a second at most; what it was since then is not known after a crash.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::levels::ExitLevels;
use crate::{Instrument, Offset, Percent, PositionSide, Price, Protection};

/// How it is written down, with the version of that.
#[derive(Serialize, Deserialize)]
#[serde(tag = "version")]
enum Written {
    #[serde(rename = "1")]
    V1(Kept),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    entry: Decimal,
    best: Decimal,
    stop_loss: Option<Where>,
    take_profit: Option<Where>,
    trailing_stop: Option<Decimal>,
    trailing_activation: Option<Decimal>,
    breakeven: Option<Decimal>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Where {
    Percent(Decimal),
    Price(Decimal),
}

/// A leg's levels as text.
pub(super) fn written(levels: &ExitLevels) -> Option<String> {
    let Protection { stop_loss, take_profit, trailing_stop, trailing_activation, breakeven } = *levels.protection();
    let place = |offset: Offset| match offset {
        Offset::Percent(percent) => Where::Percent(percent.get()),
        Offset::Price(price) => Where::Price(price.get()),
    };
    let kept = Kept {
        entry: levels.entry(),
        best: levels.best(),
        stop_loss: stop_loss.map(place),
        take_profit: take_profit.map(place),
        trailing_stop: trailing_stop.map(Percent::get),
        trailing_activation: trailing_activation.map(Percent::get),
        breakeven: breakeven.map(Percent::get),
    };
    serde_json::to_string(&Written::V1(kept)).ok()
}

/// The levels that a text speaks of.
///
/// # Errors
/// What is wrong with the text.
pub(super) fn read(text: &str, side: PositionSide, of: &Instrument) -> Result<ExitLevels, serde_json::Error> {
    let Written::V1(kept) = serde_json::from_str(text)?;
    let offset = |place: Where| match place {
        Where::Percent(percent) => Some(Offset::Percent(Percent::new(percent))),
        Where::Price(price) => Price::new(price).map(Offset::Price),
    };
    let protection = Protection {
        stop_loss: kept.stop_loss.and_then(offset),
        take_profit: kept.take_profit.and_then(offset),
        trailing_stop: kept.trailing_stop.map(Percent::new),
        trailing_activation: kept.trailing_activation.map(Percent::new),
        breakeven: kept.breakeven.map(Percent::new),
    };
    let mut levels = ExitLevels::new(side, kept.entry, protection, of);
    levels.visit(kept.best);
    Ok(levels)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::protection::leg::tests::instrument;

    #[test]
    fn what_was_written_is_read_back_to_the_same_levels() {
        let of = instrument();
        let protection = Protection {
            stop_loss: Some(Offset::Price(Price::new(dec!(97.5)).unwrap())),
            take_profit: Some(Offset::Percent(Percent::new(dec!(4)))),
            trailing_stop: Some(Percent::new(dec!(1.5))),
            trailing_activation: Some(Percent::new(dec!(1))),
            breakeven: Some(Percent::new(dec!(2))),
        };
        for side in PositionSide::BOTH {
            let mut levels = ExitLevels::new(side, dec!(100), protection, &of);
            levels.moved(dec!(100.37), dec!(101), protection);
            for best in [dec!(100), dec!(101.5), dec!(98.5), dec!(103.21), dec!(96.1)] {
                levels.visit(best);
                assert_eq!(read(&written(&levels).unwrap(), side, &of).unwrap(), levels);
            }
        }
    }

    #[test]
    fn a_text_of_another_version_is_refused() {
        for text in ["", "{}", r#"{"version":"2","entry":"1","best":"1"}"#, r#"{"version":"1","entry":"1"}"#] {
            assert!(read(text, PositionSide::Long, &instrument()).is_err(), "{text}");
        }
    }
}
