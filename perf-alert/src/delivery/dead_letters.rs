//! What was given up, in a file.

use crate::json::NotificationJson;
use crate::notification::Notification;
use serde::Serialize;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub(super) struct DeadLetters {
    path: PathBuf,
}

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
        let letters = DeadLetters { path: path.to_owned() };
        letters.file().map(|_| letters)
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
        self.file()?.write_all(&line)
    }

    /// Opened each time, as somebody may have moved the file away.
    fn file(&self) -> io::Result<File> {
        OpenOptions::new().create(true).append(true).open(&self.path)
    }
}
