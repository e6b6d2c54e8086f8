//! Connections that are never made, or end too early.

use metaexpert_connect::{
    Endpoint, Failure,
    http::testing::{Act, CANCEL, PLACE, PRICE, RecordingServer, Reply},
};

use super::*;

fn ways_to_lose_an_answer() -> [Act; 5] {
    let reply = Reply::ok("a body of some length");
    [
        Act::CutBeforeReading,
        Act::CutBeforeAnswering,
        Act::CutWithin(reply.clone()),
        Act::Silence,
        Act::After(Duration::from_secs(30), reply),
    ]
}

/// Calls once over a fresh connection and once over one that has been used already.
async fn lose(act: Act, endpoint: &'static Endpoint, is_kept: bool) -> (Result<bytes::Bytes, Failure>, RecordingServer) {
    let server = RecordingServer::start(Vec::<Act>::new()).await.unwrap();
    let client = Client::new(hasty(server.base())).unwrap();
    if is_kept {
        server.then(Reply::ok("42"));
        client.call(&PRICE, NONE).await.unwrap();
    }
    server.then(act);
    server.otherwise(Reply::ok("again"));
    (client.call(endpoint, NONE).await, server)
}

#[tokio::test]
async fn an_order_whose_answer_is_lost_is_unknown_and_was_sent_exactly_once() {
    for act in ways_to_lose_an_answer() {
        for is_kept in [false, true] {
            let (answer, server) = lose(act.clone(), &PLACE, is_kept).await;
            let failure = answer.unwrap_err();
            assert!(matches!(failure, Failure::Unknown { .. }), "{act:?}: {failure}");
            let orders = server.recorded().iter().filter(|request| request.method == "POST").count();
            assert_eq!(orders, usize::from(!matches!(act, Act::CutBeforeReading)), "{act:?}");
        }
    }
}

#[tokio::test]
async fn a_question_whose_answer_is_lost_is_asked_again() {
    for act in ways_to_lose_an_answer() {
        for is_kept in [false, true] {
            let (answer, _) = lose(act.clone(), &PRICE, is_kept).await;
            assert_eq!(answer.unwrap(), "again", "{act:?}");
        }
    }
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let failure = client(RecordingServer::nobody().await.unwrap()).call(&PLACE, NONE).await.unwrap_err();
    assert!(matches!(failure, Failure::NotSent { .. }), "{failure}");
    assert!(!failure.may_have_happened());
}

#[tokio::test]
async fn a_host_that_takes_the_connection_and_then_says_nothing_of_tls_has_not_been_sent_anything() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let Ok(client) = Client::new(hasty(base)) else { return println!("skipped: no certificate is trusted here") };
    let failure = client.call(&PLACE, NONE).await.unwrap_err();
    assert!(matches!(failure, Failure::NotSent { .. }), "{failure}");
}

#[tokio::test]
async fn a_host_that_does_not_speak_tls_has_not_been_sent_anything() {
    let server = RecordingServer::start(Vec::<Act>::new()).await.unwrap();
    let base = server.base().replace("http://", "https://");
    let Ok(client) = Client::new(hasty(base)) else { return println!("skipped: no certificate is trusted here") };
    let failure = client.call(&PLACE, NONE).await.unwrap_err();
    assert!(matches!(failure, Failure::NotSent { .. }), "{failure}");
    assert_eq!(server.recorded(), []);
}

#[tokio::test]
async fn what_is_said_of_a_lost_request_holds_no_address_key_or_signature() {
    let server = RecordingServer::start(Vec::<Act>::new()).await.unwrap();
    server.otherwise(Act::CutBeforeAnswering);
    let failure = client(server.base()).call(&CANCEL, NONE).await.unwrap_err();
    let query = server.recorded()[0].query().to_owned();
    assert!(query.contains("signature="), "{query}");
    let said = format!("{failure} {failure:?}");
    for secret in ["signature", "timestamp", KEY, "http://"] {
        assert!(!said.contains(secret), "{said}");
    }
}
