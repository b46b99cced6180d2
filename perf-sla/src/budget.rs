//! Error budgets: how much of what may be bad was, how fast it goes, and when nothing will be left.

use crate::burn_rate::BurnRatePair;
use crate::check::Check;
use crate::config::SlaConfig;
use crate::events::{Counts, EventHistory, Events};
use crate::exclusion::Exclusion;
use crate::judge;
use crate::objective::{Budgeting, Objective};
use crate::period::Period;
use crate::quantity::Quantity;
use crate::status::Status;
use crate::target::{Bound, Indicator, Subject, Target};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// The error budget of an objective.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Budget {
    /// The stretch it is for.
    pub period: Period,
    /// What it counts: events, or slices of time.
    pub budgeting: Budgeting,
    /// When the period began.
    pub from: SystemTime,
    /// Until when it was looked at.
    pub to: SystemTime,
    /// The share of the time from `from` to `to` that was observed, in `0.0..=1.0`. A process that is
    /// up for an hour knows little of 30 days.
    pub coverage: f64,
    /// Events, or slices, in it.
    pub total: u64,
    /// Bad ones of them: at least and at most.
    pub bad: (u64, u64),
    /// How many of `total` may be bad.
    pub allowed: f64,
    /// The share of `allowed` that is used up; above 1 more than all is. Infinite when something is bad
    /// and nothing may be.
    pub consumed: f64,
    /// How fast it goes, for each pair of windows of the objective.
    pub burn_rates: Vec<BurnRate>,
    /// In which time nothing is left, if it goes on as in the long window of the first pair: what is left
    /// x period / burn rate. What was not observed counts as neither good nor bad. `None` when nothing
    /// burns.
    pub exhausted_in: Option<Duration>,
    /// How it went: what had happened by then, oldest first, at most 101 points.
    pub history: Vec<BudgetPoint>,
    /// What did not count, and why.
    pub excluded: Vec<Excluded>,
    /// What the answer would be without exclusions.
    pub status_without_exclusions: Status,
}

/// What had happened in a period by a moment of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetPoint {
    /// The moment.
    pub at: SystemTime,
    /// Events, or slices, until then.
    pub total: u64,
    /// Bad ones of them, at most.
    pub bad: u64,
}

/// How fast a budget goes in a pair of windows.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BurnRate {
    /// The pair, with the rate that is too fast.
    pub pair: BurnRatePair,
    /// In the long window.
    pub long: WindowBurn,
    /// In the short one.
    pub short: WindowBurn,
}

/// How fast a budget goes in one window.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct WindowBurn {
    /// The share of bad events divided by the share allowed; `None` without events.
    pub rate: Option<f64>,
    /// Events, or slices, in it.
    pub total: u64,
    /// How much of the window was observed, in `0.0..=1.0`.
    pub coverage: f64,
}

impl BurnRate {
    /// Whether both windows burn too fast, and the long one has enough events to say so.
    pub fn is_too_fast(&self) -> bool {
        // In decimal: 144 of 10,000 at 99.9 % burn at 14.4 and not at 14.399999999999999.
        let factor = self.pair.factor * (1.0 - 1e-12);
        let too_fast = |burn: &WindowBurn| burn.rate.is_some_and(|rate| rate >= factor);
        too_fast(&self.long) && too_fast(&self.short) && self.long.total >= self.pair.min_events
    }
}

impl Budget {
    /// The share that is left, below zero when more than all is used up.
    pub fn remaining(&self) -> f64 {
        1.0 - self.consumed
    }
}

/// What an exclusion took out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Excluded {
    /// The exclusion's name.
    pub name: String,
    /// Why.
    pub reason: String,
    /// Events that do not count for it.
    pub events: u64,
    /// Bad ones of them, at most.
    pub bad: u64,
    /// How much time that is.
    pub span: Duration,
}

