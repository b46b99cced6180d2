//! The whole machine.

use crate::burn;
use perf_resources::SystemSampler;

#[test]
fn there_is_no_cpu_figure_before_there_is_one_and_then_it_is_a_share() {
    let mut sampler = SystemSampler::new().unwrap();
    assert_eq!(sampler.sample().cpu, None);
    burn(SystemSampler::MIN_INTERVAL);
    let sample = sampler.sample();
    let cpu = sample.cpu.clone().unwrap();
    assert!(cpu.interval >= SystemSampler::MIN_INTERVAL);
    // This thread was on a core for some of the time, on however busy a machine.
    assert!(cpu.ratio > 0.0 && cpu.ratio <= 1.0, "{cpu:?}");
    assert!(cpu.cores.iter().all(|core| (0.0..=1.0).contains(core)), "{cpu:?}");
    assert_eq!(sampler.sample().cpu, Some(cpu), "too soon for another");
    assert!(sample.memory.used_bytes() > 0);
    assert!(sample.memory.used_bytes() <= sample.memory.total_bytes);
    assert!(sample.load.is_none_or(|load| load.iter().all(|load| *load >= 0.0)));
}
