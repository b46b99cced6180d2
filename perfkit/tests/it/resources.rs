//! What the sampler writes, as those see it who know nothing of it.

use perfkit::Profiler;
use perfkit::resources::{ResourceGauges, SamplerConfig};
use perfkit::sla::{SlaConfig, Status};

#[test]
fn ceilings_are_judged_on_what_the_sampler_writes() {
    let profiler = Profiler::new();
    let mut gauges = ResourceGauges::new(&profiler, SamplerConfig::new()).unwrap();
    gauges.sample_now().unwrap();
    gauges.sample_now().unwrap();
    gauges.set_idle(true).unwrap();
    gauges.sample_now().unwrap();
    let status = |text: &str| {
        let sla = SlaConfig::from_toml(text).unwrap();
        sla.evaluate(&profiler.snapshot()).status()
    };
    for table in ["resources", "resources.idle"] {
        let wide = "max_memory = \"1TB\"\nmax_open_files = 100000000\n";
        assert_eq!(status(&format!("[{table}]\n{wide}")), Status::Met, "{table}");
        let cpu = format!("[{table}]\nmax_cpu = \"100%\"\n");
        assert_ne!(status(&cpu), Status::Inconclusive, "there is a figure, whatever it is");
        for tight in ["max_memory = \"1KB\"", "max_open_files = 1"] {
            assert_eq!(status(&format!("[{table}]\n{tight}")), Status::Violated, "{table}");
        }
    }
}
