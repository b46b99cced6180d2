//! Numbers with a unit, as the file writes them and as people read them.

use std::fmt;
use std::time::Duration;

/// What a target limits, or a check has observed.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Quantity {
    /// A latency.
    Time(Duration),
    /// Calls a second.
    Rate(f64),
    /// A share in `0.0..=1.0`.
    Ratio(f64),
    /// Bytes.
    Bytes(u64),
    /// A number in a unit of the user's own, or without one: a gauge, a score.
    Number(f64),
}

impl Quantity {
    /// Reads a limit, whose unit says of what kind it is: `250ms`, `10/s`, `5%`, `2GiB`, `12.5`.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse_any(text)
    }

    /// Whether both are of one kind, so that one can be a limit for the other.
    pub(crate) fn is_like(self, other: Quantity) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    /// How far this is from `limit`, as a share of it: `0.256` for 125.6 ms against 100 ms. `None`
    /// for different kinds, and for a limit of zero.
    pub fn relative_to(self, limit: Quantity) -> Option<f64> {
        let (value, limit) = match (self, limit) {
            (Quantity::Time(value), Quantity::Time(limit)) => {
                (value.as_secs_f64(), limit.as_secs_f64())
            }
            (Quantity::Rate(value), Quantity::Rate(limit))
            | (Quantity::Ratio(value), Quantity::Ratio(limit))
            | (Quantity::Number(value), Quantity::Number(limit)) => (value, limit),
            (Quantity::Bytes(value), Quantity::Bytes(limit)) => (value as f64, limit as f64),
            _ => return None,
        };
        (limit != 0.0).then(|| value / limit - 1.0)
    }
}

impl fmt::Display for Quantity {
    /// In the wording of violations: `125.6ms`, `8.5 RPS`, `92.3%`, `2.0GiB`, `0.87`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Quantity::Time(time) => write_time(f, time),
            Quantity::Rate(rate) if rate > 0.0 && rate < 0.1 => {
                // Two digits that matter: a limit of one a minute is not 0.0.
                let digits = (1.0 - rate.log10().floor()).min(12.0) as usize;
                write!(f, "{rate:.digits$} RPS")
            }
            Quantity::Rate(rate) => write!(f, "{rate:.1} RPS"),
            Quantity::Ratio(ratio) => write!(f, "{}%", percent(ratio)),
            Quantity::Bytes(bytes) => write_bytes(f, bytes),
            Quantity::Number(number) => write_number(f, number),
        }
    }
}

/// Milliseconds with one digit, and smaller units where that would say nothing.
fn write_time(f: &mut fmt::Formatter<'_>, time: Duration) -> fmt::Result {
    match time.as_nanos() {
        0..1_000 => write!(f, "{}ns", time.as_nanos()),
        1_000..1_000_000 => write!(f, "{:.1}µs", time.as_nanos() as f64 / 1e3),
        _ => write!(f, "{:.1}ms", time.as_secs_f64() * 1e3),
    }
}

fn write_bytes(f: &mut fmt::Formatter<'_>, bytes: u64) -> fmt::Result {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let power = (bytes.max(1).ilog2() / 10) as usize;
    match power.checked_sub(1) {
        None => write!(f, "{bytes}B"),
        Some(unit) => {
            write!(f, "{:.1}{}", bytes as f64 / (1_u64 << (10 * power)) as f64, UNITS[unit])
        }
    }
}

/// Whole where it is, else two digits that matter beyond the first.
fn write_number(f: &mut fmt::Formatter<'_>, number: f64) -> fmt::Result {
    match number.abs() {
        _ if number.fract() == 0.0 => write!(f, "{number}"),
        0.0..0.1 => write!(f, "{number:.2e}"),
        0.1..10.0 => write!(f, "{number:.2}"),
        _ => write!(f, "{number:.1}"),
    }
}

/// One digit, and as many more as it takes not to call 99.99 % "100.0".
fn percent(ratio: f64) -> String {
    let percent = ratio * 100.0;
    let digits = (1..6).find(|&digits| {
        let shown: f64 = format!("{percent:.digits$}").parse().unwrap_or(percent);
        (shown < 100.0 || percent >= 100.0) && (percent - shown).abs() <= 0.05
    });
    format!("{percent:.*}", digits.unwrap_or(6))
}

/// Reads a latency or another span: a number and `ns`, `us`, `µs`, `ms`, `s`, `min`, `h` or `d`.
pub(crate) fn parse_time(text: &str) -> Result<Duration, String> {
    let (number, unit) = number_and_unit(text)?;
    let nanos = match unit {
        "ns" => 1.0,
        "us" | "µs" | "μs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "min" => 60e9,
        "h" => 3_600e9,
        "d" => 86_400e9,
        "" => return Err(format!("{text:?} has no unit; write \"{number}ms\" or \"{number}s\"")),
        _ => return Err(format!("{unit:?} is no unit of time; use ns, us, ms, s, min, h or d")),
    };
    let nanos = (number * nanos).round();
    if nanos < 1.0 {
        return Err(format!("{text:?} is no time; it must be at least a nanosecond"));
    }
    if nanos >= u64::MAX as f64 {
        return Err(format!("{text:?} is longer than 584 years"));
    }
    Ok(Duration::from_nanos(nanos as u64))
}

