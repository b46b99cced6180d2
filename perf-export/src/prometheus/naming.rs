//! What is exposed of a profiler, and what its operations are called there.

/// What the families of operations are called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Naming {
    /// All operations in `operation_duration_seconds{operation=…}` and its siblings.
    #[default]
    Operations,
    /// The operation that stands for the whole
    /// ([`overall_operation`](perf_core::ProfilerBuilder::overall_operation), or else the one called
    /// `request`) in `request_duration_seconds`, `requests_total{status=…}` and
    /// `request_failures_total{kind=…}`; the others as its stages in `stage_duration_seconds{stage=…}`,
    /// `stage_requests_total` and `stage_failures_total`.
    Stages,
    /// Each operation in a family of its own: `inference_duration_seconds`. Of the operation that stands for
    /// the whole, chosen as for `Stages` (or else of all together), there are also `requests_total`,
    /// `errors_total` and the gauge `throughput_requests_per_second`, over the time of the snapshot; calls
    /// and failures of all are counted as in `Operations`. With no prefix,
    /// [`InferenceMetrics`](perf_core::InferenceMetrics) has the names that its kind of server is known to
    /// have.
    Inference,
}

/// A part of what is exposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// Durations, calls and failures of operations.
    Operations,
    /// Only the failures by kind, which are as many series as kinds.
    FailureKinds,
    /// Counters, gauges and histograms of the user's own, and those named `process_…`.
    Metrics,
    /// What could not be kept as it came.
    Losses,
    /// `build_info`.
    BuildInfo,
}
