//! A certificate and its key.

use super::error::ServerError;
use std::fmt::Display;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// As they were given, in PEM.
pub(super) struct Certificate {
    chain: String,
    private_key: String,
}

impl Certificate {
    pub(super) fn new(chain: &str, private_key: &str) -> Self {
        Certificate { chain: chain.to_owned(), private_key: private_key.to_owned() }
    }

    /// What takes connections with it.
    pub(super) fn acceptor(&self) -> Result<TlsAcceptor, ServerError> {
        let chain: Result<Vec<_>, _> =
            CertificateDer::pem_slice_iter(self.chain.as_bytes()).collect();
        let chain = chain.map_err(|error| refused("the certificate cannot be read", &error))?;
        if chain.is_empty() {
            let remedy = &"there is none in the text; it begins with -----BEGIN CERTIFICATE-----";
            return Err(refused("the certificate cannot be read", remedy));
        }
        let key = PrivateKeyDer::from_pem_slice(self.private_key.as_bytes())
            .map_err(|error| refused("the private key cannot be read", &error))?;
        // Named, so that a process with several providers is no question.
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|error| {
                refused("the certificate and the key are not for each other", &error)
            })?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

fn refused(what: &str, why: &dyn Display) -> ServerError {
    ServerError::Tls(format!("{what}: {why}"))
}
