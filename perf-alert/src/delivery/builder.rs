//! Makes a dispatcher.

use super::dead_letters::DeadLetters;
use super::filter::Filter;
use super::origin::Origin;
use super::shared::Shared;
use super::stop::{Stop, stop};
use super::totals::Counters;
use super::worker::Worker;
use super::{Dispatcher, HandlerOptions, Line};
use crate::alert::{Alert, Labels};
use crate::handler::Handler;
use crate::notification::Notification;
use crossbeam_channel::bounded;
use perf_core::Profiler;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, RwLock};
use std::thread;
use std::time::Duration;

/// Makes a [`Dispatcher`], handler by handler.
#[must_use = "nothing is sent until it is spawned"]
pub struct DispatcherBuilder {
    planned: Vec<Planned>,
    expected: Vec<String>,
    labels: Labels,
    resumed: Vec<Arc<Notification>>,
    drain: Duration,
}

struct Planned {
    name: String,
    route: String,
    handler: Box<dyn Handler>,
    options: HandlerOptions,
}

impl Default for DispatcherBuilder {
    fn default() -> Self {
        let drain = Duration::from_secs(5);
        DispatcherBuilder {
            planned: Vec::new(),
            expected: Vec::new(),
            labels: Labels::new(),
            resumed: Vec::new(),
            drain,
        }
    }
}

impl DispatcherBuilder {
    /// A handler under a name of its own.
    pub fn handler(
        self,
        name: &str,
        handler: impl Handler + 'static,
        options: HandlerOptions,
    ) -> Self {
        self.boxed(name, name.to_owned(), Box::new(handler), options)
    }

    /// Several handlers under one name, such as the members of a cluster: each is told by itself and counted by
    /// itself, as `name#1`, `name#2` and so on.
    pub fn members<H: Handler + 'static>(
        self,
        name: &str,
        members: impl IntoIterator<Item = H>,
        options: &HandlerOptions,
    ) -> Self {
        let members = members.into_iter().map(|member| Box::new(member) as Box<dyn Handler>);
        self.boxed_members(name, members.collect(), options)
    }

    /// Names that notifications will use: one that no handler has is an error of [`spawn`](Self::spawn).
    pub fn expect<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.expected.extend(names.into_iter().map(str::to_owned));
        self
    }

    /// A label of every alert that is told: what tells it from those of other services, and of other instances of
    /// this one. `instance` is the name of this machine if it is not given, and absent if it is empty. What an alert
    /// says itself, its severity and the name of its rule among that, it goes on to say.
    ///
    /// Those whose names change each time they are started, such as containers, and several on one machine, need an
    /// instance that does not and that nobody else has: to Alertmanager and PagerDuty, alerts with the same labels are
    /// the same alert.
    ///
    /// ```
    /// use perf_alert::{Dispatcher, HandlerOptions, Notification};
    ///
    /// let dispatcher = Dispatcher::builder()
    ///     .label("service", "search")
    ///     .label("instance", "search-1")
    ///     .handler("print", |told: &Notification| println!("{told:?}"), HandlerOptions::new())
    ///     .spawn()?;
    /// # drop(dispatcher);
    /// # Ok::<(), perf_alert::DispatchError>(())
    /// ```
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(name.into(), value.into());
        self
    }

    pub(crate) fn labels(mut self, labels: Labels) -> Self {
        self.labels.extend(labels);
        self
    }

    /// What was told before a restart and fires still, as [`Engine::told_firing`](crate::Engine::told_firing) has it:
    /// each handler [goes on](Handler::resume) with what of it is for it.
    pub fn resume(mut self, told: impl IntoIterator<Item = Notification>) -> Self {
        self.resumed.extend(told.into_iter().map(Arc::new));
        self
    }

    /// How long the handlers may say what waits when it is [stopped](Dispatcher::stop) or dropped; 5 s if this is
    /// not called.
    pub fn drain(mut self, patience: Duration) -> Self {
        self.drain = patience;
        self
    }

    /// Starts a thread for each handler.
    ///
    /// # Errors
    ///
    /// [`DispatchError`] when two handlers have one name, none has an expected one, a dead-letter file cannot be
    /// written, or a thread cannot be started.
    pub fn spawn(self) -> Result<Dispatcher, DispatchError> {
        for (i, planned) in self.planned.iter().enumerate() {
            if self.planned[..i].iter().any(|other| other.name == planned.name) {
                return Err(DispatchError::SameName(planned.name.clone()));
            }
        }
        let has = |name: &str| self.planned.iter().any(|planned| planned.route == name);
        if let Some(name) = self.expected.iter().find(|name| !has(name)) {
            return Err(DispatchError::NoSuchHandler(name.clone()));
        }
        let profiler = Profiler::builder().max_operations(self.planned.len().max(1)).build();
        let (stopper, stop) = stop();
        let origin = Arc::new(Origin::new(self.labels));
        let mut dispatcher = Dispatcher {
            lines: Vec::with_capacity(self.planned.len()),
            stopper,
            drain: self.drain,
            stopped: RwLock::new(false),
            profiler,
            unknown_names: AtomicU64::new(0),
            for_nobody: AtomicU64::new(0),
        };
        for planned in self.planned {
            let line = planned.spawn(&dispatcher.profiler, &origin, &self.resumed, stop.clone())?;
            dispatcher.lines.push(line);
        }
        Ok(dispatcher)
    }

    pub(crate) fn boxed_members(
        mut self,
        name: &str,
        mut members: Vec<Box<dyn Handler>>,
        options: &HandlerOptions,
    ) -> Self {
        if members.len() == 1
            && let Some(only) = members.pop()
        {
            return self.boxed(name, name.to_owned(), only, options.clone());
        }
        for (i, member) in members.into_iter().enumerate() {
            self = self.boxed(name, format!("{name}#{}", i + 1), member, options.clone());
        }
        self
    }

    fn boxed(
        mut self,
        route: &str,
        name: String,
        handler: Box<dyn Handler>,
        options: HandlerOptions,
    ) -> Self {
        self.planned.push(Planned { name, route: route.to_owned(), handler, options });
        self
    }
}

