//! Which certificates are trusted: those that the system trusts, checked by rustls on ring.

use std::sync::{Arc, OnceLock};

use rustls::{ClientConfig, RootCertStore, crypto::ring};

/// The system trusts no certificate, so no host can be known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no certificate is trusted on this system: install its `ca-certificates`, or name a file with SSL_CERT_FILE ({0})")]
pub struct NoCertificates(String);

/// How TLS is spoken, for HTTP and WebSocket alike. Built once in a process.
///
/// # Errors
/// When the system trusts no certificate.
pub fn tls_config() -> Result<Arc<ClientConfig>, NoCertificates> {
    static CONFIG: OnceLock<Result<Arc<ClientConfig>, NoCertificates>> = OnceLock::new();
    CONFIG
        .get_or_init(|| {
            let found = rustls_native_certs::load_native_certs();
            let mut roots = RootCertStore::empty();
            let (added, _) = roots.add_parsable_certificates(found.certs);
            if added == 0 {
                let why: Vec<_> = found.errors.iter().map(ToString::to_string).collect();
                return Err(NoCertificates(if why.is_empty() { "none found".into() } else { why.join("; ") }));
            }
            config(roots)
        })
        .clone()
}

/// For a host that is spoken to in the clear: it trusts nobody.
pub(super) fn untrusting() -> Result<Arc<ClientConfig>, NoCertificates> {
    config(RootCertStore::empty())
}

fn config(roots: RootCertStore) -> Result<Arc<ClientConfig>, NoCertificates> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|why| NoCertificates(why.to_string()))?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}
