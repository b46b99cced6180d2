//! Who tells it, as the file has it: plain data that `perf-alert` makes handlers from.

use crate::burn_rate::Severity;
use crate::matcher::Matcher;
use crate::secret::{Address, Secret};
use std::path::PathBuf;
use std::time::Duration;

/// A table `[handlers.NAME]` of the file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct HandlerConfig {
    /// The name that alerts call it by.
    pub name: String,
    /// What it does.
    pub kind: HandlerKind,
    /// Alerts below are not for it.
    pub min_severity: Severity,
    /// The alerts that are for it; all of them if empty.
    pub matchers: Vec<Matcher>,
    /// How long it may take over one notification, all attempts together.
    pub deadline: Option<Duration>,
    /// Notifications that may wait for it.
    pub queue: Option<u64>,
    /// How often one notification is tried.
    pub attempts: Option<u64>,
    /// Notifications a second.
    pub rate: Option<f64>,
    /// The file that what is given up goes to.
    pub dead_letter: Option<PathBuf>,
    /// The authorities that vouch for its server, in PEM; those of Mozilla if absent.
    pub ca_file: Option<PathBuf>,
    /// What a webhook or Alertmanager lets us in for.
    pub bearer_token: Option<Secret>,
    /// The line of the file it stands in, from 1.
    pub line: Option<usize>,
}

/// What a handler of the file does, and what it needs for it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum HandlerKind {
    /// A record of the crate `log`.
    Log,
    /// An event of the crate `tracing`.
    Tracing,
    /// A line on standard error.
    Stderr,
    /// A line of JSON in a file.
    File {
        /// The file.
        path: PathBuf,
    },
    /// A program that has the alerts on its standard input.
    Command {
        /// The program and its arguments; no shell reads them.
        argv: Vec<String>,
    },
    /// A web service that takes what Alertmanager sends.
    Webhook {
        /// Where it is.
        url: Address,
    },
    /// An Alertmanager, or the members of a cluster of them.
    Alertmanager {
        /// Each member.
        urls: Vec<Address>,
        /// How often what still fires is sent again.
        resend: Option<Duration>,
    },
    /// An incoming webhook of Slack.
    Slack {
        /// Who knows it may write to the channel.
        url: Secret,
    },
    /// PagerDuty's Events API v2.
    PagerDuty {
        /// The integration key of the service.
        routing_key: Secret,
        /// Where it is, if not where it usually is.
        url: Option<Address>,
    },
    /// Mail over SMTP.
    Email(EmailConfig),
}

/// What a handler needs to send mail.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmailConfig {
    /// The server that takes the mail.
    pub host: String,
    /// Its port, if not the usual one of how it is encrypted.
    pub port: Option<u16>,
    /// How it is encrypted.
    pub encryption: MailEncryption,
    /// Who it is from.
    pub from: String,
    /// Who it is for.
    pub to: Vec<String>,
    /// The user, where the server wants one.
    pub username: Option<String>,
    /// The password of that user.
    pub password: Option<Secret>,
}

/// How mail is encrypted on its way to the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MailEncryption {
    /// From the first byte: port 465.
    Tls,
    /// After a greeting in the clear, and never without it: port 587.
    #[default]
    StartTls,
    /// Not at all: port 25, for a server on this machine.
    None,
}

impl HandlerKind {
    /// As the file has it: `type = "slack"`.
    pub fn name(&self) -> &'static str {
        match self {
            HandlerKind::Log => "log",
            HandlerKind::Tracing => "tracing",
            HandlerKind::Stderr => "stderr",
            HandlerKind::File { .. } => "file",
            HandlerKind::Command { .. } => "command",
            HandlerKind::Webhook { .. } => "webhook",
            HandlerKind::Alertmanager { .. } => "alertmanager",
            HandlerKind::Slack { .. } => "slack",
            HandlerKind::PagerDuty { .. } => "pagerduty",
            HandlerKind::Email(_) => "email",
        }
    }
}

impl MailEncryption {
    /// As the file has it.
    pub fn as_str(self) -> &'static str {
        match self {
            MailEncryption::Tls => "tls",
            MailEncryption::StartTls => "starttls",
            MailEncryption::None => "none",
        }
    }
}
