//! The handlers of an SLA file.

use crate::delivery::{DispatcherBuilder, HandlerOptions};
use crate::handler::Handler;
use crate::handlers::{CommandHandler, FileHandler, StderrHandler};
#[cfg(any(feature = "http", feature = "email"))]
use perf_sla::Secret;
use perf_sla::{HandlerConfig, HandlerKind, SlaConfig};
use std::fmt;

/// The handlers of an SLA file, ready for a [`DispatcherBuilder`].
///
/// ```
/// use perf_alert::{Dispatcher, Handlers};
/// use perf_sla::SlaConfig;
///
/// let sla = SlaConfig::from_toml(r#"
///     [overall]
///     max_p95 = "300ms"
///
///     [handlers.screen]
///     type = "stderr"
///     min_severity = "warning"
/// "#)?;
/// let dispatcher = Dispatcher::builder().handlers_of(Handlers::from_sla(&sla)?).spawn()?;
/// assert!(dispatcher.has("screen"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct Handlers {
    made: Vec<Made>,
}

/// A handler, or the members of a cluster, with its name.
struct Made {
    name: String,
    members: Vec<Box<dyn Handler>>,
    options: HandlerOptions,
}

impl Handlers {
    /// Makes the handlers of the file: reads their secrets and opens their files.
    ///
    /// # Errors
    ///
    /// [`HandlersError`] with everything that is wrong, by line: an environment variable that is not set, a secret
    /// file that cannot be read, an address that is none, a type that is not part of this program.
    pub fn from_sla(sla: &SlaConfig) -> Result<Self, HandlersError> {
        let file = sla.source().map_or("sla".to_owned(), |path| path.display().to_string());
        let mut made = Vec::new();
        let mut problems = Vec::new();
        for config in sla.handlers() {
            match members(config) {
                Ok(members) => {
                    let name = config.name.clone();
                    made.push(Made { name, members, options: options(config) });
                }
                Err(told) => {
                    let line = config.line.map(|line| format!(":{line}")).unwrap_or_default();
                    problems.push(format!("{file}{line}: handler {:?}: {told}", config.name));
                }
            }
        }
        if problems.is_empty() { Ok(Handlers { made }) } else { Err(HandlersError { problems }) }
    }

    /// Their names, in the order of the file.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.made.iter().map(|made| made.name.as_str())
    }
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl DispatcherBuilder {
    /// The handlers of an SLA file.
    pub fn handlers_of(self, handlers: Handlers) -> Self {
        handlers.made.into_iter().fold(self, |builder, made| {
            builder.boxed_members(&made.name, made.members, &made.options)
        })
    }
}

/// Why the handlers of an SLA file could not be made: everything that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandlersError {
    problems: Vec<String>,
}

impl HandlersError {
    /// Each problem with file and line: `sla.toml:12: handler "pager": …`.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl fmt::Display for HandlersError {
    /// A line a problem.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problems.join("\n"))
    }
}

impl std::error::Error for HandlersError {}

fn options(config: &HandlerConfig) -> HandlerOptions {
    let mut options =
        HandlerOptions::new().min_severity(config.min_severity).matching(config.matchers.clone());
    if let Some(queue) = config.queue {
        options = options.queue(usize::try_from(queue).unwrap_or(usize::MAX));
    }
    if let Some(attempts) = config.attempts {
        options = options.attempts(u32::try_from(attempts).unwrap_or(u32::MAX));
    }
    if let Some(deadline) = config.deadline {
        options = options.deadline(deadline);
    }
    if let Some(rate) = config.rate {
        options = options.rate(rate);
    }
    match &config.dead_letter {
        Some(path) => options.dead_letter(path),
        None => options,
    }
}

fn members(config: &HandlerConfig) -> Result<Vec<Box<dyn Handler>>, String> {
    let one = |handler: Box<dyn Handler>| Ok(vec![handler]);
    match &config.kind {
        #[cfg(feature = "log")]
        HandlerKind::Log => one(Box::new(super::LogHandler)),
        #[cfg(feature = "tracing")]
        HandlerKind::Tracing => one(Box::new(super::TracingHandler)),
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
            one(Box::new(super::WebhookHandler::new(&config.name, web::url(url)?)))
        }
        #[cfg(feature = "http")]
        HandlerKind::Alertmanager { urls, resend } => urls
            .iter()
            .map(|url| {
                let mut member = super::AlertmanagerHandler::new(&web::url(url)?);
                if let Some(resend) = resend {
                    member = member.resend(*resend);
                }
                Ok(Box::new(member) as Box<dyn Handler>)
            })
            .collect(),
        #[cfg(feature = "http")]
        HandlerKind::Slack { url } => {
            one(Box::new(super::SlackHandler::new(web::parse(&read(url)?, &url.to_string())?)))
        }
        #[cfg(feature = "http")]
        HandlerKind::PagerDuty { routing_key, url } => {
            let key = read(routing_key)?;
            one(Box::new(web::pagerduty(&key, url.as_ref())?))
        }
        #[cfg(feature = "email")]
        HandlerKind::Email(email) => {
            let made = super::EmailHandler::new(
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
