//! The secrets that were registered, and how a text is searched for all their spellings at once.
//!
//! The one decision: the search is Wu and Manber's ("A fast algorithm for multi-pattern searching", TR-94-17, 1994). It looks at
//! three bytes, and mostly sees that no secret can begin here or at the next few places; only where one may, an Aho-Corasick
//! automaton that is anchored at this place decides, and finds the longest. An automaton alone reads every byte of every record:
//! with 30 secrets, which are 300 spellings, 250 ns and more for a message of 60 bytes, where this takes 20.
//!
//! The registry is the process's: whoever reads a secret registers it, and every log, panic line and [`masked`](super::masked)
//! text knows it from then on. Nothing here is ever written to a log, and nothing derives `Debug`.

use std::{
    collections::BTreeSet,
    ops::Range,
    sync::{
        Arc, LazyLock, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind, StartKind};

use super::{STARS, names, spellings};

/// A shorter value is no secret by its value: `12345` or `test` stand in too many places that are not it, prices and words among
/// them, and a log in which those are blotted out tells nothing. The exchanges' own are longer: OKX asks for passphrases of 8
/// letters, keys have 18 and more.
pub(super) const SHORTEST: usize = 6;

/// Held while a secret is added, which builds the automaton anew; a reader never waits for that.
static SPELLINGS: LazyLock<Mutex<BTreeSet<String>>> = LazyLock::new(Mutex::default);
/// What readers share, held only to copy or to replace it.
static KNOWN: LazyLock<Mutex<Arc<Known>>> = LazyLock::new(Mutex::default);
static GENERATION: AtomicU64 = AtomicU64::new(0);

/// See [`register_secret`](super::register_secret).
pub(super) fn register(value: &str) {
    let value = value.trim();
    // A secret that is called `password` is none, and to mask the word would hide what the next value is.
    if value.len() < SHORTEST || value.contains(STARS) || names::is_exactly(value) {
        return;
    }
    let mut spellings = SPELLINGS.lock().unwrap_or_else(PoisonError::into_inner);
    let before = spellings.len();
    spellings.extend(spellings::of(value, SHORTEST));
    if spellings.len() > before {
        let known = Arc::new(Known::new(&spellings));
        *KNOWN.lock().unwrap_or_else(PoisonError::into_inner) = known;
        GENERATION.fetch_add(1, Ordering::Release);
    }
}

/// How often the known secrets have changed.
pub(super) fn generation() -> u64 {
    GENERATION.load(Ordering::Acquire)
}

/// The secrets known now.
pub(super) fn known() -> Arc<Known> {
    Arc::clone(&KNOWN.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The spellings of all secrets, ready to be searched for.
#[derive(Default)]
pub(super) struct Known {
    search: Option<Search>,
    /// Whether one of them could be written as a number.
    has_number: bool,
}

struct Search {
    /// `None` when there are more than an automaton can hold (2^31 bytes of them): everything is masked then.
    automaton: Option<AhoCorasick>,
    /// The length of the shortest spelling: so many bytes are judged at a time.
    window: usize,
    /// By the hash of the last three bytes of a window: how many places on a spelling may begin, at the earliest.
    skips: Box<[u8; Self::HASHES]>,
}

impl Known {
    pub(super) fn new(spellings: &BTreeSet<String>) -> Self {
        let is_number = |spelling: &String| spelling.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
        Self { search: Search::new(spellings), has_number: spellings.iter().any(is_number) }
    }

    /// Whether a number could be a secret.
    pub(super) const fn has_number(&self) -> bool {
        self.has_number
    }

    /// The first place at or after `from` where a secret is spelt, and how long it is.
    #[inline]
    pub(super) fn find(&self, text: &str, from: usize) -> Option<Range<usize>> {
        let search = self.search.as_ref()?;
        if text.len() < from.saturating_add(search.window) { None } else { search.find(text, from) }
    }
}

impl Search {
    const HASHES: usize = 1 << 14;
    /// How many bytes are judged at once.
    const BLOCK: usize = 3;

    fn new(spellings: &BTreeSet<String>) -> Option<Self> {
        let window = spellings.iter().map(String::len).min()?.min(usize::from(u8::MAX));
        let furthest = u8::try_from(window.saturating_sub(Self::BLOCK - 1)).unwrap_or(1);
        let mut skips = Box::new([furthest; Self::HASHES]);
        for spelling in spellings {
            let head = spelling.as_bytes().get(..window).unwrap_or_default();
            for (to_end, block) in head.windows(Self::BLOCK).rev().enumerate() {
                if let (Some(skip), Ok(to_end)) = (Self::hash(block).and_then(|hash| skips.get_mut(hash)), u8::try_from(to_end)) {
                    *skip = (*skip).min(to_end);
                }
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .start_kind(StartKind::Both)
            .prefilter(false)
            .build(spellings)
            .ok();
        Some(Self { automaton, window, skips })
    }

    fn find(&self, text: &str, from: usize) -> Option<Range<usize>> {
        let Some(automaton) = &self.automaton else { return Some(from..text.len()) };
        let bytes = text.as_bytes();
        let mut end = from + self.window;
        while let Some(block) = bytes.get(end - Self::BLOCK..end) {
            match Self::hash(block).and_then(|hash| self.skips.get(hash)) {
                Some(&skip) if skip > 0 => end += usize::from(skip),
                _ => {
                    let here = Input::new(text).span(end - self.window..bytes.len()).anchored(Anchored::Yes);
                    if let Some(found) = automaton.find(here) {
                        return Some(found.start()..found.end());
                    }
                    end += 1;
                }
            }
        }
        None
    }

    #[inline]
    fn hash(block: &[u8]) -> Option<usize> {
        let &[first, second, third] = block else { return None };
        let block = u32::from_le_bytes([first, second, third, 0]);
        // Fibonacci hashing, down to fourteen bits.
        usize::try_from(block.wrapping_mul(0x9E37_79B1) >> 18).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(secrets: &[&str]) -> Known {
        Known::new(&secrets.iter().map(|&secret| secret.to_owned()).collect())
    }

    #[track_caller]
    fn check(secrets: &[&str], text: &str, found: Option<&str>) {
        assert_eq!(known(secrets).find(text, 0).map(|range| &text[range]), found);
    }

    #[test]
    fn the_first_secret_is_found_and_of_two_at_one_place_the_longest() {
        check(&["abcdef", "abcdefgh"], "xx abcdefghi", Some("abcdefgh"));
        check(&["abcdef", "bcdefgh"], "xabcdefgh", Some("abcdef"));
        check(&["abcdef", "abcdefgh-never"], "xx abcdefgh", Some("abcdef"));
        check(&["abcdef"], "abcdef", Some("abcdef"));
        check(&["abcdef"], "abcde", None);
        check(&[], "abcdef", None);
        check(&["aaaaaab"], "aaaaaaaaaaab", Some("aaaaaab"));
    }

    #[test]
    fn the_search_finds_what_a_plain_search_finds() {
        // Two letters only, so that nearly every place looks like a beginning.
        let text: String = (0..4_000_u32).map(|n| if n.wrapping_mul(2_654_435_761) >> 29 & 1 == 0 { 'a' } else { 'b' }).collect();
        for length in SHORTEST..40 {
            let secret = text.get(2_000..2_000 + length).unwrap_or_default();
            assert_eq!(known(&[secret]).find(&text, 0).map(|range| range.start), text.find(secret), "{length}");
        }
    }

    #[test]
    fn where_no_automaton_could_be_built_all_is_masked() {
        let mut known = known(&["abcdef"]);
        known.search.as_mut().unwrap().automaton = None;
        assert_eq!(known.find("harmless", 0), Some(0..8));
    }
}
