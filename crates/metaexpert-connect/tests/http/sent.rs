//! What a request looks like on the wire, and what is not followed.

use metaexpert_connect::{
    Failure,
    http::{
        SetupError,
        testing::{PLACE, PRICE, RecordingServer, Reply, SECRET},
    },
    signing::Signer,
};

use super::*;

#[tokio::test]
async fn a_request_is_sent_as_the_dialect_put_it_together() {
    let server = RecordingServer::start([Reply::ok("42"), Reply::ok("placed")]).await.unwrap();
    let client = client(server.base());
    client.call(&PRICE, &Params::new().with("symbol", "BTC/USD").with("limit", 5)).await.unwrap();
    client.call(&PLACE, &Params::new().with("side", "BUY")).await.unwrap();

    let [price, place] = &server.recorded()[..] else { panic!("{:?}", server.recorded()) };
    assert_eq!((price.method.as_str(), price.target.as_str()), ("GET", "/price?symbol=BTC/USD&limit=5"));
    assert_eq!((price.header("x-key"), price.body.as_str()), (None, ""));
    assert_eq!((place.method.as_str(), place.path(), place.query()), ("POST", "/order", ""));
    assert_eq!(place.header("x-key"), Some(KEY));
    assert_eq!(place.header("content-type"), Some("application/x-www-form-urlencoded"));
    let (signed, signature) = place.body.split_once("&signature=").unwrap();
    assert_eq!(signed, "side=BUY&timestamp=1700000000000&window=5000");
    assert_eq!(signature, Signer::from_secret(SECRET).unwrap().sign(signed.as_bytes()).unwrap().hex());
    assert!(price.header("user-agent").is_some_and(|agent| agent.starts_with("metaexpert/")));
    assert_eq!(server.connections(), 1, "the connection is kept");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = RecordingServer::start(Vec::<Reply>::new()).await.unwrap();
    let server = RecordingServer::start([Reply::of(307, "").with("location", other.base())]).await.unwrap();
    let failure = client(server.base()).call(&PLACE, NONE).await.unwrap_err();
    assert!(matches!(failure, Failure::Malformed(_)), "{failure}");
    assert_eq!((server.recorded().len(), other.recorded().len()), (1, 0));
}

#[tokio::test]
async fn what_makes_no_client_is_said() {
    for base in ["", "api.example.com", "ftp://api.example.com", "https://api.example.com/", "https://api.example.com?x"] {
        let made = Client::new(setup(base.into()));
        assert!(matches!(made, Err(SetupError::BadBase(_))), "{base}: {made:?}");
    }
    for window in [Duration::ZERO, Duration::from_millis(60_001)] {
        let made = Client::new(ClientSetup { recv_window: window, ..setup("http://127.0.0.1:1".into()) });
        assert!(matches!(made, Err(SetupError::BadWindow(_))), "{made:?}");
    }
}
