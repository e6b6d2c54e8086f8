//! Listen keys and listen tokens: what lets a socket hear of an account without a signature.
//!
//! The one decision: a key says whose events it is for and until when, and nothing else; that a socket listens by it is kept
//! elsewhere. Keys are made from a count, so that two testnets that are told the same make the same ones.

use std::collections::BTreeMap;

use metaexpert_core::UnixNanos;
use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng as _, SeedableRng as _},
};

use crate::{listing::MarketId, order::AccountId, wallet::Wallet};

/// Which part of an account events are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::binance) enum Seat {
    /// Spot.
    Spot,
    /// Cross margin.
    Cross,
    /// Isolated margin of a pair.
    Isolated(MarketId),
    /// The risk of margin: calls and debts.
    Risk,
    /// Linear futures.
    UsdM,
    /// Inverse futures.
    CoinM,
    /// Options.
    Options,
}

impl Seat {
    /// Where events of a wallet are heard.
    pub(in crate::binance) const fn of(wallet: Wallet) -> Self {
        match wallet {
            Wallet::Spot => Self::Spot,
            Wallet::Cross => Self::Cross,
            Wallet::Isolated(market) => Self::Isolated(market),
            Wallet::Linear => Self::UsdM,
            Wallet::Inverse => Self::CoinM,
            Wallet::Options => Self::Options,
        }
    }
}

/// What a key or a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::binance) struct Pass {
    /// Whose events.
    pub account: AccountId,
    /// Which of them.
    pub seat: Seat,
    /// Until when.
    pub until: UnixNanos,
}

/// "A `listenKey` is valid for 60 minutes after creation" ("User Data Streams").
const KEY_LIVES: i64 = 3_600_000_000_000;

/// "default 24 hours, maximum 24 hours" ("Create Margin Account listenToken", `validity`), in milliseconds.
pub(in crate::binance) const TOKEN_LIVES_MS: i64 = 86_400_000;

/// How long keys are.
const LENGTH: usize = 64;

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// All keys and tokens.
#[derive(Debug, Default)]
pub(in crate::binance) struct Keys {
    live: BTreeMap<String, Pass>,
    tokens: BTreeMap<String, Pass>,
    made: u64,
}

impl Keys {
    /// The key of an account, made where it has none; from now on it lives for an hour.
    pub(in crate::binance) fn open(&mut self, account: AccountId, seat: Seat, now: UnixNanos) -> String {
        if let Some(key) = self.keep(account, seat, now) {
            return key;
        }
        let key = self.make();
        self.live.insert(key.clone(), Pass { account, seat, until: now.saturating_add_nanos(KEY_LIVES) });
        key
    }

    /// Lets the key of an account live for another hour; `None` where it has none.
    pub(in crate::binance) fn keep(&mut self, account: AccountId, seat: Seat, now: UnixNanos) -> Option<String> {
        let is_theirs = |pass: &Pass| pass.account == account && pass.seat == seat && pass.until > now;
        let (key, pass) = self.live.iter_mut().find(|(_, pass)| is_theirs(pass))?;
        pass.until = now.saturating_add_nanos(KEY_LIVES);
        Some(key.clone())
    }

    /// Ends the key of an account. Returns it.
    pub(in crate::binance) fn close(&mut self, account: AccountId, seat: Seat) -> Option<String> {
        let key = self.live.iter().find(|(_, pass)| pass.account == account && pass.seat == seat)?.0.clone();
        self.live.remove(&key);
        Some(key)
    }

    /// What a key is good for.
    pub(in crate::binance) fn find(&self, key: &str, now: UnixNanos) -> Option<Pass> {
        self.live.get(key).copied().filter(|pass| pass.until > now)
    }

    /// Takes out the keys whose time is over.
    pub(in crate::binance) fn take_expired(&mut self, now: UnixNanos) -> Vec<String> {
        self.take(|pass| pass.until <= now)
    }

    /// Takes out the keys of an account, or all.
    pub(in crate::binance) fn take_of(&mut self, account: Option<AccountId>) -> Vec<String> {
        self.take(|pass| account.is_none_or(|account| pass.account == account))
    }

