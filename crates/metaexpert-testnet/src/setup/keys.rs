//! Keys: given, or made from the seed and the account's name, so that the same testnet has the same keys.

use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng as _, SeedableRng as _},
};

use super::AccountSpec;
use crate::protocol::KeySecret;

/// A key that was issued to an account.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedKey {
    /// Whose.
    pub account: String,
    /// What a client sends.
    pub key: String,
    /// What signs for it.
    pub secret: KeySecret,
}

impl std::fmt::Debug for IssuedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuedKey").field("account", &self.account).field("key", &self.key).finish_non_exhaustive()
    }
}

impl IssuedKey {
    /// What a client signs with, where the testnet knows it: the secret of HMAC keys.
    pub fn secret(&self) -> Option<&str> {
        match &self.secret {
            KeySecret::Hmac(secret) => Some(secret),
            KeySecret::Ed25519(_) | KeySecret::Rsa(_) => None,
        }
    }
}

/// Letters and digits of a key: Binance's have 64.
const LENGTH: usize = 64;
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The keys of an account: those that are given, or one that is made.
pub(super) fn issued(spec: &AccountSpec, seed: u64) -> Vec<IssuedKey> {
    let name = spec.name.as_str();
    if spec.keys.is_empty() {
        let secret = KeySecret::Hmac(made(seed, [name, "secret"]));
        return vec![IssuedKey { account: name.to_owned(), key: made(seed, [name, "key"]), secret }];
    }
    let issue = |(place, given): (usize, &super::KeySpec)| {
        let key = given.key.clone().unwrap_or_else(|| made(seed, [name, &format!("key {place}")]));
        IssuedKey { account: name.to_owned(), key, secret: given.secret.clone() }
    };
    spec.keys.iter().enumerate().map(issue).collect()
}

/// Letters and digits that follow from the seed and these words.
fn made(seed: u64, words: [&str; 2]) -> String {
    // FNV-1a, with a zero between the words, so that they cannot run into each other.
    let bytes = words.iter().flat_map(|word| word.bytes().chain([0]));
    let mixed = bytes.fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
    let mut luck = Xoshiro256PlusPlus::seed_from_u64(seed ^ mixed);
    let letters = LETTERS.iter().copied().cycle();
    let letter = |_| {
        let place = usize::try_from(luck.next_u64() % 62).unwrap_or_default();
        letters.clone().nth(place).map(char::from)
    };
    (0..LENGTH).filter_map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_keys_and_another_name_another_one() {
        let key = made(1, ["trader", "key"]);
        assert_eq!(key, made(1, ["trader", "key"]));
        assert_eq!(key.len(), 64);
        assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        for other in [made(2, ["trader", "key"]), made(1, ["trader", "secret"]), made(1, ["traderk", "ey"])] {
            assert_ne!(key, other);
        }
    }
}
