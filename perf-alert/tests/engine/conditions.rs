//! Every condition, violated and met.

use crate::{Bench, at, rule, seconds};
use perf_alert::{Reason, Rules};
use perf_core::Profiler;
use perf_sla::{Metric, MetricSource, SeriesPattern, SlaConfig};
use std::time::Duration;

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// `bad` happens in one second and `good` in the next: it fires, and is over.
fn fires(condition: &str, bad: impl Fn(&Profiler), good: impl Fn(&Profiler)) -> String {
    let mut bench = Bench::of([rule(condition).operation("search")]);
    // It is there.
    bench.profiler.operation("search");
    bench.tick();
    bad(&bench.profiler);
    bench.tick();
    let told = bench.evaluate();
    assert_eq!(
        told.iter().map(|told| told.reason).collect::<Vec<_>>(),
        [Reason::Fired],
        "{condition}"
    );
    good(&bench.profiler);
    bench.tick();
    let over: Vec<_> = bench.evaluate().iter().map(|told| told.reason).collect();
    assert_eq!(over, [Reason::Resolved], "{condition}");
    told[0].alerts[0].summary.clone()
}

fn calls(count: u64, millis: u64) -> impl Fn(&Profiler) {
    move |profiler| (0..count).for_each(|_| profiler.record("search", ms(millis)))
}

fn failures(count: u64, good: u64) -> impl Fn(&Profiler) {
    move |profiler| {
        (0..count).for_each(|_| profiler.record_failure("search", ms(1)));
        (0..good).for_each(|_| profiler.record("search", ms(1)));
    }
}

#[test]
fn limits_of_calls_fire_and_are_over() {
    let told = fires("p99.9 > 100ms", calls(100, 150), calls(5_000, 10));
    assert_eq!(told, "search p99.9 is 150.0ms, limit 100.0ms");
    fires("mean > 100ms", calls(100, 150), calls(100, 10));
    fires("max > 100ms", calls(1, 150), calls(1, 10));
    let told = fires("error_rate > 5%", failures(50, 50), failures(0, 100));
    assert_eq!(told, "search error rate is 50.0%, limit 5.0%");
    fires("success_rate < 95%", failures(50, 50), failures(0, 100));
    let told = fires("throughput < 10/s", calls(3, 1), calls(30, 1));
    assert_eq!(told, "search throughput is 3.0 RPS, limit 10.0 RPS");
    let told = fires("throughput < 10/s", |_| (), calls(30, 1));
    assert_eq!(told, "search throughput is 0.0 RPS, limit 10.0 RPS");
}

#[test]
fn no_data_fires_and_is_over() {
    assert_eq!(fires("no data", |_| (), calls(1, 1)), "search has no data");
}

#[test]
fn one_slow_request_is_enough_and_brings_its_metadata() {
    let minute = rule("slow request > 2s").operation("answer").window(seconds(60));
    let mut bench = Bench::of([minute]);
    (0..1_000).for_each(|_| bench.profiler.record("answer", ms(20)));
    let mut request = bench.profiler.timer("answer");
    request.metadata("model", "large");
    bench.hand.advance(ms(2_500));
    drop(request);
    bench.now = 2;
    bench.tick();
    let told = bench.evaluate();
    let alert = &told[0].alerts[0];
    assert_eq!(alert.summary, "the slowest call of answer is 2500.0ms, limit 2000.0ms");
    assert!(alert.description.contains("model=large"), "{}", alert.description);
}

#[test]
fn a_bottleneck_in_one_request_names_the_request() {
    let mut bench = Bench::of([rule("stage retrieval > 60% of request").critical("90%")]);
    let request = |bench: &Bench, id: &str, retrieval: u64, rest: u64| {
        let request = bench.profiler.request(id);
        request.time("retrieval", || bench.hand.advance(ms(retrieval)));
        bench.hand.advance(ms(rest));
        request.end();
    };
    assert!(bench.evaluate().is_empty());
    request(&bench, "good", 50, 50);
    bench.tick();
    assert!(bench.evaluate().is_empty());
    request(&bench, "bad", 70, 30);
    request(&bench, "good", 50, 50);
    bench.tick();
    let told = bench.evaluate();
    let alert = &told[0].alerts[0];
    assert_eq!(alert.summary, "share of retrieval in one request is 70.0%, limit 60.0%");
    assert!(alert.description.contains("request \"bad\""), "{}", alert.description);
    assert_eq!(alert.labels["stage"], "retrieval");
    bench.tick();
    assert!(bench.evaluate().is_empty(), "nothing was asked");
    request(&bench, "good", 50, 50);
    bench.tick();
    assert_eq!(bench.evaluate()[0].reason, Reason::Resolved);
}

#[test]
fn a_trend_fires_while_it_goes_on() {
    let mut bench = Bench::of([rule("p95 rising").operation("search").window(seconds(20))]);
    let mut second = |millis: u64| {
        (0..100).for_each(|_| bench.profiler.record("search", ms(millis)));
        bench.tick();
        bench.evaluate().first().map(|told| told.reason)
    };
    let rising: Vec<_> = (0..20).filter_map(|step| second(100 + 5 * step)).collect();
    assert_eq!(rising, [Reason::Fired]);
    let falling: Vec<_> = (0..20).filter_map(|step| second(200 - 5 * step)).collect();
    assert_eq!(falling, [Reason::Resolved]);
}

