//! Documents as others write them.

use super::{left_out, refused, slo};
use perf_sla::{Budgeting, Good, Period, Severity, SlaConfig};
use std::time::Duration;

const SHOP: &str = r#"
apiVersion: openslo/v1
kind: Service
metadata:
  name: shop
  displayName: The shop
  labels: {team: [checkout, search]}
spec:
  description: sells things
---
apiVersion: openslo/v1
kind: DataSource
metadata: {name: prometheus}
spec:
  type: Prometheus
  connectionDetails: {url: "http://prometheus:9090"}
---
apiVersion: openslo/v1
kind: DataSource
metadata: {name: inside}
spec: {type: perfkit}
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: answers-in-time}
spec:
  ratioMetric:
    counter: true
    good:
      metricSource:
        metricSourceRef: inside
        spec: {operation: answer, good: latency <= 300ms}
    total:
      metricSource:
        metricSourceRef: inside
        spec: {operation: answer}
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: answers, displayName: Answers}
spec:
  service: shop
  indicatorRef: answers-in-time
  timeWindow:
    - duration: 1Q
      calendar:
        startTime: 2020-01-21 12:30:00
        timeZone: UTC
  budgetingMethod: Timeslices
  objectives:
    - displayName: usual
      target: 0.98
      timeSliceTarget: 0.95
      timeSliceWindow: 5
    - displayName: best
      targetPercent: 99.5
      timeSliceTarget: 0.95
      timeSliceWindow: 1m
  alertPolicies:
    - alertPolicyRef: fast-burn
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: errors}
spec:
  service: shop
  indicator:
    metadata: {name: errors}
    spec:
      ratioMetric:
        bad: {metricSource: {metricSourceRef: prometheus, spec: {query: "rate(errors[5m])"}}}
        total: {metricSource: {metricSourceRef: prometheus, spec: {query: "rate(requests[5m])"}}}
  timeWindow: [{duration: 4w, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: quick}
spec:
  service: shop
  indicator:
    metadata: {name: quick}
    spec:
      thresholdMetric: {metricSource: {type: perfkit, spec: {measure: latency, unit: s, operation: answer}}}
  timeWindow: [{duration: 2w, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{op: lte, value: 0.25, target: 0.9}]
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: fast-burn}
spec:
  alertWhenBreaching: true
  alertWhenResolved: false
  conditions:
    - kind: AlertCondition
      metadata: {name: burns}
      spec:
        severity: page
        condition: {kind: burnrate, op: lte, threshold: 2, lookbackWindow: 1h, alertAfter: 5m}
  notificationTargets:
    - targetRef: on-call
---
apiVersion: openslo/v1
kind: AlertNotificationTarget
metadata: {name: on-call}
spec: {target: email}
"#;

#[test]
fn what_can_be_judged_in_the_process_is_read() {
    let import = SlaConfig::from_openslo(SHOP).unwrap();
    let objectives = import.config.objectives();
    let names: Vec<&str> = objectives.iter().map(|o| o.name.as_str()).collect();
    assert_eq!(names, ["Answers: usual", "Answers: best", "quick"]);
    let first = &objectives[0];
    assert_eq!(first.operation.as_deref(), Some("answer"));
    assert_eq!(first.good, Good::Latency(Duration::from_millis(300)));
    assert_eq!((first.target, objectives[1].target), (0.98, 0.995));
    assert_eq!(first.period.to_string(), "quarter");
    let slice = Budgeting::TimeSlices { length: Duration::from_secs(300), target: 0.95 };
    assert_eq!(first.budgeting, slice);
    let pair = first.burn_rates[0];
    assert_eq!((pair.severity, pair.factor), (Severity::Critical, 2.0));
    assert_eq!((pair.long.as_secs(), pair.short.as_secs()), (3_600, 300));
    assert_eq!(objectives[2].good, Good::Latency(Duration::from_millis(250)));
    assert_eq!(objectives[2].period, Period::Rolling(Duration::from_secs(14 * 86_400)));
    assert!(objectives[2].burn_rates.is_empty());
}

#[test]
fn what_cannot_is_listed_with_its_place_and_what_to_write() {
    let import = SlaConfig::from_openslo(SHOP).unwrap();
    let told = left_out(&import);
    let beginnings = [
        "7:3: metadata: \"labels\" says nothing",
        "9:3: Service: \"description\" says nothing",
        "11:1: DataSource \"prometheus\": what is judged is measured in the process",
        "47:20: startTime: a quarter begins at midnight",
        "75:16: the SLO \"errors\": it is measured by Prometheus, which cannot be asked from inside the \
         process; write type: perfkit with a spec such as {operation: answer, good: latency <= 300ms}",
        "101:41: op \"lte\" is read as \"gte\"",
        "101:92: alertAfter: ",
        "103:7: a notification target: who is told is a handler",
        "105:1: AlertNotificationTarget \"on-call\": ",
    ];
    assert_eq!(told.len(), beginnings.len(), "{told:#?}");
    for (line, beginning) in told.iter().zip(beginnings) {
        assert!(line.starts_with(beginning), "{told:#?}\n{beginning}");
    }
}

#[test]
fn what_was_imported_is_an_sla_file() {
    let import = SlaConfig::from_openslo(SHOP).unwrap();
    let again = SlaConfig::from_toml(&import.config.to_toml()).unwrap();
    assert_eq!(again.objectives().len(), 3);
    for (a, b) in again.objectives().iter().zip(import.config.objectives()) {
        assert_eq!(
            (&a.name, &a.good, a.target, &a.period),
            (&b.name, &b.good, b.target, &b.period)
        );
        assert_eq!(a.burn_rates, b.burn_rates);
    }
}

#[test]
fn json_is_read_too() {
    let json = r#"{"apiVersion": "openslo/v1", "kind": "SLO", "metadata": {"name": "up"}, "spec": {
        "service": "shop", "budgetingMethod": "Occurrences", "timeWindow": [{"duration": "30d", "isRolling": true}],
        "indicator": {"metadata": {"name": "up"}, "spec": {"ratioMetric": {"counter": true,
            "bad": {"metricSource": {"type": "perfkit", "spec": {"bad": "failure"}}},
            "total": {"metricSource": {"type": "perfkit", "spec": {"count": "calls"}}}}}},
        "objectives": [{"target": 0.99}]}}"#;
    let import = SlaConfig::from_openslo(json).unwrap();
    assert_eq!(import.config.objectives()[0].good, Good::Success);
    assert!(import.left_out.is_empty());
}

