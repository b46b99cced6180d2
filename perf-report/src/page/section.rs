//! An operation by itself, with its charts and what they show in numbers.

use super::columns::Columns;
use super::{Figure, WHOLE, checks_of, over_time, spread};
use crate::chart::{Size, sparkline};
use crate::model::{Model, OperationModel};
use crate::view::{CheckRow, MAX_NAME, OperationRow, SampleRow, nearness};
use crate::wording::{count, duration, one_line, percent, rate};
use jiff::Timestamp;
use perf_core::Quantile;
use serde::Serialize;

/// Columns of a chart of half a page's width.
const HALF: usize = 60;
/// Rows of the table by time.
const ROWS: usize = 10;
/// Kept calls in a table.
const SAMPLES: usize = 3;

/// A row of the table of operations.
#[derive(Serialize)]
pub(crate) struct Entry {
    #[serde(flatten)]
    row: OperationRow,
    /// Of its section, or of the row itself if it has none.
    id: String,
    has_section: bool,
    /// What the row is sorted by, a number for each of its columns after the name; empty for unknown.
    sort: Vec<String>,
    spark: String,
}

#[derive(Serialize)]
pub(crate) struct Section {
    id: String,
    name: String,
    /// The worst of its targets; empty without one.
    status: String,
    summary: String,
    checks: Vec<CheckRow>,
    figures: Vec<Figure>,
    /// Percentile and latency.
    percentiles: Vec<[String; 2]>,
    /// When, calls, a second, failed, p50, p95, p99, max.
    by_time: Vec<[String; 8]>,
    failures: Vec<[String; 2]>,
    slowest: Vec<SampleRow>,
    failed: Vec<SampleRow>,
}

/// The operations nearest their limits, and then those that take most time.
pub(super) fn chosen(model: &Model, most: usize) -> Vec<&str> {
    let nearness = |operation: &OperationModel| nearness(checks_of(model, &operation.name));
    // The whole has its charts at the top of the page.
    let parts =
        model.operations.iter().filter(|o| model.overall_operation.as_ref() != Some(&o.name));
    let mut operations: Vec<(f64, &OperationModel)> =
        parts.map(|operation| (nearness(operation), operation)).collect();
    operations.sort_by(|(a, x), (b, y)| b.total_cmp(a).then(y.total_ns.cmp(&x.total_ns)));
    operations.truncate(most);
    // The whole stands above its parts.
    operations.sort_by_key(|(_, operation)| std::cmp::Reverse(operation.total_ns));
    operations.into_iter().map(|(_, operation)| operation.name.as_str()).collect()
}

pub(super) fn entries(
    model: &Model,
    named: &[(String, &OperationModel)],
    chosen: &[&str],
) -> Vec<Entry> {
    let mut operations: Vec<&(String, &OperationModel)> = named.iter().collect();
    operations.sort_by_key(|(_, operation)| std::cmp::Reverse(operation.total_ns));
    let number = |value: Option<u64>| value.map_or_else(String::new, |value| value.to_string());
    let entry = |(id, o): &(String, &OperationModel)| {
        let row = OperationRow::new(o, model);
        let is_whole = model.overall_operation.as_ref() == Some(&o.name);
        let spark = sparkline(&row.bars);
        let ratio = |value: Option<f64>| value.map_or_else(String::new, |v| format!("{v:.6}"));
        Entry {
            id: if is_whole { WHOLE.to_owned() } else { id.clone() },
            has_section: is_whole || chosen.contains(&o.name.as_str()),
            sort: vec![
                o.count.to_string(),
                ratio(o.throughput_per_second),
                ratio(o.success_ratio),
                number(o.mean_ns),
                number(o.p50_ns),
                number(o.p90_ns),
                number(o.p95_ns),
                number(o.p99_ns),
                number(o.p999_ns),
                number(o.max_ns),
            ],
            spark,
            row,
        }
    };
    operations.into_iter().map(entry).collect()
}