#[test]
fn the_last_calls_are_a_window_too() {
    let mut bench = Bench::of([rule("p95 > 100ms").operation("search").last(100)]);
    bench.calls("search", 'v');
    bench.tick();
    assert_eq!(bench.evaluate()[0].reason, Reason::Fired);
    // No time makes them old.
    (0..50).for_each(|_| bench.tick());
    assert!(bench.evaluate().is_empty());
    bench.calls("search", 'm');
    bench.tick();
    assert_eq!(bench.evaluate()[0].reason, Reason::Resolved);
}

fn pattern(text: &str) -> SeriesPattern {
    SeriesPattern::parse(text).unwrap()
}

#[test]
fn each_value_of_a_label_is_an_alert_of_its_own_up_to_a_cap() {
    let gauge = Metric::new("depth", MetricSource::Gauge(pattern("queue_depth"))).by("tenant");
    let mut bench = Bench::of([rule("value > 10").metric(gauge)]);
    let set = |bench: &Bench, tenant: &str, depth: f64| {
        bench.profiler.gauge_with("queue_depth", &[("tenant", tenant)]).set(depth);
    };
    set(&bench, "a", 50.0);
    set(&bench, "b", 5.0);
    bench.tick();
    let told = bench.evaluate();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].alerts[0].labels["tenant"], "a");
    assert_eq!(told[0].alerts[0].summary, "depth value of tenant \"a\" is 50, limit 10");
    (0..200).for_each(|tenant| set(&bench, &format!("t{tenant}"), 50.0));
    bench.tick();
    assert_eq!(bench.evaluate().len(), 99);
    assert_eq!(bench.engine.totals().beyond_cap, 101);
    (0..200).for_each(|tenant| set(&bench, &format!("t{tenant}"), 0.0));
    set(&bench, "a", 0.0);
    bench.tick();
    let over = bench.evaluate();
    assert_eq!(over.len(), 100);
    assert!(over.iter().all(|told| told.reason == Reason::Resolved));
}

#[test]
fn a_gauge_that_is_no_number_keeps_what_is() {
    let gauge = Metric::new("depth", MetricSource::Gauge(pattern("depth")));
    let mut bench = Bench::of([rule("value > 10").metric(gauge)]);
    let mut reasons = String::new();
    for value in [f64::NAN, 50.0, f64::NAN, 5.0] {
        bench.profiler.gauge("depth").set(value);
        bench.tick();
        let told = bench.evaluate();
        reasons.push(told.first().map_or('.', |told| crate::letter(told.reason)));
    }
    assert_eq!(reasons, ".F.R");
}

#[test]
fn a_ratio_and_resources_are_watched_from_a_file() {
    let sla = SlaConfig::from_toml(
        r#"
[metrics.cache]
good = 'hits'
bad = 'misses'
min_ratio = "80%"
[[alerts]]
name = "cold cache"
when = "ratio < 80%"
metric = "cache"
window = "1s"
[[alerts]]
name = "memory"
when = "memory > 1MiB"
window = "1s"
"#,
    );
    let mut bench = Bench::new(Rules::from_sla(&sla.unwrap()).unwrap());
    bench.profiler.counter("hits").add(10);
    bench.profiler.counter("misses").add(90);
    bench.profiler.gauge("process_resident_memory_bytes").set(5e6);
    bench.tick();
    let told = bench.evaluate();
    let said: Vec<&str> = told.iter().map(|told| told.alerts[0].summary.as_str()).collect();
    assert_eq!(
        said,
        ["cache good ratio is 10.0%, limit 80.0%", "resources memory is 4.8MiB, limit 1.0MiB"]
    );
}

const BUDGET: &str = r#"
[[objectives]]
name = "answers"
operation = "answer"
good = "success"
target = "99%"
period = "30d"

[[alerts]]
name = "budget"
watch = "objectives.answers"
cooldown = "10min"
"#;

#[test]
fn burn_rates_of_one_objective_are_one_alert_that_becomes_more_urgent() {
    let sla = SlaConfig::from_toml(BUDGET).unwrap();
    let mut bench = Bench::new(Rules::from_sla(&sla).unwrap());
    sla.watch(&bench.profiler).unwrap();
    let mut told = Vec::new();
    // The timeline has minutes; 4 % burn at 4x, which is a warning, 50 % at 50x.
    for minute in 0..600_u64 {
        let bad = if minute < 300 { 4 } else { 50 };
        let second = |good: bool| match good {
            true => bench.profiler.record("answer", ms(1)),
            false => bench.profiler.record_failure("answer", ms(1)),
        };
        (0..100).for_each(|call| second(call >= bad));
        bench.now += 59;
        bench.tick();
        told.extend(bench.evaluate());
    }
    let changes = |told: &perf_alert::Notification| told.reason != Reason::Repeated;
    let changes: Vec<_> = told.iter().filter(|told| changes(told)).collect();
    let reasons: Vec<_> =
        changes.iter().map(|told| (told.reason, told.severity().as_str())).collect();
    assert_eq!(reasons, [(Reason::Fired, "warning"), (Reason::SeverityChanged, "critical")]);
    let alert = &changes[1].alerts[0];
    assert_eq!(alert.labels["objective"], "answers");
    assert!(alert.summary.starts_with("the budget of answers burns at "), "{}", alert.summary);
    assert!(
        alert.description.contains("of the error budget is spent; at this rate"),
        "{}",
        alert.description
    );
    assert!(alert.started < at(300 * 60));
}

#[test]
fn what_nobody_ticks_has_no_data() {
    let mut bench = Bench::of([rule("p95 > 100ms").operation("search"), {
        perf_alert::Rule::new("gone", "no data".parse().unwrap())
            .operation("search")
            .window(seconds(1))
    }]);
    bench.second('m');
    bench.hand.advance(seconds(30));
    let told = bench.evaluate();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].alerts[0].rule, "gone");
}
