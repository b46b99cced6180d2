//! Handlers for what most people use.

#[cfg(feature = "http")]
mod alertmanager;
mod command;
#[cfg(feature = "email")]
mod email;
mod file;
mod from_sla;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "log")]
mod log;
#[cfg(feature = "http")]
mod pagerduty;
#[cfg(any(feature = "http", feature = "email"))]
mod secrets;
#[cfg(feature = "http")]
mod slack;
mod stderr;
mod text;
#[cfg(feature = "tracing")]
mod tracing;
#[cfg(feature = "http")]
mod web_service;
#[cfg(feature = "http")]
mod webhook;
#[cfg(feature = "http")]
mod wire;

#[cfg(feature = "http")]
pub use alertmanager::AlertmanagerHandler;
pub use command::CommandHandler;
#[cfg(feature = "email")]
pub use email::EmailHandler;
pub use file::FileHandler;
pub use from_sla::{Handlers, HandlersError};
#[cfg(feature = "log")]
pub use log::LogHandler;
#[cfg(feature = "http")]
use pagerduty::PAGERDUTY_URL;
#[cfg(feature = "http")]
pub use pagerduty::PagerDutyHandler;
#[cfg(feature = "http")]
pub use slack::SlackHandler;
pub use stderr::StderrHandler;
#[cfg(feature = "tracing")]
pub use tracing::TracingHandler;
#[cfg(feature = "http")]
pub use web_service::{InvalidWebService, WebService};
#[cfg(feature = "http")]
pub use webhook::WebhookHandler;
