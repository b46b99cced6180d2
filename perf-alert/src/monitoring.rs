//! Rules, handlers, time and a state file, joined.

mod error;
mod pace;
mod rounds;
mod state_writer;
mod thread;
mod totals;

pub use error::MonitoringError;
pub use thread::MonitoringThread;
pub use totals::{MonitoringTotals, StateTotals};

use crate::delivery::{Dispatcher, DispatcherBuilder, HandlerOptions};
use crate::engine::Engine;
use crate::handler::Handler;
use crate::handlers::Handlers;
use crate::rules::Rules;
use crate::source::Source;
use crate::state_file::{Loaded, StateFile};
use perf_core::Profiler;
use perf_sla::{EventHistory, SlaConfig};
use rounds::Rounds;
use state_writer::StateWriter;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Looks at a profiler every so often by rules, and tells handlers: an [`Engine`], a [`Dispatcher`] and a
/// [`StateFile`] in one.
///
/// ```
/// use perf_alert::{HandlerOptions, Monitoring, Notification, Rule, Rules};
/// use perf_core::Profiler;
///
/// let profiler = Profiler::new();
/// let rules = Rules::new([Rule::new("slow search", "p95 > 100ms".parse()?).operation("search")])?;
/// let monitoring = Monitoring::new(&profiler, rules)
///     .handler("print", |told: &Notification| println!("{told:?}"), HandlerOptions::new())
///     .spawn_monitoring()?;
///
/// profiler.time("search", || "what the service does all day");
///
/// let totals = monitoring.stop(); // or drop it
/// assert_eq!(monitoring.alert_summary().total, 0);
/// assert_eq!(totals.panicked_rounds, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What it starts
///
/// One thread that looks, one for each handler, and one that writes the state if there is a
/// [file](Self::state_file): a disk that hangs holds up neither rounds nor the service.
///
/// The first of them ticks the [timeline](perf_core::Timeline) of the profiler each second, because the rules look at
/// that; [`Profiler::spawn_timeline`] is not needed, and does no harm.
/// [`SlaConfig::watch`] is called by nobody but you, once a profiler.
#[must_use = "nothing is looked at until it is spawned"]
pub struct Monitoring {
    profiler: Profiler,
    rules: Rules,
    handlers: DispatcherBuilder,
    interval: Duration,
    state_file: Option<StateFile>,
    history: EventHistory,
}

impl Monitoring {
    /// By these rules, every 10 s, with no handler yet.
    pub fn new(profiler: &Profiler, rules: Rules) -> Self {
        Monitoring {
            profiler: profiler.clone(),
            rules,
            handlers: Dispatcher::builder(),
            interval: Duration::from_secs(10),
            state_file: None,
            history: EventHistory::default(),
        }
    }

    /// By the alerts of an SLA file, with its handlers.
    ///
    /// ```
    /// use perf_alert::Monitoring;
    /// use perf_core::Profiler;
    /// use perf_sla::SlaConfig;
    ///
    /// let sla = SlaConfig::from_toml(r#"
    ///     [operations.search]
    ///     max_p95 = "100ms"
    ///
    ///     [[alerts]]
    ///     name = "broken promise"
    ///     watch = "all"
    ///
    ///     [handlers.screen]
    ///     type = "stderr"
    /// "#)?;
    /// let profiler = Profiler::new();
    /// sla.watch(&profiler)?;
    /// let monitoring = Monitoring::from_sla(&profiler, &sla)?.spawn_monitoring()?;
    /// # drop(monitoring);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`MonitoringError::Rules`] for a template that is none, [`MonitoringError::Handlers`] for a secret, an
    /// address or a file that cannot be used, each with its line.
    pub fn from_sla(profiler: &Profiler, sla: &SlaConfig) -> Result<Self, MonitoringError> {
        let rules = Rules::from_sla(sla).map_err(MonitoringError::Rules)?;
        let handlers = Handlers::from_sla(sla).map_err(MonitoringError::Handlers)?;
        Ok(Monitoring::new(profiler, rules).handlers_of(handlers))
    }

