//! What somebody is told, round by round, on a clock that the test moves. A test's name is the claim.

mod conditions;
mod grouping;
mod messages;
mod muting;
mod properties;
mod replay;
mod rules;
mod saved;
mod states;

use perf_alert::{Engine, Notification, Reason, Rule, Rules, Source};
use perf_core::{Clock, ManualClock, Profiler};
use std::time::{Duration, SystemTime};

/// A profiler, what looks at it, and the hand of their clock.
struct Bench {
    profiler: Profiler,
    hand: ManualClock,
    source: Source,
    engine: Engine,
    now: u64,
}

impl Bench {
    fn new(rules: Rules) -> Self {
        let (clock, hand) = Clock::manual();
        let profiler = Profiler::builder().clock(clock).build();
        let source = Source::new(&profiler, &rules);
        Bench { profiler, hand, source, engine: Engine::new(rules), now: 0 }
    }

    fn of(rules: impl IntoIterator<Item = Rule>) -> Self {
        Bench::new(Rules::new(rules).unwrap_or_else(|error| panic!("{error}")))
    }

    /// A second passes.
    fn tick(&mut self) {
        self.now += 1;
        self.hand.set(Duration::from_secs(self.now));
        self.profiler.timeline().tick();
    }

    fn evaluate(&mut self) -> Vec<Notification> {
        self.engine.evaluate(&self.source, at(self.now))
    }

    /// A second in which calls of `search` are as `what` says, and the round at its end.
    fn second(&mut self, what: char) -> Vec<Notification> {
        self.calls("search", what);
        self.tick();
        self.evaluate()
    }

    /// `v` is beyond 100 ms, `c` beyond 500 ms, `m` is firmly within 50 ms, `b` firmly between 50 and 100 ms,
    /// `?` too few to say, `-` none.
    fn calls(&self, operation: &str, what: char) {
        let (count, millis) = match what {
            'v' => (20, 150),
            'c' => (20, 600),
            'm' => (100, 10),
            'b' => (100, 80),
            '?' => (5, 10),
            '-' => return,
            other => panic!("{other}"),
        };
        (0..count).for_each(|_| self.profiler.record(operation, Duration::from_millis(millis)));
    }

    /// What was told after each of these seconds, as [`letter`]s.
    fn told(&mut self, seconds: &str) -> String {
        let second = |what| match self.second(what).as_slice() {
            [] => '.',
            [one] => letter(one.reason),
            several => panic!("{several:?}"),
        };
        seconds.chars().map(second).collect()
    }
}

/// `F`ired, `S`everity changed, `E`scalated, f`L`aps, `r`epeated, `R`esolved.
fn letter(reason: Reason) -> char {
    match reason {
        Reason::Fired => 'F',
        Reason::SeverityChanged => 'S',
        Reason::Escalated => 'E',
        Reason::Flapping => 'L',
        Reason::Repeated => 'r',
        Reason::Resolved => 'R',
        other => panic!("{other:?}"),
    }
}

fn at(second: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + seconds(second)
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Looks at `search` each second; told again after a hundred.
fn slow() -> Rule {
    rule("p95 > 100ms").operation("search")
}

fn rule(condition: &str) -> Rule {
    Rule::new("slow", condition.parse().unwrap())
        .window(seconds(1))
        .cooldown(seconds(100))
        .repeat(seconds(100))
        .flapping(false)
}
