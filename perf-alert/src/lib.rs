//! Tell the right person once, in time, with the reason.
//!
//! * [`Alert`], something that is wrong, from its first firing to its end; [`Labels`], what tells it from others.
//! * [`Notification`], what is said of alerts, and [why](Reason).
//! * [`Handler`], whoever says it; [`HandlerError`], why that failed and when to try again.
//! * [`Dispatcher`], from whoever has something to say to the handlers, made by a [`DispatcherBuilder`];
//!   [`HandlerOptions`], what each is told and how often that is tried; [`TestFire`], whether it arrives.
//! * [`Handlers`], those of an SLA file. In every build: [`StderrHandler`], [`FileHandler`], [`CommandHandler`] and
//!   closures; `LogHandler` and `TracingHandler` with the features `log` and `tracing`; `WebhookHandler`,
//!   `AlertmanagerHandler`, `SlackHandler` and `PagerDutyHandler` with `http`; `EmailHandler` with `email`; `tls`
//!   for all that is encrypted.
//! * [`DispatchTotals`], what became of everything, [handler by handler](HandlerTotals).
#![forbid(unsafe_code)]

mod alert;
mod delivery;
mod fingerprint;
mod handler;
mod handlers;
mod json;
mod notification;
#[cfg(test)]
mod test_alert;
mod time;

pub use alert::{Alert, Labels};
pub use delivery::{
    DispatchError, DispatchTotals, Dispatcher, DispatcherBuilder, Dropped, HandlerOptions,
    HandlerTotals, TestFire,
};
pub use handler::{Handler, HandlerError, Retry};
#[cfg(feature = "email")]
pub use handlers::EmailHandler;
#[cfg(feature = "log")]
pub use handlers::LogHandler;
#[cfg(feature = "tracing")]
pub use handlers::TracingHandler;
#[cfg(feature = "http")]
pub use handlers::{
    AlertmanagerHandler, InvalidUrl, PagerDutyHandler, SlackHandler, WebUrl, WebhookHandler,
};
pub use handlers::{CommandHandler, FileHandler, Handlers, HandlersError, StderrHandler};
pub use notification::{Notification, Reason};
pub use perf_sla::{LabelMatcher, Severity};