impl SlaConfig {
    /// Judges every objective on what is known of its period at `now`.
    pub fn evaluate_objectives(&self, history: &EventHistory, now: SystemTime) -> Vec<Check> {
        let judge = |objective: &Objective| {
            let exclusions: Vec<&Exclusion> = self
                .exclusions
                .iter()
                .filter(|exclusion| exclusion.is_for(&objective.name))
                .collect();
            evaluate(objective, &exclusions, history.of(&objective.name), now)
        };
        self.objectives.iter().map(judge).collect()
    }
}

fn evaluate(
    objective: &Objective,
    exclusions: &[&Exclusion],
    events: &[Events],
    now: SystemTime,
) -> Check {
    let target = target(objective);
    let from = objective.period.start(now);
    let mut excluded: BTreeMap<usize, Excluded> = BTreeMap::new();
    let mut counted = Vec::new();
    for stretch in events {
        let by = exclusions.iter().position(|exclusion| exclusion.holds(stretch.from, stretch.to));
        match by {
            Some(place) if lies_in(stretch, from, now) => {
                let exclusion = exclusions[place];
                let sum = excluded.entry(place).or_insert_with(|| Excluded {
                    name: exclusion.name.clone(),
                    reason: exclusion.reason.clone(),
                    events: 0,
                    bad: 0,
                    span: Duration::ZERO,
                });
                sum.events = sum.events.saturating_add(stretch.total);
                sum.bad = sum.bad.saturating_add(stretch.bad.1);
                sum.span += stretch.span();
            }
            Some(_) => {}
            None => counted.push(*stretch),
        }
    }
    let certainty = objective.rule.certainty;
    let check = |events: &[Events]| {
        let sum = Sum::of(objective, events.iter().filter(|stretch| lies_in(stretch, from, now)));
        let Counts { total, bad } = sum.counts;
        (judge::share(&target, bad, total, objective.allowed(), certainty.into()), sum)
    };
    let (with, sum) = check(&counted);
    let (without, _) = check(events);
    let Counts { total, bad } = sum.counts;
    let burn_rates: Vec<BurnRate> = objective
        .burn_rates
        .iter()
        .map(|pair| BurnRate {
            pair: *pair,
            long: burn(objective, &counted, pair.long, now),
            short: burn(objective, &counted, pair.short, now),
        })
        .collect();
    let allowed = objective.allowed() * total as f64;
    let coverage = share_of(sum.span, now.duration_since(from).unwrap_or_default());
    let consumed = match bad.1 {
        0 => 0.0,
        bad => bad as f64 / allowed,
    };
    let rate = burn_rates.first().and_then(|burn| burn.long.rate);
    // Of the budget of the whole period: what was not observed, or is yet to come, has used up nothing.
    let spent = consumed * share_of(sum.span, objective.period.length());
    let budget = Budget {
        period: objective.period.clone(),
        budgeting: objective.budgeting,
        from,
        to: now,
        coverage,
        total,
        bad,
        allowed,
        consumed,
        exhausted_in: rate.and_then(|rate| {
            let left = (1.0 - spent).max(0.0);
            let seconds = left * objective.period.length().as_secs_f64() / rate;
            Duration::try_from_secs_f64(seconds).ok()
        }),
        burn_rates,
        history: history(objective, &counted, from, now),
        excluded: excluded.into_values().collect(),
        status_without_exclusions: without.with_enough_samples().status,
    };
    let uncounted = total > 0 && bad.1 - bad.0 == total;
    let note = uncounted.then(|| {
        "its limit was not counted, so none of its events is known to be good; SlaConfig::watch has it counted"
            .to_owned()
    });
    Check { budget: Some(budget), note: note.or(with.note.clone()), ..with }.with_enough_samples()
}

