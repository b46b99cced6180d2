//! Tell the right person once, in time, with the reason.
//!
//! * [`Alert`], something that is wrong, from its first firing to its end; [`Labels`], what tells it from others.
//! * [`Notification`], what is said of alerts, and [why](Reason).
//! * [`Handler`], whoever says it; [`HandlerError`], why that failed and when to try again.
#![forbid(unsafe_code)]

mod alert;
mod handler;
mod notification;

pub use alert::{Alert, Labels};
pub use handler::{Handler, HandlerError, Retry};
pub use notification::{Notification, Reason};
pub use perf_sla::Severity;
