//! YAML and JSON: the same keys as in TOML.

use crate::sla;
use perf_sla::SlaConfig;
use std::time::Instant;

const TOML: &str = r#"
overall_operation = "end_to_end"
warm_up = "10s"
time_zone = "UTC"
[defaults]
min_samples = 10
[overall]
max_p95 = "300ms"
"max_p99.9" = "1s"
min_success_rate = "99.5%"
[operations.retrieval]
max_p95 = "100ms"
min_apdex = 0.9
apdex_threshold = "50ms"
confidence = "point"
[operations."a.b c"]
max_mean = "1h"
[metrics.cache]
good = 'hits{cache="l1",kind="a b"} + warm_hits'
bad = 'misses'
by = "tenant"
min_ratio = "80%"
[metrics.queue]
gauge = 'queue'
max = 12.5
min = -1
[resources]
max_memory = "2GiB"
max_open_files = 1000
[resources.idle]
max_cpu = "5%"
[[objectives]]
name = "fast answers"
description = "people wait\nand go"
good = "latency <= 300ms and retrieval.hit"
target = "99%"
period = "month"
[[objectives.burn_rates]]
severity = "critical"
budget = "2%"
long = "1h"
[[objectives]]
name = "cached"
metric = "cache"
target = "95%"
budgeting = "time_slices"
slice = "5min"
slice_target = "90%"
burn_rates = []
[[exclusions]]
name = "maintenance"
every = "sunday"
at = "02:30"
lasts = "2h"
objectives = ["cached"]
[[exclusions]]
name = "upgrade"
from = 2026-11-21T02:00:00Z
to = 2026-11-21T04:00:00Z
[[alerts]]
name = "slow"
watch = "operations.retrieval.max_p95"
severity = "warning"
for = "1min"
handlers = ["log", "pager"]
"#;

const YAML: &str = r#"
# A comment.
overall_operation: end_to_end
warm_up: 10s
time_zone: "UTC"
defaults: {min_samples: 10}
overall:
  max_p95: 300ms
  max_p99.9: 1s
  min_success_rate: 99.5%
operations:
  retrieval:
    max_p95: 100ms
    min_apdex: 0.9
    apdex_threshold: 50ms
    confidence: point
  a.b c:
    max_mean: 1h
metrics:
  cache:
    good: 'hits{cache="l1",kind="a b"} + warm_hits'
    bad: misses
    by: tenant
    min_ratio: 80%
  queue:
    gauge: queue
    max: 12.5
    min: -1
resources:
  max_memory: 2GiB
  max_open_files: 1000
  idle:
    max_cpu: 5%
objectives:
  - name: fast answers
    description: |-
      people wait
      and go
    good: latency <= 300ms and retrieval.hit
    target: 99%
    period: month
    burn_rates:
      - {severity: critical, budget: 2%, long: 1h}
  - name: cached
    metric: cache
    target: 95%
    budgeting: time_slices
    slice: 5min
    slice_target: 90%
    burn_rates: []
exclusions:
  - name: maintenance
    every: sunday
    at: 02:30
    lasts: 2h
    objectives: [cached]
  - name: upgrade
    from: 2026-11-21T02:00:00Z
    to: 2026-11-21T04:00:00Z
alerts:
- name: slow
  watch: operations.retrieval.max_p95
  severity: warning
  for: 1min
  handlers:
  - log
  - pager
"#;

