//! From a type of the file to a handler.

#[cfg(all(feature = "email", feature = "tls"))]
use super::outside::authorities;
#[cfg(any(feature = "http", feature = "email"))]
use super::outside::read;
#[cfg(feature = "http")]
use super::service::service;
use crate::handler::Handler;
#[cfg(feature = "http")]
use crate::handlers::PAGERDUTY_URL;
use crate::handlers::{CommandHandler, FileHandler, StderrHandler};
#[cfg(feature = "http")]
use perf_sla::Address;
use perf_sla::{HandlerConfig, HandlerKind};

/// The handler, or the members of a cluster.
pub(super) fn members(config: &HandlerConfig) -> Result<Vec<Box<dyn Handler>>, String> {
    #[cfg(not(feature = "tls"))]
    if config.ca_file.is_some() {
        return Err("ca_file needs the feature `tls`".to_owned());
    }
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
            let service = service(config, url)?;
            one(Box::new(crate::handlers::WebhookHandler::new(&config.name, service)))
        }
        #[cfg(feature = "http")]
        HandlerKind::Alertmanager { urls, resend } => urls
            .iter()
            .map(|url| {
                let service = service(config, url)?;
                let mut member = crate::handlers::AlertmanagerHandler::new(service);
                if let Some(resend) = resend {
                    member = member.resend(*resend);
                }
                Ok(Box::new(member) as Box<dyn Handler>)
            })
            .collect(),
        #[cfg(feature = "http")]
        HandlerKind::Slack { url } => {
            let url = Address::Secret(url.clone());
            one(Box::new(crate::handlers::SlackHandler::new(service(config, &url)?)))
        }
        #[cfg(feature = "http")]
        HandlerKind::PagerDuty { routing_key, url } => {
            let usual = || Address::Url(PAGERDUTY_URL.to_owned());
            let service = service(config, &url.clone().unwrap_or_else(usual))?;
            one(Box::new(crate::handlers::PagerDutyHandler::at(service, &read(routing_key)?)))
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
            #[cfg(feature = "tls")]
            if let Some(path) = &config.ca_file {
                let trusted = handler.trust(&authorities(path)?);
                handler =
                    trusted.map_err(|error| format!("ca_file {}: {error}", path.display()))?;
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
