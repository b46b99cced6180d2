//! Stretches of time that do not count: maintenance, once or again and again.

use crate::period::Zone;
use jiff::civil::{Time, Weekday};
use jiff::{Timestamp, ToSpan};
use std::time::{Duration, SystemTime};

/// Stretches of time whose events count for no objective. They are itemised in the result.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Exclusion {
    /// Its name.
    pub name: String,
    /// Why, for those who read the report.
    pub reason: String,
    /// When.
    pub schedule: Schedule,
    /// The objectives it is for, by name; all if none is named.
    pub objectives: Vec<String>,
}

/// When an exclusion is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Schedule {
    /// Once.
    Once {
        /// Its begin.
        from: SystemTime,
        /// Its end.
        to: SystemTime,
    },
    /// Every day, or every week on one.
    Every {
        /// The day of the week; `None` is every day.
        day: Option<Day>,
        /// When it begins, in minutes after midnight.
        minute: u16,
        /// How long it lasts.
        lasts: Duration,
        /// Where midnight is.
        zone: Zone,
    },
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Day {
    pub(crate) const NAMES: [&'static str; 8] =
        ["day", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    const ALL: [Day; 7] = [
        Day::Monday,
        Day::Tuesday,
        Day::Wednesday,
        Day::Thursday,
        Day::Friday,
        Day::Saturday,
        Day::Sunday,
    ];

    /// `None` for `day`, every one.
    pub(crate) fn named(name: &str) -> Option<Day> {
        let place = Day::NAMES.iter().position(|known| *known == name)?;
        Day::ALL.get(place.checked_sub(1)?).copied()
    }

    pub(crate) fn name(self) -> &'static str {
        Day::NAMES[self as usize + 1]
    }

    fn is(self, weekday: Weekday) -> bool {
        weekday.to_monday_zero_offset() == self as i8
    }
}

impl Exclusion {
    /// Whether it is for the objective of this name.
    pub fn is_for(&self, objective: &str) -> bool {
        self.objectives.is_empty() || self.objectives.iter().any(|name| name == objective)
    }

    /// Whether one occurrence holds all of `from..to`.
    pub(crate) fn holds(&self, from: SystemTime, to: SystemTime) -> bool {
        self.schedule.holds(from, to)
    }
}

impl Schedule {
    /// Whether it is at this moment.
    pub fn is_on(&self, at: SystemTime) -> bool {
        self.holds(at, at)
    }

    /// Whether one occurrence holds all of `from..to`.
    fn holds(&self, from: SystemTime, to: SystemTime) -> bool {
        match self {
            Schedule::Once { from: begin, to: end } => *begin <= from && to <= *end,
            Schedule::Every { day, minute, lasts, zone } => {
                // Whatever holds `from` began at most so long before it.
                let days = i64::try_from(lasts.as_secs() / 86_400).unwrap_or(0) + 1;
                let Ok(first) = Timestamp::try_from(from) else { return false };
                let today = first.to_zoned(zone.tz().clone()).date();
                (0..=days).any(|ago| {
                    let begin = || {
                        let date = today.checked_sub(ago.days()).ok()?;
                        if day.is_some_and(|day| !day.is(date.weekday())) {
                            return None;
                        }
                        let time =
                            Time::new((minute / 60) as i8, (minute % 60) as i8, 0, 0).ok()?;
                        let zoned = date.to_datetime(time).to_zoned(zone.tz().clone()).ok()?;
                        Some(SystemTime::from(zoned.timestamp()))
                    };
                    begin().is_some_and(|begin| {
                        begin <= from && begin.checked_add(*lasts).is_some_and(|end| to <= end)
                    })
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> SystemTime {
        SystemTime::from(text.parse::<Timestamp>().unwrap())
    }

    fn every(day: Option<Day>, minute: u16, hours: u64) -> Exclusion {
        let lasts = Duration::from_secs(hours * 3_600);
        Exclusion {
            name: "maintenance".into(),
            reason: String::new(),
            schedule: Schedule::Every { day, minute, lasts, zone: Zone::UTC },
            objectives: Vec::new(),
        }
    }

    #[test]
    fn a_weekly_exclusion_holds_what_lies_wholly_in_it() {
        // 2026-11-22 is a Sunday.
        let sunday = every(Some(Day::Sunday), 22 * 60 + 30, 4);
        let holds = |from, to| sunday.holds(time(from), time(to));
        assert!(holds("2026-11-22T22:30:00Z", "2026-11-22T22:35:00Z"));
        assert!(holds("2026-11-23T02:00:00Z", "2026-11-23T02:30:00Z"));
        assert!(!holds("2026-11-23T02:00:00Z", "2026-11-23T02:31:00Z"));
        assert!(!holds("2026-11-22T22:29:59Z", "2026-11-22T22:35:00Z"));
        assert!(!holds("2026-11-21T22:30:00Z", "2026-11-21T22:35:00Z"));
    }

    #[test]
    fn a_daily_one_may_last_over_midnight() {
        let night = every(None, 23 * 60, 2);
        assert!(night.holds(time("2026-11-21T00:10:00Z"), time("2026-11-21T00:20:00Z")));
        assert!(!night.holds(time("2026-11-21T01:10:00Z"), time("2026-11-21T01:20:00Z")));
    }

    #[test]
    fn every_day_has_its_name() {
        for day in Day::ALL {
            assert_eq!(Day::named(day.name()), Some(day));
        }
        assert_eq!(Day::named("day"), None);
    }
}
