//! Keys and signatures against what OpenSSL 3 makes of the same: `openssl dgst -sha256`, `openssl pkeyutl -sign -rawin`. The
//! keys in `testdata/signing` were made for these tests and open nothing.

use super::*;

const PAYLOAD: &[u8] = b"symbol=ABCXYZ&side=SELL&quantity=3.25&timestamp=1700000000123";
const ED25519: &str = include_str!("../../testdata/signing/ed25519.pem");
const RSA: &str = include_str!("../../testdata/signing/rsa.pem");
const RSA_PKCS1: &str = include_str!("../../testdata/signing/rsa-pkcs1.pem");
const P256: &str = include_str!("../../testdata/signing/p256.pem");

fn signed(secret: &str) -> Signature {
    Signer::from_secret(secret).unwrap().sign(PAYLOAD).unwrap()
}

#[test]
fn a_shared_secret_signs_with_hmac_sha256() {
    let signature = signed("wX9dkq3vYh7uTz2mRb5n");
    assert_eq!(signature.hex(), "6485b8a890625f58ca48aef0dcad3ccd637b6777baecc5e19dc82ed4cfdbf9ee");
    assert_eq!(signature.base64(), "ZIW4qJBiX1jKSK7w3K08zWN7Z3e67MXhncgu1M/b+e4=");
}

#[test]
fn a_pem_block_says_itself_of_which_kind_it_is() {
    assert_eq!(
        signed(ED25519).base64(),
        "gWT1E8nJIP4ptXjM0tmtebwoltaKFv+tDMkuse+YgH7aJpahdIiRQVmApuYQq5/N8u6TN0OrMbmxY9BvHIQjAQ=="
    );
    let rsa = "haotH8LwLYz2gto/jDlJAekJ1S6ACn2GilOeXi1SNM9qUyyq9zJlZMFPWr3keal/BnhW/GcxfjwxLoI26+AatsqVLBay6DWl7sQaCxkDNscq3\
               vYu32JFfHnAzQ57WweM0wVEePuobuWdWPJ3QBWHlvM0/ED//EIV9eMMXngK40gkoFZp8lKve1ShHyNtXVWO75D9fdJxv5T7WApfzOzQ/J2SyKM\
               +UjhjdI8NHiWy7B7wCBqxhnq226jbd80OnZW0BUCi1/Sm+LJrvkiPij3AmvkSNyXINXtdtN0VIidJ/h3szrR+TjdoflouR0oSJZJ4MvYNvNJ0E\
               KKeUV/NmuN1DA==";
    assert_eq!(signed(RSA).base64(), rsa);
    assert_eq!(signed(RSA_PKCS1), signed(RSA));
    let is_hmac = [ED25519, RSA, "secret"].map(|secret| Signer::from_secret(secret).unwrap().is_hmac());
    assert_eq!(is_hmac, [false, false, true]);
}

#[test]
fn blanks_around_a_secret_do_not_count_and_a_key_may_be_written_in_one_line() {
    assert_eq!(signed(" \n wX9dkq3vYh7uTz2mRb5n\r\n"), signed("wX9dkq3vYh7uTz2mRb5n"));
    let in_one_line = ED25519.trim().replace('\n', "\\n");
    assert!(!in_one_line.contains('\n'));
    assert_eq!(signed(&in_one_line), signed(ED25519));
}

#[test]
fn what_cannot_sign_is_refused_with_what_is_wrong_and_without_the_secret() {
    let rows = [
        ("", "empty"),
        (" \n", "empty"),
        (P256, "a private key that is neither Ed25519 nor RSA"),
        ("-----BEGIN PRIVATE KEY-----\nnonsense", "a PEM block without a private key"),
        ("-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----", "a PEM block without a private key"),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMC4C\n-----END ENCRYPTED PRIVATE KEY-----", "locked with a password"),
    ];
    for (secret, why) in rows {
        let said = Signer::from_secret(secret).unwrap_err().to_string();
        assert!(said.contains(why), "{said}");
        assert!(!said.contains("nonsense") && !said.contains("MC4C"), "{said}");
    }
}

#[test]
fn nothing_that_holds_a_secret_shows_it() {
    let secret = "wX9dkq3vYh7uTz2mRb5n";
    for secret in [secret, ED25519, RSA] {
        let signer = std::sync::Arc::new(Signer::from_secret(secret).unwrap());
        let credentials =
            Credentials { key: "kE8sQp1LrZ4t".into(), signer, passphrase: Some(Zeroizing::new("third word".into())) };
        let shown = format!("{credentials:?} {:#?}", credentials.signer);
        assert!(shown.contains("***"), "{shown}");
        for hidden in ["kE8s", "third", "wX9d", "MC4C", "MII"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
}
