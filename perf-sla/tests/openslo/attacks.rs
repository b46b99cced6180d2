//! Documents that are wrong, or meant to do harm.

use super::{refused, slo};
use perf_sla::SlaConfig;
use std::time::{Duration, Instant};

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let text = slo()
        .replace("targetPercent: 99.9", "targetPercent: 0.999")
        .replace("28d", "28 days")
        .replace("Occurrences", "Occurences")
        .replace("latency <= 300ms", "latency < 300ms")
        + "  alertPolicies:\n    - alertPolicyRef: nobody\n---\napiVersion: openslo/v1alpha\nkind: SLO\n\
           metadata: {name: b}\nspec: {}\n---\napiVersion: openslo/v1\nkind: Slo\nmetadata: {name: c}\nspec: {}\n";
    assert_eq!(
        refused(&text),
        "\
sla:16:45: \"latency < 300ms\": compare with <= or >=
sla:22:17: \"28 days\" is no duration; write a whole number and one of m, h, d, w, M, Q and Y, such as \"28d\"
sla:24:20: budgetingMethod \"Occurences\" is not known; use Occurrences or Timeslices
sla:28:23: refers to the AlertPolicy \"nobody\", which is not in this file
sla:30:13: apiVersion \"openslo/v1alpha\" is not read; write \"openslo/v1\", and its fields as that version has them
sla:36:7: kind \"Slo\" is not known; did you mean \"SLO\"?"
    );
}

#[test]
fn percent_and_share_are_told_apart() {
    let with = |target: &str| slo().replace("targetPercent: 99.9", target);
    for (target, says) in [
        (
            "targetPercent: 0.999",
            "26:22: targetPercent: 0.999 is less than 1 %; for a share, write target: 0.999",
        ),
        ("target: 99.9", "26:15: target: 99.9 is in percent; write targetPercent: 99.9"),
        ("target: 1", "26:15: a target of 100 % leaves no budget"),
        ("targetPercent: 100", "26:22: a target of 100 %"),
        ("target: -0.5", "-0.5 is negative"),
        ("target: .nan", "must be a number"),
        ("target: .inf", "must be a number"),
        ("target: 1e999", "must be a number"),
        ("target: \"0.99\"", "must be a number, without quotes"),
        ("displayName: x", "an objective has a target: 0.999 or a targetPercent: 99.9"),
        ("target: 0.9\n      targetPercent: 90", "say the same"),
    ] {
        let told = refused(&with(target));
        assert!(told.contains(says), "{target}: {told}");
    }
    assert_eq!(
        SlaConfig::from_openslo(&with("target: 0.999")).unwrap().config.objectives()[0].target,
        0.999
    );
}

#[test]
fn references_to_nothing_are_refused() {
    let part = |from: &str, to: &str| refused(&slo().replace(from, to));
    let told = part("            type: perfkit\n", "            metricSourceRef: gone\n");
    assert!(
        told.contains("refers to the DataSource \"gone\", which is not in this file"),
        "{told}"
    );
    let whole = slo();
    let indicator =
        &whole[whole.find("  indicator:").unwrap()..whole.find("  timeWindow:").unwrap()];
    let told = part(indicator, "  indicatorRef: gone\n");
    assert_eq!(told, "sla:7:17: refers to the SLI \"gone\", which is not in this file");
    let told = refused(&(slo() + "---\n" + &slo()));
    assert!(told.contains("sla:28:1: a second SLO is called \"fast\""), "{told}");
}

#[test]
fn wrong_kinds_of_values_are_refused_and_never_panic() {
    let whole = slo();
    let values =
        ["", "[]", "{}", "1", "-1e400", "true", "~", "\"\"", "[[]]", "{a: {b: c}}", "\u{1F600}"];
    for (at, line) in whole.lines().enumerate().filter(|(_, line)| line.contains(':')) {
        for value in values {
            let key = line.split(':').next().unwrap();
            let changed: Vec<String> = whole
                .lines()
                .enumerate()
                .map(|(i, own)| if i == at { format!("{key}: {value}") } else { own.to_owned() })
                .collect();
            let _ = SlaConfig::from_openslo(&changed.join("\n"));
            let without = |i: usize| if i == at { "".into() } else { changed[i].clone() };
            let fewer: Vec<String> = (0..changed.len()).map(without).collect();
            let _ = SlaConfig::from_openslo(&fewer.join("\n"));
            let _ = SlaConfig::from_openslo(&changed[..at].join("\n"));
        }
    }
}

