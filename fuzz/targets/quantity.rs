//! Any text as the value of each kind of target: what is accepted is a possible quantity.
#![no_main]

use libfuzzer_sys::fuzz_target;
use perf_sla::{Quantity, SlaConfig};
use std::time::Duration;

const KEYS: [&str; 5] = ["max_p95", "max_mean", "max_max", "min_throughput", "min_success_rate"];

fuzz_target!(|text: &str| {
    let quoted: String = text.chars().map(|c| format!("\\U{:08X}", u32::from(c))).collect();
    for key in KEYS {
        let Ok(sla) = SlaConfig::from_toml(&format!("[overall]\n{key} = \"{quoted}\"")) else {
            continue;
        };
        let limit = sla.targets()[0].limit;
        let possible = match limit {
            Quantity::Time(time) => time > Duration::ZERO,
            Quantity::Rate(rate) => rate.is_finite() && rate > 0.0,
            Quantity::Ratio(ratio) => ratio > 0.0 && ratio <= 1.0,
            _ => false,
        };
        assert!(possible && !limit.to_string().is_empty(), "{key} = {text:?}: {limit:?}");
        assert!(limit.relative_to(limit).is_none_or(|margin| margin == 0.0), "{limit:?}");
    }
});
