//! The whole by time: latency, throughput and errors, where the latencies lie, and gauges.

use super::columns::{Column, Columns};
use super::{Figure, heading, limits_of, main_limit};
use crate::chart;
use crate::chart::{Bars, Draw, HeatMap, Limit, Lines, Series, Size, Spacing, Time, Unit};
use crate::merge::Extreme;
use crate::model::{GaugeSeriesModel, Model};
use crate::view::{MAX_NAME, counted, resources};
use crate::wording::one_line;
use perf_core::Quantile;

/// Columns of a chart as wide as the page.
const WIDE: usize = 120;
/// Rows of the heat map.
const ROWS: usize = 28;
/// Slots of its time.
const SLOTS: usize = 120;
/// Gauges with a chart.
const GAUGES: usize = 8;

pub(super) fn figures(model: &Model, whole: Option<&Columns>) -> Vec<Figure> {
    let Some(whole) = whole else { return Vec::new() };
    let columns = whole.at_most(WIDE);
    if columns.len() < 2 {
        return Vec::new();
    }
    let mut figures = vec![
        latency("whole", "overall", model, whole.time, &columns, Size::Wide),
        throughput("whole", whole.time, &columns),
    ];
    figures.extend(heat_map(model, whole.time, &columns));
    figures.extend(gauges(model, whole.time));
    figures
}

/// The percentiles of each column, with the limits.
pub(super) fn latency(
    id: &str,
    operation: &str,
    model: &Model,
    time: Time,
    columns: &[Column],
    size: Size,
) -> Figure {
    let points =
        [Quantile::P50, Quantile::P95, Quantile::P99].map(|quantile| points(columns, quantile));
    let [p50, p95, p99] = &points;
    let series = [("p50", p50), ("p95", p95), ("p99", p99)]
        .map(|(name, points)| Series { name, points: points.as_slice() });
    let limits = limits_of(model, operation);
    let is_shown = |indicator: &str| ["p50", "p95", "p99", "p99.9", "max"].contains(&indicator);
    let limits: Vec<Limit<'_>> = limits
        .iter()
        .filter(|(indicator, _, _)| is_shown(indicator))
        .map(|(_, label, at)| Limit { label, at: *at as f64 })
        .collect();
    let id = format!("{id}-latency");
    let description = format!(
        "Median, 95th and 99th percentile of the latency in {}; the numbers are in the table below.",
        counted(columns.len() as u64, "interval")
    );
    let svg = Lines {
        heading: heading(&id, "Latency over time", &description),
        size,
        time,
        unit: Unit::Nanos,
        spacing: Spacing::Linear,
        draw: Draw::Line,
        series: &series,
        limits: &limits,
    }
    .to_svg();
    Figure::sized(size, "Latency over time", svg)
}

fn points(columns: &[Column], quantile: Quantile) -> Vec<(f64, Option<f64>)> {
    let value = |column: &Column| column.latency.quantile(quantile).map(|ns| ns as f64);
    columns.iter().map(|column| (column.middle(), value(column))).collect()
}

fn throughput(id: &str, time: Time, columns: &[Column]) -> Figure {
    let bars: Vec<chart::Column> = columns
        .iter()
        .map(|column| chart::Column {
            from_s: column.from_s,
            to_s: column.to_s,
            total: column.rate(),
            failed: column.per_second(column.failures),
        })
        .collect();
    let svg = Bars {
        heading: heading(
            &format!("{id}-rate"),
            "Throughput and errors over time",
            "Calls a second, and those of them that failed; the numbers are in the table below.",
        ),
        size: Size::Wide,
        time,
        unit: Unit::PerSecond,
        names: ["calls", "failed"],
        columns: &bars,
    }
    .to_svg();
    Figure::wide("Throughput and errors over time", svg)
}

/// `None` where all latencies are alike.
fn heat_map(model: &Model, time: Time, columns: &[Column]) -> Option<Figure> {
    let extremes =
        |column: &Column| Some((column.latency.min()?.max(1), column.latency.max()?.max(1)));
    let ends = columns.iter().filter_map(extremes).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let (low, high) = ends.filter(|(low, high)| *high as f64 > *low as f64 * 1.05)?;
    let (low, high) = ((low as f64 * 0.98).ln(), (high as f64 * 1.02).ln());
    let edge = |row: usize| (low + (high - low) * row as f64 / ROWS as f64).exp();
    let edges: Vec<f64> = (0..=ROWS).map(edge).collect();
    let row = |value: u64| {
        let place = ((value.max(1) as f64).ln() - low) / (high - low) * ROWS as f64;
        (place.max(0.0) as usize).min(ROWS - 1)
    };
    // Narrow slots, so that intervals of any length begin and end where they did. The counts are those of
    // an interval of the usual length: what is longer is as dense.
    let slots = SLOTS;
    let mut lengths: Vec<f64> = columns.iter().map(|column| column.to_s - column.from_s).collect();
    lengths.sort_by(f64::total_cmp);
    let usual = lengths[lengths.len() / 2];
    let width = (time.to_s - time.from_s) / slots as f64;
    let cells = |slot: usize| {
        let middle = time.from_s + (slot as f64 + 0.5) * width;
        let mut cells = vec![0_u64; ROWS];
        let Some(column) = columns.iter().find(|c| c.from_s <= middle && middle < c.to_s) else {
            return cells;
        };
        let density = usual / (column.to_s - column.from_s);
        let density = if (density - 1.0).abs() < 0.1 { 1.0 } else { density };
        let mut dense = vec![0.0; ROWS];
        for bucket in column.latency.buckets() {
            dense[row(bucket.midpoint())] += bucket.count as f64 * density;
        }
        cells.iter_mut().zip(dense).for_each(|(cell, n)| *cell = n.ceil() as u64);
        cells
    };
    let cells: Vec<Vec<u64>> = (0..slots).map(cells).collect();
    let (p50, p99) = (points(columns, Quantile::P50), points(columns, Quantile::P99));
    let lines = [Series { name: "p50", points: &p50 }, Series { name: "p99", points: &p99 }];
    let limits = limits_of(model, "overall");
    let limit = main_limit(&limits).map(|(_, label, at)| Limit { label, at: *at as f64 });
    let svg = HeatMap {
        heading: heading(
            "whole-heat",
            "Where the latencies lie over time",
            "How many calls took how long in each interval: the darker, the more. The lines are the \
             median and the 99th percentile.",
        ),
        size: Size::Wide,
        time,
        unit: Unit::Nanos,
        edges: &edges,
        columns: &cells,
        counted: "calls",
        lines: &lines,
        limit,
    }
    .to_svg();
    Some(Figure::wide("Where the latencies lie over time", svg))
}

