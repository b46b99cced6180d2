//! What holds of every file and of every run.
//!
//! `PROPTEST_CASES` sets how many of each are tried: 100 if not set.

use crate::{manual, micros};
use perf_analysis::Confidence;
use perf_sla::{EventHistory, Rule, SlaConfig, Status};
use proptest::collection::vec;
use proptest::prelude::*;
use std::time::{Duration, SystemTime};

fn config() -> ProptestConfig {
    let default = ProptestConfig::default();
    let cases = std::env::var_os("PROPTEST_CASES").map_or(100, |_| default.cases);
    ProptestConfig { cases, failure_persistence: None, ..default }
}

/// A text in quotes, of characters that are easily written wrong.
fn text() -> impl Strategy<Value = String> {
    let quoted = |text: String| {
        let escaped: String = text.chars().map(|c| format!("\\U{:08X}", u32::from(c))).collect();
        format!("\"{escaped}\"")
    };
    prop_oneof!["[a-z]{1,8}", "[ -~]{1,12}", "\\PC{1,6}", "[\u{0}-\u{9f}]{1,6}"].prop_map(quoted)
}

fn time() -> impl Strategy<Value = String> {
    let unit = prop_oneof![
        Just("ns"),
        Just("us"),
        Just("ms"),
        Just("s"),
        Just("min"),
        Just("h"),
        Just("d")
    ];
    (1..100_000_u32, 0..1_000_u32, unit)
        .prop_map(|(whole, part, unit)| format!("\"{whole}.{part}{unit}\""))
}

fn share() -> impl Strategy<Value = String> {
    prop_oneof![
        (1..1_000_u32).prop_map(|n| format!("\"{}%\"", f64::from(n) / 10.0)),
        (1e-9..1.0_f64).prop_map(|share| format!("\"{share}\"")),
        (1_u64..1_000_000_000).prop_map(|n| format!("\"0.{n:019}\"")),
    ]
}

fn rule() -> impl Strategy<Value = String> {
    let certainty = prop_oneof![
        Just("point".to_owned()),
        Just("99%".to_owned()),
        (0.500001..0.999999_f64).prop_map(|share| share.to_string())
    ];
    let no_data = prop_oneof![Just("fail"), Just("pass"), Just("inconclusive")];
    (
        proptest::option::of(certainty),
        proptest::option::of(0..10_000_u64),
        proptest::option::of(no_data),
    )
        .prop_map(|(certainty, samples, no_data)| {
            let certainty = certainty.map(|c| format!("confidence = \"{c}\"\n"));
            let samples = samples.map(|n| format!("min_samples = {n}\n"));
            let no_data = no_data.map(|word| format!("on_no_data = \"{word}\"\n"));
            [certainty, samples, no_data].into_iter().flatten().collect()
        })
}

fn calls() -> impl Strategy<Value = String> {
    let percentile = (1..99_999_u32, time())
        .prop_map(|(p, limit)| format!("\"max_p{}\" = {limit}\n", f64::from(p) / 1_000.0));
    let apdex = (0.001..1.0_f64, time())
        .prop_map(|(score, t)| format!("min_apdex = {score}\napdex_threshold = {t}\n"));
    let keys = (
        percentile,
        proptest::option::of(time().prop_map(|t| format!("max_mean = {t}\n"))),
        proptest::option::of(share().prop_map(|s| format!("min_success_rate = {s}\n"))),
        proptest::option::of(
            (1e-6..1e9_f64).prop_map(|r| format!("min_throughput = \"{r:.9}/min\"\n")),
        ),
        proptest::option::of(apdex),
        proptest::option::of(time().prop_map(|t| format!("window = {t}\n"))),
        rule(),
    );
    keys.prop_map(|(a, b, c, d, e, f, g)| {
        [Some(a), b, c, d, e, f, Some(g)].into_iter().flatten().collect::<String>()
    })
}

