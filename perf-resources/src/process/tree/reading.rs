//! One reading of all processes of a tree.

use super::super::process_sample::IoBytes;
use super::super::stat::Stat;
use super::family::{Id, stat};
use super::totals::{Account, Totals};
use crate::text_file::{Buffer, read_once};
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// What the living have.
#[derive(Default)]
pub(super) struct Reading {
    /// Nobody has ended in the middle of it.
    pub(super) is_complete: bool,
    pub(super) accounts: HashMap<Id, Account>,
    pub(super) resident_bytes: u64,
    pub(super) virtual_bytes: u64,
    pub(super) threads: u64,
    pub(super) open_fds: Option<u64>,
    pub(super) has_io: bool,
}

impl Reading {
    /// Reads those in `order`, and takes out of it those that are no more.
    ///
    /// A parent is read before its children. So a child that is there then has not yet been waited for
    /// when its parent was read, and is not counted twice; when one is no longer there, its parent may
    /// have been read too early, and the reading is not complete.
    pub(super) fn of(order: &mut Vec<Id>, proc: &Path, buffer: &mut Buffer) -> Self {
        let mut reading = Reading { is_complete: true, ..Reading::default() };
        order.retain(|id| {
            let stat = stat(proc, id.pid, buffer).ok().filter(|stat| stat.started == id.started);
            match &stat {
                Some(stat) => reading.add(*id, stat, &proc.join(id.pid.to_string()), buffer),
                None => reading.is_complete = false,
            }
            stat.is_some()
        });
        reading
    }

    fn add(&mut self, id: Id, stat: &Stat, process: &Path, buffer: &mut Buffer) {
        self.resident_bytes = self.resident_bytes.saturating_add(stat.resident_bytes);
        self.virtual_bytes = self.virtual_bytes.saturating_add(stat.virtual_bytes);
        self.threads = self.threads.saturating_add(stat.threads);
        if let Some(count) = open_fds(&process.join("fd")) {
            self.open_fds = Some(self.open_fds.unwrap_or(0) + count);
        }
        // What somebody else's processes do not show.
        let io = read_once(&process.join("io"), buffer).ok().and_then(IoBytes::parse);
        self.has_io |= io.is_some();
        let own = Totals {
            cpu_time: stat.cpu_time,
            minor_faults: stat.minor_faults,
            major_faults: stat.major_faults,
            io: IoBytes::default(),
        };
        let handed = Totals {
            cpu_time: stat.cpu_time_of_children,
            minor_faults: stat.minor_faults_of_children,
            major_faults: stat.major_faults_of_children,
            io: io.unwrap_or_default(),
        };
        self.accounts.insert(id, Account { own, handed });
    }
}

fn open_fds(folder: &Path) -> Option<u64> {
    match fs::metadata(folder).map(|metadata| metadata.len()) {
        // Before Linux 6.2, and of what has ended.
        Ok(0) => fs::read_dir(folder).ok().map(|entries| entries.count() as u64),
        // The size of a folder says nothing of it, unless it may be listed too.
        Ok(count) => fs::read_dir(folder).is_ok().then_some(count),
        Err(_) => None,
    }
}
