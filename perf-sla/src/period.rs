//! The stretch over which an objective is promised.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};
use std::fmt;
use std::time::{Duration, SystemTime};

/// Of less, the windows of the SRE workbook would be shorter than a second.
pub(crate) const SHORTEST: Duration = Duration::from_secs(3_600);

/// The stretch over which an objective is promised.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Period {
    /// The last so many days, always.
    Rolling(Duration),
    /// A stretch of the calendar; at its end the budget is full again.
    Calendar(Calendar, Zone),
}

/// A stretch of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calendar {
    /// From midnight.
    Day,
    /// From Monday.
    Week,
    /// From the first.
    Month,
    /// From January, April, July or October.
    Quarter,
    /// From January.
    Year,
}

/// Where midnight is.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(TimeZone);

impl Zone {
    /// UTC.
    pub const UTC: Zone = Zone(TimeZone::UTC);

    /// A zone of the IANA database, such as `Europe/Berlin`, as this machine has it.
    ///
    /// # Errors
    ///
    /// A sentence when it is not there.
    pub fn named(name: &str) -> Result<Self, String> {
        if name == "UTC" {
            return Ok(Zone::UTC);
        }
        TimeZone::get(name).map(Zone).map_err(|_| {
            format!("{name:?} is no time zone that this machine knows; use a name such as \"Europe/Berlin\" or \"UTC\"")
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    pub(crate) fn tz(&self) -> &TimeZone {
        &self.0
    }
}

impl Period {
    /// Reads `30d`, `12h`, `day`, `week`, `month`, `quarter` or `year`.
    pub(crate) fn parse(text: &str, zone: &Zone) -> Result<Self, String> {
        let calendar = match text.trim() {
            "day" => Calendar::Day,
            "week" => Calendar::Week,
            "month" => Calendar::Month,
            "quarter" => Calendar::Quarter,
            "year" => Calendar::Year,
            text => {
                let time = crate::quantity::parse_time(text).map_err(|_| {
                    format!(
                        "{text:?} is no period; use a rolling one such as \"30d\", or \"day\", \"week\", \
                         \"month\", \"quarter\" or \"year\" of the calendar"
                    )
                })?;
                if time < SHORTEST || time > Duration::from_secs(366 * 86_400) {
                    return Err(format!(
                        "{text:?} is no period; it lies between \"1h\" and \"366d\""
                    ));
                }
                return Ok(Period::Rolling(time));
            }
        };
        Ok(Period::Calendar(calendar, zone.clone()))
    }

    /// When the period began that `now` lies in.
    pub fn start(&self, now: SystemTime) -> SystemTime {
        match self {
            Period::Rolling(length) => now.checked_sub(*length).unwrap_or(SystemTime::UNIX_EPOCH),
            Period::Calendar(calendar, zone) => {
                let start = Timestamp::try_from(now).ok().and_then(|now| {
                    let today = now.to_zoned(zone.0.clone()).date();
                    midnight(calendar.first_day(today)?, zone)
                });
                start.unwrap_or(now)
            }
        }
    }

    /// When it ends: for a rolling one, now.
    pub fn end(&self, now: SystemTime) -> SystemTime {
        let Period::Calendar(calendar, zone) = self else { return now };
        let end = Timestamp::try_from(now).ok().and_then(|now| {
            let first = calendar.first_day(now.to_zoned(zone.0.clone()).date())?;
            midnight(first.checked_add(calendar.span()).ok()?, zone)
        });
        end.unwrap_or(now)
    }

    /// How long it is, of the calendar about: 30 days for a month.
    pub fn length(&self) -> Duration {
        const DAY: Duration = Duration::from_secs(86_400);
        match self {
            Period::Rolling(length) => *length,
            Period::Calendar(Calendar::Day, _) => DAY,
            Period::Calendar(Calendar::Week, _) => 7 * DAY,
            Period::Calendar(Calendar::Month, _) => 30 * DAY,
            Period::Calendar(Calendar::Quarter, _) => 91 * DAY,
            Period::Calendar(Calendar::Year, _) => 365 * DAY,
        }
    }
}

impl Calendar {
    fn first_day(self, today: Date) -> Option<Date> {
        let first = today.first_of_month();
        match self {
            Calendar::Day => Some(today),
            Calendar::Week => {
                let since_monday = i64::from(today.weekday().since(Weekday::Monday));
                today.checked_sub(since_monday.days()).ok()
            }
            Calendar::Month => Some(first),
            Calendar::Quarter => first.checked_sub(((first.month() - 1) % 3).months()).ok(),
            Calendar::Year => Some(today.first_of_year()),
        }
    }

    fn span(self) -> Span {
        match self {
            Calendar::Day => 1.day(),
            Calendar::Week => 1.week(),
            Calendar::Month => 1.month(),
            Calendar::Quarter => 3.months(),
            Calendar::Year => 1.year(),
        }
    }
}

fn midnight(date: Date, zone: &Zone) -> Option<SystemTime> {
    let start = date.to_zoned(zone.0.clone()).ok()?.start_of_day().ok()?;
    Some(SystemTime::from(start.timestamp()))
}

impl fmt::Display for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Calendar::Day => "day",
            Calendar::Week => "week",
            Calendar::Month => "month",
            Calendar::Quarter => "quarter",
            Calendar::Year => "year",
        })
    }
}

impl fmt::Display for Period {
    /// As the file has it: `30d`, `month`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Period::Rolling(length) => f.write_str(&crate::quantity::span(*length)),
            Period::Calendar(calendar, _) => calendar.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> SystemTime {
        SystemTime::from(text.parse::<Timestamp>().unwrap())
    }

    #[test]
    fn a_stretch_of_the_calendar_begins_at_midnight_of_its_zone() {
        let berlin = Zone::named("Europe/Berlin");
        let now = time("2026-11-21T23:30:00Z");
        let start = |text: &str, zone: &Zone| Period::parse(text, zone).unwrap().start(now);
        assert_eq!(start("day", &Zone::UTC), time("2026-11-21T00:00:00Z"));
        assert_eq!(start("week", &Zone::UTC), time("2026-11-16T00:00:00Z"));
        assert_eq!(start("month", &Zone::UTC), time("2026-11-01T00:00:00Z"));
        assert_eq!(start("quarter", &Zone::UTC), time("2026-10-01T00:00:00Z"));
        assert_eq!(start("year", &Zone::UTC), time("2026-01-01T00:00:00Z"));
        let Ok(berlin) = berlin else { return eprintln!("skipped: no time zone database here") };
        assert_eq!(start("day", &berlin), time("2026-11-21T23:00:00Z"));
        assert_eq!(start("quarter", &berlin), time("2026-09-30T22:00:00Z"));
    }

    #[test]
    fn it_ends_where_the_next_one_begins() {
        let month = Period::parse("month", &Zone::UTC).unwrap();
        assert_eq!(month.end(time("2026-02-10T00:00:00Z")), time("2026-03-01T00:00:00Z"));
        assert_eq!(month.end(time("2026-12-31T23:59:59Z")), time("2027-01-01T00:00:00Z"));
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in ["", "fortnight", "30", "1s", "400d", "-1d"] {
            assert!(Period::parse(text, &Zone::UTC).is_err(), "{text}");
        }
        let seven = Period::parse("7d", &Zone::UTC).unwrap();
        assert_eq!((seven.to_string(), seven.length().as_secs()), ("7d".into(), 7 * 86_400));
    }
}
