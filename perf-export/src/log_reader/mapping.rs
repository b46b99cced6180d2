//! Which field of a foreign log is what.

use super::entry::{nanos, seconds};
use jiff::Timestamp;
use perf_core::TimeUnit;
use std::fmt;
use std::time::Duration;

/// Which field of a foreign log is what.
///
/// ```
/// use perf_export::{FieldTest, Mapping};
/// use perf_core::TimeUnit;
///
/// let mapping = Mapping::new("request_time", TimeUnit::Seconds)
///     .operation("path")
///     .ok(FieldTest::parse("status<500")?)
///     .time("time");
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    pub(super) duration: String,
    pub(super) unit: TimeUnit,
    pub(super) operation: Option<String>,
    pub(super) ok: Option<FieldTest>,
    pub(super) time: Option<String>,
}

/// A test of a field that a successful request passes: `status<500`, `ok=true`, `error=`.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldTest {
    pub(super) field: String,
    comparison: Comparison,
    value: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Comparison {
    Less,
    AtMost,
    Greater,
    AtLeast,
    Equal,
    NotEqual,
}

impl Mapping {
    /// The field that holds how long a request took, and the unit of its numbers. A value with a unit of its own
    /// ("12.5ms") keeps it.
    pub fn new(duration_field: &str, unit: TimeUnit) -> Self {
        Mapping { duration: duration_field.to_owned(), unit, operation: None, ok: None, time: None }
    }

    /// The field whose values are the operations. Without it all requests are one.
    pub fn operation(mut self, field: &str) -> Self {
        self.operation = Some(field.to_owned());
        self
    }

    /// What a successful request passes. Without it all are successful.
    pub fn ok(mut self, test: FieldTest) -> Self {
        self.ok = Some(test);
        self
    }

    /// The field that holds when a request ended: s, ms, µs or ns since 1970, or RFC 3339.
    pub fn time(mut self, field: &str) -> Self {
        self.time = Some(field.to_owned());
        self
    }

    /// Every field it names, what for, and whether a file without it is refused.
    pub(super) fn fields(&self) -> impl Iterator<Item = &str> {
        let ok = self.ok.as_ref().map(|test| test.field.as_str());
        let others = [self.operation.as_deref(), ok, self.time.as_deref()];
        std::iter::once(self.duration.as_str()).chain(others.into_iter().flatten())
    }

    /// How long a value says.
    pub(super) fn duration_of(&self, value: &str) -> Option<Duration> {
        let value = value.trim();
        let end = value
            .find(|c: char| c.is_alphabetic() && !matches!(c, 'e' | 'E'))
            .unwrap_or(value.len());
        let (number, unit) = value.split_at(end);
        let unit = if unit.is_empty() { self.unit } else { unit.parse().ok()? };
        let per_unit = match unit {
            TimeUnit::Seconds => 1e9,
            TimeUnit::Milliseconds => 1e6,
            TimeUnit::Microseconds => 1e3,
            _ => 1.0,
        };
        nanos(number.trim().parse::<f64>().ok()? * per_unit)
    }
}

/// When a value says, since 1970.
pub(super) fn time_of(value: &str) -> Option<Duration> {
    let value = value.trim();
    if let Ok(number) = value.parse::<f64>() {
        // 1e11 s are 5138, 1e11 ms 1973.
        return match number {
            ..1e11 => seconds(number),
            1e11..1e14 => nanos(number * 1e6),
            1e14..1e17 => nanos(number * 1e3),
            _ => nanos(number),
        };
    }
    // Without a zone it is taken for UTC, as the seed has it.
    let timestamp = value.parse::<Timestamp>().or_else(|_| format!("{value}Z").parse()).ok()?;
    Duration::try_from(timestamp.as_duration()).ok()
}

