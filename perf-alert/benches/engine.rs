//! A round of 1,000 rules over 100 operations, in windows of a minute and of five: all quiet, near their limits,
//! and 700 that fire; those in which they begin and in which all is said again; with a thousand silences; what is asked
//! of the engine then; and a round of 10 objectives.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use perf_alert::{Engine, Rule, Rules, Silence, Source};
use perf_core::{Clock, ManualClock, Profiler};
use perf_sla::SlaConfig;
use std::hint::black_box;
use std::time::{Duration, SystemTime};

const OPERATIONS: usize = 100;
const SECONDS: u64 = 360;

/// Ten conditions on each operation; `limit` in ms.
fn rules(limit: u64) -> Rules {
    let conditions = [
        (format!("p50 > {limit}ms"), 60),
        (format!("p95 > {limit}ms"), 60),
        (format!("p99 > {limit}ms"), 300),
        (format!("p99.9 > {limit}ms"), 300),
        (format!("mean > {limit}ms"), 300),
        (format!("max > {limit}ms"), 60),
        (format!("slow request > {limit}ms"), 60),
        ("error_rate > 5%".to_owned(), 300),
        ("throughput < 1/s".to_owned(), 60),
        ("no data".to_owned(), 60),
    ];
    let of = |operation: usize| {
        conditions.iter().map(move |(condition, window)| {
            Rule::new(format!("{condition} {operation}"), condition.parse().unwrap())
                .operation(format!("operation {operation}"))
                .window(Duration::from_secs(*window))
        })
    };
    Rules::new((0..OPERATIONS).flat_map(of)).unwrap()
}

/// Six minutes of 20 calls a second of each operation.
fn measured(rules: &Rules) -> (Profiler, ManualClock, Source) {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let source = Source::new(&profiler, rules);
    for second in 0..SECONDS {
        for operation in 0..OPERATIONS {
            let calls = profiler.operation(&format!("operation {operation}"));
            for call in 0..20 {
                calls.record(Duration::from_micros(
                    10_000 + 97 * call * (second % 7) + operation as u64,
                ));
            }
        }
        hand.advance(Duration::from_secs(1));
        profiler.timeline().tick();
    }
    (profiler, hand, source)
}

fn rounds(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a round of 1,000 rules over 100 operations");
    for (name, limit) in [("all quiet", 1_000), ("near their limits", 21), ("700 fire", 5)] {
        let rules = rules(limit);
        let (_profiler, _hand, source) = measured(&rules);
        let mut engine = Engine::new(rules);
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(SECONDS);
        let told = engine.evaluate(&source, now).len();
        let what = format!("{name} ({told} told at first)");
        group.bench_function(what, |bencher| {
            bencher.iter(|| black_box(engine.evaluate(&source, now)));
        });
    }
    group.finish();
}

/// What is dearer than an ordinary round: 700 alerts that are told at once, or are silenced, summed up and saved.
fn bursts(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("700 alerts of 1,000 rules");
    let rules = rules(5);
    let (_profiler, _hand, source) = measured(&rules);
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(SECONDS);
    group.bench_function("begin", |bencher| {
        bencher.iter_batched_ref(
            || Engine::new(rules.clone()),
            |engine| black_box(engine.evaluate(&source, now)),
            BatchSize::LargeInput,
        );
    });
    let mut engine = Engine::new(rules);
    engine.evaluate(&source, now);
    group.bench_function("are summed up", |bencher| {
        bencher.iter(|| black_box(engine.alert_summary()));
    });
    group.bench_function("are written as a state", |bencher| {
        bencher.iter(|| black_box(engine.save_state()));
    });
    for silence in 0..1_000 {
        let matcher = format!("operation=~\"x{silence}|y.*{silence}\"").parse().unwrap();
        engine.silence(Silence::until(now + Duration::from_secs(3_600), [matcher]));
    }
    group.bench_function("are held against 1,000 silences", |bencher| {
        bencher.iter(|| black_box(engine.evaluate(&source, now)));
    });
    group.finish();
}

/// Ten objectives with four pairs of windows each.
fn budgets(criterion: &mut Criterion) {
    let objective = |operation: usize| {
        format!(
            "[[objectives]]\nname = \"{operation}\"\noperation = \"operation {operation}\"\n\
             good = \"success\"\ntarget = \"99.9%\"\n"
        )
    };
    let objectives: String = (0..10).map(objective).collect();
    let alert = "[[alerts]]\nname = \"budgets\"\nwatch = \"all\"\n";
    let sla = SlaConfig::from_toml(&format!("{objectives}{alert}")).unwrap();
    let rules = Rules::from_sla(&sla).unwrap();
    let (_profiler, _hand, source) = measured(&rules);
    let mut engine = Engine::new(rules);
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(SECONDS);
    criterion.bench_function("a round of 10 objectives", |bencher| {
        bencher.iter(|| black_box(engine.evaluate(&source, now)));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().measurement_time(Duration::from_secs(5)).sample_size(30);
    targets = rounds, bursts, budgets
}
criterion_main!(benches);
