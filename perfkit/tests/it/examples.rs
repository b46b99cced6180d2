//! The examples, each run as a person would run it.

use std::path::PathBuf;
use std::process::Command;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");

/// Where cargo has put the examples: beside the folder of the tests.
fn example(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    let folder: PathBuf = test.ancestors().nth(2).unwrap().join("examples");
    assert!(
        folder.is_dir(),
        "no examples here: `cargo test` builds them, `cargo test --test` does not"
    );
    Command::new(folder.join(name))
}

#[test]
fn requests_shows_stages_a_bottleneck_and_a_typed_error() {
    let output = example("requests").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    for words in ["query-1:", "retrieval", "side by side", "request \"query-2\" has ended"] {
        assert!(text.contains(words), "{words} is missing in:\n{text}");
    }
}

#[test]
fn inference_shows_parts_errors_cache_and_the_last_requests() {
    let output = example("inference").args([README, "0.2"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    for words in ["requests,", "cache hits", "preprocessing", "quantization", "the last "] {
        assert!(text.contains(words), "{words} is missing in:\n{text}");
    }
}

#[test]
fn throughput_is_measured_sequential_concurrent_and_under_stress() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let output = example("throughput").args([source, "0.1"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    for words in ["sequential", "concurrent", "stress"] {
        let line = text.lines().find(|line| line.trim_start().starts_with(words));
        let rate = line.and_then(|line| line.split_whitespace().find(|word| word.ends_with("/s")));
        let rate: f64 = rate.unwrap().trim_end_matches("/s").parse().unwrap();
        assert!(rate > 10.0, "{text}");
    }
}

#[test]
fn examples_name_the_file_they_cannot_read() {
    for name in ["inference", "throughput", "request_log", "alerting"] {
        let output = example(name).arg("/no/such/place").output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains("/no/such/place"), "{error}");
    }
}

#[test]
fn rag_pipeline_answers_from_a_folder_and_judges_itself() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let output = example("rag_pipeline").args([source, "100"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    assert!(text.contains("SLA") && text.contains("100 requests"), "{text}");
}

#[test]
fn request_log_monitors_alerts_analyzes_its_log_and_cleans_up() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../perf-core/src");
    let output = example("request_log").args([source, "2000"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    assert!(text.contains("2000 written, 0 dropped"), "{text}");
    // 2000 * 3 / 4 asks for everything at once.
    assert!(text.contains("ALERT: user-45-query-1500 took"), "{text}");
    for words in ["2000 requests in the log, 0 lines skipped", "grading", "% of the time"] {
        assert!(text.contains(words), "{words} is missing in:\n{text}");
    }
    assert!(text.contains("20 points") && text.contains("old log: Delete"), "{text}");
}

#[test]
fn alerting_tells_that_searches_are_slow_and_that_it_is_over() {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../perf-core/src");
    let output = example("alerting").args([source, "5"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    for words in ["Fired: critical: search p95 is", "gets up at night", "1 x slow searches"] {
        assert!(text.contains(words), "{words} is missing in:\n{text}");
    }
    assert!(text.contains("{\"reason\":\"fired\""), "{text}");
    assert!(text.contains("pager: ") && text.contains(" 0 dropped"), "{text}");
}

#[test]
#[cfg(target_os = "linux")]
fn resources_shows_what_work_cost_and_judges_it() {
    let output = example("resources").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    for words in ["texts: +", "% of one core", "resident_bytes", "Process memory", "Process CPU"] {
        assert!(text.contains(words), "{words} is missing in:\n{text}");
    }
}
