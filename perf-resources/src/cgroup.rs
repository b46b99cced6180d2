//! What the container of a process allows it, and what it makes of that.

mod cgroup_sample;
mod controller;
mod find;
mod level;
mod pressure;

pub use cgroup_sample::{CgroupCpu, CgroupMemory, CgroupSample, Limit};
pub use pressure::{Pressure, PressureScope, Pressures, Stall};

use crate::text_file::Buffer;
use level::{CpuLevel, MemoryLevel};
use pressure::PressureFiles;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The control groups of this process: those of version 2, of version 1, or some of each.
///
/// A limit holds for a group and everything in it, so the limits of all groups around the own one count
/// too; each figure says which kind it is. The groups are found once: a process that is moved to another
/// group wants a new `Cgroup`. It keeps files open: four to seven, and one or two for each group around
/// the own one.
///
/// ```
/// use perf_resources::{Cgroup, Limit};
///
/// let mut cgroup = Cgroup::find()?;
/// let sample = cgroup.sample();
/// match sample.memory.map(|memory| memory.limit) {
///     Some(Limit::At(bytes)) => println!("may use {bytes} bytes"),
///     Some(Limit::Unlimited) => println!("may use what the machine has"),
///     Some(Limit::Unreadable) | None => println!("nobody says"),
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Cgroup {
    /// The own group first, then those around it.
    memory: Vec<MemoryLevel>,
    cpu: Vec<CpuLevel>,
    root: PathBuf,
    unified: Option<PathBuf>,
    pressure: Option<PressureFiles>,
    buffer: Buffer,
}

impl Cgroup {
    /// The groups of this process. A host without control groups is none of the errors: it has no figures.
    ///
    /// # Errors
    ///
    /// When `/proc` is there and does not say which groups there are.
    pub fn find() -> io::Result<Self> {
        Self::find_under("/")
    }

    /// The same, all paths taken below `root`: that of a host in a container, or a tree of files that was
    /// saved elsewhere.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub fn find_under(root: impl AsRef<Path>) -> io::Result<Self> {
        let root = root.as_ref();
        let found = find::folders(root)?;
        Ok(Cgroup {
            memory: found.memory.iter().flat_map(MemoryLevel::levels).collect(),
            cpu: found.cpu.iter().flat_map(CpuLevel::levels).collect(),
            root: root.to_owned(),
            unified: found.unified,
            pressure: None,
            buffer: Buffer::new(),
        })
    }

    /// Reads now. Nothing is an error: a figure that cannot be read is `None`, or
    /// [`Limit::Unreadable`].
    pub fn sample(&mut self) -> CgroupSample {
        let at = Instant::now();
        CgroupSample {
            at,
            memory: MemoryLevel::sample(&mut self.memory, &mut self.buffer),
            cpu: CpuLevel::sample(&mut self.cpu, &mut self.buffer),
        }
    }

    /// How long work has stood still for want of CPU, memory and IO (PSI); `None` where the kernel does
    /// not count it. About 1 µs each.
    pub fn pressures(&mut self) -> Option<Pressures> {
        let (root, unified) = (&self.root, self.unified.as_deref());
        let files = self.pressure.get_or_insert_with(|| PressureFiles::open(root, unified));
        files.read(&mut self.buffer)
    }
}
