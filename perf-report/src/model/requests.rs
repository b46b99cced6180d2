//! What requests spend their time on, as the JSON of a report has it.

use super::nanos;
use super::operation::metadata;
use super::request_totals::RequestTotalsModel;
use super::run::exact_moment;
use perf_analysis::{RequestStatistics, StageShare, UnknownStage, critical_path};
use perf_core::{RequestSummary, StageSummary};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Requests that are shown whole.
const SHOWN: usize = 8;

/// Requests with their stages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct RequestsModel {
    /// How many there were.
    pub count: u64,
    /// What the time of all of them went into, the largest part first.
    pub shares: Vec<StageShareModel>,
    /// The slowest 1 % of them, or a little more; absent below 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tail: Option<TailModel>,
    /// The slowest, the slowest first.
    pub slowest: Vec<RequestModel>,
    /// One that took about as long as the median one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typical: Option<RequestModel>,
    /// The sums behind it, from which several reports are made one.
    pub totals: RequestTotalsModel,
}

/// The part that a stage has in the time of requests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct StageShareModel {
    /// The stage; absent for the time in which none ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The part of the time in which it ran.
    pub covered_ratio: f64,
    /// The part in which it decided when the request ends; all together 1.
    pub on_path_ratio: f64,
    /// Requests that had it.
    pub requests: u64,
}

/// The slowest requests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct TailModel {
    /// How many.
    pub requests: u64,
    /// They took at least so long.
    pub from_ns: u64,
    /// What their time went into.
    pub shares: Vec<StageShareModel>,
}

/// One request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct RequestModel {
    /// What it was called.
    pub id: String,
    /// When it began, RFC 3339 in UTC.
    pub started_at: String,
    /// How long it took.
    pub total_ns: u64,
    /// Whether it failed.
    pub is_failure: bool,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_kind: Option<String>,
    /// What it was told.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub metadata: serde_json::Map<String, Value>,
    /// Its stages, by when they began.
    pub stages: Vec<StageModel>,
}

/// A stage of a request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct StageModel {
    /// Its name.
    pub name: String,
    /// When it began, from the start of the request.
    pub offset_ns: u64,
    /// How long it took.
    pub duration_ns: u64,
    /// Whether it failed.
    pub is_failure: bool,
    /// For how long it decided when the request ends.
    pub on_path_ns: u64,
    /// What it was told.
    #[serde(skip_serializing_if = "serde_json::Map::is_empty")]
    pub metadata: serde_json::Map<String, Value>,
}

impl RequestsModel {
    pub(crate) fn new(statistics: &RequestStatistics) -> Self {
        RequestsModel {
            slowest: statistics.slowest().iter().map(RequestModel::new).collect(),
            typical: statistics.typical().map(RequestModel::new),
            ..RequestsModel::of_sums(statistics)
        }
    }

    /// Without a request.
    fn of_sums(statistics: &RequestStatistics) -> Self {
        let shares = |shares: &[StageShare]| shares.iter().map(StageShareModel::new).collect();
        RequestsModel {
            count: statistics.requests(),
            shares: shares(&statistics.shares()),
            tail: statistics.tail_shares().map(|tail| TailModel {
                requests: tail.requests,
                from_ns: nanos(tail.from),
                shares: shares(&tail.shares),
            }),
            slowest: Vec::new(),
            typical: None,
            totals: RequestTotalsModel::new(statistics.parts()),
        }
    }

    /// The statistics, but for the requests themselves.
    pub(crate) fn restore(&self) -> Result<RequestStatistics, UnknownStage> {
        RequestStatistics::from_parts(&self.totals.restore())
    }

    /// Both together.
    pub(crate) fn merge(&self, other: &RequestsModel) -> RequestsModel {
        let mut sums = self.restore().unwrap_or_default();
        sums.merge(&other.restore().unwrap_or_default());
        let mut slowest: Vec<RequestModel> =
            self.slowest.iter().chain(&other.slowest).cloned().collect();
        slowest.sort_by_key(|request| std::cmp::Reverse(request.total_ns));
        slowest.truncate(SHOWN);
        let larger = if self.count >= other.count { self } else { other };
        RequestsModel { slowest, typical: larger.typical.clone(), ..RequestsModel::of_sums(&sums) }
    }
}

impl StageShareModel {
    fn new(share: &StageShare) -> Self {
        StageShareModel {
            stage: share.name.clone(),
            covered_ratio: share.covered,
            on_path_ratio: share.on_path,
            requests: share.requests,
        }
    }
}

impl RequestModel {
    fn new(request: &RequestSummary) -> Self {
        let path = critical_path(request);
        let on_path = |stage: &StageSummary| {
            let steps =
                path.iter().filter(|step| step.stage.is_some_and(|s| std::ptr::eq(s, stage)));
            nanos(steps.map(|step| step.duration).sum())
        };
        let mut stages: Vec<StageModel> = request
            .stages()
            .iter()
            .map(|stage| StageModel {
                name: stage.name().to_owned(),
                offset_ns: nanos(stage.offset()),
                duration_ns: nanos(stage.duration()),
                is_failure: !stage.is_success(),
                on_path_ns: on_path(stage),
                metadata: metadata(stage.metadata()),
            })
            .collect();
        stages.sort_by_key(|stage| (stage.offset_ns, std::cmp::Reverse(stage.duration_ns)));
        RequestModel {
            id: request.id().to_owned(),
            started_at: exact_moment(request.started_at()),
            total_ns: nanos(request.total()),
            is_failure: !request.is_success(),
            failure_kind: request.failure_kind().map(str::to_owned),
            metadata: metadata(request.metadata()),
            stages,
        }
    }
}
