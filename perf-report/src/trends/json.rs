//! Trends as JSON: the unit in the key, and a value a run in each list.

use super::Trends;
use super::history::History;
use super::indicator::Indicator;
use super::run::Run;
use serde::{Serialize, Serializer};

/// The whole document.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    schema: &'static str,
    schema_version: &'static str,
    runs: Vec<RunJson<'a>>,
    operations: Vec<OperationJson<'a>>,
}

#[derive(Serialize)]
struct RunJson<'a> {
    file: &'a str,
    label: &'a str,
    ended_at: &'a str,
    status: Option<&'a str>,
    /// Whether it was on the machine of the newest run, as far as both are known.
    is_comparable: bool,
}

#[derive(Serialize)]
struct OperationJson<'a> {
    name: &'a str,
    counts: Vec<Option<u64>>,
    p50_ns: SeriesJson,
    p95_ns: SeriesJson,
    p99_ns: SeriesJson,
    throughput_per_second: SeriesJson,
    error_ratio: SeriesJson,
}

#[derive(Serialize)]
struct SeriesJson {
    #[serde(serialize_with = "whole_where_it_is")]
    values: Vec<Option<f64>>,
    /// Where the true value lies at 95 %: only of percentiles.
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<Vec<Option<u64>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<Vec<Option<u64>>>,
    changes: Vec<ChangeJson>,
}

#[derive(Serialize)]
struct ChangeJson {
    /// The first run after it, from 0.
    run: usize,
    before: f64,
    after: f64,
    change_ratio: Option<f64>,
    p_value: f64,
}

impl<'a> Document<'a> {
    pub(super) fn new(trends: &'a Trends) -> Self {
        let newest = trends.runs.last();
        let run = |run: &'a Run| RunJson {
            file: &run.file,
            label: &run.label,
            ended_at: &run.ended_at,
            status: run.status.as_deref(),
            is_comparable: !newest.is_some_and(|newest| run.is_elsewhere(newest)),
        };
        Document {
            schema: "perf-trends",
            schema_version: "1.0",
            runs: trends.runs.iter().map(run).collect(),
            operations: trends.histories().iter().map(OperationJson::new).collect(),
        }
    }
}

impl<'a> OperationJson<'a> {
    fn new(history: &'a History) -> Self {
        let counts = history.readings.iter().map(|reading| Some(reading.as_ref()?.calls));
        OperationJson {
            name: history.name(),
            counts: counts.collect(),
            p50_ns: SeriesJson::new(history, Indicator::P50),
            p95_ns: SeriesJson::new(history, Indicator::P95),
            p99_ns: SeriesJson::new(history, Indicator::P99),
            throughput_per_second: SeriesJson::new(history, Indicator::Throughput),
            error_ratio: SeriesJson::new(history, Indicator::ErrorRate),
        }
    }
}

impl SeriesJson {
    fn new(history: &History, indicator: Indicator) -> Self {
        let estimates = indicator.percentile().map(|place| {
            let of = |reading: &Option<super::run::Reading>| reading.as_ref()?.percentiles[place];
            history.readings.iter().map(of).collect::<Vec<_>>()
        });
        let ends = |end: fn(super::run::Estimate) -> Option<u64>| {
            let estimates = estimates.as_ref()?;
            Some(estimates.iter().map(|estimate| end((*estimate)?)).collect())
        };
        let changes = history.changes_of(indicator).map(|change| ChangeJson {
            run: change.run,
            before: change.point.before,
            after: change.point.after,
            change_ratio: change.ratio(),
            p_value: change.point.p_value,
        });
        SeriesJson {
            values: history.values(indicator),
            low: ends(|estimate| estimate.low),
            high: ends(|estimate| estimate.high),
            changes: changes.collect(),
        }
    }
}

/// Nanoseconds are whole, and stand there as whole numbers.
fn whole_where_it_is<S: Serializer>(values: &[Option<f64>], to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Number {
        Whole(u64),
        Other(f64),
    }
    let number = |value: f64| match value.fract() == 0.0 && (0.0..9e15).contains(&value) {
        true => Number::Whole(value as u64),
        false => Number::Other(value),
    };
    to.collect_seq(values.iter().map(|value| value.map(number)))
}
