//! A certificate of its own, for clients that speak nothing but TLS.
//!
//! The one decision: it is made anew with every start and put into a folder in PEM, so that a client can be told to trust it; the key
//! stays in memory.

use std::{net::IpAddr, path::Path, sync::Arc};

use rustls::ServerConfig;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// What speaks TLS, and where its certificate was put.
#[derive(Clone)]
pub(crate) struct Tls {
    pub(super) acceptor: TlsAcceptor,
}

/// The certificate's name in its folder.
const FILE: &str = "testnet-certificate.pem";

impl Tls {
    /// Makes a certificate for this machine's own names and these hosts, and puts it into a folder. Returns where it is.
    pub(crate) fn new(folder: &Path, listen: IpAddr, hosts: &[&str]) -> Result<(Self, std::path::PathBuf), String> {
        let names = ["localhost", "127.0.0.1", "::1"].into_iter().map(str::to_owned);
        let names: Vec<_> = names.chain([listen.to_string()]).chain(hosts.iter().map(|host| (*host).to_owned())).collect();
        let made = rcgen::generate_simple_self_signed(names).map_err(|error| error.to_string())?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .map_err(|error| error.to_string())?;
        let path = folder.join(FILE);
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&path, made.cert.pem()))
            .map_err(|error| error.to_string())?;
        Ok((Self { acceptor: TlsAcceptor::from(Arc::new(config)) }, path))
    }
}
