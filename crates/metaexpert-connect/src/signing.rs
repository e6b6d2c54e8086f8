//! Keys, and signing with them: HMAC-SHA256, RSA (PKCS #1 v1.5 with SHA-256) and Ed25519.
//!
//! The one decision: a key is known by its form. A PEM block is a private key, and says itself of which kind; everything else is
//! the secret of an HMAC. A PEM block may be written in one line with `\n` for its ends of lines, as variables of an environment
//! often are. Exchanges differ in what they sign and how they write it, not in the mathematics.

#[cfg(test)]
mod tests;

use std::fmt;

use data_encoding::{BASE64, HEXLOWER};
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject};
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
    /// A signer from a secret: a private key in PEM (PKCS #8, or PKCS #1 for RSA), or the secret of an HMAC.
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
        if secret.starts_with("-----BEGIN ENCRYPTED") {
            return Err(BadSecret(
                "a private key that is locked with a password; unlock it first (`openssl pkey -in FILE`)".into(),
            ));
        }
        let pem = Zeroizing::new(secret.replace("\\n", "\n"));
        match PrivateKeyDer::from_pem_slice(pem.as_bytes()) {
            Ok(PrivateKeyDer::Pkcs8(der)) => {
                let der = der.secret_pkcs8_der();
                match Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
                    Ok(pair) => Ok(Self::Ed25519(pair)),
                    Err(_) => RsaKeyPair::from_pkcs8(der).map(Self::rsa).map_err(unusable),
                }
            }
            Ok(PrivateKeyDer::Pkcs1(der)) => RsaKeyPair::from_der(der.secret_pkcs1_der()).map(Self::rsa).map_err(unusable),
            Ok(_) => Err(BadSecret("a private key that is neither Ed25519 nor RSA".into())),
            Err(_) => Err(BadSecret("a PEM block without a private key (`-----BEGIN PRIVATE KEY-----`)".into())),
        }
    }

    fn rsa(pair: RsaKeyPair) -> Self {
        Self::Rsa(Box::new(pair))
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

fn unusable(why: ring::error::KeyRejected) -> BadSecret {
    BadSecret(format!("a private key that is neither Ed25519 nor RSA of 2,048 to 8,192 bits ({why})"))
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