#[test]
fn hostile_files_are_refused_within_a_minute() {
    let indicator = "{good: {metricSource: {type: perfkit, spec: {good: success}}}, total: {metricSource: \
                     {type: perfkit, spec: {count: calls}}}}";
    let slo = |i: usize| {
        format!(
            "apiVersion: openslo/v1\nkind: SLO\nmetadata: {{name: s{i}}}\nspec: {{service: s, indicatorRef: i, \
             timeWindow: [{{duration: 1d, isRolling: true}}], budgetingMethod: Occurrences, objectives: \
             [{{target: 0.9}}], alertPolicies: [{}]}}\n---\n",
            "p, ".repeat(90)
        )
    };
    let unknown: String = (0..60_000).map(|i| format!("  k{i}: 1\n")).collect();
    let header = format!(
        "apiVersion: openslo/v1\nkind: SLI\nmetadata: {{name: i}}\nspec:\n  ratioMetric: {indicator}\n"
    );
    let many: String = (0..900).map(slo).collect();
    let policy = "---\napiVersion: openslo/v1\nkind: AlertPolicy\nmetadata: {name: p}\nspec: {conditions: \
                  [{metadata: {name: c}, spec: {severity: page, condition: {op: gte, threshold: 2, \
                  lookbackWindow: 1h}}}]}\n";
    let objectives = format!("objectives: [{}]", "{target: 0.9}, ".repeat(20_000));
    for (name, text, is_refused) in [
        ("documents", "---\na: 1\n".repeat(100_000), true),
        ("empty documents", "---\n".repeat(100_000), true),
        ("documents without dashes", "a\n...\n".repeat(100_000), true),
        ("lists", "[".repeat(500_000), true),
        ("tables", "{a: ".repeat(200_000), true),
        ("indents", (0..1_000).map(|i| " ".repeat(i) + "a:\n").collect(), true),
        ("aliases", "a: &a [x]\nb: [*a, *a]\n".into(), true),
        ("text", "x".repeat(1 << 21), true),
        ("keys", (0..90_000).map(|i| format!("k{i}: 1\n")).collect(), true),
        (
            "objectives",
            super::slo().replace("objectives:\n    - targetPercent: 99.9", &objectives),
            true,
        ),
        ("a shared indicator", format!("{many}{header}{policy}"), false),
        (
            "unknown keys",
            format!(
                "{}{header}{unknown}---\n{}",
                slo(0).replace("p, ", ""),
                slo(1).replace("p, ", "")
            ),
            false,
        ),
    ] {
        let begun = Instant::now();
        let read = SlaConfig::from_openslo(&text);
        let took = begun.elapsed();
        assert_eq!(read.is_err(), is_refused, "{name}: {:?}", read.err().map(|e| e.to_string()));
        eprintln!("{name}: {took:?}");
        // They take less than a second; a reader that compares each with each takes minutes.
        assert!(took < Duration::from_secs(60), "{name}: {took:?}");
        if let Ok(import) = read {
            assert!(import.left_out.len() <= 1_001, "{name}");
        }
    }
}

#[test]
fn an_error_lists_the_first_problems_and_counts_the_others() {
    let text: String = (0..500)
        .map(|i| {
            format!(
                "apiVersion: openslo/v{i}\nkind: SLO\nmetadata: {{name: a{i}}}\nspec: {{}}\n---\n"
            )
        })
        .collect();
    let told = refused(&text);
    assert!(told.lines().count() < 30 && told.contains("more problems"), "{told}");
}
