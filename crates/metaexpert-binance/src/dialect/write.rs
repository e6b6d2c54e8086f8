//! Parameters as they are sent, and their signature.
//!
//! The one decision: what is signed are the very bytes that are sent. Since 2026-01-15 a signature over text that was not
//! percent-encoded is refused with -1022 (Spot API, change log 2025-12-02), and symbols need not be ASCII.

use metaexpert_connect::{Params, http::Signing, signing::BadSecret};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What is written as a percent sign and two digits: all but letters, digits and `-._~` (RFC 3986, 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Parameters in their order, encoded.
pub(super) fn encoded(params: &Params) -> String {
    let mut text = String::new();
    for (name, value) in params.iter() {
        append(&mut text, name, value);
    }
    text
}

/// Adds window, time and, last of all, the signature. A window or a time that the parameters have is left as it is.
pub(super) fn sign(text: &mut String, params: &Params, signing: Signing<'_>) -> Result<(), BadSecret> {
    if params.get("recvWindow").is_none() {
        append(text, "recvWindow", &signing.window.as_millis().to_string());
    }
    if params.get("timestamp").is_none() {
        append(text, "timestamp", &signing.now.as_nanos().div_euclid(1_000_000).to_string());
    }
    let signature = signing.credentials.signer.sign(text.as_bytes())?;
    let signature = if signing.credentials.signer.is_hmac() { signature.hex() } else { signature.base64() };
    append(text, "signature", &signature);
    Ok(())
}

fn append(text: &mut String, name: &str, value: &str) {
    if !text.is_empty() {
        text.push('&');
    }
    text.push_str(name);
    text.push('=');
    text.extend(utf8_percent_encode(value, ENCODED));
}
