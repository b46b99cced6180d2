//! What is said about an SLA file that is wrong. A test's name is the claim.

use perf_sla::SlaConfig;
use std::time::Instant;

fn error(text: &str) -> String {
    SlaConfig::from_toml(text).expect_err(text).to_string()
}

#[test]
fn all_problems_are_told_at_once_with_line_and_column() {
    let text = "\
[overall]
max_p59x = \"300ms\"
max_p95 = 300
min_throughput = \"10ms\"

[operations.retrieval]
max_p99 = \"-5ms\"
min_succes_rate = \"99%\"
max_p101 = \"1s\"

[operatons.x]
";
    assert_eq!(
        error(text),
        "\
sla:2:1: unknown key \"max_p59x\"; did you mean \"max_p50\"?
sla:3:11: max_p95: needs a unit, as a text: \"300ms\"
sla:4:18: min_throughput: \"ms\" is no unit of a rate; use /s, /min or /h
sla:7:11: max_p99: \"-5ms\" is negative
sla:8:1: unknown key \"min_succes_rate\"; did you mean \"min_success_rate\"?
sla:9:1: max_p101: a percentile lies between 0 and 100, such as \"max_p99.9\" with quotes; the largest value is max_max
sla:11:2: unknown key \"operatons\"; did you mean \"operations\"?"
    );
}

#[test]
fn what_is_no_toml_is_told_with_its_place() {
    let told = error("[overall]\nmax_p95 = \"300ms\nmax_p99 = \"1s\"");
    assert!(told.starts_with("sla:2:"), "{told}");
}

#[test]
fn not_a_number_and_infinity_are_refused() {
    for value in
        ["nan", "inf", "-inf", "\"NaN\"", "\"inf\"", "\"NaNms\"", "\"1e999ms\"", "true", "[]"]
    {
        for key in ["max_p95", "min_throughput", "min_success_rate"] {
            error(&format!("[overall]\n{key} = {value}"));
        }
    }
}

#[test]
fn a_target_that_nothing_can_violate_is_refused() {
    let tiny = format!("0.{}1", "0".repeat(400));
    for value in ["0/s", "0.0/min", &format!("{tiny}/h")] {
        let told = error(&format!("[overall]\nmin_throughput = \"{value}\""));
        assert!(told.ends_with("is met by everything; it must be above zero"), "{told}");
    }
    for value in ["0%", "0", &format!("{tiny}%")] {
        let told = error(&format!("[overall]\nmin_success_rate = \"{value}\""));
        assert!(told.ends_with("is met by everything; it must be above zero"), "{told}");
    }
}

#[test]
fn a_file_that_promises_nothing_is_refused_with_an_example() {
    for text in ["", "# nothing\n", "[overall]", "overall_operation = \"x\"", "[operations]"] {
        assert!(error(text).contains("max_p95 = \"300ms\""), "{text}");
    }
}

#[test]
fn wrong_shapes_are_told() {
    for text in ["overall = 3", "operations = []", "[operations]\nx = 1", "overall_operation = 5"] {
        error(text);
    }
}

#[test]
fn a_missing_huge_or_binary_file_is_named() {
    let told = SlaConfig::from_path("no/such/sla.toml").unwrap_err().to_string();
    assert!(told.starts_with("no/such/sla.toml: cannot be read:"), "{told}");
    let folder = std::env::temp_dir().join(format!("perf-sla-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, bytes, says) in [
        ("huge.toml", vec![b'#'; 2 << 20], "larger than 1 MiB"),
        ("binary.toml", vec![b'a', 0xff, 0xfe], "is not UTF-8 from byte 1 on"),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        let told = SlaConfig::from_path(&path).unwrap_err().to_string();
        assert!(told.contains(name) && told.contains(says), "{told}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn hostile_files_are_refused_within_a_second() {
    let start = Instant::now();
    assert!(
        error(&(0..5_000).map(|i| format!("key{i} = 1\n")).collect::<String>())
            .ends_with("and 4980 more problems")
    );
    error(&format!("x = {}", "[".repeat(200_000)));
    error(&format!("{} = 1", "a.".repeat(100_000)));
    error(&format!("[overall]\nmax_p95 = \"{}ms\"", "9".repeat(500_000)));
    error(&format!("[overall]\n{} = \"1ms\"", "x".repeat(500_000)));
    error(&"[overall]\n".repeat(50_000));
    let many = |i| format!("[operations.x{i}]\nmax_p95 = \"1ms\"\n");
    SlaConfig::from_toml(&(0..20_000).map(many).collect::<String>()).unwrap();
    assert!(start.elapsed().as_secs() < 5, "{:?}, in a debug build", start.elapsed());
}

#[test]
fn columns_are_counted_in_characters() {
    assert!(error("[overall]\n\"ä\u{1f980}ö\" = 1").starts_with("sla:2:1:"));
    assert!(error("[operations.\"ä\u{1f980}\"]\nmax_p95 = 1").starts_with("sla:2:11:"));
    assert!(error("x = { \"ä\u{1f980}\" = 1 }, y").starts_with("sla:1:"));
}