/// Those that changed.
fn gauges(model: &Model, time: Time) -> Vec<Figure> {
    let Some(series) = &model.series else { return Vec::new() };
    let start = model.run.start_s();
    let mut figures = Vec::new();
    let mut shown: Vec<&GaugeSeriesModel> =
        series.gauges.iter().filter(|gauge| changes(gauge)).collect();
    shown.sort_by_key(|gauge| rank(&gauge.name));
    for (number, gauge) in shown.into_iter().take(GAUGES).enumerate() {
        let ends = series.ends_ns.iter().map(|end| start + *end as f64 / 1e9);
        let points: Vec<(f64, Option<f64>)> = ends.zip(gauge.values.iter().copied()).collect();
        let extreme = Extreme::of_series(&gauge.labels);
        let points = thinned(&points, extreme);
        let labels = gauge.labels.iter().map(|(key, value)| format!(" {key}={value}"));
        let name = one_line(&format!("{}{}", gauge.name, labels.collect::<String>()), MAX_NAME);
        let svg = Lines {
            heading: heading(&format!("gauge-{number}"), &name, kept(extreme)),
            size: Size::Half,
            time,
            unit: unit(&gauge.name),
            spacing: Spacing::Linear,
            draw: Draw::Step,
            series: &[Series { name: &name, points: &points }],
            limits: &[],
        }
        .to_svg();
        figures.push(Figure::half(name, svg));
    }
    figures
}

/// What the work costs first, then the user's own, then the other figures of a sampler.
fn rank(name: &str) -> usize {
    const FIRST: [&str; 3] =
        ["process_cpu_ratio", "process_resident_memory_bytes", "cgroup_throttled_ratio"];
    let place = FIRST.iter().position(|first| *first == name);
    place.unwrap_or(FIRST.len() + usize::from(resources::is_one(name)))
}

fn changes(gauge: &GaugeSeriesModel) -> bool {
    let mut values = gauge.values.iter().flatten();
    values.next().is_some_and(|first| values.any(|value| value != first))
}

fn kept(extreme: Option<Extreme>) -> &'static str {
    match extreme {
        None => "The last value in each interval.",
        Some(Extreme::Smallest) => "The smallest value of any report in each interval.",
        Some(Extreme::Largest) => "The largest value of any report in each interval.",
    }
}

/// At most as many as there is room for: of a stretch the last value, which is what a gauge is, or the extreme that
/// its series is of.
fn thinned(points: &[(f64, Option<f64>)], extreme: Option<Extreme>) -> Vec<(f64, Option<f64>)> {
    let each = points.len().div_ceil(WIDE).max(1);
    let point = |chunk: &[(f64, Option<f64>)]| {
        let (at, last) = *chunk.last()?;
        let values = chunk.iter().filter_map(|(_, value)| *value);
        let value = match extreme {
            Some(extreme) => values.reduce(|a, b| extreme.of(a, b)),
            None => last,
        };
        Some((at, value))
    };
    points.chunks(each).filter_map(point).collect()
}

/// By the name, as Prometheus ends it.
fn unit(name: &str) -> Unit {
    if name.ends_with("_bytes") {
        Unit::Bytes
    } else if name.ends_with("_ratio") {
        Unit::Ratio
    } else {
        Unit::Number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_of_extremes_keeps_its_peaks_where_there_is_no_room_for_all() {
        let points: Vec<_> =
            (0..2 * WIDE).map(|n| (n as f64, Some(1.0 / (n + 1) as f64))).collect();
        let first = |extreme| thinned(&points, extreme)[0];
        assert_eq!(first(None), (1.0, Some(0.5)));
        assert_eq!(first(Some(Extreme::Smallest)), (1.0, Some(0.5)));
        assert_eq!(first(Some(Extreme::Largest)), (1.0, Some(1.0)));
        let gap = [(0.0, Some(3.0)), (1.0, None)].repeat(WIDE);
        assert_eq!(thinned(&gap, Some(Extreme::Largest))[0], (1.0, Some(3.0)));
        assert_eq!(thinned(&gap, None)[0], (1.0, None));
    }
}
