//! From a type of the file to a handler.

use crate::handler::Handler;
use crate::handlers::{CommandHandler, FileHandler, StderrHandler};
#[cfg(any(feature = "http", feature = "email"))]
use perf_sla::Secret;
use perf_sla::{HandlerConfig, HandlerKind};

/// The handler, or the members of a cluster.
pub(super) fn members(config: &HandlerConfig) -> Result<Vec<Box<dyn Handler>>, String> {
    let one = |handler: Box<dyn Handler>| Ok(vec![handler]);
    match &config.kind {
        #[cfg(feature = "log")]
        HandlerKind::Log => one(Box::new(crate::handlers::LogHandler)),
        #[cfg(feature = "tracing")]
        HandlerKind::Tracing => one(Box::new(crate::handlers::TracingHandler)),
        HandlerKind::Stderr => one(Box::new(StderrHandler)),
        HandlerKind::File { path } => match FileHandler::new(path) {
            Ok(handler) => one(Box::new(handler)),
            Err(error) => Err(format!("{}: {error}", path.display())),
        },
        HandlerKind::Command { argv } => match argv.split_first() {
            Some((program, arguments)) => {
                one(Box::new(CommandHandler::new(program.as_str(), arguments.iter().cloned())))
            }
            None => Err("command names no program".to_owned()),
        },
        #[cfg(feature = "http")]
        HandlerKind::Webhook { url } => {
            one(Box::new(crate::handlers::WebhookHandler::new(&config.name, web::url(url)?)))
        }
        #[cfg(feature = "http")]
        HandlerKind::Alertmanager { urls, resend } => urls
            .iter()
            .map(|url| {
                let mut member = crate::handlers::AlertmanagerHandler::new(&web::url(url)?);
                if let Some(resend) = resend {
                    member = member.resend(*resend);
                }
                Ok(Box::new(member) as Box<dyn Handler>)
            })
            .collect(),
        #[cfg(feature = "http")]
        HandlerKind::Slack { url } => one(Box::new(crate::handlers::SlackHandler::new(
            web::parse(&read(url)?, &url.to_string())?,
        ))),
        #[cfg(feature = "http")]
        HandlerKind::PagerDuty { routing_key, url } => {
            let key = read(routing_key)?;
            one(Box::new(web::pagerduty(&key, url.as_ref())?))
        }
        #[cfg(feature = "email")]
        HandlerKind::Email(email) => {
            let made = crate::handlers::EmailHandler::new(
                &email.host,
                email.port,
                email.encryption,
                &email.from,
                &email.to,
            );
            let mut handler = made.map_err(|error| error.to_string())?;
            if let (Some(user), Some(password)) = (&email.username, &email.password) {
                handler = handler.credentials(user, &read(password)?);
            }
            one(Box::new(handler))
        }
        #[allow(unreachable_patterns, reason = "with every feature all types are above")]
        kind => Err(format!("type {:?} needs {}", kind.name(), feature(kind))),
    }
}

/// What makes a type part of this program.
fn feature(kind: &HandlerKind) -> &'static str {
    match kind {
        HandlerKind::Log => "the feature `log`",
        HandlerKind::Tracing => "the feature `tracing`",
        HandlerKind::Email(_) => "the feature `email`",
        HandlerKind::Webhook { .. }
        | HandlerKind::Alertmanager { .. }
        | HandlerKind::Slack { .. }
        | HandlerKind::PagerDuty { .. } => "the feature `http`",
        _ => "a newer version",
    }
}

/// The secret itself, which is told to nobody.
#[cfg(any(feature = "http", feature = "email"))]
fn read(secret: &Secret) -> Result<String, String> {
    /// Nobody's key is longer.
    const MAX_BYTES: u64 = 65_536;
    let text = match secret {
        Secret::Env(name) => std::env::var(name).map_err(|error| match error {
            std::env::VarError::NotPresent => format!("{secret}: the variable is not set"),
            std::env::VarError::NotUnicode(_) => format!("{secret}: is no text"),
        })?,
        Secret::File(path) => {
            let mut text = String::new();
            let file = std::fs::File::open(path).map_err(|error| format!("{secret}: {error}"))?;
            std::io::Read::read_to_string(&mut std::io::Read::take(file, MAX_BYTES), &mut text)
                .map_err(|error| format!("{secret}: {}", error.kind()))?;
            text
        }
    };
    match text.trim() {
        "" => Err(format!("{secret}: is empty")),
        text => Ok(text.to_owned()),
    }
}

/// Addresses of web services.
#[cfg(feature = "http")]
mod web {
    use super::read;
    use crate::handlers::{PagerDutyHandler, WebUrl};
    use perf_sla::Address;

    pub(super) fn url(address: &Address) -> Result<WebUrl, String> {
        match address {
            Address::Url(url) => parse(url, "url"),
            Address::Secret(secret) => parse(&read(secret)?, &secret.to_string()),
        }
    }

    /// What is no URL is not repeated: it may be a secret.
    pub(super) fn parse(text: &str, what: &str) -> Result<WebUrl, String> {
        text.parse().map_err(|error| format!("{what} {error}"))
    }

    #[cfg(feature = "tls")]
    pub(super) fn pagerduty(
        key: &str,
        address: Option<&Address>,
    ) -> Result<PagerDutyHandler, String> {
        match address {
            Some(address) => Ok(PagerDutyHandler::at(url(address)?, key)),
            None => Ok(PagerDutyHandler::new(key)),
        }
    }

    #[cfg(not(feature = "tls"))]
    pub(super) fn pagerduty(
        key: &str,
        address: Option<&Address>,
    ) -> Result<PagerDutyHandler, String> {
        let address = address.ok_or("type \"pagerduty\" needs the feature `tls`")?;
        Ok(PagerDutyHandler::at(url(address)?, key))
    }
}