impl Section {
    pub(super) fn new(id: &str, operation: &OperationModel, model: &Model) -> Self {
        let columns = Columns::of(model, &operation.name);
        let mut figures = Vec::new();
        if let Some(columns) = &columns {
            let shown = columns.at_most(HALF);
            if shown.len() > 1 {
                let time = columns.time;
                figures.push(over_time::latency(
                    id,
                    &operation.name,
                    model,
                    time,
                    &shown,
                    Size::Half,
                ));
            }
        }
        figures.extend(spread::figures(id, operation, model, Size::Half, false));
        Section {
            figures,
            ..Section::numbers(id, operation, model, columns.as_ref(), &operation.name)
        }
    }

    /// Its charts stand elsewhere.
    pub(super) fn of_whole(model: &Model, columns: Option<&Columns>) -> Self {
        Section::numbers(WHOLE, &model.overall, model, columns, "overall")
    }

    fn numbers(
        id: &str,
        operation: &OperationModel,
        model: &Model,
        columns: Option<&Columns>,
        name: &str,
    ) -> Self {
        let checks: Vec<CheckRow> = checks_of(model, name).map(CheckRow::new).collect();
        let worst = ["violated", "inconclusive", "met"]
            .into_iter()
            .find(|status| checks.iter().any(|check| check.status == *status));
        let samples = |samples: &[_]| {
            samples.iter().take(SAMPLES).map(|sample| SampleRow::new(name, sample)).collect()
        };
        let kinds = operation.failure_kinds.iter();
        Section {
            id: id.to_owned(),
            name: one_line(&operation.name, MAX_NAME),
            status: worst.unwrap_or_default().to_owned(),
            summary: summary(operation),
            checks,
            figures: Vec::new(),
            percentiles: percentiles(operation),
            by_time: columns.map(by_time).unwrap_or_default(),
            failures: kinds.map(|(kind, n)| [one_line(kind, MAX_NAME), count(*n)]).collect(),
            slowest: samples(&operation.slowest),
            failed: samples(&operation.failed),
        }
    }
}

/// `10,307 calls, 171.8/s, 100.0 % successful`
fn summary(operation: &OperationModel) -> String {
    let mut text = crate::view::counted(operation.count, "call");
    if let Some(per_second) = operation.throughput_per_second {
        text += &format!(", {}/s", rate(per_second));
    }
    if let Some(ratio) = operation.success_ratio {
        text += &format!(", {} successful", percent(ratio));
    }
    text
}

fn percentiles(operation: &OperationModel) -> Vec<[String; 2]> {
    let latency = operation.distribution();
    let quantiles = [0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999];
    let tells = |q: f64| latency.count() as f64 * (1.0 - q) >= 1.0;
    let rows = quantiles.into_iter().filter(|q| *q <= 0.5 || tells(*q)).filter_map(|q| {
        let quantile = Quantile::new(q).ok()?;
        Some([quantile.to_string(), duration(latency.quantile(quantile)?)])
    });
    let named = |name: &str, value: Option<u64>| Some([name.to_owned(), duration(value?)]);
    let mean = latency.mean().map(|mean| mean as u64);
    named("mean", mean)
        .into_iter()
        .chain(named("min", latency.min()))
        .chain(rows)
        .chain(named("max", latency.max()))
        .collect()
}

fn by_time(columns: &Columns) -> Vec<[String; 8]> {
    let shown = columns.at_most(ROWS);
    if shown.len() < 2 {
        return Vec::new();
    }
    let row = |column: &super::columns::Column| {
        let latency =
            |quantile| column.latency.quantile(quantile).map_or_else(|| "–".to_owned(), duration);
        [
            clock(column.from_s, columns.time.to_s - columns.time.from_s),
            count(column.count),
            rate(column.rate()),
            count(column.failures),
            latency(Quantile::P50),
            latency(Quantile::P95),
            latency(Quantile::P99),
            column.latency.max().map_or_else(|| "–".to_owned(), duration),
        ]
    };
    shown.iter().map(row).collect()
}

/// `18:03:20`, with the day where the run is longer than one.
fn clock(seconds: f64, span_s: f64) -> String {
    let Ok(time) = Timestamp::from_millisecond((seconds * 1e3) as i64) else {
        return String::new();
    };
    let form = if span_s > 86_400.0 { "%m-%d %H:%M" } else { "%H:%M:%S" };
    time.strftime(form).to_string()
}
