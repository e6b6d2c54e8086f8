//! What arrives at a server: for each call method, path, parameters in their order, encoding, header, time, window and signature.

use std::sync::Arc;

use metaexpert_binance::{Product, dialect::Dialect, orders::endpoints};
use metaexpert_connect::{
    Auth,
    http::{
        Budget, Client, ClientSetup, Lanes, RECV_WINDOW,
        testing::{Lines, Recorded, RecordingServer, Reply},
    },
    signing::{Credentials, Signer},
};

use super::operations::{NOW, operations};

pub(crate) const KEY: &str = "kD2wqZ8pTr5vXn1sLf7h";
pub(crate) const SECRET: &str = "mV4cYb9eHj3gQx6uAo0i";

/// A client of a product at an address.
pub(crate) fn client(product: Product, base: String) -> Client {
    let signer = Arc::new(Signer::from_secret(SECRET).unwrap());
    let setup = ClientSetup {
        base,
        dialect: Dialect::new(product),
        credentials: Some(Credentials { key: KEY.into(), signer, passphrase: None }),
        proxy: None,
        budget: Budget::new(None, 1),
        lanes: Lanes::default(),
        recv_window: RECV_WINDOW,
        log: Lines::new().logger(),
        now: || NOW,
        seed: 5,
    };
    Client::new(setup).unwrap()
}

/// `%5B` as `[`. Whatever stands in a form or a query is encoded by one rule.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first == b'%' {
            let digits = std::str::from_utf8(&tail[..2]).unwrap();
            assert_eq!(digits, digits.to_uppercase(), "{text}");
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &tail[2..];
        } else {
            let is_plain = first.is_ascii_alphanumeric() || b"-._~=&".contains(first);
            assert!(is_plain, "`{}` is not encoded in {text}", char::from(*first));
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The parameters of a request, in the query or the body by its method.
fn params_of(recorded: &Recorded) -> &str {
    match recorded.method.as_str() {
        "GET" | "DELETE" => {
            assert_eq!(recorded.body, "", "{}", recorded.target);
            recorded.query()
        }
        _ => {
            assert_eq!(recorded.query(), "", "{}", recorded.target);
            assert_eq!(recorded.header("content-type"), Some("application/x-www-form-urlencoded"));
            &recorded.body
        }
    }
}

/// The parameters themselves, decoded; time, window and signature are checked and taken away.
fn own_params(auth: Auth, recorded: &Recorded) -> String {
    let text = params_of(recorded);
    assert_eq!(recorded.header("x-mbx-apikey"), (auth != Auth::Public).then_some(KEY));
    if auth != Auth::Signed {
        assert!(!text.contains("signature"), "{text}");
        return decoded(text);
    }
    let (payload, signature) = text.split_once("&signature=").unwrap();
    let expected = Signer::from_secret(SECRET).unwrap().sign(payload.as_bytes()).unwrap().hex();
    assert_eq!(signature, expected, "{text}");
    let params = payload.strip_suffix("recvWindow=5000&timestamp=1700000000000").unwrap_or_else(|| panic!("{payload}"));
    decoded(params.strip_suffix('&').unwrap_or(params))
}

#[tokio::test]
async fn each_call_sends_what_its_documentation_says() {
    let server = RecordingServer::start(Vec::<Reply>::new()).await.unwrap();
    server.otherwise(Reply::ok("{}"));
    for operation in operations() {
        let client = client(operation.product, server.base());
        let before = server.recorded().len();
        (operation.run)(&client).await;
        let recorded = server.recorded();
        assert_eq!(recorded.len(), before + 1, "{}", operation.name);
        let recorded = recorded.last().unwrap();
        let sent = format!("{} {} {}", recorded.method, recorded.path(), own_params(operation.auth, recorded));
        assert_eq!(sent.trim_end(), operation.sent, "{}", operation.name);
    }
}

#[test]
fn every_row_of_the_tables_is_sent_by_some_call() {
    for (product, endpoint) in endpoints::all() {
        let begin = format!("{} {}", endpoint.method.as_str(), endpoint.path);
        let is_it = |sent: &str| sent == begin || sent.starts_with(&format!("{begin} "));
        assert!(operations().any(|operation| operation.product == product && is_it(operation.sent)), "{product} {begin}");
    }
}