fn objective() -> impl Strategy<Value = String> {
    let good = prop_oneof![
        Just("good = \"success\"\n".to_owned()),
        time().prop_map(|t| format!(
            "operation = \"work\"\ngood = \"latency <= {}\"\n",
            t.trim_matches('"')
        )),
        (time(), any::<i32>(), "[a-z]{2,6}\\.[a-z]{1,4}").prop_map(|(t, n, flag)| format!(
            "good = \"stage.one <= {} and key >= {} and x{flag}\"\n",
            t.trim_matches('"'),
            f64::from(n) / 8.0
        )),
    ];
    let period = prop_oneof![Just("30d"), Just("month"), Just("week"), Just("36h"), Just("90min")];
    let slices = proptest::option::of((1..3_600_u32, share()));
    let burn =
        proptest::option::of(((1..100_u32), 60..5_000_u64, proptest::option::of(1..1_000_u64)));
    (good, share(), period, slices, burn, rule(), text()).prop_map(
        |(good, target, period, slices, burn, rule, about)| {
            let slices = slices.map_or(String::new(), |(length, target)| {
                format!("budgeting = \"time_slices\"\nslice = \"{length}s\"\nslice_target = {target}\n")
            });
            let burn = burn.map_or(String::new(), |(budget, long, fewest)| {
                let fewest = fewest.map_or(String::new(), |n| format!("min_events = {n}\n"));
                format!("[[objectives.burn_rates]]\nbudget = \"{budget}%\"\nlong = \"{long}s\"\n{fewest}")
            });
            format!("{good}description = {about}\ntarget = {target}\nperiod = \"{period}\"\n{slices}{rule}{burn}")
        },
    )
}

/// A file with something of everything.
fn file() -> impl Strategy<Value = String> {
    let operations = vec((text(), calls()), 0..3);
    let metric = (text(), -1e12..1e12_f64, share(), rule()).prop_map(|(label, max, ratio, rule)| {
        format!(
            "[metrics.a]\ngauge = 'g{{x=\"1\"}} + h'\nmax = {max:?}\nby = {label}\n{rule}[metrics.b]\ngood = 'g'\ntotal = 't'\nmin_ratio = {ratio}\n{rule}"
        )
    });
    let resources = (1..u64::MAX / 2048, 0..1_u64 << 53).prop_map(|(bytes, files)| {
        format!("[resources]\nmax_memory = \"{bytes}B\"\nmax_open_files = {files}\n")
    });
    let defaults = proptest::option::of(calls());
    (defaults, calls(), operations, metric, resources, vec(objective(), 0..3), text()).prop_map(
        |(defaults, overall, operations, metric, resources, objectives, name)| {
            let mut file = format!("overall_operation = {name}\n");
            if let Some(defaults) = defaults {
                file += &format!("[defaults]\n{defaults}");
            }
            file += &format!("[overall]\n{overall}");
            for (i, (name, calls)) in operations.iter().enumerate() {
                // A name of its own.
                file += &format!("[operations.\"{i}{}]\n{calls}", &name[1..]);
            }
            file += &metric;
            file += &resources;
            for (i, objective) in objectives.iter().enumerate() {
                file += &format!("[[objectives]]\nname = \"{i}\"\n{objective}");
            }
            file + "[[alerts]]\nname = \"x\"\nwatch = \"metrics.a.max\"\nfor = \"1.5s\"\n"
        },
    )
}

/// The events of `work`: so many good calls and so many failures.
fn judged(rule: &str, good: u64, bad: u64) -> Status {
    let (profiler, _) = manual();
    (0..good).for_each(|_| profiler.record("work", micros(1)));
    (0..bad).for_each(|_| profiler.record_failure("work", micros(1)));
    crate::check(&format!("[operations.work]\n{rule}"), &profiler.snapshot()).status
}

/// Stretches that follow each other, with gaps.
fn stretches() -> impl Strategy<Value = Vec<(u64, u64, u64, u64, u64)>> {
    vec((0..5_000_u64, 0..5_000_u64, 0..100_u64, 0..100_u64, 0..100_u64), 0..20).prop_map(|steps| {
        let mut end = 0;
        let stretch = |(gap, span, least, more, good): (u64, u64, u64, u64, u64)| {
            let from = end + gap;
            end = from + span;
            (from, end, least + more + good, least, least + more)
        };
        steps.into_iter().map(stretch).collect()
    })
}

