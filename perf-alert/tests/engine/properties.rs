//! Whatever happens, in whatever order.

use crate::{Bench, at, rule, seconds};
use perf_alert::{Engine, Notification, Reason, Rule, Severity, WithoutData};
use proptest::prelude::*;

/// Seconds of what [`Bench::calls`] knows.
fn happening() -> impl Strategy<Value = Vec<char>> {
    prop::collection::vec(prop::sample::select(vec!['v', 'c', 'm', 'b', '?', '-']), 1..60)
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let times = (0..4_u64, 0..4_u64, 1..8_u64, prop::option::of(1..6_u64));
    let data =
        prop::sample::select(vec![WithoutData::Keep, WithoutData::Resolve, WithoutData::Fire]);
    (times, any::<[bool; 3]>(), data).prop_map(|(times, [flapping, recovers, critical], data)| {
        let (pending, keep, cooldown, escalate) = times;
        let rule = rule("p95 > 100ms")
            .operation("search")
            .pending(seconds(pending))
            .keep_firing(seconds(keep))
            .cooldown(seconds(cooldown))
            .flapping(flapping)
            .on_no_data(data);
        let rule = if recovers { rule.recovery("50ms") } else { rule };
        let rule = if critical { rule.critical("500ms") } else { rule };
        escalate.map_or(rule.clone(), |after| rule.escalate_after(seconds(after)))
    })
}

/// What was told in each second.
fn run(bench: &mut Bench, happens: &[char]) -> Vec<Vec<Notification>> {
    happens.iter().map(|what| bench.second(*what)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_alert_fires_and_is_over_by_turns(rule in any_rule(), happens in happening(), cooldown in 1..8_u64) {
        let mut bench = Bench::of([rule.cooldown(seconds(cooldown)).repeat(seconds(cooldown))]);
        let mut told = run(&mut bench, &happens);
        // Long enough for the slowest way out: flapping settles within 21 rounds.
        told.extend(run(&mut bench, &['m'; 30]));
        let mut fires = false;
        let (mut fired, mut worst) = (None, Severity::Info);
        for notification in told.iter().flatten() {
            prop_assert_eq!(notification.alerts.len(), 1);
            match notification.reason {
                Reason::Fired => {
                    prop_assert!(!fires, "fired twice");
                    let since = fired.map(|fired| notification.at.duration_since(fired).unwrap());
                    let is_worse = notification.severity() > worst;
                    prop_assert!(since.is_none_or(|since| is_worse || since >= seconds(cooldown)), "{:?}", since);
                    (fires, fired, worst) = (true, Some(notification.at), notification.severity());
                }
                Reason::Resolved => {
                    prop_assert!(fires, "was over before it fired");
                    fires = false;
                }
                _ => prop_assert!(fires, "{:?} of what does not fire", notification.reason),
            }
            worst = worst.max(notification.severity());
            prop_assert_eq!(notification.alerts[0].told, Some(worst));
            prop_assert_eq!(notification.is_firing(), notification.reason != Reason::Resolved);
        }
        prop_assert!(!fires, "is never over");
        prop_assert!(bench.engine.alert_summary().active.is_empty());
    }

    #[test]
    fn a_restored_engine_goes_on_as_if_nothing_had_been(rule in any_rule(), happens in happening(), cut in 0..60_usize) {
        let whole = run(&mut Bench::of([rule.clone()]), &happens);
        let mut bench = Bench::of([rule]);
        let cut = cut.min(happens.len());
        let mut parts = run(&mut bench, &happens[..cut]);
        let state = bench.engine.save_state();
        bench.engine = Engine::new(bench.engine.rules().clone());
        bench.engine.restore_state(&state).unwrap();
        prop_assert_eq!(bench.engine.save_state(), state);
        parts.extend(run(&mut bench, &happens[cut..]));
        prop_assert_eq!(parts, whole);
    }

    #[test]
    fn nothing_breaks_whatever_the_clock_on_the_wall_does(
        rule in any_rule(),
        steps in prop::collection::vec((prop::sample::select(vec!['v', 'c', 'm', '-']), 0..10_000_u64), 1..40),
    ) {
        let mut bench = Bench::of([rule]);
        let mut fires = false;
        for (what, wall) in steps {
            bench.calls("search", what);
            bench.tick();
            for told in bench.engine.evaluate(&bench.source, at(wall)) {
                prop_assert_eq!(told.reason == Reason::Fired, !fires);
                fires = told.reason != Reason::Resolved;
                let alert = &told.alerts[0];
                prop_assert!(alert.ended.is_none_or(|ended| ended >= alert.started));
            }
        }
    }
}
