//! What is measured: the `spec` of an SLI.

use super::documents::Known;
use super::fields::{Fields, Findings};
use crate::document::Node;
use crate::good::Good;
use crate::metric::{Metric, MetricSource};
use crate::series_pattern::SeriesPattern;

/// What to write where a metric source cannot be asked.
const REMEDY: &str = "write type: perfkit with a spec such as {operation: answer, good: latency <= 300ms} for \
                      `good`, and {operation: answer} for `total`";

/// What is measured, or why it cannot be measured in the process.
pub(super) type Indicator = Result<Measure, String>;

#[derive(Clone, Debug)]
pub(super) enum Measure {
    /// Calls, or requests, that are good.
    Events {
        operation: Option<String>,
        good: Good,
        /// The bad ones were given.
        as_bad: bool,
        /// Only successes are counted, as a percentile does.
        of_successes: bool,
    },
    /// A ratio of counters.
    Metric(Metric),
    /// Calls a second.
    Throughput { operation: Option<String> },
    /// A latency, in so many of its units a second.
    Latency { operation: Option<String>, a_second: f64 },
}

/// The `spec` of one metric source of ours.
struct Source<'n> {
    fields: Fields<'n>,
    operation: Option<&'n str>,
    /// `calls`, `requests` or `successes`.
    count: &'n str,
}

/// Reads the `spec` of an SLI that is called `name`. `None` if it is refused.
pub(super) fn read<'n>(
    node: &'n Node,
    name: &str,
    known: &mut Known<'n>,
    findings: &mut Findings,
) -> Option<Indicator> {
    let own = ["description", "ratioMetric", "thresholdMetric"];
    let fields = findings.fields(node, "indicator", &own)?;
    if let Some(described) = fields.get("description") {
        findings.leave_out(described.place, "the description of an indicator");
    }
    match (fields.get("ratioMetric"), fields.get("thresholdMetric")) {
        (Some(ratio), None) => self::ratio(ratio, name, known, findings),
        (None, Some(threshold)) => self::threshold(threshold, known, findings),
        _ => {
            findings
                .fault(fields.place, "an indicator has either a ratioMetric or a thresholdMetric");
            None
        }
    }
}

fn ratio<'n>(
    node: &'n Node,
    name: &str,
    known: &mut Known<'n>,
    findings: &mut Findings,
) -> Option<Indicator> {
    let keys = ["counter", "good", "bad", "total", "raw", "rawType"];
    let fields = findings.fields(node, "ratioMetric", &keys)?;
    if fields.get("counter").is_some() {
        // Ours are counters, whatever it says.
        findings.flag(fields, "counter")?;
    }
    let [good, bad, total, raw] = ["good", "bad", "total", "raw"].map(|key| fields.get(key));
    let (part, numerator, total) = match (good, bad, total, raw) {
        (Some(good), None, Some(total), None) => ("good", good, total),
        (None, Some(bad), Some(total), None) => ("bad", bad, total),
        (None, None, None, Some(raw)) => {
            source(raw, known, findings)?.ok();
            return Some(Err(format!("a ratio that was computed elsewhere (raw); {REMEDY}")));
        }
        _ => {
            let message = "a ratioMetric has total and one of good and bad, or else raw";
            findings.fault(fields.place, message);
            return None;
        }
    };
    let [numerator, total] = [numerator, total].map(|node| source(node, known, findings));
    let (numerator, total) = match (numerator?, total?) {
        (Ok(numerator), Ok(total)) => (numerator, total),
        (Err(told), _) | (_, Err(told)) => return Some(Err(told)),
    };
    if numerator.fields.get("series").is_some() {
        return metric(part, &numerator, &total, name, findings).map(|m| Ok(Measure::Metric(m)));
    }
    if let Some(other) = total.operation.filter(|_| total.operation != numerator.operation) {
        let message =
            format!("total counts the calls of {other:?}, and {part} those of another operation");
        findings.fault(total.fields.place, message);
        return None;
    }
    let written = findings.required(
        numerator.fields,
        part,
        match part {
            "good" => "latency <= 300ms",
            _ => "failure",
        },
    )?;
    let place = numerator.fields.place_of(part);
    let good = match (part, written) {
        ("bad", "failure") => Good::Success,
        ("bad", _) => {
            let message = "bad events are bad: failure; say with `good` which others are good";
            findings.fault(place, message);
            return None;
        }
        _ => match Good::parse(written) {
            Ok(good) => good,
            Err(told) => {
                findings.fault(place, told);
                return None;
            }
        },
    };
    if let (Good::Joint(_), Some(_)) = (&good, numerator.operation) {
        let message = "operation: the events of a condition with several terms are requests";
        findings.fault(numerator.fields.place_of("operation"), message);
        return None;
    }
    let operation = numerator.operation.map(str::to_owned);
    Some(Ok(Measure::Events {
        operation,
        good,
        as_bad: part == "bad",
        of_successes: total.count == "successes",
    }))
}

