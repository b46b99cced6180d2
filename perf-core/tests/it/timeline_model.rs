//! Any sequence of records, ticks and resets, against a model that keeps every value.

use crate::manual;
use crate::properties::{config, of, value};
use perf_core::{Distribution, ManualClock, OperationSnapshot, Profiler, StandingWindow, Timeline};
use proptest::collection::vec;
use proptest::prelude::*;
use std::time::Duration;

const SECOND: u64 = 1_000_000_000;
const NAMES: [&str; 3] = ["a", "b", "late"];
const STANDING: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
enum Step {
    Succeed(usize, Vec<u64>),
    Fail(usize, u64),
    Count(u64),
    Measure(u64),
    Advance(u64),
    Tick,
    Reset,
    /// Looks at the last so many seconds.
    Look(u64),
}

fn step() -> impl Strategy<Value = Step> {
    // Below a year: a sum that wraps is another test's business.
    let value = || value().prop_map(|value| value >> 9);
    prop_oneof![
        4 => (0..NAMES.len(), vec(value(), 1..20)).prop_map(|(of, values)| Step::Succeed(of, values)),
        2 => (0..NAMES.len(), value()).prop_map(|(of, value)| Step::Fail(of, value)),
        1 => (1..1_000_u64).prop_map(Step::Count),
        1 => value().prop_map(Step::Measure),
        2 => prop_oneof![1..SECOND, SECOND..20 * SECOND].prop_map(Step::Advance),
        1 => (60 * SECOND..900 * SECOND).prop_map(Step::Advance),
        4 => Just(Step::Advance(SECOND)),
        6 => Just(Step::Tick),
        1 => Just(Step::Reset),
        3 => (0..=60_u64).prop_map(Step::Look),
    ]
}

/// Everything that happened in some span, value by value.
#[derive(Clone, Default)]
struct Happened {
    from: u64,
    to: u64,
    successes: [Vec<u64>; NAMES.len()],
    failures: [Vec<u64>; NAMES.len()],
    counted: u64,
    measured: Vec<u64>,
}

impl Happened {
    fn add(&mut self, other: &Happened) {
        for of in 0..NAMES.len() {
            self.successes[of].extend(&other.successes[of]);
            self.failures[of].extend(&other.failures[of]);
        }
        self.counted += other.counted;
        self.measured.extend(&other.measured);
    }

    fn all<'a>(of: impl IntoIterator<Item = &'a Happened>) -> Happened {
        let mut all = Happened::default();
        of.into_iter().for_each(|happened| all.add(happened));
        all
    }
}

struct Test {
    profiler: Profiler,
    timeline: Timeline,
    standing: StandingWindow,
    hand: ManualClock,
    now: u64,
    /// Since the last interval ended.
    pending: Happened,
    intervals: Vec<Happened>,
    /// Since the last reset.
    since_reset: Happened,
}

impl Test {
    fn new() -> Self {
        let (profiler, hand) = manual();
        let timeline = profiler.timeline();
        Test {
            standing: timeline.standing_window(STANDING),
            profiler,
            timeline,
            hand,
            now: 0,
            pending: Happened::default(),
            intervals: Vec::new(),
            since_reset: Happened::default(),
        }
    }

    fn take(&mut self, step: Step) {
        let mut happened = Happened::default();
        match step {
            Step::Succeed(of, values) => {
                let operation = self.profiler.operation(NAMES[of]);
                values.iter().for_each(|value| operation.record_nanos(*value));
                happened.successes[of] = values;
            }
            Step::Fail(of, value) => {
                let operation = self.profiler.operation(NAMES[of]);
                operation.record_failure_with(Duration::from_nanos(value), "refused");
                happened.failures[of].push(value);
            }
            Step::Count(n) => {
                self.profiler.counter("count").add(n);
                happened.counted = n;
            }
            Step::Measure(value) => {
                self.profiler.histogram("sizes").record(value);
                happened.measured.push(value);
            }
            Step::Advance(by) => {
                self.hand.advance(Duration::from_nanos(by));
                self.now += by;
            }
            Step::Tick => {
                let due = self.now / SECOND > self.pending.from / SECOND;
                assert_eq!(self.timeline.tick(), due);
                if due {
                    self.end_interval();
                }
            }
            Step::Reset => {
                let ended = self.profiler.reset();
                if self.now > self.pending.from {
                    self.end_interval();
                }
                let truth = std::mem::take(&mut self.since_reset);
                check_operations(&truth, |name| ended.operation(name).cloned());
                assert_eq!(ended.counter("count", &[]).unwrap_or(0), truth.counted);
            }
            Step::Look(seconds) => self.check_window(seconds),
        }
        self.pending.add(&happened);
        self.since_reset.add(&happened);
    }

