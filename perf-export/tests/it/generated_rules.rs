//! Rules: what they read is there, what they say is the file's.

use super::generated::{FILE, finds, generator, parsed, scalars, selectors, series};
use super::strict_parser::Sample;
use perf_export::prometheus::Naming;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The series of which a rule that reads them finds nothing: no dead alert.
fn missing(rules: &str, mut known: Vec<Sample>) -> BTreeSet<String> {
    let recorded: BTreeSet<String> = scalars(rules, "record").into_iter().collect();
    let paths: BTreeSet<String> = scalars(rules, "sla").into_iter().collect();
    for name in &recorded {
        for sla in &paths {
            let labels = [("sla", sla.as_str()), ("job", "service"), ("env", "prod")];
            let labels = labels.map(|(label, value)| (label.to_owned(), value.to_owned()));
            let labels = BTreeMap::from(labels);
            known.push(Sample { name: name.clone(), labels, value: 1.0, exemplar: None });
        }
    }
    let all = scalars(rules, "expr");
    assert!(all.len() > 20);
    let missing = all.iter().flat_map(|text| {
        let found = selectors(&parsed(text));
        assert!(!found.is_empty(), "{text}");
        let lost: Vec<String> = found
            .iter()
            .filter(|selector| !finds(selector, &known))
            .map(ToString::to_string)
            .collect();
        lost
    });
    missing.collect()
}

#[test]
#[cfg(target_os = "linux")]
fn no_rule_reads_what_nobody_exposes() {
    for naming in [Naming::Operations, Naming::Stages, Naming::Inference] {
        let rules = generator(FILE).naming(naming).rules();
        assert_eq!(missing(&rules, series(FILE, naming)), BTreeSet::new(), "{naming:?}");
        let renamed = generator(FILE).naming(naming).prefix("other_").unwrap().rules();
        assert!(
            !missing(&renamed, series(FILE, naming)).is_empty(),
            "the test sees what is missing"
        );
    }
}

#[test]
fn every_promise_has_an_alert_or_a_reason_why_not() {
    let sla = perf_sla::SlaConfig::from_toml(FILE).unwrap();
    let rules = generator(FILE).rules();
    let watched: BTreeSet<String> = scalars(&rules, "sla").into_iter().collect();
    for path in sla.paths() {
        let left_out = rules.contains(&format!("# Left out: {path}: "));
        assert!(watched.contains(&path) != left_out || path == "objectives.loose", "{path}");
    }
    assert!(rules.contains("# Left out: exclusion \"upgrade\" (announced)"));
    assert!(rules.contains("# Left out: objectives.loose: even if every event were bad"));
}

#[test]
fn burn_rates_are_those_of_the_objective_in_decimal() {
    let file = "[[objectives]]\nname = \"x\"\ngood = \"success\"\ntarget = \"99.9%\"";
    let rules = generator(file).rules();
    let alerts: Vec<String> =
        scalars(&rules, "expr").into_iter().filter(|text| text.contains(" and ")).collect();
    let of = |long: &str, short: &str, most: &str, events: u64| {
        format!(
            "(perf_sla:error_ratio:increase{long}{{sla='objectives.x'}} >= {most} and \
             perf_sla:error_ratio:increase{short}{{sla='objectives.x'}} >= {most} and \
             perf_sla:events:increase{long}{{sla='objectives.x'}} >= {events})"
        )
    };
    let page = [of("1h", "5m", "0.0144", 71), of("6h", "30m", "0.006", 168)].join(" or ");
    let ticket = [of("1d", "2h", "0.003", 335), of("3d", "6h", "0.001", 1_001)].join(" or ");
    assert_eq!(alerts, [page, ticket]);
    assert_eq!(scalars(&rules, "severity"), ["critical", "warning", "critical"]);
}

#[test]
fn alerts_of_the_file_take_the_place_of_ours() {
    let rules = generator(FILE).rules();
    let (_, slow) = rules.split_once("- alert: \"slow answers\"").unwrap();
    let slow = slow.split("- name:").next().unwrap();
    for line in [
        "for: \"1m\"",
        "keep_firing_for: \"3m\"",
        "severity: \"critical\"",
        "summary: \"answers are slow\"",
        "runbook_url: \"https://wiki.example/slow\"",
        "perf_sla:error_ratio:increase10m{",
    ] {
        assert!(slow.contains(line), "{line} in {slow}");
    }
    let names = scalars(&rules, "alert");
    assert!(
        !names.iter().any(|name| name == "SLA overall.max_p95" || name == "SLA objectives.useful")
    );
    // Its own severity is that of all its burn rates, and without `for` it does not wait.
    let (_, useful) = rules.split_once("- alert: \"no use\"").unwrap();
    let useful = useful.split("- name:").next().unwrap();
    assert!(useful.contains("severity: \"info\"") && !useful.contains("for: "), "{useful}");
}

#[test]
fn only_the_processes_that_are_meant_are_read_and_their_labels_are_kept() {
    let rules = generator(FILE).selector("job=\"api\", env=~\"prod|stage\"").unwrap().rules();
    for text in scalars(&rules, "expr") {
        for selector in selectors(&parsed(&text)) {
            let matchers: Vec<String> =
                selector.matchers.matchers.iter().map(ToString::to_string).collect();
            assert!(matchers.contains(&"job=\"api\"".to_owned()), "{text}");
            assert!(matchers.iter().any(|matcher| matcher.starts_with("env=~")), "{text}");
        }
        for by in text.split("by (").skip(1) {
            assert!(by.starts_with("job, env"), "{text}");
        }
    }
}

#[test]
fn windows_hold_enough_samples_and_long_ones_are_added_up() {
    let file =
        "[[objectives]]\nname = \"x\"\ngood = \"success\"\ntarget = \"99%\"\nperiod = \"1h\"";
    let slow = generator(file).interval(Duration::from_secs(60)).unwrap().rules();
    assert!(!slow.contains("[2m]") && slow.contains("[4m]"), "{slow}");
    let fast = generator(file).interval(Duration::from_secs(1)).unwrap().rules();
    assert!(fast.contains("[4s]"), "{fast}");
    let rules = generator(FILE).rules();
    let direct =
        |text: &String| text.contains("increase(perf_sla_events_total") && text.contains("[3d]");
    assert!(!scalars(&rules, "expr").iter().any(direct));
    let sum = "sum_over_time(perf_sla:events:increase5m{sla='objectives.fast'}[3d]) * 0.1";
    assert!(scalars(&rules, "expr").contains(&sum.to_owned()));
}

#[test]
fn what_is_generated_is_the_same_every_time() {
    let all = || {
        let generator = generator(FILE);
        [generator.rules(), generator.tests("rules.yml"), generator.dashboard()]
    };
    assert_eq!(all(), all());
}

#[test]
fn what_no_rules_can_be_for_is_refused() {
    assert!(generator(FILE).prefix("1x").is_err());
    assert!(generator(FILE).selector("job=~\".*\"").is_err());
    assert!(generator(FILE).interval(Duration::from_millis(1_500)).is_err());
    assert!(generator(FILE).interval(Duration::from_secs(61)).is_err());
}
