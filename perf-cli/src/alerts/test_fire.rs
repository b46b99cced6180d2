//! `perfkit alerts test-fire`: does it arrive?

use super::interrupt::Interrupt;
use crate::demo::a_time;
use crate::sla::warn;
use crate::terminal::say;
use clap::Args;
use perfkit::alert::{Dispatcher, Handlers, HandlersError};
use perfkit::report::wording;
use perfkit::saturating_nanos;
use perfkit::sla::{HandlerConfig, HandlerKind, SlaConfig};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// A handler has so long to say why it has given up at the end of its time.
const GRACE: Duration = Duration::from_secs(5);

/// Send a test notification through the handlers of an SLA file, and say of each whether it arrived
///
/// It takes the way of every other, with all attempts, whatever severities and labels a handler is for. Where a
/// person is on the other side they are told that it is a test; with PagerDuty an incident is opened and
/// resolved at once. Secrets are read as the service reads them, and never printed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perfkit alerts test-fire --sla sla.toml
  perfkit alerts test-fire --sla sla.toml --handler pager --timeout 10s

Exit codes:
  0  it arrived everywhere
  1  somewhere it did not
  3  bad input, configuration or usage")]
pub(super) struct TestFire {
    /// The SLA file with the handlers
    #[arg(long, value_name = "FILE")]
    sla: PathBuf,
    /// Only this handler; no other is made, and no secret of another read
    #[arg(long, value_name = "NAME")]
    handler: Option<String>,
    /// How long to wait for all of them
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = a_time)]
    timeout: Duration,
}

/// What became of the test with one handler, or with one member of a cluster.
struct Line {
    name: String,
    kind: &'static str,
    outcome: Outcome,
}

enum Outcome {
    Arrived(Duration),
    Failed(String),
    Skipped,
}

impl TestFire {
    pub(super) fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let sla = SlaConfig::from_path(&self.sla)?;
        warn(&self.sla, &sla);
        let asked = self.asked(&sla)?;
        let is_fired = |handler: &HandlerConfig| {
            is_reached(handler) && asked.iter().any(|asked| asked.name == handler.name)
        };
        if !asked.iter().any(|handler| is_fired(handler)) {
            return Err(format!(
                "{}: its handlers say things inside of the service: test them there, with \
                 Dispatcher::test_fire",
                self.sla.display()
            )
            .into());
        }
        let handlers = Handlers::some_of_sla(&sla, is_fired).map_err(with_remedy)?;
        // A command is ended with this program, and not left behind: at the end of its time, and when we are ended.
        let interrupt = Interrupt::listen()?;
        let handlers = handlers.within(self.timeout);
        // What has not answered in time is not waited for a second time.
        let dispatcher =
            Dispatcher::builder().handlers_of(handlers).drain(Duration::ZERO).spawn()?;
        let fired = self.fire(&dispatcher, &asked);
        if let Some(code) = interrupt.code() {
            return Ok(ExitCode::from(code));
        }
        let skipped = asked.iter().filter(|handler| !is_reached(handler)).map(|handler| Line {
            name: handler.name.clone(),
            kind: handler.kind.name(),
            outcome: Outcome::Skipped,
        });
        let lines: Vec<Line> = fired.into_iter().chain(skipped).collect();
        say(&rendered(&lines))?;
        let failed = lines.iter().any(|line| matches!(line.outcome, Outcome::Failed(_)));
        Ok(ExitCode::from(u8::from(failed)))
    }

    /// The handlers that are meant.
    fn asked<'a>(&self, sla: &'a SlaConfig) -> Result<Vec<&'a HandlerConfig>, String> {
        let (file, all) = (self.sla.display(), sla.handlers());
        if all.is_empty() {
            return Err(format!(
                "{file}: has no handlers; one is [handlers.NAME] with a type, such as\n  \
                 [handlers.screen]\n  type = \"stderr\""
            ));
        }
        let Some(name) = &self.handler else { return Ok(all.iter().collect()) };
        let known = || all.iter().map(|handler| handler.name.as_str()).collect::<Vec<_>>();
        let only = all.iter().find(|handler| handler.name == *name);
        let only = only.ok_or_else(|| {
            format!("{file}: no handler is called {name:?}; it has {}", known().join(", "))
        });
        Ok(vec![only?])
    }

    fn fire(&self, dispatcher: &Dispatcher, asked: &[&HandlerConfig]) -> Vec<Line> {
        let fired = dispatcher.test_fire(self.timeout.saturating_add(GRACE));
        let totals = dispatcher.totals();
        let line = |fired: perfkit::alert::TestFire| {
            let outcome = match fired.result {
                Ok(took) => Outcome::Arrived(took),
                Err(error) => {
                    // Of one that is tried again and again, no answer is not all that is known.
                    let of = totals.handlers.iter().find(|of| of.name == fired.handler);
                    let last = of.and_then(|of| of.last_error.as_ref()).map(ToString::to_string);
                    let told = error.to_string();
                    Outcome::Failed(match last.filter(|last| *last != told) {
                        Some(last) => format!("{told}: {last}"),
                        None => told,
                    })
                }
            };
            // Members of a cluster are called name#1, name#2.
            let is_of = |handler: &&&HandlerConfig| {
                let rest = fired.handler.strip_prefix(handler.name.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
            };
            let kind = asked.iter().find(is_of).map_or("", |handler| handler.kind.name());
            Line { name: fired.handler, kind, outcome }
        };
        fired.into_iter().map(line).collect()
    }
}

/// Whether a handler of this type reaches anybody from here: a log is that of the service.
fn is_reached(handler: &HandlerConfig) -> bool {
    !matches!(handler.kind, HandlerKind::Log | HandlerKind::Tracing)
}

/// Where a type is not part of this program, says how it becomes one.
fn with_remedy(error: HandlersError) -> String {
    let is_missing = |feature: &&str| {
        let needs = format!("needs the feature `{feature}`");
        error.problems().iter().any(|problem| problem.contains(&needs))
    };
    let missing: Vec<&str> = ["tls", "email"].into_iter().filter(is_missing).collect();
    match missing.is_empty() {
        true => error.to_string(),
        false => format!(
            "{error}\nthis perfkit was built without: cargo install perf-cli --features {}",
            missing.join(",")
        ),
    }
}

fn rendered(lines: &[Line]) -> String {
    let shown = |line: &Line| wording::one_line(&line.name, 40);
    let longest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
    let name = longest(&mut lines.iter().map(|line| shown(line).chars().count()));
    let kind = longest(&mut lines.iter().map(|line| line.kind.len()));
    let mut text = String::new();
    for line in lines {
        let outcome = match &line.outcome {
            Outcome::Arrived(took) => {
                let nanos = saturating_nanos(*took);
                format!("arrived in {}", wording::duration(nanos))
            }
            Outcome::Failed(why) => format!("failed: {}", wording::one_line(why, 300)),
            Outcome::Skipped => "skipped: it says things inside of the service".to_owned(),
        };
        text.push_str(&format!(" {:<name$}  {:<kind$}  {outcome}\n", shown(line), line.kind));
    }
    let tried = lines.iter().filter(|line| !matches!(line.outcome, Outcome::Skipped)).count();
    let arrived = lines.iter().filter(|line| matches!(line.outcome, Outcome::Arrived(_))).count();
    text.push_str(&format!(" arrived at {arrived} of {tried}\n"));
    text
}
