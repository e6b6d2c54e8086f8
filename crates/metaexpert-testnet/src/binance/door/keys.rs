//! Keys: whose they are, and the door that asks for them.

use std::{cell::Cell, collections::BTreeMap};

use http::StatusCode;
use rust_decimal::Decimal;

use super::{
    ApiError, Limits, Memory, Product, SecretError,
    params::{legal, time_of},
    signature::Verifier,
};
use crate::{
    order::AccountId,
    protocol::{KeySecret, Moment},
};

/// How long a request stands where it does not say (spot REST, "Timing security"), in milliseconds.
const RECV_WINDOW: Decimal = Decimal::from_parts(5_000, 0, 0, false, 0);
/// The longest that a request may stand, in milliseconds.
const LONGEST_RECV_WINDOW: Decimal = Decimal::from_parts(60_000, 0, 0, false, 0);
/// How far a timestamp may be ahead of the exchange's clock, in nanoseconds.
const AHEAD: i64 = 1_000_000_000;
/// The length and the letters of the names that Binance makes up for orders (as in the answers it documents).
const NAME_LENGTH: usize = 22;
const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A key of an account.
#[derive(Debug, Clone)]
pub struct ApiKey {
    /// What goes into `X-MBX-APIKEY`.
    pub key: String,
    /// Whose it is.
    pub account: AccountId,
    /// What signs for it.
    pub secret: KeySecret,
}

/// What a signed request shows at the door.
#[derive(Debug, Clone, Copy, Default)]
pub struct Credentials<'a> {
    /// The key; empty where none came.
    pub key: &'a str,
    /// What was signed.
    pub signed: &'a str,
    /// The signature, decoded.
    pub signature: Option<&'a str>,
    /// `timestamp`, in milliseconds or microseconds, as it came.
    pub timestamp: Option<&'a str>,
    /// `recvWindow`, in milliseconds with up to three decimals, as it came.
    pub recv_window: Option<&'a str>,
}

/// The door: keys, and what has been used of the limits.
#[derive(Debug)]
pub struct Door {
    keys: BTreeMap<String, (AccountId, Verifier)>,
    /// What has been used of the limits.
    pub limits: Limits,
    /// What can be asked for later.
    pub memory: Memory,
    /// How many names were made up.
    named: Cell<u64>,
}

impl Door {
    /// A door with these keys; limits are `scale` times those that are documented.
    ///
    /// # Errors
    /// The first key that cannot be used, with why.
    pub fn new(keys: Vec<ApiKey>, scale: u32) -> Result<Self, (String, SecretError)> {
        let mut door = Self { keys: BTreeMap::new(), limits: Limits::new(scale), memory: Memory::default(), named: Cell::new(0) };
        keys.into_iter().try_for_each(|key| door.add(key))?;
        Ok(door)
    }

    /// Adds a key.
    ///
    /// # Errors
    /// The key, with why it cannot be used.
    pub fn add(&mut self, key: ApiKey) -> Result<(), (String, SecretError)> {
        match self.verifier(&key.key, &key.secret) {
            Ok(verifier) => {
                self.keys.insert(key.key, (key.account, verifier));
                Ok(())
            }
            Err(error) => Err((key.key, error)),
        }
    }

    /// What would check signatures of a key that is to be added.
    pub(in crate::binance) fn verifier(&self, key: &str, secret: &KeySecret) -> Result<Verifier, SecretError> {
        if !legal::is_key(key) {
            return Err(SecretError::Spelling);
        }
        if self.keys.contains_key(key) {
            return Err(SecretError::Taken);
        }
        Verifier::of(secret)
    }

    /// Whose key it is, without a signature.
    ///
    /// # Errors
    /// -2014 where it is no key, -2015 where nobody has it.
    pub fn owner(&self, key: &str) -> Result<AccountId, ApiError> {
        self.known(key).map(|(account, _)| *account)
    }

    /// Whether a key may log in on a socket, which only Ed25519 keys may (WebSocket API, `session.logon`).
    pub fn may_log_in(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(|(_, verifier)| verifier.is_ed25519())
    }

