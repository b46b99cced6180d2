//! The handlers of an SLA file.

mod kinds;
#[cfg(any(feature = "http", feature = "email"))]
mod outside;
#[cfg(feature = "http")]
mod service;

use crate::alert::Labels;
use crate::delivery::{DispatcherBuilder, HandlerOptions};
use crate::handler::Handler;
use crate::line_file::LineFile;
use kinds::members;
use perf_sla::{HandlerConfig, SlaConfig};
use std::fmt;
use std::time::Duration;

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
    labels: Labels,
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
    /// file that cannot be read, one that cannot be written, an address that is none, a type that is not part of this
    /// program.
    pub fn from_sla(sla: &SlaConfig) -> Result<Self, HandlersError> {
        Handlers::some_of_sla(sla, |_| true)
    }

    /// Makes those handlers of the file that are `wanted`; of others no secret is read and no file opened.
    ///
    /// ```
    /// use perf_alert::Handlers;
    /// use perf_sla::SlaConfig;
    ///
    /// let sla = SlaConfig::from_toml(r#"
    ///     [overall]
    ///     max_p95 = "300ms"
    ///
    ///     [handlers.screen]
    ///     type = "stderr"
    ///     [handlers.pager]
    ///     type = "pagerduty"
    ///     routing_key = "env:KEY_OF_ANOTHER_MACHINE"
    /// "#)?;
    /// let handlers = Handlers::some_of_sla(&sla, |handler| handler.name == "screen")?;
    /// assert_eq!(handlers.names().collect::<Vec<_>>(), ["screen"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_sla`](Self::from_sla).
    pub fn some_of_sla(
        sla: &SlaConfig,
        wanted: impl Fn(&HandlerConfig) -> bool,
    ) -> Result<Self, HandlersError> {
        let file = sla.source().map_or("sla".to_owned(), |path| path.display().to_string());
        let mut made = Vec::new();
        let mut problems = Vec::new();
        for config in sla.handlers().iter().filter(|config| wanted(config)) {
            match dead_letter(config).and_then(|()| members(config)) {
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
        if !problems.is_empty() {
            return Err(HandlersError { problems });
        }
        Ok(Handlers { made, labels: sla.alerting().labels.clone() })
    }

    /// None of them has longer than this for a notification with all attempts, whatever the file allows.
    #[must_use]
    pub fn within(mut self, longest: Duration) -> Self {
        for made in &mut self.made {
            made.options = std::mem::take(&mut made.options).deadline_at_most(longest);
        }
        self
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
    /// The handlers of an SLA file, and the labels that its `[alerting]` gives to every alert.
    pub fn handlers_of(self, handlers: Handlers) -> Self {
        let Handlers { made, labels } = handlers;
        made.into_iter().fold(self.labels(labels), |builder, made| {
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

/// Whether what is given up can be written down, if it is to be.
fn dead_letter(config: &HandlerConfig) -> Result<(), String> {
    let Some(path) = &config.dead_letter else { return Ok(()) };
    let opened = LineFile::new(path);
    opened.map(drop).map_err(|error| format!("dead_letter {}: {error}", path.display()))
}

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
