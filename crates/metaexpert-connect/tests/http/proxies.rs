//! Through a proxy, with a user and a password.

use metaexpert_connect::{
    Failure,
    http::testing::{PLACE, PRICE, RecordingServer, Reply},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

use super::*;

#[tokio::test]
async fn an_http_proxy_is_asked_for_the_whole_address() {
    let proxy = RecordingServer::start([Reply::ok("42")]).await.unwrap();
    let address = proxy.base().replace("http://", "http://ann:pass%20word@");
    let client = through(&address, "http://exchange.test".into());
    assert_eq!(client.call(&PRICE, &Params::new().with("symbol", "X")).await.unwrap(), "42");
    let request = &proxy.recorded()[0];
    assert_eq!(request.target, "http://exchange.test/price?symbol=X");
    assert_eq!(request.header("host"), Some("exchange.test"));
    // RFC 7617: base64 of `ann:pass word`.
    assert_eq!(request.header("proxy-authorization"), Some("Basic YW5uOnBhc3Mgd29yZA=="));
}

#[tokio::test]
async fn a_proxy_that_is_not_there_has_been_sent_nothing_and_its_password_is_not_told() {
    let address = RecordingServer::nobody().await.unwrap();
    for scheme in ["http", "socks5"] {
        let client =
            through(&address.replace("http://", &format!("{scheme}://ann:hunter2secret@")), "http://exchange.test".into());
        let failure = client.call(&PLACE, NONE).await.unwrap_err();
        assert!(matches!(failure, Failure::NotSent { .. }), "{scheme}: {failure}");
        let said = format!("{failure} {failure:?} {client:?}");
        assert!(!said.contains("hunter2secret"), "{said}");
    }
}

#[tokio::test]
async fn a_socks_proxy_is_given_user_and_password_and_carries_the_request() {
    let server = RecordingServer::start([Reply::ok("42")]).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("socks5://ann:secret@{}", listener.local_addr().unwrap());
    let proxy = tokio::spawn(async move { carry(listener.accept().await.unwrap().0).await });
    let client = through(&address, server.base());
    assert_eq!(client.call(&PRICE, NONE).await.unwrap(), "42");
    assert_eq!(server.recorded()[0].target, "/price");
    drop(client);
    assert_eq!(proxy.await.unwrap(), b"\x01\x03ann\x06secret");
}

/// One connection of a SOCKS5 proxy (RFC 1928) that wants a password (RFC 1929). Gives what it was told as one.
async fn carry(mut client: TcpStream) -> Vec<u8> {
    let mut greeting = [0; 2];
    client.read_exact(&mut greeting).await.unwrap();
    let mut methods = vec![0; usize::from(greeting[1])];
    client.read_exact(&mut methods).await.unwrap();
    assert!(methods.contains(&2), "a password is offered: {methods:?}");
    client.write_all(&[5, 2]).await.unwrap();
    let mut login = vec![0; 12];
    client.read_exact(&mut login).await.unwrap();
    client.write_all(&[1, 0]).await.unwrap();
    let mut request = [0; 10];
    client.read_exact(&mut request).await.unwrap();
    assert_eq!(request[..4], [5, 1, 0, 1], "connect to an IPv4 address");
    let port = u16::from_be_bytes([request[8], request[9]]);
    let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
    // It ends when either side does.
    let _ = copy_bidirectional(&mut client, &mut server).await;
    login
}
