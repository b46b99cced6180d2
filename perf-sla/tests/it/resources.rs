//! Ceilings for what the process uses.

use crate::{checks, manual};
use perf_sla::{Quantity, Status};

const ALL: &str = "[resources]\nmax_memory = \"1GiB\"\nmax_cpu = \"80%\"\nmax_open_files = 100\n";
const GIB: f64 = 1_073_741_824.0;

fn run(labels: &[(&str, &str)], memory: f64, cpu: f64, files: f64) -> perf_core::Snapshot {
    let (profiler, _) = manual();
    profiler.gauge_with("process_resident_memory_bytes", labels).set(memory);
    profiler.gauge_with("process_cpu_ratio", labels).set(cpu);
    profiler.gauge_with("process_open_fds", labels).set(files);
    profiler.snapshot()
}

fn statuses(text: &str, snapshot: &perf_core::Snapshot) -> Vec<Status> {
    checks(text, snapshot).iter().map(|check| check.status).collect()
}

#[test]
fn ceilings_are_compared_with_the_gauges_of_the_process() {
    assert_eq!(statuses(ALL, &run(&[], GIB, 0.8, 100.0)), [Status::Met; 3]);
    assert_eq!(statuses(ALL, &run(&[], GIB + 1.0, 0.81, 101.0)), [Status::Violated; 3]);
    let told: Vec<String> =
        checks(ALL, &run(&[], 2.0 * GIB, 0.95, 250.0)).iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "Process memory (2.0GiB) exceeds target (1.0GiB)",
            "Process CPU (95.0%) exceeds target (80.0%)",
            "Process open files (250) exceeds target (100)",
        ]
    );
}

#[test]
fn without_gauges_there_is_no_data() {
    assert_eq!(statuses(ALL, &manual().0.snapshot()), [Status::Inconclusive; 3]);
    let strict = format!("{ALL}on_no_data = \"fail\"");
    assert_eq!(statuses(&strict, &manual().0.snapshot()), [Status::Violated; 3]);
}

#[test]
fn idle_is_judged_by_the_gauges_of_that_phase_only() {
    let text = "[resources]\nmax_cpu = \"80%\"\n[resources.idle]\nmax_cpu = \"5%\"";
    let loaded = run(&[], 0.0, 0.7, 0.0);
    assert_eq!(statuses(text, &loaded), [Status::Met, Status::Inconclusive]);
    let idle = run(&[("phase", "idle")], 0.0, 0.1, 0.0);
    assert_eq!(statuses(text, &idle), [Status::Inconclusive, Status::Violated]);
    let told = checks(text, &idle)[1].to_string();
    assert_eq!(told, "Process, idle: CPU (10.0%) exceeds target (5.0%)");
}

#[test]
fn how_calls_are_judged_is_not_inherited() {
    let text =
        format!("[defaults]\nmin_samples = 1000\nwindow = \"1min\"\nconfidence = \"99%\"\n{ALL}");
    assert_eq!(statuses(&text, &run(&[], 0.0, 0.0, 0.0)), [Status::Met; 3]);
    let rules: Vec<_> = crate::sla(&text).targets().iter().map(|target| target.rule).collect();
    assert_eq!(rules, [perf_sla::Rule::default(); 3]);
}

#[test]
fn a_limit_of_bytes_is_bytes() {
    let sla = crate::sla("[resources]\nmax_memory = \"1.5MB\"");
    assert_eq!(sla.targets()[0].limit, Quantity::Bytes(1_500_000));
}

#[test]
fn a_number_of_any_base_is_the_number_it_stands_for() {
    for files in ["1_000", "+1000", "0x3E8", "0x3_e8", "0o1750", "0b11_1110_1000"] {
        let sla = crate::sla(&format!("[resources]\nmax_open_files = {files}"));
        assert_eq!(sla.targets()[0].limit, Quantity::Number(1_000.0), "{files}");
    }
}