/// The sums of ever more stretches of the period, from nothing at the start of the first one to all.
fn history(
    objective: &Objective,
    events: &[Events],
    from: SystemTime,
    now: SystemTime,
) -> Vec<BudgetPoint> {
    let within: Vec<&Events> =
        events.iter().filter(|stretch| lies_in(stretch, from, now)).collect();
    let Some(first) = within.first() else { return Vec::new() };
    let mut points = vec![BudgetPoint { at: first.from, total: 0, bad: 0 }];
    let steps = within.len().min(100);
    for step in 1..=steps {
        let until = &within[..within.len() * step / steps];
        let Counts { total, bad } = Sum::of(objective, until.iter().copied()).counts;
        points.push(BudgetPoint { at: until[until.len() - 1].to, total, bad: bad.1 });
    }
    points
}

/// An objective as a target for its good ratio.
fn target(objective: &Objective) -> Target {
    Target {
        subject: Subject::Objective(objective.name.clone()),
        indicator: Indicator::GoodRatio,
        bound: Bound::AtLeast,
        limit: Quantity::Ratio(objective.target),
        rule: objective.rule,
        path: format!("objectives.{}", objective.name),
        line: objective.line,
    }
}

fn burn(objective: &Objective, events: &[Events], window: Duration, now: SystemTime) -> WindowBurn {
    let from = now.checked_sub(window).unwrap_or(SystemTime::UNIX_EPOCH);
    let sum = Sum::of(objective, events.iter().filter(|stretch| lies_in(stretch, from, now)));
    let Counts { total, bad } = sum.counts;
    let rate = (total > 0).then(|| bad.1 as f64 / total as f64 / objective.allowed());
    WindowBurn { rate, total, coverage: share_of(sum.span, window) }
}

/// Nothing is apportioned: a stretch lies where its middle does.
fn lies_in(stretch: &Events, from: SystemTime, to: SystemTime) -> bool {
    let middle = stretch.from + stretch.span() / 2;
    middle >= from && middle <= to
}

fn share_of(part: Duration, whole: Duration) -> f64 {
    if whole.is_zero() { 0.0 } else { (part.as_secs_f64() / whole.as_secs_f64()).min(1.0) }
}

/// Events or slices, added up.
#[derive(Default)]
struct Sum {
    counts: Counts,
    span: Duration,
}

impl Sum {
    fn of<'a>(objective: &Objective, events: impl Iterator<Item = &'a Events>) -> Self {
        match objective.budgeting {
            Budgeting::Occurrences => Sum::of_events(events),
            Budgeting::TimeSlices { length, target } => Sum::of_slices(events, length, target),
        }
    }

    fn of_events<'a>(events: impl Iterator<Item = &'a Events>) -> Self {
        events.fold(Sum::default(), |sum, stretch| Sum {
            counts: sum.counts.plus(stretch.counts()),
            span: sum.span + stretch.span(),
        })
    }

    /// Slices with events. A stretch that is longer than a slice stands for as many as fit into it, all
    /// with its share.
    fn of_slices<'a>(
        events: impl Iterator<Item = &'a Events>,
        length: Duration,
        target: f64,
    ) -> Self {
        let length = length.as_nanos().max(1);
        // By the number of the slice since 1970: how many it stands for, and its events.
        let mut slices: BTreeMap<u128, (u64, Counts)> = BTreeMap::new();
        let mut sum = Sum::default();
        for stretch in events {
            sum.span += stretch.span();
            let middle = stretch.from + stretch.span() / 2;
            let since = middle.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let count = ((stretch.span().as_nanos() + length / 2) / length).max(1) as u64;
            let (most, counts) = slices.entry(since.as_nanos() / length).or_default();
            *most = count.max(*most);
            *counts = counts.plus(stretch.counts());
        }
        for (count, slice) in slices.into_values().filter(|(_, slice)| slice.total > 0) {
            let tolerated = (1.0 - target) * slice.total as f64 + 1e-9;
            let bad = |bad: u64| count * u64::from(bad as f64 > tolerated);
            let bad = (bad(slice.bad.0), bad(slice.bad.1));
            sum.counts = sum.counts.plus(Counts { total: count, bad });
        }
        sum
    }
}
