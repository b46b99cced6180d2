//! Numbers for a spreadsheet.

mod row;

use jiff::Timestamp;
use perf_core::{Distribution, Quantile, Series, Snapshot, Window};
use row::Rows;
use std::io;
use std::time::{Duration, SystemTime};

const OPERATION_COLUMNS: &str = "operation,count,successes,failures,success_ratio,throughput_per_s,\
    timed,min_ns,mean_ns,p50_ns,p90_ns,p95_ns,p99_ns,p99.9_ns,max_ns";
const METRIC_COLUMNS: &str = "kind,name,labels,unit,value,count,min,mean,p50,p90,p95,p99,p99.9,max";
const INTERVAL_COLUMNS: &str = "from_utc,to_utc,operation,count,failures,throughput_per_s,\
    p50_ns,p95_ns,p99_ns,max_ns";

/// Writes a row for each operation of `snapshot` as CSV.
///
/// The columns are `operation`, `count`, `successes`, `failures`, `success_ratio` (in 0 to 1),
/// `throughput_per_s`, `timed` (how many successes have a latency) and of those latencies `min_ns`,
/// `mean_ns`, `p50_ns`, `p90_ns`, `p95_ns`, `p99_ns`, `p99.9_ns` and `max_ns`, in nanoseconds. What is not
/// known is left empty, never 0.
///
/// Cells are quoted as RFC 4180 says, lines end with a line feed. A name that a spreadsheet would take for a
/// formula (its first character is `=`, `+`, `-`, `@`, a tab or a carriage return, also after quotes and
/// spaces) gets an apostrophe before it: `=1+1` becomes `'=1+1`. Nothing else changes a name.
///
/// ```
/// # use perf_core::Profiler;
/// # use std::time::Duration;
/// let profiler = Profiler::new();
/// profiler.record("search, fuzzy", Duration::from_millis(2));
/// let mut csv = Vec::new();
/// perf_export::write_operations_csv(&profiler.snapshot(), &mut csv)?;
/// let csv = String::from_utf8_lossy(&csv);
/// assert!(csv.starts_with("operation,count,successes,failures,"));
/// assert!(csv.contains("\n\"search, fuzzy\",1,1,0,1,"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Those of `out`. Each row is one write.
pub fn write_operations_csv(snapshot: &Snapshot, out: impl io::Write) -> io::Result<()> {
    let mut rows = Rows::begin(out, OPERATION_COLUMNS)?;
    for operation in snapshot.operations() {
        rows.text(operation.name());
        rows.number(operation.count());
        rows.number(operation.successes());
        rows.number(operation.failures());
        rows.known(operation.success_rate());
        rows.known(operation.throughput());
        rows.number(operation.latency().count());
        add_statistics(&mut rows, operation.latency());
        rows.end()?;
    }
    Ok(())
}

/// Writes a row for each counter, gauge and histogram of `snapshot` as CSV.
///
/// The columns are `kind` (`counter`, `gauge` or `histogram`), `name`, `labels` (as `cache="l1",shard="2"`),
/// `unit` (as the metric's definition has it), `value` (the growth of a counter, the last value of a gauge)
/// and for a histogram `count`, `min`, `mean`, `p50`, `p90`, `p95`, `p99`, `p99.9` and `max`, in its unit.
/// Cells are written as [`write_operations_csv`] does.
///
/// ```
/// # let profiler = perf_core::Profiler::new();
/// profiler.counter_with("hits", &[("cache", "l1")]).add(3);
/// let mut csv = Vec::new();
/// perf_export::write_metrics_csv(&profiler.snapshot(), &mut csv)?;
/// assert!(String::from_utf8_lossy(&csv).contains("\ncounter,hits,\"cache=\"\"l1\"\"\",,3,"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Those of `out`. Each row is one write.
pub fn write_metrics_csv(snapshot: &Snapshot, out: impl io::Write) -> io::Result<()> {
    let mut rows = Rows::begin(out, METRIC_COLUMNS)?;
    for (series, growth) in snapshot.counters() {
        begin_metric(&mut rows, "counter", series, snapshot);
        rows.number(growth);
        rows.empty(9);
        rows.end()?;
    }
    for (series, value) in snapshot.gauges() {
        begin_metric(&mut rows, "gauge", series, snapshot);
        rows.number(value);
        rows.empty(9);
        rows.end()?;
    }
    for (series, distribution) in snapshot.histograms() {
        begin_metric(&mut rows, "histogram", series, snapshot);
        rows.empty(1);
        rows.number(distribution.count());
        add_statistics(&mut rows, distribution);
        rows.end()?;
    }
    Ok(())
}

