//! Reports that were written: shown anew, merged, followed and judged. A test's name is the claim.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use tempfile::TempDir;

const PERFKIT: &str = env!("CARGO_BIN_EXE_perfkit");
const MET: &str = "[operations.end_to_end]\nmax_p50 = \"1h\"";
const VIOLATED: &str = "[operations.end_to_end]\nmax_p50 = \"1ns\"";

fn perfkit(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(PERFKIT)
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS")
        .env_remove("GITHUB_ACTIONS")
        .output()
        .unwrap()
}

/// A report of 60 questions and another of 40, both real; made once.
fn made() -> &'static [String; 2] {
    static MADE: OnceLock<[String; 2]> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let corpus = folder.path().join("corpus");
        fs::create_dir(&corpus).unwrap();
        let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
        fs::copy(readme, corpus.join("README.md")).unwrap();
        fs::write(folder.path().join("sla.toml"), MET).unwrap();
        [("60", "a"), ("40", "b")].map(|(queries, out)| {
            let arguments =
                ["demo", "--corpus", "corpus", "--queries", queries, "--sla", "sla.toml"];
            let output = perfkit(folder.path(), &[&arguments[..], &["--out", out]].concat());
            assert_eq!(code(&output), Some(0), "{}", told(&output));
            fs::read_to_string(folder.path().join(out).join("report.json")).unwrap()
        })
    })
}

/// A folder with `a.json`, `b.json`, `met.toml` and `violated.toml`.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Desk(tempfile::tempdir().unwrap());
        desk.write("a.json", &made()[0]);
        desk.write("b.json", &made()[1]);
        desk.write("met.toml", MET);
        desk.write("violated.toml", VIOLATED);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    /// With this on standard input.
    fn pipe(&self, line: &str, input: &str) -> Output {
        fs::write(self.path("piped"), input).unwrap();
        Command::new(PERFKIT)
            .args(line.split(' '))
            .current_dir(self.0.path())
            .env("LC_ALL", "C.UTF-8")
            .env("NO_COLOR", "1")
            .env_remove("GITHUB_ACTIONS")
            .stdin(fs::File::open(self.path("piped")).unwrap())
            .output()
            .unwrap()
    }

    fn run(&self, line: &str) -> Output {
        perfkit(self.0.path(), &line.split(' ').collect::<Vec<_>>())
    }

    /// Twelve nightly runs in `nightly`; from the seventh on everything takes twice as long.
    fn nights(&self) {
        for night in 1..=12_u64 {
            let mut json: Value = serde_json::from_str(&made()[0]).unwrap();
            json["run"]["started_at"] = format!("2026-11-{night:02}T02:59:00Z").into();
            json["run"]["ended_at"] = format!("2026-11-{night:02}T03:00:00Z").into();
            json["run"]["duration_ns"] = 60_000_000_000_u64.into();
            json["run"]["labels"]["commit"] = format!("{night:02}abcdef0123").into();
            if night > 6 {
                for operation in json["operations"].as_array_mut().unwrap() {
                    slow_down(operation);
                }
            }
            self.write(&format!("nightly/{night:02}.json"), &json.to_string());
        }
    }
}

/// Moves every latency up by an octave, which is 128 buckets.
fn slow_down(operation: &mut Value) {
    let latency = &mut operation["latency"];
    for key in ["sum", "min", "max"] {
        latency[key] = (latency[key].as_u64().unwrap() * 2).into();
    }
    // The first number says where the first bucket is; the others follow it.
    let first = &mut latency["buckets"][0];
    assert!(first.as_u64().unwrap() >= 128, "below, a bucket holds one value");
    *first = (first.as_u64().unwrap() + 128).into();
}

