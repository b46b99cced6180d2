//! Numbers and texts as people read them, the same in every format.

use crate::model;
use std::time::SystemTime;
use unicode_width::UnicodeWidthChar;

/// `61.2 ms`: three or four digits that matter, and the unit that fits.
pub fn duration(nanos: u64) -> String {
    let value = nanos as f64;
    match nanos {
        0..1_000 => format!("{nanos} ns"),
        // Up to 999,949: beyond, one digit would round to 1000.0 µs.
        1_000..999_950 => format!("{:.1} µs", value / 1e3),
        999_950..999_950_000 => format!("{:.1} ms", value / 1e6),
        999_950_000..119_995_000_000 => format!("{:.2} s", value / 1e9),
        119_995_000_000..7_197_000_000_000 => format!("{:.1} min", value / 60e9),
        _ => format!("{} h", grouped(value / 3_600e9, 1)),
    }
}

/// `5 min`, `1 h`, `2.3 d`: a stretch of time, with at most one digit behind the point.
pub fn span(seconds: f64) -> String {
    let (size, unit) = match seconds {
        0.0..120.0 => (1.0, "s"),
        120.0..3_600.0 => (60.0, "min"),
        3_600.0..172_800.0 => (3_600.0, "h"),
        _ => (86_400.0, "d"),
    };
    let value = (seconds / size * 10.0).round() / 10.0;
    format!("{} {unit}", grouped(value, if value.fract() == 0.0 { 0 } else { 1 }))
}

/// `1.5 GiB`.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let power = (bytes.max(1).ilog2() / 10) as usize;
    match power.checked_sub(1) {
        None => format!("{bytes} B"),
        Some(unit) => {
            format!("{:.1} {}", bytes as f64 / (1_u64 << (10 * power)) as f64, UNITS[unit])
        }
    }
}

/// A number in a unit that we do not know: whole where it is, else with what matters.
pub fn number(number: f64) -> String {
    match number.abs() {
        _ if number.fract() == 0.0 && number.abs() < 1e15 => grouped(number, 0),
        0.0..0.001 => format!("{number:.2e}"),
        0.001..0.1 => format!("{number:.3}"),
        0.1..10.0 => grouped(number, 2),
        _ => grouped(number, 1),
    }
}

/// `10,307`.
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `171.8`: a number of something a second.
pub fn rate(per_second: f64) -> String {
    grouped(per_second, if per_second < 10.0 { 2 } else { 1 })
}

/// `99.98 %`: never rounded up to 100.
pub fn percent(ratio: f64) -> String {
    let percent = ratio * 100.0;
    let rounds_up = |digits: usize| {
        percent < 100.0 && format!("{percent:.digits$}") == format!("{:.digits$}", 100.0)
    };
    let digits = (1..6).find(|digits| !rounds_up(*digits)).unwrap_or(6);
    format!("{percent:.digits$} %")
}

/// `+25.6 %`.
pub fn change(ratio: f64) -> String {
    let percent = ratio * 100.0;
    if ratio > -1.0 && percent < -99.9 {
        // Less by almost all is not less by all.
        return "< -99.9 %".to_owned();
    }
    if percent.abs() >= 1_000.0 {
        format!("×{}", rate(ratio + 1.0))
    } else {
        format!("{percent:+.1} %")
    }
}

/// `+4.0 pp`: percentage points.
pub fn points(difference: f64) -> String {
    format!("{:+.1} pp", difference * 100.0)
}

/// `p 0.004`: how likely it is that chance alone does what was seen.
pub fn p_value(p: f64) -> String {
    match p {
        ..0.001 => "p < 0.001".to_owned(),
        p => format!("p {p:.3}"),
    }
}

/// `2026-11-21T18:05:30Z`: a time to the second, RFC 3339 in UTC; empty beyond the year 9999.
pub fn moment(time: SystemTime) -> String {
    model::moment(time)
}

fn grouped(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    match whole.parse::<u64>() {
        Ok(whole) if fraction.is_empty() => count(whole),
        Ok(whole) => format!("{}.{fraction}", count(whole)),
        Err(_) => text,
    }
}

/// A text of somebody else's on one line: control characters, those that turn the writing around or are not seen,
/// and those that XML has no place for are shown as their numbers, and beyond `max` characters it is cut.
pub fn one_line(text: &str, max: usize) -> String {
    let mut line = String::new();
    for (i, c) in text.chars().enumerate() {
        if i == max {
            line.push('…');
            break;
        }
        if matches!(c, '\n' | '\r' | '\t') {
            line.extend(c.escape_default());
        } else if hides(c) {
            line.extend(c.escape_unicode());
        } else {
            line.push(c);
        }
    }
    line
}

fn hides(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{fffe}'..='\u{ffff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// For a terminal that shows no more than ASCII: the signs we use ourselves have a twin there, what a user
/// brought is shown as `?`, as wide as it was.
pub fn ascii(text: &str) -> String {
    let twin = |c: char| match c {
        '✓' => "+".to_owned(),
        '✗' => "x".to_owned(),
        '·' => "|".to_owned(),
        'µ' => "u".to_owned(),
        '×' => "x".to_owned(),
        '–' => "-".to_owned(),
        '…' => "~".to_owned(),
        c if c.is_ascii() => c.to_string(),
        c => "?".repeat(c.width().unwrap_or(1)),
    };
    text.chars().map(twin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_take_the_unit_that_fits() {
        for (nanos, text) in [
            (0, "0 ns"),
            (999, "999 ns"),
            (1_000, "1.0 µs"),
            (999_949, "999.9 µs"),
            (999_950, "1.0 ms"),
            (125_600_000, "125.6 ms"),
            (1_999_000_000, "2.00 s"),
            (60_000_000_000, "60.00 s"),
            (150_000_000_000, "2.5 min"),
            (7_200_000_000_000, "2.0 h"),
            (u64::MAX, "5,124,095.6 h"),
        ] {
            assert_eq!(duration(nanos), text);
        }
    }

    #[test]
    fn a_share_below_one_is_never_shown_as_all() {
        assert_eq!(percent(1.0), "100.0 %");
        assert_eq!(percent(0.9999), "99.99 %");
        assert_eq!(percent(0.999_999), "99.9999 %");
        assert_eq!(percent(0.923), "92.3 %");
        assert_eq!(percent(0.0), "0.0 %");
    }

    #[test]
    fn counts_and_rates_are_grouped() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(rate(1_234.56), "1,234.6");
        assert_eq!(rate(0.123), "0.12");
        assert_eq!(change(0.256), "+25.6 %");
        assert_eq!(change(-0.062), "-6.2 %");
        assert_eq!(change(-0.9999), "< -99.9 %");
        assert_eq!(points(0.99 - 0.95), "+4.0 pp");
    }

    #[test]
    fn what_could_move_the_cursor_or_hide_is_shown_as_its_number() {
        assert_eq!(one_line("a\u{1b}[31m\nb\u{202e}", 99), r"a\u{1b}[31m\nb\u{202e}");
        for hidden in
            ['\u{61c}', '\u{2060}', '\u{2064}', '\u{fff9}', '\u{fffb}', '\u{e0041}', '\u{ffff}']
        {
            assert_eq!(
                one_line(&format!("a{hidden}"), 99),
                format!("a{}", hidden.escape_unicode())
            );
        }
        assert_eq!(one_line("naïve 日本 👍🏽 \u{fffd}", 99), "naïve 日本 👍🏽 \u{fffd}");
        assert_eq!(one_line("ääääää", 3), "äää…");
    }
}