fn history(stretches: &[(u64, u64, u64, u64, u64)]) -> EventHistory {
    let line = |(from, to, total, least, most): &(u64, u64, u64, u64, u64)| {
        format!("[{from}, {to}, {total}, {least}, {most}],")
    };
    let lines: String = stretches.iter().map(line).collect();
    let text = format!("version = 1\n[objectives]\nx = [{lines}]\n[end]\n");
    EventHistory::from_toml(&text).unwrap()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_file_that_is_written_promises_what_was_read(text in file()) {
        // A default may meet the same percentile in another notation, or shares be too close to 1.
        if let Ok(read) = SlaConfig::from_toml(&text) {
            let written = read.to_toml();
            let again = SlaConfig::from_toml(&written).unwrap_or_else(|error| panic!("{error}\n{written}\n{text}"));
            prop_assert_eq!(again.to_toml(), written);
            prop_assert_eq!(again.overall_operation(), read.overall_operation());
            prop_assert_eq!(again.metrics(), read.metrics());
            let targets = |config: &SlaConfig| {
                let mut targets = config.targets().to_vec();
                // Those of an operation that were inherited come after its own only once.
                targets.iter_mut().for_each(|target| target.line = None);
                targets
            };
            prop_assert_eq!(targets(&again), targets(&read));
            let objectives = |config: &SlaConfig| {
                let mut objectives = config.objectives().to_vec();
                objectives.iter_mut().for_each(|objective| objective.line = None);
                objectives
            };
            prop_assert_eq!(objectives(&again), objectives(&read));
            let (profiler, _) = manual();
            let _ = read.watch(&profiler);
            profiler.record("work", micros(5));
            let verdict = read.evaluate(&profiler.snapshot());
            prop_assert!(verdict.checks().iter().all(|check| !check.to_string().is_empty()));
            prop_assert!(!read.explain().is_empty());
        }
    }

    #[test]
    fn most_random_files_are_files(files in vec(file(), 20)) {
        let read = files.iter().filter(|text| SlaConfig::from_toml(text).is_ok()).count();
        prop_assert!(read > 0, "{}\n{:?}", files[0], SlaConfig::from_toml(&files[0]));
    }

    #[test]
    fn more_bad_events_never_improve_the_answer(good in 0..600_u64, bad in 0..40_u64, p in 1..200_u32, point in any::<bool>()) {
        let certainty = if point { "confidence = \"point\"\n" } else { "" };
        let rule = format!("{certainty}max_error_rate = \"{}%\"", f64::from(p) / 10.0);
        let (fewer, more) = (judged(&rule, good + 1, bad), judged(&rule, good, bad + 1));
        prop_assert!(more >= fewer, "{fewer} of {bad}, {more} of one more");
    }

    #[test]
    fn fewer_samples_than_it_takes_are_never_met(share in 0.5..0.9999_f64, part in 0.0..1.0_f64) {
        let needed = (0.05_f64.ln() / share.ln()).ceil() as u64;
        let few = ((needed - 1) as f64 * part) as u64;
        let rule = format!("min_success_rate = \"{share}\"");
        prop_assert_ne!(judged(&rule, few, 0), Status::Met);
        if needed < 5_000 {
            prop_assert_eq!(judged(&rule, needed + 1, 0), Status::Met);
        }
    }

    #[test]
    fn answers_of_each_are_together_as_sure_as_asked(confidence in 0.51..0.999_f64, count in 1..5_000_usize) {
        let all = Confidence::new(confidence).unwrap();
        let each = all.of_each(count);
        prop_assert!(each.alpha() * count as f64 <= all.alpha() * (1.0 + 1e-12));
        prop_assert!(each >= all);
    }

    #[test]
    fn what_comes_after_never_counts_twice(first in stretches(), second in stretches()) {
        let (a, b) = (history(&first), history(&second));
        let both = a.clone().then(&b);
        let events = both.of("x");
        prop_assert!(events.windows(2).all(|pair| pair[0].to <= pair[1].from), "they overlap");
        let total = |history: &EventHistory| history.of("x").iter().map(|e| e.total).sum::<u64>();
        prop_assert!(total(&both) <= total(&a) + total(&b) && total(&both) >= total(&a));
        prop_assert_eq!(both.clone().then(&b), both.clone());
        prop_assert_eq!(both.clone().then(&a), both);
    }

    #[test]
    fn a_history_is_read_as_it_is_written(stretches in stretches()) {
        let history = history(&stretches);
        let again = EventHistory::from_toml(&history.to_toml()).unwrap();
        prop_assert_eq!(&again, &history);
        let sla = crate::sla("[[objectives]]\nname = \"x\"\ngood = \"success\"\ntarget = \"90%\"");
        let check = &sla.evaluate_objectives(&history, SystemTime::UNIX_EPOCH + Duration::from_secs(500))[0];
        let budget = check.budget.as_ref().unwrap();
        prop_assert!((0.0..=1.0).contains(&budget.coverage));
        prop_assert!(budget.consumed >= 0.0 && budget.bad.0 <= budget.bad.1 && budget.bad.1 <= budget.total);
    }

    #[test]
    fn a_limit_is_read_as_it_is_printed(time in time(), share in share()) {
        let text = format!("[overall]\nmax_p95 = {time}\nmin_success_rate = {share}\n");
        if let Ok(read) = SlaConfig::from_toml(&text) {
            let again = crate::sla(&read.to_toml());
            prop_assert_eq!(read.targets()[0].limit, again.targets()[0].limit);
            prop_assert_eq!(read.targets()[1].limit, again.targets()[1].limit);
            prop_assert_eq!(read.targets()[0].rule, Rule::default());
        }
    }
}
