//! The names of fields, each looked at once.
//!
//! The one decision: slog's keys are texts of the program itself, which stay where they are for as long as it runs. So where a
//! key stands says which it is, and what was found out about it the first time is found again by its address.

use slog::Key;

use crate::mask::{FieldKind, Masker};

/// The names that a record has for itself, and what a field of such a name is called.
const OWN_NAMES: [(&str, &str); 10] = [
    ("timestamp", "timestamp_"),
    ("severity", "severity_"),
    ("facility", "facility_"),
    ("hostname", "hostname_"),
    ("appname", "appname_"),
    ("procid", "procid_"),
    (MSGID, "msgid_"), // one that is no text
    ("level", "level_"),
    ("message", "message_"),
    ("simulated_time", "simulated_time_"),
];

/// The field that says what kind of record this is.
const MSGID: &str = "msgid";

/// Places to look a name up in. Programs have some dozens of them; two that share a place only take turns.
const PLACES: usize = 512;

/// What is known of a field's name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name {
    given: Key,
    /// What the field is called in the record.
    pub(crate) key: Key,
    pub(crate) kind: FieldKind,
    /// Whether a text of this name says what kind of record it is.
    pub(crate) is_msgid: bool,
}

/// All names that were looked at.
#[derive(Debug)]
pub(crate) struct Names(Vec<Option<Name>>);

impl Names {
    pub(crate) fn new() -> Self {
        Self(vec![None; PLACES])
    }

    #[inline]
    pub(crate) fn look_up(&mut self, given: Key, masker: &Masker) -> Name {
        // Texts of a program stand one behind the other, and are longer than four bytes as a rule.
        let place = (given.as_ptr().addr() >> 2) % PLACES;
        match self.0.get(place) {
            Some(Some(name)) if std::ptr::eq(name.given, given) => *name,
            _ => self.look_at(place, given, masker),
        }
    }

    #[cold]
    fn look_at(&mut self, place: usize, given: Key, masker: &Masker) -> Name {
        let key = OWN_NAMES.iter().find(|(own, _)| *own == given).map_or(given, |(_, beside)| beside);
        let name = Name { given, key, kind: masker.kind_of(given), is_msgid: given == MSGID };
        if let Some(kept) = self.0.get_mut(place) {
            *kept = Some(name);
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_however_often_it_is_looked_up() {
        let (mut names, masker) = (Names::new(), Masker::new());
        // More than there are places for, some of one content, and one that begins where another does.
        let many: Vec<&'static str> = (0..2 * PLACES).map(|number| &*format!("field_{}", number / 2).leak()).collect();
        let whole: &'static str = "api_key_id";
        let part = &whole[..7];
        for _ in 0..3 {
            for given in &many {
                assert_eq!((names.look_up(given, &masker).key, names.look_up(given, &masker).kind), (*given, FieldKind::Open));
            }
            assert_eq!(names.look_up(whole, &masker).key, whole);
            assert_eq!((names.look_up(part, &masker).key, names.look_up(part, &masker).kind), ("api_key", FieldKind::Secret));
            assert_eq!(names.look_up("level", &masker).key, "level_");
            assert!(names.look_up("msgid", &masker).is_msgid);
        }
    }
}
