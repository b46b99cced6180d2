//! What we write, we read.

use perf_sla::{Objective, SlaConfig, Target};
use proptest::prelude::*;
use std::fs;
use std::path::Path;

fn golden(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openslo").join(name);
    fs::read_to_string(path).unwrap()
}

/// Everything that OpenSLO can say, without lines and in one order.
fn said(config: &SlaConfig) -> (Vec<Target>, Vec<Objective>) {
    let is_said = |target: &&Target| {
        let key = target.path.rsplit('.').next().unwrap_or("");
        let path = &target.path;
        let is_percentile = path.contains(".max_p");
        is_percentile
            || ["min_throughput", "min_success_rate", "max_error_rate", "min_ratio"].contains(&key)
    };
    let targets = config.targets().iter().filter(is_said);
    let mut targets: Vec<Target> = targets
        .map(|target| {
            let mut target = target.clone();
            target.line = None;
            target
        })
        .collect();
    targets.sort_by(|a, b| a.path.cmp(&b.path));
    let objectives = config.objectives().iter().map(|objective| {
        let mut objective = objective.clone();
        objective.line = None;
        objective
    });
    (targets, objectives.collect())
}

#[test]
fn the_export_is_the_committed_one() {
    let export = SlaConfig::from_toml(&golden("shop.toml")).unwrap().to_openslo("The shop");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openslo");
        fs::write(folder.join("shop.openslo.yaml"), &export.yaml).unwrap();
        fs::write(folder.join("shop.left_out.txt"), export.left_out.join("\n") + "\n").unwrap();
    }
    assert_eq!(export.yaml, golden("shop.openslo.yaml"));
    assert_eq!(export.left_out.join("\n") + "\n", golden("shop.left_out.txt"));
}

#[test]
fn what_was_exported_is_imported_unchanged() {
    let config = SlaConfig::from_toml(&golden("shop.toml")).unwrap();
    let import = SlaConfig::from_openslo(&golden("shop.openslo.yaml")).unwrap();
    assert!(import.left_out.is_empty(), "{:?}", import.left_out);
    assert_eq!(said(&import.config), said(&config));
    assert_eq!(import.config.overall_operation(), config.overall_operation());
    assert_eq!(import.config.metrics(), &config.metrics()[..1]);
    // And what was imported is an SLA file.
    let again = SlaConfig::from_toml(&import.config.to_toml()).unwrap();
    assert_eq!(said(&again), said(&config));
}

#[test]
fn names_are_labels_and_no_document_has_the_name_of_another() {
    let mut toml = String::new();
    for (i, name) in ["a b", "a-b", "A B", "ÄÖ", "!", &"x".repeat(200)].into_iter().enumerate() {
        toml += &format!(
            "[[objectives]]\nname = {name:?}\noperation = \"o{i}\"\ngood = \"success\"\ntarget = \"99%\"\n"
        );
    }
    let config = SlaConfig::from_toml(&toml).unwrap();
    let yaml = config.to_openslo("Ein Dienst").yaml;
    let named =
        |line: &str| line.strip_prefix("  name: \"").map(|n| n.trim_end_matches('"').to_owned());
    let names: Vec<String> = yaml.lines().filter_map(named).collect();
    assert_eq!(names.len(), 1 + 6 * (1 + 2 * 4));
    for name in &names {
        let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(name.len() <= 63 && name.chars().all(fine), "{name}");
        assert!(!name.starts_with('-') && !name.ends_with('-'), "{name}");
    }
    assert_eq!(said(&SlaConfig::from_openslo(&yaml).unwrap().config), said(&config));
}

#[test]
fn a_time_zone_comes_back() {
    let toml = "time_zone = \"Europe/Berlin\"\n[[objectives]]\nname = \"a\"\noperation = \"o\"\ngood = \"success\"\n\
                target = \"99%\"\nperiod = \"quarter\"\n";
    let config = match SlaConfig::from_toml(toml) {
        Ok(config) => config,
        Err(told) => return eprintln!("skipped: no time zone database here: {told}"),
    };
    let yaml = config.to_openslo("s").yaml;
    assert!(yaml.contains("timeZone: \"Europe/Berlin\""), "{yaml}");
    assert_eq!(said(&SlaConfig::from_openslo(&yaml).unwrap().config), said(&config));
}

/// A name that may hold anything.
fn name() -> impl Strategy<Value = String> {
    "[ -~äß\u{7f}\u{85}\u{2028}\u{feff}\t\n]{1,12}"
        .prop_filter("no text", |text| !text.trim().is_empty())
}

fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// A share of at most four decimals in percent, above 0 and below 100.
fn share() -> impl Strategy<Value = String> {
    (1..1_000_000_u32).prop_map(|n| format!("\"{}.{:04}%\"", n / 10_000, n % 10_000))
}

fn time() -> impl Strategy<Value = String> {
    (1..5_000_u32, prop::sample::select(vec!["us", "ms", "s"]))
        .prop_map(|(n, unit)| format!("{n}{unit}"))
}

fn targets() -> impl Strategy<Value = String> {
    let key = |key: &'static str, value: BoxedStrategy<String>| {
        prop::option::of(value.prop_map(move |value| format!("{key} = {value}\n")))
    };
    let text = |value: BoxedStrategy<String>| value.prop_map(|text| format!("\"{text}\"")).boxed();
    (
        key("max_p95", text(time().boxed())),
        key("\"max_p99.99\"", text(time().boxed())),
        key("max_mean", text(time().boxed())),
        key("min_throughput", text((1..9_999_u32).prop_map(|n| format!("{n}/min")).boxed())),
        key("min_success_rate", share().boxed()),
        key("max_error_rate", share().boxed()),
        key("min_samples", (1..500_u32).prop_map(|n| n.to_string()).boxed()),
        key("window", text(time().boxed())),
    )
        .prop_map(|(a, b, c, d, e, f, g, h)| {
            [a, b, c, d, e, f, g, h].into_iter().flatten().collect::<String>()
        })
}

fn objective() -> impl Strategy<Value = String> {
    let good = prop_oneof![
        Just("operation = \"o\"\ngood = \"success\"\n".to_owned()),
        time().prop_map(|time| format!("operation = \"o p\"\ngood = \"latency <= {time}\"\n")),
        time().prop_map(|time| format!("good = \"latency <= {time} and s.hit\"\n")),
        time().prop_map(|time| format!("good = \"stage <= {time}\"\n")),
    ];
    let period = prop_oneof![
        (1..366_u32).prop_map(|n| format!("{n}d")),
        (60..9_999_u32).prop_map(|n| format!("{n}s")),
        prop::sample::select(vec!["day", "week", "month", "quarter", "year"])
            .prop_map(str::to_owned),
    ];
    let slices = prop::option::of((1..9_999_u32, share()).prop_map(|(seconds, share)| {
        format!("budgeting = \"time_slices\"\nslice = \"{seconds}s\"\nslice_target = {share}\n")
    }));
    (name(), good, share(), period, slices).prop_map(|(text, good, share, period, slices)| {
        let slices = slices.unwrap_or_default();
        let text = quoted(&text);
        format!("description = {text}\n{good}target = {share}\nperiod = \"{period}\"\n{slices}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_promises_come_back(
        operations in prop::collection::btree_map(name(), targets(), 0..4),
        objectives in prop::collection::btree_map(name(), objective(), 0..4),
        service in ".{0,30}",
    ) {
        let mut toml = String::new();
        for (name, targets) in &operations {
            toml += &format!("[operations.{}]\n{targets}", quoted(name));
        }
        for (name, objective) in &objectives {
            toml += &format!("[[objectives]]\nname = {}\n{objective}", quoted(name));
        }
        let Ok(config) = SlaConfig::from_toml(&toml) else { return Ok(()) };
        let export = config.to_openslo(&service);
        let expected = said(&config);
        match SlaConfig::from_openslo(&export.yaml) {
            Ok(import) => {
                prop_assert_eq!(said(&import.config), expected, "{}", export.yaml);
                prop_assert!(import.left_out.is_empty(), "{:?}", import.left_out);
                let toml = import.config.to_toml();
                match SlaConfig::from_toml(&toml) {
                    Ok(again) => prop_assert_eq!(said(&again), said(&import.config), "{}", toml),
                    Err(told) => prop_assert!(false, "{told}\n{toml}"),
                }
            }
            Err(told) => {
                let nothing = expected.0.is_empty() && expected.1.is_empty();
                prop_assert!(nothing, "{told}\n{}", export.yaml);
            }
        }
    }

    #[test]
    fn no_mutilated_document_makes_it_panic(
        cut in any::<prop::sample::Index>(),
        length in 0..40_usize,
        instead in "[ -~\n\t]{0,8}",
    ) {
        let mut text = golden("shop.openslo.yaml");
        let from = cut.index(text.len());
        let to = (from + length).min(text.len());
        text.replace_range(from..to, &instead);
        if let Ok(import) = SlaConfig::from_openslo(&text) {
            let _ = import.config.to_openslo("again");
            let _ = import.config.to_toml();
        }
    }
}
