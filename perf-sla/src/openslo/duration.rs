//! Times in OpenSLO's shorthand: a whole number and one of `m h d w M Q Y`.

use std::time::Duration;

const MINUTE: u64 = 60;
const DAY: u64 = 86_400;

/// More than this of any unit is nobody's window.
const MOST: u64 = 1_000_000;

/// How long something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    Time(Duration),
    Months(u64),
}

/// `30d`, `12h`, `5m`: to the nearest minute, and at least one.
pub(super) fn shorthand(time: Duration) -> String {
    match ((time.as_secs_f64() / MINUTE as f64).round() as u64).max(1) {
        minutes if minutes.is_multiple_of(1_440) => format!("{}d", minutes / 1_440),
        minutes if minutes.is_multiple_of(60) => format!("{}h", minutes / 60),
        minutes => format!("{minutes}m"),
    }
}

/// Whether the shorthand says all of it.
pub(super) fn is_exact(time: Duration) -> bool {
    !time.is_zero() && time.as_nanos().is_multiple_of(60_000_000_000)
}

/// Reads the shorthand.
pub(super) fn parse(text: &str) -> Result<Length, String> {
    let wrong = || {
        format!(
            "{text:?} is no duration; write a whole number and one of m, h, d, w, M, Q and Y, such as \
             \"28d\""
        )
    };
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let number = match digits.parse::<u64>() {
        Ok(number) if (1..=MOST).contains(&number) && !digits.starts_with('+') => number,
        _ => return Err(wrong()),
    };
    let seconds = |unit: u64| Length::Time(Duration::from_secs(number * unit));
    Ok(match &text[digits.len()..] {
        "m" => seconds(MINUTE),
        "h" => seconds(60 * MINUTE),
        "d" => seconds(DAY),
        "w" => seconds(7 * DAY),
        "M" => Length::Months(number),
        "Q" => Length::Months(3 * number),
        "Y" => Length::Months(12 * number),
        _ => return Err(wrong()),
    })
}

impl Length {
    /// In time; of months about: 30 days each, 365 a year.
    pub(super) fn time(self) -> Duration {
        match self {
            Length::Time(time) => time,
            Length::Months(months) => {
                Duration::from_secs((months / 12 * 365 + months % 12 * 30) * DAY)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for (seconds, written) in
            [(30 * DAY, "30d"), (43_200, "12h"), (300, "5m"), (84, "1m"), (1, "1m"), (5_400, "90m")]
        {
            let time = Duration::from_secs(seconds);
            assert_eq!(shorthand(time), written);
            assert_eq!(is_exact(time), parse(written) == Ok(Length::Time(time)), "{written}");
        }
        assert_eq!(parse("2w").map(Length::time), Ok(Duration::from_secs(14 * DAY)));
        assert_eq!(parse("1Q"), Ok(Length::Months(3)));
        assert_eq!(parse("2Y").map(Length::time), Ok(Duration::from_secs(730 * DAY)));
    }

    #[test]
    fn what_is_no_shorthand_is_refused() {
        for text in [
            "",
            "d",
            "0d",
            "-1d",
            "+1d",
            "1.5h",
            "1h30m",
            "30 d",
            "5s",
            "1y",
            "99999999999999999999d",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
