//! What was told and is not committed yet, in the order in which it was told.
//!
//! The one decision: of the strategy's states only the last one waits, for it takes the place of those before it, and each may be large.
//! Where what is settled is written without the rest, its last state is; so one of each waits.

use crate::told::{Note, Told};

/// Notes that wait for their commit.
#[derive(Debug, Default)]
pub(super) struct Unit {
    notes: Vec<Note>,
    /// So many of them are of units that are whole.
    settled: usize,
    /// Where the state stands among those.
    settled_state: Option<usize>,
    /// Where one stands behind them.
    later_state: Option<usize>,
}

impl Unit {
    pub(super) fn push(&mut self, note: Note) {
        if matches!(note.told, Told::State(_)) {
            // No other note depends on a state: it may stand where the earlier one stood.
            if let Some(earlier) = self.later_state.and_then(|at| self.notes.get_mut(at)) {
                *earlier = note;
                return;
            }
            self.later_state = Some(self.notes.len());
        }
        self.notes.push(note);
    }

    /// All of it is whole.
    pub(super) fn settle(&mut self) {
        if let Some(at) = self.later_state.take() {
            match self.settled_state {
                None => self.settled_state = Some(at),
                Some(earlier) => {
                    // Few notes stand behind it: those of one unit.
                    let note = self.notes.remove(at);
                    if let Some(place) = self.notes.get_mut(earlier) {
                        *place = note;
                    }
                }
            }
        }
        self.settled = self.notes.len();
    }

    /// Whether a unit ends with what came last.
    pub(super) const fn is_settled(&self) -> bool {
        self.settled == self.notes.len()
    }

    pub(super) const fn len(&self) -> usize {
        self.notes.len()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter()
    }

    /// Forgets what came last, until so many are left.
    pub(super) fn truncate(&mut self, left: usize) {
        self.notes.truncate(left);
        self.later_state = self.later_state.filter(|at| *at < left);
    }

    /// All of it is committed. Its memory is kept for the next one: orders wait for what is done here.
    pub(super) fn clear(&mut self) {
        self.notes.clear();
        (self.settled, self.settled_state, self.later_state) = (0, None, None);
    }

    /// What is whole; the rest never was.
    pub(super) fn into_settled(mut self) -> Vec<Note> {
        self.notes.truncate(self.settled);
        self.notes
    }
}

#[cfg(test)]
mod tests {
    use metaexpert_core::{UnixNanos, journal::KeptState};

    use super::*;

    fn state(json: &str) -> Note {
        let time = UnixNanos::MIN;
        Note { time, told: Told::State(KeptState { json: json.to_owned(), time }) }
    }

    fn other(number: u64) -> Note {
        let id = metaexpert_core::ClientOrderId { strategy: 7, run: 1, sequence: number };
        Note { time: UnixNanos::MIN, told: Told::Filled(id) }
    }

    /// States by their text, all else as a dash.
    fn shown<'a>(notes: impl Iterator<Item = &'a Note>) -> String {
        let one = |note: &Note| match &note.told {
            Told::State(state) => state.json.clone(),
            _ => "-".to_owned(),
        };
        notes.map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn of_many_states_one_waits_and_it_is_the_last() {
        let mut unit = Unit::default();
        for number in 0..1_000_u64 {
            unit.push(other(number));
            unit.push(state(&number.to_string()));
            unit.settle();
        }
        assert_eq!((unit.len(), unit.is_settled()), (1_001, true));
        let shown = shown(unit.iter());
        assert!(shown.starts_with("- 999 - -") && shown.ends_with("- -"), "{shown}");
    }

    #[test]
    fn what_is_settled_keeps_its_own_state_whatever_comes_later() {
        let mut unit = Unit::default();
        unit.push(state("a"));
        unit.push(other(1));
        unit.settle();
        unit.push(other(2));
        unit.push(state("b"));
        unit.push(state("c"));
        unit.push(other(3));
        assert_eq!((shown(unit.iter()).as_str(), unit.is_settled()), ("a - - c -", false));
        assert_eq!(shown(unit.into_settled().iter()), "a -");
    }

    #[test]
    fn an_order_that_does_not_leave_is_forgotten_and_nothing_else() {
        let mut unit = Unit::default();
        unit.push(state("a"));
        let before = unit.len();
        unit.push(other(1));
        unit.truncate(before);
        unit.push(state("b"));
        unit.settle();
        assert_eq!(shown(unit.iter()), "b");
    }
}
