//! CSV of snapshots and windows, read with a reader that knows nothing of the writer.

use perf_core::{Clock, Definition, Profiler, Quantile, Snapshot};
use perf_export::{write_intervals_csv, write_metrics_csv, write_operations_csv};
use proptest::prelude::*;
use std::io;
use std::time::Duration;

/// As RFC 4180 has it, and not more.
fn read(csv: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(csv).expect("UTF-8");
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut characters = text.chars().peekable();
    let mut quoted = false;
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                cell.push('"');
                characters.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty(), "the last line is whole");
    rows
}

fn operations(snapshot: &Snapshot) -> Vec<Vec<String>> {
    let mut csv = Vec::new();
    write_operations_csv(snapshot, &mut csv).expect("memory takes all");
    read(&csv)
}

#[test]
fn an_operation_has_the_numbers_of_the_snapshot() {
    let (clock, time) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    for millis in 1..=100 {
        profiler.record("search", Duration::from_millis(millis));
    }
    profiler.record_failure("search", Duration::from_millis(900));
    profiler.operation("idle");
    time.advance(Duration::from_secs(10));
    let snapshot = profiler.snapshot();
    let rows = operations(&snapshot);
    assert_eq!(rows[1][0], "idle");
    assert_eq!(rows[1][1..], ["0", "0", "0", "", "0", "0", "", "", "", "", "", "", "", ""]);
    let search = snapshot.operation("search").expect("it was recorded");
    let latency = search.latency();
    let cell = |column: &str| {
        let column = rows[0].iter().position(|name| name == column).expect("a column");
        rows[2][column].clone()
    };
    for (column, expected) in
        [("count", "101"), ("successes", "100"), ("failures", "1"), ("throughput_per_s", "10.1")]
    {
        assert_eq!(cell(column), expected, "{column}");
    }
    for (column, quantile) in [("p50_ns", 0.5), ("p90_ns", 0.9), ("p99.9_ns", 0.999)] {
        let quantile = Quantile::new(quantile).expect("a quantile");
        let expected = latency.quantile(quantile).expect("it has values");
        assert_eq!(cell(column), expected.to_string(), "{column}");
    }
    assert_eq!(cell("min_ns"), "1000000");
    assert_eq!(cell("mean_ns"), "50500000");
    assert_eq!(cell("max_ns"), "100000000");
}

#[test]
fn counters_gauges_and_histograms_are_rows_of_their_kind() {
    let profiler = Profiler::new();
    profiler.define_histogram(Definition::new("batch").unit("rows")).expect("a definition");
    profiler.counter_with("hits", &[("cache", "l1"), ("by", "a\"b")]).add(7);
    profiler.gauge("depth").set(-2.5);
    profiler.histogram("batch").record(3);
    let mut csv = Vec::new();
    write_metrics_csv(&profiler.snapshot(), &mut csv).expect("memory takes all");
    let rows = read(&csv);
    assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{rows:?}");
    assert_eq!(rows[1][..6], ["counter", "hits", "by=\"a\\\"b\",cache=\"l1\"", "", "7", ""]);
    assert_eq!(rows[2][..6], ["gauge", "depth", "", "", "-2.5", ""]);
    assert_eq!(
        rows[3],
        ["histogram", "batch", "", "rows", "", "1", "3", "3", "3", "3", "3", "3", "3", "3"]
    );
}

#[test]
fn a_window_is_a_row_an_interval_and_operation_and_nothing_is_lost() {
    let (clock, time) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let timeline = profiler.timeline();
    timeline.tick();
    for second in 1..=5 {
        for _ in 0..second {
            profiler.record("search", Duration::from_millis(second));
        }
        time.advance(Duration::from_secs(1));
        timeline.tick();
    }
    let mut csv = Vec::new();
    let window = timeline.window(Duration::from_secs(60));
    write_intervals_csv(&window, &mut csv).expect("memory takes all");
    let rows = read(&csv);
    let counts: Vec<&str> = rows[1..].iter().map(|row| &*row[3]).collect();
    assert_eq!(counts, ["1", "2", "3", "4", "5"]);
    for (second, row) in (1..).zip(&rows[1..]) {
        assert_eq!(row.len(), rows[0].len());
        assert_eq!(row[0].len(), "2026-11-21 00:00:01.000".len(), "{row:?}");
        assert_eq!(row[5], second.to_string(), "calls a second");
        let max = row[9].parse::<f64>().expect("a number") / 1e6;
        assert!((max / f64::from(second) - 1.0).abs() < 1.0 / 128.0, "{row:?}");
    }
}

#[test]
fn a_writer_that_fails_is_told() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let error = write_operations_csv(&Profiler::new().snapshot(), Full).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
}

proptest! {
    #[test]
    fn any_name_comes_back_and_none_is_a_formula(name in "\\PC{0,12}|[=+@\t\r\n\"', ;-]{1,6}[a-z]{0,2}") {
        let profiler = Profiler::new();
        profiler.record(&name, Duration::from_millis(1));
        let rows = operations(&profiler.snapshot());
        let stored = profiler.snapshot().operations().next().map(|o| o.name().to_owned());
        let stored = stored.expect("one operation");
        let cell = &rows[1][0];
        prop_assert!(*cell == stored || *cell == format!("'{stored}"), "{:?} of {:?}", cell, stored);
        prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{:?}", cell);
    }
}
