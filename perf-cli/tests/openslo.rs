//! OpenSLO on the command line. A test's name is the claim.

use std::fs;
use std::process::{Command, Output};
use tempfile::TempDir;

const PERFKIT: &str = env!("CARGO_BIN_EXE_perfkit");

const SLA: &str = "overall_operation = \"answer\"\n[overall]\nmax_p95 = \"300ms\"\nmax_mean = \"90ms\"\n\
                   [[objectives]]\nname = \"fast answers\"\ngood = \"latency <= 300ms\"\ntarget = \"99%\"\n";

/// A folder with files, and the command run in it.
struct Desk(TempDir);

impl Desk {
    fn with(name: &str, text: &str) -> Self {
        let desk = Desk(tempfile::tempdir().unwrap());
        desk.write(name, text);
        desk
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).unwrap();
    }

    fn sla(&self, arguments: &[&str]) -> Output {
        Command::new(PERFKIT)
            .arg("sla")
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .unwrap()
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_file_goes_to_openslo_and_comes_back() {
    let desk = Desk::with("sla.toml", SLA);
    let exported = desk.sla(&["export", "sla.toml", "--service", "The shop"]);
    assert_eq!(exported.status.code(), Some(0), "{}", err(&exported));
    assert!(out(&exported).starts_with("apiVersion: \"openslo/v1\"\nkind: \"Service\"\n"));
    assert!(out(&exported).contains("displayName: \"The shop\""));
    assert!(
        err(&exported).contains("sla.toml: left out: overall.max_mean: "),
        "{}",
        err(&exported)
    );

    desk.write("slo.yaml", &out(&exported));
    let imported = desk.sla(&["import", "slo.yaml"]);
    assert_eq!(imported.status.code(), Some(0), "{}", err(&imported));
    assert_eq!(err(&imported), "");
    let text = out(&imported);
    assert!(
        text.contains("overall_operation = \"answer\"") && !text.contains("max_mean"),
        "{text}"
    );
    assert!(
        text.contains("\"max_p95\" = \"300ms\"") && text.contains("target = \"99%\""),
        "{text}"
    );

    desk.write("again.toml", &text);
    let checked = desk.sla(&["check", "again.toml"]);
    assert_eq!(out(&checked), "again.toml: 1 target, 1 objective\n");
}

#[test]
fn the_service_is_called_as_the_file_if_nobody_says_how() {
    let desk = Desk::with("checkout.toml", SLA);
    assert!(out(&desk.sla(&["export", "checkout.toml"])).contains("  service: \"checkout\"\n"));
}

#[test]
fn what_is_left_out_is_told_on_standard_error_with_its_place() {
    let desk = Desk::with("sla.toml", SLA);
    let yaml = out(&desk.sla(&["export", "sla.toml"]));
    let two = yaml.replacen("type: \"perfkit\"", "type: \"Prometheus\"", 1);
    desk.write("slo.yaml", &two);
    let imported = desk.sla(&["import", "slo.yaml"]);
    assert_eq!(imported.status.code(), Some(0), "{}", err(&imported));
    let told = err(&imported);
    assert!(
        told.contains("slo.yaml:42:7: left out: the SLO \"overall.max_p95\": it is measured by"),
        "{told}"
    );
    assert!(!out(&imported).contains("max_p95"), "{}", out(&imported));
}

#[test]
fn bad_input_ends_with_3_and_every_problem() {
    let desk = Desk::with("slo.yaml", "apiVersion: openslo/v2alpha\nkind: SLO\n---\nkind: SLO\n");
    let imported = desk.sla(&["import", "slo.yaml"]);
    assert_eq!(imported.status.code(), Some(3));
    let told = err(&imported);
    assert!(told.contains("slo.yaml:1:13: apiVersion \"openslo/v2alpha\" is not read"), "{told}");
    assert!(told.contains("slo.yaml:4:1: lacks apiVersion: openslo/v1"), "{told}");
    assert_eq!(out(&imported), "");

    for arguments in [
        &["import", "gone.yaml"][..],
        &["export", "gone.toml"],
        &["export", "slo.yaml"],
        &["import"],
    ] {
        let output = desk.sla(arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        assert!(out(&output).is_empty() && !err(&output).is_empty(), "{arguments:?}");
    }
}

#[test]
fn help_shows_examples() {
    let desk = Desk::with("sla.toml", SLA);
    for (command, example) in [
        ("import", "perfkit sla import slo.yaml > sla.toml"),
        ("export", "perfkit sla export sla.toml --service shop"),
    ] {
        let help = desk.sla(&[command, "--help"]);
        assert_eq!(help.status.code(), Some(0));
        assert!(out(&help).contains(example), "{}", out(&help));
    }
}
