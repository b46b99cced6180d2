//! From an address of the file to a web service.

#[cfg(feature = "tls")]
use super::outside::authorities;
use super::outside::read;
use crate::handlers::WebService;
use perf_sla::{Address, HandlerConfig};

/// The service at this address, with the token and the authorities of the handler. What is no URL is not repeated: it
/// may be a secret.
pub(super) fn service(config: &HandlerConfig, address: &Address) -> Result<WebService, String> {
    let (url, what) = match address {
        Address::Url(url) => (url.clone(), "url".to_owned()),
        Address::Secret(secret) => (read(secret)?, secret.to_string()),
    };
    let mut service: WebService = url.parse().map_err(|error| format!("{what} {error}"))?;
    if let Some(token) = &config.bearer_token {
        service =
            service.bearer_token(&read(token)?).map_err(|error| format!("{token} {error}"))?;
    }
    #[cfg(feature = "tls")]
    if let Some(path) = &config.ca_file {
        let trusted = service.trust(&authorities(path)?);
        service = trusted.map_err(|error| format!("ca_file {}: {error}", path.display()))?;
    }
    Ok(service)
}
