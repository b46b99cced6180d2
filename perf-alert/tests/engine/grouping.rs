//! What is told at once.

use crate::{Bench, seconds};
use perf_alert::{Reason, Rule, Rules};

fn of(operation: &str) -> Rule {
    Rule::new(format!("slow {operation}"), "p95 > 100ms".parse().unwrap())
        .operation(operation)
        .window(seconds(1))
        .cooldown(seconds(3))
        .repeat(seconds(3))
        .flapping(false)
}

#[test]
fn alerts_with_common_labels_are_told_together() {
    let twin = |rule: Rule| rule.severity(perf_alert::Severity::Critical);
    let rules = Rules::new([
        of("a"),
        of("b"),
        twin(
            Rule::new("very slow a", "p95 > 120ms".parse().unwrap())
                .operation("a")
                .window(seconds(1)),
        ),
    ]);
    let mut bench = Bench::new(rules.unwrap().group_by(["operation"]).inhibitions([]));
    bench.calls("a", 'v');
    bench.calls("b", 'v');
    bench.tick();
    let told = bench.evaluate();
    let names = |at: usize| told[at].alerts.iter().map(|a| a.rule.as_str()).collect::<Vec<_>>();
    assert_eq!(told.len(), 2);
    assert_eq!(names(0), ["very slow a", "slow a"], "the most urgent first");
    assert_eq!(told[0].group.get("operation").map(String::as_str), Some("a"));
    assert_eq!(names(1), ["slow b"]);
}

#[test]
fn what_a_group_tells_again_is_told_of_all_of_it_once() {
    let mut bench = Bench::new(Rules::new([of("a"), of("b")]).unwrap().group_by(["team"]));
    let mut second = |a: char, b: char| {
        bench.calls("a", a);
        bench.calls("b", b);
        bench.tick();
        let told = bench.evaluate();
        told.iter().map(|told| (told.reason, told.alerts.len())).collect::<Vec<_>>()
    };
    assert_eq!(second('v', 'm'), [(Reason::Fired, 1)]);
    assert_eq!(second('v', 'v'), [(Reason::Fired, 2)], "with the one that goes on");
    assert_eq!(second('v', 'v'), []);
    assert_eq!(second('v', 'v'), []);
    assert_eq!(second('v', 'v'), [(Reason::Repeated, 2)], "three seconds after both were told");
    assert_eq!(second('m', 'v'), [(Reason::Resolved, 1)]);
}

#[test]
fn alerts_for_other_handlers_are_told_apart() {
    let rules = [of("a").handler("pager"), of("b").handler("mail")];
    let mut bench = Bench::new(Rules::new(rules).unwrap().group_by(["team"]));
    bench.calls("a", 'v');
    bench.calls("b", 'v');
    bench.tick();
    let handlers: Vec<_> = bench.evaluate().into_iter().map(|told| told.handlers).collect();
    assert_eq!(handlers, [["mail"], ["pager"]]);
}
