//! A number as it is shown, read back.

/// What a number is of; values are in the first unit named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Unit {
    /// Nanoseconds.
    Time,
    Bytes,
    /// Percent, of a share.
    Percent,
    /// Percentage points, from one share to another.
    Points,
    /// A second.
    Rate,
    /// Of nothing that we know.
    None,
}

/// The values that would be shown as one text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    unit: Unit,
    low: f64,
    high: f64,
}

const UNITS: [(&str, Unit, f64); 18] = [
    (" ns", Unit::Time, 1.0),
    (" µs", Unit::Time, 1e3),
    (" ms", Unit::Time, 1e6),
    (" s", Unit::Time, 1e9),
    (" min", Unit::Time, 60e9),
    (" h", Unit::Time, 3_600e9),
    (" B", Unit::Bytes, 1.0),
    (" KiB", Unit::Bytes, 1024.0),
    (" MiB", Unit::Bytes, 1048576.0),
    (" GiB", Unit::Bytes, 1073741824.0),
    (" %", Unit::Percent, 1.0),
    (" pp", Unit::Points, 1.0),
    ("/s", Unit::Rate, 1.0),
    ("", Unit::None, 1.0),
    // As the keys of JSON end.
    ("_ns", Unit::Time, 1.0),
    ("_bytes", Unit::Bytes, 1.0),
    ("_ratio", Unit::Percent, 100.0),
    ("_per_second", Unit::Rate, 1.0),
];

impl Shown {
    /// Reads `61.2 ms`, `1,050`, `-3.5 %`; none if it is something else.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let end = text.find(|c: char| !c.is_ascii_digit() && !"+-.,".contains(c));
        let (digits, unit) = text.split_at(end.unwrap_or(text.len()));
        let (suffix, unit, size) = UNITS.into_iter().find(|(suffix, _, _)| *suffix == unit)?;
        let digits = digits.replace(',', "");
        let value: f64 = digits.parse().ok()?;
        let behind = digits.split_once('.').map_or(0, |(_, behind)| behind.len());
        // JSON has all digits, and a count has no others.
        let is_whole = suffix.starts_with('_') || (unit == Unit::None && behind == 0);
        let half = if is_whole { 0.0 } else { 0.5 * 10_f64.powi(-(behind as i32)) };
        // Of a number with all its digits, reading it takes the last one or two.
        let half = half.max(value.abs() * 1e-12);
        Some(Shown { unit, low: (value - half) * size, high: (value + half) * size })
    }

    /// Whether `value` is shown like this, and closely enough: to a twentieth, or a half of a percent.
    pub(crate) fn is(&self, unit: Unit, value: f64) -> bool {
        let off = (self.high - self.low) / 2.0;
        let is_share = matches!(unit, Unit::Percent | Unit::Points);
        let is_close = off <= value.abs() / 19.9 || (is_share && off <= 0.501);
        self.unit == unit && (self.low..=self.high).contains(&value) && (is_close || value == 0.0)
    }
}

/// All numbers of a text, in their order: `199 of 1,000 [18.2, 21.9] %` has four.
pub(crate) fn all(text: &str) -> Vec<Shown> {
    let words = text.split([' ', '[', ']']).map(|word| word.trim_end_matches([',', ';', '.']));
    let is_number = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    words.filter(is_number).filter_map(Shown::read).collect()
}

#[test]
fn a_shown_number_is_that_of_the_values_that_round_to_it_and_of_no_others() {
    for (text, unit, yes, no) in [
        ("61.2 ms", Unit::Time, 61.249e6, 61.26e6),
        ("1,050", Unit::None, 1_050.0, 1_049.0),
        ("-3.5 %", Unit::Percent, -3.54, 3.5),
        ("1.5 GiB", Unit::Bytes, 1.5 * 1073741824.0, 1.5e9),
        ("2.00 s", Unit::Time, 2.004e9, 2.006e9),
        ("171.8/s", Unit::Rate, 171.84, 171.9),
        ("0.985_ratio", Unit::Percent, 98.5, 0.985),
    ] {
        let shown = Shown::read(text).unwrap();
        assert!(shown.is(unit, yes), "{text} for {yes}");
        assert!(!shown.is(unit, no), "{text} for {no}");
    }
    assert!(!Shown::read("2 ms").unwrap().is(Unit::Time, 1.6e6), "too coarse");
    assert!(!Shown::read("2 ms").unwrap().is(Unit::None, 2e6), "of another unit");
    assert!(Shown::read("no data").is_none());
    assert_eq!(all("199 of 1,000 over [18.2, 21.9] %, 5 more").len(), 5);
}
