//! What the tests of generated files share: a file with everything, a service that it is for, and a reader of
//! expressions.

use super::exposition::encoded;
use super::strict_parser::{Sample, parse_text};
use perf_core::{Definition, Profiler};
use perf_export::generate::Generator;
use perf_export::prometheus::{Exposition, Format, Naming};
use perf_resources::{ResourceGauges, SamplerConfig};
use perf_sla::SlaConfig;
use promql_parser::parser::{Expr, VectorSelector, parse};
use promql_parser::util::{ExprVisitor, walk_expr};
use std::convert::Infallible;
use std::time::Duration;

pub(crate) const FILE: &str = r#"
    overall_operation = "answer"
    [overall]
    max_p95 = "300ms"
    max_max = "2s"
    max_mean = "100ms"
    min_success_rate = "99%"
    min_throughput = "10/s"
    min_apdex = 0.9
    apdex_threshold = "100ms"
    [operations.search]
    max_p99 = "100ms"
    max_error_rate = "2%"
    min_throughput = "1/min"
    [metrics.cache]
    good = 'hits'
    bad = 'misses'
    by = "tenant"
    min_ratio = "80%"
    [metrics.queue]
    gauge = 'queue'
    max = 10
    min = 1
    [metrics.dropped]
    counter = 'dropped'
    max_growth = 0
    max_rate = "1/min"
    min_rate = "1/h"
    [metrics.batch]
    histogram = 'batch_size'
    max_p95 = 64
    max_mean = 100
    [resources]
    max_memory = "1GiB"
    max_cpu = "80%"
    max_open_files = 100
    [resources.idle]
    max_cpu = "2%"
    [[objectives]]
    name = "fast"
    good = "latency <= 300ms"
    target = "99.9%"
    [[objectives]]
    name = "loose"
    operation = "search"
    good = "success"
    target = "90%"
    period = "month"
    [[objectives]]
    name = "slices"
    good = "success"
    target = "99%"
    budgeting = "time_slices"
    slice = "5min"
    slice_target = "95%"
    [[objectives]]
    name = "short"
    good = "success"
    target = "99%"
    period = "1h"
    [[objectives]]
    name = "useful"
    description = "people wait for them"
    good = "search <= 100ms and latency <= 300ms"
    target = "95%"
    [[alerts]]
    name = "slow answers"
    watch = "overall.max_p95"
    severity = "critical"
    window = "10min"
    for = "1min"
    keep_firing_for = "3min"
    runbook = "https://wiki.example/slow"
    summary = "answers are slow"
    [[alerts]]
    name = "no use"
    watch = "objectives.useful"
    severity = "info"
    [[exclusions]]
    name = "upgrade"
    reason = "announced"
    every = "sunday"
    at = "02:30"
    lasts = "2h"
"#;

pub(crate) fn generator(file: &str) -> Generator {
    Generator::new(&SlaConfig::from_toml(file).unwrap_or_else(|error| panic!("{error}")))
}

/// The series that a service for this file exposes, as Prometheus has them.
pub(crate) fn series(file: &str, naming: Naming) -> Vec<Sample> {
    let sla = SlaConfig::from_toml(file).unwrap();
    let profiler = Profiler::builder().overall_operation("answer").build();
    sla.watch(&profiler).unwrap();
    for name in ["answer", "search"] {
        profiler.record(name, Duration::from_millis(20));
        profiler.operation(name).record_failure_with(Duration::from_millis(2), "time out");
    }
    let request = profiler.request("id");
    request.time("search", || ());
    drop(request);
    profiler.hit_counter("unrelated").hit();
    profiler.counter_with("hits", &[("tenant", "a")]).increment();
    profiler.gauge("queue").set(3.0);
    profiler.counter("dropped").increment();
    profiler.define_histogram(Definition::new("batch_size")).unwrap();
    profiler.histogram("batch_size").record(12);
    let mut gauges = ResourceGauges::new(&profiler, SamplerConfig::new()).unwrap();
    gauges.sample_now().unwrap();
    gauges.set_idle(true).unwrap();
    gauges.sample_now().unwrap();
    let exposition = Exposition::new().naming(naming).with_sla(&sla);
    let families = parse_text(&encoded(&exposition, &profiler.lifetime(), Format::Text));
    let of_process = |mut sample: Sample| {
        sample.labels.insert("job".to_owned(), "service".to_owned());
        sample.labels.insert("instance".to_owned(), "a".to_owned());
        sample
    };
    families.into_values().flat_map(|family| family.samples).map(of_process).collect()
}

/// What the rules file has under this key, each scalar unescaped.
pub(crate) fn scalars(yaml: &str, key: &str) -> Vec<String> {
    let begin = format!("{key}: \"");
    let mut all = Vec::new();
    let mut rest = yaml;
    while let Some(at) = rest.find(&begin) {
        rest = &rest[at + begin.len()..];
        let mut end = 0;
        while !rest[end..].starts_with('"') {
            end += if rest[end..].starts_with('\\') {
                2
            } else {
                rest[end..].chars().next().unwrap().len_utf8()
            };
        }
        let folded: Vec<&str> = rest[..end].lines().map(str::trim).collect();
        let json = format!("\"{}\"", folded.join(" "));
        all.push(serde_json::from_str(&json).unwrap_or_else(|error| panic!("{json}: {error}")));
        rest = &rest[end..];
    }
    all
}

pub(crate) fn parsed(expression: &str) -> Expr {
    parse(expression).unwrap_or_else(|error| panic!("{expression}: {error}"))
}

/// Every selector of an expression.
pub(crate) fn selectors(expression: &Expr) -> Vec<VectorSelector> {
    struct Selectors(Vec<VectorSelector>);
    impl ExprVisitor for Selectors {
        type Error = Infallible;
        fn pre_visit(&mut self, expression: &Expr) -> Result<bool, Infallible> {
            match expression {
                Expr::VectorSelector(selector) => self.0.push(selector.clone()),
                Expr::MatrixSelector(selector) => self.0.push(selector.vs.clone()),
                _ => {}
            }
            Ok(true)
        }
    }
    let mut all = Selectors(Vec::new());
    walk_expr(&mut all, expression).unwrap();
    all.0
}

/// Whether a selector means one of the series.
pub(crate) fn finds(selector: &VectorSelector, series: &[Sample]) -> bool {
    series.iter().any(|sample| {
        let has = |label: &str| sample.labels.get(label).map_or("", String::as_str);
        selector.name.as_deref() == Some(sample.name.as_str())
            && selector.matchers.matchers.iter().all(|matcher| matcher.is_match(has(&matcher.name)))
    })
}