const JSON: &str = r#"{
	"overall_operation": "end\u005fto\u005fend",
	"warm_up": "10s", "time_zone": "UTC",
	"defaults": {"min_samples": 10},
	"overall": {"max_p95": "300ms", "max_p99.9": "1s", "min_success_rate": "99.5%"},
	"operations": {
		"retrieval": {"max_p95": "100ms", "min_apdex": 0.9, "apdex_threshold": "50ms", "confidence": "point"},
		"a.b c": {"max_mean": "1h"}
	},
	"metrics": {
		"cache": {"good": "hits{cache=\"l1\",kind=\"a b\"} + warm_hits", "bad": "misses", "by": "tenant", "min_ratio": "80%"},
		"queue": {"gauge": "queue", "max": 1.25e1, "min": -1}
	},
	"resources": {"max_memory": "2GiB", "max_open_files": 1000, "idle": {"max_cpu": "5%"}},
	"objectives": [
		{"name": "fast answers", "description": "people wait\nand go", "good": "latency <= 300ms and retrieval.hit",
		 "target": "99%", "period": "month", "burn_rates": [{"severity": "critical", "budget": "2%", "long": "1h"}]},
		{"name": "cached", "metric": "cache", "target": "95%", "budgeting": "time_slices", "slice": "5min",
		 "slice_target": "90%", "burn_rates": []}
	],
	"exclusions": [
		{"name": "maintenance", "every": "sunday", "at": "02:30", "lasts": "2h", "objectives": ["cached"]},
		{"name": "upgrade", "from": "2026-11-21T02:00:00Z", "to": "2026-11-21T04:00:00Z"}
	],
	"alerts": [{"name": "slow", "watch": "operations.retrieval.max_p95", "severity": "warning", "for": "1min",
	            "handlers": ["log", "pager"]}]
}
"#;

fn error(text: &str) -> String {
    SlaConfig::from_yaml(text).expect_err(text).to_string()
}

#[test]
fn the_same_file_is_the_same_in_all_three() {
    let toml = sla(TOML);
    let yaml = SlaConfig::from_yaml(YAML).unwrap_or_else(|error| panic!("{error}"));
    let json = SlaConfig::from_yaml(JSON).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(yaml.to_toml(), toml.to_toml());
    assert_eq!(json.to_toml(), toml.to_toml());
    assert_eq!(yaml.exclusions(), toml.exclusions());
    assert_eq!(json.metrics(), toml.metrics());
    assert_eq!(yaml.explain(), toml.explain());
}

