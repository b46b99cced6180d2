//! The numbers of a report, as its JSON has them.
//!
//! The unit is in the key, times are whole nanoseconds, shares lie in `0.0..=1.0`, and what is absent
//! is unknown.

pub use crate::budget::{BudgetModel, BurnRateModel, ExcludedModel};
use jiff::Timestamp;
use perf_core::{Distribution, OperationSnapshot, Quantile, Sample, Snapshot};
use perf_sla::{Bound, Check, Quantity, Status, Subject, Verdict};
use serde::Serialize;
use std::collections::BTreeMap;

/// Bars of the small histogram of an operation.
const BARS: usize = 16;

/// A whole report.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Model {
    /// Always `perf-report`.
    pub schema: &'static str,
    /// Major and minor: readers take a newer minor and refuse a newer major.
    pub schema_version: &'static str,
    /// What stands above the report.
    pub title: String,
    /// When the snapshot was taken, RFC 3339 in UTC.
    pub taken_at: String,
    /// How long the interval is.
    pub interval_ns: u64,
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
    /// for. Only known when one operation stands for the whole. Together more than 1 where operations
    /// run inside each other, side by side, or outside of the whole.
    pub time_shares: Vec<TimeShare>,
    /// Counters with their growth in the interval.
    pub counters: BTreeMap<String, u64>,
    /// Gauges with their last value.
    pub gauges: BTreeMap<String, f64>,
    /// Histograms of values in the user's own units.
    pub histograms: BTreeMap<String, HistogramModel>,
    /// What could not be kept as it came; zeros left out.
    pub losses: BTreeMap<&'static str, u64>,
}

/// What an SLA file says.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct VerdictModel {
    /// `met`, `violated` or `inconclusive`.
    pub status: String,
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Each target with its answer.
    pub checks: Vec<CheckModel>,
    /// What the reader should know beside.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A target with its answer. Of the pairs of limit and observed value, one is there.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct CheckModel {
    /// `met`, `violated` or `inconclusive`.
    pub status: String,
    /// What it is for: `overall`, an operation, metric or objective by name, `resources`.
    pub subject: String,
    /// The operation, if it is for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The label and its value, where each value of a label is judged by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<(String, String)>,
    /// `p95`, `mean`, `max`, `throughput`, `success rate`, …
    pub indicator: String,
    /// Where it stands in the SLA file: `operations.retrieval.max_p95`.
    pub path: String,
    /// The whole in a sentence: `Operation 'retrieval' P95 (125.6ms) exceeds target (100.0ms)`.
    pub sentence: String,
    /// Whether the limit is the smallest value allowed.
    pub is_minimum: bool,
    /// The limit of a latency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_ns: Option<u64>,
    /// The latency observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_ns: Option<u64>,
    /// Where the true latency lies, at 95 %: the lower end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_low_ns: Option<u64>,
    /// The upper end; absent when no number of calls seen is a bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_high_ns: Option<u64>,
    /// The limit of a throughput.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_per_second: Option<f64>,
    /// The throughput observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_per_second: Option<f64>,
    /// The limit of a success rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_ratio: Option<f64>,
    /// The success rate observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_ratio: Option<f64>,
    /// The limit of a size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_bytes: Option<u64>,
    /// The size observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_bytes: Option<u64>,
    /// The limit of a number without a unit of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_value: Option<f64>,
    /// The number observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_value: Option<f64>,
    /// How far the observed value is from the limit, as a share of the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin_ratio: Option<f64>,
    /// How many calls it was judged on.
    pub samples: u64,
    /// Calls that took too long or failed: at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bad_at_least: Option<u64>,
    /// Calls that took too long or failed: at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bad_at_most: Option<u64>,
    /// Where the true share of those lies, at 95 %: the lower end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bad_ratio_low: Option<f64>,
    /// The upper end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bad_ratio_high: Option<f64>,
    /// Calls it takes, at the present rate, until the answer is firm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub samples_needed: Option<u64>,
    /// Without data: the operation that was recorded and has a name like this one's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub did_you_mean: Option<String>,
    /// The stretch it was judged on, where the file asks for the worst one: from the start of the
    /// profiler.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_from_ns: Option<u64>,
    /// The end of that stretch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_to_ns: Option<u64>,
    /// The error budget of an objective.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<BudgetModel>,
    /// What the reader should know beside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The line of the SLA file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// An operation. Latencies are those of its successes.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct OperationModel {
    /// Its name.
    pub name: String,
    /// All calls.
    pub count: u64,
    /// Calls that succeeded.
    pub successes: u64,
    /// Calls that failed.
    pub failures: u64,
    /// The share that succeeded.
    pub success_ratio: Option<f64>,
    /// Calls a second.
    pub throughput_per_second: Option<f64>,
    /// The time of all its calls together, failures too.
    pub total_ns: u64,
    /// The smallest latency.
    pub min_ns: Option<u64>,
    /// The mean latency.
    pub mean_ns: Option<u64>,
    /// The median latency.
    pub p50_ns: Option<u64>,
    /// The 90th percentile.
    pub p90_ns: Option<u64>,
    /// The 95th percentile.
    pub p95_ns: Option<u64>,
    /// The 99th percentile.
    pub p99_ns: Option<u64>,
    /// The 99.9th percentile.
    #[serde(rename = "p99.9_ns")]
    pub p999_ns: Option<u64>,
    /// The largest latency.
    pub max_ns: Option<u64>,
    /// The latencies in bars of equal width on a logarithmic axis from `min_ns` to `max_ns`.
    pub histogram: Vec<u64>,
    /// Why calls failed.
    pub failure_kinds: BTreeMap<String, u64>,
    /// The slowest calls.
    pub slowest: Vec<SampleModel>,
    /// The calls that failed last.
    pub failed: Vec<SampleModel>,
}

