//! Keys, and signing with them: HMAC-SHA256, RSA (PKCS #1 v1.5 with SHA-256) and Ed25519.
//!
//! The one decision: a key is known by its form. A PEM block is a private key, and says itself of which kind; everything else is
//! the secret of an HMAC. Exchanges differ in what they sign and how they write it, not in the mathematics.

use std::fmt;

use data_encoding::{BASE64, HEXLOWER};
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject};
use zeroize::Zeroizing;

/// What an account is opened with.
#[derive(Clone)]
pub struct Credentials {
    /// The key: public, but not for logs.
    pub key: String,
    /// Signs.
    pub signer: std::sync::Arc<Signer>,
    /// OKX's third word.
    pub passphrase: Option<Zeroizing<String>>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("key", &"***").field("signer", &self.signer).finish_non_exhaustive()
    }
}

/// Signs. Its `Debug` names the kind of key and nothing of it.
pub enum Signer {
    /// A shared secret.
    Hmac(hmac::Key),
    /// A private RSA key.
    Rsa(Box<RsaKeyPair>),
    /// A private Ed25519 key.
    Ed25519(Ed25519KeyPair),
}

/// A secret that no key can be made of. It never shows the secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the secret is {0}")]
pub struct BadSecret(String);

impl Signer {
    /// A signer from a secret: a private key in PEM (PKCS #8), or the secret of an HMAC.
    ///
    /// # Errors
    /// When it is empty, or a PEM block that holds no private key of a kind that signs here.
    pub fn from_secret(secret: &str) -> Result<Self, BadSecret> {
        let secret = secret.trim();
        if secret.is_empty() {
            return Err(BadSecret("empty".into()));
        }
        if !secret.starts_with("-----BEGIN") {
            return Ok(Self::Hmac(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())));
        }
        let der = PrivatePkcs8KeyDer::from_pem_slice(secret.as_bytes())
            .map_err(|_| BadSecret("a PEM block without a PKCS #8 private key (`-----BEGIN PRIVATE KEY-----`)".into()))?;
        let der = der.secret_pkcs8_der();
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
            return Ok(Self::Ed25519(pair));
        }
        let pair = RsaKeyPair::from_pkcs8(der)
            .map_err(|why| BadSecret(format!("a private key that is neither Ed25519 nor RSA of 2,048 to 8,192 bits ({why})")))?;
        Ok(Self::Rsa(Box::new(pair)))
    }

    /// Signs a payload.
    ///
    /// # Errors
    /// When the system has no randomness for RSA's blinding.
    pub fn sign(&self, payload: &[u8]) -> Result<Signature, BadSecret> {
        let bytes = match self {
            Self::Hmac(key) => hmac::sign(key, payload).as_ref().to_vec(),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), payload, &mut signature)
                    .map_err(|_| BadSecret("an RSA key, and the system has no randomness to sign with it".into()))?;
                signature
            }
            Self::Ed25519(pair) => pair.sign(payload).as_ref().to_vec(),
        };
        Ok(Signature(bytes))
    }

    /// Whether it is a shared secret.
    pub const fn is_hmac(&self) -> bool {
        matches!(self, Self::Hmac(_))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hmac(_) => "Hmac(***)",
            Self::Rsa(_) => "Rsa(***)",
            Self::Ed25519(_) => "Ed25519(***)",
        })
    }
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature(Vec<u8>);

impl Signature {
    /// In small hexadecimal digits.
    pub fn hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// In base 64 with padding.
    pub fn base64(&self) -> String {
        BASE64.encode(&self.0)
    }
}
