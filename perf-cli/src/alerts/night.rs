//! A log on its own time, with rules that look at it.

use super::told::{Told, rfc3339};
use perfkit::alert::{Replay, Rules};
use perfkit::export::{Entry, EntryRecorder};
use perfkit::sla::{Condition, Good, SlaConfig, Subject, Target, Trigger};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

/// Logs are not quite in order; what is later than this is told.
const LATE: Duration = Duration::from_secs(1);

/// What became of the rules from the first request of a log to the last.
pub(super) struct Night<'a> {
    sla: &'a SlaConfig,
    rules: &'a Rules,
    /// The operation that stands for the whole, if one does.
    whole: Option<&'a str>,
    every: Duration,
    watched: Option<Watched>,
    pub(super) told: Told,
    /// Requests that were recorded.
    requests: u64,
    /// Those whose end was long over when they came.
    pub(super) late: u64,
    /// Those that were left out.
    pub(super) without_time: u64,
    /// Alerts that fired and that nobody would have been told of.
    pub(super) untold: u64,
}

/// From the first request on.
struct Watched {
    recorder: EntryRecorder,
    replay: Replay,
    from: SystemTime,
    to: SystemTime,
}

impl<'a> Night<'a> {
    pub(super) fn new(
        sla: &'a SlaConfig,
        rules: &'a Rules,
        whole: Option<&'a str>,
        every: Duration,
    ) -> Self {
        Night {
            sla,
            rules,
            whole,
            every,
            watched: None,
            told: Told::default(),
            requests: 0,
            late: 0,
            without_time: 0,
            untold: 0,
        }
    }

    /// Goes on to the end of a request, with all rounds on the way, and records it.
    pub(super) fn add(&mut self, entry: &Entry<'_>) {
        let (Some(started), Some(ended)) = (entry.started, entry.ended()) else {
            self.without_time += 1;
            return;
        };
        let watched = match &mut self.watched {
            Some(watched) => watched,
            None => {
                let recorder = EntryRecorder::new(started, self.whole);
                let from = SystemTime::UNIX_EPOCH + started;
                self.watched.insert(Watched::new(recorder, from, self.sla, self.rules, self.every))
            }
        };
        let before = watched.replay.now();
        let ended = SystemTime::UNIX_EPOCH + ended;
        self.late += u64::from(before.duration_since(ended).is_ok_and(|late| late > LATE));
        watched.replay.advance_to(ended);
        self.told.extend(watched.replay.told());
        watched.to = watched.replay.now();
        watched.recorder.record(entry, since_1970(watched.to));
        self.requests += 1;
    }

    /// The round after the last request.
    pub(super) fn end(&mut self) {
        if let Some(watched) = &mut self.watched {
            watched.replay.advance_to(watched.to + self.every);
            self.told.extend(watched.replay.told());
            self.told.end(watched.to);
            let engine = watched.replay.engine();
            self.untold = engine.totals().untold + engine.alert_summary().muted as u64;
        }
    }

    /// Whether there was no request to look at.
    pub(super) fn is_empty(&self) -> bool {
        self.watched.is_none()
    }

    /// From the start of the first request to the end of the last.
    pub(super) fn lasted(&self) -> Duration {
        let lasted = self.watched.as_ref().map(|watched| watched.to.duration_since(watched.from));
        lasted.and_then(Result::ok).unwrap_or_default()
    }

    /// Operations that the rules are about and of which nothing is in the log.
    pub(super) fn unknown_operations(&self) -> BTreeSet<String> {
        let Some(watched) = &self.watched else { return BTreeSet::new() };
        let snapshot = watched.recorder.profiler().lifetime();
        let of_alerts = self.sla.alerts().iter().filter_map(|alert| match &alert.trigger {
            Trigger::When { subject: Subject::Operation(name), .. } => Some(name.as_str()),
            _ => None,
        });
        let of_objectives = self.sla.objectives().iter().filter_map(|one| one.operation.as_deref());
        let of_targets = self.sla.targets().iter().filter_map(Target::operation);
        let known = |name: &&str| snapshot.operation(name).is_some_and(|one| one.count() > 0);
        let all = of_alerts.chain(of_objectives).chain(of_targets);
        all.filter(|name| !known(name)).map(str::to_owned).collect()
    }

    /// Those of which there is something.
    pub(super) fn operations(&self) -> Vec<String> {
        let Some(watched) = &self.watched else { return Vec::new() };
        let snapshot = watched.recorder.profiler().lifetime();
        let counted = snapshot.operations().filter(|operation| operation.count() > 0);
        counted.map(|operation| operation.name().to_owned()).collect()
    }

    pub(super) fn to_json(&self) -> Value {
        let told = &self.told;
        let frequent = told.most_frequent();
        let frequent =
            frequent.into_iter().map(|(rule, fired)| json!({"rule": rule, "fired": fired}));
        json!({
            "from": self.watched.as_ref().map(|watched| rfc3339(watched.from)),
            "to": self.watched.as_ref().map(|watched| rfc3339(watched.to)),
            "every_s": self.every.as_secs_f64(),
            "requests": self.requests,
            "late": self.late,
            "without_time": self.without_time,
            "fired": told.fired(),
            "firing_s": told.time_firing().as_secs_f64(),
            "untold": self.untold,
            "still_firing": told.still_firing(),
            "most_frequent": frequent.collect::<Vec<_>>(),
            "told": told.rows.iter().map(super::told::Row::to_json).collect::<Vec<_>>(),
        })
    }
}

impl Watched {
    fn new(
        mut recorder: EntryRecorder,
        from: SystemTime,
        sla: &SlaConfig,
        rules: &Rules,
        every: Duration,
    ) -> Self {
        if needs_requests(sla) {
            recorder = recorder.with_requests();
        }
        // Beyond four limits an operation is judged by its buckets.
        let _ = sla.watch(recorder.profiler());
        let hand = recorder.clock().clone();
        let replay = Replay::new(recorder.profiler(), hand, rules.clone(), every);
        Watched { recorder, replay, from, to: from }
    }
}

/// Whether something is about several parts of one request.
fn needs_requests(sla: &SlaConfig) -> bool {
    let is_joint = |good: &Good| matches!(good, Good::Joint(_));
    let is_share = |trigger: &Trigger| {
        matches!(trigger, Trigger::When { condition: Condition::StageShare { .. }, .. })
    };
    sla.objectives().iter().any(|objective| is_joint(&objective.good))
        || sla.alerts().iter().any(|alert| is_share(&alert.trigger))
}

fn since_1970(time: SystemTime) -> Duration {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}