impl FieldTest {
    /// Reads a field, one of `<`, `<=`, `>`, `>=`, `=`, `!=`, and a value. Numbers are compared as such.
    ///
    /// # Errors
    ///
    /// A sentence that says how to write it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("{text:?} is no test of a field; write it as 'status<500' or 'ok=true'");
        let at = text.find(['<', '>', '=', '!']).ok_or_else(wrong)?;
        let (field, rest) = text.split_at(at);
        let signs = [
            ("<=", Comparison::AtMost),
            (">=", Comparison::AtLeast),
            ("!=", Comparison::NotEqual),
            ("==", Comparison::Equal),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
            ("=", Comparison::Equal),
        ];
        let found = signs
            .iter()
            .find_map(|(sign, comparison)| Some((comparison, rest.strip_prefix(sign)?)));
        let (comparison, value) = found.ok_or_else(wrong)?;
        let field = field.trim().to_owned();
        let is_order = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        if field.is_empty() || is_order && value.trim().parse::<f64>().is_err() {
            return Err(wrong());
        }
        Ok(FieldTest { field, comparison: *comparison, value: value.trim().to_owned() })
    }

    /// Whether a value passes; one that is no number passes no comparison of numbers.
    pub(super) fn passes(&self, value: &str) -> bool {
        let value = value.trim();
        if let (Ok(value), Ok(limit)) = (value.parse::<f64>(), self.value.parse::<f64>()) {
            return match self.comparison {
                Comparison::Less => value < limit,
                Comparison::AtMost => value <= limit,
                Comparison::Greater => value > limit,
                Comparison::AtLeast => value >= limit,
                Comparison::Equal => value == limit,
                Comparison::NotEqual => value != limit,
            };
        }
        match self.comparison {
            Comparison::Equal => value == self.value,
            Comparison::NotEqual => value != self.value,
            _ => false,
        }
    }
}

impl fmt::Display for FieldTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.comparison {
            Comparison::Less => "<",
            Comparison::AtMost => "<=",
            Comparison::Greater => ">",
            Comparison::AtLeast => ">=",
            Comparison::Equal => "=",
            Comparison::NotEqual => "!=",
        };
        write!(f, "{}{sign}{}", self.field, self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_the_unit_of_the_mapping_or_their_own() {
        let mapping = Mapping::new("t", TimeUnit::Milliseconds);
        for (value, nanos) in
            [("1.5", 1_500_000), (" 2 s", 2_000_000_000), ("3us", 3_000), ("1e3", 1_000_000_000)]
        {
            assert_eq!(mapping.duration_of(value), Some(Duration::from_nanos(nanos)), "{value}");
        }
        for value in ["", "-", "-1", "NaN", "inf", "1e300", "1 parsec", "1,5"] {
            assert_eq!(mapping.duration_of(value), None, "{value}");
        }
    }

    #[test]
    fn times_are_found_out() {
        let second = Some(Duration::from_secs(1_795_219_200));
        for value in [
            "1795219200",
            "1795219200000",
            "1795219200000000",
            "1795219200000000000",
            "2026-11-21T00:00:00Z",
            "2026-11-21T01:00:00+01:00",
            "2026-11-21T00:00:00",
        ] {
            assert_eq!(time_of(value), second, "{value}");
        }
        for value in ["", "yesterday", "-5", "NaN"] {
            assert_eq!(time_of(value), None, "{value}");
        }
    }

    #[test]
    fn tests_of_fields_compare_numbers_as_numbers() {
        let passes = |test: &str, value: &str| FieldTest::parse(test).unwrap().passes(value);
        assert!(passes("status<500", "404") && !passes("status<500", "500"));
        assert!(passes("status<=99", "9") && !passes("status>=100", "99"));
        assert!(passes("ok=true", "true") && !passes("ok=true", "false"));
        assert!(passes("error=", "") && !passes("error=", "timeout"));
        assert!(!passes("status<500", "-") && passes("status!=500", "-"));
        for wrong in ["", "status", "<500", "status<many", "!"] {
            assert!(FieldTest::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(FieldTest::parse(" status == 200 ").unwrap().to_string(), "status=200");
    }
}
