//! Whoever says it.

use crate::alert::Alert;
use crate::notification::Notification;
use std::fmt;
use std::time::{Duration, Instant};

/// Takes notifications to somebody: a closure, a file, a web service.
///
/// It has a thread and a queue of its own, so that it may block; it is called for one notification at a time.
/// A closure that takes a `&Notification` is one that always succeeds.
///
/// ```
/// use perf_alert::{Handler, HandlerError, Notification, Retry};
/// use std::net::TcpStream;
/// use std::time::Instant;
///
/// /// Knocks at a door.
/// struct Knock(String);
///
/// impl Handler for Knock {
///     fn handle(&mut self, _: &Notification, _deadline: Instant) -> Result<(), HandlerError> {
///         let knocked = TcpStream::connect(&self.0);
///         knocked.map(drop).map_err(|error| HandlerError::new(error.to_string(), Retry::Later))
///     }
/// }
/// # let _ = Knock(String::new());
/// ```
pub trait Handler: Send {
    /// Says it, before `deadline` if it can.
    ///
    /// # Errors
    ///
    /// [`HandlerError`] when it could not be said, with whether and when to try again.
    fn handle(
        &mut self,
        notification: &Notification,
        deadline: Instant,
    ) -> Result<(), HandlerError>;

    /// What was told before a restart and fires still: called once, before anything else is said, for whoever has to say
    /// it again and again. It does not wait for anybody. Nothing, if it is not implemented: nobody is told anew.
    fn resume(&mut self, _firing: &[Alert]) {}

    /// The most notifications a second that whoever it talks to wants, if it says so; the
    /// [options](crate::HandlerOptions::rate) of the handler can say otherwise.
    fn rate(&self) -> Option<f64> {
        None
    }

    /// When it wants to [look after](Self::look_after) what it has said; never if `None`.
    fn look_after_at(&self) -> Option<Instant> {
        None
    }

    /// Says again what has to be said again and again, before `deadline` if it can. It is not retried but
    /// called again at [`look_after_at`](Self::look_after_at).
    ///
    /// # Errors
    ///
    /// [`HandlerError`] when something could not be said.
    fn look_after(&mut self, _deadline: Instant) -> Result<(), HandlerError> {
        Ok(())
    }

    /// Takes note of an alert whose end it is not told, because too much waited for it: what it says again and again
    /// has to end. It is given with its labels, its start and its end, and without texts; of one alert perhaps more
    /// than once, and perhaps of one that it was never told of.
    fn missed_end(&mut self, _alert: &Alert) {}
}

impl<F: FnMut(&Notification) + Send> Handler for F {
    fn handle(&mut self, notification: &Notification, _: Instant) -> Result<(), HandlerError> {
        self(notification);
        Ok(())
    }
}

/// Why a notification could not be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandlerError {
    message: String,
    retry: Retry,
}

/// Whether what failed is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It would fail again.
    Never,
    /// After a while, longer each time.
    Later,
    /// Not before so much time is over: whoever refused it said so.
    After(Duration),
}

impl HandlerError {
    /// A failure in the reader's words, without a secret in it.
    pub fn new(message: impl Into<String>, retry: Retry) -> Self {
        HandlerError { message: message.into(), retry }
    }

    /// Whether and when to try again.
    pub fn retry(&self) -> Retry {
        self.retry
    }
}

impl fmt::Display for HandlerError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for HandlerError {}
