//! Who is not told.

use crate::{Bench, at, seconds, slow};
use perf_alert::{Inhibition, Reason, Rule, Rules, Severity, Silence};
use perf_sla::SlaConfig;

fn named(name: &str, condition: &str, severity: Severity) -> Rule {
    Rule::new(name, condition.parse().unwrap())
        .operation("search")
        .severity(severity)
        .window(seconds(1))
        .flapping(false)
}

fn rules_told(bench: &mut Bench, what: char) -> Vec<(String, Reason)> {
    let told = bench.second(what);
    told.iter().map(|told| (told.alerts[0].rule.clone(), told.reason)).collect()
}

#[test]
fn a_silence_mutes_until_it_is_over() {
    let mut bench = Bench::of([slow()]);
    let operation = r#"operation="search""#.parse().unwrap();
    bench.engine.silence(Silence::until(at(4), [operation]));
    assert_eq!(bench.told("vvvvv"), "...F.");
    assert_eq!(bench.engine.silences().count(), 0);
}

#[test]
fn a_silence_can_be_ended_and_means_only_what_it_matches() {
    let mut bench = Bench::of([slow()]);
    bench.engine.silence(Silence::until(at(99), [r#"operation=~"rag.*""#.parse().unwrap()]));
    let severity = r#"severity!="critical""#.parse().unwrap();
    let id = bench.engine.silence(Silence::until(at(99), [severity]));
    bench.engine.silence(Silence::until(at(99), []));
    assert_eq!(bench.told("vv"), "..");
    assert_eq!(bench.engine.alert_summary().muted, 1);
    assert!(bench.engine.unsilence(id) && !bench.engine.unsilence(id));
    assert_eq!(bench.told("v"), "F");
}

#[test]
fn who_was_told_that_it_fires_is_told_that_it_is_over_in_spite_of_a_silence() {
    let mut bench = Bench::of([slow()]);
    assert_eq!(bench.told("v"), "F");
    bench.engine.silence(Silence::until(at(99), [r#"alertname="slow""#.parse().unwrap()]));
    assert_eq!(bench.told("vm"), ".R");
    // And nobody is told of what began and ended meanwhile.
    assert_eq!(bench.told("vm"), "..");
}

#[test]
fn a_critical_alert_silences_what_is_less_urgent_of_its_operation() {
    let warning = named("slow", "p95 > 100ms", Severity::Warning);
    let critical = named("very slow", "p95 > 500ms", Severity::Critical);
    let other =
        Rule::new("other", "p95 > 100ms".parse().unwrap()).operation("else").window(seconds(1));
    let mut bench = Bench::of([warning, critical, other]);
    bench.calls("else", 'v');
    let told = rules_told(&mut bench, 'c');
    assert_eq!(told, [("very slow".into(), Reason::Fired), ("other".into(), Reason::Fired)]);
    // The critical one is over; what is left is told now.
    let told = rules_told(&mut bench, 'm');
    assert_eq!(told, [("very slow".into(), Reason::Resolved)]);
    let told = rules_told(&mut bench, 'v');
    assert_eq!(told, [("slow".into(), Reason::Fired)]);
}

#[test]
fn nothing_silences_itself_or_what_lacks_the_label() {
    let all = vec![r#"severity=~".*""#.parse().unwrap()];
    let itself = Inhibition::new(all.clone(), all.clone(), vec!["operation".into()]);
    let rules = Rules::new([slow()]).unwrap().inhibitions([itself]);
    assert_eq!(Bench::new(rules).told("v"), "F");
    let critical = vec![r#"severity="critical""#.parse().unwrap()];
    let warning = vec![r#"severity="warning""#.parse().unwrap()];
    let inhibition = Inhibition::new(critical, warning, vec!["tenant".into()]);
    let both = [slow(), named("very slow", "p95 > 500ms", Severity::Critical)];
    let rules = Rules::new(both).unwrap().inhibitions([inhibition]);
    assert_eq!(rules_told(&mut Bench::new(rules), 'c').len(), 2);
}

#[test]
fn exclusions_and_planned_silences_of_the_file_mute() {
    let file = |muted: &str| {
        format!(
            "[operations.search]\nmax_p95 = \"100ms\"\n[[alerts]]\nname = \"slow\"\nwatch = \"all\"\n\
             window = \"1s\"\nflapping = false\n{muted}\nname = \"x\"\nfrom = 1970-01-01T00:00:00Z\nto = \
             1970-01-01T00:00:03Z\n"
        )
    };
    for (muted, told) in [
        ("[[exclusions]]", "...F"),
        ("[[silences]]\nmatch = ['alertname=\"slow\"']", "...F"),
        ("[[silences]]\nmatch = ['alertname=\"fast\"']", "F..."),
    ] {
        let sla = SlaConfig::from_toml(&file(muted)).unwrap();
        assert_eq!(Bench::new(Rules::from_sla(&sla).unwrap()).told("vvvv"), told, "{muted}");
    }
}

#[test]
fn what_is_inhibited_for_a_while_is_not_told_to_fire_twice() {
    let mut bench = Bench::of([
        named("slow", "p95 > 100ms", Severity::Warning),
        named("very slow", "p95 > 500ms", Severity::Critical),
    ]);
    assert_eq!(rules_told(&mut bench, 'v'), [("slow".into(), Reason::Fired)]);
    assert_eq!(rules_told(&mut bench, 'c'), [("very slow".into(), Reason::Fired)]);
    assert_eq!(rules_told(&mut bench, '?'), []);
    assert_eq!(rules_told(&mut bench, 'm').len(), 2);
}

#[test]
fn what_nobody_was_told_of_is_counted() {
    let mut bench = Bench::of([slow()]);
    bench.engine.silence(Silence::until(at(99), [r#"alertname="slow""#.parse().unwrap()]));
    assert_eq!(bench.told("vvmm"), "....");
    assert_eq!(bench.engine.totals().untold, 1);
    bench.engine = perf_alert::Engine::new(perf_alert::Rules::new([slow()]).unwrap());
    assert_eq!(bench.told("vm"), "FR");
    assert_eq!(bench.engine.totals().untold, 0);
}
