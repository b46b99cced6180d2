//! What was given up, in a file.

use crate::json::NotificationJson;
use crate::line_file::LineFile;
use crate::notification::Notification;
use serde::Serialize;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

pub(super) struct DeadLetters(Mutex<LineFile>);

#[derive(Serialize)]
struct Letter<'a> {
    handler: &'a str,
    given_up: &'a str,
    error: Option<&'a str>,
    attempts: u32,
    notification: NotificationJson<'a>,
}

impl DeadLetters {
    /// Finds out now whether the file can be written, while somebody is there to be told.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        LineFile::new(path).map(|lines| DeadLetters(Mutex::new(lines)))
    }

    /// One line, written at once: several handlers may share a file.
    pub(super) fn write(
        &self,
        handler: &str,
        reason: &str,
        error: Option<&str>,
        attempts: u32,
        notification: &Notification,
    ) -> io::Result<()> {
        let notification = NotificationJson::new(notification);
        let letter = Letter { handler, given_up: reason, error, attempts, notification };
        let mut line = serde_json::to_vec(&letter)?;
        line.push(b'\n');
        self.0.lock().unwrap_or_else(PoisonError::into_inner).append(&line)
    }
}
