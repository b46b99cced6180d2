//! What all rules of one round share: each window read once, each objective judged once.

use crate::message::{Worst, worst};
use crate::rules::{Compiled, Kind, Look, Rules};
use crate::source::Source;
use perf_core::{Distribution, OperationParts, Snapshot, SnapshotParts, Window};
use perf_sla::{Check, Judge};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::time::SystemTime;

/// The data of one round.
pub(crate) struct RoundData {
    /// As [`Rules::windows`](Rules).
    windows: Vec<(Window, Snapshot)>,
    /// Those of last calls.
    last: BTreeMap<Look, Snapshot>,
    /// As in the file; none if nobody asks for them.
    pub(crate) objectives: Vec<Check>,
    pub(crate) now: SystemTime,
}

impl RoundData {
    pub(crate) fn read(rules: &Rules, source: &Source, now: SystemTime) -> Self {
        let probes = || rules.rules.iter().flat_map(|rule: &Compiled| &rule.probes);
        let mut last = BTreeMap::new();
        let mut whole = None;
        for probe in probes() {
            if let Look::Last { operation, calls } = &probe.look {
                let whole = whole.get_or_insert_with(|| source.profiler.snapshot());
                let entry = last.entry(probe.look.clone());
                entry.or_insert_with(|| last_calls(whole, operation, *calls));
            }
        }
        let is_objective = |kind: &Kind| matches!(kind, Kind::Objective { .. });
        let objectives = if probes().any(|probe| is_objective(&probe.kind)) {
            let here = rules.sla.events_of_timeline(&source.timeline);
            rules.sla.evaluate_objectives(&source.saved.clone().then(&here), now)
        } else {
            Vec::new()
        };
        let windows = rules.windows.iter().map(|last| source.window(*last)).collect();
        RoundData { windows, last, objectives, now }
    }
}

/// The data of one round with what judges them.
pub(crate) struct Round<'a> {
    pub(crate) data: &'a RoundData,
    pub(crate) source: &'a Source,
    windows: Vec<Looked<'a>>,
    last: BTreeMap<&'a Look, Looked<'a>>,
}

/// One stretch, or the last calls of one operation.
pub(crate) struct Looked<'a> {
    pub(crate) judge: Judge<'a>,
    pub(crate) snapshot: &'a Snapshot,
    window: Option<&'a Window>,
    /// Its slowest operations, once somebody has asked for them.
    worst: OnceCell<Vec<Worst>>,
}

impl Looked<'_> {
    /// Its slowest operations: the same for all that is told of it.
    pub(crate) fn worst(&self) -> &[Worst] {
        self.worst.get_or_init(|| worst(self.snapshot))
    }
}

impl<'a> Round<'a> {
    pub(crate) fn new(rules: &'a Rules, source: &'a Source, data: &'a RoundData) -> Self {
        let looked = |snapshot: &'a Snapshot, window: Option<&'a Window>| {
            let judge = Judge::new(&rules.sla, snapshot, window);
            Looked { judge, snapshot, window, worst: OnceCell::new() }
        };
        let windows = data.windows.iter().map(|(window, snapshot)| looked(snapshot, Some(window)));
        let last = data.last.iter().map(|(look, snapshot)| (look, looked(snapshot, None)));
        Round { data, source, windows: windows.collect(), last: last.collect() }
    }

    pub(crate) fn looked(&self, look: &Look) -> Option<&Looked<'a>> {
        match look {
            Look::Window(place) => self.windows.get(*place),
            Look::Last { .. } => self.last.get(look),
        }
    }

    pub(crate) fn judge(&self, look: &Look) -> Option<&Judge<'a>> {
        self.looked(look).map(|looked| &looked.judge)
    }

    pub(crate) fn window(&self, look: &Look) -> Option<&'a Window> {
        self.looked(look)?.window
    }

    /// Whether the window is full, so that what is missing in it is missing.
    pub(crate) fn is_whole(&self, look: &Look) -> bool {
        self.window(look).is_none_or(|window| window.coverage().ratio() >= 0.9)
    }

    /// Whether nobody has ticked the timeline for as long as the window is: what it shows is gone.
    pub(crate) fn is_stale(&self, look: &Look) -> bool {
        self.window(look).is_some_and(|window| {
            let coverage = window.coverage();
            coverage.age() > coverage.asked()
        })
    }
}

/// The last calls of one operation as a snapshot, which can be judged like one. Of the samples nobody knows whether they
/// are among the last calls, and so there are none.
fn last_calls(whole: &Snapshot, name: &str, calls: usize) -> Snapshot {
    let mut parts = SnapshotParts::default();
    let operation = whole.operation(name);
    if let Some(recent) = operation.and_then(|operation| operation.recent()) {
        let forgotten = recent.count().saturating_sub(calls);
        let mut of = OperationParts::new(name);
        let (failed, good): (Vec<_>, Vec<_>) =
            recent.calls().skip(forgotten).partition(|call| call.failed);
        let values = |calls: Vec<perf_core::RecentCall>| {
            Distribution::from_values(calls.iter().map(|call| call.duration.as_nanos() as u64))
        };
        (of.latency, of.failure_latency) = (values(good), values(failed));
        parts.operations.push(of);
    }
    Snapshot::from_parts(parts)
}
