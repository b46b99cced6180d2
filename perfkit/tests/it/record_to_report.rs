use perfkit::report::{Console, Report};
use perfkit::sla::{SlaConfig, Status};
use perfkit::{Clock, Profiler};
use std::thread;
use std::time::Duration;

#[test]
fn one_file_judges_what_many_threads_recorded_and_the_report_shows_the_same_count() {
    let sla = SlaConfig::from_toml(
        "overall_operation = \"request\"\n[overall]\nmax_p90 = \"50ms\"\nmin_throughput = \"10/s\"",
    )
    .unwrap();
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    sla.watch(&profiler).unwrap();
    let request = profiler.operation("request");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..1_000).for_each(|i| request.record(Duration::from_micros(i * 100))));
        }
    });
    hand.advance(Duration::from_secs(10));

    let snapshot = profiler.snapshot();
    let verdict = sla.evaluate(&snapshot);
    assert_eq!(verdict.status(), Status::Violated);
    let check = &verdict.checks()[0];
    assert_eq!(
        (check.samples, check.bad),
        (4_000, Some((4 * 499, 4 * 499))),
        "over 50 ms, exactly"
    );
    let console = Report::new(&snapshot).with_sla(&verdict).to_console(&Console::plain(120));
    assert!(console.contains("1,996 of 4,000 over the limit"), "{console}");
}

#[test]
fn the_slow_query_of_the_report_is_the_one_that_was_slow() {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    for id in 0..100_u64 {
        let mut timer = profiler.timer("query");
        timer.metadata("query_id", id);
        hand.advance(Duration::from_millis(if id == 77 { 900 } else { 10 }));
    }
    let console = Report::new(&profiler.snapshot()).to_console(&Console::plain(120));
    assert!(console.contains("slowest call: query 900.0 ms (query_id=77)"), "{console}");
}
