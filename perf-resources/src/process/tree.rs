//! A process and all that come from it.

use super::process_sample::IoBytes;
use super::stat::Stat;
use super::tree_sample::TreeSample;
use crate::text_file::{Buffer, read_once};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How often a reading is begun again because a process has ended in the middle of it.
const TRIES: usize = 10;

/// Reads a process together with its children, and theirs: a build, a shell script, a pool of workers.
///
/// A process that ends hands what it has used to the parent that waits for it, so what came and went
/// between two readings is counted all the same. Lost are those that nobody waits for, because their
/// parent ignores `SIGCHLD` or has ended: what such a process used after the last reading. One that its
/// parent leaves behind stays in the tree if any reading has seen it there.
///
/// A reading looks at every process of the machine, to see whose child it is: about 10 µs each.
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
    /// By their numbers, when they were started: a number alone may be another process tomorrow.
    members: HashMap<u32, u64>,
    last: Totals,
    total: Totals,
    first: bool,
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
        let mut tree = ProcessTree {
            proc: proc.as_ref().to_owned(),
            members: HashMap::new(),
            last: Totals::default(),
            total: Totals::default(),
            first: true,
            peak_resident_bytes: 0,
            buffer: Buffer::new(),
        };
        let stat = tree.stat(pid)?;
        tree.members.insert(pid, stat.started);
        Ok(tree)
    }

    /// Reads now. The first reading is what the later ones count from.
    ///
    /// # Errors
    ///
    /// `NotFound` when all processes of the tree have ended.
    pub fn sample(&mut self) -> io::Result<TreeSample> {
        let mut at = Instant::now();
        let mut order = self.find()?;
        let mut reading = self.read(&mut order);
        for _ in 1..TRIES {
            if reading.complete {
                break;
            }
            at = Instant::now();
            reading = self.read(&mut order);
        }
        self.members = order.iter().copied().collect();
        if order.is_empty() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "the process has ended"));
        }
        if !self.first {
            self.total.add(&reading.totals.gained_since(&self.last));
        }
        self.first = false;
        self.last = reading.totals;
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

    /// Those of the tree that are alive, parents before their children.
    fn find(&mut self) -> io::Result<Vec<(u32, u64)>> {
        let mut children: HashMap<u32, Vec<(u32, u64)>> = HashMap::new();
        let mut known = Vec::new();
        for entry in fs::read_dir(&self.proc)? {
            let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            // One that has just ended, or may not be read.
            let Ok(stat) = self.stat(pid) else { continue };
            if self.members.get(&pid) == Some(&stat.started) {
                known.push((pid, stat.started));
            }
            children.entry(stat.parent).or_default().push((pid, stat.started));
        }
        let is_led_to: HashSet<u32> = known
            .iter()
            .flat_map(|(pid, _)| {
                children.get(pid).into_iter().flatten().map(|child| (*pid, child.0))
            })
            .filter(|(parent, child)| parent != child)
            .map(|(_, child)| child)
            .collect();
        // Those first that nobody else in the tree leads to.
        known.sort_by_key(|(pid, _)| is_led_to.contains(pid));
        let (mut order, mut seen) = (Vec::new(), HashSet::new());
        for root in known {
            let mut next = order.len();
            if seen.insert(root.0) {
                order.push(root);
            }
            while let Some((pid, _)) = order.get(next) {
                let new = children.get(pid).into_iter().flatten();
                order.extend(new.copied().filter(|child| seen.insert(child.0)).collect::<Vec<_>>());
                next += 1;
            }
        }
        Ok(order)
    }

    /// Sums over `order`, and takes those out of it that are no more.
    ///
    /// A parent is read before its children. So a child that is there then has not yet been waited for
    /// when its parent was read, and is not counted twice; when one is no longer there, its parent may
    /// have been read too early, and the reading is not complete.
    fn read(&mut self, order: &mut Vec<(u32, u64)>) -> Reading {
        let mut reading = Reading { complete: true, ..Reading::default() };
        order.retain(|(pid, started)| {
            let stat = self.stat(*pid).ok().filter(|stat| stat.started == *started);
            reading.complete &= stat.is_some();
            if let Some(stat) = &stat {
                reading.add(stat);
                reading.add_files(&self.proc.join(pid.to_string()), &mut self.buffer);
            }
            stat.is_some()
        });
        reading
    }

    fn stat(&mut self, pid: u32) -> io::Result<Stat> {
        let path = self.proc.join(pid.to_string()).join("stat");
        Stat::parse(read_once(&path, &mut self.buffer)?)
    }
}

/// Sums over the living.
#[derive(Default)]
struct Reading {
    complete: bool,
    totals: Totals,
    resident_bytes: u64,
    virtual_bytes: u64,
    threads: u64,
    open_fds: Option<u64>,
    has_io: bool,
}

impl Reading {
    fn add(&mut self, stat: &Stat) {
        self.totals.add(&Totals {
            cpu_time: stat.cpu_time.saturating_add(stat.cpu_time_of_children),
            minor_faults: stat.minor_faults.saturating_add(stat.minor_faults_of_children),
            major_faults: stat.major_faults.saturating_add(stat.major_faults_of_children),
            io: IoBytes::default(),
        });
        self.resident_bytes = self.resident_bytes.saturating_add(stat.resident_bytes);
        self.virtual_bytes = self.virtual_bytes.saturating_add(stat.virtual_bytes);
        self.threads = self.threads.saturating_add(stat.threads);
    }

    /// What somebody else's processes do not show.
    fn add_files(&mut self, process: &Path, buffer: &mut Buffer) {
        let fds = process.join("fd");
        let count = match fs::metadata(&fds).map(|metadata| metadata.len()) {
            // Before Linux 6.2, and of what has ended.
            Ok(0) => fs::read_dir(&fds).ok().map(|entries| entries.count() as u64),
            // The size of a folder says nothing of it, unless it may be listed too.
            Ok(count) => fs::read_dir(&fds).is_ok().then_some(count),
            Err(_) => None,
        };
        if let Some(count) = count {
            self.open_fds = Some(self.open_fds.unwrap_or(0) + count);
        }
        if let Some(io) = read_once(&process.join("io"), buffer).ok().and_then(IoBytes::parse) {
            self.has_io = true;
            self.totals.add(&Totals { io, ..Totals::default() });
        }
    }
}

/// What only grows, as long as parents wait for their children.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    cpu_time: Duration,
    minor_faults: u64,
    major_faults: u64,
    io: IoBytes,
}

impl Totals {
    fn add(&mut self, more: &Totals) {
        *self = self.each(more, Duration::saturating_add, u64::saturating_add);
    }

    /// Nothing where there is less: somebody ended whom nobody waited for.
    fn gained_since(&self, earlier: &Totals) -> Totals {
        self.each(earlier, Duration::saturating_sub, u64::saturating_sub)
    }

    fn each(
        &self,
        other: &Totals,
        times: fn(Duration, Duration) -> Duration,
        counts: fn(u64, u64) -> u64,
    ) -> Totals {
        Totals {
            cpu_time: times(self.cpu_time, other.cpu_time),
            minor_faults: counts(self.minor_faults, other.minor_faults),
            major_faults: counts(self.major_faults, other.major_faults),
            io: IoBytes {
                read: counts(self.io.read, other.io.read),
                written: counts(self.io.written, other.io.written),
                read_calls: counts(self.io.read_calls, other.io.read_calls),
                write_calls: counts(self.io.write_calls, other.io.write_calls),
            },
        }
    }
}
