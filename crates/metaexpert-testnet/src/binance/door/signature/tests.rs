//! Signatures that OpenSSL made, of one text, with keys that were made for it.

use super::*;

/// What was signed.
const TEXT: &str = "symbol=BTCUSDT&timestamp=1700000000000";

/// `openssl dgst -sha256 -hmac secret`.
const HMAC: &str = "6244d11c958f45ac56733152cb3cb1831d23a2b3709b3a88b8b42a072aceb410";

/// `openssl genpkey -algorithm ED25519`, the public half.
const ED25519_KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
     MCowBQYDK2VwAyEAqMKcPjY+HaLajPN/L8Kv1beCaNp5l7ufAYAGkiIFAUw=\n\
     -----END PUBLIC KEY-----";

/// `openssl pkeyutl -sign -rawin`.
const ED25519_SIGNATURE: &str = "ncLbYJoJnZpIv1WHbpbZaQyO2xCgmHY+oMAvFr8vY75EabSnX46U9wC6NAJPI+TlCrI/N+9Wa9FIHHZy2j1qBg==";

/// `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`, the public half.
const RSA_KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
     MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAxR6fx5X0KfeFQZ6Xj554\n\
     mWE3PN1Mm02ntSIt0bhHPlxfleOuPGuavDig+HO3NUHBLXeenUUisYwYJUEDv0rT\n\
     kBXlD1uWnJF51TZgFBlGP/IQZMt5EA3rD2Cz8gJy9W0jOEUMH3HTsd4klM2bXgw5\n\
     pHHgu7rq7w88WSOBOO2lrXd8lb4bdLjdXwbvMoL9gBjEbSjJDwHfdnpC6I2kpDtb\n\
     LwBewhOixkrGJhJNgfUlN/Xl0Psm+5lF7xJvW33FlIyfLegA0VPdeuZLxxB6d358\n\
     KBxwhJn40TYsZd/QAXQipbkAG6Ez4NR83M/Z/DgbTRmn2+oJXtBbPCwQaZvEu4D3\n\
     4QIDAQAB\n\
     -----END PUBLIC KEY-----";

/// `openssl dgst -sha256 -sign`.
const RSA_SIGNATURE: &str = "EzlqfmMtr7YFs+SdTliPIXns0Sg5y4/+PZU4eHCtnHsEYv/6//aB+Y/xeM83BXnRBRb9VE1hM4uBcHbo+V94+JaofMe3JT1KLBIJT0nabZyfTa\
     /OkbBkd3yOlKujIXKxxrZdmdXhJxtfokYuGl9pYX4ul2R4npf04GSu2eOJWnYSONhkWrpJCq2QOt3/JDQx3KPLsO1eksFaH8vZGEnkObxQ8ckX\
     h83aMjSCo+PGlvaHNpZDgLJIEcrqK+nnZE4fineBQnOpfrd1KvlYKLda2ZMyIwt2U5Qp+8FSKE5gp+hS3hiLvCgO7xBqTWSyhNQHiTM4ISF9nO\
     ltC8tsegVvEA==";

#[track_caller]
fn verifier(secret: &KeySecret) -> Verifier {
    Verifier::of(secret).unwrap()
}

#[test]
fn a_hexadecimal_signature_may_be_in_any_case() {
    let verifier = verifier(&KeySecret::Hmac("secret".into()));
    assert!(verifier.is_right(TEXT, HMAC));
    assert!(verifier.is_right(TEXT, &HMAC.to_uppercase()));
    assert!(!verifier.is_right("symbol=BTCUSDT", HMAC));
    assert!(!verifier.is_right(TEXT, HMAC.get(2..).unwrap()));
    assert!(!verifier.is_right(TEXT, "no hex"));
}

#[test]
fn a_base64_signature_is_taken_as_it_stands() {
    for (secret, signature) in
        [(KeySecret::Ed25519(ED25519_KEY.into()), ED25519_SIGNATURE), (KeySecret::Rsa(RSA_KEY.into()), RSA_SIGNATURE)]
    {
        let verifier = verifier(&secret);
        assert!(verifier.is_right(TEXT, signature), "{verifier:?}");
        assert!(!verifier.is_right("symbol=BTCUSDT", signature), "{verifier:?}");
        assert!(!verifier.is_right(TEXT, &signature.to_lowercase()), "{verifier:?}");
    }
}

#[test]
fn a_public_half_must_be_of_the_kind_that_was_named() {
    let refused = |secret: KeySecret| Verifier::of(&secret).unwrap_err();
    assert_eq!(refused(KeySecret::Ed25519("no pem".into())), SecretError::Pem);
    assert_eq!(refused(KeySecret::Ed25519(RSA_KEY.into())), SecretError::Kind);
    assert_eq!(refused(KeySecret::Rsa(ED25519_KEY.into())), SecretError::Kind);
    assert_eq!(refused(KeySecret::Hmac(String::new())), SecretError::Empty);
}

#[test]
fn only_ed25519_may_log_in() {
    assert!(verifier(&KeySecret::Ed25519(ED25519_KEY.into())).is_ed25519());
    assert!(!verifier(&KeySecret::Rsa(RSA_KEY.into())).is_ed25519());
    assert!(!verifier(&KeySecret::Hmac("secret".into())).is_ed25519());
}

#[test]
fn no_secret_is_shown() {
    assert_eq!(format!("{:?}", KeySecret::Hmac("secret".into())), "Hmac(..)");
}
