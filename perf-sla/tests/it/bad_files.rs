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
fn a_target_that_everything_keeps_is_refused() {
    for value in ["100%", "1", "1.0"] {
        let told = error(&format!("[overall]\nmax_error_rate = \"{value}\""));
        assert!(told.ends_with("is kept by everything; it must be below 100 %"), "{told}");
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
fn hostile_files_are_refused_in_time() {
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
    // What looks at all keys for each key takes minutes; a busy machine is only slow.
    assert!(start.elapsed().as_secs() < 60, "{:?}, in a debug build", start.elapsed());
}

#[test]
fn columns_are_counted_in_characters() {
    assert!(error("[overall]\n\"ä\u{1f980}ö\" = 1").starts_with("sla:2:1:"));
    assert!(error("[operations.\"ä\u{1f980}\"]\nmax_p95 = 1").starts_with("sla:2:11:"));
    assert!(error("x = { \"ä\u{1f980}\" = 1 }, y").starts_with("sla:1:"));
}

/// From the text to the error; a debug build on a busy machine has five times as long as a release.
fn refused_in_time(what: &str, text: &str) -> String {
    let start = Instant::now();
    let told = SlaConfig::from_toml(text).expect_err(what).to_string();
    assert!(start.elapsed().as_secs() < 60, "{what} took {:?}", start.elapsed());
    assert!(told.len() < 1 << 20, "{what}: {} bytes of error", told.len());
    told
}

#[test]
fn what_defaults_and_operations_make_together_is_bounded() {
    let default = |i| format!("\"max_p1.{i:05}\" = \"1s\"\n");
    let defaults: String = (1..4_000).map(default).collect();
    let operations: String = (0..4_000).map(|i| format!("[operations.x{i}]\n")).collect();
    let told = refused_in_time("products", &format!("[defaults]\n{defaults}{operations}"));
    assert!(told.contains("more than 100000 targets"), "{told}");
    let wrong: String = (1..4_000).map(|i| format!("\"max_pz{i}\" = \"1s\"\n")).collect();
    refused_in_time("wrong products", &format!("[defaults]\n{wrong}{operations}"));
}

#[test]
fn thousands_of_unknown_names_are_refused_in_time() {
    let objective = |i: usize| {
        format!(
            "[[objectives]]\nname = \"{}{i}\"\ngood = \"success\"\ntarget = \"99%\"\n",
            "n".repeat(400)
        )
    };
    let objectives: String = (0..1_000).map(objective).collect();
    let names: Vec<String> = (0..5_000).map(|i| format!("\"m{i}\"")).collect();
    let exclusion = format!(
        "[[exclusions]]\nname = \"x\"\nevery = \"day\"\nat = \"02:30\"\nlasts = \"1h\"\nobjectives = [{}]\n",
        names.join(", ")
    );
    refused_in_time("one exclusion for many", &format!("{objectives}{exclusion}"));
    let alert =
        |i: usize| format!("[[alerts]]\nname = \"a{i}\"\nwatch = \"{}{i}\"\n", "w".repeat(400));
    let alerts: String = (0..1_000).map(alert).collect();
    refused_in_time("alerts for nothing", &format!("{objectives}{alerts}"));
    let metrics: String = (0..5_000).map(|i| format!("[metrics.m{i}]\ngauge = 'g'\n")).collect();
    let lost: String = (0..1_000)
        .map(|i| {
            format!("[[objectives]]\nname = \"o{i}\"\nmetric = \"mm{i}x\"\ntarget = \"99%\"\n")
        })
        .collect();
    refused_in_time("metrics that are not there", &format!("{metrics}{lost}"));
    let many: String = (0..1_001).map(objective).collect();
    assert!(refused_in_time("too many", &many).contains("more than 1000"));
}

#[test]
fn a_count_is_told_how_far_it_may_go() {
    let told = error("[resources]\nmax_open_files = 18446744073709551615");
    assert!(told.contains("larger than 2^53"), "{told}");
    let beyond = format!("0x{}", "1".repeat(40));
    for wrong in ["-1", "1.5", "1e3", "\"1000\"", "99999999999999999999999", &beyond] {
        error(&format!("[resources]\nmax_open_files = {wrong}"));
    }
}

#[test]
fn a_condition_without_its_limit_is_no_flag() {
    let text = |good: &str| {
        format!(
            "[[objectives]]\nname = \"x\"\noperation = \"a\"\ngood = \"{good}\"\ntarget = \"99%\""
        )
    };
    assert!(error(&text("latency")).contains("latency <= 300ms"));
    assert!(error(&text("tokens >= 1e999")).contains("too large"));
}

#[test]
fn a_percentile_stands_once_however_it_is_written() {
    let told = error("[overall]\nmax_p50 = \"1s\"\n\"max_p50.0\" = \"2s\"");
    assert_eq!(told, "sla:3:1: max_p50.0: the same percentile a second time");
}

#[test]
fn what_leaves_no_budget_is_refused() {
    for target in ["100%", "99.99999999999999%", "0.9999999999999999"] {
        let text =
            format!("[[objectives]]\nname = \"x\"\ngood = \"success\"\ntarget = \"{target}\"");
        match SlaConfig::from_toml(&text) {
            Err(error) => assert!(error.to_string().contains("leaves no budget"), "{error}"),
            Ok(sla) => assert!(sla.objectives()[0].allowed() > 0.0, "{target}"),
        }
    }
}

#[test]
fn problems_of_every_section_come_together_in_the_order_of_the_file() {
    let text = "\
[[objectives]]
name = \"a\"
good = \"latency <= 300\"
target = \"99%\"
[metrics.m]
gauge = \"g\"
counter = \"c\"
[resources]
max_memory = \"2 gallons\"
[[exclusions]]
name = \"e\"
every = \"sundai\"
[[alerts]]
name = \"n\"
";
    let told = error(text);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 5, "{told}");
    for (line, says) in lines.iter().zip([
        "sla:3:8: good: \"latency <= 300\": a latency needs a unit",
        "sla:5:10: metric \"m\" is made of one thing",
        "sla:9:14: max_memory: \"gallons\" is no unit of a size",
        "sla:12:9: every: \"sundai\" is none of its values; did you mean \"sunday\"?",
        "sla:13:1: an alert needs a name",
    ]) {
        assert!(line.starts_with(says), "{line}\n{says}");
    }
}
