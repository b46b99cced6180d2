//! `[handlers.NAME]`.

use super::value::Given;
use super::{Items, MAX_LISTED, Reader};
use crate::burn_rate::Severity;
use crate::document::{Node, Place};
use crate::handler::{EmailConfig, HandlerConfig, HandlerKind, MailEncryption};
use crate::keys;
use crate::secret::{Address, Secret};
use std::path::PathBuf;

/// What every handler may say, whatever its type.
const COMMON: &[&str] =
    &["type", "min_severity", "match", "deadline", "queue", "attempts", "rate", "dead_letter"];

impl Reader<'_> {
    pub(super) fn handlers(&mut self, node: &Node) {
        let named = self.named(node, "[handlers.NAME]");
        if named.len() > MAX_LISTED {
            let message = format!("more than {MAX_LISTED} of [handlers.NAME]");
            return self.problem(node.place, message);
        }
        for (name, place, table) in named {
            self.handler_names.push(name.to_owned());
            let told = self.problems.len();
            let items = self.items(&keys::HANDLER, table);
            let kind = self.kind(name, place, &items, self.problems.len() == told);
            self.within(&items, "queue", 1..=1_000_000);
            self.within(&items, "attempts", 1..=100);
            let Some(kind) = kind else { continue };
            let line = Some(self.lines.line(place));
            self.config.handlers.push(HandlerConfig {
                name: name.to_owned(),
                kind,
                min_severity: match items.text("min_severity") {
                    Some("critical") => Severity::Critical,
                    Some("warning") => Severity::Warning,
                    _ => Severity::Info,
                },
                matchers: items.matchers("match"),
                deadline: items.time("deadline"),
                queue: items.count("queue"),
                attempts: items.count("attempts"),
                rate: items.rate("rate"),
                dead_letter: items.text("dead_letter").map(PathBuf::from),
                ca_file: items.text("ca_file").map(PathBuf::from),
                bearer_token: items.secret("bearer_token"),
                line,
            });
        }
    }

    /// What the handler does; `None` when that is wrong, which is then told unless something was before.
    fn kind(
        &mut self,
        name: &str,
        place: Place,
        items: &Items,
        whole: bool,
    ) -> Option<HandlerKind> {
        let Some(kind) = items.text("type") else {
            if whole {
                let types = keys::HANDLER_TYPES.join(", ");
                self.problem(place, format!("handler {name:?} needs a type: one of {types}"));
            }
            return None;
        };
        let (needed, possible) = needs(kind);
        for item in &items.0 {
            let key = item.key.as_str();
            if ![COMMON, needed, possible].concat().contains(&key) {
                self.problem(item.place, format!("{key} does nothing for type = {kind:?}"));
            }
        }
        if let Some(missing) = needed.iter().find(|key| items.get(key).is_none()) {
            if whole {
                let example = keys::HANDLER.keys.iter().find(|key| key.name == *missing);
                let example = example.map_or("", |key| key.example);
                let message =
                    format!("handler {name:?} of type {kind:?} needs {missing} = {example}");
                self.problem(place, message);
            }
            return None;
        }
        self.within(items, "port", 1..=65_535);
        if whole && items.get("username").is_some() != items.get("password").is_some() {
            let message = "username and password go together: neither does anything alone";
            self.problem(place, format!("handler {name:?}: {message}"));
        }
        Some(match kind {
            "log" => HandlerKind::Log,
            "tracing" => HandlerKind::Tracing,
            "stderr" => HandlerKind::Stderr,
            "file" => HandlerKind::File { path: items.text("path")?.into() },
            "command" => HandlerKind::Command { argv: items.texts("command") },
            "webhook" => HandlerKind::Webhook { url: items.address("url")? },
            "alertmanager" => HandlerKind::Alertmanager {
                urls: items.addresses("urls"),
                resend: items.time("resend"),
            },
            "slack" => match items.address("url")? {
                Address::Secret(url) => HandlerKind::Slack { url },
                Address::Url(_) => {
                    let item = items.get("url")?;
                    let message = "url: whoever knows it may write to the channel; write \"env:NAME\" for an \
                                   environment variable or \"file:PATH\" for a file that holds it";
                    self.problem(item.place, message.to_owned());
                    return None;
                }
            },
            "pagerduty" => HandlerKind::PagerDuty {
                routing_key: items.secret("routing_key")?,
                url: items.address("url"),
            },
            _ => HandlerKind::Email(EmailConfig {
                host: items.text("host")?.to_owned(),
                port: items.count("port").and_then(|port| u16::try_from(port).ok()),
                encryption: match items.text("encryption") {
                    Some("tls") => MailEncryption::Tls,
                    Some("none") => MailEncryption::None,
                    _ => MailEncryption::StartTls,
                },
                from: items.text("from")?.to_owned(),
                to: items.texts("to"),
                username: items.text("username").map(str::to_owned),
                password: items.secret("password"),
            }),
        })
    }

    fn within(&mut self, items: &Items, key: &str, range: std::ops::RangeInclusive<u64>) {
        if let (Some(count), Some(item)) = (items.count(key), items.get(key))
            && !range.contains(&count)
        {
            let (least, most) = range.into_inner();
            self.problem(
                item.place,
                format!("{key}: {count} does not lie between {least} and {most}"),
            );
        }
    }
}

/// The keys that a type needs, and those it may have beside.
fn needs(kind: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        "file" => (&["path"], &[]),
        "command" => (&["command"], &[]),
        "webhook" => (&["url"], &["bearer_token", "ca_file"]),
        "slack" => (&["url"], &["ca_file"]),
        "alertmanager" => (&["urls"], &["resend", "bearer_token", "ca_file"]),
        "pagerduty" => (&["routing_key"], &["url", "ca_file"]),
        "email" => {
            (&["host", "from", "to"], &["port", "encryption", "username", "password", "ca_file"])
        }
        _ => (&[], &[]),
    }
}

impl Items {
    fn count(&self, key: &str) -> Option<u64> {
        match self.get(key)?.value {
            Given::Count(count) => Some(count),
            _ => None,
        }
    }

    fn rate(&self, key: &str) -> Option<f64> {
        match self.get(key)?.value {
            Given::Rate(rate) => Some(rate),
            _ => None,
        }
    }

    fn secret(&self, key: &str) -> Option<Secret> {
        match &self.get(key)?.value {
            Given::Secret(secret) => Some(secret.clone()),
            _ => None,
        }
    }

    fn address(&self, key: &str) -> Option<Address> {
        self.addresses(key).into_iter().next()
    }

    fn addresses(&self, key: &str) -> Vec<Address> {
        match self.get(key).map(|item| &item.value) {
            Some(Given::Addresses(addresses)) => addresses.clone(),
            _ => Vec::new(),
        }
    }
}