/// A histogram of values in the user's own unit.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct HistogramModel {
    /// How many values were recorded.
    pub count: u64,
    /// The smallest.
    pub min: Option<u64>,
    /// The mean.
    pub mean: Option<f64>,
    /// The median.
    pub p50: Option<u64>,
    /// The 95th percentile.
    pub p95: Option<u64>,
    /// The 99th percentile.
    pub p99: Option<u64>,
    /// The largest.
    pub max: Option<u64>,
}

/// One call that was kept.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct SampleModel {
    /// How long it took.
    pub duration_ns: u64,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_kind: Option<String>,
    /// What its timer was told.
    pub metadata: serde_json::Map<String, serde_json::Value>,
}

/// The share of an operation in the time of the whole.
#[derive(Clone, Debug, Serialize)]
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
        let overall_operation = snapshot.overall_operation().map(str::to_owned);
        let losses = snapshot.losses().iter().filter(|(_, count)| *count > 0);
        let mut model = Model {
            schema: "perf-report",
            schema_version: "1.0",
            title: "Performance report".to_owned(),
            taken_at: Timestamp::try_from(snapshot.taken_at())
                .map_or_else(|_| String::new(), |time| format!("{time:.0}")),
            interval_ns: snapshot.interval().as_nanos() as u64,
            overall_operation: None,
            verdict: None,
            overall: OperationModel::new(&snapshot.overall()),
            operations: snapshot.operations().map(OperationModel::new).collect(),
            time_shares: Vec::new(),
            counters: snapshot.counters().map(|(s, total)| (s.to_string(), total)).collect(),
            gauges: snapshot.gauges().map(|(s, value)| (s.to_string(), value)).collect(),
            histograms: snapshot
                .histograms()
                .map(|(series, values)| (series.to_string(), HistogramModel::new(values)))
                .collect(),
            losses: losses.collect(),
        };
        if let Some(name) = overall_operation {
            model.stand_for_the_whole(&name);
        }
        model
    }

    pub(crate) fn judge(&mut self, verdict: &Verdict) {
        if let Some(name) = verdict.overall_operation() {
            self.stand_for_the_whole(name);
        }
        self.verdict = Some(VerdictModel {
            status: verdict.status().to_string(),
            source: verdict.source().map(|path| path.display().to_string()),
            checks: verdict.checks().iter().map(CheckModel::new).collect(),
            notes: verdict.notes().to_vec(),
        });
    }

    fn stand_for_the_whole(&mut self, name: &str) {
        self.overall_operation = Some(name.to_owned());
        let Some(whole) = self.operations.iter().find(|operation| operation.name == name) else {
            return;
        };
        let total = whole.total_ns.max(1) as f64;
        self.overall = OperationModel { name: "overall".to_owned(), ..whole.clone() };
        let parts = self.operations.iter().filter(|o| o.name != name && o.count > 0);
        self.time_shares = parts
            .map(|part| TimeShare {
                operation: Some(part.name.clone()),
                ratio: part.total_ns as f64 / total,
            })
            .collect();
        self.time_shares.sort_by(|a, b| b.ratio.total_cmp(&a.ratio));
        let rest = 1.0 - self.time_shares.iter().map(|share| share.ratio).sum::<f64>();
        if rest > 0.0 && !self.time_shares.is_empty() {
            self.time_shares.push(TimeShare { operation: None, ratio: rest });
        }
    }
}

