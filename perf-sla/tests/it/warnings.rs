//! What can be read but can hardly be meant.

use crate::sla;

fn warnings(text: &str) -> Vec<String> {
    sla(text).warnings().iter().map(|warning| warning.message.clone()).collect()
}

#[test]
fn a_limit_that_follows_from_a_harder_one_is_told() {
    let told = warnings("[overall]\nmax_p50 = \"300ms\"\nmax_p99 = \"200ms\"\nmax_max = \"1s\"");
    assert_eq!(
        told,
        [
            "overall.max_p50 (300.0ms) is above overall.max_p99 (200.0ms): whoever keeps the second keeps the first"
        ]
    );
    let told = warnings("[overall]\nmax_p99 = \"2s\"\nmax_max = \"1s\"");
    assert_eq!(told.len(), 1);
    assert!(warnings("[overall]\nmax_p50 = \"1s\"\nmax_p99 = \"1s\"\nmax_max = \"1s\"").is_empty());
    let told = warnings("[overall]\nmin_success_rate = \"99%\"\nmax_error_rate = \"1%\"");
    assert!(told.len() == 1 && told[0].contains("say the same"), "{told:?}");
    let apart = "[overall]\nmax_p50 = \"3s\"\n[operations.a]\nmax_p99 = \"1s\"";
    assert!(warnings(apart).is_empty(), "of two subjects neither follows from the other");
}

#[test]
fn a_target_that_one_event_breaks_is_told_with_the_fewest_samples() {
    for (limit, fewest) in
        [("max_p90 = \"1s\"", 10), ("max_p99 = \"1s\"", 100), ("max_error_rate = \"5%\"", 20)]
    {
        let text = |fewest: u64| {
            format!("[overall]\n{limit}\nconfidence = \"point\"\nmin_samples = {fewest}")
        };
        let told = warnings(&text(fewest - 1));
        let says = format!("below {fewest} samples; min_samples = {fewest} would prevent that");
        assert!(told.len() == 1 && told[0].ends_with(&says), "{told:?}");
        assert!(warnings(&text(fewest)).is_empty());
    }
    assert!(warnings("[overall]\nmax_p90 = \"1s\"").is_empty(), "a firm answer needs no such care");
    let told = warnings("[overall]\nmin_success_rate = \"100%\"");
    assert!(told.len() == 1 && told[0].contains("one bad event breaks it"), "{told:?}");
}

#[test]
fn a_label_that_no_alert_has_is_told_with_the_one_that_was_meant() {
    let file =
        |what: &str| format!("[metrics.depth]\ngauge = 'depth'\nby = \"tenant\"\nmax = 9\n{what}");
    let silence =
        "[[silences]]\nname = \"s\"\nevery = \"day\"\nat = \"02:00\"\nlasts = \"1h\"\nmatch = ";
    let inhibit = |source: &str, equal: &str| {
        format!(
            "[[inhibit]]\nsource = ['{source}']\ntarget = ['severity=\"info\"']\nequal = [{equal:?}]"
        )
    };
    let critical = "severity=\"critical\"";
    for (what, says) in [
        (
            "[alerting]\ngroup_by = [\"opration\"]".to_owned(),
            "alerting: group_by: no alert of this file has a label \"opration\"; did you mean \"operation\"?",
        ),
        (
            "[alerting]\ngroup_by = [\"severity\"]".to_owned(),
            "alerting: group_by: an alert keeps its labels while its severity changes",
        ),
        (
            inhibit(critical, "opration"),
            "inhibit: equal: no alert of this file has a label \"opration\"",
        ),
        (
            inhibit("serverity=\"critical\"", "operation"),
            "inhibit: source: no alert of this file has a label \"serverity\"; did you mean \"severity\"?",
        ),
        (
            format!("{silence}['tennant=\"acme\"']"),
            "silence \"s\": match: no alert of this file has a label \"tennant\"; did you mean \"tenant\"?",
        ),
        (
            "[handlers.x]\ntype = \"stderr\"\nmatch = ['team!=\"data\"']".to_owned(),
            "handlers.x: match: no alert of this file has a label \"team\"; use one of",
        ),
    ] {
        let told = warnings(&file(&what));
        assert!(told.len() == 1 && told[0].starts_with(says), "{what}\n{told:?}");
        let lines: Vec<_> = sla(&file(&what)).warnings().iter().map(|told| told.position).collect();
        assert_eq!(lines, [Some((5, 1))]);
    }
    let told =
        warnings(&file("[alerting]\ngroup_by = [\"service\"]\nlabels = { service = \"a\" }"));
    assert!(told[0].contains("only the match of a handler sees it"), "{told:?}");
    for right in [
        "[alerting]\ngroup_by = [\"operation\", \"tenant\"]".to_owned(),
        inhibit(critical, "operation"),
        format!("{silence}['severity=\"info\"', 'tenant=\"acme\"']"),
        "[handlers.x]\ntype = \"stderr\"\nmatch = ['operation!=\"data\"']".to_owned(),
        "[handlers.x]\ntype = \"stderr\"\nmatch = ['instance!=\"a\"', 'team=\"b\"']\n\
         [alerting]\nlabels = { team = \"b\" }"
            .to_owned(),
    ] {
        assert!(warnings(&file(&right)).is_empty(), "{right}");
    }
}

#[test]
fn they_stand_in_the_order_of_the_file_with_their_lines() {
    let text = "[[objectives]]\nname = \"x\"\ngood = \"success\"\ntarget = \"50%\"\n[overall]\nmin_success_rate = \"100%\"";
    let sla = sla(text);
    let lines: Vec<_> = sla.warnings().iter().map(|warning| warning.position).collect();
    assert_eq!(lines, [Some((1, 1)), Some((6, 1))]);
}