    /// A handler under a name of its own, such as rules have in [`Rule::handler`](crate::Rule::handler).
    pub fn handler(
        mut self,
        name: &str,
        handler: impl Handler + 'static,
        options: HandlerOptions,
    ) -> Self {
        self.handlers = self.handlers.handler(name, handler, options);
        self
    }

    /// Several handlers under one name, as [`DispatcherBuilder::members`].
    pub fn members<H: Handler + 'static>(
        mut self,
        name: &str,
        members: impl IntoIterator<Item = H>,
        options: &HandlerOptions,
    ) -> Self {
        self.handlers = self.handlers.members(name, members, options);
        self
    }

    /// A label of every alert that is told, as [`DispatcherBuilder::label`]: `service`, or an `instance` that is not
    /// the name of this machine.
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.handlers = self.handlers.label(name, value);
        self
    }

    /// The handlers of an SLA file, whose alerts are among the rules: for [`Rules::with_sla`].
    pub fn handlers_of(mut self, handlers: Handlers) -> Self {
        self.handlers = self.handlers.handlers_of(handlers);
        self
    }

    /// How often it looks, in whole seconds, rounded up, from one on; every 10 s if this is not called. A round is
    /// right after the end of a second, and so sees all of it.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Where what is pending, what fires, what was told and what is silenced outlives the process. It is read at
    /// the start, and written after each round that changed something, when a silence is made or ended, and at the
    /// stop. A file is for one process at a time.
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.state_file = Some(StateFile::new(path));
        self
    }

    /// With the events of objectives that an earlier process left, see [`EventHistory::load`].
    pub fn with_history(mut self, history: EventHistory) -> Self {
        self.history = history;
        self
    }

    /// How long handlers may say what waits when it is stopped or dropped; 5 s if this is not called.
    pub fn drain(mut self, patience: Duration) -> Self {
        self.handlers = self.handlers.drain(patience);
        self
    }

    /// Starts to look. The first round is when the first interval is over.
    ///
    /// A state file that is none is set aside, and it begins anew: [`StateTotals::loaded`] says so, and why.
    ///
    /// # Errors
    ///
    /// [`MonitoringError::Dispatch`] when two handlers have one name, a rule names one that is not there, or a
    /// dead-letter file cannot be written; [`MonitoringError::StateFile`] when the state can be neither read nor
    /// written; [`MonitoringError::Thread`] when the system gives no more threads.
    pub fn spawn_monitoring(self) -> Result<MonitoringThread, MonitoringError> {
        let Monitoring { profiler, rules, handlers, interval, state_file, history } = self;
        let handlers = handlers.expect(rules.handlers());
        let source = Source::new(&profiler, &rules).with_history(history);
        let mut engine = Engine::new(rules);
        let (loaded, writer) = match state_file {
            None => (None, None),
            Some(file) => {
                let loaded = begin(&file, &mut engine).map_err(|error| {
                    MonitoringError::StateFile { path: file.path().to_owned(), error }
                })?;
                let writer = StateWriter::spawn(file).map_err(MonitoringError::Thread)?;
                (Some(loaded), Some(writer))
            }
        };
        let dispatcher =
            handlers.resume(engine.told_firing()).spawn().map_err(MonitoringError::Dispatch)?;
        let rounds = Rounds::new(engine, source, dispatcher, loaded, writer);
        MonitoringThread::spawn(rounds, interval).map_err(MonitoringError::Thread)
    }
}

/// Reads the state, and writes it back at once: whether it can be written is known at the start, while somebody is
/// looking.
fn begin(file: &StateFile, engine: &mut Engine) -> std::io::Result<Loaded> {
    let loaded = file.load(engine)?;
    file.save(engine)?;
    Ok(loaded)
}

impl fmt::Debug for Monitoring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Monitoring");
        text.field("handlers", &self.handlers).field("interval", &self.interval);
        text.field("state_file", &self.state_file).finish_non_exhaustive()
    }
}
