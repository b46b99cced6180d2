//! A process and all that come from it.

mod family;
mod reading;
mod totals;

use super::tree_sample::TreeSample;
use crate::text_file::Buffer;
use family::{Family, Id, stat};
use reading::Reading;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;
use totals::{Account, Totals};

/// How often a reading is begun again because a process has ended in the middle of it.
const TRIES: usize = 10;

/// Reads a process together with its children, and theirs: a build, a shell script, a pool of workers.
///
/// A process that ends hands what it has used to the parent that waits for it, so what came and went
/// between two readings is counted all the same. Lost are those that nobody waits for, because their
/// parent ignores `SIGCHLD` or has ended: what such a process used after the last reading. Its end may hide
/// as much of what others handed to their parents before the next one, and as much IO of all. One that its
/// parent leaves behind stays in the tree if any reading has seen it there.
///
/// A reading looks at the processes of the tree alone, where the kernel lists the children of each
/// (`CONFIG_PROC_CHILDREN`, as those of distributions do). Elsewhere it looks at every process of the machine, to
/// see whose child it is: about 10 µs each.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// # if cfg!(not(target_os = "linux")) { return Ok(()) }
/// use perf_resources::ProcessTree;
/// use std::process::{Command, Stdio};
///
/// let mut child = Command::new("cat").stdin(Stdio::piped()).spawn()?;
/// let mut tree = ProcessTree::new(child.id())?;
/// let sample = tree.sample()?;
/// assert_eq!((sample.processes, sample.threads), (1, 1));
/// drop(child.stdin.take());
/// child.wait()?;
/// assert!(tree.sample().is_err(), "it is no more, whoever has its number now");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ProcessTree {
    proc: PathBuf,
    /// With what each had used at the last reading.
    members: HashMap<Id, Account>,
    is_first: bool,
    has_lists: bool,
    total: Totals,
    peak_resident_bytes: u64,
    buffer: Buffer,
}

impl ProcessTree {
    /// The tree of the process with this number.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none, `Unsupported` on other systems than Linux.
    pub fn new(pid: u32) -> io::Result<Self> {
        if cfg!(target_os = "linux") {
            return Self::under("/proc", pid);
        }
        let reason = "resources of another process are read on Linux alone";
        Err(io::Error::new(io::ErrorKind::Unsupported, reason))
    }

    /// The same, where the `/proc` of those processes is mounted at another place, such as that of a host
    /// in a container.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is no such process.
    pub fn under(proc: impl AsRef<Path>, pid: u32) -> io::Result<Self> {
        let proc = proc.as_ref().to_owned();
        let mut buffer = Buffer::new();
        let id = Id { pid, started: stat(&proc, pid, &mut buffer)?.started };
        Ok(ProcessTree {
            has_lists: family::has_lists(&proc, pid),
            proc,
            members: HashMap::from([(id, Account::default())]),
            is_first: true,
            total: Totals::default(),
            peak_resident_bytes: 0,
            buffer,
        })
    }

    /// Reads now. The first reading is what the later ones count from.
    ///
    /// # Errors
    ///
    /// `NotFound` when all processes of the tree have ended.
    pub fn sample(&mut self) -> io::Result<TreeSample> {
        let mut at = Instant::now();
        let mut order = self.find()?.in_order();
        let mut reading = Reading::of(&mut order, &self.proc, &mut self.buffer);
        for _ in 1..TRIES {
            if reading.is_complete {
                break;
            }
            at = Instant::now();
            reading = Reading::of(&mut order, &self.proc, &mut self.buffer);
        }
        if !self.is_first {
            self.total.add(&totals::gained(&self.members, &reading.accounts));
        }
        self.is_first = false;
        self.members = reading.accounts;
        if order.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the process has ended"));
        }
        self.peak_resident_bytes = self.peak_resident_bytes.max(reading.resident_bytes);
        Ok(TreeSample {
            at,
            processes: order.len() as u64,
            cpu_time: self.total.cpu_time,
            resident_bytes: reading.resident_bytes,
            virtual_bytes: reading.virtual_bytes,
            threads: reading.threads,
            open_fds: reading.open_fds,
            minor_faults: self.total.minor_faults,
            major_faults: self.total.major_faults,
            io: reading.has_io.then_some(self.total.io),
            peak_resident_bytes: self.peak_resident_bytes,
        })
    }

    fn find(&mut self) -> io::Result<Family> {
        let known = self.members.keys().copied();
        match self.has_lists {
            true => Ok(Family::by_lists(known, &self.proc, &mut self.buffer)),
            false => Family::by_all(known, &self.proc, &mut self.buffer),
        }
    }
}
