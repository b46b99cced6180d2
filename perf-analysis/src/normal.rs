//! The normal distribution: what the exact distributions tend to when there are many values.

use std::f64::consts::TAU;

/// The probability of a standard normal value of `z` or more: by Taylor series near 0 (Marsaglia,
/// "Evaluating the normal distribution", Journal of Statistical Software 11, 2004), by Laplace's
/// continued fraction further out.
pub(crate) fn at_least(z: f64) -> f64 {
    if z < 0.0 {
        return 1.0 - at_least(-z);
    }
    let density = (-z * z / 2.0).exp() / TAU.sqrt();
    if z > 3.0 {
        // z + 1 / (z + 2 / (z + 3 / ...)), from the inside.
        return density / (1..=150).rev().fold(z, |inner, i| z + f64::from(i) / inner);
    }
    let (mut sum, mut term, mut i) = (0.0, z, 1.0);
    while sum + term != sum {
        sum += term;
        i += 2.0;
        term *= z * z / i;
    }
    0.5 - density * sum
}

/// The `z` that a standard normal value reaches with probability `tail`, in `0.0..=0.5`.
pub(crate) fn reached_by(tail: f64) -> f64 {
    let (mut below, mut beyond) = (0.0_f64, 40.0_f64);
    for _ in 0..100 {
        let middle = f64::midpoint(below, beyond);
        *(if at_least(middle) > tail { &mut below } else { &mut beyond }) = middle;
    }
    below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_the_published_table() {
        // Abramowitz and Stegun, "Handbook of Mathematical Functions", 1964, tables 26.1 and 26.2.
        let table = [
            (0.0, 0.5),
            (1.0, 0.158_655_253_931_457),
            (1.959_963_984_540_054, 0.025),
            (3.0, 1.349_898_031_630_095e-3),
            (3.1, 9.676_032_132_183_567e-4),
            (5.0, 2.866_515_718_791_946e-7),
            (10.0, 7.619_853_024_160_527e-24),
        ];
        for (z, tail) in table {
            assert!((at_least(z) / tail - 1.0).abs() < 1e-12, "{z}: {}", at_least(z));
            assert!((reached_by(tail) - z).abs() < 1e-9, "{z}");
            assert!((at_least(-z) + tail - 1.0).abs() < 1e-15, "{z}");
        }
    }
}
