//! Requests put into periods, as they come.

use perfkit::Distribution;
use perfkit::report::{Period, Periods, Step};
use perfkit::saturating_nanos;
use std::collections::BTreeMap;
use std::time::Duration;

/// Rows that are still read, when nobody says what they stand for.
const ROWS: u64 = 120;
/// Periods that a trend is judged by at most.
const MOST: u64 = 2_000;
/// Values that wait to be put into their period.
const WAITING: usize = 4_096;

/// What was counted until now: memory for 2,000 periods at most.
pub(super) struct Grid {
    step: Step,
    is_fixed: bool,
    periods: BTreeMap<u64, Period>,
    /// Of one period, what its requests took: a log is nearly in the order of time.
    waiting: Vec<u64>,
    at: u64,
    started: Duration,
    ended: Duration,
}

impl Grid {
    /// `step` is what a period stands for; `None` begins with minutes and takes longer ones as the log goes on.
    pub(super) fn new(step: Option<Step>) -> Self {
        Grid {
            step: step.unwrap_or(Step::Minute),
            is_fixed: step.is_some(),
            periods: BTreeMap::new(),
            waiting: Vec::with_capacity(WAITING),
            at: 0,
            started: Duration::MAX,
            ended: Duration::ZERO,
        }
    }

    /// Counts what started then and took so long.
    pub(super) fn add(
        &mut self,
        started: Duration,
        took: Duration,
        failed: bool,
    ) -> Result<(), String> {
        let ended = started.saturating_add(took);
        (self.started, self.ended) = (self.started.min(started), self.ended.max(ended));
        let mut at = self.step.of(ended);
        if at != self.at || self.waiting.len() == WAITING {
            self.put();
            self.make_room(at)?;
            // The step may be a longer one now.
            at = self.step.of(ended);
            self.at = at;
        }
        self.waiting.push(saturating_nanos(took));
        let period = self.periods.entry(at).or_default();
        period.requests += 1;
        period.failures += u64::from(failed);
        Ok(())
    }

    /// All of them, also those without requests; `None` when nothing was counted.
    pub(super) fn periods(mut self, title: &str) -> Option<Periods> {
        self.put();
        let (first, last) = (*self.periods.first_key_value()?.0, *self.periods.last_key_value()?.0);
        // What began before the first period is in the one in which it ended.
        let step = self.step.duration().as_secs();
        let start = self.started.max(Duration::from_secs(first * step));
        let all = (first..=last).map(|at| self.periods.remove(&at).unwrap_or_default()).collect();
        Some(Periods::new(title, self.step, start, self.ended, all))
    }

    /// Puts what waits into its period.
    fn put(&mut self) {
        if !self.waiting.is_empty() {
            let period = self.periods.entry(self.at).or_default();
            let more = Distribution::from_values(self.waiting.drain(..));
            period.latency = period.latency.merge(&more);
        }
    }

    /// Takes longer steps until there are not too many with the one at `at`.
    fn make_room(&mut self, at: u64) -> Result<(), String> {
        let key = |found: Option<(&u64, &Period)>| found.map_or(at, |(at, _)| *at);
        let (mut first, mut last) = (
            key(self.periods.first_key_value()).min(at),
            key(self.periods.last_key_value()).max(at),
        );
        while last - first >= if self.is_fixed { MOST } else { ROWS } {
            match self.step.longer().filter(|_| !self.is_fixed) {
                Some(longer) => {
                    let times = longer.duration().as_secs() / self.step.duration().as_secs();
                    for (at, period) in std::mem::take(&mut self.periods) {
                        let into = self.periods.entry(at / times).or_default();
                        into.requests += period.requests;
                        into.failures += period.failures;
                        into.latency = into.latency.merge(&period.latency);
                    }
                    self.step = longer;
                    (first, last) = (first / times, last / times);
                }
                None if last - first < MOST => return Ok(()),
                None => {
                    return Err(format!(
                        "the log goes from {} to {} s since 1970, which is more than {MOST} {}; {}",
                        self.step.duration().as_secs() * first,
                        self.step.duration().as_secs() * last,
                        match self.step {
                            Step::Minute => "minutes",
                            Step::Hour => "hours",
                            Step::Day => "days",
                        },
                        match self.step {
                            Step::Day => "is one of its times wrong?",
                            _ => "a longer --by has fewer",
                        },
                    ));
                }
            }
        }
        Ok(())
    }
}
