//! What the work cost: the gauges and counters that a sampler of resources writes.

use super::{MAX_NAME, Pair, counted};
use crate::model::{GaugeModel, MERGED, Model};
use crate::wording::{bytes, count, moment, number, one_line, percent, span};
use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

/// How the names of their series begin.
const STARTS: [&str; 7] =
    ["process_", "cgroup_", "pressure_", "system_", "gpu_", "perfkit_sampler_", "perfkit_gpu_"];

/// Whether a series of this name is one of a sampler.
pub(crate) fn is_one(name: &str) -> bool {
    STARTS.iter().any(|start| name.starts_with(start))
}

/// A value in the unit that the end of its name says, as Prometheus ends names.
pub(crate) fn worded(name: &str, value: Option<f64>) -> String {
    let Some(value) = value else { return "no number".to_owned() };
    let is_size = (0.0..1e19).contains(&value);
    let since_1970 = ["_start_time_seconds", "_timestamp_seconds"];
    if since_1970.iter().any(|end| name.ends_with(end)) {
        return point_in_time(value).unwrap_or_else(|| number(value));
    }
    match name.strip_suffix("_total").unwrap_or(name).rsplit('_').next() {
        Some("bytes") if is_size => bytes(value as u64),
        Some("ratio") if (0.0..=100.0).contains(&value) => percent(value),
        Some("seconds") if is_size => span(value),
        _ => number(value),
    }
}

/// `None` outside of the years that a calendar has.
fn point_in_time(seconds: f64) -> Option<String> {
    let since = Duration::try_from_secs_f64(seconds).ok()?;
    UNIX_EPOCH.checked_add(since).map(moment).filter(|text| !text.is_empty())
}

pub(super) fn all(model: &Model) -> Vec<Pair> {
    let row = |name: String, value| Pair { name: one_line(&name, MAX_NAME), value };
    let gauges = model.gauges.iter().filter(|gauge| is_one(&gauge.name));
    let gauges = gauges.map(|g| row(g.series().to_string(), worded(&g.name, g.value)));
    let counters = model.counters.iter().filter(|counter| is_one(&counter.name));
    let counters = counters.map(|counter| {
        let growth = match counter.name.contains("_bytes") {
            true => bytes(counter.growth),
            false => count(counter.growth),
        };
        row(counter.series().to_string(), growth)
    });
    gauges.chain(counters).collect()
}

pub(super) fn findings(model: &Model) -> Vec<String> {
    let findings = model.resource_findings.iter();
    findings.map(|finding| one_line(&finding.text, 8 * MAX_NAME)).collect()
}

/// `CPU 1.87 cores at last (93 % of what can be had) · memory 61.0 MiB, peak 64.2 MiB · 7 threads · 12 files`; of
/// merged reports the most that any of them has.
pub(super) fn summary(model: &Model) -> String {
    let is_merged = model.run.sources > 1;
    let gauge = |name: &str| {
        let is_whole = |labels: &BTreeMap<String, String>| match is_merged {
            true => labels.len() == 1 && labels.get(MERGED).is_some_and(|which| which == "max"),
            false => labels.is_empty(),
        };
        let is_it = |gauge: &&GaugeModel| gauge.name == name && is_whole(&gauge.labels);
        model.gauges.iter().find(is_it).and_then(|gauge| gauge.value)
    };
    let size = |name: &str| gauge(name).map(|value| bytes(value.max(0.0) as u64));
    let whole = |name: &str, noun: &str| gauge(name).map(|n| counted(n.max(0.0) as u64, noun));
    let cpu = gauge("process_cpu_cores").map(|cores| {
        let ratio =
            gauge("process_cpu_ratio").map(|ratio| format!(" ({})", percent(ratio.max(0.0))));
        format!("CPU {} cores{}", number(cores), ratio.unwrap_or_default())
    });
    let memory = size("process_resident_memory_bytes").map(|memory| {
        let peak = size("process_peak_resident_memory_bytes");
        format!("memory {memory}{}", peak.map(|peak| format!(", peak {peak}")).unwrap_or_default())
    });
    let parts = [
        cpu,
        memory,
        whole("process_threads", "thread"),
        whole("process_open_fds", "open file"),
        gauge("cgroup_throttled_ratio")
            .filter(|r| *r > 0.0)
            .map(|r| format!("throttled {}", percent(r))),
    ];
    let line = parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    if is_merged && !line.is_empty() { format!("the most of any report: {line}") } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_in_the_unit_that_its_name_ends_with() {
        for (name, value, text) in [
            ("process_start_time_seconds", 1_795_321_810.25, "2026-11-22T04:30:10Z"),
            ("backup_timestamp_seconds", 0.0, "1970-01-01T00:00:00Z"),
            ("process_cpu_seconds_total", 5_400.0, "1.5 h"),
            ("process_uptime_seconds", 90.0, "90 s"),
            ("process_read_bytes_total", 2_048.0, "2.0 KiB"),
            ("requests_total", 12.0, "12"),
        ] {
            assert_eq!(worded(name, Some(value)), text, "{name}");
        }
        assert_eq!(point_in_time(1e15).or(point_in_time(1e300)).or(point_in_time(-1.0)), None);
    }
}
