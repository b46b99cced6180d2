//! OpenSLO v1: what of it can be judged in the process, and what of ours it can say.
//!
//! docs/openslo.md has the table of what becomes what.

mod alerting;
mod documents;
mod duration;
mod export;
mod fields;
mod import;
mod indicator;
mod names;
mod objective;
mod parts;
mod slo;
mod sources;
mod target;
mod unmapped;
mod window;
mod yaml;

use crate::config::{SlaConfig, read_text};
use crate::error::{Problem, SlaError};
use std::path::Path;

/// What every annotation of ours begins with.
const PREFIX: &str = "perfkit.dev/";

/// The version that is read and written.
const VERSION: &str = "openslo/v1";

/// The type of a metric source that is measured in the process.
const SOURCE: &str = "perfkit";

/// The promises of an SLA file as OpenSLO v1 has them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenSloExport {
    /// The documents: a Service, an SLO for each promise, an AlertPolicy and an AlertCondition for each
    /// burn rate.
    pub yaml: String,
    /// What OpenSLO cannot say, a sentence each.
    pub left_out: Vec<String>,
}

/// The promises of OpenSLO v1 documents as an SLA file has them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct OpenSloImport {
    /// What can be judged in the process.
    pub config: SlaConfig,
    /// What cannot, with its place and what to write instead; in the order of the file.
    pub left_out: Vec<Problem>,
}

impl SlaConfig {
    /// The same promises in OpenSLO v1, for the service of this name.
    ///
    /// ```
    /// use perf_sla::SlaConfig;
    ///
    /// let sla = SlaConfig::from_toml("[operations.search]\nmax_p95 = \"100ms\"\nmax_mean = \"20ms\"")?;
    /// let export = sla.to_openslo("shop");
    /// assert!(export.yaml.contains("good: \"latency <= 100ms\""));
    /// assert!(export.yaml.contains("targetPercent: 95\n"));
    /// assert!(export.left_out[0].starts_with("operations.search.max_mean: "));
    /// # Ok::<(), perf_sla::SlaError>(())
    /// ```
    pub fn to_openslo(&self, service: &str) -> OpenSloExport {
        export::export(self, service)
    }

    /// Reads OpenSLO v1: YAML with any number of documents, or JSON. Only indicators whose metric source
    /// is of the type `perfkit` can be judged in the process; all others are listed in
    /// [`left_out`](OpenSloImport::left_out).
    ///
    /// ```
    /// use perf_sla::SlaConfig;
    ///
    /// let text = r#"
    /// apiVersion: openslo/v1
    /// kind: SLO
    /// metadata: {name: fast-answers}
    /// spec:
    ///   service: shop
    ///   indicator:
    ///     metadata: {name: answers-in-time}
    ///     spec:
    ///       ratioMetric:
    ///         good: {metricSource: {type: perfkit, spec: {operation: answer, good: latency <= 300ms}}}
    ///         total: {metricSource: {type: perfkit, spec: {operation: answer}}}
    ///   timeWindow: [{duration: 4w, isRolling: true}]
    ///   budgetingMethod: Occurrences
    ///   objectives: [{target: 0.99}]
    /// "#;
    /// let import = SlaConfig::from_openslo(text)?;
    /// assert_eq!(import.config.objectives()[0].period.to_string(), "28d");
    /// assert!(import.left_out.is_empty());
    /// # Ok::<(), perf_sla::SlaError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SlaError`] with everything that is no OpenSLO v1: another version, a reference to what is not
    /// there, a percentage where a share belongs. And when nothing of it can be judged.
    pub fn from_openslo(text: &str) -> Result<OpenSloImport, SlaError> {
        import::import(text).map_err(|problems| SlaError { file: None, problems })
    }

    /// As [`from_openslo`](Self::from_openslo), from a file, whose name stands in what is told.
    ///
    /// # Errors
    ///
    /// As there, and when the file cannot be read.
    pub fn from_openslo_path(path: impl AsRef<Path>) -> Result<OpenSloImport, SlaError> {
        let path = path.as_ref();
        let read = match read_text(path) {
            Ok(text) => import::import(&text),
            Err(message) => Err(vec![Problem { position: None, message }]),
        };
        read.map_err(|problems| SlaError { file: Some(path.to_owned()), problems })
    }
}
