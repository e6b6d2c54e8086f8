//! Signatures that Binance has published, or that follow from keys that it has published, are made again.

use std::sync::Arc;

use metaexpert_binance::{Product, dialect::Dialect};
use metaexpert_connect::{
    Auth, Endpoint, Lane, Lost, Method, Params,
    http::{Prepared, RestDialect, Signing},
    signing::{Credentials, Signer},
};
use metaexpert_core::UnixNanos;
use percent_encoding::percent_decode_str;
use std::time::Duration;

use crate::captures::{captures, json};

pub(crate) fn credentials(secret: &str) -> Credentials {
    Credentials { key: "the-key".into(), signer: Arc::new(Signer::from_secret(secret).unwrap()), passphrase: None }
}

pub(crate) const fn endpoint(method: Method, auth: Auth) -> Endpoint {
    Endpoint { name: "order", method, path: "/api/v3/order", auth, cost: &[], lane: Lane::Entry, lost: Lost::Unknown }
}

pub(crate) fn prepared(endpoint: &Endpoint, params: &Params, secret: &str, millis: i64) -> Prepared {
    let credentials = credentials(secret);
    let now = UnixNanos::from_millis(millis).unwrap();
    let signing = Signing { credentials: &credentials, now, window: Duration::from_secs(5) };
    Dialect::new(Product::Spot).prepare(endpoint, params, Some(signing)).unwrap()
}

/// The form body of a request.
pub(crate) fn body(prepared: &Prepared) -> String {
    let (content_type, body) = prepared.body.as_ref().unwrap();
    assert_eq!(*content_type, "application/x-www-form-urlencoded");
    String::from_utf8(body.to_vec()).unwrap()
}

#[test]
fn published_signatures_are_made_again() {
    let Some(root) = captures() else { return };
    let vectors = json(&root.join("signing-vectors.json"));
    let (mut through_requests, mut signed_alone, mut without_key) = (0, 0, 0);
    for vector in vectors["vectors"].as_array().unwrap() {
        if vector["exchange"] != "binance" {
            continue;
        }
        let secret = vector["secret"].as_str().or_else(|| vector["private_key_pkcs8_pem"].as_str());
        let (Some(secret), Some(true)) = (secret, vector["locally_recomputed_ok"].as_bool()) else {
            without_key += 1;
            continue;
        };
        let product = vector["product"].as_str().unwrap();
        // ccxt's are whole requests: what it signs stands in the query or in the body, with the signature behind it.
        let request = &vector["request"];
        let whole = request["body"].as_str().or_else(|| request["url"].as_str().and_then(|url| Some(url.split_once('?')?.1)));
        let (payload, signature) = match whole {
            Some(whole) => whole.rsplit_once("&signature=").unwrap(),
            None => (vector["payload"].as_str().unwrap(), vector["signature"].as_str().unwrap()),
        };
        if product.ends_with("-rest") || whole.is_some() {
            // Time and window stand where the published payload has them.
            let params = payload.split('&').fold(Params::new(), |params, pair| {
                let (name, value) = pair.split_once('=').unwrap();
                params.with(String::leak(name.to_owned()), percent_decode_str(value).decode_utf8().unwrap())
            });
            let sent = body(&prepared(&endpoint(Method::Post, Auth::Signed), &params, secret, 0));
            let (signed, made) = sent.rsplit_once("&signature=").unwrap();
            assert_eq!(signed, payload, "{product}");
            assert_eq!(percent_decode_str(made).decode_utf8().unwrap(), signature, "{product} {payload}");
            through_requests += 1;
        } else {
            let signer = Signer::from_secret(secret).unwrap();
            let made = signer.sign(payload.as_bytes()).unwrap();
            let made = if signer.is_hmac() { made.hex() } else { made.base64() };
            assert_eq!(made, signature, "{product} {payload}");
            signed_alone += 1;
        }
    }
    println!("{through_requests} through requests, {signed_alone} alone; {without_key} have no key to make them with");
    assert!(through_requests >= 9 && signed_alone >= 5, "{through_requests} {signed_alone}");
}

#[test]
fn time_and_window_come_before_the_signature_which_is_last() {
    let params = Params::new().with("symbol", "BTCUSDT").with("note", "a b+c/d=é");
    let sent = body(&prepared(&endpoint(Method::Put, Auth::Signed), &params, "secret", 1_767_225_600_123));
    let (signed, signature) = sent.rsplit_once("&signature=").unwrap();
    assert_eq!(signed, "symbol=BTCUSDT&note=a%20b%2Bc%2Fd%3D%C3%A9&recvWindow=5000&timestamp=1767225600123");
    // HMAC-SHA256 of the line above with the key `secret`, by OpenSSL.
    assert_eq!(signature, "6bbe1643613af882a681c8f758f168cc60035ac857512d0ad88bd943a32ff43c");
}

#[test]
fn a_signature_in_base_64_is_encoded_as_well() {
    // The private key that Binance's FIX documentation publishes.
    let key = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEIIJEYWtGBrhACmb9Dvy+qa8WEf0lQOl1s4CLIAB9m89u\n\
        -----END PRIVATE KEY-----\n";
    let params = Params::new().with("symbol", "BTCUSDT").with("side", "SELL");
    let sent = prepared(&endpoint(Method::Get, Auth::Signed), &params, key, 1_668_481_559_918);
    let (_, signature) = sent.path_and_query.rsplit_once("&signature=").unwrap();
    assert!(!signature.contains(['+', '/', '=']), "{signature}");
    assert_eq!(percent_decode_str(signature).count(), 88, "64 bytes are 88 signs of base 64");
}
