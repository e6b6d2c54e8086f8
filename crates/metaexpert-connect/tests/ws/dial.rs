//! Real sockets: straight, through proxies, and with TLS.

use metaexpert_connect::ws::{
    ConnectGate, Dial, Network, Proxy, Session, SessionEvent, Settings, Target, TcpDial, testing::Peer, testing::Plain,
};
use metaexpert_core::{
    UnixNanos,
    config::{KeyValue, ProxyUrl},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn proxy(url: &str) -> Proxy {
    Proxy::of(&ProxyUrl::parse(url).unwrap()).unwrap()
}

async fn accept(listener: TcpListener) -> TcpStream {
    listener.accept().await.unwrap().0
}

/// Reads up to the blank line at the end of a request.
async fn request(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    while !text.ends_with("\r\n\r\n") {
        text.push(char::from(stream.read_u8().await.unwrap()));
    }
    text
}

async fn speaks(dial: TcpDial, port: u16, exchange: TcpListener) {
    let target = Target { host: "127.0.0.1".into(), port, is_secure: false };
    let near = async {
        let mut socket = dial.dial(&target).await.unwrap();
        socket.write_all(b"ping").await.unwrap();
        let mut answer = [0; 4];
        socket.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"pong");
    };
    let far = async {
        let mut stream = accept(exchange).await;
        let mut asked = [0; 4];
        stream.read_exact(&mut asked).await.unwrap();
        assert_eq!(&asked, b"ping");
        stream.write_all(b"pong").await.unwrap();
    };
    tokio::join!(near, far);
}

#[tokio::test]
async fn a_socket_is_dialled_straight() {
    let (exchange, port) = listen().await;
    speaks(TcpDial::new(None, None), port, exchange).await;
}

#[tokio::test]
async fn a_socket_is_dialled_through_an_http_proxy_that_wants_a_password() {
    let (exchange, port) = listen().await;
    let (gate, gate_port) = listen().await;
    let tunnel = tokio::spawn(async move {
        let mut near = accept(gate).await;
        let asked = request(&mut near).await;
        assert!(asked.starts_with(&format!("CONNECT 127.0.0.1:{port} HTTP/1.1\r\n")), "{asked}");
        // `me:p@ss` in base 64.
        assert!(asked.contains("Proxy-Authorization: Basic bWU6cEBzcw==\r\n"), "{asked}");
        near.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut far = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        drop(copy_bidirectional(&mut near, &mut far).await);
    });
    let proxy = proxy(&format!("http://me:p%40ss@127.0.0.1:{gate_port}"));
    assert!(!format!("{proxy:?}").contains("ss@"), "{proxy:?}");
    speaks(TcpDial::new(Some(proxy), None), port, exchange).await;
    tunnel.await.unwrap();
}

#[tokio::test]
async fn a_socket_is_dialled_through_a_socks_proxy_by_the_name_of_the_host() {
    let (exchange, port) = listen().await;
    let (gate, gate_port) = listen().await;
    let tunnel = tokio::spawn(async move {
        let mut near = accept(gate).await;
        // RFC 1928, sections 3 to 6; RFC 1929 for user and password.
        let mut greeting = [0; 3];
        near.read_exact(&mut greeting).await.unwrap();
        assert_eq!(greeting, [5, 1, 2]);
        near.write_all(&[5, 2]).await.unwrap();
        let mut login = [0; 9];
        near.read_exact(&mut login).await.unwrap();
        assert_eq!(&login, b"\x01\x02me\x04word");
        near.write_all(&[1, 0]).await.unwrap();
        let mut asked = [0; 5 + 9 + 2];
        near.read_exact(&mut asked).await.unwrap();
        assert_eq!(asked[..5], [5, 1, 0, 3, 9]);
        assert_eq!(&asked[5..14], b"localhost");
        assert_eq!(asked[14..], port.to_be_bytes());
        near.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0]).await.unwrap();
        let mut far = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        drop(copy_bidirectional(&mut near, &mut far).await);
    });
    let dial = TcpDial::new(Some(proxy(&format!("socks5://me:word@127.0.0.1:{gate_port}"))), None);
    let target = Target { host: "localhost".into(), port, is_secure: false };
    let near = async {
        let mut socket = dial.dial(&target).await.unwrap();
        socket.write_all(b"x").await.unwrap();
    };
    let far = async { assert_eq!(accept(exchange).await.read_u8().await.unwrap(), b'x') };
    tokio::join!(near, far);
    tunnel.await.unwrap();
}

#[tokio::test]
async fn what_keeps_a_socket_from_being_opened_is_said_with_host_and_port() {
    let (exchange, port) = listen().await;
    drop(exchange);
    let target = Target { host: "127.0.0.1".into(), port, is_secure: false };
    let Err(why) = TcpDial::new(None, None).dial(&target).await else { panic!("it was opened") };
    assert!(why.to_string().starts_with(&format!("127.0.0.1:{port}: ")), "{why}");
    assert!(why.to_string().contains("refused"), "{why}");
    let (_exchange, port) = listen().await;
    let target = Target { host: "127.0.0.1".into(), port, is_secure: true };
    let Err(why) = TcpDial::new(None, None).dial(&target).await else { panic!("it was opened") };
    assert_eq!(why.to_string(), format!("127.0.0.1:{port}: TLS is not configured"));
}

#[tokio::test]
async fn a_session_runs_over_tcp() {
    struct Local(u16);
    impl Dial for Local {
        fn dial(&self, _: &Target) -> metaexpert_connect::ws::Dialling {
            TcpDial::new(None, None).dial(&Target { host: "127.0.0.1".into(), port: self.0, is_secure: false })
        }
    }
    let (exchange, port) = listen().await;
    let network = Network::new(Local(port), ConnectGate::new(), || UnixNanos::from_nanos(7), 1);
    let (session, mut events) = Session::start("tcp", Plain::default(), vec!["a1".into()], None, Settings::usual(), &network);
    let mut peer = Peer::over(accept(exchange).await).await.unwrap();
    assert_eq!(peer.text().await.as_deref(), Some("sub 1 a1"));
    peer.send("ack 1").await;
    peer.send("g 1 5 x").await;
    assert_eq!(events.recv().await, Some(SessionEvent::Connected { epoch: 1 }));
    assert_eq!(events.recv().await, Some(SessionEvent::Subscribed));
    let Some(SessionEvent::Frame { bytes, received, .. }) = events.recv().await else { panic!("no frame") };
    assert_eq!((bytes.as_ref(), received), (b"g 1 5 x".as_ref(), UnixNanos::from_nanos(7)));
    tokio::join!(session.stop(), async { while peer.message().await.is_some() {} });
}
