//! Cost against threads, as an SVG for the README: a line for each contender, on a logarithmic scale.

use std::fmt::Write;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 420.0;
// The plot; the contenders' names stand to the right of it.
const LEFT: f64 = 60.0;
const RIGHT: f64 = 430.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 370.0;
/// Between two names, so that they do not cover each other.
const LINE: f64 = 17.0;

/// The ns an operation of one contender at each number of threads.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) nanos: Vec<f64>,
}

pub(crate) fn svg(title: &str, threads: &[String], lines: &[Line]) -> String {
    let all = || lines.iter().flat_map(|line| &line.nanos).copied();
    let scale = Scale {
        low: all().fold(f64::INFINITY, f64::min).log10() - 0.1,
        high: all().fold(0.0, f64::max).log10() + 0.1,
    };
    let x = |place: usize| LEFT + (RIGHT - LEFT) * place as f64 / (threads.len() - 1).max(1) as f64;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="13">
<title>{title}</title>
<style>
text {{ fill: #1f2328 }} .faint {{ fill: #656d76 }} .grid {{ stroke: #d0d7de }}
.peer {{ stroke: #8c959f; fill: #8c959f }} .ours {{ stroke: #0969da; fill: #0969da }} text.ours {{ stroke: none; font-weight: 600 }}
@media (prefers-color-scheme: dark) {{
text {{ fill: #e6edf3 }} .faint {{ fill: #8d96a0 }} .grid {{ stroke: #30363d }}
.peer {{ stroke: #6e7681; fill: #6e7681 }} .ours {{ stroke: #4493f8; fill: #4493f8 }}
}}
</style>
<text x="{LEFT}" y="24" font-size="16" font-weight="600">{title}</text>
"#
    );
    for nanos in [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0] {
        if (scale.low..scale.high).contains(&f64::log10(nanos)) {
            let (y, left) = (scale.y(nanos), LEFT - 8.0);
            let _ = writeln!(
                svg,
                r#"<line x1="{LEFT}" y1="{y:.1}" x2="{RIGHT}" y2="{y:.1}" class="grid"/><text x="{left}" y="{y:.1}" dy="4" text-anchor="end" class="faint">{nanos} ns</text>"#
            );
        }
    }
    for (place, threads) in threads.iter().enumerate() {
        let (x, y) = (x(place), BOTTOM + 24.0);
        let unit = if threads == "1" { "thread" } else { "threads" };
        let _ = writeln!(
            svg,
            r#"<text x="{x:.1}" y="{y}" text-anchor="middle" class="faint">{threads} {unit}</text>"#
        );
    }
    let names = spread(lines.iter().map(|line| scale.y(last(line))).collect());
    for (line, name_at) in lines.iter().zip(names) {
        let class = if line.name == "perfkit" { "ours" } else { "peer" };
        let width = if class == "ours" { 3 } else { 1 };
        let points = line.nanos.iter().enumerate();
        let points: Vec<_> = points
            .map(|(place, nanos)| format!("{:.1},{:.1}", x(place), scale.y(*nanos)))
            .collect();
        let (points, y, name) = (points.join(" "), scale.y(last(line)), &line.name);
        let (from, to, text, nanos) = (RIGHT + 4.0, RIGHT + 18.0, RIGHT + 22.0, last(line));
        let _ = writeln!(
            svg,
            r#"<polyline points="{points}" class="{class}" style="fill:none" stroke-width="{width}"/><line x1="{from}" y1="{y:.1}" x2="{to}" y2="{name_at:.1}" class="{class}"/><text x="{text}" y="{name_at:.1}" dy="4" class="{class}" style="stroke:none">{name} {nanos:.1}</text>"#
        );
    }
    svg + "</svg>\n"
}

/// A logarithmic axis.
struct Scale {
    low: f64,
    high: f64,
}

impl Scale {
    fn y(&self, nanos: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * (nanos.log10() - self.low) / (self.high - self.low)
    }
}

fn last(line: &Line) -> f64 {
    line.nanos.last().copied().unwrap_or(1.0)
}

/// Moves places apart until none is closer than a line of text to another, as little as will do.
fn spread(places: Vec<f64>) -> Vec<f64> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|a, b| places[*a].total_cmp(&places[*b]));
    let mut spread = places;
    for pair in 1..order.len() {
        let (above, below) = (order[pair - 1], order[pair]);
        spread[below] = spread[below].max(spread[above] + LINE);
    }
    // What was pushed out at the bottom pushes back.
    let mut lowest = BOTTOM + 10.0;
    for place in order.into_iter().rev() {
        spread[place] = spread[place].min(lowest);
        lowest = spread[place] - LINE;
    }
    spread
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_a_line_apart_and_in_the_picture() {
        let places = spread(vec![360.0, 365.0, 100.0, 366.0, 101.0, 370.0]);
        let mut sorted = places.clone();
        sorted.sort_by(f64::total_cmp);
        assert!(sorted.windows(2).all(|pair| pair[1] - pair[0] >= LINE - 1e-9), "{sorted:?}");
        assert!(sorted.iter().all(|place| (0.0..=HEIGHT).contains(place)));
        assert!(places[2] < places[4] && places[0] < places[1], "the order stays");
    }

    #[test]
    fn each_contender_has_a_line_and_a_name() {
        let lines =
            ["perfkit", "other"].map(|name| Line { name: name.into(), nanos: vec![2.0, 40.0] });
        let svg = svg("Record", &["1".into(), "8".into()], &lines);
        assert_eq!(svg.matches("<polyline").count(), 2);
        assert!(svg.contains("perfkit 40.0") && svg.contains("8 threads"));
    }
}