    fn end_interval(&mut self) {
        let next = Happened { from: self.now, ..Happened::default() };
        let ended = std::mem::replace(&mut self.pending, next);
        self.intervals.push(Happened { to: self.now, ..ended });
    }

    /// The window of the last `seconds` has the intervals that began in them.
    fn check_window(&self, seconds: u64) {
        let end = self.intervals.last().map_or(0, |last| last.to / SECOND);
        let lies_in = |interval: &&Happened| interval.from / SECOND + seconds >= end;
        let inside = self.intervals.iter().filter(|_| seconds > 0).filter(lies_in);
        let window = self.timeline.window(Duration::from_secs(seconds));
        let first = inside.clone().next();
        assert_eq!(window.intervals().count(), inside.clone().count());
        if let (Some(first), Some(last)) = (first, self.intervals.last()) {
            let coverage = window.coverage();
            let covered = (coverage.from().as_nanos(), coverage.to().as_nanos());
            assert_eq!(covered, (first.from.into(), last.to.into()));
        }
        let truth = Happened::all(inside);
        check_operations(&truth, |name| window.operation(name));
        assert_eq!(window.counter("count", &[]).unwrap_or(0), truth.counted);
        let measured = window.histogram("sizes", &[]).unwrap_or_default();
        check_distribution(&measured, &truth.measured);

        let (fast, slow) = (self.standing.window(), self.timeline.window(STANDING));
        for name in NAMES {
            assert_eq!(fast.operation(name), slow.operation(name));
        }
    }

    /// All intervals together are all that ever happened, however much was merged.
    fn check_all(&self) {
        let truth = Happened::all(&self.intervals);
        let (all, forever) = (self.timeline.window(Duration::MAX), Duration::from_secs(1 << 20));
        // Of what is older than an hour there are only counts.
        let has_detail = all.coverage().from() == Duration::ZERO;
        if has_detail {
            check_operations(&truth, |name| all.operation(name));
        }
        let counts = self.timeline.long_window(forever);
        for (of, name) in NAMES.iter().enumerate() {
            let counts = counts.operation(name).map(|all| (all.successes(), all.failures()));
            let expected = (truth.successes[of].len() as u64, truth.failures[of].len() as u64);
            assert_eq!(counts.unwrap_or((0, 0)), expected);
            if has_detail {
                let parts = all.intervals().filter_map(|part| part.operation(name));
                let merge = |all: Distribution, part: OperationSnapshot| all.merge(part.latency());
                let parts = parts.fold(Distribution::default(), merge);
                check_distribution(&parts, &truth.successes[of]);
            }
        }
        assert_eq!(counts.counter("count", &[]).unwrap_or(0), truth.counted);
    }
}

fn check_operations(truth: &Happened, found: impl Fn(&'static str) -> Option<OperationSnapshot>) {
    for (of, name) in NAMES.into_iter().enumerate() {
        let Some(found) = found(name) else {
            assert!(truth.successes[of].is_empty() && truth.failures[of].is_empty(), "{name}");
            continue;
        };
        check_distribution(found.latency(), &truth.successes[of]);
        check_distribution(found.failure_latency(), &truth.failures[of]);
        let kinds: u64 = found.failure_kinds().map(|(_, count)| count).sum();
        assert_eq!(kinds, truth.failures[of].len() as u64);
    }
}

/// Exact, but for the extremes: they are within 1/128.
fn check_distribution(found: &Distribution, values: &[u64]) {
    let truth = of(values);
    assert!(found.buckets().eq(truth.buckets()));
    assert_eq!((found.count(), found.sum()), (truth.count(), truth.sum()));
    for (found, truth) in [(found.min(), truth.min()), (found.max(), truth.max())] {
        assert_eq!(found.is_some(), truth.is_some());
        let (found, truth) = (found.unwrap_or(0), truth.unwrap_or(0));
        assert!(found.abs_diff(truth) <= truth / 128, "{found}, truly {truth}");
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn windows_resets_and_the_whole_are_what_a_list_of_all_values_says(
        steps in vec(step(), 1..120),
    ) {
        let mut test = Test::new();
        steps.into_iter().for_each(|step| test.take(step));
        test.take(Step::Advance(SECOND));
        test.take(Step::Tick);
        test.check_window(60);
        test.check_all();
        // Now all of it is old.
        test.take(Step::Advance(2 * 3_600 * SECOND));
        test.take(Step::Tick);
        test.check_all();
    }
}
