//! `timeWindow`: the stretch over which an SLO is promised.

use super::alerting::exact;
use super::duration::{self, Length};
use super::fields::{Fields, Findings, Metadata};
use crate::document::{Node, Place};
use crate::period::{Calendar, Period, Zone};
use crate::reader::MAX_LISTED;
use jiff::civil::{DateTime, Time, Weekday};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

/// Reads the windows of an SLO, of which there is one. `None` if it is refused or left out.
pub(super) fn read(
    slo: Fields<'_>,
    metadata: &Metadata<'_>,
    findings: &mut Findings,
) -> Option<Period> {
    match (slo.get("timeWindow"), findings.list(slo, "timeWindow", MAX_LISTED)) {
        (None, _) => {
            findings.leave_out(slo.place, "there is no timeWindow; the period is 30 days");
            Some(Period::Rolling(30 * DAY))
        }
        (_, [window]) => one(window, metadata, findings),
        (Some(node), _) => {
            findings.fault(node.place, "timeWindow has exactly one item");
            None
        }
    }
}

fn one(node: &Node, metadata: &Metadata<'_>, findings: &mut Findings) -> Option<Period> {
    let fields = findings.fields(node, "timeWindow", &["duration", "isRolling", "calendar"])?;
    let written = findings.required(fields, "duration", "28d")?;
    let place = fields.place_of("duration");
    let length = match duration::parse(written) {
        Ok(length) => length,
        Err(told) => {
            findings.fault(place, told);
            return None;
        }
    };
    let rolling = match fields.get("isRolling") {
        Some(_) => findings.flag(fields, "isRolling")?,
        None => fields.get("calendar").is_none(),
    };
    match (rolling, fields.get("calendar")) {
        (true, None) => self::rolling(length, place, metadata, findings),
        (false, Some(calendar)) => self::calendar(length, written, place, calendar, findings),
        (true, Some(calendar)) => {
            findings
                .fault(calendar.place, "a rolling window has no calendar; leave out one of both");
            None
        }
        (false, None) => {
            let message = "a window that is not rolling needs calendar: {startTime: 2026-01-01 00:00:00, \
                           timeZone: Europe/Berlin}";
            findings.fault(fields.place, message);
            None
        }
    }
}

fn rolling(
    length: Length,
    place: Place,
    metadata: &Metadata<'_>,
    findings: &mut Findings,
) -> Option<Period> {
    if let Length::Months(_) = length {
        let days = length.time().as_secs() / 86_400;
        findings
            .leave_out(place, format!("rolling months, quarters and years; {days} days are meant"));
    }
    let time = exact(metadata, "period", length.time(), findings);
    if time > 366 * DAY || time < Duration::from_secs(60) {
        findings.leave_out(place, "the SLO: a period lies between a minute and 366 days");
        return None;
    }
    Some(Period::Rolling(time))
}

fn calendar(
    length: Length,
    written: &str,
    place: Place,
    node: &Node,
    findings: &mut Findings,
) -> Option<Period> {
    let fields = findings.fields(node, "calendar", &["startTime", "timeZone"])?;
    let start = findings.required(fields, "startTime", "2026-01-01 00:00:00");
    let zone = findings.required(fields, "timeZone", "Europe/Berlin");
    let (start, zone) = (start?, zone?);
    let zone =
        Zone::named(zone).map_err(|told| findings.fault(fields.place_of("timeZone"), told)).ok()?;
    let at = fields.place_of("startTime");
    let Ok(start) = start.parse::<DateTime>() else {
        let message = format!("{start:?} is no time; write it as 2026-01-01 00:00:00");
        findings.fault(at, message);
        return None;
    };
    let calendar = match length {
        Length::Time(DAY) => Calendar::Day,
        Length::Time(time) if time == 7 * DAY => Calendar::Week,
        Length::Months(1) => Calendar::Month,
        Length::Months(3) => Calendar::Quarter,
        Length::Months(12) => Calendar::Year,
        _ => {
            let message = format!(
                "the SLO: {written} of the calendar is no day, week, month, quarter or year; use one of 1d, \
                 1w, 1M, 1Q and 1Y, or a rolling window"
            );
            findings.leave_out(place, message);
            return None;
        }
    };
    let day = start.day() == 1;
    let begins = start.time() == Time::midnight()
        && match calendar {
            Calendar::Day => true,
            Calendar::Week => start.weekday() == Weekday::Monday,
            Calendar::Month => day,
            Calendar::Quarter => day && start.month() % 3 == 1,
            Calendar::Year => day && start.month() == 1,
        };
    if !begins {
        let message = format!(
            "startTime: a {calendar} begins at midnight of its first day, Monday in a week"
        );
        findings.leave_out(at, message);
    }
    Some(Period::Calendar(calendar, zone))
}
