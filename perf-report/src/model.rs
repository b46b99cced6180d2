//! The numbers of a report, as its JSON has them.
//!
//! The unit is in the key, times are whole nanoseconds, shares lie in `0.0..=1.0`, and what is absent
//! is unknown. Of the schema, a minor version only adds keys, and readers ignore those that they do not
//! know; a greater major version is refused. It is published as `perf-report/report.schema.json`.

mod baseline;
mod budget;
mod call_tree;
mod distribution;
mod finding;
mod metrics;
mod operation;
mod request_totals;
mod requests;
mod resources;
mod run;
#[cfg(test)]
mod schema;
mod series;
mod verdict;

pub use baseline::{BaselineModel, ChangeModel};
pub(crate) use baseline::{TIME_FLOOR, is_same_run};
pub use budget::{BudgetModel, BudgetPointModel, BurnRateModel, ExcludedModel};
pub use call_tree::CallNodeModel;
pub use distribution::DistributionModel;
pub use finding::FindingModel;
pub(crate) use finding::MIN_SHARE;
pub(crate) use metrics::MERGED;
pub use metrics::{CounterModel, GaugeModel, HistogramModel};
pub use operation::{OperationModel, OverLimitModel, SampleModel};
pub use request_totals::{RequestBucketModel, RequestTotalsModel};
pub use requests::{RequestModel, RequestsModel, StageModel, StageShareModel, TailModel};
pub use resources::ResourceFindingModel;
pub use run::{GeneratorModel, HostModel, RunModel};
pub(crate) use run::{instant_ns, moment, seconds, time};
pub use series::{GaugeSeriesModel, OperationSeriesModel, SeriesModel};
pub use verdict::{CheckModel, VerdictModel};

use perf_analysis::{RequestStatistics, operation_bottlenecks};
use perf_core::saturating_nanos as nanos;
use perf_core::{Snapshot, SnapshotParts};
use perf_sla::Verdict;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// The name of the format.
pub(crate) const SCHEMA: &str = "perf-report";
/// Its version: a reader of 1.0 reads 1.x. 1.1 has `run.covered_ns`.
pub(crate) const SCHEMA_VERSION: &str = "1.1";

/// A whole report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct Model {
    /// Always `perf-report`.
    pub schema: String,
    /// Major and minor: readers take a newer minor and refuse a newer major.
    pub schema_version: String,
    /// What made it.
    pub generator: GeneratorModel,
    /// What stands above the report.
    pub title: String,
    /// Which run it is about.
    pub run: RunModel,
    /// The operation that stands for the whole, if one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overall_operation: Option<String>,
    /// What the SLA file says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<VerdictModel>,
    /// The whole: the operation that stands for it, or all together.
    pub overall: OperationModel,
    /// Every operation, by name.
    pub operations: Vec<OperationModel>,
    /// The share each operation has in the time of the whole, largest first, and what none accounts
    /// for. Only known when one operation stands for the whole; of all others together while that one has
    /// no time. Together more than 1 where operations run inside each other, side by side, or outside of the
    /// whole.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub time_shares: Vec<TimeShare>,
    /// Requests with their stages, if they were watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests: Option<RequestsModel>,
    /// Where time could be saved, the largest impact first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingModel>,
    /// Resources that are near their limits, or grow and grow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resource_findings: Vec<ResourceFindingModel>,
    /// The run by time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub series: Option<SeriesModel>,
    /// The run beside earlier ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<BaselineModel>,
    /// Who called what, if the profiler kept that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub call_tree: Vec<CallNodeModel>,
    /// Counters with their growth in the interval.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counters: Vec<CounterModel>,
    /// Gauges with their last value; in a merged report, the smallest (label `merged="min"`) and the largest
    /// (`merged="max"`) of all reports.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gauges: Vec<GaugeModel>,
    /// Histograms of values in the user's own units.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub histograms: Vec<HistogramModel>,
    /// What could not be kept as it came; zeros left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub losses: BTreeMap<String, u64>,
}

/// The share of an operation in the time of the whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct TimeShare {
    /// The operation; absent for what no operation accounts for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Its share.
    pub ratio: f64,
}