impl Planned {
    fn spawn(
        self,
        profiler: &Profiler,
        origin: &Arc<Origin>,
        resumed: &[Arc<Notification>],
        stop: Stop,
    ) -> Result<Line, DispatchError> {
        let Planned { name, route, handler, options } = self;
        let dead_letters = match &options.dead_letter {
            None => None,
            Some(path) => match DeadLetters::open(path) {
                Ok(letters) => Some(letters),
                Err(error) => {
                    let path = path.display().to_string();
                    return Err(DispatchError::DeadLetter { handler: name, path, error });
                }
            },
        };
        let (sender, receiver) = bounded(options.queue);
        let (ended, done) = bounded(0);
        let shared = Arc::new(Shared {
            counters: Counters::new(profiler.operation(&name)),
            name,
            throttled: AtomicBool::new(false),
            dead_letters,
            origin: Arc::clone(origin),
            missed_ends: Mutex::default(),
        });
        let left = receiver.clone();
        let filter = Filter::new(&options, Arc::clone(origin));
        let is_for_it =
            |told: &&Arc<Notification>| told.handlers.is_empty() || told.handlers.contains(&route);
        let mut resumed: Vec<Alert> = resumed
            .iter()
            .filter(is_for_it)
            .filter_map(|told| filter.apply(told))
            .flat_map(|told| told.alerts.clone())
            .collect();
        resumed.iter_mut().for_each(|alert| origin.label_alert(alert));
        let mut worker = Worker::new(Arc::clone(&shared), handler, &options, receiver, stop);
        let thread = thread::Builder::new()
            .name(format!("alert {route}").replace('\0', ""))
            .spawn(move || {
                let _ended = ended;
                worker.resume(&resumed);
                worker.run();
            })
            .map_err(DispatchError::Thread)?;
        let thread = Mutex::new(Some(thread));
        Ok(Line { route, filter, shared, sender, left, done, thread })
    }
}

impl fmt::Debug for DispatcherBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.planned.iter().map(|planned| &planned.name);
        f.debug_struct("DispatcherBuilder").field("handlers", &names.collect::<Vec<_>>()).finish()
    }
}

/// Why a [`Dispatcher`] could not be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum DispatchError {
    /// Two handlers have this name.
    SameName(String),
    /// This name is expected, and no handler has it.
    NoSuchHandler(String),
    /// A dead-letter file cannot be written.
    DeadLetter {
        /// The handler it is for.
        handler: String,
        /// The file.
        path: String,
        /// Why not.
        error: io::Error,
    },
    /// A thread cannot be started.
    Thread(io::Error),
}

impl fmt::Display for DispatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DispatchError::SameName(name) => write!(f, "two handlers are called {name:?}"),
            DispatchError::NoSuchHandler(name) => write!(f, "no handler is called {name:?}"),
            DispatchError::DeadLetter { handler, path, error } => {
                write!(f, "the dead letters of {handler:?} cannot be written to {path}: {error}")
            }
            DispatchError::Thread(error) => write!(f, "a thread cannot be started: {error}"),
        }
    }
}

impl std::error::Error for DispatchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            DispatchError::DeadLetter { error, .. } | DispatchError::Thread(error) => Some(error),
            _ => None,
        }
    }
}
