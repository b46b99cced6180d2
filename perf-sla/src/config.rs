//! What an SLA file promises.

use crate::check::Check;
use crate::error::{Problem, SlaError};
use crate::file::read_toml;
use crate::nearest::nearest;
use crate::target::Target;
use crate::verdict::Verdict;
use perf_core::{Profiler, Snapshot, TooManyLimits};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file is not read beyond this: nobody's targets are that long.
const MAX_BYTES: u64 = 1 << 20;

/// The targets of an SLA file.
///
/// ```toml
/// # Which operation stands for the whole; without it, all operations together do.
/// overall_operation = "end_to_end"
///
/// [overall]                        # targets for the whole
/// max_p95 = "300ms"                # p50, p90, p95, p99, or any other percentile
/// "max_p99.9" = "1s"               # with a dot, the key needs quotes
/// max_mean = "120ms"
/// max_max = "5s"                   # no call took longer
/// min_throughput = "10/s"          # /s, /min, /h
/// min_success_rate = "99.5%"       # or "0.995"
///
/// [operations.retrieval]           # the same keys, for one operation
/// max_p95 = "100ms"                # ns, us, ms, s, min, h
/// ```
///
/// Latencies are those of successes. A percentile or success rate is met or violated when a test of
/// its count of bad calls is firm at 5 %, and inconclusive in between.
///
/// ```
/// use perf_sla::SlaConfig;
///
/// let sla = SlaConfig::from_toml("[overall]\nmax_p95 = \"300ms\"")?;
/// assert_eq!(sla.targets()[0].limit.to_string(), "300.0ms");
/// let error = SlaConfig::from_toml("[overall]\nmax_p95 = 300").unwrap_err();
/// assert_eq!(error.to_string(), "sla:2:11: max_p95: needs a unit, as a text: \"300ms\"");
/// # Ok::<(), perf_sla::SlaError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SlaConfig {
    pub(crate) overall_operation: Option<String>,
    pub(crate) targets: Vec<Target>,
    pub(crate) source: Option<PathBuf>,
}

impl SlaConfig {
    /// Reads a TOML file.
    ///
    /// # Errors
    ///
    /// [`SlaError`] with everything that is wrong: the file cannot be read, is no TOML, has an
    /// unknown key, a value without its unit, or a target that nothing can meet or nothing can miss.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, SlaError> {
        let path = path.as_ref();
        let text = read_text(path).map_err(|message| SlaError {
            file: Some(path.to_owned()),
            problems: vec![Problem { position: None, message }],
        })?;
        match read_toml(&text) {
            Ok(config) => Ok(SlaConfig { source: Some(path.to_owned()), ..config }),
            Err(problems) => Err(SlaError { file: Some(path.to_owned()), problems }),
        }
    }

    /// Reads TOML from a text.
    ///
    /// # Errors
    ///
    /// As [`from_path`](Self::from_path).
    pub fn from_toml(text: &str) -> Result<Self, SlaError> {
        read_toml(text).map_err(|problems| SlaError { file: None, problems })
    }

    /// Every target: those of the whole first, then by operation in the order of the file.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The operation that stands for the whole; if none, all operations together do.
    pub fn overall_operation(&self) -> Option<&str> {
        self.overall_operation.as_deref()
    }

    /// Has the operations count, from now on, how many calls are over the limits of this file, so
    /// that verdicts rest on exact counts and not on buckets.
    ///
    /// Targets of the whole are counted so only if `overall_operation` names one operation.
    ///
    /// # Errors
    ///
    /// [`TooManyLimits`] when an operation is given more than
    /// [`MAX_LIMITS`](perf_core::MAX_LIMITS) different limits;
    /// those beyond are judged by buckets, in the direction that cannot flatter.
    pub fn watch(&self, profiler: &Profiler) -> Result<(), TooManyLimits> {
        let mut result = Ok(());
        for target in &self.targets {
            let operation = target.operation.as_ref().or(self.overall_operation.as_ref());
            if let (Some(operation), Some(limit)) = (operation, target.record_limit()) {
                result = result.and(profiler.operation(operation).limits(&[limit]));
            }
        }
        result
    }

    /// Judges every target on `snapshot`.
    pub fn evaluate(&self, snapshot: &Snapshot) -> Verdict {
        let overall = match &self.overall_operation {
            Some(name) => snapshot.operation(name).cloned(),
            None => Some(snapshot.overall()),
        };
        let recorded = || snapshot.operations().filter(|o| o.count() > 0).map(|o| o.name());
        let check = |target: &Target| {
            let operation = match &target.operation {
                Some(name) => snapshot.operation(name),
                None => overall.as_ref(),
            };
            let mut check = Check::new(target.clone(), operation);
            let name = target.operation.as_ref().or(self.overall_operation.as_ref());
            if let (0, Some(name)) = (check.samples, name) {
                check.did_you_mean = nearest(name, recorded()).map(str::to_owned);
            }
            check
        };
        let checks = self.targets.iter().map(check).collect();
        Verdict::new(checks, self.source.clone(), self.overall_operation.clone())
    }
}

fn read_text(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| format!("cannot be read: {error}"))?;
    let read = file.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err("is larger than 1 MiB; an SLA file holds a few hundred lines".to_owned());
    }
    String::from_utf8(bytes)
        .map_err(|error| format!("is not UTF-8 from byte {} on", error.utf8_error().valid_up_to()))
}
