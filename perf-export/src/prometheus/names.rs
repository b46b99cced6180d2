//! What a metric of the user's own is called, and in which unit it is exposed.

use std::borrow::Cow;

/// How a recorded value becomes one in the base unit: times `multiply`, by ten to the power of `decimals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scale {
    pub(crate) multiply: u64,
    pub(crate) decimals: u8,
}

impl Scale {
    pub(crate) const NONE: Scale = Scale { multiply: 1, decimals: 0 };
    /// From nanoseconds to seconds.
    pub(crate) const NANOS: Scale = Scale { multiply: 1, decimals: 9 };

    pub(crate) fn integer(self, value: u128) -> u128 {
        value.saturating_mul(self.multiply.into())
    }

    pub(crate) fn float(self, value: f64) -> f64 {
        value * self.multiply as f64 / 10f64.powi(self.decimals.into())
    }
}

/// The base unit that Prometheus wants a unit to be exposed in, and how. A unit that is none of these is
/// kept, and is no part of a name.
pub(crate) fn base_unit(unit: &str) -> (&str, Scale) {
    let scaled = |multiply, decimals| Scale { multiply, decimals };
    match unit {
        "s" | "second" | "seconds" => ("seconds", Scale::NONE),
        "ms" | "millisecond" | "milliseconds" => ("seconds", scaled(1, 3)),
        "us" | "µs" | "μs" | "microsecond" | "microseconds" => ("seconds", scaled(1, 6)),
        "ns" | "nanosecond" | "nanoseconds" => ("seconds", Scale::NANOS),
        "min" | "minute" | "minutes" => ("seconds", scaled(60, 0)),
        "h" | "hour" | "hours" => ("seconds", scaled(3_600, 0)),
        "B" | "By" | "byte" | "bytes" => ("bytes", Scale::NONE),
        "KiB" | "KiBy" => ("bytes", scaled(1 << 10, 0)),
        "MiB" | "MiBy" => ("bytes", scaled(1 << 20, 0)),
        "GiB" | "GiBy" => ("bytes", scaled(1 << 30, 0)),
        "ratio" | "1" => ("ratio", Scale::NONE),
        "%" | "percent" => ("ratio", scaled(1, 2)),
        "Cel" | "celsius" => ("celsius", Scale::NONE),
        "W" | "watt" | "watts" => ("watts", Scale::NONE),
        "J" | "joule" | "joules" => ("joules", Scale::NONE),
        "V" | "volt" | "volts" => ("volts", Scale::NONE),
        "Hz" | "hertz" => ("hertz", Scale::NONE),
        other => (other, Scale::NONE),
    }
}

fn is_base_unit(unit: &str) -> bool {
    ["seconds", "bytes", "ratio", "celsius", "watts", "joules", "volts", "hertz"].contains(&unit)
}

/// The name of a family, without the `_total` of a counter: `prefix`, the metric's own name, and its base
/// unit unless it ends so. What no name can have becomes `_`.
pub(crate) fn family_name(prefix: &str, name: &str, unit: &str, is_counter: bool) -> String {
    let name = if is_counter { name.strip_suffix("_total").unwrap_or(name) } else { name };
    let mut family = String::with_capacity(prefix.len() + name.len() + unit.len() + 1);
    family.push_str(prefix);
    push_name(&mut family, name);
    if is_base_unit(unit) && !has_suffix(&family, unit) {
        family.push('_');
        family.push_str(unit);
    }
    family
}

/// Whether a family of this name may say that this is its unit.
pub(crate) fn has_suffix(family: &str, unit: &str) -> bool {
    let before = family.strip_suffix(unit).filter(|_| !unit.is_empty());
    before.is_some_and(|before| before.ends_with('_'))
}

pub(crate) fn push_name(out: &mut String, name: &str) {
    if out.is_empty() && name.starts_with(|c: char| c.is_ascii_digit()) || name.is_empty() {
        out.push('_');
    }
    out.extend(name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }));
}

/// Whether `name` begins the name of a family.
pub(crate) fn is_prefix(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// What names begin with, or why none does.
pub(crate) fn checked_prefix(prefix: &str) -> Result<String, String> {
    if is_prefix(prefix) { Ok(prefix.to_owned()) } else { Err(no_prefix(prefix)) }
}

pub(crate) fn no_prefix(prefix: &str) -> String {
    format!(
        "{prefix:?} begins no name of a metric; it has letters of ASCII, digits and _, and begins with none of the digits"
    )
}

/// The name of a label. `__` at the start is Prometheus' own, and so is `le` where there are buckets.
pub(crate) fn label_name(name: &str, is_histogram: bool) -> Cow<'_, str> {
    let is_plain = !name.is_empty() && is_prefix(name) && !name.starts_with("__");
    match (is_plain, is_histogram && name == "le") {
        (true, false) => Cow::Borrowed(name),
        (true, true) => Cow::Borrowed("le_"),
        (false, _) => {
            let mut label = String::with_capacity(name.len() + 1);
            push_name(&mut label, name);
            let surplus = label.len() - label.trim_start_matches('_').len();
            Cow::Owned(label.split_off(surplus.saturating_sub(1)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_their_unit_once_and_only_base_units_are_added() {
        let of = |name, unit, is_counter| family_name("perf_", name, unit, is_counter);
        assert_eq!(of("heap", "bytes", false), "perf_heap_bytes");
        assert_eq!(of("heap_bytes", "bytes", false), "perf_heap_bytes");
        assert_eq!(of("batch_size", "items", false), "perf_batch_size");
        assert_eq!(of("gc_time_total", "seconds", true), "perf_gc_time_seconds");
        assert_eq!(of("größe.a:b", "", false), "perf_gr__e_a_b");
        assert_eq!(family_name("", "5xx", "", true), "_5xx");
        assert_eq!(family_name("", "", "", true), "_");
    }

    #[test]
    fn labels_never_take_a_name_that_prometheus_has() {
        assert_eq!(label_name("le", true), "le_");
        assert_eq!(label_name("le", false), "le");
        for (name, expected) in
            [("__name__", "_name__"), ("a.b", "a_b"), ("", "_"), ("1st", "_1st"), ("___", "_")]
        {
            assert_eq!(label_name(name, false), expected);
        }
    }
}