/// A time as the file has it, without loss: `30d`, `1500ms`, `300ms`.
pub(crate) fn span(time: Duration) -> String {
    const UNITS: [(u128, &str); 7] = [
        (86_400_000_000_000, "d"),
        (3_600_000_000_000, "h"),
        (60_000_000_000, "min"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "us"),
        (1, "ns"),
    ];
    let nanos = time.as_nanos();
    let fits = |(size, _): &&(u128, &str)| nanos >= *size && nanos.is_multiple_of(*size);
    let (size, unit) = UNITS.iter().find(fits).unwrap_or(&(1, "ns"));
    format!("{}{unit}", nanos / size)
}

/// Reads what a limit of any kind is: the unit says of which.
pub(crate) fn parse_any(text: &str) -> Result<Quantity, String> {
    let trimmed = text.trim();
    match trimmed.parse::<f64>() {
        Ok(number) if number.is_finite() => return Ok(Quantity::Number(number)),
        Ok(_) => return Err(format!("{text:?} is no limit that anything could be compared with")),
        Err(_) => {}
    }
    let ends = |units: &[&str]| units.iter().any(|unit| trimmed.ends_with(unit));
    if ends(&["%"]) {
        parse_ratio(text).map(Quantity::Ratio)
    } else if ends(&["/s", "/min", "/h", "rps"]) {
        parse_rate(text).map(Quantity::Rate)
    } else if ends(&["B"]) {
        parse_bytes(text).map(Quantity::Bytes)
    } else {
        parse_time(text).map(Quantity::Time)
    }
}

/// A limit as [`parse_any`] reads it, without loss.
pub(crate) fn written(quantity: Quantity) -> String {
    match quantity {
        Quantity::Time(time) => span(time),
        Quantity::Rate(rate) => format!("{rate}/s"),
        Quantity::Ratio(ratio) => {
            let percent = format!("{}%", percent_digits(ratio));
            let read = parse_ratio(&percent);
            if read == Ok(ratio) { percent } else { format!("{}%", ratio * 100.0) }
        }
        Quantity::Bytes(bytes) => format!("{bytes}B"),
        Quantity::Number(number) => number.to_string(),
    }
}

/// Reads a rate: a number and `/s`, `/min` or `/h`.
pub(crate) fn parse_rate(text: &str) -> Result<f64, String> {
    let (number, unit) = number_and_unit(text)?;
    let per_second = match unit {
        "/s" | "rps" => number,
        "/min" => number / 60.0,
        "/h" => number / 3_600.0,
        "" => return Err(format!("{text:?} has no unit; write \"{number}/s\"")),
        _ => return Err(format!("{unit:?} is no unit of a rate; use /s, /min or /h")),
    };
    above_zero(per_second, text)
}

/// Reads a share that is to be reached: a number and `%`, or a number of at most 1.
pub(crate) fn parse_ratio(text: &str) -> Result<f64, String> {
    above_zero(share(text)?, text)
}

/// Reads a share that is allowed at most; none is.
pub(crate) fn parse_most_ratio(text: &str) -> Result<f64, String> {
    match share(text)? {
        share if share < 1.0 => Ok(share),
        _ => Err(format!("a most of {text:?} is kept by everything; it must be below 100 %")),
    }
}

fn share(text: &str) -> Result<f64, String> {
    let (number, unit) = number_and_unit(text)?;
    let ratio = match unit {
        // In decimal, so that 99.9 % is 0.999 and not 0.9990000000000001.
        "%" => format!("{number}e-2").parse().unwrap_or(number / 100.0),
        "" if number <= 1.0 => number,
        "" => return Err(format!("{text:?} is above 1; write \"{number}%\" for a percentage")),
        _ => return Err(format!("{unit:?} is no unit of a share; use %")),
    };
    if ratio > 1.0 {
        return Err(format!("{text:?} is above 100 %, which nothing can reach"));
    }
    Ok(ratio)
}