fn metric(
    part: &str,
    numerator: &Source<'_>,
    total: &Source<'_>,
    name: &str,
    findings: &mut Findings,
) -> Option<Metric> {
    let first = series(numerator.fields, "series", findings);
    let all = series(total.fields, "series", findings);
    let other = total.fields.get("bad").map(|_| series(total.fields, "bad", findings));
    let source = match (part, other) {
        // The sum of both is the total.
        ("good", Some(bad)) => {
            all?;
            MetricSource::Ratio { good: Some(first?), bad: Some(bad?), total: None }
        }
        ("good", None) => MetricSource::Ratio { good: Some(first?), bad: None, total: Some(all?) },
        _ => MetricSource::Ratio { good: None, bad: Some(first?), total: Some(all?) },
    };
    let name = findings.text(numerator.fields, "metric").unwrap_or(name).to_owned();
    let by = findings.text(numerator.fields, "by").map(str::to_owned);
    Some(Metric { name, source, by })
}

fn series(fields: Fields<'_>, key: &str, findings: &mut Findings) -> Option<SeriesPattern> {
    let written = findings.required(fields, key, "requests_total")?;
    let parsed = SeriesPattern::parse(written);
    parsed.map_err(|told| findings.fault(fields.place_of(key), told)).ok()
}

fn threshold<'n>(
    node: &'n Node,
    known: &mut Known<'n>,
    findings: &mut Findings,
) -> Option<Indicator> {
    let source = match source(node, known, findings)? {
        Ok(source) => source,
        Err(told) => return Some(Err(told)),
    };
    let operation = source.operation.map(str::to_owned);
    let place = source.fields.place_of("measure");
    match findings.required(source.fields, "measure", "throughput")? {
        "throughput" => Some(Ok(Measure::Throughput { operation })),
        "latency" => {
            let a_second = match findings.required(source.fields, "unit", "ms")? {
                "s" => 1.0,
                "ms" => 1e3,
                "us" => 1e6,
                unit => {
                    let message = format!("unit {unit:?} is none of a latency; use s, ms or us");
                    findings.fault(source.fields.place_of("unit"), message);
                    return None;
                }
            };
            Some(Ok(Measure::Latency { operation, a_second }))
        }
        other => {
            let message = format!("measure {other:?} has no threshold; use throughput or latency");
            findings.fault(place, message);
            None
        }
    }
}

/// The `metricSource` of a metric: ours, or why it cannot be asked.
fn source<'n>(
    node: &'n Node,
    known: &mut Known<'n>,
    findings: &mut Findings,
) -> Option<Result<Source<'n>, String>> {
    let metric = findings.fields(node, "metric", &["metricSource"])?;
    let Some(inner) = metric.get("metricSource") else {
        findings.fault(metric.place, "lacks its metricSource");
        return None;
    };
    let keys = ["metricSourceRef", "type", "spec"];
    let fields = findings.fields(inner, "metricSource", &keys)?;
    let told = findings.faults.len();
    let named = findings.text(fields, "type");
    let reference = findings.text(fields, "metricSourceRef");
    if findings.faults.len() > told {
        return None;
    }
    let behind = reference.and_then(|name| known.data_sources.get(name).copied());
    let kind = match (named, reference) {
        // With a type, it is known what it is even where the source stands in another file.
        (Some(kind), _) => kind,
        (None, Some(name)) => {
            let place = fields.place_of("metricSourceRef");
            known.refer("DataSource", name, place, behind.is_some(), findings);
            behind?
        }
        (None, None) => {
            findings.fault(fields.place, "a metricSource has a type or a metricSourceRef");
            return None;
        }
    };
    if kind != super::SOURCE {
        let kind: String = kind.chars().take(80).collect();
        return Some(Err(format!(
            "it is measured by {kind}, which cannot be asked from inside the process; {REMEDY}"
        )));
    }
    let Some(spec) = fields.get("spec") else {
        findings.fault(fields.place, "a metricSource of the type perfkit needs a spec");
        return None;
    };
    let keys = ["operation", "count", "good", "bad", "metric", "series", "by", "measure", "unit"];
    let spec = findings.fields(spec, "spec", &keys)?;
    let operation = findings.text(spec, "operation");
    let count = findings.text(spec, "count").unwrap_or("calls");
    if !matches!(count, "calls" | "requests" | "successes") {
        let message =
            format!("count {count:?} is nothing that is counted; use calls, requests or successes");
        findings.fault(spec.place_of("count"), message);
        return None;
    }
    Some(Ok(Source { fields: spec, operation, count }))
}
