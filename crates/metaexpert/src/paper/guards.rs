//! What guards the legs of a simulated account, kept over restarts.
//!
//! The one decision: the venue keeps its guards, and shows them here when they have changed; the journal takes them down when it settles.
//! So a guard that has only followed a price is written with the next thing that happens, or at the end.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use metaexpert_core::{
    InstrumentId, Offset, PositionSide, Protection,
    config::Config,
    engine::Resumed,
    journal::{Journal, Record},
    portfolio::Leg,
};
use metaexpert_matching::Guarded;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How a guard is written down.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    protection: Protection,
    best: Option<Decimal>,
}

/// The guards of an account, as the venue has last shown them, and as the journal has them. Clones are the same guards.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guards(Rc<RefCell<Shown>>);

#[derive(Debug, Default)]
struct Shown {
    now: BTreeMap<(InstrumentId, bool), Guarded>,
    written: BTreeMap<(InstrumentId, bool), Guarded>,
}

impl Guards {
    /// These are the guards now.
    pub(crate) fn show(&self, guarded: impl Iterator<Item = (InstrumentId, PositionSide, Guarded)>) {
        self.0.borrow_mut().now = guarded.map(|(id, side, guard)| ((id, side == PositionSide::Short), guard)).collect();
    }

    /// Writes down what has changed since it was last written.
    ///
    /// # Errors
    /// As the journal's.
    pub(crate) fn write(&self, journal: &mut impl Journal) -> metaexpert_core::Result<bool> {
        let mut shown = self.0.borrow_mut();
        let Shown { now, written } = &mut *shown;
        if now == written {
            return Ok(false);
        }
        let side_of = |is_short| if is_short { PositionSide::Short } else { PositionSide::Long };
        for (id, is_short) in written.keys().filter(|leg| !now.contains_key(leg)) {
            journal.record(Record::Guard(*id, side_of(*is_short), None))?;
        }
        for ((id, is_short), guard) in now.iter().filter(|(leg, guard)| written.get(leg) != Some(guard)) {
            let text = serde_json::to_string(&Written { protection: guard.protection, best: guard.best }).unwrap_or_default();
            journal.record(Record::Guard(*id, side_of(*is_short), Some(&text)))?;
        }
        written.clone_from(now);
        Ok(true)
    }
}

/// What guarded a leg when the earlier run stopped; where that is not known, what the configuration says.
pub(crate) fn guarded_before(config: &Config, left: &Resumed, id: InstrumentId, side: PositionSide, _: &Leg) -> Guarded {
    let kept = left.guards.iter().find(|(of, leg, _)| (*of, *leg) == (id, side));
    let written = kept.and_then(|(.., text)| serde_json::from_str::<Written>(text).ok());
    written.map_or_else(
        || Guarded { protection: configured(config), best: None },
        |Written { protection, best }| Guarded { protection, best },
    )
}

/// What guards an entry that says nothing of its own.
fn configured(config: &Config) -> Protection {
    Protection {
        stop_loss: config.stop_loss_pct.map(Offset::Percent),
        take_profit: config.take_profit_pct.map(Offset::Percent),
        trailing_stop: config.trailing_stop_pct,
        trailing_activation: config.trailing_activation_pct,
        breakeven: config.breakeven_pct,
    }
}
