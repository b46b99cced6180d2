//! What Prometheus' own promtool says of generated rules and of their tests.

use super::generated::{FILE, generator};
use perf_export::generate::Generator;
use perf_export::prometheus::Naming;
use std::process::Command;

/// A promtool that runs, or a line that says why there is none.
fn promtool() -> Option<String> {
    let given = std::env::var("PERFKIT_PROMTOOL").ok();
    let tool = given.clone().unwrap_or_else(|| "promtool".to_owned());
    match Command::new(&tool).arg("--version").output() {
        Ok(output) if output.status.success() => Some(tool),
        told => {
            assert!(given.is_none(), "PERFKIT_PROMTOOL={tool}: {told:?}");
            println!("skipped: no promtool on PATH, and PERFKIT_PROMTOOL is not set");
            None
        }
    }
}

/// Checks the rules and runs their tests.
fn verify(tool: &str, generator: &Generator) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("rules.yml", &generator.rules());
    write("tests.yml", &generator.tests("rules.yml"));
    let run = |arguments: &[&str]| {
        let output =
            Command::new(tool).args(arguments).current_dir(folder.path()).output().unwrap();
        let told = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        (output.status.success(), told)
    };
    let (is_clean, told) = run(&["check", "rules", "--lint=all", "--lint-fatal", "rules.yml"]);
    assert!(is_clean, "{told}\n{}", generator.rules());
    let (passes, told) = run(&["test", "rules", "tests.yml"]);
    assert!(passes, "{told}");
}

#[test]
fn rules_of_everything_are_clean_and_their_tests_pass() {
    let Some(tool) = promtool() else { return };
    verify(&tool, &generator(FILE).selector("job=~\"api|worker\",env=\"prod\"").unwrap());
}

#[test]
fn rules_with_other_names_and_intervals_are_clean_and_their_tests_pass() {
    let Some(tool) = promtool() else { return };
    let file = "overall_operation = \"answer\"\n[overall]\nmax_p95 = \"1s\"\nmax_mean = \"1s\"\nmin_throughput = \"1/s\"\n\
                [operations.search]\nmin_throughput = \"5/s\"\nmax_mean = \"2.5ms\"\n\
                [[objectives]]\nname = \"x\"\ngood = \"success\"\ntarget = \"99.95%\"\nperiod = \"28d\"";
    for (naming, seconds) in [(Naming::Stages, 15), (Naming::Inference, 60)] {
        let generator = generator(file).naming(naming).prefix("rag_").unwrap();
        verify(&tool, &generator.interval(std::time::Duration::from_secs(seconds)).unwrap());
    }
}

#[test]
fn rules_of_hostile_names_are_clean_and_their_tests_pass() {
    let Some(tool) = promtool() else { return };
    let name = r#"'\"\\ {{ $labels.x }} } {{{ \n # ü"#;
    let file = format!(
        "[operations.\"{name}\"]\nmax_p95 = \"1s\"\nmin_throughput = \"1/s\"\n\
         [[objectives]]\nname = \"{name}\"\noperation = \"{name}\"\ngood = \"success\"\ntarget = \"99%\"\n\
         [[alerts]]\nname = \"{name}\"\nwatch = \"objectives.{name}\"\nsummary = \"{name}\"\n"
    );
    verify(&tool, &generator(&file));
}

#[test]
fn the_tests_fail_when_a_rule_is_wrong() {
    let Some(tool) = promtool() else { return };
    let file = "[[objectives]]\nname = \"x\"\ngood = \"success\"\ntarget = \"99%\"\n[operations.a]\nmax_p95 = \"1s\"";
    let generator = generator(file);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tests.yml"), generator.tests("rules.yml")).unwrap();
    let mistakes = [
        ("factors", ">= 0.", ">= 9."),
        ("guards", "and perf_sla:events", "or perf_sla:events"),
        ("shares", "> 0.05", "> 1.05"),
        ("times", "for: \"2m\"", "for: \"3h\""),
        ("labels", "severity: \"critical\"", "severity: \"info\""),
    ];
    for (what, right, wrong) in mistakes {
        let rules = generator.rules();
        assert!(rules.contains(right), "{what}: {rules}");
        std::fs::write(folder.path().join("rules.yml"), rules.replace(right, wrong)).unwrap();
        let output = Command::new(&tool)
            .args(["test", "rules", "tests.yml"])
            .current_dir(folder.path())
            .output();
        assert!(!output.unwrap().status.success(), "{what}: {wrong} for {right}");
    }
}
