//! Sockets with TLS. The certificate and its key in `tls/` were made for these tests, are for `localhost` and open nothing.

use std::sync::Arc;

use metaexpert_connect::ws::{
    ConnectGate, Dial, Dialling, Network, Session, SessionEvent, Settings, Target, TcpDial,
    testing::{Peer, Plain},
};
use metaexpert_core::UnixNanos;
use rustls::{ClientConfig, RootCertStore, ServerConfig, crypto::ring};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

fn certificate() -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(include_bytes!("tls/certificate.pem")).unwrap()
}

fn acceptor() -> TlsAcceptor {
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/key.pem")).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    TlsAcceptor::from(Arc::new(builder.with_single_cert(vec![certificate()], key).unwrap()))
}

fn trusting(certificates: impl IntoIterator<Item = CertificateDer<'static>>) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates);
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}

/// Leads every address to `localhost`, with TLS.
struct Secure(u16, Arc<ClientConfig>);

impl Dial for Secure {
    fn dial(&self, _: &Target) -> Dialling {
        let target = Target { host: "localhost".into(), port: self.0, is_secure: true };
        TcpDial::new(None, Some(Arc::clone(&self.1))).dial(&target)
    }
}

async fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[tokio::test]
async fn a_session_runs_over_tls() {
    let (listener, port) = listen().await;
    let network = Network::new(Secure(port, trusting([certificate()])), ConnectGate::new(), || UnixNanos::from_nanos(0), 1);
    let (session, mut events) = Session::start("tls", Plain::default(), Vec::new(), None, Settings::usual(), &network);
    let stream = acceptor().accept(listener.accept().await.unwrap().0).await.unwrap();
    let mut peer = Peer::over(stream).await.unwrap();
    peer.send("g 1 5 x").await;
    assert_eq!(events.recv().await, Some(SessionEvent::Connected { epoch: 1 }));
    assert_eq!(events.recv().await, Some(SessionEvent::Subscribed));
    assert!(matches!(events.recv().await, Some(SessionEvent::Frame { bytes, .. }) if bytes == "g 1 5 x"));
    tokio::join!(session.stop(), async { while peer.message().await.is_some() {} });
}

#[tokio::test]
async fn a_host_that_nobody_vouches_for_is_not_spoken_to() {
    let (listener, port) = listen().await;
    let dial = Secure(port, trusting([]));
    let target = Target { host: String::new(), port: 0, is_secure: true };
    let (near, far) = tokio::join!(dial.dial(&target), async { acceptor().accept(listener.accept().await.unwrap().0).await });
    let Err(why) = near else { panic!("it was opened") };
    assert_eq!(why.to_string(), format!("localhost:{port}: invalid peer certificate: UnknownIssuer"));
    assert!(far.is_err());
}
