//! Numbers as digits, without a detour over floats where none is needed.

/// A value as its metric recorded it, in the unit that it is exposed in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    /// This, divided by ten to the power of `decimals`: written exactly.
    Scaled { value: u128, decimals: u8 },
    /// Of a gauge.
    Float(f64),
}

impl Number {
    pub(crate) const fn integer(value: u64) -> Self {
        Number::Scaled { value: value as u128, decimals: 0 }
    }

    /// The nearest float.
    pub(crate) fn float(self) -> f64 {
        match self {
            // Both are exact, so their quotient is rounded once.
            Number::Scaled { value, decimals } if value <= EXACT && decimals <= 22 => {
                value as f64 / 10f64.powi(decimals.into())
            }
            Number::Scaled { value, decimals } => {
                format!("{value}e-{decimals}").parse().unwrap_or(f64::INFINITY)
            }
            Number::Float(value) => value,
        }
    }

    pub(crate) fn push(self, out: &mut Vec<u8>) {
        match self {
            Number::Scaled { value, decimals } => push_scaled(out, value, decimals),
            Number::Float(value) => push_float(out, value),
        }
    }
}

/// Every integer up to here is a float, and so are the powers of ten up to 10^22.
const EXACT: u128 = 1 << 53;

/// The digits of one number, on the stack.
struct Digits {
    bytes: [u8; 40],
    start: u8,
}

impl Digits {
    fn as_bytes(&self) -> &[u8] {
        &self.bytes[usize::from(self.start)..]
    }
}

/// Two digits at a time: a division by 100 costs what one by 10 does.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut i = 0;
    while i < 100 {
        pairs[i] = [b'0' + i as u8 / 10, b'0' + i as u8 % 10];
        i += 1;
    }
    pairs
};

pub(crate) fn push_integer(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(digits(value).as_bytes());
}

fn digits(mut value: u64) -> Digits {
    let mut bytes = [b'0'; 40];
    let mut start = 40;
    while value >= 10 {
        start -= 2;
        bytes[start..start + 2].copy_from_slice(&PAIRS[(value % 100) as usize]);
        value /= 100;
    }
    if value > 0 || start == 40 {
        start -= 1;
        bytes[start] = b'0' + value as u8;
    } else if bytes[start] == b'0' {
        start += 1;
    }
    Digits { bytes, start: start as u8 }
}

fn wide_digits(mut value: u128) -> Digits {
    if let Ok(value) = u64::try_from(value) {
        return digits(value);
    }
    let (mut bytes, mut start) = ([b'0'; 40], 40);
    while value > 0 {
        start -= 1;
        bytes[start] = b'0' + (value % 10) as u8;
        value /= 10;
    }
    Digits { bytes, start: start as u8 }
}

/// `1500` with three decimals is `1.5`, `2000` is `2`.
fn push_scaled(out: &mut Vec<u8>, value: u128, decimals: u8) {
    let digits = wide_digits(value);
    let (digits, decimals) = (digits.as_bytes(), usize::from(decimals));
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(decimals));
    let last = fraction.iter().rposition(|digit| *digit != b'0');
    out.extend_from_slice(if whole.is_empty() { b"0" } else { whole });
    if let Some(last) = last {
        out.push(b'.');
        out.extend(std::iter::repeat_n(b'0', decimals.saturating_sub(digits.len())));
        out.extend_from_slice(&fraction[..=last]);
    }
}

/// As both text formats write floats: the shortest digits that are read back as the same value.
pub(crate) fn push_float(out: &mut Vec<u8>, value: f64) {
    if value.is_nan() {
        out.extend_from_slice(b"NaN");
    } else if value.is_infinite() {
        out.extend_from_slice(if value > 0.0 { b"+Inf" } else { b"-Inf" });
    } else if value == value.trunc() && value.abs() < 1e15 {
        if value.is_sign_negative() && value != 0.0 {
            out.push(b'-');
        }
        push_integer(out, value.abs() as u64);
    } else {
        let plain = (1e-5..1e21).contains(&value.abs());
        let text = if plain { value.to_string() } else { format!("{value:e}") };
        out.extend_from_slice(text.as_bytes());
    }
}

