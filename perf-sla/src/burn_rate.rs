//! How fast an error budget is spent, and when that is too fast.

use crate::objective::Budgeting;
use std::time::Duration;

/// 30 days, for which the SRE workbook gives its windows.
const BASE: f64 = 30.0 * 86_400.0;

/// How urgent something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Somebody should look at it in working hours; the workbook's ticket.
    #[default]
    Warning,
    /// Somebody is to be woken; the workbook's page.
    Critical,
}

impl Severity {
    /// As the file has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Critical => "critical",
        }
    }
}

/// Two windows in which a budget is spent too fast: the long one says that it matters, the short one
/// that it still goes on.
///
/// The burn rate is the share of bad events divided by the share allowed; at 1 the budget lasts exactly
/// the period. In both windows it must reach [`factor`](Self::factor).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct BurnRatePair {
    /// How urgent that is.
    pub severity: Severity,
    /// The share of the period's budget that is spent in the long window at this rate.
    pub budget: f64,
    /// The long window.
    pub long: Duration,
    /// The short one, by custom a twelfth of the long one.
    pub short: Duration,
    /// The burn rate that is too fast: budget x period / long window.
    pub factor: f64,
    /// Events the long window must have; below, one bad event alone would be too fast.
    pub min_events: u64,
}

impl BurnRatePair {
    pub(crate) fn new(
        severity: Severity,
        budget: f64,
        [long, short]: [Duration; 2],
        period: Duration,
        allowed: f64,
    ) -> Self {
        let factor = budget * period.as_secs_f64() / long.as_secs_f64();
        let factor = (factor * 1e9).round() / 1e9;
        let min_events = (1.0 / (factor * allowed)).ceil() + 1.0;
        let min_events = (min_events as u64).min(1 << 53);
        BurnRatePair { severity, budget, long, short, factor, min_events }
    }

    /// Those of the SRE workbook (chapter 5, "Alerting on SLOs", table 5-8), their windows scaled to the
    /// period: of 30 days an hour and 5 minutes at 14.4, 6 hours and 30 minutes at 6, both critical; a day
    /// and 2 hours at 3, 3 days and 6 hours at 1, both warnings.
    pub fn of_the_workbook(period: Duration, allowed: f64) -> Vec<Self> {
        const MINUTE: u64 = 60;
        const HOUR: u64 = 3_600;
        let scale = period.as_secs_f64() / BASE;
        let scaled =
            |seconds: u64| Duration::from_secs((seconds as f64 * scale).round().max(1.0) as u64);
        [
            (Severity::Critical, 0.02, HOUR, 5 * MINUTE),
            (Severity::Critical, 0.05, 6 * HOUR, 30 * MINUTE),
            (Severity::Warning, 0.10, 24 * HOUR, 2 * HOUR),
            (Severity::Warning, 0.10, 72 * HOUR, 6 * HOUR),
        ]
        .map(|(severity, budget, long, short)| {
            let windows = [scaled(long), scaled(short)];
            BurnRatePair::new(severity, budget, windows, period, allowed)
        })
        .into()
    }

    /// The usual ones of an objective. A slice is judged by all its events, so that one bad slice says
    /// something: the long window needs no more than one.
    pub(crate) fn usual(period: Duration, budgeting: Budgeting, allowed: f64) -> Vec<Self> {
        let mut pairs = BurnRatePair::of_the_workbook(period, allowed);
        if budgeting != Budgeting::Occurrences {
            pairs.iter_mut().for_each(|pair| pair.min_events = 1);
        }
        pairs
    }

    /// Whether even 100 % of bad events burn slower than this.
    pub(crate) fn can_never_fire(&self, allowed: f64) -> bool {
        self.factor * allowed > 1.0 + 1e-9
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn of_thirty_days_they_are_those_of_the_workbook() {
        let pairs = BurnRatePair::of_the_workbook(30 * DAY, 0.001);
        let factors: Vec<f64> = pairs.iter().map(|pair| pair.factor).collect();
        assert_eq!(factors, [14.4, 6.0, 3.0, 1.0]);
        let long: Vec<u64> = pairs.iter().map(|pair| pair.long.as_secs() / 3_600).collect();
        assert_eq!(long, [1, 6, 24, 72]);
        // 1 / (14.4 x 0.001) = 69.4: with 70 events one bad one would reach the factor.
        assert_eq!(pairs[0].min_events, 71);
    }

    #[test]
    fn of_other_periods_the_windows_scale_and_the_factors_stay() {
        for (days, long) in [(7, 840), (28, 3_360), (90, 10_800)] {
            let pairs = BurnRatePair::of_the_workbook(days * DAY, 0.001);
            assert_eq!(pairs[0].long, Duration::from_secs(long));
            assert!((pairs[0].factor - 14.4).abs() < 1e-6, "{days}");
        }
    }

    #[test]
    fn a_factor_that_all_bad_events_cannot_reach_is_known() {
        let first = |target: f64| {
            let pairs = BurnRatePair::of_the_workbook(30 * DAY, 1.0 - target);
            pairs[0].can_never_fire(1.0 - target)
        };
        assert!(first(0.93));
        assert!(!first(0.931));
    }
}
