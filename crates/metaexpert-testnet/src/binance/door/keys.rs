//! Keys: whose they are, and what signs for them.

use crate::order::AccountId;

/// A key of an account.
#[derive(Debug, Clone)]
pub struct ApiKey {
    /// What goes into `X-MBX-APIKEY`.
    pub key: String,
    /// Whose it is.
    pub account: AccountId,
    /// What signs for it.
    pub secret: Secret,
}

/// What signs for a key.
#[derive(Debug, Clone)]
pub enum Secret {
    /// HMAC SHA-256 with this secret.
    Hmac(String),
    /// An Ed25519 key pair, of which this is the public half, in PEM.
    Ed25519(String),
    /// An RSA key pair (PKCS #1 v1.5, SHA-256), of which this is the public half, in PEM.
    Rsa(String),
}

/// The door: keys, and what has been used of the limits.
#[derive(Debug)]
pub struct Door {}