/// An upper edge as OpenMetrics wants `le` and as Prometheus 3 rewrites it, so that a series has one name
/// in every format and version: as Go's `%g` of the nearest float, with `.0` after a whole number.
pub(crate) fn push_edge(out: &mut Vec<u8>, value: u128, decimals: u8) {
    let one = 10u128.pow(decimals.into());
    // 15 digits are those of the nearest float.
    if value.saturating_mul(10_000) >= one
        && value < one.saturating_mul(1_000_000).min(1_000_000_000_000_000)
    {
        push_scaled(out, value, decimals);
        if value.is_multiple_of(one) {
            out.extend_from_slice(b".0");
        }
        return;
    }
    if value == 0 {
        return out.extend_from_slice(b"0.0");
    }
    let shortest = format!("{:e}", Number::Scaled { value, decimals }.float());
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, size) = (if exponent < 0 { '-' } else { '+' }, exponent.unsigned_abs());
    out.extend_from_slice(format!("{mantissa}e{sign}{size:02}").as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(push: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        push(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn integers_are_written_as_display_writes_them() {
        let powers = (0..64).flat_map(|k| [(1u64 << k) - 1, 1 << k]);
        for value in powers.chain(0..2_000).chain([u64::MAX, 10_000_000_000_000_000_000]) {
            assert_eq!(text(|out| push_integer(out, value)), value.to_string());
        }
    }

    #[test]
    fn scaled_values_are_exact_and_have_no_zeros_at_the_end() {
        let cases = [
            ((0, 9), "0"),
            ((1, 9), "0.000000001"),
            ((1_500_000_000, 9), "1.5"),
            ((2_000_000_000, 9), "2"),
            ((12, 2), "0.12"),
            ((120, 0), "120"),
            ((u128::MAX, 3), "340282366920938463463374607431768211.455"),
        ];
        for ((value, decimals), expected) in cases {
            assert_eq!(text(|out| push_scaled(out, value, decimals)), expected);
        }
    }

    #[test]
    fn the_float_of_a_scaled_value_is_that_which_its_digits_are_read_as() {
        let powers = (0..128).map(|k| 1u128 << k);
        for value in powers.flat_map(|power| [power - 1, power, power + power / 3]) {
            for decimals in [0, 2, 3, 9] {
                let digits = text(|out| push_scaled(out, value, decimals));
                assert_eq!(digits.parse(), Ok(Number::Scaled { value, decimals }.float()));
            }
        }
    }

    #[test]
    fn floats_are_read_back_as_they_were() {
        for value in [0.1, -2.0, 1e300, 5e-324, f64::MAX, 123_456.789, -0.25, 1e15, 1e16, 3e-5] {
            assert_eq!(text(|out| push_float(out, value)).parse(), Ok(value));
        }
        let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0];
        assert_eq!(odd.map(|v| text(|out| push_float(out, v))), ["NaN", "+Inf", "-Inf", "0"]);
    }

    #[test]
    fn edges_are_written_as_go_and_python_write_them() {
        let cases = [
            (5_000_000, "0.005"),
            (1_000_000_000, "1.0"),
            (2_500_000_000, "2.5"),
            (100_000, "0.0001"),
            (10_000, "1e-05"),
            (15_000, "1.5e-05"),
            (1, "1e-09"),
            (0, "0.0"),
            (10_000_000_000_000, "10000.0"),
        ];
        for (nanos, expected) in cases {
            assert_eq!(text(|out| push_edge(out, nanos, 9)), expected);
        }
        assert_eq!(text(|out| push_edge(out, 67_108_864, 0)), "6.7108864e+07");
    }
}
