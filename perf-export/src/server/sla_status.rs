//! What an SLA file says now, as JSON and as text.

mod check;
mod operation;

use super::page::Rendered;
use check::CheckJson;
use jiff::Timestamp;
use operation::OperationJson;
use perf_core::saturating_nanos;
use perf_core::{Profiler, Snapshot};
use perf_sla::{SlaConfig, Verdict};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// As far back as a timeline has distributions, which is what [`SlaConfig::evaluate_timeline`] judges.
const DETAIL: Duration = Duration::from_secs(3_600);

/// Judges a profiler whenever it is asked.
pub(super) struct Judge {
    profiler: Profiler,
    sla: Option<SlaConfig>,
    has_timeline: bool,
}

/// The whole answer. A reader of 1.0 reads 1.x, which only adds keys.
#[derive(Serialize)]
struct SlaStatus<'a> {
    schema: &'static str,
    schema_version: &'static str,
    /// When it was judged, RFC 3339 in UTC.
    taken_at: String,
    /// How long a stretch until then.
    interval_ns: u64,
    /// `null` without an SLA file.
    status: Option<String>,
    /// The violations, each a sentence.
    violations: Vec<String>,
    checks: Vec<CheckJson<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [String],
    operations: Vec<OperationJson<'a>>,
    /// What the profiler could not keep as it came.
    losses: BTreeMap<&'static str, u64>,
}

impl Judge {
    pub(super) fn new(profiler: &Profiler, sla: Option<SlaConfig>, has_timeline: bool) -> Self {
        Judge { profiler: profiler.clone(), sla, has_timeline }
    }

    pub(super) fn to_json(&self) -> Rendered {
        let (snapshot, verdict) = self.judge();
        let checks = verdict.as_ref().map_or(&[][..], Verdict::checks);
        let status = SlaStatus {
            schema: "perf-sla-status",
            schema_version: "1.0",
            taken_at: moment(snapshot.taken_at()),
            interval_ns: saturating_nanos(snapshot.interval()),
            status: verdict.as_ref().map(|verdict| verdict.status().to_string()),
            violations: verdict
                .iter()
                .flat_map(Verdict::violations)
                .map(|c| c.to_string())
                .collect(),
            checks: checks.iter().map(CheckJson).collect(),
            notes: verdict.as_ref().map_or(&[][..], Verdict::notes),
            operations: snapshot.operations().map(OperationJson).collect(),
            losses: snapshot.losses().iter().filter(|(_, count)| *count > 0).collect(),
        };
        let mut json = serde_json::to_vec_pretty(&status)?;
        json.push(b'\n');
        Ok(json)
    }

    /// How many violations there are, and the status with them.
    pub(super) fn to_text(&self) -> (usize, String) {
        let Some(verdict) = self.judge().1 else { return (0, "nothing is promised\n".to_owned()) };
        let lines = verdict.violations().map(|check| format!("{check}\n"));
        let lines: Vec<String> = lines.collect();
        (lines.len(), format!("{}\n{}", verdict.status(), lines.concat()))
    }

    fn judge(&self) -> (Snapshot, Option<Verdict>) {
        if !self.has_timeline {
            let snapshot = self.profiler.snapshot();
            let verdict = self.sla.as_ref().map(|sla| sla.evaluate(&snapshot));
            return (snapshot, verdict);
        }
        let timeline = self.profiler.timeline();
        // It may be that nobody has ticked it for a while. The second that has begun is not judged yet.
        timeline.tick();
        let window = match self.sla.as_ref().and_then(SlaConfig::warm_up) {
            Some(warm_up) => timeline.window_since(warm_up),
            None => timeline.window(DETAIL),
        };
        let verdict = self.sla.as_ref().map(|sla| sla.evaluate_timeline(&timeline, None));
        (window.snapshot(), verdict)
    }
}

fn moment(time: SystemTime) -> String {
    Timestamp::try_from(time).map_or_else(|_| String::new(), |time| format!("{time:.3}"))
}