    /// A token for so many milliseconds.
    pub(in crate::binance) fn token(
        &mut self,
        account: AccountId,
        seat: Seat,
        validity_ms: i64,
        now: UnixNanos,
    ) -> (String, UnixNanos) {
        let until = now.saturating_add_nanos(validity_ms.saturating_mul(1_000_000));
        self.tokens.retain(|_, pass| pass.until > now);
        let token = self.make();
        self.tokens.insert(token.clone(), Pass { account, seat, until });
        (token, until)
    }

    /// What a token is good for.
    pub(in crate::binance) fn of_token(&self, token: &str, now: UnixNanos) -> Option<Pass> {
        self.tokens.get(token).copied().filter(|pass| pass.until > now)
    }

    fn take(&mut self, is_over: impl Fn(&Pass) -> bool) -> Vec<String> {
        let over: Vec<String> = self.live.iter().filter(|(_, pass)| is_over(pass)).map(|(key, _)| key.clone()).collect();
        self.live.retain(|_, pass| !is_over(pass));
        over
    }

    fn make(&mut self) -> String {
        self.made += 1;
        let mut random = Xoshiro256PlusPlus::seed_from_u64(self.made);
        let letter = |number: u64| LETTERS.iter().cycle().nth(usize::try_from(number % 62).unwrap_or_default());
        (0..LENGTH).filter_map(|_| letter(random.next_u64())).map(|letter| char::from(*letter)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: AccountId = AccountId(3);

    fn minute(minutes: i64) -> UnixNanos {
        UnixNanos::from_nanos(minutes * 60_000_000_000)
    }

    #[test]
    fn an_account_has_one_key_a_product_while_it_lives() {
        let mut keys = Keys::default();
        let first = keys.open(ACCOUNT, Seat::UsdM, minute(0));
        assert_eq!(first.len(), 64);
        assert_eq!(keys.open(ACCOUNT, Seat::UsdM, minute(30)), first);
        assert_ne!(keys.open(ACCOUNT, Seat::CoinM, minute(30)), first);
        assert_ne!(keys.open(AccountId(4), Seat::UsdM, minute(30)), first);
        assert_ne!(keys.open(ACCOUNT, Seat::UsdM, minute(90)), first, "an hour after it was last asked for, it is over");
    }

    #[test]
    fn a_key_that_is_kept_lives_for_another_hour() {
        let mut keys = Keys::default();
        let key = keys.open(ACCOUNT, Seat::UsdM, minute(0));
        assert_eq!(keys.keep(ACCOUNT, Seat::UsdM, minute(59)), Some(key.clone()));
        assert_eq!(keys.take_expired(minute(118)), Vec::<String>::new());
        assert_eq!(keys.find(&key, minute(118)).map(|pass| pass.account), Some(ACCOUNT));
        assert_eq!(keys.find(&key, minute(119)), None);
        assert_eq!(keys.take_expired(minute(119)), [key]);
        assert_eq!(keys.keep(ACCOUNT, Seat::UsdM, minute(119)), None);
    }

    #[test]
    fn a_key_can_be_closed_and_the_keys_of_an_account_taken_away() {
        let mut keys = Keys::default();
        let key = keys.open(ACCOUNT, Seat::Options, minute(0));
        assert_eq!(keys.close(ACCOUNT, Seat::Options), Some(key));
        assert_eq!(keys.close(ACCOUNT, Seat::Options), None);
        let (ours, theirs) = (keys.open(ACCOUNT, Seat::UsdM, minute(0)), keys.open(AccountId(9), Seat::UsdM, minute(0)));
        assert_eq!(keys.take_of(Some(ACCOUNT)), [ours]);
        assert_eq!(keys.take_of(None), [theirs]);
    }

    #[test]
    fn a_token_is_good_for_as_long_as_it_was_asked_for() {
        let mut keys = Keys::default();
        let (token, until) = keys.token(ACCOUNT, Seat::Cross, 60_000, minute(0));
        assert_eq!(until, minute(1));
        assert_eq!(keys.of_token(&token, minute(0)), Some(Pass { account: ACCOUNT, seat: Seat::Cross, until }));
        assert_eq!(keys.of_token(&token, minute(1)), None);
    }

    #[test]
    fn two_testnets_that_are_told_the_same_make_the_same_keys() {
        let (mut one, mut other) = (Keys::default(), Keys::default());
        assert_eq!(one.open(ACCOUNT, Seat::UsdM, minute(0)), other.open(ACCOUNT, Seat::UsdM, minute(0)));
    }
}
