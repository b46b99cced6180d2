//! What a file promises, in plain words.

use crate::sla;

const RICH: &str = r#"
overall_operation = "answer"
[overall]
max_p99 = "300ms"
min_throughput = "20/s"
min_samples = 50
[operations.retrieval]
max_mean = "40ms"
max_max = "1s"
max_error_rate = "1%"
min_apdex = 0.9
apdex_threshold = "50ms"
window = "1min"
[metrics.cache]
good = 'hits'
bad = 'misses'
min_ratio = "80%"
[metrics.queue]
gauge = 'queue'
max = 100
[metrics.dropped]
counter = 'dropped'
max_growth = 0
max_rate = "1/min"
[resources]
max_memory = "2GiB"
max_cpu = "80%"
max_open_files = 1000
[[objectives]]
name = "fast answers"
good = "latency <= 300ms"
target = "99.9%"
[[objectives]]
name = "good answers"
good = "latency <= 2s and retrieval.hit"
target = "95%"
period = "month"
budgeting = "time_slices"
slice = "5min"
slice_target = "90%"
burn_rates = []
[[exclusions]]
name = "maintenance"
every = "sunday"
at = "02:30"
lasts = "2h"
[[alerts]]
name = "slow"
watch = "overall.max_p99"
for = "1min"
"#;

#[test]
fn a_rich_file_is_explained_as_committed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/explained.txt");
    let explained = sla(RICH).explain();
    if std::env::var_os("PERFKIT_BLESS").is_some() {
        std::fs::write(path, &explained).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(explained == committed, "run again with PERFKIT_BLESS=1 and look at:\n{explained}");
    let paragraphs = explained.lines().filter(|line| line.starts_with(' '));
    let widest = paragraphs.map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{widest:?}");
}

#[test]
fn the_figures_of_an_explanation_are_those_of_the_verdict() {
    // P(Bin(10,000, 0.001) <= 4) = 0.029, <= 5: 0.067; >= 16: 0.049, >= 15: 0.083.
    let told = sla("[overall]\nmin_success_rate = \"99.9%\"").explain().replace("\n    ", " ");
    assert!(told.contains("takes 2995 samples if none is bad"), "{told}");
    assert!(told.contains("up to 4 bad ones are firmly met and from 16 on"), "{told}");
    let told = sla("[overall]\nmin_success_rate = \"100%\"").explain().replace("\n    ", " ");
    assert!(told.contains("One bad event breaks it"), "{told}");
    let told =
        sla("[overall]\nmin_apdex = 1\napdex_threshold = \"1s\"").explain().replace("\n    ", " ");
    assert!(told.contains("Can never be firmly met") && !told.contains("inf"), "{told}");
}
