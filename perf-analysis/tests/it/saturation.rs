//! What is near its limit, and what is not.

use perf_analysis::{Resource, Saturation, Usage, gauge_points, gauge_usage, saturation};
use perf_core::{Clock, Profiler, Window};
use std::time::Duration;

/// A sample a second with this share of a limit of 50.
fn samples(share: impl Fn(u32) -> f64) -> Vec<Usage> {
    let usage = |second| Usage { at: f64::from(second), used: 50.0 * share(second), limit: 50.0 };
    (0..200).map(usage).collect()
}

fn one(resource: Resource, share: impl Fn(u32) -> f64) -> Option<Saturation> {
    let mut found = saturation(&[(resource, &samples(share))]);
    assert!(found.len() <= 1);
    found.pop()
}

#[test]
fn each_resource_is_near_its_limit_at_its_threshold() {
    let all = [Resource::Memory, Resource::Cpu, Resource::Throttling, Resource::OpenFiles];
    for resource in all {
        let threshold = resource.threshold();
        assert_eq!(one(resource, |_| threshold - 0.001), None);
        let seen = one(resource, |_| threshold).unwrap();
        assert_eq!((seen.resource, seen.since, seen.time_near), (resource, 0.0, 1.0));
        assert!((seen.p95 - threshold).abs() < 1e-12 && seen.p95 == seen.last);
    }
}

#[test]
fn a_busy_second_is_no_finding_and_a_busy_twentieth_is() {
    assert_eq!(one(Resource::Cpu, |second| if second < 9 { 1.0 } else { 0.3 }), None);
    let seen = one(Resource::Cpu, |second| if second < 10 { 1.0 } else { 0.3 }).unwrap();
    assert_eq!((seen.p95, seen.last, seen.since), (1.0, 0.3, 0.0));
    assert!((seen.time_near - 0.05).abs() < 1e-12);
    // Nor is a busy last second.
    assert_eq!(one(Resource::Cpu, |second| if second == 199 { 1.0 } else { 0.3 }), None);
}

#[test]
fn memory_that_reached_its_limit_just_now_is_a_finding() {
    for resource in [Resource::Memory, Resource::OpenFiles] {
        let seen = one(resource, |second| if second >= 198 { 0.95 } else { 0.5 }).unwrap();
        assert_eq!((seen.p95, seen.last, seen.since), (0.5, 0.95, 198.0));
    }
}

#[test]
fn findings_come_with_the_nearest_first_and_say_what_to_do() {
    let (memory, cpu, throttled) = (samples(|_| 0.91), samples(|_| 0.99), samples(|_| 0.5));
    let files = samples(|_| 0.1);
    let found = saturation(&[
        (Resource::Memory, &memory),
        (Resource::OpenFiles, &files),
        (Resource::Cpu, &cpu),
        (Resource::Throttling, &throttled),
    ]);
    let order: Vec<_> = found.iter().map(|found| found.resource).collect();
    assert_eq!(order, [Resource::Throttling, Resource::Cpu, Resource::Memory]);
    let cpu = found[1].to_string();
    assert!(
        cpu.starts_with("CPU at 99% of its limit for 100% of 3min, 99% now: p95 is 99%"),
        "{cpu}"
    );
    let throttling = found[0].to_string();
    assert!(throttling.starts_with("throttling at 50% of the periods for 100% of"), "{throttling}");
    for found in found {
        assert!(found.recommendation.contains("raise"), "{found}");
    }
}

#[test]
fn what_has_no_limit_or_no_samples_is_not_near_it() {
    let unlimited = [Usage { at: 1.0, used: 1e12, limit: f64::INFINITY }];
    assert_eq!(saturation(&[(Resource::Memory, &unlimited), (Resource::Cpu, &[])]), []);
    assert_eq!(saturation(&[]), []);
}

#[test]
fn the_gauges_of_a_window_are_samples() {
    let window = window();
    let highest = |range: perf_core::GaugeRange| range.max;
    let (used, limit) = ("cgroup_memory_used_bytes", "cgroup_memory_limit_bytes");
    let memory = gauge_usage(&window, used, limit, highest);
    assert_eq!(memory.len(), 20);
    assert_eq!(memory[0], Usage { at: 0.5, used: 1_000.0, limit: 2_000.0 });
    let quota = gauge_points(&window, "cgroup_cpu_quota_ratio", &[], highest);
    let cpu: Vec<_> = quota.into_iter().map(|(at, used)| Usage { at, used, limit: 1.0 }).collect();
    let found = saturation(&[(Resource::Memory, &memory), (Resource::Cpu, &cpu)]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].resource, found[0].last, found[0].since), (Resource::Memory, 0.975, 16.5));
    assert_eq!(gauge_usage(&window, used, "missing", highest), []);
    assert_eq!(gauge_points(&window, "missing", &[], highest), []);
}

/// Twenty seconds: memory from 1,000 to 1,950 of 2,000, and a third of the quota.
fn window() -> Window {
    let (clock, hand) = Clock::manual();
    let profiler = Profiler::builder().clock(clock).build();
    let timeline = profiler.timeline();
    for second in 0..20 {
        profiler.gauge("cgroup_memory_used_bytes").set(1_000.0 + 50.0 * f64::from(second));
        profiler.gauge("cgroup_memory_limit_bytes").set(2_000.0);
        profiler.gauge("cgroup_cpu_quota_ratio").set(0.33);
        hand.advance(Duration::from_secs(1));
        timeline.tick();
    }
    timeline.window(Duration::from_secs(20))
}
