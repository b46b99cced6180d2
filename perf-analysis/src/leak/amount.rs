//! Numbers in words.

/// What the values of a series count: how they are written in sentences.
///
/// ```
/// # use perf_analysis::Amount;
/// assert_eq!(Amount::Bytes.written(1_572_864.0), "1.5 MiB");
/// assert_eq!(Amount::Count.written(1_250.0), "1250");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Bytes, written in KiB, MiB, GiB.
    Bytes,
    /// Things, such as open files or threads.
    Count,
}

impl Amount {
    /// `1.5 MiB`, `-3.0 KiB`, `1250`, `0.3`.
    pub fn written(self, value: f64) -> String {
        match self {
            Amount::Bytes => bytes(value),
            // A rate of a few an hour is worth a digit; a count is whole.
            Amount::Count if value.abs() < 100.0 && value.fract() != 0.0 => format!("{value:.1}"),
            Amount::Count => format!("{value:.0}"),
        }
    }
}

fn bytes(value: f64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB"];
    let (mut scaled, mut unit) = (value, "B");
    for larger in units {
        // 1023.96 would be written as 1024.0.
        if scaled.abs() < 1_023.95 {
            break;
        }
        (scaled, unit) = (scaled / 1_024.0, larger);
    }
    if unit == "B" { format!("{scaled:.0} B") } else { format!("{scaled:.1} {unit}") }
}

/// `45s`, `20min`, `3h 20min`, `12d 4h`.
pub(crate) fn seconds(seconds: f64) -> String {
    let two = |whole: f64, unit: f64, names: (&str, &str)| {
        let rest = ((whole % unit) / unit * if unit == 86_400.0 { 24.0 } else { 60.0 }).floor();
        let first = format!("{:.0}{}", (whole / unit).floor(), names.0);
        if rest >= 1.0 { format!("{first} {rest:.0}{}", names.1) } else { first }
    };
    // Rounded to the smallest part that is shown, so that none is 60.
    let to = |part: f64| (seconds / part).round() * part;
    match seconds {
        _ if to(1.0) < 120.0 => format!("{:.0}s", to(1.0)),
        _ if to(60.0) < 7_200.0 => format!("{:.0}min", to(60.0) / 60.0),
        _ if to(60.0) < 172_800.0 => two(to(60.0), 3_600.0, ("h", "min")),
        _ => two(to(3_600.0), 86_400.0, ("d", "h")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_in_the_unit_that_fits() {
        let table = [
            (0.0, "0 B"),
            (1_023.0, "1023 B"),
            (1_024.0, "1.0 KiB"),
            (-1_572_864.0, "-1.5 MiB"),
            (1_073_741_800.0, "1.0 GiB"),
            (5e15, "4547.5 TiB"),
        ];
        for (value, written) in table {
            assert_eq!(Amount::Bytes.written(value), written);
        }
        assert_eq!(
            (Amount::Count.written(12.0), Amount::Count.written(0.25)),
            ("12".into(), "0.2".into())
        );
    }

    #[test]
    fn times_have_at_most_two_parts() {
        let table = [
            (0.0, "0s"),
            (119.4, "119s"),
            (119.6, "2min"),
            (7_199.0, "2h"),
            (12_000.0, "3h 20min"),
            (172_799.0, "2d"),
            (1_051_200.0, "12d 4h"),
        ];
        for (value, written) in table {
            assert_eq!(seconds(value), written, "{value}");
        }
    }
}
