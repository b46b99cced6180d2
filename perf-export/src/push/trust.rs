//! Whose certificates a server may have.

use super::endpoint::{Endpoint, InvalidEndpoint};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

impl Endpoint {
    /// Trusts these authorities, certificates in PEM, in the place of those of Mozilla: for servers inside a
    /// company.
    ///
    /// # Errors
    ///
    /// [`InvalidEndpoint`] when the text has no certificate, or one that cannot be read.
    ///
    /// ```
    /// use perf_export::push::Endpoint;
    ///
    /// let endpoint = Endpoint::new("https://prometheus.internal/api/v1/write")?;
    /// assert!(endpoint.trust(b"no certificate").is_err());
    /// # Ok::<(), perf_export::push::InvalidEndpoint>(())
    /// ```
    pub fn trust(mut self, authorities: &[u8]) -> Result<Self, InvalidEndpoint> {
        let mut certificates = Vec::new();
        for item in parse_pem(authorities) {
            let item = item.map_err(|error| {
                InvalidEndpoint(format!("a certificate cannot be read: {error}"))
            })?;
            if let PemItem::Certificate(certificate) = item {
                certificates.push(certificate);
            }
        }
        if certificates.is_empty() {
            return Err(InvalidEndpoint("there is no certificate in PEM".to_owned()));
        }
        self.roots = Some(RootCerts::from(certificates));
        Ok(self)
    }

    pub(super) fn tls(&self) -> TlsConfig {
        let roots = self.roots.clone().unwrap_or(RootCerts::WebPki);
        TlsConfig::builder().root_certs(roots).build()
    }
}
