//! Any text as an SLA file in YAML or JSON: as `sla_file`.
#![no_main]

mod judged;

use libfuzzer_sys::fuzz_target;
use perf_sla::SlaConfig;

fuzz_target!(|text: &str| {
    judged::read(SlaConfig::from_yaml(text));
});
