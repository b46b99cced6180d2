//! What does a report cost: to make its model, to write JSON, and to render the page?
#![allow(missing_docs)]

use criterion::{Criterion, criterion_group, criterion_main};
use perf_analysis::RequestWatch;
use perf_core::{Clock, Profiler, Snapshot, Timeline};
use perf_report::Report;
use perf_sla::{SlaConfig, Targets, Verdict};
use std::hint::black_box;
use std::time::Duration;

/// A minute of a service with six operations, 200 requests a second.
struct Run {
    snapshot: Snapshot,
    timeline: Timeline,
    requests: RequestWatch,
    verdict: Verdict,
    _profiler: Profiler,
}

const STAGES: [&str; 5] = ["embedding", "retrieval", "reranking", "prompting", "generation"];

impl Run {
    fn new() -> Self {
        let (clock, hand) = Clock::manual();
        let profiler = Profiler::builder().clock(clock).overall_operation("answer").build();
        let mut sla = SlaConfig::builder().overall_operation("answer");
        for stage in STAGES {
            sla = sla.operation(stage, Targets::new().max_p95(Duration::from_millis(5)));
        }
        let sla = sla.build().expect("it is valid");
        sla.watch(&profiler).expect("one limit each");
        let requests = RequestWatch::new(&profiler);
        let timeline = profiler.timeline();
        let mut random = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..60 {
            for call in 0..200 {
                let request = profiler.request(&call.to_string());
                for stage in STAGES {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let share = (random >> 33) as f64 / f64::from(1_u32 << 31);
                    let micros = 200.0 * (3.0 * share * share).exp();
                    request.time(stage, || hand.advance(Duration::from_secs_f64(micros / 1e6)));
                }
            }
            timeline.tick();
        }
        let snapshot = profiler.snapshot();
        let verdict = sla.evaluate_run(&snapshot, &timeline);
        Run { snapshot, timeline, requests, verdict, _profiler: profiler }
    }

    fn report(&self) -> Report {
        Report::new(&self.snapshot)
            .with_timeline(&self.timeline)
            .with_requests(&self.requests.read())
            .with_sla(&self.verdict)
    }
}

fn render(c: &mut Criterion) {
    let run = Run::new();
    let report = run.report();
    let html = report.to_html().expect("it renders");
    println!("the page of 6 operations: {} bytes", html.len());
    let mut group = c.benchmark_group("report");
    group.bench_function("model, 6 operations", |b| b.iter(|| black_box(run.report())));
    group.bench_function("JSON, 6 operations", |b| b.iter(|| black_box(report.to_json())));
    group.bench_function("HTML, 6 operations", |b| b.iter(|| black_box(report.to_html())));
    group.bench_function("Markdown, 6 operations", |b| b.iter(|| black_box(report.to_markdown())));
    let json = report.to_json().expect("it renders");
    group.bench_function("read back, 6 operations", |b| {
        b.iter(|| black_box(Report::from_json(&json)));
    });
    group.bench_function("merge with itself, 6 operations", |b| {
        b.iter(|| black_box(report.merge(&report)));
    });
}

criterion_group!(benches, render);
criterion_main!(benches);
