//! Pressure stall information: how long work stood still for want of something.

use crate::text_file::{Buffer, TextFile};
use std::path::Path;
use std::time::Duration;

/// The pressure on CPU, memory and IO. A resource that the kernel says nothing of is `None`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Pressures {
    /// What was under pressure.
    pub scope: PressureScope,
    /// Work that could run had no core.
    pub cpu: Option<Pressure>,
    /// Work waited for memory to be freed or fetched back.
    pub memory: Option<Pressure>,
    /// Work waited for storage.
    pub io: Option<Pressure>,
}

/// Whose pressure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PressureScope {
    /// The own control group, and what is in it.
    Cgroup,
    /// The whole machine: version 1 of control groups has no pressure of its own.
    System,
}

/// The pressure on one resource.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Pressure {
    /// At least one task stood still.
    pub some: Stall,
    /// All tasks that had something to do stood still; `None` where that is not counted.
    pub full: Option<Stall>,
}

/// How long tasks stood still.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Stall {
    /// The share of the last 10 seconds, 0 to 1: an average that weighs late seconds more.
    pub ratio_10s: f64,
    /// All of it since the machine started, or since the group was made.
    pub total: Duration,
}

#[derive(Debug)]
pub(super) struct PressureFiles {
    scope: PressureScope,
    /// CPU, memory, IO.
    files: [Option<TextFile>; 3],
}

impl PressureFiles {
    pub(super) fn open(root: &Path, unified: Option<&Path>) -> Self {
        let names = ["cpu", "memory", "io"];
        if let Some(group) = unified {
            let files =
                names.map(|name| TextFile::open(&group.join(format!("{name}.pressure"))).ok());
            if files.iter().any(Option::is_some) {
                return PressureFiles { scope: PressureScope::Cgroup, files };
            }
        }
        let folder = root.join("proc/pressure");
        let files = names.map(|name| TextFile::open(&folder.join(name)).ok());
        PressureFiles { scope: PressureScope::System, files }
    }

    pub(super) fn read(&self, buffer: &mut Buffer) -> Option<Pressures> {
        let [cpu, memory, io] = &self.files;
        let mut read = |file: &Option<TextFile>| Pressure::parse(file.as_ref()?.read(buffer).ok()?);
        let (cpu, memory, io) = (read(cpu), read(memory), read(io));
        let any = cpu.is_some() || memory.is_some() || io.is_some();
        any.then_some(Pressures { scope: self.scope, cpu, memory, io })
    }
}

impl Pressure {
    fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let line = |kind| text.lines().find_map(|line| Stall::parse(line.strip_prefix(kind)?));
        Some(Pressure { some: line("some ")?, full: line("full ") })
    }
}

impl Stall {
    fn parse(line: &str) -> Option<Self> {
        let field = |key| line.split(' ').find_map(|field| field.strip_prefix(key));
        let percent: f64 = field("avg10=")?.parse().ok()?;
        let total = Duration::from_micros(field("total=")?.parse().ok()?);
        percent.is_finite().then(|| Stall { ratio_10s: (percent / 100.0).clamp(0.0, 1.0), total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pressure_that_is_not_as_expected_is_no_figure() {
        let some = "some avg10=1.50 avg60=0.00 avg300=0.00 total=2000000\n";
        let pressure = Pressure::parse(some.as_bytes()).unwrap();
        let stall = Stall { ratio_10s: 0.015, total: Duration::from_secs(2) };
        assert_eq!(pressure, Pressure { some: stall, full: None });
        for text in ["", "some", "full avg10=0 total=1", "some avg10=NaN total=1", "some avg10=1"] {
            assert_eq!(Pressure::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Pressure::parse(b"some avg10=\xff total=1"), None);
    }
}
