//! What stands out of what the work cost, as the JSON of a report has it.

use perf_analysis::{
    Amount, LeakGrade, Resource, Usage, gauge_points, gauge_usage, leak, saturation,
};
use perf_core::{GaugeRange, Window};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A resource that is near its limit, or that grows and grows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct ResourceFindingModel {
    /// `memory`, `CPU`, `throttling`, `open files` or `threads`.
    pub resource: String,
    /// `near its limit`, `sustained growth` or `suspected leak`.
    pub kind: String,
    /// The whole in words, with the evidence.
    pub text: String,
}

impl ResourceFindingModel {
    /// What the gauges of a sampler say in a window.
    pub(crate) fn all(window: &Window) -> Vec<Self> {
        let highest = |used, limit| gauge_usage(window, used, limit, |range| range.max);
        let mean = |used, limit| gauge_usage(window, used, limit, |range| range.mean);
        let share = |gauge, of: fn(GaugeRange) -> f64| -> Vec<Usage> {
            let points = gauge_points(window, gauge, &[], of).into_iter();
            points.map(|(at, used)| Usage { at, used, limit: 1.0 }).collect()
        };
        // A group around the own one may be full by what others do in it.
        let memory = share("cgroup_memory_ratio", |range| range.max);
        let cpu = mean("process_cpu_cores", "process_cpu_capacity_cores");
        let quota = share("cgroup_cpu_quota_ratio", |range| range.mean);
        let throttled = share("cgroup_throttled_ratio", |range| range.mean);
        let files = highest("process_open_fds", "process_max_fds");
        let mut near = saturation(&[
            (Resource::Memory, &memory),
            (Resource::Cpu, &cpu),
            (Resource::Cpu, &quota),
            (Resource::Throttling, &throttled),
            (Resource::OpenFiles, &files),
        ]);
        // The nearest stands first.
        let mut told = BTreeSet::new();
        near.retain(|saturation| told.insert(saturation.resource));
        let near = near.iter().map(|saturation| ResourceFindingModel {
            resource: saturation.resource.to_string(),
            kind: "near its limit".to_owned(),
            text: saturation.to_string(),
        });
        // What is live, where somebody counts it, says more than what is resident. That holds what a
        // leak in C takes, too.
        let memory = grows(window, "memory", "process_allocated_bytes", Amount::Bytes)
            .or_else(|| grows(window, "memory", "process_resident_memory_bytes", Amount::Bytes));
        let files = grows(window, "open files", "process_open_fds", Amount::Count);
        let threads = grows(window, "threads", "process_threads", Amount::Count);
        near.chain([memory, files, threads].into_iter().flatten()).collect()
    }
}

fn grows(
    window: &Window,
    resource: &str,
    gauge: &str,
    amount: Amount,
) -> Option<ResourceFindingModel> {
    let points = gauge_points(window, gauge, &[], |range| range.min);
    let verdict = leak(&points, amount).ok()?;
    (verdict.grade >= LeakGrade::SustainedGrowth).then(|| ResourceFindingModel {
        resource: resource.to_owned(),
        kind: verdict.grade.to_string(),
        text: format!("{resource}: {verdict}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use perf_core::{Clock, Profiler};
    use std::time::Duration;

    /// Resource, kind and text of what stands out of an hour of gauges, each of which starts at a value and
    /// grows by the second.
    fn found(gauges: &[(&str, f64, f64)]) -> Vec<(String, String, String)> {
        let (clock, hand) = Clock::manual();
        let profiler = Profiler::builder().clock(clock).build();
        let timeline = profiler.timeline();
        for second in 0..3_600 {
            for (name, start, growth) in gauges {
                profiler.gauge(name).set(start + growth * f64::from(second));
            }
            hand.advance(Duration::from_secs(1));
            timeline.tick();
        }
        let found = ResourceFindingModel::all(&timeline.window(Duration::from_secs(3_600)));
        found.into_iter().map(|found| (found.resource, found.kind, found.text)).collect()
    }

    #[test]
    fn a_group_that_others_fill_is_near_its_limit() {
        let own = [
            ("cgroup_memory_working_set_bytes", 1e8, 0.0),
            ("cgroup_memory_limit_bytes", 1e9, 0.0),
            ("process_cpu_cores", 0.1, 0.0),
            ("process_cpu_capacity_cores", 1.0, 0.0),
        ];
        assert_eq!(found(&own), []);
        let others = [("cgroup_memory_ratio", 0.97, 0.0), ("cgroup_cpu_quota_ratio", 0.9, 0.0)];
        let found = found(&[&own[..], &others].concat());
        let told: Vec<_> = found.iter().map(|(resource, _, text)| (&**resource, &**text)).collect();
        assert!(
            matches!(told[..], [("CPU", cpu), ("memory", memory)]
            if cpu.starts_with("CPU at 90%") && memory.starts_with("memory at 97%")),
            "{told:?}"
        );
    }

    #[test]
    fn of_own_and_common_cpu_the_nearer_to_its_limit_is_told() {
        let own = [("process_cpu_cores", 1.9, 0.0), ("process_cpu_capacity_cores", 2.0, 0.0)];
        let found = found(&[&own[..], &[("cgroup_cpu_quota_ratio", 0.85, 0.0)]].concat());
        assert_eq!(found.len(), 1);
        assert!(found[0].2.starts_with("CPU at 95%"), "{found:?}");
    }

    #[test]
    fn of_live_and_resident_memory_that_grow_the_live_one_is_told() {
        let (live, resident) =
            (("process_allocated_bytes", 1e8, 1e5), ("process_resident_memory_bytes", 3e8, 2e5));
        let [both, resident] = [found(&[live, resident]), found(&[resident])];
        let rate = |found: &[(String, String, String)]| {
            assert_eq!((found.len(), &*found[0].0, &*found[0].1), (1, "memory", "suspected leak"));
            found[0].2.contains("342.6 MiB an hour")
        };
        assert!(rate(&both) && !rate(&resident), "{both:?} {resident:?}");
    }
}
