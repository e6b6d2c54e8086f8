//! Changes of an input, by a seed: what a compiler without coverage can do.

use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng, SeedableRng},
};

/// Longest input, as for libFuzzer.
const LENGTH_MAX: usize = 8_192;

/// Words that readers of JSON and of numbers trip over.
const WORDS: [&[u8]; 26] = [
    b"null",
    b"true",
    b"-1",
    b"0",
    b"\"\"",
    b"\"0\"",
    b"[]",
    b"{}",
    b"1e400",
    b"\"1e-400\"",
    b"\"NaN\"",
    b"-0",
    b"\"-\"",
    b"\".\"",
    b"9223372036854775808",
    b"18446744073709551616",
    b"\"79228162514264337593543950336\"",
    b"0.00000000000000000000000000001",
    b"\"\\u0000\"",
    b"\"\\ud800\"",
    b"\xff",
    b"[[[[[[[[",
    b"\"a\":",
    b",",
    b"\n",
    b"\"\xe8\xbf\x99\xe6\x98\xaf\"",
];

/// Makes inputs.
pub(crate) struct Mutator(Xoshiro256PlusPlus);

impl Mutator {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(1);
        usize::try_from(self.0.next_u64() % bound).unwrap_or(0)
    }

    /// A file of the corpus, changed a few times; or nothing but chance.
    pub(crate) fn input(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let at = self.below(corpus.len() + 1);
        let mut input = corpus.get(at).cloned().unwrap_or_else(|| (0..self.below(64)).map(|_| self.byte()).collect());
        for _ in 0..=self.below(4) {
            self.change(&mut input, corpus);
        }
        input.truncate(LENGTH_MAX);
        input
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap_or(0)
    }

    fn change(&mut self, input: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let at = self.below(input.len() + 1);
        let end = (at + self.below(16)).min(input.len());
        match self.below(9) {
            0 => {
                let bit = 1 << self.below(8);
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= bit;
                }
            }
            1 => drop(input.drain(at..end)),
            2 => {
                let byte = self.byte();
                input.insert(at, byte);
            }
            3 => {
                let piece = input.get(at..end).unwrap_or_default().to_vec();
                let to = self.below(input.len() + 1);
                drop(input.splice(to..to, piece));
            }
            4 => input.truncate(at),
            5 => {
                // A piece of another file, where it stands.
                let other = self.below(corpus.len());
                let piece = corpus.get(other).and_then(|other| other.get(at..)).unwrap_or_default().to_vec();
                input.truncate(at);
                input.extend(piece);
            }
            6 => {
                let word = WORDS.get(self.below(WORDS.len())).copied().unwrap_or_default();
                drop(input.splice(at..end, word.iter().copied()));
            }
            7 => self.change_value(input),
            _ => {
                // A number, one up or down.
                if let Some(digit) = input.get_mut(at..).and_then(|rest| rest.iter_mut().find(|byte| byte.is_ascii_digit())) {
                    *digit = if *digit == b'9' { b'0' } else { *digit + 1 };
                }
            }
        }
    }

    /// Puts a word in the place of a whole JSON value.
    fn change_value(&mut self, input: &mut Vec<u8>) {
        let starts: Vec<_> =
            input.iter().enumerate().filter(|(_, byte)| matches!(byte, b':' | b'[' | b',')).map(|(at, _)| at + 1).collect();
        let Some(start) = starts.get(self.below(starts.len())).copied() else { return };
        let rest = input.get(start..).unwrap_or_default();
        let end = start + rest.iter().position(|byte| matches!(byte, b',' | b'}' | b']')).unwrap_or(rest.len());
        let word = WORDS.get(self.below(WORDS.len())).copied().unwrap_or_default();
        drop(input.splice(start..end, word.iter().copied()));
    }
}
