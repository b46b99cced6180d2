//! Periods as a chart in SVG.

use super::{Periods, Reading};
use crate::wording;
use std::fmt::Write;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 470.0;
// Both plots; the latency above, the rate below.
const LEFT: f64 = 76.0;
const RIGHT: f64 = 800.0;
const LATENCY: (f64, f64) = (56.0, 300.0);
const RATE: (f64, f64) = (330.0, 430.0);
/// Labels of time, so that they do not touch.
const LABELS: usize = 5;

const LINES: [(Reading, &str); 3] =
    [(Reading::P50, "p50"), (Reading::P95, "p95"), (Reading::P99, "p99")];

pub(super) fn render(periods: &Periods) -> String {
    let title = escaped(&format!(
        "{} by the {} (UTC)",
        wording::one_line(&periods.title, 60),
        periods.step.word()
    ));
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="13">
<title>{title}</title>
<style>
.page {{ fill: #ffffff }} text {{ fill: #1f2328 }} .faint {{ fill: #656d76 }} .grid {{ stroke: #d0d7de }} polyline {{ fill: none; stroke-width: 2 }}
.p50 {{ stroke: #0072b2 }} .p95 {{ stroke: #d55e00 }} .p99 {{ stroke: #9a3f7c; stroke-dasharray: 5 3 }} circle {{ stroke-width: 3 }}
.rate {{ fill: #8c959f }} .failed {{ fill: #c4320a }}
@media (prefers-color-scheme: dark) {{
.page {{ fill: #0d1117 }} text {{ fill: #e6edf3 }} .faint {{ fill: #8d96a0 }} .grid {{ stroke: #30363d }}
.p50 {{ stroke: #56b4e9 }} .p95 {{ stroke: #e69f00 }} .p99 {{ stroke: #cc79a7 }}
.rate {{ fill: #6e7681 }} .failed {{ fill: #ff7b54 }}
}}
</style>
<rect width="{WIDTH}" height="{HEIGHT}" class="page"/>
<text x="{LEFT}" y="24" font-size="16" font-weight="600">{title}</text>
"#
    );
    let highest = |reading| {
        let all = (0..periods.periods.len()).filter_map(|place| periods.read(reading, place));
        nice(all.fold(0.0, f64::max))
    };
    let (latency, rate) = (highest(Reading::P99), highest(Reading::Rate));
    axis(&mut svg, LATENCY, &|share| wording::duration((latency * share) as u64));
    axis(&mut svg, RATE, &|share| format!("{}/s", wording::rate(rate * share)));
    bars(&mut svg, periods, rate);
    for (number, (reading, name)) in LINES.into_iter().enumerate() {
        line(&mut svg, periods, reading, name, latency);
        let (x, y) = (LEFT + 60.0 * number as f64, 44.0);
        let _ = writeln!(
            svg,
            r#"<polyline points="{x},{y} {},{y}" class="{name}"/><text x="{}" y="{y}" dy="4">{name}</text>"#,
            x + 18.0,
            x + 23.0
        );
    }
    let _ = writeln!(
        svg,
        r#"<text x="{RIGHT}" y="44" dy="4" text-anchor="end" class="faint">below: requests a second, and those that failed</text>"#
    );
    times(&mut svg, periods);
    svg + "</svg>\n"
}

/// The middle of a period.
fn x(periods: &Periods, place: usize) -> f64 {
    LEFT + (RIGHT - LEFT) * (place as f64 + 0.5) / periods.periods.len().max(1) as f64
}

fn y((top, bottom): (f64, f64), share: f64) -> f64 {
    bottom - (bottom - top) * share
}

fn axis(svg: &mut String, plot: (f64, f64), word: &dyn Fn(f64) -> String) {
    for share in [0.0, 0.5, 1.0] {
        let (y, left, word) = (y(plot, share), LEFT - 8.0, escaped(&word(share)));
        let _ = writeln!(
            svg,
            r#"<line x1="{LEFT}" y1="{y:.1}" x2="{RIGHT}" y2="{y:.1}" class="grid"/><text x="{left}" y="{y:.1}" dy="4" text-anchor="end" class="faint">{word}</text>"#
        );
    }
}

fn bars(svg: &mut String, periods: &Periods, highest: f64) {
    let width = ((RIGHT - LEFT) / periods.periods.len().max(1) as f64 * 0.8).max(0.5);
    for place in 0..periods.periods.len() {
        let Some(rate) = periods.read(Reading::Rate, place) else { continue };
        let failed = rate * periods.read(Reading::FailureRate, place).unwrap_or(0.0);
        let left = x(periods, place) - width / 2.0;
        for (class, rate) in [("rate", rate), ("failed", failed)] {
            let top = y(RATE, rate / highest);
            let height = RATE.1 - top;
            if height > 0.0 {
                let _ = writeln!(
                    svg,
                    r#"<rect x="{left:.1}" y="{top:.1}" width="{width:.1}" height="{height:.1}" class="{class}"/>"#
                );
            }
        }
    }
}

/// A line for each run of periods that have a value, and a dot for one that stands alone.
fn line(svg: &mut String, periods: &Periods, reading: Reading, class: &str, highest: f64) {
    let values: Vec<Option<f64>> =
        (0..periods.periods.len()).map(|place| periods.read(reading, place)).collect();
    let mut place = 0;
    for run in values.chunk_by(|a, b| a.is_some() == b.is_some()) {
        let points = run.iter().enumerate().filter_map(|(next, value)| {
            Some((x(periods, place + next), y(LATENCY, (*value)? / highest)))
        });
        let points: Vec<_> = points.map(|(x, y)| (format!("{x:.1}"), format!("{y:.1}"))).collect();
        if let [(x, y)] = &points[..] {
            let _ = writeln!(svg, r#"<circle cx="{x}" cy="{y}" r="1" class="{class}"/>"#);
        } else if !points.is_empty() {
            let points: Vec<_> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
            let points = points.join(" ");
            let _ = writeln!(svg, r#"<polyline points="{points}" class="{class}"/>"#);
        }
        place += run.len();
    }
}

fn times(svg: &mut String, periods: &Periods) {
    let (count, y) = (periods.periods.len(), RATE.1 + 22.0);
    let each = count.div_ceil(LABELS).max(1);
    for place in (0..count).step_by(each) {
        let (x, label) = (x(periods, place), escaped(&periods.label(place)));
        let _ = writeln!(
            svg,
            r#"<text x="{x:.1}" y="{y}" text-anchor="middle" class="faint">{label}</text>"#
        );
    }
}

/// The next of 1, 2 and 5 times a power of ten; 1 for nothing.
fn nice(value: f64) -> f64 {
    if value <= 0.0 || !value.is_finite() {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
    steps.into_iter().find(|step| *step >= value).unwrap_or(value)
}

fn escaped(text: &str) -> String {
    let mut plain = Vec::with_capacity(text.len());
    // Memory can always be written to, and of UTF-8 it makes UTF-8.
    let _ = tera::escape_html(text, &mut plain);
    String::from_utf8(plain).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Period, Step};
    use perf_core::Distribution;
    use std::time::Duration;

    #[test]
    fn the_chart_has_a_line_each_breaks_at_gaps_and_no_text_is_markup() {
        let period = |requests: u64| Period {
            requests,
            failures: requests / 10,
            latency: Distribution::from_values((0..requests).map(|n| (n + 1) * 1_000_000)),
        };
        let first = Duration::from_secs(1_795_219_200);
        let all = [10, 20, 0, 30, 30, 0, 5].map(period).to_vec();
        let last = first + Duration::from_secs(7 * 3_600);
        let svg = Periods::new("<a & \"b\">\u{1b}", Step::Hour, first, last, all).to_svg();
        assert_eq!(svg.matches("<polyline").count(), 3 * (2 + 1), "{svg}");
        assert_eq!(svg.matches("<circle").count(), 3);
        assert!(svg.contains("&lt;a &amp; &quot;b&quot;&gt;\\u{1b}"), "{svg}");
        assert!(!svg.contains('\u{1b}') && !svg.contains("NaN") && !svg.contains("inf"));
        let empty = Periods::new("none", Step::Day, first, first, Vec::new());
        assert!(!empty.to_svg().contains("NaN"));
    }

    #[test]
    fn axes_end_at_a_round_number() {
        for (value, top) in [(0.0, 1.0), (1.0, 1.0), (1.1, 2.0), (2.1, 5.0), (6e7, 1e8)] {
            assert_eq!(nice(value), top);
        }
    }
}