/// Writes a row for each interval of `window` and operation as CSV, oldest first: what charts over time are
/// made of. A [`Timeline`](perf_core::Timeline) gives windows.
///
/// The columns are `from_utc` and `to_utc` (the clock on the wall, `2026-11-21 00:00:01.000`, which
/// spreadsheets take for a time), `operation`, `count`, `failures`, `throughput_per_s`, and of the latencies
/// of the successes `p50_ns`, `p95_ns`, `p99_ns` and `max_ns`, in nanoseconds. An operation without calls has
/// its row too, with a count of 0 and no latencies. Cells are written as [`write_operations_csv`] does.
///
/// ```
/// # use perf_core::{Clock, Profiler};
/// # use std::time::Duration;
/// # let (clock, time) = Clock::manual();
/// # let profiler = Profiler::builder().clock(clock).build();
/// let timeline = profiler.timeline();
/// # timeline.tick();
/// profiler.record("search", Duration::from_millis(2));
/// # time.advance(Duration::from_secs(1));
/// timeline.tick(); // TimelineThread does it once a second
/// let mut csv = Vec::new();
/// perf_export::write_intervals_csv(&timeline.window(Duration::from_secs(60)), &mut csv)?;
/// assert!(String::from_utf8_lossy(&csv).contains(",search,1,0,1,"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// Those of `out`. Each row is one write.
pub fn write_intervals_csv(window: &Window, out: impl io::Write) -> io::Result<()> {
    let mut rows = Rows::begin(out, INTERVAL_COLUMNS)?;
    for interval in window.intervals() {
        let snapshot = interval.snapshot();
        let to = snapshot.taken_at();
        let from = to.checked_sub(snapshot.interval()).unwrap_or(SystemTime::UNIX_EPOCH);
        let (from, to) = (utc(from), utc(to));
        for operation in snapshot.operations() {
            rows.text(&from);
            rows.text(&to);
            rows.text(operation.name());
            rows.number(operation.count());
            rows.number(operation.failures());
            rows.known(operation.throughput());
            let latency = operation.latency();
            let quantiles = [Quantile::P50, Quantile::P95, Quantile::P99];
            latency.quantiles(&quantiles).into_iter().for_each(|value| rows.known(value));
            rows.known(latency.max());
            rows.end()?;
        }
    }
    Ok(())
}

fn begin_metric(rows: &mut Rows<impl io::Write>, kind: &str, series: &Series, of: &Snapshot) {
    rows.text(kind);
    rows.text(series.name());
    let labels: Vec<String> =
        series.labels().map(|(key, value)| format!("{key}={value:?}")).collect();
    rows.text(&labels.join(","));
    rows.text(of.definition(series.name()).map_or("", |definition| definition.unit()));
}

/// Minimum, mean, five percentiles and maximum.
fn add_statistics(rows: &mut Rows<impl io::Write>, distribution: &Distribution) {
    rows.known(distribution.min());
    rows.known(distribution.mean());
    let quantiles = [Quantile::P50, Quantile::P90, Quantile::P95, Quantile::P99, Quantile::P999];
    distribution.quantiles(&quantiles).into_iter().for_each(|value| rows.known(value));
    rows.known(distribution.max());
}

/// `2026-11-21 00:00:01.000`, empty for what has no date.
fn utc(moment: SystemTime) -> String {
    // Half a millisecond is added, because what follows cuts.
    let moment = moment.checked_add(Duration::from_micros(500)).unwrap_or(moment);
    let moment = Timestamp::try_from(moment).ok();
    moment.map_or_else(String::new, |moment| moment.strftime("%Y-%m-%d %H:%M:%S.%3f").to_string())
}