    /// Lets a signed request in, and says whose it is.
    ///
    /// # Errors
    /// -2014 and -2015 for the key; -1102, -1100, -1131 and -1021 for its times; -1022 for the signature.
    pub fn check(&self, credentials: Credentials<'_>, at: Moment) -> Result<AccountId, ApiError> {
        let (account, verifier) = self.known(credentials.key)?;
        Self::timely(credentials.timestamp, credentials.recv_window, at)?;
        let signature = credentials.signature.filter(|text| !text.is_empty()).ok_or_else(|| ApiError::mandatory("signature"))?;
        if verifier.is_right(credentials.signed, signature) {
            return Ok(*account);
        }
        Err(ApiError::new(-1022, "Signature for this request is not valid."))
    }

    /// Whether a request comes within its window (spot REST, "Timing security").
    ///
    /// # Errors
    /// -1102, -1100, -1131, -1021.
    pub fn timely(timestamp: Option<&str>, recv_window: Option<&str>, at: Moment) -> Result<(), ApiError> {
        let timestamp = timestamp.filter(|text| !text.is_empty()).ok_or_else(|| ApiError::mandatory("timestamp"))?;
        if !legal::is_integer(timestamp) {
            return Err(ApiError::illegal("timestamp", legal::INTEGER));
        }
        let sent = time_of(timestamp.parse().unwrap_or(i64::MAX));
        let window = match recv_window.filter(|text| !text.is_empty()) {
            None => RECV_WINDOW,
            Some(text) if !legal::is_decimal(text) => return Err(ApiError::illegal("recvWindow", legal::DECIMAL)),
            Some(text) => text.parse().unwrap_or(Decimal::MAX),
        };
        if window.scale() > 3 {
            return Err(ApiError::new(-1111, "Parameter 'recvWindow' has too much precision."));
        }
        if window > LONGEST_RECV_WINDOW {
            return Err(ApiError::new(-1131, "recvWindow must be less than 60000"));
        }
        if sent.nanos_since(at.clock) >= AHEAD {
            return Err(ApiError::new(-1021, "Timestamp for this request was 1000ms ahead of the server's time."));
        }
        let late = Decimal::from(at.clock.nanos_since(sent)) / Decimal::from(1_000_000);
        if late > window {
            return Err(ApiError::new(-1021, "Timestamp for this request is outside of the recvWindow."));
        }
        Ok(())
    }

    /// The API's limits and what of them has been used: for the answers that show them.
    pub fn rate_limits(&self, product: Product) -> Vec<super::RateLimit> {
        self.limits.table(product)
    }

    /// A name for an order or a list that its client has not named. Never the same twice.
    pub fn fresh_name(&self) -> String {
        let number = self.named.get();
        self.named.set(number + 1);
        // Two rounds of a bijection (splitmix64) make 22 letters of a counter; the counter alone in the last ones keeps it unique.
        let (mut high, mut low) = (mixed(number), mixed(number ^ 0x5bf0_3635));
        let mut name = String::with_capacity(NAME_LENGTH);
        for place in 0..NAME_LENGTH {
            let part = if place % 2 == 0 { &mut high } else { &mut low };
            let letter = usize::try_from(*part % 62).unwrap_or(0);
            *part /= 62;
            name.push(LETTERS.get(letter).copied().map_or('0', char::from));
        }
        name
    }

    fn known(&self, key: &str) -> Result<&(AccountId, Verifier), ApiError> {
        if !legal::is_key(key) {
            return Err(ApiError::new(-2014, "API-key format invalid.").with_status(StatusCode::UNAUTHORIZED));
        }
        self.keys.get(key).ok_or_else(|| {
            ApiError::new(-2015, "Invalid API-key, IP, or permissions for action.").with_status(StatusCode::UNAUTHORIZED)
        })
    }
}

