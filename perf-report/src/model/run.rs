//! Which run a report is about.

use jiff::Timestamp;
use perf_core::Snapshot;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::SystemTime;

/// A run: when it was, where, and of what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct RunModel {
    /// When the interval began, RFC 3339 in UTC.
    pub started_at: String,
    /// When it ended.
    pub ended_at: String,
    /// How long it is; of merged reports, how much of the time at least one of them covers.
    pub duration_ns: u64,
    /// Which stretches that is, each from and to, from the start of the run, in order and apart. Absent when
    /// nothing lies between them. Since 1.1.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub covered_ns: Vec<(u64, u64)>,
    /// How long the profiler had been there when it began: what happened before, such as a warm-up, is not
    /// part of it.
    pub begins_ns: u64,
    /// How many reports were merged into this one; 1 for that of one process.
    pub sources: u64,
    /// The machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<HostModel>,
    /// What the user said of it: `service`, `version`, `commit`, …
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// A machine, as far as it matters for a comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct HostModel {
    /// Its operating system: `linux`.
    pub os: String,
    /// Its architecture: `x86_64`.
    pub arch: String,
    /// How many threads can run at once in the process; 0 where that is unknown.
    pub cpus: u64,
}

/// What made a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct GeneratorModel {
    /// The program: `perf-report`.
    pub name: String,
    /// Its version.
    pub version: String,
}

impl RunModel {
    pub(crate) fn new(snapshot: &Snapshot) -> Self {
        let ended_at = snapshot.taken_at();
        let started_at = ended_at.checked_sub(snapshot.interval());
        RunModel {
            started_at: exact_moment(started_at.unwrap_or(SystemTime::UNIX_EPOCH)),
            ended_at: exact_moment(ended_at),
            duration_ns: super::nanos(snapshot.interval()),
            covered_ns: Vec::new(),
            begins_ns: super::nanos(snapshot.from()),
            sources: 1,
            host: Some(HostModel::here()),
            labels: BTreeMap::new(),
        }
    }

    /// When it began, in seconds since 1970; 0 where that is not said in a way that can be read.
    pub(crate) fn start_s(&self) -> f64 {
        seconds(&self.started_at)
    }

    /// The same in ns.
    pub(crate) fn start_ns(&self) -> i128 {
        instant_ns(&self.started_at).unwrap_or(0)
    }

    /// What it covers, from its start.
    pub(crate) fn stretches(&self) -> Vec<(u64, u64)> {
        match self.covered_ns.is_empty() {
            true => vec![(0, self.duration_ns)],
            false => self.covered_ns.clone(),
        }
    }
}

impl HostModel {
    fn here() -> Self {
        let cpus = std::thread::available_parallelism().map_or(0, |count| count.get() as u64);
        HostModel {
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            cpus,
        }
    }
}

impl GeneratorModel {
    pub(crate) fn this() -> Self {
        GeneratorModel {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// A time to the second, RFC 3339 in UTC.
pub(crate) fn moment(time: SystemTime) -> String {
    Timestamp::try_from(time).map_or_else(|_| String::new(), |time| format!("{time:.0}"))
}

/// A time to the nanosecond, RFC 3339 in UTC.
pub(crate) fn exact_moment(time: SystemTime) -> String {
    Timestamp::try_from(time).map_or_else(|_| String::new(), |time| format!("{time:.9}"))
}

/// Seconds since 1970 of a time that was written so.
pub(crate) fn seconds(moment: &str) -> f64 {
    instant_ns(moment).map_or(0.0, |ns| ns as f64 / 1e9)
}

/// The same in ns; `None` where it cannot be read.
pub(crate) fn instant_ns(moment: &str) -> Option<i128> {
    moment.parse::<Timestamp>().ok().map(Timestamp::as_nanosecond)
}

/// A time that was written so.
pub(crate) fn time(moment: &str) -> Option<SystemTime> {
    moment.parse::<Timestamp>().ok().map(SystemTime::from)
}
