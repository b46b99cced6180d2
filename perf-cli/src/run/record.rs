//! Runs as calls of an operation, and what an SLA file says of them.

use super::measured_run::MeasuredRun;
use perfkit::report::Report;
use perfkit::resources::{ResourceGauges, SamplerConfig};
use perfkit::sla::{Indicator, Quantity, SlaConfig, Status};
use perfkit::{Operation, Profiler, TimelineThread};
use std::error::Error;

/// A profiler that holds each run as a call.
pub(super) struct Record {
    profiler: Profiler,
    operation: Operation,
    timeline: TimelineThread,
}

impl Record {
    pub(super) fn new(name: &str, sla: Option<&SlaConfig>) -> Result<Self, Box<dyn Error>> {
        let profiler = Profiler::builder().overall_operation(name).build();
        // Limits beyond four are judged by buckets, which cannot flatter.
        let _ = sla.map(|sla| sla.watch(&profiler));
        let operation = profiler.operation(name);
        let timeline = profiler.spawn_timeline()?;
        Ok(Record { profiler, operation, timeline })
    }

    /// Adds a run: as a failure, of the kind that the system tells, when it ended with anything but 0.
    pub(super) fn add(&self, run: &MeasuredRun) {
        match run.status.success() {
            true => self.operation.record(run.wall),
            false => self.operation.record_failure_with(run.wall, &run.status.to_string()),
        }
    }

    /// The report of all runs, and the verdict if there is an SLA file.
    pub(super) fn close(
        self,
        runs: &[MeasuredRun],
        sla: Option<&SlaConfig>,
    ) -> (Report, Option<Status>) {
        self.write_gauges(runs, sla);
        drop(self.timeline);
        // It also ends the timeline's last interval, which is shorter than a second.
        let snapshot = self.profiler.reset();
        let timeline = self.profiler.timeline();
        let report = Report::new(&snapshot).with_timeline(&timeline).titled("perfkit run");
        let Some(sla) = sla else { return (report, None) };
        let verdict = sla.evaluate_run(&snapshot, &timeline);
        (report.with_sla(&verdict), Some(verdict.status()))
    }

    /// What `[resources]` is judged on: the run that used the most, its CPU on average.
    fn write_gauges(&self, runs: &[MeasuredRun], sla: Option<&SlaConfig>) {
        let most =
            |of: fn(&MeasuredRun) -> Option<f64>| runs.iter().filter_map(of).reduce(f64::max);
        let cores = most(MeasuredRun::cpu_cores);
        let capacity = capacity_cores();
        let ratio = cores.zip(capacity).map(|(cores, capacity)| cores / capacity);
        // Of commands that end before anybody looks it is known what they did not have more than. That is
        // enough when it is allowed, and says nothing when it is not.
        let is_allowed = |bytes: &f64| sla.is_some_and(|sla| allows_memory(sla, *bytes));
        let memory = most(|run| Some(run.peak_bytes()? as f64))
            .or_else(|| most(|run| Some(run.peak_bytes_at_most()? as f64)).filter(is_allowed));
        let files = |run: &MeasuredRun| Some(run.watched?.open_files? as f64);
        for (name, value) in [
            ("process_resident_memory_bytes", memory),
            ("process_cpu_cores", cores),
            ("process_cpu_capacity_cores", capacity),
            ("process_cpu_ratio", ratio),
            ("process_open_fds", most(files)),
            ("process_threads", most(|run| Some(run.watched?.threads? as f64))),
        ] {
            if let Some(value) = value {
                self.profiler.gauge(name).set(value);
            }
        }
    }
}

fn allows_memory(sla: &SlaConfig, bytes: f64) -> bool {
    let mut limits = sla.targets().iter().filter(|target| target.indicator == Indicator::Memory);
    limits.all(|target| target.bound.allows(Quantity::Bytes(bytes as u64), target.limit))
}

/// The cores that can be had, which a sampler tells of us: the command has the same affinity and quota.
fn capacity_cores() -> Option<f64> {
    let profiler = Profiler::new();
    let config = SamplerConfig::new().system(false);
    ResourceGauges::new(&profiler, config).ok()?.sample_now().ok()?;
    profiler.snapshot().gauge("process_cpu_capacity_cores", &[])
}