impl CheckModel {
    fn new(check: &Check) -> Self {
        let mut model = CheckModel {
            status: check.status.to_string(),
            subject: check.target.subject.to_string(),
            operation: check.target.operation().map(str::to_owned),
            label: check.label.clone(),
            indicator: check.target.indicator.to_string(),
            path: check.target.path.clone(),
            sentence: check.to_string(),
            is_minimum: check.target.bound == Bound::AtLeast,
            margin_ratio: check.margin(),
            samples: check.samples,
            bad_at_least: check.bad.map(|(least, _)| least),
            bad_at_most: check.bad.map(|(_, most)| most),
            interval_low_ns: check.interval.0.and_then(time),
            interval_high_ns: check.interval.1.and_then(time),
            bad_ratio_low: check.bad_share.map(|(low, _)| low),
            bad_ratio_high: check.bad_share.map(|(_, high)| high),
            samples_needed: check.samples_needed,
            window_from_ns: check.window.map(|window| nanos(window.from)),
            window_to_ns: check.window.map(|window| nanos(window.to)),
            budget: check.budget.as_ref().map(BudgetModel::new),
            note: check.note.clone(),
            did_you_mean: check.did_you_mean.clone(),
            line: check.target.line,
            ..CheckModel::default()
        };
        match check.target.limit {
            Quantity::Time(limit) => model.limit_ns = Some(nanos(limit)),
            Quantity::Rate(limit) => model.limit_per_second = Some(limit),
            Quantity::Ratio(limit) => model.limit_ratio = Some(limit),
            Quantity::Bytes(limit) => model.limit_bytes = Some(limit),
            Quantity::Number(limit) => model.limit_value = Some(limit),
            _ => {}
        }
        match check.observed {
            Some(Quantity::Time(time)) => model.observed_ns = Some(nanos(time)),
            Some(Quantity::Rate(rate)) => model.observed_per_second = Some(rate),
            Some(Quantity::Ratio(ratio)) => model.observed_ratio = Some(ratio),
            Some(Quantity::Bytes(bytes)) => model.observed_bytes = Some(bytes),
            Some(Quantity::Number(number)) => model.observed_value = Some(number),
            _ => {}
        }
        model
    }

    /// Whether it is for the whole.
    pub(crate) fn is_overall(&self) -> bool {
        self.operation.is_none() && self.subject == Subject::Overall.to_string()
    }

    pub(crate) fn has_status(&self, status: Status) -> bool {
        self.status == status.to_string()
    }
}

impl OperationModel {
    fn new(operation: &OperationSnapshot) -> Self {
        let latency = operation.latency();
        let quantiles =
            [Quantile::P50, Quantile::P90, Quantile::P95, Quantile::P99, Quantile::P999];
        let [p50_ns, p90_ns, p95_ns, p99_ns, p999_ns] = latency.quantiles(&quantiles);
        let kinds = operation.failure_kinds().map(|(kind, count)| (kind.to_owned(), count));
        OperationModel {
            name: operation.name().to_owned(),
            count: operation.count(),
            successes: operation.successes(),
            failures: operation.failures(),
            success_ratio: operation.success_rate(),
            throughput_per_second: operation.throughput(),
            total_ns: u64::try_from(latency.sum() + operation.failure_latency().sum())
                .unwrap_or(u64::MAX),
            min_ns: latency.min(),
            mean_ns: latency.mean().map(|mean| mean as u64),
            p50_ns,
            p90_ns,
            p95_ns,
            p99_ns,
            p999_ns,
            max_ns: latency.max(),
            histogram: bars(latency),
            failure_kinds: kinds.collect(),
            slowest: operation.slowest().iter().map(SampleModel::new).collect(),
            failed: operation.failed().iter().map(SampleModel::new).collect(),
        }
    }
}

impl HistogramModel {
    fn new(values: &Distribution) -> Self {
        let [p50, p95, p99] = values.quantiles(&[Quantile::P50, Quantile::P95, Quantile::P99]);
        let (min, mean, max) = (values.min(), values.mean(), values.max());
        HistogramModel { count: values.count(), min, mean, p50, p95, p99, max }
    }
}

impl SampleModel {
    fn new(sample: &Sample) -> Self {
        use perf_core::MetadataValue as Value;
        let json = |value: &Value| match value {
            Value::Text(text) => text.as_ref().into(),
            Value::Integer(number) => (*number).into(),
            Value::Unsigned(number) => (*number).into(),
            Value::Float(number) => (*number).into(),
            Value::Bool(truth) => (*truth).into(),
            other => other.to_string().into(),
        };
        SampleModel {
            duration_ns: sample.duration().as_nanos() as u64,
            failure_kind: sample.failure_kind().map(str::to_owned),
            metadata: sample.metadata().map(|(key, value)| (key.to_owned(), json(value))).collect(),
        }
    }
}

fn time(quantity: Quantity) -> Option<u64> {
    match quantity {
        Quantity::Time(time) => Some(nanos(time)),
        _ => None,
    }
}

fn nanos(time: std::time::Duration) -> u64 {
    time.as_nanos() as u64
}

fn bars(latency: &Distribution) -> Vec<u64> {
    let (Some(min), Some(max)) = (latency.min(), latency.max()) else { return Vec::new() };
    let mut bars = vec![0; BARS];
    let low = (min.max(1) as f64).ln();
    let width = ((max.max(1) as f64).ln() - low) / BARS as f64;
    for bucket in latency.buckets() {
        let value = bucket.midpoint().clamp(min, max).max(1) as f64;
        let bar = if width > 0.0 { ((value.ln() - low) / width) as usize } else { 0 };
        bars[bar.min(BARS - 1)] += bucket.count;
    }
    bars
}
