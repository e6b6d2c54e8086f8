//! A client for tests: everything fixed, the time included.

use std::{sync::Arc, time::Duration};

use metaexpert_core::UnixNanos;

use super::Lines;
use crate::{
    http::{Budget, ClientSetup, Lanes, Patience, RECV_WINDOW},
    signing::{Credentials, Signer},
};

/// The key of the test's account.
pub const KEY: &str = "kE8sQp1LrZ4tVc6xJf0g";

/// The secret of the test's account: that of an HMAC.
pub const SECRET: &str = "wX9dkq3vYh7uTz2mRb5n";

/// The time that it always is: 2023-11-14T22:13:20Z, which is 1,700,000,000,000 in milliseconds.
pub const NOW: UnixNanos = UnixNanos::from_nanos(1_700_000_000_000_000_000);

/// What a client of a server at `base` is made of. The patience is that of a test on a busy machine.
pub fn setup<D>(base: String, dialect: D) -> ClientSetup<D> {
    let patience = Patience { answer: Duration::from_secs(5), budget: Duration::from_secs(1) };
    ClientSetup {
        base,
        dialect,
        credentials: credentials(SECRET),
        proxy: None,
        budget: Budget::new(None, 1),
        lanes: Lanes { safety: patience, entry: patience, account: patience, market: patience },
        recv_window: RECV_WINDOW,
        log: Lines::new().logger(),
        now: || NOW,
        seed: 7,
    }
}

/// The test's account with another secret, such as a private key in PEM; `None` where nothing can be signed with it.
pub fn credentials(secret: &str) -> Option<Credentials> {
    let signer = Arc::new(Signer::from_secret(secret).ok()?);
    Some(Credentials { key: KEY.into(), signer, passphrase: None })
}
