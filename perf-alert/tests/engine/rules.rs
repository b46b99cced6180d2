//! Rules of a file and in code.

use crate::Bench;
use perf_alert::{Rule, Rules};
use perf_sla::SlaConfig;

const FILE: &str = "\
overall_operation = \"answer\"
[overall]
max_p95 = \"100ms\"
[operations.search]
max_p95 = \"100ms\"
max_error_rate = \"5%\"
[[alerts]]
name = \"everything else\"
watch = \"all\"
window = \"1s\"
[[alerts]]
name = \"search\"
watch = \"operations.search\"
window = \"1s\"
severity = \"info\"
";

#[test]
fn every_target_alerts_once_without_being_written_twice() {
    let mut bench = Bench::new(Rules::from_sla(&SlaConfig::from_toml(FILE).unwrap()).unwrap());
    bench.calls("answer", 'v');
    for _ in 0..20 {
        bench.profiler.record_failure("search", crate::seconds(1));
    }
    let told = bench.second('v');
    let mut found: Vec<_> = told
        .iter()
        .map(|told| (told.alerts[0].rule.as_str(), told.alerts[0].labels["target"].as_str()))
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("everything else", "overall.max_p95"),
            ("search", "operations.search.max_error_rate"),
            ("search", "operations.search.max_p95"),
        ]
    );
    assert_eq!(told[0].alerts[0].labels["operation"], "answer", "the most urgent first");
}

#[test]
fn what_follows_from_no_data_is_said_by_the_target() {
    let fails = FILE.replace("[overall]\n", "[overall]\non_no_data = \"fail\"\n");
    let mut bench = Bench::new(Rules::from_sla(&SlaConfig::from_toml(&fails).unwrap()).unwrap());
    bench.tick();
    let told = bench.evaluate();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].alerts[0].summary, "overall p95 has no data");
}

#[test]
fn rules_that_cannot_be_followed_are_refused_in_words() {
    let told = |rule: Rule| Rules::new([rule]).unwrap_err().to_string();
    let rule = |condition: &str| Rule::new("x", condition.parse().unwrap());
    for (rule, says) in [
        (rule("p95 > 5%"), "its limit is written 200ms"),
        (rule("p95 > 5ms").critical("1ms"), "1.0ms does not lie beside the limit of p95 > 5ms"),
        (rule("p95 > 5ms").recovery("4 parsecs"), "is no unit of time"),
        (rule("p95 > 5ms").window(crate::seconds(0)), "a window is longer than nothing"),
        (rule("p95 > 5ms").last(10), "calls of one operation"),
        (rule("p95 rising"), "a trend is that of one operation"),
        (rule("value > 5"), "an operation has no value"),
        (Rule::watching("x", "overall.max_p95"), "\"overall.max_p95\" is not in the SLA file"),
        (Rule::new("", "no data".parse().unwrap()), "a name of its own"),
    ] {
        let told = told(rule);
        assert!(told.contains(says), "{told}\n{says}");
    }
    assert!(Rules::new([rule("no data"), rule("no data")]).is_err());
}

#[test]
fn every_alert_of_the_page_can_be_followed() {
    let page = include_str!("../../../docs/sla.md");
    let files = page.split("```toml\n").skip(1).filter_map(|after| after.split("```").next());
    let mut seen = 0;
    for file in files.filter(|file| file.contains("[[alerts]]") || file.contains("[alerting]")) {
        let sla = SlaConfig::from_toml(file).unwrap_or_else(|error| panic!("{file}\n{error}"));
        let rules = Rules::from_sla(&sla).unwrap_or_else(|error| panic!("{file}\n{error}"));
        seen += rules.names().count();
    }
    assert!(seen >= 5, "{seen}");
}

#[test]
fn a_file_may_have_nothing_but_alerts() {
    let sla = SlaConfig::from_toml("[[alerts]]\nname = \"x\"\nwhen = \"memory > 2GiB\"").unwrap();
    assert_eq!(Rules::from_sla(&sla).unwrap().names().collect::<Vec<_>>(), ["x"]);
}
