//! What outlives the process.

use crate::{Bench, at, seconds, slow};
use perf_alert::{Engine, Loaded, Reason, Rule, Rules, Silence, Source, StateFile};
use perf_sla::{Metric, MetricSource, SeriesPattern, SlaConfig};
use std::path::PathBuf;

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("perf-alert-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn restart(bench: &mut Bench) {
    let state = bench.engine.save_state();
    let rules = bench.engine.rules().clone();
    bench.engine = Engine::new(rules);
    bench.engine.restore_state(&state).unwrap();
}

#[test]
fn what_fires_goes_on_with_the_same_start_and_nobody_is_told_twice() {
    let mut bench = Bench::of([slow().cooldown(seconds(10))]);
    assert_eq!(bench.told("v"), "F");
    restart(&mut bench);
    assert_eq!(bench.told("vv"), "..");
    assert_eq!(bench.engine.alert_summary().total, 1);
    let over = bench.second('m').remove(0);
    assert_eq!((over.reason, over.alerts[0].started), (Reason::Resolved, at(1)));
}

#[test]
fn what_was_pending_has_been_so_since_and_silences_last() {
    let mut bench = Bench::of([slow().pending(seconds(3))]);
    bench.engine.silence(Silence::until(at(6), [r#"operation=~"s.*""#.parse().unwrap()]));
    assert_eq!(bench.told("vv"), "..");
    restart(&mut bench);
    assert_eq!(bench.told("vvvv"), "...F");
}

#[test]
fn an_alert_whose_rule_is_gone_is_told_to_be_over() {
    let mut bench = Bench::of([slow()]);
    bench.told("v");
    let state = bench.engine.save_state();
    let mut bench = Bench::new(Rules::new([]).unwrap());
    bench.engine.restore_state(&state).unwrap();
    let told = bench.second('v');
    assert_eq!(told[0].reason, Reason::Resolved);
    assert!(told[0].alerts[0].summary.ends_with("and nobody looks at it any more"));
    assert!(bench.second('v').is_empty());
}

#[test]
fn an_alert_whose_target_or_operation_is_gone_is_told_to_be_over_to_those_of_its_rule() {
    let file = |targets: &str| {
        let alert = "[[alerts]]\nname = \"broken\"\nwatch = \"all\"\nwindow = \"1s\"\nhandlers = [\"pager\"]\n";
        Rules::from_sla(&SlaConfig::from_toml(&format!("{targets}\n{alert}")).unwrap()).unwrap()
    };
    let before = file("[operations.search]\nmax_p95 = \"100ms\"\nmax_p50 = \"90ms\"");
    for (after, gone) in [
        ("[operations.search]\nmax_p50 = \"90ms\"", vec!["operations.search.max_p95"]),
        (
            "[operations.find]\nmax_p95 = \"100ms\"\nmax_p50 = \"90ms\"",
            vec!["operations.search.max_p50", "operations.search.max_p95"],
        ),
    ] {
        let mut bench = Bench::new(before.clone());
        assert_eq!(bench.second('v').len(), 2);
        let state = bench.engine.save_state();
        bench.engine = Engine::new(file(after));
        bench.source = Source::new(&bench.profiler, bench.engine.rules());
        bench.engine.restore_state(&state).unwrap();
        // Also when the process dies before its first round.
        let state = bench.engine.save_state();
        bench.engine.restore_state(&state).unwrap();
        let told = bench.second('v');
        let over: Vec<_> = told.iter().filter(|told| told.reason == Reason::Resolved).collect();
        let labels = over.iter().map(|told| told.alerts[0].labels["target"].as_str());
        assert_eq!(labels.collect::<Vec<_>>(), gone);
        assert!(over.iter().all(|told| told.handlers == ["pager"]));
        assert!(bench.second('v').is_empty(), "once");
    }
}

#[test]
fn the_value_of_a_label_that_is_judged_by_is_not_gone() {
    let of_tenant = || {
        let source = MetricSource::Gauge(SeriesPattern::parse("depth").unwrap());
        let metric = Metric::new("depth", source).by("tenant");
        Rule::new("deep", "value > 10".parse().unwrap()).metric(metric).window(seconds(1))
    };
    let mut bench = Bench::of([of_tenant()]);
    bench.profiler.gauge_with("depth", &[("tenant", "acme")]).set(20.0);
    bench.tick();
    assert_eq!(bench.evaluate()[0].alerts[0].labels["tenant"], "acme");
    restart(&mut bench);
    bench.tick();
    assert!(bench.evaluate().is_empty());
    assert_eq!(bench.engine.alert_summary().active.len(), 1);
}

#[test]
fn a_corrupt_file_is_set_aside_and_told() {
    let folder = folder("corrupt");
    let file = StateFile::new(folder.join("alerts.state"));
    let mut bench = Bench::of([slow()]);
    assert_eq!(file.load(&mut bench.engine).unwrap(), Loaded::Nothing);
    bench.told("v");
    file.save(&bench.engine).unwrap();
    let whole = std::fs::read(file.path()).unwrap();
    assert_eq!(file.load(&mut bench.engine).unwrap(), Loaded::State);
    let cuts = [0, 1, whole.len() / 2, whole.len() - 1].map(|end| whole[..end].to_vec());
    for corrupt in cuts.into_iter().chain([vec![0xff; 10], b"{\"perfkit_alerts\":2}".to_vec()]) {
        std::fs::write(file.path(), &corrupt).unwrap();
        let loaded = file.load(&mut bench.engine).unwrap();
        let Loaded::SetAside { renamed, why } = loaded else { panic!("{loaded:?}") };
        assert!(renamed.ends_with("alerts.state.corrupt") && !why.is_empty());
        assert_eq!(std::fs::read(renamed).unwrap(), corrupt);
        assert!(!file.path().exists());
    }
    assert_eq!(bench.told("m"), "R", "nothing was changed by it");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_state_with_hostile_times_breaks_nothing() {
    let mut bench = Bench::of([slow().cooldown(seconds(1)).escalate_after(seconds(1))]);
    bench.told("v");
    let state = bench.engine.save_state();
    let digits = numbers(&state);
    for (from, to) in digits {
        for number in ["0", "18446744073709551615"] {
            let hostile = format!("{}{number}{}", &state[..from], &state[to..]);
            if bench.engine.restore_state(&hostile).is_ok() {
                bench.second('v');
                bench.second('m');
            }
        }
    }
}

/// Where whole numbers stand in a text.
fn numbers(text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = None;
    for (at, c) in text.char_indices() {
        match (from, c.is_ascii_digit()) {
            (None, true) => from = Some(at),
            (Some(start), false) => {
                found.push((start, at));
                from = None;
            }
            _ => {}
        }
    }
    found
}
