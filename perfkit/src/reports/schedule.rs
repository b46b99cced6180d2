//! When reports are due, and what date they bear.

use perf_report::wording;
use std::time::{Duration, SystemTime};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// How often, and whether by the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Schedule {
    Hourly,
    Daily,
    /// Counted from the start.
    Every(Duration),
}

impl Schedule {
    /// When the report is due that begins at `begun`.
    pub(super) fn due(self, begun: SystemTime) -> SystemTime {
        let into = match self {
            Schedule::Every(_) => Duration::ZERO,
            Schedule::Hourly | Schedule::Daily => into_slot(begun, self.period()),
        };
        begun.checked_add(self.period() - into).unwrap_or(begun)
    }

    pub(super) fn period(self) -> Duration {
        match self {
            Schedule::Hourly => HOUR,
            Schedule::Daily => DAY,
            Schedule::Every(period) => period,
        }
    }

    /// `2026-11-21T18`, `2026-11-21` or `2026-11-21T18-05-30`: in order of time when in that of letters.
    pub(super) fn stamp(self, time: SystemTime) -> String {
        let text = wording::moment(time);
        text.get(..self.pattern().len()).unwrap_or(&text).replace(':', "-")
    }

    /// A stamp with `0` for each digit.
    pub(super) fn pattern(self) -> &'static str {
        match self {
            Schedule::Hourly => "0000-00-00T00",
            Schedule::Daily => "0000-00-00",
            Schedule::Every(_) => "0000-00-00T00-00-00",
        }
    }
}

/// How far into its hour or day a time is. Days of UTC are all as long as each other in Unix time.
fn into_slot(time: SystemTime, slot: Duration) -> Duration {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let whole = Duration::from_secs(since.as_secs() / slot.as_secs() * slot.as_secs());
    since - whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn hours_and_days_end_with_those_of_utc_and_other_periods_count_from_the_start() {
        // 2026-11-21T18:05:30Z
        let begun = at(1_795_284_330);
        for (schedule, stamp, due) in [
            (Schedule::Hourly, "2026-11-21T18", 1_795_287_600),
            (Schedule::Daily, "2026-11-21", 1_795_305_600),
            (Schedule::Every(Duration::from_secs(90)), "2026-11-21T18-05-30", 1_795_284_420),
        ] {
            assert_eq!(schedule.stamp(begun + Duration::from_millis(900)), stamp);
            assert_eq!(schedule.due(begun), at(due));
            assert_eq!(schedule.due(at(due)), at(due) + schedule.period(), "not the same again");
            assert_eq!(schedule.pattern().len(), stamp.len());
        }
    }
}
