//! What is refused of a report: numbers that say different things, of which none could be shown as true.
//!
//! What follows from others, such as a percentile from its buckets, is not compared but computed anew
//! ([`Model::derive_anew`]): another version may round it otherwise.

use crate::error::LoadError;
use crate::model::{
    DistributionModel, Model, OperationModel, RunModel, SeriesModel, VerdictModel, instant_ns,
};
use perf_sla::Status;
use std::collections::BTreeSet;

/// By how much a run may be longer or shorter than from its start to its end: times may be to the second.
const ROUNDED_NS: i128 = 1_000_000_000;

/// What would be taken for something else if it were read as it is.
pub(super) fn check(model: &Model) -> Result<(), LoadError> {
    run(&model.run)?;
    let mut names = BTreeSet::new();
    for (n, of) in model.operations.iter().enumerate() {
        if !names.insert(&of.name) {
            let what = format!("{:?} is there already", of.name);
            return contradiction(format!("operations[{n}].name"), what);
        }
        operation(of)?;
    }
    for histogram in &model.histograms {
        let key = || format!("histograms[{:?}].values", histogram.name);
        count(key, histogram.values.as_ref())?;
    }
    if let Some(verdict) = &model.verdict {
        status(verdict)?;
    }
    if let Some(Err(error)) = model.requests.as_ref().map(|requests| requests.restore()) {
        return contradiction("requests.totals", error.to_string());
    }
    model.series.as_ref().map_or(Ok(()), series)
}

fn run(run: &RunModel) -> Result<(), LoadError> {
    let covered = &run.covered_ns;
    let is_apart = covered.windows(2).all(|pair| pair[0].1 < pair[1].0);
    if !is_apart || covered.iter().any(|(from, to)| from >= to) {
        return contradiction("run.covered_ns", "the stretches are not in order and apart");
    }
    let duration = i128::from(run.duration_ns);
    let together: i128 = covered.iter().map(|(from, to)| i128::from(to - from)).sum();
    if !covered.is_empty() && together != duration {
        let what = format!("{duration} ns are not the {together} ns of `run.covered_ns`");
        return contradiction("run.duration_ns", what);
    }
    let (Some(start), Some(end)) = (instant_ns(&run.started_at), instant_ns(&run.ended_at)) else {
        return Ok(());
    };
    // Between merged reports there may be time that none covers.
    let missing = end - start - duration;
    if missing < -ROUNDED_NS || (run.sources <= 1 && missing > ROUNDED_NS) {
        let (from, to) = (&run.started_at, &run.ended_at);
        let what = format!("{duration} ns are not the time from {from} to {to}");
        return contradiction("run.duration_ns", what);
    }
    Ok(())
}

fn operation(of: &OperationModel) -> Result<(), LoadError> {
    let name = &of.name;
    if of.successes.checked_add(of.failures) != Some(of.count) {
        let what = format!(
            "{} calls are not {} successes and {} failures",
            of.count, of.successes, of.failures
        );
        return contradiction(format!("operations[{name:?}].count"), what);
    }
    for (side, latency, untimed, calls) in [
        ("latency", &of.latency, of.untimed_successes, of.successes),
        ("failure_latency", &of.failure_latency, of.untimed_failures, of.failures),
    ] {
        let key = || format!("operations[{name:?}].{side}");
        let timed = count(key, latency.as_ref())?;
        if timed.checked_add(untimed) != Some(calls) {
            let what = format!(
                "{timed} values in the buckets and {untimed} untimed are not {calls} calls"
            );
            return contradiction(key(), what);
        }
    }
    for over in &of.over_limits {
        if over.successes > of.successes || over.failures > of.failures {
            let what = format!(
                "{} successes and {} failures over {} ns are more than {} and {}",
                over.successes, over.failures, over.limit_ns, of.successes, of.failures
            );
            return contradiction(format!("operations[{name:?}].over_limits"), what);
        }
    }
    Ok(())
}

/// A status that is not known is one of a newer version.
fn status(verdict: &VerdictModel) -> Result<(), LoadError> {
    let known = |text: &str| {
        let all = [Status::Met, Status::Inconclusive, Status::Violated];
        all.into_iter().find(|status| status.to_string() == text)
    };
    let checks: Option<Vec<Status>> =
        verdict.checks.iter().map(|check| known(&check.status)).collect();
    let (Some(status), Some(checks)) = (known(&verdict.status), checks) else { return Ok(()) };
    let worst = checks.into_iter().max().unwrap_or(Status::Inconclusive);
    if status != worst {
        let what = format!("it is {status}, and the worst of its checks is {worst}");
        return contradiction("verdict.status", what);
    }
    Ok(())
}

fn series(series: &SeriesModel) -> Result<(), LoadError> {
    if !series.ends_ns.is_sorted() {
        return contradiction("series.ends_ns", "the ends go backwards");
    }
    for (name, operation) in &series.operations {
        for (interval, latency) in operation.latencies.iter().enumerate() {
            let key = || format!("series.operations[{name:?}].latencies[{interval}]");
            count(key, latency.as_ref())?;
        }
    }
    Ok(())
}

/// How many values there are.
fn count(key: impl Fn() -> String, values: Option<&DistributionModel>) -> Result<u64, LoadError> {
    let Some(values) = values else { return Ok(0) };
    match values.restore() {
        Ok(values) => Ok(values.count()),
        Err(error) => contradiction(format!("{}.buckets", key()), error.to_string()),
    }
}

fn contradiction<T>(key: impl Into<String>, what: impl Into<String>) -> Result<T, LoadError> {
    Err(LoadError::Contradiction { key: key.into(), what: what.into() })
}
