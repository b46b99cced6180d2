//! Names that nobody should choose are nothing but names.

use super::generated::{finds, generator, parsed, scalars, selectors, series};
use perf_export::prometheus::Naming;
use perf_sla::SlaConfig;
use serde_json::Value;

/// What breaks out of YAML, PromQL, Go templates, JSON and Grafana's variables.
const NAMES: [&str; 8] = [
    "\"} or vector(1) #",
    "'} or vector(1) #\\",
    "{{ $labels.job }} {{",
    "a\nalert: x",
    "$job ${datasource} [[job]] $__rate_interval",
    "\\u0022\u{2028}\u{202e}\u{7f}",
    "- : # & * ! | > % @ `",
    "</script><b>",
];

fn file(name: &str) -> String {
    let name = serde_json::to_string(name).unwrap().replace('\u{7f}', "\\u007f");
    format!(
        "overall_operation = {name}\n[overall]\nmax_p95 = \"1s\"\nmin_throughput = \"1/s\"\n\
         [operations.{name}]\nmax_p99 = \"1s\"\nmax_mean = \"1s\"\n\
         [[objectives]]\nname = {name}\ndescription = {name}\ngood = \"success\"\ntarget = \"99%\"\n\
         [[alerts]]\nname = {name}\nwatch = \"overall.max_p95\"\nsummary = {name}\nrunbook = {name}\n"
    )
}

/// The series that have this name in the place of the operation of the other tests.
fn exposed(name: &str, file: &str) -> Vec<super::strict_parser::Sample> {
    let mut all = series(file, Naming::Operations);
    for sample in &mut all {
        for value in sample.labels.values_mut().filter(|value| *value == "answer") {
            name.clone_into(value);
        }
    }
    all
}

#[test]
fn rules_and_dashboard_find_what_is_called_so() {
    for name in NAMES {
        let file = file(name);
        let generator = generator(&file);
        let known = exposed(name, &file);
        let board: Value = serde_json::from_str(&generator.dashboard()).unwrap();
        let queries: Vec<String> = board["panels"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|panel| panel["targets"].as_array().cloned().unwrap_or_default())
            .map(|target| target["expr"].as_str().unwrap().to_owned())
            .collect();
        for query in &queries {
            // Nothing is left that Grafana would replace, but ours.
            let ours = ["$job", "$instance", "$operation", "$__rate_interval"];
            let rest = ours.iter().fold(query.clone(), |text, name| {
                text.replace(&format!("\"{name}\""), "\"(?s).*\"")
            });
            let rest = rest.replace("[$__rate_interval]", "[5m]");
            assert!(!rest.contains('$') && !rest.contains("[["), "{query}");
            for selector in selectors(&parsed(&rest)) {
                let named = |label: &str| {
                    selector.matchers.matchers.iter().any(|m| m.name == label && m.value == *name)
                };
                if named("operation")
                    || selector.name.as_deref().is_some_and(|n| n.starts_with("perf_sla"))
                {
                    let is_other = query.contains("operation!=");
                    assert!(is_other || finds(&selector, &known), "{name:?}: {selector}");
                }
            }
        }
        let rules = generator.rules();
        for text in scalars(&rules, "expr") {
            for selector in selectors(&parsed(&text)) {
                let metric = selector.name.clone().unwrap();
                assert!(metric.contains(':') || finds(&selector, &known), "{name:?}: {selector}");
            }
        }
        assert!(scalars(&rules, "alert").contains(&name.to_owned()));
    }
}

#[test]
fn every_line_of_the_yaml_is_one_of_ours() {
    let begins = [
        "# ",
        "groups:",
        "rule_files:",
        "evaluation_interval: \"",
        "tests:",
        "- name: \"",
        "interval: \"",
        "rules:",
        "- record: \"",
        "- alert: \"",
        "expr: \"",
        "for: \"",
        "keep_firing_for: \"",
        "labels:",
        "annotations:",
        "sla: \"",
        "operation: \"",
        "severity: \"",
        "summary: \"",
        "description: \"",
        "runbook_url: \"",
        "- \"rules.yml\"",
        "input_series:",
        "- series: \"",
        "values: \"",
        "alert_rule_test:",
        "- eval_time: \"",
        "alertname: \"",
        "exp_alerts:",
        "- exp_labels:",
        "exp_annotations:",
        "job: \"",
        // Folded expressions.
        "/ (",
        "and ",
        "or",
        ">= ",
        "/ sum by",
        "(perf_sla:",
    ];
    for name in NAMES {
        let generator = generator(&file(name));
        for text in [generator.rules(), generator.tests("rules.yml")] {
            for line in text.lines() {
                let line = line.trim_start();
                assert!(begins.iter().any(|begin| line.starts_with(begin)), "{name:?}: {line}");
                assert!(!line.chars().any(char::is_control), "{line:?}");
            }
        }
    }
}

#[test]
fn templates_in_names_are_expanded_to_themselves() {
    let generator = generator(&file("{{ $labels.job }} {{"));
    let rules = generator.rules();
    let inert = "{{\"{\"}}{{\"{\"}} $labels.job }} {{\"{\"}}{{\"{\"}}";
    // The summary of the file is a template for the process; what is told here is our own, with the path.
    let summaries = scalars(&rules, "summary");
    assert!(!summaries.contains(&inert.to_owned()), "{summaries:?}");
    assert!(summaries.iter().any(|summary| summary.contains("{{\"{\"}}")), "{summaries:?}");
    let (_, alert) = rules.split_once("- alert: ").unwrap();
    for key in ["sla", "operation"] {
        let is_inert = |value: &String| value.contains("{{\"{\"}}");
        assert!(scalars(alert, key).iter().any(is_inert), "labels of alerts are templates");
    }
    let (recording, _) = rules.split_once("- alert: ").unwrap();
    assert!(!recording.contains("{{\\\""), "labels of recordings are none");
}

#[test]
fn the_name_of_the_file_is_one_comment_and_a_plain_title() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a\ngroups: []\n$job.toml");
    std::fs::write(&path, "[operations.a]\nmax_p95 = \"1s\"").unwrap();
    let sla = SlaConfig::from_path(&path).unwrap();
    let generator = perf_export::generate::Generator::new(&sla);
    let rules = generator.rules();
    let first = rules.lines().next().unwrap();
    assert!(
        first.starts_with("# Generated by perfkit ")
            && first.contains("from a groups: [] $job.toml")
    );
    let board: Value = serde_json::from_str(&generator.dashboard()).unwrap();
    assert_eq!(board["title"], "SLA: agroups job");
}
