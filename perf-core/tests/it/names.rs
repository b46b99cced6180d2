use crate::ms;
use perf_core::{OVERFLOW, Profiler};

#[test]
fn a_million_names_stay_at_the_cap_with_exact_totals_and_the_refused_counted() {
    let profiler = Profiler::new();
    for i in 0..1_000_000 {
        profiler.record(&format!("operation {i}"), ms(1));
    }
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.operations().count(), 2_001);
    assert_eq!(snapshot.overall().count(), 1_000_000);
    assert_eq!(snapshot.operation(OVERFLOW).unwrap().count(), 998_000);
    assert_eq!(snapshot.losses().refused_operations, 998_000);
    assert_eq!(snapshot.operation("operation 1999").unwrap().count(), 1);
}

#[test]
fn a_name_over_a_kilobyte_is_refused_and_counted() {
    let profiler = Profiler::new();
    profiler.record(&"x".repeat(1_024), ms(1));
    profiler.record(&"x".repeat(1_025), ms(1));
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.operation(OVERFLOW).unwrap().count(), 1);
    assert_eq!(snapshot.losses().refused_operations, 1);
}

#[test]
fn the_same_buffer_with_another_name_is_another_operation() {
    let profiler = Profiler::new();
    let mut buffer = String::with_capacity(64);
    for i in 0..300 {
        buffer.clear();
        buffer.push_str(&format!("{:03}", i % 100));
        profiler.record(&buffer, ms(1));
    }
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.operations().count(), 100);
    assert!(snapshot.operations().all(|operation| operation.count() == 3));
}

#[test]
fn a_name_of_ours_given_by_a_user_shares_the_overflow_and_loses_nothing() {
    let profiler = Profiler::builder().max_operations(1).max_series(1).build();
    for name in ["kept", OVERFLOW, "beyond the cap", OVERFLOW] {
        profiler.record(name, ms(1));
        profiler.operation(name).record_failure_with(ms(1), perf_core::OTHER_FAILURES);
        profiler.counter_with(name, &[("overflow", "true")]).increment();
        profiler.counter(name).increment();
    }
    let snapshot = profiler.snapshot();
    assert_eq!(snapshot.overall().count(), 8);
    assert_eq!(snapshot.operation(OVERFLOW).unwrap().count(), 6);
    assert_eq!(snapshot.counters().map(|(_, total)| total).sum::<u64>(), 8);
    let kinds: u64 = snapshot.operations().flat_map(|o| o.failure_kinds()).map(|(_, n)| n).sum();
    assert_eq!(kinds, 4);
}

#[test]
fn profilers_do_not_see_each_others_names() {
    for i in 0..200 {
        let profiler = Profiler::new();
        profiler.record("work", ms(i));
        let snapshot = profiler.snapshot();
        assert_eq!(snapshot.operation("work").unwrap().max(), Some(ms(i)));
        assert_eq!(snapshot.overall().count(), 1);
    }
}

#[test]
fn a_handle_and_its_name_are_one_operation() {
    let profiler = Profiler::new();
    let handle = profiler.operation("work");
    handle.record(ms(1));
    profiler.record("work", ms(2));
    drop(profiler.clone().timer("work"));
    assert_eq!(profiler.snapshot().operation("work").unwrap().count(), 3);
    assert_eq!(handle.name(), "work");
}

#[test]
fn a_handle_outlives_its_profiler() {
    let handle = Profiler::new().operation("work");
    handle.record(ms(1));
    handle.time(|| ());
}

#[test]
fn any_text_is_a_name() {
    let profiler = Profiler::new();
    let names =
        ["", " ", "ä", "\0", "a\nb", "<script>", "\u{202e}x", "🦀🦀🦀", "12345678", "123456789"];
    for name in names {
        profiler.record(name, ms(1));
    }
    let snapshot = profiler.snapshot();
    assert!(names.iter().all(|name| snapshot.operation(name).unwrap().count() == 1));
}
