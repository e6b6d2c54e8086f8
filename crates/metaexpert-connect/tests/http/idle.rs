//! Connections that have nothing to do.

use std::sync::Arc;

use metaexpert_connect::http::testing::CANCEL;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{Barrier, mpsc},
    time::timeout,
};

use super::*;

/// How many are kept.
const KEPT: usize = 32;

/// Far longer than a socket needs on one machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers one request, together with all others, and tells when the client lets go of the connection.
async fn serve(mut socket: TcpStream, all: Arc<Barrier>, gone: mpsc::UnboundedSender<()>) {
    let mut asked = Vec::new();
    while !asked.ends_with(b"\r\n\r\n") {
        asked.push(socket.read_u8().await.unwrap());
    }
    all.wait().await;
    socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n42").await.unwrap();
    assert_eq!(socket.read(&mut [0; 64]).await.unwrap(), 0);
    gone.send(()).unwrap();
}

#[tokio::test]
async fn a_host_that_has_hung_leaves_no_more_than_a_few_connections_behind() {
    const ASKED: usize = 2 * KEPT;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (all, (gone, mut went)) = (Arc::new(Barrier::new(ASKED)), mpsc::unbounded_channel());
    tokio::spawn(async move {
        loop {
            tokio::spawn(serve(listener.accept().await.unwrap().0, Arc::clone(&all), gone.clone()));
        }
    });
    let client = Arc::new(client(base));
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..ASKED {
        let client = Arc::clone(&client);
        calls.spawn(async move { client.call(&CANCEL, NONE).await });
    }
    for answer in calls.join_all().await {
        assert_eq!(answer.unwrap(), "42");
    }
    for more in (1..=ASKED - KEPT).rev() {
        assert_eq!(timeout(PATIENCE, went.recv()).await, Ok(Some(())), "{more} connections too many are kept");
    }
}
