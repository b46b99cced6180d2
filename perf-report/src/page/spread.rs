//! How latencies are spread: their distribution, and the percentiles.

use super::{Figure, heading, limits_of, main_limit};
use crate::chart::{
    Bin, Curve, Distribution as Chart, Limit, Percentiles, Size, Spacing, Target, Unit,
};
use crate::model::{Model, OperationModel};
use perf_core::{Distribution, Quantile};

/// Bars of a distribution.
const BINS: usize = 48;
/// Points of a percentile curve for each power of ten.
const POINTS: i32 = 6;
/// A largest value that is so many times the median is shown on a logarithmic axis.
const WIDE: f64 = 10.0;
/// A limit that is so many times the largest value is shown on a logarithmic axis.
const FAR: f64 = 3.0;
/// One that is so many times the largest value would leave no room for the values.
const TOO_FAR: f64 = 20.0;

pub(super) fn figures(
    id: &str,
    operation: &OperationModel,
    model: &Model,
    size: Size,
    is_whole: bool,
) -> Vec<Figure> {
    let latency = operation.distribution();
    if latency.count() < 2 {
        return Vec::new();
    }
    let name = if is_whole { "overall" } else { &operation.name };
    let limits = limits_of(model, name);
    vec![
        distribution(id, &latency, &limits, size),
        percentiles(id, &latency, baseline(model, operation).as_ref(), &limits, size),
    ]
}

/// The latencies of the same operation in earlier runs.
fn baseline(model: &Model, operation: &OperationModel) -> Option<Distribution> {
    let name = match operation.name.as_str() {
        "overall" => model.overall_operation.as_deref().unwrap_or("overall"),
        name => name,
    };
    model.baseline.as_ref()?.latencies.get(name)?.restore().ok().filter(|d| d.count() > 1)
}

fn distribution(
    id: &str,
    latency: &Distribution,
    limits: &[(String, String, u64)],
    size: Size,
) -> Figure {
    let marks: Vec<(&str, f64)> =
        [("p50", Quantile::P50), ("p95", Quantile::P95), ("p99", Quantile::P99)]
            .into_iter()
            .filter_map(|(name, quantile)| Some((name, latency.quantile(quantile)? as f64)))
            .collect();
    let too_far = TOO_FAR * latency.max().unwrap_or(0) as f64;
    let near = main_limit(limits).filter(|(_, _, at)| (*at as f64) < too_far);
    let svg = Chart {
        heading: heading(
            &format!("{id}-spread"),
            "Distribution of the latency",
            "How many calls took how long, on a logarithmic axis.",
        ),
        size,
        unit: Unit::Nanos,
        bins: &bins(latency),
        marks: &marks,
        limit: near.map(|(_, label, at)| Limit { label, at: *at as f64 }),
    }
    .to_svg();
    Figure::sized(size, "Distribution of the latency", svg)
}

/// Bins of equal width on a logarithmic axis from the smallest to the largest value.
fn bins(latency: &Distribution) -> Vec<Bin> {
    let (Some(min), Some(max)) = (latency.min(), latency.max()) else { return Vec::new() };
    let (low, high) = ((min.max(1) as f64).ln(), ((max.max(1) as f64) * 1.002).ln());
    // No bin is narrower than the buckets are.
    let count = (((high - low) / (1.0_f64 / 64.0)) as usize).clamp(1, BINS);
    let width = (high - low) / count as f64;
    let edge = |place: usize| (low + width * place as f64).exp();
    let mut bins: Vec<Bin> =
        (0..count).map(|i| Bin { low: edge(i), high: edge(i + 1), count: 0 }).collect();
    for bucket in latency.buckets() {
        let value = bucket.midpoint().clamp(min, max).max(1) as f64;
        let place = if width > 0.0 { ((value.ln() - low) / width).max(0.0) as usize } else { 0 };
        let bin = &mut bins[place.min(count - 1)];
        bin.count = bin.count.saturating_add(bucket.count);
    }
    bins
}

fn percentiles(
    id: &str,
    latency: &Distribution,
    baseline: Option<&Distribution>,
    limits: &[(String, String, u64)],
    size: Size,
) -> Figure {
    let now = curve(latency);
    let before = baseline.map(curve).unwrap_or_default();
    let mut curves = vec![Curve { name: "this run", points: &now }];
    if !before.is_empty() {
        curves.push(Curve { name: "baseline", points: &before });
    }
    let targets: Vec<Target<'_>> = limits
        .iter()
        .filter_map(|(indicator, label, at)| {
            let percent: f64 = indicator.strip_prefix('p')?.parse().ok()?;
            Some(Target { label, quantile: percent / 100.0, at: *at as f64 })
        })
        .collect();
    let highest = latency.max().unwrap_or(0) as f64;
    let median = latency.quantile(Quantile::P50).unwrap_or(0) as f64;
    let is_wide = highest > WIDE * median;
    let is_far = targets.iter().any(|target| target.at > FAR * highest);
    let svg = Percentiles {
        heading: heading(
            &format!("{id}-percentiles"),
            "Latency by percentile",
            "The latency that a share of the calls does not exceed; the axis gives each further nine as \
             much room.",
        ),
        size,
        unit: Unit::Nanos,
        spacing: if is_wide || is_far { Spacing::Log } else { Spacing::Linear },
        curves: &curves,
        targets: &targets,
    }
    .to_svg();
    Figure::sized(size, "Latency by percentile", svg)
}

/// From the smallest value to the largest quantile that so many values can tell.
fn curve(latency: &Distribution) -> Vec<(f64, f64)> {
    let tells = (latency.count() as f64).log10();
    let steps = (0..=(tells * f64::from(POINTS)) as i32)
        .map(|step| 1.0 - 10_f64.powf(-f64::from(step) / f64::from(POINTS)));
    let point = |q: f64| {
        let quantile = Quantile::new(q).ok()?;
        Some((q, latency.quantile(quantile)? as f64))
    };
    let mut points: Vec<(f64, f64)> = steps.filter_map(point).collect();
    // The last one of all values is the largest.
    if let (Some(max), count) = (latency.max(), latency.count()) {
        let last = 1.0 - 1.0 / (count as f64).max(2.0);
        if points.last().is_none_or(|(q, _)| *q < last) {
            points.push((last, max as f64));
        }
    }
    points
}