/// A number that looks like no counter, another for each (splitmix64's output function).
const fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use metaexpert_core::UnixNanos;

    use super::*;

    const NOW_MILLIS: i64 = 1_700_000_000_000;

    fn at() -> Moment {
        let now = UnixNanos::from_millis(NOW_MILLIS).unwrap();
        Moment { clock: now, market: now }
    }

    fn timely(timestamp: i64, recv_window: Option<&str>) -> Result<(), (i32, String)> {
        Door::timely(Some(&timestamp.to_string()), recv_window, at()).map_err(|error| (error.code, error.message))
    }

    #[test]
    fn a_request_stands_for_five_seconds_where_it_does_not_say() {
        assert_eq!(timely(NOW_MILLIS - 5_000, None), Ok(()));
        let late = (-1021, "Timestamp for this request is outside of the recvWindow.".to_owned());
        assert_eq!(timely(NOW_MILLIS - 5_001, None), Err(late.clone()));
        assert_eq!(timely(NOW_MILLIS - 5_001, Some("6000")), Ok(()));
        assert_eq!(timely(NOW_MILLIS - 3, Some("2.5")), Err(late));
    }

    #[test]
    fn a_request_from_the_future_is_refused_from_one_second_on() {
        assert_eq!(timely(NOW_MILLIS + 999, None), Ok(()));
        let ahead = "Timestamp for this request was 1000ms ahead of the server's time.".to_owned();
        assert_eq!(timely(NOW_MILLIS + 1_000, None), Err((-1021, ahead)));
    }

    #[test]
    fn a_timestamp_may_be_in_microseconds() {
        assert_eq!(timely(NOW_MILLIS * 1_000, Some("0.5")), Ok(()));
        assert_eq!(timely((NOW_MILLIS - 1) * 1_000, Some("0.5")).unwrap_err().0, -1021);
    }

    #[test]
    fn no_request_stands_for_more_than_a_minute() {
        assert_eq!(timely(NOW_MILLIS, Some("60000")), Ok(()));
        assert_eq!(timely(NOW_MILLIS, Some("60001")), Err((-1131, "recvWindow must be less than 60000".into())));
        assert_eq!(timely(NOW_MILLIS, Some("abc")).unwrap_err().0, -1100);
    }

    #[test]
    fn a_key_must_look_like_one_and_be_known() {
        let key = ApiKey { key: "known".into(), account: AccountId(3), secret: KeySecret::Hmac("s".into()) };
        let door = Door::new(vec![key], 1).unwrap();
        assert_eq!(door.owner("known").unwrap(), AccountId(3));
        for (key, code) in [("", -2014), ("with space", -2014), ("stranger", -2015)] {
            let error = door.owner(key).unwrap_err();
            assert_eq!((error.code, error.status), (code, StatusCode::UNAUTHORIZED), "{key}");
        }
    }

    #[test]
    fn a_key_that_is_somebodys_or_no_key_is_not_issued() {
        let key =
            |key: &str, account| ApiKey { key: key.into(), account: AccountId(account), secret: KeySecret::Hmac("s".into()) };
        let mut door = Door::new(vec![key("known", 3)], 1).unwrap();
        assert_eq!(door.add(key("known", 4)), Err(("known".into(), SecretError::Taken)));
        assert_eq!(door.owner("known").unwrap(), AccountId(3));
        assert_eq!(door.add(key("with space", 4)), Err(("with space".into(), SecretError::Spelling)));
    }

    #[test]
    fn a_signed_request_shows_its_owner_and_a_changed_one_nothing() {
        let key = ApiKey { key: "known".into(), account: AccountId(3), secret: KeySecret::Hmac("secret".into()) };
        let door = Door::new(vec![key], 1).unwrap();
        // printf 'symbol=BTCUSDT&timestamp=1700000000000' | openssl dgst -sha256 -hmac secret
        let credentials = Credentials {
            key: "known",
            signed: "symbol=BTCUSDT&timestamp=1700000000000",
            signature: Some("6244d11c958f45ac56733152cb3cb1831d23a2b3709b3a88b8b42a072aceb410"),
            timestamp: Some("1700000000000"),
            recv_window: None,
        };
        assert_eq!(door.check(credentials, at()).unwrap(), AccountId(3));
        let changed = Credentials { signed: "symbol=ETHUSDT&timestamp=1700000000000", ..credentials };
        let error = door.check(changed, at()).unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (-1022, "Signature for this request is not valid."));
        let unsigned = Credentials { signature: None, ..credentials };
        assert_eq!(door.check(unsigned, at()).unwrap_err().code, -1102);
    }

    #[test]
    fn names_are_never_the_same_twice() {
        let door = Door::new(Vec::new(), 1).unwrap();
        let names: BTreeSet<_> = (0..10_000).map(|_| door.fresh_name()).collect();
        assert_eq!(names.len(), 10_000);
        assert!(names.iter().all(|name| name.len() == 22 && name.bytes().all(|byte| byte.is_ascii_alphanumeric())));
    }
}