#[test]
fn ratios_of_slices_are_left_out_with_the_reason() {
    let text =
        slo() + "---\n" + &slo().replace("fast", "slow").replace("Occurrences", "RatioTimeslices");
    let import = SlaConfig::from_openslo(&text).unwrap();
    assert_eq!(import.config.objectives().len(), 1);
    assert!(left_out(&import)[0].contains("RatioTimeslices takes the mean of ratios"));
}

#[test]
fn a_file_of_which_nothing_can_be_judged_is_refused_and_says_why() {
    let told = refused(&slo().replace("perfkit", "Datadog"));
    assert!(
        told.starts_with("sla: nothing of it can be judged in the process\nsla:26:7: "),
        "{told}"
    );
    assert!(told.contains("measured by Datadog"), "{told}");
}

#[test]
fn two_time_zones_are_not_made_one() {
    let window = |text: String, zone: &str| {
        let calendar = format!(
            "duration: 1M\n      calendar: {{startTime: 2026-01-01 00:00:00, timeZone: {zone}}}"
        );
        text.replace("duration: 28d\n      isRolling: true", &calendar)
    };
    let text =
        window(slo(), "UTC") + "---\n" + &window(slo().replace("fast", "slow"), "Europe/Berlin");
    match SlaConfig::from_openslo(&text) {
        Ok(import) => {
            assert_eq!(import.config.objectives().len(), 1);
            let told = left_out(&import);
            assert!(
                told[0].contains("its time zone is Europe/Berlin, and that of those before UTC"),
                "{told:?}"
            );
        }
        Err(told) => eprintln!("skipped: no time zone database here: {told}"),
    }
}

