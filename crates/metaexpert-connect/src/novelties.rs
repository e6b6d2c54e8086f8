//! What an exchange says that nobody here knows: told once each, not once a message.
//!
//! The one decision: it is bounded. A field that holds something new in every message would fill memory and log; after
//! [`Novelties::MOST`] words no more are told, and that is said.

use metaexpert_log::{masked, warning};
use parking_lot::Mutex;
use rustc_hash::FxHashSet;
use slog::Logger;

/// How much of a word is shown and told apart by, in characters.
const SHOWN: usize = 64;

/// The strange words of an exchange that were told already.
#[derive(Debug)]
pub struct Novelties {
    log: Logger,
    told: Mutex<FxHashSet<(&'static str, String)>>,
}

impl Novelties {
    /// Most words that are told.
    pub const MOST: usize = 256;

    /// None yet.
    pub fn new(log: Logger) -> Self {
        Self { log, told: Mutex::default() }
    }

    /// Logs a word of a kind (`order status`, `event`) if it is new. Says whether it was.
    pub fn tell(&self, kind: &'static str, word: &str) -> bool {
        let word: String = word.chars().take(SHOWN).collect();
        let mut told = self.told.lock();
        if told.len() >= Self::MOST || told.contains(&(kind, word.clone())) {
            return false;
        }
        warning!(self.log, "the exchange uses a word that is not known here"; "kind" => kind, "word" => %masked(&word));
        told.insert((kind, word));
        if told.len() == Self::MOST {
            warning!(self.log, "{} such words are known now; no more of them are told", Self::MOST);
        }
        true
    }

    /// Logs what a [`Word`](crate::Word) holds where it is not a known one. Says whether it was new.
    pub fn tell_of<T>(&self, kind: &'static str, word: &crate::Word<T>) -> bool {
        word.strange().is_some_and(|strange| self.tell(kind, strange))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing::Lines;

    fn novelties() -> (Novelties, Lines) {
        let lines = Lines::new();
        (Novelties::new(lines.logger()), lines)
    }

    #[test]
    fn a_strange_word_is_told_once_for_each_kind_of_thing() {
        let (novelties, lines) = novelties();
        assert!(novelties.tell("order status", "PAUSED"));
        assert!(!novelties.tell("order status", "PAUSED"));
        assert!(novelties.tell("event", "PAUSED"));
        assert!(!novelties.tell_of("event", &crate::Word::Known(1)));
        assert!(novelties.tell_of("event", &crate::Word::<u8>::Other("NEW".into())));
        assert_eq!(lines.all().len(), 3);
    }

    #[test]
    fn a_field_that_is_new_in_every_message_does_not_fill_the_log() {
        let (novelties, lines) = novelties();
        let told = (0..10_000).filter(|number| novelties.tell("event", &number.to_string())).count();
        assert_eq!((told, lines.all().len()), (Novelties::MOST, Novelties::MOST + 1));
        assert!(lines.all().last().unwrap().contains("no more"));
    }
}
