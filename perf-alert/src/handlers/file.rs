//! A line of JSON in a file.

use crate::handler::{Handler, HandlerError, Retry};
use crate::json::NotificationJson;
use crate::line_file::LineFile;
use crate::notification::Notification;
use std::io;
use std::path::Path;
use std::time::Instant;

/// Appends a line of JSON for each notification to a file, written at once and whole.
///
/// The file is opened for each, so that it may be moved away meanwhile. A pipe is not waited for: without a reader, or
/// without room in it, that has failed.
///
/// ```
/// use perf_alert::{Alert, FileHandler, Handler, Notification, Reason, Severity};
/// use std::time::{Instant, SystemTime};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("alerts.jsonl");
/// let mut file = FileHandler::new(&path)?;
/// let now = SystemTime::now();
/// let alert = Alert::new("slow retrieval", Severity::Warning, now);
/// file.handle(&Notification::new(Reason::Fired, vec![alert], now), Instant::now())?;
/// assert!(std::fs::read_to_string(&path)?.starts_with("{\"reason\":\"fired\""));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct FileHandler {
    lines: LineFile,
}

impl FileHandler {
    /// Makes the file if it is not there.
    ///
    /// # Errors
    ///
    /// Why it cannot be written.
    pub fn new(path: impl AsRef<Path>) -> io::Result<Self> {
        LineFile::new(path.as_ref()).map(|lines| FileHandler { lines })
    }
}

impl Handler for FileHandler {
    fn handle(&mut self, notification: &Notification, _: Instant) -> Result<(), HandlerError> {
        let line = NotificationJson::line(notification);
        self.lines.append(&line).map_err(|error| {
            let path = self.lines.path().display();
            HandlerError::new(format!("{path}: {error}"), Retry::Later)
        })
    }
}