impl Model {
    pub(crate) fn new(snapshot: &Snapshot) -> Self {
        let start = snapshot.from();
        let overall_operation = snapshot.overall_operation().map(str::to_owned);
        let losses = snapshot.losses().iter().filter(|(_, count)| *count > 0);
        let mut model = Model {
            schema: SCHEMA.to_owned(),
            schema_version: SCHEMA_VERSION.to_owned(),
            generator: GeneratorModel::this(),
            title: "Performance report".to_owned(),
            run: RunModel::new(snapshot),
            overall: OperationModel::new(&snapshot.overall(), start),
            operations: snapshot.operations().map(|o| OperationModel::new(o, start)).collect(),
            counters: snapshot.counters().map(|(s, n)| CounterModel::new(s, n)).collect(),
            gauges: snapshot.gauges().map(|(s, value)| GaugeModel::new(s, value)).collect(),
            histograms: snapshot.histograms().map(|(s, v)| HistogramModel::new(s, v)).collect(),
            losses: losses.map(|(name, count)| (name.to_owned(), count)).collect(),
            ..Model::default()
        };
        let findings = operation_bottlenecks(snapshot, MIN_SHARE).unwrap_or_default();
        model.findings = FindingModel::all(&findings);
        if let Some(name) = overall_operation {
            model.stand_for_the_whole(&name);
        }
        model
    }

    /// Computes anew what follows from counts and buckets, so that no number of a file stands against another.
    pub(crate) fn derive_anew(&mut self) {
        let fresh = Model::new(&self.snapshot());
        // As those of a snapshot are.
        self.operations.sort_by(|a, b| a.name.cmp(&b.name));
        for (operation, fresh) in self.operations.iter_mut().zip(fresh.operations) {
            operation.take_numbers(fresh);
        }
        for histogram in &mut self.histograms {
            *histogram = HistogramModel::new(&histogram.series(), &histogram.distribution());
        }
        self.time_shares.clear();
        match self.overall_operation.clone() {
            Some(name) => self.stand_for_the_whole(&name),
            None => self.overall.take_numbers(fresh.overall),
        }
    }

    pub(crate) fn judge(&mut self, verdict: &Verdict) {
        if let Some(name) = verdict.overall_operation() {
            self.stand_for_the_whole(name);
        }
        self.verdict = Some(VerdictModel::new(verdict));
    }

    /// What requests spend their time on says more than operations alone.
    pub(crate) fn watched(&mut self, statistics: &RequestStatistics) {
        if statistics.requests() > 0 {
            self.requests = Some(RequestsModel::new(statistics));
            self.findings = FindingModel::all(&statistics.bottlenecks(MIN_SHARE));
        }
    }

    /// The snapshot that it was made of, but for which profiler's it was.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot::from_parts(self.parts_within(&self.run, 0))
    }

    /// What the snapshot is made of, as part of `run`, which began `offset` ns before it.
    pub(crate) fn parts_within(&self, run: &RunModel, offset: u64) -> SnapshotParts {
        let start = run.begins_ns.saturating_add(offset);
        let mut parts = SnapshotParts::default();
        parts.from = Duration::from_nanos(run.begins_ns);
        parts.to = Duration::from_nanos(run.begins_ns.saturating_add(run.duration_ns));
        parts.taken_at = time(&run.ended_at).unwrap_or(SystemTime::UNIX_EPOCH);
        parts.overall_operation = self.overall_operation.clone();
        parts.operations = self.operations.iter().map(|o| o.parts(start)).collect();
        parts.counters = self.counters.iter().map(|c| (c.series(), c.growth)).collect();
        parts.gauges = self.gauges.iter().map(|g| (g.series(), g.number())).collect();
        parts.histograms = self.histograms.iter().map(|h| (h.series(), h.distribution())).collect();
        for (name, count) in &self.losses {
            if let Some(loss) = parts.losses.get_mut(name) {
                *loss = *count;
            }
        }
        parts
    }

    pub(crate) fn stand_for_the_whole(&mut self, name: &str) {
        self.overall_operation = Some(name.to_owned());
        let Some(whole) = self.operations.iter().find(|operation| operation.name == name) else {
            return;
        };
        let total = whole.total_ns as f64;
        self.overall = OperationModel { name: "overall".to_owned(), ..whole.clone() };
        let parts = || self.operations.iter().filter(|o| o.name != name && o.count > 0);
        let sum: f64 = parts().map(|part| part.total_ns as f64).sum();
        // Nothing may have been recorded of the whole, as of a log whose lines are no requests: it is their sum then.
        let of = if total > 0.0 { total } else { sum };
        let share = |part: &OperationModel| TimeShare {
            operation: Some(part.name.clone()),
            ratio: part.total_ns as f64 / of,
        };
        self.time_shares = if of > 0.0 { parts().map(share).collect() } else { Vec::new() };
        self.time_shares.sort_by(|a, b| b.ratio.total_cmp(&a.ratio));
        let rest = 1.0 - self.time_shares.iter().map(|share| share.ratio).sum::<f64>();
        if total > 0.0 && rest > 0.0 && !self.time_shares.is_empty() {
            self.time_shares.push(TimeShare { operation: None, ratio: rest });
        }
    }
}
