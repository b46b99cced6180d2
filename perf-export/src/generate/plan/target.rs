//! Targets that are shares of events: told of when more are bad than chance explains.

use super::alerting::{Telling, labels};
use super::events::Events;
use super::{Alert, Group, Plan, Text, Traffic};
use crate::generate::generator::Generator;
use crate::generate::promql::{decimal, duration};
use perf_sla::{Certainty, Promise, Target};
use std::collections::BTreeSet;
use std::time::Duration;

pub(super) fn plan(generator: &Generator, promise: &Promise<'_>, plan: &mut Plan) {
    let Some(target) = promise.target() else { return };
    let events = Events::of(generator, promise);
    let tellings = Telling::of(generator, &events.path);
    let windows: BTreeSet<Duration> =
        tellings.iter().map(|telling| generator.window(telling.window())).collect();
    let recordings = events.recordings(&windows);
    let allowed = promise.allowed();
    let alert = |telling| alert(generator, &events, target, allowed, telling);
    let alerts = tellings.iter().map(alert).collect();
    plan.groups.push(Group { name: events.path.clone(), recordings, alerts });
}

fn alert(
    generator: &Generator,
    events: &Events<'_>,
    target: &Target,
    allowed: f64,
    telling: &Telling<'_>,
) -> Alert {
    let window = generator.window(telling.window());
    let [ratio, all] = ["error_ratio", "events"].map(|what| events.recorded(what, window));
    let share = decimal(allowed);
    let mut terms = vec![format!("{ratio} > {share}")];
    let certainty = target.rule.certainty;
    if let (Certainty::Firm(confidence), true) = (certainty, allowed > 0.0) {
        let z = decimal(normal_quantile(confidence.alpha()));
        terms.push(format!(
            "round({ratio} * {all})\n>= {share} * {all} + {z} * sqrt({share} * {all}) + 1"
        ));
    }
    if target.rule.min_samples > 0 {
        terms.push(format!("{all} >= {}", target.rule.min_samples));
    }
    let [good, total] = events.counters();
    let summary = format!("{}: more is bad than was promised", target.path);
    let description = Text::percentage().then(format!(
        " of the events of the last {} are bad; {}% may be ({} {} {}).",
        duration(window),
        decimal(allowed * 100.0),
        target.subject,
        target.indicator,
        target.limit,
    ));
    let is_guarded = matches!(certainty, Certainty::Firm(_)) && allowed > 0.0;
    Alert {
        name: telling.name.clone(),
        expression: terms.join("\nand "),
        pending: telling.pending(Duration::from_secs(120)),
        keep_firing: telling.keep_firing(Duration::from_secs(120)),
        labels: labels(events.labels(), telling.severity().unwrap_or_default()),
        annotations: telling.annotations(summary, description),
        traffic: Traffic::Events {
            events: target.rule.min_samples.max(enough(allowed)),
            is_guarded: is_guarded || target.rule.min_samples > 2,
            good,
            total,
        },
        has_process_labels: true,
    }
}

/// So many bad events are surely too many, whatever the confidence.
fn enough(allowed: f64) -> u64 {
    // With z below 9: n >= a n + 9 sqrt(a n) + 1.
    let left = (1.0 - allowed).max(1e-9);
    let root = (9.0 * allowed.sqrt() + (81.0 * allowed + 4.0 * left).sqrt()) / (2.0 * left);
    ((root * root).ceil() as u64 + 1).min(1 << 40)
}

/// The point that a normal variable is above with this chance (Abramowitz and Stegun, 26.2.23), to 0.001.
fn normal_quantile(chance: f64) -> f64 {
    let t = (-2.0 * chance.ln()).sqrt();
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    ((t - above / below) * 1e3).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use perf_sla::Confidence;

    /// The chance of `bad` bad ones or more of `count`, term by term.
    fn tail(count: u64, bad: u64, share: f64) -> f64 {
        let mut term = (1.0 - share).powf(count as f64);
        let mut below = 0.0;
        for i in 0..bad {
            below += term;
            term *= (count - i) as f64 / (i + 1) as f64 * share / (1.0 - share);
        }
        1.0 - below
    }

    #[test]
    fn what_is_told_of_is_beyond_chance_as_in_the_verdict() {
        for (share, confidence) in [(0.05, 0.95), (0.01, 0.95), (0.001, 0.95), (0.01, 0.99)] {
            let alpha = Confidence::new(confidence).unwrap().alpha();
            let z = normal_quantile(alpha);
            for count in [20_u64, 50, 100, 200, 500, 1_000, 5_000] {
                let expected = share * count as f64;
                let most = (expected + z * expected.sqrt() + 1.0).ceil() as u64;
                // No more false alarms than a verdict has, but for what the estimate is off.
                assert!(tail(count, most, share) <= alpha * 1.5, "{share} {count} {most}");
                // And no more than a few events later than it.
                let late =
                    (0..most).rev().take_while(|bad| tail(count, *bad, share) <= alpha).count();
                assert!(late <= 2 + most as usize / 20, "{share} {count} {most} {late}");
            }
        }
        assert_eq!(normal_quantile(0.05), 1.645);
    }

    #[test]
    fn enough_bad_events_are_beyond_any_guard() {
        for share in [0.0, 1e-6, 0.01, 0.5, 0.95] {
            let n = enough(share) as f64;
            assert!(n >= share * n + 9.0 * (share * n).sqrt() + 1.0, "{share} {n}");
        }
    }
}