/// The buckets of the whole, each with its index and count.
fn buckets(json: &Value) -> Vec<(u64, u64)> {
    let operations = json["operations"].as_array().unwrap();
    let whole = operations.iter().find(|o| o["name"] == "end_to_end").unwrap();
    let numbers = whole["latency"]["buckets"].as_array().unwrap().iter();
    let numbers: Vec<u64> = numbers.map(|number| number.as_u64().unwrap()).collect();
    let pairs = numbers.chunks(2).scan(0, |index, pair| {
        *index += pair[0];
        Some((*index, pair[1]))
    });
    pairs.collect()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn told(output: &Output) -> String {
    stdout(output) + &stderr(output)
}

fn count_of(json: &Value, name: &str) -> u64 {
    let operations = json["operations"].as_array().unwrap();
    operations.iter().find(|o| o["name"] == name).unwrap()["count"].as_u64().unwrap()
}

#[test]
fn a_report_is_shown_as_it_was_and_as_every_file_asked_for() {
    let desk = Desk::new();
    let output = desk.run(
        "report render a.json --html r.html --markdown r.md --comment c.md --junit r.xml --json r.json",
    );
    assert_eq!(code(&output), Some(0), "{}", told(&output));
    assert!(stdout(&output).contains("SLA  MET ✓") && stdout(&output).contains("60 requests"));
    assert!(desk.read("r.html").starts_with("<!DOCTYPE html>"));
    assert_eq!(desk.read("r.md"), desk.read("c.md"), "a short one fits a comment as it is");
    assert!(desk.read("r.xml").contains("<testsuite"));
    assert_eq!(desk.json("r.json"), desk.json("a.json"));
    let left = fs::read_dir(desk.0.path()).unwrap();
    assert!(
        left.into_iter().all(|entry| !entry.unwrap().path().to_string_lossy().ends_with(".new"))
    );
}

#[test]
fn a_comment_has_at_most_65536_bytes() {
    let desk = Desk::new();
    let mut json = desk.json("a.json");
    let operation = json["operations"][0].clone();
    for n in 0..900 {
        let mut other = operation.clone();
        other["name"] = format!("operation {n}").into();
        json["operations"].as_array_mut().unwrap().push(other);
    }
    desk.write("many.json", &json.to_string());
    let output = desk.run("report render many.json --markdown r.md --comment c.md");
    assert_eq!(code(&output), Some(0), "{}", told(&output));
    assert!(desk.read("r.md").len() > 65_536 && desk.read("c.md").len() <= 65_536);
}

#[test]
fn minus_is_standard_output_in_place_of_the_text() {
    let desk = Desk::new();
    let output = desk.run("report render a.json --markdown - --html r.html");
    assert!(stdout(&output).starts_with("**SLA MET**"), "{}", stdout(&output));
    assert!(!stdout(&output).contains("SLA  MET"), "{}", stdout(&output));
    assert!(desk.path("r.html").exists() && !desk.path("-").exists());
    let twice = desk.run("report render a.json --markdown - --html -");
    assert_eq!(code(&twice), Some(3), "{}", told(&twice));
    let logs = desk.run("report trend . --json -");
    assert_eq!(serde_json::from_str::<Value>(&stdout(&logs)).unwrap()["schema"], "perf-trends");
}

#[test]
fn a_stored_verdict_is_shown_and_only_a_new_one_is_the_exit_code() {
    let desk = Desk::new();
    let output = desk.run("report render a.json --sla violated.toml --json judged.json");
    assert_eq!(code(&output), Some(1), "{}", told(&output));
    assert!(stdout(&output).contains("SLA  VIOLATED"), "{}", told(&output));
    let shown = desk.run("report render judged.json");
    assert_eq!(code(&shown), Some(0));
    assert!(stdout(&shown).contains("SLA  VIOLATED"), "{}", told(&shown));
    desk.write("firm.toml", "[operations.end_to_end]\nmax_p99 = \"1h\"");
    assert_eq!(code(&desk.run("report render a.json --sla firm.toml")), Some(2), "60 are too few");
}

#[test]
fn merged_reports_have_every_call_and_the_verdict_of_all_together() {
    let desk = Desk::new();
    let output = desk.run("report merge a.json b.json -o merged.json --sla met.toml --html m.html");
    assert_eq!(code(&output), Some(0), "{}", told(&output));
    assert!(stdout(&output).contains("100 requests") || stdout(&output).contains("100"));
    let merged = desk.json("merged.json");
    assert_eq!(count_of(&merged, "end_to_end"), 100);
    assert_eq!(merged["verdict"]["checks"][0]["samples"], 100);
    assert_eq!(merged["run"]["sources"], 2);
    let mut sum = BTreeMap::new();
    for (index, count) in [desk.json("a.json"), desk.json("b.json")].iter().flat_map(buckets) {
        *sum.entry(index).or_insert(0) += count;
    }
    let merged: BTreeMap<u64, u64> = buckets(&merged).into_iter().collect();
    assert_eq!(merged, sum, "bucket by bucket");
    assert_eq!(code(&desk.run("report merge a.json b.json --sla violated.toml")), Some(1));
}

#[test]
fn a_file_that_is_given_twice_is_refused_however_it_is_written() {
    let desk = Desk::new();
    desk.write("workers/1.json", &made()[0]);
    for line in [
        "report merge a.json ./a.json",
        "report merge workers workers/1.json",
        "check --sla met.toml a.json b.json a.json",
    ] {
        let output = desk.run(line);
        assert_eq!(code(&output), Some(3), "{line}: {}", told(&output));
        assert!(stderr(&output).contains("is given twice"), "{line}: {}", told(&output));
    }
    let folder = desk.run("report merge workers -o merged.json");
    assert_eq!(code(&folder), Some(0), "{}", told(&folder));
    assert_eq!(count_of(&desk.json("merged.json"), "end_to_end"), 60);
}

#[test]
fn what_is_merged_into_its_own_folder_is_not_merged_again() {
    let desk = Desk::new();
    desk.write("workers/1.json", &made()[0]);
    desk.write("workers/2.json", &made()[1]);
    for line in [
        "report merge workers -o workers/merged.json",
        "check --sla met.toml workers -o workers/merged.json",
    ] {
        for _ in 0..2 {
            let output = desk.run(line);
            assert_eq!(code(&output), Some(0), "{line}: {}", told(&output));
            assert_eq!(count_of(&desk.json("workers/merged.json"), "end_to_end"), 100, "{line}");
        }
    }
    fs::copy(desk.path("workers/2.json"), desk.path("copy.json")).unwrap();
    let copies = desk.run("report merge copy.json workers/2.json");
    assert_eq!(code(&copies), Some(3), "{}", told(&copies));
    let error = stderr(&copies);
    assert!(error.contains("workers/2.json: is a copy of copy.json"), "{error}");
}

#[test]
fn one_report_that_is_merged_has_no_verdict_as_several_have_none() {
    let desk = Desk::new();
    let output = desk.run("report merge a.json -o one.json");
    assert_eq!(code(&output), Some(0), "{}", told(&output));
    assert!(!stdout(&output).contains("SLA"), "{}", told(&output));
    assert!(desk.json("one.json").get("verdict").is_none());
    assert_eq!(code(&desk.run("report merge a.json --sla violated.toml")), Some(1));
}

#[test]
fn the_worst_process_decides_whether_its_memory_is_too_large() {
    let desk = Desk::new();
    for (file, memory) in [("a.json", 5e9), ("b.json", 20e6)] {
        let mut json = desk.json(file);
        json["gauges"] = serde_json::json!([
            {"name": "process_resident_memory_bytes", "value": memory}
        ]);
        desk.write(file, &json.to_string());
    }
    desk.write("memory.toml", "[resources]\nmax_memory = \"1GiB\"");
    for (line, expected) in
        [("b.json", 0), ("a.json", 1), ("a.json b.json", 1), ("b.json a.json", 1)]
    {
        let output = desk.run(&format!("check --sla memory.toml {line}"));
        assert_eq!(code(&output), Some(expected), "{line}: {}", told(&output));
    }
}

#[test]
fn a_report_on_standard_input_is_read_as_one_in_a_file() {
    let desk = Desk::new();
    let shown = desk.pipe("report render - --json -", &made()[0]);
    assert_eq!(stdout(&shown), stdout(&desk.run("report render a.json --json -")));
    assert_eq!(code(&desk.pipe("check --sla violated.toml -", &made()[0])), Some(1));
    let both = desk.pipe("report merge - b.json -o both.json", &made()[0]);
    assert_eq!(code(&both), Some(0), "{}", told(&both));
    assert_eq!(count_of(&desk.json("both.json"), "end_to_end"), 100);
    let log =
        desk.pipe("check --sla met.toml -", "{\"start_time\":1795219200.0,\"total_time\":1.0}\n");
    assert_eq!(code(&log), Some(2), "a log is still one: {}", told(&log));
    let torn = desk.pipe("report render -", &made()[0][..2_000]);
    assert!(stderr(&torn).contains("standard input: is no report in JSON"), "{}", told(&torn));
}

#[test]
fn a_baseline_that_is_the_run_itself_is_told() {
    let desk = Desk::new();
    let output = desk.run("report render a.json --baseline a.json");
    assert_eq!(code(&output), Some(0), "{}", told(&output));
    assert!(stderr(&output).contains("--baseline has no other run"), "{}", told(&output));
    let other = desk.run("report render a.json --baseline b.json");
    assert_eq!(stderr(&other), "");
}

#[test]
fn no_file_is_written_over_another_one_of_the_same_command() {
    let desk = Desk::new();
    for line in [
        "report render a.json --html r --markdown ./r",
        "check --sla met.toml a.json -o a.json --junit a.json",
        "report trend . --html t --json t",
    ] {
        let output = desk.run(line);
        assert_eq!(code(&output), Some(3), "{line}: {}", told(&output));
        assert!(stderr(&output).contains("cannot be two files at once"), "{}", told(&output));
    }
    assert!(!desk.path("r").exists() && !desk.path("t").exists());
    assert_eq!(desk.read("a.json"), made()[0]);
}

#[cfg(unix)]
#[test]
fn a_link_stays_one_and_what_it_leads_to_is_written() {
    let desk = Desk::new();
    desk.write("pages/r.html", "an old one");
    std::os::unix::fs::symlink("pages/r.html", desk.path("r.html")).unwrap();
    let output = desk.run("report render a.json --html r.html");
    assert_eq!(code(&output), Some(0), "{}", told(&output));
    assert!(desk.path("r.html").is_symlink());
    assert!(desk.read("pages/r.html").starts_with("<!DOCTYPE html>"));
    assert_eq!(fs::read_dir(desk.path("pages")).unwrap().count(), 1);
}

#[test]
fn check_takes_reports_and_judges_several_as_one() {
    let desk = Desk::new();
    assert_eq!(code(&desk.run("check --sla met.toml a.json")), Some(0));
    assert_eq!(code(&desk.run("check --sla violated.toml a.json")), Some(1));
    let both = desk.run("check --sla met.toml a.json b.json --json both.json --junit both.xml");
    assert_eq!(code(&both), Some(0), "{}", told(&both));
    assert_eq!(count_of(&desk.json("both.json"), "end_to_end"), 100);
    assert!(desk.read("both.xml").contains("end_to_end"));
}

#[test]
fn reports_and_logs_are_not_judged_together() {
    let desk = Desk::new();
    desk.write("log.jsonl", "{\"start_time\":1795219200.0,\"total_time\":1.0}\n");
    let output = desk.run("check --sla met.toml log.jsonl a.json");
    assert_eq!(code(&output), Some(3), "{}", told(&output));
    let error = stderr(&output);
    assert!(error.contains("a.json is a report and log.jsonl is none"), "{error}");
    let log = desk.run("check --sla met.toml log.jsonl --junit log.xml");
    assert_eq!(code(&log), Some(2), "no end_to_end in it: {}", told(&log));
    assert!(desk.path("log.xml").exists());
}

#[test]
fn earlier_reports_stand_beside_and_a_folder_of_them_never_has_the_one_looked_at() {
    let desk = Desk::new();
    desk.nights();
    let output = desk.run("report render a.json --baseline nightly --html r.html --json r.json");
    assert_eq!(code(&output), Some(0), "{}", told(&output));
    assert_eq!(desk.json("r.json")["baseline"]["runs"], 12);
    assert!(desk.read("r.html").contains("Beside other runs"));
    desk.run("report render nightly/03.json --baseline nightly --baseline a.json --json r.json");
    assert_eq!(desk.json("r.json")["baseline"]["runs"], 12, "eleven of the folder and one more");
    let check = desk.run("check --sla met.toml a.json --baseline nightly --json c.json");
    assert_eq!(code(&check), Some(0), "{}", told(&check));
    assert_eq!(desk.json("c.json")["baseline"]["runs"], 12);
}

#[test]
fn a_trend_says_where_it_changed_and_its_page_links_to_the_reports() {
    let desk = Desk::new();
    desk.nights();
    desk.write("nightly/other.json", "{\"name\": \"no report\"}");
    desk.write("nightly/torn.json", &made()[0][..2_000]);
    let output =
        desk.run("report trend nightly --html nightly/trend.html --json nightly/trend.json");
    assert_eq!(code(&output), Some(0), "{}", told(&output));
    let text = stdout(&output);
    assert!(text.contains("12 runs · 2026-11-01 03:00 to 2026-11-12 03:00"), "{text}");
    assert!(text.contains("changed at 07abcdef01:") && text.contains("(+100.0 %, p"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let skipped = stderr(&output);
    assert!(skipped.contains("skipped: 1 JSON file that is no report"), "{skipped}");
    assert!(skipped.contains("nightly/torn.json: is no report in JSON"), "{skipped}");
    assert!(desk.read("nightly/trend.html").contains("<a href=\"07.json\">07.json</a>"));
    let json = desk.json("nightly/trend.json");
    assert_eq!(json["operations"][0]["p50_ns"]["changes"][0]["run"], 6);

    let elsewhere = desk.run("report trend nightly --last 3 --html trend.html");
    assert!(stdout(&elsewhere).contains("3 runs ·"), "{}", told(&elsewhere));
    let page = desk.read("trend.html");
    assert!(page.contains("nightly/12.json") && !page.contains("<a href=\"12.json\""), "no link");
}

#[test]
fn a_trend_of_one_operation_is_of_that_one_and_a_wrong_name_is_told_the_right_ones() {
    let desk = Desk::new();
    desk.nights();
    let output = desk.run("report trend nightly --operation retrieval");
    assert!(stdout(&output).contains("\n retrieval\n"), "{}", told(&output));
    assert!(!stdout(&output).contains("\n generation\n"), "{}", told(&output));
    let wrong = desk.run("report trend nightly --operation retreival");
    assert_eq!(code(&wrong), Some(3));
    assert!(stderr(&wrong).contains("retreival: no report has it; there are "), "{}", told(&wrong));
    assert!(stderr(&wrong).contains("retrieval"), "{}", told(&wrong));
}

#[test]
fn bad_input_ends_with_3_and_names_the_file_and_the_remedy() {
    let desk = Desk::new();
    desk.write("empty/readme.txt", "");
    desk.write("package.json", "{\"name\": \"shop\"}");
    desk.write("newer.json", &made()[0].replacen("\"1.1\"", "\"2.0\"", 1));
    desk.write("templates/report.html", "<p>\n{{ title");
    desk.write("unknown/report.md", "a\nb\n{{ nothing.at.all }}");
    for (line, words) in [
        ("report render missing.json", &["missing.json: cannot be read"][..]),
        ("report render package.json", &["package.json: is no report", "perfkit demo"]),
        ("report render newer.json", &["newer.json: is of version \"2.0\""]),
        ("report render a.json --sla missing.toml", &["missing.toml"]),
        ("report render a.json --template templates", &["templates/report.html:2:"]),
        ("report render a.json --template unknown --markdown r.md", &["unknown/report.md:3:"]),
        ("report render a.json --template empty", &["empty: has no template", "report.html"]),
        ("check --sla met.toml a.json --template templates", &["templates/report.html:2:"]),
        ("report render a.json --html no/such/r.html", &["no/such/r.html: cannot be written"]),
        ("report render a.json --baseline empty", &["empty: has no report", "perfkit demo"]),
        ("report trend empty", &["empty: has no report", "perfkit demo"]),
        ("report trend missing", &["missing: cannot be read"]),
        ("report trend . --last 0", &["--last"]),
        ("report merge a.json package.json", &["package.json: is no report"]),
        ("report merge", &["REPORT"]),
    ] {
        let output = desk.run(line);
        assert_eq!(code(&output), Some(3), "{line}: {}", told(&output));
        assert_eq!(stdout(&output), "", "{line}");
        let error = stderr(&output);
        assert!(words.iter().all(|word| error.contains(word)), "{line}: {error}");
    }
}

#[test]
fn a_template_of_ones_own_is_used() {
    let desk = Desk::new();
    desk.write("templates/report.md", "ours: {{ title }}");
    let output = desk.run("report render a.json --template templates --title Shop --markdown -");
    assert_eq!(stdout(&output), "ours: Shop");
}

#[test]
fn the_schema_is_printed_as_it_is_published() {
    let output = perfkit(Path::new("."), &["report", "schema"]);
    assert_eq!(stdout(&output), perfkit::report::JSON_SCHEMA);
}

#[test]
fn help_has_examples() {
    for line in [&["report", "render"][..], &["report", "merge"], &["report", "trend"], &["check"]]
    {
        let output = perfkit(Path::new("."), &[line, &["--help"]].concat());
        assert_eq!(code(&output), Some(0));
        assert!(stdout(&output).contains("Examples:\n  perfkit"), "{}", told(&output));
    }
}
