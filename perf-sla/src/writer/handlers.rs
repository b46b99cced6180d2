//! `[handlers.NAME]`.

use super::{quoted, write_texts};
use crate::burn_rate::Severity;
use crate::handler::{EmailConfig, HandlerConfig, HandlerKind, MailEncryption};
use crate::quantity::span;
use std::fmt::{self, Write as _};
use std::path::Path;

pub(super) fn write(out: &mut String, handler: &HandlerConfig) -> fmt::Result {
    writeln!(out, "\n[handlers.{}]", quoted(&handler.name))?;
    writeln!(out, "type = {}", quoted(handler.kind.name()))?;
    write_kind(out, &handler.kind)?;
    if handler.min_severity != Severity::Info {
        writeln!(out, "min_severity = {}", quoted(handler.min_severity.as_str()))?;
    }
    if !handler.matchers.is_empty() {
        super::alerts::write_matchers(out, "match", &handler.matchers)?;
    }
    if let Some(deadline) = handler.deadline {
        writeln!(out, "deadline = {}", quoted(&span(deadline)))?;
    }
    for (key, count) in [("queue", handler.queue), ("attempts", handler.attempts)] {
        if let Some(count) = count {
            writeln!(out, "{key} = {count}")?;
        }
    }
    if let Some(rate) = handler.rate {
        writeln!(out, "rate = {}", quoted(&format!("{rate}/s")))?;
    }
    if let Some(token) = &handler.bearer_token {
        writeln!(out, "bearer_token = {}", quoted(&token.to_string()))?;
    }
    for (key, path) in [("ca_file", &handler.ca_file), ("dead_letter", &handler.dead_letter)] {
        if let Some(path) = path {
            write_path(out, key, path)?;
        }
    }
    Ok(())
}

fn write_kind(out: &mut String, kind: &HandlerKind) -> fmt::Result {
    match kind {
        HandlerKind::Log | HandlerKind::Tracing | HandlerKind::Stderr => Ok(()),
        HandlerKind::File { path } => write_path(out, "path", path),
        HandlerKind::Command { argv } => write_texts(out, "command", argv),
        HandlerKind::Webhook { url } => writeln!(out, "url = {}", quoted(&url.to_string())),
        HandlerKind::Alertmanager { urls, resend } => {
            let urls: Vec<String> = urls.iter().map(ToString::to_string).collect();
            write_texts(out, "urls", &urls)?;
            match resend {
                Some(resend) => writeln!(out, "resend = {}", quoted(&span(*resend))),
                None => Ok(()),
            }
        }
        HandlerKind::Slack { url } => writeln!(out, "url = {}", quoted(&url.to_string())),
        HandlerKind::PagerDuty { routing_key, url } => {
            writeln!(out, "routing_key = {}", quoted(&routing_key.to_string()))?;
            match url {
                Some(url) => writeln!(out, "url = {}", quoted(&url.to_string())),
                None => Ok(()),
            }
        }
        HandlerKind::Email(email) => write_email(out, email),
    }
}

fn write_email(out: &mut String, email: &EmailConfig) -> fmt::Result {
    writeln!(out, "host = {}", quoted(&email.host))?;
    if let Some(port) = email.port {
        writeln!(out, "port = {port}")?;
    }
    if email.encryption != MailEncryption::default() {
        writeln!(out, "encryption = {}", quoted(email.encryption.as_str()))?;
    }
    writeln!(out, "from = {}", quoted(&email.from))?;
    write_texts(out, "to", &email.to)?;
    if let Some(username) = &email.username {
        writeln!(out, "username = {}", quoted(username))?;
    }
    match &email.password {
        Some(password) => writeln!(out, "password = {}", quoted(&password.to_string())),
        None => Ok(()),
    }
}

fn write_path(out: &mut String, key: &str, path: &Path) -> fmt::Result {
    writeln!(out, "{key} = {}", quoted(&path.display().to_string()))
}
