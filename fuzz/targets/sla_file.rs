//! Any text as an SLA file: it is refused with a reason, or what it promises can be judged and written.
#![no_main]

mod judged;

use libfuzzer_sys::fuzz_target;
use perf_sla::SlaConfig;

fuzz_target!(|text: &str| {
    judged::read(SlaConfig::from_toml(text));
});
