//! Charts as a report would have them, for the tests and for a look at all of them at once.

use super::*;

/// Like a service over two hours: a slow stretch with failures in it, and a gap.
pub(super) fn all(size: Size) -> Vec<(&'static str, String)> {
    vec![
        ("lines", lines(size)),
        ("step", steps(size)),
        ("area", area(size)),
        ("bars", bars(size)),
        ("distribution", distribution(size)),
        ("percentiles", percentiles(size)),
        ("heat map", heat_map(size)),
        ("shares", shares(size)),
        ("waterfall", waterfall(size)),
        ("flame", flame(size)),
        ("trend", trend(size)),
        ("budget", budget(size)),
    ]
}

/// 2026-11-21 08:00:00 UTC.
const MORNING: f64 = 1_795_248_000.0;
const TIME: Time = Time { from_s: MORNING, to_s: MORNING + 7_200.0 };
const COLUMNS: usize = 120;

fn heading(id: &str) -> Heading<'_> {
    Heading { id, title: "Latency by the minute", description: "p50, p95 and p99 of all requests." }
}

/// The same numbers in 0..1 each time: SplitMix64.
fn random(seed: u64) -> f64 {
    let mut bits = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

fn at(column: usize) -> f64 {
    MORNING + 60.0 * column as f64
}

/// How much slower than usual it was.
fn slowness(column: usize) -> f64 {
    if (70..85).contains(&column) { 1.0 + (column - 69) as f64 * 0.08 } else { 1.0 }
}

fn quantile(column: usize, usual: f64, noise: f64) -> Option<f64> {
    let noise = 1.0 + noise * (random(column as u64 * 7 + usual as u64) - 0.5);
    (!(40..44).contains(&column)).then_some(usual * slowness(column) * noise)
}

fn series(usual: f64, noise: f64) -> Vec<(f64, Option<f64>)> {
    (0..COLUMNS).map(|column| (at(column) + 30.0, quantile(column, usual, noise))).collect()
}

pub(super) fn lines(size: Size) -> String {
    let (p50, p95, p99) = (series(42e6, 0.1), series(130e6, 0.2), series(210e6, 0.3));
    let lines = Lines {
        heading: heading("latency"),
        size,
        time: TIME,
        unit: Unit::Nanos,
        spacing: Spacing::Linear,
        draw: Draw::Line,
        series: &[
            Series { name: "p50", points: &p50 },
            Series { name: "p95", points: &p95 },
            Series { name: "p99", points: &p99 },
        ],
        limits: &[Limit { label: "limit 300 ms", at: 300e6 }],
    };
    lines.to_svg()
}

fn steps(size: Size) -> String {
    let mut points = series(6e9, 0.3);
    points[50].1 = None;
    points[52].1 = None;
    let lines = Lines {
        heading: heading("memory"),
        size,
        time: TIME,
        unit: Unit::Bytes,
        spacing: Spacing::Linear,
        draw: Draw::Step,
        series: &[Series { name: "resident", points: &points }],
        limits: &[
            Limit { label: "limit 12 GiB", at: 12.0 * 1_073_741_824.0 },
            Limit { label: "host 64 GiB", at: 64.0 * 1_073_741_824.0 },
        ],
    };
    lines.to_svg()
}

fn area(size: Size) -> String {
    let (user, system) = (series(0.62, 0.2), series(0.11, 0.4));
    let lines = Lines {
        heading: heading("cpu"),
        size,
        time: TIME,
        unit: Unit::Ratio,
        spacing: Spacing::Log,
        draw: Draw::Area,
        series: &[
            Series { name: "CPU of the process", points: &user },
            Series { name: "CPU waited for", points: &system },
        ],
        limits: &[],
    };
    lines.to_svg()
}

fn bars(size: Size) -> String {
    let columns: Vec<Column> = (0..COLUMNS / 2)
        .map(|column| {
            let total = quantile(2 * column, 180.0, 0.3).unwrap_or(0.0);
            let failed = if slowness(2 * column) > 1.0 { 0.2 } else { 0.001 };
            Column {
                from_s: at(2 * column),
                to_s: at(2 * column + 2),
                total,
                failed: total * failed * random(column as u64),
            }
        })
        .collect();
    let bars = Bars {
        heading: heading("traffic"),
        size,
        time: TIME,
        unit: Unit::PerSecond,
        names: ["requests", "failed"],
        columns: &columns,
    };
    bars.to_svg()
}

/// How many of 100,000 are between two latencies: two humps.
fn density(low: f64, high: f64) -> f64 {
    let hump = |middle: f64, wide: f64| {
        let at = ((low * high).sqrt() / middle).ln() / wide;
        (-at * at / 2.0).exp() * (high / low).ln() / wide
    };
    40_000.0 * (hump(42e6, 0.35) + 0.12 * hump(170e6, 0.3))
}

pub(super) fn distribution(size: Size) -> String {
    let edge = |place: usize| 8e6 * 1.06_f64.powi(place as i32);
    let bins: Vec<Bin> = (0..72)
        .map(|place| {
            let (low, high) = (edge(place), edge(place + 1));
            Bin {
                low,
                high,
                count: (density(low, high) * (0.9 + 0.2 * random(place as u64))) as u64,
            }
        })
        .collect();
    let chart = Distribution {
        heading: heading("spread"),
        size,
        unit: Unit::Nanos,
        bins: &bins,
        marks: &[("p50", 43.1e6), ("p95", 178.3e6), ("p99", 236.9e6)],
        limit: Some(Limit { label: "limit 300 ms", at: 300e6 }),
    };
    chart.to_svg()
}

pub(super) fn percentiles(size: Size) -> String {
    let curve = |usual: f64, tail: f64| -> Vec<(f64, f64)> {
        let points = (0..56).map(|place| {
            let rare = 10_f64.powf(4.5 * place as f64 / 55.0);
            (1.0 - 1.0 / rare, usual * (1.0 + tail * rare.ln().powf(1.7) / 10.0))
        });
        points.collect()
    };
    let (this, base) = (curve(31e6, 4.5), curve(29e6, 3.4));
    let chart = Percentiles {
        heading: heading("tail"),
        size,
        unit: Unit::Nanos,
        spacing: Spacing::Linear,
        curves: &[
            Curve { name: "this run", points: &this },
            Curve { name: "baseline of 14 Nov", points: &base },
        ],
        targets: &[
            Target { label: "p95 limit 150 ms", quantile: 0.95, at: 150e6 },
            Target { label: "p99 limit 300 ms", quantile: 0.99, at: 300e6 },
        ],
    };
    chart.to_svg()
}

pub(super) fn heat_map(size: Size) -> String {
    let edges: Vec<f64> = (0..=30).map(|place| 5e6 * 1.18_f64.powi(place)).collect();
    let columns: Vec<Vec<u64>> = (0..COLUMNS)
        .map(|column| {
            let slow = slowness(column);
            let count = |row: usize| {
                let noise = 0.6 + 0.8 * random((column * 31 + row) as u64);
                (density(edges[row] / slow, edges[row + 1] / slow) / 6.0 * noise) as u64
            };
            let gap = quantile(column, 1.0, 0.0).is_none();
            (0..30).map(|row| if gap { 0 } else { count(row) }).collect()
        })
        .collect();
    let (p50, p99) = (series(43e6, 0.05), series(240e6, 0.2));
    let chart = HeatMap {
        heading: heading("heat"),
        size,
        time: TIME,
        unit: Unit::Nanos,
        edges: &edges,
        columns: &columns,
        counted: "requests",
        lines: &[Series { name: "p50", points: &p50 }, Series { name: "p99", points: &p99 }],
        limit: Some(Limit { label: "limit 300 ms", at: 300e6 }),
    };
    chart.to_svg()
}

fn shares(size: Size) -> String {
    let chart = Shares {
        heading: heading("shares"),
        size,
        parts: &["retrieval", "model", "rerank", "render", "queue"],
        bars: &[
            Bar { label: "all requests", shares: &[0.31, 0.42, 0.08, 0.03, 0.012] },
            Bar { label: "slowest 1 %", shares: &[0.12, 0.71, 0.03, 0.02, 0.09] },
            Bar { label: "failed", shares: &[0.61, 0.68, 0.03, 0.0, 0.0] },
        ],
    };
    chart.to_svg()
}

pub(super) fn waterfall(size: Size) -> String {
    let row = |name, offset: u64, duration: u64, failed, critical, tooltip| Row {
        name,
        offset: offset * 1_000_000,
        duration: duration * 1_000_000,
        failed,
        critical,
        tooltip,
    };
    let chart = Waterfall {
        heading: heading("request"),
        size,
        total: 412_000_000,
        rows: &[
            row("authenticate", 2, 9, false, true, "authenticate 9.0 ms"),
            row("embed the question", 12, 31, false, true, "embed 31.0 ms"),
            row("retrieval", 45, 88, false, true, "retrieval 88.0 ms"),
            row("cache", 45, 3, true, false, "cache 3.0 ms, failed"),
            row("rerank", 136, 22, false, true, "rerank 22.0 ms"),
            row("model", 171, 218, false, true, "model 218.0 ms"),
            row("stream", 200, 189, false, false, "stream 189.0 ms"),
            row("log", 398, 11, true, false, "log 11.0 ms, failed"),
        ],
    };
    chart.to_svg()
}

fn flame(size: Size) -> String {
    let node = |depth, start, width, name| Node { depth, start, width, name, tooltip: name };
    let chart = Flame {
        heading: heading("flame"),
        size,
        nodes: &[
            node(0, 0.0, 1.0, "request"),
            node(1, 0.0, 0.06, "authenticate"),
            node(1, 0.06, 0.36, "retrieval"),
            node(1, 0.42, 0.5, "model"),
            node(1, 0.92, 0.05, "render"),
            node(2, 0.06, 0.09, "embed"),
            node(2, 0.15, 0.2, "search"),
            node(2, 0.35, 0.06, "rerank"),
            node(2, 0.42, 0.08, "queue"),
            node(2, 0.5, 0.41, "generate"),
            node(3, 0.15, 0.11, "shard 1"),
            node(3, 0.26, 0.09, "shard 2"),
            node(3, 0.5, 0.07, "first token"),
            node(3, 0.57, 0.33, "tokens"),
            node(3, 0.9, 0.001, "flush"),
            node(4, 0.15, 0.05, "read"),
            node(4, 0.2, 0.04, "decode"),
        ],
    };
    chart.to_svg()
}

fn trend(size: Size) -> String {
    let names: Vec<String> = (1..=24).map(|day| format!("Nov {day}")).collect();
    let runs: Vec<&str> = names.iter().map(String::as_str).collect();
    let history = |usual: f64, after: f64| -> Vec<Option<Estimate>> {
        let estimate = |run: usize| {
            let usual = if run < 15 { usual } else { after };
            let value = usual * (0.97 + 0.06 * random(run as u64 + after as u64));
            let wide = value * (0.02 + 0.02 * random(run as u64 + 99));
            (run != 9).then_some(Estimate { low: value - wide, value, high: value + wide })
        };
        (0..24).map(estimate).collect()
    };
    let (p50, p95) = (history(42e6, 43e6), history(120e6, 151e6));
    let chart = Trend {
        heading: heading("runs"),
        size,
        unit: Unit::Nanos,
        runs: &runs,
        histories: &[History { name: "p50", points: &p50 }, History { name: "p95", points: &p95 }],
        changes: &[Change { run: 15, text: "p95 +25.6 %" }],
        limits: &[Limit { label: "p95 limit 200 ms", at: 200e6 }],
    };
    chart.to_svg()
}

fn budget(size: Size) -> String {
    let day = 86_400.0;
    let left: Vec<_> = (0..80)
        .map(|place| {
            let spent = 0.5 * place as f64 / 80.0 + if place > 50 { 0.7 } else { 0.0 };
            (MORNING + place as f64 * 0.3 * day, Some(1.0 - spent))
        })
        .collect();
    let chart = Budget {
        heading: heading("budget"),
        size,
        window: Time { from_s: MORNING, to_s: MORNING + 28.0 * day },
        left: &left,
    };
    chart.to_svg()
}