/// Reads a size: a number and `B`, `KB`, `MB`, `GB`, `TB` (powers of 1,000) or `KiB`, `MiB`, `GiB`, `TiB`
/// (powers of 1,024).
pub(crate) fn parse_bytes(text: &str) -> Result<u64, String> {
    let (number, unit) = number_and_unit(text)?;
    let bytes = match unit {
        "B" => 1.0,
        "KB" | "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "TB" => 1e12,
        "KiB" => 1024.0,
        "MiB" => 1024.0 * 1024.0,
        "GiB" => 1024.0 * 1024.0 * 1024.0,
        "TiB" => 1024.0 * 1024.0 * 1024.0 * 1024.0,
        "" => return Err(format!("{text:?} has no unit; write \"{number}MiB\"")),
        _ => {
            return Err(format!(
                "{unit:?} is no unit of a size; use B, KiB, MiB, GiB, KB, MB or GB"
            ));
        }
    };
    let bytes = (number * bytes).round();
    if bytes < 1.0 {
        return Err(format!("{text:?} is no size; it must be at least a byte"));
    }
    if bytes >= u64::MAX as f64 {
        return Err(format!("{text:?} is more than 16 EiB"));
    }
    Ok(bytes as u64)
}

fn above_zero(least: f64, text: &str) -> Result<f64, String> {
    if least > 0.0 {
        return Ok(least);
    }
    Err(format!("a least value of {text:?} is met by everything; it must be above zero"))
}

fn number_and_unit(text: &str) -> Result<(f64, &str), String> {
    let trimmed = text.trim();
    let end = trimmed.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(end);
    if trimmed.starts_with('-') {
        return Err(format!("{text:?} is negative"));
    }
    match number.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok((number, unit.trim_start())),
        _ => Err(format!("{text:?} is not a number with a unit")),
    }
}

/// A number, without an exponent and without what binary fractions leave.
pub(crate) fn decimal(number: f64) -> String {
    let rounded = (number * 1e15).round() / 1e15;
    // Where the rounding loses more than it mends, the number is large.
    if number.abs() < 1.0 { rounded.to_string() } else { number.to_string() }
}

/// A share in percent: its decimal digits, moved by two places.
pub(crate) fn percent_digits(share: f64) -> String {
    let digits = decimal(share);
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let fraction = format!("{fraction:0<2}");
    let (moved, rest) = fraction.split_at(2);
    let whole = format!("{whole}{moved}");
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    if rest.is_empty() { whole.to_owned() } else { format!("{whole}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_rates_and_shares_are_read_with_their_units() {
        assert_eq!(parse_time("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(parse_time(" 1.5 s "), Ok(Duration::from_millis(1_500)));
        assert_eq!(parse_time("20us"), parse_time("20µs"));
        assert_eq!(parse_time("2min"), Ok(Duration::from_secs(120)));
        assert_eq!(parse_rate("600/min"), Ok(10.0));
        assert_eq!(parse_ratio("99.9%"), Ok(0.999));
        assert_eq!(parse_ratio("0.95"), Ok(0.95));
    }

    #[test]
    fn what_is_no_quantity_is_refused_with_the_remedy() {
        for text in ["", "ms", "NaN", "inf s", "-5ms", "1e5ms", "5 parsecs", "..ms", "0ms", "9e99"]
        {
            assert!(parse_time(text).is_err(), "{text}");
        }
        assert_eq!(parse_time("250").unwrap_err(), r#""250" has no unit; write "250ms" or "250s""#);
        assert_eq!(parse_time("-5ms").unwrap_err(), r#""-5ms" is negative"#);
        assert!(parse_time(&format!("{}s", "9".repeat(400))).is_err());
        assert!(parse_ratio("101%").is_err());
        assert!(parse_ratio("99").unwrap_err().contains("99%"));
        assert!(parse_rate("10").unwrap_err().contains("10/s"));
    }

    #[test]
    fn quantities_read_as_in_a_violation() {
        assert_eq!(Quantity::Time(Duration::from_micros(325_400)).to_string(), "325.4ms");
        assert_eq!(Quantity::Time(Duration::from_nanos(5_240)).to_string(), "5.2µs");
        assert_eq!(Quantity::Rate(8.5).to_string(), "8.5 RPS");
        assert_eq!(Quantity::Rate(1.0 / 60.0).to_string(), "0.017 RPS");
        assert_eq!(Quantity::Rate(0.0).to_string(), "0.0 RPS");
        assert_eq!(Quantity::Ratio(0.923).to_string(), "92.3%");
        assert_eq!(Quantity::Ratio(0.9999).to_string(), "99.99%");
        assert_eq!(Quantity::Ratio(1.0).to_string(), "100.0%");
    }

    #[test]
    fn shares_are_written_in_decimal() {
        for (share, written) in [
            (0.999, "99.9"),
            (0.9990000000000001, "99.9"),
            (1.0 - 0.999, "0.1"),
            (0.5, "50"),
            (0.99999, "99.999"),
            (0.07, "7"),
            (0.0, "0"),
            (1.0, "100"),
        ] {
            assert_eq!(percent_digits(share), written);
        }
        assert_eq!(
            [decimal(14.4), decimal(0.1 + 0.2), decimal(1e9)],
            ["14.4", "0.3", "1000000000"]
        );
    }
}
