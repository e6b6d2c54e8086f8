//! What signs for a key, and whether it has.
//!
//! The one decision: a public half that cannot be read is refused when the key is made, so that a signature is only ever right or
//! wrong. Spot REST, "Signature Case Sensitivity": HMAC in hex, in any case; RSA and Ed25519 in base64, as they stand.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use ring::{
    hmac,
    signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey},
};
use rustls_pki_types::{SubjectPublicKeyInfoDer, pem::PemObject};

use crate::protocol::KeySecret;

/// The tags of DER that a public key is made of (X.690, section 8).
const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;
/// The length of a raw Ed25519 public key.
const ED25519_LENGTH: usize = 32;

/// A public half that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It is not the PEM of a public key.
    #[error("the public key is not in PEM: expected `-----BEGIN PUBLIC KEY-----`")]
    Pem,
    /// It is a public key of another kind, or a broken one.
    #[error("the PEM does not hold a public key of the kind that was named")]
    Kind,
    /// The secret is empty.
    #[error("the secret is empty")]
    Empty,
    /// The key itself is not spelled as keys are.
    #[error("a key is of letters, digits, `-` and `_`, at most 128 of them")]
    Spelling,
    /// Somebody has the key already.
    #[error("the key is another account's, or there twice")]
    Taken,
}

/// What checks signatures of one key.
pub(in crate::binance) enum Verifier {
    Hmac(hmac::Key),
    Ed25519(UnparsedPublicKey<Vec<u8>>),
    Rsa(UnparsedPublicKey<Vec<u8>>),
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Hmac(_) => "Hmac(..)",
            Self::Ed25519(_) => "Ed25519(..)",
            Self::Rsa(_) => "Rsa(..)",
        })
    }
}

impl Verifier {
    /// What checks signatures of a secret.
    pub(super) fn of(secret: &KeySecret) -> Result<Self, SecretError> {
        match secret {
            KeySecret::Hmac(secret) if secret.is_empty() => Err(SecretError::Empty),
            KeySecret::Hmac(secret) => Ok(Self::Hmac(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))),
            KeySecret::Ed25519(pem) => {
                let key = public_key(pem)?;
                if key.len() != ED25519_LENGTH {
                    return Err(SecretError::Kind);
                }
                Ok(Self::Ed25519(UnparsedPublicKey::new(&ED25519, key)))
            }
            KeySecret::Rsa(pem) => {
                let key = public_key(pem)?;
                if element(&key, SEQUENCE).is_none() {
                    return Err(SecretError::Kind);
                }
                Ok(Self::Rsa(UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)))
            }
        }
    }

    /// Whether this signature is of this text.
    pub(super) fn is_right(&self, signed: &str, signature: &str) -> bool {
        match self {
            Self::Hmac(key) => HEXLOWER_PERMISSIVE
                .decode(signature.as_bytes())
                .is_ok_and(|signature| hmac::verify(key, signed.as_bytes(), &signature).is_ok()),
            Self::Ed25519(key) | Self::Rsa(key) => {
                BASE64.decode(signature.as_bytes()).is_ok_and(|signature| key.verify(signed.as_bytes(), &signature).is_ok())
            }
        }
    }

    /// Whether it is of the one kind that may log in on a socket.
    pub(super) const fn is_ed25519(&self) -> bool {
        matches!(self, Self::Ed25519(_))
    }
}

/// The bits of the key within a PEM of `SubjectPublicKeyInfo` (RFC 5280, section 4.1: algorithm, then a bit string).
fn public_key(pem: &str) -> Result<Vec<u8>, SecretError> {
    let info = SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes()).map_err(|_| SecretError::Pem)?;
    let bits = element(info.as_ref(), SEQUENCE)
        .and_then(|(fields, _)| element(fields, SEQUENCE))
        .and_then(|(_, rest)| element(rest, BIT_STRING))
        .ok_or(SecretError::Kind)?
        .0;
    // The first octet says how many bits of the last one are unused: none, of keys.
    match bits.split_first() {
        Some((0, key)) => Ok(key.to_vec()),
        _ => Err(SecretError::Kind),
    }
}

/// The content of the element of this tag that `der` begins with, and what comes after it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&found, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        (octets.iter().try_fold(0_usize, |length, octet| length.checked_mul(256)?.checked_add(usize::from(*octet)))?, rest)
    };
    (found == tag).then(|| rest.split_at_checked(length)).flatten()
}

#[cfg(test)]
mod tests;