#[test]
fn nothing_is_dropped_without_a_word() {
    let spec = "  name: fast\nspec:";
    for (from, to, says) in [
        (
            spec,
            "  name: fast\n  annotations: {a.b/c: d}\nspec:",
            "5:17: an annotation that is not perfkit's",
        ),
        (
            spec,
            "  name: fast\n  annotations: {perfkit.dev/x: d}\nspec:",
            "this version of perfkit does not know",
        ),
        (
            spec,
            "  name: fast\n  annotations: {perfkit.dev/path: overall.max_p95}\nspec:\n  description: d",
            "has not a description",
        ),
        (
            spec,
            "  name: fast\n  annotations: {perfkit.dev/path: overall.max_p95}\nspec:",
            "has not a timeWindow",
        ),
        (
            "{operation: answer}",
            "{operation: answer, count: successes}",
            "counts failures too, as bad events",
        ),
        (
            "targetPercent: 99.9",
            "targetPercent: 99.9\n      op: lte\n      value: 3",
            "op: a ratio has no threshold",
        ),
        (
            "targetPercent: 99.9",
            "targetPercent: 99.9\n      timeSliceTarget: 0.9",
            "does nothing without",
        ),
        (
            "targetPercent: 99.9",
            "targetPercent: 99.9\n      compositeWeight: 2",
            "\"compositeWeight\" says nothing",
        ),
        (
            "targetPercent: 99.9",
            "targetPercent: 99.9\n      displayName: other",
            "is called as the SLO is",
        ),
        ("duration: 28d", "duration: 1M", "22:17: rolling months"),
        (
            "  timeWindow:\n    - duration: 28d\n      isRolling: true\n",
            "",
            "there is no timeWindow; the period is 30 days",
        ),
    ] {
        let import = SlaConfig::from_openslo(&slo().replace(from, to)).unwrap();
        let told = left_out(&import);
        assert!(told.iter().any(|line| line.contains(says)), "{says}: {told:?}");
    }
}

#[test]
fn a_field_that_was_changed_counts_and_not_our_note_of_it() {
    let toml = "[[objectives]]\nname = \"a\"\noperation = \"o\"\ngood = \"success\"\ntarget = \"99%\"\nperiod = \"3690s\"\nburn_rates = []";
    let yaml = SlaConfig::from_toml(toml).unwrap().to_openslo("s").yaml;
    let period = |yaml: &str| {
        SlaConfig::from_openslo(yaml).unwrap().config.objectives()[0].period.to_string()
    };
    assert_eq!(period(&yaml), "3690s");
    assert_eq!(period(&yaml.replace("duration: \"62m\"", "duration: \"7d\"")), "7d");
}

#[test]
fn policies_that_an_objective_cannot_have_are_left_out() {
    let policy = |breaching: bool, threshold: &str, window: &str| {
        format!(
            "{}  alertPolicies:\n    - kind: AlertPolicy\n      metadata: {{name: p}}\n      spec:\n        \
             alertWhenBreaching: {breaching}\n        conditions: [{{metadata: {{name: c}}, spec: {{severity: \
             sev1, condition: {{kind: burnrate, op: gte, threshold: {threshold}, lookbackWindow: {window}}}}}}}]\n",
            slo()
        )
    };
    let read = |text: &str| SlaConfig::from_openslo(text).unwrap();
    let import = read(&policy(true, "14.4", "1h"));
    assert!(import.left_out.is_empty(), "{:?}", import.left_out);
    let pair = import.config.objectives()[0].burn_rates[0];
    assert_eq!((pair.severity, pair.factor, pair.short.as_secs()), (Severity::Critical, 14.4, 300));
    for (text, says) in [
        (policy(false, "14.4", "1h"), "alertWhenBreaching: false"),
        (policy(true, "14.4", "29d"), "is longer than the period of the objective"),
        (policy(true, "14.4", "7d"), "more than the whole budget is spent"),
    ] {
        let import = read(&text);
        assert!(import.config.objectives()[0].burn_rates.is_empty());
        let told = left_out(&import);
        assert!(told.len() == 1 && told[0].contains(says), "{says}: {told:?}");
    }
    for (text, says) in [
        (policy(true, "0", "1h"), "is reached by everything"),
        (policy(true, "14.4", "90s"), "is no duration"),
        (policy(true, "14.4", "1h").replace("burnrate", "anomaly"), "use burnrate"),
        (
            policy(true, "14.4", "1h").replace("conditions: [", "conditions: [{conditionRef: x}, "),
            "exactly one of conditions",
        ),
    ] {
        let told = refused(&text);
        assert!(told.contains(says), "{says}: {told}");
    }
}
