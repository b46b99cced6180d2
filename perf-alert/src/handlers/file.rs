//! A line of JSON in a file.

use crate::handler::{Handler, HandlerError, Retry};
use crate::json::NotificationJson;
use crate::notification::Notification;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Appends a line of JSON for each notification to a file, written at once and whole.
///
/// The file is opened for each, so that it may be moved away meanwhile.
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
    path: PathBuf,
}

impl FileHandler {
    /// Makes the file if it is not there.
    ///
    /// # Errors
    ///
    /// Why it cannot be written.
    pub fn new(path: impl AsRef<Path>) -> io::Result<Self> {
        let handler = FileHandler { path: path.as_ref().to_owned() };
        handler.open().map(|_| handler)
    }

    fn open(&self) -> io::Result<File> {
        OpenOptions::new().create(true).append(true).open(&self.path)
    }
}

impl Handler for FileHandler {
    fn handle(&mut self, notification: &Notification, _: Instant) -> Result<(), HandlerError> {
        let line = NotificationJson::line(notification);
        let written = self.open().and_then(|mut file| file.write_all(&line));
        written.map_err(|error| {
            HandlerError::new(format!("{}: {error}", self.path.display()), Retry::Later)
        })
    }
}
