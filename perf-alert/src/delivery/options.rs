//! What a handler is told, and how long and how often that is tried.

use perf_sla::{Matcher, Severity};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Whatever is not said by then is not said.
const LONGEST: Duration = Duration::from_secs(86_400);

/// What a handler is told, and how long and how often that is tried.
///
/// ```
/// use perf_alert::{HandlerOptions, Severity};
/// use std::time::Duration;
///
/// let options = HandlerOptions::new()
///     .min_severity(Severity::Critical)
///     .deadline(Duration::from_secs(30))
///     .attempts(3)
///     .rate(1.0);
/// # let _ = options;
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "they are for a handler of a DispatcherBuilder"]
pub struct HandlerOptions {
    pub(super) min_severity: Severity,
    pub(super) matchers: Vec<Matcher>,
    pub(super) queue: usize,
    pub(super) deadline: Duration,
    pub(super) attempts: u32,
    pub(super) rate: Option<f64>,
    pub(super) dead_letter: Option<PathBuf>,
}

impl Default for HandlerOptions {
    fn default() -> Self {
        HandlerOptions {
            min_severity: Severity::Info,
            matchers: Vec::new(),
            queue: 1_000,
            deadline: Duration::from_secs(60),
            attempts: 5,
            rate: None,
            dead_letter: None,
        }
    }
}

impl HandlerOptions {
    /// Everything, up to 5 attempts within a minute, and 1,000 notifications that wait.
    pub fn new() -> Self {
        Self::default()
    }

    /// Alerts below are not for it. Of an alert it was told of it also hears when that has become less urgent,
    /// and when it is over.
    pub fn min_severity(mut self, severity: Severity) -> Self {
        self.min_severity = severity;
        self
    }

    /// The alerts that are for it: those that all of them match, by labels and `severity`. Of an alert it was told
    /// of it also hears when they match no more, and when it is over.
    ///
    /// ```
    /// use perf_alert::HandlerOptions;
    ///
    /// let options = HandlerOptions::new().matching([r#"severity=~"warning|critical""#.parse()?]);
    /// # let _ = options;
    /// # Ok::<(), String>(())
    /// ```
    pub fn matching(mut self, matchers: impl IntoIterator<Item = Matcher>) -> Self {
        self.matchers = matchers.into_iter().collect();
        self
    }

    /// Notifications that may wait for it, 1 to 1,000,000: where there are more, the oldest are dropped
    /// and counted.
    pub fn queue(mut self, notifications: usize) -> Self {
        self.queue = notifications.clamp(1, 1_000_000);
        self
    }

    /// How long one notification may take from its first attempt to its last. It does not include the time it
    /// waits for those before it, and is at most a day.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline.min(LONGEST);
        self
    }

    pub(crate) fn deadline_at_most(self, longest: Duration) -> Self {
        let deadline = self.deadline.min(longest);
        HandlerOptions { deadline, ..self }
    }

    /// How often one notification is tried, at least once.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The most notifications a second, above 0. What has to wait for its turn is joined with what is newer and
    /// about the same, so that a burst is one message and not a hundred late ones; so is what comes while a handler
    /// waits to try again.
    pub fn rate(mut self, per_second: f64) -> Self {
        self.rate = Some(per_second).filter(|rate| *rate > 0.0 && rate.is_finite());
        self
    }

    /// The file that what is given up goes to, a line of JSON each. It is made if it is not there.
    pub fn dead_letter(mut self, path: impl AsRef<Path>) -> Self {
        self.dead_letter = Some(path.as_ref().to_owned());
        self
    }
}
