//! What a file says of alerts. A test's name is the claim.

use perf_sla::{Condition, SlaConfig, Trigger, WithoutData};

const TARGETS: &str = "\
[operations.retrieval]
max_p95 = \"100ms\"
min_throughput = \"5/s\"

[metrics.cache]
good = 'hits'
bad = 'misses'

[metrics.queue]
gauge = 'depth'

";

fn sla(alerts: &str) -> SlaConfig {
    SlaConfig::from_toml(&format!("{TARGETS}{alerts}")).unwrap_or_else(|error| panic!("{error}"))
}

/// Lines are counted from the first of `alerts`.
fn told(alerts: &str) -> String {
    let text = format!("{TARGETS}{alerts}");
    let error = SlaConfig::from_toml(&text).expect_err(alerts).to_string();
    let line = |line: &str| {
        let (place, message) = line.trim_start_matches("sla:").split_once(':').unwrap();
        let place: usize = place.parse().unwrap();
        format!("{}:{message}", place - TARGETS.lines().count())
    };
    error.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_key_of_an_alert_is_read_and_written_again() {
    let rich = sla(r#"
[[alerts]]
name = "slow retrieval"
when = "p95 > 200ms"
operation = "retrieval"
severity = "warning"
critical = "500ms"
recovery = "150ms"
window = "10min"
confidence = "99%"
min_samples = 50
for = "1min"
keep_firing_for = "2min"
cooldown = "15min"
repeat = "1d"
escalate_after = "30min"
flapping = false
on_no_data = "fire"
handlers = ["pager"]
runbook = "https://wiki.example/slow"
summary = "{{ what }} is slow"
[[alerts]]
name = "last calls"
when = "error_rate > 5%"
operation = "retrieval"
last = 500
[[alerts]]
name = "cold cache"
when = "ratio < 80%"
metric = "cache"
recovery = "85%"
[[alerts]]
name = "long queue"
when = "value > 100"
metric = "queue"
critical = 1000
[[alerts]]
name = "memory"
when = "memory > 2GiB"
[[alerts]]
name = "everything"
watch = "all"
[[alerts]]
name = "of one"
watch = "operations.retrieval"

[alerting]
group_by = ["operation"]
labels = { service = "search", "a b" = "c\"d" }
repeat = "12h"
description = "since {{ since }}"

[[inhibit]]
source = ['severity="critical"']
target = ['severity=~"warning|info"']
equal = ["operation"]

[[silences]]
name = "nightly"
match = ['alertname="cold cache"']
every = "day"
at = "02:00"
lasts = "1h"
"#);
    assert_eq!(rich.alerts().len(), 7);
    let Trigger::When { condition, .. } = &rich.alerts()[0].trigger else { panic!("no condition") };
    assert_eq!(*condition, "p95 > 200ms".parse::<Condition>().unwrap());
    assert_eq!(rich.alerts()[0].on_no_data, Some(WithoutData::Fire));
    let again = SlaConfig::from_toml(&rich.to_toml()).unwrap_or_else(|error| panic!("{error}"));
    let without_lines = |sla: &SlaConfig| {
        let mut alerts = sla.alerts().to_vec();
        alerts.iter_mut().for_each(|alert| alert.line = None);
        let mut alerting = sla.alerting().clone();
        alerting.line = None;
        let (mut inhibitions, mut silences) =
            (sla.inhibitions().unwrap_or_default().to_vec(), sla.silences().to_vec());
        inhibitions.iter_mut().for_each(|inhibition| inhibition.line = None);
        silences.iter_mut().for_each(|silence| silence.line = None);
        (alerts, alerting, inhibitions, silences)
    };
    assert_eq!(rich.alerting().labels["a b"], "c\"d");
    assert_eq!(without_lines(&again), without_lines(&rich));
    let repeats = |at: usize| rich.alerting().repeat_of(&rich.alerts()[at]).as_secs() / 3_600;
    assert_eq!((repeats(0), repeats(1)), (24, 12));
    assert_eq!(again.to_toml(), rich.to_toml());
}

#[test]
fn no_inhibition_can_be_said() {
    let sla = SlaConfig::from_toml("inhibit = []\n[overall]\nmax_p95 = \"1s\"").unwrap();
    assert_eq!(sla.inhibitions().map(<[_]>::len), Some(0));
    let again = SlaConfig::from_toml(&sla.to_toml()).unwrap();
    assert_eq!(again.inhibitions().map(<[_]>::len), Some(0));
    assert_eq!(SlaConfig::from_toml("[overall]\nmax_p95 = \"1s\"").unwrap().inhibitions(), None);
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_line() {
    for (alert, says) in [
        ("when = \"p95 >= 1ms\"", "3:8: when: \"p95 >= 1ms\": compare with < or >"),
        (
            "when = \"p95 > 200\"\noperation = \"a\"",
            "3:1: when: \"p95 > 200\": its limit is written 200ms",
        ),
        (
            "when = \"eror_rate > 5%\"",
            "3:8: when: \"eror_rate\" is nothing that is measured; did you",
        ),
        ("when = \"value > 5\"\nmetric = \"cache\"", "3:1: when: a ratio has no value > 5"),
        (
            "when = \"ratio < 5%\"\nmetric = \"cash\"",
            "4:1: metric: \"cash\" is not in [metrics]; did you mean",
        ),
        (
            "when = \"no data\"\nmetric = \"queue\"\noperation = \"a\"",
            "3:1: when: it is about either",
        ),
        (
            "when = \"p95 rising\"\nmetric = \"queue\"",
            "3:1: when: p95 rising: only calls have that",
        ),
        ("when = \"no data\"\nwatch = \"all\"", "1:1: an alert has either watch or when"),
        ("watch = \"overall.max_p95\"", "3:1: watch: \"overall.max_p95\" is not in this file"),
        ("watch = \"all\"\noperation = \"a\"", "4:1: operation: does nothing beside watch"),
        ("watch = \"all\"\nrecovery = \"1ms\"", "4:1: recovery: there is not one limit"),
        ("watch = \"operations.retrieval.max_p95\"\nrecovery = \"5%\"", "4:1: recovery: its unit"),
        (
            "watch = \"operations.retrieval.max_p95\"\nrecovery = \"1s\"",
            "4:1: recovery: it lies on the wrong",
        ),
        ("when = \"throughput < 5/s\"\ncritical = \"6/s\"", "4:1: critical: it lies on the wrong"),
        ("when = \"p95 > 1s\"\ncritical = \"1s\"", "4:1: critical: it is the limit itself"),
        ("when = \"p95 > 1s\"\nwindow = \"2h\"", "4:1: window: an alert looks back at most"),
        ("when = \"p95 > 1s\"\nlast = 5", "4:1: last: calls of one operation"),
        (
            "when = \"p95 > 1s\"\noperation = \"a\"\nlast = 0",
            "5:1: last: it lies between 1 and 65536",
        ),
        (
            "when = \"p95 > 1s\"\noperation = \"a\"\nlast = 5\nwindow = \"1s\"",
            "5:1: last: it takes the place",
        ),
        ("when = \"no data\"\nflapping = \"no\"", "4:12: flapping: must be true or false"),
        (
            "when = \"no data\"\non_no_data = \"fail\"",
            "4:14: on_no_data: \"fail\" is none of its values",
        ),
        ("severity = \"critical\"", "1:1: an alert needs a name"),
    ] {
        let told = told(&format!("[[alerts]]\nname = \"x\"\n{alert}"));
        assert!(told.starts_with(says), "{alert}\n{told}\n{says}");
    }
    for (table, says) in [
        ("[[inhibit]]\nsource = ['a=\"b\"']", "1:1: an inhibition needs"),
        ("[[inhibit]]\nsource = ['a']", "2:10: source: \"a\" is no matcher"),
        ("[[inhibit]]\nsource = ['a=~\"(\"']", "2:10: source: \"(\" is no pattern"),
        ("[[silences]]\nname = \"x\"", "1:1: a silence needs"),
        ("[[silences]]\nname = \"x\"\nmatch = ['a=\"b\"']", "1:1: a silence is either once"),
        (
            "[alerting]\ngroup_bye = [\"x\"]",
            "2:1: unknown key \"group_bye\"; did you mean \"group_by\"",
        ),
        ("[alerting]\nlabels = { a = 1 }", "2:10: labels: must be labels such as"),
        ("[alerting]\nlabels = { severity = \"x\" }", "2:10: labels: severity is what each"),
    ] {
        let told = told(table);
        assert!(told.starts_with(says), "{table}\n{told}\n{says}");
    }
}

#[test]
fn a_table_watches_what_is_in_it_and_not_its_neighbour() {
    let sla = sla("[[alerts]]\nname = \"x\"\nwatch = \"operations.retrieval\"");
    let alert = &sla.alerts()[0];
    assert!(alert.names("operations.retrieval.max_p95"));
    assert!(!alert.names("operations.retrieval2.max_p95"));
}
