//! What is said.

use crate::{Bench, rule, slow};
use perf_alert::{Rule, Rules};
use perf_sla::SlaConfig;

#[test]
fn the_defaults_say_what_since_when_and_what_to_do() {
    let mut bench = Bench::of([slow().runbook("https://wiki.example/slow")]);
    bench.second('m');
    let fired = bench.second('v').remove(0).alerts.remove(0);
    assert_eq!(fired.summary, "search p95 is 150.0ms, limit 100.0ms");
    assert_eq!(fired.observed.as_deref(), Some("150.0ms"));
    assert_eq!(fired.limit.as_deref(), Some("<= 100.0ms"));
    assert_eq!(
        fired.description,
        "It has fired since 1970-01-01T00:00:02Z.\n\
         20 of 20 were above 100.0ms.\n\
         Slowest operations: search (p95 150.0ms, 0.0% failed).\n\
         What to do: https://wiki.example/slow"
    );
    let over = bench.second('m').remove(0).alerts.remove(0);
    assert_eq!(over.summary, "search p95 is 10.0ms, limit 100.0ms, and it was over after 1.0s");
    assert!(over.description.starts_with("It fired from 1970-01-01T00:00:02Z to"));
}

#[test]
fn the_limit_that_is_told_is_the_one_that_makes_it_so_urgent() {
    let mut bench = Bench::of([slow().critical("500ms")]);
    let told = |bench: &mut Bench, second| bench.second(second)[0].alerts[0].clone();
    let warning = told(&mut bench, 'v');
    assert_eq!(warning.summary, "search p95 is 150.0ms, limit 100.0ms");
    let critical = told(&mut bench, 'c');
    assert_eq!(critical.summary, "search p95 is 600.0ms, limit 500.0ms");
    assert_eq!(critical.limit.as_deref(), Some("<= 500.0ms"));
}

#[test]
fn a_slow_call_is_shown_unless_nobody_knows_whether_it_is_one_of_those_looked_at() {
    let told = |rule: Rule| {
        let mut bench = Bench::of([rule]);
        let mut timer = bench.profiler.timer("search");
        timer.metadata("tenant", "acme");
        bench.hand.advance(std::time::Duration::from_secs(9));
        timer.stop();
        bench.now = 9;
        bench.second('v').remove(0).alerts.remove(0).description
    };
    let of_window = told(slow().window(crate::seconds(60)));
    assert!(of_window.contains("A slow call took 9000.0ms, tenant=acme."), "{of_window}");
    // It was long before the last ten calls.
    let of_last = told(slow().last(10));
    assert!(!of_last.contains("call took"), "{of_last}");
    assert!(of_last.contains("Slowest operations: search"), "{of_last}");
}

#[test]
fn a_rule_says_it_in_its_own_words() {
    let template =
        "{{ labels.operation }}: {{ observed }} > {{ limit }} ({{ severity }}, {{ status }})";
    let mut bench = Bench::of([slow().summary(template)]);
    assert_eq!(
        bench.second('v')[0].alerts[0].summary,
        "search: 150.0ms > <= 100.0ms (warning, firing)"
    );
}

#[test]
fn all_rules_say_it_in_the_words_of_the_file() {
    let sla = SlaConfig::from_toml(
        "[operations.search]\nmax_p95 = \"100ms\"\n[[alerts]]\nname = \"slow\"\nwatch = \"all\"\nwindow = \"1s\"\n\
         [alerting]\nsummary = \"look: {{ headline }}\"\ndescription = \"{{ evidence | length }} line\"\n",
    );
    let mut bench = Bench::new(Rules::from_sla(&sla.unwrap()).unwrap());
    let alert = bench.second('v').remove(0).alerts.remove(0);
    assert_eq!(alert.summary, "look: search p95 is 150.0ms, limit 100.0ms");
    assert_eq!(alert.description, "1 line");
}

#[test]
fn a_broken_template_is_refused_with_its_place() {
    let told = |template: &str| Rules::new([slow().summary(template)]).unwrap_err().to_string();
    let broken = told("p95 {{ observed");
    assert!(broken.starts_with("alert \"slow\": summary: 1:"), "{broken}");
    let unknown = told("{{ observd }}");
    assert!(unknown.contains("there is no \"observd\" to say; there is alertname"), "{unknown}");
    let text = "[overall]\nmax_p95 = \"1s\"\n[[alerts]]\nname = \"x\"\nwatch = \"all\"\nsummary = \"{% if %}\"\n";
    let error = Rules::from_sla(&SlaConfig::from_toml(text).unwrap()).unwrap_err();
    assert_eq!(error.line(), Some(3));
    assert!(error.to_string().starts_with("sla:3: alert \"x\": summary: 1:"), "{error}");
}

#[test]
fn a_template_that_fails_says_the_default_and_is_counted() {
    // There is no such label here.
    let mut bench = Bench::of([slow().summary("{{ labels.tenant.name }}")]);
    let alert = bench.second('v').remove(0).alerts.remove(0);
    assert_eq!(alert.summary, "search p95 is 150.0ms, limit 100.0ms");
    assert_eq!(bench.engine.totals().template_failures, 1);
}

#[test]
fn hostile_names_are_plain_text_in_one_line_of_bounded_length() {
    let name = format!("{{{{ 7 * 7 }}}}\n\u{1b}[31m<b>{{% raw %}}{}", "x".repeat(10_000));
    // The core shortens longer names.
    let operation = &name[..60];
    let rule = Rule::new(&name, "p95 > 100ms".parse().unwrap())
        .operation(operation)
        .window(crate::seconds(1));
    let mut bench = Bench::of([rule]);
    bench.calls(operation, 'v');
    bench.tick();
    let alert = bench.evaluate().remove(0).alerts.remove(0);
    assert!(alert.summary.starts_with("{{ 7 * 7 }}  [31m<b>{% raw %}x"), "{}", alert.summary);
    assert!(!alert.summary.contains(['\n', '\u{1b}']));
    assert!(alert.summary.chars().count() <= 1_001 && alert.description.chars().count() <= 8_001);
    assert_eq!(alert.labels["alertname"], name);
}

#[test]
fn every_name_of_a_template_is_there_in_every_alert() {
    let all = "{{ alertname }}{{ severity }}{{ status }}{{ what }}{{ headline }}{{ observed }}{{ limit }}{{ since \
               }}{{ ended }}{{ duration }}{{ evidence | length }}{{ runbook }}{{ flapping }}{{ changes }}{{ \
               escalated }}{{ condition }}{{ operation }}{% if budget %}{{ budget.consumed }}{% endif %}{% if \
               sample %}{{ sample.took }}{% endif %}{{ worst | length }}{{ labels | length }}";
    for condition in ["p95 > 100ms", "no data", "memory > 1B"] {
        let mut bench = Bench::of([rule(condition).summary(all)]);
        bench.profiler.gauge("process_resident_memory_bytes").set(5.0);
        if condition == "p95 > 100ms" {
            bench.calls("search", 'v');
        }
        bench.tick();
        assert_eq!(bench.evaluate().len(), 1, "{condition}");
        assert_eq!(bench.engine.totals().template_failures, 0, "{condition}");
    }
}
