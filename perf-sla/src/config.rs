//! What an SLA file promises.

use crate::alert::{AlertRule, Alerting, Inhibition, PlannedSilence};
use crate::document::Format;
use crate::error::{Problem, SlaError};
use crate::exclusion::Exclusion;
use crate::handler::HandlerConfig;
use crate::metric::Metric;
use crate::objective::Objective;
use crate::reader::read;
use crate::target::Target;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file is not read beyond this: nobody's targets are that long.
pub(crate) const MAX_BYTES: u64 = 1 << 20;

/// What a service promises: the contents of an SLA file, or of a [builder](Self::builder).
///
/// ```toml
/// # Which operation stands for the whole; without it, all operations together do.
/// overall_operation = "end_to_end"
///
/// [overall]                        # targets for the whole
/// max_p95 = "300ms"                # p50, p90, p95, p99, or any other percentile
/// "max_p99.9" = "1s"               # with a dot, the key needs quotes
/// min_throughput = "10/s"          # /s, /min, /h
/// min_success_rate = "99.5%"       # or "0.995"
///
/// [operations.retrieval]           # the same keys, for one operation
/// max_p95 = "100ms"                # ns, us, ms, s, min, h, d
///
/// [[objectives]]                   # a share of good events over a period, with an error budget
/// name = "fast answers"
/// good = "latency <= 300ms"
/// target = "99%"
/// period = "30d"
/// ```
///
/// docs/sla.md explains every key, and how each kind of target is judged.
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
    pub(crate) warm_up: Option<Duration>,
    pub(crate) targets: Vec<Target>,
    pub(crate) metrics: Vec<Metric>,
    pub(crate) objectives: Vec<Objective>,
    pub(crate) exclusions: Vec<Exclusion>,
    pub(crate) alerts: Vec<AlertRule>,
    pub(crate) handlers: Vec<HandlerConfig>,
    pub(crate) alerting: Alerting,
    pub(crate) inhibitions: Option<Vec<Inhibition>>,
    pub(crate) silences: Vec<PlannedSilence>,
    pub(crate) warnings: Vec<Problem>,
    pub(crate) source: Option<PathBuf>,
}

impl SlaConfig {
    /// Reads a file: YAML if its name ends with `.yaml` or `.yml`, JSON with `.json` (both with the
    /// feature `yaml`), else TOML.
    ///
    /// # Errors
    ///
    /// [`SlaError`] with everything that is wrong: the file cannot be read, is no TOML, has an
    /// unknown key, a value without its unit, or a target that nothing can meet or nothing can miss.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, SlaError> {
        let path = path.as_ref();
        let problems = match read_text(path) {
            Ok(text) => match read(&text, Format::of(path)) {
                Ok(config) => return Ok(SlaConfig { source: Some(path.to_owned()), ..config }),
                Err(problems) => problems,
            },
            Err(message) => vec![Problem { position: None, message }],
        };
        Err(SlaError { file: Some(path.to_owned()), problems })
    }

    /// Reads TOML from a text.
    ///
    /// # Errors
    ///
    /// As [`from_path`](Self::from_path).
    pub fn from_toml(text: &str) -> Result<Self, SlaError> {
        from_text(text, Format::Toml)
    }

    /// Reads YAML, or JSON, from a text: the same keys.
    ///
    /// # Errors
    ///
    /// As [`from_path`](Self::from_path).
    #[cfg(feature = "yaml")]
    pub fn from_yaml(text: &str) -> Result<Self, SlaError> {
        from_text(text, Format::Yaml)
    }

    /// The operation that stands for the whole; if none, all operations together do.
    pub fn overall_operation(&self) -> Option<&str> {
        self.overall_operation.as_deref()
    }

    /// What is left out at the start of a run.
    pub fn warm_up(&self) -> Option<Duration> {
        self.warm_up
    }

    /// Every target: as in the file, those of the whole first, then those of operations, metrics and
    /// resources.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The metrics that targets and objectives are for.
    pub fn metrics(&self) -> &[Metric] {
        &self.metrics
    }

    /// The shares of good events that are promised over a period.
    pub fn objectives(&self) -> &[Objective] {
        &self.objectives
    }

    /// The stretches of time that count for no objective.
    pub fn exclusions(&self) -> &[Exclusion] {
        &self.exclusions
    }

    /// What somebody is to be told of.
    pub fn alerts(&self) -> &[AlertRule] {
        &self.alerts
    }

    /// Who tells it, in the order of the file.
    pub fn handlers(&self) -> &[HandlerConfig] {
        &self.handlers
    }

    /// What holds for all alerts.
    pub fn alerting(&self) -> &Alerting {
        &self.alerting
    }

    /// Which alerts silence which, if the file says so; `inhibit = []` is none.
    pub fn inhibitions(&self) -> Option<&[Inhibition]> {
        self.inhibitions.as_deref()
    }

    /// When nobody is told of some alerts.
    pub fn silences(&self) -> &[PlannedSilence] {
        &self.silences
    }

    /// What can be read but can hardly be meant: a p50 above the p99, a burn rate that can never be
    /// reached.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// The file it was read from.
    pub fn source(&self) -> Option<&Path> {
        self.source.as_deref()
    }

    /// What an alert can watch: the paths of all targets and objectives.
    pub fn paths(&self) -> impl Iterator<Item = String> {
        let targets = self.targets.iter().map(|target| target.path.clone());
        let objectives = self.objectives.iter().map(|o| format!("objectives.{}", o.name));
        targets.chain(objectives)
    }
}

fn from_text(text: &str, format: Format) -> Result<SlaConfig, SlaError> {
    read(text, format).map_err(|problems| SlaError { file: None, problems })
}

pub(crate) fn read_text(path: &Path) -> Result<String, String> {
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
