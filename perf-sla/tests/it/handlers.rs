//! `[handlers.NAME]`: what is read, what is refused, and that no secret is told.

use crate::sla;
use perf_sla::{HandlerKind, Severity, SlaConfig};
use std::time::Duration;

const ALL: &str = r#"
[overall]
max_p95 = "300ms"
[handlers.pager]
type = "pagerduty"
routing_key = "env:PAGER_KEY"
min_severity = "critical"
match = ['operation="search"', 'team!="data"']
deadline = "30s"
queue = 10
attempts = 3
rate = "1/s"
dead_letter = "lost.jsonl"
[handlers.log]
type = "log"
[handlers.events]
type = "tracing"
[handlers.screen]
type = "stderr"
[handlers.lines]
type = "file"
path = "alerts.jsonl"
[handlers.script]
type = "command"
command = ["notify", "--now", "a b"]
[handlers.hook]
type = "webhook"
url = "https://example.org:8443/hook?a=b"
bearer_token = "env:HOOK_TOKEN"
ca_file = "company.pem"
[handlers.am]
type = "alertmanager"
urls = ["http://am-1:9093", "http://[::1]:9093"]
resend = "30s"
[handlers.chat]
type = "slack"
url = "file:/run/secrets/slack"
[handlers.mail]
type = "email"
host = "mail.example.org"
port = 2525
encryption = "tls"
from = "perfkit <perfkit@example.org>"
to = ["oncall@example.org"]
username = "perfkit"
password = "env:MAIL_PASSWORD"
[[alerts]]
name = "slow"
watch = "overall.max_p95"
handlers = ["pager", "log"]
"#;

/// What is wrong with handlers of a file that is right but for them.
fn error(handlers: &str) -> String {
    let text = format!("{handlers}\n[overall]\nmax_p95 = \"300ms\"\n");
    SlaConfig::from_toml(&text).expect_err(&text).to_string()
}

#[test]
fn every_type_is_read_and_written_as_it_was() {
    let read = sla(ALL);
    let kinds: Vec<&str> = read.handlers().iter().map(|handler| handler.kind.name()).collect();
    assert_eq!(
        kinds,
        [
            "pagerduty",
            "log",
            "tracing",
            "stderr",
            "file",
            "command",
            "webhook",
            "alertmanager",
            "slack",
            "email"
        ]
    );
    let pager = &read.handlers()[0];
    assert_eq!((pager.name.as_str(), pager.min_severity), ("pager", Severity::Critical));
    assert_eq!(
        pager.matchers.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [r#"operation="search""#, r#"team!="data""#]
    );
    assert_eq!(pager.deadline, Some(Duration::from_secs(30)));
    assert_eq!((pager.queue, pager.attempts, pager.rate), (Some(10), Some(3), Some(1.0)));
    assert_eq!(pager.line, Some(4));
    let HandlerKind::Command { argv } = &read.handlers()[5].kind else { panic!("{read:?}") };
    assert_eq!(argv, &["notify", "--now", "a b"]);
    let again = sla(&read.to_toml());
    for (read, again) in read.handlers().iter().zip(again.handlers()) {
        assert_eq!((&read.name, &read.kind), (&again.name, &again.kind));
    }
    assert_eq!(again.to_toml(), read.to_toml());
}

#[test]
fn an_unknown_type_is_told_with_its_line_and_what_may_be_meant() {
    assert_eq!(
        error("[handlers.chat]\ntype = \"slak\"\nurl = \"env:CHAT\""),
        "sla:2:8: type: \"slak\" is none of its values; did you mean \"slack\"?"
    );
    let told = error("[handlers.chat]\nurl = \"env:CHAT\"");
    assert!(told.starts_with("sla:1:"), "{told}");
    assert!(told.contains("handler \"chat\" needs a type: one of log, tracing, stderr"), "{told}");
    let told = error("[handlers.chat]\ntype = \"slack\"\nurll = \"env:CHAT\"");
    assert_eq!(told, "sla:3:1: unknown key \"urll\"; did you mean \"url\"?");
}

#[test]
fn a_type_has_the_keys_it_needs_and_no_others() {
    for (kind, missing) in [
        ("file", "path"),
        ("command", "command"),
        ("webhook", "url"),
        ("slack", "url"),
        ("alertmanager", "urls"),
        ("pagerduty", "routing_key"),
        ("email", "host"),
    ] {
        let told = error(&format!("[handlers.x]\ntype = \"{kind}\""));
        assert!(told.contains(&format!("of type \"{kind}\" needs {missing} = ")), "{told}");
    }
    let told = error("[handlers.x]\ntype = \"log\"\nurl = \"http://h\"\nqueue = 0");
    assert_eq!(
        told,
        "sla:3:1: url does nothing for type = \"log\"\nsla:4:1: queue: 0 does not lie between 1 and 1000000"
    );
    let mail = "[handlers.x]\ntype = \"email\"\nhost = \"h\"\nfrom = \"a@b\"\nto = [\"c@d\"]";
    assert!(
        error(&format!("{mail}\nusername = \"u\"")).contains("username and password go together")
    );
    assert!(
        error(&format!("{mail}\nport = 0")).contains("port: 0 does not lie between 1 and 65535")
    );
}

#[test]
fn a_literal_secret_is_refused_with_a_remedy_and_never_told_again() {
    for (text, line) in [
        ("type = \"pagerduty\"\nrouting_key = \"hunter2hunter2\"", 3),
        ("type = \"slack\"\nurl = \"https://hooks.slack.com/services/T0/B0/hunter2\"", 3),
        ("type = \"webhook\"\nurl = \"https://me:hunter2@example.org/\"", 3),
        ("type = \"alertmanager\"\nurls = [\"http://me:hunter2@am:9093\"]", 3),
        ("type = \"webhook\"\nurl = \"http://h\"\nbearer_token = \"hunter2hunter2\"", 4),
        (
            "type = \"email\"\nhost = \"h\"\nfrom = \"a@b\"\nto = [\"c@d\"]\nusername = \"u\"\npassword = \"hunter2\"",
            7,
        ),
    ] {
        let told = error(&format!("[handlers.x]\n{text}"));
        assert!(told.starts_with(&format!("sla:{line}:")), "{told}");
        assert!(told.contains("env:NAME") && told.contains("file:PATH"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

#[test]
fn a_bad_url_or_matcher_is_told_with_its_line() {
    let told = error("[handlers.x]\ntype = \"webhook\"\nurl = \"example.org/hook\"");
    assert_eq!(told, "sla:3:7: url: is no URL; it begins with https:// or http://");
    let told = error("[handlers.x]\ntype = \"log\"\nmatch = ['operation=search']");
    assert!(told.starts_with("sla:3:9: match: "), "{told}");
}

#[test]
fn an_alert_names_handlers_of_the_file_if_it_has_any() {
    let alert =
        "[[alerts]]\nname = \"a\"\nwatch = \"overall.max_p95\"\nhandlers = [\"log\", \"pagr\"]\n";
    let handlers = "[handlers.pager]\ntype = \"stderr\"\n[handlers.log]\ntype = \"stderr\"\n";
    let told = error(&format!("{alert}{handlers}"));
    assert_eq!(told, "sla:4:1: handlers: there is no [handlers.pagr]; did you mean \"pager\"?");
    sla(&format!("{alert}[overall]\nmax_p95 = \"1s\""));
    let told =
        error(&format!("{alert}[handlers.pagr]\ntype = \"no\"\n[handlers.log]\ntype = \"log\""));
    assert_eq!(told.lines().count(), 1, "{told}");
}
