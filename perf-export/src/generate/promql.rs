//! How PromQL writes texts, times and numbers.

use std::fmt::Write;
use std::time::Duration;

/// A text in single quotes, so that double ones can be around the whole. What is no plain character is written as
/// its number, and no line of a file ends in it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for c in text.chars() {
        match c {
            '\'' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if is_printable(c) => quoted.push(c),
            c => {
                let _ = match u32::from(c) {
                    code @ ..=0xffff => write!(quoted, "\\u{code:04x}"),
                    code => write!(quoted, "\\U{code:08x}"),
                };
            }
        }
    }
    quoted.push('\'');
    quoted
}

/// A matcher as Grafana leaves it: it replaces `$name`, `${name}` and `[[name]]` before Prometheus reads it.
pub(super) fn for_grafana(matcher: &str) -> String {
    matcher.replace('$', "\\u0024").replace('[', "\\u005b")
}

/// Whether YAML and people take a character as it is: no control, no line end, no mark that is not seen.
pub(super) fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// `4m40s`, in whole milliseconds, the last of them begun.
pub(super) fn duration(time: Duration) -> String {
    const UNITS: [(u128, &str); 5] =
        [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];
    let mut left = time.as_nanos().div_ceil(1_000_000);
    let mut text = String::new();
    for (size, unit) in UNITS {
        // 100h is read sooner than 4d4h.
        let count = if unit == "d" && !left.is_multiple_of(size) { 0 } else { left / size };
        left -= count * size;
        if count > 0 {
            let _ = write!(text, "{count}{unit}");
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// A number in decimal, to 12 digits: a product of 14.4 and 0.001 is 0.0144.
pub(super) fn decimal(number: f64) -> String {
    let rounded = format!("{number:.11e}").parse().unwrap_or(number);
    if rounded == 0.0 { "0".to_owned() } else { format!("{rounded}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_end_where_they_should() {
        assert_eq!(quoted("a\"b'\\c\nd\r\u{2028}{{$x}}"), r#"'a"b\'\\c\nd\u000d\u2028{{$x}}'"#);
        assert_eq!(for_grafana(&quoted("${job}[[x]]")), r"'\u0024{job}\u005b\u005bx]]'");
        assert_eq!(quoted("größe 🦀"), "'größe 🦀'");
    }

    #[test]
    fn times_are_read_by_prometheus() {
        for (seconds, text) in [
            (0, "0s"),
            (30, "30s"),
            (280, "4m40s"),
            (5_400, "1h30m"),
            (86_400, "1d"),
            (259_200, "3d"),
            (360_000, "100h"),
        ] {
            assert_eq!(duration(Duration::from_secs(seconds)), text);
        }
        assert_eq!(duration(Duration::from_micros(1_500_200)), "1s501ms");
    }

    #[test]
    fn numbers_are_written_in_decimal() {
        for (number, text) in [
            (1.0 - 0.999, "0.001"),
            (14.4 * 0.001, "0.0144"),
            (0.1 + 0.2, "0.3"),
            (1e-9, "0.000000001"),
            (2_147_483_648.0, "2147483648"),
            (0.0, "0"),
        ] {
            assert_eq!(decimal(number), text);
        }
    }
}
