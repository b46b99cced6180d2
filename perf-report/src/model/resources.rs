//! What stands out of what the work cost, as the JSON of a report has it.

use perf_analysis::{
    Amount, LeakGrade, Resource, Usage, gauge_points, gauge_usage, leak, saturation,
};
use perf_core::Window;
use serde::{Deserialize, Serialize};

/// A resource that is near its limit, or that grows and grows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct ResourceFindingModel {
    /// `memory`, `CPU`, `CPU quota` or `open files`.
    pub resource: String,
    /// `near its limit`, `sustained growth` or `suspected leak`.
    pub kind: String,
    /// The whole in words, with the evidence.
    pub text: String,
}

impl ResourceFindingModel {
    /// What the gauges of a sampler say in a window.
    pub(crate) fn all(window: &Window) -> Vec<Self> {
        let usage = |used, limit| gauge_usage(window, used, limit, |range| range.max);
        let mean = |used, limit| gauge_usage(window, used, limit, |range| range.mean);
        let memory = usage("cgroup_memory_working_set_bytes", "cgroup_memory_limit_bytes");
        let cpu = mean("process_cpu_cores", "process_cpu_capacity_cores");
        let files = usage("process_open_fds", "process_max_fds");
        let throttled = gauge_points(window, "cgroup_throttled_ratio", &[], |range| range.mean);
        let throttled: Vec<Usage> =
            throttled.into_iter().map(|(at, used)| Usage { at, used, limit: 1.0 }).collect();
        let near = saturation(&[
            (Resource::Memory, &memory),
            (Resource::Cpu, &cpu),
            (Resource::Throttling, &throttled),
            (Resource::OpenFiles, &files),
        ]);
        let near = near.iter().map(|saturation| ResourceFindingModel {
            resource: saturation.resource.to_string(),
            kind: "near its limit".to_owned(),
            text: saturation.to_string(),
        });
        let grows = [
            ("memory", "process_resident_memory_bytes", Amount::Bytes),
            ("open files", "process_open_fds", Amount::Count),
            ("threads", "process_threads", Amount::Count),
        ];
        let grows = grows.into_iter().filter_map(|(resource, gauge, amount)| {
            let points = gauge_points(window, gauge, &[], |range| range.min);
            let verdict = leak(&points, amount).ok()?;
            (verdict.grade >= LeakGrade::SustainedGrowth).then(|| ResourceFindingModel {
                resource: resource.to_owned(),
                kind: verdict.grade.to_string(),
                text: format!("{resource}: {verdict}"),
            })
        });
        near.chain(grows).collect()
    }
}