#[test]
fn the_end_of_its_name_says_how_a_file_is_written() {
    let folder = std::env::temp_dir().join(format!("perf-sla-formats-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in
        [("a.toml", TOML), ("a.yaml", YAML), ("a.YML", YAML), ("a.json", JSON), ("a", TOML)]
    {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        let read = SlaConfig::from_path(&path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(read.to_toml(), sla(TOML).to_toml(), "{name}");
        assert_eq!(read.source(), Some(path.as_path()));
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn problems_of_yaml_have_their_line_and_column() {
    let text = "\
overall:
  max_p59x: 300ms
  max_p95: 300
operations:
  retrieval: {max_p99: -5ms, \"ä\u{1f980}\": 1}
operatons: {}
";
    assert_eq!(
        error(text),
        "\
sla:2:3: unknown key \"max_p59x\"; did you mean \"max_p50\"?
sla:3:12: max_p95: needs a unit, as a text: \"300ms\"
sla:5:24: max_p99: \"-5ms\" is negative
sla:5:30: unknown key \"ä\u{1f980}\"; use one of max_p50, max_p90, max_p95, max_p99, max_mean, max_max, \
min_throughput, min_success_rate, max_error_rate, min_apdex, apdex_threshold, confidence, min_samples, \
on_no_data, window
sla:6:1: unknown key \"operatons\"; did you mean \"operations\"?"
    );
}

#[test]
fn what_is_no_yaml_is_told_with_its_place() {
    for text in [
        "overall: [",
        "overall: {max_p95: 1s",
        "a: b: c",
        "\"x",
        "overall:\n\tmax_p95: 1s",
        "{\"a\": }}",
        "%YAML 9",
    ] {
        let told = error(text);
        assert!(told.starts_with("sla:") && told.contains(": "), "{text}: {told}");
    }
}

#[test]
fn keys_stand_once_and_are_texts() {
    assert_eq!(
        error("overall:\n  max_p95: 1s\n  max_p95: 2s\n"),
        "sla:3:3: key \"max_p95\" stands here a second time"
    );
    assert!(error("{\"overall\": {}, \"overall\": {}}").contains("a second time"));
    for text in ["? [a]\n: 1", "{a: 1}: 2", "[1]: 2"] {
        assert!(error(text).contains("a key must be a text"), "{text}: {}", error(text));
    }
}

#[test]
fn one_file_is_one_document() {
    let two = "overall: {max_p95: 1s}\n---\noverall: {max_p95: 2s}\n";
    assert_eq!(error(two), "sla:3:1: a second document; an SLA file is one");
    SlaConfig::from_yaml("---\noverall: {max_p95: 1s}\n...\n").unwrap();
    for nothing in ["", "# nothing\n", "---\n", "~", "[]", "3", "text"] {
        error(nothing);
    }
}

#[test]
fn aliases_are_refused_with_what_to_do_instead() {
    let told = error("operations:\n  a: &a {max_p95: 1s}\n  b: *a\n");
    assert_eq!(
        told,
        "sla:3:6: aliases are not read; what several operations share goes to `defaults`"
    );
    assert!(error("operations:\n  a: &a {max_p95: 1s}\n  b:\n    <<: *a\n").contains("aliases"));
}

#[test]
fn escapes_of_json_are_read() {
    let name = |text: &str| {
        let json =
            format!("{{\"overall_operation\": {text}, \"overall\": {{\"max_p95\": \"1s\"}}}}");
        let sla = SlaConfig::from_yaml(&json).unwrap_or_else(|error| panic!("{text}: {error}"));
        sla.overall_operation().unwrap().to_owned()
    };
    assert_eq!(name(r#""a\"b\\c\/d\te\nf\u00e4""#), "a\"b\\c/d\te\nf\u{e4}");
    assert_eq!(name("\"ä\u{1f980}\""), "ä\u{1f980}");
    assert_eq!(name(r#""no: [x] # y""#), "no: [x] # y");
}

#[test]
fn plain_words_are_texts_and_only_numbers_are_numbers() {
    let named = |name: &str| {
        SlaConfig::from_yaml(&format!("overall_operation: {name}\noverall: {{max_p95: 1s}}"))
    };
    for name in ["inf", "nan", "Infinity", "yes", "on", "1e", "0x", "2026-11-21"] {
        assert_eq!(named(name).unwrap().overall_operation(), Some(name));
    }
    for no_text in ["1", "1.5", "-1e3", "true", "null", "~", ".inf", "-.inf", ".nan", "[a]"] {
        assert!(named(no_text).is_err(), "{no_text}");
    }
    for wrong in [".inf", ".nan", "inf", "\"1\"", "1_000"] {
        error(&format!("metrics: {{a: {{gauge: g, max: {wrong}}}}}"));
    }
}

#[test]
fn hostile_yaml_is_refused_in_time() {
    let refused = |what: &str, text: &str| {
        let start = Instant::now();
        let told = error(text);
        assert!(start.elapsed().as_secs() < 60, "{what} took {:?}", start.elapsed());
        assert!(told.len() < 1 << 20, "{what}");
        told
    };
    refused("lists in lists", &"[".repeat(500_000));
    refused("tables in tables", &"{a: ".repeat(200_000));
    refused("dashes", &"- ".repeat(200_000));
    refused("questions", &"? ".repeat(100_000));
    let deeper: String = (0..2_000).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    refused("indentation", &deeper);
    let mut bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for (from, to) in ('a'..='y').zip('b'..='z') {
        bomb += &format!("{to}: &{to} [{}]\n", vec![format!("*{from}"); 9].join(","));
    }
    assert!(refused("a bomb of aliases", &bomb).contains("aliases"));
    let keys: String = (0..100_000).map(|i| format!("k{i}: 1\n")).collect();
    assert!(refused("100,000 keys", &keys).contains("more problems"));
    refused("300,000 values", &format!("x: [{}]", "1,".repeat(300_000)));
    refused("a long number", &format!("overall: {{max_p95: {}ms}}", "9".repeat(1_000_000)));
    refused("a long key", &format!("\"{}\": 1", "k".repeat(1_000_000)));
    refused("one long text", &format!("overall_operation: \"{}\"", "x".repeat(10_000_000)));
    refused("anchors", &(0..50_000).map(|i| format!("k{i}: &a{i} 1\n")).collect::<String>());
    refused("many documents", &"---\na: 1\n".repeat(50_000));
}
