//! What would have been told: rules on recorded time.

use crate::engine::Engine;
use crate::notification::Notification;
use crate::rules::Rules;
use crate::source::Source;
use perf_core::{ManualClock, Profiler};
use std::time::{Duration, SystemTime};

/// Of a longer stretch without events, such as a wrong time makes, the middle is left out.
const LONGEST_GAP: Duration = Duration::from_secs(2 * 86_400);

/// Rules on recorded time: a profiler whose clock is moved from event to event, and a round every so often in
/// between. It is what `perfkit alerts replay` does with a log.
///
/// ```
/// use perf_alert::{Reason, Replay, Rule, Rules};
/// use perf_core::{Clock, Profiler};
/// use std::time::{Duration, SystemTime};
///
/// let rules = Rules::new([Rule::new("slow", "p95 > 100ms".parse()?)
///     .operation("search")
///     .window(Duration::from_secs(60))])?;
/// let (clock, hand) = Clock::manual();
/// let begin = Duration::from_secs(1_800_000_000); // since 1970
/// hand.set(begin);
/// let night = SystemTime::UNIX_EPOCH + begin;
/// let profiler = Profiler::builder().clock(clock).build();
/// let mut replay = Replay::new(&profiler, hand, rules, Duration::from_secs(10));
/// for second in 0..300 {
///     replay.advance_to(night + Duration::from_secs(second));
///     let latency = if second < 60 { 150 } else { 20 };
///     (0..10).for_each(|_| replay.profiler().record("search", Duration::from_millis(latency)));
/// }
/// let reasons: Vec<_> = replay.finish().iter().map(|told| told.reason).collect();
/// assert_eq!(reasons, [Reason::Fired, Reason::Resolved]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Replay {
    engine: Engine,
    source: Source,
    profiler: Profiler,
    hand: ManualClock,
    now: Duration,
    every: Duration,
    last_round: Duration,
    next_round: Duration,
    /// After so long without an event all windows are empty.
    empty: Duration,
    /// Whether the last round changed nothing, and those after it neither if all windows were empty then.
    is_still: bool,
    told: Vec<Notification>,
}

impl Replay {
    /// Looks every `every`, which is at least a second, at what is recorded into `profiler`. `hand` sets its clock,
    /// which already was at the beginning, since 1970, when the profiler was made. Whoever moves it in between, to
    /// time a call, puts it back.
    pub fn new(profiler: &Profiler, hand: ManualClock, rules: Rules, every: Duration) -> Self {
        let start = profiler.snapshot().taken_at();
        let now = start.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let profiler = profiler.clone();
        let source = Source::new(&profiler, &rules);
        let every = every.max(Duration::from_secs(1));
        let longest = rules.windows.iter().max().copied().unwrap_or_default();
        Replay {
            engine: Engine::new(rules),
            source,
            profiler,
            hand,
            now,
            every,
            last_round: now,
            next_round: now.saturating_add(every),
            // Windows are of whole seconds, and the last one is under way.
            empty: longest + Duration::from_secs(2),
            is_still: false,
            told: Vec::new(),
        }
    }

    /// What is recorded into, at the time to which it was advanced.
    pub fn profiler(&self) -> &Profiler {
        &self.profiler
    }

    /// The time to which it was advanced.
    pub fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.now
    }

    /// The engine, to look at.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Moves on to `time`, second by second and with all rounds on the way but those that nothing could come of, as
    /// nothing is measured any more; of more than two days without an event the middle is left out. It never goes back:
    /// what is earlier is recorded as of now.
    pub fn advance_to(&mut self, time: SystemTime) {
        let to = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        if to.saturating_sub(self.now) > LONGEST_GAP {
            self.step_to(self.now.saturating_add(LONGEST_GAP / 2));
            self.now = to.saturating_sub(LONGEST_GAP / 4);
            self.hand.set(self.now);
            self.next_round = self.now.saturating_add(self.every);
        }
        self.step_to(to);
    }

    fn step_to(&mut self, to: Duration) {
        let begun = self.now;
        while self.now < to {
            if self.is_still && self.last_round >= begun + self.empty {
                self.skip(to);
            }
            let second = Duration::from_secs(self.now.as_secs() + 1);
            self.now = second.min(to).max(self.now);
            self.hand.set(self.now);
            self.source.timeline.tick();
            if self.now >= self.next_round {
                let at = SystemTime::UNIX_EPOCH + self.now;
                let changes = self.engine.changes();
                self.told.extend(self.engine.evaluate(&self.source, at));
                self.is_still = self.engine.changes() == changes;
                self.last_round = self.now;
                self.plan_round();
            }
        }
    }

    /// Leaves out what nothing can come of, so that what is looked at next finds its windows full of ticks.
    fn skip(&mut self, to: Duration) {
        let Some(quiet) = self.engine.quiet_for() else { return };
        let next = to.min(self.last_round.saturating_add(quiet)).saturating_sub(self.empty);
        let next = Duration::from_secs(next.as_secs());
        if next > self.now {
            self.now = next;
            self.hand.set(next);
            self.source.timeline.tick();
            self.plan_round();
        }
    }

    /// The next round is in step with those before.
    fn plan_round(&mut self) {
        let late = self.now.saturating_sub(self.next_round).as_nanos() / self.every.as_nanos();
        if self.next_round <= self.now {
            let rounds = u32::try_from(late + 1).unwrap_or(u32::MAX);
            self.next_round = self.next_round.saturating_add(self.every.saturating_mul(rounds));
        }
    }

    /// What was told until now, since this was asked last.
    pub fn told(&mut self) -> Vec<Notification> {
        std::mem::take(&mut self.told)
    }

    /// The last round, and all that was told and not asked for.
    pub fn finish(mut self) -> Vec<Notification> {
        self.step_to(self.next_round);
        self.told
    }
}
