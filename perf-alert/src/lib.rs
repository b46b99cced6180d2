//! Tell the right person once, in time, with the reason.
//!
//! What is told:
//! * [`Alert`], something that is wrong, from its first firing to its end; [`Labels`], what tells it from others.
//! * [`Notification`], what is said of alerts, and [why](Reason).
//! * [`Handler`], whoever says it; [`HandlerError`], why that failed and when to try again.
//!
//! Who decides that:
//! * [`Rule`], what somebody is to be told of, by a [`Condition`]; [`Rules`], all of them, with those of an SLA
//!   file; [`RuleError`], why they were refused.
//! * [`Engine`], which goes from round to round: pending, firing, over; [`Source`], where it looks;
//!   [`EngineTotals`], what it could not do.
//! * [`Silence`], nobody is told for a while; [`Matcher`], of what; [`Inhibition`], while something else fires.
//! * [`AlertSummary`], what fires, how often; [`ToldAlert`], what was told.
//! * [`StateFile`], what outlives the process; [`Loaded`] and [`StateError`], what it held.
//! * [`Replay`], rules on recorded time: what would have been told last night.
//!
//! Who is told:
//! * [`Dispatcher`], from whoever has something to say to the handlers, made by a [`DispatcherBuilder`];
//!   [`HandlerOptions`], what each is told and how often that is tried; [`TestFire`], whether it arrives.
//! * [`Handlers`], those of an SLA file. In every build: [`StderrHandler`], [`FileHandler`], [`CommandHandler`] and
//!   closures; `LogHandler` and `TracingHandler` with the features `log` and `tracing`; `WebhookHandler`,
//!   `AlertmanagerHandler`, `SlackHandler` and `PagerDutyHandler`, each of a `WebService`, with `http`; `EmailHandler` with `email`; `tls`
//!   for all that is encrypted.
//! * [`DispatchTotals`], what became of everything, [handler by handler](HandlerTotals).
//!
//! All of it in one call:
//! * [`Monitoring`], rules and handlers over a profiler; [`MonitoringThread`], which looks every so often, saves
//!   what has to outlive the process, and ends when it is dropped; [`MonitoringTotals`], how that went, and
//!   [`StateTotals`], of the state file; [`MonitoringError`], why it did not begin.
//!
//! # Without threads
//!
//! The engine starts no thread and reads no clock but that of the profiler: whoever has a loop of their own calls [`Engine::evaluate`] in
//! it, and [`Dispatcher::send`] or something else with what it says.
#![forbid(unsafe_code)]

mod alert;
mod clock;
mod delivery;
mod engine;
mod facts;
mod fingerprint;
mod flap;
mod handler;
mod handlers;
mod history;
mod host;
mod json;
mod line_file;
mod measure;
mod message;
mod monitoring;
mod mute;
mod notification;
mod replay;
mod round;
mod rule;
mod rules;
mod saved;
mod silence;
mod source;
mod stage_watch;
mod state;
mod state_file;
mod tell;
#[cfg(test)]
mod test_alert;
mod text;
mod time;

pub use alert::{Alert, Labels};
pub use delivery::{
    DispatchError, DispatchTotals, Dispatcher, DispatcherBuilder, Dropped, HandlerOptions,
    HandlerTotals, TestFire,
};
pub use engine::{Engine, EngineTotals};
pub use handler::{Handler, HandlerError, Retry};
#[cfg(feature = "email")]
pub use handlers::EmailHandler;
#[cfg(feature = "log")]
pub use handlers::LogHandler;
#[cfg(feature = "tracing")]
pub use handlers::TracingHandler;
#[cfg(feature = "http")]
pub use handlers::{
    AlertmanagerHandler, InvalidWebService, PagerDutyHandler, SlackHandler, WebService,
    WebhookHandler,
};
pub use handlers::{CommandHandler, FileHandler, Handlers, HandlersError, StderrHandler};
pub use history::{AlertSummary, ToldAlert};
pub use monitoring::{
    Monitoring, MonitoringError, MonitoringThread, MonitoringTotals, StateTotals,
};
pub use notification::{Notification, Reason};
pub use perf_sla::{Condition, Inhibition, Matcher, Severity, WithoutData};
pub use replay::Replay;
pub use rule::Rule;
pub use rules::{RuleError, Rules};
pub use saved::StateError;
pub use silence::{Silence, SilenceId};
pub use source::Source;
pub use state_file::{Loaded, StateFile};
